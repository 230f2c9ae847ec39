"""Counts instructions of the library per command: runs bench_commands under callgrind."""

import pathlib
import re
import subprocess
import sys
import tempfile

COMMANDS = 1024  # a row of bench_commands.c

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


def measure(valgrind, program, folder):
    out = pathlib.Path(folder) / "callgrind.out"
    toggles = [f"--toggle-collect={name}" for name in COUNTED]
    subprocess.run(
        [valgrind, "-q", "--tool=callgrind", f"--callgrind-out-file={out}", *toggles, program],
        check=True,
    )
    rows = []
    for dump in sorted(pathlib.Path(folder).glob("callgrind.out.*"), key=lambda p: int(p.suffix[1:])):
        text = dump.read_text()
        name = re.search(r"^desc: Trigger: Client Request: (.+)$", text, re.MULTILINE)
        total = re.search(r"^(?:summary|totals): (\d+)", text, re.MULTILINE)
        if name and total:
            rows.append((name.group(1), int(total.group(1))))
    return rows


def main():
    valgrind, program = sys.argv[1:3]
    if len(sys.argv) > 3:  # a folder: the dumps stay there for callgrind_annotate
        rows = measure(valgrind, program, sys.argv[3])
    else:
        with tempfile.TemporaryDirectory() as folder:
            rows = measure(valgrind, program, folder)
    if not rows or any(total == 0 for _, total in rows):
        sys.exit("nothing was counted: are the library's functions inlined into the program?")
    print(f"{'4 KiB commands':<16} {'in flight':>9} {'instructions':>12}")
    for name, total in rows:
        kind, depth = name.rsplit(" ", 1)
        print(f"{kind:<16} {depth:>9} {total / COMMANDS:>12.1f}")


if __name__ == "__main__":
    main()
