"""Scripts: PDUs that RFC 7143 forbids after login, and the value that event 104 tells of each."""

from faults import INQUIRES, LATE, TAG, WRITES, data_in, drops, fault, inquiry, made, r2t
from pdu import DATA_IN, LOGOUT_RESPONSE, NO_TAG, NOP_IN, R2T, REJECT, SCSI_RESPONSE
from pdu import TASK_MANAGEMENT_RESPONSE, Pdu
from reply import bend
from run import require
from script import event, script
from unasked import instead, reject, swallow

def with_ahs(reply):
    reply.pdus[-1].ahs = bytes([0, 5, 2, 0, 0, 0, 0, 0])


drops(
    "additional-header-segment-from-the-target",
    "PDU-008",
    inquiry(call=with_ahs, pdus=[lambda reply: reply.pdus[-1]]),
    fault(SCSI_RESPONSE, "total-ahs-length", 2, "11.2"),
)
drops(
    "greatest-additional-header-segments",
    "PDU-008",
    inquiry(pdus=[made(SCSI_RESPONSE, ahs_length=255)]),
    fault(SCSI_RESPONSE, "total-ahs-length", 255, "11.2"),
)
drops(
    "data-segment-of-16-megabytes",
    "PDU-016",
    inquiry(pdus=[made(DATA_IN, dsl=0xFFFFFF)]),
    fault(DATA_IN, "data-segment-length", 0xFFFFFF, "13.12"),
)
drops(
    "data-segment-one-byte-over-the-declared-length",
    "PDU-016",
    inquiry(pdus=[made(DATA_IN, dsl=4097)]),
    fault(DATA_IN, "data-segment-length", 4097, "13.12"),
    options=["--set", "MaxRecvDataSegmentLength=4096"],
)
for _name, _opcode, _section in (
    ("r2t", R2T, "11.8.1"),
    ("task-management-response", TASK_MANAGEMENT_RESPONSE, "11.6.2"),
    ("logout-response", LOGOUT_RESPONSE, "11.15.2"),
):
    drops(
        _name + "-with-data",
        "PDU-031",
        inquiry(pdus=[made(_opcode, b"data")]),
        fault(_opcode, "data-segment-forbidden", 4, _section),
    )
for _code in (0x02, 0x7F):
    drops(
        f"response-code-{_code:02x}",
        "CMD-016",
        inquiry(pdus=[made(SCSI_RESPONSE, response=_code)]),
        fault(SCSI_RESPONSE, "response-code", _code, "11.4.3"),
    )
for _name, _number in (("too-high", 1), ("of-all-ones", 0x7FFFFFFF)):
    drops(
        f"data-sn-{_name}",
        "DAT-010 ER0-004",
        data_in(word36=_number),
        fault(DATA_IN, "data-sn", _number, "11.7.5"),
    )
for _status in (0x02, 0x08, 0x18, 0x40):
    drops(
        f"status-{_status:02x}-in-data-in",
        "DAT-011",
        data_in(flags=0x81, status=_status),
        fault(DATA_IN, "data-in-status", _status, "11.7.3"),
    )
drops(
    "data-in-for-a-write",
    "DAT-016",
    bend("r2t", 1, pdus=[made(DATA_IN, bytes(512))]),
    fault(DATA_IN, "task-kind", 0x00010001, "11.7.3"),
    memory_events=[fault(DATA_IN, "task-kind", TAG, "11.7.3")],
    **WRITES,
)

drops(
    "r2t-for-a-read",
    "R2T-008",
    inquiry(
        pdus=[lambda reply: Pdu(R2T, final=1, itt=reply.request.itt, ttt=1, stat_sn=3, word44=64)]
    ),
    fault(R2T, "task-kind", TAG, "11.7.3"),
)
drops(
    "r2t-of-the-reserved-tag",
    "R2T-006",
    r2t(ttt=NO_TAG),
    fault(R2T, "r2t-target-transfer-tag", NO_TAG, "11.8.5"),
    **WRITES,
)
drops(
    "r2t-sn-too-high",
    "R2T-010",
    r2t(word36=1),
    fault(R2T, "r2t-sn", 1, "11.8.2"),
    **WRITES,
)
drops(
    "unsolicited-nop-in-with-data",
    "NOP-007",
    inquiry(pdus=[made(NOP_IN, b"hello", itt=NO_TAG)]),
    fault(NOP_IN, "data-segment-forbidden", 5, "11.19"),
)
drops(
    "echo-of-data-that-was-not-sent",
    "NOP-006",
    bend("nop", 1, data=b"x"),
    event(121, task_tag=TAG, sent=0, echoed=1, offset=0),
    command=["ping", "{url}", "--count", "1"],
    scenario="ping",
)
drops(
    "reject-without-the-whole-header",
    "CMD-031",
    inquiry(pdus=[instead(reject(4, header=bytes(47)))]),
    fault(REJECT, "data-segment-length", 47, "11.17"),
)

script(
    "abort-task-is-not-answered",
    "CMD-043",
    bends=[bend("inquiry", 1, call=swallow), bend("task-management", 1, call=swallow)],
    events=[LATE, event(104, opcode=0x22, fault="abort-timeout", value=0, section="RFC 7143 7.11")],
    reaction=lambda run: require(run.connection.initiator_closed, "it did not close first"),
    exit=1,
    options=["--timeout", "1"],
    settings=["--command-timeout-ms", "1000", "--abort-timeout-ms", "1000"],
    **INQUIRES,
)
