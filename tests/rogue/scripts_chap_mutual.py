"""Scripts: CHAP by which the target proves itself too (events 14, 18, 25, 26, 28, 36, 113, 114,
117), and challenges of the initiator's that come back to it."""

import chap
from chap import ENCODINGS, own_challenge, response
from chap_script import KEPT, OWN, THEIRS, earlier_ones_end, mutual, one_way
from keys import TARGET_NAME
from reply import bend, login
from run import nothing_more, require
from script import GOES_ON, TARGET_ENDS, event, script

ALGORITHMS = {"md5": ("5", 16), "sha1": ("6", 20), "sha256": ("7", 32), "sha3-256": ("8", 32)}
AGAIN = {"options": ["--reconnect", "1"], "settings": ["--reconnect", "1"]}


def step_4(name, clauses, events, **changes):
    """The target's proof is changed; the security stage is not left."""
    mutual(name, clauses, bends=[login(3, **changes)], events=events)


# What is right.

for _name, (_number, _size) in ALGORITHMS.items():
    for _encoding in ENCODINGS:
        mutual(
            f"mutual-{_name}-in-{'upper-' * _encoding.isupper()}{_encoding.lower()}",
            "CHP-002 CHP-004 CHP-005 CHP-007 CHP-009 CHP-011 CHP-016",
            chap={"encode": _encoding, "algorithms": (int(_number),)},
            options=["--chap-algorithms", _name],
            reaction=GOES_ON,
        )
for _identifier in ("0", "255", "0x10"):
    mutual(
        f"mutual-with-identifier-{_identifier}",
        "CHP-008 CHP-025",
        chap={"identifier": _identifier},
        reaction=GOES_ON,
    )
for _size in (1, 32, 1024):
    mutual(
        f"mutual-with-a-challenge-of-{_size}-bytes",
        "CHP-009 CHP-010",
        chap={"challenge": bytes(0xA5 for _ in range(_size))},
        reaction=GOES_ON,
    )
for _title, _chap_name in (
    ("of-one-byte", "t"),
    ("of-255-bytes", "t" * 255),
    ("with-an-equal-sign", "target=user"),
    ("with-spaces-and-commas", "a target, any target"),
    ("in-utf-8", "цель-目标"),
    ("that-is-the-initiators", "initiator-user"),
):
    one_way(
        f"target-chap-name-{_title}",
        "CHP-012 CHP-025",
        chap={"target_name": _chap_name},
        options=["--target-chap-secret", "target-secret-1"],
        reaction=GOES_ON,
    )
    one_way(
        f"target-chap-name-that-is-expected-{_title}",
        "CHP-012",
        chap={"target_name": _chap_name},
        options=["--target-chap-secret", "target-secret-1", "--target-chap-user", _chap_name],
        reaction=GOES_ON,
    )
mutual(
    "keys-of-step-4-in-another-order",
    "CHP-005",
    bends=[login(3, call=lambda reply: reply.pairs.reverse())],
    reaction=GOES_ON,
)
mutual(
    "stage-of-mutual-chap-left-one-round-late",
    "CHP-005",
    bends=[login(3, stay=True)],
    reaction=GOES_ON,
)
for _parts in (1, 9):
    mutual(
        f"step-4-in-parts-of-{_parts}",
        "CHP-005 CHP-009",
        bends=[login((2, 3), split="each" if _parts == 1 else _parts)],
        reaction=GOES_ON,
    )
for _number in (2, 3):
    mutual(
        f"target-tells-its-alias-in-response-{_number}-of-mutual-chap",
        "SEC-001",
        bends=[login(_number, prepend=[("TargetAlias", "rogue")])],
        reaction=GOES_ON,
    )
