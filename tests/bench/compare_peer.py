"""Compares `sanscsi bench` with libiscsi's iscsi-perf: both against the same disk of tgt's that
stores nothing, in turns. Prints a table; never fails for a figure, only for what is missing.

usage: compare_peer.py SANSCSI [PAGE]
           with a page the table there is written anew

What is counted is the whole process. Instructions, system calls and allocations are those that a
longer run has more than a shorter one, so that what a program does once does not count.
"""

import json
import os
import pathlib
import re
import resource
import statistics
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "interop"))

import guard  # noqa: E402
import targets  # noqa: E402

ROWS = ((4096, 1), (4096, 32), (262144, 8))  # bytes of a command, commands in flight
SECTOR = 512
TURNS = 3  # of each program, to take the median of
SECONDS = 1  # of a turn, and of the shorter of two runs that are counted
MORE_SECONDS = 2  # of the longer
APART = 1.3  # a run with so many times the commands of another is longer
TRIES = 3  # of the pair
TABLE = re.compile(r"(<!-- peer: [^\n]*-->\n)(.*?)(<!-- end of peer -->)", re.DOTALL)
# What a page tells of the figures: with decimals as they stand, or as ratios, since they are another
# machine's.
COUNTS = {"user instructions": 0, "system calls": 1, "allocations": 1}
RATIOS = ("processor us", "commands a second")


class NullTgt(targets.Tgt):
    """A disk that reads zeros and forgets what is written: what is measured is the way there."""

    target = "iqn.2026-01.test.tgt:null"
    names = (target,)
    lun_list = (0, 1)

    def define(self):
        self.tids += 1
        tid = ("--tid", str(self.tids))
        self._must("target", "new", *tid, "--targetname", self.target)
        for setting in (*self.wide_settings, "HeaderDigest=None", "DataDigest=None"):
            key, value = setting.format(segment=self.segment).split("=", 1)
            self._must("target", "update", *tid, "--name", key, "--value", value)
        unit = (*tid, "--lun", "1", "--backing-store", "none", "--bstype", "null")
        self._must("logicalunit", "new", *unit)
        self._must("target", "bind", *tid, "--initiator-address", "ALL")


class Ours:
    name = "sanscsi"

    def __init__(self, path, url):
        self.path = path
        self.url = url

    def command(self, size, depth, seconds):
        options = ("--block", size, "--depth", depth, "--seconds", seconds, "--json")
        return [self.path, "bench", self.url, *map(str, options)]

    def commands(self, output, _seconds):
        return json.loads(output)["commands"]


