"""Work in a copy of this process: whatever it does to itself, this process does not notice.

A library that keeps state between calls, corrupts its stack on some inputs or never comes back is called so; each
call then finds the same state, which makes its result the same in any order.
"""

from __future__ import annotations

import faulthandler
import os
import signal
import sys
import warnings
from collections.abc import Callable
from typing import NoReturn


class ChildError(Exception):
    """The copy ended without a result. The text says how, as a clause."""


def available() -> bool:
    """Whether this system can do so: it is POSIX, and not macOS, whose libraries do not survive it."""
    return hasattr(os, "fork") and sys.platform != "darwin"


def forked(work: Callable[[], bytes], seconds: float) -> bytes:
    """What ``work`` gives, done in a copy of this process that is ended after ``seconds``.

    The copy says nothing: its standard error leads nowhere.

    Raises:
        ChildError: It crashed, raised or took too long.
    """
    read, write = os.pipe()
    with warnings.catch_warnings():
        # Python warns of forks beside other threads; the copy takes no lock that one of them may hold.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        os.close(read)  # so that it ends when nobody is there to read any more
        _child(work, write, seconds)
    os.close(write)
    ended = False
    try:
        with open(read, "rb") as stream:  # noqa: PTH123  # a descriptor has no path
            data = stream.read()
        ended = True
    finally:
        if not ended:
            os.kill(pid, signal.SIGKILL)
        status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if status == -signal.SIGALRM:
        raise ChildError(f"took longer than {seconds:.0f} s")
    if status < 0:
        raise ChildError(f"crashed ({signal.Signals(-status).name})")
    if status:
        raise ChildError(f"ended with exit code {status}")
    return data


def _child(work: Callable[[], bytes], write: int, seconds: float) -> NoReturn:
    status = 3
    try:
        _prepare(seconds)
        data = work()
        with open(write, "wb") as stream:  # a descriptor has no path
            stream.write(data)
        status = 0
    finally:  # no exception may reach what the parent has on its stack
        os._exit(status)


def _prepare(seconds: float) -> None:
    """End by the kernel's clock, even when the parent is gone, and leave no message and no core file behind."""
    import resource  # noqa: PLC0415  # there is none on Windows

    for number in (signal.SIGALRM, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    faulthandler.disable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
