"""Scripts: PDUs that RFC 7143 forbids after login (event 104), and odd ones that it allows."""

from faults import INQUIRES, LATE, STATUS_SN, TAG, TIMES, WRITES
from faults import data_in, drops, fault, goes_on, inquiry, made, r2t, says_rogue
from pdu import ASYNC, DATA_IN, LOGIN_RESPONSE, LOGOUT_RESPONSE, NO_TAG, NOP_IN, NOP_OUT, R2T
from pdu import REJECT, SCSI_COMMAND, SCSI_RESPONSE, TASK_MANAGEMENT_RESPONSE, TEXT_RESPONSE, Pdu
from reply import bend
from run import require
from script import event, script
from scsi import sense
from unasked import async_message, behind, instead, ping, swallow

# What holds for every PDU.

for _name, _opcode in {
    "unassigned-27": 0x27,
    "unassigned-30": 0x30,
    "unassigned-33": 0x33,
    "vendor-s-3c": 0x3C,
    "the-initiator-s-command": SCSI_COMMAND,
    "the-initiator-s-nop-out": NOP_OUT,
    "login-response": LOGIN_RESPONSE,
}.items():
    drops(
        f"opcode-{_name}-after-login",
        "PDU-012",
        inquiry(pdus=[made(_opcode)]),
        fault(_opcode, "opcode", _opcode, "11.2.1.2"),
    )


for _name, _opcode in {
    "scsi-response": SCSI_RESPONSE,
    "nop-in": NOP_IN,
    "r2t": R2T,
    "task-management-response": TASK_MANAGEMENT_RESPONSE,
    "logout-response": LOGOUT_RESPONSE,
    "async-message": ASYNC,
    "reject": REJECT,
}.items():
    drops(
        _name + "-without-f",
        "PDU-013",
        inquiry(pdus=[made(_opcode, final=0)]),
        fault(_opcode, "final-bit", _opcode, "11.2.1.3"),
    )
for _name, _opcode in {
    "scsi-response": SCSI_RESPONSE,
    "data-in": DATA_IN,
    "r2t": R2T,
    "text-response": TEXT_RESPONSE,
    "task-management-response": TASK_MANAGEMENT_RESPONSE,
    "logout-response": LOGOUT_RESPONSE,
    "nop-in": NOP_IN,
}.items():
    drops(
        _name + "-of-no-task",
        "PDU-020",
        inquiry(pdus=[made(_opcode, itt=0xDEADBEEF)]),
        fault(_opcode, "initiator-task-tag", 0xDEADBEEF, "11.2.1.8"),
    )
drops(
    "tag-of-the-slot-s-last-use",
    "PDU-020",
    inquiry(pdus=[made(SCSI_RESPONSE, itt=0x00000000)]),
    fault(SCSI_RESPONSE, "initiator-task-tag", 0, "11.2.1.8"),
)
for _name, _opcode in {"nop-in": NOP_IN, "text-response": TEXT_RESPONSE}.items():
    drops(
        _name + "-for-a-command",
        "PDU-028",
        inquiry(pdus=[made(_opcode)]),
        fault(_opcode, "task-kind", TAG, "11.7.3"),
    )
for _name, _stat_sn in (
    ("later", STATUS_SN + 1),
    ("half-the-circle-later", STATUS_SN + 0x7FFFFFFF),
    ("earlier", STATUS_SN - 1),
):
    drops(
        "stat-sn-" + _name,
        "WIN-017 ER0-004",
        inquiry(last={"stat_sn": _stat_sn}),
        fault(SCSI_RESPONSE, "stat-sn", _stat_sn, "4.2.2.2"),
    )

# SCSI Responses.

drops(
    "overflow-and-underflow",
    "CMD-017",
    inquiry(last={"flags": 0x86, "word44": 7}),
    fault(SCSI_RESPONSE, "residual-flags", 7, "11.4.1"),
)
drops(
    "bidirectional-overflow-and-underflow",
    "CMD-017",
    inquiry(last={"flags": 0x98}),
    fault(SCSI_RESPONSE, "residual-flags", 0, "11.4.1"),
)
goes_on(
    "underflow-of-more-than-was-asked-for",
    "CMD-018",
    inquiry(pdus=[made(SCSI_RESPONSE, flags=0x82, word44=0xFFFFFFFF)]),
    exit=1,  # no byte of INQUIRY data came
)
drops(
    "check-condition-without-sense",
    "CMD-021",
    inquiry(pdus=[made(SCSI_RESPONSE, status=2)]),
    fault(SCSI_RESPONSE, "sense-missing", 2, "11.4.7"),
)
for _name, _data in {
    "of-one-byte": b"\0",
    "one-byte-short": b"\0\x12" + sense(5, 0x24, 0)[2:-1],
    "of-64-kilobytes": b"\xff\xff" + sense(5, 0x24, 0)[2:],
}.items():
    drops(
        "sense-data-" + _name,
        "CMD-021",
        inquiry(pdus=[made(SCSI_RESPONSE, _data, status=2)]),
        fault(SCSI_RESPONSE, "sense-length", len(_data), "11.4.7"),
    )
