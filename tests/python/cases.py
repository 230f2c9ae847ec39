"""What the binding's tests have in common: each runs in a loop, in time, and leaves no loose end."""

import asyncio
import gc
import unittest

import sanscsi


class Case(unittest.IsolatedAsyncioTestCase):
    """A test of coroutines. What nobody awaited or caught fails it."""

    seconds = 30.0

    async def asyncSetUp(self):
        self.problems = []
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(lambda _, context: self.problems.append(context))
        loop.slow_callback_duration = 5.0  # a busy machine is no finding
        self.watchdog = loop.call_later(self.seconds, self._give_up, asyncio.current_task())

    async def asyncTearDown(self):
        self.watchdog.cancel()
        gc.collect()  # futures tell when they go that nobody looked at them
        await asyncio.sleep(0)
        self.assertEqual(self.problems, [])

    def _give_up(self, task):
        self.problems.append(f"the test took more than {self.seconds} s")
        task.cancel()

    def session(self, target, name, listener=None, **options):
        """A session of its own initiator, given back when the test ends."""
        host, port = target.portal.rsplit(":", 1)
        initiator = sanscsi.Initiator()
        self.addCleanup(initiator.close)
        session = sanscsi.Session(initiator, sanscsi.Login(host, int(port), name, **options), listener)
        self.addCleanup(session.close)
        return session

    async def refused(self, coroutine, kind):
        """The exception of a kind that a coroutine ends with."""
        with self.assertRaises(kind) as caught:
            await coroutine
        return caught.exception
