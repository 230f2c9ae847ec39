"""What the binding's README shows does what it says, as a new user would try it."""

import asyncio
import os
import pathlib
import re
import subprocess
import sys
import textwrap
import unittest

import guard
import sanscsi
import targets
from cases import Case

FOLDER = pathlib.Path(__file__).parents[2] / "examples" / "bindings" / "python"
README = (FOLDER / "README.md").read_text(encoding="utf-8")


def blocks():
    return re.findall(r"^```python\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


class Readme(Case):
    @classmethod
    def setUpClass(cls):
        cls.target = targets.TgtWithChap().start()

    @classmethod
    def tearDownClass(cls):
        cls.target.stop()

    async def test_first_program(self):
        path = pathlib.Path(guard.folder("sanscsi-readme")) / "first.py"
        program = blocks()[0]
        self.assertLessEqual(len([line for line in program.splitlines() if line]), 10)
        path.write_text(program, encoding="utf-8")
        self.target.fill(1, 0, bytes(range(0x40, 0x50)))
        command = [sys.executable, str(path), self.target.url(1)]
        process = await asyncio.create_subprocess_exec(
            *command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, env=dict(os.environ)
        )
        said = (await asyncio.wait_for(process.communicate(), 20))[0].decode()
        self.assertEqual(process.returncode, 0, said)
        self.assertIn("Capacity(blocks=524288, block_length=512)", said)
        self.assertIn("40 41 42 43 44 45 46 47 48 49 4a 4b 4c 4d 4e 4f\n", said)

    async def test_failure(self):
        """The second block, with its prints kept: they tell what its comments say."""
        said = []
        code = "async def run(url):\n" + textwrap.indent(blocks()[1], "    ")
        names = {"sanscsi": sanscsi, "print": lambda *words, **_: said.append(words)}
        exec(compile(code, "README.md", "exec"), names)  # pylint: disable=exec-used
        await names["run"](self.target.url(1, self.target.chap))
        comments = re.findall(r"# (.*)", blocks()[1])
        self.assertEqual([" ".join(map(str, words)) for words in said[:2]], comments)
        self.assertEqual(said[2][0], "2")
        self.assertGreater(len(said[2]), 2)

    def test_names(self):
        """Everything that the page names exists."""
        for name in ("discover", "open_disk", "Disk", "Initiator", "Login", "Session", "build"):
            self.assertTrue(hasattr(sanscsi, name))
        methods = re.search(r"\| `Disk` \| (.*) \|", README)[1]
        for name in re.findall(r"`(\w+)`", methods):
            self.assertTrue(callable(getattr(sanscsi.Disk, name)), name)
        for name in re.findall(r"^\| `(\w+)` \| (?:the session|a command|the target|the library)", README, re.M):
            self.assertTrue(issubclass(getattr(sanscsi, name), sanscsi.SanscsiError), name)
        files = re.findall(r"`(\w+\.py)`", README.split("## How it is made")[1])
        package = {path.name for path in (FOLDER / "sanscsi").glob("*.py")} - {"__init__.py"}
        self.assertEqual(set(files), package)


if __name__ == "__main__":
    unittest.main(verbosity=2)
