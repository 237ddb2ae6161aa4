"""How far apart two voices are, judged on speech that they were not learnt from.

One voice parted in two always seems apart where it was parted; held against other speech of the same call, what
told the parts from each other turns out to be what was said, not who said it.
"""

from __future__ import annotations

import math
from itertools import combinations

import numpy as np

from coach.speech.diarizers.clustering import Labels, windows
from coach.speech.diarizers.features import Features
from coach.speech.diarizers.mixture import Float32, Float64, fit

_TURN = 300  # frames (3 s) of speech that go to one half or the other together
_MOST, _LEAST = 6000, 60  # frames that a voice is learnt from
_A_GAUSSIAN = 80  # frames for each
_GAUSSIANS = 16
_WINDOW = 100  # frames (1 s) that are judged together
_MAINLY = 0.8  # of a window must be one party's
_FEWEST = 3  # windows of each


def apart(features: Features, labels: Labels, count: int) -> Float64:
    """Return how far apart each two parties are, in spreads of a second's evidence: shape ``(count, count)``.

    Two is where two voices begin; five leaves no doubt. Where there is too little to judge by, it is 0.

    Args:
        features: Of the lane.
        labels: Whose each frame of the speech is: shape ``(len(features.speech),)``.
        count: How many parties there are.
    """
    found = np.zeros((count, count))
    fits = _held_out(features, labels, count)
    if fits is None:
        return found
    spans = windows(features.speech, _WINDOW)
    shares = np.stack([np.bincount(labels[a:b], minlength=count) / (b - a) for a, b in spans.tolist()])
    means = np.stack([fits[a:b].mean(axis=0) for a, b in spans.tolist()])
    for one, other in combinations(range(count), 2):
        evidence = means[:, one] - means[:, other]
        ours, theirs = evidence[shares[:, one] >= _MAINLY], evidence[shares[:, other] >= _MAINLY]
        if min(len(ours), len(theirs)) >= _FEWEST:
            spread = math.sqrt((float(ours.var()) + float(theirs.var())) / 2)
            found[one, other] = found[other, one] = max(float(ours.mean() - theirs.mean()) / max(spread, 1e-6), 0.0)
    return found


def least(distances: Float64) -> float:
    """Return the distance of the two that are most alike."""
    return float(distances[np.triu_indices(len(distances), 1)].min()) if len(distances) > 1 else 0.0


def told_right(distance: float) -> float:
    """Return the share of seconds that two voices so far apart are told right by, 0.5 to 1."""
    return 0.5 * (1 + math.erf(distance / 2 / math.sqrt(2)))


def _held_out(features: Features, labels: Labels, count: int) -> Float32 | None:
    """Return how well each frame fits each party learnt from the other half: shape ``(n, count)``."""
    half = np.arange(len(labels)) // _TURN % 2
    sizes = [int(np.count_nonzero((labels == party) & (half == side))) for party in range(count) for side in (0, 1)]
    most = min(*sizes, _MOST)
    if most < _LEAST:
        return None
    fits = np.empty((len(labels), count), np.float32)
    for side in (0, 1):
        rows = features.of(features.speech[half == side])
        for party in range(count):
            own = features.speech[(labels == party) & (half != side)]
            own = own[np.linspace(0, len(own) - 1, most).astype(int)]
            mixture = fit(features.of(own), max(min(most // _A_GAUSSIAN, _GAUSSIANS), 1))
            fits[half == side, party] = mixture.log_likelihood(rows)
    return fits
