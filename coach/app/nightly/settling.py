"""Which recordings are whole: a phone system, or a copy over the network, may still be writing the rest."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from stat import S_ISREG
from typing import Final

from coach.app.intake.known import Found

EMPTY_FOR: Final = 86_400.0
"""Seconds for which an empty file may still be waiting for its first byte; then it is refused like any other."""

Mark = tuple[int, int]
"""Size in bytes and time of the last change in nanoseconds."""


@dataclass(frozen=True, slots=True)
class Settled:
    """Recordings apart: those that are whole, and those that wait."""

    whole: tuple[Found, ...]
    waiting: tuple[Found, ...]


def settle(found: Sequence[Found], seconds: float, *, pause: Callable[[float], None] | None = None) -> Settled:
    """Return which recordings are whole.

    A file that was last changed long enough before now is. One that was changed lately, or in what a clock that was put
    back takes for the future, is looked at twice with a pause between: it is whole when nothing changed.

    Args:
        found: The recordings.
        seconds: For which a file must have been still.
        pause: Waits; really, when not given.
    """
    now = time.time()
    first = {one.uri: marks_of(one) for one in found}
    young = {one.uri for one in found if any(now - at / 1e9 < seconds for _, at in first[one.uri].values())}
    if young:
        (pause or time.sleep)(seconds)
    whole: list[Found] = []
    waiting: list[Found] = []
    for one in found:
        # One that was renamed meanwhile waits, too: it was being finished, and is found under its new name.
        still = one.uri not in young or marks_of(one) == first[one.uri]
        (whole if still and not _awaited(first[one.uri], now) else waiting).append(one)
    return Settled(tuple(whole), tuple(waiting))


def marks_of(one: Found) -> Mapping[Path, Mark]:
    """Return what changes when a recording's files do; nothing of one that went."""
    marks = {}
    for piece in one.pieces:
        if piece.path is None:
            continue
        try:
            stat = piece.path.stat()
        except OSError:
            continue
        marks[piece.path] = (stat.st_size, stat.st_mtime_ns)
    return marks


def awaited(path: Path, now: float | None = None) -> bool:
    """Return whether a file is empty and may still be waiting for its first byte.

    Args:
        path: The file.
        now: Seconds since 1970.
    """
    try:
        stat = path.stat()
    except OSError:
        return False
    return S_ISREG(stat.st_mode) and _awaited(
        {path: (stat.st_size, stat.st_mtime_ns)}, time.time() if now is None else now
    )


def _awaited(marks: Mapping[Path, Mark], now: float) -> bool:
    # By either way of the clock: one from a year ahead would be awaited for a year.
    return any(size == 0 and abs(now - at / 1e9) < EMPTY_FOR for size, at in marks.values())
