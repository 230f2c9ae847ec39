"""The Markdown pages: links and anchors lead somewhere, paths exist, code is compiled by somebody,
what is generated is what would be generated now.

Needs SOURCE_ROOT; LIMITS names the program of limits.c.
usage: test_pages.py [--update], which writes the generated parts anew.
"""

import os
import pathlib
import re
import subprocess
import sys
import unittest

ROOT = pathlib.Path(os.environ["SOURCE_ROOT"])
SECURITY = ROOT / "doc" / "security.md"
LIMITS = re.compile(r"(<!-- limits: [^\n]*-->\n)(.*?)(<!-- end of limits -->)", re.DOTALL)
# Pages whose C is compiled word for word: by tests/guide/extract.py, and by excerpt.py.
COMPILED = {"doc/guide.md", "README.md"}
# What else a fenced block may hold.
OTHER_LANGUAGES = {"sh", "json", "meson", "python", "text", "ini"}
FENCE = re.compile(r"^( *)(```|~~~)(.*)$")
LOOKS_LIKE_C = re.compile(r"^\s*(#include\b|.*;\s*(/\*.*\*/)?\s*$|.*\)\s*\{\s*$)")
FOLDERS = "doc|examples|fuzz|include|lib|tests"


def pages():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    ).stdout.split()
    if not listed:  # a source tree without its history
        listed = [str(path.relative_to(ROOT)) for path in ROOT.glob("*.md")]
        listed += [str(path.relative_to(ROOT)) for path in (ROOT / "doc").glob("*.md")]
    return sorted(listed)


def read(page):
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(text):
    """Fenced blocks of a page: (number of the first line, language, lines)."""
    found = []
    inside = None
    for number, line in enumerate(text.splitlines(), 1):
        fence = FENCE.match(line)
        if inside is None and fence:
            inside = (number, fence.group(1), fence.group(3), [])
        elif inside is not None and fence and not fence.group(3):
            found.append(inside)
            inside = None
        elif inside is not None:
            inside[3].append(line)
    return found, inside


def prose(text):
    """A page without its fenced blocks and without code in backticks."""
    kept = []
    inside = False
    for line in text.splitlines():
        if FENCE.match(line):
            inside = not inside
        elif not inside:
            kept.append(line)
    return "\n".join(kept)


def anchors(text):
    """The anchors of a page's headings, as code forges make them."""
    found = set()
    for heading in re.findall(r"^#+ +(.*?) *#*$", prose(text), re.MULTILINE):
        heading = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).lower()
        slug = re.sub(r"[^\w\- ]", "", heading).replace(" ", "-")
        number = 0
        while slug + (f"-{number}" if number else "") in found:
            number += 1
        found.add(slug + (f"-{number}" if number else ""))
    return found


def exists(path):
    """A test program is named without .c."""
    return any(ROOT.glob(path)) or any(ROOT.glob(path + ".c"))


class Links(unittest.TestCase):
    def test_each_leads_somewhere(self):
        broken = []
        count = 0
        for page in pages():
            text = re.sub(r"`[^`\n]*`", "", prose(read(page)))
            for target in re.findall(r"\]\(([^)\s]+)\)", text):
                if re.match(r"[a-z]+:", target):
                    continue
                count += 1
                path, _, anchor = target.partition("#")
                other = (ROOT / page).parent / path if path else ROOT / page
                if not other.exists():
                    broken.append(f"{page}: {target}")
                elif anchor and anchor not in anchors(other.read_text(encoding="utf-8")):
                    broken.append(f"{page}: {target}: no such heading")
        self.assertEqual(broken, [])
        self.assertGreater(count, 30)

    def test_each_path_exists(self):
        """Paths in backticks that begin with a folder of this repository."""
        missing = []
        for page in pages():
            if page == "CHANGELOG.md":  # tells of what was
                continue
            for path in re.findall(rf"`((?:{FOLDERS})/[\w./*-]+)`", read(page)):
                if "NAME" not in path and not exists(path.rstrip("/")):
                    missing.append(f"{page}: {path}")
        self.assertEqual(missing, [])


