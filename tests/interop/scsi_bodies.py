"""SCSI commands through the library's builders and parsers, and what they do, at any target.

What a target lacks it must refuse by CHECK CONDITION, ILLEGAL REQUEST, and the sense code that its
class tells; everything else must end well and have its effect.
"""

import os

from scsi_driver import Driver

BLOCK = 512
GOOD, CHECK_CONDITION, CONDITION_MET, CONFLICT = 0x00, 0x02, 0x04, 0x18  # SAM-5 5.3
ILLEGAL_REQUEST, MISCOMPARE = 0x5, 0xE  # SPC-4 4.5.6
NO_COMMAND, NO_FIELD, BEYOND = 0x2000, 0x2400, 0x2100  # SPC-4 annex F
DIFFERS = 0x1D00  # MISCOMPARE DURING VERIFY OPERATION
NO_DATA_COMPARED = ("verify10", "verify12", "verify16")
OTHER = "iqn.2026-01.test:other"
# Types of persistent reservations, SPC-4 6.
WRITE_EXCLUSIVE, EXCLUSIVE_ACCESS, EXCLUSIVE_REGISTRANTS = 1, 3, 6


class Commands:
    """One session with a unit of 512-byte blocks; `other()` is another initiator's."""

    lacks = {}  # verb: sense code of its refusal
    compares = True  # VERIFY looks at the data sent
    informs = True  # COMPARE AND WRITE tells where the difference is
    selects = True  # MODE SELECT has an effect
    checks_keys = True  # RESERVE looks at the key
    thin = None  # a LUN whose blocks can be unmapped

    def setUp(self):
        super().setUp()
        self.driver = Driver(self.target.url(self.lun()))
        self.addCleanup(self.driver.close)

    def lun(self):
        return self.target.small

    def other(self, lun=None):
        url = self.target.url(self.lun() if lun is None else lun)
        driver = Driver(url, "--initiator-name", OTHER)
        self.addCleanup(driver.close)
        return driver

    def ends(self, verb, status, *arguments, by=None, **words):
        """A command that ends with this SCSI status; its answer."""
        answer = (by or self.driver).say(verb, *arguments, **words)
        told = f"{verb} {words}: {answer}"
        self.assertNotEqual(answer.get("built"), False, told)
        self.assertEqual((answer["io_status"], answer["scsi_status"]), (0, status), told)
        self.assertFalse(answer.get("bad"), told)
        return answer

    def refuses(self, verb, code, *arguments, key=ILLEGAL_REQUEST, by=None, **words):
        answer = self.ends(verb, CHECK_CONDITION, *arguments, by=by, **words)
        self.assertEqual((answer["sense_key"], answer["sense_code"]), (key, code), f"{verb} {words}")
        return answer

    def does(self, verb, *arguments, **words):
        """A command that ends well; None where the target lacks it and says so."""
        if verb in self.lacks:
            self.refuses(verb, self.lacks[verb], *arguments, **words)
            return None
        return self.ends(verb, GOOD, *arguments, **words)

    def write(self, lba, data, by=None):
        blocks = len(data) // BLOCK
        return self.ends("write16", GOOD, data, by=by, lba=lba, blocks=blocks)

    def read(self, lba, blocks):
        answer = self.ends("read16", GOOD, lba=lba, blocks=blocks, **{"in": blocks * BLOCK})
        self.assertEqual(answer["data_in"], blocks * BLOCK)
        return bytes.fromhex(answer["data"])

    def test_reads_and_writes(self):
        for form, lba in ((6, 1000), (10, 1010), (12, 1020), (16, 1030)):
            data = os.urandom(2 * BLOCK)
            self.does(f"write{form}", data, lba=lba, blocks=2)
            for reader in (6, 10, 12, 16):
                size = {"in": 2 * BLOCK}
                answer = self.does(f"read{reader}", lba=lba, blocks=2, **size)
                if answer is not None:
                    self.assertEqual(answer["data"], data.hex(), f"{form} {reader}")
        self.assertEqual(self.read(1002, 2), bytes(2 * BLOCK))

    def test_beyond_the_end(self):
        end = self.ends("read-capacity16", GOOD)["answer"]["blocks"]
        self.assertEqual(end, self.target.luns[self.lun()][0] // BLOCK)
        self.refuses("read16", BEYOND, lba=end, blocks=1, **{"in": BLOCK})
        self.refuses("write16", BEYOND, bytes(2 * BLOCK), lba=end - 1, blocks=2)
        self.refuses("read10", BEYOND, lba=end - 1, blocks=2, **{"in": 2 * BLOCK})

    def test_write_same(self):
        for form, lba in ((10, 1100), (16, 1200)):
            before, pattern = os.urandom(6 * BLOCK), os.urandom(BLOCK)
            self.write(lba, before)
            if self.does(f"write-same{form}", pattern, lba=lba + 1, blocks=4):
                expected = before[:BLOCK] + 4 * pattern + before[5 * BLOCK :]
                self.assertEqual(self.read(lba, 6), expected)

    def test_compare_and_write(self):
        old, new = os.urandom(BLOCK), os.urandom(BLOCK)
        self.write(1300, old + old)
        if self.does("compare-and-write", old + new, lba=1300, blocks=1) is None:
            self.assertEqual(self.read(1300, 2), old + old)
            return
        self.assertEqual(self.read(1300, 2), new + old)
        wrong = bytearray(new)
        wrong[77] ^= 1
        both = bytes(wrong) + old
        words = {"key": MISCOMPARE, "lba": 1300, "blocks": 1}
        answer = self.refuses("compare-and-write", DIFFERS, both, **words)
        self.assertEqual(self.read(1300, 2), new + old, "nothing is written")
        if self.informs:
            self.assertEqual(answer["information"], 77)

    def test_verify(self):
        data = os.urandom(2 * BLOCK)
        wrong = data[:-1] + bytes([data[-1] ^ 0xFF])
        self.write(1400, data)
        for form in (10, 12, 16):
            verb = f"verify{form}"
            self.does(verb, lba=1400, blocks=2)
            self.does(verb, data, lba=1400, blocks=2, flags=2)
            if verb in self.lacks or not self.compares:
                self.does(verb, wrong, lba=1400, blocks=2, flags=2)
            else:
                words = {"lba": 1400, "blocks": 2, "flags": 2}
                self.refuses(verb, DIFFERS, wrong, key=MISCOMPARE, **words)
            self.assertEqual(self.read(1400, 2), data)

    def test_write_and_verify(self):
        for form in (10, 12, 16):
            before, data = os.urandom(BLOCK), os.urandom(BLOCK)
            self.write(1500, before)
            written = self.does(f"write-and-verify{form}", data, lba=1500, blocks=1)
            self.assertEqual(self.read(1500, 1), data if written else before)

    def test_orwrite(self):
        one, other = os.urandom(BLOCK), os.urandom(BLOCK)
        self.write(1600, one)
        if self.does("orwrite16", other, lba=1600, blocks=1):
            expected = bytes(a | b for a, b in zip(one, other))
            self.assertEqual(self.read(1600, 1), expected)

    def test_prefetch(self):
        for verb in ("prefetch10", "prefetch16"):
            if verb in self.lacks:
                self.refuses(verb, self.lacks[verb], lba=0, blocks=8)
            else:
                answer = self.driver.say(verb, lba=0, blocks=8)
                self.assertEqual(answer["io_status"], 0)
                self.assertIn(answer["scsi_status"], (GOOD, CONDITION_MET))

    def test_medium(self):
        self.does("start-stop", flags=0)
        self.does("start-stop", flags=1)
        self.does("prevent-allow", prevent=1)
        self.does("prevent-allow", prevent=0)
        self.does("synchronize-cache10")
        self.does("synchronize-cache16")
        self.ends("test-unit-ready", GOOD)

    def test_unmap(self):
        """Unmapped blocks read as zeros, their neighbours stay."""
        if self.thin is None:
            self.refuses("unmap", NO_COMMAND, lba=0, blocks=1)
            return
        driver = self.driver
        self.driver = Driver(self.target.url(self.thin))
        self.addCleanup(self.driver.close)
        capacity = self.ends("read-capacity16", GOOD)["answer"]
        self.assertEqual(capacity["thin_provisioned"], 1)
        provisioning = self.ends("vpd", GOOD, page=0xB2)["answer"]
        self.assertEqual(provisioning["unmap"], 1)
        data = os.urandom(64 * BLOCK)
        self.write(2048, data)
        if self.ends("vpd", GOOD, page=0xB0)["answer"]["max_unmap_descriptors"] == 1:
            self.ends("unmap", GOOD, lba=2056, blocks=16)
            self.ends("unmap", GOOD, lba=2088, blocks=8)
        else:
            self.ends("unmap", GOOD, lba=2056, blocks=16, lba2=2088, blocks2=8)
        expected = bytearray(data)
        expected[8 * BLOCK : 24 * BLOCK] = bytes(16 * BLOCK)
        expected[40 * BLOCK : 48 * BLOCK] = bytes(8 * BLOCK)
        self.assertEqual(self.read(2048, 64), bytes(expected))
        if provisioning["write_same16"]:
            self.ends("write-same16", GOOD, bytes(BLOCK), lba=2048, blocks=8, flags=8)
            expected[: 8 * BLOCK] = bytes(8 * BLOCK)
            self.assertEqual(self.read(2048, 64), bytes(expected))
        self.check_lba_status(2048)
        self.driver = driver

    def check_lba_status(self, lba):
        answer = self.does("get-lba-status", lba=lba)
        if answer is not None:
            ranges = answer["answer"]["ranges"]
            first, blocks, status = ranges[0]
            self.assertEqual((first, status), (lba, 1), "deallocated")
            self.assertGreaterEqual(blocks, 8)

    def test_persistent_reservation(self):
        """A registrant reserves; others are kept out as the type says, until it is preempted."""
        other = self.other()
        mine, theirs = 0x1122334455667788, 0x99AABBCCDDEEFF00
        generation = self.ends("persistent-in", GOOD, action=0)["answer"]["generation"]
        self.ends("persistent-out", GOOD, action=0, service_key=mine)
        keys = self.ends("persistent-in", GOOD, by=other, action=0)["answer"]
        self.assertEqual(keys, {"generation": generation + 1, "keys": [mine]})
        if self.checks_keys:
            self.ends("persistent-out", CONFLICT, action=1, key=mine + 1, type=EXCLUSIVE_ACCESS)
        self.ends("persistent-out", GOOD, action=1, key=mine, type=EXCLUSIVE_ACCESS)
        held = self.ends("persistent-in", GOOD, action=1)["answer"]
        self.assertEqual((held["held"], held["key"], held["type"]), (1, mine, EXCLUSIVE_ACCESS))
        self.check_full_status(mine)
        words = {"lba": 1700, "blocks": 1}
        self.write(1700, bytes(BLOCK))
        self.ends("write10", CONFLICT, bytes(BLOCK), by=other, **words)
        self.ends("read10", CONFLICT, by=other, **words, **{"in": BLOCK})
        self.ends("persistent-out", GOOD, action=2, key=mine, type=EXCLUSIVE_ACCESS)
        self.ends("persistent-out", GOOD, action=1, key=mine, type=WRITE_EXCLUSIVE)
        self.ends("write10", CONFLICT, bytes(BLOCK), by=other, **words)
        self.ends("read10", GOOD, by=other, **words, **{"in": BLOCK})
        self.ends("persistent-out", GOOD, by=other, action=0, service_key=theirs)
        preempt = {"action": 4, "key": theirs, "service_key": mine, "type": WRITE_EXCLUSIVE}
        self.ends("persistent-out", GOOD, by=other, **preempt)
        held = self.ends("persistent-in", GOOD, action=1)["answer"]
        self.assertEqual((held["held"], held["key"]), (1, theirs))
        self.ends("write10", CONFLICT, bytes(BLOCK), **words)
        self.ends("persistent-out", GOOD, by=other, action=3, key=theirs)
        self.assertEqual(self.ends("persistent-in", GOOD, action=0)["answer"]["keys"], [])
        self.assertEqual(self.ends("persistent-in", GOOD, action=1)["answer"]["held"], 0)
        self.write(1700, bytes(BLOCK))
        self.ends("persistent-in", GOOD, action=2)

    def check_full_status(self, key):
        """The one registration, which holds the reservation."""
        answer = self.ends("persistent-in", GOOD, action=3)["answer"]
        (only,) = answer["registrations"]
        self.assertEqual((only["key"], only["holder"]), (key, 1))
        self.assertEqual((only["type"], only["protocol"]), (EXCLUSIVE_ACCESS, 5))
        self.assertTrue(only["name"].startswith("iqn.2026-11.io.sanscsi:"))

    def test_reserve(self):
        other = self.other()
        for form in (6, 10):
            if self.does(f"reserve{form}") is None:
                self.does(f"release{form}")
                continue
            self.ends("write10", CONFLICT, bytes(BLOCK), by=other, lba=1800, blocks=1)
            self.ends("reserve6", CONFLICT, by=other)
            self.does(f"release{form}")
            self.ends("write10", GOOD, bytes(BLOCK), by=other, lba=1800, blocks=1)

    def test_supported_commands(self):
        answer = self.does("report-opcodes", options=0)
        if answer is None:
            self.does("report-opcodes", options=1, opcode=0x28)
            return
        commands = answer["answer"]["commands"]
        for opcode, length in ((0x00, 6), (0x12, 6), (0x28, 10), (0x88, 16), (0xA0, 12)):
            self.assertIn([opcode, 0, length], commands)
        one = self.ends("report-opcodes", GOOD, options=1, opcode=0x28)["answer"]
        self.assertEqual((one["support"], one["cdb_length"]), (3, 10))
        self.assertEqual(one["usage"][:2], "28")

    def test_port_groups(self):
        answer = self.does("report-port-groups")
        if answer is not None:
            groups = answer["answer"]["groups"]
            self.assertTrue(groups)
            self.assertTrue(groups[0]["ports"])
            self.assertEqual(groups[0]["state"], 0, "active, optimized")

    def test_logs(self):
        answer = self.does("log-sense", page=0)
        if answer is not None:
            self.assertIn(0, answer["answer"]["pages"])

    def test_buffers_and_diagnostics(self):
        self.does("read-buffer", mode=2, **{"in": 16})
        self.does("write-buffer", bytes(16), mode=10)
        self.does("send-diagnostic", flags=4)
        self.does("receive-diagnostic", page=0)
        self.does("read-defects10", lists=0x18)
        self.does("read-defects12", lists=0x18)
        self.does("security-in")
        self.does("security-out", bytes(16), protocol=1)
        sense = self.ends("request-sense", GOOD)["answer"]
        self.assertEqual((sense["response_code"], sense["sense_key"]), (0x70, 0))

    def test_copy_by_the_unit(self):
        data, before = os.urandom(4 * BLOCK), os.urandom(4 * BLOCK)
        self.write(1900, data)
        self.write(1950, before)
        self.ends("vpd", GOOD, page=0x83)
        parameters = self.does("receive-copy", action=3)
        copied = self.does("extended-copy", lba=1900, to=1950, blocks=4, list=1)
        self.assertEqual(parameters is None, copied is None)
        self.assertEqual(self.read(1950, 4), data if copied else before)
        if parameters:
            answer = parameters["answer"]
            self.assertGreaterEqual(answer["max_units"], 1)
            types = bytes.fromhex(answer["types"])
            self.assertLessEqual({0x02, 0xE4}, set(types), "blocks to blocks, by designator")

    def test_mode_pages(self):
        for form in (6, 10):
            answer = self.ends(f"mode-sense{form}", GOOD, page=8)["answer"]
            ((page, text),) = answer["pages"]
            self.assertEqual((page, int(text[2:4], 16)), (8, 18), "caching, SBC-3 6.4")
            if answer.get("block_length") is not None:
                self.assertEqual(answer["block_length"], BLOCK)
            self.check_select(form, text)
        everything = self.ends("mode-sense6", GOOD, page=0x3F)["answer"]["pages"]
        pages = dict(everything)
        # Page 0 is the vendor's and has no length of its own, so it takes what is behind it.
        self.assertTrue(8 in pages or "0812" in pages[0], everything)

    def check_select(self, form, text):
        """Turns the write cache (WCE) around, and back, where the target lets us."""
        mask = self.ends(f"mode-sense{form}", GOOD, page=8, control=1)["answer"]["pages"][0][1]
        self.ends(f"mode-sense{form}", GOOD, page=8)
        value = int(text[4:6], 16)
        if f"mode-select{form}" in self.lacks:
            self.does(f"mode-select{form}")
            return
        if not int(mask[4:6], 16) & 4:
            return
        self.ends(f"mode-select{form}", GOOD, at=2, value=value ^ 4)
        if not self.selects:
            return
        changed = self.ends(f"mode-sense{form}", GOOD, page=8)["answer"]["pages"][0][1]
        self.assertEqual(int(changed[4:6], 16), value ^ 4)
        self.ends(f"mode-select{form}", GOOD, at=2, value=value)
        again = self.ends(f"mode-sense{form}", GOOD, page=8)["answer"]["pages"][0][1]
        self.assertEqual(again, text)

    def test_vital_product_data(self):
        pages = bytes.fromhex(self.ends("vpd", GOOD, page=0)["answer"]["bytes"])
        self.assertLessEqual({0x00, 0x80, 0x83}, set(pages))
        for page in pages:
            answer = self.ends("vpd", GOOD, page=page)["answer"]
            self.assertEqual(answer["page"], page)
            if page in (0x86, 0xB0, 0xB2):
                self.assertEqual(answer["detail"], 1, hex(page))
            if page == 0x83:
                kinds = {kind for _, kind, _ in answer["designators"]}
                self.assertIn(3, kinds, "NAA")
