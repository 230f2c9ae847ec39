"""CHAP with the Linux kernel's target: it knows all four algorithms, by their right numbers.

It takes the first one of the initiator's list that its kernel has. Only SHA3-256 is a module there,
so that is what can be taken away from it.
"""

import hashlib
import unittest

import bodies
import common
import lio
import program
import wire

CHAP = "iqn.2026-01.test.lio:chap"
MUTUAL = "iqn.2026-01.test.lio:mutual"
USER, SECRET = "user-of-tests", "secret of tests 1"
TARGET_USER, TARGET_SECRET = "target-of-tests", "proof of the target"
WRONG_SECRET = "no secret of theirs"
SECRETS = (SECRET, TARGET_SECRET, WRONG_SECRET)
OWN = ("--chap-user", USER, "--chap-secret", SECRET)
THEIRS = ("--target-chap-user", TARGET_USER, "--target-chap-secret", TARGET_SECRET)
ONE_WAY = {"userid": USER, "password": SECRET}
BOTH_WAYS = {**ONE_WAY, "userid_mutual": TARGET_USER, "password_mutual": TARGET_SECRET}
# IANA's numbers (RFC 7143 12.1.3 and the registry it opens), and Python's names.
ALGORITHMS = {
    "md5": (5, "md5"),
    "sha1": (6, "sha1"),
    "sha256": (7, "sha256"),
    "sha3-256": (8, "sha3_256"),
}
DISCOVERY = f"{lio.CONFIG}/iscsi/discovery_auth"
AUTHENTICATION_FAILURE = (2, 1)


def algorithm(name):
    return ("--chap-algorithms", name)


def proof(name, keys, secret):
    """The response to the challenge among these keys (RFC 1994 4.1)."""
    challenge = bytes.fromhex(keys["CHAP_C"].removeprefix("0x"))
    digest = hashlib.new(ALGORITHMS[name][1])
    digest.update(bytes([int(keys["CHAP_I"], 0)]) + secret.encode() + challenge)
    return "0x" + digest.hexdigest()


