"""Diagnostic events as objects: number, name, severity, arguments by name, causes, what to do."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass
from typing import Iterator, Mapping, Union

from . import _c

Value = Union[int, str]


@dataclass(frozen=True)
class Cause:
    """A probable cause, and what to do about it."""

    number: str
    text: str
    actions: tuple[str, ...]


@dataclass(frozen=True)
class Event:
    """One record. `event["status_class"]` is an argument by its name, as in doc/events.md."""

    id: int
    name: str
    severity: str
    severity_rank: int  # 0 information to 3 critical
    summary: str
    message: str  # with the arguments; everything unprintable is escaped
    args: Mapping[str, Value]
    causes: tuple[Cause, ...]  # those that fit the arguments
    target: str
    portal: str
    session: int
    cid: int
    time: int  # ns of time.monotonic_ns()

    def __getitem__(self, name: str) -> Value:
        return self.args[name]

    def __str__(self) -> str:
        return f"{self.severity} {self.id} {self.name}: {self.message}"


def number_of(name: str) -> int:
    """The number of the event with this name; KeyError when there is none."""
    number = _c.library().sanscsi_event_find(name.encode())
    if number == 0:
        raise KeyError(name)
    return int(number)


def of_status(status: int) -> Iterator[Event]:
    """The event that a refusal of a session is, if it is one: no session could tell it."""
    record = _c.Event()
    if _c.library().sanscsi_event_of_status(status, ctypes.byref(record)) == 0:
        yield from_record(record)


def _causes(record: _c.Event) -> Iterator[Cause]:
    lib = _c.library()
    for index in record.causes[: record.cause_count]:
        actions: list[str] = []
        while text := lib.sanscsi_event_action(record.id, index, len(actions)):
            actions.append(text.decode())
        yield Cause(
            lib.sanscsi_event_cause_number(record.id, index).decode(),
            lib.sanscsi_event_cause_text(record.id, index).decode(),
            tuple(actions),
        )


def _arguments(record: _c.Event) -> Iterator[tuple[str, Value]]:
    for index in range(record.arg_count):
        arg = record.args[index]
        name = _c.library().sanscsi_event_arg_name(record.id, index).decode()
        is_text = arg.type == _c.Arg.STRING
        yield name, _c.text_at(arg.text, arg.text_length) if is_text else int(arg.number)


def _message(record: _c.Event) -> str:
    lib = _c.library()
    size = lib.sanscsi_event_message(ctypes.byref(record), None, 0) + 1
    buffer = ctypes.create_string_buffer(size)
    lib.sanscsi_event_message(ctypes.byref(record), buffer, size)
    return buffer.value.decode()


def from_record(record: _c.Event) -> Event:
    """Copies a record: what it points to is the session's until the next poll."""
    lib = _c.library()
    return Event(
        id=record.id,
        name=lib.sanscsi_event_name(record.id).decode(),
        severity=lib.sanscsi_severity_name(record.severity).decode(),
        severity_rank=record.severity,
        summary=lib.sanscsi_event_summary(record.id).decode(),
        message=_message(record),
        args=dict(_arguments(record)),
        causes=tuple(_causes(record)),
        target=_c.text_at(record.target, record.target_length),
        portal=_c.text_at(record.portal, record.portal_length),
        session=record.session,
        cid=record.cid,
        time=record.time,
    )
