"""The target is killed under a copy, and comes back at the same port, or does not."""

import os
import signal
import time
import unittest

import bodies
import guard
import program
import targets

SIZE = 64 * targets.MIB
# Small pieces, so that a copy lasts long enough to be hit.
SLOWER = (
    *bodies.settings("MaxRecvDataSegmentLength=8192", "MaxBurstLength=8192"),
    *("--header-digest", "crc32c", "--data-digest", "crc32c"),
)
LOST, REFUSED, REINSTATED, ABANDONED = 103, 101, 112, 119  # events


class Mortal:
    """A target that can be killed and started again at its port, with the disks it had."""

    def kill(self):
        self.process.kill()
        self.process.wait()
        guard.stop(self.process)
        self.process = None

    def stop(self):
        if self.process is not None:
            super().stop()


class Tgt(Mortal, targets.Tgt):
    """The port is opened last: a login that comes before the targets are made would be refused for
    good."""

    def start(self):
        self.tids = 0
        with open(os.path.join(self.folder, "log"), "ab") as log:
            self.process = guard.start(
                [guard.need("tgtd"), "-f", "-C", self.control, "--iscsi", "portal=127.0.0.1:0"],
                env=self.environment,
                stdout=log,
                stderr=log,
            )
        guard.wait_for("tgtd", lambda: self._admin("target", "show").returncode == 0)
        self.define()
        self._must("portal", "new", "--param", f"portal={self.portal}")
        return self


class Istgt(Mortal, targets.Istgt):
    pass


class Killing(bodies.Base):
    """Each test begins with the target alive."""

    # Whether it is copied to the target, in each of the tests.
    comes_back, ends = (False, True), (False, True)

    def setUp(self):
        if self.target.process is None:
            self.target.start()
        super().setUp()

    def moved(self, pattern):
        """Bytes of a file that are stored by now; a file that is not there has none."""
        folder, name = os.path.split(pattern)
        sizes = [
            os.stat(os.path.join(folder, found)).st_blocks * 512
            for found in os.listdir(folder)
            if found.startswith(name)
        ]
        return sum(sizes)

    def kill_under(self, running, growing):
        """Kills the target once an eighth was copied, and sees that the copy was not over."""
        end = time.monotonic() + 20
        while self.moved(growing) < SIZE // 8:
            self.assertLess(time.monotonic(), end, "the copy does not get on")
            self.assertIsNone(running.process.poll(), "the copy ended too early")
            time.sleep(0.001)
        self.target.process.send_signal(signal.SIGSTOP)
        time.sleep(0.05)
        self.assertIsNone(running.process.poll(), "the copy was over too early")
        self.target.kill()

    def copy(self, to_target, *options, again=True):
        """A copy whose target is killed on the way; its result, events, and whether data is right
        where it was copied to."""
        lun = self.target.small
        data = os.urandom(SIZE)
        log = self.file("restart.log")
        file = self.file("restart.data", data if to_target else None)
        # A new file without a stored byte, or random bytes that are to be read.
        backing = targets.sparse(self.target.luns[lun][1], SIZE)
        if not to_target:
            self.target.fill(lun, 0, data)
        sides = [file, self.target.url(lun)][:: 1 if to_target else -1]
        growing = backing if to_target else file
        always = ("--event-log", log, *SLOWER, *options)
        begin = time.monotonic()
        running = program.Running(*always, "copy", *sides)
        self.kill_under(running, growing)
        if again:
            self.target.start()
        result = running.finish()
        result.seconds = time.monotonic() - begin
        events = [event["event"] for event in program.events(log)]
        if result.code == 0:
            self.same(self.target.backing(lun) if to_target else program.contents(file), data)
        elif not to_target:
            self.no_file(file)
        return result, events

    def count(self, log, number):
        return [event["event"] for event in program.events(log)].count(number)

    def no_file(self, path):
        folder, name = os.path.split(path)
        left = [found for found in os.listdir(folder) if found.startswith(name)]
        self.assertEqual(left, [], "a part of the copy was left")

    def test_comes_back(self):
        for to_target in self.comes_back:
            with self.subTest(to_target=to_target):
                result, events = self.copy(to_target)
                self.assertEqual(result.code, 0, str(result))
                self.assertEqual(events[0], LOST, str(result))
                self.assertEqual(events.count(REINSTATED), 1, str(result))
                self.assertLessEqual(set(events), {LOST, REFUSED, REINSTATED, *self.target.whims})
                self.assertIn("MB/s", result.text)

    def test_no_tries(self):
        for to_target in self.ends:
            with self.subTest(to_target=to_target):
                result, events = self.copy(to_target, "--reconnect", 0)
                self.assertEqual(result.code, 1, str(result))
                self.assertEqual(events, [LOST], str(result))
                self.assertIn("connection-lost", result.complaint)
                self.assertEqual(result.output, b"")



class TgtTests(Killing, unittest.TestCase):
    make = Tgt

    def test_stays_away(self):
        for to_target in (False, True):
            with self.subTest(to_target=to_target):
                result, events = self.copy(to_target, again=False)
                self.assertEqual(result.code, 1, str(result))
                self.assertEqual(events, [LOST, REFUSED, REFUSED, REFUSED, ABANDONED], str(result))
                self.assertLess(result.seconds, 20)
                self.assertEqual(result.output, b"")
                self.target.start()

    def test_interrupt_of_the_wait(self):
        """An interrupt between two tries ends at once, and leaves no part of the copy."""
        log, output = self.file("wait.log"), self.file("wait.out")
        self.target.fill(self.target.small, 0, os.urandom(SIZE))
        options = ("--reconnect", 100, "--event-log", log, *SLOWER)
        running = program.Running(*options, "copy", self.target.url(self.target.small), output)
        self.kill_under(running, output)
        guard.wait_for("two tries in vain", lambda: self.count(log, REFUSED) == 2)
        result = running.interrupt()
        self.assertEqual(result.code, 1, str(result))
        self.assertLess(result.seconds, program.SECOND)
        self.assertIn("interrupted", result.complaint)
        self.no_file(output)


class IstgtTests(Killing, unittest.TestCase):
    """One direction each: it takes seconds to begin and to log out."""

    make = Istgt
    comes_back, ends = (False,), (True,)


if __name__ == "__main__":
    unittest.main(verbosity=2)
