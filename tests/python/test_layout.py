"""What the binding writes down of the C interface, compared with what a compiler makes of it."""

import ctypes
import os
import pathlib
import re
import subprocess
import tempfile
import unittest

from sanscsi import _c

ROOT = pathlib.Path(__file__).resolve().parents[2]
INCLUDE = ROOT / "include"
C_WORDS = {"async_message": "async"}  # members whose names are words of Python's
STRUCTS = [value for value in vars(_c).values() if isinstance(value, type)]
STRUCTS = [value for value in STRUCTS if issubclass(value, _c.Struct) and value is not _c.Struct]


def c_values(expressions):
    """The values of C expressions, by the project's compiler and headers."""
    lines = [f'    printf("%llu\\n", (unsigned long long)({text}));' for text in expressions]
    source = "\n".join(
        ["#include <stddef.h>", "#include <stdio.h>", "#include <iscsi/sanscsi.h>"]
        + ["int main(void) {", *lines, "    return 0;", "}", ""]
    )
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder)
        (path / "values.c").write_text(source, encoding="ascii")
        includes = [f"-I{INCLUDE}", f"-I{os.environ['PYTHON_BUILD_INCLUDE']}"]
        compiler = os.environ["PYTHON_COMPILER"].split()
        # Only values are wanted, and no function that is declared in the headers is called.
        command = [*compiler, "-std=c11", *includes, "-c", str(path / "values.c")]
        link = [*compiler, "-o", str(path / "values"), str(path / "values.o")]
        subprocess.run([*command, "-o", str(path / "values.o"), "-O1"], check=True, timeout=60)
        subprocess.run(link, check=True, timeout=60)
        said = subprocess.run([str(path / "values")], check=True, capture_output=True, timeout=60)
    return [int(line) for line in said.stdout.split()]


def c_prototypes():
    """Function name: (result, [arguments]) as the headers have them, const and names left out."""
    found = {}
    for header in INCLUDE.rglob("*.h*"):
        text = re.sub(r"/\*.*?\*/", " ", header.read_text(encoding="utf-8"), flags=re.DOTALL)
        pattern = r"SANSCSI_API\s+([^;{}]*?)(sanscsi_\w+)\(([^;]*?)\);"
        for result, name, arguments in re.findall(pattern, text, re.DOTALL):
            words = [plain(one + " x" if one.strip() == "void" else one) for one in arguments.split(",")]
            found[name] = (plain(result + "x"), [] if words == ["void"] else words)
    return found


def plain(declaration):
    """A declaration's type: "const char *name" is "char *"."""
    words = re.sub(r"\b(const|SANSCSI_MUST_CHECK)\b", " ", declaration)
    array = re.fullmatch(r"\s*(\w+)\s+\w+(\[\d+\])\s*", words)
    if array:
        return array[1] + " " + array[2]
    words = re.sub(r"\w+\s*$", "", words)
    return " ".join(words.replace("*", " * ").split())


SCALARS = {
    "void": None,
    "int32_t": ctypes.c_int32,
    "uint32_t": ctypes.c_uint32,
    "uint64_t": ctypes.c_uint64,
    "sanscsi_task": ctypes.c_uint64,
    "size_t": ctypes.c_size_t,  # on some machines ctypes cannot tell it from another
    "char *": ctypes.c_char_p,
}


def agrees(ours, theirs):
    """Whether a type of ctypes is that of C."""
    if ours is ctypes.c_void_p:  # handles and bytes
        return theirs.endswith("*") and not theirs.endswith("* *")
    if ours in SCALARS.values():
        return SCALARS.get(theirs, "another") is ours
    pointed = ours._type_
    if pointed is ctypes.c_void_p:
        return theirs in ("sanscsi_initiator * *", "sanscsi_session * *")
    if issubclass(pointed, ctypes.Array):
        return theirs == f"uint8_t [{pointed._length_}]"
    if issubclass(pointed, ctypes.Structure):
        return theirs == f"{pointed.c_name} *"
    return theirs.endswith(" *") and SCALARS.get(theirs[:-2]) is pointed


