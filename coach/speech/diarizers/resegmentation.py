"""Who speaks in every frame, once it is known about how each sounds.

Each party's mixture is fitted to what is theirs so far, the likeliest way through the call is found (Viterbi), and
both again, some times over. A change of speakers inside running speech must be worth more than one after a pause:
people take turns at pauses, and a short answer there needs little to be let through.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from coach.speech.diarizers.clustering import Labels
from coach.speech.diarizers.features import Features, blocks
from coach.speech.diarizers.mixture import Float32, Mixture, fit, improved

GAUSSIANS = 32
"""Of a party's mixture."""

_ROUNDS = 5
_AGAIN = 3  # rounds of fitting, once a mixture is known from before
_SCALE = 0.3  # of the log-likelihoods: frames 10 ms apart say much the same
_DEAREST, _CHEAPEST = 30.0, 4.0  # nats that a change costs inside speech, and after a pause
_PAUSE = 30  # frames (0.3 s) from which a pause is one
_FEWEST = 20  # frames without which a party is lost
_MOST = 12_000  # frames (2 minutes) that a party's mixture is fitted to


def settled(features: Features, labels: Labels, count: int) -> tuple[Labels, list[Mixture]]:
    """Return whose each frame of speech is, and how the parties sound, from a first guess.

    Args:
        features: Of the lane.
        labels: Whose each frame of the speech seems to be; -1 for nobody's: shape ``(len(features.speech),)``.
        count: How many parties there are; each has some frames.
    """
    parties = learnt(features, labels, count)
    price = costs(features.speech)
    for _ in range(_ROUNDS):
        found = way(likelihoods(features, parties), price)
        if np.bincount(found, minlength=count).min() < _FEWEST or (found == labels).all():
            break
        labels = found
        parties = [improved(one, _own(features, labels, party), _AGAIN) for party, one in enumerate(parties)]
    return labels, parties


def learnt(features: Features, labels: Labels, count: int) -> list[Mixture]:
    """Return a mixture for each party."""
    return [fit(_own(features, labels, party), GAUSSIANS) for party in range(count)]


def _own(features: Features, labels: Labels, party: int) -> Float32:
    own = features.speech[labels == party]
    return features.of(own[:: max(-(-len(own) // _MOST), 1)])


def likelihoods(features: Features, mixtures: Sequence[Mixture]) -> Float32:
    """Return how well each frame of speech fits each mixture, in nats: shape ``(n, mixtures)``."""
    rows = []
    for block in blocks(features.speech):
        numbers = features.of(block)
        rows.append(np.stack([mixture.log_likelihood(numbers) for mixture in mixtures], axis=1))
    return np.concatenate(rows) * np.float32(_SCALE)


def way(fits: Float32, costs: Float32) -> Labels:
    """Return the likeliest party at each position: shape ``(n,)``.

    Args:
        fits: Nats by position and party: shape ``(n, parties)``.
        costs: Nats that a change before each position costs: shape ``(n,)``.
    """
    count = fits.shape[1]
    came = np.empty(fits.shape, np.int8)
    best = [0.0] * count
    every = range(count)
    for at, (row, cost) in enumerate(zip(fits.tolist(), costs.tolist(), strict=True)):
        top = max(best)
        leader, changed = best.index(top), top - cost
        origin = [leader if best[j] < changed else j for j in every]
        best = [(changed if best[j] < changed else best[j]) + row[j] for j in every]
        came[at] = origin
    labels = np.empty(len(fits), np.int8)
    party = best.index(max(best))
    for at in range(len(fits) - 1, -1, -1):
        labels[at] = party
        party = int(came[at, party])
    return labels


def costs(frames: NDArray[np.int32]) -> Float32:
    """Return what a change of speakers before each frame of speech costs, in nats: shape ``(n,)``."""
    pause = np.minimum(np.diff(frames, prepend=frames[:1]) - 1, _PAUSE)
    return np.asarray(_DEAREST - (_DEAREST - _CHEAPEST) * np.maximum(pause, 0) / _PAUSE, np.float32)
