"""SCSI commands at tgt and istgt, and what other initiators' tools see of them."""

import re
import subprocess
import unittest

import bodies
import guard
import scsi_bodies
import targets
from scsi_driver import Driver

NO_COMMAND, NO_FIELD = scsi_bodies.NO_COMMAND, scsi_bodies.NO_FIELD
SWP = 0x08  # software write protect, byte 4 of the control mode page, SPC-4 7.5


class TgtWithThinDisk(targets.Tgt):
    """Blocks of LUN 3 can be unmapped."""

    thin = 3

    def __init__(self):
        super().__init__()
        path = targets.sparse(f"{self.folder}/lun3.img", 16 * targets.MIB)
        self.luns[self.thin] = (16 * targets.MIB, path)

    def define(self):
        super().define()
        words = ("--tid", "1", "--lun", str(self.thin), "--params", "thin_provisioning=1")
        self._must("logicalunit", "update", *words)


def lacking(code, *verbs):
    return dict.fromkeys(verbs, code)


class TgtTests(scsi_bodies.Commands, bodies.Base, unittest.TestCase):
    make = TgtWithThinDisk
    thin = TgtWithThinDisk.thin
    checks_keys = False
    lacks = {
        **lacking(NO_COMMAND, "compare-and-write", "reserve10", "release10", "log-sense"),
        **lacking(NO_COMMAND, "read-buffer", "write-buffer", "receive-diagnostic"),
        **lacking(NO_COMMAND, "receive-copy", "extended-copy", "read-defects10", "read-defects12"),
        **lacking(NO_COMMAND, "security-in", "security-out"),
        **lacking(NO_FIELD, "report-port-groups"),
    }

    def check_full_status(self, key):
        """It does not know the service action."""
        self.refuses("persistent-in", NO_FIELD, action=3)

    def peer(self, tool, *arguments):
        result = subprocess.run(
            [guard.need(tool), *arguments, self.target.url(self.lun())],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=30,
            check=False,
        )
        self.assertEqual(result.returncode, 0, result.stderr)
        return result.stdout

    def test_peers_see_the_same(self):
        capacity = self.ends("read-capacity16", 0)["answer"]
        told = self.peer("iscsi-readcapacity16")
        self.assertRegex(told, rf"RETURNED LOGICAL BLOCK ADDRESS:{capacity['blocks'] - 1}\b")
        self.assertRegex(told, rf"LOGICAL BLOCK LENGTH IN BYTES:{capacity['block_length']}\b")
        found = re.search(r"PHYSICAL BLOCK EXPONENT:(\d+)", told)
        self.assertEqual(int(found.group(1)), capacity["physical_block_exponent"])
        limits = self.ends("vpd", 0, page=0xB0)["answer"]
        told = self.peer("iscsi-inq", "-e", "1", "-c", "176")
        self.assertRegex(told, rf"maximum compare and write length:{limits['max_compare_write']}\b")

    def test_write_protection_by_a_peer(self):
        """What another initiator's tool sets is seen in the mode page, and in what writes get."""
        self.peer("iscsi-swp", "--swp", "on")
        try:
            page = self.ends("mode-sense6", 0, page=0x0A)["answer"]["pages"][0][1]
            self.assertTrue(bytes.fromhex(page)[4] & SWP)
            words = {"key": 7, "lba": 0, "blocks": 1}  # DATA PROTECT
            self.refuses("write10", 0x2700, bytes(512), **words)  # WRITE PROTECTED
        finally:
            self.peer("iscsi-swp", "--swp", "off")
        self.write(0, bytes(512))


class IstgtTests(scsi_bodies.Commands, bodies.Base, unittest.TestCase):
    """It does not look at the data of VERIFY, names no initiators in the full status, and takes
    MODE SELECT without doing anything. What RESERVE(6) reserves it gives to everybody at first, and
    to nobody later. A refusal for the blocks' sake has no sense data, which ends the session."""

    make = targets.Istgt
    test_reserve = None
    selects = False
    compares = False
    informs = False
    lacks = {
        **lacking(NO_COMMAND, "prefetch10", "prefetch16", "orwrite16", "prevent-allow"),
        **lacking(NO_COMMAND, "report-opcodes", "log-sense", "read-buffer", "write-buffer"),
        **lacking(NO_COMMAND, "send-diagnostic", "receive-diagnostic", "receive-copy"),
        **lacking(NO_COMMAND, "extended-copy", "read-defects10", "read-defects12"),
        **lacking(NO_COMMAND, "security-in", "security-out"),
    }

    def check_full_status(self, key):
        answer = self.ends("persistent-in", 0, action=3)["answer"]
        (only,) = answer["registrations"]
        self.assertEqual((only["key"], only["holder"]), (key, 1))

    def test_beyond_the_end(self):
        """RFC 7143 11.4.7: there is sense data with CHECK CONDITION, or the target is broken."""
        driver = Driver(self.target.url(self.lun()), "--reconnect", 0)
        try:
            end = self.target.luns[self.lun()][0] // 512
            answer = driver.say("read16", lba=end, blocks=1, **{"in": 512})
            self.assertEqual(answer["io_status"], 6)
        finally:
            self.assertIn("sense-missing", driver.close())


if __name__ == "__main__":
    unittest.main(verbosity=2)
