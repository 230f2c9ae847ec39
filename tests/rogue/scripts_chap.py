"""Scripts: CHAP by which the initiator proves itself (events 10, 11, 14, 16 to 19, 22 to 24, 27,
34, 36, 37, 113), and MD5 alone behind a list that the target does not take."""

from chap_script import KEPT, OWN, earlier_ones_end, never_says, offers, one_way
from keys import TARGET_NAME
from reply import login
from script import GOES_ON, TARGET_ENDS, event, script

ALGORITHMS = {"md5": "5", "sha1": "6", "sha256": "7", "sha3-256": "8"}
PROOF = ("CHAP_N", "CHAP_R")
unproved = never_says(*PROOF)


def step_2(name, clauses, events, **changes):
    """The answer to CHAP_A is changed, and the initiator gives no proof."""
    one_way(name, clauses, bends=[login(2, **changes)], events=events, results=unproved)


# What is right.

for _name, _number in ALGORITHMS.items():
    for _encoding in ("hex", "HEX", "base64", "BASE64"):
        one_way(
            f"{_name}-with-a-challenge-in-{'upper-' * _encoding.isupper()}{_encoding.lower()}",
            "CHP-002 CHP-003 CHP-004 CHP-007 CHP-009",
            chap={"encode": _encoding, "algorithms": (int(_number),)},
            options=["--chap-algorithms", _name],
            results=offers(_number if _number == "5" else _number + ",5"),
            reaction=GOES_ON,
        )
for _order, _offer in (
    ("md5,sha1,sha256,sha3-256", "5,6,7,8"),
    ("sha3-256,sha256,sha1,md5", "8,7,6,5"),
    ("sha256,md5", "7,5"),
    ("sha1,sha3-256", "6,8,5"),
):
    one_way(
        f"offer-of-{_order.replace(',', '-')}",
        "CHP-001",
        options=["--chap-algorithms", _order],
        results=offers(_offer),
        reaction=GOES_ON,
    )
one_way(
    "md5-alone-of-a-list",
    "CHP-001",
    chap={"algorithms": (5,)},
    options=["--chap-algorithms", "sha3-256,sha256,sha1"],
    results=offers("8,7,6,5"),
    reaction=GOES_ON,
)
for _identifier in ("0", "1", "127", "128", "255", "0x10", "0XFF", "0x0", "0x00010"):
    one_way(
        f"identifier-{_identifier}",
        "CHP-008 CHP-025",
        chap={"identifier": _identifier},
        reaction=GOES_ON,
    )
for _size in (1, 2, 55, 56, 63, 64, 65, 135, 136, 1023, 1024):
    for _encoding in ("hex", "base64"):
        one_way(
            f"challenge-of-{_size}-bytes-in-{_encoding}",
            "CHP-009 CHP-010",
            chap={"challenge": bytes(i * 7 & 0xFF for i in range(_size)), "encode": _encoding},
            reaction=GOES_ON,
        )
one_way(
    "challenge-in-hex-of-an-odd-number-of-digits",
    "CHP-009",
    chap={"challenge": b"\x0a\xbc"},
    bends=[login(2, replace={"CHAP_C": "0xabc"})],
    reaction=GOES_ON,
)
one_way(
    "challenge-of-zeros",
    "CHP-009",
    chap={"challenge": bytes(16)},
    reaction=GOES_ON,
)
for _parts in (1, 7, 100):
    one_way(
        f"step-2-in-parts-of-{_parts}",
        "CHP-003 CHP-009",
        chap={"challenge": bytes(range(200))},
        bends=[login(2, split="each" if _parts == 1 else _parts)],
        reaction=GOES_ON,
    )
one_way(
    "step-2-cut-inside-the-challenge",
    "CHP-003 CHP-009",
    chap={"challenge": bytes(range(256)) * 4},
    bends=[login(2, split=[-1500, -700, -1])],
    reaction=GOES_ON,
)
one_way(
    "keys-of-step-2-in-another-order",
    "CHP-003",
    bends=[login(2, call=lambda reply: reply.pairs.reverse())],
    reaction=GOES_ON,
)
for _number in (1, 2, 3, 4):
    one_way(
        f"target-tells-its-alias-in-response-{_number}-of-chap",
        "SEC-001",
        bends=[login(_number, append=[("TargetAlias", "rogue"), ("TargetAddress", "x:1,1")])],
        reaction=GOES_ON,
    )
