"""Scripts: values that a target answers to number keys (event 15): range, form, result function."""

from reply import login
from script import GOES_ON, event, script

# key: (smallest, largest, what the initiator proposes, its function)
KEYS = {
    "MaxConnections": (1, 65535, 1, "min"),
    "MaxBurstLength": (512, 16777215, 1048576, "min"),
    "FirstBurstLength": (512, 16777215, 262144, "min"),
    "DefaultTime2Wait": (0, 3600, 2, "max"),
    "DefaultTime2Retain": (0, 3600, 20, "min"),
    "MaxOutstandingR2T": (1, 65535, 1, "min"),
    "ErrorRecoveryLevel": (0, 2, 0, "min"),
    "iSCSIProtocolLevel": (0, 31, 1, "min"),
    "MaxRecvDataSegmentLength": (512, 16777215, 262144, None),
}
CLAUSES = {
    "MaxConnections": "LOP-054",
    "MaxBurstLength": "LOP-059",
    "FirstBurstLength": "LOP-060",
    "DefaultTime2Wait": "LOP-062",
    "DefaultTime2Retain": "LOP-063",
    "MaxOutstandingR2T": "LOP-064",
    "ErrorRecoveryLevel": "LOP-068",
    "iSCSIProtocolLevel": "LOP-081",
    "MaxRecvDataSegmentLength": "LOP-057",
}


def refused(key, value, what, preferred=None, options=(), shown=None):
    """The value costs the login, by event 15."""
    smallest, largest, proposed, _ = KEYS[key]
    if preferred is None:
        preferred = proposed
    if shown is None:
        shown = value
    script(
        f"{key.lower()}-{what}",
        f"{CLAUSES[key]} TXT-043 TXT-053",
        options=list(options),
        bends=[login(2, replace={key: value})],
        events=[
            event(15, min=smallest, max=largest, preferred=preferred, key=key, value=shown),
        ],
    )


def accepted(key, value, what, options=()):
    script(
        f"{key.lower()}-{what}",
        f"{CLAUSES[key]} TXT-011",
        options=list(options),
        bends=[login(2, replace={key: value})],
        reaction=GOES_ON,
    )


# Outside of the range, at both ends, and what the result function does not give.

for _key, (_smallest, _largest, _offer, _function) in KEYS.items():
    if _smallest > 0:
        refused(_key, str(_smallest - 1), "below-its-range")
    refused(_key, str(_largest + 1), "above-its-range")
    if _function == "min":
        refused(_key, str(_offer + 1), "above-the-offer")
    elif _function == "max":
        refused(_key, str(_offer - 1), "below-the-offer")
    refused(_key, "Irrelevant", "irrelevant")

# The ends of the range that the function can give.

for _key, _value, _what in (
    ("MaxBurstLength", "512", "at-its-lower-end"),
    ("FirstBurstLength", "512", "at-its-lower-end"),
    ("DefaultTime2Wait", "3600", "at-its-upper-end"),
    ("DefaultTime2Retain", "0", "at-its-lower-end"),
    ("iSCSIProtocolLevel", "0", "at-its-lower-end"),
    ("MaxRecvDataSegmentLength", "512", "at-its-lower-end"),
    ("MaxRecvDataSegmentLength", "16777215", "at-its-upper-end"),
):
    accepted(_key, _value, _what)
for _key, _value, _what in (
    ("MaxBurstLength", "16777215", "offered-and-answered-at-its-upper-end"),
    ("FirstBurstLength", "16777215", "offered-and-answered-at-its-upper-end"),
):
    script(
        f"{_key.lower()}-{_what}",
        CLAUSES[_key],
        options=["--set", "MaxBurstLength=16777215", "--set", f"{_key}={_value}"],
        target={"wishes": {"MaxBurstLength": 16777215, "FirstBurstLength": 16777215}},
        reaction=GOES_ON,
    )

# The proposal in the event is what the program was told to propose.

