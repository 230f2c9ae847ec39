"""A packet dissector of somebody else's as a strict judge of a whole capture.

tshark by itself is silent about much: where an opcode, a length or a digest is wrong it stops
dissecting, and a digest that it finds may be wrong, which it tells in the text alone. So this
demands that the sizes of the PDUs it did dissect add up to every TCP byte sent, and that it calls
as many digests good as there are PDUs and data segments that must have one.
"""

import collections
import subprocess

import guard

LOGIN = (0x03, 0x23)


class Verdict:
    """What was found; `problems` is empty if everything held."""

    def __init__(self):
        self.pdus = 0
        self.bytes = 0
        self.header_digests = 0
        self.data_digests = 0
        self.opcodes = collections.Counter()
        self.problems = []


def _run(capture, port, *arguments):
    command = [guard.need("tshark"), "-n", "-r", capture, "-d", f"tcp.port=={port},iscsi"]
    for preference in (
        f"iscsi.target_ports:{port}",
        "iscsi.desegment_iscsi_messages:TRUE",
        "iscsi.bogus_pdu_max_data_len:16777215",
        "iscsi.bogus_pdu_filter:FALSE",
        "iscsi.demand_good_f_bit:FALSE",
        "tcp.desegment_tcp_streams:TRUE",
    ):
        command += ["-o", preference]
    result = subprocess.run(
        [*command, *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    if result.returncode != 0 or "valid" in result.stderr:
        raise RuntimeError(f"tshark on {capture}: {result.stderr}")
    return result.stdout.splitlines()


def _tshark(capture, port, expression, fields):
    arguments = ["-Y", expression, "-T", "fields", "-E", "separator=|", "-E", "occurrence=a"]
    for field in fields:
        arguments += ["-e", field]
    return [line.split("|") for line in _run(capture, port, *arguments)]


def _count_good(capture, port, verdict):
    """Counts the digests that tshark calls good; one of any other kind is a problem."""
    for line in _run(capture, port, "-Y", "iscsi", "-O", "iscsi"):
        kind, colon, value = line.strip().partition(": ")
        if not colon or kind not in ("HeaderDigest", "DataDigest"):
            continue
        if "(Good CRC32)" not in value:
            verdict.problems.append(line.strip())
        elif kind == "HeaderDigest":
            verdict.header_digests += 1
        else:
            verdict.data_digests += 1


def _numbers(field):
    return [int(value, 0) for value in field.split(",") if value]


def _count_sent(capture, port):
    sent = collections.Counter()
    fields = ("tcp.stream", "tcp.srcport", "tcp.len")
    expression = "tcp.len>0 && !tcp.analysis.retransmission"
    for stream, source, length in _tshark(capture, port, expression, fields):
        sent[stream, source] += _numbers(length)[0]
    return sent


def _count_dissected(capture, port, verdict):
    """Adds up sizes by direction; returns how many header and data digests there must be."""
    dissected = collections.Counter()
    need_header = need_data = 0
    fields = (
        "tcp.stream",
        "tcp.srcport",
        "iscsi.opcode",
        "iscsi.datasegmentlength",
        "iscsi.totalahslength",
        "iscsi.headerdigest32",
        "iscsi.datadigest32",
    )
    for stream, source, *rest in _tshark(capture, port, "iscsi", fields):
        opcodes, lengths, additional, header_digests, data_digests = map(_numbers, rest)
        opcodes = [opcode & 0x3F for opcode in opcodes]
        if len(opcodes) != len(lengths):
            verdict.problems.append(f"{len(opcodes)} opcodes, {len(lengths)} data segment lengths")
        verdict.opcodes.update(opcodes)
        verdict.pdus += len(opcodes)
        need_header += sum(opcode not in LOGIN for opcode in opcodes)
        need_data += sum(
            opcode not in LOGIN and length > 0 for opcode, length in zip(opcodes, lengths)
        )
        dissected[stream, source] += (
            48 * len(opcodes)
            + sum((length + 3) & ~3 for length in lengths)
            + 4 * (sum(additional) + len(header_digests) + len(data_digests))
        )
    return dissected, need_header, need_data


def judge(capture, port, header_digest=False, data_digest=False):
    """Reads a whole capture of sessions on `port`, which all use the same digests."""
    verdict = Verdict()
    sent = _count_sent(capture, port)
    dissected, need_header, need_data = _count_dissected(capture, port, verdict)
    verdict.bytes = sum(sent.values())
    _count_good(capture, port, verdict)
    for side, size in sent.items():
        if dissected[side] != size:
            verdict.problems.append(
                f"stream {side[0]} from port {side[1]}: {size} bytes sent, "
                f"{dissected[side]} dissected as iSCSI"
            )
    invalid = (
        "_ws.malformed || iscsi.keyvalue.invalid || iscsi.opcode.invalid "
        "|| (iscsi && _ws.expert.severity == error)"
    )
    for frame, message in _tshark(capture, port, invalid, ("frame.number", "_ws.expert.message")):
        verdict.problems.append(f"frame {frame}: {message}")
    for what, asked, needed, verified in (
        ("header", header_digest, need_header, verdict.header_digests),
        ("data", data_digest, need_data, verdict.data_digests),
    ):
        if verified != (needed if asked else 0):
            verdict.problems.append(
                f"{verified} {what} digests verified, {needed if asked else 0} expected"
            )
    if not verdict.pdus:
        verdict.problems.append("no PDU at all")
    return verdict
