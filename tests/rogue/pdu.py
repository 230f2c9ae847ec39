"""PDUs as a target sees them, laid out from RFC 7143 11; shares no code with the library."""

import struct

NOP_OUT, SCSI_COMMAND, TASK_MANAGEMENT, LOGIN_REQUEST = 0x00, 0x01, 0x02, 0x03
TEXT_REQUEST, DATA_OUT, LOGOUT_REQUEST = 0x04, 0x05, 0x06
NOP_IN, SCSI_RESPONSE, TASK_MANAGEMENT_RESPONSE, LOGIN_RESPONSE = 0x20, 0x21, 0x22, 0x23
TEXT_RESPONSE, DATA_IN, LOGOUT_RESPONSE, R2T, ASYNC = 0x24, 0x25, 0x26, 0x31, 0x32
REJECT = 0x3F

NO_TAG = 0xFFFFFFFF
SECURITY, OPERATIONAL, FULL_FEATURE = 0, 1, 3

# Fields by name: (offset, bytes). Those of bit size are in _BITS.
_FIELDS = {
    "byte0": (0, 1),
    "flags": (1, 1),
    "version_max": (2, 1),
    "version_active": (3, 1),
    "response": (2, 1),
    "status": (3, 1),
    "ahs_length": (4, 1),
    "dsl": (5, 3),
    "lun": (8, 8),
    "isid": (8, 6),
    "tsih": (14, 2),
    "itt": (16, 4),
    "ttt": (20, 4),
    "cid": (20, 2),
    "word20": (20, 4),
    "stat_sn": (24, 4),
    "cmd_sn": (24, 4),
    "exp_cmd_sn": (28, 4),
    "exp_stat_sn": (28, 4),
    "max_cmd_sn": (32, 4),
    "status_class": (36, 1),
    "status_detail": (37, 1),
    "word36": (36, 4),
    "word40": (40, 4),
    "word44": (44, 4),
}
# (offset, mask, shift)
_BITS = {
    "opcode": (0, 0x3F, 0),
    "immediate": (0, 0x40, 6),
    "reserved0": (0, 0x80, 7),
    "transit": (1, 0x80, 7),
    "final": (1, 0x80, 7),
    "more": (1, 0x40, 6),
    "reserved1": (1, 0x30, 4),
    "csg": (1, 0x0C, 2),
    "nsg": (1, 0x03, 0),
}

_CRC_TABLE = []
for _byte in range(256):
    for _ in range(8):
        _byte = _byte >> 1 ^ (0x82F63B78 if _byte & 1 else 0)
    _CRC_TABLE.append(_byte)


def crc32c(data):
    """CRC32C of RFC 3720 B.4, the polynomial reflected."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc = crc >> 8 ^ _CRC_TABLE[(crc ^ byte) & 0xFF]
    return crc ^ 0xFFFFFFFF


class Pdu:
    """A header of 48 bytes whose fields are attributes by the names above, AHS and data.

    What a script may spoil besides: `crc_header` and `crc_data` stand for the digests when set,
    `padding` for the pad bytes, and `dsl` as long as `fix_length` is False.
    """

    def __init__(self, opcode=0, data=b"", **fields):
        object.__setattr__(self, "header", bytearray(48))
        self.ahs = b""
        self.data = data
        self.crc_header = None
        self.crc_data = None
        self.padding = None
        self.fix_length = True
        self.opcode = opcode
        self.set(**fields)

    def __getattr__(self, name):
        if name in _FIELDS:
            offset, size = _FIELDS[name]
            return int.from_bytes(self.header[offset : offset + size], "big")
        if name in _BITS:
            offset, mask, shift = _BITS[name]
            return (self.header[offset] & mask) >> shift
        raise AttributeError(name)

    def __setattr__(self, name, value):
        if name in _FIELDS:
            offset, size = _FIELDS[name]
            self.header[offset : offset + size] = value.to_bytes(size, "big")
            if name == "dsl":
                self.fix_length = False
        elif name in _BITS:
            offset, mask, shift = _BITS[name]
            self.header[offset] = self.header[offset] & ~mask & 0xFF | value << shift & mask
        else:
            object.__setattr__(self, name, value)

    def set(self, **fields):
        """Sets fields by name; "at" maps offsets to bytes."""
        for offset, value in fields.pop("at", {}).items():
            self.header[offset : offset + len(value)] = value
        for name, value in fields.items():
            setattr(self, name, value)
        return self

    def encode(self, header_digest=False, data_digest=False):
        """The bytes on the wire."""
        header = bytearray(self.header)
        if self.fix_length:
            header[4] = header[4] or len(self.ahs) // 4
            header[5:8] = len(self.data).to_bytes(3, "big")
        header += self.ahs
        wire = bytes(header)
        if header_digest:
            crc = crc32c(header) if self.crc_header is None else self.crc_header
            wire += struct.pack("<I", crc)
        pad = bytes(-len(self.data) % 4) if self.padding is None else self.padding
        wire += self.data + pad
        if data_digest and self.data:
            crc = crc32c(self.data + pad) if self.crc_data is None else self.crc_data
            wire += struct.pack("<I", crc)
        return wire


class Stream:
    """Cuts what comes from a socket into PDUs and checks what holds for every one of them."""

    def __init__(self, sock, complain):
        self.sock = sock
        self.complain = complain
        self.header_digest = False
        self.data_digest = False
        self.max_data = 8192

    def _bytes(self, size):
        data = b""
        while len(data) < size:
            more = self.sock.recv(size - len(data))
            if not more:
                if data:
                    self.complain(f"the stream ends {size - len(data)} bytes too early")
                return None
            data += more
        return data

    def read(self):
        """The next PDU, or None at the end of the stream."""
        header = self._bytes(48)
        if header is None:
            return None
        pdu = Pdu()
        pdu.header[:] = header
        ahs = self._bytes(header[4] * 4) if header[4] else b""
        if self.header_digest:
            crc = self._bytes(4)
            if crc != struct.pack("<I", crc32c(header + ahs)):
                self.complain("a header digest is wrong")
        pdu.ahs = ahs
        size = int.from_bytes(header[5:8], "big")
        if size > self.max_data:
            self.complain(f"a data segment of {size} bytes, {self.max_data} are allowed")
        if header[0] & 0x80:
            self.complain("the reserved bit of byte 0 is set")
        padded = self._bytes(size + 3 & ~3) if size else b""
        if padded is None or ahs is None:
            return None
        pdu.data = padded[:size]
        if any(padded[size:]):
            self.complain("padding is not zero")
        if self.data_digest and size and self._bytes(4) != struct.pack("<I", crc32c(padded)):
            self.complain("a data digest is wrong")
        return pdu
