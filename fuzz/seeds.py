#!/usr/bin/env python3
"""Writes seeds for the harnesses from golden bytes and texts of the tests.

usage: seeds.py SOURCE-ROOT OUT

OUT/NAME/ gets a file for each seed of a harness. What is committed in fuzz/corpus/NAME is what
-set_cover_merge=1 leaves of them (README.md).
"""

import hashlib
import pathlib
import re
import struct
import sys

STRING = r'"((?:[^"\\]|\\.)*)"'


def source(root, name):
    return (root / "tests" / name).read_text()


def write(out, harness, seeds):
    folder = out / harness
    folder.mkdir(parents=True, exist_ok=True)
    for seed in seeds:
        (folder / hashlib.sha1(seed).hexdigest()[:16]).write_bytes(seed)


def golden_headers(root):
    """The header of every opcode, and the same with all reserved bits set."""
    for name in ("unit/wire_initiator_cases.c", "unit/wire_target_cases.c"):
        for case in re.findall(r"\bCASE\((.*?)\),?\n", source(root, name), re.S):
            hexadecimal = "".join(re.findall(STRING, case))
            both = bytes.fromhex(hexadecimal)
            golden, reserved = both[:48], both[48:]
            yield golden
            yield bytes(a | b for a, b in zip(golden, reserved))


def pdu(root):
    # RFC 7143 11.2.2.4 and 11.2.2.3: a read length, and the second half of a CDB of 32 bytes.
    segments = bytes.fromhex("0005020000000400" "00110100" "101112131415161718191a1b1c1d1e1f")
    for header in golden_headers(root):
        yield header
        yield header + segments


def lengthed(data):
    """As fuzz_bytes() takes it."""
    return struct.pack(">H", len(data)) + data


def framing(root):
    """Streams of golden PDUs with data behind them, digests on and off, data in each place."""
    headers = [header for header in golden_headers(root)][::5]
    for digests in range(4):
        for place in range(3):
            places = bytes([place, 40, 1, 0, 30, 7, 0, 0, 0, 0]) * len(headers)
            stream = b"".join(header + bytes(range(200)) for header in headers)
            for cuts in (b"\x31\x08\x22\xff", bytes(range(3, 250, 9))):
                yield (
                    bytes([digests & 1, digests >> 1, 1, 1])
                    + lengthed(places)
                    + lengthed(cuts)
                    + stream
                )


def strings(root, *names):
    """The literals of test programs, with the joints of broken ones taken out."""
    for name in names:
        text = re.sub(r'"\s*\n\s*"', "", source(root, name))
        text = re.sub(r"^#include.*$", "", text, flags=re.MULTILINE)
        for literal in re.findall(STRING, text):
            yield literal.encode().decode("unicode_escape").encode("latin-1")


def text(root):
    yield from strings(root, "unit/test_text.c", "unit/test_login_text.c", "unit/test_negotiate.c")
    for literal in strings(root, "support/login_script.c", "unit/test_discovery.c"):
        yield literal.replace(b"|", b"\0")


def names(root):
    for literal in strings(root, "unit/test_names.c"):
        yield b"\x07" + literal
    hosts = [b"h", b"127.0.0.1:3261", b"[2001:db8::1%25eth0]:3261"]
    for host in (*hosts, b"user%se%63ret@[::1]", b"u%a%00b@h"):
        for unit in (b"0", b"16383", b"16384"):
            yield b"\x30iscsi://" + host + b"/iqn.2004-01.com.example:disk/" + unit


def legal_chap(order, setup, algorithm, base64, name=b"\1", proof=b"\1\0", secret=b"\2"):
    """An exchange as fuzz_chap.c takes its choices: key, kind of value, value."""
    give = b"\2" if setup & 4 else b""
    answer = b"\2\3" + name + b"\4" + proof + bytes([base64]) + (secret if setup & 8 else b"")
    challenge = b"\2\1\0" + lengthed(bytes(range(16))) + bytes([base64])
    step = b"\3\0\1" + bytes([algorithm]) + b"\1\1\0\0\0\7" + challenge + give
    return bytes([order, setup]) + step + answer


