"""Digests that do not match, for scripts: a PDU is spoiled behind its digest or has a wrong one."""

import struct

from pdu import crc32c
from script import event

WRONG = 0x01020304
BOTH = {"options": ["--header-digest", "crc32c", "--data-digest", "crc32c"]}

# RFC 7143 A.4 tells these digests by the order of their bytes: the module judges by the RFC.
for _data, _bytes in (
    (bytes(32), "aa36918a"),
    (b"\xff" * 32, "43aba862"),
    (bytes(range(32)), "4e79dd46"),
    (bytes(range(31, -1, -1)), "5cdb3f11"),
):
    if struct.pack("<I", crc32c(_data)) != bytes.fromhex(_bytes):
        raise AssertionError("CRC32C is wrong")


def padded(data):
    return data + bytes(-len(data) % 4)


def whole_header(pdu, size):
    """The header as it goes out with so many bytes of data."""
    header = bytearray(pdu.header)
    if pdu.fix_length:
        header[5:8] = size.to_bytes(3, "big")
    return header


class Later:
    """A number that is known once the target has made its PDU."""

    value = None

    def __eq__(self, other):
        return other == self.value

    def __repr__(self):
        return repr(self.value)


class Spoil:
    """For `call`: spoils one PDU of a reply. `event` is what must come of it.

    header, data   what stands for the digest, or a function of what is right
    flip           {offset: mask} bits of the header that change behind its digest
    flip_data      likewise of the data
    """

    def __init__(self, index=0, header=None, data=None, flip=None, flip_data=None):
        self.index = index
        self.header = header
        self.data = data
        self.flip = flip or {}
        self.flip_data = flip_data or {}
        self.expected = Later()
        self.received = Later()
        number = 38 if header is not None or flip else 39
        self.event = event(number, expected=self.expected, received=self.received)

    def tell(self, expected, received):
        if expected == received:
            raise AssertionError("the script spoils nothing")
        self.expected.value, self.received.value = expected, received

    def __call__(self, reply):
        pdu = reply.pdus[self.index]
        data = reply.key_text if reply.pairs is not None else pdu.data
        header = whole_header(pdu, len(data))
        if self.header is not None or self.flip:
            pdu.crc_header = self._digest(self.header, crc32c(header))
            pdu.set(dsl=int.from_bytes(header[5:8], "big"))
            for offset, mask in self.flip.items():
                header[offset] ^= mask
                pdu.header[offset] ^= mask
            self.tell(crc32c(header), pdu.crc_header)
        if self.data is not None or self.flip_data:
            pdu.crc_data = self._digest(self.data, crc32c(padded(data)))
            changed = bytearray(data)
            for offset, mask in self.flip_data.items():
                changed[offset] ^= mask
            pdu.data = bytes(changed)
            if self.event.id == 39:
                self.tell(crc32c(padded(pdu.data)), pdu.crc_data)

    @staticmethod
    def _digest(wanted, right):
        return right if wanted is None else wanted(right) if callable(wanted) else wanted
