"""A small process that makes copies of itself: forking costs by the memory that a process has.

A process that encodes sound has 90 MB, and a copy of it costs 8 ms of its time; a fresh interpreter that can only speak
has 26 MB, and a copy of it costs 2.5. So who speaks much asks such a process, by its standard input and output.
``python -m publish.booth MODULE`` is that process: of MODULE it calls ``ready(request)`` in itself and
``answer(request)`` in a copy. Requests and answers are bytes.
"""

from __future__ import annotations

import struct
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from multiprocessing.util import Finalize
from typing import IO, Any

from publish.forked import ChildError, forked

_ASKED = struct.Struct("!Qd")
"""Length of the request, seconds that its answer may take."""
_TOLD = struct.Struct("!?Q")
"""Whether it succeeded, length of the answer or of the reason."""
_FIRST = 24
"""Requests that are answered by a copy of the asking process, before starting another one pays."""


class Booth:
    """Has requests answered in copies of a process, each in one of its own."""

    def __init__(self, module: str, ready: Callable[[bytes], None], answer: Callable[[bytes], bytes]) -> None:
        """Take the module's name, and the two functions as this process has them."""
        self._module, self._ready, self._answer = module, ready, answer
        self._asked = 0
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, request: bytes, seconds: float) -> bytes:
        """The answer to a request.

        Raises:
            ChildError: The copy crashed, raised or took too long.
        """
        self._asked += 1
        if self._asked > _FIRST and (process := self._running()):
            try:
                succeeded, data = _exchanged(process, request, seconds)
            except (OSError, EOFError):
                process.kill()
                self.close()  # it was killed, and the next request starts another
            else:
                if succeeded:
                    return data
                raise ChildError(data.decode())
        self._ready(request)
        return forked(lambda: self._answer(request), seconds)

    def close(self) -> None:
        """End the process, if there is one."""
        if self._process:
            with suppress(OSError):  # a pipe to what was killed
                self._process.communicate()
        self._process = None

    def _running(self) -> subprocess.Popen[bytes] | None:
        if self._process is None:
            words = [sys.executable, "-m", "publish.booth", self._module]
            quiet = subprocess.DEVNULL
            try:
                self._process = subprocess.Popen(
                    words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=quiet, bufsize=-1
                )
            except OSError:
                return None
            Finalize(None, self.close, exitpriority=0)  # a pool's processes end without what atexit knows
        return self._process


def _exchanged(process: subprocess.Popen[bytes], request: bytes, seconds: float) -> tuple[bool, bytes]:
    assert process.stdin is not None  # noqa: S101  # both are pipes
    assert process.stdout is not None  # noqa: S101
    process.stdin.write(_ASKED.pack(len(request), seconds) + request)
    process.stdin.flush()
    succeeded, length = _TOLD.unpack(_read(process.stdout, _TOLD.size))
    return succeeded, _read(process.stdout, length)


def _read(stream: IO[bytes], length: int) -> bytes:
    data = stream.read(length)
    if len(data) != length:
        raise EOFError
    return data


def _serve(module: Any, requests: IO[bytes], answers: IO[bytes]) -> None:  # noqa: ANN401  # a module has no type of its own
    """Answer until there are no more requests: then the asking process has ended."""
    while True:
        try:
            length, seconds = _ASKED.unpack(_read(requests, _ASKED.size))
            request = _read(requests, length)
        except EOFError:
            return
        try:
            module.ready(request)
            told = (True, forked(lambda: module.answer(request), seconds))  # noqa: B023  # it is called at once
        except ChildError as error:
            told = (False, str(error).encode())
        answers.write(_TOLD.pack(told[0], len(told[1])) + told[1])
        answers.flush()


if __name__ == "__main__":
    _serve(import_module(sys.argv[1]), sys.stdin.buffer, sys.stdout.buffer)
