"""Splits a captured session into PDUs, to see what was really negotiated and sent."""

import collections
import struct
import subprocess

import guard

# RFC 7143 11.2.1.2
NOP_OUT, SCSI_COMMAND, TASK_MANAGEMENT, LOGIN_REQUEST = 0x00, 0x01, 0x02, 0x03
TEXT_REQUEST, DATA_OUT, LOGOUT_REQUEST = 0x04, 0x05, 0x06
SCSI_RESPONSE, LOGIN_RESPONSE, TEXT_RESPONSE = 0x21, 0x23, 0x24
DATA_IN, LOGOUT_RESPONSE = 0x25, 0x26
R2T = 0x31
NO_TAG = 0xFFFFFFFF

Pdu = collections.namedtuple("Pdu", "opcode flags length header data")


def streams(capture, port):
    """Payload by (TCP stream, whether the initiator sent it), in order, from a capture file."""
    fields = ["tcp.stream", "tcp.dstport", "tcp.seq", "tcp.len", "tcp.payload"]
    command = [guard.need("tshark"), "-r", capture, "-Y", f"tcp.port=={port} && tcp.len>0"]
    command += ["-o", "tcp.desegment_tcp_streams:FALSE", "--disable-protocol", "iscsi"]
    command += ["-T", "fields", "-E", "separator=|"]
    for field in fields:
        command += ["-e", field]
    result = subprocess.run(
        command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=120, check=False
    )
    if result.returncode != 0:
        raise AssertionError(f"tshark cannot read {capture}: {result.stderr}")
    pieces = collections.defaultdict(dict)
    for line in result.stdout.splitlines():
        stream, destination, sequence, length, payload = line.split("|")
        side = (int(stream), int(destination) == port)
        pieces[side][int(sequence)] = bytes.fromhex(payload.replace(":", ""))[: int(length)]
    return {side: _join(segments) for side, segments in pieces.items()}


def _join(segments):
    """Joins segments by sequence number; what was sent twice counts once."""
    joined = bytearray()
    first = min(segments)
    for sequence in sorted(segments):
        repeated = len(joined) - (sequence - first)
        if repeated < 0:
            raise AssertionError(f"the capture lacks {-repeated} bytes")
        joined += segments[sequence][repeated:]
    return bytes(joined)


def _layout(stream, header_digest, data_digest):
    """(start, data's start, data's length, end) of each PDU; the last must end with the stream."""
    at = 0
    while at + 48 <= len(stream):
        opcode = stream[at] & 0x3F
        # Login PDUs never carry digests (RFC 7143 11.12, 11.13).
        digests = opcode not in (LOGIN_REQUEST, LOGIN_RESPONSE)
        length = int.from_bytes(stream[at + 5 : at + 8], "big")
        data = at + 48 + stream[at + 4] * 4 + 4 * (header_digest and digests)
        end = data + (length + 3 & ~3) + 4 * (data_digest and digests and length > 0)
        yield at, data, length, end
        at = end
    if at != len(stream):
        raise AssertionError(f"{len(stream)} bytes end inside a PDU")


def sizes(stream, header_digest=False, data_digest=False):
    """The bytes of each PDU of one direction, digests and padding included."""
    return [end - at for at, _, _, end in _layout(stream, header_digest, data_digest)]


def pdus(stream, header_digest=False, data_digest=False):
    """The PDUs of one direction."""
    return [
        Pdu(opcode & 0x3F, flags, length, stream[at : at + 48], stream[data : data + length])
        for at, data, length, _ in _layout(stream, header_digest, data_digest)
        for opcode, flags in [stream[at : at + 2]]
    ]


def word(pdu, offset):
    return struct.unpack_from(">I", pdu.header, offset)[0]


def keys(sequence):
    """All key=value pairs of the login PDUs in a list of PDUs."""
    pairs = {}
    for pdu in sequence:
        if pdu.opcode in (LOGIN_REQUEST, LOGIN_RESPONSE):
            for pair in pdu.data.decode("utf-8", "replace").split("\0"):
                key, separator, value = pair.partition("=")
                if separator:
                    pairs[key] = value
    return pairs


class Session:
    """The one session of a capture, both directions."""

    def __init__(self, capture, port, header_digest=False, data_digest=False):
        found = streams(capture, port)
        numbers = {stream for stream, _ in found}
        if len(numbers) != 1:
            raise AssertionError(f"{len(numbers)} TCP streams in {capture}, not one")
        (number,) = numbers
        digests = (header_digest, data_digest)
        self.sent = pdus(found.get((number, True), b""), *digests)
        self.received = pdus(found.get((number, False), b""), *digests)

    def of(self, opcode):
        return [pdu for pdu in self.sent + self.received if pdu.opcode == opcode]

    @property
    def immediate(self):
        """SCSI commands that carry data."""
        return [pdu for pdu in self.of(SCSI_COMMAND) if pdu.length]

    @property
    def unsolicited(self):
        """Data-Out that no R2T asked for: their Target Transfer Tag is the reserved one."""
        return [pdu for pdu in self.of(DATA_OUT) if word(pdu, 20) == NO_TAG]

    @property
    def solicited(self):
        return [pdu for pdu in self.of(DATA_OUT) if word(pdu, 20) != NO_TAG]