class ChapTests(common.Base, unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        for name, secrets in ((CHAP, ONE_WAY), (MUTUAL, BOTH_WAYS)):
            cls.target.add(
                name,
                attributes={"authentication": 1},
                parameters={"AuthMethod": "CHAP"},
                secrets=secrets,
            )
        cls.target.guest.run("insmod /modules/sha3_generic.ko")

    def must(self, *arguments, **options):
        result = super().must(*arguments, **options)
        self.check_silence(result.text + result.complaint)
        return result

    def must_fail(self, *arguments):
        event = super().must_fail(*arguments)
        self.check_silence(str(event))
        return event

    def check_silence(self, text):
        """No secret may show, whatever becomes of the login."""
        for secret in SECRETS:
            self.assertNotIn(secret, text)

    def login_keys(self, name, *options):
        """The login's keys of a run that works: ours and the target's."""
        capture = self.file("chap.pcap")
        url = self.target.url(0, name)
        options = ("--json", "--pcap", capture, *bodies.NO_DIGESTS, *options)
        document = self.must(*options, "capacity", url).json()
        self.assertEqual(document["bytes"], self.target.luns[0][0])
        session = self.session(capture)
        return wire.keys(session.sent), wire.keys(session.received)

    def check_one_way(self, name, sent, received):
        """What the RFC has each side send when the algorithm of this name is chosen."""
        self.assertEqual(sent["AuthMethod"], "CHAP")
        self.assertEqual(received["AuthMethod"], "CHAP")
        self.assertEqual(received["CHAP_A"], str(ALGORITHMS[name][0]))
        self.assertEqual(sent["CHAP_N"], USER)
        self.assertEqual(sent["CHAP_R"].lower(), proof(name, received, SECRET))

    def test_one_way_with_each_algorithm(self):
        for name, (number, _) in ALGORITHMS.items():
            with self.subTest(algorithm=name):
                sent, received = self.login_keys(CHAP, *algorithm(name), *OWN)
                # MD5 is always offered behind what was asked for.
                self.assertEqual(sent["CHAP_A"], "5" if number == 5 else f"{number},5")
                self.check_one_way(name, sent, received)
                self.assertNotIn("CHAP_C", sent)
                self.assertNotIn("CHAP_R", received)

    def test_mutual_with_each_algorithm(self):
        for name in ALGORITHMS:
            with self.subTest(algorithm=name):
                sent, received = self.login_keys(MUTUAL, *algorithm(name), *OWN, *THEIRS)
                self.check_one_way(name, sent, received)
                self.assertEqual(received["CHAP_N"], TARGET_USER)
                self.assertEqual(received["CHAP_R"].lower(), proof(name, sent, TARGET_SECRET))

    def test_order_of_preference(self):
        for names, numbers, chosen in (
            ("md5,sha1,sha256,sha3-256", "5,6,7,8", "md5"),
            ("sha1,sha256", "6,7,5", "sha1"),
            ("sha256,sha1", "7,6,5", "sha256"),
            ("sha3-256,sha256,sha1,md5", "8,7,6,5", "sha3-256"),
        ):
            with self.subTest(names=names):
                sent, received = self.login_keys(CHAP, *algorithm(names), *OWN)
                self.assertEqual(sent["CHAP_A"], numbers)
                self.check_one_way(chosen, sent, received)

    def test_algorithm_that_the_target_lacks(self):
        self.target.guest.run("rmmod sha3_generic")
        self.addCleanup(self.target.guest.run, "insmod /modules/sha3_generic.ko")
        for names, numbers, chosen in (
            ("sha3-256,sha256", "8,7,5", "sha256"),
            ("sha3-256,sha1", "8,6,5", "sha1"),
            ("sha3-256", "8,5", "md5"),
        ):
            with self.subTest(names=names):
                sent, received = self.login_keys(MUTUAL, *algorithm(names), *OWN, *THEIRS)
                self.assertEqual(sent["CHAP_A"], numbers)
                self.check_one_way(chosen, sent, received)
                self.assertEqual(received["CHAP_R"].lower(), proof(chosen, sent, TARGET_SECRET))

    def test_each_challenge_is_new(self):
        runs = [self.login_keys(MUTUAL, *OWN, *THEIRS)[0] for _ in range(3)]
        self.assertEqual(len({sent["CHAP_C"] for sent in runs}), 3)

    def test_any_name_of_the_target(self):
        _, received = self.login_keys(MUTUAL, *OWN, *THEIRS[2:])
        self.assertEqual(received["CHAP_N"], TARGET_USER)

    def test_one_way_though_the_target_could_prove_itself(self):
        _, received = self.login_keys(MUTUAL, *OWN)
        self.assertNotIn("CHAP_R", received)

    def test_data_behind_mutual_chap(self):
        options = (*algorithm("sha3-256"), *OWN, *THEIRS)
        self.store(1 << 18, *options, name=MUTUAL)
        self.fetch(1 << 18, *options, name=MUTUAL)

    def test_wrong_secret(self):
        wrong = ("--chap-user", USER, "--chap-secret", WRONG_SECRET)
        for name in ALGORITHMS:
            for target in (CHAP, MUTUAL):
                with self.subTest(algorithm=name, target=target):
                    self.check_refused(AUTHENTICATION_FAILURE, target, *algorithm(name), *wrong)

    def test_wrong_user(self):
        wrong = ("--chap-user", "nobody", "--chap-secret", SECRET)
        for target in (CHAP, MUTUAL):
            with self.subTest(target=target):
                self.check_refused(AUTHENTICATION_FAILURE, target, *wrong)

    def test_wrong_target_secret(self):
        wrong = ("--target-chap-user", TARGET_USER, "--target-chap-secret", WRONG_SECRET)
        for name in ALGORITHMS:
            with self.subTest(algorithm=name):
                capture = self.file("impostor.pcap")
                event = self.must_fail(
                    *("--pcap", capture, *algorithm(name), *OWN, *wrong),
                    *("capacity", self.target.url(0, MUTUAL)),
                )
                session = self.session(capture)
                sent, received = wire.keys(session.sent), wire.keys(session.received)
                self.assertEqual(received["CHAP_R"].lower(), proof(name, sent, TARGET_SECRET))
                value = event["args"].get("value", "")
                self.assertGreaterEqual(len(value), 32)
                self.assertTrue(received["CHAP_R"].startswith(value), (received, event))
                args = {"value": value}
                self.check_event(event, 26, "chap-r-invalid", "critical", MUTUAL, args, ["3"])
                # Nothing may follow to a target that is not who it claims to be.
                last = session.sent[-1]
                self.assertEqual(last.opcode, wire.LOGIN_REQUEST)
                self.assertIn(b"CHAP_R=", last.data)

    def test_wrong_target_name(self):
        wrong = ("--target-chap-user", "somebody", "--target-chap-secret", TARGET_SECRET)
        event = self.must_fail(*OWN, *wrong, "capacity", self.target.url(0, MUTUAL))
        args = {"name": TARGET_USER, "expected": "somebody"}
        self.check_event(event, 117, "chap-name-mismatch", "major-warning", MUTUAL, args, ["1"])

    def test_target_that_does_not_prove_itself(self):
        event = self.must_fail(*OWN, *THEIRS, "capacity", self.target.url(0, CHAP))
        args = {"key": "CHAP_N"}
        self.check_event(event, 18, "character-key-unanswered", "serious", CHAP, args, ["1"])

    def test_nothing_configured(self):
        """The target closes the connection instead of an answer."""
        event = self.must_fail("capacity", self.target.url(0, CHAP))
        self.check_event(event, 35, "closed-during-login", "major-warning", CHAP, {}, ["1"])

    def test_target_without_secrets(self):
        self.check_refused(AUTHENTICATION_FAILURE, self.target.target, *OWN)

    def test_discovery(self):
        secrets = {**BOTH_WAYS, "enforce_discovery_auth": 1}
        commands = [lio.put(f"{DISCOVERY}/{key}", value) for key, value in secrets.items()]
        self.target.configure(commands)
        self.addCleanup(
            self.target.configure, [lio.put(f"{DISCOVERY}/enforce_discovery_auth", 0)]
        )
        names = (*self.target.names, CHAP, MUTUAL)
        told = "".join(f"{name}\n    {self.target.inside},1\n" for name in names)
        for options in (OWN, (*algorithm("sha256"), *OWN, *THEIRS)):
            with self.subTest(options=options):
                text = self.must(*options, "discover", self.target.portal).text
                self.assertEqual(text, told)
        portal = self.target.portal
        refused = {"status_class": 2, "status_code": 1, "target_address": portal}
        wrong = ("--chap-user", USER, "--chap-secret", WRONG_SECRET)
        event = self.must_fail(*wrong, "discover", portal)
        self.check_event(event, 36, "login-failed", "major-warning", "", refused, ["2"])
        event = self.must_fail("discover", portal)
        self.check_event(event, 35, "closed-during-login", "major-warning", "", {}, ["1"])


if __name__ == "__main__":
    unittest.main(verbosity=2)
