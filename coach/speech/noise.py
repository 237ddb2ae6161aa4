"""How loud a lane is while its party is silent."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coach.speech.levels import NOTHING, PER_SECOND, Levels32

_AUDIBLE = NOTHING + 5.0  # digital silence between speech is no noise floor
_QUARTILE = 0.25  # low, so that tails of words and keyboards among the quiet frames do not lift it
_ENOUGH = 10  # quiet frames of a second that say what its floor is
_STEADY = 15  # seconds over which a floor holds; a step within them is kept as a step


def noise_floor(level: NDArray[np.float16], quiet: NDArray[np.bool_]) -> Levels32:
    """Return the noise floor for every second, in dBFS: shape ``(ceil(frames / 100),)``.

    Where a second holds no quiet, the lower floor of its neighbours holds: what that lets through, the speech
    model still has to confirm, while a floor too high would eat speech for good.

    Args:
        level: Level of each 10 ms frame, in one band or over all, in dBFS.
        quiet: Frames in which nobody is likely to speak.
    """
    seconds = -(-len(level) // PER_SECOND)
    rows = np.full(seconds * PER_SECOND, np.inf, np.float32)
    rows[: len(level)] = np.where(quiet & (level > _AUDIBLE), level.astype(np.float32), np.inf)
    rows = np.sort(rows.reshape(seconds, PER_SECOND), axis=1)
    counts = np.isfinite(rows).sum(axis=1)
    known = np.flatnonzero(counts >= _ENOUGH)
    if not len(known):
        return np.full(seconds, NOTHING, np.float32)
    found = rows[known, (counts[known] * _QUARTILE).astype(int)]
    return _steady(_filled(known, found, seconds))


def _filled(known: NDArray[np.intp], found: Levels32, seconds: int) -> Levels32:
    """Return found values with the lower neighbour's in between."""
    after = np.searchsorted(known, np.arange(seconds))
    following = found[np.minimum(after, len(known) - 1)]
    exact = known[np.minimum(after, len(known) - 1)] == np.arange(seconds)
    preceding = found[np.maximum(after - 1, 0)]
    return np.where(exact, following, np.minimum(preceding, following))


def _steady(values: Levels32) -> Levels32:
    """Return the running median, with the ends repeated."""
    half = _STEADY // 2
    padded = np.pad(values, half, mode="edge")
    return np.median(np.lib.stride_tricks.sliding_window_view(padded, _STEADY), axis=1).astype(np.float32)
