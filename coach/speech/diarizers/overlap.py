"""Where two speak at once: learnt from the call's own voices, laid over each other.

Nobody else's simultaneous speech sounds like theirs on this line, and the parts where only one of them speaks are
known by now.
"""

from __future__ import annotations

from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from coach.speech.diarizers.clustering import Labels
from coach.speech.diarizers.features import Features, alike
from coach.speech.diarizers.mixture import Mixture, fit
from coach.speech.diarizers.resegmentation import GAUSSIANS
from coach.speech.frames import Runs
from coach.speech.levels import FRAME, PER_SECOND
from coach.speech.samples import InMemory, Int16, Samples

ENOUGH = 20.0
"""Seconds of each voice without which simultaneous speech is not looked for: it would be found everywhere."""

_LAID = 60  # seconds of each voice that are laid over the other's
_SHORTEST = 20  # frames (0.2 s): shorter pieces are mostly edges

Pair = tuple[int, int]


def simultaneous(samples: Samples, features: Features, labels: Labels, count: int) -> dict[Pair, Mixture]:
    """Return how each two parties sound together, where there is enough of both.

    Args:
        samples: The lane.
        features: Of the lane.
        labels: Whose each frame of the speech is: shape ``(len(features.speech),)``.
        count: How many parties there are.
    """
    seconds = np.bincount(labels, minlength=count) / PER_SECOND
    found = {}
    for one, other in combinations(range(count), 2):
        if min(seconds[one], seconds[other]) >= ENOUGH:
            voices = [_sound(samples, _pieces(features.speech[labels == party])) for party in (one, other)]
            laid = _laid_over(*voices)
            frames = len(laid) // FRAME
            if frames >= ENOUGH * PER_SECOND / 2:
                both = alike(features, InMemory(laid), np.ones(frames, np.bool_))
                found[one, other] = fit(both.of(both.speech), GAUSSIANS)
    return found


def _pieces(frames: NDArray[np.int32]) -> Runs:
    """Return runs of frames long enough to be one voice's own, rows of (first, one after the last)."""
    breaks = np.flatnonzero(np.diff(frames) > 1) + 1
    first = frames[np.concatenate(([0], breaks))]
    last = frames[np.concatenate((breaks - 1, [len(frames) - 1]))] + 1
    rows = np.stack([first, last], axis=1).astype(np.intp)
    return rows[rows[:, 1] - rows[:, 0] >= _SHORTEST]


def _sound(samples: Samples, pieces: Runs) -> Int16:
    """Return pieces of a lane from everywhere in it, one after the other, a minute at most."""
    longest = _LAID * PER_SECOND
    lengths = pieces[:, 1] - pieces[:, 0]
    pieces = pieces[:: max(-(-int(lengths.sum()) // longest), 1)]
    held = [samples.read(start * FRAME, stop * FRAME) for start, stop in pieces.tolist()]
    return np.concatenate([np.zeros(0, np.int16), *held])[: longest * FRAME]


def _laid_over(one: Int16, other: Int16) -> Int16:
    """Return the sum of two sounds, the shorter one's length."""
    both = min(len(one), len(other)) // FRAME * FRAME
    return np.asarray(np.clip(one[:both].astype(np.int32) + other[:both], -32768, 32767), np.int16)
