"""Counts instructions of the library per command under callgrind.

usage: count_instructions.py [--page PAGE [--update]] VALGRIND PROGRAM [FOLDER]
           what bench_commands does; with a page held against its table, or written there
       count_instructions.py --growth VALGRIND PROGRAM [FOLDER]
           what bench_growth does

With a folder the dumps stay there for callgrind_annotate. --growth fails when a command costs more
by more than GROWTH with more others in flight, or in more sessions: such counts do not vary. A page
is out of date when a figure differs by more than DRIFT.
"""

import argparse

import pathlib
import re
import subprocess
import sys
import tempfile

GROWTH = 1.3
DRIFT = 0.02
TABLE = re.compile(r"(<!-- instructions: [^\n]*-->\n)(.*?)(<!-- end of instructions -->)", re.DOTALL)

# What a client calls for a command. Counting is on within them alone: the target's and the
# client's own work stays out, memcpy and the like that the library calls stay in.
COUNTED = (
    "sanscsi_submit",
    "sanscsi_tx_window",
    "sanscsi_tx_commit",
    "sanscsi_rx_window",
    "sanscsi_rx_commit",
    "sanscsi_poll",
    "sanscsi_deadline",
)


def measure(valgrind, program, options, folder):
    """Name, size and instructions per command of each row."""
    out = pathlib.Path(folder) / "callgrind.out"
    toggles = [f"--toggle-collect={name}" for name in COUNTED]
    files = f"--callgrind-out-file={out}"
    subprocess.run(
        [valgrind, "-q", "--tool=callgrind", files, *options, *toggles, program], check=True
    )
    rows = []
    dumps = pathlib.Path(folder).glob("callgrind.out.*")
    for dump in sorted(dumps, key=lambda path: int(path.suffix[1:])):
        text = dump.read_text()
        name = re.search(r"^desc: Trigger: Client Request: (\S+) (\d+) (\d+)$", text, re.MULTILINE)
        total = re.search(r"^(?:summary|totals): (\d+)", text, re.MULTILINE)
        if name and total:
            kind, size, commands = name.group(1), int(name.group(2)), int(name.group(3))
            rows.append((kind, size, int(total.group(1)) / commands))
    if not rows or any(each == 0 for _, _, each in rows):
        sys.exit("nothing was counted: are the library's functions inlined into the program?")
    return rows


def table_of(rows):
    """The rows as lines of a table in Markdown, a column for each number in flight."""
    depths = sorted({depth for _, depth, _ in rows})
    found = {(kind, depth): each for kind, depth, each in rows}
    lines = [["in flight", *map(str, depths)], ["---"] + ["---:"] * len(depths)]
    for kind in dict.fromkeys(kind for kind, _, _ in rows):
        counts = [found.get((kind, depth)) for depth in depths]
        lines.append([kind] + ["" if each is None else f"{each:.0f}" for each in counts])
    return lines


def cells(text):
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in text.splitlines()]


def differ(was, now):
    if was.isdigit() and now.isdigit():
        return abs(int(was) - int(now)) > DRIFT * int(was)
    return was != now


def hold_against(page, lines, update):
    """What is wrong with the page's table, or 0; with `update` it is written anew."""
    text = page.read_text()
    old = cells(TABLE.search(text).group(2))
    if update:
        new = "".join(f"| {' | '.join(line)} |\n" for line in lines)
        page.write_text(TABLE.sub(lambda match: match.group(1) + new + match.group(3), text))
        return 0
    same = len(old) == len(lines) and all(
        len(was) == len(now) and not any(map(differ, was, now)) for was, now in zip(old, lines)
    )
    return 0 if same else f"{page} tells other figures: meson compile -C BUILD instructions-table"


def show_commands(rows):
    print(f"{'commands':<16} {'in flight':>9} {'instructions':>12}")
    for kind, depth, each in rows:
        print(f"{kind:<16} {depth:>9} {each:>12.1f}")


def show_growth(rows):
    first = {}
    grown = 0
    print(f"{'reads of 4 KiB':<16} {'number':>9} {'instructions':>12} {'ratio':>6}")
    for kind, size, each in rows:
        ratio = each / first.setdefault(kind, each)
        grown += ratio > GROWTH
        print(f"{kind:<16} {size:>9} {each:>12.1f} {ratio:>6.2f}")
    return f"a command costs more than {GROWTH} times as much" if grown else 0


def arguments():
    parser = argparse.ArgumentParser()
    parser.add_argument("--growth", action="store_true")
    parser.add_argument("--page", type=pathlib.Path)
    parser.add_argument("--update", action="store_true")
    parser.add_argument("valgrind")
    parser.add_argument("program")
    parser.add_argument("folder", nargs="?")
    return parser.parse_args()


def main():
    given = arguments()
    # The logins of ten thousand sessions are not worth watching.
    options = ["--instr-atstart=no"] if given.growth else []
    with tempfile.TemporaryDirectory() as temporary:
        rows = measure(given.valgrind, given.program, options, given.folder or temporary)
    if given.growth:
        sys.exit(show_growth(rows))
    show_commands(rows)
    if given.page:
        sys.exit(hold_against(given.page, table_of(rows), given.update))


if __name__ == "__main__":
    main()
