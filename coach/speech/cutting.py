"""Where the recogniser listens: cut generously, apart from how speech is timed.

Words are lost at tight edges that timing needs: a recogniser wants the breath before a word and its fading end.

    speech      ███ ██      █████████ ████         ██
    cuts      [ ███ ██ ]  [ █████████ ████ ]     [ ██ ]
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from coach.conversation import Interval, complement, intersection
from coach.speech.activity import LaneActivity
from coach.speech.levels import PER_SECOND

_SMOOTH = 5  # frames over which a place to split must be quiet


@dataclass(frozen=True, slots=True)
class CutSettings:
    """How the speech of a lane is cut for the recogniser.

    Attributes:
        pad: Seconds kept before and after speech.
        apart: Speech with less silence than this between it, in seconds, stays together while there is room.
        longest: Longest cut, in seconds.
    """

    pad: float = 0.4
    apart: float = 0.8
    longest: float = 12.0

    def __post_init__(self) -> None:
        if self.pad < 0 or self.apart < 0 or self.longest < max(1.0, 4 * self.pad):
            raise ValueError(f"expected a pad and a distance of 0 or more, and room for speech, got {self}")


def cuts(activity: LaneActivity, duration: float, *, settings: CutSettings | None = None) -> tuple[Interval, ...]:
    """Return the stretches to recognise: sorted, not overlapping; two may touch where long speech had to be split.

    All speech is covered. Speech shorter than the longest cut less its pads lies inside one cut; longer speech is
    split where it is quietest.

    Args:
        activity: When the party of a lane speaks.
        duration: Length of the lane, in seconds.
        settings: How to cut.
    """
    settings = settings or CutSettings()
    room = settings.longest - 2 * settings.pad
    found: list[Interval] = []
    for island in _islands(_atoms(activity, room), settings.apart):
        found.extend(_fitted(island, room))
    return _padded(found, duration, settings.pad)


def _atoms(activity: LaneActivity, room: float) -> list[Interval]:
    """Return what is not cut further: speech, and between it what may be words; none longer than ``room``."""
    silence = complement(activity.speech, Interval(0, max((one.end for one in activity.likely), default=0)))
    pieces = (*activity.speech, *intersection(activity.likely, silence))
    return sorted(atom for piece in pieces for atom in _split(piece, activity, room))


def _split(piece: Interval, activity: LaneActivity, room: float) -> list[Interval]:
    """Return a stretch in parts of at most ``room`` seconds, parted where it is quietest."""
    parts: list[Interval] = []
    start = piece.start
    while piece.end - start > room:
        at = _quietest(activity.levels, start + room / 2, start + room)
        parts.append(Interval(start, at))
        start = at
    return [*parts, Interval(start, piece.end)]


def _quietest(levels: NDArray[np.float16], start: float, end: float) -> float:
    """Return the moment between two, in seconds, around which the lane is quietest; the last without levels."""
    first = round(start * PER_SECOND)
    around = levels[first : round(end * PER_SECOND)].astype(np.float32)
    if len(around) < _SMOOTH:
        return end
    smooth = np.convolve(around, np.ones(_SMOOTH), "valid")
    return min((first + int(smooth.argmin()) + _SMOOTH / 2) / PER_SECOND, end)


def _islands(atoms: Sequence[Interval], apart: float) -> list[list[Interval]]:
    """Return atoms in groups with silence of at least ``apart`` seconds between."""
    islands: list[list[Interval]] = []
    for atom in atoms:
        if islands and atom.start - islands[-1][-1].end < apart:
            islands[-1].append(atom)
        else:
            islands.append([atom])
    return islands


def _fitted(island: list[Interval], room: float) -> list[Interval]:
    """Return an island as stretches of at most ``room`` seconds, parted at the longest pauses.

    A stretch is at least half full where it can be: words need what was said around them.
    """
    found: list[Interval] = []
    first = 0
    while first < len(island):
        start = island[first].start
        fit = first + 1
        while fit < len(island) and island[fit].end - start <= room:
            fit += 1
        if fit < len(island):
            full = [i for i in range(first + 1, fit + 1) if island[i - 1].end - start >= room / 2] or [fit]
            fit = max(full, key=lambda i: (island[i].start - island[i - 1].end, i))
        found.append(Interval(start, island[fit - 1].end))
        first = fit
    return found


def _padded(found: Sequence[Interval], duration: float, pad: float) -> tuple[Interval, ...]:
    """Return the stretches with pads; two neighbours share the silence between them."""
    edges = [0.0]
    edges.extend((one.end + two.start) / 2 for one, two in pairwise(found))
    edges.append(max([duration, *(one.end for one in found[-1:])]))
    return (
        tuple(
            Interval(max(one.start - pad, low), min(one.end + pad, high))
            for one, (low, high) in zip(found, pairwise(edges), strict=True)
        )
        if found
        else ()
    )
