"""iSCSI from Python: libsanscsi by ctypes, driven by asyncio. README.md tells how to use it."""

from .disk import Capacity, Disk, Inquiry, build, discover, open_disk
from .errors import LoginFailed, SanscsiError, ScsiError, StatusError, TaskFailed
from .events import Cause, Event, number_of
from .session import Initiator, Login, Portal, Result, Session, Target

__all__ = [
    "Capacity",
    "Cause",
    "Disk",
    "Event",
    "Initiator",
    "Inquiry",
    "Login",
    "LoginFailed",
    "Portal",
    "Result",
    "SanscsiError",
    "ScsiError",
    "Session",
    "StatusError",
    "Target",
    "TaskFailed",
    "build",
    "discover",
    "number_of",
    "open_disk",
]
