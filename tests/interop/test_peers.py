"""Other initiators' tools see the same targets, logical units and capacities as the program."""

import re
import subprocess
import unittest

import bodies
import guard
import program
import targets


def peer(tool, *arguments):
    result = subprocess.run(
        [guard.need(tool), *arguments],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    if result.returncode != 0:
        raise AssertionError(f"{tool} {arguments}: {result.stdout} {result.stderr}")
    return result.stdout


class Agreement(bodies.Base):
    def test_capacity(self):
        for lun in self.target.luns:
            url = self.target.url(lun)
            theirs = peer("iscsi-readcapacity16", url)
            last = int(re.search(r"RETURNED LOGICAL BLOCK ADDRESS:(\d+)", theirs).group(1))
            size = int(re.search(r"Total size:(\d+)", theirs).group(1))
            ours = list(program.leaves(self.must("--json", "capacity", url).json()))
            self.assertIn(last + 1, ours)
            self.assertIn(size, ours)

    def test_inquiry(self):
        url = self.target.url(self.target.disk)
        theirs = peer("iscsi-inq", url)
        ours = self.must("inquiry", url).text
        for field in ("Vendor", "Product", "Revision"):
            value = re.search(rf"{field}:(.*)", theirs).group(1).strip()
            self.assertIn(value, ours)

    def test_serial_number(self):
        url = self.target.url(self.target.disk)
        theirs = peer("iscsi-inq", "-e", "1", "-c", "128", url)
        serial = re.search(r"Unit Serial Number:\[\s*(\S+)\s*\]", theirs).group(1)
        self.assertIn(serial, self.must("inquiry", "--vpd", "0x80", url).text)


class TgtPeers(Agreement, unittest.TestCase):
    make = targets.Tgt

    def test_targets(self):
        theirs = set(re.findall(r"Target:(\S+)", peer("iscsi-ls", f"iscsi://{self.target.portal}")))
        self.assertEqual(theirs, set(self.target.names))
        text = self.must("discover", self.target.portal).text
        self.assertEqual(set(re.findall(r"iqn\.[^\s,]+", text)), theirs)

    def test_logical_units(self):
        theirs = peer("iscsi-ls", "-s", f"iscsi://{self.target.portal}")
        theirs = {int(lun) for lun in re.findall(r"Lun:(\d+)", theirs)}
        self.assertEqual(theirs, set(self.target.lun_list))
        ours = self.must("--json", "luns", self.target.url(1)).json()
        self.assertLessEqual(theirs, set(program.leaves(ours)))


class IstgtPeers(Agreement, unittest.TestCase):
    # No `iscsi-ls` here: that tool never ends on istgt's answers.
    make = targets.Istgt


if __name__ == "__main__":
    unittest.main(verbosity=2)
