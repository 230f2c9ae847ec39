"""Child processes that never outlive the test that started them; ended by pid, never by name."""

import atexit
import ctypes
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PR_SET_PDEATHSIG = 1
_LIBC = ctypes.CDLL(None, use_errno=True)
_children = []
_folders = []


def _die_with_parent():
    # Covers the one case that no handler sees: this process killed by SIGKILL.
    _LIBC.prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


def need(tool):
    """The path of a program the tests cannot do without; its absence fails them, never skips."""
    path = shutil.which(tool, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    if path is None:
        raise RuntimeError(f"{tool} is not installed: run `sh tests/setup.sh`")
    return path


def start(command, **options):
    """Starts a process that is ended with this one, whatever happens."""
    process = subprocess.Popen(
        command, stdin=subprocess.DEVNULL, preexec_fn=_die_with_parent, **options
    )
    _children.append(process)
    return process


def stop(process, patience=5.0):
    """Asks by SIGTERM, insists by SIGKILL, and reaps."""
    if process.poll() is None:
        process.terminate()
        try:
            process.wait(patience)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
    if process in _children:
        _children.remove(process)


def folder(prefix):
    """A temporary folder that is removed at the end. Short: socket paths have 108 bytes."""
    path = tempfile.mkdtemp(prefix=prefix, dir="/tmp")
    _folders.append(path)
    return path


def free_port():
    """A TCP port of 127.0.0.1 nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for(what, condition, seconds=15.0):
    """Polls `condition` until it holds; fails with `what` when it does not in time."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    raise RuntimeError(f"waited {seconds:.0f} s in vain for {what}")


def accepts(port):
    """Whether somebody accepts connections at this port of 127.0.0.1."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=1):
            return True
    except OSError:
        return False


def _end_all():
    for process in list(_children):
        stop(process, patience=2.0)
    for path in _folders:
        shutil.rmtree(path, ignore_errors=True)


def _end_by_signal(number, _frame):
    raise SystemExit(128 + number)


atexit.register(_end_all)
for _number in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(_number, _end_by_signal)
