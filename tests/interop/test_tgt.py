"""The program against Debian's tgt."""

import unittest

import bodies
import program
import targets


class TgtTests(bodies.Base, bodies.Finding, bodies.Moving, unittest.TestCase):
    make = targets.Tgt
    lets_send_unsolicited = True

    def test_unknown_target_is_event_36(self):
        log = self.file("unknown.log")
        url = self.target.url(1, "iqn.2026-01.test.tgt:nobody")
        result = program.run("--reconnect", 0, "--event-log", log, "capacity", url)
        self.assertEqual(result.code, 1, str(result))
        refused = [event for event in program.events(log) if event["event"] == 36]
        self.assertEqual(len(refused), 1, str(result))
        self.assertEqual(refused[0]["name"], "login-failed")
        self.assertEqual(refused[0]["severity"], "major-warning")
        self.assertEqual(refused[0]["target"], "iqn.2026-01.test.tgt:nobody")
        self.assertEqual(refused[0]["portal"], self.target.portal)
        self.assertEqual(refused[0]["args"]["status_class"], 2)
        self.assertEqual(refused[0]["args"]["status_code"], 3)
        self.assertTrue(refused[0]["causes"])
        self.assertIn("36", result.complaint)

    def test_missing_logical_unit(self):
        result = program.run("capacity", self.target.url(77))
        self.assertEqual(result.code, 1, str(result))
        self.assertTrue(result.complaint.strip())

    def test_read_beyond_the_end(self):
        output = self.file("beyond.out")
        url = self.target.url(2)
        for lba, blocks in ((131072, 1), (131071, 2), (2**40, 8)):
            result = program.run("read", url, "--lba", lba, "--blocks", blocks, "--output", output)
            self.assertEqual(result.code, 1, str(result))
            self.assertTrue(result.complaint.strip())
            with self.assertRaises(FileNotFoundError):
                program.contents(output)

    def test_file_larger_than_the_disk(self):
        source = self.file("large.in", bytes(64 * targets.MIB + 512))
        result = program.run("copy", source, self.target.url(2))
        self.assertEqual(result.code, 1, str(result))
        self.assertTrue(result.complaint.strip())


if __name__ == "__main__":
    unittest.main(verbosity=2)
