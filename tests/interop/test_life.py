"""Pings, counters, tries and interrupts: what the program promises beside moving data."""

import json
import os
import re
import time
import unittest

import bodies
import guard
import program
import rogue
import targets
import wire

NAME = "iqn.2026-01.test:nobody"
TIME = r"\d+\.\d{3}"
LOST_PING = "ping: timed out"


class Unavailable(rogue.AnswersWrongly):
    """Refuses every login with this Status-Class and Status-Detail (RFC 7143 11.13.5)."""

    def __init__(self, status):
        super().__init__(status=status)

    @property
    def url(self):
        return f"iscsi://{self.portal}/{NAME}/1"


class PingTests(bodies.Base, unittest.TestCase):
    make = targets.Tgt

    def test_text(self):
        """A line for each round trip, a second apart, and what they amount to."""
        result = self.must("ping", self.target.url(1), "--count", 2)
        lines = result.text.splitlines()
        self.assertEqual(len(lines), 3, str(result))
        times = []
        for number, line in enumerate(lines[:2], 1):
            self.assertRegex(line, rf"^{number}: {TIME} ms$")
            times.append(float(line.split()[1]))
        found = re.fullmatch(rf"min/avg/max: ({TIME})/({TIME})/({TIME}) ms", lines[2])
        self.assertTrue(found, str(result))
        low, middle, high = map(float, found.groups())
        self.assertEqual((low, high), (min(times), max(times)))
        self.assertAlmostEqual(middle, sum(times) / 2, delta=0.0011)
        self.assertGreater(result.seconds, 1)
        self.assertLess(result.seconds, 2.5)

    def test_json(self):
        result = self.must("--json", "ping", self.target.url(1), "--count", 1)
        figures = result.json()
        self.assertEqual(list(figures), ["times_ms", "min_ms", "avg_ms", "max_ms"])
        (only,) = figures["times_ms"]
        self.assertEqual({figures[name] for name in ("min_ms", "avg_ms", "max_ms")}, {only})
        self.assertGreater(only, 0)
        self.assertLess(result.seconds, 1, "no pause behind the last one")

    def test_four_unless_told(self):
        capture = self.file("ping.pcap")
        self.must(*bodies.NO_DIGESTS, "--pcap", capture, "ping", self.target.url(1))
        pings = self.session(capture).of(wire.NOP_OUT)
        self.assertEqual(len(pings), 4)
        tags = {wire.word(ping, 16) for ping in pings}
        self.assertEqual(len(tags), 4)
        self.assertNotIn(wire.NO_TAG, tags, "a ping that wants an answer (RFC 7143 11.18)")

    def silent_ping(self, *options):
        """The target falls silent behind the login."""
        login = self.login_bytes()
        with rogue.Relay(self.target.port, cut_after=login + 1, cut="stall") as relay:
            url = self.target.url(1, portal=relay.portal)
            return self.logged(*options, "--timeout", 1, "ping", url, "--count", 3)

    def login_bytes(self):
        capture = self.file("login.pcap")
        self.must(*bodies.NO_DIGESTS, "--pcap", capture, "ping", self.target.url(1), "--count", 1)
        received = self.session(capture).received
        return sum(
            48 + (pdu.length + 3 & ~3) for pdu in received if pdu.opcode == wire.LOGIN_RESPONSE
        )

    def test_no_answer(self):
        for options in ((), ("--json",)):
            with self.subTest(options=options):
                result, told = self.silent_ping(*bodies.NO_DIGESTS, *options)
                self.assertEqual(result.code, 1, str(result))
                self.assertIn(LOST_PING, result.complaint)
                self.assertEqual([number for number, _, _ in told], [118], str(result))
                self.assertGreater(result.seconds, 0.9)
                self.assertLess(result.seconds, 3.5)
                if options:
                    self.assertEqual(result.json(), {"times_ms": []})
                else:
                    self.assertEqual(result.output, b"")

    def test_connection_cut(self):
        """A ping whose connection was lost is sent again over the next."""
        login = self.login_bytes()
        with rogue.Relay(self.target.port, cut_after=login + 1) as relay:
            url = self.target.url(1, portal=relay.portal)
            result, told = self.logged(*bodies.NO_DIGESTS, "ping", url, "--count", 1)
        self.assertEqual(result.code, 0, str(result))
        self.assertEqual([number for number, _, _ in told], [103, 112], str(result))
        self.assertRegex(result.text, rf"^1: {TIME} ms\n")


