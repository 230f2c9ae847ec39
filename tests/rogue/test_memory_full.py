"""Memory that runs out in a discovery and in a scan (events 110 and 2), and what the program tells
when it runs out anywhere: the limit grows step by step, from next to nothing to enough.
"""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import printed
import run
import script
from faults import sends
from reply import bend, login
from scripts_scan import luns

STEP = 512
FIRST, LAST = 512, 512 * 1024
IN_LOGIN = (7, 16, 21)  # a login that runs out of memory ends with one of these
COUNTERS = {
    7: "login-response-allocation-failures",
    12: "login-key-allocation-failures",
    16: "login-answer-allocation-failures",
    21: "login-allocation-failures",
    110: "send-targets-allocation-failures",
}

PART = 8192
TARGETS = [(f"iqn.2026-11.io.sanscsi.test:disk-{i:04}", ["192.0.2.1:3260,1"]) for i in range(700)]
ANSWER = sum(len(f"TargetName={name}TargetAddress={at[0]}") + 2 for name, at in TARGETS)
LISTED = "".join(f"{name}\n    {addresses[0]}\n" for name, addresses in TARGETS)
INVENTORY = luns(*[0] * 3000)  # 24008 bytes


class Attempt(run.Run):
    """One run of the program within a limit of memory."""

    def __init__(self, limit, **members):
        options = ["--memory-limit", str(limit), "--stats"]
        self.limit = limit
        super().__init__(script.Script("memory", "", options=options, **members))
        self.by_program()
        printed.harmless(self)
        run.require(not self.target.complaints, f"{self.target.complaints} at {limit}")

    @property
    def told(self):
        return [(r["event"], tuple(r["args"].values()), tuple(r["causes"])) for r in self.events]

    def counter(self, name):
        lines = self.output.decode().splitlines()
        values = [line.partition("=")[2] for line in lines if line.startswith(name + "=")]
        run.require(len(values) <= 1, f"{name} is there {len(values)} times")
        return int(values[0]) if values else None

    @property
    def result(self):
        """Standard output without the counters."""
        lines = self.output.decode().splitlines(keepends=True)
        return "".join(line for line in lines if "=" not in line)


class Range(unittest.TestCase):
    """From too little for anything to enough for everything."""

    def attempts(self, finished, members):
        """All of them up to the first that is finished; what fails does so with a message, and
        an event where there is a session for it to come from."""
        found = []
        for limit in range(FIRST, LAST, STEP):
            attempt = Attempt(limit, **members())
            found.append(attempt)
            if finished(attempt):
                return found
            if not attempt.events:
                self.assertIn("sanscsi: no", attempt.errors.decode(), limit)
                self.assertEqual(attempt.target.connections, [], limit)
                self.assertEqual(attempt.code, 1, limit)
        self.fail("no limit is enough")

    def in_login(self, attempts):
        """Splits off those that got no further than the login; each told one event of memory."""
        rest = [attempt for attempt in attempts if attempt.events]
        while rest and rest[0].events[-1]["event"] in IN_LOGIN:
            attempt = rest.pop(0)
            self.assertEqual(len(attempt.events), 1, attempt.limit)
            self.assertEqual(attempt.code, 1)
            self.assertIn("no login at", attempt.errors.decode())
        return rest

    def test_send_targets(self):
        """110: the answer so far with what found no room, larger with more memory."""

        def members():
            return {
                "bends": [bend("text", split=PART)],
                "target": {"targets": TARGETS},
                "command": ["discover", "{portal}"],
            }

        attempts = self.attempts(lambda attempt: attempt.code == 0, members=members)
        self.assertEqual(attempts[-1].told, [])
        self.assertEqual(attempts[-1].result, LISTED)
        short = self.in_login(attempts)
        sizes = []
        for attempt in short:
            self.assertEqual([record["event"] for record in attempt.events], [110])
            self.assertEqual(attempt.events[0]["causes"], ["1"])
            self.assertEqual((attempt.result, attempt.code), ("", 1))
            self.assertTrue(attempt.connection.initiator_closed)
            sizes.append(attempt.events[0]["args"]["size"])
            self.assertEqual(attempt.counter(COUNTERS[110]), 1)
        self.assertEqual(sizes, sorted(sizes))
        self.assertLessEqual(set(sizes), {*range(PART, ANSWER, PART), ANSWER})
        self.assertGreaterEqual(len(set(sizes)), 2)

    def test_report_luns(self):
        """Event 2 with cause 10: the inventory finds no room, LUN 0 alone is scanned."""

        def members():
            return {
                "bends": [
                    bend("report-luns", 1, call=sends(INVENTORY[:2056])),
                    # There is room now. No units end the scan, which shows how far it came.
                    bend("report-luns", 2, call=sends(luns())),
                ],
                "command": ["scan", "{url}"],
            }

        attempts = self.attempts(lambda a: [r["event"] for r in a.events] == [4], members=members)
        short = self.in_login(attempts)[:-1]
        self.assertGreater(len(short), 2)
        for attempt in short:
            self.assertEqual(attempt.told, [(2, (0, 0, 1), ("10",))])
            self.assertEqual(attempt.code, 0)
            self.assertIn("        LUN 0: disk, ROGUE TEST DISK 0001, 2048", attempt.result)
            self.assertTrue(attempt.connection.logged_out)

    def test_counters(self):
        """Each way to run out has a counter, which its event alone raises: 16 with cause 4 sends
        its reader there."""
        key = "X-" + "k" * 60
        attempts = self.attempts(
            lambda attempt: attempt.code == 0,
            members=lambda: {"bends": [login(1, append=[(key, "1")], stay=True)]},
        )
        seen = set()
        for attempt in attempts:
            if not attempt.target.connections:
                continue
            failed = [record for record in attempt.events if record["event"] != 13]
            counts = {number: attempt.counter(name) for number, name in COUNTERS.items()}
            for record in failed:
                self.assertEqual(record["causes"], ["4" if record["event"] == 16 else "1"])
                counts[record["event"]] -= 1
            self.assertEqual(set(counts.values()), {0}, (attempt.limit, failed))
            seen.update(record["event"] for record in failed)
        self.assertEqual(seen, {7, 12, 16, 21})


if __name__ == "__main__":
    unittest.main()
