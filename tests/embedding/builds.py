"""Builds of the library apart from the one under test: for other machines, with parts left out."""

import fcntl
import os
import pathlib
import shutil
import subprocess

SOURCE = pathlib.Path(__file__).resolve().parents[2]
FOLDER = pathlib.Path(os.environ["SANSCSI_EMBEDDING"])  # where builds lie and stay

# A microcontroller's core: no C library, no allocator of its own, small code.
CORE = (
    "-Dhosted=false",
    "-Dexamples=false",
    "-Dtests=false",
    "-Ddefault_library=static",
    "-Dbuildtype=minsize",
    "-Ddebug=false",
)

# What a program on a server links.
HOSTED = (
    "-Dexamples=false",
    "-Dtests=false",
    "-Ddefault_library=static",
    "-Doptimization=2",
    "-Ddebug=false",
)


def run(*command, **options):
    """Runs a command to its end; returns what it printed, or raises with all it said."""
    result = subprocess.run(
        [str(word) for word in command],
        check=False,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        **options,
    )
    if result.returncode != 0:
        raise RuntimeError(f"{' '.join(map(str, command))}\n{result.stdout}{result.stderr}")
    return result.stdout


def build(name, *options, cross=None, targets=()):
    """Brings the build `name` up to date, or only some of it, and returns its folder."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    folder = FOLDER / name
    options = [*options, "-Dwerror=true"]
    if cross is not None:
        options += ["--cross-file", SOURCE / "tests/cross" / f"{cross}.ini"]
    with open(FOLDER / f"{name}.lock", "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # tests beside each other share a build
        if not (folder / "build.ninja").exists():
            environment = {key: value for key, value in os.environ.items() if key != "CC"}
            shutil.rmtree(folder, ignore_errors=True)
            run("meson", "setup", *options, folder, SOURCE, env=environment)
        run("ninja", "-C", folder, *targets)
    return folder


def joined(folder, tools="arm-none-eabi-"):
    """The whole library of a build as one object, which refers to nothing inside any more."""
    whole = folder / "whole.o"
    run(f"{tools}ld", "-r", "-o", whole, "--whole-archive", folder / "lib/libsanscsi.a")
    return whole


def sizes(file, tools="arm-none-eabi-"):
    """Bytes of code and constants, of initialized and of other variables."""
    line = run(f"{tools}size", file).splitlines()[1]
    return tuple(int(word) for word in line.split()[:3])


def program(folder, name, *sources, tools="arm-none-eabi-"):
    """Links sources, the four functions and the library of a build for a Cortex-M4 to a program."""
    whole = folder / f"{name}.elf"
    run(
        f"{tools}gcc",
        *("-std=c11", "-Os", "-Wall", "-Wextra", "-Werror", "-mcpu=cortex-m4", "-mthumb"),
        *("-ffreestanding", "-ffunction-sections", "-fdata-sections"),
        *("-fno-tree-loop-distribute-patterns", "-nostdlib", "-Wl,--gc-sections,--entry=main"),
        *("-I", SOURCE / "include", "-I", folder / "include", "-I", SOURCE / "examples"),
        *("-I", SOURCE / "lib"),
        *(SOURCE / source for source in sources),
        SOURCE / "tests/embedding/memory_functions.c",
        folder / "lib/libsanscsi.a",
        *("-o", whole),
    )
    return whole
