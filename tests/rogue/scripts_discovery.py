"""Scripts: what a target answers to SendTargets (events 31, 32, 40, 104)."""

import keys
from pdu import NO_TAG, NOP_OUT, TEXT_REQUEST, TEXT_RESPONSE, Pdu
from printed import both, harmless, prints, prints_json
from reply import bend
from run import require
from script import DROPS, GOES_ON, event, script
from unasked import behind, ping

DISCOVER = ["discover", "{portal}"]
GOOD = ("iqn.2026-11.io.sanscsi.test:good", "192.0.2.1:3260,1")
OTHER = ("iqn.2026-11.io.sanscsi.test:other", "[2001:db8::1]:3261,2")
LISTED = f"{GOOD[0]}\n    {GOOD[1]}\n"
BOTH_LISTED = LISTED + f"{OTHER[0]}\n    {OTHER[1]}\n"


def record(name, *addresses):
    return [("TargetName", name)] + [("TargetAddress", address) for address in addresses]


def discovery(name, clauses, text, **members):
    """One answer to SendTargets."""
    text = keys.encode(text) if isinstance(text, list) else text
    changes = members.pop("changes", {})
    members.setdefault("reaction", GOES_ON)
    members.setdefault("results", prints(""))
    script(
        name, clauses, bends=[bend("text", text=text, **changes)], command=DISCOVER, **members
    )


def fails(name, clauses, text, *events, **members):
    """Discovery at this portal fails: nothing is printed, the session is logged out."""
    discovery(name, clauses, text, events=list(events), exit=1, **members)


# What is right.

discovery("no-target-at-all", "DSC-005", [])
discovery(
    "two-targets-with-several-portals",
    "DSC-005 DSC-007 NAM-012",
    record(GOOD[0], GOOD[1], "disk.example.com,65535", "[::1]:860,0") + record(*OTHER),
    results=prints(
        f"{LISTED}    disk.example.com:3260,65535\n    [::1]:860,0\n"
        f"{OTHER[0]}\n    {OTHER[1]}\n"
    ),
)
discovery(
    "targets-as-json",
    "DSC-005 DSC-007",
    record(*GOOD) + record(OTHER[0]),
    options=["--json"],
    results=prints_json(
        {
            "targets": [
                {
                    "target": GOOD[0],
                    "portals": [{"host": "192.0.2.1", "port": 3260, "tag": 1}],
                },
                {"target": OTHER[0], "portals": [{"host": "127.0.0.1", "port": "{port}"}]},
            ]
        }
    ),
)
discovery(
    "records-without-addresses",
    "DSC-008",
    record(GOOD[0]) + record(OTHER[0]),
    results=prints(f"{GOOD[0]}\n    {{portal}}\n{OTHER[0]}\n    {{portal}}\n"),
)
discovery(
    "address-without-portal-group-tag",
    "DSC-007",
    record(GOOD[0], "192.0.2.1:3260"),
    results=prints(f"{GOOD[0]}\n    192.0.2.1:3260\n"),
)
script(
    "discovery-over-ipv6",
    "DSC-008 DSC-007",
    bends=[bend("text", text=keys.encode(record(GOOD[0])))],
    target={"hosts": ("::1",)},
    command=DISCOVER,
    reaction=GOES_ON,
    results=prints(f"{GOOD[0]}\n    {{portal}}\n"),
)
MANY = [
    (f"iqn.2026-11.io.sanscsi.test:disk-{i}", f"192.0.2.{i % 256}:3260,{i}") for i in range(900)
]
discovery(
    "nine-hundred-targets-over-many-responses",
    "DSC-009",
    [pair for name, address in MANY for pair in record(name, address)],
    changes={"split": 2000},
    results=prints("".join(f"{name}\n    {address}\n" for name, address in MANY)),
    seconds=10,
)


def continued(run):
    """Each further request: empty, F = 1, with the tags and the LUN of the answer."""
    requests = [pdu for pdu in run.connection.requests if pdu.opcode == TEXT_REQUEST]
    require(len(requests) > 2, f"{len(requests)} Text Requests")
    for pdu in requests[1:]:
        require(not pdu.data and pdu.final and not pdu.more, "a further request is not empty")
        require(pdu.ttt == 0x77 and pdu.itt == requests[0].itt, "a further request: tags")
    require(requests[1].lun == 0x0005000000000000, f"LUN {requests[1].lun:#x}")


