"""Masks of 10 ms frames: what is active, what is near it, and the way to seconds."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coach.conversation import Interval, Timeline
from coach.speech.levels import FRAME, PER_SECOND
from coach.speech.silero import WINDOW

Mask = NDArray[np.bool_]
Runs = NDArray[np.intp]


def runs(mask: Mask) -> Runs:
    """Return the runs of true frames as rows of (first, one after the last): shape ``(n, 2)``."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], mask.view(np.int8), [0]))))
    return edges.reshape(-1, 2)


def filled(found: Runs, count: int) -> Mask:
    """Return the mask of ``count`` frames that has these runs; they may not overlap."""
    steps = np.zeros(count + 1, np.int8)
    steps[found[:, 0]] += 1
    steps[found[:, 1]] -= 1
    return np.cumsum(steps[:-1], dtype=np.int8).astype(np.bool_)


def closed(mask: Mask, longest: int) -> Mask:
    """Return the mask with gaps of up to ``longest`` frames between its runs filled."""
    found = runs(mask)
    gaps = np.stack([found[:-1, 1], found[1:, 0]], axis=1)
    return mask | filled(gaps[gaps[:, 1] - gaps[:, 0] <= longest], len(mask))


def opened(mask: Mask, shortest: int) -> Mask:
    """Return the mask without runs shorter than ``shortest`` frames."""
    found = runs(mask)
    return filled(found[found[:, 1] - found[:, 0] >= shortest], len(mask))


def widened(mask: Mask, by: int) -> Mask:
    """Return the frames within ``by`` frames of a true one."""
    counts = np.concatenate(([0], np.cumsum(mask, dtype=np.int32)))
    at = np.arange(len(mask))
    result: Mask = counts[np.minimum(at + by + 1, len(mask))] > counts[np.maximum(at - by, 0)]
    return result


def per_frame(windows: NDArray[np.float32], count: int) -> NDArray[np.float32]:
    """Return a value a window of the speech model as a value a frame: shape ``(count,)``."""
    middles = (np.arange(count, dtype=np.int64) * FRAME + FRAME // 2) // WINDOW
    return windows[np.minimum(middles, len(windows) - 1)]


def mask_of(times: Timeline, count: int) -> Mask:
    """Return the mask of ``count`` frames that is true within these intervals, to the nearest frame."""
    mask = np.zeros(count, np.bool_)
    for one in times:
        mask[round(one.start * PER_SECOND) : round(one.end * PER_SECOND)] = True
    return mask


def timeline(mask: Mask, duration: float) -> Timeline:
    """Return the true frames as intervals in seconds, none past ``duration``."""
    seconds = ((start / PER_SECOND, min(end / PER_SECOND, duration)) for start, end in runs(mask).tolist())
    return tuple(Interval(start, end) for start, end in seconds if end > start)
