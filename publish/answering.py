"""The small process of :mod:`publish.booth`. What it loads every copy of it has, so that is little.

It reads requests from its standard input, and writes to its standard output how each one ended.
"""

from __future__ import annotations

import gc
import struct
import sys
from importlib import import_module
from typing import IO, Any

from publish.forked import ChildError, noted, quiet

ASKED = struct.Struct("!Qd")
"""Length of the request, seconds that its answer may take."""
TOLD = struct.Struct("!BQ")
"""How it ended; length of the answer, which is in the file, or of the reason, which follows."""
FAILED, DONE = 0, 1


def exactly(stream: IO[bytes], length: int) -> bytes:
    """So many bytes.

    Raises:
        EOFError: There are not so many.
    """
    data = b""
    while len(data) < length:
        part = stream.read(length - len(data))
        if not part:
            raise EOFError
        data += part
    return data


def _serve(module: Any, file: int, requests: IO[bytes], answers: IO[bytes]) -> None:  # noqa: ANN401  # a module has no type of its own
    """Answer until there are no more requests: then the asking process has ended."""
    quiet()
    gc.disable()  # a copy that looks for garbage touches, and so makes anew, the pages of all that there is
    while True:
        try:
            length, seconds = ASKED.unpack(exactly(requests, ASKED.size))
            request = exactly(requests, length)
        except EOFError:
            return
        try:
            module.ready(request)
            size = noted(lambda out: module.answer(request, out), seconds, file)  # noqa: B023  # it is called at once
            answers.write(TOLD.pack(DONE, size))
        except ChildError as error:
            reason = str(error).encode()
            answers.write(TOLD.pack(FAILED, len(reason)) + reason)
        answers.flush()


if __name__ == "__main__":
    _serve(import_module(sys.argv[1]), int(sys.argv[2]), sys.stdin.buffer, sys.stdout.buffer)
