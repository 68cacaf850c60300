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


class Out:
    """Writes to an open file at once: a buffer is one more thing to make in every copy, and to close behind it."""

    def __init__(self, descriptor: int) -> None:
        """Take an open file."""
        self._descriptor = descriptor

    def write(self, data: bytes) -> None:
        """Write all of it."""
        rest = memoryview(data)
        while rest:
            rest = rest[os.write(self._descriptor, rest) :]


Work = Callable[[Out], None]


def available() -> bool:
    """Whether this system can do so: it is POSIX, and not macOS, whose libraries do not survive it."""
    return hasattr(os, "fork") and sys.platform != "darwin"


def forked(work: Callable[[], bytes], seconds: float) -> bytes:
    """What ``work`` gives, done in a copy of this process that is ended after ``seconds``.

    The copy says nothing: its standard error leads nowhere.

    Raises:
        ChildError: It crashed, raised or took too long.
    """
    return told(lambda out: out.write(work()), seconds)


def told(work: Work, seconds: float) -> bytes:
    """As :func:`forked`, of work that writes what it gives bit by bit.

    Raises:
        ChildError: As above; then what was written is lost.
    """
    read, write = os.pipe()
    ended, pid = False, 0
    try:
        pid = _copy(work, write, seconds, read)
        os.close(write)
        with open(read, "rb") as stream:  # noqa: PTH123  # a descriptor has no path
            data = stream.read()
        ended = True
    finally:
        if pid and not ended:  # by Ctrl-C, which is no crash of the copy
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    _await(pid, seconds)
    return data


def noted(work: Work, seconds: float, file: int) -> int:
    """As :func:`told`, into an open file from its beginning; how many bytes it has of it.

    Only for a process that is :func:`quiet` and has no other threads: what every copy would have to do is done there.

    Args:
        work: What is done in the copy.
        seconds: That it may take.
        file: Its descriptor; what is in it behind the new bytes is of no use.

    Raises:
        ChildError: As above.
    """
    os.lseek(file, 0, os.SEEK_SET)
    pid = os.fork()
    if pid == 0:
        _child(work, file, seconds)
    _await(pid, seconds)
    return os.lseek(file, 0, os.SEEK_CUR)  # the copy's place in the file is this process's too


def _copy(work: Work, write: int, seconds: float, *closed: int) -> int:
    """Start the copy; its number."""
    import resource  # noqa: F401, PLC0415  # there is none on Windows; here, so that no copy loads it

    with warnings.catch_warnings():
        # Python warns of forks beside other threads; the copy takes no lock that one of them may hold.
        warnings.simplefilter("ignore", DeprecationWarning)
        pid = os.fork()
    if pid == 0:
        for descriptor in closed:
            os.close(descriptor)  # so that it ends when nobody is there to read any more
        _child(work, write, seconds, first=quiet)
    return pid


def _await(pid: int, seconds: float) -> None:
    """The end of the copy."""
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    if status == -signal.SIGALRM:
        raise ChildError(f"took longer than {seconds:.0f} s")
    if status < 0:
        raise ChildError(f"crashed ({signal.Signals(-status).name})")
    if status:
        raise ChildError(f"ended with exit code {status}")


def _child(work: Work, write: int, seconds: float, first: Callable[[], None] | None = None) -> NoReturn:
    status = 3
    try:
        if first:
            first()
        signal.setitimer(signal.ITIMER_REAL, seconds)  # the kernel's clock, even when the parent is gone
        work(Out(write))
        status = 0
    finally:  # no exception may reach what the parent has on its stack
        os._exit(status)


def quiet() -> None:
    """From now on this process ends by signals as any program, and leaves no message and no core file behind."""
    import resource  # noqa: PLC0415  # as above

    for number in (signal.SIGALRM, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    if signal.getsignal(signal.SIGINT) != signal.SIG_IGN:  # else somebody above ends it, when it is time
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    faulthandler.disable()
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
    resource.setrlimit(resource.RLIMIT_CORE, (0, resource.getrlimit(resource.RLIMIT_CORE)[1]))
