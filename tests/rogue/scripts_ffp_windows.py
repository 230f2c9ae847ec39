"""Scripts: NOP-In, StatSN and the command window (RFC 7143 4.2.2, 11.19) against their rules."""

from faults import STATUS_SN, TAG, drops, fault, goes_on, inquiry, made, says_rogue
from ffp import ANSWERED, DISCOVERS, LOST, ONE_COMMAND, PINGS, READS, SOON, all_of, copy_of
from ffp import nop_outs, plain, sends_only
from pdu import ASYNC, LOGOUT_REQUEST, LOGOUT_RESPONSE, NOP_IN, NOP_OUT, NO_TAG, REJECT
from pdu import SCSI_COMMAND, SCSI_RESPONSE, TEXT_REQUEST, TEXT_RESPONSE
from printed import prints, says
from reply import ALL, bend, login
from script import event
from scsi import sense
from unasked import async_message, behind, instead, ping, reject

LUN = 0x4003000000000000
PING_LOST = {**PINGS, "results": says("ping: the connection was lost")}
QUIET = nop_outs()

# Pings of the target: RFC 7143 11.18, 11.19.

goes_on(
    "ping-of-the-target",
    "NOP-001 NOP-004 NOP-005",
    inquiry(before=[ping(0x77, lun=LUN)]),
    results=all_of(says_rogue, nop_outs((0x77, LUN))),
)
goes_on(
    "pings-with-tags-at-the-edges",
    "NOP-001",
    inquiry(before=[ping(tag) for tag in (0, 1, 0x80000000, 0xFFFFFFFE)]),
    results=nop_outs(*((tag, 0) for tag in (0, 1, 0x80000000, 0xFFFFFFFE))),
)
goes_on(
    "ping-of-the-target-behind-the-login",
    "NOP-001 NOP-004",
    login(2, after=[plain(NOP_IN, ttt=0x99, lun=LUN)]),
    results=all_of(says_rogue, nop_outs((0x99, LUN))),
)
goes_on(
    "ping-of-the-target-before-the-answer-to-ours",
    "NOP-001 NOP-003",
    bend("nop", 1, before=[ping(0x55)]),
    **{**PINGS, "results": sends_only(NOP_OUT, NOP_OUT, LOGOUT_REQUEST)},
)
goes_on(
    "ping-of-the-target-before-a-text-response",
    "NOP-014",
    bend("text", 1, before=[ping(0x55, lun=LUN)]),
    **{**DISCOVERS, "results": nop_outs((0x55, LUN))},
)
goes_on(
    "ping-of-the-target-behind-our-logout",
    "NOP-001 LGO-005",
    bend("logout", 1, before=[ping(0x55)]),
    results=all_of(says_rogue, QUIET),
)
goes_on(
    "five-pings-behind-our-logout",
    "NOP-001 LGO-005",
    bend("logout", 1, before=[ping(tag) for tag in range(5)]),
    results=all_of(says_rogue, QUIET),
)
goes_on(
    "ping-of-the-target-with-an-earlier-stat-sn",
    "NOP-009 WIN-019",
    inquiry(before=[ping(0x77, stat_sn=STATUS_SN - 1)]),
    results=all_of(says_rogue, nop_outs((0x77, 0))),
)
drops(
    "ping-of-the-target-with-a-later-stat-sn",
    "NOP-009 WIN-019",
    inquiry(before=[ping(0x77, stat_sn=STATUS_SN + 1)]),
    fault(NOP_IN, "stat-sn", STATUS_SN + 1, "4.2.2.2"),
    results=all_of(LOST, QUIET),
)
drops(
    "ping-of-the-target-with-data",
    "NOP-007",
    inquiry(pdus=[made(NOP_IN, b"hello", itt=NO_TAG, ttt=0x77)]),
    fault(NOP_IN, "data-segment-forbidden", 5, "11.19"),
    results=all_of(LOST, QUIET),
)
drops(
    "nop-in-with-both-tags-and-a-lun",
    "NOP-008",
    bend("nop", 1, header={"ttt": 0x77, "lun": LUN}),
    fault(NOP_IN, "nop-in-tags", 0x77, "11.19"),
    **PING_LOST,
)


