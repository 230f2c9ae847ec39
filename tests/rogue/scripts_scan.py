"""Scripts: what a target answers while its logical units are looked for (events 1 to 4)."""

import struct

from faults import sends
from keys import TARGET_NAME
from pdu import SCSI_COMMAND, SCSI_RESPONSE, Pdu
from printed import both, prints, prints_json
from reply import ALL, bend
from run import require
from script import DROPS, GOES_ON, TARGET_ENDS, event, script
from scsi import INQUIRY, sense
from unasked import async_message, behind, instead, swallow

DISK = "disk, ROGUE TEST DISK 0001"
SIZE = ", 2048 blocks of 512 bytes (1.0 MiB)"
SILENT = "no answer to INQUIRY"
FIRST, REPORT, UNIT = "inquiry", "report-luns", "inquiry"
TAGS = {"first": 0x00010000, "report": 0x00010001}

CHECK, BUSY, CONFLICT, SET_FULL = 0x02, 0x08, 0x18, 0x28


def tree(*units, incomplete=False):
    """The tree of this target: (LUN, text) each."""
    text = f"{TARGET_NAME}\n    {{portal}}{' (incomplete)' if incomplete else ''}\n"
    return prints(text + "".join(f"        LUN {lun}: {what}\n" for lun, what in units))


WHOLE = tree((0, DISK + SIZE))


def commands(*opcodes):
    """A `results`: exactly these SCSI commands were sent, by the first byte of their CDB."""

    def check(run):
        sent = [p.header[32] for p in run.connection.requests if p.opcode == SCSI_COMMAND]
        require(sent == list(opcodes), f"the commands are {sent}")

    return check


def status(code, data=b"", response=0, **fields):
    """A SCSI Response instead of everything that answers a command."""

    def make(reply):
        made = Pdu(SCSI_RESPONSE, data, final=1, itt=reply.request.itt)
        made.set(status=code, response=response)
        if response == 0:
            made.set(flags=0x82, word44=reply.request.ttt)
        return made.set(**fields)

    return instead(make)


def scan(name, clauses, *bends, **members):
    members.setdefault("reaction", GOES_ON)
    members.setdefault("command", ["scan", "{url}"])
    script(name, clauses, bends=list(bends), **members)


def failed(number, cause, cdb_status=0, io_status=0, return_value=0):
    causes = [cause] if isinstance(cause, str) else cause
    values = {"cdb_status": cdb_status, "io_status": io_status, "return_value": return_value}
    return event(number, causes, **values)


# Events 1 and 2 by the way a command ends: its response, the causes, cdb_status, io_status.

ENDS = {
    "check-condition": (
        {"code": CHECK, "data": sense(4, 0x44, 0)},
        "5",
        CHECK,
        0,
        "CMD-022 CMD-025",
    ),
    "busy": ({"code": BUSY}, "6", BUSY, 0, "CMD-022"),
    "reservation-conflict": ({"code": CONFLICT}, "9", CONFLICT, 0, "CMD-022"),
    "task-set-full": ({"code": SET_FULL}, [], SET_FULL, 0, "CMD-022"),
    "task-aborted": ({"code": 0x40}, [], 0x40, 0, "CMD-022"),
    "target-failure": ({"code": 0, "response": 1}, "8", 0, 5, "CMD-016"),
    "vendor-s-response": ({"code": 0, "response": 0x80}, "8", 0, 5, "CMD-016"),
    "target-failure-beside-busy": ({"code": BUSY, "response": 1}, "8", 0, 5, "CMD-016"),
    "fewer-bytes-than-told": ({"code": 0, "flags": 0x82, "word44": 0}, "4", 0, 7, "CMD-018"),
    "data-that-never-came": ({"code": 0, "word36": 1}, "4", 0, 7, "CMD-026"),
}
for _name, (_fields, _cause, _status, _io, _clauses) in ENDS.items():
    scan(
        "first-inquiry-ends-with-" + _name,
        _clauses,
        bend(FIRST, 1, pdus=[status(**_fields)]),
        events=[failed(1, _cause, _status, _io)],
        exit=1,
        results=both(tree(incomplete=True), commands(0x12)),
    )
    scan(
        "inquiry-of-the-second-unit-ends-with-" + _name,
        _clauses,
        bend(UNIT, ALL, lun=1, pdus=[status(**_fields)]),
        target={"luns": (0, 1, 2)},
        events=[failed(1, _cause, _status, _io)],
        exit=1,
        results=tree((0, DISK + SIZE), (1, SILENT), (2, DISK + SIZE), incomplete=True),
    )
    scan(
        "report-luns-ends-with-" + _name,
        _clauses,
        bend(REPORT, 1, pdus=[status(**_fields)]),
        target={"luns": (0, 1)},
        events=[failed(2, _cause, _status, _io)],
        exit=0,
        results=both(WHOLE, commands(0x12, 0xA0, 0x12, 0x25)),
    )

