#!/usr/bin/env python3
"""Compares the library's binary interface with that of the last release, by abidiff.

usage: compare.py SOURCE-ROOT BUILD-FOLDER

The last release is the newest tag vN.N.N of the source's repository. It is built once, in
BUILD-FOLDER/release-vN.N.N. Exit code 0: compatible, or there is no release yet; 1: something that programs rely on has
changed, which before 1.0.0 the second number of the version must tell, and the first afterwards.
"""

import csv
import io
import pathlib
import re
import subprocess
import sys
import tarfile

import layout

# What abidiff need not tell: the inside of opaque types, which it takes for public where a file is
# called like a public header; and structs that may grow, which are judged by their layout instead.
UNTOLD = """[suppress_type]
name_regexp = ^({opaque})$
[suppress_type]
type_kind = struct
name_regexp = ^({growing})$
has_data_member_inserted_at = end
has_size_change = yes
"""
# Bits of abidiff's exit code (its manual): a usage error or failure, and an incompatible change.
FAILED = 1 | 2
INCOMPATIBLE = 8


def output_of(*words, folder=None):
    result = subprocess.run(
        words, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=600, check=False
    )
    if result.returncode != 0:
        sys.exit(f"{' '.join(words)}: {(result.stdout + result.stderr).decode()[-4000:]}")
    return result.stdout


def version_of(tag):
    return tuple(int(number) for number in tag[1:].split("."))


def last_release(root):
    tags = output_of("git", "tag", "--list", "v*", folder=root).decode().split()
    releases = [tag for tag in tags if re.fullmatch(r"v\d+\.\d+\.\d+", tag)]
    return max(releases, key=version_of, default=None)


def present_version(root):
    text = (root / "meson.build").read_text(encoding="utf-8")
    return "v" + re.search(r"version: '([0-9.]+)'", text).group(1)


def may_break(old, new):
    """Whether the numbers announce an incompatible change."""
    old, new = version_of(old), version_of(new)
    return new[0] > old[0] or (new[0] == old[0] == 0 and new[1] > old[1])


def write_suppressions(path, include, growing):
    text = "".join(header.read_text(encoding="utf-8") for header in include.glob("iscsi/*.h"))
    opaque = set(re.findall(r"^typedef struct (\w+) \1;", text, re.MULTILINE))
    names = {"opaque": "|".join(sorted(opaque)), "growing": "|".join(sorted(growing))}
    path.write_text(UNTOLD.format(**names), encoding="utf-8")
    return path


def build_release(root, tag, folder):
    """A release: its shared library, built with what abidiff needs, its source and its build."""
    source, build = folder / "source", folder / "build"
    library = build / "lib" / "libsanscsi.so"
    if library.exists():
        return library, source, build
    archive = output_of("git", "archive", tag, folder=root)
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(source)
    output_of(
        *("meson", "setup", str(build), str(source), "-Dtests=false", "-Dexamples=false"),
        *("-Ddefault_library=shared", "-Dbuildtype=debug"),
    )
    output_of("meson", "compile", "-C", str(build), "-j", "2")
    return library, source, build


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    root, build = (pathlib.Path(word).resolve() for word in sys.argv[1:])
    tag = last_release(root)
    if tag is None:
        print("no release yet: there is no tag v* to compare with")
        return
    old, old_source, old_build = build_release(root, tag, build / f"release-{tag}")
    include = [root / "include", build / "include"]
    rows = layout.found(include)
    growing = layout.may_grow(rows, include)
    moved = list(
        layout.problems(
            layout.found([old_source / "include", old_build / "include"]), rows, growing
        )
    )
    untold = write_suppressions(build / "abi-untold.ini", root / "include", growing)
    result = subprocess.run(
        ["abidiff", "--suppressions", str(untold), "--headers-dir1", str(old_source / "include")]
        + ["--headers-dir2", str(root / "include"), str(old), str(build / "lib" / "libsanscsi.so")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    print(*moved, sep="\n")
    print(result.stdout + result.stderr)
    if result.returncode & FAILED:
        sys.exit("abidiff could not compare")
    if result.returncode == 0 and not moved:
        print(f"the interface is that of {tag}")
        return
    broken = moved or result.returncode & INCOMPATIBLE != 0 or "[C]" in result.stdout
    announced = may_break(tag, present_version(root))
    print(f"the interface differs from that of {tag}; the version announces it: {announced}")
    if broken and not announced:
        sys.exit("an incompatible change that the version does not announce")


main()
