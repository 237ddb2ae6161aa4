"""A first guess of who spoke when: windows of speech that sound alike.

Each window moves the means of the call's own mixture towards its sound (MAP); how far, in which direction, is what
the window says about its voice. The directions in which windows differ most are kept, and the windows are parted
by spectral clustering: Ng, Jordan and Weiss, "On spectral clustering", NIPS 2001.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from coach.speech.diarizers.features import Features
from coach.speech.diarizers.mixture import Float32, Float64, Mixture

_PAUSE = 30  # frames of silence (0.3 s) that no window goes across
_LEAST = 60  # frames of speech that say something about a voice
_RELEVANCE = 8.0  # frames after which a window is believed half
_WIDTH = 0.4  # of the affinity, in cosines
_NEIGHBOURS = 6  # one part in so many of the windows are neighbours of one
_FEWEST = 8  # neighbours
_STARTS = 10  # of k-means

Labels = NDArray[np.int8]
Windows = NDArray[np.int64]


def windows(speech: NDArray[np.int32], size: int) -> Windows:
    """Return windows as positions in ``speech``, rows of (first, one after the last): shape ``(n, 2)``.

    They overlap by half; where somebody is done sooner they are shorter.

    Args:
        speech: Numbers of the frames with speech, rising.
        size: Frames of speech in a window.
    """
    edges = [0, *(np.flatnonzero(np.diff(speech) > _PAUSE) + 1).tolist(), len(speech)]
    found: list[tuple[int, int]] = []
    for first, last in pairwise(edges):
        if last - first < _LEAST:
            continue
        count = max(-(-(last - first - size) // (size // 2)) + 1, 1)
        for at in np.linspace(first, max(last - size, first), count).round().astype(int).tolist():
            found.append((at, min(at + size, last)))
    return np.array(found, np.int64).reshape(-1, 2)


def voices(features: Features, spans: Windows, background: Mixture) -> Float64:
    """Return where each window's voice lies among those of the call: shape ``(n, n)``, the widest direction first."""
    moved = np.stack([_moved(features.of(features.speech[a:b]), background) for a, b in spans.tolist()])
    moved -= moved.mean(axis=0)
    values, vectors = np.linalg.eigh((moved @ moved.T).astype(np.float64))
    return np.asarray((vectors * np.sqrt(np.maximum(values, 0)))[:, ::-1])


def _moved(rows: Float32, background: Mixture) -> Float32:
    """Return by how much a window moves the mixture's means, in their own spread: shape ``(k * d,)``."""
    shares = background.shares(rows)
    sizes = shares.sum(axis=0)[:, None]
    step = (shares.T @ rows - sizes * background.means) / (sizes + _RELEVANCE)
    scaled = step * np.sqrt(background.weights)[:, None] / np.sqrt(background.variances)
    return np.asarray(scaled.ravel(), np.float32)


def parted(points: Float64, count: int) -> Labels:
    """Return the group of each window: shape ``(n,)``, 0 to ``count - 1``."""
    if len(points) <= count:
        return np.arange(len(points), dtype=np.int8)
    unit = points / np.maximum(np.linalg.norm(points, axis=1, keepdims=True), 1e-12)
    affinity = np.exp((unit @ unit.T - 1) / _WIDTH)
    np.fill_diagonal(affinity, 0)
    near = min(max(_FEWEST, len(points) // _NEIGHBOURS), len(points) - 1)
    bar = -np.partition(-affinity, near, axis=1)[:, near]
    close = affinity >= bar[:, None]
    affinity *= (close | close.T) * 0.5 + (close & close.T) * 0.5
    degree = np.maximum(affinity.sum(axis=1), 1e-12)
    _, vectors = np.linalg.eigh(affinity / np.sqrt(degree[:, None] * degree))
    rows = vectors[:, -count:]
    return _k_means(rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-12), count)


def _k_means(rows: Float64, count: int) -> Labels:
    rng = np.random.default_rng(0)
    best, least = np.zeros(len(rows), np.int8), np.inf
    for _ in range(_STARTS):
        centres = _apart(rows, count, rng)
        for _ in range(30):
            nearest = _distances(rows, centres).argmin(axis=1)
            centres = np.stack(
                [rows[nearest == j].mean(axis=0) if (nearest == j).any() else centres[j] for j in range(count)]
            )
        distances = _distances(rows, centres)
        if distances.min(axis=1).sum() < least - 1e-9:
            best, least = distances.argmin(axis=1).astype(np.int8), distances.min(axis=1).sum()
    return best


def _apart(rows: Float64, count: int, rng: np.random.Generator) -> Float64:
    """Return first centres, each more likely the farther it is from those before (k-means++)."""
    chosen = [rows[rng.integers(len(rows))]]
    while len(chosen) < count:
        distance = _distances(rows, np.stack(chosen)).min(axis=1)
        total = distance.sum()
        chosen.append(rows[rng.choice(len(rows), p=distance / total if total > 0 else None)])
    return np.stack(chosen)


def _distances(rows: Float64, centres: Float64) -> Float64:
    return np.asarray(((rows[:, None] - centres) ** 2).sum(axis=2))


def spread(spans: Windows, groups: Labels, length: int, count: int) -> Labels:
    """Return the group of each position from the windows over it: shape ``(length,)``; -1 far from every window."""
    votes = np.zeros((length, count), np.float32)
    for (first, last), group in zip(spans.tolist(), groups.tolist(), strict=True):
        votes[first:last, group] += 1 - np.abs(np.linspace(-1, 1, last - first)) / 2
    return np.where(votes.any(axis=1), votes.argmax(axis=1), -1).astype(np.int8)
