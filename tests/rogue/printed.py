"""What the program prints: exact text, and that nothing of a target's reaches a terminal raw."""

import json
import os

from run import require


def harmless(run):
    """Standard output, standard error and event log hold no control character but the newline."""
    if run.output is None:
        return
    texts = {"stdout": run.output, "stderr": run.errors}
    if os.path.exists(run.log):
        with open(run.log, "rb") as file:
            texts["event log"] = file.read()
    for name, data in texts.items():
        text = data.decode("utf-8")  # strictly: what is not UTF-8 must not get through
        bad = [c for c in text if c != "\n" and (c < " " or "\x7f" <= c <= "\x9f")]
        bad += [c for c in text if c in "\u202a\u202b\u202d\u202e\u2066\u2067\u2028\u200b\ufeff"]
        require(not bad, f"{name} has {bad}: {text!r}")
    for line in texts.get("event log", b"").splitlines():
        json.loads(line)


def prints(expected):
    """A `results` that wants exactly this on standard output."""

    def check(run):
        harmless(run)
        if run.output is not None:
            wanted, text = run.fill(expected), run.output.decode("utf-8")
            require(text == wanted, f"it printed {text[:600]!r}, not {wanted[:600]!r}")

    return check


def prints_json(expected):
    """As prints(), for --json; strings may hold {portal} and {port}."""

    def check(run):
        harmless(run)
        if run.output is not None:
            wanted = _fill(run, expected)
            value = json.loads(run.output)
            require(value == wanted, f"it printed {value!r}, not {wanted!r}")

    return check


def _fill(run, value):
    if isinstance(value, dict):
        return {name: _fill(run, member) for name, member in value.items()}
    if isinstance(value, list):
        return [_fill(run, member) for member in value]
    if value == "{port}":
        return run.target.port()
    return run.fill(value)


def says(*texts):
    """A `results` that wants each of these in standard error."""

    def check(run):
        harmless(run)
        if run.errors is not None:
            errors = run.errors.decode("utf-8")
            for text in texts:
                require(run.fill(text) in errors, f"{text!r} is not in {errors!r}")

    return check


def both(*checks):
    def check(run):
        for one in checks:
            one(run)

    return check