mutual(
    "mutual-chap-in-discovery",
    "SEC-016 CHP-004",
    command=["discover", "{portal}"],
    reaction=GOES_ON,
)
mutual(
    "mutual-with-a-list-of-algorithms",
    "CHP-001 CHP-011",
    options=["--chap-algorithms", "sha3-256,sha1"],
    chap={"algorithms": (6, 5)},
    reaction=GOES_ON,
)
mutual(
    "target-secret-of-255-bytes",
    "CHP-020",
    chap={"target_secret": "t" * 255},
    options=["--target-chap-secret", "t" * 255],
    reaction=GOES_ON,
)
for _ask in ("1", "2", "3"):
    mutual(
        f"mutual-with-secrets-asked-for-{_ask}",
        "CHP-004 CHP-005",
        program=False,
        why="the program gives its secrets beforehand",
        settings=["--chap-ask", _ask],
        reaction=GOES_ON,
    )
mutual(
    "each-login-has-its-own-challenge",
    "CHP-015 SEC-016",
    **AGAIN,
    scenario="inquiry",
    bends=[bend("inquiry", 1, connection=1, close_instead=True)],
    events=[event(103, outstanding_tasks=1), event(112, losses=1)],
    connections=2,
    reaction=GOES_ON,
)

# Event 26: the target's proof.


def proof(name, value, cause="2", clauses="CHP-005 CHP-009"):
    cut = len(value) > KEPT
    wrong = event(26, [cause], truncated=cut, value=value[:KEPT])
    step_4(name, clauses, [wrong], replace={"CHAP_R": value})


for _title, _value in (
    ("empty", ""),
    ("in-decimal", "12345678901234567890"),
    ("without-a-prefix", "00" * 16),
    ("empty-in-hex", "0x"),
    ("empty-in-base64", "0b"),
    ("with-a-strange-digit", "0x" + "00" * 15 + "0g"),
    ("in-base64-with-a-strange-letter", "0b" + "A" * 21 + "!=="),
    ("in-base64-without-padding", "0b" + "A" * 22),
    ("in-base64-with-bits-behind-the-data", "0b" + "A" * 21 + "B=="),
    ("rejected", "Reject"),
):
    proof(f"target-proof-{_title}", _value)
for _name, (_number, _size) in ALGORITHMS.items():
    for _length in sorted({1, 15, 16, 17, 19, 20, 21, 31, 32, 33, 64} - {_size}):
        _value = "0x" + "5a" * _length
        mutual(
            f"target-proof-of-{_length}-bytes-for-{_name}",
            "CHP-011",
            options=["--chap-algorithms", _name],
            chap={"algorithms": (int(_number),)},
            bends=[login(3, replace={"CHAP_R": _value})],
            events=[event(26, ["2"], value=_value)],
        )
    _value = "0x" + "5a" * _size
    mutual(
        f"target-proof-wrong-for-{_name}",
        "CHP-005 CHP-011",
        options=["--chap-algorithms", _name],
        chap={"algorithms": (int(_number),)},
        bends=[login(3, replace={"CHAP_R": _value})],
        events=[event(26, ["3"], value=_value)],
    )
proof("target-proof-of-1024-bytes", "0x" + "5a" * 1024, clauses="CHP-011")
proof("target-proof-of-1025-bytes", "0x" + "5a" * 1025, clauses="CHP-011")
proof("target-proof-wrong-in-base64", "0b" + "A" * 22 + "==", "3")
proof("target-proof-wrong-in-upper-case", "0X" + "AB" * 16, "3")
proof("target-proof-of-zeros", "0x" + "00" * 16, "3")


class Proof:
    """Equals whatever text; sent_proof() then looks closer."""

    def __eq__(self, other):
        return isinstance(other, str)

    def __hash__(self):
        return 0

    def __repr__(self):
        return "the target's CHAP_R"


