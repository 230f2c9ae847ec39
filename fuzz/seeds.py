#!/usr/bin/env python3
"""Writes seeds for the harnesses from golden bytes and texts of the tests.

usage: seeds.py SOURCE-ROOT OUT

OUT/NAME/ gets a file for each seed of a harness. What is committed in fuzz/corpus/NAME is what
-merge=1 leaves of them (README.md).
"""

import hashlib
import pathlib
import re
import sys

STRING = r'"((?:[^"\\]|\\.)*)"'


def source(root, name):
    return (root / "tests" / name).read_text()


def write(out, harness, seeds):
    folder = out / harness
    folder.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        (folder / hashlib.sha1(seed).hexdigest()[:16]).write_bytes(seed)


def golden_headers(root):
    """The header of every opcode, and the same with all reserved bits set."""
    for name in ("unit/wire_initiator_cases.c", "unit/wire_target_cases.c"):
        for case in re.findall(r"\bCASE\((.*?)\),?\n", source(root, name), re.S):
            hexadecimal = "".join(re.findall(STRING, case))
            both = bytes.fromhex(hexadecimal)
            golden, reserved = both[:48], both[48:]
            yield golden
            yield bytes(a | b for a, b in zip(golden, reserved))


def pdu(root):
    # RFC 7143 11.2.2.4 and 11.2.2.3: a read length, and the second half of a CDB of 32 bytes.
    segments = bytes.fromhex("0005020000000400" "00110100" "101112131415161718191a1b1c1d1e1f")
    for header in golden_headers(root):
        yield header
        yield header + segments


HARNESSES = {"pdu": pdu}


def main():
    root, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    for name, seeds in HARNESSES.items():
        found = set(seeds(root))
        if not found:
            sys.exit(f"no seeds for {name}")
        write(out, name, found)
        print(f"{name}: {len(found)} seeds")


main()
