"""SCSI commands of a correct small disk (SPC-4, SBC-3), over the iSCSI PDUs that carry them."""

import struct

import reply as replies
from pdu import DATA_IN, NO_TAG, R2T, SCSI_RESPONSE, Pdu

BLOCK = 512
NAMES = {
    0x00: "test-unit-ready",
    0x12: "inquiry",
    0x1A: "mode-sense",
    0x25: "read-capacity-10",
    0x28: "read-10",
    0x2A: "write-10",
    0x35: "synchronize-cache",
    0x88: "read-16",
    0x8A: "write-16",
    0x9E: "read-capacity-16",
    0xA0: "report-luns",
}
INQUIRY = bytes.fromhex("0000050242000002") + b"ROGUE   " + b"TEST DISK       " + b"0001"
INQUIRY += bytes(20) + bytes.fromhex("00800460030004c0") + bytes(22)


def sense(key, asc, ascq):
    """Fixed-format sense data with its length in front, as a SCSI Response carries it."""
    data = bytes([0x70, 0, key, 0, 0, 0, 0, 10, 0, 0, 0, 0, asc, ascq, 0, 0, 0, 0])
    return struct.pack(">H", len(data)) + data


class Units:
    """The logical units of one target."""

    def __init__(self, connection):
        self.connection = connection
        self.options = connection.target.options
        self.disk = connection.target.disk
        self.writes = {}  # by task tag: [request, offset, data so far, wanted]

    def command(self, pdu):
        """Answers one SCSI Command."""
        cdb = bytes(pdu.header[32:48])
        name = NAMES.get(cdb[0], f"command-{cdb[0]:02x}")
        lun = pdu.lun >> 48 & 0x3FFF
        if pdu.lun & 0xFFFFFFFFFFFF:
            self.connection.complain(f"LUN {pdu.lun:#x} was not in the inventory")
        if name in ("write-10", "write-16"):
            self._write(pdu, cdb, name)
            return
        method = getattr(self, "_" + name.replace("-", "_"), None)
        if lun not in self.options["luns"] and name not in ("inquiry", "report-luns"):
            self.check(pdu, name, sense(5, 0x25, 0))
        elif method is None:
            self.check(pdu, name, sense(5, 0x20, 0))
        else:
            data = method(cdb, lun)
            if data is None:
                self.check(pdu, name, sense(5, 0x24, 0))
            else:
                self.good(pdu, name, data)

    # Answers.

    def good(self, request, name, data=b""):
        """Data-In PDUs, if any, and GOOD status."""
        expected = request.ttt if request.header[1] & 0x40 else 0  # Expected Data Transfer Length
        data, left_over = data[:expected], len(data) - expected
        pdus = []
        step = self.connection.initiator_max_data
        for at in range(0, len(data), step):
            piece = data[at : at + step]
            final = at + step >= len(data)
            pdu = Pdu(DATA_IN, piece, final=int(final), itt=request.itt, ttt=NO_TAG)
            pdu.set(word36=len(pdus), word40=at)  # DataSN, Buffer Offset
            pdu.set(exp_cmd_sn=self.connection.exp_cmd_sn, max_cmd_sn=self.connection.max_cmd_sn)
            pdus.append(pdu)
        response = Pdu(SCSI_RESPONSE, final=1, itt=request.itt, word36=len(pdus))
        if len(data) < expected:
            response.set(flags=0x82, word44=expected - len(data))
        elif left_over > 0 and request.ttt:
            response.set(flags=0x84, word44=left_over)
        self.connection.number_pdu(response, request)
        self._send(request, name, pdus + [response])

    def check(self, request, name, data, status=0x02):
        """CHECK CONDITION with sense data, or another status."""
        response = Pdu(SCSI_RESPONSE, data, final=1, itt=request.itt, status=status)
        if request.ttt and request.header[1] & 0x60:
            response.set(flags=0x82, word44=request.ttt)
        self.connection.number_pdu(response, request)
        self._send(request, name, [response])

    def _send(self, request, name, pdus):
        answer = replies.Reply(self.connection, name, request, pdus)
        self.connection.bend(answer)
        self.connection.send(answer)

    # Commands that read.

    def _test_unit_ready(self, _cdb, _lun):
        return b""

    def _synchronize_cache(self, _cdb, _lun):
        return b""

    def _inquiry(self, cdb, lun):
        size = int.from_bytes(cdb[3:5], "big")
        if cdb[1] & 1:
            pages = {0x00: bytes([0, 0, 0, 2, 0, 0x80]), 0x80: b"\0\x80\0\x08ROGUE001"}
            page = pages.get(cdb[2])
            return None if page is None else page[:size]
        data = INQUIRY if lun in self.options["luns"] else b"\x7f" + INQUIRY[1:]
        return data[:size]

    def _report_luns(self, cdb, _lun):
        luns = b"".join(struct.pack(">H6x", lun) for lun in self.options["luns"])
        return (struct.pack(">I4x", len(luns)) + luns)[: int.from_bytes(cdb[6:10], "big")]

    def _read_capacity_10(self, _cdb, _lun):
        return struct.pack(">II", len(self.disk) // BLOCK - 1, BLOCK)

    def _read_capacity_16(self, cdb, _lun):
        data = struct.pack(">QI20x", len(self.disk) // BLOCK - 1, BLOCK)
        return data[: int.from_bytes(cdb[10:14], "big")]

    def _mode_sense(self, cdb, _lun):
        return bytes([3, 0, 0, 0])[: cdb[4]]

    def _read_10(self, cdb, _lun):
        return self._blocks(*_range10(cdb))

    def _read_16(self, cdb, _lun):
        return self._blocks(*_range16(cdb))

    def _blocks(self, lba, count):
        if (lba + count) * BLOCK > len(self.disk):
            return None
        return bytes(self.disk[lba * BLOCK : (lba + count) * BLOCK])

    # Writing.

    def _write(self, pdu, cdb, name):
        lba, count = _range10(cdb) if name == "write-10" else _range16(cdb)
        if pdu.ttt != count * BLOCK:
            self.connection.complain(f"a write of {count} blocks tells {pdu.ttt} bytes")
        self.writes[pdu.itt] = [pdu, lba * BLOCK, bytearray(pdu.data), 0]
        if pdu.final:
            self._ask_or_finish(pdu.itt)

    def data_out(self, pdu):
        """One Data-Out PDU."""
        write = self.writes.get(pdu.itt)
        if write is None:
            self.connection.complain("Data-Out for no write")
            return
        if pdu.word40 != len(write[2]):
            self.connection.complain(f"Data-Out at {pdu.word40}, not at {len(write[2])}")
        write[2] += pdu.data
        if pdu.final:
            self._ask_or_finish(pdu.itt)

    def _ask_or_finish(self, tag):
        request, offset, data, asked = self.writes[tag]
        missing = request.ttt - len(data)
        if missing <= 0:
            self.disk[offset : offset + len(data)] = data
            del self.writes[tag]
            self.good(request, NAMES[request.header[32]])
            return
        burst = int(self.connection.results.get("MaxBurstLength", 262144))
        ready = Pdu(R2T, final=1, lun=request.lun, itt=tag, ttt=0x100 + asked)
        ready.set(stat_sn=self.connection.stat_sn, word36=asked)
        ready.set(exp_cmd_sn=self.connection.exp_cmd_sn, max_cmd_sn=self.connection.max_cmd_sn)
        ready.set(word40=len(data), word44=min(missing, burst))
        self.writes[tag][3] += 1
        self._send(request, "r2t", [ready])


def _range10(cdb):
    return int.from_bytes(cdb[2:6], "big"), int.from_bytes(cdb[7:9], "big")


def _range16(cdb):
    return int.from_bytes(cdb[2:10], "big"), int.from_bytes(cdb[10:14], "big")
