#!/usr/bin/env python3
"""What a program writes is what a file holds.

usage: same.py FILE PROGRAM [ARGUMENT...]
"""

import pathlib
import subprocess
import sys


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    written = subprocess.run(
        sys.argv[2:], check=True, stdin=subprocess.DEVNULL, capture_output=True, timeout=60
    ).stdout
    if not written or pathlib.Path(sys.argv[1]).read_bytes() != written:
        sys.exit(f"{sys.argv[1]} is not what {sys.argv[2]} writes; write it anew")


if __name__ == "__main__":
    main()
