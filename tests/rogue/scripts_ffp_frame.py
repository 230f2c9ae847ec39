"""Scripts: what holds for every PDU of full feature phase (RFC 7143 11.2, 13.1): opcodes, header
segments, lengths, digests, and streams that end; in each kind of PDU, and at each point of a
session."""

from digests import BOTH, WRONG, Spoil
from faults import INQUIRES, TAG, WRITES, drops, fault, goes_on, inquiry, made
from ffp import ANSWERED, DISCOVERS, LOST, PINGS, READS, SOON, all_of, copy_of, no_data, plain
from pdu import ASYNC, DATA_IN, DATA_OUT, LOGOUT_REQUEST, LOGOUT_RESPONSE, NOP_IN, R2T, REJECT
from pdu import SCSI_RESPONSE, TASK_MANAGEMENT, TASK_MANAGEMENT_RESPONSE, TEXT_REQUEST
from pdu import TEXT_RESPONSE
from printed import prints, says
from reply import bend, login
from script import TARGET_ENDS, event, script
from scsi import sense
from unasked import async_message, behind, instead, reject, swallow

PING_LOST = {**PINGS, "results": says("ping: the connection was lost")}
NOTHING_FOUND = {**DISCOVERS, "results": prints("")}
WRITE_LOST = {**WRITES, "results": all_of(no_data, says("WRITE(10): the connection was lost"))}

# Opcodes that no target sends, at each point of a session: RFC 7143 11.2.1.2.

STRANGERS = {
    "data-out": DATA_OUT,
    "task-management-request": TASK_MANAGEMENT,
    "text-request": TEXT_REQUEST,
    "logout-request": LOGOUT_REQUEST,
    "snack": 0x10,
    "vendor-s-1c": 0x1C,
    "vendor-s-1f": 0x1F,
    "unassigned-07": 0x07,
    "unassigned-34": 0x34,
    "unassigned-3b": 0x3B,
    "vendor-s-3e": 0x3E,
}
for _name, _opcode in STRANGERS.items():
    drops(
        f"opcode-{_name}-after-login",
        "PDU-012",
        inquiry(pdus=[made(_opcode)]),
        fault(_opcode, "opcode", _opcode, "11.2.1.2"),
        results=LOST,
        outcome={"io_status": 6},
    )
PHASES = {
    "of-a-ping": ("nop", PING_LOST),
    "of-send-targets": ("text", NOTHING_FOUND),
    "of-an-r2t": ("r2t", WRITE_LOST),
    "of-a-logout-response": ("logout", ANSWERED),
}
for _name, (_kind, _members) in PHASES.items():
    _text = {"text": b""} if _kind == "text" else {}
    drops(
        "unassigned-opcode-instead-" + _name,
        "PDU-012",
        bend(_kind, 1, pdus=[made(0x2B)], **_text),
        fault(0x2B, "opcode", 0x2B, "11.2.1.2"),
        **_members,
    )
