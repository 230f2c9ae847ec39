"""Scripts: Asynchronous Messages (RFC 7143 11.9) of every kind, at each point of a session."""

import struct

from faults import WRITES, drops, fault, goes_on, inquiry, says_rogue
from ffp import DISCOVERS, LOST, PINGS, all_of, no_data, sends_only, sent
from pdu import ASYNC, LOGOUT_REQUEST, NOP_OUT, TEXT_REQUEST
from printed import prints, says
from reply import bend, login
from run import require
from script import event
from scsi import sense
from unasked import ahead, async_message, behind, instead

CAUSES = {0: "1", 1: "2", 2: "3", 3: "4"}
SENSE = sense(6, 0x3F, 0x0E)


def told(number, vcode=0):
    """Event 106."""
    return event(106, [CAUSES.get(number, "7")], async_event=number, vcode=vcode)


# Event data: RFC 7143 11.9.4. Of event 0 it is sense data, which is read as that of a response.

for _name, _data in {
    "whose-sense-data-has-no-bytes": b"\0\0",
    "with-sense-data-of-one-byte": b"\0\1\x70",
    "with-sense-data-in-descriptor-format": struct.pack(">H", 8) + b"\x72\6\x3f\x0e\0\0\0\0",
    "with-sense-data-that-nobody-knows": b"\0\4\x11\xff\xff\xff",
    "with-sense-data-of-252-bytes": struct.pack(">H", 252) + SENSE[2:] + bytes(234),
    "with-sense-data-of-700-bytes": struct.pack(">H", 700) + SENSE[2:] + bytes(682),
    "with-event-data-behind-its-sense-data": SENSE + bytes(range(256)),
}.items():
    goes_on(
        "async-message-" + _name,
        "ASY-001 ASY-002 ASY-010",
        inquiry(before=[ahead(async_message(0, data=_data))]),
        events=[told(0)],
        results=says_rogue,
    )
for _name, _data in {
    "of-one-byte": b"\0",
    "of-one-byte-too-many": struct.pack(">H", 19) + SENSE[2:],
    "of-64-kilobytes": b"\xff\xff" + SENSE[2:],
}.items():
    drops(
        "async-message-with-a-sense-length-" + _name,
        "ASY-001",
        inquiry(pdus=[instead(async_message(0, data=_data))]),
        fault(ASYNC, "sense-length", len(_data), "11.4.7"),
        results=LOST,
        outcome={"io_status": 6},
    )
for _name, _data in {
    "that-looks-like-a-sense-length-that-lies": b"\xff\xff",
    "of-one-byte": b"!",
    "of-a-kilobyte": bytes(1024),
}.items():
    goes_on(
        "async-message-of-a-vendor-with-data-" + _name,
        "ASY-009 ASY-010",
        inquiry(before=[ahead(async_message(250, 9, data=_data))]),
        events=[told(250, 9)],
        results=says_rogue,
    )

# Fields that say nothing.


def reserved_bits(reply):
    """Sets every bit that the Asynchronous Message (RFC 7143 11.9) reserves, and the LUN, which
    says nothing here."""
    header = reply.before[0].header
    header[0] |= 0xC0
    header[1] |= 0x7F
    header[2] = header[3] = 0xFF
    header[8:16] = b"\xff" * 8
    header[20:24] = b"\xff" * 4
    header[44:48] = b"\xff" * 4


goes_on(
    "reserved-bits-of-an-async-message",
    "PDU-003 ASY-008",
    inquiry(before=[ahead(async_message(255))], call=reserved_bits),
    events=[told(255)],
    results=says_rogue,
)
goes_on(
    "async-message-of-a-unit-that-nobody-has",
    "ASY-002 ASY-008",
    inquiry(before=[ahead(async_message(0, data=SENSE, lun=0xFFFFFFFFFFFFFFFF))]),
    events=[told(0)],
    results=says_rogue,
)
for _cid in (1, 0xFFFF):
    goes_on(
        f"async-message-drops-the-connection-{_cid:04x}",
        "ASY-004",
        inquiry(before=[ahead(async_message(2, parameters=(_cid, 0, 0)))]),
        events=[told(2)],
        results=says_rogue,
    )

# At each point of a session.