def chap(_root):
    """Legal exchanges of each kind; wrong proofs; a challenge that comes back."""
    orders = [[5], [7, 5], [8, 7, 6, 5], [6, 5], [5, 6, 7, 8]]
    for order, algorithms in enumerate(orders):
        for setup in range(16):
            for algorithm in algorithms:
                yield legal_chap(order, setup, algorithm, setup & 1)
                yield legal_chap(order, setup, algorithm, 1, name=b"\0" + lengthed(b"other"))
    for kind in (1, 2, 3):
        yield legal_chap(0, 3, 5, 0, proof=bytes([1, kind]))
        yield legal_chap(0, 11, 5, 0, proof=bytes([1, kind]), secret=b"\1")
    once = legal_chap(0, 1, 5, 0)
    yield once + once
    yield once + b"\0\1" + b"\3\0\1\5\1\1\0\0\0\7\2\1\1\0"


# How fuzz_negotiation.c takes an offer: the keys of the table that both may open, in its order.
OFFER = {
    "HeaderDigest": "B",
    "DataDigest": "B",
    "MaxConnections": "I",
    "InitialR2T": "B",
    "ImmediateData": "B",
    "MaxRecvDataSegmentLength": "I",
    "MaxBurstLength": "I",
    "FirstBurstLength": "I",
    "DefaultTime2Wait": "I",
    "DefaultTime2Retain": "I",
    "MaxOutstandingR2T": "I",
    "DataPDUInOrder": "B",
    "DataSequenceInOrder": "B",
    "ErrorRecoveryLevel": "B",
    "TaskReporting": "B",
    "iSCSIProtocolLevel": "B",
}


def offer(**values):
    """An offer, each key by its distance from the least that it may be."""
    return lengthed(struct.pack(">" + "".join(OFFER.values()), *(values.get(k, 0) for k in OFFER)))


def pair(key, value):
    """A pair of a hostile peer's in the operational stage; answers are not made behind it."""
    return bytes([1, KEYS]) + lengthed(key) + b"\0" + lengthed(value)


def recovery():
    """A target that could do with many R2Ts is offered what allows one (RFC 7143 13.19)."""
    own = offer(MaxOutstandingR2T=7, ErrorRecoveryLevel=1, MaxBurstLength=4096)
    level = pair(b"ErrorRecoveryLevel", b"1") + b"\0"
    order = pair(b"DataSequenceInOrder", b"Yes") + b"\0"
    return bytes([0, 1, 1, 2]) + own + level + order + pair(b"MaxOutstandingR2T", b"8") + b"\1"


def negotiation(root):
    """Offers of all kinds to two engines; the pairs of the unit tests to one of them."""
    random = hashlib.shake_128(b"negotiation")
    bytes_of = random.digest(64 * 80)
    for i in range(32):
        offers = lengthed(bytes_of[i * 160 : i * 160 + 60]) + lengthed(
            bytes_of[i * 160 + 60 : i * 160 + 120]
        )
        yield bytes([1, i & 3, i >> 2 & 1]) + offers + bytes_of[i * 160 + 120 : i * 160 + 160]
    pairs = re.findall(r'\{"([^"]+)", "([^"]*)"', source(root, "unit/test_negotiate_peer.c"))
    pairs += re.findall(r'"([A-Z]\w+)",\s*"([^"]*)"', source(root, "unit/test_negotiate.c"))
    for i, (key, value) in enumerate(pairs):
        one = pair(key.encode(), value.encode()) + b"\1"
        yield bytes([0, i & 1, i >> 1 & 1, i >> 2 & 3]) + lengthed(b"") + one * 2
    yield recovery()
    for key in range(KEYS):
        for kind in (b"\1\0\0\x10\0", b"\2\0", b"\2\1", b"\3\0", b"\3\1", b"\3\2", b"\3\3"):
            for role in (0, 1):
                yield bytes([0, 0, role, 2]) + lengthed(bytes(9)) + bytes([1, key]) + kind + b"\1"


