"""Scripts: headers of Login Responses, other PDUs in login, closing, silence (events 35, 37)."""

from pdu import ASYNC, LOGIN_RESPONSE, NO_TAG, NOP_IN, REJECT, SCSI_RESPONSE, TEXT_RESPONSE, Pdu
from reply import login
from script import DROPS, GOES_ON, TARGET_ENDS, event, script

BROKEN = [event(37)]



def last_bit_of_isid(reply):
    reply.header["isid"] = reply.request.isid ^ 1


# Fields of the header, in the first response and in the last.

for _number, _place in ((1, "first"), (2, "last")):
    for _fields, _what, _clauses in (
        ({"itt": 0x12345678}, "task-tag-of-another", "LOP-006"),
        ({"itt": NO_TAG}, "reserved-task-tag", "LOP-006"),
        ({"isid": 0x400000000001}, "isid-of-another", "LOP-030"),
        ({"isid": 0}, "isid-of-zeros", "LOP-030"),
        (None, "isid-of-another-qualifier", "LOP-030"),
        ({"version_active": 1, "version_max": 1}, "version-1-active", "LOP-023"),
        ({"dsl": 8193}, "8193-bytes-of-text", "LOP-020 PDU-016"),
        ({"dsl": 0xFFFFFF}, "16777215-bytes-of-text", "LOP-020 PDU-016"),
        ({"ahs_length": 1, "ahs": b"\0\1\2\0"}, "an-additional-header", "PDU-008"),
        ({"ahs_length": 255}, "1020-bytes-of-additional-headers", "PDU-008"),
        ({"status_class": 4}, "status-class-4", "LOP-050 PDU-004"),
        ({"status_class": 255}, "status-class-255", "LOP-050 PDU-004"),
    ):
        _bend = {"header": _fields} if _fields else {"call": last_bit_of_isid}
        script(
            f"{_place}-response-with-{_what}",
            _clauses,
            bends=[login(_number, **_bend)],
            events=BROKEN,
        )
script(
    "last-response-without-session-handle",
    "LOP-029",
    bends=[login(2, header={"tsih": 0})],
    events=BROKEN,
)
script(
    "version-max-changes",
    "LOP-023",
    bends=[login(2, header={"version_max": 1})],
    events=BROKEN,
)
script(
    "version-max-of-later-versions-throughout",
    "LOP-023",
    bends=[login((1, 2), header={"version_max": 3})],
    reaction=GOES_ON,
)
for _statsn, _what in ((3, "one-ahead"), (1, "once-more"), (0x80000002, "half-way-round")):
    script(
        f"status-number-{_what}",
        "LOP-027",
        bends=[login(2, header={"stat_sn": _statsn})],
        events=BROKEN,
    )
script(
    "status-number-gap-between-parts-of-a-text",
    "LOP-027",
    bends=[login(1, split=[8], header={"stat_sn": 3})],
    events=BROKEN,
)
for _start in (0, 0x7FFFFFFF, 0xFFFFFFFE, 0xFFFFFFFF):
    script(
        f"status-numbers-begin-at-{_start:#x}",
        "LOP-027",
        command=["scan", "{url}"],
        target={"stat_sn": _start},
        reaction=GOES_ON,
    )
for _tsih in (1, 0x8000, 0xFFFF):
    script(
        f"session-handle-{_tsih:#x}",
        "LOP-029",
        target={"tsih": _tsih},
        reaction=GOES_ON,
    )
script(
    "session-handle-told-too-early",
    "LOP-029",
    bends=[login(1, header={"tsih": 0x77})],
    reaction=GOES_ON,
)

# ExpCmdSN and MaxCmdSN that contradict each other are ignored (4.2.2.1).

for _fields, _what in (
    ({"exp_cmd_sn": 0x70000000, "max_cmd_sn": 0x10000000}, "contradict-each-other"),
    ({"exp_cmd_sn": 0, "max_cmd_sn": 0x80000001}, "are-too-far-apart"),
):
    script(
        f"command-numbers-of-the-first-response-{_what}",
        "LOP-024",
        command=["scan", "{url}"],
        bends=[login(1, header=_fields)],
        reaction=GOES_ON,
    )

# Reserved bits and fields are ignored (RFC 7143 11.1: receivers do not check them).

RESERVED = {20: b"\xff" * 4, 38: b"\xff\xff", 40: b"\xff" * 8}
script(
    "all-reserved-fields-are-set",
    "PDU-003",
    bends=[login((1, 2), header={"reserved1": 3, "at": RESERVED})],
    reaction=GOES_ON,
)
script(
    "reserved-bits-of-byte-0-are-set",
    "PDU-003 PDU-010",
    bends=[login((1, 2), header={"reserved0": 1, "immediate": 1})],
    reaction=GOES_ON,
)
script(
    "padding-of-ones",
    "PDU-005 PDU-006",
    bends=[
        login(1, append=[("TargetAlias", "abc")], call=lambda reply: _pad_with_ones(reply)),
        login(2, call=lambda reply: _pad_with_ones(reply)),
    ],
    reaction=GOES_ON,
)
for _size in range(4):
    script(
        f"padding-with-an-alias-of-{_size + 1}-bytes",
        "PDU-005",
        bends=[login(1, append=[("TargetAlias", "a" * (_size + 1))])],
        reaction=GOES_ON,
    )


