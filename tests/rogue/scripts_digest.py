"""Scripts: digests that do not match (events 38 and 39), and those that do."""

import struct

from digests import BOTH, WRONG, Spoil, whole_header
from faults import drops, goes_on, inquiry, made
from pdu import ASYNC, NOP_IN, NO_TAG, REJECT, SCSI_RESPONSE, Pdu, crc32c
from printed import prints, says
from reply import bend
from run import require
from script import GOES_ON, event, script
from scsi import INQUIRY, sense
from unasked import async_message, instead, reject

LOST = says("INQUIRY: the connection was lost")


def spoiled(name, clauses, spoil, **members):
    """The answer to INQUIRY is spoiled."""
    members.setdefault("results", LOST)
    drops(name, clauses, inquiry(call=spoil), spoil.event, **{**BOTH, **members})


def swapped(right):
    return int.from_bytes(right.to_bytes(4, "big"), "little")


# Event 38.

spoiled("header-digest-of-the-first-pdu", "DIG-003 DIG-005 ER0-004", Spoil(0, header=WRONG))
spoiled("header-digest-of-a-scsi-response", "DIG-005", Spoil(1, header=WRONG))
spoiled("header-digest-of-zero", "DIG-005", Spoil(0, header=0))
spoiled("header-digest-of-all-ones", "DIG-005", Spoil(0, header=0xFFFFFFFF))
spoiled("header-digest-in-the-wrong-order", "DIG-001", Spoil(0, header=swapped))
spoiled("header-digest-not-complemented", "DIG-001", Spoil(0, header=lambda r: r ^ 0xFFFFFFFF))
spoiled("header-digest-off-by-one-bit", "DIG-001", Spoil(1, header=lambda r: r ^ 0x80000000))
spoiled("both-digests-wrong", "DIG-005", Spoil(0, header=WRONG, data=WRONG))
spoiled(
    "header-digest-alone",
    "DIG-005 DIG-011",
    Spoil(0, header=WRONG),
    options=["--header-digest", "crc32c"],
)
# One bit of each field: no field may be acted upon, and the length least of all.
for _name, _index, _offset, _mask in (
    ("opcode", 1, 0, 0x04),
    ("f-bit", 0, 1, 0x80),
    ("s-bit", 0, 1, 0x01),
    ("status", 1, 3, 0x02),
    ("length", 0, 7, 0x04),
    ("length-s-highest-bit", 0, 5, 0x80),
    ("lun", 1, 9, 0x01),
    ("task-tag", 1, 19, 0x01),
    ("task-tag-of-data", 0, 16, 0x80),
    ("stat-sn", 1, 27, 0x01),
    ("exp-cmd-sn", 1, 31, 0x10),
    ("max-cmd-sn", 1, 35, 0x80),
    ("data-sn", 0, 39, 0x01),
    ("buffer-offset", 0, 40, 0x80),
    ("residual-count", 1, 47, 0x01),
):
    spoiled(f"damaged-{_name}-in-a-header", "DIG-005", Spoil(_index, flip={_offset: _mask}))


class SpoilAhsLength(Spoil):
    """TotalAHSLength becomes 1: the digest is taken for a segment, the data for the digest."""

    def __call__(self, reply):
        pdu = reply.pdu
        right = struct.pack("<I", crc32c(whole_header(pdu, len(pdu.data))))
        header = whole_header(pdu, len(pdu.data))
        header[4] = 1
        pdu.crc_header = crc32c(whole_header(pdu, len(pdu.data)))
        pdu.header[4] = 1
        self.tell(crc32c(bytes(header) + right), int.from_bytes(pdu.data[:4], "little"))


spoiled("damaged-ahs-length-in-a-header", "DIG-002 DIG-005", SpoilAhsLength(0, flip={4: 1}))

# Event 39.

spoiled("data-digest-of-data-in", "DIG-003 DIG-006", Spoil(0, data=WRONG))
spoiled("data-digest-of-zero", "DIG-006", Spoil(0, data=0))
spoiled("data-digest-in-the-wrong-order", "DIG-001 DIG-006", Spoil(0, data=swapped))
spoiled("one-bit-of-data", "DIG-006", Spoil(0, flip_data={40: 0x10}))
spoiled("first-bit-of-data", "DIG-006", Spoil(0, flip_data={0: 0x80}))
spoiled("last-bit-of-data", "DIG-006", Spoil(0, flip_data={len(INQUIRY) - 1: 0x01}))
spoiled(
    "data-digest-alone",
    "DIG-006 DIG-011",
    Spoil(0, data=WRONG),
    options=["--data-digest", "crc32c"],
)


class Shortened(Spoil):
    """INQUIRY data of so many bytes, then spoiled."""

    def __init__(self, size, **changes):
        super().__init__(0, **changes)
        self.size = size

    def __call__(self, reply):
        reply.pdu.data = reply.pdu.data[: self.size]
        reply.pdus[-1].set(flags=0x82, word44=reply.request.ttt - self.size)
        super().__call__(reply)


for _size in (37, 38, 39):
    spoiled(
        f"digest-over-{_size}-bytes-without-their-padding",
        "DIG-002",
        Shortened(_size, data=crc32c(INQUIRY[:_size])),
    )


