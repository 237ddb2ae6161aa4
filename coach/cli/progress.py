"""Progress by stage: a bar on a terminal, plain lines off it, always on stderr."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID

STAGES = {
    "decode": "reading the recording",
    "listen": "hearing who speaks when",
    "transcribe": "writing down the words",
    "mask": "taking private numbers out",
    "converse": "telling the parties apart",
    "analyse": "listening for what matters",
    "coach": "thinking of what helps",
    "report": "writing the report",
}


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
    """One plain line a call: cron keeps it, and nothing moves in a log."""

    def __init__(self, names: Sequence[str]) -> None:
        self._names = names
        self._said: set[int] = set()

    def __call__(self, number: int, stage: str, share: float) -> None:  # noqa: ARG002
        """Say once that a call is being reviewed."""
        if number not in self._said:
            self._said.add(number)
            sys.stderr.write(f"reviewing {number + 1} of {len(self._names)}: {_shown(self._names[number])}\n")
            sys.stderr.flush()

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
            self.pause()
            name = _shown(self._names[number])
            label = name if len(name) <= 24 else name[:23] + "…"
            self._task = self._bars.add_task(f"{label}: {STAGES.get(stage, stage)}", total=1.0)
            self._now = (number, stage)
        if self._task is not None:
            self._bars.update(self._task, completed=min(share, 1.0))

    def pause(self) -> None:
        """Take the bar away."""
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
        with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
            yield _Bars(names, bars)


def _shown(name: str) -> str:
    from coach.privacy.text import mask_text
    from coach.reporting.text import clean

    return clean(mask_text(name))
