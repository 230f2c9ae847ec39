"""Counts instructions of the library per command under callgrind.

usage: count_instructions.py VALGRIND PROGRAM [FOLDER]           what bench_commands does
       count_instructions.py --growth VALGRIND PROGRAM [FOLDER]  what bench_growth does

With a folder the dumps stay there for callgrind_annotate. --growth fails when a command costs more
by more than GROWTH with more others in flight, or in more sessions: such counts do not vary.
"""

import pathlib
import re
import subprocess
import sys
import tempfile

GROWTH = 1.3

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


def show_commands(rows):
    print(f"{'commands':<16} {'in flight':>9} {'instructions':>12}")
    for kind, depth, each in rows:
        print(f"{kind:<16} {depth:>9} {each:>12.1f}")
    return 0


def show_growth(rows):
    first = {}
    grown = 0
    print(f"{'reads of 4 KiB':<16} {'number':>9} {'instructions':>12} {'ratio':>6}")
    for kind, size, each in rows:
        ratio = each / first.setdefault(kind, each)
        grown += ratio > GROWTH
        print(f"{kind:<16} {size:>9} {each:>12.1f} {ratio:>6.2f}")
    return f"a command costs more than {GROWTH} times as much" if grown else 0


def main():
    arguments = sys.argv[1:]
    growth = arguments[0] == "--growth"
    valgrind, program, *folder = arguments[1:] if growth else arguments
    # The logins of ten thousand sessions are not worth watching.
    options = ["--instr-atstart=no"] if growth else []
    if folder:
        rows = measure(valgrind, program, options, folder[0])
    else:
        with tempfile.TemporaryDirectory() as temporary:
            rows = measure(valgrind, program, options, temporary)
    sys.exit(show_growth(rows) if growth else show_commands(rows))


if __name__ == "__main__":
    main()
