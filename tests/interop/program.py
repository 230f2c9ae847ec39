"""Runs the program under test and reads what it says: exit code, output, event log."""

import hashlib
import json
import os
import signal
import subprocess
import time

import guard

SANITIZED = os.environ.get("SANSCSI_SANITIZED") == "1"
# A shared machine and a sanitized build are slower; what must end within a second gets this much.
SECOND = 3.0 if SANITIZED else 1.5


def path():
    """The built program, named by the build."""
    program = os.environ.get("SANSCSI", "")
    if not os.access(program, os.X_OK):
        raise RuntimeError(f"SANSCSI={program!r} names no program that can be run")
    return program


def environment(variables=None):
    """The caller's environment without what would change the program's behaviour."""
    mine = {key: value for key, value in os.environ.items() if not key.startswith("LIBISCSI_")}
    return dict(mine, **(variables or {}))


class Result:
    """What one run left behind."""

    def __init__(self, command, code, output, errors, seconds):
        self.command = command
        self.code = code
        self.output = output
        self.errors = errors
        self.seconds = seconds

    @property
    def text(self):
        return self.output.decode("utf-8", "replace")

    @property
    def complaint(self):
        return self.errors.decode("utf-8", "replace")

    def json(self):
        return json.loads(self.output.decode("utf-8"))

    def __str__(self):
        return (
            f"{' '.join(self.command)}\nexit {self.code} after {self.seconds:.2f} s\n"
            f"stdout: {self.text[:2000]}\nstderr: {self.complaint[:4000]}"
        )


def run(*arguments, stdin=b"", seconds=120, variables=None, hosts=None, other=None, closed=None):
    """One run to its end; a run that does not end in time is an error of the test.

    hosts: a file that the run takes for /etc/hosts, by nss_wrapper, which needs no privilege.
    other: another build of the program.
    closed: the number of a standard stream that the run does not have.
    """
    command = [other or path(), *map(str, arguments)]
    if closed is not None:
        command = ["sh", "-c", f'exec "$0" "$@" {closed}>&-', *command]
    variables = dict(variables or {})
    if hosts is not None:
        variables["LD_PRELOAD"] = "libnss_wrapper.so"
        variables["NSS_WRAPPER_HOSTS"] = str(hosts)
        # Sanitizers refuse the one, and want to be the first library without the other.
        variables["NSS_WRAPPER_DISABLE_DEEPBIND"] = "1"
        variables["ASAN_OPTIONS"] = f"{os.environ.get('ASAN_OPTIONS', '')}:verify_asan_link_order=0"
    begin = time.monotonic()
    process = subprocess.run(
        command,
        input=stdin,
        capture_output=True,
        env=environment(variables),
        timeout=seconds,
        check=False,
    )
    return Result(
        command, process.returncode, process.stdout, process.stderr, time.monotonic() - begin
    )


class Running:
    """A run that a test interrupts, or does something to on the way."""

    def __init__(self, *arguments, variables=None):
        self.command = [path(), *map(str, arguments)]
        self.process = guard.start(
            self.command,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=environment(variables),
        )

    def interrupt(self, seconds=20):
        """Sends SIGINT; the result's time is what passed from there to the end."""
        begin = time.monotonic()
        self.process.send_signal(signal.SIGINT)
        return self._end(begin, seconds)

    def finish(self, seconds=60):
        """Waits for the end; the result's time is what passed from here to there."""
        return self._end(time.monotonic(), seconds)

    def _end(self, begin, seconds):
        try:
            output, errors = self.process.communicate(timeout=seconds)
        finally:
            guard.stop(self.process)
        return Result(
            self.command, self.process.returncode, output, errors, time.monotonic() - begin
        )


def events(log):
    """The records of an event log; every line must be one JSON object with the promised members."""
    records = []
    if not os.path.exists(log):
        return records
    with open(log, encoding="utf-8") as file:
        for line in file:
            record = json.loads(line)
            for member in ("event", "name", "severity", "time", "args", "causes", "message"):
                if member not in record:
                    raise AssertionError(f"no member {member} in {line}")
            records.append(record)
    return records


def told(log):
    """What an event log tells: number, arguments and causes of each event, in order."""
    return [(record["event"], record["args"], record["causes"]) for record in events(log)]


def leaves(value):
    """Every number and string in a JSON value, wherever it stands: the contract fixes no layout."""
    if isinstance(value, dict):
        for member in value.values():
            yield from leaves(member)
    elif isinstance(value, list):
        for member in value:
            yield from leaves(member)
    else:
        yield value


def digest(data):
    return hashlib.sha256(data).hexdigest()


def contents(name):
    with open(name, "rb") as file:
        return file.read()
