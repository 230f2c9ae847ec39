"""Scripts: R2Ts that RFC 7143 11.8 forbids, and odd ones that it allows."""

from faults import FILE, TAG, WRITES, drops, fault, goes_on, made, r2t
from ffp import SECOND_TAG, all_of, copy_of, no_data, of_two, sent
from pdu import DATA_OUT, NO_TAG, R2T, Pdu
from printed import says
from reply import ALL, bend
from run import require
from script import TARGET_ENDS, event, script
from scsi import BLOCK
from unasked import async_message, behind

with open(FILE, "rb") as _file:
    CONTENT = _file.read()
SIZE = -(-len(CONTENT) // BLOCK) * BLOCK  # what the program writes; in memory it is 4096 bytes
WRITE_LOST = says("WRITE(10): the connection was lost")
NO_BYTE = all_of(no_data, WRITE_LOST)
FULL = 0xFFFFFFFF


def bad_r2t(name, clauses, call, wanted, **members):
    """The connection is dropped for it before any data is sent."""
    options = WRITES["options"] + members.pop("options", [])
    members = {"results": NO_BYTE, **members}
    one = call if not callable(call) else bend("r2t", 1, call=call)
    drops(name, clauses, one, wanted, **{**WRITES, "options": options, **members})


def good_r2t(name, clauses, *bends, **members):
    """All is written as it should be."""
    options = WRITES["options"] + members.pop("options", [])
    results = all_of(written, members.pop("results", lambda run: None))
    goes_on(name, clauses, *bends, **{**WRITES, **members, "options": options, "results": results})


def written(run):
    if run.output is not None:
        wanted = CONTENT.ljust(SIZE, b"\0")
        require(bytes(run.target.disk[:SIZE]) == wanted, "the disk holds something else")


def pieces_of(number):
    """For `call`: asks for no more than so many bytes at once."""
    return lambda reply: reply.pdu.set(word44=min(number, reply.pdu.word44))


# What is asked for: RFC 7143 11.8.4.

bad_r2t(
    "r2t-for-four-gigabytes",
    "R2T-005 R2T-007",
    r2t(word44=FULL),
    fault(R2T, "r2t-range", 0, "11.8.4"),
)
bad_r2t(
    "r2t-for-one-byte-more-than-there-is",
    "R2T-007",
    lambda reply: reply.pdu.set(word44=reply.request.ttt + 1),
    fault(R2T, "r2t-range", 0, "11.8.4"),
)
bad_r2t(
    "r2t-for-no-bytes-in-the-middle",
    "R2T-005",
    bend("r2t", 2, call=lambda reply: reply.pdu.set(word44=0)),
    fault(R2T, "r2t-range", 512, "11.8.4"),
    options=["--set", "MaxBurstLength=512", "--set", "FirstBurstLength=512"],
    results=all_of(WRITE_LOST, lambda run: require(len(sent(run, DATA_OUT)) == 1, "Data-Outs")),
)
bad_r2t(
    "r2t-that-begins-inside-and-ends-behind",
    "R2T-007",
    bend("r2t", 2, call=lambda reply: reply.pdu.set(word40=512, word44=SIZE)),
    fault(R2T, "r2t-range", 512, "11.8.4"),
    options=["--set", "MaxBurstLength=512", "--set", "FirstBurstLength=512"],
    results=all_of(WRITE_LOST, lambda run: require(len(sent(run, DATA_OUT)) == 1, "Data-Outs")),
)
good_r2t(
    "r2ts-of-seven-bytes",
    "R2T-001 R2T-002 R2T-005 R2T-010 DAT-002 DAT-003",
    bend("r2t", ALL, call=pieces_of(7)),
    memory=False,
    why="a thousand steps of a recording prove no more than the few of others",
)
good_r2t(
    "r2ts-of-a-block-each",
    "R2T-001 R2T-010 DAT-002 DAT-004",
    options=["--set", "MaxBurstLength=512", "--set", "FirstBurstLength=512"],
    results=lambda run: require(
        {len(pdu.data) for pdu in sent(run, DATA_OUT)} == {512}, "no block each"
    ),
)
good_r2t(
    "r2t-for-what-is-left-of-a-block",
    "R2T-001 R2T-002",
    bend("r2t", 1, call=pieces_of(513)),
)

# R2TSN and tags: RFC 7143 11.8.2, 11.8.5.

for _name, _number in (("two-too-high", 2), ("of-half-the-circle", 0x7FFFFFFF)):
    bad_r2t(
        "r2t-sn-" + _name,
        "R2T-010 ER0-004",
        r2t(word36=_number),
        fault(R2T, "r2t-sn", _number, "11.8.2"),
    )
bad_r2t(
    "second-r2t-with-a-gap",
    "R2T-010 ER0-004",
    bend("r2t", 2, call=lambda reply: reply.pdu.set(word36=2)),
    fault(R2T, "r2t-sn", 2, "11.8.2"),
    options=["--set", "MaxBurstLength=512", "--set", "FirstBurstLength=512"],
    results=all_of(WRITE_LOST, lambda run: require(len(sent(run, DATA_OUT)) == 1, "Data-Outs")),
)


def twice(reply):
    reply.pdus.append(copy_of(reply.pdu))


good_r2t(
    "r2t-comes-twice",
    "ER0-006 R2T-010",
    bend("r2t", 1, call=twice),
    results=lambda run: require(len(sent(run, DATA_OUT)) == 1, "more than one Data-Out"),
)


def with_a_stale_one(reply):
    stale = copy_of(reply.pdu, word36=FULL, word40=0, word44=FULL, ttt=0x4444)
    reply.pdus.insert(0, stale)


good_r2t("r2t-before-the-first", "ER0-006 R2T-010", bend("r2t", 1, call=with_a_stale_one))
bad_r2t(
    "r2t-of-the-reserved-tag-that-is-a-second-one",
    "R2T-006",
    bend("r2t", 2, call=lambda reply: reply.pdu.set(ttt=NO_TAG)),
    fault(R2T, "r2t-target-transfer-tag", NO_TAG, "11.8.5"),
    options=["--set", "MaxBurstLength=512", "--set", "FirstBurstLength=512"],
    results=all_of(WRITE_LOST, lambda run: require(len(sent(run, DATA_OUT)) == 1, "Data-Outs")),
)
good_r2t(
    "r2t-of-tag-0",
    "R2T-001 R2T-006",
    r2t(ttt=0),
    results=lambda run: require(sent(run, DATA_OUT)[0].ttt == 0, "another tag"),
)
good_r2t(
    "r2ts-of-one-tag",
    "R2T-001",
    bend("r2t", ALL, call=lambda reply: reply.pdu.set(ttt=0xABABABAB)),
    options=["--set", "MaxBurstLength=512", "--set", "FirstBurstLength=512"],
    results=lambda run: require(
        {pdu.ttt for pdu in sent(run, DATA_OUT)} == {0xABABABAB}, "other tags"
    ),
)

# StatSN: told, not used up (RFC 7143 11.8.3).

for _name, _step in (("one-later", 1), ("half-the-circle-later", 0x7FFFFFFF)):
    bad_r2t(
        "r2t-with-a-stat-sn-" + _name,
        "WIN-019 R2T-014",
        r2t(stat_sn=4 + _step),
        fault(R2T, "stat-sn", 4 + _step, "4.2.2.2"),
        memory=False,
        why="in memory the write is the first command, whose StatSN is one less",
    )
good_r2t(
    "r2t-with-an-earlier-stat-sn",
    "WIN-019 R2T-014",
    bend("r2t", 1, call=lambda reply: reply.pdu.set(stat_sn=reply.pdu.stat_sn - 1)),
)

# Reserved bits and fields say nothing.


def reserved_bits(reply):
    """Sets every bit that R2T (RFC 7143 11.8) reserves."""
    header = reply.pdu.header
    header[0] |= 0xC0
    header[1] |= 0x7F
    header[2] = header[3] = 0xFF


good_r2t("reserved-bits-of-an-r2t", "PDU-003", bend("r2t", 1, call=reserved_bits))

# R2Ts for what is no write, or is none any more.

for _name, _kind, _members in (
    ("a-command-without-data", "synchronize-cache", {**WRITES, "results": says("SYNCHRONIZE")}),
    ("a-read-that-is-the-second-command", "read-10", {
        "command": ["read", "{url}", "--lba", "0", "--blocks", "2"],
        "scenario": "read",
        "results": says("READ(10): the connection was lost"),
    }),
):
    _tag = 0x00010002 if _kind == "synchronize-cache" else SECOND_TAG
    drops(
        "r2t-for-" + _name,
        "R2T-008",
        bend(_kind, 1, pdus=[made(R2T, ttt=1, word44=512, stat_sn=4)]),
        fault(R2T, "task-kind", _tag, "11.7.3"),
        memory=False,
        why="in memory there is one command, with another StatSN",
        **_members,
    )


def for_the_write(reply):
    pdu = Pdu(R2T, final=1, itt=reply.request.itt, ttt=0x500, lun=reply.request.lun)
    pdu.set(stat_sn=reply.connection.stat_sn, word36=1, word44=512)
    return pdu.set(exp_cmd_sn=reply.pdu.exp_cmd_sn, max_cmd_sn=reply.pdu.max_cmd_sn)


bad_r2t(
    "r2t-for-a-write-that-is-done",
    "R2T-008",
    bend("write-10", 1, after=[for_the_write]),
    fault(R2T, "initiator-task-tag", SECOND_TAG, "11.2.1.8"),
    results=lambda run: require(len(sent(run, DATA_OUT)) == 1, "more than one Data-Out"),
    **of_two(fault(R2T, "initiator-task-tag", TAG, "11.2.1.8")),
)

# MaxOutstandingR2T: RFC 7143 13.17.


def three_r2ts(reply):
    reply.pdu.word44 = 512
    for number in (1, 2):
        again = copy_of(reply.pdu, word36=number, word40=512 * number, ttt=0x900 + number)
        reply.pdus.append(again)


bad_r2t(
    "three-r2ts-where-two-were-agreed",
    "R2T-009",
    bend("r2t", 1, call=three_r2ts),
    fault(R2T, "r2t-count", 1024, "13.17"),
    options=["--set", "MaxOutstandingR2T=2"],
    target={"wishes": {"MaxOutstandingR2T": 2}},
    results=WRITE_LOST,
)


# Connections that end in between.

for _name, _clauses, _changes in (
    ("before-the-r2t", "PDU-033 ER0-007", {"close_instead": True}),
    ("within-the-r2t", "PDU-033 ER0-007", {"cut": 47}),
    ("by-a-reset-instead-of-the-r2t", "PDU-033 ER0-007", {"reset": True}),
):
    script(
        "connection-lost-" + _name,
        _clauses,
        bends=[bend("r2t", 1, **_changes)],
        events=[event(103, outstanding_tasks=1)],
        reaction=TARGET_ENDS,
        outcome={"io_status": 6},
        **{**WRITES, "results": NO_BYTE},
    )
script(
    "connection-lost-behind-the-data-of-a-write",
    "PDU-033 ER0-007",
    bends=[bend("write-10", 1, close_instead=True)],
    events=[event(103, outstanding_tasks=1)],
    reaction=TARGET_ENDS,
    outcome={"io_status": 6},
    **{**WRITES, "results": WRITE_LOST},
)
drops(
    "async-message-drops-the-connection-instead-of-an-r2t",
    "ASY-004",
    bend("r2t", 1, pdus=[behind(async_message(2))]),
    event(106, ["3"], async_event=2, vcode=0),
    outcome={"io_status": 6},
    **{**WRITES, "results": NO_BYTE},
)
