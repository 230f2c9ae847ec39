"""Scripts: logouts and aborts of full feature phase that targets answer badly, or not at all
(RFC 7143 11.5, 11.6, 11.14, 11.15)."""

from faults import LATE, STATUS_SN, TAG, WRITES, drops, fault, goes_on, inquiry, made, says_rogue
from ffp import ANSWERED, DISCOVERS, PINGS, SECOND_TAG, SOON, all_of, copy_of, no_data
from pdu import DATA_IN, LOGOUT_RESPONSE, NOP_IN, NO_TAG, SCSI_COMMAND, SCSI_RESPONSE
from pdu import TASK_MANAGEMENT_RESPONSE, TEXT_RESPONSE, Pdu
from printed import says
from reply import bend
from run import require
from script import event, script
from scsi import INQUIRY
from unasked import ahead, async_message, behind, swallow

LATE_ANSWER = {**SOON, "results": says("INQUIRY: timed out"), "outcome": {"io_status": 4}}

# Answers to ABORT TASK: RFC 7143 11.6.1. What does not end the task ends the session.

for _code, _clauses in ((4, "TMF-010"), (6, "TMF-010"), (7, "TMF-010 R44-009"), (8, "TMF-010"),
                        (254, "TMF-010")):
    script(
        f"abort-task-is-answered-with-{_code}",
        _clauses,
        bends=[inquiry(call=swallow), bend("task-management", 1, header={"response": _code})],
        events=[LATE, fault(TASK_MANAGEMENT_RESPONSE, "task-management-response", _code, "11.6.1")],
        scenario="inquiry",
        **LATE_ANSWER,
    )


def aborted(name, clauses, wanted, **changes):
    """INQUIRY is not answered, and its ABORT TASK is answered badly."""
    script(
        name,
        clauses,
        bends=[inquiry(call=swallow), bend("task-management", 1, **changes)],
        events=[LATE, wanted],
        scenario="inquiry",
        **LATE_ANSWER,
    )


for _name, _opcode in {
    "scsi-response": SCSI_RESPONSE,
    "data-in": DATA_IN,
    "nop-in": NOP_IN,
    "text-response": TEXT_RESPONSE,
    "logout-response": LOGOUT_RESPONSE,
}.items():
    aborted(
        f"abort-task-is-answered-by-a-{_name}",
        "TMF-020 PDU-028",
        fault(_opcode, "task-kind", SECOND_TAG, "11.7.3"),
        pdus=[made(_opcode)],
    )
aborted(
    "abort-task-is-answered-under-the-tag-of-its-task",
    "TMF-020",
    fault(TASK_MANAGEMENT_RESPONSE, "task-kind", TAG, "11.7.3"),
    header={"itt": TAG},
)
aborted(
    "abort-task-is-answered-under-no-tag",
    "TMF-020",
    fault(TASK_MANAGEMENT_RESPONSE, "initiator-task-tag", NO_TAG, "11.2.1.8"),
    header={"itt": NO_TAG},
)
for _name, _stat_sn in (("later", STATUS_SN + 1), ("earlier", STATUS_SN - 1)):
    aborted(
        f"abort-task-is-answered-with-a-{_name}-stat-sn",
        "WIN-017 WIN-018",
        fault(TASK_MANAGEMENT_RESPONSE, "stat-sn", _stat_sn, "4.2.2.2"),
        header={"stat_sn": _stat_sn},
    )
aborted(
    "abort-task-is-answered-without-f",
    "PDU-013",
    fault(TASK_MANAGEMENT_RESPONSE, "final-bit", TASK_MANAGEMENT_RESPONSE, "11.2.1.3"),
    header={"final": 0},
)
aborted(
    "abort-task-is-answered-with-data",
    "PDU-031",
    fault(TASK_MANAGEMENT_RESPONSE, "data-segment-forbidden", 4, "11.6.2"),
    data=b"done",
)
script(
    "abort-task-is-answered-twice",
    "TMF-020",
    bends=[
        inquiry(call=swallow),
        bend("task-management", 1, after=[behind(lambda reply: copy_of(reply.pdu))]),
    ],
    events=[LATE, fault(TASK_MANAGEMENT_RESPONSE, "initiator-task-tag", SECOND_TAG, "11.2.1.8")],
    scenario="inquiry",
    **LATE_ANSWER,
)


def reserved_bits(reply):
    """Sets every bit that the Task Management Response (RFC 7143 11.6) reserves."""
    header = reply.pdu.header
    header[0] |= 0xC0
    header[1] |= 0x7F
    header[3] = 0xFF
    header[8:16] = b"\xff" * 8
    header[36:48] = b"\xff" * 12


goes_on(
    "reserved-bits-of-a-task-management-response",
    "PDU-003",
    inquiry(call=swallow),
    bend("task-management", 1, call=reserved_bits),
    events=[LATE],
    exit=1,
    **LATE_ANSWER,
)


def answer_of_the_task(reply):
    """The task's own answer comes whole before that to its ABORT TASK: it counts."""
    commands = [p for p in reply.connection.requests if p.opcode == SCSI_COMMAND]
    command = next(p for p in commands if p.itt == reply.request.ttt)
    numbers = {"exp_cmd_sn": reply.pdu.exp_cmd_sn, "max_cmd_sn": reply.pdu.max_cmd_sn}
    data = Pdu(DATA_IN, INQUIRY, final=1, itt=command.itt, ttt=NO_TAG, **numbers)
    status = Pdu(SCSI_RESPONSE, final=1, itt=command.itt, word36=1, flags=0x82)
    status.set(word44=command.ttt - len(INQUIRY), stat_sn=reply.pdu.stat_sn, **numbers)
    reply.connection.number_pdu(reply.pdu, None)
    reply.pdu.response = 1  # task does not exist
    reply.before += [data, status]


