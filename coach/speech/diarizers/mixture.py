"""Mixtures of Gaussians with a variance for each dimension: how a voice, or all voices of a call, are spread.

Reynolds, Quatieri and Dunn, "Speaker verification using adapted Gaussian mixture models", Digital Signal
Processing 10, 2000.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

_BLOCK = 8192  # rows worked on at once
_NARROWEST = 0.02  # least variance, of features whose variance is 1 over the call
_ROUNDS = 12  # of expectation and maximisation
_STARTS = 4  # rounds of k-means before them

Float32 = NDArray[np.float32]
Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Mixture:
    """A mixture of ``k`` Gaussians in ``d`` dimensions.

    Attributes:
        weights: Share of each: shape ``(k,)``.
        means: Shape ``(k, d)``.
        variances: Shape ``(k, d)``.
    """

    weights: Float64
    means: Float64
    variances: Float64

    def log_likelihood(self, rows: Float32) -> Float32:
        """Return the natural logarithm of the density of each row: shape ``(n,)``."""
        found = np.empty(len(rows), np.float32)
        for at in range(0, len(rows), _BLOCK):
            found[at : at + _BLOCK] = _log_sum(self._joint(rows[at : at + _BLOCK]))[0]
        return found

    def shares(self, rows: Float32) -> Float32:
        """Return how much of each row belongs to each Gaussian: shape ``(n, k)``, summing to 1."""
        found = np.empty((len(rows), len(self.weights)), np.float32)
        for at in range(0, len(rows), _BLOCK):
            found[at : at + _BLOCK] = _log_sum(self._joint(rows[at : at + _BLOCK]))[1]
        return found

    def _joint(self, rows: Float32) -> Float32:
        precision = 1 / self.variances
        constant = (
            np.log(self.weights)
            - 0.5 * np.log(2 * np.pi * self.variances).sum(axis=1)
            - 0.5 * (self.means**2 * precision).sum(axis=1)
        )
        across = np.concatenate((-0.5 * precision, self.means * precision), axis=1).astype(np.float32)
        return np.asarray(np.concatenate((rows * rows, rows), axis=1) @ across.T + constant.astype(np.float32))


def fit(rows: Float32, count: int, *, seed: int = 0) -> Mixture:
    """Return a mixture fitted to rows, the same for the same rows.

    Args:
        rows: Shape ``(n, d)``, with ``n`` of at least 2.
        count: How many Gaussians; fewer where there are too few rows.
        seed: Of the first guess.
    """
    count = max(min(count, len(rows) // (2 * rows.shape[1])), 1)
    rng = np.random.default_rng(seed)
    means = rows[np.sort(rng.choice(len(rows), count, replace=False))].astype(np.float64)
    for _ in range(_STARTS):
        nearest = (rows @ means.T.astype(np.float32) - 0.5 * (means**2).sum(axis=1).astype(np.float32)).argmax(axis=1)
        sizes = np.bincount(nearest, minlength=count)
        sums = np.stack([np.bincount(nearest, rows[:, d], count) for d in range(rows.shape[1])], axis=1)
        means = np.where(sizes[:, None] > 0, sums / np.maximum(sizes, 1)[:, None], means)
    spread = np.maximum(rows.var(axis=0, dtype=np.float64), _NARROWEST)
    mixture = Mixture(np.full(count, 1 / count), means, np.tile(spread, (count, 1)))
    return improved(mixture, rows, _ROUNDS)


def improved(mixture: Mixture, rows: Float32, rounds: int) -> Mixture:
    """Return a mixture fitted better to rows: shape ``(n, d)``."""
    for _ in range(rounds):
        mixture = _improved(mixture, rows)
    return mixture


def _improved(mixture: Mixture, rows: Float32) -> Mixture:
    count, width = mixture.means.shape
    sizes, sums, squares = np.zeros(count), np.zeros((count, width)), np.zeros((count, width))
    for at in range(0, len(rows), _BLOCK):
        block = rows[at : at + _BLOCK]
        shares = mixture.shares(block)
        sizes += shares.sum(axis=0, dtype=np.float64)
        sums += shares.T @ block
        squares += shares.T @ (block * block)
    held = np.maximum(sizes, 1e-3)[:, None]
    means = sums / held
    # A Gaussian of few rows keeps some of the whole's spread, so that it does not close in on them.
    variances = np.maximum((squares - 2 * means * sums + means**2 * held + 2.0) / (held + 2.0), _NARROWEST)
    return Mixture(np.maximum(sizes / sizes.sum(), 1e-6), means, variances)


def _log_sum(joint: Float32) -> tuple[Float32, Float32]:
    """Return the logarithm of the sum over each row, and each one's share of it."""
    top = joint.max(axis=1, keepdims=True)
    shares = np.exp(joint - top)
    total = shares.sum(axis=1, keepdims=True)
    return (top + np.log(total))[:, 0], shares / total
