#!/usr/bin/env python3
"""Looks for inputs that break the property of a harness, for a while.

usage: run.py SOURCE BUILD [--short] NAME...
       run.py --report LEDGER...

SOURCE and BUILD are the folders `fuzz` of the source tree and of a build with -Dfuzz=true. A run
begins with what is kept in SOURCE/corpus/NAME, SOURCE/findings/NAME and BUILD/corpus/NAME, where
new inputs go; an input that breaks the property is left in BUILD/artifacts. FUZZ_SECONDS tells
how long each harness runs (600), FUZZ_NAMES which ones (all), FUZZ_SEED the seed (another in each
run). --short: 8 seconds, from a fixed seed, without keeping anything.

The last line of a harness tells what was done; BUILD/ledger.csv has a line for every run.
--report: the sums of such ledgers as a table in Markdown.
"""

import csv
import os
import pathlib
import re
import resource
import subprocess
import sys
import tempfile
import time

LONG_SECONDS = 600
SHORT_SECONDS = 8
LONGEST_INPUT_SECONDS = 25  # by the clock; the machine may be busy
MEMORY = 512  # MiB
INTERRUPTED = 72  # libFuzzer's status when it is told to stop
LEDGER = ["harness", "when", "runs", "features", "edges", "inputs", "processor_seconds", "result"]
MOST = ["features", "edges", "inputs"]  # of these the report shows the most


def processor_seconds():
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def command(source, build, name, corpus, seconds, seed):
    folders = [corpus, source / "corpus" / name]
    if (source / "findings" / name).is_dir():
        folders.append(source / "findings" / name)
    return [
        build / f"fuzz_{name}",
        f"-max_total_time={seconds}",
        f"-timeout={LONGEST_INPUT_SECONDS}",
        f"-rss_limit_mb={MEMORY}",
        f"-seed={seed}",
        f"-dict={build / 'fuzz.dict'}",
        f"-artifact_prefix={build / 'artifacts'}/{name}-",
        "-print_final_stats=1",
        *folders,
    ]


def last(pattern, text):
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


def run(source, build, name, corpus, seconds, seed):
    """A line for the ledger; what the fuzzer said is printed when it found something."""
    (build / "artifacts").mkdir(parents=True, exist_ok=True)
    corpus.mkdir(parents=True, exist_ok=True)
    begin = processor_seconds()
    when = time.strftime("%Y-%m-%dT%H:%M:%S")
    # Memory that was given back is kept for a while, to see it used; not as much as the limit.
    options = f"{os.environ.get('ASAN_OPTIONS', '')}:quarantine_size_mb=64"
    environment = {**os.environ, "ASAN_OPTIONS": options.lstrip(":")}
    line = [str(part) for part in command(source, build, name, corpus, seconds, seed)]
    with tempfile.TemporaryFile() as log:
        status = subprocess.run(line, stdout=log, stderr=log, env=environment).returncode
        log.seek(0)
        text = log.read().decode(errors="replace")
    runs = last(r"stat::number_of_executed_units:\s*(\d+)", text)
    result = "interrupted" if status == INTERRUPTED else "good"
    if status not in (0, INTERRUPTED) or runs == 0:
        result = f"status {status}, {runs} runs"
        print(text[-8000:])
        print(f"{name}: the input is in {build / 'artifacts'}; fuzz/README.md tells how to keep it")
    features, edges = last(r"\bft: (\d+)", text), last(r"\bcov: (\d+)", text)
    inputs = last(r"\bcorp: (\d+)", text)
    used = round(processor_seconds() - begin, 1)
    print(
        f"{name}: {runs} runs, {features} features, {edges} edges, {inputs} inputs, "
        f"{used} s of processor: {result}",
        flush=True,
    )
    return [name, when, runs, features, edges, inputs, used, result]


def note(build, line):
    path = build / "ledger.csv"
    new = not path.exists()
    with path.open("a", newline="") as file:
        writer = csv.writer(file)
        if new:
            writer.writerow(LEDGER)
        writer.writerow(line)


def report(ledgers):
    """Prints for each harness what all runs together did, and the most that one run reached."""
    lines = []
    for path in ledgers:
        with open(path, newline="") as file:
            lines += csv.DictReader(file)
    print("| harness | runs | processor hours | features | edges | inputs | with a finding |")
    print("|---|---|---|---|---|---|---|")
    for name in sorted({line["harness"] for line in lines}):
        mine = [line for line in lines if line["harness"] == name]
        sums = sum(int(line["runs"]) for line in mine)
        hours = sum(float(line["processor_seconds"]) for line in mine) / 3600
        most = [max(int(line[column]) for line in mine) for column in MOST]
        bad = sum(line["result"] not in ("good", "interrupted") for line in mine)
        print(f"| {name} | {sums} | {hours:.2f} | {' | '.join(map(str, most))} | {bad} |")


def main():
    if sys.argv[1] == "--report":
        report(sys.argv[2:])
        return
    source, build = (pathlib.Path(argument).resolve() for argument in sys.argv[1:3])
    names = sys.argv[3:]
    if names[0] == "--short":
        results = []
        for name in names[1:]:
            with tempfile.TemporaryDirectory() as corpus:
                path = pathlib.Path(corpus)
                results.append(run(source, build, name, path, SHORT_SECONDS, seed=1))
    else:
        names = os.environ.get("FUZZ_NAMES", "").split() or names
        seconds = int(os.environ.get("FUZZ_SECONDS", LONG_SECONDS))
        seed = int(os.environ.get("FUZZ_SEED", time.time_ns() % 2**31 + 1))
        results = []
        for name in names:
            results.append(run(source, build, name, build / "corpus" / name, seconds, seed))
            note(build, results[-1])
    sys.exit(any(result[-1] != "good" for result in results))


main()