def reserved_bits(reply):
    """Sets every bit that NOP-In (RFC 7143 11.19) reserves."""
    header = reply.pdu.header
    header[0] |= 0xC0
    header[1] |= 0x7F
    header[2] = header[3] = 0xFF
    header[36:48] = b"\xff" * 12


goes_on("reserved-bits-of-a-nop-in", "PDU-003", bend("nop", 1, call=reserved_bits), **PINGS)
goes_on(
    "lun-of-an-echo",
    "NOP-003",
    bend("nop", 1, header={"lun": LUN}),
    **{**PINGS, "results": sends_only(NOP_OUT, LOGOUT_REQUEST)},
)
drops(
    "second-echo-of-a-ping",
    "NOP-012",
    bend("nop", 1, after=[behind(lambda reply: copy_of(reply.pdu))]),
    fault(NOP_IN, "initiator-task-tag", TAG, "11.2.1.8"),
    **{**PINGS, "exit": 0},
)
drops(
    "echo-before-any-ping",
    "NOP-012",
    login(2, after=[plain(NOP_IN, itt=TAG)]),
    fault(NOP_IN, "initiator-task-tag", TAG, "11.2.1.8"),
    command=["ping", "{url}", "--count", "1"],
    scenario="login",
)
goes_on(
    "five-hundred-news-of-the-window",
    "NOP-002 NOP-010",
    inquiry(before=[ping(NO_TAG)] * 500),
    results=all_of(says_rogue, QUIET),
)

# StatSN of everything else that uses one up: RFC 7143 4.2.2.2.

UNASKED = {
    "async-message": (ASYNC, async_message(0, data=sense(6, 0x2A, 1))),
    "reject": (REJECT, reject(4)),
}
for _name, (_opcode, _make) in UNASKED.items():
    for _when, _stat_sn in (("later", STATUS_SN + 1), ("earlier", STATUS_SN - 1)):
        drops(
            f"{_name}-with-a-stat-sn-that-is-{_when}",
            "WIN-017 WIN-018 ER0-004",
            inquiry(pdus=[instead(_make)], header={"stat_sn": _stat_sn}),
            fault(_opcode, "stat-sn", _stat_sn, "4.2.2.2"),
            results=LOST,
        )
for _name, _kind, _opcode, _members in (
    ("echo", "nop", NOP_IN, PING_LOST),
    ("logout-response", "logout", LOGOUT_RESPONSE, ANSWERED),
    ("text-response", "text", TEXT_RESPONSE, {**DISCOVERS, "results": prints("")}),
):
    _sn = STATUS_SN + (1 if _kind == "logout" else 0)
    for _when, _stat_sn in (("later", _sn + 1), ("earlier", _sn - 1), ("of-zero", 0)):
        drops(
            f"{_name}-with-a-stat-sn-{_when}",
            "WIN-017 WIN-018 ER0-004" + (" TFF-013" if _kind == "text" else ""),
            bend(_kind, 1, header={"stat_sn": _stat_sn}),
            fault(_opcode, "stat-sn", _stat_sn, "4.2.2.2"),
            **_members,
        )
drops(
    "stat-sn-half-the-circle-back",
    "WIN-017 ER0-004",
    inquiry(last={"stat_sn": STATUS_SN + 0x80000000}),
    fault(SCSI_RESPONSE, "stat-sn", STATUS_SN + 0x80000000, "4.2.2.2"),
    results=LOST,
)
goes_on(
    "stat-sn-that-wraps",
    "WIN-016 WIN-004",
    target={"stat_sn": 0xFFFFFFFE},
    command=["scan", "{url}"],
    scenario="scan",
)
goes_on(
    "stat-sn-that-wraps-in-the-logout",
    "WIN-016 WIN-004",
    target={"stat_sn": 0xFFFFFFFD},
    results=says_rogue,
)

# The window: RFC 7143 4.2.2.1.