discovery(
    "answer-of-one-byte-responses",
    "DSC-009 TXT-018 TFF-002 TFF-003 TFF-009",
    record(*GOOD) + record(*OTHER),
    changes={"split": "each", "spread": {"lun": 0x0005000000000000}},
    results=both(continued, prints(BOTH_LISTED)),
    seconds=10,
)
discovery(
    "answer-that-goes-on-without-c",
    "DSC-009 TFF-002 TFF-003 TFF-009",
    record(*GOOD) + record(*OTHER),
    changes={"split": [7, 40, 41, 41, 60], "spread": {"more": 0}},
    results=prints(BOTH_LISTED),
)
discovery(
    "target-transfer-tag-in-a-final-answer",
    "DSC-010 TFF-006",
    record(*GOOD),
    changes={"header": {"ttt": 0x12345678}},
    results=prints(LISTED),
)


def answers_the_ping(run):
    replies = [pdu for pdu in run.connection.requests if pdu.opcode == NOP_OUT]
    require(len(replies) == 1, f"{len(replies)} NOP-Outs")
    pdu = replies[0]
    require(pdu.ttt == 0x4711 and pdu.itt == NO_TAG and pdu.immediate, "tags or I of the NOP-Out")
    require(pdu.lun == 0x0003000000000000 and not pdu.data, "LUN or data of the NOP-Out")


discovery(
    "ping-in-a-discovery-session",
    "NOP-001 NOP-014",
    record(*GOOD),
    changes={"before": [ping(0x4711, 0x0003000000000000)]},
    results=both(answers_the_ping, prints(LISTED)),
)

# Event 31: keys.

KEYS = {
    "address-before-any-name": (
        [("TargetAddress", GOOD[1])] + record(*OTHER),
        "TargetAddress",
        "1",
    ),
    "foreign-key-opens-a-record": ([("TargetAlias", "a")] + record(*GOOD), "TargetAlias", "1"),
    "name-in-lower-case": ([("targetname", GOOD[0])], "targetname", "1"),
    "pair-without-equal-sign-opens": (b"TargetName\0", "TargetName", "1"),
    "pair-with-an-empty-key-opens": (b"=x\0", "=x", "1"),
    "two-nulls-open": (b"\0", "", "1"),
    "name-without-null": (b"TargetName=" + GOOD[0].encode(), "TargetName=" + GOOD[0], "1"),
    "foreign-key-behind-a-name": (
        record(GOOD[0]) + [("MaxRecvDataSegmentLength", "512")],
        "MaxRecvDataSegmentLength",
        "2",
    ),
    "foreign-key-behind-an-address": (
        record(*GOOD) + [("TargetPortalGroupTag", "1")] + record(*OTHER),
        "TargetPortalGroupTag",
        "2",
    ),
    "private-key-in-a-record": (record(*GOOD) + [("X-com.example.a", "1")], "X-com.example.a", "2"),
    "address-in-lower-case": (record(GOOD[0]) + [("targetaddress", GOOD[1])], "targetaddress", "2"),
    "pair-without-equal-sign-inside": (record(*GOOD) + [b"TargetAddress\0"], "TargetAddress", "2"),
    "two-nulls-behind-a-record": (record(*GOOD) + [b"\0"], "", "2"),
    "address-without-null": (
        record(GOOD[0]) + [b"TargetAddress=192.0.2.1,1"],
        "TargetAddress=192.0.2.1,1",
        "2",
    ),
    "key-of-control-characters": (
        record(*GOOD) + [("\x1b[2J\x07\x9b", "1")],
        "\x1b[2J\x07\x9b",
        "2",
    ),
    "key-that-is-not-utf-8": (record(*GOOD) + [(b"\xff\xfe", "1")], "\ufffd\ufffd", "2"),
}
for _name, (_text, _key, _cause) in KEYS.items():
    fails(
        "send-targets-" + _name,
        "DSC-005" if _cause == "1" else "DSC-006",
        _text,
        event(31, [_cause], key=_key),
    )
fails(
    "send-targets-key-of-a-thousand-bytes",
    "DSC-006",
    record(*GOOD) + [("K" * 1000, "1")],
    event(31, ["2"], key="K" * 224, truncated=True),
)
fails(
    "send-targets-foreign-key-split-over-responses",
    "DSC-006 DSC-009 TXT-018",
    record(*GOOD) + [("TargetAlias", "x")],
    event(31, ["2"], key="TargetAlias"),
    changes={"split": "each"},
    seconds=10,
)

# Event 32: addresses.

