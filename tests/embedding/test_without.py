"""A build of the library without a part is built whole and passes its tests.

usage: test_without.py chap|digests|texts|all
"""

import sys
import unittest

import builds

PARTS = ("chap", "digests", "texts")
PART = sys.argv.pop() if len(sys.argv) > 1 else ""


class Without(unittest.TestCase):
    def test_what_remains(self):
        left_out = PARTS if PART == "all" else (PART,)
        options = [f"-D{part}=false" for part in left_out]
        options += ["-Ddefault_library=static"]
        everything = PART == "all"
        folder = builds.build(f"without-{PART}", *options)
        command = ["meson", "test", "-C", folder, "--no-rebuild", "--num-processes", "2"]
        said = builds.run(*command, *(("--suite", "unit") if everything else ("options",)))
        print(said)
        self.assertRegex(said, r"\nOk: +[1-9]" + ("[0-9]" if everything else ""))
        for kind in ("Fail", "Unexpected Pass", "Skipped", "Timeout"):
            self.assertRegex(said, rf"\n{kind}: +0 ")


if __name__ == "__main__":
    if PART not in (*PARTS, "all"):
        sys.exit(__doc__)
    unittest.main(verbosity=2)