drops(
    "response-that-counts-fewer-data-pdus",
    "CMD-026",
    inquiry(last={"word36": 0}),
    fault(SCSI_RESPONSE, "exp-data-sn", 0, "11.4.8"),
)
drops(
    "second-response-to-a-command",
    "DAT-012",
    inquiry(after=[behind(lambda reply: Pdu(SCSI_RESPONSE, final=1, itt=reply.request.itt))]),
    fault(SCSI_RESPONSE, "initiator-task-tag", TAG, "11.2.1.8"),
    exit=0,  # INQUIRY has been answered
)

# Data-In.


for _name, _offset in {
    "one-byte-on": 1,
    "behind-the-buffer": 255,
    "that-wraps": 0xFFFFFFF0,
}.items():
    drops(
        "buffer-offset-" + _name,
        "DAT-006 DAT-015",
        data_in(word40=_offset),
        fault(DATA_IN, "buffer-offset", _offset, "11.7.6"),
    )
drops(
    "more-data-than-was-asked-for",
    "DAT-015",
    inquiry(pdus=[made(DATA_IN, bytes(300))]),
    fault(DATA_IN, "buffer-offset", 0, "11.7.6"),
)
drops(
    "status-in-data-in-without-f",
    "DAT-011",
    data_in(flags=0x01),
    fault(DATA_IN, "data-in-status", 0, "11.7.3"),
)
# R2T.


drops("r2t-for-no-bytes", "R2T-005", r2t(word44=0), fault(R2T, "r2t-range", 0, "11.8.4"), **WRITES)
SMALL_BURSTS = ["--set", "MaxBurstLength=512", "--set", "FirstBurstLength=512"]
drops(
    "r2t-over-max-burst-length",
    "R2T-005",
    r2t(word44=513),
    fault(R2T, "r2t-range", 0, "11.8.4"),
    **{**WRITES, "options": WRITES["options"] + SMALL_BURSTS},
)
for _name, _offset, _length in (
    ("behind-the-write", 1 << 20, 1),
    ("that-wraps", 0xFFFFFFFF, 1),
    ("skipping-ahead", 512, 512),
):
    drops(
        "r2t-" + _name,
        "R2T-007 R2T-012",
        r2t(word40=_offset, word44=_length),
        fault(R2T, "r2t-range", _offset, "11.8.4"),
        **WRITES,
    )
drops(
    "r2t-for-another-lun",
    "PDU-027",
    r2t(lun=0x0001000000000000),
    fault(R2T, "lun", 0, "4.2.5.3"),
    **WRITES,
)
drops(
    "r2t-with-a-later-stat-sn",
    "WIN-019 R2T-014",
    r2t(stat_sn=0x1000),
    fault(R2T, "stat-sn", 0x1000, "4.2.2.2"),
    **WRITES,
)


def another_r2t(reply):
    first = reply.pdu
    first.word44 = 512
    second = Pdu()
    second.header[:] = first.header
    reply.pdus.append(second.set(ttt=0x999, word36=1, word40=512, word44=512))


drops(
    "more-r2ts-than-max-outstanding-r2t",
    "R2T-009",
    bend("r2t", 1, call=another_r2t),
    fault(R2T, "r2t-count", 512, "13.17"),
    **WRITES,
)

# NOP-In.

drops(
    "nop-in-with-both-tags",
    "NOP-008",
    inquiry(pdus=[made(NOP_IN, ttt=0x77)]),
    fault(NOP_IN, "nop-in-tags", 0x77, "11.19"),
)
drops(
    "unsolicited-nop-in-with-a-later-stat-sn",
    "NOP-009 WIN-019",
    inquiry(before=[ping(NO_TAG, stat_sn=STATUS_SN + 1)]),
    fault(NOP_IN, "stat-sn", STATUS_SN + 1, "4.2.2.2"),
)
drops(
    "more-pings-than-can-be-answered",
    "NOP-001",
    inquiry(before=[ping(tag) for tag in range(1, 6)]),
    fault(NOP_IN, "nop-in-flood", 4, "11.18"),
)
drops(
    "nop-in-answers-another-ping",
    "NOP-012",
    bend("nop", 1, header={"itt": 0x00020000}),
    fault(NOP_IN, "initiator-task-tag", 0x00020000, "11.2.1.8"),
    command=["ping", "{url}", "--count", "1"],
    scenario="ping",
)

