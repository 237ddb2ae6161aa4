"""How far a shift is: one bar for all its calls on a terminal, plain lines off it."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from coach.cli.streams import tell

if TYPE_CHECKING:
    from rich.progress import Progress

EVERY = 30.0
"""Seconds between two lines off the terminal."""


class Silent:
    """Says nothing."""

    def __call__(self, name: str, end: str | None) -> None:
        """Take note that a call was taken in hand, or how it ended."""

    def all(self, count: int) -> None:
        """Take note of how many calls there are."""

    def pause(self) -> None:
        """Leave the screen to other output."""


class Lines(Silent):
    """A line now and then, and one for each call that did not end well: a log keeps them."""

    def __init__(self) -> None:
        self._all = self._done = 0
        self._told = time.monotonic()

    def all(self, count: int) -> None:
        """Say how many there are."""
        self._all = count
        tell(f"{count} {'recording' if count == 1 else 'recordings'}")

    def __call__(self, name: str, end: str | None) -> None:
        """Count, and say so now and then."""
        if end is None:
            return
        self._done += 1
        if end in ("failed", "quarantined"):
            tell(f"{self._done} of {self._all}: {_clean(name)}: {end}")
        elif (now := time.monotonic()) - self._told >= EVERY or self._done == self._all:
            self._told = now
            tell(f"{self._done} of {self._all}")


class Bar(Silent):
    """One bar for all calls, with the one that was begun last."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._task = bars.add_task("", total=None, start=False)

    def all(self, count: int) -> None:
        """Show the bar."""
        self._bars.update(self._task, total=count)
        self._bars.start_task(self._task)
        self._bars.start()

    def __call__(self, name: str, end: str | None) -> None:
        """Move the bar."""
        self._bars.start()
        if end is None:
            shown = _clean(name)
            self._bars.update(self._task, description=shown if len(shown) <= 24 else shown[:23] + "…")
        else:
            self._bars.advance(self._task)

    def pause(self) -> None:
        """Take the bar off the screen until it moves again."""
        self._bars.stop()


@contextmanager
def showing(*, quiet: bool) -> Iterator[Silent]:
    """Show how far a shift is while the block runs.

    Args:
        quiet: Show nothing.
    """
    if quiet:
        yield Silent()
    elif not sys.stderr.isatty():
        yield Lines()
    else:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (
            TextColumn("{task.description}", markup=False),
            BarColumn(20),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        bars = Progress(*columns, console=Console(stderr=True), transient=True)
        try:
            yield Bar(bars)
        finally:
            bars.stop()


def _clean(name: str) -> str:
    from coach.reporting.text import clean

    return clean(name)
