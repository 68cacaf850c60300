"""A small process whose copies answer: the same answers, whatever happens to a copy or to the process."""

from __future__ import annotations

import collections
import os
import signal
import time
from collections.abc import Iterator
from itertools import repeat

import pytest

from publish import booth, forked
from publish.audio import Utterance
from publish.booth import Booth
from publish.engines import _espeak, pyttsx3

pytestmark = pytest.mark.skipif(not forked.available(), reason="processes are not copied on this system")


def ready(request: bytes) -> None:
    """Nothing has to be made ready."""


def answer(request: bytes, out: forked.Out) -> None:
    """The request and who answers; or what a library may do."""
    match request:
        case b"crash":
            os.abort()
        case b"hang":
            time.sleep(60)
        case b"half":
            out.write(b"x" * 10_000)
            raise ValueError
    out.write(request + b" " + str(os.getppid()).encode())


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> Iterator[Booth]:
    """One that starts its process at once."""
    monkeypatch.setattr(booth, "_FIRST", 0)
    monkeypatch.setenv("PYTHONPATH", os.path.dirname(__file__))  # noqa: PTH120  # a string is wanted
    made = Booth("test_booth", ready, answer)
    yield made
    made.close()


def test_answers_come_from_copies_of_one_process_that_is_not_this_one(small: Booth) -> None:
    parents = {small.ask(b"x" * size, 5).partition(b" ")[2] for size in (0, 1, 100_000)}

    assert len(parents) == 1
    assert parents != {str(os.getpid()).encode()}


@pytest.mark.parametrize(
    ("request_", "reason"),
    [
        (b"crash", r"crashed \(SIGABRT\)"),
        (b"hang", "took longer than"),
        (b"half", "ended with exit code 3"),
    ],
)
def test_a_copy_that_crashes_or_hangs_costs_its_answer_and_no_other(small: Booth, request_: bytes, reason: str) -> None:
    with pytest.raises(forked.ChildError, match=reason):
        small.ask(request_, 0.5)

    assert small.ask(b"next", 5).startswith(b"next ")


def test_a_process_that_is_killed_is_done_without_and_then_another_is_started(small: Booth) -> None:
    small.ask(b"one", 5)
    assert small._process
    os.kill(small._process.pid, signal.SIGKILL)

    assert small.ask(b"two", 5) == f"two {os.getpid()}".encode()
    assert small.ask(b"three", 5) != f"three {os.getpid()}".encode()


class EndedError(Exception):
    """This process was told to end."""


def test_a_process_that_is_ended_in_the_middle_of_a_request_says_nothing_of_it(small: Booth) -> None:
    """What ends a worker closes what it has, from a signal, whatever the worker is about."""

    def end(*_: object) -> None:
        small.close()
        raise EndedError

    small.ask(b"one", 5)
    before = signal.signal(signal.SIGALRM, end)
    signal.setitimer(signal.ITIMER_REAL, 0.02)
    try:
        with pytest.raises(EndedError):
            collections.deque((small.ask(b"x" * 8_000_000, 5) for _ in repeat(None)), maxlen=0)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_few_requests_start_no_process() -> None:
    made = Booth("test_booth", ready, answer)

    assert {made.ask(b"x", 5) for _ in repeat(None, booth._FIRST)} == {f"x {os.getpid()}".encode()}
    assert made._process is None


def test_the_engine_says_the_same_here_and_there(monkeypatch: pytest.MonkeyPatch) -> None:
    voice = next(voice for voice in pyttsx3.voices() if voice.language == "en" and voice.sex == "female")
    utterance = Utterance("The fish was fresh, and the hiss of the sea was in every house.", voice, pause=True)
    here = pyttsx3.synthesise(utterance)
    monkeypatch.setattr(booth, "_FIRST", 0)
    made = Booth(_espeak.__name__, _espeak.ready, _espeak.answer)
    monkeypatch.setattr(pyttsx3, "_booth", lambda: made)
    there = [pyttsx3.synthesise(utterance) for _ in range(2)]

    assert made._process is not None
    assert there == [here, here]
    made.close()


def test_what_interrupts_the_wait_for_a_copy_is_not_taken_for_its_crash() -> None:
    """Ctrl-C ends the build: it must not become an engine's fault, after which the same is tried again."""

    def work(out: forked.Out) -> None:
        time.sleep(0.5)  # by then the other one waits, and is not on its way there
        os.kill(os.getppid(), signal.SIGINT)
        time.sleep(60)
        out.write(b"never")

    begin = time.monotonic()
    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # it is ignored in what a shell runs beside it
    try:
        with pytest.raises(KeyboardInterrupt):
            forked.told(work, 60)
    finally:
        signal.signal(signal.SIGINT, before)

    assert time.monotonic() - begin < 30
