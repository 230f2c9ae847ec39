"""Scripts: redirections that are not well formed, or lead nowhere (events 8, 9, 36, 41, 45)."""

from redirect import PERMANENT, TEMPORARY, THERE, refused, refuses
from run import require
from script import event

# Event 41: other keys.

for _key, _value in (
    ("TargetName", "iqn.2026-11.io.sanscsi.test:rogue"),
    ("TargetAlias", "rogue"),
    ("TargetPortalGroupTag", "1"),
    ("AuthMethod", "None"),
    ("CHAP_A", "5"),
    ("MaxBurstLength", "65536"),
    ("InitiatorName", "iqn.2026-11.io.sanscsi:me"),
    ("X-com.example.rogue", "1"),
    ("targetaddress", "127.0.0.1:1"),
    ("TargetAddress2", "127.0.0.1:1"),
    ("Target Address", "127.0.0.1:1"),
):
    _name = _key.lower().replace(" ", "-space-") + ("-in-lower-case" * _key.islower())
    refuses(
        f"redirection-with-{_name}-behind",
        "RED-001 RED-003",
        [event(41, key=_key)],
        THERE,
        (_key, _value),
    )
    refuses(
        f"redirection-with-{_name}-before",
        "RED-001 RED-003",
        [event(41, key=_key)],
        (_key, _value),
        THERE,
        detail=PERMANENT,
    )

# Event 45: addresses that are none.


CONTROLS = set(map(chr, list(range(32)) + list(range(127, 160)))) - {"\n"}


def escaped(run):
    """No control character goes to the terminal, and a line is an event or a message."""
    lines = run.said.split("\n")[1:]
    wild = CONTROLS.intersection("".join(lines))
    require(not wild, f"control characters in what is said: {wild}")
    strange = [line for line in lines if line and not line.startswith(("sanscsi: ", "serious 45 "))]
    require(not strange, f"strange lines: {strange}")


def malformed(name, address):
    refuses(
        f"redirection-{name}", "RED-003", [event(45, value=address)], address, results=escaped
    )


for _title, _address in (
    ("to-nothing", ""),
    ("without-a-host", ":3260"),
    ("to-a-tag-alone", ",1"),
    ("to-port-0", "127.0.0.1:0"),
    ("to-port-65536", "127.0.0.1:65536"),
    ("to-port-x", "127.0.0.1:x"),
    ("to-an-empty-port", "127.0.0.1:"),
    ("to-a-negative-port", "127.0.0.1:-1"),
    ("to-a-port-beyond-32-bits", "127.0.0.1:4294970556"),
    ("to-two-ports", "127.0.0.1:3260:3261"),
    ("to-port-with-a-leading-zero", "127.0.0.1:03260"),
    ("to-a-bracket-alone", "["),
    ("with-a-bracket-open", "[::1:3260"),
    ("with-a-bracket-that-was-not-opened", "::1]:3260"),
    ("to-empty-brackets", "[]:3260"),
    ("to-ipv6-without-brackets", "::1"),
    ("to-ipv6-of-nine-groups", "[1:2:3:4:5:6:7:8:9]:3260"),
    ("to-ipv6-of-seven-groups", "[1:2:3:4:5:6:7]:3260"),
    ("to-ipv6-compressed-twice", "[1::2::3]:3260"),
    ("to-ipv6-with-a-strange-digit", "[::g]:3260"),
    ("to-ipv6-and-letters", "[::1]x:3260"),
    ("to-ipv4-of-five-numbers", "127.0.0.1.1:3260"),
    ("to-ipv4-of-three-numbers", "127.0.1:3260"),
    ("to-ipv4-beyond-255", "127.0.0.256:3260"),
    ("with-a-space-before", " 127.0.0.1:3260"),
    ("with-a-space-behind", "127.0.0.1:3260 "),
    ("to-a-name-with-a-space", "local host:3260"),
    ("to-a-name-with-a-slash", "localhost/x:3260"),
    ("to-a-name-with-an-at-sign", "user@localhost:3260"),
    ("to-a-name-with-an-empty-label", "local..host:3260"),
    ("to-a-name-that-begins-with-a-hyphen", "-localhost:3260"),
    ("to-a-label-of-64-bytes", "a" * 64 + ".example:3260"),
    ("to-a-name-in-utf-8", "цель:3260"),
    ("to-a-url", "iscsi://127.0.0.1:3260"),
    ("with-an-equal-sign", "127.0.0.1=3260"),
    ("with-an-escape-sequence", "\x1b[1mhost\x1b[0m:3260"),
    ("with-a-bell", "host\x07:3260"),
    ("with-a-line-feed", "host\nevil:3260"),
    ("with-a-carriage-return", "host\r\n:3260"),
    ("with-a-delete", "host\x7f:3260"),
    ("with-a-c1-control", "host\x9b1m:3260"),
    ("with-a-quote", 'host"x:3260'),
    ("with-a-backslash", "host\\x:3260"),
    ("with-a-tag-that-is-none", "127.0.0.1:3260,x"),
    ("with-a-tag-of-65536", "127.0.0.1:3260,65536"),
    ("with-an-empty-tag", "127.0.0.1:3260,"),
    ("rejected", "Reject:3260 "),
):
    malformed(_title, _address)
refuses(
    "redirection-whose-second-address-is-none",
    "RED-003",
    [event(45, value="127.0.0.1:0")],
    THERE,
    "127.0.0.1:0",
)
refuses(
    "redirection-to-a-name-of-256-bytes",
    "RED-003",
    [event(45, truncated=True, value=("abcdefg." * 32)[:224])],
    "abcdefg." * 31 + "abcdefgh" + ":3260",
)
refuses(
    "redirection-to-bytes-that-are-not-utf-8",
    "RED-003",
    [event(45, value="host\ufffd\ufffd:3260")],
    text=b"TargetAddress=host\xff\xfe:3260\0",
)
refuses(
    "permanent-redirection-to-port-0",
    "RED-003 RED-005",
    [event(45, value="127.0.0.1:0")],
    "127.0.0.1:0",
    detail=PERMANENT,
)

# Events 8 and 9: the text.

refuses(
    "redirection-without-an-equal-sign", "RED-001 TXT-003", [event(8)], text=b"TargetAddress\0"
)
refuses(
    "redirection-with-an-address-and-no-equal-sign-behind",
    "RED-001 TXT-003",
    [event(8)],
    text=b"TargetAddress={portal2}\0x\0",
)
refuses(
    "redirection-without-the-null",
    "RED-001 TXT-002",
    [event(9, pair="TargetAddress=" + THERE)],
    text=b"TargetAddress={portal2}",
)
refuses(
    "redirection-with-half-a-pair-behind",
    "RED-001 TXT-002",
    [event(9, pair="TargetAddr")],
    text=b"TargetAddress={portal2}\0TargetAddr",
)

# Event 36: no address, or another Status-Detail.

for _detail in (TEMPORARY, PERMANENT):
    for _number in (1, 2):
        refuses(
            f"redirection-010{_detail}-without-an-address-by-response-{_number}",
            "RED-001",
            [refused(_detail)],
            detail=_detail,
            number=_number,
        )
for _detail in (0, 3, 4, 127, 128, 255):
    for _addresses in ((), (THERE,), ("not an address",)):
        _title = f"of-{len(_addresses[0])}" if _addresses else "without"
        refuses(
            f"status-class-1-detail-{_detail}-with-an-address-{_title}",
            "RED-001",
            [refused(_detail)],
            *_addresses,
            detail=_detail,
        )