for _number, _name in ((0, "of-a-unit"), (255, "of-a-vendor")):
    goes_on(
        f"async-message-{_name}-before-an-echo",
        "ASY-002 ASY-009",
        bend("nop", 1, before=[ahead(async_message(_number))]),
        events=[told(_number)],
        **{**PINGS, "results": sends_only(NOP_OUT, LOGOUT_REQUEST)},
    )
    goes_on(
        f"async-message-{_name}-before-a-text-response",
        "ASY-002 ASY-009 ASY-012",
        bend("text", 1, before=[ahead(async_message(_number))]),
        events=[told(_number)],
        **{**DISCOVERS, "results": sends_only(TEXT_REQUEST, LOGOUT_REQUEST)},
    )
    goes_on(
        f"async-message-{_name}-before-a-logout-response",
        "ASY-002 ASY-009 ASY-011",
        bend("logout", 1, before=[ahead(async_message(_number))]),
        events=[told(_number)],
        results=says_rogue,
    )
    goes_on(
        f"async-message-{_name}-behind-the-login",
        "ASY-002 ASY-009",
        login(2, after=[behind(async_message(_number))]),
        events=[told(_number)],
        results=says_rogue,
    )
    goes_on(
        f"async-message-{_name}-before-the-answer-to-a-write",
        "ASY-002 ASY-009",
        bend("write-10", 1, before=[ahead(async_message(_number))]),
        events=[told(_number)],
        **WRITES,
    )


def logged_out_at_once(run):
    """One Logout Request, the last that was sent, for the whole session."""
    logouts = sent(run, LOGOUT_REQUEST)
    require(len(logouts) == 1 and run.connection.requests[-1] is logouts[0], "not one logout")
    require(logouts[0].header[1] == 0x80, "another reason than to close the session")


goes_on(
    "async-message-asks-for-a-logout-while-a-ping-runs",
    "ASY-003 LGO-005 LGO-011",
    bend("nop", 1, pdus=[instead(async_message(1))]),
    events=[told(1)],
    exit=1,
    **{**PINGS, "results": all_of(logged_out_at_once, says("ping: the session has ended"))},
)
goes_on(
    "async-message-asks-for-a-logout-while-send-targets-runs",
    "ASY-003 LGO-005 LGO-011 TFF-012",
    bend("text", 1, pdus=[instead(async_message(1))], text=b""),
    events=[told(1)],
    exit=1,
    **{**DISCOVERS, "results": all_of(logged_out_at_once, prints(""))},
)
goes_on(
    "async-message-asks-for-a-logout-instead-of-an-r2t",
    "ASY-003 LGO-005 LGO-011",
    bend("r2t", 1, pdus=[behind(async_message(1))]),
    events=[told(1)],
    exit=1,
    **{**WRITES, "results": all_of(logged_out_at_once, no_data)},
)
goes_on(
    "async-message-asks-for-a-logout-behind-the-login",
    "ASY-003 LGO-005",
    login(2, after=[behind(async_message(1, parameters=(0, 0, 0xFFFF)))]),
    events=[told(1)],
    exit=1,
    results=all_of(logged_out_at_once, sends_only(LOGOUT_REQUEST)),
    scenario="login",
)
for _number, _text in ((2, "the connection was lost"), (3, "the session has ended")):
    drops(
        f"async-message-{_number}-while-a-ping-runs",
        "ASY-004 ASY-005 SES-021",
        bend("nop", 1, pdus=[instead(async_message(_number))]),
        told(_number),
        **{**PINGS, "results": says("ping: " + _text)},
    )
    drops(
        f"async-message-{_number}-while-send-targets-runs",
        "ASY-004 ASY-005 SES-021 DSC-015 TFF-012",
        bend("text", 1, pdus=[instead(async_message(_number))], text=b""),
        told(_number),
        **{**DISCOVERS, "results": prints("")},
    )
    drops(
        f"async-message-{_number}-instead-of-the-answer-to-a-write",
        "ASY-004 ASY-005 SES-021",
        bend("write-10", 1, pdus=[instead(async_message(_number))]),
        told(_number),
        **{**WRITES, "results": says("WRITE(10): " + _text)},
    )
    drops(
        f"async-message-{_number}-behind-the-login",
        "ASY-004 ASY-005",
        login(2, after=[behind(async_message(_number))]),
        told(_number),
        scenario="login",
    )
drops(
    "session-dropped-within-data",
    "ASY-005 DAT-012",
    inquiry(
        call=lambda reply: reply.pdus.pop(),
        after=[lambda reply: behind(async_message(3))(reply).set(stat_sn=3)],
    ),
    told(3),
    results=says("INQUIRY: the session has ended"),
    outcome={"io_status": 3},
)
