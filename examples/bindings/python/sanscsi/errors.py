"""What the library and targets refuse, as exceptions: all are SanscsiError; events say why."""

from __future__ import annotations

from typing import TYPE_CHECKING, Sequence

if TYPE_CHECKING:
    from .events import Event
    from .session import Result


class SanscsiError(Exception):
    """The base of all errors of this package.

    events: what the session had to tell, in its order.
    """

    def __init__(self, message: str, events: Sequence[Event] = ()) -> None:
        super().__init__(message)
        self.events = tuple(events)

    @property
    def event(self) -> Event | None:
        """The worst of the events, of equals the first; None without any."""
        return max(self.events, key=lambda event: event.severity_rank) if self.events else None


class StatusError(SanscsiError):
    """A call of the library was refused: `status`, its `name` and what it means."""

    def __init__(self, status: int, name: str, text: str, events: Sequence[Event] = ()) -> None:
        super().__init__(f"{name}: {text}", events)
        self.status = status
        self.name = name


class LoginFailed(SanscsiError):
    """The session could not be made."""

    def __init__(self, events: Sequence[Event], may_retry: bool) -> None:
        super().__init__("login failed", events)
        self.may_retry = may_retry  # whether the same again can help

    def __str__(self) -> str:
        return self.event.message if self.event is not None else "login failed"


class TaskFailed(SanscsiError):
    """A task ended without an answer of the target: `result.io_status` says where."""

    def __init__(self, result: Result, events: Sequence[Event]) -> None:
        super().__init__(result.io_status_text, events)
        self.result = result


class ScsiError(SanscsiError):
    """The target answered a command with another status than GOOD."""

    def __init__(self, result: Result) -> None:
        super().__init__(result.describe())
        self.result = result