def impostor(name, clauses, forge, chap_options=None, **members):
    """The target answers with what `forge` makes of its Chap."""
    said = []

    def bend_it(reply):
        value = "0x" + forge(reply.connection.login.chap).hex()
        said.append(value)
        reply.pairs[:] = [(key, value if key == "CHAP_R" else old) for key, old in reply.pairs]

    def same_value(run):
        told = run.events[0]["args"]["value"]
        require(told == said[-1], f"the event tells {told}, not {said[-1]}")

    mutual(
        name,
        clauses,
        chap=chap_options,
        bends=[login(3, call=bend_it)],
        events=[event(26, ["3"], value=Proof())],
        results=same_value,
        **members,
    )


def _of(exchange, secret, identifier=None, challenge=None):
    """A response by this secret, to the initiator's own challenge if no other is named."""
    seen = exchange.login.seen
    identifier = int(seen["CHAP_I"], 0) if identifier is None else identifier
    challenge = chap.binary(seen["CHAP_C"]) if challenge is None else challenge
    return response(exchange.algorithm, identifier, secret, challenge)


SECRET = chap.DEFAULTS["target_secret"]
impostor(
    "target-knows-another-secret", "CHP-005", lambda exchange: _of(exchange, "target-secret-2")
)
impostor("target-knows-no-secret", "CHP-005", lambda exchange: _of(exchange, ""))
impostor(
    "target-proves-its-secret-by-another-identifier",
    "CHP-025",
    lambda exchange: _of(exchange, SECRET, int(exchange.login.seen["CHAP_I"], 0) ^ 1),
)
impostor(
    "target-proves-its-secret-by-its-own-challenge",
    "CHP-025 CHP-014",
    lambda exchange: _of(exchange, SECRET, challenge=exchange.challenge),
)
impostor(
    "target-sends-the-initiators-proof-back",
    "CHP-005 CHP-017",
    lambda exchange: chap.binary(exchange.login.seen["CHAP_R"]),
)
impostor(
    "target-proof-differs-in-the-last-bit",
    "CHP-005 CHP-026",
    lambda exchange: _of(exchange, SECRET)[:-1] + bytes([_of(exchange, SECRET)[-1] ^ 1]),
)
impostor(
    "target-proof-differs-in-the-first-bit",
    "CHP-005 CHP-026",
    lambda exchange: bytes([_of(exchange, SECRET)[0] ^ 0x80]) + _of(exchange, SECRET)[1:],
)
impostor(
    "wrong-proof-is-not-tried-again",
    "CHP-005",
    lambda exchange: _of(exchange, "target-secret-2"),
    options=["--reconnect", "2"],
    settings=["--reconnect", "2"],
)
impostor(
    "wrong-proof-is-not-tried-again-by-md5",
    "CHP-005",
    lambda exchange: _of(exchange, "target-secret-2"),
    options=["--reconnect", "2", "--chap-algorithms", "sha256,md5"],
    settings=["--reconnect", "2"],
)

# Events 25 and 117: the target's name.


def target_name(name, value, causes):
    cut = len(value.encode()) > KEPT
    step_4(
        name,
        "CHP-012",
        [event(25, causes, truncated=cut, value=value[:KEPT])],
        replace={"CHAP_N": value},
    )


target_name("target-chap-name-empty", "", [])
for _size in (256, 300, 511):
    target_name(f"target-chap-name-of-{_size}-bytes", "n" * _size, [])
for _size in (512, 513, 5000):
    target_name(f"target-chap-name-of-{_size}-bytes", "n" * _size, ["1"])
for _title, _value in (
    ("another", "other-user"),
    ("in-upper-case", "TARGET-USER"),
    ("with-a-space-behind", "target-user "),
    ("shorter", "target-use"),
):
    step_4(
        f"target-chap-name-{_title}",
        "CHP-005 SEC-010",
        [event(117, name=_value, expected="target-user")],
        replace={"CHAP_N": _value},
    )

# Event 113: one secret for both directions.

for _ask, _title in (("0", "set"), ("2", "asked-for")):
    mutual(
        f"target-proves-the-initiators-own-secret-{_title}",
        "CHP-017",
        program=_ask == "0",
        why="the program gives its secrets beforehand",
        chap={"target_secret": chap.DEFAULTS["secret"]},
        settings=["--chap-ask", _ask],
        bends=[login(3)],
        events=[event(113, ["2"], reason=2)],
    )
