#!/usr/bin/env python3
"""Size of each public struct and place of each member, on machines of three kinds.

usage: layout.py SOURCE-ROOT VERSION-HEADER-FOLDER [--update | --check-c OUTPUT]

Compares what clang finds in the headers for several machines with layout.csv; --update writes that
file anew, --check-c writes a C header that holds the file against the compiler that builds it.
A row's numbers are bytes: of 64-bit machines, of 32-bit ones, and of i386, which aligns 64-bit
members to 4. A struct's row without a member is its size. Structs may grow at the end alone.
"""

import csv
import pathlib
import re
import subprocess
import sys

HERE = pathlib.Path(__file__).resolve().parent
TABLE = HERE / "layout.csv"
# Machines that must agree, by the column of their numbers.
MACHINES = {
    "lp64": ("x86_64-linux-gnu", "aarch64-linux-gnu", "s390x-linux-gnu"),
    "ilp32": ("armv7-none-eabi", "mipsel-linux-gnu"),
    "i386": ("i386-linux-gnu",),
}


def dumped(machine, include):
    """Bytes by (struct, member) as the compiler lays them out for a machine."""
    text = "#include <iscsi/sanscsi.h>\n"
    names = sorted(
        set(
            name
            for folder in include
            for path in pathlib.Path(folder, "iscsi").glob("*.h")
            for name in re.findall(r"^\} (sanscsi_\w+);", path.read_text(), re.MULTILINE)
        )
    )
    text += "".join(f"char use_{name}[sizeof({name})];\n" for name in names)
    result = subprocess.run(
        ["clang", f"--target={machine}", "-std=c11", "-ffreestanding", "-xc", "-fsyntax-only"]
        + ["-Xclang", "-fdump-record-layouts-complete", *[f"-I{path}" for path in include], "-"],
        input=text,
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    rows = {}
    struct = None
    for line in result.stdout.splitlines():
        head = re.match(r" +0 \| struct (sanscsi_\w+)$", line)
        member = re.match(r" +(\d+) \|   (?! ).*?(\w+)$", line)
        end = re.match(r" +\| \[sizeof=(\d+)", line)
        if head:
            struct = head.group(1)
        elif member and struct:
            rows[struct, member.group(2)] = int(member.group(1))
        elif end and struct:
            rows[struct, ""] = int(end.group(1))
            struct = None
    missing = set(names) - {struct for struct, _ in rows}
    if missing:
        sys.exit(f"{machine}: clang tells nothing of {sorted(missing)}")
    return rows


def may_grow(rows, include):
    """Structs that tell their size, and that lie in no other: what reads them looks at the size."""
    headers = [path for folder in include for path in pathlib.Path(folder, "iscsi").glob("*.h")]
    text = "".join(path.read_text(encoding="utf-8") for path in headers)
    nested = set(re.findall(r"^    (sanscsi_\w+) \w+(?:\[\w+\])?;", text, re.MULTILINE))
    return {row[0] for row in rows if row[1:3] == ("size", "0")} - nested


def problems(old, new, growing):
    """What of an older table programs rely on and a newer one breaks."""
    now = {row[:2]: row[2:] for row in new}
    for struct, member, *numbers in old:
        place = f"{struct}.{member}" if member else f"the size of {struct}"
        if (struct, member) not in now:
            yield f"{place} is gone"
            continue
        pairs = [(int(a), int(b)) for a, b in zip(numbers, now[struct, member])]
        grown = member == "" and struct in growing and all(a <= b for a, b in pairs)
        if any(a != b for a, b in pairs) and not grown:
            yield f"{place} was {'/'.join(numbers)}, is {'/'.join(now[struct, member])}"


def found(include):
    """Rows of the table as the headers make them: (struct, member, bytes of each kind)."""
    columns = {}
    for column, machines in MACHINES.items():
        for machine in machines:
            rows = dumped(machine, include)
            if columns.setdefault(column, rows) != rows:
                sys.exit(f"{machine} lays structs out otherwise than {machines[0]}")
    places = columns["lp64"]
    return [
        (struct, member, *(str(columns[column][struct, member]) for column in MACHINES))
        for struct, member in sorted(places, key=lambda key: (key[0], key[1] != "", places[key]))
    ]


def kept():
    with open(TABLE, encoding="utf-8", newline="") as file:
        return [tuple(row) for row in csv.reader(file)][1:]


def update(rows):
    with open(TABLE, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("struct", "member", *MACHINES))
        writer.writerows(rows)


def check_c(output):
    """One row of C for each row of the table, for test_layout.c."""
    lines = ["/* Written by layout.py from layout.csv. */"]
    for struct, member, *numbers in kept():
        what = f"offsetof({struct}, {member})" if member else f"sizeof({struct})"
        lines.append(f'{{"{struct}", "{member}", {what}, {{{", ".join(numbers)}}}}},')
    pathlib.Path(output).write_text("\n".join(lines) + "\n", encoding="utf-8")


def main():
    if len(sys.argv) == 5 and sys.argv[3] == "--check-c":
        check_c(sys.argv[4])
        return
    if len(sys.argv) not in (3, 4):
        sys.exit(__doc__)
    rows = found([f"{sys.argv[1]}/include", sys.argv[2]])
    if sys.argv[3:] == ["--update"]:
        update(rows)
        return
    old, new = set(kept()), set(rows)
    for row in sorted(old ^ new):
        print("+" if row in new else "-", ",".join(row))
    print(f"{len(rows)} rows")
    if old != new:
        sys.exit("the headers lay structs out otherwise than tests/abi/layout.csv tells")


if __name__ == "__main__":
    main()