# Timeouts: event 107 tells the task, 1 and 2 what it meant.


def timeout(what, opcode, lun=0):
    return event(107, task_tag=TAGS[what], lun=lun, opcode=opcode)


TIMES = {"options": ["--timeout", "1"], "settings": ["--command-timeout-ms", "1000"]}
scan(
    "first-inquiry-is-not-answered",
    "SES-043",
    bend(FIRST, 1, call=swallow),
    events=[timeout("first", 0x12), failed(1, "7", 0, 4)],
    exit=1,
    results=tree(incomplete=True),
    **TIMES,
)
scan(
    "report-luns-is-not-answered",
    "SES-043",
    bend(REPORT, 1, call=swallow),
    events=[timeout("report", 0xA0), failed(2, "7", 0, 4)],
    exit=0,
    results=WHOLE,
    **TIMES,
)

# The connection or the session ends while the command runs.

LOST = event(103, outstanding_tasks=1)
NOT_ISSUED = failed(1, "1", 0, 3, 1)
scan(
    "connection-lost-in-the-first-inquiry",
    "SES-021 SES-042 ER0-008",
    bend(FIRST, 1, close_instead=True),
    events=[LOST, failed(1, "3", 0, 6)],
    reaction=TARGET_ENDS,
    results=tree(incomplete=True),
)
scan(
    "connection-reset-in-the-first-inquiry",
    "SES-021 SES-042",
    bend(FIRST, 1, reset=True),
    events=[LOST, failed(1, "3", 0, 6)],
    reaction=TARGET_ENDS,
    results=tree(incomplete=True),
)
scan(
    "connection-lost-within-the-first-inquiry-s-data",
    "SES-021 SES-042",
    bend(FIRST, 1, cut=60),
    events=[LOST, failed(1, "3", 0, 6)],
    reaction=TARGET_ENDS,
    results=tree(incomplete=True),
)
scan(
    "connection-lost-in-report-luns",
    "SES-021 SES-042",
    bend(REPORT, 1, close_instead=True),
    events=[LOST, failed(2, "3", 0, 6), NOT_ISSUED],
    reaction=TARGET_ENDS,
    exit=1,
    results=tree(incomplete=True),
)
scan(
    "connection-lost-in-the-second-unit-s-inquiry",
    "SES-021 SES-042",
    bend(UNIT, ALL, lun=1, close_instead=True),
    target={"luns": (0, 1, 2)},
    events=[LOST, failed(1, "3", 0, 6)],
    reaction=TARGET_ENDS,
    exit=1,
    results=tree((0, DISK + SIZE), incomplete=True),
)


def told(number, *events):
    """Events of a scan that an Asynchronous Message with this AsyncEvent cuts short."""
    return [event(106, [str(number + 1)], async_event=number, vcode=0), *events]


scan(
    "session-dropped-in-the-first-inquiry",
    "ASY-005 SES-042",
    bend(FIRST, 1, pdus=[instead(async_message(3))]),
    events=told(3, failed(1, "1", 0, 3)),
    reaction=DROPS,
    results=tree(incomplete=True),
)
scan(
    "session-dropped-in-report-luns",
    "ASY-005 SES-042",
    bend(REPORT, 1, pdus=[instead(async_message(3))]),
    events=told(3, failed(2, "1", 0, 3), NOT_ISSUED),
    reaction=DROPS,
    results=tree(incomplete=True),
)
scan(
    "connection-dropped-in-report-luns",
    "ASY-004 SES-042",
    bend(REPORT, 1, pdus=[instead(async_message(2))]),
    events=told(2, failed(2, "3", 0, 6), NOT_ISSUED),
    reaction=DROPS,
    results=tree(incomplete=True),
)
scan(
    "logout-asked-for-in-the-first-inquiry",
    "ASY-003 SES-042",
    bend(FIRST, 1, pdus=[instead(async_message(1))]),
    events=told(1, failed(1, "1", 0, 3)),
    exit=1,
    results=tree(incomplete=True),
)
scan(
    "logout-asked-for-behind-the-first-inquiry",
    "ASY-003",
    bend(FIRST, 1, after=[behind(async_message(1))]),
    events=told(1, failed(2, "2", 0, 4, 1), failed(1, "2", 0, 4, 1)),
    exit=1,
    results=both(tree(incomplete=True), commands(0x12)),
)
scan(
    "logout-asked-for-behind-report-luns",
    "ASY-003",
    bend(REPORT, 1, after=[behind(async_message(1))]),
    events=told(1, failed(1, "2", 0, 4, 1)),
    exit=1,
    results=both(tree(incomplete=True), commands(0x12, 0xA0)),
)

