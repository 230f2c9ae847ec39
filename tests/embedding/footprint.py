"""Writes doc/footprint.md, or compares it with what is built now.

usage: footprint.py --check|--update MEASURE_MEMORY, the program of measure_memory.c; in one line:
meson compile -C build footprint
"""

import pathlib
import re
import sys

import builds
import stack

PAGE = builds.SOURCE / "doc/footprint.md"
TOLERANCE = 0.02  # of code and stack: another release of the compiler
STACK_STEP = 16  # bytes that two saved registers more take on two frames
UPDATE = "meson compile -C build footprint"
SECTIONS = ("text", "rodata", "data", "bss")
ORDER = re.findall(r"^subdir\('(\w+)'\)", (builds.SOURCE / "lib/meson.build").read_text(), re.M)
PARTS = ("chap", "digests", "texts")
MACHINE = "cortex-m4"
COMPILERS = ("gcc", "arm-none-eabi-gcc")
MEMORY = (
    "tasks",
    "tx_slots",
    "events",
    "event_text",
    "max_cdb_length",
    "max_outstanding_r2t",
    "session, all in all",
    "of it the connection",
    "each task",
    "each send slot",
    "each event",
    "a login, besides its text",
    "session during a login, at most",
)
TEXT = """# Footprint

What the library takes, in bytes. Written by `meson compile -C build footprint`; a test compares it
with what is built: memory exactly, code within 2 %, stack within 2 % or 16 bytes.

{compilers}

## Code on a Cortex-M4

By layer, gcc -Os, without the C library. Words that files of `lib/` share count in each.

{small}
This is all there is: a program links what it calls. [examples/bare.c](../examples/bare.c), whole:

{bare}
## Code on x86-64

By layer, gcc -O2; constants that hold addresses count as rodata, tables for unwinding do not count.

{large}
## What options save

Code and constants, Cortex-M4, gcc -Os:

{saved}
## Stack

What a call of each public function takes at most, Cortex-M4, gcc -Os. Calls through pointers are
followed by the table in `tests/embedding/stack.py`, to the deepest that may stand there, so these
are upper bounds. What the program brings (its allocator, random numbers, memcpy and the other
three) comes on top. Nothing recurses, and no frame depends on data.

{stack}
## Memory of a session

Limits as they are set, then bytes. What a login takes comes on top and is given back when it is
over: a block of its own, and the text that the target sends.

On a Cortex-M4:

{core}
On x86-64:

{memory}"""


def table(head, rows):
    lines = [head, ["---", *["---:"] * (len(head) - 1)], *rows]
    return "".join("| " + " | ".join(map(str, line)) + " |\n" for line in lines)


def layers(folder, tools):
    """Bytes by layer and kind of section."""
    sums = {layer: dict.fromkeys(SECTIONS, 0) for layer in ORDER}
    objects = sorted((folder / "lib/libsanscsi.a.p").glob("*.o"))
    for path in objects:
        layer = path.name.split("_")[0]
        for line in builds.run(f"{tools}size", "-A", path).splitlines():
            words = line.split()
            kind = re.match(r"\.(text|rodata|data\.rel\.ro|data|bss)\b", line)
            if kind:
                name = "rodata" if kind[1] == "data.rel.ro" else kind[1]
                sums[layer][name] += int(words[1])
    return sums


def layer_rows(sums):
    rows = [[layer, *(sums[layer][kind] for kind in SECTIONS)] for layer in ORDER]
    return [*rows, ["all", *(sum(row[i + 1] for row in rows) for i in range(len(SECTIONS)))]]


