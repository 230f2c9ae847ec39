"""Private iSCSI targets on loopback: Debian's tgt and istgt, with disks in sparse files."""

import os
import socket
import subprocess

import guard

MIB = 1 << 20

# CHAP accounts, name and secret: what proves the initiator, and what proves the target.
USER = ("inuser", "insecret12345")
TARGET_USER = ("outuser", "outsecret12345")


def sparse(path, size):
    """A file of `size` bytes of which none is stored yet."""
    with open(path, "wb") as file:
        file.truncate(size)
    return path


def free_port(hosts):
    """A TCP port that nobody listens on now at any of these addresses."""
    for _ in range(100):
        port = guard.free_port()
        try:
            for host in hosts:
                with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as probe:
                    probe.bind((host.strip("[]"), port))
            return port
        except OSError:
            pass
    raise RuntimeError(f"no port is free at {hosts}")


class Target:
    """What both kinds have in common: a portal, target names and backing files by LUN."""

    kind = ""
    hosts = ("127.0.0.1",)  # where it listens, as portals write it; the first makes `portal`
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
    whims = ()  # events that it causes now and then, whatever it is asked

    def __init__(self, segment=262144):
        """segment: the MaxRecvDataSegmentLength that `target` declares."""
        self.segment = segment
        self.folder = guard.folder("sanscsi-" + self.kind)
        self.port = free_port(self.hosts)
        self.process = None

    @property
    def portal(self):
        return self.portal_at(self.hosts[0])

    def portal_at(self, host):
        return f"{host}:{self.port}"

    def accepts(self):
        """Whether it accepts connections at its first portal."""
        try:
            with socket.create_connection((self.hosts[0].strip("[]"), self.port), timeout=1):
                return True
        except OSError:
            return False

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
        self.tids = 0
        self.environment = dict(os.environ, TGT_IPC_SOCKET=os.path.join(self.folder, "ipc"))
        self.luns = {
            1: (256 * MIB, sparse(os.path.join(self.folder, "lun1.img"), 256 * MIB)),
            2: (64 * MIB, sparse(os.path.join(self.folder, "lun2.img"), 64 * MIB)),
        }

    def start(self):
        portals = ",".join(f"portal={self.portal_at(host)}" for host in self.hosts)
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.process = guard.start(
                [guard.need("tgtd"), "-f", "-C", self.control, "--iscsi", portals],
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        guard.wait_for("tgtd", lambda: self._admin("target", "show").returncode == 0)
        self.define()
        guard.wait_for("tgtd to accept", self.accepts)
        return self

    def define(self):
        """Makes the targets."""
        self.add(self.target, self.wide_settings)
        self.add(self.narrow, self.narrow_settings)

    def account(self, user, password):
        self._must("account", "new", "--user", user, "--password", password)

    def add(self, name, settings=(), incoming=None, outgoing=None):
        """Makes a target with all disks; the accounts demand CHAP of the initiator, or offer it."""
        self.tids += 1
        tid = ("--tid", str(self.tids))
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
        if incoming is not None:
            self._must("account", "bind", *tid, "--user", incoming)
        if outgoing is not None:
            self._must("account", "bind", *tid, "--user", outgoing, "--outgoing")
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


class TgtWithChap(Tgt):
    """Targets that demand CHAP of the initiator, one that proves itself too, and an open one."""

    chap = "iqn.2026-01.test.tgt:chap"
    mutual = "iqn.2026-01.test.tgt:mutual"
    names = (Tgt.target, chap, mutual)

    def define(self):
        self.account(*USER)
        self.account(*TARGET_USER)
        self.add(self.target, self.wide_settings)
        self.add(self.chap, self.wide_settings, incoming=USER[0])
        self.add(self.mutual, self.wide_settings, incoming=USER[0], outgoing=TARGET_USER[0])


class TgtWithDiscoveryChap(TgtWithChap):
    """Demands CHAP of whoever asks for its targets, and proves itself if that is wanted."""

    def define(self):
        super().define()
        self._must("account", "bind", "--user", USER[0])
        self._must("account", "bind", "--user", TARGET_USER[0], "--outgoing")


class TgtOnIpv6(Tgt):
    """Listens at the loopback address of IPv6 alone."""

    hosts = ("[::1]",)


class TgtBehindRedirection(Tgt):
    """Serves the targets that TgtWithRedirection sends elsewhere. tgt does not send a client to the
    address it comes from, whatever the port, hence 127.0.0.2."""

    hosts = ("127.0.0.2", "[::1]")
    temporary = "iqn.2026-01.test.tgt:temporary"
    permanent = "iqn.2026-01.test.tgt:permanent"
    to_ipv6 = "iqn.2026-01.test.tgt:to-ipv6"
    misspelt = "iqn.2026-01.test.tgt:misspelt"  # the address lacks the brackets of 13.8
    with_chap = "iqn.2026-01.test.tgt:redirected-chap"
    names = (temporary, permanent, to_ipv6, misspelt, with_chap)

    def define(self):
        self.account(*USER)
        for name in (self.temporary, self.permanent, self.to_ipv6, self.misspelt):
            self.add(name, self.wide_settings)
        self.add(self.with_chap, self.wide_settings, incoming=USER[0])


class TgtWithRedirection(Tgt):
    """Sends logins to `other`, a second tgtd, or in a circle."""

    hosts = ("127.0.0.1", "127.0.0.2")
    loop = "iqn.2026-01.test.tgt:loop"
    nowhere = "iqn.2026-01.test.tgt:nowhere"

    def __init__(self):
        super().__init__()
        self.other = TgtBehindRedirection()
        self.dead_port = free_port(("127.0.0.2",))

    def start(self):
        self.other.start()
        return super().start()

    def stop(self):
        super().stop()
        self.other.stop()

    def define(self):
        self.account(*USER)
        other = self.other
        self.redirect(other.temporary, "127.0.0.2", other.port, "Temporary")
        self.redirect(other.permanent, "127.0.0.2", other.port, "Permanent")
        self.redirect(other.to_ipv6, "[::1]", other.port, "Temporary")
        self.redirect(other.misspelt, "::1", other.port, "Temporary")
        self.redirect(other.with_chap, "127.0.0.2", other.port, "Temporary", incoming=USER[0])
        self.redirect(self.loop, "127.0.0.2", self.port, "Temporary")
        self.redirect(self.nowhere, "127.0.0.2", self.dead_port, "Temporary")

    def redirect(self, name, host, port, reason, **accounts):
        settings = (f"RedirectAddress={host}", f"RedirectPort={port}", f"RedirectReason={reason}")
        self.add(name, settings, **accounts)


ISTGT_HEAD = """[Global]
  NodeBase "iqn.2026-01.test.istgt"
  PidFile {folder}/istgt.pid
  AuthFile {folder}/auth.conf
  MediaDirectory {folder}
  LogFacility "local7"
  Timeout 30
  NopInInterval 20
  {discovery}
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
  Portal DA1 {portal}
[InitiatorGroup1]
  InitiatorName "ALL"
  Netmask 127.0.0.0/8
  Netmask [::1]/128
"""

ISTGT_UNIT = """[LogicalUnit{number}]
  TargetName {name}
  Mapping PortalGroup1 InitiatorGroup1
  AuthMethod {method}
  AuthGroup {group}
  UseDigest Auto
  UnitType Disk
  UnitInquiry "SANTEST" "disk {name}" "0001" "SN0001{number}"
  QueueDepth 32
  LUN0 Storage {folder}/lun0.img 256MB
  LUN1 Storage {folder}/lun1.img 64MB
  LUN2 Storage {folder}/lun2.img 64MB
  {extra}
"""


ISTGT_SECRETS = """[AuthGroup1]
  Auth "{user[0]}" "{user[1]}"
[AuthGroup2]
  Auth "{user[0]}" "{user[1]}" "{target[0]}" "{target[1]}"
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
    whims = (111,)  # it may close before its answer to a logout is out
    discovery = "DiscoveryAuthMethod Auto"

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
        guard.wait_for("istgt to accept", self.accepts)
        return self

    def units(self):
        """Name, AuthMethod, AuthGroup and one more line of each target."""
        return (
            (self.target, "None", "None", ""),
            (self.no_immediate, "None", "None", "ImmediateData No"),
        )

    def _configure(self):
        secrets = os.path.join(self.folder, "auth.conf")
        with open(secrets, "w") as file:
            file.write(ISTGT_SECRETS.format(user=USER, target=TARGET_USER))
        os.chmod(secrets, 0o600)
        text = ISTGT_HEAD.format(
            folder=self.folder,
            portal=self.portal,
            control=guard.free_port(),
            segment=self.segment,
            discovery=self.discovery,
        )
        for number, (name, method, group, extra) in enumerate(self.units(), 1):
            text += ISTGT_UNIT.format(
                number=number,
                name=name.split(":")[1],
                folder=self.folder,
                method=method,
                group=group,
                extra=extra,
            )
        path = os.path.join(self.folder, "istgt.conf")
        with open(path, "w") as file:
            file.write(text)
        return path


class IstgtWithChap(Istgt):
    """Targets that demand CHAP of the initiator, one that proves itself too, and an open one."""

    chap = "iqn.2026-01.test.istgt:chap"
    mutual = "iqn.2026-01.test.istgt:mutual"
    names = (Istgt.target, chap, mutual)

    def units(self):
        return (
            (self.target, "None", "None", ""),
            (self.chap, "CHAP", "AuthGroup1", ""),
            (self.mutual, "CHAP Mutual", "AuthGroup2", ""),
        )


class IstgtWithDiscoveryChap(IstgtWithChap):
    """Demands CHAP of whoever asks for its targets."""

    discovery = "DiscoveryAuthMethod CHAP\n  DiscoveryAuthGroup AuthGroup1"


class IstgtOnIpv6(Istgt):
    """Listens at the loopback address of IPv6 alone."""

    hosts = ("[::1]",)
