"""The guest's kernel and initial RAM disk, made from Debian packages that are not installed.

`sh tests/setup.sh --lio` fetches the packages. What is built is kept under build/lio-image until
the packages or this folder's files change.
"""

import glob
import hashlib
import lzma
import os
import re
import shutil
import stat
import subprocess

import guard

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
PACKAGES = os.path.join(ROOT, "build", "lio-packages")
IMAGE = os.path.join(ROOT, "build", "lio-image")
# Loaded at boot, in this order, each behind what it depends on.
BOOT_MODULES = (
    "virtio_pci",
    "virtio_net",
    "target_core_mod",
    "target_core_file",
    "iscsi_target_mod",
)
# In the image, for tests to load.
SPARE_MODULES = ("sha3_generic",)


def _package(pattern):
    """The one fetched package of that name."""
    found = glob.glob(os.path.join(PACKAGES, pattern))
    if len(found) != 1 or not os.path.exists(os.path.join(PACKAGES, "complete")):
        raise RuntimeError(f"no {pattern} in {PACKAGES}: run `sh tests/setup.sh --lio`")
    return found[0]


def _unpack(package, folder):
    subprocess.run([guard.need("dpkg-deb"), "-x", package, folder], check=True, timeout=300)
    return folder


def _only(pattern):
    """The one file of that pattern."""
    (path,) = glob.glob(pattern, recursive=True)
    return path


class Modules:
    """The kernel's modules by name, and those that are built in."""

    def __init__(self, folder):
        self.folder = folder
        self.paths = {}
        for path in glob.glob(os.path.join(folder, "kernel/**/*.ko*"), recursive=True):
            self.paths[self._name(path)] = path
        with open(os.path.join(folder, "modules.builtin")) as file:
            self.builtin = {self._name(line.strip()) for line in file}

    @staticmethod
    def _name(path):
        return os.path.basename(path).split(".ko")[0].replace("-", "_")

    def load(self, name):
        """The module's object file."""
        path = self.paths[name]
        with (lzma.open if path.endswith(".xz") else open)(path, "rb") as file:
            return file.read()

    def closure(self, names):
        """The names with all they depend on, in an order in which they can be loaded."""
        order = []
        waiting = [name for name in reversed(names) if name not in self.builtin]
        while waiting:
            name = waiting[-1]
            # .modinfo is a section of strings that end with a zero byte.
            depends = re.search(rb"\0depends=([^\0]*)\0", self.load(name)).group(1).decode()
            needed = [
                other
                for other in depends.replace("-", "_").split(",")
                if other and other not in self.builtin and other not in order
            ]
            waiting += needed
            if not needed:
                waiting.pop()
                if name not in order:
                    order.append(name)
        return order


class Archive:
    """An initial RAM disk: a cpio archive of format "newc"."""

    def __init__(self):
        self.content = bytearray()
        self.number = 0

    def add(self, name, mode, data=b""):
        self.number += 1
        text = name.encode() + b"\0"
        fields = (self.number, mode, 0, 0, 1, 0, len(data), 0, 0, 0, 0, len(text), 0)
        self.content += b"070701" + b"".join(b"%08x" % field for field in fields) + text
        self._pad()
        self.content += data
        self._pad()

    def _pad(self):
        self.content += bytes(-len(self.content) % 4)

    def folder(self, name):
        self.add(name, stat.S_IFDIR | 0o755)

    def file(self, name, data, mode=0o644):
        self.add(name, stat.S_IFREG | mode, data)

    def finish(self):
        self.add("TRAILER!!!", 0)
        return bytes(self.content)


def _contents(path):
    with open(path, "rb") as file:
        return file.read()


def _initrd(modules, busybox):
    archive = Archive()
    for name in ("bin", "dev", "proc", "sys", "etc", "var", "modules"):
        archive.folder(name)
    archive.file("bin/busybox", busybox, 0o755)
    archive.file("init", _contents(os.path.join(HERE, "init.sh")), 0o755)
    order = modules.closure(BOOT_MODULES)
    archive.file("modules/order", "".join(f"{name}\n" for name in order).encode())
    for name in modules.closure(BOOT_MODULES + SPARE_MODULES):
        archive.file(f"modules/{name}.ko", modules.load(name))
    return archive.finish()


def _stamp(*paths):
    """What the image is made from."""
    digest = hashlib.sha256()
    for path in paths:
        digest.update(_contents(path))
    return digest.hexdigest()


def build():
    """(kernel, initial RAM disk): builds them unless they are there already."""
    kernel = _package("linux-image-*.deb")
    shell = _package("busybox-static_*.deb")
    stamp = _stamp(kernel, shell, __file__, os.path.join(HERE, "init.sh"))
    made = os.path.join(IMAGE, stamp)
    if not os.path.isdir(made):
        shutil.rmtree(IMAGE, ignore_errors=True)
        folder = guard.folder("sanscsi-image")
        tree = _unpack(kernel, os.path.join(folder, "kernel"))
        busybox = _contents(
            _only(os.path.join(_unpack(shell, os.path.join(folder, "shell")), "**/bin/busybox"))
        )
        modules = Modules(_only(os.path.join(tree, "**/lib/modules/*")))
        part = made + ".part"
        os.makedirs(part)
        shutil.copy(_only(os.path.join(tree, "boot/vmlinuz-*")), os.path.join(part, "vmlinuz"))
        with open(os.path.join(part, "initrd"), "wb") as file:
            file.write(_initrd(modules, busybox))
        os.rename(part, made)
    return os.path.join(made, "vmlinuz"), os.path.join(made, "initrd")
