"""What the tests against the kernel's target share: runs that leave no event, and refusals."""

import os

import bodies
import guard
import lio
import oracle
import program
import recut

LBA = 2048  # where data is written and read


class Base(bodies.Base):
    """One emulated machine for a class of tests."""

    make = lio.Lio

    @classmethod
    def setUpClass(cls):
        cls.folder = guard.folder("sanscsi-test")
        cls.target = cls.make()
        try:
            cls.target.start()
        except BaseException:
            cls.target.stop()
            raise

    def must(self, *arguments, **options):
        """A run that has to do all that was asked, with nothing to report."""
        log = self.file("events.log")
        result = super().must("--event-log", log, *arguments, **options)
        self.assertEqual(program.events(log), [], str(result))
        self.assertEqual(result.complaint, "", str(result))
        return result

    def must_fail(self, *arguments):
        """The only event of a run that cannot succeed."""
        log = self.file("events.log")
        result = program.run("--reconnect", 0, "--event-log", log, *arguments)
        self.assertEqual(result.code, 1, str(result))
        self.assertEqual(result.output, b"", str(result))
        self.assertNotIn("Sanitizer", result.complaint, str(result))
        self.assertNotIn("runtime error", result.complaint, str(result))
        events = program.events(log)
        self.assertEqual(len(events), 1, str(result))
        return events[0]

    def check_event(self, event, number, name, severity, target, args, causes):
        """Everything of an event but its time, texts and the session's number."""
        self.assertEqual(
            {key: event[key] for key in ("event", "name", "severity", "target", "portal", "args")},
            {
                "event": number,
                "name": name,
                "severity": severity,
                "target": target,
                "portal": self.target.portal,
                "args": args,
            },
        )
        self.assertEqual(event["causes"], causes)
        self.assertTrue(event["actions"])

    def check_refused(self, status, target, *options):
        """A login that the target refuses with (Status-Class, Status-Detail)."""
        event = self.must_fail(*options, "capacity", self.target.url(0, target))
        args = {
            "status_class": status[0],
            "status_code": status[1],
            "target_address": self.target.portal,
        }
        causes = [str(status[0])]  # causes 1 to 3 of event 36 are the status classes
        self.check_event(event, 36, "login-failed", "major-warning", target, args, causes)

    def store(self, size, *options, name=None):
        """Writes random bytes; compares the checksum of what was stored; returns the capture."""
        data = os.urandom(size)
        capture = self.file("write.pcap")
        source = self.file("write.in", data)
        url = self.target.url(1, name)
        self.must("--pcap", capture, *options, "write", url, "--lba", LBA, "--input", source)
        self.assertEqual(self.target.checksum(LBA * 512, size), program.digest(data))
        return capture

    def fetch(self, size, *options, name=None):
        """Reads random bytes of the guest's; compares their checksum; returns the capture."""
        stored = self.target.scatter(LBA * 512, size)
        capture = self.file("read.pcap")
        output = self.file("read.out")
        self.must(
            *("--pcap", capture, *options, "read", self.target.url(1, name)),
            *("--lba", LBA, "--blocks", size // 512, "--output", output),
        )
        data = program.contents(output)
        self.assertEqual(len(data), size)
        self.assertEqual(program.digest(data), stored)
        return capture

    def check_dissected(self, capture, **digests):
        """A dissector that is not ours must understand every byte, once PDUs are in one piece."""
        whole = self.file("recut.pcap")
        recut.recut(capture, whole, self.target.port, **digests)
        verdict = oracle.judge(whole, self.target.port, **digests)
        self.assertEqual(verdict.problems, [])