refused(
    "MaxBurstLength",
    "65537",
    "above-an-offer-that-was-set",
    preferred=65536,
    options=["--set", "MaxBurstLength=65536", "--set", "FirstBurstLength=4096"],
)
refused(
    "DefaultTime2Wait",
    "9",
    "below-an-offer-that-was-set",
    preferred=10,
    options=["--set", "DefaultTime2Wait=10"],
)
refused(
    "MaxOutstandingR2T",
    "9",
    "above-an-offer-that-was-set",
    preferred=8,
    options=["--set", "MaxOutstandingR2T=8"],
)
refused(
    "MaxRecvDataSegmentLength",
    "511",
    "too-small-where-ours-was-set",
    preferred=512,
    options=["--set", "MaxRecvDataSegmentLength=512"],
)

# Forms of a number (RFC 7143 6.1).

for _value, _what in (
    ("", "empty"),
    ("0262144", "with-a-leading-zero"),
    ("-1", "negative"),
    ("+512", "with-a-plus-sign"),
    (" 512", "behind-a-space"),
    ("512 ", "before-a-space"),
    ("512.0", "with-a-fraction"),
    ("5e3", "with-an-exponent"),
    ("0x", "hexadecimal-without-digits"),
    ("0xg1", "hexadecimal-of-no-digits"),
    ("x40000", "hexadecimal-without-zero"),
    ("0b4AAA", "in-base64"),
    ("4294967808", "that-is-512-in-32-bits"),
    ("18446744073709552128", "that-is-512-in-64-bits"),
    ("0x10000000000000200", "hexadecimal-that-is-512-in-64-bits"),
    ("512~1024", "as-a-range"),
    ("512,1024", "as-a-list"),
    ("many", "in-words"),
    ("\u0665\u0661\u0662", "in-other-digits"),
):
    refused("MaxBurstLength", _value, _what)
script(
    "maxburstlength-of-255-digits",
    "LOP-059 TXT-009 TXT-011",
    bends=[login(2, replace={"MaxBurstLength": "9" * 255})],
    events=[
        event(
            15,
            min=512,
            max=16777215,
            preferred=1048576,
            key="MaxBurstLength",
            value="9" * (224 - len("MaxBurstLength")),  # an event keeps 224 bytes of strings
            truncated=True,
        )
    ],
)
refused("MaxRecvDataSegmentLength", "-1", "negative")
refused("MaxRecvDataSegmentLength", "None", "of-none")
for _value, _what in (
    ("0x40000", "hexadecimal"),
    ("0X40000", "hexadecimal-with-a-capital-x"),
    ("0x3FfFf", "hexadecimal-of-mixed-case"),
    ("0x0000000000040000", "hexadecimal-with-leading-zeros"),
):
    accepted("MaxBurstLength", _value, _what)

# What a value holds comes through the event unharmed; what is not UTF-8 becomes U+FFFD.
for _value, _shown, _what in (
    (b"\xff\xc3(", "\ufffd\ufffd(", "of-bytes-that-are-not-utf-8"),
    ("\x1b[31m7", "\x1b[31m7", "of-control-characters"),
    ("\u202e512", "\u202e512", "behind-a-bidirectional-override"),
    ('"\\', '"\\', "of-a-quote-and-a-backslash"),
):
    refused("MaxBurstLength", _value, _what, shown=_shown)
accepted("MaxRecvDataSegmentLength", "0x2000", "hexadecimal")
accepted("DefaultTime2Wait", "0xe10", "hexadecimal")

# Irrelevant, where it is legal, and FirstBurstLength against its neighbours.

