"""CHAP between the program and real targets: who proves what, and what is told when it fails."""

import os
import unittest

import bodies
import guard
import program
import rogue
import targets
import wire

USER, SECRET = targets.USER
TARGET_USER, TARGET_SECRET = targets.TARGET_USER
OTHER_SECRET = "something-else-1"
OWN = ("--chap-user", USER, "--chap-secret", SECRET)
THEIRS = ("--target-chap-user", TARGET_USER, "--target-chap-secret", TARGET_SECRET)
SECRETS = (SECRET, TARGET_SECRET, OTHER_SECRET)

MISSING = (34, {}, ["1"])
TOO_SHORT = (113, {"reason": 1}, ["1"])
SHARED = (113, {"reason": 2}, ["2"])


def refused(portal):
    """The target refuses the login: initiator error, authentication failure (11.13.5)."""
    return (36, {"status_class": 2, "status_code": 1, "target_address": portal}, ["2"])


class Chap(bodies.Base):
    """One way, mutual, discovery, and all that can be wrong with names and secrets."""

    def logged(self, *arguments, **options):
        """No run may show a secret, whatever becomes of it."""
        result, told = super().logged(*arguments, **options)
        for secret in SECRETS:
            self.assertNotIn(secret, result.complaint + result.text)
            self.assertNotIn(secret, str(told))
        return result, told

    def capacity(self, name):
        return ("--json", "capacity", self.target.url(self.target.small, name))

    def works(self, events, name, *options, **more):
        result = self.does(events, *options, *self.capacity(name), **more)
        self.assertEqual(result.json()["bytes"], 64 * targets.MIB)

    def login_keys(self, name, *options):
        """The login's keys of a run that works: ours and the target's."""
        capture = self.file("chap.pcap")
        self.works([], name, "--pcap", capture, *options)
        session = self.session(capture)
        return wire.keys(session.sent), wire.keys(session.received)

    def test_one_way(self):
        sent, received = self.login_keys(self.target.chap, *OWN)
        self.assertEqual(sent["AuthMethod"], "CHAP")
        self.assertEqual(sent["CHAP_A"], "5")
        self.assertEqual(sent["CHAP_N"], USER)
        self.assertNotIn("CHAP_C", sent)
        self.assertNotIn("CHAP_R", received)

    def test_mutual(self):
        sent, received = self.login_keys(self.target.mutual, *OWN, *THEIRS)
        self.assertIn("CHAP_C", sent)
        self.assertEqual(received["CHAP_N"], TARGET_USER)
        self.assertIn("CHAP_R", received)

    def test_mutual_with_any_name(self):
        self.works([], self.target.mutual, *OWN, *THEIRS[2:])

    def test_each_challenge_is_new(self):
        runs = [self.login_keys(self.target.mutual, *OWN, *THEIRS)[0] for _ in range(3)]
        self.assertEqual(len({sent["CHAP_C"] for sent in runs}), 3)

    def test_whole_disk_behind_mutual_chap(self):
        data = os.urandom(4 * targets.MIB)
        self.target.fill(self.target.small, 0, data)
        output = self.file("read.out")
        url = self.target.url(self.target.small, self.target.mutual)
        blocks = ("--lba", 0, "--blocks", len(data) // 512, "--output", output)
        self.does([], *OWN, *THEIRS, "read", url, *blocks)
        self.same(program.contents(output), data)

    def test_wrong_secret(self):
        wrong = ("--chap-user", USER, "--chap-secret", OTHER_SECRET)
        for name in (self.target.chap, self.target.mutual):
            with self.subTest(name=name):
                self.fails([refused(self.target.portal)], *wrong, *self.capacity(name))

    def test_wrong_name(self):
        wrong = ("--chap-user", "nobody", "--chap-secret", SECRET)
        self.fails([refused(self.target.portal)], *wrong, *self.capacity(self.target.chap))

    def test_the_initiators_name_is_the_default(self):
        own = ("--chap-secret", SECRET, "--initiator-name", "iqn.2026-01.test:me")
        capture = self.file("chap.pcap")
        login = ("--pcap", capture, *own, *self.capacity(self.target.chap))
        self.fails([refused(self.target.portal)], *login)
        self.assertEqual(wire.keys(self.session(capture).sent)["CHAP_N"], "iqn.2026-01.test:me")

    def test_wrong_target_secret(self):
        wrong = ("--target-chap-user", TARGET_USER, "--target-chap-secret", OTHER_SECRET)
        capture = self.file("chap.pcap")
        login = (*OWN, *wrong, *self.capacity(self.target.mutual))
        result, told = self.logged("--pcap", capture, *login)
        self.assertEqual(result.code, 1, str(result))
        proof = wire.keys(self.session(capture).received)["CHAP_R"]
        self.assertEqual([(number, causes) for number, _, causes in told], [(26, ["3"])])
        ((_, arguments, _),) = told
        self.assertEqual(list(arguments), ["value"])
        self.assertGreater(len(arguments["value"]), 8)
        self.assertTrue(proof.startswith(arguments["value"]), (proof, arguments))

    def test_wrong_target_name(self):
        wrong = ("--target-chap-user", "somebody", "--target-chap-secret", TARGET_SECRET)
        mismatch = (117, {"name": TARGET_USER, "expected": "somebody"}, ["1"])
        self.fails([mismatch], *OWN, *wrong, *self.capacity(self.target.mutual))

    def test_target_that_does_not_prove_itself(self):
        self.fails(
            [self.unproven()], "--reconnect", 0, *OWN, *THEIRS, *self.capacity(self.target.chap)
        )

    def test_user_without_secret(self):
        self.fails([MISSING], "--chap-user", USER, *self.capacity(self.target.chap))

    def test_without_chap_where_it_is_demanded(self):
        self.fails([self.unoffered()], "--reconnect", 0, *self.capacity(self.target.chap))

    def test_secrets_that_would_not_protect(self):
        """They are refused before anything goes over the wire, so no target is needed."""
        url = f"iscsi://127.0.0.1:{guard.free_port()}/{self.target.chap}/1"
        eleven, twelve = "elevenbytes", "twelve-bytes"
        mine, theirs = "--chap-secret", "--target-chap-secret"
        for events, options in (
            ([TOO_SHORT], (mine, eleven)),
            ([TOO_SHORT], (mine, twelve, theirs, eleven)),
            ([SHARED], (mine, twelve, theirs, twelve)),
        ):
            with self.subTest(options=options):
                result = self.fails(events, *options, "capacity", url)
                self.assertNotIn(eleven, result.complaint)
                self.assertNotIn(twelve, result.complaint)
                (record,) = program.events(os.path.join(self.folder, "events.log"))
                self.assertEqual(record["target"], self.target.chap)
                self.assertEqual(record["portal"], url.split("/")[2])

    def test_secret_from_a_file(self):
        for content in (SECRET, f"{SECRET}\n", f"{SECRET}\r\n", f"{SECRET}\nsecond line\n"):
            with self.subTest(content=content):
                own = self.file("own.secret", content.encode())
                theirs = self.file("their.secret", TARGET_SECRET.encode() + b"\n")
                options = ("--chap-user", USER, "--chap-secret-file", own)
                options += ("--target-chap-user", TARGET_USER, "--target-chap-secret-file", theirs)
                self.works([], self.target.mutual, *options)

    def test_secret_from_the_environment(self):
        variables = {
            "LIBISCSI_CHAP_USERNAME": USER,
            "LIBISCSI_CHAP_PASSWORD": SECRET,
            "LIBISCSI_CHAP_TARGET_USERNAME": TARGET_USER,
            "LIBISCSI_CHAP_TARGET_PASSWORD": TARGET_SECRET,
        }
        self.works([], self.target.mutual, variables=variables)
        variables["LIBISCSI_CHAP_TARGET_USERNAME"] = "somebody"
        mismatch = (117, {"name": TARGET_USER, "expected": "somebody"}, ["1"])
        self.fails([mismatch], *self.capacity(self.target.mutual), variables=variables)

    def with_login(self, login):
        """The URL with USER[%SECRET] in it."""
        return self.target.url(self.target.small, self.target.chap).replace("//", f"//{login}@")

    def test_secret_from_the_url(self):
        escaped = "".join(f"%{ord(letter):02x}" for letter in SECRET)
        for login in (f"{USER}%{SECRET}", f"{USER}%{escaped}"):
            with self.subTest(login=login):
                self.does([], "capacity", self.with_login(login))
                self.does([], "scan", self.with_login(login))
        self.fails([MISSING], "capacity", self.with_login(USER))

    def test_what_goes_before_what(self):
        right = {"LIBISCSI_CHAP_USERNAME": USER, "LIBISCSI_CHAP_PASSWORD": SECRET}
        wrong = {"LIBISCSI_CHAP_USERNAME": "nobody", "LIBISCSI_CHAP_PASSWORD": OTHER_SECRET}
        good, bad = self.with_login(f"{USER}%{SECRET}"), self.with_login(f"nobody%{OTHER_SECRET}")
        failure = [refused(self.target.portal)]
        self.does([], "capacity", good, variables=wrong)
        self.fails(failure, "capacity", bad, variables=right)
        self.does([], *OWN, "capacity", bad, variables=wrong)
        self.does([], "capacity", self.with_login(USER), variables=right)
        false = ("--chap-user", "nobody", "--chap-secret", OTHER_SECRET)
        self.fails(failure, *false, "capacity", good, variables=right)

    def test_discovery_without_chap(self):
        """A portal that tells its targets to anybody does so to one that could prove itself."""
        result = self.does([], *OWN, "discover", self.target.portal)
        for name in self.target.names:
            self.assertIn(name, result.text)
        failure = [refused(self.target.portal)]
        self.fails(failure, *OWN, *THEIRS, "discover", self.target.portal)

    def test_verbose_tells_what_was_agreed(self):
        options = ("--verbose", "--header-digest", "crc32c", "--set", "MaxBurstLength=65536")
        result = self.does([], *options, *OWN, *self.capacity(self.target.chap))
        for line in ("HeaderDigest: CRC32C", "MaxBurstLength: 65536", "ErrorRecoveryLevel: 0"):
            self.assertRegex(result.complaint, rf"(?m)^ *{line}$", str(result))
        self.assertRegex(result.complaint, r"(?m)^ *answered: HeaderDigest=CRC32C$", str(result))
        plain = self.does([], *OWN, *self.capacity(self.target.chap))
        self.assertNotRegex(plain.complaint, r"(?m)^ *answered:")

    def test_statistics_count_every_try(self):
        wrong = ("--chap-user", USER, "--chap-secret", OTHER_SECRET)
        result, told = self.logged("--stats", *wrong, *self.capacity(self.target.chap))
        self.assertEqual(told, [refused(self.target.portal)])
        counters = result.json()["counters"]
        self.assertEqual(counters["logins"], 1)
        self.assertEqual(counters["logins-succeeded"], 0)


class ChapInDiscovery(bodies.Base):
    """Portals that ask for CHAP before they tell their targets."""

    def test_discover(self):
        result = self.does([], *OWN, "discover", self.target.portal)
        for name in self.target.names:
            self.assertIn(name, result.text)

    def test_wrong_secret(self):
        wrong = ("--chap-user", USER, "--chap-secret", OTHER_SECRET)
        self.fails([refused(self.target.portal)], *wrong, "discover", self.target.portal)

    def test_user_without_secret(self):
        self.fails([MISSING], "--chap-user", USER, "discover", self.target.portal)


class TgtChap(Chap, unittest.TestCase):
    make = targets.TgtWithChap

    def unproven(self):
        return refused(self.target.portal)

    def unoffered(self):
        return refused(self.target.portal)

    def chosen(self, *options):
        """What the target chose of our list, in a login that works at once."""
        sent, received = self.login_keys(self.target.chap, *OWN, *options)
        return sent["CHAP_A"], received["CHAP_A"]

    def test_algorithms(self):
        # tgt takes 7 for SHA-1, whose number is 6 (RFC 7143 12.1.3), and knows no other but MD5.
        for names, numbers, choice in (
            ("md5", "5", "5"),
            ("md5,sha1", "5,6", "5"),
            ("md5,sha256,sha1,sha3-256", "5,7,6,8", "5"),
            ("sha1,md5", "6,5", "5"),
            ("sha3-256", "8,5", "5"),
            ("sha3-256,sha1", "8,6,5", "5"),
        ):
            with self.subTest(names=names):
                self.assertEqual(self.chosen("--chap-algorithms", names), (numbers, choice))

    def test_sha256_first_falls_back_to_md5(self):
        """The target answers with another digest under that number; then MD5 is offered alone."""
        capture = self.file("fallback.pcap")
        options = ("--chap-algorithms", "sha256", *OWN)
        failure = self.misread()
        once = ("--reconnect", 1, "--pcap", capture)
        self.works([failure], self.target.chap, *once, *options)
        offers = [
            wire.keys(wire.pdus(stream))["CHAP_A"]
            for (_, outbound), stream in sorted(wire.streams(capture, self.target.port).items())
            if outbound
        ]
        self.assertEqual(offers, ["7,5", "5"])
        self.fails([failure], "--reconnect", 0, *options, *self.capacity(self.target.chap))

    def misread(self):
        """A proof of 32 bytes where tgt expects 20 is no authentication failure to it (0x0200)."""
        number, arguments, causes = refused(self.target.portal)
        return number, dict(arguments, status_code=0), causes

    def test_fallback_does_not_help_a_wrong_secret(self):
        wrong = ("--chap-user", USER, "--chap-secret", OTHER_SECRET)
        login = ("--chap-algorithms", "sha256", *wrong, *self.capacity(self.target.chap))
        self.fails([self.misread(), refused(self.target.portal)], *login)

    def test_one_way_with_a_target_that_could_prove_itself(self):
        _, received = self.login_keys(self.target.mutual, *OWN)
        self.assertNotIn("CHAP_R", received)

    def test_open_target(self):
        self.fails([self.declined()], "--reconnect", 0, *OWN, *self.capacity(self.target.target))

    def declined(self):
        return refused(self.target.portal)


class TgtDiscoveryChap(ChapInDiscovery, unittest.TestCase):
    make = targets.TgtWithDiscoveryChap

    def test_mutual(self):
        self.does([], *OWN, *THEIRS, "discover", self.target.portal)

    def test_nothing_offered(self):
        self.fails([refused(self.target.portal)], "discover", self.target.portal)


class IstgtChap(Chap, unittest.TestCase):
    make = targets.IstgtWithChap

    def unproven(self):
        return refused(self.target.portal)

    def unoffered(self):
        return (11, {"key": "AuthMethod"}, ["1"])

    def test_one_way_with_a_target_that_must_prove_itself(self):
        self.fails([refused(self.target.portal)], *OWN, *self.capacity(self.target.mutual))

    def test_algorithms(self):
        # istgt knows MD5 alone.
        for names, numbers in (
            ("md5", "5"),
            ("sha1", "6,5"),
            ("sha256,sha3-256", "7,8,5"),
            ("sha3-256,sha256,sha1,md5", "8,7,6,5"),
        ):
            with self.subTest(names=names):
                options = ("--chap-algorithms", names)
                sent, received = self.login_keys(self.target.chap, *OWN, *options)
                self.assertEqual((sent["CHAP_A"], received["CHAP_A"]), (numbers, "5"))


class IstgtDiscoveryChap(ChapInDiscovery, unittest.TestCase):
    make = targets.IstgtWithDiscoveryChap

    def test_nothing_offered(self):
        rejected = (11, {"key": "AuthMethod"}, ["1"])
        self.fails([rejected], "--reconnect", 0, "discover", self.target.portal)


class ProcessList(unittest.TestCase):
    """What other users of the machine, or of the account, can see of a run."""

    def test_secrets_vanish(self):
        with rogue.Stalls() as peer:
            url = f"iscsi://{USER}%urlsecret1234@{peer.portal}/iqn.2026-01.test.rogue:t/1"
            running = program.Running(
                *("--chap-secret", SECRET, f"--target-chap-secret={TARGET_SECRET}"),
                *("capacity", url),
                variables={
                    "LIBISCSI_CHAP_PASSWORD": OTHER_SECRET,
                    "LIBISCSI_CHAP_TARGET_PASSWORD": OTHER_SECRET,
                },
            )
            guard.wait_for("the connection", lambda: peer.accepted == 1)
            place = f"/proc/{running.process.pid}"
            arguments = program.contents(f"{place}/cmdline")
            environment = program.contents(f"{place}/environ")
            running.interrupt()
        self.assertIn(f"iscsi://{USER}@{peer.portal}/".encode(), arguments)
        for secret in (*SECRETS, "urlsecret1234"):
            self.assertNotIn(secret.encode(), arguments)
            self.assertNotIn(secret.encode(), environment)


if __name__ == "__main__":
    unittest.main(verbosity=2)
