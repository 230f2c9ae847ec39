"""What the program does when the user, the peer or the network is wrong."""

import os
import unittest

import bodies
import guard
import program
import rogue
import targets
import wire

NAME = "iqn.2026-01.test.rogue:t"
GOOD = f"iscsi://127.0.0.1:3260/{NAME}/1"


class UsageTests(unittest.TestCase):
    """Exit 2, nothing on standard output, and the offending word in the message."""

    @classmethod
    def setUpClass(cls):
        cls.folder = guard.folder("sanscsi-usage")

    def refused(self, *arguments, word=""):
        with self.subTest(arguments=arguments):
            result = program.run(*arguments, seconds=20)
            self.assertEqual(result.code, 2, str(result))
            self.assertEqual(result.output, b"", str(result))
            self.assertIn(str(word).lower(), result.complaint.lower(), str(result))
            self.assertTrue(result.complaint.strip(), str(result))

    def test_commands(self):
        self.refused()
        self.refused("frobnicate", word="frobnicate")
        self.refused("capacity")
        self.refused("discover")
        self.refused("copy", GOOD)
        self.refused("capacity", GOOD, "surplus", word="surplus")
        self.refused("read", GOOD, word="lba")
        self.refused("read", GOOD, "--lba", 0, word="blocks")
        self.refused("write", GOOD, word="lba")
        self.refused("--no-such-option", "capacity", GOOD, word="no-such-option")

    def test_urls(self):
        host = "127.0.0.1"
        for url, word in (
            (f"http://{host}/{NAME}/1", "http"),
            (f"iscsi://{host}/{NAME}", "lun"),
            (f"iscsi://{host}", ""),
            ("iscsi://", ""),
            (f"iscsi:///{NAME}/1", ""),
            (f"iscsi://{host}/{NAME}/one", "one"),
            (f"iscsi://{host}/{NAME}/-1", "-1"),
            (f"iscsi://{host}/{NAME}/16384", "16384"),
            (f"iscsi://{host}/{NAME}/1/2", ""),
            (f"iscsi://{host}:0/{NAME}/1", "0"),
            (f"iscsi://{host}:65536/{NAME}/1", "65536"),
            (f"iscsi://{host}:port/{NAME}/1", "port"),
            (f"iscsi://[::1/{NAME}/1", "::1"),
            (f"iscsi://{host}/{NAME}%zz/1", "%zz"),
        ):
            self.refused("capacity", url, word=word)

    def test_names(self):
        for name in ("disk", "iqn.", "iqn.2026-13.test", "eui.123", "naa.xyz", "iqn.2026-01.t:a b"):
            self.refused("--initiator-name", name, "capacity", GOOD, word=name)
        self.refused("capacity", "iscsi://127.0.0.1/disk/1", word="disk")
        self.refused("capacity", "iscsi://127.0.0.1/iqn.2026-01.t:" + "x" * 300 + "/1", word="name")

    def test_portals(self):
        for portal in ("", ":3260", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:70000", "[::1", "h:x"):
            self.refused("discover", portal, word=portal)

    def test_options(self):
        for option, value in (
            ("--timeout", "soon"),
            ("--timeout", "-1"),
            ("--reconnect", "x"),
            ("--reconnect", "-1"),
            ("--max-sessions", "many"),
            ("--max-login-exchanges", "x"),
            ("--memory-limit", "1q"),
            ("--header-digest", "md5"),
            ("--data-digest", "crc32c,,none"),
            ("--set", "MaxBurstLength"),
            ("--set", "MaxBurstLength=511"),
            ("--set", "MaxBurstLength=16777216"),
            ("--set", "InitialR2T=Perhaps"),
            ("--set", "MaxOutstandingR2T=0"),
            ("--set", "NoSuchKey=1"),
        ):
            self.refused(option, value, "capacity", GOOD, word=value)
        self.refused("capacity", GOOD, "--timeout", word="timeout")

    def test_arguments(self):
        self.refused("read", GOOD, "--lba", "x", "--blocks", 1, word="x")
        self.refused("read", GOOD, "--lba", -1, "--blocks", 1, word="-1")
        self.refused("read", GOOD, "--lba", 0, "--blocks", "1k", word="1k")
        self.refused("read", GOOD, "--lba", 2**64, "--blocks", 1, word=2**64)
        self.refused("inquiry", "--vpd", "0x100", GOOD, word="0x100")
        self.refused("inquiry", "--vpd", "page", GOOD, word="page")
        self.refused("ping", GOOD, "--count", "x", word="x")
        self.refused("events", "9999", word="9999")
        self.refused("events", "login", word="login")
        self.refused("explain", word="")
        self.refused("explain", "9999", word="9999")
        self.refused("explain", "36", "nonsense=1", word="nonsense")
        self.refused("explain", "36", "status_class=x", word="status_class")

    def test_files(self):
        lost = os.path.join(self.folder, "no-folder", "file")
        self.refused("write", GOOD, "--lba", 0, "--input", lost, word=lost)
        self.refused("read", GOOD, "--lba", 0, "--blocks", 1, "--output", lost, word=lost)
        self.refused("copy", lost, GOOD, word=lost)
        self.refused("copy", GOOD, lost, word=lost)
        self.refused("--pcap", lost, "capacity", GOOD, word=lost)
        self.refused("--event-log", lost, "capacity", GOOD, word=lost)
        self.refused("write", GOOD, "--lba", 0, "--input", self.folder, word=self.folder)


class CatalogueTests(unittest.TestCase):
    """The catalogue needs no target."""

    def test_events(self):
        result = program.run("events")
        self.assertEqual(result.code, 0, str(result))
        for number in range(1, 46):
            self.assertRegex(result.text, rf"(?m)\b{number}\b")
            one = program.run("events", number)
            self.assertEqual(one.code, 0, str(one))
            self.assertIn(str(number), one.text)

    def test_explain(self):
        arguments = ("status_class=2", "status_code=3", "target_address=127.0.0.1:3260")
        result = program.run("explain", 36, *arguments)
        self.assertEqual(result.code, 0, str(result))
        self.assertIn("login-failed", result.text)
        self.assertIn("127.0.0.1:3260", result.text)
        other = program.run("explain", 36, "status_class=2", "status_code=1", arguments[2])
        self.assertEqual(other.code, 0, str(other))
        self.assertNotEqual(result.text, other.text, "the causes depend on the arguments")

    def test_help_and_version(self):
        for option in ("--help", "--version"):
            result = program.run(option)
            self.assertEqual(result.code, 0, str(result))
            self.assertTrue(result.text.strip())


class PeerTests(unittest.TestCase):
    """A peer that is absent, closes, stalls or talks nonsense during login."""

    @classmethod
    def setUpClass(cls):
        cls.folder = guard.folder("sanscsi-peer")

    def fails(self, portal, event, seconds, *options):
        """Exit 1 in time with this event in the log, for a login and for a discovery alike."""
        for command in (("capacity", f"iscsi://{portal}/{NAME}/1"), ("discover", portal)):
            with self.subTest(command=command[0]):
                log = os.path.join(self.folder, "events.log")
                if os.path.exists(log):
                    os.remove(log)
                always = ("--reconnect", 0, "--event-log", log)
                result = program.run(*always, *options, *command, seconds=60)
                self.assertEqual(result.code, 1, str(result))
                found = program.events(log)
                self.assertIn(event, [record["event"] for record in found], str(result))
                self.assertIn(str(event), result.complaint)
                self.assertLess(result.seconds, seconds)
        return next((record for record in found if record["event"] == event), None)

    def test_nobody_listens(self):
        self.fails(f"127.0.0.1:{guard.free_port()}", 101, 5)

    def test_host_without_address(self):
        record = self.fails("no-such-host.invalid", 29, 20)
        self.assertEqual(record["args"]["hostname"], "no-such-host.invalid")

    def test_closes(self):
        for kind in (rogue.ClosesAtOnce, rogue.ClosesInLogin, rogue.ClosesInsideResponse):
            with self.subTest(kind=kind.__name__), kind() as peer:
                self.fails(peer.portal, 35, 5)

    def test_stalls(self):
        for kind in (rogue.Stalls, rogue.StallsInsideResponse):
            with self.subTest(kind=kind.__name__), kind() as peer:
                self.fails(peer.portal, 102, 4, "--timeout", 1)

    def test_tries_again(self):
        with rogue.ClosesInLogin() as peer:
            url = f"iscsi://{peer.portal}/{NAME}/1"
            result = program.run("--reconnect", 2, "capacity", url, seconds=60)
            self.assertEqual(result.code, 1, str(result))
            self.assertEqual(peer.accepted, 3)

    def test_talks_something_else(self):
        web = b"HTTP/1.1 400 Bad Request\r\nServer: none\r\nContent-Length: 0\r\n\r\n" + b" " * 64
        for text in (web, b"\xff" * 256, bytes(256), bytes(range(256))):
            with self.subTest(text=text[:8]), rogue.TalksSomethingElse(text) as peer:
                self.fails(peer.portal, 37, 5, "--timeout", 2)

    def test_answers_wrongly(self):
        for changes in (
            {"tag": b"\xde\xad\xbe\xef"},
            {"opcode": 0x21},
            {"opcode": 0x25},
            {"version": 9},
        ):
            with self.subTest(**changes), rogue.AnswersWrongly(**changes) as peer:
                self.fails(peer.portal, 37, 5, "--timeout", 2)


class VanishingTests(unittest.TestCase):
    """A real session that is cut, stalls or is interrupted on the way."""

    @classmethod
    def setUpClass(cls):
        cls.folder = guard.folder("sanscsi-vanish")
        cls.target = targets.Tgt().start()

    @classmethod
    def tearDownClass(cls):
        cls.target.stop()

    def copy_from(self, relay, *options):
        """A copy through the relay; `options` come first, the log and the output are given back."""
        log = os.path.join(self.folder, f"{self.id()}.log")
        output = os.path.join(self.folder, f"{self.id()}.out")
        url = self.target.url(2, portal=relay.portal)
        result = program.run("--event-log", log, *options, "copy", url, output, seconds=60)
        return result, [record["event"] for record in program.events(log)], output

    def no_partial_file(self, output):
        self.assertFalse(os.path.exists(output), "a partial file is passed off as whole")

    def test_vanishes(self):
        for cut_after in (2000, 3 * targets.MIB + 17):
            with self.subTest(cut_after=cut_after):
                with rogue.Relay(self.target.port, cut_after=cut_after) as relay:
                    result, events, output = self.copy_from(relay, "--reconnect", 0)
                self.assertEqual(result.code, 1, str(result))
                self.assertIn(103, events, str(result))
                self.assertLess(result.seconds, 10)
                self.no_partial_file(output)

    def test_stalls(self):
        with rogue.Relay(self.target.port, cut_after=3 * targets.MIB, cut="stall") as relay:
            result, events, output = self.copy_from(relay, "--reconnect", 0, "--timeout", 1)
        self.assertEqual(result.code, 1, str(result))
        self.assertIn(107, events, str(result))
        self.assertLess(result.seconds, 10)
        self.no_partial_file(output)

    def test_lost_session_is_tried_again(self):
        data = os.urandom(64 * targets.MIB)
        self.target.fill(2, 0, data)
        with rogue.Relay(self.target.port, cut_after=5 * targets.MIB + 3, cuts=2) as relay:
            result, events, output = self.copy_from(relay, "--reconnect", 3)
            self.assertEqual(relay.accepted, 3, str(result))
        self.assertEqual(result.code, 0, str(result))
        self.assertEqual(events.count(103), 2)
        self.assertEqual(program.digest(program.contents(output)), program.digest(data))

    def test_older_output_survives_a_failure(self):
        with rogue.Relay(self.target.port, cut_after=3 * targets.MIB) as relay:
            output = os.path.join(self.folder, f"{self.id()}.out")
            with open(output, "wb") as file:
                file.write(b"what was there before")
            result, _, output = self.copy_from(relay, "--reconnect", 0)
        self.assertEqual(result.code, 1, str(result))
        self.assertEqual(program.contents(output), b"what was there before")

    def test_flipped_bit_with_digests(self):
        with Flipping(self.target.port) as relay:
            digests = ("--header-digest", "crc32c", "--data-digest", "crc32c")
            result, events, output = self.copy_from(relay, *digests, "--reconnect", 0)
        self.assertEqual(result.code, 1, str(result))
        self.assertTrue({38, 39} & set(events), str(result))
        self.no_partial_file(output)

    def test_interrupt_logs_out(self):
        capture = os.path.join(self.folder, "interrupt.pcap")
        output = os.path.join(self.folder, "interrupt.out")
        with rogue.Relay(self.target.port, rate=48 * targets.MIB) as relay:
            url = self.target.url(1, portal=relay.portal)
            running = program.Running(*bodies.NO_DIGESTS, "--pcap", capture, "copy", url, output)
            guard.wait_for("the copy to be under way", lambda: relay.passed > 8 * targets.MIB)
            result = running.interrupt()
            port = relay.port
        self.assertEqual(result.code, 1, str(result))
        self.assertLess(result.seconds, program.SECOND)
        self.no_partial_file(output)
        sent = [
            wire.pdus(stream)
            for (_, outbound), stream in wire.streams(capture, port).items()
            if outbound
        ]
        self.assertEqual(len(sent), 1)
        self.assertEqual(sent[0][-1].opcode, wire.LOGOUT_REQUEST)

    def test_interrupt_during_login(self):
        with rogue.Stalls() as peer:
            running = program.Running("capacity", f"iscsi://{peer.portal}/{NAME}/1")
            guard.wait_for("the connection", lambda: peer.accepted == 1)
            result = running.interrupt()
        self.assertEqual(result.code, 1, str(result))
        self.assertLess(result.seconds, program.SECOND)


class Flipping(rogue.Relay):
    """Turns one bit around, far behind the login, deep inside the data."""

    def _down(self, server, client, limit):
        passed = 0
        where = 4 * targets.MIB + 1001
        while data := server.recv(65536):
            if passed <= where < passed + len(data):
                spoiled = bytearray(data)
                spoiled[where - passed] ^= 0x10
                data = bytes(spoiled)
            passed += len(data)
            client.sendall(data)


if __name__ == "__main__":
    unittest.main(verbosity=2)