one_way(
    "stage-of-chap-left-one-round-late",
    "CHP-004",
    bends=[login(3, stay=True)],
    reaction=GOES_ON,
)
one_way(
    "stage-of-chap-left-four-rounds-late",
    "CHP-004",
    bends=[login((3, 4, 5, 6), stay=True)],
    reaction=GOES_ON,
)
one_way(
    "chap-in-discovery",
    "SEC-016",
    command=["discover", "{portal}"],
    reaction=GOES_ON,
)
one_way(
    "secret-of-twelve-bytes",
    "CHP-019",
    chap={"secret": "twelve-bytes"},
    options=["--chap-secret", "twelve-bytes"],
    reaction=GOES_ON,
)
one_way(
    "secret-of-255-bytes",
    "CHP-020",
    chap={"secret": "s" * 255},
    options=["--chap-secret", "s" * 255],
    reaction=GOES_ON,
)
one_way(
    "name-of-255-bytes",
    "CHP-012 SEC-010",
    chap={"name": "n" * 255},
    options=["--chap-user", "n" * 255],
    reaction=GOES_ON,
)
script(
    "name-and-secret-in-the-url",
    "CHP-004 SEC-010",
    target={"chap": {}},
    command=["inquiry", f"iscsi://initiator-user%initiator-secret@{{portal}}/{TARGET_NAME}/0"],
    settings=OWN,
    reaction=GOES_ON,
)
script(
    "name-and-secret-in-the-environment",
    "CHP-004 SEC-010",
    target={"chap": {}},
    environment={
        "LIBISCSI_CHAP_USERNAME": "initiator-user",
        "LIBISCSI_CHAP_PASSWORD": "initiator-secret",
    },
    settings=OWN,
    reaction=GOES_ON,
)
script(
    "the-initiators-name-where-no-other-is-set",
    "CHP-004 SEC-010",
    target={"chap": {"name": "iqn.2026-11.io.sanscsi:me"}},
    options=["--chap-secret", "initiator-secret"]
    + ["--initiator-name", "iqn.2026-11.io.sanscsi:me"],
    reaction=GOES_ON,
)
for _name, _ask in (("own", "1"), ("either", "3")):
    script(
        f"secret-that-is-asked-for-{_name}",
        "CHP-004",
        program=False,
        why="the program gives its secrets beforehand",
        target={"chap": {}},
        options=OWN + (["--target-chap-secret", "target-secret-1"] if _ask == "3" else []),
        settings=["--chap-ask", _ask],
        reaction=GOES_ON,
    )

# The choice of a method.

script(
    "authmethod-not-answered",
    "SEC-006",
    bends=[login(1, omit=["AuthMethod"])],
    events=[event(18, key="AuthMethod")],
)
one_way(
    "chap-never-answered",
    "SEC-006",
    target={"methods": ["None"]},
    bends=[login(1, omit=["AuthMethod"])] + [login(number) for number in range(2, 18)],
    events=[event(19, max=16)],
    results=unproved,
)
for _value in ("None", "KRB5", "SRP", "SPKM1", "CHAP,None", "chap", "CHAP ", "Z-com.example", ""):
    one_way(
        f"authmethod-answered-by-{_value.replace(',', '-').strip().lower() or 'nothing'}"
        + ("-and-a-space" if " " in _value else "-in-lower-case" if _value == "chap" else ""),
        "SEC-002 SEC-006",
        bends=[login(1, replace={"AuthMethod": _value})],
        events=[event(16, ["3"], pair=f"AuthMethod={_value}", proposed="CHAP")],
        results=never_says("CHAP_A"),
    )