def _pad_with_ones(reply):
    reply.pdu.padding = b"\xff" * (-len(reply.key_text) % 4)


# PDUs that do not belong in login.


def other(opcode, **fields):
    """A PDU of another opcode, otherwise as the response it comes instead of."""

    def make(reply):
        fields.setdefault("itt", reply.pdu.itt)
        return Pdu(opcode, stat_sn=reply.pdu.stat_sn, final=1, **fields)

    return make


for _opcode, _what, _fields in (
    (NOP_IN, "nop-in", {"itt": NO_TAG, "ttt": 5}),
    (SCSI_RESPONSE, "scsi-response", {}),
    (TEXT_RESPONSE, "text-response", {"ttt": NO_TAG}),
    (ASYNC, "asynchronous-message", {"itt": NO_TAG}),
    (REJECT, "reject", {"itt": NO_TAG, "response": 0x0B}),
    (0x03, "login-request", {}),
    (0x27, "unassigned-opcode", {}),
    (0x3C, "vendor-specific-opcode", {}),
):
    script(
        f"{_what}-instead-of-the-first-response",
        "LOP-002 PDU-012 LOP-053" if _opcode == REJECT else "LOP-002 PDU-012",
        bends=[login(1, pdus=[other(_opcode, **_fields)])],
        events=BROKEN,
    )
for _opcode, _what, _fields in (
    (NOP_IN, "nop-in", {"itt": NO_TAG, "ttt": 5}),
    (ASYNC, "asynchronous-message", {"itt": NO_TAG}),
    (REJECT, "reject", {"itt": NO_TAG, "response": 0x04}),
):
    script(
        f"{_what}-before-the-last-response",
        "LOP-002",
        bends=[login(2, before=[other(_opcode, **_fields)])],
        events=BROKEN,
    )
script(
    "two-responses-to-the-first-request",
    "LOP-002 LOP-012",
    bends=[login(1, after=[lambda reply: reply.pdu])],
    events=BROKEN,
)


def too_early(reply):
    """What would be a sound answer to the request that has not been sent yet."""
    pdu = Pdu(LOGIN_RESPONSE, csg=1, isid=reply.pdu.isid, itt=reply.pdu.itt)
    return pdu.set(
        stat_sn=reply.pdu.stat_sn + 1,
        exp_cmd_sn=reply.pdu.exp_cmd_sn,
        max_cmd_sn=reply.pdu.max_cmd_sn,
    )


script(
    "response-to-the-next-request-comes-with-the-first",
    "LOP-002 TXT-024",
    bends=[login(1, after=[too_early])],
    events=BROKEN,
)
script(
    "response-before-any-request",
    "LOP-002",
    target={"greeting": Pdu(LOGIN_RESPONSE, isid=0, transit=1, nsg=1).encode()},
    events=BROKEN,
    reaction=lambda run: None,
)
for _text, _what in (
    (b"HTTP/1.1 400 Bad Request\r\n\r\n", "http"),
    (b"SSH-2.0-OpenSSH_9.6\r\n", "ssh"),
    (b"\0", "a-null-byte"),
):
    script(
        f"talks-{_what}",
        "LOP-002 PDU-012",
        bends=[login(1, raw=_text)],
        events=BROKEN,
    )

# Event 35: the target closes.

CLOSED = [event(35)]
for _number, _place in ((1, "first"), (2, "last")):
    script(
        f"closes-instead-of-the-{_place}-response",
        "LOP-051 SES-013",
        bends=[login(_number, close_instead=True)],
        events=CLOSED,
        reaction=TARGET_ENDS,
    )
    script(
        f"resets-instead-of-the-{_place}-response",
        "LOP-051 SES-013",
        bends=[login(_number, reset=True)],
        events=CLOSED,
        reaction=TARGET_ENDS,
    )
    for _size in (1, 47, 48, 60):
        script(
            f"closes-behind-{_size}-bytes-of-the-{_place}-response",
            "LOP-051 PDU-009",
            bends=[login(_number, cut=_size)],
            events=CLOSED,
            reaction=TARGET_ENDS,
        )
script(
    "closes-behind-a-part-of-the-text",
    "LOP-051 TXT-018",
    bends=[login(1, split=[8], close=True)],
    events=CLOSED,
    reaction=lambda run: None,
)


def _closed_behind_security(run):
    requests = run.connection.requests
    if len(requests) > 2 or run.connection.login.operational:
        raise AssertionError(f"{len(requests)} requests, and the stage went on")


script(
    "closes-behind-the-security-stage",
    "LOP-051 SES-013",
    bends=[login(1, close=True)],
    events=CLOSED,
    reaction=_closed_behind_security,
)

# Silence: the login's own timer ends it.

TOO_LATE = [event(102, milliseconds=1000)]
for _bends, _what, _target in (
    ([login(1, stall_instead=True)], "instead-of-the-first-response", {}),
    ([login(1, raw=b"\x23", stall=True)], "behind-one-byte", {}),
    ([login(2, stall_instead=True)], "instead-of-the-last-response", {}),
):
    script(
        f"silence-{_what}",
        "LOP-051 TXT-053",
        bends=_bends,
        target=_target,
        options=["--timeout", "1"],
        settings=["--login-timeout-ms", "1000"],
        events=TOO_LATE,
        reaction=DROPS,
    )
