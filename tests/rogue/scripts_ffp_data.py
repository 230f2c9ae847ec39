"""Scripts: Data-In that RFC 7143 11.7 forbids, and odd Data-In that it allows."""

from faults import LATE, STATUS_SN, TAG, WRITES, data_in, drops, fault, goes_on, inquiry, made
from faults import says_rogue
from ffp import ANSWERED, CUT_SHORT, LOST, READS, SECOND_TAG, SOON, copy_of, of_two
from pdu import DATA_IN, NO_TAG, SCSI_RESPONSE, Pdu
from printed import says
from reply import bend
from run import require
from scsi import INQUIRY
from unasked import behind, swallow

SIZE = len(INQUIRY)  # of 255 bytes in memory, 252 for the program
WHOLE = {"underflow": 255 - SIZE, "data_in": SIZE}
DATA = bytes(range(256)) * 4  # what a read of two blocks brings


def bad_read(name, clauses, call, wanted, **members):
    """A read that is answered badly: the connection is dropped, the read fails."""
    members.setdefault("results", says("READ(10): the connection was lost"))
    drops(name, clauses, bend("read-10", 1, call=call), wanted, **{**READS, **members})


def good_read(name, clauses, call, **members):
    """A read that is answered oddly; the data are right all the same."""
    if members.get("exit", 0) == 0:
        members.setdefault("results", right_data)
        members.setdefault("outcome", {"data_in": len(DATA)})
    goes_on(name, clauses, bend("read-10", 1, call=call), **{**READS, **members})


def right_data(run):
    if run.output is not None:
        require(run.output == DATA, "other data than the target sent")


def pieces(*parts, response=True, **status):
    """For `call`: Data-Ins with (offset, length) or (offset, length, fields) of DATA, DataSN from
    0 on, and the GOOD status."""

    def call(reply):
        last = reply.pdus[-1]
        made_of = []
        for number, part in enumerate(parts):
            offset, length = part[:2]
            pdu = Pdu(DATA_IN, DATA[offset : offset + length], itt=reply.request.itt, ttt=NO_TAG)
            pdu.set(exp_cmd_sn=last.exp_cmd_sn, max_cmd_sn=last.max_cmd_sn)
            pdu.set(word36=number, word40=offset, final=int(number + 1 == len(parts)))
            pdu.set(**(part[2] if len(part) > 2 else {}))
            made_of.append(pdu.set(stat_sn=last.stat_sn) if pdu.flags & 1 else pdu)
        last.set(flags=0x80, word44=0, word36=len(parts))
        last.set(**status)
        reply.pdus[:] = made_of + ([last] if response else [])

    return call


# Fields that say nothing without A, or without S: RFC 7143 11.7.3, 11.7.4.

goes_on(
    "lun-and-tag-of-data-in-without-a",
    "DAT-018",
    data_in(lun=0xFFFFFFFFFFFFFFFF, ttt=0x12345678),
    results=says_rogue,
    outcome=WHOLE,
)
goes_on(
    "a-bit-with-the-reserved-tag",
    "DAT-017 DAT-018",
    data_in(flags=0xC0, ttt=NO_TAG),
    results=says_rogue,
    outcome=WHOLE,
)
goes_on(
    "residual-flags-of-data-in-without-s",
    "DAT-013",
    data_in(flags=0x86, word44=0xFFFFFFFF, status=2),
    results=says_rogue,
    outcome=WHOLE,
)

# DataSN: RFC 7143 11.7.5. It counts over the whole command.

good_read("data-in-in-four-pieces", "DAT-010", pieces(*((at, 256) for at in range(0, 1024, 256))))
good_read(
    "f-in-every-data-in",
    "DAT-010",
    pieces(*((at, 256, {"final": 1}) for at in range(0, 1024, 256))),
)
good_read("f-in-no-data-in", "DAT-010", pieces((0, 512), (512, 512, {"final": 0})))
good_read(
    "data-in-of-odd-lengths",
    "DAT-009 DAT-010",
    pieces((0, 1), (1, 3), (4, 253), (257, 511), (768, 256)),
)
good_read(
    "data-sn-that-begins-anew-is-a-duplicate",
    "DAT-010 ER0-006 CMD-026",
    pieces((0, 512, {"final": 1}), (512, 512, {"word36": 0})),
    exit=1,
    results=says("READ(10): bytes were lost on the way"),
    outcome={"io_status": 7, "data_in": 512},
)
bad_read(
    "data-sn-with-a-gap",
    "DAT-010 ER0-004",
    pieces((0, 512), (512, 512, {"word36": 2})),
    fault(DATA_IN, "data-sn", 2, "11.7.5"),
)
goes_on(
    "data-sn-before-the-first",
    "DAT-010 ER0-006 CMD-026",
    data_in(word36=0xFFFFFFFF),
    exit=1,
    results=CUT_SHORT,
    outcome={"io_status": 7, "underflow": 255 - SIZE},
)
bad_read(
    "status-under-a-data-sn-that-has-come",
    "DAT-010 DAT-012",
    pieces((0, 512), (512, 512, {"flags": 0x81, "word36": 0}), response=False),
    fault(DATA_IN, "data-sn", 0, "11.7.5"),
)