# Asynchronous Messages and Rejects that are not well formed.

for _code in (5, 6, 100, 247):
    _cause = "6" if _code == 5 else "8"
    drops(
        f"async-event-{_code}",
        "ASY-007" if _code == 5 else "ASY-009",
        inquiry(pdus=[instead(async_message(_code))]),
        event(106, [_cause], async_event=_code, vcode=0),
        fault(ASYNC, "async-event", _code, "11.9.1"),
    )
drops(
    "async-message-with-sense-beyond-its-data",
    "ASY-001",
    inquiry(pdus=[instead(async_message(0, data=b"\0\x13" + sense(6, 0x2A, 1)[2:]))]),
    fault(ASYNC, "sense-length", 20, "11.4.7"),
)
# Aborts.

for _code in (2, 3, 5, 255):
    script(
        f"abort-task-is-answered-with-{_code}",
        "TMF-010",
        bends=[
            bend("inquiry", 1, call=swallow),
            bend("task-management", 1, header={"response": _code}),
        ],
        events=[LATE, fault(TASK_MANAGEMENT_RESPONSE, "task-management-response", _code, "11.6.1")],
        **INQUIRES,
        **TIMES,
    )
# Odd, but allowed.


def reserved_bits(reply):
    """Sets every bit that SCSI Response (RFC 7143 11.4) and Data-In (11.7) reserve."""
    first, last = reply.pdus
    first.header[0] |= 0x80
    first.header[1] |= 0x38
    first.header[2] = 0xFF
    first.header[8:16] = b"\xff" * 8
    last.header[0] |= 0x80
    last.header[1] |= 0x61
    last.header[8:16] = b"\xff" * 8


def phase_collapse(reply):
    """The status comes in the Data-In; no SCSI Response follows (RFC 7143 11.7.3)."""
    first, last = reply.pdus
    first.set(flags=0x83, stat_sn=last.stat_sn, word44=last.word44)
    reply.pdus.pop()


def twice(reply):
    """The Data-In comes a second time, with other data; the first stands."""
    again = Pdu(data=b"\xff" * len(reply.pdu.data))
    again.header[:] = reply.pdu.header
    reply.pdus.insert(1, again)


def empty_first(reply):
    first = reply.pdu
    empty = Pdu(DATA_IN, itt=first.itt, ttt=NO_TAG, word36=0)
    empty.set(exp_cmd_sn=first.exp_cmd_sn, max_cmd_sn=first.max_cmd_sn)
    first.word36 = 1
    reply.pdus.insert(0, empty)
    reply.pdus[-1].word36 = 2


def no_flags(reply):
    """All bytes that were asked for; the residual count means nothing."""
    reply.pdu.data = reply.pdu.data.ljust(reply.request.ttt, b"\0")
    reply.pdus[-1].set(flags=0x80, word44=0xFFFFFFFF)


for _name, _clauses, _call in (
    ("reserved-bits-of-a-read", "PDU-003", reserved_bits),
    ("status-in-data-in", "DAT-012", phase_collapse),
    ("data-in-comes-twice", "ER0-006", twice),
    ("empty-data-in", "DAT-008", empty_first),
    ("stat-sn-without-s", "DAT-013", lambda reply: reply.pdu.set(stat_sn=0xFFFFFFFF)),
    ("windows-that-contradict-each-other", "WIN-005", lambda r: r.pdus[-1].set(max_cmd_sn=0)),
    ("a-bit-of-data-in", "DAT-017", lambda reply: reply.pdu.set(flags=0xC0)),
    ("residual-count-without-flags", "CMD-018", no_flags),
):
    goes_on(_name, _clauses, inquiry(call=_call), results=says_rogue)


def odd_padding(reply):
    reply.pdu.data = reply.pdu.data[:37]
    reply.pdu.padding = b"\xaa\xbb\xcc"
    reply.pdus[-1].set(flags=0x82, word44=reply.request.ttt - 37)


goes_on(
    "padding-that-is-not-zero",
    "PDU-005 PDU-006",
    inquiry(call=odd_padding),
    results=says_rogue,
)
goes_on(
    "news-of-the-window",
    "NOP-002 NOP-010",
    inquiry(before=[ping(NO_TAG)] * 20),
    results=lambda run: require(
        not [p for p in run.connection.requests if p.opcode == NOP_OUT], "a NOP-Out was sent"
    ),
)
goes_on(
    "abort-task-of-a-task-that-is-done",
    "TMF-010 CMD-043",
    bend("inquiry", 1, call=swallow),
    bend("task-management", 1, header={"response": 1}),
    events=[LATE],
    exit=1,
    **TIMES,
)
