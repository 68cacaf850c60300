"""Where tasks run: here, or over processes, and speech in parts, so that all cores are busy to the end."""

from __future__ import annotations

import gc
import signal
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from contextlib import contextmanager
from itertools import chain
from multiprocessing import get_context, resource_tracker
from typing import TYPE_CHECKING, Protocol

import msgspec

from publish import cores, task
from publish.cores import Seats
from publish.diagnostics import Diagnostic, ExitCode, Place
from publish.task import Result, Task

if TYPE_CHECKING:
    from pebble import ProcessPool

ALONE = 15_000
"""Characters that one process speaks, in about five seconds, before others help it."""
_PART = 12_000
"""Characters of a part: a part costs 0.03 s besides what is spoken."""
_LAST_PART = 4_000
"""The same when no new task is left: then no process waits long for another's last part."""
_PARTS = 2
"""Parts a process at least, so that none waits long for the last one."""
_AHEAD = 2
"""Jobs a process that are handed out at once: enough to keep it busy, few enough to keep memory flat."""


class Progress(Protocol):
    """Hears how far the work is, in characters of sources."""

    def begin(self, total: int, tasks: int) -> None:
        """So much will be done."""

    def advance(self, amount: int, name: str, samples: int = 0) -> None:
        """A task, or a part of one, is finished; in it so many samples were recorded."""


def results(
    tasks: Iterable[Task], jobs: int, weights: dict[str, int], progress: Progress, *, small: bool
) -> Iterator[tuple[Task, Result]]:
    """Each task with its result, as they come.

    Args:
        tasks: Taken when their turn comes, so that their sources are not all in memory.
        jobs: Processes.
        weights: Of tasks by the briefing's name, for the progress.
        progress: Hears of every part.
        small: The tasks are done here, unless one of them has more to say than :data:`ALONE`.
    """
    with _patient():
        yield from _results(tasks, jobs, weights, progress, small=small)


def _results(
    tasks: Iterable[Task], jobs: int, weights: dict[str, int], progress: Progress, *, small: bool
) -> Iterator[tuple[Task, Result]]:
    waiting = iter(tasks)
    if small or jobs == 1:
        for one in waiting:
            result = task.run(_limited(one, 0 if jobs == 1 else ALONE))
            if result.missing:
                waiting = chain([one], waiting)
                break
            progress.advance(weights[one.name], one.key, result.samples)
            yield one, result
        else:
            return
    from pebble import ProcessPool  # noqa: PLC0415  # 64 ms that small builds need not pay

    context = get_context("spawn")
    seats = Seats(context) if jobs == cores.count() else None
    with ProcessPool(max_workers=jobs, context=context, initializer=_worker, initargs=(seats,)) as pool:
        finished = False
        try:
            yield from _Spread(pool, jobs, weights, progress).results(waiting)
            finished = True
        finally:
            if not finished:
                pool.stop()  # type: ignore[no-untyped-call]  # pebble has no types for it


_THRESHOLDS = (50_000, 20, 100)
"""Values are frozen and hold no circles: looking for some as often as Python does takes a tenth of the time."""


@contextmanager
def _patient() -> Iterator[None]:
    """Look for circles of objects less often."""
    before = gc.get_threshold()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)


def _limited(one: Task, most: int) -> Task:
    return msgspec.structs.replace(one, recipe=msgspec.structs.replace(one.recipe, most=most))


class _Speaking:
    """A task that is spoken in parts."""

    def __init__(self, one: Task, parts: int) -> None:
        self.task, self.parts, self.left = one, parts, parts
        self.failed: dict[str, str] = {}

    def part(self, number: int) -> Task:
        recipe = msgspec.structs.replace(self.task.recipe, part=(number, self.parts))
        return msgspec.structs.replace(self.task, recipe=recipe)

    def whole(self) -> Task:
        """The task itself, for when its clips are there."""
        recipe = msgspec.structs.replace(self.task.recipe, failed=self.failed)
        return msgspec.structs.replace(self.task, recipe=recipe)


