"""Arguments that do not fit are refused: nothing is cut on its way to the library."""

import math
import unittest

import sanscsi
from cases import Case

NAME = "iqn.2026-01.test.rogue:disk"


class Blocks(unittest.TestCase):
    def test_largest(self):
        """SBC-4 READ(10) and READ(16), by hand."""
        ten = bytes((0x28, 0, 0xFF, 0xFF, 0xFF, 0xFF, 0, 0, 1, 0))
        self.assertEqual(sanscsi.build("read", 2**32 - 1, 1, 0), ten)
        sixteen = bytes((0x88, 0)) + b"\xff" * 4 + bytes(4) + b"\xff" * 4 + bytes(2)
        self.assertEqual(sanscsi.build("read", 2**64 - 2**32, 2**32 - 1, 0), sixteen)

    def test_too_large(self):
        for lba, blocks in ((2**64, 1), (-1, 1), (0, 2**32), (0, -1), (2**64 + 5, 2**32 + 1)):
            for name in ("read", "write"):
                with self.subTest(name=name, lba=lba, blocks=blocks):
                    with self.assertRaisesRegex(ValueError, "not within"):
                        sanscsi.build(name, lba, blocks, 0)

    def test_no_numbers(self):
        for arguments in ((1.5, 1, 0), ("0", 1, 0), (None, 1, 0), (0, 1), (0, 1, 0, 0)):
            with self.subTest(arguments=arguments):
                with self.assertRaises(TypeError):
                    sanscsi.build("read", *arguments)

    def test_unknown_builder(self):
        """Also one that the library has, but whose arguments nobody has told."""
        for name in ("frobnicate", "unmap", ""):
            with self.subTest(name=name):
                with self.assertRaisesRegex(ValueError, "no builder"):
                    sanscsi.build(name, 2**40)


class Sessions(Case):
    def refuses(self, kind, **options):
        with self.subTest(options=options), sanscsi.Initiator() as initiator:
            with self.assertRaises(kind):
                sanscsi.Session(initiator, sanscsi.Login("127.0.0.1", target=NAME, **options))

    async def test_times(self):
        for member in ("login_timeout", "command_timeout"):
            for seconds in (0, -1, -0.001, math.nan, -math.inf):
                self.refuses(ValueError, **{member: seconds})
            self.refuses(TypeError, **{member: "soon"})
            for seconds in (1e-12, 0.5, 3600, 1e300, math.inf):
                with self.subTest(seconds=seconds), sanscsi.Initiator() as initiator:
                    login = sanscsi.Login("127.0.0.1", target=NAME, **{member: seconds})
                    sanscsi.Session(initiator, login).close()

    async def test_counts(self):
        for count in (-1, 2**32):
            self.refuses(ValueError, tasks=count)
            self.refuses(ValueError, reinstate_attempts=count)
            self.refuses(ValueError, port=count)
        self.refuses(sanscsi.StatusError, tasks=0)
        self.refuses(sanscsi.StatusError, port=65536)
        for count in (-1, 2**32):
            with self.assertRaises(ValueError):
                sanscsi.Initiator(max_sessions=count)

    async def test_command(self):
        """Before anything is lent or sent; the session need not even be logged in."""
        with sanscsi.Initiator() as initiator:
            session = sanscsi.Session(initiator, sanscsi.Login("127.0.0.1", target=NAME))
            cdb = sanscsi.build("test_unit_ready")
            for lun in (-1, 2**32, 2**64):
                with self.subTest(lun=lun), self.assertRaises(ValueError):
                    await session.command(lun, cdb)
            for seconds in (0, -1, math.nan):
                with self.subTest(seconds=seconds), self.assertRaises(ValueError):
                    await session.command(0, cdb, timeout=seconds)
            self.assertEqual(session.outstanding, 0)
            session.close()


if __name__ == "__main__":
    unittest.main(verbosity=2)
