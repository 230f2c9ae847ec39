"""Runs the scripts of the modules that are named: each by the program, and each in memory.

usage: test_rogue.py MODULE... [unittest options]
"""

import importlib
import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import run
import script


class ByProgram(unittest.TestCase):
    """The example program against each script's target."""


class InMemory(unittest.TestCase):
    """The library against what each script's target sends, in every split."""


def _by_program(record):
    def test(self):
        run.Run(record).by_program().check(record.events, by_program=True)

    return test


def _in_memory(record):
    def test(self):
        run.Run(record).in_memory().check(record.memory_events, by_program=False)

    return test


def main():
    modules = [word for word in sys.argv[1:] if word.startswith("scripts_")]
    for module in modules:
        importlib.import_module(module)
    for record in script.scripts():
        name = "test_" + record.name.replace("-", "_")
        if record.program:
            setattr(ByProgram, name, _by_program(record))
        if record.memory:
            setattr(InMemory, name, _in_memory(record))
    rest = [word for word in sys.argv[1:] if word not in modules]
    unittest.main(argv=sys.argv[:1] + rest)


if __name__ == "__main__":
    main()