class Code(unittest.TestCase):
    """No C in a page is left uncompiled."""

    def test_blocks_end_and_have_a_known_language(self):
        for page in pages():
            found, unfinished = blocks(read(page))
            self.assertIsNone(unfinished, page)
            for number, indent, language, lines in found:
                where = f"{page}:{number}"
                if language == "c":
                    self.assertIn(page, COMPILED, f"{where}: C that no test compiles")
                    self.assertEqual(indent, "", f"{where}: the extraction overlooks it")
                    continue
                self.assertIn(language, OTHER_LANGUAGES | {""}, where)
                for line in lines:
                    self.assertIsNone(LOOKS_LIKE_C.match(line), f"{where} hides C: {line}")

    def test_no_indented_c(self):
        for page in pages():
            for line in prose(read(page)).splitlines():
                if line.startswith("    "):
                    self.assertIsNone(LOOKS_LIKE_C.match(line), f"{page} hides C: {line}")

    def test_the_extraction_takes_all_of_the_guide(self):
        found, _ = blocks(read("doc/guide.md"))
        expected = sum(language == "c" for _, _, language, _ in found)
        output = pathlib.Path(os.environ["BUILD_ROOT"], "tests", "guide", "guide_code.h")
        taken = output.read_text(encoding="utf-8").count('\n#line ')
        self.assertGreater(expected, 15)
        self.assertEqual(taken, expected)

    def test_the_parent_project_is_the_readme_s(self):
        """What README.md says of subprojects is what tests/install builds."""
        parent = (ROOT / "tests/install/parent/meson.build").read_text(encoding="utf-8")
        line = re.search(r"^sanscsi = dependency.*$", parent, re.MULTILINE).group(0)
        self.assertIn("    " + line + "\n", read("README.md"))


class Suites(unittest.TestCase):
    """testing.md tells of each suite that there is, and of no other."""

    def test_each_is_told(self):
        used = set()
        for path in [*(ROOT / "tests").rglob("meson.build"), ROOT / "fuzz" / "meson.build"]:
            used |= set(re.findall(r"suite: '([\w-]+)'", path.read_text(encoding="utf-8")))
        section = read("doc/testing.md").split("## The suites")[1].split("Outside of")[0]
        self.assertEqual(set(re.findall(r"^\| `([\w-]+)` \|", section, re.MULTILINE)), used)

    def test_each_folder_is_told(self):
        text = read("doc/testing.md") + read("doc/porting.md")
        helpers = {"support", "tools", "guide"}
        for folder in (ROOT / "tests").iterdir():
            if folder.is_dir() and list(folder.glob("*.*")) and folder.name not in helpers:
                self.assertIn(f"tests/{folder.name}", text)


class Generated(unittest.TestCase):
    def test_limits(self):
        self.assertEqual(LIMITS.search(SECURITY.read_text(encoding="utf-8")).group(2), limits())

    def test_diagrams(self):
        done = subprocess.run(
            [sys.executable, ROOT / "tests/docs/diagrams.py", ROOT],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_each_option_is_told(self):
        """README.md tells each Meson option with its default."""
        text = (ROOT / "meson_options.txt").read_text(encoding="utf-8")
        options = re.findall(r"option\(\s*'(\w+)'.*?value: '?(\w+)'?", text, re.DOTALL)
        self.assertGreater(len(options), 3)
        for name, value in options:
            self.assertTrue(f"| `-D{name}=` | {value} |" in read("README.md"), name)


def limits():
    return subprocess.run(
        [os.environ["LIMITS"]], capture_output=True, text=True, timeout=60, check=True
    ).stdout


def update():
    text = SECURITY.read_text(encoding="utf-8")
    table = limits()
    SECURITY.write_text(
        LIMITS.sub(lambda found: found.group(1) + table + found.group(3), text), encoding="utf-8"
    )


if __name__ == "__main__":
    if sys.argv[1:] == ["--update"]:
        update()
    else:
        unittest.main(verbosity=2)
