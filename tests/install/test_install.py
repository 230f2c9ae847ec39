"""The library as a stranger finds it: installed, found by pkg-config, as a subproject, beside
another iSCSI library. Programs built so log in to a real target.

Needs SOURCE_ROOT in the environment, and tests/interop on Python's path.
"""

import os
import re
import shutil
import subprocess
import unittest

import guard
import targets

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.environ["SOURCE_ROOT"]
PREFIX = "/opt/sanscsi"
CONTENTS = bytes(range(64)) * 8
FIRST_BYTES = CONTENTS[:16].hex()
HEADERS = sorted(
    name.removesuffix(".in")
    for name in os.listdir(os.path.join(ROOT, "include", "iscsi"))
    if name.endswith((".h", ".h.in"))
)
MODULE = {}  # what all cases share: the target and the first installation

STRICT = ("-Wall", "-Wextra", "-pedantic", "-Werror")
POSIX = "-D_POSIX_C_SOURCE=200809L"
# The languages that a user may have: compiler, standard, more options.
LANGUAGES = {
    "c99": ("gcc", "-std=c99", POSIX),
    "c11": ("gcc", "-std=c11", POSIX),
    "c11_by_clang": ("clang", "-std=c11", POSIX),
    "cxx98": ("g++", "-std=c++98", "-Wno-long-long", "-Wold-style-cast"),
    "cxx11": ("g++", "-std=c++11", "-Wold-style-cast"),
    "cxx20": ("g++", "-std=c++20", "-Wold-style-cast"),
    "cxx20_by_clang": ("clang++", "-std=c++20", "-Wold-style-cast"),
}


def command(*words, environment=None, folder=None):
    """Runs a command that must succeed; returns what it printed."""
    result = subprocess.run(
        words,
        env=environment,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=300,
        check=False,
    )
    if result.returncode != 0:
        raise AssertionError(f"{' '.join(words)}: {result.returncode}\n{result.stdout[-6000:]}")
    return result.stdout


def clean_environment(**more):
    """Without what would choose other compilers, or find other libraries."""
    foreign = ("CC", "CXX", "CFLAGS", "LDFLAGS", "LD_LIBRARY_PATH", "DESTDIR")
    kept = {
        name: value
        for name, value in os.environ.items()
        if name not in foreign and not name.startswith(("PKG_CONFIG", "MESON", "LIBISCSI"))
    }
    return dict(kept, **more)


def files_below(folder):
    """All files and links under a folder, by their path in it."""
    return sorted(
        os.path.relpath(os.path.join(path, name), folder)
        for path, _, names in os.walk(folder)
        for name in names
    )


class Installation:
    """A build of the library and its staging folder."""

    def __init__(self, *options, prefix=PREFIX):
        folder = guard.folder("sanscsi-install-")
        self.build = os.path.join(folder, "build")
        self.stage = os.path.join(folder, "stage")
        self.prefix = self.stage + prefix
        command(
            *("meson", "setup", self.build, ROOT, "--prefix", prefix, "-Dlibdir=lib"),
            *("-Dtests=false", "-Dbuildtype=plain", *options),
            environment=clean_environment(),
        )
        command("ninja", "-j2", "-C", self.build, environment=clean_environment())
        self.install()

    def install(self):
        command(
            *("meson", "install", "--no-rebuild", "-C", self.build),
            environment=clean_environment(DESTDIR=self.stage),
        )

    def library(self, name):
        return os.path.join(self.prefix, "lib", name)

    def pkg_config(self, *arguments):
        """What pkg-config says of the staged library; DESTDIR stands before each path."""
        return command(
            *("pkg-config", *arguments, "sanscsi"),
            environment=clean_environment(
                PKG_CONFIG_PATH=self.library("pkgconfig"), PKG_CONFIG_SYSROOT_DIR=self.stage
            ),
        ).split()

    def compile(self, compiler, sources, static=False, before=(), more=()):
        """Builds a program outside the tree by what pkg-config says alone; returns its path."""
        program = os.path.join(guard.folder("sanscsi-user-"), "user")
        kind = ("--static",) if static else ()
        language = ["-x", "c++"] if "++" in compiler[0] else []
        command(
            *(*compiler, *STRICT, "-I" + HERE, *self.pkg_config(*kind, "--cflags"), *language),
            *(os.path.join(HERE, source) for source in sources),
            *(["-x", "none"] if language and (before or more) else []),
            *(["-static"] if static else []),
            *("-o", program, *before, *self.pkg_config(*kind, "--libs"), *more),
            environment=clean_environment(),
        )
        return program

    def run(self, *words):
        return command(
            *words, environment=clean_environment(LD_LIBRARY_PATH=self.library(""))
        ).split()