def splits(_root):
    """A login of each kind, then plain answers of all opcodes, a wrong byte in some."""
    for scenario in range(7):
        digests = bytes([scenario & 1, scenario >> 1 & 1])
        start = bytes([scenario]) + digests + lengthed(bytes([0, 47, 3, 9])) + b"\1\1"
        for opcode in range(10):
            plain = bytes([opcode, 0, 0]) + b"\2" + bytes(3) + lengthed(b"A" * 5)
            wrong = bytes([opcode, 1, 0]) + b"\x42" + bytes(3) + bytes([24, 1]) + lengthed(b"")
            ahs = bytes([opcode, 0, 0]) + b"\x82" + bytes(3) + lengthed(b"A" * 5)
            yield start + b"\1\0" + plain + b"\1\1" + plain + wrong
            yield start + b"\1\1" + ahs + plain
    read = bytes([1, 0x80, 0, 2, 0, 0, 0]) + lengthed(bytes(256))
    status = bytes([0, 0, 0, 2, 0, 0, 0]) + lengthed(b"")
    yield bytes([5, 0, 0]) + lengthed(b"\6\x31") + b"\1\1" + b"\1\1" + read + status


KEYS = 35  # of the table in lib/negotiate/keys.c; the choice behind them is any other name
# The operations of a program of fuzz_session.c; what is not named needs no argument.
LOGOUT, UNASKED, TIME, POLL, RAW, ANSWER = 6, 11, 12, 13, 14, 24
NEITHER, OUT, IN, BOTH = range(4)  # what a command moves
DATA, R2T, STATUS = 0, 2, 3  # how the peer answers one
GOOD_ENOUGH = bytes(1)  # the header goes as it was made


def submit(direction, length, timeout=0, flags=4):
    sizes = length.to_bytes(4, "big") * (direction & 1) + length.to_bytes(4, "big") * (direction >> 1)
    return bytes((0, direction | 0x40)) + sizes + bytes((timeout, flags))


def answer(*choices, back=0):
    return bytes((ANSWER, back, *choices)) + GOOD_ENOUGH


def data_in(length, last):
    return bytes((ANSWER, 0, DATA)) + length.to_bytes(4, "big") + bytes((0x8C if last else 0, 0))


def r2t(offset, length):
    span = offset.to_bytes(4, "big") + (length - 1).to_bytes(4, "big")
    return bytes((ANSWER, 0, R2T)) + span + GOOD_ENOUGH


def session(root):
    """A login under each kind of terms, and behind it what each kind of task needs to end."""
    good, check = 0, 2
    bodies = [
        submit(IN, 1500) + data_in(1000, False) + data_in(500, True),
        submit(IN, 700) + data_in(700, False) + answer(STATUS, 1, good),
        submit(IN, 700) + answer(STATUS, 1, check, *bytes(8)),
        submit(OUT, 5000) + r2t(512, 2000) + r2t(2512, 2488) + answer(STATUS, 1, good),
        submit(BOTH, 900) + data_in(900, False) + r2t(0, 900) + answer(STATUS, 1, good),
        submit(NEITHER, 0) + answer(STATUS, 1, good),
        submit(IN, 64, timeout=1) + bytes((TIME, 0x40)) + answer(0) + bytes((TIME, 0x40)),
        submit(IN, 64) + bytes((2, 0)) + answer(0),  # cancelled
        submit(OUT, 64, flags=7) + bytes((10, 8, 1)) + bytes((20, 1, 0, 0)),  # lost, comes back
        bytes((3, 5, 0, 0)) + answer(0),  # a reset
        bytes((4, 32, 0)) + answer(),  # a ping
        bytes((5, 0)) + bytes((0, 0, 4, 0, 0)) + answer(0),  # a declaration
        bytes((5, 0)) + answer(0),  # SendTargets, in a discovery session
        bytes((LOGOUT, 0)) + answer(0),
        bytes((UNASKED, 2, 8, 0)) + bytes((UNASKED, 3, 4, 0)),
        submit(OUT, 2000) + bytes((UNASKED, 0, 0, 0, 0)),  # rejected
    ]
    bodies += [bytes((UNASKED, 1, 0, event)) + bytes(6) for event in range(8)]
    for terms in ((0, 0), (0x43, 0), (0x0C, 0x54), (0x70, 0x03), (0xF0, 0), (0x43, 0x12)):
        for settings in ((0, 7), (0x7F, 0x0F)):
            begin = bytes((*terms, *settings)) + bytes((1, 1, 0, 0))
            for body in bodies:
                yield begin + body
            yield begin + b"".join(bodies)


