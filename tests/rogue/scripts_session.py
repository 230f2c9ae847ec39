"""Scripts: sessions that are told off, time out, end or come back (events 100 to 112, 118)."""

from faults import INQUIRES, LATE, TAG, TIMES, drops, fault, goes_on, inquiry, made
from keys import TARGET_NAME
from pdu import LOGOUT_REQUEST, NOP_OUT, TASK_MANAGEMENT, TEXT_REQUEST, TEXT_RESPONSE
from printed import prints, says
from reply import bend, login
from run import require
from script import GOES_ON, TARGET_ENDS, event, script
from scsi import sense
from unasked import ahead, async_message, instead, reject, swallow

PINGS = {"command": ["ping", "{url}", "--count", "1"], "scenario": "ping"}
ANSWERED = {"scenario": "inquiry", "exit": 0}

# Event 100: more events than wait for a poll.

BAD = b"".join(b"TargetName=bad%d\0" % number for number in range(6))
script(
    "six-events-at-once",
    "",
    bends=[bend("text", text=BAD)],
    command=["discover", "{portal}"],
    events=[event(40, name=f"bad{number}") for number in range(3)] + [event(100, count=3)],
    memory_events=[event(40, name=f"bad{number}") for number in range(6)],
    reaction=GOES_ON,
    results=prints(""),
)

# Event 102: the login takes too long.

for _name, _bend in {
    "first": login(1, stall_instead=True),
    "second": login(2, stall_instead=True),
    "half-of-the-first": login(1, raw=b"\x23", stall=True),
}.items():
    script(
        _name + "-login-response-does-not-come",
        "SES-013 SES-043",
        bends=[_bend],
        events=[event(102, milliseconds=1000)],
        options=["--timeout", "1"],
        settings=["--login-timeout-ms", "1000"],
    )
script(
    "target-accepts-and-is-silent",
    "SES-013 SES-043",
    target={"silent": True},
    events=[event(102, milliseconds=1000)],
    reaction=lambda run: require(run.connection.initiator_closed, "it did not close first"),
    exit=1,
    options=["--timeout", "1"],
    settings=["--login-timeout-ms", "1000"],
)

# Event 103: the connection ends without a logout.

LOST = event(103, outstanding_tasks=1)
for _name, _changes in {
    "before-the-answer": {"close_instead": True},
    "within-the-header": {"cut": 20},
    "within-the-data": {"cut": 90},
    "behind-the-data": {"cut": 144},
    "within-the-response": {"cut": 170},
    "by-a-reset": {"reset": True},
}.items():
    script(
        "connection-lost-" + _name,
        "PDU-033 SES-021 ER0-007 ER0-008",
        bends=[inquiry(**_changes)],
        events=[LOST],
        reaction=TARGET_ENDS,
        results=says("INQUIRY: the connection was lost"),
        **INQUIRES,
    )
script(
    "connection-lost-between-two-pings",
    "PDU-033 SES-021",
    bends=[bend("nop", 1, close=True)],
    command=["ping", "{url}", "--count", "2"],
    events=[event(103, outstanding_tasks=0)],
    reaction=TARGET_ENDS,
    memory=False,
    why="a session in memory that has nothing to do logs out",
)

# Event 105: Rejects. What comes of them depends on the reason, and on what is rejected.

REASONS = {2: "1", 3: "3", 4: "2", 5: "3", 6: "4", 7: "2", 8: "2", 9: "2", 0x0A: "4", 0x0B: "2"}
REASONS.update({0x0C: "5", 0x00: "6", 0x01: "6", 0x0D: "6", 0xFF: "6"})
CLAUSES = {reason: f"CMD-{30 + reason:03}" for reason in range(2, 0x0D)}


def one_logout(run):
    last = run.connection.requests[-1]
    logouts = [pdu for pdu in run.connection.requests if pdu.opcode == LOGOUT_REQUEST]
    require(len(logouts) == 1 and logouts[0] is last, "not one Logout Request at the end")
    require(last.header[1] == 0x80, f"reason {last.header[1] & 0x7F} of the logout")


