"""Scripts: Rejects (RFC 7143 11.17) of each kind of PDU for each reason, and their reactions: the
task fails and its number is plugged; it is waited for, sent again, logged out, or all is lost."""

from faults import TAG, WRITES, drops, fault, goes_on, inquiry, says_rogue
from ffp import ANSWERED, DISCOVERS, FAILED, LOST, PINGS, all_of, no_data, sends_only
from pdu import DATA_OUT, LOGOUT_REQUEST, NOP_OUT, REJECT, SCSI_COMMAND, TASK_MANAGEMENT
from pdu import TEXT_REQUEST, Pdu
from printed import prints, says
from reply import bend
from script import event
from unasked import ahead, behind, instead, reject

# The cause that event 105 names for a reason.
CAUSES = {2: "1", 3: "3", 4: "2", 5: "3", 6: "4", 7: "2", 8: "2", 9: "2", 10: "4", 11: "2", 12: "5"}
CLAUSES = {reason: f"CMD-{30 + reason:03}" for reason in range(2, 13)}
PING_FAILED = says("ping: target failure")


def told(reason, opcode):
    return event(105, [CAUSES.get(reason, "6")], reason=reason, opcode=opcode)


def clauses(reason, more="CMD-030 CMD-031"):
    return f"{more} {CLAUSES.get(reason, 'CMD-032')}"


def header_of(opcode, **fields):
    """A header that a Reject may bring back."""
    return bytes(Pdu(opcode, final=1, **fields).header)


# Of a ping of ours. What it has used up is plugged by an ABORT TASK.

for _reason in (2, 5, 6, 9, 10):
    goes_on(
        f"ping-is-rejected-for-reason-{_reason:02x}",
        clauses(_reason, "CMD-030"),
        bend("nop", 1, pdus=[instead(reject(_reason))]),
        events=[told(_reason, NOP_OUT)],
        exit=1,
        outcome={"io_status": 5},
        **{
            **PINGS,
            "results": all_of(PING_FAILED, sends_only(NOP_OUT, TASK_MANAGEMENT, LOGOUT_REQUEST)),
        },
    )
goes_on(
    "ping-is-rejected-as-in-progress-and-answered",
    clauses(7),
    bend("nop", 1, before=[ahead(reject(7))]),
    events=[told(7, NOP_OUT)],
    **{**PINGS, "results": sends_only(NOP_OUT, LOGOUT_REQUEST)},
)
goes_on(
    "ping-is-rejected-for-a-logout",
    clauses(12) + " LGO-005",
    bend("nop", 1, pdus=[instead(reject(12))]),
    events=[told(12, NOP_OUT)],
    exit=1,
    outcome={"io_status": 3},
    **{**PINGS, "results": sends_only(NOP_OUT, LOGOUT_REQUEST)},
)
for _reason in (3, 8, 11, 0, 1, 13, 0xFF):
    drops(
        f"ping-is-rejected-for-reason-{_reason:02x}",
        clauses(_reason),
        bend("nop", 1, pdus=[instead(reject(_reason))]),
        told(_reason, NOP_OUT),
        outcome={"io_status": 6},
        **{**PINGS, "results": says("ping: the connection was lost")},
    )

# Of SendTargets: the negotiation has failed, and nothing else.


def of_the_text(reason):
    """The Reject brings back the header of the Text Request."""

    def call(reply):
        reply.text = bytes(reply.request.header)

    return {"call": call, "pdus": [instead(reject(reason, header=b""))]}


for _reason in (2, 4, 5, 6, 9, 11):
    goes_on(
        f"send-targets-is-rejected-for-reason-{_reason:02x}",
        clauses(_reason) + " TFF-010",
        bend("text", 1, **of_the_text(_reason)),
        events=[told(_reason, TEXT_REQUEST)],
        exit=1,
        **{**DISCOVERS, "results": prints("")},
    )
for _reason in (3, 8, 0, 0xFF):
    drops(
        f"send-targets-is-rejected-for-reason-{_reason:02x}",
        clauses(_reason),
        bend("text", 1, **of_the_text(_reason)),
        told(_reason, TEXT_REQUEST),
        **{**DISCOVERS, "results": prints("")},
    )

# Of a Data-Out, and of a write.


def of_data_out(reason):
    """Behind the data of a write: the last Data-Out is rejected, then the write is answered."""

    def make(reply):
        outs = [pdu for pdu in reply.connection.requests if pdu.opcode == DATA_OUT]
        return Pdu(REJECT, bytes(outs[-1].header), final=1, response=reason, itt=0xFFFFFFFF)

    return make


