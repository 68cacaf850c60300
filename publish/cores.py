"""The cores of this machine, and which worker has which when there is one for each.

A worker and the process that speaks for it never work at the same time. Left alone, the kernel often puts the one
behind another worker, on its core, for the length of a time slice, and the other core stands idle: of two cores a
twelfth was lost so. A worker that stays on its core, and what it starts with it, loses nothing.
"""

from __future__ import annotations

import os
from contextlib import suppress
from multiprocessing.context import SpawnContext

_PATIENCE = 1
"""Seconds that a worker waits to be told; who tells may have been killed."""


def count() -> int:
    """How many cores this process may use, at least 1."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Seats:
    """Cores for as many workers, shared by all of them."""

    def __init__(self, context: SpawnContext) -> None:
        """Nobody has one yet."""
        self._lock = context.Lock()
        self._workers = context.Array("i", count(), lock=False)
        """Their numbers, in the order of the cores; 0 where there was none."""

    def take(self) -> None:
        """Have this process, and what it will start, stay on a core that no other worker has, if there is one."""
        if not hasattr(os, "sched_setaffinity") or not self._lock.acquire(timeout=_PATIENCE):
            return
        try:
            for place, core in zip(range(len(self._workers)), sorted(os.sched_getaffinity(0)), strict=False):
                if not _lives(self._workers[place]):
                    self._workers[place] = os.getpid()
                    with suppress(OSError):  # it may not be allowed, and is not needed
                        os.sched_setaffinity(0, {core})
                    return
        finally:
            self._lock.release()


def _lives(process: int) -> bool:
    if not process:
        return False
    try:
        os.kill(process, 0)
    except OSError:
        return False
    return True