def aborted(run):
    """ABORT TASK: its task's tag, LUN and CmdSN."""
    requests = run.connection.requests
    command = next(pdu for pdu in requests if pdu.itt == TAG and pdu.opcode == 1)
    abort = next(pdu for pdu in requests if pdu.opcode == TASK_MANAGEMENT)
    require(abort.header[1] == 0x81 and abort.immediate, "not an immediate ABORT TASK")
    require(abort.ttt == command.itt and abort.lun == command.lun, "Referenced Task Tag or LUN")
    require(int.from_bytes(abort.header[32:36], "big") == command.cmd_sn, "RefCmdSN")


# What a Reject of a command is answered by: its number is plugged, it is waited for, it is logged
# out; by all others the connection is given up.
ABORTS = {reason: aborted for reason in (0x02, 0x05, 0x06, 0x09, 0x0A)}
ABORTS[0x0C] = one_logout
for _reason, _cause in REASONS.items():
    _name = f"reject-for-reason-{_reason:02x}"
    _clauses = "CMD-029 CMD-031 " + CLAUSES.get(_reason, "CMD-032")
    _told = event(105, [_cause], reason=_reason, opcode=1)
    if _reason in ABORTS:
        _bend = inquiry(pdus=[instead(reject(_reason))])
        goes_on(_name, _clauses, _bend, events=[_told], exit=1, results=ABORTS[_reason])
    elif _reason == 0x07:
        goes_on(_name, _clauses, inquiry(before=[ahead(reject(_reason))]), events=[_told])
    else:
        drops(_name, _clauses, inquiry(pdus=[instead(reject(_reason))]), _told)


# The header of SendTargets: F, 16 bytes of text, its tag, no tag of the target's, CmdSN 1.
TEXT_HEADER = b"\x04\x80\0\0" + b"\0\0\0\x10" + bytes(8) + TAG.to_bytes(4, "big")
TEXT_HEADER += b"\xff" * 4 + b"\0\0\0\x01" + bytes(20)
drops(
    "reject-of-a-ping",
    "CMD-030 CMD-034",
    bend("nop", 1, pdus=[instead(reject(4))]),
    event(105, ["2"], reason=4, opcode=0),
    **PINGS,
)
script(
    "reject-of-the-text-request",
    "CMD-030 CMD-035 TFF-010",
    bends=[bend("text", pdus=[instead(reject(0x05))], text=TEXT_HEADER)],
    command=["discover", "{portal}"],
    events=[event(105, ["3"], reason=0x05, opcode=4)],
    reaction=GOES_ON,
    exit=1,
    results=prints(""),
)
drops(
    "reject-of-the-logout",
    "CMD-030 CMD-034",
    bend("logout", 1, pdus=[instead(reject(4))]),
    event(105, ["2"], reason=4, opcode=6),
    **ANSWERED,
)

# Event 106: Asynchronous Messages.


def async_event(number, vcode=0):
    causes = {0: "1", 1: "2", 2: "3", 3: "4", 4: "5"}
    cause = "7" if number >= 248 else causes[number]
    return event(106, [cause], async_event=number, vcode=vcode)


for _name, _number, _vcode, _data in (
    ("of-the-unit", 0, 0, sense(6, 0x2A, 1)),
    ("without-sense-data", 0, 0, b""),
    ("of-a-vendor", 248, 7, b"\0\0whatever"),
    ("of-another-vendor", 255, 255, bytes(100)),
):
    goes_on(
        "async-message-" + _name,
        "ASY-001 ASY-002 ASY-009 ASY-010",
        inquiry(before=[ahead(async_message(_number, _vcode, data=_data))]),
        events=[async_event(_number, _vcode)],
    )
goes_on(
    "async-message-drops-another-connection",
    "ASY-004",
    inquiry(before=[ahead(async_message(2, parameters=(7, 2, 20)))]),
    events=[async_event(2)],
)
for _number, _text in ((2, "the connection was lost"), (3, "the session has ended")):
    drops(
        f"async-message-{_number}-while-a-command-runs",
        "ASY-004 ASY-005 SES-021 ER0-002",
        inquiry(pdus=[instead(async_message(_number, parameters=(0, 2, 20)))]),
        async_event(_number),
        results=says("INQUIRY: " + _text),
    )


goes_on(
    "async-message-1-while-a-command-runs",
    "ASY-003 LGO-005 LGO-011 SES-017 SES-016",
    inquiry(pdus=[instead(async_message(1, parameters=(0, 0, 3)))]),
    events=[async_event(1)],
    exit=1,
    results=one_logout,
)


