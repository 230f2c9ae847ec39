"""Scripts: SCSI Responses that RFC 7143 11.4 forbids, and odd ones that it allows."""

import struct

from faults import TAG, WRITES, drops, fault, goes_on, inquiry, made, says_rogue, sends
from ffp import ANSWERED, CUT_SHORT, DISCOVERS, FAILED, LOST, ONE_COMMAND, PINGS, READS, SECOND_TAG
from ffp import all_of, check, no_data, of_two, respond, with_last
from pdu import DATA_IN, LOGOUT_RESPONSE, R2T, SCSI_RESPONSE, TASK_MANAGEMENT_RESPONSE
from printed import prints, says
from reply import bend
from run import require
from scsi import INQUIRY, sense
from unasked import behind

# The Response field: RFC 7143 11.4.3. Beside it neither status nor flags say anything.

FAILURES = {
    "of-a-target": (1, {}),
    "of-a-target-beside-check-condition": (1, {"status": 2}),
    "of-a-target-beside-all-residual-flags": (1, {"flags": 0x9E, "word44": 9}),
    "of-a-target-that-counts-data": (1, {"word36": 0}),
    "of-a-vendor": (0x80, {}),
    "of-another-vendor": (0xFF, {"status": 0x28}),
}
for _name, (_response, _fields) in FAILURES.items():
    goes_on(
        "failure-" + _name,
        "CMD-016 CMD-017" if "flags" in _fields else "CMD-016",
        respond(response=_response, **_fields),
        exit=1,
        results=all_of(FAILED, ONE_COMMAND),
        outcome={"io_status": 5, "response": _response},
    )
goes_on(
    "failure-behind-all-data",
    "CMD-016",
    inquiry(last={"response": 1, "flags": 0x80, "word44": 0}),
    exit=1,
    results=FAILED,
    outcome={"io_status": 5, "response": 1},
)

# Statuses: told as they come.

STATUSES = {
    0x04: "CONDITION MET",
    0x10: "INTERMEDIATE",
    0x14: "INTERMEDIATE-CONDITION MET",
    0x18: "RESERVATION CONFLICT",
    0x30: "ACA ACTIVE",
    0x40: "TASK ABORTED",
}
for _status, _text in STATUSES.items():
    goes_on(
        f"status-{_status:02x}",
        "CMD-022",
        respond(status=_status),
        exit=1,
        results=all_of(says("INQUIRY: " + _text), ONE_COMMAND),
        outcome={"scsi_status": _status},
    )
goes_on(
    "status-that-nobody-has-assigned",
    "CMD-022",
    respond(status=0xFF),
    exit=1,
    results=ONE_COMMAND,
    outcome={"scsi_status": 0xFF},
)
for _status, _text in ((0x08, "busy"), (0x28, "task-set-full")):
    # A new command, not the old one again (RFC 7143 11.4.2): the target checks CmdSN and tag.
    goes_on(
        _text + "-and-a-new-command",
        "CMD-022",
        respond(status=_status),
        exit=0,
        results=lambda run: require(
            run.outputs is not None
            or [p.itt for p in run.connection.requests if p.opcode == 1] == [TAG, SECOND_TAG],
            "no second command with a tag of its own",
        ),
        outcome={"scsi_status": _status},
    )

# Sense data: RFC 7143 11.4.7.

ISCSI = {
    "unexpected-unsolicited-data": (0x0C, 0x0C),
    "incorrect-amount-of-data": (0x0C, 0x0D),
    "protocol-service-crc-error": (0x47, 0x05),
}
for _name, (_asc, _ascq) in ISCSI.items():
    goes_on(
        "check-condition-for-" + _name,
        "CMD-021 CMD-023 CMD-025",
        check(0x0B, _asc, _ascq),
        exit=1,
        results=all_of(says("INQUIRY: CHECK CONDITION", f"({_asc:02x}/{_ascq:02x})"), ONE_COMMAND),
        outcome={"scsi_status": 2, "sense": f"b/{_asc << 8 | _ascq:04x}"},
    )
goes_on(
    "check-condition-that-is-recovered",
    "CMD-025",
    inquiry(last={"status": 2}, call=lambda reply: setattr(reply.pdus[-1], "data", sense(1, 0, 0))),
    results=says_rogue,
    outcome={"scsi_status": 2, "sense": "1/0000", "underflow": 255 - len(INQUIRY)},
)


def data_and_check(data_pdus):
    """All data, then CHECK CONDITION that counts so many data PDUs."""

    def call(reply):
        reply.pdus[-1].data = sense(3, 0x11, 0)
        reply.pdus[-1].set(status=2, word36=data_pdus)

    return inquiry(call=call)


