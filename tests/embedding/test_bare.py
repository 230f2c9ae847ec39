"""examples/bare.c: a session without a heap against tgt, and as a microcontroller's whole program."""

import os
import re
import subprocess
import unittest

import builds
import targets

BLOCK = 512
MACHINE = "cortex-m4"


class Served(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.target = targets.Tgt().start()

    @classmethod
    def tearDownClass(cls):
        cls.target.stop()

    def run_bare(self, block, lun=1, lba=77, port=None, target=None):
        port = port or self.target.port
        words = ["127.0.0.1", port, target or self.target.target, lun, lba]
        process = subprocess.run(
            [os.environ["BARE"], *map(str, words)],
            input=block,
            capture_output=True,
            timeout=60,
            check=False,
        )
        said = process.stderr.decode("ascii")
        print(said)
        arena, peak, afterwards = map(
            int, re.search(r"^arena (\d+) peak (\d+) afterwards (\d+)$", said, re.MULTILINE).groups()
        )
        self.assertLess(peak, arena)
        self.assertEqual(afterwards, 0)
        return process.returncode, process.stdout, said, peak

    def test_writes_a_block_and_reads_it_back(self):
        block = bytes((7 * i + i // 251) & 0xFF for i in range(BLOCK))
        code, back, said, peak = self.run_bare(block)
        self.assertEqual(code, 0, said)
        self.assertEqual(back, block)
        self.assertEqual(self.target.backing(1, 77 * BLOCK, BLOCK), block)
        self.assertEqual(self.target.backing(1, 78 * BLOCK, BLOCK), bytes(BLOCK))
        self.assertGreater(peak, 8192)  # the login's request buffer alone

    def test_reads_what_is_stored_in_truth(self):
        """A block of a unit that does not exist is neither written nor read."""
        code, back, said, _ = self.run_bare(b"x" * BLOCK, lun=9)
        self.assertEqual((code, back), (1, b""), said)
        self.assertRegex(said, r"^status 0 event \d+ sense 052500\n")  # LOGICAL UNIT NOT SUPPORTED

    def test_tells_the_event_of_a_login_that_failed(self):
        code, back, said, _ = self.run_bare(b"x" * BLOCK, target="iqn.2026-01.test:nobody")
        self.assertEqual((code, back), (1, b""))
        self.assertRegex(said, r"^status 0 event 36 ")

    def test_nobody_listens(self):
        code, back, said, _ = self.run_bare(b"x" * BLOCK, port=targets.free_port(["127.0.0.1"]))
        self.assertEqual((code, back), (1, b""))
        self.assertRegex(said, r"^status 0 event [1-9]")


class Linked(unittest.TestCase):
    def test_is_a_whole_program(self):
        """Nothing is undefined, and no compiler's runtime is linked."""
        folder = builds.build(MACHINE, *builds.CORE, cross=MACHINE)
        program = builds.program(folder, "bare", "examples/bare.c", "tests/embedding/bare_stub.c")
        self.assertEqual(builds.run("arm-none-eabi-nm", "-u", program), "")
        text, data, bss = builds.sizes(program)
        print(f"bare.c for {MACHINE}: {text} bytes of code and constants, {data + bss} of variables")
        self.assertGreater(text, 10000)
        self.assertEqual(data, 0)
        self.assertGreater(bss, 16384)  # the arena


if __name__ == "__main__":
    unittest.main(verbosity=2)
