#!/usr/bin/env python3
"""Writes the C code of a Markdown page as one C header, so that a compiler can read it.

usage: extract.py PAGE OUTPUT
"""

import pathlib
import sys


def blocks(lines):
    """Yields (number of its first line, text) of each fenced block of C."""
    start = None
    for number, line in enumerate(lines, 1):
        if start is None and line == "```c":
            start = number + 1
        elif start is not None and line == "```":
            yield start, "\n".join(lines[start - 1 : number - 1])
            start = None
    if start is not None:
        sys.exit(f"the block that begins in line {start} does not end")


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    page = pathlib.Path(sys.argv[1])
    found = list(blocks(page.read_text(encoding="utf-8").splitlines()))
    if not found:
        sys.exit(f"{page} has no C code")
    text = [f"/* The C code of {page.name}, in its order. */"]
    for start, block in found:
        text += [f'#line {start} "{page.name}"', block, ""]
    pathlib.Path(sys.argv[2]).write_text("\n".join(text), encoding="utf-8")


if __name__ == "__main__":
    main()
