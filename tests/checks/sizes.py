#!/usr/bin/env python3
"""No file over 600 lines, no function over 60, no line over 100 columns; a job in the first line.

usage: sizes.py SOURCE-ROOT CTAGS
"""

import json
import pathlib
import subprocess
import sys

FILE_LINES = 600
FUNCTION_LINES = 60
COLUMNS = 100
FOLDERS = ("lib", "include", "examples", "tests", "fuzz")


def generated(text):
    """Generated tables say so in their first lines and may be as long as they come out."""
    return "generated" in "\n".join(text.splitlines()[:5]).lower()


def check_file(name, text):
    lines = text.splitlines()
    if len(lines) > FILE_LINES:
        yield f"{name}: {len(lines)} lines"
    if not lines or not lines[0].startswith("/*"):
        yield f"{name}:1: the first line is no comment that tells the file's job"
    for number, line in enumerate(lines, 1):
        if len(line) > COLUMNS:
            yield f"{name}:{number}: {len(line)} columns"


def check_functions(root, files, ctags):
    command = [ctags, "--languages=C", "--kinds-C=f", "--fields=+ne", "--output-format=json"]
    command += ["-f", "-", *map(str, files)]
    result = subprocess.run(command, capture_output=True, text=True, check=True)
    tags = [json.loads(line) for line in result.stdout.splitlines()]
    if not tags:
        yield "ctags finds no function"
    for tag in tags:
        lines = tag.get("end", tag["line"]) - tag["line"] + 1
        if lines > FUNCTION_LINES:
            name = pathlib.Path(tag["path"]).relative_to(root)
            yield f"{name}:{tag['line']}: {tag['name']} has {lines} lines"


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    files = [path for folder in FOLDERS for path in sorted((root / folder).rglob("*.[ch]"))]
    texts = {path: path.read_text() for path in files}
    files = [path for path in files if not generated(texts[path])]
    problems = []
    for path in files:
        problems += check_file(path.relative_to(root), texts[path])
    problems += check_functions(root, [path for path in files if path.suffix == ".c"], sys.argv[2])
    print(*problems, f"{len(files)} files", sep="\n")
    sys.exit(bool(problems))


main()