def setUpModule():
    MODULE["target"] = targets.Tgt().start()
    MODULE["target"].fill(1, 0, CONTENTS)
    MODULE["both"] = Installation()


def tearDownModule():
    MODULE["target"].stop()


def version():
    text = command("meson", "introspect", "--projectinfo", os.path.join(ROOT, "meson.build"))
    return re.search(r'"version": "([^"]+)"', text).group(1)


def symbols(*arguments):
    lines = command("nm", "-P", "--defined-only", "-g", *arguments).splitlines()
    return {line.split()[0] for line in lines if len(line.split()) > 1}


class Files(unittest.TestCase):
    """What is installed, and where."""

    def expected(self, *, shared=True, static=True, program=True):
        names = [f"include/iscsi/{name}" for name in HEADERS]
        names += ["lib/pkgconfig/sanscsi.pc", "share/man/man3/libsanscsi.3"]
        if shared:
            soname = self.soname()
            names += ["lib/libsanscsi.so", f"lib/{soname}", f"lib/libsanscsi.so.{version()}"]
        if static:
            names += ["lib/libsanscsi.a"]
        if program:
            names += ["bin/sanscsi", "share/man/man1/sanscsi.1"]
        return sorted(names)

    @staticmethod
    def soname():
        """Before 1.0.0 the second number may change the interface, so it is a part of the name."""
        major, minor, _ = version().split(".")
        return "libsanscsi.so." + (f"0.{minor}" if major == "0" else major)

    def test_all_that_is_installed(self):
        self.assertEqual(files_below(MODULE["both"].prefix), self.expected())
        self.assertEqual(os.listdir(MODULE["both"].stage), ["opt"])

    def test_names_of_the_shared_library(self):
        both = MODULE["both"]
        dynamic = command("readelf", "-d", both.library("libsanscsi.so"))
        self.assertIn(f"Library soname: [{self.soname()}]", dynamic)
        self.assertEqual(os.readlink(both.library("libsanscsi.so")), self.soname())
        self.assertEqual(os.readlink(both.library(self.soname())), f"libsanscsi.so.{version()}")

    def test_needs_the_c_library_alone(self):
        dynamic = command("readelf", "-d", MODULE["both"].library("libsanscsi.so"))
        self.assertEqual(re.findall(r"NEEDED.*\[(\S+)\]", dynamic), ["libc.so.6"])
        self.assertNotIn("RUNPATH", dynamic)
        self.assertNotIn("RPATH", dynamic)

    def test_exports(self):
        exported = symbols("-D", MODULE["both"].library("libsanscsi.so"))
        self.assertEqual({name for name in exported if not name.startswith("sanscsi_")}, set())
        with open(os.path.join(ROOT, "tests", "checks", "exports.list")) as file:
            self.assertEqual(exported, set(file.read().split()))

    def test_each_header_alone(self):
        flags = MODULE["both"].pkg_config("--cflags")
        folder = guard.folder("sanscsi-headers-")
        for compiler in ("c99", "cxx98", "cxx20"):
            for header in HEADERS:
                source = os.path.join(folder, "alone.c" if compiler == "c99" else "alone.cc")
                with open(source, "w") as file:
                    file.write(f"#include <iscsi/{header}>\n#include <iscsi/{header}>\n")
                command(*LANGUAGES[compiler], *STRICT, *flags, "-fsyntax-only", source)

    def test_shared_alone(self):
        shared = Installation("-Ddefault_library=shared", "-Dexamples=false")
        self.assertEqual(
            files_below(shared.prefix), self.expected(static=False, program=False)
        )
        program = shared.compile(LANGUAGES["c11"], ("main.c", "user.c"))
        self.assertEqual(shared.run(program, MODULE["target"].url(1)), [version(), FIRST_BYTES])

    def test_static_alone(self):
        static = Installation("-Ddefault_library=static")
        self.assertEqual(files_below(static.prefix), self.expected(shared=False))
        program = static.compile(LANGUAGES["c11"], ("main.c", "user.c"))
        self.assertNotIn("libsanscsi", command("readelf", "-d", program))
        self.assertEqual(static.run(program, MODULE["target"].url(1)), [version(), FIRST_BYTES])
        # The program is whole by itself: no path to a library is needed.
        told = command(os.path.join(static.prefix, "bin", "sanscsi"), "--version")
        self.assertIn(version(), told)

    def test_uninstall_leaves_nothing(self):
        """With files of somebody else's beside ours, which stay."""
        gone = Installation("-Ddefault_library=shared", "-Dexamples=false")
        foreign = os.path.join(gone.prefix, "include", "iscsi", "iscsi.h")
        shutil.rmtree(gone.stage)
        os.makedirs(os.path.dirname(foreign))
        open(foreign, "w").close()
        gone.install()
        self.assertGreater(len(files_below(gone.stage)), len(HEADERS))
        command("ninja", "-C", gone.build, "uninstall", environment=clean_environment())
        self.assertEqual(files_below(gone.stage), [os.path.relpath(foreign, gone.stage)])
        self.assertFalse(os.path.exists(gone.library("")))


