"""Doxygen makes the API reference without a warning, and each public thing must have its words.

Needs DOXYFILE, the configured one; its output goes to a temporary folder.
"""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest
import xml.etree.ElementTree

BARE = """/** @file
 * A header for this test. */
/** A struct. */
typedef struct documented {
    int told; /**< A member. */
%s
} documented;
/**
 * A function.
 * @param one a parameter
 * @return nothing much
 */
int function(int one);
%s
"""


class Reference(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory(prefix="sanscsi-doxygen-")
        self.addCleanup(holder.cleanup)
        self.folder = pathlib.Path(holder.name)

    def doxygen(self, **settings):
        """Runs Doxygen with some settings replaced; returns its exit code and what it said."""
        text = pathlib.Path(os.environ["DOXYFILE"]).read_text(encoding="utf-8")
        settings["OUTPUT_DIRECTORY"] = self.folder
        for name, value in settings.items():
            text, count = re.subn(
                rf"^{name} *=(?:[^\n]*\\\n)*[^\n]*$", f"{name} = {value}", text, flags=re.MULTILINE
            )
            if count == 0:
                text += f"{name} = {value}\n"
        done = subprocess.run(
            ["doxygen", "-"], input=text, capture_output=True, text=True, timeout=120, check=False
        )
        return done.returncode, done.stdout + done.stderr

    def silent_constants(self):
        """Constants of enumerations without words, of which this Doxygen says nothing."""
        found = []
        count = 0
        for path in (self.folder / "xml").glob("*.xml"):
            for constant in xml.etree.ElementTree.parse(path).iter("enumvalue"):
                count += 1
                words = (constant.find("briefdescription"), constant.find("detaileddescription"))
                if not any("".join(part.itertext()).strip() for part in words):
                    found.append(constant.find("name").text)
        self.assertGreater(count, 0)
        return found

    def test_no_warning_within_a_minute(self):
        begin = os.times().children_user
        code, told = self.doxygen(GENERATE_XML="YES")
        self.assertEqual((code, re.findall(r".*(?:warning|error):.*", told)), (0, []), told)
        self.assertTrue((self.folder / "html" / "index.html").exists())
        self.assertEqual(self.silent_constants(), [])
        self.assertLess(os.times().children_user - begin, 60)

    def bare(self, member="", other="", **settings):
        header = self.folder / "bare.h"
        header.write_text(BARE % (member, other), encoding="utf-8")
        return self.doxygen(INPUT=header, USE_MDFILE_AS_MAINPAGE="", **settings)

    def test_what_has_words_passes(self):
        code, told = self.bare()
        self.assertEqual(code, 0, told)

    def check_bare(self, member="", other=""):
        code, told = self.bare(member, other)
        self.assertNotEqual(code, 0, "Doxygen let it pass")
        self.assertRegex(told, r"bare.h:\d+: (warning|error): ")

    def test_member_without_words(self):
        self.check_bare(member="    int untold;")

    def test_function_without_words(self):
        self.check_bare(other="int untold(int one);")

    def test_parameter_without_words(self):
        self.check_bare(other="/** Words.\n * @return a number */\nint untold(int one);")

    def test_result_without_words(self):
        self.check_bare(other="/** Words.\n * @param one a number */\nint untold(int one);")

    def test_macro_without_words(self):
        self.check_bare(other="#define UNTOLD 1")

    def test_constant_without_words(self):
        code, told = self.bare(
            other="/** Words. */\nenum { TOLD, /**< Words. */\n    UNTOLD };", GENERATE_XML="YES"
        )
        self.assertEqual(code, 0, told)
        self.assertEqual(self.silent_constants(), ["UNTOLD"])

    def test_struct_without_words(self):
        self.check_bare(other="typedef struct untold { int a; /**< Words. */ } untold;")


if __name__ == "__main__":
    unittest.main(verbosity=2)
