"""What every target must be able to do with the program, whichever target it is."""

import json
import os
import re

import guard
import program
import targets
import wire

MIB = targets.MIB
NO_DIGESTS = ("--header-digest", "none", "--data-digest", "none")


def settings(*pairs):
    """--set options from KEY=VALUE texts."""
    return [word for pair in pairs for word in ("--set", pair)]


class Base:
    """One target for a class of tests, and how to run the program so that it must succeed."""

    make = None

    @classmethod
    def setUpClass(cls):
        cls.folder = guard.folder("sanscsi-test")
        cls.target = cls.make().start()

    @classmethod
    def tearDownClass(cls):
        cls.target.stop()

    def setUp(self):
        self.assertIsNone(self.target.process.poll(), self.target.log()[-2000:])

    def file(self, name, data=None):
        """A path in the test's folder, with `data` in it if given, absent if not."""
        path = os.path.join(self.folder, name)
        if os.path.exists(path):
            os.remove(path)
        if data is not None:
            with open(path, "wb") as file:
                file.write(data)
        return path

    def must(self, *arguments, **options):
        """A run that has to do all that was asked, without any complaint of weight."""
        result = program.run(*arguments, **options)
        self.assertEqual(result.code, 0, str(result))
        self.assertNotIn("Sanitizer", result.complaint, str(result))
        self.assertNotIn("runtime error", result.complaint, str(result))
        return result

    def logged(self, *arguments, **options):
        """A run with an event log of its own: its result and the events, but for whims."""
        log = self.file("events.log")
        result = program.run("--event-log", log, *arguments, **options)
        self.assertNotIn("Sanitizer", result.complaint, str(result))
        self.assertNotIn("runtime error", result.complaint, str(result))
        return result, [event for event in program.told(log) if event[0] not in self.target.whims]

    def does(self, events, *arguments, **options):
        """A run that does all that was asked, with exactly these events on the way."""
        result, told = self.logged(*arguments, **options)
        self.assertEqual(told, events, str(result))
        self.assertEqual(result.code, 0, str(result))
        return result

    def fails(self, events, *arguments, **options):
        """A run that does nothing of what was asked, because of exactly these events."""
        result, told = self.logged(*arguments, **options)
        self.assertEqual(told, events, str(result))
        self.assertEqual(result.code, 1, str(result))
        self.assertEqual(result.output, b"", str(result))
        for number, _, _ in events:
            self.assertRegex(result.complaint, rf"(?m)^\S+ {number} ", "told on the terminal too")
        return result

    def same(self, left, right, message=""):
        """Compares megabytes without printing them."""
        self.assertEqual(len(left), len(right), message)
        self.assertEqual(program.digest(left), program.digest(right), message)

    def write_and_check(self, size, *options, name=None, lba=4096):
        """Writes random bytes, compares the backing file; returns what went over the wire."""
        data = os.urandom(size)
        capture = self.file("write.pcap")
        url = self.target.url(self.target.disk, name)
        source = self.file("write.in", data)
        self.must("--pcap", capture, *options, "write", url, "--lba", lba, "--input", source)
        self.same(self.target.backing(self.target.disk, lba * 512, size), data)
        return capture

    def read_and_check(self, size, *options, name=None, lba=16384):
        """Reads random bytes that the backing file holds; returns what went over the wire."""
        data = os.urandom(size)
        self.target.fill(self.target.disk, lba * 512, data)
        capture = self.file("read.pcap")
        url = self.target.url(self.target.disk, name)
        output = self.file("read.out")
        self.must(
            *("--pcap", capture, *options, "read", url),
            *("--lba", lba, "--blocks", size // 512, "--output", output),
        )
        self.same(program.contents(output), data)
        return capture

    def session(self, capture, **digests):
        return wire.Session(capture, self.target.port, **digests)


class Finding:
    """Discovery, the scan and what a logical unit tells of itself."""

    def test_discover(self):
        result = self.must("discover", self.target.portal)
        for name in self.target.names:
            self.assertIn(name, result.text)
        self.assertIn(self.target.portal, result.text)

    def test_discover_json(self):
        found = list(program.leaves(self.must("--json", "discover", self.target.portal).json()))
        for name in self.target.names:
            self.assertIn(name, found)

    def check_scan(self, where, names):
        log = self.file("scan.log")
        text = self.must("--event-log", log, "scan", where).text
        serious = [e for e in program.events(log) if e["severity"] != "information"]
        self.assertEqual(serious, [], "a healthy target is no reason to warn")
        document = self.must("--json", "scan", where).json()
        found = list(program.leaves(document))
        for name in names:
            self.assertIn(name, text)
            self.assertIn(name, found)
        for lun, (size, _) in self.target.luns.items():
            self.assertRegex(text, rf"\b{lun}\b")
            self.assertIn(lun, found)
            self.assertTrue(size in found or size // 512 in found, f"no capacity of LUN {lun}")
        self.assertIn(self.target.vendor, text)
        self.assertTrue(any(str(leaf).strip() == self.target.vendor for leaf in found))

    def test_scan_portal(self):
        self.check_scan(self.target.portal, self.target.names)

    def test_scan_url(self):
        self.check_scan(self.target.url(99), (self.target.target,))

    def test_inquiry(self):
        url = self.target.url(self.target.disk)
        self.assertIn(self.target.vendor, self.must("inquiry", url).text)
        found = [str(x).strip() for x in program.leaves(self.must("--json", "inquiry", url).json())]
        self.assertIn(self.target.vendor, found)

    def test_vital_product_data(self):
        url = self.target.url(self.target.disk)
        supported = self.must("--json", "inquiry", "--vpd", "0x00", url).json()
        pages = [leaf for leaf in program.leaves(supported) if isinstance(leaf, int)]
        for page in (0x00, 0x80, 0x83):
            self.assertIn(page, pages)
        for page in (0x00, 0x80, 0x83, 0xB0, 0xB1, 0xB2):
            with self.subTest(page=hex(page)):
                self.check_page(url, page, page in pages)

    def check_page(self, url, page, supported):
        if not supported:
            result = program.run("--reconnect", 0, "inquiry", "--vpd", hex(page), url)
            self.assertEqual(result.code, 1, str(result))
            self.assertRegex(result.complaint.lower(), self.target.refusal, str(result))
            return
        self.assertTrue(self.must("inquiry", "--vpd", hex(page), url).text.strip())
        document = self.must("--json", "inquiry", "--vpd", hex(page), url).json()
        if page == 0x80:
            serial = [leaf for leaf in program.leaves(document) if self.target.serial in str(leaf)]
            self.assertTrue(serial, f"no serial number in {document}")

    def test_luns(self):
        url = self.target.url(self.target.disk)
        text = self.must("luns", url).text
        found = list(program.leaves(self.must("--json", "luns", url).json()))
        for lun in self.target.lun_list:
            self.assertRegex(text, rf"\b{lun}\b")
            self.assertIn(lun, found)

    def test_capacity(self):
        for lun, (size, _) in self.target.luns.items():
            url = self.target.url(lun)
            text = self.must("capacity", url).text.replace(",", "")
            found = list(program.leaves(self.must("--json", "capacity", url).json()))
            for number in (size, size // 512, 512):
                self.assertRegex(text, rf"\b{number}\b")
                self.assertIn(number, found)

    def test_ping(self):
        text = self.must("ping", self.target.url(self.target.disk), "--count", 3).text.lower()
        for word in ("min", "avg", "max"):
            self.assertIn(word, text)


class Moving:
    """Data to and from a disk, compared with what the target stored."""

    def test_read_to_standard_output(self):
        data = os.urandom(3 * 512)
        self.target.fill(self.target.disk, 7 * 512, data)
        url = self.target.url(self.target.disk)
        self.same(self.must("read", url, "--lba", 7, "--blocks", 3).output, data)

    def test_write_from_standard_input_is_padded(self):
        lun, url = self.target.disk, self.target.url(self.target.disk)
        before = os.urandom(3 * 512)
        self.target.fill(lun, 20 * 512, before)
        data = os.urandom(700)
        self.must("write", url, "--lba", 20, stdin=data)
        self.same(self.target.backing(lun, 20 * 512, 3 * 512), data + bytes(324) + before[1024:])

    def test_every_kind_of_digest(self):
        for header in ("none", "crc32c"):
            for data in ("none", "crc32c"):
                with self.subTest(header=header, data=data):
                    self.check_digests(header, data)

    def check_digests(self, header, data):
        options = ("--header-digest", header, "--data-digest", data)
        asked = {"header_digest": header == "crc32c", "data_digest": data == "crc32c"}
        for capture in (
            self.write_and_check(2 * MIB, *options),
            self.read_and_check(2 * MIB, *options),
        ):
            keys = wire.keys(self.session(capture, **asked).received)
            self.assertEqual(keys.get("HeaderDigest", "None").lower(), header)
            self.assertEqual(keys.get("DataDigest", "None").lower(), data)

    def check_first_burst(self, name, initial_r2t, immediate_data, effective):
        """`effective`: whether the target should let us send (immediate, unsolicited) data."""
        options = settings(
            f"InitialR2T={initial_r2t}",
            f"ImmediateData={immediate_data}",
            "FirstBurstLength=65536",
        )
        capture = self.write_and_check(MIB, *NO_DIGESTS, *options, name=name)
        session = self.session(capture)
        self.assertEqual(wire.keys(session.sent)["InitialR2T"], initial_r2t)
        self.assertEqual(wire.keys(session.sent)["ImmediateData"], immediate_data)
        self.assertEqual(bool(session.immediate), effective[0], "immediate data")
        self.assertEqual(bool(session.unsolicited), effective[1], "unsolicited Data-Out")
        self.assertTrue(session.solicited, "1 MiB does not fit the first burst")
        self.read_and_check(MIB, *NO_DIGESTS, *options, name=name)

    def test_initial_r2t_and_immediate_data(self):
        for initial_r2t in ("Yes", "No"):
            for immediate_data in ("Yes", "No"):
                with self.subTest(InitialR2T=initial_r2t, ImmediateData=immediate_data):
                    unsolicited = initial_r2t == "No" and self.lets_send_unsolicited
                    effective = (immediate_data == "Yes", unsolicited)
                    self.check_first_burst(
                        self.target.narrow, initial_r2t, immediate_data, effective
                    )

    def test_our_segment_length(self):
        for length in (512, 8192, 262144):
            with self.subTest(length=length):
                option = settings(f"MaxRecvDataSegmentLength={length}")
                session = self.session(self.read_and_check(2 * MIB, *NO_DIGESTS, *option))
                declared = wire.keys(session.sent)["MaxRecvDataSegmentLength"]
                self.assertEqual(int(declared), length)
                largest = max(pdu.length for pdu in session.of(wire.DATA_IN))
                self.assertLessEqual(largest, length)
                self.assertGreater(largest, min(length, 16384) // 2)

    def test_the_targets_segment_length(self):
        common = self.target
        for length in self.target.segments:
            with self.subTest(length=length):
                self.target = self.make(segment=length).start()
                self.addCleanup(self.target.stop)
                options = settings("ImmediateData=No", "MaxBurstLength=1048576")
                session = self.session(self.write_and_check(2 * MIB, *NO_DIGESTS, *options))
                declared = wire.keys(session.received).get("MaxRecvDataSegmentLength", 8192)
                self.assertEqual(int(declared), length)
                sizes = [pdu.length for pdu in session.of(wire.DATA_OUT)]
                self.assertEqual(sum(sizes), 2 * MIB)
                self.assertLessEqual(max(sizes), length)
                self.assertGreater(max(sizes), min(length, 16384) // 2)
        self.target = common

    def test_small_bursts(self):
        options = settings("FirstBurstLength=512", "MaxBurstLength=512")
        self.read_and_check(MIB // 4, *NO_DIGESTS, *options)
        for initial_r2t in ("Yes", "No"):
            with self.subTest(InitialR2T=initial_r2t):
                more = settings(f"InitialR2T={initial_r2t}")
                session = self.session(
                    self.write_and_check(MIB // 8, *NO_DIGESTS, *options, *more)
                )
                for r2t in session.of(wire.R2T):
                    self.assertLessEqual(wire.word(r2t, 44), 512)  # Desired Data Transfer Length
                first = {}
                for pdu in session.immediate + session.unsolicited:
                    tag = wire.word(pdu, 16)
                    first[tag] = first.get(tag, 0) + pdu.length
                self.assertLessEqual(max(first.values(), default=0), 512)

    def test_large_bursts(self):
        for initial_r2t in ("Yes", "No"):
            with self.subTest(InitialR2T=initial_r2t):
                options = settings(
                    "FirstBurstLength=262144", "MaxBurstLength=1048576", f"InitialR2T={initial_r2t}"
                )
                self.read_and_check(4 * MIB, *options)
                session = self.session(self.write_and_check(4 * MIB, *NO_DIGESTS, *options))
                self.assertEqual(wire.keys(session.sent)["MaxBurstLength"], "1048576")

    def test_outstanding_r2t(self):
        for count in (1, 8):
            with self.subTest(MaxOutstandingR2T=count):
                options = settings(f"MaxOutstandingR2T={count}", "MaxBurstLength=65536")
                options += settings("FirstBurstLength=8192")
                session = self.session(self.write_and_check(2 * MIB, *NO_DIGESTS, *options))
                self.assertEqual(int(wire.keys(session.sent)["MaxOutstandingR2T"]), count)
                self.assertTrue(session.of(wire.R2T))

    def test_copy_64_mib_to_the_target(self):
        lun = self.target.small
        data = os.urandom(64 * MIB)
        source = self.file("copy.in", data)
        result = self.must("copy", source, self.target.url(lun))
        self.same(self.target.backing(lun), data)
        self.assertRegex(result.text + result.complaint, r"[0-9].*[KMG]i?B/s")
        self.assertNotIn("\033", result.text + result.complaint, "colours without a terminal")

    def test_copy_64_mib_from_the_target(self):
        lun = self.target.small
        data = os.urandom(64 * MIB)
        self.target.fill(lun, 0, data)
        output = self.file("copy.out")
        self.must("copy", self.target.url(lun), output)
        self.same(program.contents(output), data)

    def test_copy_between_disks(self):
        data = os.urandom(64 * MIB)
        self.target.fill(self.target.small, 0, data)
        self.must(
            *("--header-digest", "crc32c", "--data-digest", "crc32c", "copy"),
            *(self.target.url(self.target.small), self.target.url(self.target.disk)),
        )
        self.same(self.target.backing(self.target.disk, 0, 64 * MIB), data)

    def test_memory_from_one_block(self):
        self.read_and_check(MIB, "--memory-limit", 4 * MIB)
        small = program.run("--memory-limit", 64, "capacity", self.target.url(self.target.disk))
        self.assertEqual(small.code, 1, str(small))
        self.assertTrue(small.complaint.strip())

    def test_statistics(self):
        url = self.target.url(self.target.disk)
        plain = self.must("capacity", url)
        counted = self.must("--stats", "capacity", url)
        more = counted.text + counted.complaint
        self.assertGreater(len(more), len(plain.text + plain.complaint))
        counters = dict(re.findall(r"(?m)^([a-z0-9-]+)=([0-9]+)$", counted.text))
        self.assertEqual(counters["logins"], "1")
        self.assertEqual(counters["logins-succeeded"], "1")

    def test_statistics_add_sessions_up(self):
        """The scan of a portal logs in once to ask, and once to each target."""
        lines = self.must("--stats", "--json", "scan", self.target.portal).text.splitlines()
        counters = json.loads(lines[-1])["counters"]
        sessions = 1 + len(self.target.names)
        self.assertEqual(counters["logins-succeeded"], sessions)
        self.assertEqual(counters["logins"], sessions)
        plain = self.must("--stats", "scan", self.target.portal).text
        names = re.findall(r"(?m)^([a-z0-9-]+)=[0-9]+$", plain)
        self.assertEqual(names, list(counters), "every counter, by name, in the same order")

    def test_every_session_logs_out(self):
        capture = self.file("logout.pcap")
        log = self.file("logout.log")
        options = (*NO_DIGESTS, "--pcap", capture, "--event-log", log)
        self.must(*options, "capacity", self.target.url(self.target.disk))
        session = self.session(capture)
        self.assertEqual(len(session.of(wire.LOGOUT_REQUEST)), 1)
        told = [number for number, _, _ in program.told(log)]
        unanswered = told == [111] and 111 in self.target.whims
        self.assertEqual(len(session.of(wire.LOGOUT_RESPONSE)), 0 if unanswered else 1)
        self.assertEqual(told, [111] if unanswered else [])
