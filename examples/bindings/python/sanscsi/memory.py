"""Buffers lent to the library: pinned as long as it may read or write them, never copied."""

from __future__ import annotations

import ctypes
from typing import Any

_WRITABLE = 1  # PyBUF_WRITABLE
_VIEW_READ, _VIEW_WRITE = 0x100, 0x200  # PyBUF_READ, PyBUF_WRITE


class _Buffer(ctypes.Structure):
    """Py_buffer, as the C API of Python lays it out."""

    _fields_ = [
        ("buf", ctypes.c_void_p),
        ("obj", ctypes.c_void_p),
        ("len", ctypes.c_ssize_t),
        ("itemsize", ctypes.c_ssize_t),
        ("readonly", ctypes.c_int),
        ("ndim", ctypes.c_int),
        ("format", ctypes.c_char_p),
        ("shape", ctypes.c_void_p),
        ("strides", ctypes.c_void_p),
        ("suboffsets", ctypes.c_void_p),
        ("internal", ctypes.c_void_p),
    ]


_get = ctypes.pythonapi.PyObject_GetBuffer
_get.argtypes = [ctypes.py_object, ctypes.POINTER(_Buffer), ctypes.c_int]
_get.restype = ctypes.c_int
_release = ctypes.pythonapi.PyBuffer_Release
_release.argtypes = [ctypes.POINTER(_Buffer)]
_release.restype = None
_from_memory = ctypes.pythonapi.PyMemoryView_FromMemory
_from_memory.argtypes = [ctypes.c_void_p, ctypes.c_ssize_t, ctypes.c_int]
_from_memory.restype = ctypes.py_object


class Pinned:
    """The bytes of an object, which cannot move, shrink or go away until release()."""

    def __init__(self, owner: Any, writable: bool) -> None:
        """BufferError or TypeError for an object without (writable) contiguous bytes."""
        self._buffer = _Buffer()
        _get(owner, ctypes.byref(self._buffer), _WRITABLE if writable else 0)

    @property
    def address(self) -> int:
        """Where the bytes are; 0 may stand for none."""
        return self._buffer.buf or 0

    @property
    def size(self) -> int:
        """How many there are."""
        return int(self._buffer.len)

    def release(self) -> None:
        """Gives the bytes back to their owner. A second call does nothing."""
        _release(ctypes.byref(self._buffer))


def window(address: int, size: int, writable: bool) -> memoryview:
    """A view of memory of the library's, good as long as the window that names it."""
    view: memoryview = _from_memory(address, size, _VIEW_WRITE if writable else _VIEW_READ)
    return view
