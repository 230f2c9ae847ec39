"""What the program does when the user, the peer or the network is wrong."""

import os
import socket
import struct
import sys
import unittest

sys.path.append(os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "rogue"))

import bodies
import guard
import program
import rogue
import scsi
import targets
import wire
from reply import ALL, bend
from target import Target

NAME = "iqn.2026-01.test.rogue:t"
GOOD = f"iscsi://127.0.0.1:3260/{NAME}/1"


class UsageTests(unittest.TestCase):
    """Exit 2, nothing on standard output, and the offending word in the message."""

    @classmethod
    def setUpClass(cls):
        cls.folder = guard.folder("sanscsi-usage")

    def refused(self, *arguments, word=""):
        with self.subTest(arguments=arguments):
            result = program.run(*arguments, seconds=20)
            self.assertEqual(result.code, 2, str(result))
            self.assertEqual(result.output, b"", str(result))
            self.assertIn(str(word).lower(), result.complaint.lower(), str(result))
            self.assertTrue(result.complaint.strip(), str(result))

    def test_commands(self):
        self.refused()
        self.refused("frobnicate", word="frobnicate")
        self.refused("capacity")
        self.refused("discover")
        self.refused("copy", GOOD)
        self.refused("capacity", GOOD, "surplus", word="surplus")
        self.refused("read", GOOD, word="lba")
        self.refused("read", GOOD, "--lba", 0, word="blocks")
        self.refused("write", GOOD, word="lba")
        self.refused("--no-such-option", "capacity", GOOD, word="no-such-option")

    def test_urls(self):
        host = "127.0.0.1"
        for url, word in (
            (f"http://{host}/{NAME}/1", "http"),
            (f"iscsi://{host}/{NAME}", "lun"),
            (f"iscsi://{host}", ""),
            ("iscsi://", ""),
            (f"iscsi:///{NAME}/1", ""),
            (f"iscsi://{host}/{NAME}/one", "one"),
            (f"iscsi://{host}/{NAME}/-1", "-1"),
            (f"iscsi://{host}/{NAME}/16384", "16384"),
            (f"iscsi://{host}/{NAME}/1/2", ""),
            (f"iscsi://{host}:0/{NAME}/1", "0"),
            (f"iscsi://{host}:65536/{NAME}/1", "65536"),
            (f"iscsi://{host}:port/{NAME}/1", "port"),
            (f"iscsi://[::1/{NAME}/1", "::1"),
            (f"iscsi://{host}/{NAME}%zz/1", "%zz"),
        ):
            self.refused("capacity", url, word=word)

    def test_names(self):
        for name in ("disk", "iqn.", "iqn.2026-13.test", "eui.123", "naa.xyz", "iqn.2026-01.t:a b"):
            self.refused("--initiator-name", name, "capacity", GOOD, word=name)
        self.refused("capacity", "iscsi://127.0.0.1/disk/1", word="disk")
        self.refused("capacity", "iscsi://127.0.0.1/iqn.2026-01.t:" + "x" * 300 + "/1", word="name")

    def test_portals(self):
        for portal in ("", ":3260", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:70000", "[::1", "h:x"):
            self.refused("discover", portal, word=portal)

    def test_options(self):
        for option, value in (
            ("--timeout", "soon"),
            ("--timeout", "-1"),
            ("--reconnect", "x"),
            ("--reconnect", "-1"),
            ("--max-sessions", "many"),
            ("--max-login-exchanges", "x"),
            ("--memory-limit", "1q"),
            ("--header-digest", "md5"),
            ("--data-digest", "crc32c,,none"),
            ("--set", "MaxBurstLength"),
            ("--set", "MaxBurstLength=511"),
            ("--set", "MaxBurstLength=16777216"),
            ("--set", "InitialR2T=Perhaps"),
            ("--set", "MaxOutstandingR2T=0"),
            ("--set", "NoSuchKey=1"),
            ("--chap-algorithms", "md4"),
            ("--chap-algorithms", "MD5"),
            ("--chap-algorithms", "md5,md5"),
            ("--chap-algorithms", "sha1,sha256,sha1"),
            ("--chap-algorithms", "md5,"),
            ("--chap-algorithms", ""),
            ("--chap-user", ""),
            ("--chap-user", "n" * 256),
            ("--target-chap-user", "n" * 256),
        ):
            self.refused(option, value, "capacity", GOOD, word=value)
        bursts = ("--set", "MaxBurstLength=4096", "--set", "FirstBurstLength=8192")
        self.refused(*bursts, "capacity", GOOD, word="FirstBurstLength=8192")
        self.refused("capacity", GOOD, "--timeout", word="timeout")

    def test_secrets(self):
        """Too short or too long to be one, twice, or in files that do not hold one."""
        for option in ("--chap-secret", "--target-chap-secret"):
            self.refused(option, "", "capacity", GOOD, word=option)
            self.refused(option, "s" * 256, "capacity", GOOD, word=option)
            self.refused("capacity", GOOD, option, word=option)
            kept = self.file("kept", b"twelve-bytes\n")
            both = (option, "twelve-bytes", option + "-file", kept)
            self.refused(*both, "capacity", GOOD, word=option + "-file")
            lost = os.path.join(self.folder, "no-folder", "secret")
            for path in (
                lost,
                self.folder,
                self.file("empty", b""),
                self.file("blank", b"\nsecond-line\n"),
                self.file("long", b"s" * 256 + b"\n"),
            ):
                self.refused(option + "-file", path, "capacity", GOOD, word=path)
            self.refused(option + "-file", "", "capacity", GOOD, word=option)
        self.refused("--target-chap-user", "them", "capacity", GOOD, word="--target-chap-user")

    def test_secrets_are_not_shown(self):
        """A mistake beside a secret, or in its spelling, does not bring it to light."""
        secret = "never-to-be-seen"
        for arguments in (
            ("--chap-secrt=" + secret, "capacity", GOOD),
            ("--chap-secret", secret * 20, "capacity", GOOD),
            ("--chap-secret=" + secret * 20, "capacity", GOOD),
            ("capacity", f"iscsi://me%{secret}@127.0.0.1/disk/1"),
            ("capacity", f"iscsi://me%{secret}%zz@127.0.0.1/{NAME}/1"),
            ("capacity", f"iscsi://me%{secret * 20}@127.0.0.1/{NAME}/1"),
            ("capacity", f"http://me%{secret}@127.0.0.1/{NAME}/1"),
            ("copy", f"http://me%{secret}@127.0.0.1/{NAME}/1", "file"),
            ("capacity", GOOD, f"iscsi://me%{secret}@127.0.0.1/{NAME}/1"),
            (f"iscsi://me%{secret}@127.0.0.1/{NAME}/1", "capacity"),
            ("discover", f"iscsi://me%{secret}@127.0.0.1/{NAME}/1"),
            ("scan", f"me%{secret}@127.0.0.1"),
        ):
            with self.subTest(arguments=arguments):
                result = program.run(*arguments, seconds=20)
                self.assertEqual(result.code, 2, str(result))
                self.assertNotIn(secret, result.complaint + result.text)

    def test_control_characters_are_escaped(self):
        """What a script passes on may come from a target."""
        for arguments in (
            ("\033[31mred",),
            ("discover", "host\033]0;title\007"),
            ("--chap-algorithms", "md5\r\n\033[2J", "capacity", GOOD),
            ("write", GOOD, "--lba", 0, "--input", "/\033[1m\u202efile"),
            ("explain", "36", "\033[31m=1"),
        ):
            with self.subTest(arguments=arguments):
                result = program.run(*arguments, seconds=20)
                self.assertEqual(result.code, 2, str(result))
                for character in ("\033", "\r", "\007", "\u202e"):
                    self.assertNotIn(character, result.complaint)
                self.assertIn("\\x1b", result.complaint)

    def file(self, name, data):
        path = os.path.join(self.folder, name)
        with open(path, "wb") as file:
            file.write(data)
        return path

    def test_arguments(self):
        self.refused("read", GOOD, "--lba", "x", "--blocks", 1, word="x")
        self.refused("read", GOOD, "--lba", -1, "--blocks", 1, word="-1")
        self.refused("read", GOOD, "--lba", 0, "--blocks", "1k", word="1k")
        self.refused("read", GOOD, "--lba", 2**64, "--blocks", 1, word=2**64)
        self.refused("inquiry", "--vpd", "0x100", GOOD, word="0x100")
        self.refused("inquiry", "--vpd", "page", GOOD, word="page")
        self.refused("ping", GOOD, "--count", "x", word="x")
        for option, value in (
            ("--mix", "101"),
            ("--mix", "-1"),
            ("--mix", "half"),
            ("--block", "0"),
            ("--block", "4q"),
            ("--block", "4G"),
            ("--depth", "0"),
            ("--depth", "32769"),
            ("--depth", "1.5"),
            ("--seconds", "0"),
            ("--seconds", "long"),
            ("--read", "surplus"),
        ):
            word = value if option == "--read" else f"{option} {value}"
            self.refused("bench", GOOD, option, value, word=word)
        self.refused("bench", word="bench")
        self.refused("bench", GOOD, "--lba", 0, word="--lba")
        self.refused("bench", GOOD, "--random=yes", word="--random")
        self.refused("bench", GOOD, "--read", "--write", word="--read and --write")
        self.refused("bench", GOOD, "--read", "--mix", 50, word="--read and --mix")
        self.refused("bench", GOOD, "--write", "--mix", 50, word="--write and --mix")
        self.refused("capacity", GOOD, "--depth", 1, word="--depth")
        self.refused("events", "9999", word="9999")
        self.refused("events", "login", word="login")
        self.refused("explain", word="")
        self.refused("explain", "9999", word="9999")
        self.refused("explain", "36", "nonsense=1", word="nonsense")
        self.refused("explain", "36", "status_class=x", word="status_class")

    def test_files(self):
        lost = os.path.join(self.folder, "no-folder", "file")
        self.refused("write", GOOD, "--lba", 0, "--input", lost, word=lost)
        self.refused("read", GOOD, "--lba", 0, "--blocks", 1, "--output", lost, word=lost)
        self.refused("copy", lost, GOOD, word=lost)
        self.refused("copy", GOOD, lost, word=lost)
        self.refused("--pcap", lost, "capacity", GOOD, word=lost)
        self.refused("--event-log", lost, "capacity", GOOD, word=lost)
        self.refused("write", GOOD, "--lba", 0, "--input", self.folder, word=self.folder)
        for endless in ("/dev/zero", "/dev/null", "/dev/stdin"):
            self.refused("copy", endless, GOOD, word=endless)


class CatalogueTests(unittest.TestCase):
    """The catalogue needs no target."""

    def test_events(self):
        result = program.run("events")
        self.assertEqual(result.code, 0, str(result))
        for number in range(1, 46):
            self.assertRegex(result.text, rf"(?m)\b{number}\b")
            one = program.run("events", number)
            self.assertEqual(one.code, 0, str(one))
            self.assertIn(str(number), one.text)

    def test_explain(self):
        arguments = ("status_class=2", "status_code=3", "target_address=127.0.0.1:3260")
        result = program.run("explain", 36, *arguments)
        self.assertEqual(result.code, 0, str(result))
        self.assertIn("login-failed", result.text)
        self.assertIn("127.0.0.1:3260", result.text)
        other = program.run("explain", 36, "status_class=2", "status_code=1", arguments[2])
        self.assertEqual(other.code, 0, str(other))
        self.assertNotEqual(result.text, other.text, "the causes depend on the arguments")

    def test_every_event_as_json(self):
        """What `events` promises of an event is what a record of it holds."""
        catalogue = program.run("--json", "events").json()
        self.assertEqual([entry["event"] for entry in catalogue][:45], list(range(1, 46)))
        for entry in catalogue:
            with self.subTest(event=entry["event"]):
                self.check_event(entry)

    def check_event(self, entry):
        number = entry["event"]
        promised = program.run("--json", "events", number).json()
        values = {}
        for index, argument in enumerate(promised["args"]):
            text = f"\u00e4\x1b\"{index}"
            values[argument["name"]] = text if argument["type"] == "string" else index
        texts = [f"{name}={value}" for name, value in values.items()]
        record = program.run("--json", "explain", number, *texts).json()
        members = ["event", "name", "severity", "time", "session", "cid", "target", "portal"]
        self.assertEqual(list(record), members + ["args", "causes", "actions", "message"])
        for member in ("event", "name", "severity"):
            self.assertEqual(record[member], entry[member])
        self.assertEqual(record["args"], values)
        self.assertEqual(list(record["args"]), [argument["name"] for argument in promised["args"]])
        known = {cause["cause"]: cause["actions"] for cause in promised["causes"]}
        self.assertTrue(set(record["causes"]) <= set(known))
        if record["causes"]:
            self.assertTrue(set(known[record["causes"][0]]) <= set(record["actions"]))
        self.assertNotIn("\x1b", record["message"])
        self.assertRegex(record["time"], r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")

    def test_help_and_version(self):
        for option in ("--help", "--version"):
            result = program.run(option)
            self.assertEqual(result.code, 0, str(result))
            self.assertTrue(result.text.strip())


class PeerTests(unittest.TestCase):
    """A peer that is absent, closes, stalls or talks nonsense during login."""

    @classmethod
    def setUpClass(cls):
        cls.folder = guard.folder("sanscsi-peer")

    def fails(self, portal, event, seconds, *options):
        """Exit 1 in time with this event in the log, for a login and for a discovery alike."""
        for command in (("capacity", f"iscsi://{portal}/{NAME}/1"), ("discover", portal)):
            with self.subTest(command=command[0]):
                log = os.path.join(self.folder, "events.log")
                if os.path.exists(log):
                    os.remove(log)
                always = ("--reconnect", 0, "--event-log", log)
                result = program.run(*always, *options, *command, seconds=60)
                self.assertEqual(result.code, 1, str(result))
                found = program.events(log)
                self.assertIn(event, [record["event"] for record in found], str(result))
                self.assertIn(str(event), result.complaint)
                self.assertLess(result.seconds, seconds)
        return next((record for record in found if record["event"] == event), None)

    def test_nobody_listens(self):
        self.fails(f"127.0.0.1:{guard.free_port()}", 101, 5)

    def test_host_without_address(self):
        record = self.fails("no-such-host.invalid", 29, 20)
        self.assertEqual(record["args"]["hostname"], "no-such-host.invalid")

    def test_closes(self):
        for kind in (rogue.ClosesAtOnce, rogue.ClosesInLogin, rogue.ClosesInsideResponse):
            with self.subTest(kind=kind.__name__), kind() as peer:
                self.fails(peer.portal, 35, 5)

    def test_stalls(self):
        for kind in (rogue.Stalls, rogue.StallsInsideResponse):
            with self.subTest(kind=kind.__name__), kind() as peer:
                self.fails(peer.portal, 102, 4, "--timeout", 1)

    def test_tries_again(self):
        with rogue.ClosesInLogin() as peer:
            url = f"iscsi://{peer.portal}/{NAME}/1"
            result = program.run("--reconnect", 2, "capacity", url, seconds=60)
            self.assertEqual(result.code, 1, str(result))
            self.assertEqual(peer.accepted, 3)

    def test_talks_something_else(self):
        web = b"HTTP/1.1 400 Bad Request\r\nServer: none\r\nContent-Length: 0\r\n\r\n" + b" " * 64
        for text in (web, b"\xff" * 256, bytes(256), bytes(range(256))):
            with self.subTest(text=text[:8]), rogue.TalksSomethingElse(text) as peer:
                self.fails(peer.portal, 37, 5, "--timeout", 2)

    def test_answers_wrongly(self):
        for changes in (
            {"tag": b"\xde\xad\xbe\xef"},
            {"opcode": 0x21},
            {"opcode": 0x25},
            {"version": 9},
        ):
            with self.subTest(**changes), rogue.AnswersWrongly(**changes) as peer:
                self.fails(peer.portal, 37, 5, "--timeout", 2)


class ClaimTests(unittest.TestCase):
    """What a logical unit claims of itself cannot be, or is not fit to be shown."""

    def claims(self, *bends):
        target = Target(list(bends)).listen()
        self.addCleanup(target.finish)
        return f"iscsi://{target.portal()}/{target.options['target_name']}/0"

    def test_more_than_2_64_bytes(self):
        """2^64 - 1 blocks of 512 bytes (SBC-3 5.15, 5.16)."""
        url = self.claims(
            bend("read-capacity-10", ALL, data=struct.pack(">II", 0xFFFFFFFF, 512)),
            bend("read-capacity-16", ALL, data=struct.pack(">QI20x", 2**64 - 2, 512)),
        )
        for command in (("capacity",), ("scan",), ("--json", "scan"), ("--json", "capacity")):
            with self.subTest(command=command):
                result = program.run(*command, url)
                self.assertEqual(result.code, 1, str(result))
                self.assertIn("claims more than 2^64 bytes", result.complaint)
                self.assertNotIn(str(2**64 - 1), result.text)
                self.assertNotIn(str((2**64 - 1) * 512 % 2**64), result.text)
        (entry,) = program.run("--json", "scan", url).json()["targets"]
        self.assertIs(entry["complete"], False)
        self.assertEqual([set(unit) & {"blocks", "bytes"} for unit in entry["luns"]], [set()])

    def test_control_characters(self):
        """Vendor, product and revision of INQUIRY data that would paint on the terminal."""
        text = b"\x1b[31mVEN" + b"\x1b]0;PRODUCT\x07\xc2\x9b\r\n" + b"\x08\x7f1\x1b"
        data = scsi.INQUIRY[:8] + text + scsi.INQUIRY[36:]
        url = self.claims(bend("inquiry", ALL, data=data))
        for command in (("scan",), ("inquiry",), ("--json", "scan"), ("--json", "inquiry")):
            with self.subTest(command=command):
                result = program.run(*command, url)
                self.assertEqual(result.code, 0, str(result))
                for byte in b"\x1b\x07\r\x08\x7f\x9b":
                    self.assertNotIn(byte, result.output)
                self.assertIn("VEN", result.text)
                self.assertIn("PRODUCT", result.text)


class Deaf:
    """A port whose queue of connections is full: it answers nothing, not even with a refusal."""

    def __init__(self, host, port=0):
        family = socket.AF_INET6 if ":" in host else socket.AF_INET
        self.listener = socket.socket(family)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self.listener.bind((host, port))
        self.listener.listen(0)
        self.port = self.listener.getsockname()[1]
        self.waiting = []
        for _ in range(4):
            client = socket.socket(family)
            client.setblocking(False)
            client.connect_ex((host, self.port))
            self.waiting.append(client)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        for one in (*self.waiting, self.listener):
            one.close()


class ConnectTests(bodies.Base, unittest.TestCase):
    """Names, addresses and ways that lead nowhere."""

    make = targets.Tgt

    def events_of(self, url, *options):
        result, told = self.logged(*options, "capacity", url)
        return result, [(number, arguments) for number, arguments, _ in told]

    def at(self, portal):
        return self.target.url(self.target.small, portal=portal)

    def test_no_route(self):
        # No TCP connection leads to a group of hosts, whatever the routes of this machine.
        result, told = self.events_of(self.at("224.0.0.1:3260"), "--reconnect", 0)
        self.assertEqual(told, [(30, {"address": "224.0.0.1:3260"})], str(result))
        self.assertEqual(result.code, 1)

    def test_name_without_address(self):
        result, told = self.events_of(self.at("no-such-host.invalid"), "--reconnect", 0)
        self.assertEqual(told, [(29, {"hostname": "no-such-host.invalid"})], str(result))
        self.assertEqual(result.code, 1)

    def test_no_answer(self):
        with Deaf("127.0.0.1") as deaf:
            url = self.at(f"127.0.0.1:{deaf.port}")
            result, told = self.events_of(url, "--reconnect", 0, "--timeout", 1)
        self.assertEqual([number for number, _ in told], [101], str(result))
        self.assertEqual(result.code, 1)
        self.assertLess(result.seconds, 4)

    def test_second_address_of_a_name(self):
        """The target listens at the second address alone: the first refuses, or does not answer."""
        hosts = self.file("hosts", b"::1 two-addresses.test\n127.0.0.1 two-addresses.test\n")
        url = self.at(f"two-addresses.test:{self.target.port}")
        self.does([], "--reconnect", 0, "capacity", url, hosts=hosts)
        with Deaf("::1", self.target.port):
            options = ("--reconnect", 0, "--timeout", 4)
            result = self.does([], *options, "capacity", url, hosts=hosts)
        self.assertGreater(result.seconds, 1.5, "the first address had its part of the time")
        self.assertLess(result.seconds, 4)


class VanishingTests(unittest.TestCase):
    """A real session that is cut, stalls or is interrupted on the way."""

    @classmethod
    def setUpClass(cls):
        cls.folder = guard.folder("sanscsi-vanish")
        cls.target = targets.Tgt().start()

    @classmethod
    def tearDownClass(cls):
        cls.target.stop()

    def copy_from(self, relay, *options):
        """A copy through the relay; `options` come first, the log and the output are given back."""
        log = os.path.join(self.folder, f"{self.id()}.log")
        output = os.path.join(self.folder, f"{self.id()}.out")
        url = self.target.url(2, portal=relay.portal)
        result = program.run("--event-log", log, *options, "copy", url, output, seconds=60)
        return result, [record["event"] for record in program.events(log)], output

    def no_partial_file(self, output):
        self.assertFalse(os.path.exists(output), "a partial file is passed off as whole")

    def test_vanishes(self):
        for cut_after in (2000, 3 * targets.MIB + 17):
            with self.subTest(cut_after=cut_after):
                with rogue.Relay(self.target.port, cut_after=cut_after) as relay:
                    result, events, output = self.copy_from(relay, "--reconnect", 0)
                self.assertEqual(result.code, 1, str(result))
                self.assertIn(103, events, str(result))
                self.assertLess(result.seconds, 10)
                self.no_partial_file(output)

    def test_stalls(self):
        with rogue.Relay(self.target.port, cut_after=3 * targets.MIB, cut="stall") as relay:
            result, events, output = self.copy_from(relay, "--reconnect", 0, "--timeout", 1)
        self.assertEqual(result.code, 1, str(result))
        self.assertIn(107, events, str(result))
        self.assertLess(result.seconds, 10)
        self.no_partial_file(output)

    def test_lost_session_is_tried_again(self):
        data = os.urandom(64 * targets.MIB)
        self.target.fill(2, 0, data)
        with rogue.Relay(self.target.port, cut_after=5 * targets.MIB + 3, cuts=2) as relay:
            result, events, output = self.copy_from(relay, "--reconnect", 3)
            self.assertEqual(relay.accepted, 3, str(result))
        self.assertEqual(result.code, 0, str(result))
        self.assertEqual(events.count(103), 2)
        self.assertEqual(program.digest(program.contents(output)), program.digest(data))

    def test_older_output_survives_a_failure(self):
        with rogue.Relay(self.target.port, cut_after=3 * targets.MIB) as relay:
            output = os.path.join(self.folder, f"{self.id()}.out")
            with open(output, "wb") as file:
                file.write(b"what was there before")
            result, _, output = self.copy_from(relay, "--reconnect", 0)
        self.assertEqual(result.code, 1, str(result))
        self.assertEqual(program.contents(output), b"what was there before")

    def test_flipped_bit_with_digests(self):
        with Flipping(self.target.port) as relay:
            digests = ("--header-digest", "crc32c", "--data-digest", "crc32c")
            result, events, output = self.copy_from(relay, *digests, "--reconnect", 0)
        self.assertEqual(result.code, 1, str(result))
        self.assertTrue({38, 39} & set(events), str(result))
        self.no_partial_file(output)

    def test_interrupt_logs_out(self):
        capture = os.path.join(self.folder, "interrupt.pcap")
        output = os.path.join(self.folder, "interrupt.out")
        with rogue.Relay(self.target.port, rate=48 * targets.MIB) as relay:
            url = self.target.url(1, portal=relay.portal)
            running = program.Running(*bodies.NO_DIGESTS, "--pcap", capture, "copy", url, output)
            guard.wait_for("the copy to be under way", lambda: relay.passed > 8 * targets.MIB)
            result = running.interrupt()
            port = relay.port
        self.assertEqual(result.code, 1, str(result))
        self.assertLess(result.seconds, program.SECOND)
        self.no_partial_file(output)
        sent = [
            wire.pdus(stream)
            for (_, outbound), stream in wire.streams(capture, port).items()
            if outbound
        ]
        self.assertEqual(len(sent), 1)
        self.assertEqual(sent[0][-1].opcode, wire.LOGOUT_REQUEST)

    def test_interrupt_during_login(self):
        with rogue.Stalls() as peer:
            running = program.Running("capacity", f"iscsi://{peer.portal}/{NAME}/1")
            guard.wait_for("the connection", lambda: peer.accepted == 1)
            result = running.interrupt()
        self.assertEqual(result.code, 1, str(result))
        self.assertLess(result.seconds, program.SECOND)


class Flipping(rogue.Relay):
    """Turns one bit around, far behind the login, deep inside the data."""

    def _down(self, server, client, limit):
        passed = 0
        where = 4 * targets.MIB + 1001
        while data := server.recv(65536):
            if passed <= where < passed + len(data):
                spoiled = bytearray(data)
                spoiled[where - passed] ^= 0x10
                data = bytes(spoiled)
            passed += len(data)
            client.sendall(data)


if __name__ == "__main__":
    unittest.main(verbosity=2)