def window(reply, below, above):
    """Sets ExpCmdSN and MaxCmdSN of every PDU of a reply relative to what is right."""
    for pdu in reply.pdus:
        exp_cmd_sn = reply.connection.exp_cmd_sn
        pdu.set(exp_cmd_sn=exp_cmd_sn + below & 0xFFFFFFFF)
        pdu.set(max_cmd_sn=exp_cmd_sn + above & 0xFFFFFFFF)


for _name, _below, _above in (
    ("contradict-each-other-by-one", 2, 0),
    ("contradict-each-other-by-half-the-circle", 0, 0x80000000),
    ("go-back", -1, -1),
    ("go-back-by-a-quarter-of-the-circle", -0x40000000, -0x40000000),
):
    goes_on(
        f"windows-that-{_name}",
        "WIN-005" if "contradict" in _name else "WIN-006",
        bend("inquiry", 1, call=lambda reply, b=_below, a=_above: window(reply, b, a)),
        command=["scan", "{url}"],
        scenario="scan",
    )
goes_on(
    "windows-that-go-back-in-every-answer",
    "WIN-006",
    bend("read-10", ALL, call=lambda reply: window(reply, -5, -5)),
    **{**READS, "results": sends_only(SCSI_COMMAND, SCSI_COMMAND, LOGOUT_REQUEST)},
    memory=False,
    why="in memory there is one command",
)


def closed(reply):
    """The last Login Response leaves no room for a command."""
    reply.header.update(max_cmd_sn=reply.request.cmd_sn - 1 & 0xFFFFFFFF)


goes_on(
    "window-that-opens-behind-the-login",
    "WIN-007 NOP-010 NOP-002",
    login(2, call=closed, after=[plain(NOP_IN)]),
    results=all_of(says_rogue, QUIET, ONE_COMMAND),
)
NEVER_SENT = event(107, task_tag=TAG, lun=0, opcode=0x12)
goes_on(
    "window-that-never-opens",
    "WIN-007 WIN-009 TMF-001",
    login(2, call=closed),
    events=[NEVER_SENT],
    exit=1,
    results=all_of(says("INQUIRY: timed out"), sends_only(LOGOUT_REQUEST)),
    memory=False,
    why="silence would be told before the response that it follows",
    **SOON,
)
goes_on(
    "window-that-shuts-behind-the-first-command",
    "WIN-007 WIN-006",
    login(2, call=lambda reply: reply.header.update(max_cmd_sn=reply.request.cmd_sn)),
    bend(
        "read-capacity-10",
        1,
        call=lambda reply: window(reply, 0, -1),
    ),
    events=[event(107, task_tag=0x00010001, lun=0, opcode=0x28)],
    exit=1,
    memory=False,
    why="in memory there is one command",
    **{**READS, **SOON},
    results=all_of(says("READ(10): timed out"), sends_only(SCSI_COMMAND, LOGOUT_REQUEST)),
)
goes_on(
    "exp-cmd-sn-ahead-of-what-was-sent",
    "WIN-007",
    bend(
        "read-capacity-10",
        1,
        call=lambda reply: window(reply, 100, 200),
    ),
    events=[event(107, task_tag=0x00010001, lun=0, opcode=0x28)],
    exit=1,
    memory=False,
    why="in memory there is one command",
    **{**READS, **SOON},
    results=all_of(says("READ(10): timed out"), sends_only(SCSI_COMMAND, LOGOUT_REQUEST)),
)
goes_on(
    "window-of-four-gigacommands",
    "WIN-004 WIN-008",
    login(2, call=lambda reply: reply.header.update(
        max_cmd_sn=reply.request.cmd_sn + 0x7FFFFFFE & 0xFFFFFFFF)),
    command=["scan", "{url}"],
    scenario="scan",
)
goes_on(
    "ping-of-ours-waits-for-the-window",
    "WIN-007 NOP-010",
    login(2, call=closed, after=[plain(NOP_IN)]),
    **{**PINGS, "results": sends_only(NOP_OUT, LOGOUT_REQUEST)},
)
goes_on(
    "send-targets-waits-for-the-window",
    "WIN-007 NOP-010",
    login(2, call=closed, after=[plain(NOP_IN)]),
    **{**DISCOVERS, "results": sends_only(TEXT_REQUEST, LOGOUT_REQUEST)},
)
