#!/usr/bin/env python3
"""Includes go only down the layers; public headers include each other and two of C's.

usage: layers.py SOURCE-ROOT
"""

import pathlib
import re
import sys

# Each layer with the layers it may include besides itself: all that stand below it.
BELOW = {
    "base": (),
    "event": ("base",),
    "wire": ("base", "event"),
    "text": ("base", "event"),
    "auth": ("base", "event", "text"),
    "negotiate": ("base", "event", "wire", "text", "auth"),
    "conn": ("base", "event", "wire", "text", "auth", "negotiate"),
    "session": ("base", "event", "wire", "text", "auth", "negotiate", "conn"),
    "initiator": ("base", "event", "wire", "text", "auth", "negotiate", "conn", "session"),
    "scsi": ("base",),
    "discovery": (
        *("base", "event", "wire", "text", "auth", "negotiate", "conn", "session", "initiator"),
        "scsi",
    ),
}
# A freestanding compiler has these.
PUBLIC_SYSTEM = {"stddef.h", "stdint.h"}
# What the inside may take from the system: what every freestanding compiler has, so no stdio, no
# sockets, no clock. immintrin.h, nmmintrin.h and arm_acle.h hold the CRC instructions; stdlib.h is
# the default allocator's alone, string.h the one header's that does without it where it must.
SYSTEM = {"stddef.h", "stdint.h", "limits.h", "stdalign.h", "stdatomic.h", "stdbool.h"}
SYSTEM_BY_FILE = {
    "base/malloc.c": {"stdlib.h"},
    "base/raw.h": {"string.h"},
    "wire/crc32c_x86.c": {"immintrin.h", "nmmintrin.h", "cpuid.h"},
    "wire/crc32c_arm64.c": {"arm_acle.h", "sys/auxv.h", "asm/hwcap.h"},
}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)


def includes(path):
    return INCLUDE.findall(path.read_text())


def check_inside(root, path):
    inside = path.relative_to(root / "lib")
    layer = inside.parts[0]
    if layer not in BELOW:
        yield f"lib/{inside}: {layer} is no layer"
        return
    for bracket, name in includes(path):
        if name.startswith("iscsi/"):
            continue
        if bracket == "<":
            if name not in SYSTEM | SYSTEM_BY_FILE.get(inside.as_posix(), set()):
                yield f"lib/{inside}: <{name}> is not for this file"
            continue
        if not (root / "lib" / name).exists():
            yield f'lib/{inside}: "{name}" is not named from lib/'
            continue
        other = name.split("/")[0]
        if other != layer and other not in BELOW[layer]:
            yield f'lib/{inside}: "{name}" stands above or beside {layer}'


def check_public(root, path):
    for bracket, name in includes(path):
        if bracket != "<" or not (name.startswith("iscsi/") or name in PUBLIC_SYSTEM):
            yield f"{path.relative_to(root)}: {name} in a public header"


def main():
    root = pathlib.Path(sys.argv[1])
    inside = sorted((root / "lib").rglob("*.[ch]"))
    public = sorted((root / "include/iscsi").glob("*.h*"))
    problems = [problem for path in inside for problem in check_inside(root, path)]
    problems += [problem for path in public for problem in check_public(root, path)]
    if not inside or not public:
        problems.append("no sources found")
    print(*problems, f"{len(inside)} files inside, {len(public)} public headers", sep="\n")
    sys.exit(bool(problems))


main()
