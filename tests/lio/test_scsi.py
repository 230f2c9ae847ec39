"""SCSI commands at the Linux kernel's target."""

import unittest

import common
import lio
import scsi_bodies

NO_COMMAND, NO_FIELD = scsi_bodies.NO_COMMAND, scsi_bodies.NO_FIELD
ATTRIBUTES = f"{lio.CONFIG}/core/fileio_0/disk1/attrib"


class ThinLio(lio.Lio):
    """Blocks of LUN 1 can be unmapped, and reservations are kept in a folder of the guest."""

    def start(self):
        super().start()
        self.configure(
            [
                "mkdir -p /var/target/pr /etc/target/pr",
                lio.put(f"{ATTRIBUTES}/emulate_tpu", 1),
                lio.put(f"{ATTRIBUTES}/emulate_tpws", 1),
            ]
        )
        return self


def lacking(code, *verbs):
    return dict.fromkeys(verbs, code)


class LioTests(scsi_bodies.Commands, common.Base, unittest.TestCase):
    """VERIFY does not look at the data that is sent."""

    make = ThinLio
    compares = False
    thin = 1
    lacks = {
        **lacking(NO_COMMAND, "verify12", "write-and-verify12", "prefetch10", "prefetch16"),
        **lacking(NO_COMMAND, "orwrite16", "prevent-allow", "report-opcodes", "log-sense"),
        **lacking(NO_COMMAND, "read-buffer", "write-buffer", "send-diagnostic"),
        **lacking(NO_COMMAND, "receive-diagnostic", "read-defects10", "read-defects12"),
        **lacking(NO_COMMAND, "security-in", "security-out"),
        **lacking(NO_FIELD, "start-stop", "mode-select6", "mode-select10", "get-lba-status"),
    }

    def lun(self):
        return 1


if __name__ == "__main__":
    unittest.main(verbosity=2)
