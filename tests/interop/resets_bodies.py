"""Commands in flight that are cancelled, aborted or reset, at any target: each ends once."""

import collections
import json
import os
import subprocess

import bodies
import program

SIZE = 262144
PATTERN = b"".join(number.to_bytes(8, "big") * 64 for number in range(32 * SIZE // 512))
GOOD, CANCELLED, ATTENTION = (0, 0), (8, 0), (0, 2)  # io_status, SCSI status
OFFLINE = {(3, 0), (6, 0)}
POWER_ON_OR_RESET = 0x29  # additional sense code, SPC-4 annex F
CANCELS = ("cancel-one", "cancel-all")
SETS = ("abort-task-set", "clear-aca", "clear-task-set")
RESETS = ("lun-reset", "warm-reset", "cold-reset")
COMPLETE, NOT_SUPPORTED, REJECTED = 0, 5, 255  # responses, RFC 7143 11.6.1
WAITS_FOR_R2T = bodies.settings("ImmediateData=No", "InitialR2T=Yes")


class Run:
    """What one run of the driver told."""

    def __init__(self, command, process):
        self.command = command
        self.code = process.returncode
        self.errors = process.stderr.decode("utf-8", "replace")
        self.lines = [json.loads(line) for line in process.stdout.splitlines()]
        self.ends = [line for line in self.lines if "done" in line]
        self.outcomes = collections.Counter(
            (end["io_status"], end["scsi_status"]) for end in self.ends
        )
        self.answers = [line for line in self.lines if "order" in line]
        self.events = [line["event"] for line in self.lines if "event" in line]
        self.summary = next(line["summary"] for line in self.lines if "summary" in line)

    def __str__(self):
        return f"{' '.join(self.command)}\nexit {self.code} {self.outcomes}\n" + (
            "\n".join(str(line) for line in self.lines if "done" not in line) + self.errors
        )


class Driving:
    """Runs the driver against one target."""

    patience = 2  # seconds for a command
    lun = None

    @classmethod
    def fill_unit(cls):
        cls.target.fill(cls.unit(), 0, PATTERN)

    @classmethod
    def unit(cls):
        return cls.target.small if cls.lun is None else cls.lun

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.fill_unit()

    def drive(self, order, kind, *options, **words):
        """A run in which every command ends exactly once and nothing that was read is wrong."""
        words = {"order": order, "kind": kind, "size": SIZE, **words}
        always = ("--timeout", self.patience, "--event-log", "-")
        command = [os.environ["STRESS"], *(f"{name}={value}" for name, value in words.items())]
        command += ["--", *map(str, always), *options, "capacity", self.target.url(self.unit())]
        process = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=program.environment(),
            timeout=100,
            check=False,
        )
        self.assertIn(b'"summary"', process.stdout, process.stderr)
        self.assertNotIn(b"Sanitizer", process.stderr)
        self.assertNotIn(b"runtime error", process.stderr)
        run = Run(command, process)
        self.assertEqual(run.code, 0, str(run))
        self.assertFalse(run.summary["stuck"], str(run))
        self.assertEqual(run.summary["submitted"], words.get("count", 32), str(run))
        self.assertEqual(run.summary["ended"], run.summary["submitted"], str(run))
        self.assertEqual(run.summary["ended_once"], run.summary["submitted"], str(run))
        self.assertEqual(run.summary["bad_data"], 0, str(run))
        self.assertEqual(len(run.answers), order not in ("none", *CANCELS), str(run))
        self.check_outcomes(run, order)
        return run

    def check_outcomes(self, run, order):
        """No command ends otherwise than the order and the life of the session allow."""
        possible = {GOOD}
        if order != "none":
            possible.add(CANCELLED)
        if order in RESETS:
            possible.add(ATTENTION)
        if run.summary["losses"]:
            possible |= OFFLINE
        self.assertLessEqual(set(run.outcomes), possible, str(run))
        self.assertLessEqual(run.outcomes[ATTENTION], 1, str(run))
        for end in run.ends:
            if end["scsi_status"]:
                self.assertEqual((end["sense_key"], end["sense_code"] >> 8), (6, POWER_ON_OR_RESET))
            elif end["io_status"] == 0:
                self.assertEqual(end["underflow"], 0, str(run))
                self.assertEqual(end["data_in"], SIZE if end["kind"] == "read" else 0, str(run))

    def held_writes(self, order, **words):
        """All writes wait for our data when the order is given: nothing was read by then."""
        return self.drive(order, "write", *WAITS_FOR_R2T, hold=150, **words)

    def held_reads(self, order):
        """Answers fill the way to us when the order is given."""
        return self.drive(order, "read", hold=150)

    def mixed(self, order):
        """Commands come and go when the order is given."""
        return self.drive(order, "mix", after=40, count=128)


class Calm(Driving):
    """Targets that answer every function, and go on."""

    responses = {}  # to each function; what is not named is not supported

    def check_calm(self, run, order):
        """The session was not lost, reads still work, and the function was answered as known."""
        self.assertEqual(run.events, [], str(run))
        self.assertTrue(run.summary["usable"], str(run))
        self.assertEqual(run.summary["losses"], 0, str(run))
        for answer in run.answers:
            response = self.responses.get(order, NOT_SUPPORTED)
            self.assertEqual((answer["io_status"], answer["response"]), (0, response), str(run))

    def test_nothing(self):
        for run in (self.held_writes("none"), self.held_reads("none"), self.mixed("none")):
            self.check_calm(run, "none")
            self.assertEqual(set(run.outcomes), {GOOD})

    def test_cancel(self):
        for order, fewest, most in (("cancel-one", 1, 1), ("cancel-all", 1, 32)):
            with self.subTest(order=order):
                run = self.held_writes(order)
                self.check_calm(run, order)
                self.assertLessEqual(fewest, run.outcomes[CANCELLED], str(run))
                self.assertLessEqual(run.outcomes[CANCELLED], most, str(run))
                self.check_calm(self.held_reads(order), order)
                self.check_calm(self.mixed(order), order)

    def test_functions(self):
        for order in (*SETS, *RESETS):
            with self.subTest(order=order):
                run = self.held_writes(order)
                self.check_calm(run, order)
                ended = CANCELLED if self.responses.get(order) == COMPLETE else GOOD
                self.assertEqual(run.outcomes, {ended: 32}, str(run))
                self.check_calm(self.held_reads(order), order)
                self.check_calm(self.mixed(order), order)
