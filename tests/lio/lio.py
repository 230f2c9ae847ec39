"""The Linux kernel's target in an emulated machine of its own, configured through configfs."""

import base64
import os
import shlex
import socket
import time

import guard
import image
import targets

MIB = targets.MIB
CONFIG = "/sys/kernel/config/target"
BOOT_SECONDS = 180  # an emulator on a busy machine; some seconds on an idle one


def put(path, value):
    """A command that sets an attribute; a secret would keep a newline, so there is none."""
    return f"printf %s {shlex.quote(str(value))} >{path} || refused {path}"


class Guest:
    """The emulator, and a root shell in the guest by a serial line."""

    def __init__(self, folder):
        self.folder = folder
        self.port = 0
        self.process = None
        self.line = None
        self.pending = b""

    def boot(self):
        """Starts the emulator; a forward's port that somebody else took is tried anew."""
        for attempt in range(3):
            self._start()
            try:
                self._connect()
                self._read_until(b"ready\n", BOOT_SECONDS)
                return
            except (OSError, RuntimeError):
                taken = "Could not set up host forwarding" in self.log()
                self.stop()
                if not taken or attempt == 2:
                    raise

    def _start(self):
        kernel, initrd = image.build()
        self.port = guard.free_port()
        forward = f"user,id=net,restrict=on,hostfwd=tcp:127.0.0.1:{self.port}-10.0.2.15:3260"
        command = [guard.need("qemu-system-x86_64"), "-nodefaults", "-no-reboot"]
        command += ["-display", "none", "-machine", "q35", "-cpu", "max", "-m", "384"]
        command += ["-accel", "tcg,thread=multi", "-kernel", kernel, "-initrd", initrd]
        command += ["-append", "console=ttyS0 panic=-1 quiet mitigations=off"]
        command += ["-netdev", forward, "-device", "virtio-net-pci,netdev=net,romfile="]
        command += ["-serial", "file:" + self._path("console")]
        command += ["-serial", f"unix:{self._path('line')},server=on,wait=on"]
        with open(self._path("log"), "wb") as log:
            self.process = guard.start(command, stdout=log, stderr=log)

    def _path(self, name):
        return os.path.join(self.folder, name)

    def _connect(self):
        self.line = socket.socket(socket.AF_UNIX)

        def connected():
            self._must_run()
            try:
                self.line.connect(self._path("line"))
            except (FileNotFoundError, ConnectionRefusedError):
                return False
            return True

        guard.wait_for("the emulator", connected)

    def _must_run(self):
        if self.process.poll() is not None:
            raise RuntimeError(f"the emulator ended: {self.log()[-2000:]}")

    def _read_until(self, end, seconds):
        """What the guest sent before `end`."""
        limit = time.monotonic() + seconds
        while end not in self.pending:
            self._must_run()
            if time.monotonic() > limit:
                raise RuntimeError(f"no {end!r} in {seconds} s: {self.pending!r} {self.log()}")
            self.line.settimeout(1)
            try:
                self.pending += self.line.recv(65536)
            except socket.timeout:
                pass
        text, _, self.pending = self.pending.partition(end)
        return text.decode("utf-8", "replace")

    def run(self, script, seconds=60):
        """Runs a script in the guest; returns what it prints, raises if it fails."""
        self.line.settimeout(seconds)
        self.line.sendall(base64.b64encode(script.encode()) + b"\n")
        text = self._read_until(b"--end ", seconds)
        code = self._read_until(b"\n", seconds)
        if code != "0":
            raise RuntimeError(f"exit {code} of {script}: {text}")
        return text

    def stop(self):
        if self.line is not None:
            self.line.close()
            self.line = None
        if self.process is not None:
            guard.stop(self.process)
            self.process = None
        self.pending = b""

    def log(self):
        text = ""
        for name in ("log", "console"):
            if os.path.exists(self._path(name)):
                with open(self._path(name), errors="replace") as file:
                    text += file.read()
        return text


