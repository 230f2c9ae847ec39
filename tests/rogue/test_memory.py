"""Memory that runs out in a login (events 7, 12, 16 cause 4, 21): the limit grows step by step
until the login succeeds, by the program and in memory. Every way to fail must come, each with its
own event alone, and in the order in which a login asks for memory.
"""

import os
import sys
import unittest

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import run
import script
from reply import login

STEP = 256
FROM, TO = 4 * 1024, 64 * 1024
REQUEST_BUFFER = 8192  # RFC 7143 13.12: what a login holds at least

KEY = "X-" + "k" * 60
NO_SESSION, DONE = "no session", "done"


class Attempt(run.Run):
    """One login within a limit of memory."""

    def __init__(self, bends, limit):
        self.limit = limit
        super().__init__(script.Script("memory", "", bends=bends, options=self._options()))

    def _options(self):
        return ["--memory-limit", str(self.limit)]

    def in_memory(self):
        try:
            return super().in_memory()
        except AssertionError as error:
            if "session: " in str(error) or "initiator: " in str(error) or "arena: " in str(error):
                return self  # not even a session fits
            raise

    def outcome(self):
        """The number of the event that ended the login, with what it tells; DONE; NO_SESSION."""
        if not self.target.connections:
            return NO_SESSION
        if self.target.complaints:
            raise AssertionError(f"{self.target.complaints} with {self.limit} bytes")
        if self.connection.logged_out:
            return DONE
        last = self.events[-1]
        if last["event"] == 21 and not REQUEST_BUFFER < last["args"]["size"] < self.limit:
            raise AssertionError(f"event 21 tells {last['args']} with {self.limit} bytes")
        args = {} if last["event"] == 21 else last["args"]
        others = {record["event"] for record in self.events[:-1]}
        if others - {13}:
            raise AssertionError(f"events {sorted(others)} before {last} at {self.limit} bytes")
        return last["event"], tuple(sorted(args.items())), tuple(last["causes"])


NO_LOGIN = (21, (), ("1",))
NO_TEXT = (7, (), ("1",))
NO_ANSWER = (16, (("pair", "AuthMethod=None"), ("proposed", "None")), ("4",))
NO_KEY = (12, (("key", KEY),), ("1",))


def many_keys():
    return [login(1, append=[(KEY, "1")], stay=True)]


def long_text():
    return [login(1, append=[("TargetAlias", "z" * 3000)], split=500)]


class Memory(unittest.TestCase):
    """Each test steps through the limits of one login."""

    def outcomes(self, bends, mode):
        """The outcomes in their order, each once."""
        found = []
        for limit in range(FROM, TO, STEP):
            outcome = getattr(Attempt(bends(), limit), mode)().outcome()
            if not found or found[-1] != outcome:
                found.append(outcome)
            if outcome == DONE:
                break
        return found

    def check(self, bends, expected):
        for mode in ("by_program", "in_memory"):
            with self.subTest(mode=mode):
                self.assertEqual(self.outcomes(bends, mode), [NO_SESSION] + expected + [DONE])

    def test_a_login(self):
        self.check(list, [NO_LOGIN, NO_TEXT, NO_ANSWER])

    def test_a_key_that_is_kept(self):
        self.check(many_keys, [NO_LOGIN, NO_TEXT, NO_ANSWER, NO_KEY])

    def test_a_text_that_grows(self):
        self.check(long_text, [NO_LOGIN, NO_TEXT])


if __name__ == "__main__":
    unittest.main()
