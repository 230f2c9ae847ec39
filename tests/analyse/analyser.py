#!/usr/bin/env python3
"""Runs a static analyser over lib/ and examples/ as a build compiles them; fails for findings.

usage: analyser.py gcc|clang-tidy SOURCE_ROOT BUILD_ROOT
clang-tidy looks for what .clang-tidy names. NOLINT comments in the source tell their reason.
"""

import concurrent.futures
import json
import os
import re
import shlex
import subprocess
import sys

# Of gcc, (file, warning): by which releases, and why it says nothing. With these releases one that
# does not appear any more fails, too; others may have what any of these has.
RELEASES = {12, 14}
EXCUSED = {
    ("examples/discovery.c", "-Wanalyzer-malloc-leak"): (
        {12, 14},
        "gcc loses sight of what is kept in an array that realloc() has moved; that it is"
        " freed shows in tests/interop under the leak sanitizer",
    ),
    ("examples/bare_host.c", "-Wanalyzer-fd-leak"): (
        {14},
        "gcc loses sight of a socket that is kept in a struct; the program ends with it",
    ),
    ("examples/main.c", "-Wanalyzer-fd-leak"): (
        {14},
        "what is opened takes the place of a closed standard stream and stays",
    ),
    ("examples/transport.c", "-Wanalyzer-fd-leak"): (
        {14},
        "gcc loses sight of a socket that is kept in a struct; drop_socket() closes it",
    ),
}
WARNING = re.compile(r"^(?P<path>[^:\n]+):\d+:\d+: warning: .*\[(?P<name>-W[\w-]+)\]$", re.MULTILINE)
FOLDERS = ("lib/", "examples/")


def sources(root, build):
    """{path from the root: the arguments that compile it}, one build of each."""
    with open(os.path.join(build, "compile_commands.json"), encoding="utf-8") as file:
        commands = json.load(file)
    found = {}
    for entry in commands:
        path = os.path.relpath(os.path.join(entry["directory"], entry["file"]), root)
        if path.startswith(FOLDERS):
            found.setdefault(path, (shlex.split(entry["command"]), entry["directory"]))
    return found


def run_gcc(path, arguments, folder):
    """({(path, warning)}, what was said)."""
    drop = {"-o": 2, "-MF": 2, "-MQ": 2, "-MD": 1, "-c": 1}
    kept = []
    at = 0
    while at < len(arguments):
        step = drop.get(arguments[at], 0)
        if step == 0 and arguments[at] not in ("ccache", "-Werror", "-fdiagnostics-color=always"):
            kept.append(arguments[at])
        at += step or 1
    command = [*kept, "-fanalyzer", "-c", "-o", os.devnull]
    result = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=300, check=False
    )
    names = {match["name"] for match in WARNING.finditer(result.stderr)}
    if result.returncode != 0:
        names.add(f"exit {result.returncode}")
    return {(path, name) for name in names}, result.stderr


def run_clang_tidy(path, root, build):
    """The same; its warnings are errors by .clang-tidy."""
    command = ["clang-tidy", "-quiet", "-p", build, os.path.join(root, path)]
    result = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    found = set() if result.returncode == 0 else {(path, f"exit {result.returncode}")}
    return found, result.stdout + result.stderr


def excuses(tool, work):
    """(what may be found, what must be) by a tool."""
    if tool != "gcc":
        return set(), set()
    compiler = next(word for word in next(iter(work.values()))[0] if word != "ccache")
    told = subprocess.run([compiler, "-dumpversion"], capture_output=True, text=True, check=True)
    release = int(told.stdout.split(".")[0])
    if release not in RELEASES:
        return set(EXCUSED), set()
    expected = {finding for finding, (releases, _) in EXCUSED.items() if release in releases}
    return expected, expected


def main():
    tool, root, build = sys.argv[1:4]
    work = sources(root, build)
    excused, expected = excuses(tool, work)

    def analyse(path):
        if tool == "gcc":
            return run_gcc(path, *work[path])
        return run_clang_tidy(path, root, build)

    found = set()
    with concurrent.futures.ThreadPoolExecutor(max_workers=2) as pool:
        for findings, text in pool.map(analyse, sorted(work)):
            found |= findings
            if findings - excused:
                print(text)
    for finding in sorted(found - excused):
        print("found:", *finding)
    for finding in sorted(expected - found):
        print("excused, but not found any more:", *finding)
    print(f"{len(work)} files")
    if len(work) < 100:
        print("too few files: compile_commands.json was not understood")
        return 1
    return 1 if found - excused or expected - found else 0


sys.exit(main())