class PkgConfig(unittest.TestCase):
    """What pkg-config tells."""

    def test_version(self):
        self.assertEqual(MODULE["both"].pkg_config("--modversion"), [version()])

    def test_flags_name_the_prefix(self):
        both = MODULE["both"]
        self.assertEqual(both.pkg_config("--cflags"), [f"-I{both.prefix}/include"])
        libraries = [f"-L{both.prefix}/lib", "-lsanscsi"]
        self.assertEqual(both.pkg_config("--libs"), libraries)
        self.assertEqual(both.pkg_config("--static", "--libs"), libraries)

    def test_moved(self):
        """-Dpkgconfig.relocatable=true: the folder may be moved as a whole."""
        built = Installation("-Dpkgconfig.relocatable=true", "-Dexamples=false")
        moved = guard.folder("sanscsi-moved-")
        os.rename(built.prefix, os.path.join(moved, "elsewhere"))
        built.prefix = os.path.join(moved, "elsewhere")
        environment = clean_environment(PKG_CONFIG_PATH=built.library("pkgconfig"))
        told = command("pkg-config", "--cflags", "--libs", "sanscsi", environment=environment)
        include, libraries, name = told.split()
        self.assertTrue(os.path.samefile(include[2:], os.path.join(built.prefix, "include")))
        self.assertTrue(os.path.samefile(libraries[2:], built.library("")))
        self.assertEqual(name, "-lsanscsi")

    def test_given_prefix(self):
        """Without that option pkg-config can be told where it lies now."""
        both = MODULE["both"]
        environment = clean_environment(PKG_CONFIG_PATH=both.library("pkgconfig"))
        told = command(
            *("pkg-config", "--define-prefix", "--cflags", "sanscsi"), environment=environment
        )
        self.assertTrue(os.path.samefile(told.strip()[2:], os.path.join(both.prefix, "include")))


class Languages(unittest.TestCase):
    """A program in each language logs in; test_LANGUAGE_KIND are made below."""

    def check(self, language, static):
        both = MODULE["both"]
        program = both.compile(LANGUAGES[language], ("main.c", "user.c"), static=static)
        used = "libsanscsi" in command("readelf", "-d", program)
        self.assertEqual(used, not static)
        self.assertEqual(both.run(program, MODULE["target"].url(1)), [version(), FIRST_BYTES])

    def test_a_wrong_target_is_told(self):
        """So that the others prove something."""
        both = MODULE["both"]
        program = both.compile(LANGUAGES["c99"], ("main.c", "user.c"))
        with self.assertRaisesRegex(AssertionError, r"event 36|login|Login"):
            both.run(program, MODULE["target"].url(1, "iqn.2026-01.test.tgt:nobody"))


def add_languages():
    for language in LANGUAGES:
        for kind, static in (("shared", False), ("static", True)):

            def case(self, language=language, static=static):
                self.check(language, static)

            setattr(Languages, f"test_{language}_{kind}", case)


add_languages()


class Program(unittest.TestCase):
    """The installed program."""

    def test_it_runs_from_the_staging_folder(self):
        both = MODULE["both"]
        program = os.path.join(both.prefix, "bin", "sanscsi")
        told = both.run(program, "--json", "capacity", MODULE["target"].url(1))
        self.assertIn(str(256 * targets.MIB), " ".join(told))

    def test_its_manual_page(self):
        page = os.path.join(MODULE["both"].prefix, "share", "man", "man1", "sanscsi.1")
        self.assertIn("sanscsi discover", command("mandoc", "-T", "utf8", page).replace("\b", ""))