# Sense data: UNIT ATTENTION is no failure until it does not end; 11a and 11b.

ATTENTION = status(CHECK, sense(6, 0x29, 0))
UNKNOWN = status(CHECK, sense(5, 0x20, 0))
scan(
    "unit-attention-four-times",
    "",
    bend(FIRST, range(1, 5), pdus=[ATTENTION]),
    results=WHOLE,
)
scan(
    "unit-attention-without-end",
    "",
    bend(FIRST, ALL, pdus=[ATTENTION]),
    events=[failed(1, "5", CHECK)],
    exit=1,
    results=both(tree(incomplete=True), commands(*[0x12] * 5)),
)
scan(
    "report-luns-unit-attention-once",
    "",
    bend(REPORT, 1, pdus=[ATTENTION]),
    results=WHOLE,
)
scan(
    "report-luns-unknown-to-a-single-unit",
    "",
    bend(REPORT, 1, pdus=[UNKNOWN]),
    events=[failed(2, ["5", "11b"], CHECK)],
    exit=0,
    results=both(WHOLE, commands(*[0x12, 0xA0] + [0x12] * 8 + [0x25])),
)
for _luns in ((0, 1), (0, 7), (0, 3, 5)):
    scan(
        f"report-luns-unknown-to-units-{'-'.join(map(str, _luns))}",
        "",
        bend(REPORT, 1, pdus=[UNKNOWN]),
        target={"luns": _luns},
        events=[failed(2, ["5", "11a"], CHECK)],
        exit=0,
        results=WHOLE,
    )
scan(
    "report-luns-with-an-invalid-field",
    "",
    bend(REPORT, 1, pdus=[status(CHECK, sense(5, 0x24, 0))]),
    events=[failed(2, "5", CHECK)],
    exit=0,
    results=WHOLE,
)
scan(
    "illegal-request-in-descriptor-form",
    "",
    bend(REPORT, 1, pdus=[status(CHECK, b"\0\x08\x72\x05\x20\0\0\0\0\0")]),
    events=[failed(2, ["5", "11b"], CHECK)],
    exit=0,
    results=WHOLE,
)

# Inventories.


def luns(*wire, length=None, more=b""):
    """REPORT LUNS data: eight bytes of each LUN."""
    body = b"".join(struct.pack(">Q", lun) for lun in wire)
    return struct.pack(">I4x", len(body) if length is None else length) + body + more


for _name, _lun in {
    "of-well-known-units": 0xC101 << 48,
    "of-long-extended-form": 0xD200000000000000 | 5 << 40,
    "of-extended-flat-space": 0xD200 << 48,
    "of-long-extended-flat-space": 0xE200 << 48,
    "not-specified": 0xFFFFFFFFFFFFFFFF,
    "on-another-bus": 0x0105 << 48,
    "of-two-levels": 0x0001000200000000,
    "of-four-levels": 0x4001400240034004,
}.items():
    scan(
        "lun-" + _name,
        "PDU-017",
        bend(REPORT, 1, call=sends(luns(0, _lun, 0x0001 << 48))),
        events=[event(3)],
        exit=1,
        results=both(tree(incomplete=True), commands(0x12, 0xA0)),
    )
scan(
    "luns-of-all-supported-methods",
    "PDU-017",
    bend(REPORT, 1, call=sends(luns(0, 0x00FF << 48, 0x4100 << 48, 0x8123 << 48, 0xBFFF << 48))),
    target={"luns": (0, 255, 256, 0x123, 0x3FFF)},
    results=tree(*[(n, DISK + SIZE) for n in (0, 255, 256, 0x123, 0x3FFF)]),
)
scan(
    "no-luns",
    "",
    bend(REPORT, 1, call=sends(luns())),
    events=[event(4)],
    exit=1,
    results=both(tree(incomplete=True), commands(0x12, 0xA0)),
)
for _name, _data in {
    "of-no-bytes": b"",
    "of-three-bytes": b"\0\0\0",
    "without-the-whole-header": b"\0\0\0\x08\0\0",
    "longer-than-what-came": luns(0, length=24),
    "of-four-gigabytes": luns(0, 0x0001 << 48, length=0xFFFFFFF8),
    "of-no-multiple-of-eight": luns(0, length=9),
    "with-half-a-lun": luns(0, length=16, more=b"\0\1\0\0"),
}.items():
    scan(
        "inventory-" + _name,
        "",
        bend(REPORT, ALL, call=sends(_data)),
        target={"luns": (0, 1)},
        events=[failed(2, [])],
        exit=0,
        results=WHOLE,
    )
