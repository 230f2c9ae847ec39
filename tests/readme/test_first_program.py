"""Walks the newcomer's path of README.md: keeps the demo's target, takes the first program from the
page, builds and runs it by the commands that stand there."""

import os
import pathlib
import re
import signal
import subprocess
import threading
import unittest

import guard

ROOT = pathlib.Path(__file__).resolve().parents[2]
PAGE = (ROOT / "README.md").read_text(encoding="utf-8")
PATIENCE = 300  # s, for building everything on a busy machine


def section(title):
    return re.search(rf"^## {title}\n(.*?)(?=^## )", PAGE, re.MULTILINE | re.DOTALL)[1]


def commands(text):
    """The indented lines of a page, those that go on being joined."""
    lines = re.findall(r"^    (.*)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
    return re.sub(r"\\\n\s*", "", "\n".join(lines)).splitlines()


class Demo:
    """`sh examples/demo.sh --keep`, and the URLs that it prints."""

    def __init__(self, command):
        self.lines = []
        self.complete = threading.Event()
        self.process = guard.start(
            command.split(), cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        threading.Thread(target=self._read, daemon=True).start()
        if not self.complete.wait(PATIENCE):
            raise RuntimeError("no target after %d s:\n%s" % (PATIENCE, "".join(self.lines)))

    def _read(self):
        for line in self.process.stdout:
            self.lines.append(line)
            if "Ctrl-C" in line:
                self.complete.set()
        self.complete.set()

    @property
    def text(self):
        return "".join(self.lines)

    @property
    def urls(self):
        return re.findall(r"iscsi://\S+", self.text)

    def children(self):
        path = f"/proc/{self.process.pid}/task/{self.process.pid}/children"
        return [int(pid) for pid in pathlib.Path(path).read_text(encoding="ascii").split()]

    def end(self, number):
        self.process.send_signal(number)
        return self.process.wait(30)


class FirstProgram(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        """A folder that looks like the top of the sources, so that programs are not left in those.
        The demo runs where it stands: its build folder remembers that place."""
        cls.folder = guard.folder("sanscsi-newcomer")
        (ROOT / "build").mkdir(exist_ok=True)
        for name in ("examples", "include", "build"):
            os.symlink(ROOT / name, os.path.join(cls.folder, name))
        cls.text = section("The first program")
        cls.keep, *cls.rest = commands(cls.text)
        cls.demo = Demo(cls.keep)

    @classmethod
    def tearDownClass(cls):
        guard.stop(cls.demo.process)
        cls.demo.process.stdout.close()

    def run_line(self, line, url=None):
        if url is not None:
            self.assertIn("URL", line)
            line = line.replace("URL", url)
        return subprocess.run(
            line, shell=True, cwd=self.folder, capture_output=True, text=True, timeout=120, check=False
        )

    def test_path(self):
        """What the page shows is short, builds without a warning, and reads the block."""
        program = re.search(r"^```c\n(.*?)^```$", self.text, re.MULTILINE | re.DOTALL)[1]
        self.assertLessEqual(len([line for line in program.splitlines() if line]), 15)
        path = pathlib.Path(self.folder, "first.c")
        path.write_text(program, encoding="ascii")
        build, run = self.rest
        built = self.run_line(build.replace("cc ", "cc -Wall -Wextra -Werror ", 1))
        self.assertEqual(built.returncode, 0, built.stderr)
        self.assertEqual(len(self.demo.urls), 2, self.demo.text)
        first = self.run_line(run, self.demo.urls[0])
        self.assertEqual(first.returncode, 0, first.stdout + first.stderr)
        hello = b"The demo target says hello.\n".ljust(32, b"\0")
        self.assertEqual(bytes.fromhex(first.stdout), hello)
        second = self.run_line(run, self.demo.urls[1])
        self.assertEqual(bytes.fromhex(second.stdout), bytes(32), second.stderr)
        nobody = self.run_line(run, self.demo.urls[0].replace(":disks/", ":nothing/"))
        self.assertEqual(nobody.returncode, 1)
        self.assertIn("target not found", nobody.stdout)
        none = self.run_line(run, "")
        self.assertEqual(none.returncode, 1)
        self.assertIn("Not an iSCSI URL", none.stdout)

    def test_python(self):
        """The same path in the page of the Python binding."""
        page = (ROOT / "examples/bindings/python/README.md").read_text(encoding="utf-8")
        keep, variables, run = commands(page)[:3]
        self.assertEqual(keep, self.keep)
        path = pathlib.Path(self.folder, "first.py")
        path.write_text(re.search(r"```python\n(.*?)```", page, re.DOTALL)[1], encoding="ascii")
        said = self.run_line(f"{variables}; {run}", self.demo.urls[0])
        self.assertEqual(said.returncode, 0, said.stderr)
        self.assertEqual(said.stdout.splitlines()[0], "Capacity(blocks=131072, block_length=512)")
        self.assertEqual(bytes.fromhex(said.stdout.splitlines()[1]), b"The demo target ")

    def test_the_target_ends_with_the_demo(self):
        """By Ctrl-C as by the kill that it names; neither leaves a target or a folder behind."""
        self.assertIn(f"kill {self.demo.process.pid}\n", self.demo.text)
        for number in (signal.SIGINT, signal.SIGTERM):
            demo = Demo(self.keep)
            try:
                children = demo.children()
                self.assertEqual(len(children), 1)
                self.assertEqual(demo.end(number), 0, demo.text)
                self.assertFalse(os.path.exists(f"/proc/{children[0]}"))
                self.assertNotIn("did not come to its end", demo.text)
            finally:
                guard.stop(demo.process)
                demo.process.stdout.close()

    def test_wrong_usage(self):
        for words in ("--kept", "--keep more"):
            said = self.run_line(f"sh {ROOT}/examples/demo.sh {words}")
            self.assertEqual(said.returncode, 2)
            self.assertIn("usage", said.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