goes_on(
    "command-is-answered-well-before-its-abort-is",
    "TMF-011 TMF-017",
    inquiry(call=swallow),
    bend("task-management", 1, call=answer_of_the_task),
    events=[LATE],
    exit=0,
    results=says_rogue,
    outcome={"underflow": 255 - len(INQUIRY), "data_in": len(INQUIRY)},
    **SOON,
)
script(
    "write-is-not-answered",
    "CMD-043 TMF-002 TMF-003 TMF-004",
    bends=[bend("r2t", 1, call=lambda reply: (setattr(reply, "raw", b""),
                                              reply.connection.target.quiet()))],
    events=[event(107, task_tag=SECOND_TAG, lun=0, opcode=0x2A)],
    memory_events=[event(107, task_tag=TAG, lun=0, opcode=0x2A)],
    reaction=lambda run: require(run.connection.logged_out, "the session was not logged out"),
    exit=1,
    outcome={"io_status": 4},
    **{
        **WRITES,
        "options": WRITES["options"] + SOON["options"],
        "settings": SOON["settings"],
        "results": all_of(no_data, says("WRITE(10): timed out")),
    },
)

# Logouts.

for _code, _cause in ((5, "4"), (127, "4"), (254, "4")):
    drops(
        f"logout-is-answered-with-{_code}",
        "LGO-007 SES-023",
        bend("logout", 1, header={"response": _code}),
        event(109, [_cause], response=_code),
        **ANSWERED,
    )
for _code in (1, 2, 3):
    drops(
        f"logout-of-a-discovery-session-is-answered-with-{_code}",
        "LGO-007 DSC-002",
        bend("logout", 1, header={"response": _code}),
        event(109, [str(_code)], response=_code),
        **{**DISCOVERS, "exit": 0},
    )
goes_on(
    "times-in-a-logout-response-that-went-well",
    "LGO-008",
    bend("logout", 1, header={"word40": 0xFFFFFFFF}),
    results=says_rogue,
)


def reserved_of_logout(reply):
    """Sets every bit that the Logout Response (RFC 7143 11.15) reserves."""
    header = reply.pdu.header
    header[0] |= 0xC0
    header[1] |= 0x7F
    header[3] = 0xFF
    for first, last in ((8, 16), (20, 24), (36, 40), (44, 48)):
        header[first:last] = b"\xff" * (last - first)


goes_on(
    "reserved-bits-of-a-logout-response",
    "PDU-003",
    bend("logout", 1, call=reserved_of_logout),
    results=says_rogue,
)
drops(
    "answer-to-the-logout-without-f",
    "PDU-013",
    bend("logout", 1, header={"final": 0}),
    fault(LOGOUT_RESPONSE, "final-bit", LOGOUT_RESPONSE, "11.2.1.3"),
    **ANSWERED,
)
drops(
    "answer-to-the-logout-with-data",
    "PDU-031 LGO-001",
    bend("logout", 1, data=b"bye!"),
    fault(LOGOUT_RESPONSE, "data-segment-forbidden", 4, "11.15.2"),
    **ANSWERED,
)
drops(
    "logout-is-answered-under-no-tag",
    "PDU-020",
    bend("logout", 1, header={"itt": NO_TAG}),
    fault(LOGOUT_RESPONSE, "initiator-task-tag", NO_TAG, "11.2.1.8"),
    **ANSWERED,
)
goes_on(
    "logout-is-answered-twice",
    "LGO-006",
    bend("logout", 1, after=[behind(lambda reply: copy_of(reply.pdu))]),
    results=says_rogue,
)
goes_on(
    "noise-behind-the-logout-response",
    "LGO-006",
    bend("logout", 1, after=[b"\xff" * 500]),
    results=says_rogue,
)
drops(
    "logout-response-before-the-logout",
    "PDU-028",
    inquiry(pdus=[made(LOGOUT_RESPONSE)]),
    fault(LOGOUT_RESPONSE, "task-kind", TAG, "11.7.3"),
    results=says("INQUIRY: the connection was lost"),
)
for _number, _cause in ((2, "3"), (3, "4")):
    drops(
        f"async-message-{_number}-behind-our-logout",
        "ASY-004 ASY-005 SES-023",
        bend("logout", 1, before=[ahead(async_message(_number))], stall=True),
        event(106, [_cause], async_event=_number, vcode=0),
        **ANSWERED,
    )
for _name, _kind, _members in (
    ("a-ping", "nop", PINGS),
    ("a-discovery", "text", DISCOVERS),
    ("a-write", "synchronize-cache", {**WRITES, "memory": False, "why": "there it is one command"}),
):
    script(
        "logout-behind-" + _name + "-is-not-answered",
        "LGO-014 SES-023",
        bends=[bend("logout", 1, stall_instead=True)],
        events=[event(108, milliseconds=500)],
        exit=0,
        **{
            **_members,
            "options": _members.get("options", []) + ["--timeout", "0.5"],
            "settings": ["--logout-timeout-ms", "500"],
        },
    )