scan(
    "inventory-with-junk-behind",
    "",
    bend(REPORT, 1, call=sends(luns(0, length=8, more=b"\xc1\x01" + bytes(6)))),
    results=WHOLE,
)
FLAT = [(0 if number < 256 else 1) << 62 | number << 48 for number in range(300)]


def room(reply):
    """The allocation length of a REPORT LUNS."""
    return int.from_bytes(reply.request.header[38:42], "big")


scan(
    "inventory-of-300-units",
    "",
    bend(REPORT, ALL, call=lambda reply: sends(luns(*FLAT)[: room(reply)])(reply)),
    target={"luns": tuple(range(300))},
    results=tree(*[(n, DISK + SIZE) for n in range(300)]),
    memory=False,
    why="900 commands in every split take too long",
    seconds=10,
)


def grows(reply):
    """An inventory with one unit more than there was room for, up to 64 KiB."""
    count = room(reply) // 8
    wire = [0] * (count - 1) if room(reply) < 65536 else [0]
    sends(luns(*wire, length=8 * count if len(wire) > 1 else None))(reply)


scan(
    "inventory-that-grows-each-time",
    "",
    bend(REPORT, ALL, call=grows),
    results=both(WHOLE, commands(*[0x12] + [0xA0] * 6 + [0x12, 0x25])),
    memory=False,
    why="inventories of 64 KiB in every split take too long",
)

# INQUIRY data.


def inquiry(name, clauses, data, *units, **members):
    """INQUIRY data of LUN 0 as a unit; the first INQUIRY is undisturbed."""
    scan(name, clauses, bend(UNIT, 2, call=sends(data)), results=tree(*units), **members)


for _size in (0, 4, 5, 35):
    scan(
        f"inquiry-data-of-{_size}-bytes",
        "",
        bend(UNIT, 2, call=sends(INQUIRY[:_size])),
        events=[failed(1, [])],
        exit=1,
        results=tree((0, SILENT), incomplete=True),
    )
scan(
    "inquiry-data-that-claims-little",
    "",
    bend(UNIT, 2, call=sends(INQUIRY[:4] + b"\x1e" + INQUIRY[5:])),
    events=[failed(1, [])],
    exit=1,
    results=tree((0, SILENT), incomplete=True),
)
inquiry("inquiry-data-of-36-bytes", "", INQUIRY[:36], (0, DISK + SIZE))
inquiry(
    "inquiry-data-that-claims-much",
    "",
    INQUIRY[:4] + b"\xff" + INQUIRY[5:],
    (0, DISK + SIZE),
)
inquiry(
    "no-device-can-be-there",
    "",
    b"\x7f" + INQUIRY[1:],
    (0, "unknown or no device, ROGUE TEST DISK 0001, not claimed"),
)
inquiry("device-not-connected", "", b"\x20" + INQUIRY[1:], (0, DISK + ", not claimed"))
inquiry(
    "inquiry-strings-of-control-characters",
    "",
    INQUIRY[:8]
    + b"\x1b[31mRED"
    + b"\r\n\x07\0\x7f\x80\x9b\xff"
    + b"\x1b]0;hi\x07 "
    + b"\xe2\x80\xaex",
    (
        0,
        "disk, ?[31mRED ?????????]0;hi? ???x" + SIZE,
    ),
)
scan(
    "inquiry-strings-of-control-characters-as-json",
    "",
    bend(UNIT, 2, call=sends(INQUIRY[:8] + b'\x1b[31m"\\\n' + b"\x9b" * 16 + b"\x04\x01\x02\x03")),
    options=["--json"],
    results=prints_json(
        {
            "targets": [
                {
                    "target": TARGET_NAME,
                    "portal": "{portal}",
                    "complete": True,
                    "luns": [
                        {
                            "lun": 0,
                            "claimed": True,
                            "device_type": 0,
                            "device_type_name": "disk",
                            "vendor": '?[31m"\\?',
                            "product": "?" * 16,
                            "revision": "????",
                            "blocks": 2048,
                            "block_size": 512,
                            "bytes": 1048576,
                        }
                    ],
                }
            ]
        }
    ),
)
scan(
    "capacity-is-not-told",
    "",
    bend("read-capacity-10", 1, pdus=[status(CHECK, sense(2, 0x04, 1))]),
    results=tree((0, DISK)),
)
scan(
    "capacity-beyond-counting",
    "",
    bend("read-capacity-10", 1, call=sends(b"\xff\xff\xff\xff\0\0\x02\0")),
    bend("read-capacity-16", 1, call=sends(b"\xff" * 7 + b"\xfe\0\0\x02\0" + bytes(20))),
    exit=1,
    results=tree((0, DISK), incomplete=True),
)
