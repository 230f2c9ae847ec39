"""Commands in flight that are cancelled or reset at the Linux kernel's target.

It knows ABORT TASK and LOGICAL UNIT RESET, and rejects the resets of a target from initiators that
it has no rules for. A reset by another session is not tried: the kernel answered none in time while
our writes were held.
"""

import os
import unittest

import common
import resets_bodies as resets


class LioTests(resets.Calm, common.Base, unittest.TestCase):
    lun = 1
    patience = 30  # an emulator on a busy machine
    responses = {
        "lun-reset": resets.COMPLETE,
        "warm-reset": resets.REJECTED,
        "cold-reset": resets.REJECTED,
    }

    def mixed(self, order):
        """Behind a reset nothing new is begun: the kernel carries it out beside what comes in, and
        may drop a command that came later without an answer, which then times out."""
        if order in resets.RESETS:
            return self.drive(order, "mix", after=40, count=70)
        return super().mixed(order)

    @classmethod
    def fill_unit(cls):
        """Its disk is in the guest's memory, so it is filled through the program."""
        path = os.path.join(cls.folder, "pattern")
        with open(path, "wb") as file:
            file.write(resets.PATTERN)
        case = cls("test_nothing")
        case.must("write", cls.target.url(cls.lun), "--lba", 0, "--input", path)


if __name__ == "__main__":
    unittest.main(verbosity=2)