class Layout(unittest.TestCase):
    def test_structs(self):
        """Size of each, and place and size of each member, in both directions: none is missing."""
        self.assertEqual(len(STRUCTS), 15)
        wanted, texts = [], []
        for struct in STRUCTS:
            texts.append(f"sizeof({struct.c_name})")
            wanted.append((texts[-1], ctypes.sizeof(struct)))
            end = 0
            for name, kind in struct._fields_:
                place = getattr(struct, name).offset
                member = C_WORDS.get(name, name)
                texts.append(f"offsetof({struct.c_name}, {member})")
                wanted.append((texts[-1], place))
                texts.append(f"sizeof((({struct.c_name} *)0)->{member})")
                wanted.append((texts[-1], ctypes.sizeof(kind)))
                self.assertLess(place - end, 8, f"{struct.c_name}.{name}: a member is missing")
                end = place + ctypes.sizeof(kind)
        self.assertEqual(list(zip(texts, c_values(texts))), wanted)

    def test_member_names(self):
        """All members of the headers' structs stand in ours, in their order."""
        text = "".join(path.read_text(encoding="utf-8") for path in INCLUDE.rglob("*.h"))
        text = re.sub(r"/\*.*?\*/", " ", text, flags=re.DOTALL)
        for struct in STRUCTS:
            body = re.search(r"typedef struct %s \{(.*?)\} %s;" % ((struct.c_name,) * 2), text, re.S)
            names = [re.search(r"(\w+)\s*(?:\[\w+\])?\s*$", one) for one in body[1].split(";")]
            names = [found[1] for found in names if found]
            ours = [C_WORDS.get(name, name) for name, _ in struct._fields_]
            self.assertEqual(ours, names, struct.c_name)

    def test_numbers(self):
        pairs = [("SANSCSI_NEVER", _c.NEVER), ("UINT32_MAX", _c.NO_TAG)]
        for prefix, numbers in _c.NUMBERS.items():
            pairs += [(prefix + number.name, int(number)) for number in numbers]
        self.assertGreater(len(pairs), 30)
        texts = [text for text, _ in pairs]
        self.assertEqual(list(zip(texts, c_values(texts))), pairs)

    def test_outputs_are_all_known(self):
        """An output that the headers have and the binding does not would be dropped in silence."""
        text = (INCLUDE / "iscsi" / "output.h").read_text(encoding="utf-8")
        names = set(re.findall(r"\bSANSCSI_OUTPUT_(\w+) =", text))
        self.assertEqual(names, {kind.name for kind in _c.OutputType})

    def test_functions(self):
        """Result and arguments of each function that is called."""
        prototypes = c_prototypes()
        self.assertGreater(len(prototypes), 200)
        for name, (result, arguments) in _c.FUNCTIONS.items():
            c_result, c_arguments = prototypes[name]
            self.assertTrue(agrees(result, c_result), f"{name}: {result} is no {c_result}")
            self.assertEqual(len(arguments), len(c_arguments), name)
            for ours, theirs in zip(arguments, c_arguments):
                self.assertTrue(agrees(ours, theirs), f"{name}: {ours} is no {theirs}")

    def test_library_of_another_release_is_refused(self):
        """A struct of another size is found out when the library is loaded."""
        code = (
            "import ctypes, sanscsi._c as c\n"
            "class Longer(c.Command):\n"
            "    _fields_ = [('later', ctypes.c_uint64)]\n"
            "c.Command = Longer\n"
            "try:\n    c.library()\n"
            "except ImportError as error:\n    print(error)\n"
        )
        said = subprocess.run(
            [os.sys.executable, "-c", code], check=True, capture_output=True, text=True, timeout=60
        )
        self.assertIn("another sanscsi_command", said.stdout)


if __name__ == "__main__":
    unittest.main(verbosity=2)
