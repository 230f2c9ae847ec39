"""Captured sessions as a packet dissector that is not ours reads them."""

import os
import unittest

import bodies
import capture
import oracle
import recut
import targets
import wire


class DissectorTests(bodies.Base, unittest.TestCase):
    make = targets.Tgt

    def accept(self, path, header="none", data="none", opcodes=()):
        asked = (header == "crc32c", data == "crc32c")
        verdict = oracle.judge(path, self.target.port, *asked)
        self.assertEqual(verdict.problems, [], f"{verdict.pdus} PDUs in {path}")
        for opcode in opcodes:
            self.assertGreater(verdict.opcodes[opcode], 0, hex(opcode))
        return verdict

    def commands(self, header, data):
        """The options and arguments of a write, a read and a copy, with the opcodes they need."""
        self.target.fill(self.target.disk, 0, os.urandom(2 * targets.MIB))
        url = self.target.url(self.target.disk, self.target.narrow)
        source = self.file("dissect.in", os.urandom(2 * targets.MIB + 5))
        digests = ("--header-digest", header, "--data-digest", data)
        out = (wire.SCSI_COMMAND, wire.DATA_OUT, wire.R2T, wire.SCSI_RESPONSE)
        login = (wire.LOGIN_REQUEST, wire.LOGIN_RESPONSE)
        logout = (wire.LOGOUT_REQUEST, wire.LOGOUT_RESPONSE)
        output = self.file("dissect.out")
        reading = ("--lba", 0, "--blocks", 4096, "--output", output)
        return (
            ((*digests, "write", url, "--lba", 0, "--input", source), (*login, *out, *logout)),
            ((*digests, "read", url, *reading), (*login, wire.DATA_IN, *logout)),
            ((*digests, "copy", source, url), (*login, *out, *logout)),
        )

    def test_files_of_the_program(self):
        for header in ("none", "crc32c"):
            for data in ("none", "crc32c"):
                for arguments, opcodes in self.commands(header, data):
                    with self.subTest(header=header, data=data, arguments=arguments):
                        path = self.file("own.pcap")
                        self.must("--pcap", path, *arguments)
                        self.accept(path, header, data, opcodes)

    def test_live_captures(self):
        for header in ("none", "crc32c"):
            for data in ("none", "crc32c"):
                with self.subTest(header=header, data=data):
                    with capture.Capture(self.folder, self.target.port) as path:
                        for arguments, _ in self.commands(header, data):
                            self.must(*arguments)
                    whole = self.file("recut.pcap")
                    recut.recut(path, whole, self.target.port, header == "crc32c", data == "crc32c")
                    verdict = self.accept(whole, header, data, (wire.DATA_OUT, wire.DATA_IN))
                    self.assertGreater(verdict.bytes, 6 * targets.MIB)

    def test_discovery_scan_and_ping(self):
        url = self.target.url(self.target.disk)
        nop = (wire.NOP_OUT, 0x20)
        for arguments, opcodes in (
            (("discover", self.target.portal), (wire.TEXT_REQUEST, wire.TEXT_RESPONSE)),
            (("scan", self.target.portal), (wire.SCSI_COMMAND, wire.DATA_IN)),
            (("ping", url, "--count", 3), nop),
        ):
            with self.subTest(arguments=arguments):
                own = self.file("own.pcap")
                with capture.Capture(self.folder, self.target.port) as live:
                    self.must(*bodies.NO_DIGESTS, "--pcap", own, *arguments)
                first = self.accept(own, opcodes=opcodes)
                second = self.accept(live, opcodes=opcodes)
                self.assertEqual(first.opcodes, second.opcodes)
                self.assertEqual(first.bytes, second.bytes)


if __name__ == "__main__":
    unittest.main(verbosity=2)
