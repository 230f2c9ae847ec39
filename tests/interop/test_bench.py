"""`bench` against tgt: whether it counts right, stays where it may, and ends well."""

import json
import re
import unittest

import bodies
import guard
import program
import rogue
import targets
import wire

KINDS = ((), ("--read",), ("--write",), ("--mix", 70), ("--mix", 0), ("--mix", 100))
FIGURES = (
    *("commands", "reads", "writes", "block", "depth", "bytes", "seconds", "iops"),
    *("mb_per_second", "latency_p50_us", "latency_p99_us", "latency_p99_9_us", "latency_max_us"),
    *("user_us_per_command", "system_us_per_command", "sessions_lost"),
)
TEXT = (
    r"^\d+ commands of 4096 bytes, \d+ reads, \d+ writes, \d+\.\d+ s$",
    r"^\d+\.\d+ IOPS, \d+\.\d+ MB/s$",
    r"^latency 50 %: \d+\.\d us, 99 %: \d+\.\d us, 99\.9 %: \d+\.\d us, max: \d+\.\d us$",
    r"^processor time per command: \d+\.\d+ us user, \d+\.\d+ us system$",
)
READ_10, WRITE_10 = 0x28, 0x2A  # SBC-3 5.11, 5.31
TINY = 3
BLOCKS = 100  # of 512 bytes
PIECE = 24  # blocks: four fit, and four blocks are left over


class TgtWithTinyDisk(targets.Tgt):
    """LUN 3 has 100 blocks."""

    def __init__(self):
        super().__init__()
        path = targets.sparse(f"{self.folder}/lun3.img", BLOCKS * 512)
        self.luns[TINY] = (BLOCKS * 512, path)


def headers(stream):
    """The whole headers of one direction without digests, wherever the stream was cut."""
    found, at = [], 0
    while at + 48 <= len(stream):
        found.append(stream[at : at + 48])
        at += 48 + (int.from_bytes(stream[at + 5 : at + 8], "big") + 3 & ~3)
    return found


def is_status(header):
    """A SCSI Response, or a Data-In with the S bit (RFC 7143 11.7.3)."""
    opcode = header[0] & 0x3F
    return opcode == wire.SCSI_RESPONSE or (opcode == wire.DATA_IN and header[1] & 1)


