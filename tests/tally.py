#!/usr/bin/env python3
"""Counts the test cases inside the test programs of meson's logs, and names what failed.

usage: tally.py LABEL TESTLOG.JSON...
Prints what failed and what was skipped, then "PASSED FAILED" as the last line. A cmocka case, a
unittest method and a program without cases inside count one each; what was skipped does not count.
"""

import json
import re
import sys

OK = re.compile(r"^\[       OK \] (\S+)", re.MULTILINE)
CMOCKA_FAILED = re.compile(r"^\[  (?:FAILED|ERROR)\s+\] (\w+)$", re.MULTILINE)
UNITTEST_RAN = re.compile(r"^Ran (\d+) tests? in", re.MULTILINE)
UNITTEST_FAILED = re.compile(r"^(?:FAIL|ERROR): (\w+ \([\w.]+\))", re.MULTILINE)


def count(record):
    """(passed, the names of what failed) of one test program."""
    text = (record.get("stdout") or "") + "\n" + (record.get("stderr") or "")
    failed = sorted(set(CMOCKA_FAILED.findall(text)) | set(UNITTEST_FAILED.findall(text)))
    ran = sum(int(number) for number in UNITTEST_RAN.findall(text))
    passed = len(OK.findall(text)) + max(0, ran - len(failed) if ran else 0)
    good = record["result"] in ("OK", "EXPECTEDFAIL")
    if good and not passed:
        passed = 1
    if not good and not failed:
        failed = [record["result"].lower()]
    return passed, failed


def main():
    label = sys.argv[1]
    passed = failed = 0
    for path in sys.argv[2:]:
        with open(path, encoding="utf-8") as file:
            for line in file:
                record = json.loads(line)
                if record["result"] == "SKIP":
                    reason = (record.get("stdout") or "no reason told").strip().splitlines()[-1]
                    print(f"SKIPPED {label}: {record['name']}: {reason}")
                    continue
                good, bad = count(record)
                passed += good
                failed += len(bad)
                for name in bad:
                    print(f"FAILED {label}: {record['name']}: {name}")
    print(passed, failed)


main()
