"""Whose is what, tried from several beginnings: the one whose voices come out farthest apart is kept.

Short windows find short answers, long ones tell similar voices; few directions hold against noise, more of them
against a voice that changes. No choice is best for every call, but how far apart the voices are can be judged.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from coach.speech.diarizers.clustering import Labels, parted, spread, voices, windows
from coach.speech.diarizers.features import Features
from coach.speech.diarizers.mixture import Float64, Mixture, fit
from coach.speech.diarizers.resegmentation import settled
from coach.speech.diarizers.telling import apart, least


class Beginning(NamedTuple):
    """Frames of speech in a window, and directions in which voices are compared."""

    size: int
    directions: int


BEGINNINGS = (Beginning(100, 12), Beginning(150, 3), Beginning(100, 4), Beginning(150, 12))
BEGINNINGS_OF_THREE = (Beginning(100, 12), Beginning(100, 4))

_PLAIN = 6.0  # distance of voices from which no other beginning is tried
_GAUSSIANS = 64
_MOST = 20_000  # frames that the call's own mixture is fitted to


@dataclass(frozen=True, slots=True, eq=False)
class Guess:
    """A call's voices.

    Attributes:
        labels: Whose each frame of the speech is: shape ``(n,)``.
        parties: How each sounds.
        distances: How far apart each two are: shape ``(count, count)``.
    """

    labels: Labels
    parties: Sequence[Mixture]
    distances: Float64

    @property
    def count(self) -> int:
        """How many voices there are."""
        return len(self.parties)


def background(features: Features) -> Mixture:
    """Return how all voices of a call sound together."""
    some = features.speech[:: max(-(-len(features.speech) // _MOST), 1)]
    return fit(features.of(some), _GAUSSIANS)


def best_guess(
    features: Features,
    everybody: Mixture,
    count: int,
    *,
    beginnings: Sequence[Beginning] = BEGINNINGS,
    told: Callable[[float], None] | None = None,
) -> Guess | None:
    """Return the call parted into so many voices, or ``None`` where there is too little speech for that.

    Args:
        features: Of the lane.
        everybody: How all its voices sound together.
        count: How many voices to find, 2 or more.
        beginnings: What to try, in this order.
        told: Told the share done.
    """
    best: Guess | None = None
    for number, beginning in enumerate(beginnings, start=1):
        guess = _guess(features, everybody, count, beginning)
        if guess and (best is None or least(guess.distances) > least(best.distances)):
            best = guess
        if told:
            told(number / len(beginnings))
        if best and least(best.distances) >= _PLAIN:
            break
    return best


def _guess(features: Features, everybody: Mixture, count: int, beginning: Beginning) -> Guess | None:
    spans = windows(features.speech, beginning.size)
    if len(spans) <= count:
        return None
    points = voices(features, spans, everybody)[:, : beginning.directions]
    first = spread(spans, parted(points, count), len(features.speech), count)
    if len(np.unique(first[first >= 0])) < count:
        return None
    labels, parties = settled(features, first, count)
    return Guess(labels, parties, apart(features, labels, count))
