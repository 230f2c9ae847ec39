"""The program against the Linux kernel's target, which runs in an emulated machine.

The tests see it through a port forward, so the address that it tells of itself leads nowhere.
"""

import os
import struct
import unittest

import bodies
import common
import program
import wire

MIB = 1 << 20
CAPACITY_DATA = 8  # READ CAPACITY(10), sent before blocks are read, returns that much
STATUS_BIT = 0x01  # of a Data-In's flags
NO_STATSN = 0xFFFFFFFF
# The dissector puts no PDU together that is much larger than a TCP segment.
SMALL = bodies.settings("MaxRecvDataSegmentLength=8192")


def is_data(pdu):
    return pdu.opcode in (wire.SCSI_COMMAND, wire.DATA_OUT)


class LioTests(common.Base, bodies.Finding, unittest.TestCase):
    test_scan_portal = None  # it would scan portals that only the guest can reach

    def test_discover(self):
        text = self.must("discover", self.target.portal).text
        told = [f"{name}\n    {self.target.inside},1\n" for name in self.target.names]
        self.assertEqual(text, "".join(told))

    def test_discover_json(self):
        host, port = self.target.inside.split(":")
        portals = [{"host": host, "port": int(port), "tag": 1}]
        self.assertEqual(
            self.must("--json", "discover", self.target.portal).json(),
            {"targets": [{"target": name, "portals": portals} for name in self.target.names]},
        )

    def test_scan_text(self):
        self.assertEqual(
            self.must("scan", self.target.url(0)).text,
            f"{self.target.target}\n"
            f"    {self.target.portal}\n"
            "        LUN 0: disk, LIO-ORG RAMDISK-MCP 4.0, 32768 blocks of 512 bytes (16.0 MiB)\n"
            "        LUN 1: disk, LIO-ORG FILEIO 4.0, 32768 blocks of 512 bytes (16.0 MiB)\n",
        )

    def test_exact_luns_and_capacity(self):
        url = self.target.url(0)
        self.assertEqual(
            self.must("--json", "luns", url).json(),
            {
                "luns": [
                    {"lun": 0, "address": "0000000000000000"},
                    {"lun": 1, "address": "0001000000000000"},
                ]
            },
        )
        self.assertEqual(
            self.must("--json", "capacity", url).json(),
            {"blocks": 32768, "block_size": 512, "bytes": 16 * MIB},
        )

    def test_memory_disk(self):
        data = os.urandom(MIB)
        source = self.file("memory.in", data)
        output = self.file("memory.out")
        url = self.target.url(0)
        self.must("write", url, "--lba", 31, "--input", source)
        self.must("read", url, "--lba", 31, "--blocks", MIB // 512, "--output", output)
        self.same(program.contents(output), data)

    def test_copy_of_a_whole_disk(self):
        size = self.target.luns[1][0]
        data = os.urandom(size)
        digests = ("--header-digest", "crc32c", "--data-digest", "crc32c")
        between = program.run(*digests, "copy", self.file("in", data), self.target.url(1))
        self.assertEqual(between.code, 0, str(between))
        self.assertEqual(self.target.checksum(0, size), program.digest(data))
        for source, sink in (
            (self.target.url(1), self.target.url(0)),
            (self.target.url(0), self.file("out")),
        ):
            result = program.run(*digests, "copy", source, sink)
            self.assertEqual(result.code, 0, str(result))
        self.same(program.contents(os.path.join(self.folder, "out")), data)

    def test_every_kind_of_digest(self):
        for header in ("none", "crc32c"):
            for data in ("none", "crc32c"):
                with self.subTest(header=header, data=data):
                    self.check_digests(header, data)

    def check_digests(self, header, data):
        options = ("--header-digest", header, "--data-digest", data)
        asked = {"header_digest": header == "crc32c", "data_digest": data == "crc32c"}
        for capture in (
            self.store(MIB // 2, *options, name=self.target.small),
            self.fetch(MIB // 2, *options, *SMALL, name=self.target.small),
        ):
            agreed = wire.keys(self.session(capture, **asked).received)
            self.assertEqual(agreed["HeaderDigest"].lower(), header)
            self.assertEqual(agreed["DataDigest"].lower(), data)
            self.check_dissected(capture, **asked)

    def test_target_that_demands_digests(self):
        options = ("--header-digest", "none,crc32c", "--data-digest", "none,crc32c")
        asked = {"header_digest": True, "data_digest": True}
        for capture in (
            self.store(MIB // 4, *options, name=self.target.digests),
            self.fetch(MIB // 4, *options, *SMALL, name=self.target.digests),
        ):
            agreed = wire.keys(self.session(capture, **asked).received)
            self.assertEqual((agreed["HeaderDigest"], agreed["DataDigest"]), ("CRC32C", "CRC32C"))
            self.check_dissected(capture, **asked)

    def test_first_burst(self):
        for name, initial_r2t in ((self.target.target, "Yes"), (self.target.small, "No")):
            for immediate in ("Yes", "No"):
                with self.subTest(InitialR2T=initial_r2t, ImmediateData=immediate):
                    self.check_first_burst(name, initial_r2t, immediate)

    def check_first_burst(self, name, initial_r2t, immediate):
        options = bodies.settings(
            *("InitialR2T=No", f"ImmediateData={immediate}", "FirstBurstLength=65536")
        )
        capture = self.store(MIB // 2, *bodies.NO_DIGESTS, *options, name=name)
        session = self.session(capture)
        self.assertEqual(wire.keys(session.received)["InitialR2T"], initial_r2t)
        self.assertEqual(bool(session.immediate), immediate == "Yes", "immediate data")
        self.assertEqual(bool(session.unsolicited), initial_r2t == "No", "unsolicited Data-Out")
        self.assertTrue(session.solicited, "512 KiB do not fit the first burst")
        self.assertEqual(sum(pdu.length for pdu in session.sent if is_data(pdu)), MIB // 2)

    def test_our_segment_length(self):
        for length in (512, 8192, 262144):
            with self.subTest(length=length):
                option = bodies.settings(f"MaxRecvDataSegmentLength={length}")
                session = self.session(self.fetch(MIB // 2, *bodies.NO_DIGESTS, *option))
                sizes = [pdu.length for pdu in session.of(wire.DATA_IN)]
                self.assertEqual(sum(sizes), CAPACITY_DATA + MIB // 2)
                self.assertEqual(max(sizes), length)

    def test_data_in_without_status(self):
        session = self.session(self.fetch(MIB // 4, *bodies.NO_DIGESTS, *SMALL))
        without = [pdu for pdu in session.of(wire.DATA_IN) if not pdu.flags & STATUS_BIT]
        self.assertTrue(without)
        self.assertEqual({wire.word(pdu, 24) for pdu in without}, {NO_STATSN})

    def test_random_first_statsn(self):
        first = set()
        for _ in range(3):
            capture = self.file("statsn.pcap")
            self.must("--pcap", capture, "capacity", self.target.url(0))
            responses = self.session(capture).of(wire.LOGIN_RESPONSE)
            first.add(struct.unpack_from(">I", responses[0].header, 24)[0])
        self.assertEqual(len(first), 3, "nothing random was seen")

    def test_unknown_target(self):
        self.check_refused((3, 1), "iqn.2026-01.test.lio:nobody")

    def test_disabled_target(self):
        self.check_refused((3, 1), self.target.disabled)

    def test_initiator_without_access(self):
        self.check_refused((2, 2), self.target.closed)
        self.must(
            *("--initiator-name", self.target.admitted),
            *("capacity", self.target.url(0, self.target.closed)),
        )

    def test_no_common_digest(self):
        self.check_refused((2, 0), self.target.digests, *bodies.NO_DIGESTS)

    def test_missing_logical_unit(self):
        log = self.file("missing.log")
        result = program.run("--event-log", log, "capacity", self.target.url(9))
        self.assertEqual(result.code, 1, str(result))
        self.assertEqual(program.events(log), [])
        self.assertIn("logical unit not supported (25/00)", result.complaint)


if __name__ == "__main__":
    unittest.main(verbosity=2)