for _reason in (2, 4, 5, 9):
    _waits = _reason != 4
    _data_out = bend("write-10", 1, before=[ahead(of_data_out(_reason))])
    if _waits:
        goes_on(
            f"data-out-is-rejected-for-reason-{_reason:02x}-and-the-write-answered",
            clauses(_reason) + " CMD-048",
            _data_out,
            events=[told(_reason, DATA_OUT)],
            outcome={},
            **WRITES,
        )
    else:
        drops(
            f"data-out-is-rejected-for-reason-{_reason:02x}",
            clauses(_reason),
            _data_out,
            told(_reason, DATA_OUT),
            outcome={"io_status": 6},
            **{**WRITES, "results": says("WRITE(10): the connection was lost")},
        )
for _reason in (2, 5, 9):
    goes_on(
        f"write-is-rejected-for-reason-{_reason:02x}",
        clauses(_reason, "CMD-029"),
        bend("r2t", 1, pdus=[behind(reject(_reason))]),
        events=[told(_reason, SCSI_COMMAND)],
        exit=1,
        outcome={"io_status": 5},
        **{**WRITES, "results": all_of(no_data, says("WRITE(10): target failure"))},
    )

# Of what is no task of ours: told, and nothing comes of it.

for _name, _header in {
    "a-task-that-never-was": header_of(SCSI_COMMAND, itt=0x00770077),
    "no-task": header_of(NOP_OUT, itt=0xFFFFFFFF, ttt=0x55),
    "an-opcode-that-nobody-has": header_of(0x1C, itt=TAG),
    "a-request-of-another-kind": header_of(TEXT_REQUEST, itt=TAG),
    "an-older-use-of-its-number": header_of(SCSI_COMMAND, itt=TAG, cmd_sn=0x99),
    "a-header-of-zeros": bytes(48),
}.items():
    goes_on(
        "reject-of-" + _name,
        "CMD-030 CMD-031",
        inquiry(before=[ahead(reject(9, header=_header))]),
        events=[told(9, _header[0] & 0x3F)],
        results=all_of(says_rogue, sends_only(SCSI_COMMAND, LOGOUT_REQUEST)),
    )
goes_on(
    "reject-behind-the-answer-of-what-it-rejects",
    "CMD-030 CMD-031",
    inquiry(after=[behind(reject(5))]),
    events=[told(5, SCSI_COMMAND)],
    results=says_rogue,
)

# Its data segment: the header at least, and what was more of it.

for _size in (0, 1):
    drops(
        f"reject-with-{_size}-bytes-of-a-header",
        "CMD-031",
        inquiry(pdus=[instead(reject(4, header=bytes(_size)))]),
        fault(REJECT, "data-segment-length", _size, "11.17"),
        results=LOST,
    )
goes_on(
    "reject-with-more-than-a-header",
    "CMD-031",
    inquiry(pdus=[instead(lambda reply: Pdu(
        REJECT, bytes(reply.request.header) + bytes(600), final=1, response=5, itt=0xFFFFFFFF,
    ))]),
    events=[told(5, SCSI_COMMAND)],
    exit=1,
    results=FAILED,
    outcome={"io_status": 5},
)


def reserved_bits(reply):
    """Sets every bit that Reject (RFC 7143 11.17) reserves."""
    header = reply.before[0].header
    header[0] |= 0xC0
    header[1] |= 0x7F
    header[3] = 0xFF
    header[8:16] = header[40:48] = b"\xff" * 8
    header[20:24] = b"\xff" * 4


goes_on(
    "reserved-bits-of-a-reject",
    "PDU-003",
    inquiry(before=[ahead(reject(7))], call=reserved_bits),
    events=[told(7, SCSI_COMMAND)],
    results=says_rogue,
)

# Of the ABORT TASK, and of the logout.

for _reason in (3, 5, 9, 12):
    drops(
        f"logout-is-rejected-for-reason-{_reason:02x}",
        clauses(_reason),
        bend("logout", 1, pdus=[instead(reject(_reason))]),
        told(_reason, LOGOUT_REQUEST),
        **ANSWERED,
    )
goes_on(
    "command-is-rejected-and-the-abort-finds-no-task",
    clauses(5, "CMD-029") + " TMF-010",
    inquiry(pdus=[instead(reject(5))]),
    bend("task-management", 1, header={"response": 1}),
    events=[told(5, SCSI_COMMAND)],
    exit=1,
    results=all_of(FAILED, sends_only(SCSI_COMMAND, TASK_MANAGEMENT, LOGOUT_REQUEST)),
    outcome={"io_status": 5},
)
