"""Runs scripts, by the program and in memory, and compares what came with what they expect."""

import json
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interop"))

import guard
import program
from script import DROPS, GOES_ON, TARGET_ENDS
from target import Target

# Options of the program that replay knows by the same name.
SHARED = ("--set", "--header-digest", "--data-digest", "--max-login-exchanges", "--memory-limit")
SHARED += ("--chap-user", "--chap-secret", "--target-chap-user", "--target-chap-secret")
SHARED += ("--chap-algorithms", "--follow-permanent", "--initiator-name")


TASK = re.compile(
    r"task \d+ scsi (?P<scsi_status>\w+) io (?P<io_status>\d+) response (?P<response>\d+)"
    r" in (?P<data_in>\d+) under (?P<underflow>\d+) over (?P<overflow>\d+) (?P<sense>\S+)"
)


class Run:
    """One run of a script: the target that served it, the events and the exit code."""

    def __init__(self, script):
        self.script = script
        self.target = Target([self._fresh(item) for item in script.bends], script.target).listen()
        self.events = []
        self.code = None
        self.said = ""
        self.output = None  # of the program; None in memory
        self.errors = None
        self.log = None  # name of the event log
        self.outputs = None  # lines of what replay polled besides events
        self.seconds = 0.0

    @staticmethod
    def _fresh(item):
        item.applied = 0
        return item

    @property
    def connection(self):
        return self.target.connections[0]

    def fill(self, text):
        """Puts names of this run in for {portal}, {port}, {url}, {portal2} ..."""
        if not isinstance(text, str):
            return text
        for index in range(len(self.target.addresses)):
            suffix = "" if index == 0 else str(index + 1)
            text = text.replace("{portal" + suffix + "}", self.target.portal(index))
            text = text.replace("{port" + suffix + "}", str(self.target.port(index)))
        name = self.target.options["target_name"]
        return text.replace("{url}", f"iscsi://{self.target.portal()}/{name}/0")

    # The program.

    def by_program(self):
        script = self.script
        self.log = log = os.path.join(guard.folder("rogue"), "events")
        command = [program.path(), "--reconnect", "0", "--timeout", "5", "--event-log", log]
        command += [self.fill(word) for word in script.options + script.command]
        environment = program.environment()
        environment.update(script.environment)
        begin = time.monotonic()
        limit = script.seconds * (4 if program.SANITIZED else 2)
        process = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            env=environment,
            timeout=limit + 10,
            check=False,
        )
        self.seconds = time.monotonic() - begin
        self.target.finish()
        self.code = process.returncode
        self.output, self.errors = process.stdout, process.stderr
        self.said = f"{' '.join(command)}\n{process.stderr.decode('utf-8', 'replace')}"
        self.events = program.events(log)
        if self.seconds > limit:
            raise AssertionError(f"it took {self.seconds:.1f} s")
        return self

    # The library in memory.

    def in_memory(self):
        script = self.script
        told, tell = os.pipe()
        self.target.silence = tell
        host, port = self.target.addresses[0]
        command = [os.environ["SANSCSI_REPLAY"], "--host", host, "--port", str(port)]
        command += ["--target", self.target.options["target_name"], "--scenario", script.scenario]
        command += ["--silence", str(told)]
        outputs = os.path.join(guard.folder("rogue"), "outputs")
        if script.outcome is not None:
            command += ["--outputs", outputs]
        command += self._shared_options() + [self.fill(word) for word in script.settings]
        try:
            process = subprocess.run(
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                pass_fds=[told],
                timeout=120,
                check=False,
            )
        finally:
            os.close(told)
        self.target.finish()
        os.close(tell)
        self.code = process.returncode
        self.said = f"{' '.join(command)}\n{process.stderr.decode('utf-8', 'replace')}"
        self.events = [json.loads(line) for line in process.stdout.splitlines()]
        if self.code != 0:
            raise AssertionError(f"replay: exit {self.code}\n{self.said}")
        if script.outcome is not None:
            with open(outputs, encoding="ascii") as file:
                self.outputs = file.read().splitlines()
        return self

    def _shared_options(self):
        options = []
        words = [self.fill(word) for word in self.script.options]
        while words:
            name = words.pop(0)
            takes_none = name == "--follow-permanent"
            if name in SHARED:
                options += [name] if takes_none else [name, words[0]]
            if not takes_none and words:
                words.pop(0)
        return options

    # Comparing.

    def check(self, expected_events, by_program):
        problems = list(self.target.complaints)
        problems += self._compare_events(expected_events)
        if by_program and self.code != self.script.exit:
            problems.append(f"exit code {self.code}, not {self.script.exit}")
        problems += self._compare_reaction()
        if self.outputs is not None:
            problems += self._compare_outcome()
        unused = [item.kind for item in self.target.bends if not item.applied]
        if unused:
            problems.append(f"bends that never applied: {unused}")
        if problems:
            raise AssertionError("\n".join([self.script.name] + problems + [self.said]))

    def _compare_events(self, expected):
        problems = []
        if len(expected) != len(self.events):
            numbers = [record["event"] for record in self.events]
            problems.append(f"events {numbers}, not {[item.id for item in expected]}")
        for record, item in zip(self.events, expected):
            args = {name: self.fill(value) for name, value in item.args.items()}
            wanted = {"event": item.id, "name": item.name, "severity": item.severity}
            wanted.update(args=args, causes=item.causes)
            wanted.update(truncated=item.truncated)
            for name, value in wanted.items():
                if record.get(name, False) != value:
                    problems.append(f"event {item.id}: {name} {record.get(name)}, not {value}")
        return problems

    def _compare_outcome(self):
        lines = [line for line in self.outputs if line.startswith("task ")]
        if len(lines) != 1:
            return [f"{len(lines)} tasks ended"]
        found = TASK.fullmatch(lines[0])
        if not found:
            return [f"not a task: {lines[0]!r}"]
        problems = []
        for name, text in found.groupdict().items():
            value = text if name == "sense" else int(text, 16 if name == "scsi_status" else 10)
            wanted = self.script.outcome.get(name, "0/0000" if name == "sense" else 0)
            if value != wanted and (name != "data_in" or name in self.script.outcome):
                problems.append(f"the task's {name} is {value}, not {wanted}")
        return problems

    def _compare_reaction(self):
        script = self.script
        made = len(self.target.connections)
        if made != script.connections:
            return [f"{made} connections, not {script.connections}"]
        problems = []
        try:
            reaction = script.reaction
            {DROPS: _drops, GOES_ON: _goes_on, TARGET_ENDS: _target_ends}.get(reaction, reaction)(
                self
            )
            if script.results:
                script.results(self)
        except AssertionError as error:
            problems.append(str(error))
        last = self.target.connections[-1] if self.target.connections else None
        for key, value in script.answers.items():
            if last.answers.get(key) != value:
                problems.append(f"the answer to {key} is {last.answers.get(key)}, not {value}")
        return problems


def require(condition, text):
    if not condition:
        raise AssertionError(text)


def nothing_more(connection):
    names = [f"{pdu.opcode:#04x}" for pdu in connection.after]
    require(not names, f"the initiator sent {names} after the misbehaviour")


def _drops(run):
    last = run.target.connections[-1]
    nothing_more(last)
    require(last.initiator_closed, "the initiator did not close first")


def _target_ends(run):
    last = run.target.connections[-1]
    nothing_more(last)
    require(not last.initiator_closed, "the initiator closed first")


def _goes_on(run):
    last = run.target.connections[-1]
    require(last.logged_in, "the login did not come to its end")
    require(last.logged_out, "the session was not logged out")
