"""The program against Debian's istgt."""

import unittest

import bodies
import targets


class IstgtTests(bodies.Base, bodies.Finding, bodies.Moving, unittest.TestCase):
    make = targets.Istgt
    lets_send_unsolicited = False  # istgt cannot be configured to InitialR2T=No

    def test_target_that_refuses_immediate_data(self):
        for immediate_data in ("Yes", "No"):
            with self.subTest(ImmediateData=immediate_data):
                self.check_first_burst(
                    self.target.no_immediate, "Yes", immediate_data, (False, False)
                )


if __name__ == "__main__":
    unittest.main(verbosity=2)
