"""The oracle itself: it accepts a sound capture and sees one bit that is wrong."""

import os
import struct
import unittest

import guard
import oracle
import recut

PORT = 3260
CAPTURE = struct.pack("<IHHiIII", 0xA1B2C3D4, 2, 4, 0, 0, 262144, 101)
# A NOP-Out with a header digest; 48 bytes as RFC 7143 11.18 draws them, CRC32C in its byte order.
NOP_OUT = bytearray(48)
NOP_OUT[0:2] = b"\x40\x80"
NOP_OUT[16:24] = b"\0\0\0\1\xff\xff\xff\xff"


def crc32c(data):
    """Bit by bit, as RFC 7143 13.1 defines it."""
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    return struct.pack("<I", crc ^ 0xFFFFFFFF)


class OracleTests(unittest.TestCase):
    def judge(self, *pdus):
        path = os.path.join(guard.folder("sanscsi-oracle"), "c.pcap")
        sequence = 1
        with open(path, "wb") as file:
            file.write(CAPTURE)
            for pdu in pdus:
                file.write(recut.packet(40000, PORT, sequence, bytes(pdu)))
                sequence += len(pdu)
        return oracle.judge(path, PORT, header_digest=True).problems

    def test_a_sound_digest_is_accepted(self):
        self.assertEqual(self.judge(NOP_OUT + crc32c(NOP_OUT)), [])

    def test_one_bit_is_seen(self):
        good = NOP_OUT + crc32c(NOP_OUT)
        for at in (16, 47, 48, 51):
            with self.subTest(at=at):
                bad = bytearray(good)
                bad[at] ^= 1
                self.assertNotEqual(self.judge(good, bad, good), [])

    def test_missing_digest_is_seen(self):
        self.assertNotEqual(self.judge(NOP_OUT), [])

    def test_surplus_bytes_are_seen(self):
        self.assertNotEqual(self.judge(NOP_OUT + crc32c(NOP_OUT) + bytes(20)), [])


if __name__ == "__main__":
    unittest.main(verbosity=2)