one_way(
    "authmethod-none-and-the-stage-left",
    "SEC-006 CHP-006",
    bends=[login(1, replace={"AuthMethod": "None"}, header={"transit": 1, "nsg": 1})],
    events=[event(37)],
    results=never_says("CHAP_A"),
)
one_way(
    "authmethod-irrelevant-where-chap-is-required",
    "SEC-002",
    bends=[login(1, replace={"AuthMethod": "Irrelevant"})],
    events=[event(16, ["1"], pair="AuthMethod=Irrelevant", proposed="CHAP")],
)
one_way(
    "chap-rejected",
    "SEC-007",
    bends=[login(1, replace={"AuthMethod": "Reject"})],
    events=[event(11, key="AuthMethod")],
)
one_way(
    "chap-not-understood",
    "SEC-002",
    bends=[login(1, replace={"AuthMethod": "NotUnderstood"})],
    events=[event(10, key="AuthMethod")],
)
script(
    "chap-chosen-that-was-not-offered",
    "SEC-002",
    bends=[login(1, replace={"AuthMethod": "CHAP"}, stay=True)],
    events=[event(16, ["3"], pair="AuthMethod=CHAP", proposed="None")],
)
for _key, _value in (("CHAP_A", "5"), ("CHAP_I", "1"), ("CHAP_C", "0x01"), ("CHAP_N", "x")):
    one_way(
        f"{_key.lower().replace('_', '-')}-together-with-authmethod",
        "CHP-022",
        bends=[login(1, append=[(_key, _value)])],
        events=[event(14, key=_key)],
        results=never_says("CHAP_A"),
    )
    one_way(
        f"{_key.lower().replace('_', '-')}-before-authmethod",
        "CHP-022",
        bends=[login(1, prepend=[(_key, _value)])],
        events=[event(14, key=_key)],
        results=never_says("CHAP_A"),
    )
    script(
        f"{_key.lower().replace('_', '-')}-where-nobody-authenticates",
        "CHP-022",
        bends=[login(1, append=[(_key, _value)])],
        events=[event(14, key=_key)],
    )
script(
    "chap-chosen-but-no-secret-configured",
    "SEC-007",
    target={"chap": {}},
    options=["--chap-user", "initiator-user"],
    bends=[login(1)],
    events=[event(34)],
    results=never_says("CHAP_A"),
)
script(
    "secret-asked-for-and-not-given",
    "SEC-007",
    program=False,
    why="the program gives its secrets beforehand",
    target={"chap": {}},
    options=["--chap-user", "initiator-user"],
    settings=["--chap-ask", "1"],
    bends=[login(2)],
    events=[event(34)],
    results=unproved,
)

# Event 113: secrets that do not protect.

script(
    "secret-of-eleven-bytes",
    "CHP-019",
    memory=False,
    why="sanscsi_session_new() refuses it, and the program tells the event",
    options=["--chap-user", "initiator-user", "--chap-secret", "elevenbytes"],
    events=[event(113, reason=1)],
    connections=0,
    reaction=lambda run: None,
)
script(
    "secret-of-eleven-bytes-that-is-asked-for",
    "CHP-019",
    program=False,
    why="the program gives its secrets beforehand",
    target={"chap": {}},
    options=["--chap-user", "initiator-user", "--chap-secret", "elevenbytes"],
    settings=["--chap-ask", "1"],
    bends=[login(2)],
    events=[event(113, reason=1)],
    results=unproved,
)
script(
    "secret-of-eleven-bytes-that-is-allowed",
    "CHP-019",
    program=False,
    why="the program never allows it",
    target={"chap": {"secret": "elevenbytes"}},
    options=["--chap-user", "initiator-user", "--chap-secret", "elevenbytes"],
    settings=["--chap-weak-secrets", "1"],
    reaction=GOES_ON,
)

# Event 22: the algorithm.


def algorithm(name, value, cause, clauses="CHP-003"):
    step_2(name, clauses, [event(22, [cause], value=value)], replace={"CHAP_A": value})


algorithm("algorithm-rejected", "Reject", "1")
for _value in ("6", "7", "8", "0", "4", "9", "255", "0x06", "4294967301", "18446744073709551616"):
    algorithm(f"algorithm-{_value}-that-was-not-offered", _value, "2")
for _name, _value in (
    ("by-name", "MD5"),
    ("empty", ""),
    ("as-a-list", "5,7"),
    ("as-a-list-of-one", "5,"),
    ("with-a-leading-zero", "05"),
    ("negative", "-5"),
    ("with-a-plus", "+5"),
    ("with-a-space", "5 "),
    ("with-a-fraction", "5.0"),
    ("hex-without-digits", "0x"),
    ("in-base64", "0bBQ=="),
    ("rejected-in-lower-case", "reject"),
    ("none", "None"),
    ("not-understood", "NotUnderstood"),
):
    algorithm(f"algorithm-{_name}", _value, "3")
one_way(
    "algorithm-in-hex",
    "CHP-003",
    bends=[login(2, replace={"CHAP_A": "0x5"})],
    reaction=GOES_ON,
)

# Event 23: the identifier.

