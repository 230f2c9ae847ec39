"""Standard streams that are closed or empty, and blocks that a unit lacks."""

import os
import unittest

import bodies
import program
import targets

LUN = 2


class StreamTests(bodies.Base, unittest.TestCase):
    make = targets.Tgt

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.url = cls.target.url(LUN)

    def test_messages_stay_out_of_the_data(self):
        data = os.urandom(51200)
        self.target.fill(LUN, 0, data)
        output = self.file("output")
        read = ("read", self.url, "--lba", 0, "--blocks", 100, "--output", output)
        result = program.run("--verbose", *read, closed=2)
        self.assertEqual(result.code, 0, str(result))
        self.assertEqual(program.contents(output), data)

    def test_no_input(self):
        self.target.fill(LUN, 0, b"before" * 100)
        result = program.run("write", self.url, "--lba", 0, closed=0, seconds=20)
        self.assertEqual(result.code, 1, str(result))
        self.assertIn("input", result.complaint)
        self.assertEqual(self.target.backing(LUN, 0, 600), b"before" * 100)

    def test_no_output(self):
        for command in (("capacity",), ("read", "--lba", 0, "--blocks", 1)):
            with self.subTest(command=command):
                result = program.run(command[0], self.url, *command[1:], closed=1, seconds=20)
                self.assertEqual(result.code, 1, str(result))
                self.assertIn("standard output", result.complaint)

    def test_first_block_beyond_the_unit(self):
        blocks = 64 * targets.MIB // 512
        for lba in (blocks, blocks + 1, 2**64 - 1):
            with self.subTest(lba=lba):
                result = program.run("write", self.url, "--lba", lba)
                self.assertEqual(result.code, 1, str(result))
                self.assertIn(f"{blocks} blocks", result.complaint)
        self.assertEqual(program.run("write", self.url, "--lba", blocks - 1).code, 0)


if __name__ == "__main__":
    unittest.main()