class Subproject(unittest.TestCase):
    """The whole source as a subproject of another program."""

    def check(self, *options):
        folder = guard.folder("sanscsi-parent-")
        parent = os.path.join(folder, "parent")
        shutil.copytree(os.path.join(HERE, "parent"), parent)
        for name in ("main.c", "user.c", "user.h"):
            shutil.copy(os.path.join(HERE, name), parent)
        os.mkdir(os.path.join(parent, "subprojects"))
        os.symlink(ROOT, os.path.join(parent, "subprojects", "sanscsi"))
        build = os.path.join(folder, "build")
        environment = clean_environment(PKG_CONFIG_LIBDIR="/nonexistent")
        command("meson", "setup", build, parent, *options, environment=environment)
        command("ninja", "-j2", "-C", build, environment=environment)
        told = command(os.path.join(build, "parent"), MODULE["target"].url(1)).split()
        self.assertEqual(told, [version(), FIRST_BYTES])
        return build

    def test_by_default(self):
        """No tests, examples or man pages are built or installed with it."""
        build = self.check()
        built = {name for name in files_below(build) if os.access(f"{build}/{name}", os.X_OK)}
        soname = Files.soname()
        where = "subprojects/sanscsi/lib/libsanscsi.so"
        self.assertEqual(
            {name for name in built if not name.startswith("meson-")},
            {"parent", where, f"{where}.{version()}", where.replace("libsanscsi.so", soname)},
        )
        self.assertEqual(command("meson", "introspect", "--tests", build).strip(), "[]")
        self.assertNotIn("share/man", command("meson", "introspect", "--installed", build))

    def test_static(self):
        """The option must name the subproject: its own default goes before the parent's."""
        build = self.check("-Dsanscsi:default_library=static")
        self.assertNotIn("libsanscsi", command("readelf", "-d", os.path.join(build, "parent")))


class BesideLibiscsi(unittest.TestCase):
    """One program uses this library and libiscsi; test_ORDER_KIND are made below."""

    def check(self, others_first, static):
        both = MODULE["both"]
        target = MODULE["target"]
        language = (*LANGUAGES["c11"], *(["-DOTHERS_FIRST"] if others_first else []))
        before, more = (), ("-liscsi",)
        if static:  # Debian's static libiscsi needs RDMA, and its .pc file does not say so
            before = ("-Wl,-Bstatic",)
            more += ("-Wl,-Bdynamic", "-l:librdmacm.so.1", "-l:libibverbs.so.1")
        program = both.compile(language, ("beside.c", "user.c"), before=before, more=more)
        used = set(re.findall(r"NEEDED.*\[lib(\w+)\.so", command("readelf", "-d", program)))
        self.assertEqual(used & {"iscsi", "sanscsi"}, set() if static else {"iscsi", "sanscsi"})
        told = both.run(program, target.portal, target.target, "1", target.url(1))
        self.assertEqual(told, ["the", "same", FIRST_BYTES])

    def system(self, name):
        """Where libiscsi's development files lie."""
        command("pkg-config", "--exists", "libiscsi", environment=clean_environment())
        return command(
            "pkg-config", f"--variable={name}", "libiscsi", environment=clean_environment()
        ).strip()

    def test_no_file_has_the_same_name(self):
        """Both install into the folder iscsi, so that both must fit into one prefix."""
        theirs = os.listdir(os.path.join(self.system("includedir") or "/usr/include", "iscsi"))
        self.assertIn("iscsi.h", theirs)
        self.assertEqual(set(theirs) & set(HEADERS), set())

    def macros(self, *headers):
        text = "".join(f"#include <{header}>\n" for header in headers)
        source = os.path.join(guard.folder("sanscsi-macros-"), "macros.c")
        with open(source, "w") as file:
            file.write("#include <stdint.h>\n#include <stddef.h>\n#include <sys/types.h>\n" + text)
        flags = MODULE["both"].pkg_config("--cflags")
        told = command("gcc", "-std=c11", *flags, "-dM", "-E", source)
        return set(re.findall(r"^#define (\w+)", told, re.MULTILINE))

    def test_no_macro_has_the_same_name(self):
        system = self.macros()
        ours = self.macros("iscsi/sanscsi.h") - system
        theirs = self.macros("iscsi/iscsi.h", "iscsi/scsi-lowlevel.h") - system
        self.assertEqual({name for name in ours if not name.startswith("SANSCSI_")}, set())
        self.assertGreater(len(theirs), 0)
        self.assertEqual(ours & theirs, set())

    def test_no_symbol_has_the_same_name(self):
        ours = symbols(MODULE["both"].library("libsanscsi.a"))
        folder = self.system("libdir")
        theirs = symbols(os.path.join(folder, "libiscsi.a"))
        self.assertIn("iscsi_create_context", theirs)
        self.assertEqual(ours & theirs, set())


def add_orders():
    for order, others_first in (("ours_first", False), ("theirs_first", True)):
        for kind, static in (("shared", False), ("static", True)):

            def case(self, others_first=others_first, static=static):
                self.check(others_first, static)

            setattr(BesideLibiscsi, f"test_{order}_{kind}", case)


add_orders()


if __name__ == "__main__":
    unittest.main(verbosity=2)