for _title, _options in (
    ("shared-by-both-directions", OWN + ["--target-chap-secret", chap.DEFAULTS["secret"]]),
    ("of-the-target-too-short", OWN + ["--target-chap-secret", "elevenbytes"]),
):
    _reason = 2 if "shared" in _title else 1
    script(
        f"secret-{_title}",
        "CHP-018 CHP-019 CHP-024",
        memory=False,
        why="sanscsi_session_new() refuses it, and the program tells the event",
        options=_options,
        events=[event(113, [str(_reason)], reason=_reason)],
        connections=0,
        reaction=lambda run: None,
    )
    script(
        f"secret-{_title}-when-asked-for",
        "CHP-017 CHP-018 CHP-019",
        program=False,
        why="the program gives its secrets beforehand",
        target={"chap": {}},
        options=_options,
        settings=["--chap-ask", "2"],
        bends=[login(3)],
        events=[event(113, [str(_reason)], reason=_reason)],
    )

script(
    "target-secret-asked-for-and-not-given",
    "CHP-005 CHP-006",
    program=False,
    why="the program gives its secrets beforehand",
    target={"chap": {"target_secret": ""}},
    options=OWN,
    settings=["--chap-ask", "2"],
    bends=[login(3)],
    events=[event(34)],
)

# Events 14, 18, 28: the keys of step 4.

step_4("step-4-without-chap-n", "CHP-005", [event(18, key="CHAP_N")], omit=["CHAP_N"])
step_4("step-4-without-chap-r", "CHP-005", [event(18, key="CHAP_R")], omit=["CHAP_R"])
for _title, _stay in (("and-the-stage-left", False), ("and-the-stage-kept", True)):
    step_4(
        f"step-4-left-out-{_title}",
        "CHP-005 CHP-006",
        [event(18, key="CHAP_N")],
        omit=["CHAP_N", "CHAP_R"],
        stay=_stay,
    )
step_4(
    "step-4-left-out-and-full-feature-entered",
    "CHP-006",
    [event(20, target_next_stage=3, current_stage=0, next_stage=1)],
    omit=["CHAP_N", "CHAP_R"],
    header={"transit": 1, "nsg": 3, "tsih": 1},
)
step_4("step-4-in-two-rounds", "CHP-005", [event(18, key="CHAP_R")], take=1)
for _key in ("CHAP_N", "CHAP_R"):
    step_4(
        f"{_key.lower().replace('_', '-')}-twice",
        "CHP-005",
        [event(14, key=_key)],
        call=lambda reply, key=_key: reply.pairs.append((key, reply.value(key))),
    )
    mutual(
        f"{_key.lower().replace('_', '-')}-again-behind-step-4",
        "CHP-005 CHP-022",
        bends=[login(3, stay=True), login(4, append=[(_key, "0x00")])],
        events=[event(14, key=_key)],
    )
for _key, _value in (
    ("CHAP_A", "5"),
    ("CHAP_I", "1"),
    ("CHAP_C", "0x0102"),
    ("X-com.example.rogue", "1"),
    ("CHAP_X", "1"),
    ("MaxBurstLength", "65536"),
    ("DataDigest", "None"),
    ("OFMarkInt", "2048"),
    ("KRB_AP_REP", "0x00"),
):
    for _place in ("append", "prepend"):
        _where = "behind" if _place == "append" else "before"
        step_4(
            f"{_key.lower().replace('_', '-')}-{_where}-step-4",
            "CHP-022 SEC-001",
            [event(28, key=_key)],
            **{_place: [(_key, _value)]},
        )