class Peer:
    name = "iscsi-perf"

    def __init__(self, path, url):
        self.path = path
        self.url = url

    def command(self, size, depth, seconds):
        options = ("-m", depth, "-b", size // SECTOR, "-t", seconds)
        return [self.path, *map(str, options), self.url]

    def commands(self, output, seconds):
        """It tells the average of the whole run last, and no number of commands."""
        averages = re.findall(r"iops average (\d+)", output)
        if not averages:
            raise RuntimeError(f"iscsi-perf tells no average:\n{output}")
        return int(averages[-1]) * seconds


def run(command):
    """Output, errors, and the processor time of a run, user and system."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    result = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(command)}: exit {result.returncode}\n{result.stderr}")
    user = after.ru_utime - before.ru_utime
    system = after.ru_stime - before.ru_stime
    return result.stdout, result.stderr, user, system


def measure_time(program, size, depth):
    """Commands in a second, and microseconds of the processor for each, user and system."""
    output, _, user, system = run(program.command(size, depth, SECONDS))
    commands = program.commands(output, SECONDS)
    return commands / SECONDS, user * 1e6 / commands, system * 1e6 / commands


def slope(program, size, depth, wrap, count):
    """How much more is counted for each command more, by two runs of different lengths. On a busy
    machine a longer run may do no more commands: then there are further runs, and in the end what
    the program does once is counted with the rest."""
    points = []
    for seconds in (SECONDS, MORE_SECONDS) * TRIES:
        output, errors, _, _ = run(wrap + program.command(size, depth, seconds))
        points.append((program.commands(output, seconds), count(errors)))
        (fewer, less), (more, larger) = min(points), max(points)
        if more > APART * fewer:
            return (larger - less) / (more - fewer)
    return larger / more


def count_instructions(program, size, depth):
    def count(errors):
        return int(re.search(r"Collected : (\d+)", errors).group(1))

    tool = ["--tool=callgrind", "--callgrind-out-file=/dev/null"]
    return slope(program, size, depth, [guard.need("valgrind"), *tool], count)


def count_allocations(program, size, depth):
    def count(errors):
        return int(re.search(r"total heap usage: ([\d,]+)", errors).group(1).replace(",", ""))

    tool = ["--tool=memcheck", "--leak-check=no", "--undef-value-errors=no"]
    return slope(program, size, depth, [guard.need("valgrind"), *tool], count)


def count_calls(program, size, depth, folder):
    path = os.path.join(folder, "calls")

    def count(_errors):
        with open(path) as file:
            return int(re.search(r"(\d+)\s+(?:\d+\s+)?total$", file.read().strip()).group(1))

    return slope(program, size, depth, [guard.need("strace"), "-f", "-c", "-o", path], count)


def measure(programs, size, depth, folder):
    """By figure, a value for each program."""
    figures = {}
    turns = [[measure_time(one, size, depth) for one in programs] for _ in range(TURNS)]
    for place, name in enumerate(("commands a second", "user us", "system us")):
        figures[name] = [
            statistics.median(turn[which][place] for turn in turns)
            for which in range(len(programs))
        ]
    figures["processor us"] = [sum(pair) for pair in zip(figures["user us"], figures["system us"])]
    figures["user instructions"] = [count_instructions(one, size, depth) for one in programs]
    figures["system calls"] = [count_calls(one, size, depth, folder) for one in programs]
    figures["allocations"] = [count_allocations(one, size, depth) for one in programs]
    return figures


def show(figures, programs, size, depth):
    print(f"\n{size // 1024} KiB reads, {depth} in flight")
    print(f"{'each command':<20}" + "".join(f"{one.name:>13}" for one in programs) + f"{'ratio':>8}")
    for name, (ours, peers) in figures.items():
        ratio = f"{ours / peers:8.2f}" if peers else f"{'-':>8}"
        print(f"{name:<20}{ours:13.2f}{peers:13.2f}{ratio}")
    sys.stdout.flush()


def lines_of(figures, size, depth):
    """Figures as lines of a table in Markdown."""
    head = f"{size // 1024} KiB, {depth} in flight"
    for name, decimals in COUNTS.items():
        ours, peers = figures[name]
        yield f"| {head} | {name} | {ours:.{decimals}f} | {peers:.{decimals}f} |\n"
    for name in RATIOS:
        ours, peers = figures[name]
        yield f"| {head} | {name}, ratio | {ours / peers:.2f} | 1 |\n"


def write_page(path, programs, results):
    head = f"| reads | each command | {' | '.join(one.name for one in programs)} |\n"
    rows = "".join(line for result in results for line in lines_of(*result))
    table = head + "| --- | --- | ---: | ---: |\n" + rows
    text, found = TABLE.subn(lambda match: match[1] + table + match[3], path.read_text())
    if found != 1:
        raise RuntimeError(f"{path} has no place for the table")
    path.write_text(text)


def main():
    tools = {name: guard.need(name) for name in ("iscsi-perf", "valgrind", "strace", "tgtd")}
    began = time.monotonic()
    target = NullTgt().start()
    try:
        url = target.url(1)
        programs = (Ours(sys.argv[1], url), Peer(tools["iscsi-perf"], url))
        results = []
        for size, depth in ROWS:
            results.append((measure(programs, size, depth, target.folder), size, depth))
            show(results[-1][0], programs, size, depth)
        for page in sys.argv[2:]:
            write_page(pathlib.Path(page), programs, results)
    finally:
        target.stop()
    print(f"\nmeasured in {time.monotonic() - began:.0f} s; ratio: ours to theirs")


if __name__ == "__main__":
    main()