def twice_each(reply):
    pieces((0, 512), (512, 512))(reply)
    first, second, last = reply.pdus
    wrong = copy_of(first)
    wrong.data = b"\xee" * 512
    reply.pdus[:] = [first, wrong, second, copy_of(wrong), last]


good_read("each-data-in-comes-twice", "ER0-006", twice_each)

# Buffer Offset: RFC 7143 11.7.6.

bad_read(
    "data-in-that-leaves-a-hole",
    "DAT-006",
    pieces((0, 256), (512, 256)),
    fault(DATA_IN, "buffer-offset", 512, "11.7.6"),
)
bad_read(
    "data-in-over-data-that-has-come",
    "DAT-006",
    pieces((0, 256), (252, 256)),
    fault(DATA_IN, "buffer-offset", 252, "11.7.6"),
)
bad_read(
    "data-in-in-reverse-order",
    "DAT-006 DAT-007",
    pieces((512, 512), (0, 512)),
    fault(DATA_IN, "buffer-offset", 512, "11.7.6"),
)

def one_byte_more(reply):
    pieces((0, 512), (512, 512))(reply)
    reply.pdus[1].data += b"!"


bad_read(
    "last-byte-behind-the-buffer",
    "DAT-015",
    one_byte_more,
    fault(DATA_IN, "buffer-offset", 512, "11.7.6"),
)


def one_more_pdu(reply):
    pieces((0, 512), (512, 512), (0, 1, {"word40": 1024}))(reply)


bad_read(
    "one-data-in-too-many",
    "DAT-015",
    one_more_pdu,
    fault(DATA_IN, "buffer-offset", 1024, "11.7.6"),
)
good_read(
    "empty-data-in-at-the-end-of-the-buffer",
    "DAT-008",
    pieces((0, 1024), (1024, 0)),
)
good_read(
    "empty-data-in-out-of-order",
    "DAT-008",
    pieces((0, 512), (17, 0), (512, 512)),
)
bad_read(
    "empty-data-in-behind-the-buffer",
    "DAT-008 DAT-015",
    pieces((0, 1024), (0, 0, {"word40": 1025})),
    fault(DATA_IN, "buffer-offset", 1025, "11.7.6"),
)
good_read(
    "a-hundred-empty-data-ins",
    "DAT-008",
    pieces(*((0, 0) for _ in range(100)), (0, 1024)),
)

# Where data need not be in order, each is still held against the bounds.

ANY_ORDER = {
    "options": ["--set", "DataPDUInOrder=No", "--set", "DataSequenceInOrder=No"],
    "target": {"wishes": {"DataPDUInOrder": "No", "DataSequenceInOrder": "No"}},
}
good_read(
    "any-order-and-data-in-in-reverse",
    "DAT-006 DAT-007",
    pieces((512, 512), (256, 256), (0, 256)),
    **ANY_ORDER,
)
bad_read(
    "any-order-and-data-in-behind-the-buffer",
    "DAT-015",
    pieces((512, 512), (0, 256, {"word40": 1000})),
    fault(DATA_IN, "buffer-offset", 1000, "11.7.6"),
    **ANY_ORDER,
)
bad_read(
    "any-order-and-an-offset-that-wraps",
    "DAT-015",
    pieces((0, 256, {"word40": 0xFFFFFF00})),
    fault(DATA_IN, "buffer-offset", 0xFFFFFF00, "11.7.6"),
    **ANY_ORDER,
)
bad_read(
    "any-order-and-more-data-than-fits",
    "DAT-015",
    pieces((0, 1024), (0, 1)),
    fault(DATA_IN, "buffer-offset", 0, "11.7.6"),
    **ANY_ORDER,
)
goes_on(
    "any-order-and-a-missing-piece",
    "CMD-026 ER0-004",
    bend("read-10", 1, call=pieces((512, 512), (0, 256))),
    exit=1,
    outcome={"io_status": 7, "data_in": 768},
    **{**READS, **ANY_ORDER, "results": says("READ(10): bytes were lost on the way")},
)

# Status in Data-In: RFC 7143 11.7.3.


def collapsed(**fields):
    """For `call`: the status comes with the data."""

    def call(reply):
        first, last = reply.pdus
        first.set(flags=0x83, stat_sn=last.stat_sn, word44=last.word44)
        first.set(**fields)
        reply.pdus.pop()

    return call


for _status, _text in (
    (0x04, "CONDITION MET"),
    (0x10, "INTERMEDIATE"),
    (0x14, "INTERMEDIATE-CONDITION MET"),
):
    goes_on(
        f"status-{_status:02x}-in-data-in",
        "DAT-011 DAT-012",
        inquiry(call=collapsed(status=_status)),
        exit=1,
        results=says("INQUIRY: " + _text),
        outcome={**WHOLE, "scsi_status": _status},
    )
