"""When a clean stem speaks: the truth that made calls are measured against.

It is written apart from the product's own activity on purpose. A clean stem has one voice and no
noise, so plain energy is enough.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coach.conversation import Interval

RATE = 8_000
"""Samples a second of every made call, as phone systems record."""

LEVEL = -20.0
"""RMS of speech in the pool, in dBFS."""

LINE = -40.0
"""Noise floor of a good line below the speech on it, in dB."""

MARGIN = 12.0
"""How far above the line's noise floor a frame must be to count as speech, in dB."""

BRIDGED = 0.3
"""Gaps shorter than this, in seconds, do not end a stretch."""

FRAME = RATE // 100

Float = NDArray[np.float64]


def frame_levels(stem: Float) -> Float:
    """Return the level of each 10 ms frame in dBFS: shape ``(len(stem) // 80,)``."""
    frames = stem[: len(stem) // FRAME * FRAME].reshape(-1, FRAME)
    return np.asarray(10 * np.log10(np.mean(frames**2, axis=1) + 1e-12))


def speech_level(stem: Float) -> float:
    """Return the RMS of the frames within 28 dB of the loudest, in dBFS: the pauses do not count."""
    levels = frame_levels(stem)
    loud = levels[levels > levels.max() - 28]
    return float(10 * np.log10(np.mean(10 ** (loud / 10))))


def activity(stem: Float, level: float = LEVEL, bridged: float = BRIDGED) -> tuple[Interval, ...]:
    """Return when a clean stem speaks.

    Args:
        stem: Samples at 8 kHz, full scale 1.
        level: RMS of its speech, in dBFS; the line's noise floor lies 40 dB below.
        bridged: Gaps shorter than this, in seconds, are filled.
    """
    active = frame_levels(stem) > level + LINE + MARGIN
    edges = np.flatnonzero(np.diff(np.concatenate(([False], active, [False])).astype(np.int8)))
    found: list[tuple[int, int]] = []
    for start, end in zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True):
        if found and (start - found[-1][1]) / 100 < bridged - 1e-9:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return tuple(Interval(start / 100, end / 100) for start, end in found)