def one_text(run):
    """An empty Text Request, which serves the wish to negotiate."""
    texts = [pdu for pdu in run.connection.requests if pdu.opcode == TEXT_REQUEST]
    require(len(texts) == 1, f"{len(texts)} Text Requests")
    require(texts[0].header[1] == 0x80 and texts[0].ttt == 0xFFFFFFFF, "flags or tag")
    require(texts[0].data == b"" and texts[0].lun == 0, "text or LUN")


goes_on(
    "async-message-4-between-two-pings",
    "ASY-006 TFF-001 TFF-003",
    bend("nop", 1, before=[ahead(async_message(4, parameters=(0, 0, 3)))]),
    bend("text", text=b""),
    command=["ping", "{url}", "--count", "2"],
    events=[async_event(4)],
    results=one_text,
    memory=False,
    why="a session in memory that has nothing to do logs out, which serves as well",
)
goes_on(
    "async-message-asks-for-a-logout-three-times",
    "ASY-003 SES-018",
    inquiry(before=[ahead(async_message(1))] * 3),
    events=[async_event(1)] * 2 + [event(100, count=1)],  # notices leave a place to what is worse
    memory_events=[async_event(1)] * 3,
    exit=0,
    results=one_logout,
)
goes_on(
    "async-message-asks-for-a-logout-that-is-under-way",
    "ASY-011 SES-020",
    bend("logout", 1, before=[ahead(async_message(1))]),
    events=[async_event(1)],
    results=one_logout,
    **ANSWERED,
)
script(
    "async-message-in-a-discovery-session",
    "ASY-012 DSC-015",
    bends=[bend("text", before=[ahead(async_message(3))])],
    command=["discover", "{portal}"],
    events=[async_event(3)],
    results=prints(""),
)

# Event 107: commands that are not answered in their time.


goes_on(
    "command-is-not-answered",
    "CMD-043 TMF-001 TMF-002 TMF-003 TMF-004 TMF-006 SES-043",
    inquiry(call=swallow),
    events=[LATE],
    exit=1,
    results=aborted,
    **TIMES,
)
goes_on(
    "command-to-another-unit-is-not-answered",
    "CMD-043 TMF-002 PDU-017",
    inquiry(call=swallow),
    target={"luns": (0, 5)},
    command=["inquiry", f"iscsi://{{portal}}/{TARGET_NAME}/5"],
    events=[event(107, task_tag=TAG, lun=0x0005000000000000, opcode=0x12)],
    memory_events=[LATE],
    exit=1,
    results=aborted,
    **TIMES,
)


def late_answer(reply):
    """The command's own answer comes before that to its ABORT TASK."""
    command = next(p for p in reply.connection.requests if p.itt == reply.request.ttt)
    first = made(0x21)(reply)
    first.set(itt=command.itt, flags=0x82, word44=command.ttt)
    reply.connection.number_pdu(reply.pdu, None)
    reply.before.append(first)


goes_on(
    "command-is-answered-before-its-abort-is",
    "TMF-017 CMD-043",
    inquiry(call=swallow),
    bend("task-management", 1, call=late_answer),
    events=[LATE],
    exit=1,
    **TIMES,
)
script(
    "send-targets-is-not-answered",
    "SES-043",
    bends=[bend("text", stall_instead=True)],
    command=["discover", "{portal}"],
    events=[event(107, task_tag=TAG, lun=0, opcode=0)],
    results=prints(""),
    **TIMES,
)

# Events 108, 109 and 111: logouts.

script(
    "logout-is-not-answered",
    "LGO-014 SES-023",
    bends=[bend("logout", 1, stall_instead=True)],
    events=[event(108, milliseconds=1000)],
    options=["--timeout", "1"],
    settings=["--logout-timeout-ms", "1000"],
    **ANSWERED,
)
for _code, _cause in ((1, "1"), (2, "2"), (3, "3"), (4, "4"), (255, "4")):
    drops(
        f"logout-is-answered-with-{_code}",
        "LGO-007 SES-023",
        bend("logout", 1, header={"response": _code}),
        event(109, [_cause], response=_code),
        **ANSWERED,
    )
