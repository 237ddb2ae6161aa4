"""Progress by stage: a bar on a terminal, plain lines off it, always on stderr."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

from coach.cli.streams import tell

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

STAGES = {
    "decode": "reading the recording",
    "listen": "hearing who speaks when",
    "diarize": "telling two voices apart",
    "transcribe": "writing down the words",
    "mask": "taking private numbers out",
    "converse": "telling the parties apart",
    "analyse": "listening for what matters",
    "coach": "thinking of what helps",
    "report": "writing the report",
}

PATIENCE = 15.0
"""Seconds after which a line off the terminal is followed by another."""


class Shown(Protocol):
    """Somebody who is told how far each call is."""

    def __call__(self, number: int, stage: str, share: float) -> None:
        """Take note that a call's stage is done to a share of 0 to 1."""
        ...

    def pause(self) -> None:
        """Leave the screen to other output."""
        ...


class _Silent:
    def __call__(self, number: int, stage: str, share: float) -> None:
        """Say nothing."""

    def pause(self) -> None:
        """Nothing is on the screen."""


class _Lines:
    """A plain line as each call begins, and a further one where it takes long: cron keeps them, nothing moves."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._now = -1
        self._told = 0.0

    def __call__(self, number: int, stage: str, share: float) -> None:
        """Say that a call is being reviewed, and now and then how far it is."""
        name, now = _shown(self._names[number]), time.monotonic()
        if number != self._now:
            self._now, self._told = number, now
            tell(f"reviewing {number + 1} of {len(self._names)}: {name}")
        elif now - self._told >= PATIENCE:
            self._told = now
            tell(f"{name}: {STAGES.get(stage, stage)}, {share:.0%}")

    def pause(self) -> None:
        """Nothing moves."""


class _Bars:
    """A bar for the call in hand, with the stage in words."""

    def __init__(self, names: Sequence[str], bars: Progress) -> None:
        self._names = names
        self._bars = bars
        self._task: TaskID | None = None
        self._now: tuple[int, str] | None = None

    def __call__(self, number: int, stage: str, share: float) -> None:
        """Move the bar."""
        if self._now != (number, stage):
            self._forget()
            self._bars.start()
            name = _shown(self._names[number])
            label = name if len(name) <= 24 else name[:23] + "…"
            self._task = self._bars.add_task(f"{label}: {STAGES.get(stage, stage)}", total=1.0)
            self._now = (number, stage)
        if self._task is not None:
            self._bars.update(self._task, completed=min(share, 1.0))

    def pause(self) -> None:
        """Take the bar away, and leave its line to whoever prints next."""
        self._forget()
        self._bars.stop()

    def _forget(self) -> None:
        if self._task is not None:
            self._bars.remove_task(self._task)
        self._task, self._now = None, None


@contextmanager
def showing(names: Sequence[str], *, quiet: bool) -> Iterator[Shown]:
    """Show how far the calls are while the block runs.

    Args:
        names: The calls' file names, in order.
        quiet: Show nothing.
    """
    if quiet:
        yield _Silent()
    elif not sys.stderr.isatty():
        yield _Lines(names)
    else:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(20),
            TaskProgressColumn(),
            TimeElapsedColumn(),
        )
        bars = _Bars(names, Progress(*columns, console=Console(stderr=True), transient=True))
        try:
            yield bars
        finally:
            bars.pause()


def _shown(name: str) -> str:
    from coach.privacy.text import mask_text
    from coach.reporting.text import clean

    return clean(mask_text(name))
