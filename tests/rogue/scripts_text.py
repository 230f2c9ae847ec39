"""Scripts: the form of a login's text (events 5, 6, 8, 9, 13), and text in legal odd forms."""

from reply import ALL, login
from script import GOES_ON, event, script

MAX_PAIR = 16384
KEPT = 224  # bytes of one event's strings
ALIAS = "TargetAlias="
BASE = len("AuthMethod=None.TargetPortalGroupTag=1.")  # what the first response says anyway

# Event 5: a pair that the responses before began is never ended.

script(
    "partial-key-name-abandoned",
    "TXT-002 TXT-018",
    bends=[login(1, tail=b"TargetAli", split=[-9, -1])],
    events=[event(5, partial_pair="TargetAli")],
)
script(
    "partial-pair-abandoned-by-an-empty-response",
    "TXT-002 TXT-018",
    bends=[login(1, tail=b"TargetAlias=a b", split=[BASE + 15])],
    events=[event(5, partial_pair="TargetAlias=a b")],
)
script(
    "partial-pair-abandoned-in-the-operational-stage",
    "TXT-002 TXT-018",
    bends=[login(2, tail=b"TargetAlias=rest", split=[-4])],
    events=[event(5, partial_pair="TargetAlias=rest")],
)
script(
    "partial-pair-over-five-responses-abandoned",
    "TXT-002 TXT-018",
    bends=[login(1, tail=b"TargetAlias=123456789", split=[-8, -6, -4, -2])],
    events=[event(5, partial_pair="TargetAlias=123456789")],
)
script(
    "long-partial-pair-abandoned",
    "TXT-002 TXT-018",
    bends=[login(1, tail=ALIAS.encode() + b"x" * 1000, split=[-500])],
    events=[event(5, partial_pair=(ALIAS + "x" * 1000)[:KEPT], truncated=True)],
)

# Event 6: pairs that are too long. One byte less is accepted.

LONG = ALIAS + "y" * (MAX_PAIR - len(ALIAS))


def long_pair(size):
    """A pair of so many bytes, its null not counted, behind the pairs that belong there."""
    return [("TargetAlias", "y" * (size - len(ALIAS)))]


script(
    "pair-one-byte-too-long-in-the-third-response",
    "TXT-016",
    bends=[login(1, append=long_pair(MAX_PAIR + 1), split=[BASE, BASE + 8192, BASE + 16384])],
    events=[
        event(
            6,
            size=MAX_PAIR + 1,
            max_size=MAX_PAIR,
            partial_pair=LONG[:KEPT],
            truncated=True,
        )
    ],
)
script(
    "pair-of-the-greatest-length",
    "TXT-016 LOP-072",
    bends=[login(1, append=long_pair(MAX_PAIR), split=[BASE, BASE + 8192, BASE + 16384])],
    reaction=GOES_ON,
)
script(
    "pair-that-never-ends",
    "TXT-016 TXT-036",
    bends=[login(1, text=ALIAS.encode() + b"y" * 40000, split=8192)],
    events=[
        event(6, size=3 * 8192, max_size=MAX_PAIR, partial_pair=LONG[:KEPT], truncated=True)
    ],
)
script(
    "key-name-that-never-ends",
    "TXT-004 TXT-016",
    bends=[login(1, text=b"K" * 40000, split=1000)],
    events=[event(6, size=17000, max_size=MAX_PAIR, partial_pair="K" * KEPT, truncated=True)],
)
script(
    "pair-too-long-in-the-operational-stage",
    "TXT-016",
    bends=[login(2, prepend=[("X-long", "v" * 20000)], split=8192)],
    events=[
        event(
            6,
            size=20007,
            max_size=MAX_PAIR,
            partial_pair=("X-long=" + "v" * KEPT)[:KEPT],
            truncated=True,
        )
    ],
)

# Event 8: no equal sign before the null.

script(
    "key-without-equal-sign",
    "TXT-003",
    bends=[login(1, append=[b"TargetAlias\0"])],
    events=[event(8)],
)
script(
    "key-without-equal-sign-between-others",
    "TXT-003",
    bends=[login(2, prepend=[b"HeaderDigest\0"])],
    events=[event(8)],
)
script(
    "key-without-equal-sign-in-two-responses",
    "TXT-003 TXT-018",
    bends=[login(1, tail=b"Target\0", split=[-3])],
    events=[event(8)],
)
script(
    "two-nulls-behind-a-pair",
    "TXT-002",
    bends=[login(1, append=[b"\0"])],
    events=[event(8)],
)
script(
    "text-of-one-null",
    "TXT-002",
    bends=[login(1, text=b"\0")],
    events=[event(8)],
)
script(
    "pair-with-an-empty-key",
    "TXT-003",
    bends=[login(1, append=[b"=None\0"])],
    events=[event(8)],
)