class BenchTests(bodies.Base, unittest.TestCase):
    make = TgtWithTinyDisk

    def url(self, lun=None, relay=None):
        portal = relay.portal if relay else None
        return self.target.url(self.target.small if lun is None else lun, portal=portal)

    def figures(self, *arguments, lun=None, seconds=1):
        """A run that must succeed; its figures and the counters of --stats."""
        options = ("--json", "--stats", "bench", self.url(lun), "--seconds", seconds)
        figures, counters = self.must(*options, *arguments).text.splitlines()
        return json.loads(figures), json.loads(counters)["counters"]

    def before(self):
        """The counters of a run that does all of bench but measure."""
        result = self.must("--json", "--stats", "capacity", self.url())
        return json.loads(result.text.splitlines()[-1])["counters"]

    def check_figures(self, figures, counters, before):
        for name in FIGURES:
            self.assertIn(type(figures[name]), (int, float), name)
        self.assertIs(figures["interrupted"], False)
        self.assertEqual(figures["sessions_lost"], 0)
        commands, block = figures["commands"], figures["block"]
        self.assertGreater(commands, 0)
        self.assertEqual(commands, figures["reads"] + figures["writes"])
        self.assertEqual(figures["bytes"], commands * block)
        self.assertEqual(counters["commands"], before["commands"] + commands)
        read, written = before["bytes-read"], before["bytes-written"]
        self.assertEqual(counters["bytes-read"], read + figures["reads"] * block)
        self.assertEqual(counters["bytes-written"], written + figures["writes"] * block)
        latencies = [figures[name] for name in FIGURES if name.startswith("latency")]
        self.assertEqual(latencies, sorted(latencies))
        self.assertGreater(latencies[0], 0)
        self.assertAlmostEqual(figures["iops"] * figures["seconds"] / commands, 1, places=4)
        rate = figures["mb_per_second"] * 1e6 * figures["seconds"]
        self.assertAlmostEqual(rate / figures["bytes"], 1, places=4)

    def test_each_kind(self):
        before = self.before()
        for kind in KINDS:
            for order in ((), ("--random",)):
                with self.subTest(kind=kind, order=order):
                    figures, counters = self.figures(*kind, *order)
                    self.check_figures(figures, counters, before)
                    self.assertEqual((figures["block"], figures["depth"]), (4096, 32))
                    self.assertGreaterEqual(figures["seconds"], 1)
                    self.check_share(figures, kind)

    def check_share(self, figures, kind):
        reads = kind in ((), ("--read",), ("--mix", 100), ("--mix", 70))
        writes = kind in (("--write",), ("--mix", 0), ("--mix", 70))
        self.assertEqual(figures["reads"] > 0, reads)
        self.assertEqual(figures["writes"] > 0, writes)
        if reads and writes:
            share = figures["reads"] / figures["commands"]
            self.assertAlmostEqual(share, 0.7, delta=0.15)

    def test_text(self):
        for kind in KINDS[:4]:
            with self.subTest(kind=kind):
                result = self.must("bench", self.url(), "--seconds", 1, *kind)
                lines = result.text.splitlines()
                self.assertEqual(len(lines), len(TEXT), str(result))
                for line, pattern in zip(lines, TEXT):
                    self.assertRegex(line, pattern)

    def test_help_warns(self):
        text = self.must("--help").text
        for name in ("bench URL", "--write ", "--mix N"):
            told = re.search(rf"(?m)^  {re.escape(name)}.*\n?.*$", text).group(0)
            self.assertRegex(told.lower(), r"overwrites? the unit's data", name)

    def test_reads_change_nothing(self):
        data = bytes(range(256)) * (BLOCKS * 2)
        self.target.fill(TINY, 0, data)
        self.figures("--block", PIECE * 512, "--random", lun=TINY, seconds=0.2)
        self.same(self.target.backing(TINY), data)

    def test_writes_stay_inside(self):
        """Four pieces fit the unit: all of them are written, the blocks behind them are not."""
        for order in ((), ("--random",)):
            with self.subTest(order=order):
                before = bytes(BLOCKS * 512)
                self.target.fill(TINY, 0, before)
                options = ("--write", "--block", "12k", *order)
                figures, _ = self.figures(*options, lun=TINY, seconds=0.5)
                self.assertEqual(figures["block"], PIECE * 512)
                after = self.target.backing(TINY)
                self.assertEqual(len(after), len(before))
                size = PIECE * 512
                for at in range(0, 4 * size, size):
                    self.assertNotIn(0, after[at : at + size])
                self.assertEqual(after[4 * size :], before[4 * size :])

    def places(self, *arguments):
        """Operation code and first block of each command on the wire; all have the same length."""
        capture = self.file("bench.pcap")
        options = (*bodies.NO_DIGESTS, "--pcap", capture, "bench", self.url(TINY))
        self.must(*options, "--block", "12K", "--seconds", 0.2, *arguments)
        session = wire.Session(capture, self.target.port)
        cdbs = [pdu.header[32:48] for pdu in session.of(wire.SCSI_COMMAND)]
        found = []
        for cdb in cdbs:
            if cdb[0] in (READ_10, WRITE_10):
                self.assertEqual(int.from_bytes(cdb[7:9], "big"), PIECE)
                found.append((cdb[0], int.from_bytes(cdb[2:6], "big")))
        self.assertGreater(len(found), 8)
        return found

    def test_in_order_and_round(self):
        for depth in (1, 32):
            for kind, code in (("--read", READ_10), ("--write", WRITE_10)):
                with self.subTest(depth=depth, kind=kind):
                    found = self.places("--depth", depth, kind)
                    for at, place in enumerate(found):
                        self.assertEqual(place, (code, at % 4 * PIECE), f"command {at}")

    def test_random_places(self):
        found = self.places("--random", "--mix", 50)
        self.assertEqual({code for code, _ in found}, {READ_10, WRITE_10})
        self.assertEqual({lba for _, lba in found}, {0, PIECE, 2 * PIECE, 3 * PIECE})
        again = self.places("--random", "--mix", 50)
        both = min(len(found), len(again))
        self.assertTrue(found[:both] == again[:both], "the generator has a fixed start")

    def test_block_sizes(self):
        before = self.before()
        for given, size in (("512", 512), ("64k", 65536), ("1M", targets.MIB)):
            with self.subTest(block=given):
                figures, counters = self.figures("--mix", 50, "--block", given)
                self.check_figures(figures, counters, before)
                self.assertEqual(figures["block"], size)
        whole, _ = self.figures("--block", BLOCKS * 512, lun=TINY, seconds=0.1)
        self.assertGreater(whole["commands"], 0)

    def test_block_that_does_not_fit(self):
        for given, word in (
            ("1000", "512 bytes"),
            ("511", "512 bytes"),
            ("513", "512 bytes"),
            ("64k", "51200 bytes"),
        ):
            for more in ((), ("--json",)):
                with self.subTest(block=given, more=more):
                    result = program.run(*more, "bench", self.url(TINY), "--block", given)
                    self.assertEqual(result.code, 2, str(result))
                    self.assertEqual(result.output, b"", str(result))
                    self.assertIn(f"--block {given}:", result.complaint)
                    self.assertIn(word, result.complaint)

    def test_depths(self):
        before = self.before()
        for depth in (1, 32, 33, 500):
            with self.subTest(depth=depth):
                figures, counters = self.figures("--depth", depth, "--mix", 50, "--random")
                self.check_figures(figures, counters, before)
                self.assertEqual(figures["depth"], depth)
        self.must("--max-sessions", 1, "bench", self.url(), "--seconds", 0.1, "--depth", 500)

    def test_commands_in_flight(self):
        """When the target falls silent, as many commands as were asked for wait for an answer."""
        for depth in (1, 7, 32, 64):
            with self.subTest(depth=depth):
                capture = self.file("silent.pcap")
                with rogue.Relay(self.target.port, cut_after=500000, cut="stall") as relay:
                    options = (*bodies.NO_DIGESTS, "--pcap", capture, "--timeout", 1)
                    bench = ("bench", self.url(relay=relay), "--depth", depth, "--seconds", 30)
                    result = program.run(*options, "--reconnect", 0, *bench)
                self.assertEqual(result.code, 1, str(result))
                self.assertEqual(result.output, b"", "figures of a part, passed off as whole")
                streams = wire.streams(capture, relay.port)
                sent = [stream for (_, ours), stream in streams.items() if ours]
                received = [stream for (_, ours), stream in streams.items() if not ours]
                commands = [h for h in headers(sent[0]) if h[0] & 0x3F == wire.SCSI_COMMAND]
                answers = [h for h in headers(received[0]) if is_status(h)]
                # The last answer's header may be whole while its data are not.
                self.assertIn(len(commands) - len(answers), (depth, depth - 1))

    def test_failures_have_no_figures(self):
        closed = f"127.0.0.1:{guard.free_port()}"
        for url in (self.target.url(77), self.target.url(1, portal=closed)):
            for more in ((), ("--json",)):
                with self.subTest(url=url, more=more):
                    always = ("--reconnect", 0, *more)
                    result = program.run(*always, "bench", url, "--seconds", 1)
                    self.assertEqual(result.code, 1, str(result))
                    self.assertEqual(result.output, b"", str(result))
                    self.assertTrue(result.complaint.strip())

    def test_connection_cut(self):
        """Without another try that is a failure: what was measured is not what was asked for."""
        for kind in KINDS[:4]:
            for more in ((), ("--json",)):
                with self.subTest(kind=kind, more=more):
                    with rogue.Relay(self.target.port, cut_after=20011) as relay:
                        bench = ("bench", self.url(relay=relay), *kind, "--seconds", 30)
                        result, told = self.logged("--reconnect", 0, *more, *bench)
                    self.assertEqual(result.code, 1, str(result))
                    self.assertEqual(result.output, b"", str(result))
                    self.assertEqual([number for number, _, _ in told], [103], str(result))
                    self.assertIn("connection was lost", result.complaint)
                    self.assertLess(result.seconds, 10)

    def test_connection_cut_and_tried_again(self):
        """Commands in flight are issued again, so the run is whole; it says what happened."""
        for kind in KINDS[:4]:
            with self.subTest(kind=kind):
                with rogue.Relay(self.target.port, cut_after=20011) as relay:
                    bench = ("bench", self.url(relay=relay), *kind, "--seconds", 1)
                    result, told = self.logged("--reconnect", 3, "--json", "--stats", *bench)
                    self.assertEqual(relay.accepted, 2)
                self.assertEqual(result.code, 0, str(result))
                self.assertEqual([number for number, _, _ in told], [103, 112], str(result))
                figures, counters = map(json.loads, result.text.splitlines())
                self.assertEqual(figures["sessions_lost"], 1)
                self.assertEqual(counters["counters"]["connections-lost"], 1)
                self.assertGreater(counters["counters"]["commands"], figures["commands"])
                # Who waited for the new session waited longer than the pause before it.
                self.assertGreater(figures["latency_max_us"], 200000)
        with rogue.Relay(self.target.port, cut_after=20011) as relay:
            bench = ("bench", self.url(relay=relay), "--seconds", 1)
            self.assertRegex(program.run(*bench).text, r"(?m)^sessions lost on the way: 1\b")

    def test_interrupt(self):
        for more in ((), ("--json",)):
            with self.subTest(more=more), rogue.Relay(self.target.port) as relay:
                bench = ("bench", self.url(relay=relay), "--seconds", 600)
                running = program.Running(*more, *bench)
                guard.wait_for("figures to come", lambda: relay.passed > targets.MIB)
                result = running.interrupt()
                self.check_interrupted(result, more)

    def test_interrupt_of_a_silent_target(self):
        with rogue.Relay(self.target.port, cut_after=targets.MIB, cut="stall") as relay:
            running = program.Running("--json", "bench", self.url(relay=relay), "--seconds", 600)
            guard.wait_for("the silence", lambda: relay.passed > targets.MIB // 2)
            result = running.interrupt()
        self.check_interrupted(result, ("--json",))

    def check_interrupted(self, result, more):
        self.assertEqual(result.code, 1, str(result))
        self.assertLess(result.seconds, program.SECOND)
        self.assertIn("interrupted", result.complaint)
        if not more:
            self.assertIn(" s, interrupted\n", result.text)
            self.assertIn("latency", result.text)
            return
        figures = result.json()
        self.assertIs(figures["interrupted"], True)
        self.assertGreater(figures["commands"], 0)
        self.assertLess(figures["seconds"], 60)
        for name in FIGURES:
            self.assertIn(type(figures[name]), (int, float), name)


if __name__ == "__main__":
    unittest.main(verbosity=2)
