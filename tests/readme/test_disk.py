"""examples/posix/disk.c, which users copy: against tgt, through relays that cut it, and a rogue."""

import os
import subprocess
import unittest

import rogue
import targets

MIB = targets.MIB


def pattern(size, seed):
    """What drive_disk.c writes and expects."""
    return bytes((offset * 7 + offset // 251 + seed) & 0xFF for offset in range(size))


class DiskTests(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.target = targets.TgtWithChap().start()

    @classmethod
    def tearDownClass(cls):
        cls.target.stop()

    def drive(self, url, *lines):
        """Exit code and the answers, the first of which is the disk's size."""
        process = subprocess.run(
            [os.environ["DRIVE_DISK"], url],
            input="".join(line + "\n" for line in lines),
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        self.assertEqual(process.stderr, "")
        return process.returncode, process.stdout.splitlines()

    def test_writes_and_reads(self):
        """Sizes from one block to several bursts; what tgt has stored is what was written."""
        for size in (512, 65536, 3 * MIB + 512):
            lba = size // 512
            code, said = self.drive(
                self.target.url(1), f"w {lba} {size} 5", "flush", f"r {lba} {size} 5", "r 0 512 1"
            )
            self.assertEqual(said[:4], ["524288 512", "ok", "ok", "ok"])
            self.assertEqual(said[4], "byte 0 differs")
            self.assertEqual(code, 0)
            self.assertEqual(self.target.backing(1, size, size), pattern(size, 5))

    def test_refused_sizes_and_places(self):
        code, said = self.drive(
            self.target.url(2), "r 0 511 0", "r 0 0 0", f"r {2**64 - 1} 1024 0", "r 131072 512 0"
        )
        self.assertEqual(said[0], "131072 512")
        self.assertEqual(said[1:3], ["The size is no number of whole blocks, or too large."] * 2)
        self.assertEqual(said[3], "There are no such blocks.")
        self.assertRegex(said[4], "^CHECK CONDITION: ")
        self.assertEqual(code, 1)

    def test_chap_in_the_url(self):
        url = self.target.url(2, self.target.chap)
        right = url.replace("//", "//%s%%%s@" % targets.USER)
        self.assertEqual(self.drive(right, "r 4096 512 0")[1][0], "131072 512")
        code, said = self.drive(right.replace("insecret", "anothers"), "r 0 512 0")
        self.assertEqual((code, said[0]), (1, "0 0"))
        self.assertIn("authentication failed", said[1])

    def test_lost_connection_comes_back(self):
        """Cut in the middle of a read's data; the read is sent again."""
        self.target.fill(1, 64 * MIB, pattern(2 * MIB, 9))
        with rogue.Relay(self.target.port, cut_after=MIB) as relay:
            url = self.target.url(1, portal=relay.portal)
            code, said = self.drive(url, f"r {64 * MIB // 512} {2 * MIB} 9")
            self.assertEqual((code, said[1]), (0, "ok"))
            self.assertEqual(relay.accepted, 2)

    def test_connection_lost_for_good(self):
        """Every new connection is cut, too: each call fails, and each has a reason to tell."""
        with rogue.Relay(self.target.port, cut_after=1400, cuts=99) as relay:
            url = self.target.url(1, portal=relay.portal)
            code, said = self.drive(url, *["r 0 4096 0"] * 3)
            self.assertEqual(code, 1)
            self.assertNotIn("ok", said)
            self.assertNotIn("", said)

    def test_peers_that_do_not_serve(self):
        with rogue.ClosesInLogin() as peer:
            code, said = self.drive(f"iscsi://{peer.portal}/iqn.2026-01.test:disk/0", "r 0 512 0")
            self.assertEqual((code, said[0]), (1, "0 0"))
            self.assertRegex(said[1], "closed")
        code, said = self.drive("iscsi://nobody.invalid/iqn.2026-01.test:disk/0", "flush")
        self.assertEqual(code, 1)
        self.assertIn("nobody.invalid", said[1])


if __name__ == "__main__":
    unittest.main(verbosity=2)