class CounterTests(bodies.Base, unittest.TestCase):
    """The counters of --stats against what a capture shows."""

    make = targets.Tgt

    def named(self, text):
        found = re.findall(r"(?m)^([a-z0-9-]+)=([0-9]+)$", text)
        counters = {name: int(value) for name, value in found}
        self.assertEqual(len(counters), len(found), "two of one name")
        return counters

    def counted(self, *arguments):
        """The counters of a run, as text and as JSON, and its capture."""
        capture = self.file("stats.pcap")
        always = (*bodies.NO_DIGESTS, "--pcap", capture, "--stats")
        counters = self.named(self.must(*always, *arguments).text)
        session = self.session(capture)
        again = json.loads(self.must("--json", *always, *arguments).text.splitlines()[-1])
        again = again["counters"]
        self.assertEqual(list(again), list(counters))
        self.assertEqual(again, counters)
        return counters, session

    def check(self, counters, session, **expected):
        """All counters: those that a capture tells, those given, and the rest 0."""
        data_in = sum(pdu.length for pdu in session.of(wire.DATA_IN))
        sent = session.immediate + session.of(wire.DATA_OUT)
        counted = {
            "logins": 1,
            "logins-succeeded": 1,
            "logouts": 1,
            "pdus-sent": len(session.sent),
            "pdus-received": len(session.received),
            "commands": len(session.of(wire.SCSI_COMMAND)),
            "bytes-read": data_in,
            "bytes-written": sum(pdu.length for pdu in sent),
            "r2ts": len(session.of(wire.R2T)),
            **{name.replace("_", "-"): value for name, value in expected.items()},
        }
        self.assertLessEqual(set(counted), set(counters))
        for name, value in counters.items():
            self.assertEqual(value, counted.get(name, 0), name)

    def test_read(self):
        url = self.target.url(1)
        output = self.file("stats.out")
        counters, session = self.counted(
            *("read", url, "--lba", 5, "--blocks", 1000, "--output", output)
        )
        self.check(counters, session)
        # The capacity twice, since tgt sends it with a UNIT ATTENTION too, and 1000 blocks.
        self.assertEqual(counters["bytes-read"], 8 + 8 + 1000 * 512)
        self.assertEqual(counters["commands"], 4)

    def test_read_to_standard_output(self):
        """Counters are not among data."""
        self.target.fill(1, 0, bytes(512))
        result = self.must("--stats", "read", self.target.url(1), "--lba", 0, "--blocks", 1)
        self.assertEqual(result.output, bytes(512))
        self.assertEqual(self.named(result.complaint)["bytes-read"], 8 + 8 + 512)

    def test_write(self):
        source = self.file("stats.in", os.urandom(targets.MIB))
        always = bodies.settings("InitialR2T=Yes", "ImmediateData=No", "MaxBurstLength=65536")
        write = ("write", self.target.url(1), "--lba", 0, "--input", source)
        counters, session = self.counted(*always, *write)
        self.check(counters, session)
        self.assertEqual(counters["bytes-written"], targets.MIB)
        self.assertEqual(counters["r2ts"], 16)

    def test_ping(self):
        counters, session = self.counted("ping", self.target.url(1), "--count", 1)
        self.check(counters, session, pings=1, nop_ins=1)

    def test_failures_are_counted(self):
        url = self.target.url(1, "iqn.2026-01.test.tgt:nobody")
        result = program.run("--stats", "--json", "--reconnect", 0, "capacity", url)
        counters = json.loads(result.text)["counters"]
        self.assertEqual(result.code, 1, str(result))
        counted = {"logins": 1, "logins-failed": 1, "login-initiator-errors": 1, "events": 1}
        counted.update({"pdus-sent": 1, "pdus-received": 1})
        self.assertEqual({name: value for name, value in counters.items() if value}, counted)


class TryTests(bodies.Base, unittest.TestCase):
    """--reconnect: what is tried again, how often, and what is not."""

    make = targets.Tgt

    def test_nobody_listens(self):
        for tries in (0, 1, 2):
            with self.subTest(tries=tries):
                url = f"iscsi://127.0.0.1:{guard.free_port()}/{NAME}/1"
                result, told = self.logged("--reconnect", tries, "capacity", url)
                self.assertEqual(result.code, 1, str(result))
                self.assertEqual([number for number, _, _ in told], [101] * (tries + 1))
                self.assertIn("no login at", result.complaint)
                self.assertLess(result.seconds, 10)

    def test_three_unless_told(self):
        with rogue.ClosesInLogin() as peer:
            program.run("capacity", f"iscsi://{peer.portal}/{NAME}/1", seconds=60)
            self.assertEqual(peer.accepted, 4)

    def test_refusals(self):
        """What the initiator is at fault for stays as it is (Status-Class 2); the rest may pass."""
        for status, tries in (((2, 0), 1), ((2, 2), 1), ((2, 3), 1), ((3, 0), 3), ((3, 1), 3)):
            with self.subTest(status=status), Unavailable(status) as peer:
                result, told = self.logged("--reconnect", 2, "capacity", peer.url)
                self.assertEqual(result.code, 1, str(result))
                self.assertEqual(peer.accepted, tries, str(result))
                args = {"status_class": status[0], "status_code": status[1]}
                args["target_address"] = peer.portal
                self.assertEqual([one[:2] for one in told], [(36, args)] * tries, str(result))