def scsi(root):
    """Good answers that the tests know, for every parser; and each CDB with small numbers."""
    arrays = set()
    for path in sorted((root / "tests" / "unit").glob("test_scsi*.c")):
        for body in re.findall(r"uint8_t \w+\[\d*\] = \{([^{}]*)\}", path.read_text()):
            numbers = re.findall(r"0x[0-9a-fA-F]+|\d+", re.sub(r"/\*.*?\*/|\[[^]]*\] =", "", body))
            arrays.add(bytes(int(number, 0) & 0xFF for number in numbers))
    for array in sorted(arrays):
        for parser in range(40):
            page = array[1:2] if len(array) > 1 else bytes(1)
            yield bytes((2, parser, 0)) + page + bytes((0, len(array) // 2)) + array
    for cdb in range(64):
        yield bytes((0, cdb)) + bytes((8, 0, 0, 0, 0, 1, 0, 0, 0, 0)) + bytes(8) + bytes((7,)) * 40


def events(root):
    """Every event with texts that must be escaped, cut at several places."""
    texts = [b"plain", b"\x1b[31m\0\r\n", b"\xff\xfe\xc0\x80\xed\xa0\x80", '"\\\u202e\U0001f600'.encode()]
    for text in texts:
        argument = len(text).to_bytes(2, "big") + text + b"\1"
        for event in range(80):
            yield bytes((1, event)) + argument * 8 + bytes((0, 9, 0, 40, 2)) * 2
        yield bytes((0, 0, 0, 9, 0, 3, 1)) + text
        yield bytes((0, 1, 0, 9, 0, 3, 1)) + text


def login(root):
    """Each kind of login, good, and with one response of each kind of badness."""
    good = bytes(2)
    for settings in (0, 1, 2, 6, 0x40, 0x60):
        begin = bytes((settings, 0))
        yield begin + good * 6
        yield begin + bytes((0, 2)) * 5  # a wrong proof
        for at in range(4):
            for how in (b"\x40", b"\x80", b"\xc0"):
                for what in (0, 1, 2, 4, 0x83, 0x87, 36):
                    yield begin + good * at + how + b"\0" + bytes((what, 1)) + good * 4
            for other in range(12):
                yield begin + good * at + bytes((0, 0x08, other)) + good * 4
            for pair in range(4):
                yield begin + good * at + bytes((0, 3, pair)) + good * 4
        yield begin + bytes((0, 0x18, 0, 0, 0x20, 0)) + good * 4
        yield begin + bytes((0, 0xE0, 20)) + good * 4
        address = b"TargetAddress=198.51.100.1\0"
        yield begin + bytes((0x80, 0x11)) + len(address).to_bytes(2, "big") + address + b"\1" + good * 8
        yield begin + bytes((0x80, 0x09, 0, 1)) + good * 8


HARNESSES = {
    "chap": chap,
    "events": events,
    "framing": framing,
    "login": login,
    "names": names,
    "negotiation": negotiation,
    "pdu": pdu,
    "scsi": scsi,
    "session": session,
    "splits": splits,
    "text": text,
}


def main():
    root, out = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2])
    for name, seeds in HARNESSES.items():
        found = set(seeds(root))
        if not found:
            sys.exit(f"no seeds for {name}")
        write(out, name, found)
        print(f"{name}: {len(found)} seeds")


if __name__ == "__main__":
    main()