class Lio(targets.Target):
    """LUN 0 is 16 MiB of memory pages, LUN 1 a file of 16 MiB, in the guest's memory too."""

    kind = "lio"
    target = "iqn.2026-01.test.lio:open"
    small = "iqn.2026-01.test.lio:small"  # segments of 8192 bytes, InitialR2T=No
    digests = "iqn.2026-01.test.lio:digests"  # takes nothing but digests
    closed = "iqn.2026-01.test.lio:closed"  # for one initiator only
    disabled = "iqn.2026-01.test.lio:disabled"
    names = (target, small, digests, closed)
    admitted = "iqn.2026-01.test:admitted"  # the one initiator
    lun_list = (0, 1)
    disk = 1
    vendor = "LIO-ORG"
    serial = "SN0001"
    refusal = r"check condition|illegal request"
    inside = "10.0.2.15:3260"  # the portal's address as the target knows it
    stored = "/disk1.img"

    def __init__(self):
        super().__init__()
        self.guest = Guest(self.folder)
        self.luns = {0: (16 * MIB, None), 1: (16 * MIB, self.stored)}

    @property
    def process(self):
        return self.guest.process

    @process.setter
    def process(self, value):
        # The base class knows no guest and starts without a process.
        assert value is None

    def start(self):
        self.guest.boot()
        self.port = self.guest.port
        self.configure(self._disks())
        self.add(self.target)
        # What it declares as MaxRecvDataSegmentLength is what it calls MaxXmitDataSegmentLength.
        small = {"MaxXmitDataSegmentLength": 8192}
        self.add(self.small, parameters={"InitialR2T": "No", **small})
        demanded = {"HeaderDigest": "CRC32C", "DataDigest": "CRC32C"}
        self.add(self.digests, parameters={**demanded, **small})
        self.add(self.closed, attributes={"generate_node_acls": 0}, admitted=self.admitted)
        self.add(self.disabled, enabled=False)
        guard.wait_for("the port forward", lambda: guard.accepts(self.port))
        return self

    def stop(self):
        self.guest.stop()

    def log(self):
        return self.guest.log()

    def configure(self, commands):
        """Runs commands of which none may fail."""
        refused = 'refused() { echo "refused: $1"; exit 1; }'
        return self.guest.run("\n".join(["set -eu", refused, *commands]))

    def _disks(self):
        yield f"truncate -s {self.luns[1][0]} {self.stored}"
        pages = self.luns[0][0] // 4096
        file = f"fd_dev_name={self.stored},fd_dev_size={self.luns[1][0]}"
        for lun, (store, control) in enumerate(
            (("rd_mcp_0", f"rd_pages={pages}"), ("fileio_0", file))
        ):
            path = f"{CONFIG}/core/{store}/disk{lun}"
            yield f"mkdir -p {path}"
            yield put(f"{path}/control", control)
            yield put(f"{path}/wwn/vpd_unit_serial", f"{self.serial}{lun}")
            yield put(f"{path}/enable", 1)

    def add(self, name, attributes=(), parameters=(), secrets=(), admitted=None, enabled=True):
        """Makes a target with both disks; each of the three dictionaries is a configfs folder."""
        path = f"{CONFIG}/iscsi/{name}/tpgt_1"
        commands = [f"mkdir -p {path}/np/0.0.0.0:3260"]
        for lun, store in enumerate(("rd_mcp_0", "fileio_0")):
            commands.append(f"mkdir -p {path}/lun/lun_{lun}")
            commands.append(f"ln -s {CONFIG}/core/{store}/disk{lun} {path}/lun/lun_{lun}/disk")
        defaults = {"authentication": 0, "generate_node_acls": 1, "demo_mode_write_protect": 0}
        for folder, values in (
            ("attrib", {**defaults, **dict(attributes)}),
            ("param", dict(parameters)),
            ("auth", dict(secrets)),
        ):
            commands += [put(f"{path}/{folder}/{key}", value) for key, value in values.items()]
        if admitted is not None:
            commands += self._admit(path, admitted)
        if enabled:
            commands.append(put(f"{path}/enable", 1))
        self.configure(commands)

    def _admit(self, path, initiator):
        for lun in self.lun_list:
            mapped = f"{path}/acls/{initiator}/lun_{lun}"
            yield f"mkdir -p {mapped}"
            yield f"ln -s {path}/lun/lun_{lun} {mapped}/disk"

    def scatter(self, offset, size):
        """Puts random bytes into the stored file of LUN 1; returns their SHA-256."""
        blocks = f"bs=4096 seek={offset // 4096} count={size // 4096}"
        self.guest.run(f"dd if=/dev/urandom of={self.stored} conv=notrunc {blocks} 2>/dev/null")
        return self.checksum(offset, size)

    def checksum(self, offset, size):
        """SHA-256 of a part of LUN 1, computed in the guest without the target's help."""
        blocks = f"bs=4096 skip={offset // 4096} count={size // 4096}"
        return self.guest.run(f"dd if={self.stored} {blocks} 2>/dev/null | sha256sum").split()[0]