class InterruptTests(bodies.Base, unittest.TestCase):
    """SIGINT: logs out and ends within a second, exit 1, and leaves no part of a result."""

    make = targets.Tgt

    def interrupted(self, running, capture=None, port=None):
        result = running.interrupt()
        self.assertEqual(result.code, 1, str(result))
        self.assertLess(result.seconds, program.SECOND)
        self.assertNotIn("Sanitizer", result.complaint)
        if capture is not None:
            streams = wire.streams(capture, port)
            (sent,) = [stream for (_, ours), stream in streams.items() if ours]
            self.assertEqual(wire.pdus(sent)[-1].opcode, wire.LOGOUT_REQUEST)
        return result

    def start(self, *arguments):
        capture = self.file("interrupt.pcap")
        always = (*bodies.NO_DIGESTS, "--pcap", capture)
        return program.Running(*always, *arguments), capture

    def test_ping(self):
        for options in ((), ("--json",)):
            with self.subTest(options=options), rogue.Relay(self.target.port) as relay:
                url = self.target.url(1, portal=relay.portal)
                running, capture = self.start(*options, "ping", url, "--count", 600)
                guard.wait_for("a ping", lambda: relay.passed > 48)
                time.sleep(0.3)
                result = self.interrupted(running, capture, relay.port)
                self.assertIn("interrupted", result.complaint)
                if options:
                    self.assertEqual(len(result.json()["times_ms"]), 1)
                else:
                    self.assertRegex(result.text, rf"^1: {TIME} ms\nmin/avg/max: ")

    def test_ping_of_a_silent_target(self):
        with rogue.Relay(self.target.port, cut_after=700, cut="stall") as relay:
            url = self.target.url(1, portal=relay.portal)
            running, _ = self.start("ping", url, "--count", 600)
            guard.wait_for("the login", lambda: relay.passed > 48)
            time.sleep(0.5)
            self.interrupted(running)

    def test_read(self):
        output = self.file("read.out")
        with rogue.Relay(self.target.port, rate=16 * targets.MIB) as relay:
            url = self.target.url(2, portal=relay.portal)
            read = ("read", url, "--lba", 0, "--blocks", 131072, "--output", output)
            running, capture = self.start(*read)
            guard.wait_for("data", lambda: relay.passed > 2 * targets.MIB)
            self.interrupted(running, capture, relay.port)
        self.assertEqual([f for f in os.listdir(self.folder) if f.startswith("read.out")], [])

    def test_write(self):
        """The interrupt comes while the program waits for its input."""
        source = self.file("write.fifo")
        os.mkfifo(source)
        with rogue.Relay(self.target.port) as relay:
            url = self.target.url(2, portal=relay.portal)
            running, capture = self.start("write", url, "--lba", 0, "--input", source)
            with open(source, "wb", buffering=0) as file:
                file.write(os.urandom(targets.MIB))
                guard.wait_for("the login", lambda: relay.passed > 48)
                time.sleep(0.3)
                self.interrupted(running, capture, relay.port)

    def test_wait_for_another_try(self):
        url = f"iscsi://127.0.0.1:{guard.free_port()}/{NAME}/1"
        for arguments in (("capacity", url), ("ping", url), ("bench", url), ("discover",)):
            with self.subTest(command=arguments[0]):
                log = self.file("try.log")
                if len(arguments) == 1:
                    arguments = ("discover", f"127.0.0.1:{guard.free_port()}")
                running = program.Running("--reconnect", 100, "--event-log", log, *arguments)
                guard.wait_for("tries", lambda: len(program.events(log)) >= 3)
                result = self.interrupted(running)
                self.assertIn("interrupted", result.complaint)
                self.assertEqual(result.output, b"")


if __name__ == "__main__":
    unittest.main(verbosity=2)