def odd_padding(reply):
    reply.pdu.data = reply.pdu.data[:37]
    reply.pdu.padding = b"\xaa\xbb\xcc"
    reply.pdu.crc_data = crc32c(reply.pdu.data + reply.pdu.padding)
    reply.pdus[-1].set(flags=0x82, word44=reply.request.ttt - 37)


goes_on("digest-over-odd-padding", "DIG-002 PDU-006", inquiry(call=odd_padding), **BOTH)

SENSE = Spoil(0, data=WRONG)
drops(
    "data-digest-of-sense-data",
    "DIG-006 DIG-008",
    inquiry(pdus=[made(SCSI_RESPONSE, sense(5, 0x24, 0), status=2)], call=SENSE),
    SENSE.event,
    results=LOST,
    **BOTH,
)

# Other PDUs.

OTHERS = {
    "async-message": (ASYNC, async_message(0, data=sense(6, 0x2A, 1))),
    "reject": (REJECT, reject(4)),
    "nop-in": (NOP_IN, lambda reply: Pdu(NOP_IN, final=1, itt=NO_TAG, ttt=NO_TAG)),
}
for _name, (_opcode, _make) in OTHERS.items():
    _spoil = Spoil(0, header=WRONG)
    drops(
        "header-digest-of-" + _name,
        "DIG-005",
        inquiry(pdus=[instead(_make)], call=_spoil),
        _spoil.event,
        results=LOST,
        **BOTH,
    )
    if _name != "nop-in":
        _spoil = Spoil(0, data=WRONG)
        drops(
            "data-digest-of-" + _name,
            "DIG-006 DIG-008",
            inquiry(pdus=[instead(_make)], call=_spoil),
            _spoil.event,
            results=LOST,
            **BOTH,
        )
_spoil = Spoil(0, header=WRONG)
drops(
    "header-digest-of-the-logout-response",
    "DIG-005",
    bend("logout", 1, call=_spoil),
    _spoil.event,
    exit=0,
    **BOTH,
)
_spoil = Spoil(0, header=WRONG)
drops(
    "header-digest-of-the-answer-to-a-ping",
    "DIG-005",
    bend("nop", 1, call=_spoil),
    _spoil.event,
    command=["ping", "{url}", "--count", "1"],
    scenario="ping",
    results=says("ping: the connection was lost"),
    **BOTH,
)
for _name, _changes in {"header": {"header": WRONG}, "data": {"data": WRONG}}.items():
    _spoil = Spoil(0, **_changes)
    drops(
        _name + "-digest-of-a-text-response",
        "DIG-005 DIG-006",
        bend("text", 1, call=_spoil),
        _spoil.event,
        command=["discover", "{portal}"],
        scenario="discover",
        results=prints(""),
        **BOTH,
    )

# What follows: tasks end with the reason, the login is retried.

_spoil = Spoil(0, header=WRONG)
FAILED = {"cdb_status": 0, "io_status": 6, "return_value": 0}
script(
    "header-digest-in-a-scan",
    "DIG-005 ER0-008",
    bends=[inquiry(call=_spoil)],
    command=["scan", "{url}"],
    events=[_spoil.event, event(1, ["3"], **FAILED)],
    **BOTH,
)
_spoil = Spoil(0, data=WRONG)
script(
    "data-digest-in-a-scan",
    "DIG-006 ER0-008",
    bends=[bend("report-luns", 1, call=_spoil)],
    command=["scan", "{url}"],
    events=[
        _spoil.event,
        event(2, ["3"], **FAILED),
        event(1, ["1"], cdb_status=0, io_status=3, return_value=1),
    ],
    **BOTH,
)
AGAIN = {"memory": False, "why": "the program starts a session again, the library does not"}
for _name, _changes in {"header": {"header": WRONG}, "data": {"data": WRONG}}.items():
    _spoil = Spoil(0, **_changes)
    script(
        f"{_name}-digest-error-and-a-second-login",
        "DIG-005 DIG-006 ER0-002 SES-036",
        bends=[inquiry(connection=1, call=_spoil)],
        options=BOTH["options"] + ["--reconnect", "1"],
        events=[_spoil.event, event(112, losses=1)],
        connections=2,
        reaction=GOES_ON,
        **AGAIN,
    )
_first, _second = Spoil(0, header=WRONG), Spoil(0, data=WRONG)
script(
    "digest-errors-until-no-login-is-left",
    "DIG-005 DIG-006 ER0-002",
    bends=[inquiry(connection=1, call=_first), inquiry(connection=2, call=_second)],
    options=BOTH["options"] + ["--reconnect", "1"],
    events=[
        *(_first.event, event(112, losses=1), _second.event),
        event(119, ["1"], reason=1, attempts=1),
    ],
    memory_events=[_first.event, event(112, losses=1), _second.event],
    connections=2,
    results=LOST,
    **AGAIN,
)

# Each combination works by itself; the login has no digests.


def uses(header, data):
    def check(run):
        stream = run.connection.stream
        require((stream.header_digest, stream.data_digest) == (header, data), "other digests")

    return check


for _header in (False, True):
    for _data in (False, True):
        _options = ["--header-digest", "crc32c" if _header else "none"]
        _options += ["--data-digest", "crc32c" if _data else "none"]
        script(
            f"digests-{'header' if _header else 'no-header'}-{'data' if _data else 'no-data'}",
            "DIG-003 DIG-004 DIG-011 PDU-026",
            command=["scan", "{url}"],
            options=_options,
            reaction=GOES_ON,
            results=uses(_header, _data),
        )
