"""The binding against tgt: what was written is read from the target's own file, and back."""

import asyncio
import hashlib
import os
import pathlib
import re
import subprocess
import sys
import unittest
import unittest.mock

import rogue
import sanscsi
import targets
from cases import Case
from sanscsi import memory, transport

MIB = targets.MIB
EXAMPLE = pathlib.Path(__file__).parents[2] / "examples" / "bindings" / "python" / "example.py"


class AgainstTgt(Case):
    """One target for all tests of a class."""

    make = targets.TgtWithChap

    @classmethod
    def setUpClass(cls):
        cls.target = cls.make().start()

    @classmethod
    def tearDownClass(cls):
        cls.target.stop()

    def open(self, name=None, **options):
        return sanscsi.open_disk(self.target.url(self.target.disk, name), **options)


class Finding(AgainstTgt):
    async def test_discovery(self):
        found = await sanscsi.discover(self.target.portal)
        self.assertEqual({each.name for each in found}, set(self.target.names))
        for each in found:
            portals = [(portal.host, portal.port) for portal in each.portals]
            self.assertEqual(portals, [("127.0.0.1", self.target.port)])
            self.assertEqual([portal.tag for portal in each.portals], [1])

    async def test_inquiry_capacity_ping(self):
        async with self.open() as disk:
            about, size = await asyncio.gather(disk.inquiry(), disk.capacity())
            self.assertEqual((about.vendor, about.product), ("IET", "VIRTUAL-DISK"))
            self.assertEqual((about.device_type, about.device_type_name), (0, "disk"))
            self.assertEqual((size.blocks, size.block_length), (256 * MIB // 512, 512))
            self.assertEqual(size.bytes, 256 * MIB)
            for data in (b"", b"x", os.urandom(4096)):
                self.assertGreater(await disk.session.ping(data), 0)

    async def test_keys_are_proposed_and_agreed(self):
        keys = {"HeaderDigest": "CRC32C", "DataDigest": "CRC32C", "FirstBurstLength": "65536"}
        async with self.open(keys=keys) as disk:
            agreed = disk.session.parameters
            self.assertEqual((agreed["header_digest"], agreed["data_digest"]), (1, 1))
            self.assertEqual(agreed["first_burst_length"], 65536)
            data = os.urandom(MIB)
            await disk.write(4096, data)
            self.assertEqual(self.target.backing(self.target.disk, 4096 * 512, MIB), data)
            self.assertEqual(await disk.read(4096, MIB // 512), data)

    async def test_scsi_error_has_words(self):
        async with self.open() as disk:
            error = await self.refused(disk.read(2**40, 1), sanscsi.ScsiError)
            self.assertEqual((error.result.scsi_status, error.result.sense_key), (2, 5))
            self.assertRegex(str(error), r"CHECK CONDITION, ILLEGAL REQUEST, \w+")
            self.assertEqual(error.result.sense[0] & 0x7F, 0x70)
            error = await self.refused(disk.write(0, b"short"), ValueError)
            self.assertIn("no blocks of 512", str(error))

    async def test_mistakes_are_statuses(self):
        error = await self.refused(sanscsi.discover("[::1"), sanscsi.StatusError)
        self.assertEqual(error.name, "SANSCSI_INVALID_ADDRESS")
        login = sanscsi.Login("127.0.0.1", target="no name")
        with sanscsi.Initiator() as initiator, self.assertRaises(sanscsi.StatusError) as caught:
            sanscsi.Session(initiator, login)
        self.assertEqual(caught.exception.name, "SANSCSI_INVALID_NAME")
        discovery = self.session(self.target, "")
        await discovery.start()
        error = await self.refused(discovery.command(0, bytes(6)), sanscsi.StatusError)
        self.assertEqual(error.name, "SANSCSI_WRONG_SESSION_TYPE")
        await discovery.logout()

    async def test_example(self):
        """As a user runs it, with CHAP in both directions at the target that wants it."""
        url = self.target.url(2, self.target.mutual)
        url = url.replace("//", "//%s%%%s@" % targets.USER)
        command = [sys.executable, str(EXAMPLE), url, *targets.TARGET_USER]
        process = await asyncio.create_subprocess_exec(
            *command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        said = (await asyncio.wait_for(process.communicate(), 20))[0].decode()
        self.assertEqual(process.returncode, 0, said)
        self.assertIn(f"{self.target.mutual} {self.target.portal}\n", said)
        self.assertRegex(said, r"read back: written by Python\n")
        self.assertEqual(self.target.backing(2, 64 * MIB - 512), bytes(512))
        command[-1] = "another-secret"
        process = await asyncio.create_subprocess_exec(
            *command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
        said = (await asyncio.wait_for(process.communicate(), 20))[0].decode()
        self.assertEqual(process.returncode, 1, said)
        self.assertRegex(said, r"(?s)CHAP_R.*perhaps: .*do: ")


class Chap(AgainstTgt):
    async def test_one_way(self):
        async with self.open(self.target.chap, chap=targets.USER) as disk:
            self.assertEqual((await disk.capacity()).block_length, 512)

    async def test_account_in_the_url(self):
        name, secret = targets.USER
        url = self.target.url(self.target.disk, self.target.chap)
        async with sanscsi.open_disk(url.replace("//", f"//{name}%{secret}@")) as disk:
            await disk.ready()

    async def test_mutual(self):
        accounts = {"chap": targets.USER, "target_chap": targets.TARGET_USER}
        async with self.open(self.target.mutual, **accounts) as disk:
            await disk.ready()

    async def test_wrong_secret_of_ours_is_event_36(self):
        heard = []
        wrong = (targets.USER[0], "wrong-secret-1")
        login, _ = sanscsi.Login.from_url(self.target.url(1, self.target.chap), chap=wrong)
        with sanscsi.Initiator() as initiator:
            session = sanscsi.Session(initiator, login, on_event=heard.append)
            error = await self.refused(session.start(), sanscsi.LoginFailed)
            session.close()
        event = error.event
        self.assertEqual((event.id, event.name), (36, "login-failed"))
        self.assertEqual(sanscsi.number_of("login-failed"), 36)
        self.assertEqual(event.severity, "major-warning")
        self.assertEqual(event["status_class"], 2)
        self.assertEqual(event["status_code"], 1)
        self.assertEqual(event["target_address"], self.target.portal)
        self.assertEqual(set(event.args), {"status_class", "status_code", "target_address"})
        self.assertEqual((event.target, event.portal), (self.target.chap, self.target.portal))
        self.assertEqual([cause.number for cause in event.causes], ["2"])
        self.assertTrue(all(cause.text and cause.actions for cause in event.causes))
        self.assertEqual(str(error), event.message)
        self.assertFalse(error.may_retry)
        self.assertEqual(tuple(heard), error.events)
        self.assertNotIn(wrong[1], str(heard))

    async def test_target_that_cannot_prove_itself_is_event_26(self):
        accounts = {"chap": targets.USER, "target_chap": (targets.TARGET_USER[0], "not-its-own-1")}
        error = await self.refused(
            self.open(self.target.mutual, **accounts).__aenter__(), sanscsi.LoginFailed
        )
        self.assertEqual((error.event.id, error.event.severity), (26, "critical"))
        self.assertTrue(re.fullmatch(r"0x[0-9a-fA-F]{32}", error.event["value"]), error.event.args)

    async def test_weak_secret_is_refused_before_anything(self):
        error = await self.refused(
            self.open(self.target.chap, chap=("me", "short")).__aenter__(), sanscsi.StatusError
        )
        self.assertEqual(error.name, "SANSCSI_WEAK_SECRET")
        self.assertEqual((error.event.name, error.event["reason"]), ("chap-secret-refused", 1))
        with sanscsi.Initiator(max_sessions=1) as initiator:
            login = sanscsi.Login("127.0.0.1", target=self.target.target)
            first = sanscsi.Session(initiator, login)
            with self.assertRaises(sanscsi.StatusError) as caught:
                sanscsi.Session(initiator, login)
            self.assertEqual((caught.exception.event.id, dict(caught.exception.event.args)), (33, {}))
            with self.assertRaises(sanscsi.SanscsiError):
                initiator.close()
            first.close()


class Moving(AgainstTgt):
    async def test_writes_and_reads_verified_by_the_targets_file(self):
        data = os.urandom(8 * MIB)
        async with self.open() as disk:
            for source in (data, bytearray(data), memoryview(data)):
                await disk.write(0, bytes(len(data)))
                await disk.write(0, source)
                stored = self.target.backing(self.target.disk, 0, len(data))
                self.assertEqual(hashlib.sha256(stored).digest(), hashlib.sha256(data).digest())
            self.assertEqual(await disk.read(0, len(data) // 512), data)
            await disk.flush()

    async def test_reads_land_in_the_callers_buffer(self):
        """In the middle of one, between bytes that stay."""
        data = os.urandom(MIB)
        self.target.fill(self.target.disk, 16 * MIB, data)
        buffer = bytearray(b"\xee" * (MIB + 1024))
        async with self.open() as disk:
            await disk.read_into(16 * MIB // 512, memoryview(buffer)[512:-512])
        self.assertEqual(buffer[512:-512], data)
        self.assertEqual(buffer[:512] + buffer[-512:], b"\xee" * 1024)

    async def test_nothing_is_copied_on_the_way(self):
        """Every byte of the buffers was a part of a window that the socket took or filled."""
        size = 2 * MIB
        data, buffer = os.urandom(size), bytearray(size)
        seen = {True: set(), False: set()}  # pages, by whether the window is written to

        def window(address, length, writable):
            seen[writable].update(range(address, address + length, 512))
            return memory.window(address, length, writable)

        async with self.open() as disk:
            await disk.capacity()
            with unittest.mock.patch.object(transport, "memory", unittest.mock.Mock(window=window)):
                await disk.write(64, data)
                await disk.read_into(64, buffer)
        self.assertEqual(buffer, data)
        for owner, writable in ((data, False), (buffer, True)):
            pinned = memory.Pinned(owner, writable)
            first, end = pinned.address, pinned.address + size
            pinned.release()
            inside = [place for place in seen[writable] if first <= place < end]
            self.assertGreaterEqual(len(inside), size // 512)

    async def test_a_thousand_reads_in_flight(self):
        data = os.urandom(4 * MIB)
        self.target.fill(self.target.disk, 32 * MIB, data)
        first = 32 * MIB // 512
        async with self.open(tasks=1000) as disk:
            await disk.capacity()
            reads = [asyncio.ensure_future(disk.read(first + i * 8, 8)) for i in range(1000)]
            while not disk.session.outstanding:
                await asyncio.sleep(0)
            self.assertEqual(disk.session.outstanding, 1000)
            for number, came in enumerate(await asyncio.gather(*reads)):
                self.assertEqual(came, data[number * 4096 : number * 4096 + 4096])
            self.assertEqual(disk.session.outstanding, 0)

    async def test_more_reads_than_tasks_wait_for_their_turn(self):
        data = os.urandom(MIB)
        self.target.fill(self.target.disk, 0, data)
        async with self.open(tasks=3) as disk:
            pieces = await asyncio.gather(*(disk.read(i, 1) for i in range(200)))
        self.assertEqual(b"".join(pieces), data[: 200 * 512])

    async def test_buffers_are_pinned_until_the_task_is_done(self):
        buffer = bytearray(MIB)
        references = sys.getrefcount(buffer)
        async with self.open() as disk:
            await disk.capacity()
            read = asyncio.ensure_future(disk.read_into(0, buffer))
            while not disk.session.outstanding:
                await asyncio.sleep(0)
            with self.assertRaises(BufferError):
                buffer.extend(b"more")
            await read
            del read
            buffer.extend(b"more")
            self.assertEqual(sys.getrefcount(buffer), references)  # and nobody keeps them
            error = await self.refused(disk.read_into(0, bytes(512)), BufferError)
            self.assertIn("not writable", str(error))
            self.assertEqual(disk.session.outstanding, 0)

    async def test_cancelled_read_gives_its_buffer_back_first(self):
        """Through a relay that is slow, so that the data are on their way when it is cancelled."""
        with rogue.Relay(self.target.port, rate=2 * MIB) as relay:
            login = sanscsi.Login("127.0.0.1", relay.port, self.target.target)
            with sanscsi.Initiator() as initiator:
                async with sanscsi.Session(initiator, login) as session:
                    disk = sanscsi.Disk(session, self.target.disk)
                    await disk.capacity()
                    passed = relay.passed
                    buffer = bytearray(2 * MIB)
                    read = asyncio.ensure_future(disk.read_into(0, buffer))
                    while relay.passed == passed:
                        await asyncio.sleep(0.01)
                    read.cancel()
                    await asyncio.sleep(0)
                    with self.assertRaises(BufferError):
                        buffer.extend(b"still lent")
                    read.cancel()  # impatience changes nothing
                    await self.refused(read, asyncio.CancelledError)
                    buffer.extend(b"given back")
                    self.assertEqual(session.outstanding, 0)
                    self.assertEqual(len(await disk.read(0, 1)), 512)

    async def test_close_without_logout_ends_what_is_outstanding(self):
        session = self.session(self.target, self.target.target)
        await session.start()
        disk = sanscsi.Disk(session, self.target.disk)
        await disk.capacity()
        buffer = bytearray(8 * MIB)
        read = asyncio.ensure_future(disk.read_into(0, buffer))
        while not session.outstanding:
            await asyncio.sleep(0)
        session.close()
        error = await self.refused(read, sanscsi.TaskFailed)
        self.assertEqual(error.result.io_status, 3)
        self.assertEqual(str(error), "the session has ended")
        buffer.clear()
        session.close()
        error = await self.refused(session.ping(), sanscsi.SanscsiError)
        self.assertEqual(str(error), "the session is closed")


class Redirected(AgainstTgt):
    make = targets.TgtWithRedirection

    async def test_temporary_redirection_is_followed(self):
        data = os.urandom(MIB)
        async with self.open(self.target.other.temporary) as disk:
            await disk.write(0, data)
            told = list(disk.session.events)
        self.assertEqual(self.target.other.backing(self.target.other.disk, 0, MIB), data)
        self.assertEqual([event.id for event in told], [42, 44])
        self.assertEqual(told[0]["target_address"], self.target.portal)
        self.assertEqual(told[0]["new_address"], self.target.other.portal)

    async def test_permanent_redirection_on_demand(self):
        name = self.target.other.permanent
        error = await self.refused(self.open(name).__aenter__(), sanscsi.LoginFailed)
        self.assertEqual(error.event.id, 43)
        async with self.open(name, follow_permanent=True) as disk:
            await disk.ready()

    async def test_loop_is_event_115(self):
        error = await self.refused(self.open(self.target.loop).__aenter__(), sanscsi.LoginFailed)
        self.assertEqual(error.events[-1].name, "redirect-not-followed")
        self.assertEqual(error.events[-1]["reason"], 1)

    async def test_nobody_there_is_event_101(self):
        error = await self.refused(self.open(self.target.nowhere).__aenter__(), sanscsi.LoginFailed)
        self.assertEqual(error.events[-1].name, "connect-failed")
        self.assertTrue(error.may_retry)


if __name__ == "__main__":
    unittest.main(verbosity=2)
