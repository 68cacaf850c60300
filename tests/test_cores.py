"""Workers stay on cores of their own, so that none of them stands idle while another has two things to do."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from multiprocessing import get_context

import pytest

from publish import cores

pytestmark = pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="only Linux lets a process choose a core")

CORES = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else []


def _sat(seats: cores.Seats, wait: bool) -> None:  # noqa: FBT001  # given by position, from another process
    seats.take()
    if wait:
        signal.pause()


def seated(seats: cores.Seats, *, wait: bool = True) -> int:
    """The number of another process that took a seat, and waits there."""
    process = get_context("spawn").Process(target=_sat, args=(seats, wait))
    process.start()
    assert process.pid
    if not wait:
        process.join()
        return process.pid
    while not set(os.sched_getaffinity(process.pid)) < set(CORES):
        assert process.is_alive()
    return process.pid


@pytest.mark.skipif(len(CORES) < 2, reason="only Linux with two cores can have two workers on different ones")
def test_workers_are_on_different_cores() -> None:
    seats = cores.Seats(get_context("spawn"))
    first, second = seated(seats), seated(seats)

    assert os.sched_getaffinity(first) == {CORES[0]}
    assert os.sched_getaffinity(second) == {CORES[1]}
    for process in (first, second):
        os.kill(process, signal.SIGKILL)


@pytest.mark.skipif(len(CORES) < 2, reason="only Linux with two cores can have two workers on different ones")
def test_the_core_of_a_worker_that_died_is_given_again() -> None:
    seats = cores.Seats(get_context("spawn"))
    seated(seats, wait=False)

    process = seated(seats)

    assert os.sched_getaffinity(process) == {CORES[0]}
    os.kill(process, signal.SIGKILL)


_HELD = """
import os
from multiprocessing import get_context
from publish import cores
context = get_context("spawn")
seats = cores.Seats(context)
before = os.sched_getaffinity(0)
for place in range(len(seats._workers)):
    seats._workers[place] = os.getppid()
seats.take()
assert os.sched_getaffinity(0) == before, "all cores are taken"
seats._workers[0] = 0
seats._lock.acquire()
seats.take()
assert os.sched_getaffinity(0) == before, "nobody gives the lock back"
seats._lock.release()
seats.take()
assert len(os.sched_getaffinity(0)) == 1
"""


def test_a_worker_without_a_core_of_its_own_works_on_any() -> None:
    subprocess.run([sys.executable, "-c", _HELD], check=True)


def test_as_many_workers_are_made_as_there_are_cores_that_may_be_used() -> None:
    code = (
        "import os, sys; os.sched_setaffinity(0, {int(sys.argv[1])}); from publish import cores; print(cores.count())"
    )

    said = subprocess.run(
        [sys.executable, "-c", code, str(CORES[0])], check=True, capture_output=True, text=True
    ).stdout

    assert said == "1\n"
    assert cores.count() == len(CORES)
