"""A session as asyncio has it: coroutines that end when the library says that their task did."""

from __future__ import annotations

import asyncio
import ctypes
import os
import time
from collections import deque
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Callable, Mapping

from . import _c, events
from .errors import LoginFailed, SanscsiError, StatusError, TaskFailed
from .memory import Pinned
from .transport import Transport

SENSE_SIZE = 252  # bytes of the longest sense data (SPC-4 4.5.1)
SECOND = 1_000_000_000  # ns
_REMEMBERED = 64  # events kept for errors


def _fill(_context: Any, where: int, size: int) -> int:
    try:
        ctypes.memmove(where, os.urandom(size), size)
    except NotImplementedError:
        return -1
    return 0


_random = _c.RandomFunction(_fill)


def _nanoseconds(name: str, seconds: float) -> int:
    """A time of the library's. Infinite, or beyond 584 years: no limit."""
    if not seconds > 0:  # nor NaN
        raise ValueError(f"{name}: {seconds} is no time to wait")
    return max(1, round(seconds * SECOND)) if seconds * SECOND < _c.NEVER else _c.NEVER


@dataclass(frozen=True)
class Login:
    """What to log in to, and how. Times are in seconds, above 0; None is the library's default,
    math.inf no limit."""

    host: str
    port: int = 3260
    target: str = ""  # none: a discovery session
    chap: tuple[str, str] | None = None  # our CHAP name and secret
    target_chap: tuple[str, str] | None = None  # what the target must prove; any name: ""
    keys: Mapping[str, str] = field(default_factory=dict)  # operational keys to propose
    tasks: int = 32  # that can be outstanding at once
    follow_permanent: bool = False  # permanent redirections too
    reinstate_attempts: int = 0  # how often a lost session logs in again by itself
    login_timeout: float | None = None
    command_timeout: float | None = None

    @staticmethod
    def from_url(url: str, **members: Any) -> tuple[Login, int]:
        """Reads iscsi://[USER[%SECRET]@]HOST[:PORT]/TARGET-NAME/LUN: a login and the LUN."""
        text = url.encode()
        buffer = ctypes.create_string_buffer(len(text) + 8)
        parsed = _c.Url()
        lib = _c.library()
        size = len(buffer)
        _c.check(lib.sanscsi_url_parse(text, len(text), buffer, size, ctypes.byref(parsed)))
        if parsed.user is not None:
            chap = parsed.user.decode(), (parsed.secret or b"").decode()
            members.setdefault("chap", chap)
        host, target = parsed.host.decode(), parsed.target.decode()
        return Login(host, parsed.port, target, **members), parsed.lun

    @staticmethod
    def from_portal(portal: str, **members: Any) -> Login:
        """Reads HOST[:PORT]: a login for discovery."""
        text = portal.encode()
        parsed = _c.Portal()
        _c.check(_c.library().sanscsi_portal_parse(text, len(text), ctypes.byref(parsed)))
        return Login(_c.text_at(parsed.host, parsed.host_length), parsed.port, **members)


@dataclass(frozen=True)
class Result:
    """How a task ended. Where io_status is Io.OK the target has answered."""

    io_status: int
    scsi_status: int
    data_in: int  # bytes read
    underflow: int  # bytes of the expected length that were not transferred
    overflow: int
    sense_key: int
    sense_code: int  # ASC * 256 + ASCQ
    sense: bytes

    @property
    def io_status_text(self) -> str:
        """The io_status in words."""
        text: bytes = _c.library().sanscsi_io_status_text(self.io_status)
        return text.decode()

    def describe(self) -> str:
        """The SCSI status and sense data in words."""
        lib = _c.library()
        words = [lib.sanscsi_scsi_status_name(self.scsi_status)]
        if self.sense_key or self.sense_code:
            words.append(lib.sanscsi_sense_key_name(self.sense_key))
            words.append(lib.sanscsi_sense_code_text(self.sense_code))
        return ", ".join(word.decode() for word in words)


