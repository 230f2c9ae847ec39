"""Commands in flight that are cancelled, aborted or reset: each ends once, and the unit goes on.

What the targets do:
tgt knows ABORT TASK, ABORT TASK SET and LOGICAL UNIT RESET and answers "not supported" to the rest.
A reset by another session leaves our commands alone but for a UNIT ATTENTION.
istgt answers "complete" to every function, yet breaks the protocol in three ways. It numbers the
answer before answers that it sends earlier, so that StatSN has a gap, for which the session ends
(RFC 7143 4.2.2.2). It does not wait for the data of an R2T before it answers (4.2.3.3), and then
waits for that data for ever. It closes the connections of other sessions at a reset.
"""

import unittest

import bodies
import resets_bodies as resets
import targets


class TgtTests(resets.Calm, bodies.Base, unittest.TestCase):
    make = targets.Tgt
    responses = {"abort-task-set": resets.COMPLETE, "lun-reset": resets.COMPLETE}

    def test_by_another_session(self):
        for order in (*resets.SETS, *resets.RESETS):
            with self.subTest(order=order):
                run = self.held_writes(order, other=1)
                self.check_calm(run, order)
                told = int(order == "lun-reset")
                self.assertEqual(run.outcomes[resets.ATTENTION], told, str(run))
                self.assertEqual(run.outcomes[resets.GOOD], 32 - told, str(run))

    def test_written_data(self):
        """What ended well was written, where the command said."""
        lun = self.unit()
        half = self.target.luns[lun][0] // 2
        for order in ("none", "cancel-all"):
            self.target.fill(lun, half, bytes(33 * resets.SIZE))
            run = self.held_writes(order)
            for end in run.ends:
                if (end["io_status"], end["scsi_status"]) == resets.GOOD:
                    at = half + end["done"] % 32 * resets.SIZE
                    data = b"".join(
                        number.to_bytes(8, "big") * 64
                        for number in range(at // 512, (at + resets.SIZE) // 512)
                    )
                    self.same(self.target.backing(lun, at, resets.SIZE), data)


class IstgtTests(resets.Driving, bodies.Base, unittest.TestCase):
    make = targets.Istgt
    patience = 3  # a login takes it a second

    def check_alive(self, run, order):
        """A gap in StatSN, a closed connection, or a unit that waits for data that nobody owes it
        may end the session; a new one works."""
        if order == "none":
            self.assertLessEqual(set(run.events), {111}, str(run))
            self.assertTrue(run.summary["usable"], str(run))
        self.assertLessEqual(set(run.events), {103, 104, 107, 108, 111, 112}, str(run))
        for line in run.lines:
            if line.get("event") == 104:
                self.assertIn(line["args"]["fault"], ("stat-sn", "abort-timeout"), str(run))
        for answer in run.answers:
            if answer["io_status"] == 0:
                self.assertEqual(answer["response"], resets.COMPLETE, str(run))
            else:
                self.assertGreater(run.summary["losses"], 0, str(run))
        if not run.summary["usable"]:
            self.must("capacity", self.target.url(self.unit()))

    def test_nothing(self):
        for run in (self.held_writes("none"), self.mixed("none")):
            self.check_alive(run, "none")
            self.assertEqual(set(run.outcomes), {resets.GOOD})

    def test_cancel(self):
        for order in resets.CANCELS:
            with self.subTest(order=order):
                self.check_alive(self.held_writes(order), order)

    def test_functions(self):
        for order in ("abort-task-set", "cold-reset"):
            with self.subTest(order=order):
                self.check_alive(self.held_writes(order), order)
        for order in ("clear-task-set", "warm-reset"):
            with self.subTest(order=order):
                self.check_alive(self.held_reads(order), order)

    def test_by_another_session(self):
        self.check_alive(self.held_writes("lun-reset", other=1), "lun-reset")


if __name__ == "__main__":
    unittest.main(verbosity=2)