for _name, _value in (
    ("256", "256"),
    ("minus-1", "-1"),
    ("empty", ""),
    ("x", "x"),
    ("in-hex-of-256", "0x100"),
    ("with-a-leading-zero", "01"),
    ("with-a-space", " 1"),
    ("hex-without-digits", "0x"),
    ("in-base64", "0bAQ=="),
    ("rejected", "Reject"),
    ("beyond-64-bits", "18446744073709551617"),
    ("as-a-list", "1,2"),
):
    step_2(
        f"identifier-invalid-{_name}",
        "CHP-008",
        [event(23, value=_value)],
        replace={"CHAP_I": _value},
    )

# Event 24: the challenge.


def challenge(name, value, clauses="CHP-009"):
    cut = len(value) > KEPT
    step_2(
        name,
        clauses,
        [event(24, ["2"], truncated=cut, value=value[:KEPT])],
        replace={"CHAP_C": value},
    )


challenge("challenge-empty-in-hex", "0x", "CHP-009 CHP-010")
challenge("challenge-empty-in-base64", "0b", "CHP-009 CHP-010")
challenge("challenge-empty", "", "CHP-009 CHP-010")
challenge("challenge-of-1025-bytes-in-hex", "0x" + "5a" * 1025)
challenge("challenge-of-1025-bytes-in-base64", "0b" + "QUFB" * 341 + "QUE=")
challenge("challenge-of-4000-bytes", "0x" + "5a" * 4000)
for _name, _value in (
    ("in-decimal", "12345678"),
    ("zero", "0"),
    ("without-a-prefix", "abcdef"),
    ("of-another-prefix", "0y1234"),
    ("with-a-strange-digit", "0xg1"),
    ("with-a-strange-last-digit", "0x1g"),
    ("with-a-space-inside", "0x12 34"),
    ("with-a-space-behind", "0x1234 "),
    ("twice-prefixed", "0x0x12"),
    ("negative", "-0x12"),
    ("as-a-list", "0x12,0x34"),
    ("in-base64-with-a-strange-letter", "0bQU!B"),
    ("in-base64-of-the-url-alphabet", "0bQU-_"),
    ("in-base64-without-padding", "0bQUI"),
    ("in-base64-with-too-much-padding", "0bQUI=="),
    ("in-base64-padded-in-the-middle", "0bQUI=QUJD"),
    ("in-base64-of-padding-alone", "0b===="),
    ("in-base64-with-bits-behind-the-data", "0bQUJ="),
    ("in-base64-with-a-line-feed", "0bQUJD\nQUJD"),
    ("rejected", "Reject"),
):
    challenge(f"challenge-{_name}", _value)

# Events 14, 17, 18, 27, 37: the keys of step 2.

step_2("step-2-without-chap-a", "CHP-003", [event(18, key="CHAP_A")], omit=["CHAP_A"])
step_2("step-2-without-chap-i", "CHP-003", [event(17, key="CHAP_I")], omit=["CHAP_I"])
step_2("step-2-without-chap-c", "CHP-003", [event(18, key="CHAP_C")], omit=["CHAP_C"])
step_2("step-2-without-keys", "CHP-003", [event(18, key="CHAP_A")], text=b"")
step_2("step-2-in-two-rounds", "CHP-003", [event(17, key="CHAP_I")], take=1)
for _key in ("CHAP_A", "CHAP_I", "CHAP_C"):
    step_2(
        f"{_key.lower().replace('_', '-')}-twice",
        "CHP-003",
        [event(14, key=_key)],
        call=lambda reply, key=_key: reply.pairs.append((key, reply.value(key))),
    )
step_2(
    "authmethod-again-in-step-2",
    "SEC-002",
    [event(14, key="AuthMethod")],
    append=[("AuthMethod", "CHAP")],
)
for _key, _value in (
    ("CHAP_N", "target-user"),
    ("CHAP_R", "0x" + "00" * 16),
    ("X-com.example.rogue", "1"),
    ("CHAP_X", "1"),
    ("chap_a", "5"),
    ("MaxBurstLength", "65536"),
    ("HeaderDigest", "None"),
    ("MaxRecvDataSegmentLength", "65536"),
    ("IFMarker", "No"),
    ("SRP_U", "x"),
):
    for _place in ("append", "prepend"):
        step_2(
            f"{_key.lower().replace('_', '-')}-{'behind' if _place == 'append' else 'before'}"
            + ("-step-2-in-lower-case" if _key == "chap_a" else "-step-2"),
            "CHP-022 SEC-001",
            [event(27, key=_key)],
            **{_place: [(_key, _value)]},
        )