class _Spread:
    """Tasks over processes: one that dies takes nothing else along."""

    def __init__(self, pool: ProcessPool, jobs: int, weights: dict[str, int], progress: Progress) -> None:
        self._pool, self._jobs, self._weights, self._progress = pool, jobs, weights, progress
        self._ready: deque[tuple[Task, Task]] = deque()
        self._running: dict[Future[Result], tuple[Task, Task]] = {}
        self._speaking: dict[str, _Speaking] = {}
        self._open: set[str] = set()
        """Keys of tasks that are taken and not finished."""
        self._held: dict[str, list[Task]] = {}
        """Tasks that wait for one of these."""
        self._last = False

    def results(self, tasks: Iterator[Task]) -> Iterator[tuple[Task, Result]]:
        """All of them."""
        while True:
            self._fill(tasks)
            if not self._running:
                return
            for future in wait(self._running, return_when=FIRST_COMPLETED).done:
                one, asked = self._running.pop(future)
                if (result := self._taken(one, asked, _outcome(future, one))) is not None:
                    self._finish(one)
                    yield one, result

    def _fill(self, tasks: Iterator[Task]) -> None:
        """Hand out what is ready, then new tasks."""
        while len(self._running) < _AHEAD * self._jobs:
            if not self._ready:
                one = next(tasks, None)
                if one is None:
                    self._last = True
                    return
                self._open.add(one.key)
                if one.after in self._open:
                    self._held.setdefault(one.after, []).append(one)
                    continue
                self._ready.append((one, _limited(one, ALONE)))
            pair = self._ready.popleft()
            with _quiet():
                self._running[self._pool.schedule(task.run, args=[pair[1]])] = pair

    def _finish(self, one: Task) -> None:
        """What waited for a task is ready."""
        self._open.discard(one.key)
        self._ready.extend((held, _limited(held, ALONE)) for held in self._held.pop(one.key, ()))

    def _taken(self, one: Task, asked: Task, result: Result) -> Result | None:
        """The result of a whole task; None when there is more of it to do."""
        weight = self._weights[one.name]
        if result.missing:
            size = _LAST_PART if self._last else _PART
            parts = max(_PARTS * self._jobs, -(-result.missing // size))
            speaking = self._speaking[one.key] = _Speaking(one, parts)
            self._ready.extend((one, speaking.part(number)) for number in range(parts))
            return None
        spoken = self._speaking.get(one.key)
        if spoken and asked.recipe.part[1]:
            spoken.left -= 1
            spoken.failed |= result.failed
            self._progress.advance(weight // spoken.parts, f"{one.key}, sound", result.samples)
            if not spoken.left:
                self._ready.appendleft((one, spoken.whole()))
            return None
        left = weight - weight // spoken.parts * spoken.parts if spoken else weight
        self._progress.advance(left, one.key, result.samples)
        return result


def _outcome(future: Future[Result], one: Task) -> Result:
    from pebble import ProcessExpired  # noqa: PLC0415  # as above

    try:
        return future.result()
    except ProcessExpired as error:
        message = f"the process that made it ended by itself (code {error.exitcode}); build again to retry"
        finding = Diagnostic("B005", message, Place(one.sources[0].file))
        return Result(key=one.key, findings=(finding,), error=ExitCode.PROBLEMS)


@contextmanager
def _quiet() -> Iterator[None]:
    """Threads that are started here, and the processes that they start, never hear of Ctrl-C.

    A worker that is still on its way to :func:`_deaf` would die of it with a traceback, and of one that another thread
    takes the main thread learns only when it wakes up. What multiprocessing starts once for all processes is started
    before, since it lets the signal through again.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    resource_tracker.ensure_running()
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _worker(seats: Seats | None) -> None:
    """Workers leave Ctrl-C to the parent, which ends them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    gc.set_threshold(*_THRESHOLDS)
    if seats:
        seats.take()
