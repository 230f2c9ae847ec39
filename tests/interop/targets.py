"""Private iSCSI targets on loopback: Debian's tgt and istgt, with disks in sparse files."""

import os
import subprocess

import guard

MIB = 1 << 20


def sparse(path, size):
    """A file of `size` bytes of which none is stored yet."""
    with open(path, "wb") as file:
        file.truncate(size)
    return path


class Target:
    """What both kinds have in common: a portal, target names and backing files by LUN."""

    kind = ""
    target = ""  # the target with wide settings
    narrow = ""  # the target for unsolicited data: small segments if that can be set per target
    names = ()
    luns = {}  # LUN: (size in bytes, backing file), disks only
    lun_list = ()  # every LUN the target reports
    disk = 0  # the LUN the tests write
    small = 0  # a LUN of 64 MiB
    vendor = ""
    patience = 5.0  # seconds that it may take to end when asked
    segments = ()  # MaxRecvDataSegmentLengths that it can be made to declare

    def __init__(self, segment=262144):
        """segment: the MaxRecvDataSegmentLength that `target` declares."""
        self.segment = segment
        self.folder = guard.folder("sanscsi-" + self.kind)
        self.port = guard.free_port()
        self.process = None

    @property
    def portal(self):
        return f"127.0.0.1:{self.port}"

    def url(self, lun, target=None, portal=None):
        return f"iscsi://{portal or self.portal}/{target or self.target}/{lun}"

    def backing(self, lun, offset=0, size=None):
        """What the target stored, read from its file without its help."""
        with open(self.luns[lun][1], "rb") as file:
            file.seek(offset)
            return file.read(size)

    def fill(self, lun, offset, data):
        """Puts `data` into the backing file behind the target's back."""
        with open(self.luns[lun][1], "r+b") as file:
            file.seek(offset)
            file.write(data)

    def stop(self):
        if self.process is not None:
            guard.stop(self.process, self.patience)
            self.process = None

    def log(self):
        with open(os.path.join(self.folder, "log"), errors="replace") as file:
            return file.read()