step_4(
    "authmethod-again-in-step-4",
    "SEC-002",
    [event(14, key="AuthMethod")],
    append=[("AuthMethod", "CHAP")],
)
mutual(
    "step-2-again-instead-of-step-4",
    "CHP-022 CHP-014",
    bends=[
        login(
            3,
            call=lambda reply: reply.pairs.__setitem__(
                slice(None), [("CHAP_A", "5"), ("CHAP_I", "7"), ("CHAP_C", "0x" + "77" * 16)]
            ),
            stay=True,
        )
    ],
    events=[event(28, key="CHAP_A")],
)
for _key in ("CHAP_N", "CHAP_R"):
    mutual(
        f"{_key.lower().replace('_', '-')}-in-step-2-of-mutual-chap",
        "CHP-022",
        bends=[login(2, append=[(_key, "0x00")])],
        events=[event(27, key=_key)],
    )
for _detail in (0, 1):
    for _number in (1, 2, 3, 4):
        mutual(
            f"refused-with-020{_detail}-by-response-{_number}-of-mutual-chap",
            "CHP-027",
            bends=[login(_number, status=(2, _detail))],
            events=[
                event(36, ["2"], status_class=2, status_code=_detail, target_address="{portal}")
            ],
        )
mutual(
    "closes-instead-of-step-4",
    "CHP-005",
    bends=[login(3, close_instead=True)],
    events=[event(35)],
    reaction=TARGET_ENDS,
)

# Event 114: challenges of the initiator's come back.


def first_challenge(connection):
    """The initiator's challenge on the first connection, once there is one."""
    return own_challenge(connection.target.connections[0]) or chap.DEFAULTS["challenge"]


def reflected(name, first, **members):
    """The second connection is challenged with what the first one was asked."""
    mutual(
        name,
        "CHP-014",
        chap={"challenge": first_challenge},
        connections=2,
        reaction=_no_proof,
        **members,
        bends=first + [login(2, connection=2)],
    )


def _no_proof(run):
    earlier_ones_end(run)
    last = run.target.connections[-1]
    nothing_more(last)
    require(last.initiator_closed, "the initiator did not close first")
    require("CHAP_R" not in last.login.seen, "the initiator answered its own challenge")


reflected(
    "challenge-of-a-failed-login-reflected",
    [login(3, connection=1, close_instead=True)],
    events=[event(35), event(114)],
    **AGAIN,
)
reflected(
    "challenge-of-a-lost-session-reflected",
    [bend("inquiry", 1, connection=1, close_instead=True)],
    events=[
        event(103, outstanding_tasks=1),
        event(114),
        event(119, ["2"], reason=2, attempts=1),
    ],
    memory_events=[event(103, outstanding_tasks=1), event(114)],
    scenario="inquiry",
    **AGAIN,
)
reflected(
    "challenge-of-an-open-connection-reflected",
    [],
    memory=False,
    why="replay has one session",
    command=["copy", "{url}", f"iscsi://{{portal}}/{TARGET_NAME}/1"],
    target={"luns": (0, 1)},
    events=[event(114)],
)
reflected(
    "challenge-reflected-in-base64",
    [
        login(3, connection=1, close_instead=True),
        login(
            2,
            connection=2,
            call=lambda reply: reply.pairs.__setitem__(
                2, ("CHAP_C", ENCODINGS["base64"](first_challenge(reply.connection)))
            ),
        ),
    ],
    events=[event(35), event(114)],
    **AGAIN,
)
mutual(
    "challenge-that-is-the-initiators-but-for-a-bit",
    "CHP-014",
    chap={
        "challenge": lambda connection: first_challenge(connection)[:-1]
        + bytes([first_challenge(connection)[-1] ^ 1])
    },
    **AGAIN,
    bends=[login(3, connection=1, close_instead=True)],
    events=[event(35)],
    connections=2,
    reaction=GOES_ON,
)
mutual(
    "challenge-of-the-target-repeated",
    "CHP-014 CHP-013",
    **AGAIN,
    bends=[login(3, connection=1, close_instead=True)],
    events=[event(35)],
    connections=2,
    reaction=GOES_ON,
)
