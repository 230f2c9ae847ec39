"""What the scripts of full feature phase share beyond faults.py: other commands, other answers."""

from faults import INQUIRES, made
from pdu import DATA_OUT, LOGOUT_REQUEST, NOP_OUT, NO_TAG, SCSI_COMMAND, SCSI_RESPONSE, Pdu
from printed import says
from reply import bend
from run import require
from scsi import sense

PINGS = {"command": ["ping", "{url}", "--count", "1"], "scenario": "ping"}
READS = {"command": ["read", "{url}", "--lba", "0", "--blocks", "2"], "scenario": "read"}
DISCOVERS = {"command": ["discover", "{portal}"], "scenario": "discover"}
ANSWERED = {**INQUIRES, "exit": 0}  # the command went well; what is wrong comes behind it
SOON = {"options": ["--timeout", "0.5"], "settings": ["--command-timeout-ms", "500"]}
SECOND_TAG = 0x00010001  # of the program's second command; in memory there is only one
LOST = says("INQUIRY: the connection was lost")
CUT_SHORT = says("INQUIRY: bytes were lost on the way")
FAILED = says("INQUIRY: target failure")


def respond(data=b"", **fields):
    """INQUIRY is answered with this SCSI Response alone."""
    return bend("inquiry", 1, pdus=[made(SCSI_RESPONSE, data, **fields)])


def check(key, asc, ascq, **fields):
    """CHECK CONDITION with sense data in fixed format."""
    return respond(sense(key, asc, ascq), status=2, **fields)


def with_last(**fields):
    """The SCSI Response to INQUIRY has these fields; its data comes as always."""
    return bend("inquiry", 1, last=fields)


def of_two(wanted):
    """Events of the program's second command, and of the only one in memory."""
    return {"memory_events": [wanted]}


def sent(run, opcode):
    """What the initiator sent of one opcode."""
    return [pdu for pdu in run.connection.requests if pdu.opcode == opcode]


def sends_only(*opcodes):
    """A `results`: in full feature phase exactly these opcodes were sent, in this order."""

    def check_sent(run):
        found = [pdu.opcode for pdu in run.connection.requests if pdu.opcode != 0x03]
        require(found == list(opcodes), f"{[hex(code) for code in found]} were sent")

    return check_sent


ONE_COMMAND = sends_only(SCSI_COMMAND, LOGOUT_REQUEST)


def no_data(run):
    require(not sent(run, DATA_OUT), "Data-Out was sent")


def nop_outs(*expected):
    """A `results`: answers to pings with these tags and LUNs, and no other NOP-Out
    (RFC 7143 11.18)."""

    def check_answers(run):
        answers = sent(run, NOP_OUT)
        require([(pdu.ttt, pdu.lun) for pdu in answers] == list(expected), "other NOP-Outs")
        for pdu in answers:
            require(pdu.immediate and pdu.itt == NO_TAG and not pdu.data, "not as an answer is")
            require(pdu.header[1] == 0x80, f"byte 1 of an answer is {pdu.header[1]:#04x}")

    return check_answers


def all_of(*checks):
    def check_all(run):
        for one in checks:
            one(run)

    return check_all


def copy_of(pdu, **fields):
    again = Pdu(data=pdu.data)
    again.header[:] = pdu.header
    return again.set(**fields)


def plain(opcode, **fields):
    """For `before` and `after`: a PDU that has the connection's numbers as they are, and uses no
    StatSN up."""

    def make(reply):
        connection = reply.connection
        pdu = Pdu(opcode, final=1, itt=NO_TAG, ttt=NO_TAG, stat_sn=connection.stat_sn)
        pdu.set(exp_cmd_sn=connection.exp_cmd_sn, max_cmd_sn=connection.max_cmd_sn)
        return pdu.set(**fields)

    return make