NOTHING_UNSOLICITED = ["--set", "InitialR2T=Yes", "--set", "ImmediateData=No"]
accepted("FirstBurstLength", "Irrelevant", "irrelevant-as-offered", NOTHING_UNSOLICITED)
script(
    "firstburstlength-irrelevant-as-answered",
    "TXT-030 LOP-060",
    bends=[
        login(
            2,
            replace={
                "FirstBurstLength": "Irrelevant",
                "InitialR2T": "Yes",
                "ImmediateData": "No",
            },
        )
    ],
    reaction=GOES_ON,
)
script(
    "firstburstlength-irrelevant-before-what-decides-it",
    "TXT-030 TXT-035 LOP-060",
    bends=[
        login(
            2,
            omit=["FirstBurstLength"],
            replace={"InitialR2T": "Yes", "ImmediateData": "No"},
            prepend=[("FirstBurstLength", "Irrelevant")],
        )
    ],
    reaction=GOES_ON,
)
script(
    "firstburstlength-irrelevant-though-immediate-data-may-be-sent",
    "TXT-030 LOP-060",
    bends=[login(2, replace={"FirstBurstLength": "Irrelevant", "InitialR2T": "Yes"})],
    events=[
        event(
            15,
            min=512,
            max=16777215,
            preferred=262144,
            key="FirstBurstLength",
            value="Irrelevant",
        )
    ],
)
script(
    "firstburstlength-above-maxburstlength",
    "TXT-035 LOP-061",
    bends=[login(2, replace={"MaxBurstLength": "512", "FirstBurstLength": "65536"})],
    reaction=GOES_ON,
)
script(
    "time-keys-irrelevant-in-discovery",
    "TXT-030",
    command=["discover", "{portal}"],
    bends=[login(2, replace={"DefaultTime2Wait": "Irrelevant", "DefaultTime2Retain": "0"})],
    reaction=GOES_ON,
)

# Numbers that the target proposes. The initiator proposes no iSCSIProtocolLevel of 0.

for _value, _answer, _what in (
    ("1", "0", "a-number"),
    ("0x1f", "0", "a-hexadecimal-number"),
    ("32", "Reject", "a-number-out-of-range"),
    ("0~1", "Reject", "a-range"),
    ("one", "Reject", "a-word"),
    ("", "Reject", "nothing"),
):
    script(
        f"target-proposes-{_what}",
        "TXT-012 TXT-025 TXT-042",
        options=["--set", "iSCSIProtocolLevel=0"],
        bends=[login(2, append=[("iSCSIProtocolLevel", _value)], stay=True)],
        answers={"iSCSIProtocolLevel": _answer},
        reaction=GOES_ON,
    )

# TargetPortalGroupTag is told, not negotiated (RFC 7143 13.9).


def portal_group(value, what, good=False):
    wrong = event(15, min=0, max=65535, preferred=0, key="TargetPortalGroupTag", value=value)
    script(
        f"portal-group-{what}",
        "LOP-032 LOP-074 TXT-008 TXT-010 TXT-013",
        bends=[login(1, replace={"TargetPortalGroupTag": value})],
        events=[] if good else [wrong],
        **({"reaction": GOES_ON} if good else {}),
    )


for _value, _what in (
    ("0", "0"),
    ("65535", "65535"),
    ("0xffff", "hexadecimal"),
    ("0XAbCd", "hexadecimal-of-mixed-case"),
    ("0bAAE=", "base64"),
):
    portal_group(_value, _what, good=True)
for _value, _what in (
    ("65536", "65536"),
    ("-1", "negative"),
    ("", "empty"),
    ("one", "in-words"),
    ("4294967296", "that-is-0-in-32-bits"),
    ("0x", "hexadecimal-without-digits"),
    ("0xg1", "hexadecimal-of-no-digits"),
    ("0x12345", "hexadecimal-above-65535"),
    ("0b", "base64-without-digits"),
    ("0bA", "base64-of-one-digit"),
    ("0b$$$$", "base64-of-no-digits"),
    ("007", "with-leading-zeros"),
):
    portal_group(_value, _what)
script(
    "portal-group-not-told",
    "LOP-031",
    target={"portal_group": None},
    reaction=GOES_ON,
)
