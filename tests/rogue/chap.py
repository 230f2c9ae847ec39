"""The target's side of CHAP in one login (RFC 7143 12.1.3, RFC 1994); checks the initiator's."""

import base64
import hashlib

import keys

HASHES = {"5": "md5", "6": "sha1", "7": "sha256", "8": "sha3_256"}
STEP_3 = {"CHAP_N", "CHAP_R"}
STEP_3_MUTUAL = STEP_3 | {"CHAP_I", "CHAP_C"}

# Options of a target, in its "chap". Names and secrets are the initiator's but for target_...
DEFAULTS = {
    "name": "initiator-user",
    "secret": "initiator-secret",
    "target_name": "target-user",
    "target_secret": "target-secret-1",
    "algorithms": (5, 6, 7, 8),  # that it can do
    "identifier": "90",  # CHAP_I as it is sent
    "challenge": bytes(range(0x40, 0x50)),  # or a function of the connection
    "encode": "hex",  # of CHAP_C and CHAP_R: one of ENCODINGS
    "trusts": False,  # lets any proof of the initiator pass
}
ENCODINGS = {
    "hex": lambda data: "0x" + data.hex(),
    "HEX": lambda data: "0X" + data.hex().upper(),
    "base64": lambda data: "0b" + base64.b64encode(data).decode(),
    "BASE64": lambda data: "0B" + base64.b64encode(data).decode(),
}


def binary(text):
    """The bytes of a binary value; this initiator sends hex."""
    if text[:2] not in ("0x", "0X"):
        raise ValueError(f"{text} is not hexadecimal")
    return bytes.fromhex(text[2:])


def response(algorithm, identifier, secret, challenge):
    """RFC 1994 4.1."""
    secret = secret.encode() if isinstance(secret, str) else secret
    return hashlib.new(HASHES[algorithm], bytes([identifier]) + secret + challenge).digest()


class Chap:
    """The exchange; `login` has the initiator's keys in `seen`."""

    def __init__(self, login, options):
        self.login = login
        self.complain = login.complain
        self.options = {**DEFAULTS, **options}
        self.known = set()  # CHAP keys that have come before this request
        self.algorithm = None
        self.challenge = None
        self.proved = False

    def speak(self):
        """The pairs that answer what has come in this request."""
        seen = self.login.seen
        fresh = {key for key in keys.CHAP_KEYS if key in seen} - self.known
        self.known |= fresh
        if fresh and self.algorithm is None:
            return self._challenge(fresh)
        if fresh:
            return self._prove(fresh)
        return []

    def _encode(self, data):
        return ENCODINGS[self.options["encode"]](data)

    def _challenge(self, fresh):
        if fresh != {"CHAP_A"}:
            self.complain(f"{sorted(fresh)} in step 1 of CHAP")
        offered = self.login.seen["CHAP_A"].split(",")
        if "5" not in offered:
            self.complain("MD5 is not offered")
        known = [str(number) for number in self.options["algorithms"]]
        self.algorithm = next((number for number in offered if number in known), "Reject")
        challenge = self.options["challenge"]
        self.challenge = challenge(self.login.connection) if callable(challenge) else challenge
        return [
            ("CHAP_A", self.algorithm),
            ("CHAP_I", self.options["identifier"]),
            ("CHAP_C", self._encode(self.challenge)),
        ]

    def _prove(self, fresh):
        if fresh not in (STEP_3, STEP_3_MUTUAL) or self.proved:
            self.complain(f"{sorted(fresh)} in step 3 of CHAP")
            return []
        self.proved = True
        self._check_proof()
        return self._answer() if "CHAP_C" in fresh else []

    def _check_proof(self):
        seen, options = self.login.seen, self.options
        identifier = keys.number(options["identifier"])
        if options["trusts"]:
            return
        proof = response(self.algorithm, identifier, options["secret"], self.challenge)
        if seen["CHAP_N"] != options["name"]:
            self.complain(f"CHAP_N={seen['CHAP_N']}")
        if binary(seen["CHAP_R"]) != proof:
            self.complain("CHAP_R does not prove the initiator's secret")

    def _answer(self):
        theirs = binary(self.login.seen["CHAP_C"])
        identifier = keys.number(self.login.seen["CHAP_I"])
        size = hashlib.new(HASHES[self.algorithm]).digest_size
        if theirs == self.challenge:
            self.complain("the initiator sends the target's challenge back")
        if len(theirs) < size:
            self.complain(f"a challenge of {len(theirs)} bytes for a digest of {size}")
        for other in self.login.connection.target.connections:
            if other is not self.login.connection and own_challenge(other) == theirs:
                self.complain(f"the challenge is that of connection {other.number}")
        ours = response(self.algorithm, identifier, self.options["target_secret"], theirs)
        return [("CHAP_N", self.options["target_name"]), ("CHAP_R", self._encode(ours))]


def own_challenge(connection):
    """What the initiator has challenged the target with; None when it has not."""
    text = connection.login.seen.get("CHAP_C")
    return None if text is None else binary(text)
