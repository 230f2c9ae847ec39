"""The core without a C library: what it needs from outside, and that it keeps no state of its own.

usage: test_freestanding.py MACHINE, a cross file of tests/cross without its .ini
"""

import sys
import unittest

import builds

FOUR = {"memcpy", "memmove", "memset", "memcmp"}

# What a compiler calls for what the machine has no instruction for, from its own runtime: a
# Cortex-M0 does not divide, multiplies 32 bits by 32 to no more than 32, and shifts 32 bits.
COMPILER = {
    "cortex-m4": set(),
    "cortex-m4-clang": set(),
    "cortex-m0": {
        "__aeabi_idiv",
        "__aeabi_idivmod",
        "__aeabi_uidiv",
        "__aeabi_uidivmod",
        "__aeabi_lmul",
        "__aeabi_llsl",
        "__aeabi_llsr",
        "__gnu_thumb1_case_shi",
        "__gnu_thumb1_case_sqi",
        "__gnu_thumb1_case_uqi",
        "__gnu_thumb1_case_uhi",
    },
}
MACHINE = sys.argv.pop() if len(sys.argv) > 1 else ""


class Freestanding(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.whole = builds.joined(builds.build(MACHINE, *builds.CORE, cross=MACHINE))

    def test_needs_the_four_functions_alone(self):
        lines = builds.run("arm-none-eabi-nm", "-u", "-P", self.whole).splitlines()
        needed = {line.split()[0] for line in lines}
        self.assertEqual(needed - FOUR - COMPILER[MACHINE], set())
        self.assertIn("memcpy", needed)  # or nothing was looked at

    def test_has_no_variable_of_its_own(self):
        text, data, bss = builds.sizes(self.whole)
        self.assertGreater(text, 10000)
        self.assertEqual((data, bss), (0, 0))


if __name__ == "__main__":
    if MACHINE not in COMPILER:
        sys.exit(__doc__)
    unittest.main(verbosity=2)
