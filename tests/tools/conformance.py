#!/usr/bin/env python3
"""Writes doc/conformance.md: for each clause, where the library obeys it and what proves that.

usage: conformance.py SOURCE-ROOT           writes doc/conformance.md
       conformance.py SOURCE-ROOT --check   fails unless the file stands as it would be written
       conformance.py SOURCE-ROOT --lines   prints it with line numbers, and writes nothing

tests/conformance/AREA.txt holds the table, one stanza for each clause of tests/clauses.csv:

    # Area: the words of its heading
    NOP-001
    rule: A ping of the target's is answered with its tag and LUN.
    line: lib/initiator/nop.c: .lun = reply->lun,
    test: tests/unit/test_session.c: test_closed_window
    why: words about what is not built, or does not arise

`line` names a text that stands in exactly one line of the file, or "function(): text" for exactly
one line of that function. `test` names a cmocka test, a
method of tests/interop, or a check (`test: check layers`) that is run. Scripts of tests/rogue are
not named here: they name their clauses themselves. `rule` stands once; the others any number of
times, `why` for what has no line. A MUST of the initiator needs a line and a test, or a `why`.

The file that is kept names functions and quotes lines, since their numbers move with every change;
--lines puts numbers into the links.
"""

import csv
import importlib
import pathlib
import re
import sys

FEW = 3  # scripts that are named for a clause
LINK = re.compile(r"#L[0-9]+(?=\))")
FUNCTION = re.compile(r"^[A-Za-z_][^;=#]*?\b([a-z_0-9]+)\(")
OTHER = re.compile(r"^(?:static |const |typedef )*(?:struct|enum|union|uint8_t|uint32_t|char)\b.*?"
                   r"\b([a-z_0-9]+)(?:\[[^]]*\])?(?: = \{| \{)$")
HEAD = """# Conformance

What RFC 7143 and RFC 7144 demand, where the library obeys it, and which tests prove that.

This file is written by `python3 tests/tools/conformance.py .` from `tests/conformance/`, where
the rules are told in our words, the line that obeys each is quoted, and its tests are named; the
scripts of `tests/rogue` name their clauses themselves. The tests would fail without the line; where
a rule is obeyed by leaving a field alone, the line is where it would be looked at. The check
`conformance` fails when a line or a test is gone, or this file is not what would be written.
`python3 tests/tools/conformance.py . --lines` prints it with the numbers of the lines.

"""


class Problem(Exception):
    """Something in the table does not hold."""


class Row:
    """A clause as the table tells it."""

    def __init__(self, clause):
        self.clause = clause
        self.rule = None
        self.lines, self.tests, self.why = [], [], []

    def take(self, name, value):
        if name == "rule":
            if self.rule is not None:
                raise Problem(f"{self.clause}: two rules")
            self.rule = value
        elif name in ("line", "test"):
            {"line": self.lines, "test": self.tests}[name].append(value)
        elif name == "why":
            self.why.append(value)
        else:
            raise Problem(f"{self.clause}: what is {name!r}?")


def read_table(path):
    """The heading of a file, and its rows."""
    heading, rows = None, []
    for number, text in enumerate(path.read_text(encoding="ascii").splitlines(), 1):
        if text.startswith("# Area: "):
            heading = text[8:]
        elif re.fullmatch(r"[A-Z0-9]+-[0-9]{3}", text):
            rows.append(Row(text))
        elif text and not text.startswith("#"):
            name, colon, value = text.partition(": ")
            if not colon or not rows:
                raise Problem(f"{path.name}:{number}: {text!r} is neither a clause nor a member")
            rows[-1].take(name, value.strip())
    if heading is None:
        raise Problem(f"{path.name}: no heading")
    return heading, rows


class Sources:
    """Files of the project, and what stands in them."""

    def __init__(self, root):
        self.root = root
        self.texts = {}

    def lines(self, name):
        if name not in self.texts:
            path = self.root / name
            if not path.is_file():
                raise Problem(f"no file {name}")
            self.texts[name] = path.read_text(encoding="utf-8").splitlines()
        return self.texts[name]

    def text(self, name):
        return "\n".join(self.lines(name))

    def find(self, name, snippet):
        """The number of the one line with a text; "function(): text" looks in one function."""
        inside, _, text = snippet.partition(": ")
        if not re.fullmatch(r"[a-z_0-9]+\(\)", inside):
            inside, text = None, snippet
        at = [i for i, line in enumerate(self.lines(name), 1) if text in line]
        if inside:
            at = [i for i in at if self.owner(name, i) == inside]
        if len(at) != 1:
            raise Problem(f"{name}: {snippet!r} stands in {len(at)} lines")
        return at[0]

    def owner(self, name, number):
        """The function, table or type that a line belongs to."""
        for line in reversed(self.lines(name)[:number]):
            if line[:1] in (" ", "}", "#", "/", "\t", ""):
                continue
            if found := OTHER.match(line):
                return found[1]
            if (found := FUNCTION.match(line)) and not line.endswith(";"):
                return found[1] + "()"
        return None


def place(sources, value):
    """A link to the line that obeys."""
    name, _, snippet = value.partition(": ")
    number = sources.find(name, snippet)
    owner = sources.owner(name, number)
    label = f"{name} {owner}" if owner else name
    text = sources.lines(name)[number - 1].strip().replace("|", "\\|")
    return f"[{label}](../{name}#L{number}) `{text}`"