for _name, _count in (("", 1), ("-and-counts-none", 0), ("-and-counts-too-many", 77)):
    goes_on(
        f"check-condition-behind-data{_name}",
        "CMD-021 CMD-026",
        data_and_check(_count),
        exit=1,
        results=says("INQUIRY: CHECK CONDITION", "(11/00)"),
        outcome={"scsi_status": 2, "sense": "3/1100", "underflow": 255 - len(INQUIRY)},
    )
DESCRIPTOR = struct.pack(">H", 8) + bytes([0x72, 5, 0x24, 0, 0, 0, 0, 0])
LONG = struct.pack(">H", 252) + bytes([0x70, 0, 5, 0, 0, 0, 0, 244, 0, 0, 0, 0, 0x24, 0])
LONG += bytes(238)
ENDLESS = struct.pack(">H", 700) + LONG[2:] + bytes(448)
for _name, _data, _sense in (
    ("in-descriptor-format", DESCRIPTOR, "5/2400"),
    ("of-252-bytes", LONG, "5/2400"),
    ("of-700-bytes", ENDLESS, "5/2400"),
    ("of-no-bytes", b"\0\0", "0/0000"),
    ("of-one-byte-that-is-there", b"\0\1\x70", "0/0000"),
    ("in-a-format-that-nobody-knows", b"\0\4\x11\xff\xff\xff", "0/0000"),
    ("with-response-data-behind", sense(5, 0x24, 0) + bytes(range(200)), "5/2400"),
):
    goes_on(
        "sense-data-" + _name,
        "CMD-021 CMD-025" + (" CMD-046" if "behind" in _name else ""),
        respond(_data, status=2),
        exit=1,
        results=all_of(says("INQUIRY: CHECK CONDITION"), ONE_COMMAND),
        outcome={"scsi_status": 2, "sense": _sense},
    )
goes_on(
    "sense-data-beside-good",
    "CMD-046",
    inquiry(call=lambda reply: setattr(reply.pdus[-1], "data", sense(1, 0x5D, 0))),
    results=says_rogue,
    outcome={"sense": "1/5d00", "underflow": 255 - len(INQUIRY)},
)
goes_on(
    "empty-sense-data-beside-good",
    "CMD-046",
    inquiry(call=lambda reply: setattr(reply.pdus[-1], "data", b"\0\0")),
    results=says_rogue,
    outcome={"underflow": 255 - len(INQUIRY)},
)
drops(
    "one-byte-beside-good",
    "CMD-021",
    inquiry(call=lambda reply: setattr(reply.pdus[-1], "data", b"\0")),
    fault(SCSI_RESPONSE, "sense-length", 1, "11.4.7"),
    results=LOST,
    outcome={"io_status": 6, "underflow": 255 - len(INQUIRY)},
)

# Residuals: RFC 7143 11.4.5.


def all_bytes(reply):
    reply.pdu.data = reply.pdu.data.ljust(reply.request.ttt, b"\0")
    reply.pdus[-1].set(flags=0x84, word44=0xFFFFFFFF)


goes_on(
    "overflow-of-four-gigabytes",
    "CMD-018",
    inquiry(call=all_bytes),
    results=says_rogue,
    outcome={"overflow": 0xFFFFFFFF, "data_in": 255},
)
for _name, _flags, _residual in (("without-flags", 0x80, 100), ("of-no-bytes", 0x82, 0)):
    goes_on(
        "missing-data-with-an-underflow-" + _name,
        "CMD-018 ER0-004",
        inquiry(last={"flags": _flags, "word44": _residual}),
        exit=1,
        results=CUT_SHORT,
        outcome={"io_status": 7, "data_in": len(INQUIRY)},
    )
goes_on(
    "missing-data-with-an-overflow",
    "CMD-018",
    inquiry(last={"flags": 0x84, "word44": 3}),
    exit=1,
    results=CUT_SHORT,
    outcome={"io_status": 7, "overflow": 3, "data_in": len(INQUIRY)},
)
goes_on(
    "underflow-of-more-than-is-missing",
    "CMD-018",
    inquiry(last={"flags": 0x82, "word44": 0x80000000}),
    results=says_rogue,
    outcome={"underflow": 255, "data_in": len(INQUIRY)},
)

# ExpDataSN: RFC 7143 11.4.8.

for _name, _count in (("one-more", 2), ("very-many", 0xFFFFFFFF)):
    goes_on(
        f"response-that-counts-{_name}-data-pdus",
        "CMD-026 ER0-004",
        with_last(word36=_count),
        exit=1,
        results=CUT_SHORT,
        outcome={"io_status": 7, "underflow": 255 - len(INQUIRY), "data_in": len(INQUIRY)},
    )
goes_on(
    "response-that-counts-data-where-none-came",
    "CMD-026 ER0-004",
    respond(flags=0x82, word44=255, word36=1),
    exit=1,
    results=CUT_SHORT,
    outcome={"io_status": 7, "underflow": 255},
)
goes_on(
    "good-without-any-data",
    "CMD-018 CMD-026",
    respond(),
    exit=1,
    results=CUT_SHORT,
    outcome={"io_status": 7},
)

