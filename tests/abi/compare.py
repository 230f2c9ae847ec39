#!/usr/bin/env python3
"""Compares the library's binary interface with that of the last release, by abidiff.

usage: compare.py SOURCE-ROOT BUILD-FOLDER

The last release is the newest tag vN.N.N of the source's repository. It is built once, in
BUILD-FOLDER/release-vN.N.N. Exit code 0: compatible, or there is no release yet; 1: something that programs rely on has
changed, which before 1.0.0 the second number of the version must tell, and the first afterwards.
"""

import io
import pathlib
import re
import subprocess
import sys
import tarfile

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


def build_release(root, tag, folder):
    """The shared library of a release, built with what abidiff needs, and its headers."""
    source, build = folder / "source", folder / "build"
    library = build / "lib" / "libsanscsi.so"
    if library.exists():
        return library, source / "include"
    archive = output_of("git", "archive", tag, folder=root)
    with tarfile.open(fileobj=io.BytesIO(archive)) as tar:
        tar.extractall(source)
    output_of(
        *("meson", "setup", str(build), str(source), "-Dtests=false", "-Dexamples=false"),
        *("-Ddefault_library=shared", "-Dbuildtype=debug"),
    )
    output_of("meson", "compile", "-C", str(build), "-j", "2")
    return library, source / "include"


def main():
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    root, build = (pathlib.Path(word).resolve() for word in sys.argv[1:])
    tag = last_release(root)
    if tag is None:
        print("no release yet: there is no tag v* to compare with")
        return
    old, old_include = build_release(root, tag, build / f"release-{tag}")
    result = subprocess.run(
        ["abidiff", "--headers-dir1", str(old_include), "--headers-dir2", str(root / "include")]
        + [str(old), str(build / "lib" / "libsanscsi.so")],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    print(result.stdout + result.stderr)
    if result.returncode & FAILED:
        sys.exit("abidiff could not compare")
    if result.returncode == 0:
        print(f"the interface is that of {tag}")
        return
    broken = result.returncode & INCOMPATIBLE != 0 or "[C]" in result.stdout
    announced = may_break(tag, present_version(root))
    print(f"the interface differs from that of {tag}; the version announces it: {announced}")
    if broken and not announced:
        sys.exit("an incompatible change that the version does not announce")


main()
