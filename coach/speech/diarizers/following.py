"""Who speaks in every frame of a whole call, one alone or two at once, once its voices are known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coach.speech.diarizers.features import Features
from coach.speech.diarizers.guessing import Guess
from coach.speech.diarizers.overlap import simultaneous
from coach.speech.diarizers.resegmentation import costs, likelihoods, way
from coach.speech.frames import Mask
from coach.speech.samples import Samples

_JOINING = 2 / 3  # of what a change costs: a voice joins another more easily than one takes over from it
_LEANING = 0.15  # nats a frame towards both at once: a voice's own mixture fits what it was learnt from too well


@dataclass(frozen=True, slots=True, eq=False)
class Followed:
    """Who speaks in every frame of the speech.

    Attributes:
        active: Whether a voice speaks: shape ``(n, voices)``; at least one does in every frame.
        loudest: The voice that is heard best, one of the active: shape ``(n,)``.
    """

    active: Mask
    loudest: NDArray[np.intp]


def follow(samples: Samples, features: Features, known: Features, guess: Guess | None) -> Followed:
    """Return who speaks when.

    Args:
        samples: The lane.
        features: Of all its speech.
        known: Of the part of its speech that ``guess`` is about.
        guess: The voices; ``None`` for one alone.
    """
    if guess is None:
        count = len(features.speech)
        return Followed(np.ones((count, 1), np.bool_), np.zeros(count, np.intp))
    together = simultaneous(samples, known, guess.labels, guess.count)
    fits = likelihoods(features, [*guess.parties, *together.values()])
    alone, price = fits[:, : guess.count], costs(features.speech)
    leader = way(alone, price).astype(np.intp)
    active = np.eye(guess.count, dtype=np.bool_)
    if not together:
        return Followed(active[leader], leader)
    fits[:, guess.count :] += _LEANING
    pairs = np.array([[voice in pair for voice in range(guess.count)] for pair in together])
    active = np.concatenate((active, pairs))[way(fits, price * np.float32(_JOINING))]
    agreed = np.where(active[np.arange(len(leader)), leader], leader, np.where(active, alone, -np.inf).argmax(axis=1))
    return Followed(active, agreed)
