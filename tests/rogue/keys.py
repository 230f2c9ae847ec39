"""Text keys and their result functions (RFC 7143 6 and 13), as a target needs them."""

import re

# iSCSIProtocolLevel is the one name that was given in spite of the rule (RFC 7144 7.1.1).
LABEL = re.compile(rb"[A-Z][A-Za-z0-9.\-+@_]{0,62}|iSCSIProtocolLevel")
NUMBER = re.compile(rb"0|[1-9][0-9]*|0[xX][0-9a-fA-F]+")

TARGET_NAME = "iqn.2026-11.io.sanscsi.test:rogue"

# What may stand in the security stage (RFC 7143 12).
ANY_STAGE = ("SessionType", "InitiatorName", "TargetName", "TargetAddress", "InitiatorAlias")
ANY_STAGE += ("TargetAlias", "TargetPortalGroupTag", "X#NodeArchitecture")
CHAP_KEYS = ("CHAP_A", "CHAP_I", "CHAP_C", "CHAP_N", "CHAP_R")
INITIATOR_ONLY = ("SessionType", "InitiatorName", "TargetName", "InitiatorAlias")

# name: (function, smallest, largest)
NUMBERS = {
    "MaxConnections": (min, 1, 65535),
    "MaxBurstLength": (min, 512, 16777215),
    "FirstBurstLength": (min, 512, 16777215),
    "DefaultTime2Wait": (max, 0, 3600),
    "DefaultTime2Retain": (min, 0, 3600),
    "MaxOutstandingR2T": (min, 1, 65535),
    "ErrorRecoveryLevel": (min, 0, 2),
    "iSCSIProtocolLevel": (min, 0, 31),
}
OR, AND = "or", "and"
BOOLEANS = {
    "InitialR2T": OR,
    "ImmediateData": AND,
    "DataPDUInOrder": OR,
    "DataSequenceInOrder": OR,
}
LISTS = {
    "HeaderDigest": ("CRC32C", "None"),
    "DataDigest": ("CRC32C", "None"),
    "TaskReporting": ("RFC3720", "ResponseFence"),
}
# Irrelevant in a discovery session (RFC 7143 13).
NORMAL_ONLY = ("MaxConnections", "MaxBurstLength", "FirstBurstLength", "MaxOutstandingR2T")
NORMAL_ONLY += ("InitialR2T", "ImmediateData", "DataPDUInOrder", "DataSequenceInOrder")
NORMAL_ONLY += ("TaskReporting", "iSCSIProtocolLevel")

# What this target would have of each key; a script may name others.
WISHES = {
    "MaxConnections": 1,
    "MaxBurstLength": 262144,
    "FirstBurstLength": 65536,
    "DefaultTime2Wait": 2,
    "DefaultTime2Retain": 20,
    "MaxOutstandingR2T": 1,
    "ErrorRecoveryLevel": 0,
    "iSCSIProtocolLevel": 1,
    "InitialR2T": "No",
    "ImmediateData": "Yes",
    "DataPDUInOrder": "Yes",
    "DataSequenceInOrder": "Yes",
    "MaxRecvDataSegmentLength": 65536,
}


def encode(pairs):
    """The text of a list of (key, value); a bytes item goes in as it is."""
    text = b""
    for pair in pairs:
        if isinstance(pair, bytes):
            text += pair
        else:
            text += _bytes(pair[0]) + b"=" + _bytes(pair[1]) + b"\0"
    return text


def _bytes(value):
    return value if isinstance(value, bytes) else str(value).encode()


def decode(text, complain):
    """The pairs of a text, strictly: each ends with one null and has a legal key."""
    pairs = []
    if text and not text.endswith(b"\0"):
        complain(f"the text does not end with a null: {text[-40:]!r}")
    for pair in text.split(b"\0")[:-1]:
        key, equal, value = pair.partition(b"=")
        if not equal:
            complain(f"a pair without an equal sign: {pair!r}")
        # An answer to a key that is not understood repeats the key, whatever it looks like.
        elif not LABEL.fullmatch(key) and value != b"NotUnderstood":
            complain(f"not a legal key: {key!r}")
        pairs.append((key.decode("utf-8", "replace"), value.decode("utf-8", "replace")))
    return pairs


def number(text):
    """A numerical value, or None."""
    if not NUMBER.fullmatch(text.encode()):
        return None
    return int(text, 16) if text[:2] in ("0x", "0X") else int(text)


def answer(key, offer, wishes, discovery, complain):
    """The value a correct target answers to an offer; None for no answer."""
    if discovery and key in NORMAL_ONLY:
        return "Irrelevant"
    if key in NUMBERS:
        function, smallest, largest = NUMBERS[key]
        value = number(offer)
        if value is None or not smallest <= value <= largest:
            complain(f"{key}={offer} is not a number from {smallest} to {largest}")
            return "Reject"
        return function(value, wishes[key])
    if key in BOOLEANS:
        if offer not in ("Yes", "No"):
            complain(f"{key}={offer} is not a boolean")
            return "Reject"
        decided = "Yes" if BOOLEANS[key] == OR else "No"
        return decided if decided in (offer, wishes[key]) else _other(decided)
    if key in LISTS:
        for choice in offer.split(","):
            if choice in wishes.get(key, LISTS[key]):
                return choice
        return "Reject"
    return "NotUnderstood"


def _other(value):
    return "No" if value == "Yes" else "Yes"