for _status in (0x28, 0x30, 0xFF):
    drops(
        f"status-{_status:02x}-in-data-in",
        "DAT-011",
        inquiry(call=collapsed(status=_status)),
        fault(DATA_IN, "data-in-status", _status, "11.7.3"),
        results=LOST,
        outcome={"io_status": 6},
    )
drops(
    "both-residual-flags-in-data-in",
    "CMD-017 DAT-011",
    inquiry(call=collapsed(flags=0x87, word44=5)),
    fault(DATA_IN, "residual-flags", 5, "11.4.1"),
    results=LOST,
)
for _name, _stat_sn in (("later", STATUS_SN + 1), ("earlier", STATUS_SN - 1)):
    drops(
        f"{_name}-stat-sn-in-data-in-with-status",
        "WIN-017 WIN-018",
        inquiry(call=collapsed(stat_sn=_stat_sn)),
        fault(DATA_IN, "stat-sn", _stat_sn, "4.2.2.2"),
        results=LOST,
    )
goes_on(
    "status-in-data-in-that-lacks-data",
    "DAT-012 CMD-018",
    inquiry(call=collapsed(flags=0x81, word44=0)),
    exit=1,
    results=CUT_SHORT,
    outcome={"io_status": 7, "data_in": SIZE},
)
good_read(
    "overflow-in-data-in",
    "DAT-011 CMD-018",
    pieces((0, 1024, {"flags": 0x85, "word44": 512}), response=False),
    outcome={"overflow": 512, "data_in": 1024},
)
goes_on(
    "empty-data-in-with-status",
    "DAT-008 DAT-012",
    inquiry(call=collapsed(flags=0x83, word44=0xFFFFFFFF), data=b""),
    exit=1,
    results=says("INQUIRY:"),
    outcome={"underflow": 255},
)
drops(
    "data-in-behind-status-in-data-in",
    "DAT-012",
    inquiry(
        call=collapsed(),
        after=[lambda reply: copy_of(reply.pdus[0], flags=0x80, word36=1, word40=SIZE)],
    ),
    fault(DATA_IN, "initiator-task-tag", TAG, "11.2.1.8"),
    **ANSWERED,
)
drops(
    "data-in-behind-the-response",
    "DAT-012 DAT-016",
    inquiry(after=[lambda reply: copy_of(reply.pdus[0], word36=1, word40=SIZE)]),
    fault(DATA_IN, "initiator-task-tag", TAG, "11.2.1.8"),
    **ANSWERED,
)

# Data-In for what reads nothing.

drops(
    "data-in-for-a-command-without-data",
    "DAT-016",
    bend("synchronize-cache", 1, pdus=[made(DATA_IN, bytes(4))]),
    fault(DATA_IN, "task-kind", 0x00010002, "11.7.3"),
    memory=False,
    why="in memory a write is one command",
    **{**WRITES, "results": says("SYNCHRONIZE CACHE(10): the connection was lost")},
)
drops(
    "data-in-for-a-write-that-is-done",
    "DAT-016",
    bend("write-10", 1, after=[made(DATA_IN, bytes(4))]),
    fault(DATA_IN, "initiator-task-tag", SECOND_TAG, "11.2.1.8"),
    **{**WRITES, "exit": 1},
    **of_two(fault(DATA_IN, "initiator-task-tag", TAG, "11.2.1.8")),
)

# Data-In longer than we take: RFC 7143 13.12.

SMALL = {"options": ["--set", "MaxRecvDataSegmentLength=512"]}
bad_read(
    "data-in-one-byte-longer-than-we-take",
    "DAT-014 PDU-016",
    pieces((0, 511), (511, 513)),
    fault(DATA_IN, "data-segment-length", 513, "13.12"),
    **SMALL,
)
good_read(
    "data-in-as-long-as-we-take",
    "DAT-014 PDU-016",
    pieces((0, 512), (512, 512)),
    **SMALL,
)

# Behind an ABORT TASK: RFC 7143 11.5.1.


def of_the_aborted(opcode, data=b"", **fields):
    """A PDU of the task that an ABORT TASK names."""

    def make(reply):
        pdu = Pdu(opcode, data, final=1, itt=reply.request.ttt, ttt=NO_TAG)
        pdu.set(exp_cmd_sn=reply.pdu.exp_cmd_sn, max_cmd_sn=reply.pdu.max_cmd_sn)
        return pdu.set(**fields)

    return make


goes_on(
    "data-in-and-response-behind-the-answer-to-an-abort",
    "TMF-017",
    inquiry(call=swallow),
    bend(
        "task-management",
        1,
        after=[of_the_aborted(DATA_IN, INQUIRY), behind(of_the_aborted(SCSI_RESPONSE))],
    ),
    events=[LATE],
    exit=1,
    results=says("INQUIRY: timed out"),
    outcome={"io_status": 4},
    **SOON,
)
goes_on(
    "status-in-data-in-behind-the-answer-to-an-abort",
    "TMF-017",
    inquiry(call=swallow),
    bend("task-management", 1, after=[behind(of_the_aborted(DATA_IN, INQUIRY, flags=0x83))]),
    events=[LATE],
    exit=1,
    outcome={"io_status": 4},
    **SOON,
)
