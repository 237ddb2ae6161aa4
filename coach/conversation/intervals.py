"""Time: half-open intervals in seconds, and the algebra of sets of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import inf

_HAIR = 1e-9
"""Seconds by which sums of decimals may be off: a gap of 0.3 s is one wherever in the call it lies."""


@dataclass(frozen=True, order=True, slots=True)
class Interval:
    """A half-open stretch of time, ``[start, end)``.

    Attributes:
        start: Seconds from the start of the recording.
        end: Seconds from the start of the recording; never before ``start``.
    """

    start: float
    end: float

    def __post_init__(self) -> None:
        if not 0.0 <= self.start <= self.end < inf:  # NaN fails every comparison, so it is refused too
            raise ValueError(f"expected 0 <= start <= end, got [{self.start}, {self.end})")

    @property
    def duration(self) -> float:
        """Length, in seconds."""
        return self.end - self.start

    @property
    def middle(self) -> float:
        """The point half way, in seconds."""
        return (self.start + self.end) / 2

    def __and__(self, other: Interval) -> Interval | None:
        """Time the two share, or ``None`` when they only touch or lie apart."""
        start, end = max(self.start, other.start), min(self.end, other.end)
        return Interval(start, end) if start < end else None

    def __contains__(self, moment: float) -> bool:
        """Whether a point in time, in seconds, lies in the interval."""
        return self.start <= moment < self.end


Timeline = tuple[Interval, ...]
"""Intervals sorted by start, none touching another: what every function below returns."""


def union(*sets: Iterable[Interval]) -> Timeline:
    """Return the time that lies in any of the sets; touching intervals become one.

    >>> union([Interval(0, 1), Interval(3, 4)], [Interval(1, 2)])
    (Interval(start=0, end=2), Interval(start=3, end=4))
    """
    merged: list[Interval] = []
    for interval in sorted(i for intervals in sets for i in intervals if i.duration > 0):
        if merged and interval.start <= merged[-1].end:
            if interval.end > merged[-1].end:
                merged[-1] = Interval(merged[-1].start, interval.end)
        else:
            merged.append(interval)
    return tuple(merged)


def bridge(intervals: Iterable[Interval], gap: float) -> Timeline:
    """Return the intervals with every gap shorter than ``gap`` seconds filled.

    >>> bridge([Interval(0, 1), Interval(1.25, 2), Interval(3, 4)], 0.5)
    (Interval(start=0, end=2), Interval(start=3, end=4))
    """
    bridged: list[Interval] = []
    for interval in union(intervals):
        if bridged and interval.start - bridged[-1].end < gap - _HAIR:
            bridged[-1] = Interval(bridged[-1].start, interval.end)
        else:
            bridged.append(interval)
    return tuple(bridged)


def intersection(left: Iterable[Interval], right: Iterable[Interval]) -> Timeline:
    """Return the time that lies in both sets.

    >>> intersection([Interval(0, 4)], [Interval(1, 2), Interval(3, 5)])
    (Interval(start=1, end=2), Interval(start=3, end=4))
    """
    ours, theirs = union(left), union(right)
    shared: list[Interval] = []
    i = j = 0
    while i < len(ours) and j < len(theirs):
        both = ours[i] & theirs[j]
        if both is not None:
            shared.append(both)
        if ours[i].end <= theirs[j].end:
            i += 1
        else:
            j += 1
    return tuple(shared)


def complement(intervals: Iterable[Interval], within: Interval) -> Timeline:
    """Return the time inside ``within`` that lies in none of the intervals.

    >>> complement([Interval(1, 2)], Interval(0, 3))
    (Interval(start=0, end=1), Interval(start=2, end=3))
    """
    gaps: list[Interval] = []
    at = within.start
    for interval in union(intervals):
        if interval.start >= within.end:
            break
        if interval.start > at:
            gaps.append(Interval(at, interval.start))
        at = max(at, interval.end)
    if at < within.end:
        gaps.append(Interval(at, within.end))
    return tuple(gaps)


def total(intervals: Iterable[Interval]) -> float:
    """Return the sum of the lengths, in seconds; overlapping intervals count twice."""
    return sum(interval.duration for interval in intervals)


def nearest(timeline: Sequence[Interval], moment: float) -> int | None:
    """Return the index of the interval that holds or lies nearest to a moment, ``None`` for no intervals.

    Args:
        timeline: Intervals sorted by start, not overlapping.
        moment: Seconds from the start of the recording.
    """
    if not timeline:
        return None
    after = bisect_right(timeline, moment, key=lambda interval: interval.start)
    if after == 0:
        return 0
    before = after - 1
    if after == len(timeline) or moment < timeline[before].end:
        return before
    return before if moment - timeline[before].end <= timeline[after].start - moment else after