for _stage in (1, 3):
    step_2(
        f"step-2-leaves-for-stage-{_stage}",
        "CHP-006",
        [event(37)],
        header={"transit": 1, "nsg": _stage},
    )
one_way(
    "chap-left-for-full-feature-without-a-proof",
    "CHP-006 SEC-006",
    bends=[login(1, header={"transit": 1, "nsg": 3, "tsih": 1})],
    events=[event(37)],
    results=never_says("CHAP_A"),
)
for _key, _value in (("CHAP_N", "target-user"), ("CHAP_R", "0x00"), ("CHAP_A", "5")):
    one_way(
        f"{_key.lower().replace('_', '-')}-behind-a-proof-that-needs-no-answer",
        "CHP-022",
        bends=[login(3, append=[(_key, _value)])],
        events=[event(14, key=_key)],
    )
for _key, _value in (("CHAP_A", "5"), ("CHAP_C", "0x01"), ("CHAP_N", "x"), ("AuthMethod", "CHAP")):
    one_way(
        f"{_key.lower().replace('_', '-')}-in-the-operational-stage-behind-chap",
        "CHP-022",
        bends=[login(4, append=[(_key, _value)])],
        events=[event(37)],
    )

# Event 36: refusals.


def refused(status_class, detail):
    cause = str(status_class)
    values = {"status_class": status_class, "status_code": detail}
    return [event(36, [cause], target_address="{portal}", **values)]


for _number in (1, 2, 3, 4):
    for _detail in (0, 1):
        one_way(
            f"refused-with-020{_detail}-by-response-{_number}-of-chap",
            "CHP-027",
            bends=[login(_number, status=(2, _detail))],
            events=refused(2, _detail),
        )
one_way(
    "refused-proof-is-not-tried-again",
    "CHP-027 SEC-007",
    options=["--reconnect", "2"],
    settings=["--reconnect", "2"],
    bends=[login(3, status=(2, 1))],
    events=refused(2, 1),
)
one_way(
    "closes-instead-of-step-2",
    "CHP-003",
    bends=[login(2, close_instead=True)],
    events=[event(35)],
    reaction=TARGET_ENDS,
)
one_way(
    "closes-on-a-proof",
    "CHP-027",
    bends=[login(3, close_instead=True)],
    events=[event(35)],
    reaction=TARGET_ENDS,
)

# MD5 alone behind a list.

LIST = ["--chap-algorithms", "sha256,sha1,md5", "--reconnect", "1"]


def fallback(name, events, second="5", **changes):
    one_way(
        name,
        "CHP-002",
        options=LIST,
        settings=["--reconnect", "1"],
        bends=[login(changes.pop("number", 2), connection=1, **changes)],
        events=events,
        results=lambda run: (offers("7,6,5", second)(run), earlier_ones_end(run)),
        connections=2,
        reaction=GOES_ON,
    )


fallback("list-rejected", [event(22, ["1"], value="Reject")], replace={"CHAP_A": "Reject"})
fallback("list-answered-by-a-list", [event(22, ["3"], value="7,6")], replace={"CHAP_A": "7,6"})
fallback("list-answered-by-another", [event(22, ["2"], value="8")], replace={"CHAP_A": "8"})
fallback("list-refused-with-0200", refused(2, 0), status=(2, 0))
fallback("list-refused-with-0201", refused(2, 1), status=(2, 1))
fallback("list-refused-at-the-proof", refused(2, 1), number=3, status=(2, 1))
fallback("list-closes-the-connection", [event(35)], close_instead=True)
fallback("list-where-the-target-is-busy", refused(3, 1), second="7,6,5", status=(3, 1))
fallback(
    "list-where-the-identifier-is-wrong",
    [event(23, value="256")],
    second="7,6,5",
    replace={"CHAP_I": "256"},
)
one_way(
    "list-and-md5-alone-rejected",
    "CHP-002",
    options=LIST,
    settings=["--reconnect", "1"],
    bends=[login(2, replace={"CHAP_A": "Reject"})],
    events=[event(22, ["1"], value="Reject")] * 2,
    results=lambda run: (offers("7,6,5", "5")(run), earlier_ones_end(run)),
    connections=2,
)
one_way(
    "md5-alone-refused-is-not-tried-again",
    "CHP-002 CHP-027",
    options=["--reconnect", "2"],
    settings=["--reconnect", "2"],
    bends=[login(2, status=(2, 0))],
    events=refused(2, 0),
)
