"""How much of lib/ the tests run and the fuzzing runs: builds with clang, measures with llvm-cov.

usage: coverage.py [--update] [--measured]

Prints a table by layer and file and what no run has reached; with --update writes both to
doc/coverage.md; with --measured builds and runs nothing and reads the profiles of the last time.
Exit 1 when less is reached than AIMS say, when a function with something left has no reason in
reasons.txt beside this file or has more left than it tells, or when a reason is told of one that
has nothing left.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys

from reasons import ROOT, read_reasons

BUILD = ROOT / "build" / "coverage"
FLAGS = "-O1 -g -fprofile-instr-generate -fcoverage-mapping"
AIMS = {"lines": 95.0, "branches": 90.0}
GROUPS = {"tests": ("unit", "rogue", "simulation"), "fuzzing": ("fuzz",)}
COLUMNS = (*GROUPS, "both")
INTRODUCTION = """# Coverage

What of `lib/` is run by the tests ({tests}) and by replaying the corpora of the fuzz harnesses:
lines, and branches each way. Made by `meson compile -C BUILD coverage-report`, which measures with
clang's source-based coverage and fails below {lines:.0f} % of lines and {branches:.0f} % of branches.
"""


def run(*command, **keywords):
    return subprocess.run([str(part) for part in command], check=True, **keywords)


def build():
    if not (BUILD / "build.ninja").exists():
        options = [f"-Dc_args={FLAGS}", "-Dc_link_args=-fprofile-instr-generate"]
        environment = {**os.environ, "CC": "clang"}
        run("meson", "setup", BUILD, ROOT, "-Dbuildtype=plain", *options, env=environment)
    run("meson", "compile", "-C", BUILD, stdout=subprocess.DEVNULL)


def measure(group, suites):
    """Runs the suites; the name of the file with their merged profile."""
    folder = BUILD / "profiles" / group
    run("rm", "-rf", folder)
    environment = {**os.environ, "LLVM_PROFILE_FILE": str(folder / "%4m.profraw")}
    wanted = [option for suite in suites for option in ("--suite", suite)]
    run("meson", "test", "-C", BUILD, "--no-rebuild", *wanted, env=environment)
    return merge(group, sorted(folder.glob("*.profraw")))


def merge(name, profiles):
    merged = BUILD / f"{name}.profdata"
    run("llvm-profdata", "merge", "-sparse", *profiles, "-o", merged)
    return merged


def is_program(path):
    if path.suffix or not path.is_file() or not os.access(path, os.X_OK):
        return False
    with path.open("rb") as stream:
        return stream.read(4) == b"\x7fELF"


def programs():
    folders = ("tests", "examples", "fuzz")
    found = [path for folder in folders for path in (BUILD / folder).rglob("*")]
    return [option for path in sorted(found) if is_program(path) for option in ("-object", path)]


class File:
    """What was run of one source file: counts by line, counts by way of a branch."""

    def __init__(self):
        self.functions = {}
        self.lines = {}
        self.branches = {}

    def function_of(self, line):
        starts = [start for start in self.functions if start <= line]
        return self.functions[max(starts)] if starts else "?"

    def left(self):
        """By function the lines that were not run, and the ways of branches never gone."""
        places = {}
        for part, counts in enumerate((self.lines, self.branches)):
            for key, count in counts.items():
                if count == 0:
                    line = key[0] if part else key
                    found = places.setdefault(self.function_of(line), ([], []))
                    found[part].append(key)
        return places


def add(counts, key, count):
    counts[key] = max(counts.get(key, 0), count)


def export(profile, form):
    """What llvm-cov tells in a form of everything that belongs to the library."""
    shared = BUILD / "lib" / "libsanscsi.so"
    options = (f"-format={form}", f"-instr-profile={profile}", "-skip-expansions")
    command = ("llvm-cov", "export", *options, shared, *programs())
    return run(*command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True).stdout


def library_name(path):
    """The name of a file of lib/ from the root of the tree, else None."""
    name = os.path.relpath(os.path.realpath(path), ROOT)
    return name if name.startswith("lib/") else None


def read_lines(profile, files):
    file = None
    for line in export(profile, "lcov").splitlines():
        kind, _, rest = line.partition(":")
        if kind == "SF":
            name = library_name(rest)
            file = files.setdefault(name, File()) if name else None
        elif file and kind == "FN":
            start, name = rest.split(",", 1)
            file.functions[int(start)] = name.rpartition(":")[2]
        elif file and kind == "DA":
            number, count = rest.split(",")
            add(file.lines, int(number), int(count))


def read_branches(profile, files):
    """Each way of each branch; that of an inline function is one, wherever it was put."""
    for data in json.loads(export(profile, "text"))["data"]:
        for found in data["files"]:
            name = library_name(found["filename"])
            for *place, taken, passed, _, _, _ in found["branches"] if name else ():
                add(files[name].branches, (*place, True), taken)
                add(files[name].branches, (*place, False), passed)


def read_counts(profile):
    """The files of lib/ by name."""
    files = {}
    read_lines(profile, files)
    read_branches(profile, files)
    return files


def share(counts):
    return sum(count > 0 for count in counts), len(counts)


def percent(part, whole):
    return 100.0 * part / whole if whole else 100.0


def sums(files, layer):
    """(lines run, lines, branches run, branches) of a layer or a file, or of all for ''."""
    chosen = [file for name, file in files.items() if name.startswith(f"lib/{layer}")]
    lines = [count for file in chosen for count in file.lines.values()]
    branches = [count for file in chosen for count in file.branches.values()]
    return (*share(lines), *share(branches))


def figures(counts, title, part):
    """A row of the table: how much there is, and how much of it each group has run."""
    row = []
    for column in COLUMNS:
        line, lines, branch, branches = sums(counts[column], part)
        row = row or [title, str(lines), str(branches)]
        row += [f"{percent(line, lines):.1f} %", f"{percent(branch, branches):.1f} %"]
    return row


def table(counts):
    layers = sorted({name.split("/")[1] for name in counts["both"] if name.count("/") > 1})
    heads = [f"{what}: {column}" for column in COLUMNS for what in ("lines", "branches")]
    rows = [("layer or file", "lines", "branches", *heads)]
    for layer in layers:
        names = [name[4:] for name in sorted(counts["both"]) if name.startswith(f"lib/{layer}/")]
        rows.append(figures(counts, layer, f"{layer}/"))
        rows += [figures(counts, name, name) for name in names]
    rows.append(figures(counts, "all", ""))
    text = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([text[0], "|---" * len(rows[0]) + "|", *text[1:]]) + "\n"


def describe(name, lines, branches):
    """What is left of a function, for who wants to reach it."""
    source = (ROOT / name).read_text().splitlines()
    told = [f"line {line}" for line in lines]
    for first, column, last, end, way in branches:
        text = source[first - 1][column - 1 : end - 1 if first == last else None]
        told.append(f"line {first} never {str(way).lower()}: {text}")
    return "".join(f"\n    {line}" for line in told)


def judge(left, reasons):
    """Complaints about what is left and the reasons that are told for it."""
    complaints = []
    for place, (lines, branches) in left.items():
        allowed = reasons.get(place)
        if allowed is None:
            told = "no reason for"
        elif len(lines) > allowed.lines or len(branches) > allowed.branches:
            told = f"more than {allowed.lines} lines and {allowed.branches} branches of"
        else:
            continue
        complaints.append(f"{told} {' '.join(place)}{describe(place[0], lines, branches)}")
    return complaints + [f"nothing left of {' '.join(key)}" for key in reasons if key not in left]


def explain(left, reasons):
    """What is left, by the reasons for it."""
    text = ""
    for why in dict.fromkeys(reason.why for reason in reasons.values()):
        rows = [
            f"| {name} | {function} | {len(left[name, function][0])} | {len(left[name, function][1])} |"
            for (name, function), reason in reasons.items()
            if reason.why == why and (name, function) in left
        ]
        head = "| file | function | lines left | branches left |\n|---|---|---|---|\n"
        text += f"{why}\n\n{head}" + "\n".join(rows) + "\n\n"
    return text.rstrip("\n") + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--update", action="store_true", help="write doc/coverage.md")
    parser.add_argument("--measured", action="store_true", help="neither build nor run anything")
    arguments = parser.parse_args()
    os.environ["LLVM_PROFILE_FILE"] = os.devnull  # of what runs beside the tests
    if not arguments.measured:
        build()
        merge("both", [measure(group, suites) for group, suites in GROUPS.items()])
    profiles = {column: BUILD / f"{column}.profdata" for column in COLUMNS}
    counts = {column: read_counts(profiles[column]) for column in COLUMNS}
    overview = table(counts)
    left = {
        (name, function): places
        for name, file in sorted(counts["both"].items())
        for function, places in sorted(file.left().items())
    }
    reasons = read_reasons()
    complaints = judge(left, reasons)
    print(overview)
    line, lines, branch, branches = sums(counts["both"], "")
    reached = {"lines": percent(line, lines), "branches": percent(branch, branches)}
    complaints += [f"{what}: {reached[what]:.2f} %" for what in AIMS if reached[what] < AIMS[what]]
    if arguments.update:
        text = INTRODUCTION.format(tests=", ".join(GROUPS["tests"]), **AIMS)
        text += f"\n{overview}\n## What is left, and why\n\n{explain(left, reasons)}"
        (ROOT / "doc" / "coverage.md").write_text(text)
    print("\n".join(complaints))
    return 1 if complaints else 0


if __name__ == "__main__":
    sys.exit(main())