def code():
    """Tables of code, what options save, and stack."""
    core = builds.build(MACHINE, *builds.CORE, cross=MACHINE)
    hosted = builds.build("x86-64", *builds.HOSTED)
    small = layer_rows(layers(core, "arm-none-eabi-"))
    whole = sum(small[-1][1:])
    saved = []
    for part in PARTS:
        option = f"-D{part}=false"
        folder = builds.build(f"{MACHINE}-no-{part}", *builds.CORE, option, cross=MACHINE)
        rest = sum(layer_rows(layers(folder, "arm-none-eabi-"))[-1][1:])
        saved.append([f"`{option}`", whole - rest])
    text, data, bss = builds.sizes(
        builds.program(core, "bare", "examples/bare.c", "tests/embedding/bare_stub.c")
    )
    graph = stack.Graph(core)
    exports = (builds.SOURCE / "tests/checks/exports.list").read_text(encoding="ascii").split()
    deep = sorted((-graph.depth(name)[0], name) for name in exports if name in graph.frames)
    return {
        "small": table(["layer", *SECTIONS], small),
        "large": table(["layer", *SECTIONS], layer_rows(layers(hosted, ""))),
        "bare": table(["", "code and constants", "variables"], [["program", text, data + bss]]),
        "saved": table(["option", "bytes saved"], saved),
        "stack": table(["function", "stack"], [[f"`{name}`", -size] for size, name in deep]),
    }


def memory(*command):
    """What measure_memory.c or measure_core.c found, a column for each set of limits."""
    sets = [line.replace(":", "").split() for line in builds.run(*command).splitlines()]
    rows = [[title, *found] for title, *found in zip(MEMORY, *(one[1:] for one in sets))]
    return table(["", *(one[0] for one in sets)], rows)


def core_memory():
    core = builds.build(MACHINE, *builds.CORE, cross=MACHINE)
    return memory("qemu-arm", builds.program(core, "measure", "tests/embedding/measure_core.c"))


def compilers():
    """With which code and stack are compared: those of others differ by more."""
    found = [f"{name} {builds.run(name, '-dumpversion').strip().split('.')[0]}" for name in COMPILERS]
    return f"Built by {' and '.join(found)}."


def page(measure):
    tables = code()
    return TEXT.format(
        compilers=compilers(), memory=memory(measure), core=core_memory(), **tables
    )


def figures(text):
    """The prose of a page, and the numbers of its tables by heading, table and row."""
    prose, rows, heading = [], {}, ""
    for line in text.splitlines():
        if not line.startswith("|"):
            prose.append(line)
            heading = line.removeprefix("## ") if line.startswith("## ") else heading
            continue
        name, *cells = line.strip("| ").split(" | ")
        if all(cell.isdigit() for cell in cells):
            rows[heading, len(prose), name] = [int(cell) for cell in cells]
        else:
            prose.append(line)
    return prose, rows


def near(heading, was, now):
    if heading.startswith("Memory"):
        return was == now
    least = STACK_STEP if heading == "Stack" else 0
    return len(was) == len(now) and all(
        abs(a - b) <= max(TOLERANCE * a, least) for a, b in zip(was, now)
    )


def differences(old, new):
    """What differs by more than it may; rows may change places."""
    (prose, was), (written, now) = figures(old), figures(new)
    if prose != written:
        yield "other words, headings or tables"
    for row in sorted({*was, *now}):
        before, after = was.get(row, []), now.get(row, [])
        if not near(row[0], before, after):
            yield f"{row[0]}, {row[2]}: {before or 'nothing'} was written, {after or 'nothing'} is"


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("--check", "--update"):
        sys.exit(__doc__)
    measured = page(pathlib.Path(sys.argv[2]))
    if sys.argv[1] == "--update":
        PAGE.write_text(measured, encoding="ascii")
    else:
        written = PAGE.read_text(encoding="ascii")
        comparable = compilers() in written
        found = [
            difference
            for difference in differences(written, measured)
            if comparable or difference.startswith("Memory")
        ]
        if found:
            sys.exit(
                "doc/footprint.md is not what is built:\n"
                + "\n".join(found)
                + f"\nIf that is meant: {UPDATE}"
            )
        if not comparable:
            print(f"skipped: code and stack, which other compilers have written. {compilers()}")
            sys.exit(77)
