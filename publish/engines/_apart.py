"""Native code apart from this process: a model that crashes or hangs costs one utterance.

Where a process can be copied, each utterance is said in a copy of the one that loaded the model and never ran it; a
copy costs 10 ms and gives the same bytes in any order. Elsewhere one worker process loads the model and keeps it; it is
ended when it takes too long, and another takes its place.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import TimeoutError as TookTooLong
from functools import cache
from multiprocessing import get_context, util
from typing import Any, TypeVar

from publish import forked
from publish.audio import SpeechError

Asked = TypeVar("Asked")


def called(work: Callable[[Asked], bytes], asked: Asked, seconds: float) -> bytes:
    """What ``work``, a function of a module, gives for ``asked``, within ``seconds``.

    Raises:
        SpeechError: It crashed, raised or took too long. The text says how, as a clause.
    """
    if not forked.available():
        return _pooled(work, asked, seconds)
    try:
        return forked.forked(lambda: work(asked), seconds)
    except forked.ChildError as error:
        raise SpeechError(str(error)) from error


def _pooled(work: Callable[[Asked], bytes], asked: Asked, seconds: float) -> bytes:
    from pebble import ProcessExpired  # noqa: PLC0415  # nobody needs it where there are copies

    future = _pool().schedule(_kept, args=[work, asked], timeout=seconds)
    try:
        made, why = future.result()
    except TookTooLong as error:
        raise SpeechError(f"took longer than {seconds:.0f} s") from error
    except ProcessExpired as error:
        raise SpeechError(f"ended with exit code {error.exitcode}") from error
    if why:
        raise SpeechError(why)
    return bytes(made)


def _kept(work: Callable[[Asked], bytes], asked: Asked) -> tuple[bytes, str]:
    """Runs in the worker. What a library raises need not survive the way back, so its name is given in words."""
    try:
        return work(asked), ""
    except (ArithmeticError, LookupError, OSError, RuntimeError, TypeError, ValueError) as error:
        return b"", f"raised {type(error).__name__}"


@cache
def _pool() -> Any:  # noqa: ANN401  # pebble has no types
    from pebble import ProcessPool  # noqa: PLC0415  # as above

    pool = ProcessPool(max_workers=1, context=get_context("spawn"))
    util.Finalize(None, _stop, args=[pool], exitpriority=100)  # before multiprocessing waits for its children
    return pool


def _stop(pool: Any) -> None:  # noqa: ANN401  # as above
    pool.stop()
    pool.join()
