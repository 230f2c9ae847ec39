"""Scripts: targets that send without end what brings nothing. Up to a number it is borne, one more
costs the connection; none of it is answered."""

from faults import drops, goes_on, inquiry, says_rogue
from ffp import LOST, ONE_COMMAND, READS, all_of, copy_of, nop_outs
from pdu import DATA_IN, NOP_IN, NO_TAG, Pdu
from printed import says
from reply import bend
from script import event
from unasked import ping

MOST = 1024  # that come without any task getting on
WHY = "so many PDUs are the same in every split"


def flood(opcode):
    return event(104, opcode=opcode, fault="flood", value=MOST + 1, section="")


def empty_data(count):
    """For `call`: so many Data-Ins without data, DataSN from 0 on, and then the data."""

    def call(reply):
        data, status = reply.pdus
        empty = []
        for number in range(count):
            pdu = Pdu(DATA_IN, itt=data.itt, ttt=NO_TAG, word36=number)
            empty.append(pdu.set(exp_cmd_sn=data.exp_cmd_sn, max_cmd_sn=data.max_cmd_sn))
        data.word36 = count
        status.word36 = count + 1
        reply.pdus[:] = empty + [data, status]

    return call


def duplicates(count):
    """For `call`: the data comes so many times again."""

    def call(reply):
        data, status = reply.pdus
        reply.pdus[:] = [data] + [copy_of(data)] * count + [status]

    return call


goes_on(
    "news-of-the-window-up-to-the-limit",
    "NOP-002 NOP-010",
    inquiry(before=[ping(NO_TAG)] * MOST),
    results=all_of(says_rogue, ONE_COMMAND, nop_outs()),
    memory=False,
    why=WHY,
)
drops(
    "news-of-the-window-without-end",
    "NOP-002 NOP-010",
    inquiry(before=[ping(NO_TAG)] * (MOST + 1)),
    flood(NOP_IN),
    results=all_of(LOST, nop_outs()),
    memory=False,
    why=WHY,
)
goes_on(
    "empty-data-in-up-to-the-limit",
    "DAT-008",
    bend("read-10", 1, call=empty_data(MOST)),
    memory=False,
    why=WHY,
    **READS,
)
drops(
    "empty-data-in-without-end",
    "DAT-008",
    bend("read-10", 1, call=empty_data(MOST + 1)),
    flood(DATA_IN),
    memory=False,
    why=WHY,
    **{**READS, "results": says("READ(10): the connection was lost")},
)
goes_on(
    "duplicates-up-to-the-limit",
    "ER0-006",
    bend("read-10", 1, call=duplicates(MOST)),
    memory=False,
    why=WHY,
    **READS,
)
drops(
    "duplicates-without-end",
    "ER0-006",
    bend("read-10", 1, call=duplicates(MOST + 1)),
    flood(DATA_IN),
    memory=False,
    why=WHY,
    **{**READS, "results": says("READ(10): the connection was lost")},
)
