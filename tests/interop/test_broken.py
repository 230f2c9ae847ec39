"""A connection that breaks while the program sends: it tells so and ends, at whichever send."""

import os
import unittest

import bodies
import targets

LOGIN = 3  # sends of a login: each stage, and the way from one to the next
SENDS = 12  # then a few that look at the unit, then those of the run


class BrokenTests(bodies.Base, unittest.TestCase):
    make = targets.Tgt

    def test_each_send(self):
        for at in range(1, SENDS + 1):
            for more in ((), ("--write",)):
                with self.subTest(at=at, more=more):
                    bench = ("bench", self.target.url(2), "--seconds", 30, *more)
                    result, told = self.logged(
                        "--reconnect",
                        0,
                        *bench,
                        other=os.environ["BROKEN"],
                        variables={"BROKEN_AT": str(at)},
                    )
                    self.assertEqual(result.code, 1, str(result))
                    self.assertLess(result.seconds, 10)
                    event = 35 if at <= LOGIN else 103
                    self.assertEqual([number for number, _, _ in told], [event], str(result))


if __name__ == "__main__":
    unittest.main()
