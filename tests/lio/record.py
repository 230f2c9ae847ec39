#!/usr/bin/env python3
"""Runs a test program that is no part of the build, and logs it as meson would for tally.py.

usage: record.py NAME SECONDS LOG.json COMMAND...
"""

import json
import subprocess
import sys


def main():
    name, seconds, log, *command = sys.argv[1:]
    try:
        process = subprocess.run(
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=float(seconds),
            check=False,
        )
        result, text = ("FAIL", "OK")[process.returncode == 0], process.stdout
    except subprocess.TimeoutExpired as expired:
        result, text = "TIMEOUT", (expired.stdout or b"").decode("utf-8", "replace")
    with open(log, "w", encoding="utf-8") as file:
        json.dump({"name": name, "result": result, "stdout": text, "stderr": ""}, file)
        file.write("\n")
    print(f"{name}: {result}")
    if result != "OK":
        print(text)
    return result != "OK"


sys.exit(main())
