"""A session of the SCSI driver: commands as lines, answers as objects."""

import json
import os
import select
import subprocess

import guard
import program


class Driver:
    """One session with one logical unit. What is said to it is answered in time, or it fails."""

    def __init__(self, url, *options):
        command = [os.environ["SCSI"], *map(str, options), "capacity", url]
        self.process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=program.environment(),
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        """Logs out; returns what it complained of."""
        try:
            _, errors = self.process.communicate(timeout=20)
        finally:
            guard.stop(self.process)
        complaint = errors.decode("utf-8", "replace")
        if "Sanitizer" in complaint or "runtime error" in complaint or self.process.returncode:
            raise AssertionError(f"exit {self.process.returncode}: {complaint}")
        return complaint

    def say(self, verb, data=None, **words):
        """A command's answer: its statuses, and what the library read in its data."""
        line = [verb, *(f"{name}={value}" for name, value in words.items())]
        if data is not None:
            line.append("data=" + data.hex())
        self.process.stdin.write((" ".join(line) + "\n").encode())
        self.process.stdin.flush()
        if not select.select([self.process.stdout], [], [], 30)[0]:
            raise AssertionError(f"no answer to {line}")
        text = self.process.stdout.readline()
        if not text:
            raise AssertionError(f"no answer to {line}: {self.process.stderr.read()[-2000:]}")
        return json.loads(text)