@dataclass(frozen=True)
class Portal:
    """Where a target can be reached."""

    host: str
    port: int
    tag: int | None  # portal group


@dataclass(frozen=True)
class Target:
    """One discovery record. Without portals it means the portal that was asked."""

    name: str
    portals: tuple[Portal, ...]


class _Loan:
    """A task under way, with all that is lent until its TASK_DONE."""

    def __init__(self, future: asyncio.Future[Result], pinned: list[Pinned]) -> None:
        self.future = future  # nobody but end() ends it
        self.pinned = pinned
        self.sense = ctypes.create_string_buffer(SENSE_SIZE)
        self.lists = [_c.IoVec(each.address, each.size) for each in pinned]
        self.handle = ctypes.c_uint64()

    def end(self, result: Result | None) -> None:
        """Gives everything back. Without a result the session is gone."""
        for each in self.pinned:
            each.release()
        if result is not None:
            self.future.set_result(result)
        else:
            self.future.set_exception(SanscsiError("the session was closed"))


class Initiator:
    """Our node. One serves any number of sessions; close() it behind them."""

    def __init__(self, name: str = "iqn.2026-11.io.sanscsi:python", max_sessions: int = 64) -> None:
        settings = _c.InitiatorSettings.defaults()
        settings.name = name.encode()
        settings.name_length = len(settings.name)
        settings.max_sessions = max_sessions
        settings.random = _random
        self.handle = ctypes.c_void_p()
        lib = _c.library()
        _c.check(lib.sanscsi_initiator_new(ctypes.byref(settings), ctypes.byref(self.handle)))

    def close(self) -> None:
        """Ends the node; its sessions must be closed."""
        lib = _c.library()
        if lib.sanscsi_initiator_sessions(self.handle) > 0:
            raise SanscsiError("sessions of this initiator still exist")
        lib.sanscsi_initiator_free(self.handle)
        self.handle = ctypes.c_void_p()

    def __enter__(self) -> Initiator:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class Session:
    """One session with a target or a discovery portal; belongs to the running event loop.

    `async with Session(initiator, login) as session` logs in, and logs out at the end.
    """

    def __init__(
        self,
        initiator: Initiator,
        login: Login,
        on_event: Callable[[events.Event], None] | None = None,
    ) -> None:
        """on_event gets each event as it comes. What it raises goes to the loop's exception handler
        and changes nothing else."""
        self._lib = _c.library()
        self._loop = asyncio.get_running_loop()
        self._initiator = initiator  # lent to the session
        self._on_event = on_event
        self._handle = ctypes.c_void_p()
        self._new(login)
        self._transport = Transport(self._handle, 0, self._wake)
        self._output = _c.Output()
        self._loans: dict[int, _Loan] = {}
        self._loan_count = 0
        self._free = asyncio.Semaphore(login.tasks)
        self._timer: asyncio.TimerHandle | None = None
        self._timer_at = _c.NEVER
        self._turning = False
        self._turn_due = False
        self._started: asyncio.Future[None] | None = None
        self._ended = asyncio.Event()
        self._ended.set()
        self._targets: list[Target] = []
        self._event_count = 0  # of all times
        self.events: deque[events.Event] = deque(maxlen=_REMEMBERED)  # the last ones
        self.losses = 0  # how often the session was lost

    def _new(self, login: Login) -> None:
        settings = _c.SessionSettings.defaults()
        limits = _c.Limits.defaults()
        limits.tasks = login.tasks
        limits.events = 16
        _put_text(settings, "host", login.host)
        settings.port = login.port
        settings.type = _c.SessionType.NORMAL if login.target else _c.SessionType.DISCOVERY
        if login.target:
            _put_text(settings, "target_name", login.target)
        if login.chap is not None:
            _put_text(settings, "chap_name", login.chap[0])
            _put_text(settings, "chap_secret", login.chap[1])
        if login.target_chap is not None:
            if login.target_chap[0]:
                _put_text(settings, "target_chap_name", login.target_chap[0])
            _put_text(settings, "target_chap_secret", login.target_chap[1])
        settings.follow_permanent = login.follow_permanent
        settings.reinstate_attempts = login.reinstate_attempts
        if login.login_timeout is not None:
            settings.login_timeout = _nanoseconds("login_timeout", login.login_timeout)
        if login.command_timeout is not None:
            settings.command_timeout = _nanoseconds("command_timeout", login.command_timeout)
        for key, value in login.keys.items():
            texts = key.encode(), value.encode()
            parameters = ctypes.byref(settings.parameters)
            _c.check(
                self._lib.sanscsi_parameters_set(
                    parameters, texts[0], len(texts[0]), texts[1], len(texts[1])
                )
            )
        status = self._lib.sanscsi_session_new(
            self._initiator.handle,
            ctypes.byref(settings),
            ctypes.byref(limits),
            ctypes.byref(self._handle),
        )
        try:
            _c.check(status)
        except StatusError as error:
            error.events = tuple(events.of_status(status))
            raise

    # Life.

    async def start(self) -> None:
        """Logs in; LoginFailed when that cannot be done."""
        self.events.clear()
        _c.check(self._lib.sanscsi_session_start(self._live(), time.monotonic_ns()))
        self._ended.clear()
        self._started = self._loop.create_future()
        self._turn()
        await self._started

    async def logout(self) -> None:
        """Logs out and waits for the end. Tasks that are outstanding end with TaskFailed."""
        if not self._ended.is_set():
            self._lib.sanscsi_logout(self._live(), time.monotonic_ns())  # or it ends already
            self._turn()
            await self._ended.wait()

    def close(self) -> None:
        """Ends the session at once, and gives back its memory and all that was lent to it."""
        if not self._handle:
            return
        if self._turning:
            raise SanscsiError("on_event must not close the session")
        if not self._ended.is_set():
            self._lib.sanscsi_logout(self._handle, time.monotonic_ns())
            self._transport.close()
            self._turn()
        if self._timer is not None:
            self._timer.cancel()
        self._lib.sanscsi_session_free(self._handle)
        self._handle = ctypes.c_void_p()
        for loan in self._loans.values():
            loan.end(None)
        self._loans.clear()

    async def __aenter__(self) -> Session:
        try:
            await self.start()
        except BaseException:
            self.close()
            raise
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            await self.logout()
        finally:
            self.close()

    @property
    def parameters(self) -> Mapping[str, int]:
        """The operational parameters in force, by the names of sanscsi_parameters."""
        found = _c.Parameters()
        _c.check(self._lib.sanscsi_session_parameters(self._live(), ctypes.byref(found)))
        names = [name for name, *_ in _c.Parameters._fields_]
        return {name: getattr(found, name) for name in names if name != "size"}

    # Tasks.

    @property
    def outstanding(self) -> int:
        """Tasks under way, whose buffers are lent."""
        return len(self._loans)

    async def command(
        self,
        lun: int,
        cdb: bytes,
        data_in: Any = None,
        data_out: Any = None,
        timeout: float | None = None,
        resend: bool = False,
    ) -> Result:
        """Has a SCSI command carried out; its result, whatever the target answered.

        lun: a number. data_in is filled in place, data_out is sent from where it lies: both are
        pinned until the task has ended. TaskFailed when the target did not answer. A coroutine that
        is cancelled has the task aborted and ends when the buffers are given back.

        resend: may be sent again when the session is lost and comes back.
        """
        wire_lun = ctypes.c_uint64()
        number = _c.fitting("lun", lun, ctypes.c_uint32)
        _c.check(self._lib.sanscsi_lun_encode(number, ctypes.byref(wire_lun)))
        command = _c.Command.defaults()
        command.lun = wire_lun
        command.cdb, command.cdb_length = cdb, len(cdb)
        if timeout is not None:
            command.timeout = _nanoseconds("timeout", timeout)
        if resend:
            command.flags = _c.CommandFlag.RESEND

        def submit(loan: _Loan, user: int) -> int:
            lists = iter(loan.lists)
            if data_in is not None:
                command.data_in, command.data_in_count = ctypes.pointer(next(lists)), 1
            if data_out is not None:
                command.data_out, command.data_out_count = ctypes.pointer(next(lists)), 1
            command.sense = ctypes.addressof(loan.sense)
            command.sense_size = SENSE_SIZE
            command.user = user
            now, handle = time.monotonic_ns(), ctypes.byref(loan.handle)
            status: int = self._lib.sanscsi_submit(self._live(), ctypes.byref(command), now, handle)
            return status

        return await self._run(submit, ((data_in, True), (data_out, False)))

    async def ping(self, data: bytes = b"") -> float:
        """Has the target send `data` back; the seconds it took. TaskFailed when it does not."""
        echo = bytearray(len(data))

        def submit(loan: _Loan, user: int) -> int:
            now, handle = time.monotonic_ns(), ctypes.byref(loan.handle)
            there, back = loan.pinned
            places = (there.address, back.address) if data else (None, None)
            status: int = self._lib.sanscsi_ping(
                self._live(), *places, len(data), user, 0, now, handle
            )
            return status

        began = time.monotonic()
        await self._run(submit, ((data, False), (echo, True)))
        return time.monotonic() - began

    async def send_targets(self) -> list[Target]:
        """The targets of a discovery session's portal."""
        self._targets = []

        def submit(loan: _Loan, user: int) -> int:
            now, handle = time.monotonic_ns(), ctypes.byref(loan.handle)
            status: int = self._lib.sanscsi_send_targets(self._live(), user, now, handle)
            return status

        await self._run(submit, ())
        return self._targets

    async def _run(self, submit: Callable[[_Loan, int], int], buffers: Any) -> Result:
        async with self._free:
            pinned: list[Pinned] = []
            loan = None
            try:
                for owner, writable in buffers:
                    if owner is not None:
                        pinned.append(Pinned(owner, writable))
                loan = _Loan(self._loop.create_future(), pinned)
                self._loan_count += 1
                _c.check(submit(loan, self._loan_count))
            except BaseException:
                for each in pinned:
                    each.release()
                raise
            self._loans[self._loan_count] = loan
            known = self._event_count
            self._wake()
            result = await self._end_of(loan)
        if result.io_status != _c.Io.OK:
            new = min(self._event_count - known, len(self.events))
            raise TaskFailed(result, list(self.events)[len(self.events) - new :])
        return result

    async def _end_of(self, loan: _Loan) -> Result:
        """Waits for TASK_DONE, also when the waiting is cancelled: the buffers are lent until then.

        The library's timeouts bound it."""
        try:
            return await asyncio.shield(loan.future)
        except asyncio.CancelledError:
            if self._handle and not loan.future.done():
                self._lib.sanscsi_cancel(self._handle, loan.handle, time.monotonic_ns())
                self._wake()
            while not loan.future.done():
                try:
                    await asyncio.wait([loan.future])
                except asyncio.CancelledError:
                    pass
            raise

    # The engine.

    def _live(self) -> ctypes.c_void_p:
        if not self._handle:
            raise SanscsiError("the session is closed")
        return self._handle

    def _wake(self) -> None:
        """Has a turn made soon: one for all that is submitted until then."""
        if not self._turn_due:
            self._turn_due = True
            self._loop.call_soon(self._turn)

    def _turn(self) -> None:
        """Takes what the session has to tell, and sends, until there is neither."""
        self._turn_due = False
        if self._turning or not self._handle:
            return
        self._turning = True
        try:
            self._poll()
            self._transport.send()
            while self._poll():
                self._transport.send()
        finally:
            self._turning = False
        self._arm()

    def _arm(self) -> None:
        deadline = self._lib.sanscsi_deadline(self._handle)
        if deadline >= self._timer_at:
            return  # a needless tick does nothing
        if self._timer is not None:
            self._timer.cancel()
        wait = max(0, deadline - time.monotonic_ns()) / SECOND
        self._timer_at = deadline
        self._timer = self._loop.call_later(wait, self._tick)

    def _tick(self) -> None:
        self._timer, self._timer_at = None, _c.NEVER
        if self._handle:
            self._lib.sanscsi_tick(self._handle, time.monotonic_ns())
            self._turn()

    def _poll(self) -> bool:
        """Whether there was anything to tell."""
        output = self._output
        found = False
        while True:
            _c.check(self._lib.sanscsi_poll(self._handle, ctypes.byref(output)))
            if output.type == _c.OutputType.NONE:
                return found
            found = True
            serve = _SERVE.get(output.type)
            if serve is not None:  # types that came later than this binding are left
                serve(self, output)

    def _connect(self, output: _c.Output) -> None:
        host = _c.text_at(output.host, output.host_length)
        self._transport.connect(host, output.port)

    def _close(self, _output: _c.Output) -> None:
        self._transport.close()

    def _logged_in(self, _output: _c.Output) -> None:
        if self._started is not None and not self._started.done():
            self._started.set_result(None)

    def _logged_out(self, _output: _c.Output) -> None:
        self._ended.set()
        if self._started is not None and not self._started.done():
            may_retry = self._lib.sanscsi_session_may_retry(self._handle) == 1
            self._started.set_exception(LoginFailed(tuple(self.events), may_retry))

    def _lost(self, _output: _c.Output) -> None:
        self.losses += 1

    def _task_done(self, output: _c.Output) -> None:
        told = output.result.contents
        loan = self._loans.pop(told.user)
        loan.end(
            Result(
                io_status=told.io_status,
                scsi_status=told.scsi_status,
                data_in=told.data_in,
                underflow=told.underflow,
                overflow=told.overflow,
                sense_key=told.sense_key,
                sense_code=told.sense_code,
                sense=loan.sense.raw[: told.sense_length],
            )
        )

    def _target(self, output: _c.Output) -> None:
        told = output.target.contents
        portals = []
        for index in range(told.portal_count):
            portal = _c.Portal()
            pointer = ctypes.byref(told)
            _c.check(self._lib.sanscsi_target_portal(pointer, index, ctypes.byref(portal)))
            tag = portal.tag if portal.tag != _c.NO_TAG else None
            portals.append(Portal(_c.text_at(portal.host, portal.host_length), portal.port, tag))
        self._targets.append(Target(_c.text_at(told.name, told.name_length), tuple(portals)))

    def _event(self, output: _c.Output) -> None:
        event = events.from_record(output.event.contents)
        self.events.append(event)
        self._event_count += 1
        if self._on_event is None:
            return
        try:
            self._on_event(event)
        except Exception as error:
            context = {"message": "on_event raised", "exception": error, "event": event}
            self._loop.call_exception_handler(context)


_SERVE: Mapping[int, Callable[[Session, _c.Output], None]] = {
    _c.OutputType.CONNECT: Session._connect,
    _c.OutputType.CLOSE: Session._close,
    _c.OutputType.LOGGED_IN: Session._logged_in,
    _c.OutputType.LOGGED_OUT: Session._logged_out,
    _c.OutputType.LOST: Session._lost,
    _c.OutputType.TASK_DONE: Session._task_done,
    _c.OutputType.TARGET: Session._target,
    _c.OutputType.EVENT: Session._event,
}


def _put_text(settings: _c.SessionSettings, member: str, text: str) -> None:
    """Sets a text and its length; the library copies it."""
    data = text.encode()
    setattr(settings, member, data)
    setattr(settings, member + "_length", len(data))
