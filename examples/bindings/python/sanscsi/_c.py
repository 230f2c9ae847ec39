"""The C interface, as far as this package uses it: structs, numbers, functions.

Structs and numbers are written down here once more, since a library does not tell them at run time.
tests/python compares each of them with what a C compiler makes of the headers, and `library()`
refuses a library that has structs of another size.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import enum
import functools
import operator
import os
from ctypes import POINTER, c_char, c_char_p, c_int32, c_size_t, c_uint8, c_uint32, c_uint64
from ctypes import c_void_p
from typing import Any, ClassVar

from .errors import StatusError

_UNSIGNED = (c_uint8, c_uint32, c_uint64, c_size_t)


def fitting(name: str, value: Any, kind: Any) -> Any:
    """The value, if an argument or member of that type holds it: ctypes cuts others silently.

    ValueError or TypeError if not; types that are no unsigned integers are left to ctypes."""
    if kind in _UNSIGNED and not isinstance(value, kind):
        most = 2 ** (8 * ctypes.sizeof(kind)) - 1
        if not 0 <= operator.index(value) <= most:
            raise ValueError(f"{name}: {value} is not within 0 and {most}")
    return value


class Struct(ctypes.Structure):
    """A public struct. Most begin with their size, which callers set."""

    c_name: ClassVar[str] = ""  # its name in C
    c_init: ClassVar[str] = ""  # the function that fills it with defaults

    def __init__(self, **members: Any) -> None:
        if self._fields_[0][0] == "size":
            members.setdefault("size", ctypes.sizeof(type(self)))
        super().__init__(**members)

    def __setattr__(self, name: str, value: Any) -> None:
        super().__setattr__(name, fitting(name, value, _kinds(type(self)).get(name)))

    @classmethod
    def defaults(cls) -> Any:
        """A struct as the library fills it; the size keeps it from writing beyond."""
        made = cls()
        check(getattr(library(), cls.c_init)(ctypes.byref(made), ctypes.sizeof(cls)))
        return made


@functools.lru_cache(maxsize=None)
def _kinds(struct: type[Struct]) -> dict[str, Any]:
    """The types of its members."""
    return {member[0]: member[1] for member in struct._fields_}


class IoVec(Struct):
    c_name = "sanscsi_iovec"
    _fields_ = [("data", c_void_p), ("size", c_size_t)]

    def __init__(self, data: int = 0, size: int = 0) -> None:
        ctypes.Structure.__init__(self, data, size)


RandomFunction = ctypes.CFUNCTYPE(c_int32, c_void_p, c_void_p, c_size_t)


class InitiatorSettings(Struct):
    c_name = "sanscsi_initiator_settings"
    c_init = "sanscsi_initiator_settings_init"
    _fields_ = [
        ("size", c_uint32),
        ("max_sessions", c_uint32),
        ("name", c_char_p),
        ("name_length", c_size_t),
        ("alias", c_char_p),
        ("alias_length", c_size_t),
        ("allocator", c_void_p),
        ("crc32c", c_void_p),
        ("crc32c_context", c_void_p),
        ("random", RandomFunction),
        ("random_context", c_void_p),
        ("hash", c_void_p),
        ("hash_context", c_void_p),
    ]


class Parameters(Struct):
    c_name = "sanscsi_parameters"
    _fields_ = [
        ("size", c_uint32),
        ("header_digest", c_uint32),
        ("data_digest", c_uint32),
        ("max_connections", c_uint32),
        ("initial_r2t", c_uint32),
        ("immediate_data", c_uint32),
        ("max_recv_data_segment_length", c_uint32),
        ("target_max_recv_data_segment_length", c_uint32),
        ("max_burst_length", c_uint32),
        ("first_burst_length", c_uint32),
        ("default_time2wait", c_uint32),
        ("default_time2retain", c_uint32),
        ("max_outstanding_r2t", c_uint32),
        ("data_pdu_in_order", c_uint32),
        ("data_sequence_in_order", c_uint32),
        ("error_recovery_level", c_uint32),
        ("task_reporting", c_uint32),
        ("protocol_level", c_uint32),
        ("target_portal_group_tag", c_uint32),
    ]


class SessionSettings(Struct):
    c_name = "sanscsi_session_settings"
    c_init = "sanscsi_session_settings_init"
    _fields_ = [
        ("size", c_uint32),
        ("type", c_uint32),
        ("target_name", c_char_p),
        ("target_name_length", c_size_t),
        ("host", c_char_p),
        ("host_length", c_size_t),
        ("port", c_uint32),
        ("max_login_exchanges", c_uint32),
        ("max_pair_length", c_uint32),
        ("max_login_text", c_uint32),
        ("max_discovery_text", c_uint32),
        ("max_unknown_keys", c_uint32),
        ("login_timeout", c_uint64),
        ("command_timeout", c_uint64),
        ("abort_timeout", c_uint64),
        ("logout_timeout", c_uint64),
        ("keepalive_interval", c_uint64),
        ("keepalive_timeout", c_uint64),
        ("isid", c_uint8 * 8),
        ("parameters", Parameters),
        ("authentication", c_uint32),
        ("chap_algorithms", c_uint8 * 4),
        ("chap_fallback", c_uint32),
        ("chap_ask", c_uint32),
        ("chap_weak_secrets", c_uint32),
        ("chap_name", c_char_p),
        ("chap_name_length", c_size_t),
        ("chap_secret", c_char_p),
        ("chap_secret_length", c_size_t),
        ("target_chap_name", c_char_p),
        ("target_chap_name_length", c_size_t),
        ("target_chap_secret", c_char_p),
        ("target_chap_secret_length", c_size_t),
        ("max_redirects", c_uint32),
        ("follow_permanent", c_uint32),
        ("redirect_authenticated", c_uint32),
        ("reinstate_attempts", c_uint32),
        ("reinstate_delay", c_uint64),
        ("reinstate_max_delay", c_uint64),
        ("hold_timeout", c_uint64),
        ("lun_reset_timeout", c_uint64),
        ("target_reset_timeout", c_uint64),
        ("tolerate", c_uint32),
        ("max_unasked", c_uint32),
    ]


class Limits(Struct):
    c_name = "sanscsi_limits"
    c_init = "sanscsi_limits_init"
    _fields_ = [
        ("size", c_uint32),
        ("tasks", c_uint32),
        ("tx_slots", c_uint32),
        ("events", c_uint32),
        ("event_text", c_uint32),
        ("max_cdb_length", c_uint32),
        ("max_outstanding_r2t", c_uint32),
    ]


class Command(Struct):
    c_name = "sanscsi_command"
    c_init = "sanscsi_command_init"
    _fields_ = [
        ("size", c_uint32),
        ("attribute", c_uint32),
        ("lun", c_uint64),
        ("cdb", c_char_p),
        ("cdb_length", c_uint32),
        ("data_out_count", c_uint32),
        ("data_in_count", c_uint32),
        ("sense_size", c_uint32),
        ("data_out", POINTER(IoVec)),
        ("data_in", POINTER(IoVec)),
        ("sense", c_void_p),
        ("user", c_uint64),
        ("timeout", c_uint64),
        ("flags", c_uint32),
        ("priority", c_uint32),
    ]


class TaskResult(Struct):
    c_name = "sanscsi_task_result"
    _fields_ = [
        ("size", c_uint32),
        ("kind", c_uint32),
        ("task", c_uint64),
        ("user", c_uint64),
        ("scsi_status", c_uint32),
        ("io_status", c_uint32),
        ("response", c_uint32),
        ("data_in", c_uint32),
        ("underflow", c_uint32),
        ("overflow", c_uint32),
        ("sense_length", c_uint32),
        ("sense_total", c_uint32),
        ("sense_key", c_uint32),
        ("sense_code", c_uint32),
        ("additional_response", c_uint32),
        ("status_qualifier", c_uint32),
        ("read_underflow", c_uint32),
        ("read_overflow", c_uint32),
        ("response_data_length", c_uint32),
        ("response_data_total", c_uint32),
    ]


class Target(Struct):
    c_name = "sanscsi_target"
    _fields_ = [
        ("size", c_uint32),
        ("portal_count", c_uint32),
        ("name", c_void_p),
        ("name_length", c_size_t),
        ("addresses", c_void_p),
        ("addresses_length", c_size_t),
    ]


class Portal(Struct):
    c_name = "sanscsi_portal"
    _fields_ = [
        ("size", c_uint32),
        ("port", c_uint32),
        ("host", c_void_p),
        ("host_length", c_size_t),
        ("tag", c_uint32),
        ("is_ipv6", c_uint32),
    ]


class Url(Struct):
    c_name = "sanscsi_url"
    _fields_ = [
        ("size", c_uint32),
        ("port", c_uint32),
        ("host", c_char_p),
        ("target", c_char_p),
        ("user", c_char_p),
        ("secret", c_char_p),
        ("lun", c_uint32),
        ("is_ipv6", c_uint32),
    ]


class EventArg(Struct):
    c_name = "sanscsi_event_arg"
    _fields_ = [
        ("type", c_uint32),
        ("truncated", c_uint32),
        ("number", c_uint64),
        ("text", c_void_p),
        ("text_length", c_size_t),
    ]


class Event(Struct):
    c_name = "sanscsi_event"
    _fields_ = [
        ("size", c_uint32),
        ("id", c_uint32),
        ("severity", c_uint32),
        ("cid", c_uint32),
        ("session", c_uint64),
        ("time", c_uint64),
        ("target", c_void_p),
        ("target_length", c_size_t),
        ("portal", c_void_p),
        ("portal_length", c_size_t),
        ("arg_count", c_uint32),
        ("cause_count", c_uint32),
        ("args", EventArg * 6),
        ("causes", c_uint32 * 12),
    ]


class Output(Struct):
    c_name = "sanscsi_output"
    _fields_ = [
        ("size", c_uint32),
        ("type", c_uint32),
        ("cid", c_uint32),
        ("port", c_uint32),
        ("host", c_void_p),
        ("host_length", c_size_t),
        ("result", POINTER(TaskResult)),
        ("target", POINTER(Target)),
        ("async_message", c_void_p),  # `async` is a word of Python's
        ("event", POINTER(Event)),
        ("secret", c_uint32),
        ("chap_name", c_void_p),
        ("chap_name_length", c_size_t),
        ("answers", c_void_p),
        ("answers_length", c_size_t),
    ]


class Inquiry(Struct):
    c_name = "sanscsi_inquiry"
    _fields_ = [
        ("size", c_uint32),
        ("peripheral_qualifier", c_uint32),
        ("device_type", c_uint32),
        ("removable", c_uint32),
        ("version", c_uint32),
        ("response_format", c_uint32),
        ("hierarchical_luns", c_uint32),
        ("normal_aca", c_uint32),
        ("protection", c_uint32),
        ("third_party_copy", c_uint32),
        ("port_groups", c_uint32),
        ("multiple_ports", c_uint32),
        ("enclosure_services", c_uint32),
        ("command_queuing", c_uint32),
        ("additional_length", c_uint32),
        ("data_length", c_uint32),
        ("vendor", c_char * 9),
        ("product", c_char * 17),
        ("revision", c_char * 5),
        ("reserved", c_uint8),
    ]


class Capacity(Struct):
    c_name = "sanscsi_capacity"
    _fields_ = [
        ("size", c_uint32),
        ("block_length", c_uint32),
        ("blocks", c_uint64),
        ("use_read_capacity16", c_uint32),
        ("physical_block_exponent", c_uint32),
        ("lowest_aligned_lba", c_uint32),
        ("thin_provisioned", c_uint32),
        ("reads_zeros", c_uint32),
        ("protection_type", c_uint32),
        ("protection_exponent", c_uint32),
        ("reserved", c_uint32),
    ]


class OutputType(enum.IntEnum):
    """SANSCSI_OUTPUT_...: what a session has to tell."""

    NONE = 0
    CONNECT = 1
    CLOSE = 2
    LOGGED_IN = 3
    LOGGED_OUT = 4
    TASK_DONE = 5
    TARGET = 6
    ASYNC = 7
    EVENT = 8
    SECRET = 9
    LOST = 10


class SessionType(enum.IntEnum):
    """SANSCSI_SESSION_...: what a session is for."""

    NORMAL = 0
    DISCOVERY = 1


class Io(enum.IntEnum):
    """SANSCSI_IO_...: how a task ended."""

    OK = 0
    SESSION_OFFLINE = 3
    TIMEOUT = 4
    TARGET_FAILURE = 5
    CONNECTION_OFFLINE = 6
    BYTES_LOST = 7
    CANCELLED = 8
    TERMINATED = 9


class Connect(enum.IntEnum):
    """SANSCSI_CONNECT_...: why a transport could not be opened."""

    UNRESOLVED = 1
    NO_ROUTE = 2
    REFUSED = 3
    TIMEOUT = 4
    OTHER = 5


class Arg(enum.IntEnum):
    """SANSCSI_ARG_...: types of event arguments."""

    INT = 0
    HEX = 1
    STRING = 2


class CommandFlag(enum.IntFlag):
    """SANSCSI_COMMAND_...: how a command is sent."""

    IMMEDIATE = 1
    RESEND = 2


# Where the numbers above stand in C: the prefix of their names.
NUMBERS = {
    "SANSCSI_OUTPUT_": OutputType,
    "SANSCSI_SESSION_": SessionType,
    "SANSCSI_IO_": Io,
    "SANSCSI_CONNECT_": Connect,
    "SANSCSI_ARG_": Arg,
    "SANSCSI_COMMAND_": CommandFlag,
}
NEVER = 2**64 - 1  # SANSCSI_NEVER
NO_TAG = 2**32 - 1  # sanscsi_portal.tag where none is told

_handle = c_void_p
_now = c_uint64
_cdb = POINTER(c_uint8 * 16)

# Result and arguments of each function.
FUNCTIONS: dict[str, tuple[Any, list[Any]]] = {
    "sanscsi_version": (c_char_p, []),
    "sanscsi_status_name": (c_char_p, [c_int32]),
    "sanscsi_status_text": (c_char_p, [c_int32]),
    "sanscsi_io_status_name": (c_char_p, [c_uint32]),
    "sanscsi_io_status_text": (c_char_p, [c_uint32]),
    "sanscsi_initiator_settings_init": (c_int32, [POINTER(InitiatorSettings), c_size_t]),
    "sanscsi_initiator_new": (c_int32, [POINTER(InitiatorSettings), POINTER(_handle)]),
    "sanscsi_initiator_sessions": (c_uint32, [_handle]),
    "sanscsi_initiator_free": (None, [_handle]),
    "sanscsi_session_settings_init": (c_int32, [POINTER(SessionSettings), c_size_t]),
    "sanscsi_limits_init": (c_int32, [POINTER(Limits), c_size_t]),
    "sanscsi_parameters_set": (
        c_int32,
        [POINTER(Parameters), c_char_p, c_size_t, c_char_p, c_size_t],
    ),
    "sanscsi_session_new": (
        c_int32,
        [_handle, POINTER(SessionSettings), POINTER(Limits), POINTER(_handle)],
    ),
    "sanscsi_session_free": (None, [_handle]),
    "sanscsi_session_start": (c_int32, [_handle, _now]),
    "sanscsi_session_parameters": (c_int32, [_handle, POINTER(Parameters)]),
    "sanscsi_session_may_retry": (c_int32, [_handle]),
    "sanscsi_logout": (c_int32, [_handle, _now]),
    "sanscsi_connected": (c_int32, [_handle, c_uint32, _now]),
    "sanscsi_connect_failed": (c_int32, [_handle, c_uint32, c_uint32, _now]),
    "sanscsi_closed": (c_int32, [_handle, c_uint32, _now]),
    "sanscsi_rx_window": (
        c_int32,
        [_handle, c_uint32, POINTER(IoVec), c_size_t, POINTER(c_size_t)],
    ),
    "sanscsi_rx_commit": (c_int32, [_handle, c_uint32, c_size_t, _now]),
    "sanscsi_tx_window": (
        c_int32,
        [_handle, c_uint32, POINTER(IoVec), c_size_t, POINTER(c_size_t)],
    ),
    "sanscsi_tx_commit": (c_int32, [_handle, c_uint32, c_size_t, _now]),
    "sanscsi_deadline": (c_uint64, [_handle]),
    "sanscsi_tick": (c_int32, [_handle, _now]),
    "sanscsi_poll": (c_int32, [_handle, POINTER(Output)]),
    "sanscsi_target_portal": (c_int32, [POINTER(Target), c_uint32, POINTER(Portal)]),
    "sanscsi_command_init": (c_int32, [POINTER(Command), c_size_t]),
    "sanscsi_submit": (c_int32, [_handle, POINTER(Command), _now, POINTER(c_uint64)]),
    "sanscsi_ping": (
        c_int32,
        [_handle, c_void_p, c_void_p, c_uint32, c_uint64, c_uint64, _now, POINTER(c_uint64)],
    ),
    "sanscsi_send_targets": (c_int32, [_handle, c_uint64, _now, POINTER(c_uint64)]),
    "sanscsi_cancel": (c_int32, [_handle, c_uint64, _now]),
    "sanscsi_url_parse": (c_int32, [c_char_p, c_size_t, c_void_p, c_size_t, POINTER(Url)]),
    "sanscsi_portal_parse": (c_int32, [c_char_p, c_size_t, POINTER(Portal)]),
    "sanscsi_event_find": (c_uint32, [c_char_p]),
    "sanscsi_event_of_status": (c_int32, [c_int32, POINTER(Event)]),
    "sanscsi_event_name": (c_char_p, [c_uint32]),
    "sanscsi_event_summary": (c_char_p, [c_uint32]),
    "sanscsi_event_arg_name": (c_char_p, [c_uint32, c_size_t]),
    "sanscsi_event_cause_number": (c_char_p, [c_uint32, c_size_t]),
    "sanscsi_event_cause_text": (c_char_p, [c_uint32, c_size_t]),
    "sanscsi_event_action": (c_char_p, [c_uint32, c_size_t, c_size_t]),
    "sanscsi_event_message": (c_size_t, [POINTER(Event), c_char_p, c_size_t]),
    "sanscsi_severity_name": (c_char_p, [c_uint32]),
    "sanscsi_lun_encode": (c_int32, [c_uint32, POINTER(c_uint64)]),
    "sanscsi_cdb_test_unit_ready": (c_uint32, [_cdb]),
    "sanscsi_cdb_inquiry": (c_uint32, [_cdb, c_uint32, c_uint32, c_uint32]),
    "sanscsi_cdb_read_capacity16": (c_uint32, [_cdb, c_uint32]),
    "sanscsi_cdb_read": (c_uint32, [_cdb, c_uint64, c_uint32, c_uint32]),
    "sanscsi_cdb_write": (c_uint32, [_cdb, c_uint64, c_uint32, c_uint32]),
    "sanscsi_cdb_synchronize_cache10": (c_uint32, [_cdb, c_uint64, c_uint32, c_uint32]),
    "sanscsi_inquiry_parse": (c_int32, [c_void_p, c_size_t, POINTER(Inquiry)]),
    "sanscsi_capacity16_parse": (c_int32, [c_void_p, c_size_t, POINTER(Capacity)]),
    "sanscsi_device_type_name": (c_char_p, [c_uint32]),
    "sanscsi_scsi_status_name": (c_char_p, [c_uint32]),
    "sanscsi_sense_key_name": (c_char_p, [c_uint32]),
    "sanscsi_sense_code_text": (c_char_p, [c_uint32]),
}

_loaded: ctypes.CDLL | None = None


def _path() -> str:
    found = os.environ.get("SANSCSI_LIBRARY") or ctypes.util.find_library("sanscsi")
    return found or "libsanscsi.so.0"


def library() -> Any:
    """The library, loaded when it is first wanted.

    Raises OSError when there is none and ImportError when it is of another release. The
    environment's SANSCSI_LIBRARY names another one than the system's.
    """
    global _loaded
    if _loaded is None:
        loaded = ctypes.CDLL(_path())
        for name, (result, arguments) in FUNCTIONS.items():
            function = getattr(loaded, name, None)
            if function is None:
                raise ImportError(f"{loaded._name} has no {name}(): it is of another release")
            function.restype, function.argtypes = result, arguments
        for struct in (InitiatorSettings, SessionSettings, Limits, Command):
            size = ctypes.sizeof(struct)
            if getattr(loaded, struct.c_init)(ctypes.byref(struct()), size) != 0:
                raise ImportError(f"{loaded._name} has another {struct.c_name}: of another release")
        _loaded = loaded
    return _loaded


def fitting_all(name: str, values: tuple[Any, ...], skip: int = 0) -> tuple[Any, ...]:
    """The values, if they are what a function takes behind the first `skip` arguments."""
    kinds = FUNCTIONS[name][1][skip:]
    if len(values) != len(kinds):
        raise TypeError(f"{name} takes {len(kinds)} numbers, not {len(values)}")
    return tuple(fitting(name, value, kind) for value, kind in zip(values, kinds))


def check(status: int) -> int:
    """Raises StatusError for a status that is an error; others pass."""
    if status < 0:
        name, text = library().sanscsi_status_name(status), library().sanscsi_status_text(status)
        raise StatusError(status, name.decode(), text.decode())
    return status


def text_at(address: int | None, length: int) -> str:
    """A peer's text. Bytes that are not UTF-8 become escapes, so nothing is lost."""
    return "" if not address else ctypes.string_at(address, length).decode("utf-8", "backslashreplace")