# Fields that say nothing here.

goes_on(
    "snack-tag-of-a-response",
    "CMD-027",
    with_last(word20=0xCAFEBABE),
    results=says_rogue,
    outcome={"underflow": 255 - len(INQUIRY)},
)
goes_on(
    "status-qualifier-below-level-2",
    "R44-005",
    with_last(lun=0xFFFF000000000000),
    results=says_rogue,
    outcome={"underflow": 255 - len(INQUIRY)},
)
goes_on(
    "immediate-bit-of-a-target",
    "PDU-003",
    with_last(byte0=0x40 | SCSI_RESPONSE),
    results=says_rogue,
    outcome={"underflow": 255 - len(INQUIRY)},
)

# Responses to what is no command, or is one no more.

KINDS = {
    "scsi-response": SCSI_RESPONSE,
    "data-in": DATA_IN,
    "r2t": R2T,
    "task-management-response": TASK_MANAGEMENT_RESPONSE,
    "logout-response": LOGOUT_RESPONSE,
}
for _name, _opcode in KINDS.items():
    drops(
        _name + "-for-a-ping",
        "PDU-028 NOP-012",
        bend("nop", 1, pdus=[made(_opcode)]),
        fault(_opcode, "task-kind", TAG, "11.7.3"),
        **{**PINGS, "results": says("ping: the connection was lost")},
    )
    drops(
        _name + "-for-send-targets",
        "PDU-028 TFF-016",
        bend("text", 1, pdus=[made(_opcode)], text=b""),
        fault(_opcode, "task-kind", TAG, "11.7.3"),
        **{**DISCOVERS, "results": prints("")},
    )
    if _opcode != LOGOUT_RESPONSE:
        drops(
            _name + "-for-the-logout",
            "PDU-028",
            bend("logout", 1, pdus=[made(_opcode)]),
            fault(_opcode, "task-kind", SECOND_TAG, "11.7.3"),
            **ANSWERED,
        )
drops(
    "response-behind-status-in-data-in",
    "DAT-012",
    inquiry(
        call=lambda reply: reply.pdu.set(
            flags=0x83, stat_sn=reply.pdus[1].stat_sn, word44=reply.pdus[1].word44
        ),
        last={"stat_sn": 4},
    ),
    fault(SCSI_RESPONSE, "initiator-task-tag", TAG, "11.2.1.8"),
    **ANSWERED,
)

# Writes that end otherwise.

REFUSED = {"status": 2, "flags": 0x82, "word44": 0xFFFFFFFF}

drops(
    "response-to-a-write-with-both-residual-flags",
    "CMD-017",
    bend("r2t", 1, pdus=[made(SCSI_RESPONSE, flags=0x86)]),
    fault(SCSI_RESPONSE, "residual-flags", 0, "11.4.1"),
    **{**WRITES, "results": all_of(no_data, says("WRITE(10): the connection was lost"))},
)
goes_on(
    "write-is-refused-before-its-data",
    "CMD-021 CMD-025",
    bend("r2t", 1, pdus=[behind(made(SCSI_RESPONSE, sense(7, 0x27, 0), **REFUSED))]),
    exit=1,
    outcome={"scsi_status": 2, "sense": "7/2700", "underflow": 4096},
    **{**WRITES, "results": all_of(no_data, says("WRITE(10): CHECK CONDITION", "(27/00)"))},
)
goes_on(
    "write-that-is-not-written-whole",
    "CMD-018",
    bend("write-10", 1, last={"flags": 0x82, "word44": 512}),
    exit=1,
    outcome={"underflow": 512},
    **{**WRITES, "results": says("WRITE(10): 512 of ")},
)
goes_on(
    "write-that-overflows",
    "CMD-018",
    bend("write-10", 1, last={"flags": 0x84, "word44": 512}),
    exit=0,
    outcome={"overflow": 512},
    **WRITES,
)
goes_on(
    "read-of-fewer-blocks-than-asked-for",
    "CMD-018",
    bend("read-10", 1, call=sends(bytes(512))),
    exit=1,
    outcome={"underflow": 512, "data_in": 512},
    **{**READS, "results": says("READ(10): 512 of 1024 bytes were not transferred")},
)
drops(
    "second-response-to-a-write",
    "DAT-012",
    bend("write-10", 1, after=[made(SCSI_RESPONSE, stat_sn=5)]),
    fault(SCSI_RESPONSE, "initiator-task-tag", SECOND_TAG, "11.2.1.8"),
    **{**WRITES, "exit": 1},
    **of_two(fault(SCSI_RESPONSE, "initiator-task-tag", TAG, "11.2.1.8")),
)
