"""Scripts: what a setting tolerates. Each is a misbehaviour of another module's, under its bit: the
command ends as told here, and the session goes on."""

from faults import INQUIRES, WRITES, data_in, drops, fault, inquiry, made, r2t
from ffp import READS
from pdu import DATA_IN, SCSI_RESPONSE
from reply import bend
from script import GOES_ON, script
from scsi import INQUIRY, sense

MISSING = 255 - len(INQUIRY)
WHOLE = {"underflow": MISSING, "data_in": len(INQUIRY)}
BITS = {
    "long-sequence": 0x001,
    "final-bit": 0x002,
    "stray-data": 0x004,
    "no-sense": 0x008,
    "sense-length": 0x010,
    "exp-data-sn": 0x020,
    "residual-flags": 0x040,
    "response-code": 0x080,
    "data-status": 0x100,
    "r2t-lun": 0x200,
}
WHY = "the program has no option for it"


def tolerated(name, clauses, bit, *bends, **members):
    members = {**INQUIRES, **members}
    script(
        name + "-is-tolerated",
        clauses,
        bends=list(bends),
        reaction=GOES_ON,
        settings=["--tolerate", str(BITS[bit])],
        program=False,
        why=WHY,
        **members,
    )


# Data-In beyond MaxBurstLength: tolerated unless it is said otherwise.

SHORT_BURSTS = ["--set", "MaxBurstLength=512", "--set", "FirstBurstLength=512"]
script(
    "data-in-beyond-max-burst-length-is-tolerated",
    "DAT-014",
    reaction=GOES_ON,
    options=SHORT_BURSTS,
    outcome={"data_in": 1024},
    **READS,
)
drops(
    "data-in-beyond-max-burst-length",
    "DAT-014",
    bend("read-10", 1),
    fault(DATA_IN, "data-in-sequence", 0, "11.7.1"),
    options=SHORT_BURSTS,
    settings=["--tolerate", "0"],
    program=False,
    why=WHY,
    outcome={"io_status": 6},
    **READS,
)

tolerated(
    "scsi-response-without-f",
    "PDU-013",
    "final-bit",
    inquiry(last={"flags": 0x02}),
    outcome=WHOLE,
)
tolerated(
    "r2t-without-f",
    "PDU-013",
    "final-bit",
    r2t(final=0),
    outcome={},
    **WRITES,
)
tolerated(
    "logout-response-without-f",
    "PDU-013",
    "final-bit",
    bend("logout", 1, header={"final": 0}),
    outcome=WHOLE,
)
tolerated(
    "r2t-with-data",
    "PDU-031",
    "stray-data",
    bend("r2t", 1, data=b"data"),
    outcome={},
    **WRITES,
)
tolerated(
    "logout-response-with-data",
    "PDU-031",
    "stray-data",
    bend("logout", 1, data=bytes(1000)),
    outcome=WHOLE,
)
tolerated(
    "check-condition-without-sense",
    "CMD-021",
    "no-sense",
    inquiry(pdus=[made(SCSI_RESPONSE, status=2)]),
    outcome={"scsi_status": 2},
)
tolerated(
    "sense-data-of-64-kilobytes",
    "CMD-021",
    "sense-length",
    inquiry(pdus=[made(SCSI_RESPONSE, b"\xff\xff" + sense(5, 0x24, 0)[2:], status=2)]),
    outcome={"scsi_status": 2, "sense": "5/2400"},
)
tolerated(
    "sense-data-of-one-byte",
    "CMD-021",
    "sense-length",
    inquiry(pdus=[made(SCSI_RESPONSE, b"\0", status=2)]),
    outcome={"scsi_status": 2},
)
tolerated(
    "response-that-counts-fewer-data-pdus",
    "CMD-026",
    "exp-data-sn",
    inquiry(last={"word36": 0}),
    outcome=WHOLE,
)
tolerated(
    "overflow-and-underflow",
    "CMD-017",
    "residual-flags",
    bend("read-10", 1, last={"flags": 0x86, "word44": 7}),
    outcome={"data_in": 1024},
    **READS,
)
tolerated(
    "reserved-response",
    "CMD-016",
    "response-code",
    inquiry(pdus=[made(SCSI_RESPONSE, response=0x7F)]),
    outcome={"io_status": 5, "response": 0x7F},
)
tolerated(
    "busy-in-data-in",
    "DAT-011",
    "data-status",
    inquiry(
        call=lambda reply: reply.pdu.set(
            flags=0x83, status=8, stat_sn=reply.pdus.pop().stat_sn, word44=MISSING
        )
    ),
    outcome={**WHOLE, "scsi_status": 8},
)
tolerated(
    "status-in-data-in-without-f",
    "DAT-011",
    "data-status",
    inquiry(
        call=lambda reply: reply.pdu.set(
            flags=0x03, stat_sn=reply.pdus.pop().stat_sn, word44=MISSING
        )
    ),
    outcome=WHOLE,
)
tolerated(
    "r2t-for-another-lun",
    "PDU-027",
    "r2t-lun",
    r2t(lun=0x0001000000000000),
    outcome={},
    **WRITES,
)

# A bit tolerates its own point alone.

for _name, _bit, _bend, _event in (
    (
        "final-bit",
        0x3FF & ~0x002,
        inquiry(pdus=[made(SCSI_RESPONSE, final=0)]),
        fault(SCSI_RESPONSE, "final-bit", SCSI_RESPONSE, "11.2.1.3"),
    ),
    (
        "no-sense",
        0x3FF & ~0x008,
        inquiry(pdus=[made(SCSI_RESPONSE, status=2)]),
        fault(SCSI_RESPONSE, "sense-missing", 2, "11.4.7"),
    ),
    (
        "residual-flags",
        0x3FF & ~0x040,
        inquiry(last={"flags": 0x86, "word44": 7}),
        fault(SCSI_RESPONSE, "residual-flags", 7, "11.4.1"),
    ),
    (
        "nothing-about-numbers",
        0x3FF,
        data_in(word36=1),
        fault(DATA_IN, "data-sn", 1, "11.7.5"),
    ),
    (
        "nothing-about-bounds",
        0x3FF,
        data_in(word40=0xFFFFFFF0),
        fault(DATA_IN, "buffer-offset", 0xFFFFFFF0, "11.7.6"),
    ),
    (
        "nothing-about-tags",
        0x3FF,
        inquiry(pdus=[made(SCSI_RESPONSE, itt=0xDEADBEEF)]),
        fault(SCSI_RESPONSE, "initiator-task-tag", 0xDEADBEEF, "11.2.1.8"),
    ),
):
    drops(
        f"tolerating-all-but-{_name}" if _bit != 0x3FF else f"tolerating-all-is-{_name}",
        "PDU-028",
        _bend,
        _event,
        settings=["--tolerate", str(_bit)],
        program=False,
        why=WHY,
    )
