#!/usr/bin/env python3
"""Every block of C in a Markdown page stands in a source file word for word.

usage: excerpt.py PAGE SOURCE...
"""

import pathlib
import re
import sys


def main():
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    page, *sources = (pathlib.Path(name).read_text(encoding="utf-8") for name in sys.argv[1:])
    blocks = re.findall(r"^```c\n(.*?)^```$", page, re.MULTILINE | re.DOTALL)
    if not blocks:
        sys.exit(f"{sys.argv[1]} shows no C")
    for block in blocks:
        if not any(block in source for source in sources):
            sys.exit(f"not in {' or '.join(sys.argv[2:])}:\n{block}")
    print(f"{len(blocks)} blocks")


if __name__ == "__main__":
    main()
