"""The reasons for what neither the tests nor the fuzzing reach (reasons.txt), and a check of them.

usage: reasons.py

reasons.txt: a paragraph tells a reason, and the indented lines below it for what it holds:
    lib/FILE FUNCTION LINES BRANCHES
with how many lines and ways of branches may be left of the function. Exit 1 when one is not in its
file, is told of twice, or is not what doc/coverage.md tells: then that page must be measured anew.
"""

import dataclasses
import pathlib
import re
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]


@dataclasses.dataclass
class Reason:
    why: str
    lines: int
    branches: int


def read_reasons():
    """Reasons by (file, function)."""
    reasons = {}
    for paragraph in (HERE / "reasons.txt").read_text().split("\n\n"):
        lines = [line for line in paragraph.splitlines() if not line.startswith("#")]
        why = " ".join(line for line in lines if not line.startswith(" "))
        for line in lines:
            if not line.startswith(" "):
                continue
            match = re.fullmatch(r" +(lib/\S+) (\w+) (\d+) (\d+)", line)
            if match is None or not why:
                sys.exit(f"reasons.txt: {line!r} is not FILE FUNCTION LINES BRANCHES under a reason")
            if match.group(1, 2) in reasons:
                sys.exit(f"reasons.txt: {match[1]} {match[2]} has two reasons")
            reasons[match.group(1, 2)] = Reason(why, int(match[3]), int(match[4]))
    return reasons


def read_page():
    """The functions that doc/coverage.md tells something is left of."""
    page = (ROOT / "doc" / "coverage.md").read_text()
    return set(re.findall(r"^\| (lib/\S+) \| (\w+) \|", page, re.MULTILINE))


def main():
    reasons, page = read_reasons(), read_page()
    complaints = [f"doc/coverage.md alone tells of {' '.join(key)}" for key in page - set(reasons)]
    for name, function in reasons:
        path = ROOT / name
        if not path.exists() or not re.search(rf"\b{function}\(", path.read_text()):
            complaints.append(f"no {function} in {name}")
        if (name, function) not in page:
            complaints.append(f"doc/coverage.md does not tell of {name} {function}")
    print("\n".join(sorted(complaints)) or f"{len(reasons)} functions with a reason")
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
