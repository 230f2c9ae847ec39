"""What the tests against the kernel's target share: runs that leave no event, and refusals."""

import bodies
import guard
import lio
import oracle
import program
import recut


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

    def check_dissected(self, capture, **digests):
        """A dissector that is not ours must understand every byte, once PDUs are in one piece."""
        whole = self.file("recut.pcap")
        recut.recut(capture, whole, self.target.port, **digests)
        verdict = oracle.judge(whole, self.target.port, **digests)
        self.assertEqual(verdict.problems, [])
