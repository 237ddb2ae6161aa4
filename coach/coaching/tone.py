"""A voice against the same person's other calls; never against anybody else's, and never in a score."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from statistics import median
from typing import Final, Literal

FEWEST: Final = 5
"""Other calls from which on there is a usual."""

_NORMAL: Final = 1.4826
"""Makes a median absolute deviation a standard deviation, where values are spread normally."""

_APART: Final = 2.0
"""Such deviations beyond which a call is not as usual: one call in twenty, were they spread normally."""

_LEAST: Final[Mapping[str, float]] = {
    "pitch_spread": 1.5,
    "loudness": 3.0,
    "loudness_spread": 3.0,
    "pace": 15.0,
    "pauses": 0.05,
}
"""Differences that nobody hears, however alike the other calls are."""

Direction = Literal["less", "usual", "more"]


@dataclass(frozen=True, slots=True)
class Tone:
    """How one voice was in one call.

    Attributes:
        pitch_spread: Semitones between the 10th and the 90th percentile of the pitch.
        loudness: Median level, in dB under full scale.
        loudness_spread: Decibels between the 10th and the 90th percentile of the level.
        pace: Words a minute; ``None`` where too few were heard.
        pauses: Share of the turns' time in pauses of 0.2 to 2 s; ``None`` without turns.
    """

    pitch_spread: float
    loudness: float
    loudness_spread: float
    pace: float | None = None
    pauses: float | None = None


@dataclass(frozen=True, slots=True)
class Compared:
    """One side of a voice, beside its own usual.

    Attributes:
        name: A field of :class:`Tone`.
        value: In this call.
        usual: Median of the other calls.
        low: Least that is as usual.
        high: Most that is.
        direction: Where the value lies.
    """

    name: str
    value: float
    usual: float
    low: float
    high: float
    direction: Direction


def against_usual(this: Tone, others: Sequence[Tone]) -> tuple[Compared, ...]:
    """Return each side of a voice beside the same person's other calls; empty where those are too few.

    A value is not as usual when it lies further from the others' median than two robust standard deviations
    (1.4826 times the median absolute deviation), and further than a listener would notice.

    Args:
        this: The call in question.
        others: The same person's other calls.
    """
    found = []
    for name in (field.name for field in fields(Tone)):
        value = getattr(this, name)
        rest = [other for one in others if (other := getattr(one, name)) is not None]
        if value is None or len(rest) < FEWEST:
            continue
        usual = median(rest)
        reach = max(_APART * _NORMAL * median(abs(other - usual) for other in rest), _LEAST[name])
        direction: Direction = "less" if value < usual - reach else "more" if value > usual + reach else "usual"
        found.append(Compared(name, value, usual, usual - reach, usual + reach, direction))
    return tuple(found)


def flatter(compared: Sequence[Compared]) -> bool:
    """Whether a voice moved less than it usually does: the one thing of a tone that is worth a word."""
    return any(one.name == "pitch_spread" and one.direction == "less" for one in compared)
