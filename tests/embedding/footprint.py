"""Writes doc/footprint.md, or compares it with what is built now.

usage: footprint.py --check|--update MEASURE_MEMORY, the program of measure_memory.c
"""

import pathlib
import re
import sys

import builds
import stack

PAGE = builds.SOURCE / "doc/footprint.md"
DEEPEST = 12
TOLERANCE = 0.02  # of code and stack: another release of the compiler
SECTIONS = ("text", "rodata", "data", "bss")
ORDER = re.findall(r"^subdir\('(\w+)'\)", (builds.SOURCE / "lib/meson.build").read_text(), re.M)
PARTS = ("chap", "digests", "texts")
MACHINE = "cortex-m4"


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


def page(measure):
    core = builds.build(MACHINE, *builds.CORE, cross=MACHINE)
    hosted = builds.build("x86-64", *builds.HOSTED)
    small = layer_rows(layers(core, "arm-none-eabi-"))
    whole = sum(small[-1][1:])
    saved = []
    for part in PARTS:
        folder = builds.build(f"{MACHINE}-no-{part}", *builds.CORE, f"-D{part}=false", cross=MACHINE)
        saved.append([f"`-D{part}=false`", whole - sum(layer_rows(layers(folder, "arm-none-eabi-"))[-1][1:])])
    graph = stack.Graph(core)
    exports = (builds.SOURCE / "tests/checks/exports.list").read_text().split()
    deep = sorted(((-graph.depth(name)[0], name) for name in exports if name in graph.frames))
    program = builds.program(core, "bare", "examples/bare.c", "tests/embedding/bare_stub.c")
    text, data, bss = builds.sizes(program)
    sets = [line.replace(":", "").split() for line in builds.run(measure).splitlines()]
    titles = ("tasks", "tx_slots", "events", "event_text", "max_cdb_length", "max_outstanding_r2t",
              "session, all in all", "of it the connection", "each task", "each send slot",
              "each event", "session during a login, at most")
    memory = [[title, *(one[i + 1] for one in sets)] for i, title in enumerate(titles)]
    return "".join((
        "# Footprint\n\nWhat the library takes, in bytes. Written by `tests/embedding/footprint.py`; "
        "a test compares it\nwith what is built: memory exactly, code and stack within 2 %.\n\n"
        "## Code and constants by layer\n\nCortex-M4, gcc -Os, without the C library:\n\n",
        table(["layer", *SECTIONS], small),
        "\nx86-64, gcc -O2:\n\n",
        table(["layer", *SECTIONS], layer_rows(layers(hosted, ""))),
        "\nThis is all there is: a program links what it calls. "
        "[examples/bare.c](../examples/bare.c), whole, for a\nCortex-M4:\n\n",
        table(["", "code and constants", "variables"], [["program", text, data + bss]]),
        "\n## What options save\n\nCortex-M4, gcc -Os:\n\n",
        table(["option", "bytes saved"], saved),
        "\n## Stack\n\nThe deepest public functions, Cortex-M4, gcc -Os. Calls through pointers are "
        "followed by the table\nin `tests/embedding/stack.py`, to the deepest that may stand there, so these\nare upper bounds; functions of the program's own (its "
        "allocator, random numbers) and the\nfour functions come on top. Nothing recurses and no "
        "frame depends on data.\n\n",
        table(["function", "stack"], [[f"`{name}`", -size] for size, name in deep[:DEEPEST]]),
        "\n## Memory of a session\n\nx86-64; limits as they are set, then bytes:\n\n",
        table(["", *(one[0] for one in sets)], memory),
    ))


def differences(old, new):
    """Lines that differ by more than they may."""
    was, now = old.splitlines(), new.splitlines()
    exact = False
    if len(was) != len(now):
        yield "the page has another number of lines"
    for before, after in zip(was, now):
        exact = exact or after.startswith("## Memory")
        numbers = [[int(word) for word in re.findall(r"(?<=\| )\d+(?= \|)", line)] for line in (before, after)]
        same = re.sub(r"\| \d+(?= \|)", "", before) == re.sub(r"\| \d+(?= \|)", "", after)
        near = len(numbers[0]) == len(numbers[1]) and all(
            abs(a - b) <= TOLERANCE * a for a, b in zip(*numbers)
        )
        if before != after and (exact or not same or not near):
            yield f"- {before}\n+ {after}"


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("--check", "--update"):
        sys.exit(__doc__)
    written = page(pathlib.Path(sys.argv[2]))
    if sys.argv[1] == "--update":
        PAGE.write_text(written, encoding="ascii")
    else:
        found = list(differences(PAGE.read_text(encoding="ascii"), written))
        if found:
            sys.exit("doc/footprint.md has drifted (footprint.py --update):\n" + "\n".join(found))