# Event 9: the last pair lacks its null.

script(
    "last-pair-without-null",
    "TXT-002",
    bends=[login(1, chop=1)],
    events=[event(9, pair="TargetPortalGroupTag=1")],
)
script(
    "last-pair-without-null-in-the-operational-stage",
    "TXT-002",
    bends=[login(2, chop=1)],
    events=[event(9, pair="MaxRecvDataSegmentLength=65536")],
)
script(
    "only-pair-without-null",
    "TXT-002",
    bends=[login(1, text=b"AuthMethod=None")],
    events=[event(9, pair="AuthMethod=None")],
)
script(
    "key-name-without-null",
    "TXT-002",
    bends=[login(1, append=[b"TargetAlias"])],
    events=[event(9, pair="TargetAlias")],
)
script(
    "pair-without-null-in-the-last-part",
    "TXT-002 TXT-018",
    bends=[login(1, chop=1, split=[16])],
    events=[event(9, pair="TargetPortalGroupTag=1")],
)
script(
    "text-that-is-not-utf-8-without-null",
    "TXT-001 TXT-002",
    bends=[login(1, text=b"\xff\xfe")],
    events=[event(9, pair="\ufffd\ufffd")],
)

# Key names that are not known, or are not names.

script(
    "known-key-in-lower-case",
    "TXT-001",
    bends=[login(2, prepend=[("headerdigest", "None")], stay=True)],
    events=[event(13, key="headerdigest")],
    answers={"headerdigest": "NotUnderstood"},
    reaction=GOES_ON,
)
script(
    "known-key-in-upper-case",
    "TXT-001 TXT-026",
    bends=[login(2, prepend=[("HEADERDIGEST", "None")], stay=True)],
    events=[event(13, key="HEADERDIGEST")],
    answers={"HEADERDIGEST": "NotUnderstood"},
    reaction=GOES_ON,
)
script(
    "unknown-key-of-63-characters",
    "TXT-004 TXT-026",
    bends=[login(1, append=[("K" * 63, "1")])],
    events=[event(13, key="K" * 63)],
    answers={"K" * 63: "NotUnderstood"},
    reaction=GOES_ON,
)
script(
    "unknown-key-of-64-characters",
    "TXT-004",
    bends=[login(1, append=[("K" * 64, "1")])],
    events=[event(37)],
)
script(
    "unknown-key-with-a-space",
    "TXT-004",
    bends=[login(1, append=[("Two words", "1")])],
    events=[event(37)],
)
script(
    "unknown-key-with-every-legal-character",
    "TXT-004 TXT-026",
    bends=[login(1, append=[("Az09.-+@_", "1")])],
    events=[event(13, key="Az09.-+@_")],
    answers={"Az09.-+@_": "NotUnderstood"},
    reaction=GOES_ON,
)
script(
    "unknown-key-with-an-empty-value",
    "TXT-026",
    bends=[login(1, append=[("Foo", "")])],
    events=[event(13, key="Foo")],
    answers={"Foo": "NotUnderstood"},
    reaction=GOES_ON,
)
script(
    "unknown-key-whose-value-has-equal-signs",
    "TXT-003 TXT-026",
    bends=[login(1, append=[("Foo", "0bAAEC==")])],
    events=[event(13, key="Foo")],
    answers={"Foo": "NotUnderstood"},
    reaction=GOES_ON,
)
script(
    "private-key-in-both-stages",
    "TXT-026 TXT-033",
    bends=[
        login(1, append=[("X-com.example.a", "7")]),
        login(2, append=[("X-com.example.b", "8")], stay=True),
    ],
    events=[event(13, key="X-com.example.a"), event(13, key="X-com.example.b")],
    answers={"X-com.example.a": "NotUnderstood", "X-com.example.b": "NotUnderstood"},
    reaction=GOES_ON,
)
script(
    "unknown-key-split-in-its-name",
    "TXT-018 TXT-026",
    bends=[login(1, append=[("X-com.example", "1")], split=[-8])],
    events=[event(13, key="X-com.example")],
    answers={"X-com.example": "NotUnderstood"},
    reaction=GOES_ON,
)
FIVE = [(f"X-{letter}", "1") for letter in "abcde"]
script(
    "five-unknown-keys-in-one-response",
    "TXT-026",
    bends=[login(1, append=FIVE)],
    events=[event(13, key="X-a"), event(13, key="X-b"), event(100, count=3)],
    memory_events=[event(13, key=key) for key, _ in FIVE],
    answers={key: "NotUnderstood" for key, _ in FIVE},
    reaction=GOES_ON,
)


