"""What scripts of full feature phase share: commands that are answered in other ways."""

from pdu import DATA_IN, NO_TAG, Pdu
from printed import harmless
from reply import bend
from run import require
from script import GOES_ON, event, script
from unasked import instead

TIMES = {"options": ["--timeout", "1"], "settings": ["--command-timeout-ms", "1000"]}
LATE = event(107, task_tag=0x00010000, lun=0, opcode=0x12)  # an INQUIRY that is the first task
TAG = 0x00010000  # of the first task
STATUS_SN = 3  # behind two Login Responses from 1 on
FILE = __file__  # what `write` writes
WRITES = {
    "command": ["write", "{url}", "--lba", "0", "--input", FILE],
    "scenario": "write",
    "options": ["--set", "InitialR2T=Yes", "--set", "ImmediateData=No"],
}
INQUIRES = {"scenario": "inquiry"}


def fault(opcode, name, value, section):
    return event(104, opcode=opcode, fault=name, value=value, section="RFC 7143 " + section)


def drops(name, clauses, one_bend, *events, **members):
    """The connection is dropped for it; the command fails."""
    members = {**INQUIRES, **members}
    script(name, clauses, bends=[one_bend], events=list(events), **members)


def goes_on(name, clauses, *bends, **members):
    """Odd, but the command succeeds and the session is logged out."""
    members = {**INQUIRES, **members}
    script(name, clauses, bends=list(bends), reaction=GOES_ON, **members)


def inquiry(**changes):
    return bend("inquiry", 1, **changes)


def made(opcode, data=b"", **fields):
    """A PDU that answers the request and has the status's numbers."""

    def make(reply):
        pdu = Pdu(opcode, data, final=1, itt=reply.request.itt, ttt=NO_TAG)
        return pdu.set(**fields)

    return instead(make)


def data_in(**fields):
    return inquiry(call=lambda reply: reply.pdu.set(**fields))


def r2t(**fields):
    return bend("r2t", 1, call=lambda reply: reply.pdu.set(**fields))


def sends(data):
    """For `call`: this data and GOOD status, with a residual that fits it."""

    def call(reply):
        last = reply.pdus[-1]
        missing = reply.request.ttt - len(data)
        first = Pdu(DATA_IN, data, final=1, itt=reply.request.itt, ttt=NO_TAG)
        first.set(exp_cmd_sn=last.exp_cmd_sn, max_cmd_sn=last.max_cmd_sn)
        last.data = b""
        last.set(status=0, word36=1, flags=0x82 if missing > 0 else 0x80, word44=max(missing, 0))
        reply.pdus[:] = [first, last]

    return call


def says_rogue(run):
    """A `results`: the INQUIRY data of the correct target was printed."""
    harmless(run)
    if run.output is not None:
        require(b"vendor: ROGUE\n" in run.output, f"it printed {run.output!r}")
