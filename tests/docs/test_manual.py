"""The manual pages against the program, the headers and mandoc.

Needs SOURCE_ROOT, and in SANSCSI the built program.
"""

import os
import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(os.environ["SOURCE_ROOT"])
PAGES = {name: ROOT / "doc" / "man" / name for name in ("sanscsi.1", "libsanscsi.3")}
# The pages refer to each other, and need not be installed for that.
EXPECTED_LINT = re.compile(r"referenced manual not found: Xr (sanscsi 1|libsanscsi 3)( \(\d+ times\))?$")


def run(*words, text=None):
    result = subprocess.run(
        words, input=text, capture_output=True, text=True, timeout=60, check=False
    )
    return result.returncode, result.stdout, result.stderr


def help_text():
    code, text, errors = run(os.environ["SANSCSI"], "--help")
    if code != 0:
        raise AssertionError(errors)
    return text


def sections(page):
    """Each section of a page in mdoc by its title."""
    parts = re.split(r"^\.Sh (.*)$", PAGES[page].read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2]))


def rendered(text):
    """One line of mdoc as its reader sees it: macros gone, words kept."""
    text = re.sub(r"\bO[oc]\b|\b(Ar|Cm|Op|Ns|Dv)\b", " ", text)
    text = re.sub(r"\bFl -", "--", text)
    return re.sub(r"[\[\]|=.]|\s+", " ", text).split()


class Lint(unittest.TestCase):
    def test_mandoc_finds_nothing(self):
        for page in PAGES.values():
            _, found, errors = run("mandoc", "-T", "lint", str(page))
            left = [
                line
                for line in (found + errors).splitlines()
                if EXPECTED_LINT.search(line) is None
            ]
            self.assertEqual(left, [])

    def test_mandoc_would_find_something(self):
        code, found, _ = run("mandoc", "-T", "lint", text=".Dd today\n.Dt X 1\n.Sh NOTHING\n")
        self.assertNotEqual(code, 0, found)


class ProgramPage(unittest.TestCase):
    """sanscsi(1) tells what --help tells, no more and no less."""

    def test_options(self):
        listed = re.findall(r"^  --(\S+) ?([A-Z=]+)? ", help_text(), re.MULTILINE)
        told = re.findall(
            r"^\.It Fl -(\S+)(?: Ar (.+))?$", sections("sanscsi.1")["OPTIONS"], re.MULTILINE
        )
        told = [(name, re.sub(r" Ns = Ns Ar ", "=", value)) for name, value in told]
        self.assertGreater(len(told), 30)
        self.assertEqual(told, listed)

    def test_commands(self):
        listed = re.findall(r"^  ([a-z]+ .*)$", help_text().split("\nURL is")[0], re.MULTILINE)
        told = re.findall(r"^\.It (Cm .+)$", sections("sanscsi.1")["COMMANDS"], re.MULTILINE)
        self.assertGreater(len(told), 10)
        self.assertEqual(
            [rendered(line) for line in told],
            [re.sub(r"[\[\]|=.]", " ", line).split() for line in listed],
        )

    def test_defaults(self):
        """What stands in parentheses in --help is told as the default."""
        page = sections("sanscsi.1")["OPTIONS"]
        defaults = re.findall(r"^  --(\S+) .*\((\d+)[;)]", help_text(), re.MULTILINE)
        defaults += re.findall(r"^  --(\S+) .*\((\d+)\)$", help_text(), re.MULTILINE)
        self.assertGreater(len(defaults), 5)
        for name, value in defaults:
            item = re.search(rf"^\.It Fl -{name}\b.*\n((?:(?!\.It).*\n)+)", page, re.MULTILINE)
            self.assertRegex(item.group(1), rf"default is {value}\b", name)

    def test_exit_codes(self):
        told = re.findall(r"^\.It (\d)$", sections("sanscsi.1")["EXIT STATUS"], re.MULTILINE)
        listed = re.search(r"^Exit code: (.*)$", help_text(), re.MULTILINE).group(1)
        self.assertEqual(told, re.findall(r"\d", listed))

    def test_variables(self):
        told = set(re.findall(r"LIBISCSI_\w+", sections("sanscsi.1")["ENVIRONMENT"]))
        self.assertEqual(told, set(re.findall(r"LIBISCSI_\w+", help_text())))


class LibraryPage(unittest.TestCase):
    """libsanscsi(3) names each exported function or its family, and nothing else."""

    def setUp(self):
        text = sections("libsanscsi.3")["DESCRIPTION"]
        self.named = set(re.findall(r"\bsanscsi_\w*(?!\w)(?!\*)", text))
        self.families = set(re.findall(r"^\.Sy (sanscsi_\S*\*\S*)", text, re.MULTILINE))
        self.named -= {name for name in self.named if name + "*" in " ".join(self.families)}
        exports = ROOT / "tests" / "checks" / "exports.list"
        self.exported = exports.read_text(encoding="utf-8").split()

    def pattern(self):
        families = [re.escape(family).replace(r"\*", r"\w+") for family in self.families]
        return re.compile("|".join(families))

    def test_each_export_is_named(self):
        pattern = self.pattern()
        self.assertEqual(
            [
                name
                for name in self.exported
                if name not in self.named and pattern.fullmatch(name) is None
            ],
            [],
        )

    def test_each_name_exists(self):
        headers = "".join(
            path.read_text(encoding="utf-8") for path in (ROOT / "include").rglob("*.h*")
        )
        declared = set(re.findall(r"\b(sanscsi_\w+)\(", headers))
        self.assertEqual(self.named - declared, set())
        for family in self.families:
            pattern = re.compile(re.escape(family).replace(r"\*", r"\w+"))
            self.assertTrue(any(pattern.fullmatch(name) for name in self.exported), family)


class Example(unittest.TestCase):
    """The example of libsanscsi(3), built as a reader would."""

    def test_it_runs(self):
        text = sections("libsanscsi.3")["EXAMPLES"]
        code = re.search(r"^\.Bd [^\n]*\n(.*?)^\.Ed", text, re.MULTILINE | re.DOTALL).group(1)
        with tempfile.TemporaryDirectory(prefix="sanscsi-manual-") as folder:
            source = pathlib.Path(folder) / "example.c"
            source.write_text(code.replace("\\e", "\\"), encoding="utf-8")
            program = str(pathlib.Path(folder) / "example")
            build = os.environ["BUILD_ROOT"]
            done, output, errors = run(
                *("gcc", "-std=c11", "-Wall", "-Wextra", "-pedantic", "-Werror"),
                *(f"-I{ROOT}/include", f"-I{build}/include", str(source)),
                *("-o", program, os.environ["LIBRARY"]),
                *os.environ.get("LINK", "").split(),
            )
            self.assertEqual(done, 0, output + errors)
            done, output, errors = run(program, "iscsi://192.0.2.1/iqn.2026-11.org.example:disk/0")
            self.assertEqual(done, 0, errors)
            self.assertRegex(output, r"^iqn\.2026-11\.org\.example:disk port 3260: \d{4,} bytes\n$")


if __name__ == "__main__":
    unittest.main(verbosity=2)