drops(
    "unassigned-opcode-behind-the-login",
    "PDU-012",
    login(2, after=[plain(0x2F)]),
    fault(0x2F, "opcode", 0x2F, "11.2.1.2"),
    scenario="login",
)
drops(
    "second-final-login-response",
    "PDU-012",
    login(2, after=[lambda reply: copy_of(reply.pdu)]),
    fault(0x23, "opcode", 0x23, "11.2.1.2"),
    scenario="login",
)
drops(
    "http-behind-the-login",
    "PDU-012",
    login(2, after=[b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"]),
    fault(0x08, "opcode", 0x08, "11.2.1.2"),
    scenario="login",
)

# Behind the login, before anything was asked for.

for _name, _opcode, _clauses in (
    ("scsi-response", SCSI_RESPONSE, "PDU-020"),
    ("data-in", DATA_IN, "PDU-020 DAT-016"),
    ("r2t", R2T, "PDU-020 R2T-008"),
    ("text-response", TEXT_RESPONSE, "PDU-020 TFF-016"),
    ("task-management-response", TASK_MANAGEMENT_RESPONSE, "PDU-020 TMF-020"),
    ("logout-response", LOGOUT_RESPONSE, "PDU-020"),
):
    drops(
        _name + "-behind-the-login",
        _clauses,
        login(2, after=[plain(_opcode, itt=0x00020003)]),
        fault(_opcode, "initiator-task-tag", 0x00020003, "11.2.1.8"),
        scenario="login",
    )

# Additional header segments: no target sends any.


def with_ahs(reply):
    reply.pdu.ahs = bytes([0, 5, 2, 0, 0, 0, 0, 0])


for _name, _kind, _opcode, _members in (
    ("data-in", "inquiry", DATA_IN, {**INQUIRES, "results": LOST}),
    ("an-r2t", "r2t", R2T, WRITE_LOST),
    ("an-echo", "nop", NOP_IN, PING_LOST),
    ("a-logout-response", "logout", LOGOUT_RESPONSE, ANSWERED),
):
    drops(
        "additional-header-segment-of-" + _name,
        "PDU-008",
        bend(_kind, 1, call=with_ahs),
        fault(_opcode, "total-ahs-length", 2, "11.2"),
        **_members,
    )
drops(
    "additional-header-segment-under-a-right-digest",
    "PDU-008 DIG-002",
    inquiry(call=with_ahs),
    fault(DATA_IN, "total-ahs-length", 2, "11.2"),
    results=LOST,
    **BOTH,
)

# Data segments over what we take: RFC 7143 13.12. The sink takes none of them.

SMALL = ["--set", "MaxRecvDataSegmentLength=512"]
for _name, _opcode, _make in (
    ("scsi-response", SCSI_RESPONSE, made(SCSI_RESPONSE, bytes(513), status=2)),
    ("nop-in", NOP_IN, made(NOP_IN, bytes(513))),
    ("async-message", ASYNC, instead(async_message(255, data=bytes(513)))),
    ("reject", REJECT, instead(reject(4, header=bytes(513)))),
):
    drops(
        _name + "-longer-than-we-take",
        "PDU-016",
        inquiry(pdus=[_make]),
        fault(_opcode, "data-segment-length", 513, "13.12"),
        options=SMALL,
        results=LOST,
    )
drops(
    "text-response-longer-than-we-take",
    "PDU-016 TFF-008",
    bend("text", 1, text=bytes(8193)),
    fault(TEXT_RESPONSE, "data-segment-length", 8193, "13.12"),
    options=["--set", "MaxRecvDataSegmentLength=8192"],
    **NOTHING_FOUND,
)

# Digests of the PDUs that scripts_digest.py does not spoil.

for _name, _kind, _members in (
    ("an-r2t", "r2t", {**WRITE_LOST, "options": WRITES["options"] + BOTH["options"]}),
    ("a-response-to-a-write", "write-10", {
        **WRITES,
        "options": WRITES["options"] + BOTH["options"],
        "results": says("WRITE(10): the connection was lost"),
    }),
    ("the-answer-to-read-capacity", "read-capacity-10", {
        **READS, **BOTH, "memory": False, "why": "in memory there is only the read",
    }),
):
    _spoil = Spoil(0, header=WRONG)
    drops(
        "header-digest-of-" + _name,
        "DIG-003 DIG-005",
        bend(_kind, 1, call=_spoil),
        _spoil.event,
        **_members,
    )
for _offset, _mask in ((19, 0x01), (23, 0x80), (39, 0x01), (40, 0x80), (44, 0x40), (47, 0x01)):
    _spoil = Spoil(0, flip={_offset: _mask})
    drops(
        f"damaged-byte-{_offset}-of-an-r2t",
        "DIG-005 R2T-005",
        bend("r2t", 1, call=_spoil),
        _spoil.event,
        **{**WRITE_LOST, "options": WRITES["options"] + BOTH["options"]},
    )
REFUSAL = made(SCSI_RESPONSE, sense(7, 0x27, 0), status=2)
for _changes in ({"header": WRONG}, {"data": WRONG}):
    _spoil = Spoil(0, **_changes)
    _which = next(iter(_changes))
    drops(
        f"{_which}-digest-of-sense-data-of-a-write",
        "DIG-005" if _which == "header" else "DIG-006 DIG-008",
        bend("r2t", 1, pdus=[behind(REFUSAL)], call=_spoil),
        _spoil.event,
        **{**WRITE_LOST, "options": WRITES["options"] + BOTH["options"]},
    )
_spoil = Spoil(0, header=WRONG)
script(
    "header-digest-of-the-answer-to-an-abort",
    "DIG-005 TMF-021",
    bends=[inquiry(call=swallow), bend("task-management", 1, call=_spoil)],
    events=[event(107, task_tag=TAG, lun=0, opcode=0x12), _spoil.event],
    scenario="inquiry",
    options=BOTH["options"] + SOON["options"],
    settings=SOON["settings"],
    results=says("INQUIRY: timed out"),
    outcome={"io_status": 4},
)


def digest_of_padding(reply):
    """A ping's header counts nothing, and no data digest follows it."""
    reply.pdu.crc_data = WRONG


goes_on(
    "no-data-digest-where-there-is-no-data",
    "DIG-003",
    bend("nop", 1, call=digest_of_padding),
    **{**PINGS, **BOTH},
)

# Streams that end within a PDU, or where one was due: RFC 7143 11, 8.1.

for _name, _kind, _size, _tasks, _members in (
    ("an-echo", "nop", 24, 1, PING_LOST),
    ("a-text-response-s-header", "text", 30, 1, NOTHING_FOUND),
    ("a-text-response-s-data", "text", 70, 1, NOTHING_FOUND),
    ("the-answer-to-a-write", "write-10", 1, 1, {
        **WRITES, "results": says("WRITE(10): the connection was lost"),
    }),
):
    script(
        "stream-ends-within-" + _name,
        "PDU-033 SES-021 ER0-007",
        bends=[bend(_kind, 1, cut=_size)],
        events=[event(103, outstanding_tasks=_tasks)],
        reaction=TARGET_ENDS,
        **_members,
    )
for _name, _changes in (("closes", {"close_instead": True}), ("resets", {"reset": True})):
    for _what, _kind, _members in (("an-echo", "nop", PING_LOST),
                                   ("a-text-response", "text", NOTHING_FOUND)):
        script(
            f"target-{_name}-instead-of-{_what}",
            "SES-021 SES-042 ER0-007" + (" DSC-015" if _kind == "text" else ""),
            bends=[bend(_kind, 1, **_changes)],
            events=[event(103, outstanding_tasks=1)],
            reaction=TARGET_ENDS,
            **_members,
        )


def of_37_bytes(reply):
    reply.pdu.data = reply.pdu.data[:37]


script(
    "stream-ends-within-the-padding",
    "PDU-033 SES-021",
    bends=[inquiry(call=of_37_bytes, cut=48 + 38)],
    events=[event(103, outstanding_tasks=1)],
    reaction=TARGET_ENDS,
    scenario="inquiry",
    results=LOST,
    outcome={"io_status": 6},
)
script(
    "stream-ends-within-a-header-digest",
    "PDU-033 SES-021 DIG-003",
    bends=[inquiry(cut=50)],
    events=[event(103, outstanding_tasks=1)],
    reaction=TARGET_ENDS,
    scenario="inquiry",
    results=LOST,
    **BOTH,
)
script(
    "stream-ends-within-a-data-digest",
    "PDU-033 SES-021 DIG-003",
    bends=[inquiry(cut=48 + 4 + 96 + 2)],
    events=[event(103, outstanding_tasks=1)],
    reaction=TARGET_ENDS,
    scenario="inquiry",
    results=LOST,
    **BOTH,
)
script(
    "stream-ends-within-an-async-message",
    "PDU-033 SES-021",
    bends=[inquiry(pdus=[instead(async_message(0, data=sense(6, 0x2A, 1)))], cut=50)],
    events=[event(103, outstanding_tasks=1)],
    reaction=TARGET_ENDS,
    scenario="inquiry",
    results=LOST,
)
script(
    "abort-task-and-the-stream-ends",
    "SES-021 TMF-021 ER0-008",
    bends=[inquiry(call=swallow), bend("task-management", 1, close_instead=True)],
    events=[
        event(107, task_tag=TAG, lun=0, opcode=0x12),
        event(103, outstanding_tasks=1),
    ],
    reaction=TARGET_ENDS,
    scenario="inquiry",
    results=says("INQUIRY: timed out"),
    outcome={"io_status": 4},
    **SOON,
)
