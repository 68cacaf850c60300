"""A small process that makes copies of itself: forking costs by the memory that a process has.

A process that encodes sound has 90 MB, and a copy of it costs 8 ms of its time; a fresh interpreter that can only speak
has 19 MB, and a copy of it costs 2. So who speaks much asks such a process, by its standard input and output.
``python -m publish.answering MODULE FILE`` is that process: of MODULE it calls ``ready(request)`` in itself and
``answer(request, out)`` in a copy. Requests and answers are bytes. A copy writes its answer into a file that lies in
memory and is the asking process's too: so its pages are made once, and a long answer goes through no pipe.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.util import Finalize

from publish.answering import ASKED, DONE, TOLD, exactly
from publish.forked import ChildError, Out, told

_LARGE = 4_000_000
"""Bytes of the file that are kept for the next answer."""
Answer = Callable[[bytes, Out], None]
_FIRST = 24
"""Requests that are answered by a copy of the asking process, before starting another one pays."""


class Booth:
    """Has requests answered in copies of a process, each in one of its own."""

    def __init__(self, module: str, ready: Callable[[bytes], None], answer: Answer) -> None:
        """Take the module's name, and the two functions as this process has them."""
        self._module, self._ready, self._answer = module, ready, answer
        self._asked = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._file = -1

    def ask(self, request: bytes, seconds: float) -> bytes:
        """The answer to a request.

        Raises:
            ChildError: The copy crashed, raised or took too long.
        """
        self._asked += 1
        if self._asked > _FIRST and (process := self._running()):
            try:
                succeeded, data = self._exchanged(process, request, seconds)
            except (OSError, EOFError):
                process.kill()
                self.close()  # it was killed, and the next request starts another
            else:
                if succeeded:
                    return data
                raise ChildError(data.decode())
        self._ready(request)
        return told(lambda out: self._answer(request, out), seconds)

    def close(self) -> None:
        """End the process, if there is one."""
        if self._process:
            with suppress(OSError):  # a pipe to what was killed
                self._process.communicate()
            os.close(self._file)
        self._process = None

    def _running(self) -> subprocess.Popen[bytes] | None:
        if self._process is None:
            try:
                self._file = _file()
            except OSError:
                return None
            words = [sys.executable, "-m", "publish.answering", self._module, str(self._file)]
            pipe, quiet = subprocess.PIPE, subprocess.DEVNULL
            try:
                # without buffers: a signal that ends this process closes the pipes, and no buffer that is in use can be
                self._process = subprocess.Popen(
                    words, stdin=pipe, stdout=pipe, stderr=quiet, bufsize=0, pass_fds=[self._file]
                )
            except OSError:
                os.close(self._file)
                return None
            Finalize(None, self.close, exitpriority=0)  # a pool's processes end without what atexit knows
        return self._process

    def _exchanged(self, process: subprocess.Popen[bytes], request: bytes, seconds: float) -> tuple[bool, bytes]:
        assert process.stdin is not None  # noqa: S101  # both are pipes
        assert process.stdout is not None  # noqa: S101
        Out(process.stdin.fileno()).write(ASKED.pack(len(request), seconds) + request)
        ended, length = TOLD.unpack(exactly(process.stdout, TOLD.size))
        if ended != DONE:
            return False, exactly(process.stdout, length)
        data = os.pread(self._file, length, 0)
        if len(data) != length:
            raise EOFError
        if length > _LARGE:
            os.truncate(self._file, _LARGE)
        return True, data


def _file() -> int:
    """A file without a name; its descriptor."""
    if hasattr(os, "memfd_create"):
        return os.memfd_create("answer")
    with tempfile.TemporaryFile() as file:
        return os.dup(file.fileno())
