"""The binding against a target that misbehaves: each event arrives with its arguments by name."""

import asyncio
import math
import unittest

import rogue
import sanscsi
import targets
from cases import Case
from reply import bend, login
from target import Target

NAME = "iqn.2026-01.test.rogue:disk"


def unanswered(reply):
    """Takes the answer back, as if the command had got lost inside the target."""
    reply.connection.stat_sn -= 1
    reply.raw = b""


class Rogue(Case):
    def serve(self, *bends, **options):
        """A target that is bent; it must have nothing to complain of."""
        served = Target(bends, dict(options, target_name=NAME)).listen()
        served.portal = "%s:%d" % served.addresses[0]

        def end():
            served.finish()
            self.assertEqual(served.complaints, [])
            self.assertTrue(all(each.applied for each in served.bends))

        self.addCleanup(end)
        return served

    async def disk(self, served, **options):
        session = self.session(served, NAME, **options)
        await session.start()
        disk = sanscsi.Disk(session, 0)
        await disk.capacity()
        return disk

    async def test_refused_login(self):
        session = self.session(served := self.serve(login(1, status=(3, 1))), NAME)
        error = await self.refused(session.start(), sanscsi.LoginFailed)
        self.assertEqual(error.event.id, sanscsi.number_of("login-failed"))
        self.assertEqual((error.event["status_class"], error.event["status_code"]), (3, 1))
        self.assertEqual(error.event["target_address"], served.portal)
        self.assertTrue(error.may_retry)
        self.assertEqual([cause.number for cause in error.event.causes], ["3"])

    async def test_reset_in_the_login(self):
        session = self.session(self.serve(login(1, reset=True)), NAME)
        error = await self.refused(session.start(), sanscsi.LoginFailed)
        self.assertEqual(error.event.name, "closed-during-login")

    async def test_the_second_start_can_help(self):
        """The same session, after the target has refused it once."""
        session = self.session(self.serve(login(1, connection=1, status=(3, 1))), NAME)
        await self.refused(session.start(), sanscsi.LoginFailed)
        await session.start()
        self.assertEqual(session.events.maxlen, 64)
        self.assertEqual(list(session.events), [])
        await session.logout()

    async def test_protocol_error_names_the_fault(self):
        served = self.serve(bend("read-10", 1, header={"opcode": 0x3C}))
        disk = await self.disk(served)
        error = await self.refused(disk.read(0, 1), sanscsi.TaskFailed)
        self.assertEqual(error.event.name, "protocol-error")
        self.assertIn("RFC 7143", error.event.message)

    async def test_reset_in_full_feature_phase(self):
        disk = await self.disk(self.serve(bend("read-10", 1, reset=True)))
        heard = len(disk.session.events)
        error = await self.refused(disk.read(0, 8), sanscsi.TaskFailed)
        self.assertEqual(error.result.io_status, 6)
        self.assertEqual(str(error), "the connection was lost")
        self.assertEqual([event.name for event in error.events], ["connection-lost"])
        self.assertEqual(len(disk.session.events), heard + 1)
        self.assertEqual(error.event.portal, disk.session.events[-1].portal)

    async def test_lost_session_comes_back_by_itself(self):
        """The read is sent again in the new session; nobody but the events tells of it."""
        served = self.serve(bend("read-10", 1, connection=1, reset=True))
        disk = await self.disk(served, reinstate_attempts=3)
        served.disk[:512] = b"reinstated".ljust(512, b".")
        self.assertEqual((await disk.read(0, 1))[:11], b"reinstated.")
        self.assertEqual(disk.session.losses, 1)
        names = [event.name for event in disk.session.events]
        self.assertEqual(names[-2:], ["connection-lost", "session-reinstated"])
        self.assertEqual(disk.session.events[-1]["losses"], 1)
        await disk.session.logout()

    async def test_close_while_a_lost_session_waits_to_come_back(self):
        disk = await self.disk(
            self.serve(bend("read-10", 1, connection=1, reset=True)), reinstate_attempts=9
        )
        read = asyncio.ensure_future(disk.read(0, 1))
        while not disk.session.losses:
            await asyncio.sleep(0.01)
        self.assertEqual(disk.session.outstanding, 1)
        disk.session.close()
        error = await self.refused(read, sanscsi.TaskFailed)
        self.assertEqual(error.result.io_status, 3)

    async def test_cancelled_read_that_nobody_answers(self):
        disk = await self.disk(self.serve(bend("read-10", 1, call=unanswered)))
        read = asyncio.ensure_future(disk.read(0, 1))
        while not disk.session.outstanding:
            await asyncio.sleep(0)
        await asyncio.sleep(0.2)
        read.cancel()
        await self.refused(read, asyncio.CancelledError)
        self.assertEqual(disk.session.outstanding, 0)
        self.assertEqual(len(await disk.read(0, 1)), 512)
        await disk.session.logout()

    async def test_timeout_of_one_command(self):
        """Twice: each failure tells its own event, not those before it."""
        disk = await self.disk(self.serve(bend("read-10", (1, 2), call=unanswered)))
        buffer = bytearray(512)
        for _ in range(2):
            error = await self.refused(disk.read_into(0, buffer, timeout=0.3), sanscsi.TaskFailed)
            self.assertEqual(error.result.io_status, 4)
            self.assertEqual([event.name for event in error.events], ["task-timeout"])
        await disk.read_into(0, buffer)
        await disk.session.logout()

    async def test_listener_that_raises(self):
        """It stops nothing; the loop's exception handler is told."""
        heard = []

        def listen(event):
            heard.append(event.name)
            raise RuntimeError(event.name)

        served = self.serve(bend("read-10", 1, reset=True))
        session = self.session(served, NAME, listener=listen)
        await session.start()
        await self.refused(sanscsi.Disk(session, 0).read(0, 1), sanscsi.TaskFailed)
        self.assertEqual(heard, ["connection-lost"])
        (told,) = self.problems
        self.problems.clear()
        self.assertEqual(str(told["exception"]), "connection-lost")
        self.assertEqual(told["event"].name, "connection-lost")

    async def test_login_without_a_time_limit(self):
        session = self.session(self.serve(), NAME, login_timeout=math.inf, command_timeout=1e300)
        await session.start()
        self.assertEqual(len(await sanscsi.Disk(session, 0).read(0, 1)), 512)
        await session.logout()

    async def test_least_time(self):
        """Of a nanosecond is one, and not none."""
        session = self.session(self.serve(silent=True), NAME, login_timeout=1e-30)
        error = await self.refused(session.start(), sanscsi.LoginFailed)
        self.assertEqual(error.event.name, "login-timeout")

    async def test_silence_ends_the_login_in_time(self):
        session = self.session(self.serve(silent=True), NAME, login_timeout=0.5)
        error = await self.refused(session.start(), sanscsi.LoginFailed)
        self.assertEqual(error.event.name, "login-timeout")

    async def test_waiting_for_the_login_can_be_cancelled(self):
        session = self.session(self.serve(silent=True), NAME)
        with self.assertRaises(asyncio.TimeoutError):
            await asyncio.wait_for(session.start(), 0.3)
        session.close()

    async def test_a_peer_that_talks_something_else(self):
        with rogue.TalksSomethingElse(b"SSH-2.0-nothing\r\n" * 4) as peer:
            error = await self.refused(
                sanscsi.discover(peer.portal), sanscsi.LoginFailed
            )
            self.assertEqual(error.event.name, "login-response-protocol-error")

    async def test_nobody_listens(self):
        port = targets.free_port(("127.0.0.1",))
        error = await self.refused(sanscsi.discover(f"127.0.0.1:{port}"), sanscsi.LoginFailed)
        self.assertEqual((error.event.id, error.event.name), (101, "connect-failed"))
        error = await self.refused(sanscsi.discover("nobody.invalid"), sanscsi.LoginFailed)
        self.assertEqual((error.event.id, error.event["hostname"]), (29, "nobody.invalid"))


if __name__ == "__main__":
    unittest.main(verbosity=2)
