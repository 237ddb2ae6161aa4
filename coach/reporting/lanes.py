"""The picture of the call: two lanes of sound over one line of time, with its moments as marks.

Everything is given in units that a template can write down: shares of the width in percent, and
heights within a lane of 100.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from coach.conversation import Interval, Moment, Party, Review, Role, Timeline
from coach.reporting.phrases import Phrases, Tone
from coach.reporting.text import clock

BARS = 240
"""Bars a lane: about one every four pixels on a wide screen."""

_STEPS = (5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200)
_QUIETEST = 0.05
_LIFT = 0.6  # a telephone's quiet talker should still be seen beside a loud one


@dataclass(frozen=True, slots=True)
class Lane:
    """One party's side of the picture.

    Attributes:
        role: Whose it is.
        label: What stands beside it.
        up: Whether it rises from the line of time; the other hangs from it.
        path: SVG path of the bars, x in 0 to ``BARS``, y in 0 to 100; empty without activity.
    """

    role: Role
    label: str
    up: bool
    path: str


@dataclass(frozen=True, slots=True)
class Mark:
    """One moment in the picture.

    Attributes:
        at: Onset, in seconds.
        x: The same in percent of the width.
        width: Length, in percent; drawn for quiet stretches only.
        tone: ``credit``, ``chance``, ``plain`` or ``quiet``.
        up: Whether it belongs to the upper lane.
        label: Its name and time, shown when pointed at.
    """

    at: float
    x: float
    width: float
    tone: Tone
    up: bool
    label: str


@dataclass(frozen=True, slots=True)
class Tick:
    """A time written on the line: where, in percent, and what."""

    x: float
    label: str


@dataclass(frozen=True, slots=True)
class Picture:
    """What the template draws; ``lanes`` is empty when nothing tells who spoke when."""

    lanes: tuple[Lane, ...]
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]


def picture(review: Review, peaks: Sequence[Sequence[float]], length: float, say: Phrases) -> Picture:
    """Return the call's lanes, marks and times.

    Args:
        review: The call.
        peaks: Loudest sample of each of any number of equal slices, 0 to 1, one sequence a party, agent
            first; where there is not one for each party, blocks of activity are drawn.
        length: Seconds that the picture spans.
        say: The report's sentences.
    """
    parties = review.conversation.parties
    if length <= 0 or not parties or not (any(party.speech for party in parties) or any(map(len, peaks))):
        return Picture((), (), ())
    lanes = []
    for index, party in enumerate(parties):
        heights = envelope(peaks[index]) if len(peaks) == len(parties) else activity(party.speech, length)
        lanes.append(_lane(party, heights, say, up=index == 0))
    upper = parties[0].role
    marks = tuple(
        _mark(moment, length, say, up=len(parties) == 1 or moment.role == upper) for moment in review.findings.moments
    )
    return Picture(tuple(lanes), marks, ticks(length))


def envelope(peaks: Sequence[float]) -> tuple[float, ...]:
    """Return at most ``BARS`` heights of 0 to 1: the loudest of each slice, lifted so that quiet talk shows."""
    if not peaks:
        return ()
    count = min(BARS, len(peaks))
    edges = [round(i * len(peaks) / count) for i in range(count + 1)]
    loudest = [max(abs(peak) for peak in peaks[a:b]) for a, b in pairwise(edges)]
    top = max(loudest)
    if not top > 0:
        return (0.0,) * count
    return tuple((height / top) ** _LIFT if height > 0 else 0.0 for height in loudest)


def activity(speech: Timeline, length: float) -> tuple[float, ...]:
    """Return ``BARS`` heights of 0 to 1: the share of each slice in which the party speaks."""
    heights = [0.0] * BARS
    slice_length = length / BARS
    for interval in speech:
        first = min(BARS - 1, int(interval.start / slice_length))
        last = min(BARS - 1, int(interval.end / slice_length))
        for index in range(first, last + 1):
            shared = interval & Interval(index * slice_length, (index + 1) * slice_length)
            heights[index] += shared.duration / slice_length if shared else 0.0
    return tuple(min(1.0, height) * 0.8 for height in heights)


def ticks(length: float) -> tuple[Tick, ...]:
    """Return up to seven times to write along the line."""
    step = next((step for step in _STEPS if length / step <= 6), _STEPS[-1])
    return tuple(Tick(_percent(at, length), clock(at)) for at in range(0, int(length) + 1, step))


def _lane(party: Party, heights: Sequence[float], say: Phrases, *, up: bool) -> Lane:
    scale = BARS / len(heights) if heights else 1.0
    bars = []
    for index, height in enumerate(heights):
        reach = max(height, _QUIETEST / 2) * 96
        x = f"{(index + 0.5) * scale:.2f}".rstrip("0").rstrip(".")
        bars.append(f"M{x} {100 if up else 0}v{-reach:.0f}" if up else f"M{x} 0v{reach:.0f}")
    return Lane(party.role, say(f"who.lane_{party.role}"), up, "".join(bars))


def _mark(moment: Moment, length: float, say: Phrases, *, up: bool) -> Mark:
    x = _percent(moment.start, length)
    width = max(0.0, min(100.0 - x, _percent(moment.end, length) - x))
    label = f"{say.moment(moment)}, {clock(moment.start)}"
    return Mark(round(moment.start, 3), x, round(width, 3), say.tone(moment.kind, moment.role), up, label)


def _percent(at: float, length: float) -> float:
    return round(min(100.0, max(0.0, 100 * at / length)), 3)
