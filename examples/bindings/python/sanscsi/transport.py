"""One TCP connection of a session: moves bytes between a socket and the session's windows.

A non-blocking socket beside the event loop's readiness, and not asyncio's streams: those would copy
what is sent into a queue of their own and read into buffers of their own. Here a read lands in the
buffer of the command it is for, and a PDU is made when the socket has room for it.
"""

from __future__ import annotations

import asyncio
import ctypes
import errno
import socket
import time
from typing import Any, Callable

from . import _c, memory

_ENTRIES = 16  # of a window, at most
_TURNS = 16  # reads in a row, before others have their turn
_PATIENCE = 30.0  # s to open it, all addresses of the host together
_ABSENT = (BlockingIOError, InterruptedError)
_REASONS = {
    errno.ENETUNREACH: _c.Connect.NO_ROUTE,
    errno.EHOSTUNREACH: _c.Connect.NO_ROUTE,
    errno.ECONNREFUSED: _c.Connect.REFUSED,
    errno.ETIMEDOUT: _c.Connect.TIMEOUT,
}


class Transport:
    """Opened by connect(), gone after close(). `changed` is called when there may be outputs."""

    def __init__(self, handle: ctypes.c_void_p, cid: int, changed: Callable[[], None]) -> None:
        self._handle = handle
        self._cid = cid
        self._changed = changed
        self._loop = asyncio.get_running_loop()
        self._lib = _c.library()
        self._socket: socket.socket | None = None
        self._connecting: asyncio.Task[None] | None = None
        self._list = (_c.IoVec * _ENTRIES)()
        self._count = ctypes.c_size_t()
        self._blocked = False  # the socket takes no more: wait until it does

    def connect(self, host: str, port: int) -> None:
        """Begins to open; the session is told how it went."""
        self._connecting = self._loop.create_task(self._connect(host, port))

    def close(self) -> None:
        """Closes at once and tells the session so."""
        if self._connecting is not None:
            self._connecting.cancel()
            self._connecting = None
        if self._socket is not None:
            self._loop.remove_reader(self._socket)
            self._loop.remove_writer(self._socket)
            self._socket.close()
            self._socket = None
        self._blocked = False
        self._lib.sanscsi_closed(self._handle, self._cid, time.monotonic_ns())

    def send(self) -> None:
        """Sends what the session has to send, as far as the socket takes it."""
        while self._socket is not None and not self._blocked:
            views = self._window(self._lib.sanscsi_tx_window, writable=False)
            if not views:
                return
            try:
                sent = self._socket.sendmsg(views)
            except _ABSENT:
                self._blocked = True
                self._loop.add_writer(self._socket, self._writable)
                return
            except OSError:
                self._end()
                return
            now = time.monotonic_ns()
            _c.check(self._lib.sanscsi_tx_commit(self._handle, self._cid, sent, now))

    async def _connect(self, host: str, port: int) -> None:
        try:
            reason = await asyncio.wait_for(self._open(host, port), _PATIENCE)
        except asyncio.TimeoutError:
            reason = _c.Connect.TIMEOUT
        self._connecting = None
        now = time.monotonic_ns()
        if self._socket is None:
            self._lib.sanscsi_connect_failed(self._handle, self._cid, reason, now)
        else:
            self._loop.add_reader(self._socket, self._readable)
            self._lib.sanscsi_connected(self._handle, self._cid, now)  # no memory: an event says it
        self._changed()

    async def _open(self, host: str, port: int) -> int:
        """Tries the host's addresses in order. The reason of the last failure counts."""
        try:
            found = await self._loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError:
            return _c.Connect.UNRESOLVED
        reason = _c.Connect.OTHER
        for family, kind, protocol, _, address in found:
            made = None
            try:
                made = socket.socket(family, kind, protocol)
                made.setblocking(False)
                await self._loop.sock_connect(made, address)
                made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._socket = made
                break
            except OSError as error:
                reason = _REASONS.get(error.errno or 0, _c.Connect.OTHER)
            finally:
                if made is not None and self._socket is not made:
                    made.close()
        return reason

    def _window(self, ask: Any, writable: bool) -> list[memoryview]:
        status = ask(self._handle, self._cid, self._list, _ENTRIES, ctypes.byref(self._count))
        if status != 0:
            return []  # not connected any more: outputs tell it
        entries = self._list[: self._count.value]
        return [memory.window(entry.data, entry.size, writable) for entry in entries if entry.size]

    def _writable(self) -> None:
        assert self._socket is not None
        self._loop.remove_writer(self._socket)
        self._blocked = False
        self._changed()

    def _readable(self) -> None:
        for _ in range(_TURNS):
            if not self._receive():
                break
        self._changed()

    def _receive(self) -> bool:
        """One read; False when there is no more for now, or ever."""
        if self._socket is None:
            return False
        views = self._window(self._lib.sanscsi_rx_window, writable=True)
        if not views:
            self._loop.remove_reader(self._socket)  # wants no more: CLOSE waits to be polled
            return False
        try:
            came = self._socket.recvmsg_into(views)[0]
        except _ABSENT:
            return False
        except OSError:
            came = 0
        if came == 0:
            self.close()
            return False
        # What breaks the protocol is told by an event and a CLOSE.
        self._lib.sanscsi_rx_commit(self._handle, self._cid, came, time.monotonic_ns())
        return True

    def _end(self) -> None:
        """The socket takes nothing more; what has come before that often says why."""
        while self._receive():
            pass
        if self._socket is not None:
            self.close()
