"""compare.py finds what would break programs, and lets pass what would not.

Each case is a small history: the present source as a release, then a change. Needs SOURCE_ROOT
and BUILD_ROOT in the environment.
"""

import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(os.environ["SOURCE_ROOT"])
COMPARE = ROOT / "tests" / "abi" / "compare.py"
PARTS = ("meson.build", "meson_options.txt", "include", "lib", "doc")
VERSION = re.search(r"version: '([0-9.]+)'", (ROOT / "meson.build").read_text()).group(1)
TAG = "v" + VERSION
LATER = f"{int(VERSION.split('.')[0]) + 1}.0.0"
IOVEC = "    void *data;  /**< First byte; may be NULL when @ref size is 0. */\n"


def run(*words, folder=None, code=0):
    result = subprocess.run(
        [str(word) for word in words],
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=600,
        check=False,
    )
    if result.returncode != code:
        raise AssertionError(f"{words}: {result.returncode}\n{result.stdout[-4000:]}")
    return result.stdout


def git(folder, *words):
    run("git", "-c", "user.name=test", "-c", "user.email=test@example.org", *words, folder=folder)


class Compare(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.holder = tempfile.TemporaryDirectory(prefix="sanscsi-abi-test-")
        cls.folder = pathlib.Path(cls.holder.name)
        cls.source = cls.folder / "source"
        cls.build = cls.folder / "build"
        for part in PARTS:
            (cls.source / part).parent.mkdir(parents=True, exist_ok=True)
            copy = shutil.copytree if (ROOT / part).is_dir() else shutil.copy
            copy(ROOT / part, cls.source / part)
        git(cls.source, "init", "-q")
        git(cls.source, "add", ".")
        git(cls.source, "commit", "-q", "-m", "release")
        run(
            *("meson", "setup", cls.build, cls.source, "-Dtests=false", "-Dexamples=false"),
            *("-Ddefault_library=shared", "-Dbuildtype=debug"),
        )

    @classmethod
    def tearDownClass(cls):
        cls.holder.cleanup()

    def tearDown(self):
        git(self.source, "checkout", "-q", ".")
        git(self.source, "tag", "-d", TAG)

    def compare(self, code, version=VERSION):
        """What compare.py says of the source as it is now, beside its own last commit."""
        meson = self.source / "meson.build"
        meson.write_text(meson.read_text().replace(f"version: '{VERSION}'", f"version: '{version}'"))
        git(self.source, "tag", TAG)
        run("meson", "compile", "-C", self.build, "-j", "2")
        return run(sys.executable, COMPARE, self.source, self.build, code=code)

    def change(self, path, old, new):
        file = self.source / path
        text = file.read_text()
        self.assertIn(old, text)
        file.write_text(text.replace(old, new, 1))

    def test_nothing_changed(self):
        self.assertIn(f"the interface is that of {TAG}", self.compare(0))

    def test_a_member_in_the_middle(self):
        """Found, and let pass only when the version announces it."""
        more = "    uint64_t more; /**< In the middle. */\n"
        self.change("include/iscsi/types.h", IOVEC, IOVEC + more)
        told = self.compare(1)
        self.assertIn("sanscsi_iovec", told)
        self.assertIn("does not announce", told)
        git(self.source, "tag", "-d", TAG)
        self.assertIn("the version announces it: True", self.compare(0, version=LATER))

    def test_a_struct_that_grows_at_its_end(self):
        last = "    uint32_t max_unasked;\n} sanscsi_session_settings;"
        self.change("include/iscsi/settings.h", last, last.replace(";\n", "; uint64_t more;\n"))
        self.compare(0)

    def test_a_struct_that_grows_inside_of_another(self):
        """Its own end, but what comes behind it in the other struct moves."""
        last = "    uint32_t target_portal_group_tag;\n} sanscsi_parameters;"
        self.change("include/iscsi/settings.h", last, last.replace(";\n", "; uint64_t more;\n"))
        told = self.compare(1)
        self.assertIn("sanscsi_session_settings.authentication was", told)
        self.assertIn("the size of sanscsi_parameters was", told)

    def test_a_function_gone(self):
        hidden = "const char *sanscsi_status_text"
        self.change("include/iscsi/status.h", "SANSCSI_API " + hidden, hidden)
        self.assertIn("sanscsi_status_text", self.compare(1))


class NoRelease(unittest.TestCase):
    def test_it_says_so(self):
        with tempfile.TemporaryDirectory(prefix="sanscsi-abi-test-") as folder:
            git(folder, "init", "-q")
            told = run(sys.executable, COMPARE, folder, folder)
            self.assertIn("no release yet", told)


if __name__ == "__main__":
    unittest.main(verbosity=2)