ADDRESSES = {
    "empty": "",
    "tag-alone": ",1",
    "port-alone": ":3260,1",
    "port-0": "192.0.2.1:0,1",
    "port-65536": "192.0.2.1:65536,1",
    "port-of-no-digits": "192.0.2.1:,1",
    "port-of-letters": "192.0.2.1:iscsi,1",
    "negative-port": "192.0.2.1:-1,1",
    "tag-65536": "192.0.2.1:3260,65536",
    "tag-of-no-digits": "192.0.2.1:3260,",
    "tag-of-letters": "192.0.2.1:3260,x",
    "two-tags": "192.0.2.1:3260,1,2",
    "space-in-the-host": "disk one:3260,1",
    "ipv4-over-255": "192.0.2.256:3260,1",
    "ipv4-of-three-numbers": "192.0.2:3260,1",
    "ipv4-of-five-numbers": "192.0.2.1.1:3260,1",
    "ipv6-without-brackets": "2001:db8::1,1",
    "ipv6-without-its-closing-bracket": "[2001:db8::1:3260,1",
    "ipv6-with-two-gaps": "[2001::db8::1]:3260,1",
    "ipv6-of-nine-groups": "[1:2:3:4:5:6:7:8:9]:3260,1",
    "ipv6-of-no-hex-digits": "[2001:dbg::1]:3260,1",
    "ipv6-with-junk-behind": "[2001:db8::1]x:3260,1",
    "empty-brackets": "[]:3260,1",
    "empty-label": "disk..example.com:3260,1",
    "hyphen-first": "-disk.example.com:3260,1",
    "label-of-64-bytes": "d" * 64 + ".example.com:3260,1",
    "control-characters": "\x1b]0;title\x07\r\n:3260,1",
    "terminal-escape-behind": "192.0.2.1:3260\x1b[31m,1",
    "bidirectional-override": "disk\u202e:3260,1",
}
for _name, _value in ADDRESSES.items():
    fails(
        "send-targets-address-" + _name,
        "DSC-007",
        record(GOOD[0], GOOD[1], _value) + record(*OTHER),
        event(32, value=_value),
    )
fails(
    "send-targets-address-that-is-not-utf-8",
    "DSC-007",
    record(GOOD[0], b"\xc3\x28:3260,1"),
    event(32, value="\ufffd(:3260,1"),
)
fails(
    "send-targets-address-of-300-bytes",
    "DSC-007",
    record(GOOD[0], ".".join(["d" * 59] * 5) + ",1"),
    event(32, value=".".join(["d" * 59] * 5)[:224], truncated=True),
)

# Event 40: names; the record is lost, the others are printed.

IQN = "iqn.2001-04.com.example"
NAMES = {
    "empty": "",
    "of-no-type": "disk",
    "type-alone": "iqn",
    "type-and-dot": "iqn.",
    "type-in-upper-case": "IQN.2001-04.com.example:x",
    "month-13": "iqn.2001-13.com.example",
    "month-00": "iqn.2001-00.com.example",
    "year-of-two-digits": "iqn.01-04.com.example",
    "date-without-dash": "iqn.200104.com.example",
    "date-alone": "iqn.2001-04",
    "date-and-dot": "iqn.2001-04.",
    "empty-label": "iqn.2001-04.com..example",
    "upper-case": IQN + ":Disk",
    "space": IQN + ":disk one",
    "underscore": IQN + ":disk_1",
    "slash": IQN + ":disk/1",
    "at-sign": IQN + ":disk@1",
    "comma": IQN + ":disk,1",
    "ideographic-full-stop": IQN + ":disk\u30021",
    "upper-case-beyond-ascii": IQN + ":\u00c4",
    "eui-of-15-digits": "eui.02004567a425678",
    "eui-of-17-digits": "eui.02004567a42567890",
    "eui-of-no-hex-digits": "eui.02004567a425678g",
    "naa-of-15-digits": "naa.52004567ba64678",
    "naa-of-17-digits": "naa.52004567ba6467890",
    "naa-of-31-digits": "naa.62004567ba64678d0123456789abcde",
    "naa-of-33-digits": "naa.62004567ba64678d0123456789abcdef0",
    "control-characters": IQN + ":\x01\x1b[2J\x7f\x9b",
    "tab-and-newline": IQN + ":a\tb\nevent 26",
    "bidirectional-override": IQN + ":\u202ekcatta",
}


def bad_name(name, clauses, value, told=None, **members):
    discovery(
        "target-name-" + name,
        clauses,
        record(*GOOD) + record(value, "192.0.2.9:3260,1") + record(*OTHER),
        events=[event(40, name=value if told is None else told)],
        results=prints(BOTH_LISTED),
        **members,
    )


for _name, _value in NAMES.items():
    bad_name(_name, "NAM-002 NAM-003 NAM-004 NAM-005 NAM-006", _value)