def one_more_key(reply):
    reply.pairs.append((f"X-{reply.number}", "1"))


SIXTY_FOUR = [event(13, key=f"X-{number}") for number in range(1, 65)]
script(
    "as-many-unknown-keys-as-are-answered",
    "TXT-026 TXT-036",
    bends=[login(range(1, 65), call=one_more_key, stay=True)],
    options=["--max-login-exchanges", "70"],
    events=SIXTY_FOUR,
    answers={f"X-{number}": "NotUnderstood" for number in range(1, 65)},
    reaction=GOES_ON,
)
script(
    "one-unknown-key-too-many",
    "TXT-026 TXT-036",
    bends=[login(range(1, 66), call=one_more_key, stay=True)],
    options=["--max-login-exchanges", "70"],
    settings=["--max-unknown-keys", "8"],
    events=SIXTY_FOUR + [event(37)],
    memory_events=SIXTY_FOUR[:8] + [event(37)],
)



def many_keys(text=b"", **header):
    """So many unknown keys that the initiator's own text goes on over two requests; the answer to
    the first of these brings a text or sets a field, which it must not."""

    def disturb(reply):
        if not reply.request.more:
            raise AssertionError("the initiator's text was not to end here")
        reply.text = text
        reply.header.update(header)

    keys = [(f"X-{number:060}", "1") for number in range(120)]
    return [login(1, append=keys, split=8000), login(2, call=disturb)]


MANY = [event(13, key=f"X-{number:060}") for number in range(63)] + [event(100, count=57)]
NO_LIMIT = "the program answers 64 unknown keys, which make one request"
for _bend, _what, _good in (
    (many_keys(), "with-nothing", True),
    (many_keys(text=b"TargetAlias=a\0"), "with-a-text", False),
    (many_keys(more=1), "with-more-to-come", False),
    (many_keys(transit=1, nsg=1), "with-transit", False),
):
    script(
        f"text-of-the-initiator-that-goes-on-is-answered-{_what}",
        "TXT-022 TXT-019" if _good else "TXT-022",
        bends=_bend,
        settings=["--max-unknown-keys", "120"],
        memory_events=MANY + ([] if _good else [event(37)]),
        reaction=GOES_ON if _good else "drops",
        program=False,
        why=NO_LIMIT,
    )

# Legal forms.

for _stage, _name in ((1, "security"), (2, "operational")):
    script(
        f"text-of-the-{_name}-stage-split-at-every-byte",
        "TXT-018 TXT-021",
        bends=[login(_stage, split="each")],
        reaction=GOES_ON,
        seconds=10,
    )
script(
    "text-split-with-empty-parts",
    "TXT-018 TXT-021",
    bends=[login(1, split=[0, 5, 5, 16, 16, -1, -1])],
    reaction=GOES_ON,
)
script(
    "8192-bytes-of-text-in-one-response",
    "TXT-016 PDU-016",
    bends=[login(1, append=[("TargetAlias", "z" * (8192 - BASE - 13))])],
    reaction=GOES_ON,
)
script(
    "64-kilobytes-of-text-in-parts",
    "TXT-016",
    bends=[login(1, append=[("TargetAddress", "192.0.2.1:3260,1")] * 2100, split=8192)],
    reaction=GOES_ON,
)
script(
    "text-without-end",
    "TXT-016 TXT-036",
    bends=[login(1, append=[("TargetAddress", "192.0.2.1:3260,1")] * 10000, split=8192)],
    events=[event(37)],
    seconds=10,
    settings=["--max-login-text", "20000"],
)
script(
    "keys-in-reverse-order",
    "TXT-041",
    bends=[login(ALL, call=lambda reply: reply.pairs.reverse())],
    reaction=GOES_ON,
)
for _name, _alias in (
    ("spaces", "a disk  of  spaces "),
    ("other-scripts", "Scheibe \u00e4 \u78c1\u76d8 \U0001f4be"),
    ("equal-signs", "a=b=c=="),
    ("no-characters", ""),
    ("255-bytes", "n" * 255),
    ("4000-bytes", "n" * 4000),
    ("bytes-that-are-not-utf-8", b"\xff\xfe\x80"),
    ("control-characters", "\x01\x1b[2J\x7f"),
):
    script(
        f"alias-of-{_name}",
        "TXT-006 LOP-072",
        bends=[login(1, append=[("TargetAlias", _alias)])],
        reaction=GOES_ON,
    )