def unit_test(sources, name, function):
    file = name.rpartition("/")[2]
    if f"'{file}'" not in sources.text("tests/unit/meson.build"):
        raise Problem(f"{name} is not built")
    number = sources.find(name, f"void {function}(void **state) {{")
    runs = re.compile(rf"cmocka_unit_test\w*\({function}\b")
    if not any(runs.search(sources.text(f"tests/unit/{path.name}"))
               for path in (sources.root / "tests/unit").glob("*.c")):
        raise Problem(f"{name}: {function} is not run")
    return number


def interop_test(sources, name, method):
    file = re.fullmatch(r"tests/interop/test_(\w+)\.py", name)
    bodies = name == "tests/interop/bodies.py"
    if not bodies and (not file or f"'{file[1]}'" not in sources.text("tests/interop/meson.build")):
        raise Problem(f"{name} is not run")
    if not method.startswith("test_"):
        raise Problem(f"{name}: {method} is no test")
    return sources.find(name, f"def {method}(")


def proof(sources, value):
    """A link to a test that is named in the table."""
    if value.startswith("check "):
        number = sources.find("tests/checks/meson.build", f"'{value[6:]}',")
        return f"[{value}](../tests/checks/meson.build#L{number})"
    name, _, test = value.partition(": ")
    if name.startswith("tests/unit/"):
        number = unit_test(sources, name, test)
    elif name.startswith("tests/interop/"):
        number = interop_test(sources, name, test)
    else:
        raise Problem(f"{value}: neither a unit test nor one of interop")
    return f"[{name.rpartition('/')[2].partition('.')[0]} {test}](../{name}#L{number})"


def read_scripts(sources):
    """Links to the rogue scripts by clause; modules that are not run do not count."""
    folder = sources.root / "tests/rogue"
    sys.path.insert(0, str(folder))
    sys.dont_write_bytecode = True
    script = importlib.import_module("script")
    build = sources.text("tests/rogue/meson.build")
    names = {}
    known = set()
    for path in sorted(folder.glob("scripts_*.py")):
        if f"'{path.stem[8:]}'," not in build:
            raise Problem(f"{path.name} is not run")
        importlib.import_module(path.stem)
        for record in script.scripts():
            if record.name not in known:
                known.add(record.name)
                for clause in record.clauses:
                    names.setdefault(clause, []).append((record.name, path.name))
    return names


def script_links(found):
    out = [f"[{name}](../tests/rogue/{file})" for name, file in found[:FEW]]
    if len(found) > FEW:
        out.append("and more")
    return out


def demand(row, known, scripts):
    """What a row lacks."""
    clause = known.get(row.clause)
    if clause is None:
        raise Problem(f"{row.clause}: no such clause")
    if row.rule is None:
        raise Problem(f"{row.clause}: no rule")
    tested = row.tests or row.clause in scripts
    if clause["role"] == "target":
        return
    if row.lines and not tested:
        raise Problem(f"{row.clause}: a line without a test")
    if not row.lines and not row.why:
        raise Problem(f"{row.clause}: neither a line nor a reason")


def render_row(row, clause, sources, scripts):
    where = [place(sources, value) for value in row.lines]
    where += row.why
    if clause["role"] == "target" and not where:
        where = ["a rule for targets"]
    tests = [proof(sources, value) for value in row.tests]
    tests += script_links(scripts.get(row.clause, []))
    cells = [row.clause, clause["section"].replace("; ", ", "), clause["level"], row.rule]
    cells += ["<br>".join(where), "; ".join(tests)]
    return "| " + " | ".join(cells) + " |"


def render(root):
    """The whole text, and numbers for whoever wrote it."""
    sources = Sources(root)
    with open(root / "tests/clauses.csv", encoding="ascii") as file:
        known = {row["clause"]: row for row in csv.DictReader(file)}
    scripts = read_scripts(sources)
    out, seen, problems = [HEAD], set(), []
    counts = {"obeyed": 0, "told why not": 0, "targets'": 0}
    for path in sorted((root / "tests/conformance").glob("*.txt")):
        heading, rows = read_table(path)
        out.append(f"## {heading}\n\n| clause | section | level | rule | where | proof |\n")
        out.append("|---|---|---|---|---|---|\n")
        prefix = {row.clause[:4] for row in rows}
        for row in rows:
            try:
                if row.clause in seen:
                    raise Problem(f"{row.clause} stands twice")
                seen.add(row.clause)
                demand(row, known, scripts)
                out.append(render_row(row, known[row.clause], sources, scripts) + "\n")
                kind = "obeyed" if row.lines else "told why not"
                counts["targets'" if known[row.clause]["role"] == "target" else kind] += 1
            except Problem as problem:
                problems.append(f"{path.name}: {problem}")
        missing = [clause for clause in known if clause[:4] in prefix and clause not in seen]
        problems += [f"{path.name}: {clause} is not told" for clause in missing]
        out.append("\n")
    if problems:
        raise Problem("\n".join(["tests/conformance:"] + problems))
    summary = ", ".join(f"{count} {name}" for name, count in counts.items())
    out.insert(1, f"{sum(counts.values())} clauses: {summary}.\n\n")
    return "".join(out).rstrip("\n") + "\n", summary


def main():
    root = pathlib.Path(sys.argv[1]).resolve()
    mode = sys.argv[2] if len(sys.argv) > 2 else "--write"
    path = root / "doc/conformance.md"
    try:
        text, summary = render(root)
    except Problem as problem:
        sys.exit(str(problem))
    kept = LINK.sub("", text)
    if mode == "--lines":
        print(text, end="")
    elif mode == "--check":
        if not path.exists() or path.read_text(encoding="utf-8") != kept:
            sys.exit("doc/conformance.md is old; to write it: python3 tests/tools/conformance.py .")
        print(summary)
    else:
        path.write_text(kept, encoding="utf-8")
        print(summary)


if __name__ == "__main__":
    main()
