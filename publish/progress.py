"""How far a build is, for somebody who watches a terminal."""

from __future__ import annotations

import sys
from typing import Any


class Bar:
    """Progress on the error stream: what is done, how far, and how long it will take. Silent when piped."""

    def __init__(self) -> None:
        self._progress: Any = None
        self._task: Any = None
        self._samples = 0
        self._begun = 0.0

    def begin(self, total: int, tasks: int) -> None:
        """Show the bar."""
        if not tasks or not sys.stderr.isatty():
            return
        import time  # noqa: PLC0415

        from rich.console import Console  # noqa: PLC0415
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn  # noqa: PLC0415

        sound = TextColumn("{task.fields[sound]}")
        columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn(), sound)
        self._progress = Progress(*columns, console=Console(stderr=True), transient=True)
        self._task = self._progress.add_task(f"building {tasks} editions", total=total, sound="")
        self._progress.start()
        self._begun = time.monotonic()

    def advance(self, amount: int, name: str, samples: int = 0) -> None:
        """Go on."""
        if not self._progress:
            return
        import time  # noqa: PLC0415

        self._samples += samples
        sound = recorded(self._samples / 22_050, time.monotonic() - self._begun)
        self._progress.update(self._task, advance=amount, description=f"built {name}", sound=sound)

    def end(self) -> None:
        """Take the bar away."""
        if self._progress:
            self._progress.stop()


def recorded(heard: float, worked: float) -> str:
    """How much sound was made, and how many times faster than it is heard; empty before there is any. In seconds."""
    if not heard:
        return ""
    hours, minutes = divmod(int(heard) // 60, 60)
    return f"{hours}:{minutes:02} h of sound, {heard / max(worked, 1):.0f} times real time"
