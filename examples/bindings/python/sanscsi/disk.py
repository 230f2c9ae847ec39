"""Disks behind a session, by the library's own CDB builders and parsers."""

from __future__ import annotations

import ctypes
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, AsyncIterator

from . import _c
from .errors import SanscsiError, ScsiError
from .session import Initiator, Login, Result, Session, Target

_UNIT_ATTENTION = 6  # sense key: something changed since the last command, such as the session
_RECOVERED = 1  # sense key: done, with some trouble
_CHECK_CONDITION = 2
_TRIES = 4


def build(name: str, *arguments: int) -> bytes:
    """A CDB of the library's: build("read", lba, blocks, flags) is sanscsi_cdb_read().

    ValueError for a name that is not among those of _c.FUNCTIONS, and for numbers that do not fit.
    """
    function = f"sanscsi_cdb_{name}"
    if function not in _c.FUNCTIONS:
        raise ValueError(f"{name}: no builder of a CDB that this package knows")
    cdb = (ctypes.c_uint8 * 16)()
    numbers = _c.fitting_all(function, arguments, skip=1)
    length = getattr(_c.library(), function)(ctypes.byref(cdb), *numbers)
    if length == 0:
        raise ValueError(f"{name}{arguments}: the CDB has no room for this")
    return bytes(cdb[:length])


@dataclass(frozen=True)
class Inquiry:
    """What a unit says that it is."""

    vendor: str
    product: str
    revision: str
    device_type: int
    device_type_name: str


@dataclass(frozen=True)
class Capacity:
    """How large a disk is."""

    blocks: int
    block_length: int

    @property
    def bytes(self) -> int:
        """All blocks together."""
        return self.blocks * self.block_length


class Disk:
    """One logical unit. Any number of its methods may be under way at once."""

    def __init__(self, session: Session, lun: int) -> None:
        self.session = session
        self.lun = lun
        self._capacity: Capacity | None = None

    async def command(self, cdb: bytes, **options: Any) -> Result:
        """Session.command() for this unit; ScsiError unless it went well.

        A unit attention is no failure: the command is sent again, some times.
        """
        for _ in range(_TRIES):
            result = await self.session.command(self.lun, cdb, **options)
            checked = result.scsi_status == _CHECK_CONDITION
            if result.scsi_status == 0 or (checked and result.sense_key == _RECOVERED):
                return result
            if not checked or result.sense_key != _UNIT_ATTENTION:
                break
        raise ScsiError(result)

    async def ready(self) -> None:
        """TEST UNIT READY."""
        await self.command(build("test_unit_ready"), resend=True)

    async def inquiry(self) -> Inquiry:
        """Standard INQUIRY data."""
        found = _c.Inquiry()
        await self._ask(build("inquiry", 0, 0, 96), 96, "sanscsi_inquiry_parse", found)
        name = _c.library().sanscsi_device_type_name(found.device_type)
        texts = (found.vendor, found.product, found.revision)
        vendor, product, revision = (text.decode() for text in texts)
        return Inquiry(vendor, product, revision, found.device_type, name.decode())

    async def capacity(self) -> Capacity:
        """READ CAPACITY(16)."""
        found = _c.Capacity()
        cdb = build("read_capacity16", 32)
        await self._ask(cdb, 32, "sanscsi_capacity16_parse", found)
        self._capacity = Capacity(found.blocks, found.block_length)
        return self._capacity

    async def read_into(self, lba: int, buffer: Any, timeout: float | None = None) -> None:
        """Fills a writable buffer, whole blocks of it, in place: nothing is copied."""
        blocks = await self._blocks_of(buffer)
        cdb = build("read", lba, blocks, 0)
        result = await self.command(cdb, data_in=buffer, timeout=timeout, resend=True)
        _whole(result)

    async def read(self, lba: int, blocks: int) -> bytearray:
        """Reads blocks."""
        capacity = self._capacity or await self.capacity()
        buffer = bytearray(blocks * capacity.block_length)
        await self.read_into(lba, buffer)
        return buffer

    async def write(
        self, lba: int, data: Any, timeout: float | None = None, resend: bool = False
    ) -> None:
        """Writes whole blocks from where they lie.

        resend: may be written twice when the session is lost and comes back."""
        blocks = await self._blocks_of(data)
        cdb = build("write", lba, blocks, 0)
        _whole(await self.command(cdb, data_out=data, timeout=timeout, resend=resend))

    async def flush(self) -> None:
        """SYNCHRONIZE CACHE of the whole medium."""
        await self.command(build("synchronize_cache10", 0, 0, 0), resend=True)

    async def _blocks_of(self, data: Any) -> int:
        capacity = self._capacity or await self.capacity()
        size = memoryview(data).nbytes
        if size == 0 or size % capacity.block_length:
            raise ValueError(f"{size} bytes are no blocks of {capacity.block_length}")
        return size // capacity.block_length

    async def _ask(self, cdb: bytes, size: int, parser: str, found: _c.Struct) -> None:
        buffer = bytearray(size)
        result = await self.command(cdb, data_in=buffer, resend=True)
        data = bytes(buffer[: result.data_in])
        _c.check(getattr(_c.library(), parser)(data, len(data), ctypes.byref(found)))


def _whole(result: Result) -> None:
    if result.underflow or result.overflow:
        raise SanscsiError(f"{result.underflow} bytes were not transferred")


@asynccontextmanager
async def open_disk(url: str, **options: Any) -> AsyncIterator[Disk]:
    """Logs in to iscsi://[USER[%SECRET]@]HOST[:PORT]/TARGET-NAME/LUN, and out at the end.

    options: those of Login, such as chap=("name", "secret").
    """
    login, lun = Login.from_url(url, **options)
    with Initiator() as initiator:
        async with Session(initiator, login) as session:
            yield Disk(session, lun)


async def discover(portal: str, **options: Any) -> list[Target]:
    """The targets of a portal, HOST[:PORT]."""
    with Initiator() as initiator:
        async with Session(initiator, Login.from_portal(portal, **options)) as session:
            return await session.send_targets()