class Tgt(Target):
    """tgtd with its own control socket. LUN 0 is its controller, LUN 1 256 MiB, LUN 2 64 MiB."""

    kind = "tgt"
    target = "iqn.2026-01.test.tgt:wide"
    narrow = "iqn.2026-01.test.tgt:narrow"
    names = (target, narrow)
    lun_list = (0, 1, 2)
    disk = 1
    small = 2
    vendor = "IET"
    refusal = r"check condition|illegal request"  # of a page that it does not have
    segments = (512, 8192, 262144)
    serial = "SN0001"
    patience = 0.2  # tgtd ends on SIGTERM only when it has no targets
    wide_settings = (
        "MaxRecvDataSegmentLength={segment}",
        "InitialR2T=No",
        "ImmediateData=Yes",
        "MaxOutstandingR2T=8",
        "FirstBurstLength=262144",
        "MaxBurstLength=1048576",
        "HeaderDigest=None,CRC32C",
        "DataDigest=None,CRC32C",
    )
    narrow_settings = (
        "MaxRecvDataSegmentLength=8192",
        "InitialR2T=No",
        "ImmediateData=Yes",
        "MaxOutstandingR2T=8",
        "FirstBurstLength=65536",
        "MaxBurstLength=262144",
        "HeaderDigest=None,CRC32C",
        "DataDigest=None,CRC32C",
    )

    def __init__(self, segment=262144):
        super().__init__(segment)
        self.control = str(os.getpid() % 30000 + 1)  # the socket is private, so twice is no clash
        self.environment = dict(os.environ, TGT_IPC_SOCKET=os.path.join(self.folder, "ipc"))
        self.luns = {
            1: (256 * MIB, sparse(os.path.join(self.folder, "lun1.img"), 256 * MIB)),
            2: (64 * MIB, sparse(os.path.join(self.folder, "lun2.img"), 64 * MIB)),
        }

    def start(self):
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.process = guard.start(
                [guard.need("tgtd"), "-f", "-C", self.control, "--iscsi", f"portal={self.portal}"],
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        guard.wait_for("tgtd", lambda: self._admin("target", "show").returncode == 0)
        for tid, name, settings in (
            (1, self.target, self.wide_settings),
            (2, self.narrow, self.narrow_settings),
        ):
            self._new_target(tid, name, settings)
        guard.wait_for("tgtd to accept", lambda: guard.accepts(self.port))
        return self

    def _new_target(self, tid, name, settings):
        tid = ("--tid", str(tid))
        self._must("target", "new", *tid, "--targetname", name)
        for setting in settings:
            key, value = setting.format(segment=self.segment).split("=", 1)
            self._must("target", "update", *tid, "--name", key, "--value", value)
        for lun, (_, path) in self.luns.items():
            unit = (*tid, "--lun", str(lun))
            self._must("logicalunit", "new", *unit, "--backing-store", path, "--bstype", "rdwr")
            self._must(
                "logicalunit", "update", *unit, "--params", f"scsi_sn={self.serial}{tid[1]}{lun}"
            )
        self._must("target", "bind", *tid, "--initiator-address", "ALL")

    def _admin(self, mode, operation, *arguments):
        return subprocess.run(
            [guard.need("tgtadm"), "-C", self.control, "--lld", "iscsi"]
            + ["--mode", mode, "--op", operation, *arguments],
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )

    def _must(self, mode, operation, *arguments):
        result = self._admin(mode, operation, *arguments)
        if result.returncode != 0:
            raise RuntimeError(f"tgtadm {mode} {operation} {arguments}: {result.stderr}")


ISTGT_HEAD = """[Global]
  NodeBase "iqn.2026-01.test.istgt"
  PidFile {folder}/istgt.pid
  AuthFile {folder}/auth.conf
  MediaDirectory {folder}
  LogFacility "local7"
  Timeout 30
  NopInInterval 20
  DiscoveryAuthMethod Auto
  MaxSessions 16
  MaxConnections 4
  MaxR2T 32
  MaxOutstandingR2T 8
  DefaultTime2Wait 2
  DefaultTime2Retain 60
  FirstBurstLength 262144
  MaxBurstLength 1048576
  MaxRecvDataSegmentLength {segment}
  InitialR2T Yes
  ImmediateData Yes
  DataPDUInOrder Yes
  DataSequenceInOrder Yes
  ErrorRecoveryLevel 0
[UnitControl]
  AuthMethod None
  Portal UC1 127.0.0.1:{control}
  Netmask 127.0.0.0/8
[PortalGroup1]
  Portal DA1 127.0.0.1:{port}
[InitiatorGroup1]
  InitiatorName "ALL"
  Netmask 127.0.0.0/8
"""

ISTGT_UNIT = """[LogicalUnit{number}]
  TargetName {name}
  Mapping PortalGroup1 InitiatorGroup1
  AuthMethod None
  AuthGroup None
  UseDigest Auto
  UnitType Disk
  UnitInquiry "SANTEST" "disk {name}" "0001" "SN0001{number}"
  QueueDepth 32
  LUN0 Storage {folder}/lun0.img 256MB
  LUN1 Storage {folder}/lun1.img 64MB
  LUN2 Storage {folder}/lun2.img 64MB
  {extra}
"""


class Istgt(Target):
    """istgt in the foreground. LUN 0 has 256 MiB, LUNs 1 and 2 have 64 MiB."""

    kind = "istgt"
    target = "iqn.2026-01.test.istgt:wide"
    narrow = target  # a length of its own for one target is ignored
    no_immediate = "iqn.2026-01.test.istgt:noimmediate"
    names = (target, no_immediate)
    lun_list = (0, 1, 2)
    disk = 0
    small = 1
    vendor = "SANTEST"
    # It ends a command for an unknown page with CHECK CONDITION and no sense data, for which RFC
    # 7143 7.7 demands that the connection is closed.
    refusal = r"sense-missing"
    segments = (8192, 262144)  # less than 8192 it takes for 8192
    serial = "SN0001"

    def __init__(self, segment=262144):
        super().__init__(segment)
        self.luns = {
            lun: (size, sparse(os.path.join(self.folder, f"lun{lun}.img"), size))
            for lun, size in ((0, 256 * MIB), (1, 64 * MIB), (2, 64 * MIB))
        }

    def start(self):
        configuration = self._configure()
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.process = guard.start(
                [guard.need("istgt"), "-D", "-m", "1", "-c", configuration],
                stdout=log,
                stderr=log,
            )
        guard.wait_for("istgt to accept", lambda: guard.accepts(self.port))
        return self

    def _configure(self):
        secrets = os.path.join(self.folder, "auth.conf")
        with open(secrets, "w") as file:
            file.write('[AuthGroup1]\n  Auth "nobody" "needs-no-secret"\n')
        os.chmod(secrets, 0o600)
        text = ISTGT_HEAD.format(
            folder=self.folder, port=self.port, control=guard.free_port(), segment=self.segment
        )
        for number, (name, extra) in enumerate(zip(self.names, ("", "ImmediateData No")), 1):
            text += ISTGT_UNIT.format(
                number=number, name=name.split(":")[1], folder=self.folder, extra=extra
            )
        path = os.path.join(self.folder, "istgt.conf")
        with open(path, "w") as file:
            file.write(text)
        return path