for _name, _changes in {"closes": {"close_instead": True}, "resets": {"reset": True}}.items():
    script(
        f"target-{_name}-instead-of-answering-the-logout",
        "LGO-006 SES-023",
        bends=[bend("logout", 1, **_changes)],
        events=[event(111)],
        reaction=TARGET_ENDS,
        **ANSWERED,
    )
script(
    "logout-answer-is-cut",
    "PDU-033 LGO-006",
    bends=[bend("logout", 1, cut=47)],
    events=[event(111)],
    reaction=TARGET_ENDS,
    **ANSWERED,
)
drops(
    "logout-answer-of-another-task",
    "LGO-007 PDU-020",
    bend("logout", 1, header={"itt": 0x00770077}),
    fault(0x26, "initiator-task-tag", 0x00770077, "11.2.1.8"),
    **ANSWERED,
)

# Event 112: lost, and back again.

AGAIN = {"memory": False, "why": "the program starts a session again, the library does not"}
script(
    "session-comes-back",
    "ER0-002 ER0-007 SES-029 SES-031 SES-032 SES-036 ER0-008",
    bends=[inquiry(connection=1, close_instead=True)],
    options=["--reconnect", "1"],
    events=[LOST, event(112, losses=1)],
    connections=2,
    reaction=GOES_ON,
    **AGAIN,
)


def same_isid(run):
    """Reinstatement: the ISID of the session that was lost, and TSIH 0 (RFC 7143 6.3.5)."""
    first, second = (connection.requests[0] for connection in run.target.connections[:2])
    require(first.isid == second.isid, "another ISID")
    require(second.tsih == 0, f"TSIH {second.tsih}")


script(
    "session-comes-back-behind-a-protocol-error",
    "ER0-002 SES-029 SES-036",
    bends=[inquiry(connection=1, pdus=[made(0x21, itt=5)])],
    options=["--reconnect", "1"],
    events=[fault(0x21, "initiator-task-tag", 5, "11.2.1.8"), event(112, losses=1)],
    connections=2,
    reaction=GOES_ON,
    results=same_isid,
    **AGAIN,
)
script(
    "session-comes-back-twice",
    "ER0-007 SES-036",
    bends=[inquiry(connection=number, close_instead=True) for number in (1, 2)],
    options=["--reconnect", "3"],
    events=[LOST, event(112, losses=1), LOST, event(112, losses=1)],
    connections=3,
    reaction=GOES_ON,
    **AGAIN,
)
script(
    "session-comes-back-at-the-second-try",
    "ER0-007 SES-036",
    bends=[
        inquiry(connection=1, close_instead=True),
        login(1, connection=2, status=(3, 1)),
    ],
    options=["--reconnect", "2"],
    events=[
        LOST,
        event(36, ["3"], status_class=3, status_code=1, target_address="{portal}"),
        event(112, losses=1),
    ],
    connections=3,
    reaction=GOES_ON,
    **AGAIN,
)
script(
    "session-is-lost-for-good",
    "ER0-007 ER0-008",
    bends=[inquiry(connection=1, close_instead=True), inquiry(connection=2, close_instead=True)],
    options=["--reconnect", "1"],
    events=[LOST, event(112, losses=1), LOST, event(119, ["1"], reason=1, attempts=1)],
    memory_events=[LOST, event(112, losses=1), LOST],
    connections=2,
    reaction=TARGET_ENDS,
    **AGAIN,
)

# Event 118: a ping that is not answered.

script(
    "ping-is-not-answered",
    "NOP-003 SES-040 SES-043",
    bends=[bend("nop", 1, stall_instead=True)],
    events=[event(118, task_tag=TAG)],
    results=says("ping: timed out"),
    **{**TIMES, **PINGS},
)
drops(
    "ping-is-answered-with-text",
    "NOP-012",
    bend("nop", 1, pdus=[made(TEXT_RESPONSE)]),
    fault(TEXT_RESPONSE, "task-kind", TAG, "11.7.3"),
    **PINGS,
)


def one_ping(run):
    pings = [pdu for pdu in run.connection.requests if pdu.opcode == NOP_OUT]
    require(len(pings) == 1, f"{len(pings)} NOP-Outs")
    ping = pings[0]
    require(ping.ttt == 0xFFFFFFFF and ping.lun == 0 and ping.itt == TAG, "tags or LUN")


goes_on("ping-is-answered", "NOP-003 NOP-005", results=one_ping, **PINGS)
