"""Scripts: text exchanges in full feature phase (RFC 7143 6.4, 7.12, 11.10, 11.11): the target asks
for a negotiation by an Asynchronous Message, and answers badly."""

from faults import fault, goes_on
from ffp import READS, sends_only
from pdu import LOGOUT_REQUEST, NO_TAG, SCSI_COMMAND, TEXT_REQUEST, TEXT_RESPONSE
from printed import says
from reply import bend
from run import require
from script import event, script
from unasked import ahead, async_message, instead, reject

WISH = event(106, ["5"], async_event=4, vcode=0)
ASKED = bend("read-capacity-10", 1, before=[ahead(async_message(4, parameters=(0, 0, 3)))])
BESIDE_A_READ = {
    **READS,
    "memory": False,
    "why": "behind the only command the session in memory logs out, which serves the wish as well",
}
EXCHANGE = sends_only(SCSI_COMMAND, TEXT_REQUEST, SCSI_COMMAND, LOGOUT_REQUEST)


def failed(reason, key=""):
    """Event 122."""
    return event(122, reason=reason, key=key)


def answered(name, clauses, changes, *events, **members):
    """The wish is served, and the session goes on whatever comes of it."""
    results = members.pop("results", EXCHANGE)
    goes_on(
        name,
        clauses,
        ASKED,
        bend("text", 1, **changes),
        events=[WISH, *events],
        **{**BESIDE_A_READ, "results": results, **members},
    )


def broken(name, clauses, changes, wanted):
    """The wish is served, and the answer costs the connection; the read may be on its way."""
    script(
        name,
        clauses,
        bends=[ASKED, bend("text", 1, **changes)],
        events=[WISH, wanted],
        reaction=lambda run: require(run.connection.initiator_closed, "it did not close first"),
        exit=1,
        results=says("READ(10): the connection was lost"),
        **BESIDE_A_READ,
    )


def pairs(*found, **header):
    text = b"".join(item + b"\0" for item in found)
    return {"text": text, **({"header": header} if header else {})}


answered("negotiation-without-any-key", "ASY-006 TFF-001 TFF-004", pairs())
answered(
    "negotiation-that-declares-a-segment-length",
    "TFF-011",
    pairs(b"MaxRecvDataSegmentLength=4096"),
)
answered("negotiation-that-tells-an-alias", "TFF-011", pairs(b"TargetAlias=a disk"))
answered(
    "negotiation-with-a-final-tag",
    "TFF-006",
    {"text": b"", "header": {"ttt": 0x12345678}},
)
for _name, _text, _reason, _key in (
    ("of-a-segment-length-of-511", b"MaxRecvDataSegmentLength=511\0", "value out of range",
     "MaxRecvDataSegmentLength"),
    ("of-a-segment-length-of-16-megabytes", b"MaxRecvDataSegmentLength=16777216\0",
     "value out of range", "MaxRecvDataSegmentLength"),
    ("of-a-segment-length-of-no-digits", b"MaxRecvDataSegmentLength=\0", "value out of range",
     "MaxRecvDataSegmentLength"),
    ("of-a-key-of-the-login", b"MaxBurstLength=512\0", "not allowed behind the login",
     "MaxBurstLength"),
    ("of-a-key-of-ours", b"SendTargets=All\0", "unexpected", "SendTargets"),
    ("of-no-key", b"not a key=1\0", "not a key", "not a key"),
    ("without-an-equal-sign", b"MaxRecvDataSegmentLength\0", "not a pair of key and value",
     "MaxRecvDataSegmentLength"),
    ("without-a-null", b"MaxRecvDataSegmentLength=4096", "not a pair of key and value",
     "MaxRecvDataSegmentLength=4096"),
    ("of-one-key-twice", b"MaxRecvDataSegmentLength=4096\0MaxRecvDataSegmentLength=8192\0",
     "unexpected", "MaxRecvDataSegmentLength"),
):
    answered(
        "negotiation-" + _name,
        "TFF-010 TXT-054",
        {"text": _text},
        failed(_reason, _key),
    )
answered(
    "negotiation-of-a-key-that-nobody-knows",
    "TXT-026 TFF-004",
    pairs(b"X-com.example.wish=1"),
    event(13, key="X-com.example.wish"),
)
for _reason, _cause in ((2, "1"), (4, "2"), (5, "3"), (9, "2")):
    answered(
        f"negotiation-is-rejected-for-reason-{_reason:02x}",
        "TFF-010 CMD-030",
        {
            "call": lambda reply: setattr(reply, "text", bytes(reply.request.header)),
            "pdus": [instead(reject(_reason, header=b""))],
        },
        event(105, [_cause], reason=_reason, opcode=TEXT_REQUEST),
        failed("rejected by the target"),
        results=lambda run: None,
    )

# Answers that break the exchange itself.

broken(
    "negotiation-that-goes-on-without-a-tag",
    "TFF-006",
    {"text": b"", "header": {"final": 0}},
    fault(TEXT_RESPONSE, "text-target-transfer-tag", NO_TAG, "11.11.4"),
)
broken(
    "negotiation-with-c-and-f",
    "TFF-006 TXT-020",
    {"text": b"TargetAlias", "header": {"more": 1, "ttt": 0x99}},
    fault(TEXT_RESPONSE, "text-continue", 0x99, "11.11.1"),
)
broken(
    "negotiation-of-another-task",
    "TFF-016",
    {"text": b"", "header": {"itt": 0x00770077}},
    fault(TEXT_RESPONSE, "initiator-task-tag", 0x00770077, "11.2.1.8"),
)
answered(
    "second-wish-to-negotiate",
    "ASY-006",
    {"text": b"", "before": [ahead(async_message(4))]},
    WISH,
)