bad_name("that-is-not-utf-8", "NAM-002", IQN.encode() + b":\xff", IQN + ":\ufffd")
bad_name("of-224-bytes", "NAM-001", IQN + ":" + "x" * (223 - len(IQN)))
bad_name("empty-over-split-responses", "NAM-002 DSC-009", "", changes={"split": [50, 90, 130]})
discovery(
    "target-names-of-every-good-form",
    "NAM-001 NAM-004 NAM-005 NAM-006",
    [
        pair
        for name in (
            IQN + ":" + "x" * (222 - len(IQN)),
            "eui.02004567A425678D",
            "naa.52004567BA64678D",
            "naa.62004567ba64678d0123456789abcdef",
            IQN + ":\u00e4\u78c1",
        )
        for pair in record(name, GOOD[1])
    ],
    results=prints(
        "".join(
            f"{name}\n    {GOOD[1]}\n"
            for name in (
                IQN + ":" + "x" * (222 - len(IQN)),
                "eui.02004567A425678D",
                "naa.52004567BA64678D",
                "naa.62004567ba64678d0123456789abcdef",
                IQN + ":\u00e4\u78c1",
            )
        )
    ),
)
fails(
    "bad-name-with-a-bad-address",
    "NAM-004 DSC-007",
    record("disk", "host:0,1"),
    event(40, name="disk"),
    event(32, value="host:0,1"),
)
discovery(
    "nothing-but-a-bad-name",
    "NAM-004",
    record("disk", GOOD[1]),
    events=[event(40, name="disk")],
    options=["--json"],
    results=prints_json({"targets": []}),
)
script(
    "scan-goes-round-a-bad-name",
    "NAM-004",
    bends=[
        bend(
            "text",
            call=lambda reply: reply.pairs.__setitem__(
                slice(0, 0), record(IQN + ":\x1b[2Jx", "192.0.2.9,1")
            ),
        )
    ],
    command=["scan", "{portal}"],
    connections=2,
    events=[event(40, name=IQN + ":\x1b[2Jx")],
    scenario="discover",
    reaction=lambda run: harmless(run),
    exit=0,
    memory=False,
    why="two sessions, one behind the other",
)

# Event 104: the PDUs.


def broken(fault, value, section, opcode=TEXT_RESPONSE):
    return event(104, opcode=opcode, fault=fault, value=value, section="RFC 7143 " + section)


def drops(name, clauses, fault, text=None, **members):
    fails(name, clauses, record(*GOOD) if text is None else text, fault, reaction=DROPS, **members)


drops(
    "answer-goes-on-without-a-tag",
    "DSC-009 TFF-006",
    broken("text-target-transfer-tag", NO_TAG, "11.11.4"),
    changes={"header": {"final": 0}},
)
drops(
    "answer-with-c-and-f",
    "TXT-020 TFF-006",
    broken("text-continue", 0x99, "11.11.1"),
    changes={"header": {"more": 1, "ttt": 0x99}},
)
drops(
    "answer-to-another-task",
    "PDU-001 TFF-016",
    broken("initiator-task-tag", 0xABCD1234, "11.2.1.8"),
    changes={"header": {"itt": 0xABCD1234}},
)
drops(
    "answer-with-a-later-stat-sn",
    "ER0-004 TFF-013 WIN-017",
    broken("stat-sn", 0x40, "4.2.2.2"),
    changes={"header": {"stat_sn": 0x40}},
)
discovery(
    "answer-nobody-asked-for",
    "TXT-024 TFF-014 TFF-016",
    record(*GOOD),
    events=[broken("initiator-task-tag", 0x00010000, "11.2.1.8")],
    reaction=DROPS,
    exit=0,  # what was asked has been answered in full
    results=prints(LISTED),
    changes={
        "after": [
            behind(
                lambda reply: Pdu(TEXT_RESPONSE, final=1, itt=reply.request.itt, ttt=NO_TAG)
            )
        ]
    },
)


def closes_first(run):
    require(run.connection.initiator_closed, "the initiator did not close first")


def limit_in_memory(run):
    if run.output is None:
        closes_first(run)
    else:
        require(run.connection.logged_out, "the session was not logged out")


discovery(
    "answer-over-the-limit",
    "TXT-016 TFF-007",
    record(GOOD[0], *[GOOD[1]] * 100),
    changes={"split": 1000},
    settings=["--max-discovery-text", "2500"],
    memory_events=[broken("text-limit", 1000, "6.1")],
    reaction=limit_in_memory,
    exit=0,
    results=prints(f"{GOOD[0]}\n" + f"    {GOOD[1]}\n" * 100),
)
fails(
    "answer-without-end",
    "TXT-016 TFF-007",
    keys.encode([pair for name, address in MANY for pair in record(name, address)]) * 70,
    broken("text-limit", 65536, "6.1"),
    changes={"split": 65536},
    reaction=closes_first,
    memory=False,
    why="four megabytes in every split take too long; the limit is lowered above",
    seconds=10,
)
