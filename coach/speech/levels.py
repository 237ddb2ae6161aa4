"""How loud a lane is: a few numbers for every 10 ms, small enough for a four-hour call."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coach.conversation import Timeline
from coach.speech.samples import RATE, Samples

FRAME = RATE // 100
"""Samples a frame: 10 ms."""

PER_SECOND = 100
"""Frames a second."""

BANDS = ((100, 600), (600, 1400), (1400, 2400), (2400, 4000), (4000, 7600))
"""Edges of the bands, in Hz. Below 100 Hz lie mains hum and a recorder's offset, never what makes speech."""

NOTHING = -100.0
"""Level of digital silence, in dBFS: below the step of 16-bit sound."""

_SPAN = 2 * FRAME  # a frame is judged on 20 ms around its middle
_WINDOW = np.hanning(_SPAN + 1)[:-1].astype(np.float32)
_SCALE = np.float32(2 / (_SPAN * float(np.sum(_WINDOW.astype(np.float64) ** 2)) * 32768.0**2))
_BINS = tuple((round(low * _SPAN / RATE), round(high * _SPAN / RATE)) for low, high in BANDS)
_BLOCK = 30 * PER_SECOND  # frames worked on at once
_STEPS = 256  # of full scale, when the sizes of samples are counted
_COARSEST = 32  # of these: a lane whose peak is below -18 dBFS is too coarse to tell, and was hardly clipped

Levels32 = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Levels:
    """Levels of one lane, a row for every 10 ms.

    Attributes:
        bands: dBFS in each of ``BANDS``: shape ``(frames, 5)``.
        total: dBFS over all bands: shape ``(frames,)``.
    """

    bands: NDArray[np.float16]
    total: NDArray[np.float16]

    def __len__(self) -> int:
        """Return the number of frames."""
        return len(self.total)


def decibels(power: NDArray[np.floating]) -> Levels32:
    """Return power relative to full scale in dBFS, not below ``NOTHING``."""
    return np.asarray(10 * np.log10(np.maximum(power, 10 ** (NOTHING / 10))), np.float32)


def power(level: NDArray[np.floating]) -> Levels32:
    """Return the power of levels in dBFS; digital silence has none."""
    level = level.astype(np.float32)
    return np.where(level <= NOTHING, np.float32(0), np.float32(10) ** (level / 10))


def smooth(values: Levels32) -> Levels32:
    """Return the mean of each frame and its neighbours: shape ``(frames,)``."""
    if not len(values):
        return values
    padded = np.pad(values, 1, mode="edge")
    return np.asarray((padded[:-2] + padded[1:-1] + padded[2:]) / 3)


def measure(samples: Samples) -> Levels:
    """Return the levels of a lane, read in slices.

    Args:
        samples: One lane, 16 kHz. A last frame that is not full counts as if silence followed.
    """
    count = -(-len(samples) // FRAME)
    bands = np.empty((count, len(BANDS)), np.float16)
    total = np.empty(count, np.float16)
    for at in range(0, count, _BLOCK):
        stop = min(at + _BLOCK, count)
        powers = _band_powers(samples, at, stop)
        bands[at:stop] = decibels(powers)
        total[at:stop] = decibels(powers.sum(axis=1))
    return Levels(bands, total)


def _band_powers(samples: Samples, start: int, stop: int) -> Levels32:
    """Return mean square relative to full scale of frames ``start`` to ``stop``: shape ``(n, 5)``."""
    first, last = start * FRAME - FRAME // 2, stop * FRAME + FRAME // 2
    sound = np.zeros(last - first, np.float32)
    block = samples.read(max(first, 0), last)
    at = max(-first, 0)
    sound[at : at + len(block)] = block
    frames = np.lib.stride_tricks.sliding_window_view(sound, _SPAN)[::FRAME]
    spectrum = np.fft.rfft(frames * _WINDOW, axis=1)
    squares = spectrum.real**2 + spectrum.imag**2
    return np.stack([squares[:, low:high].sum(axis=1) for low, high in _BINS], axis=1).astype(np.float32) * _SCALE


def share_at_rail(samples: Samples, speech: Timeline) -> float:
    """Return the share of loud samples of the speech that sit within a sixteenth of its highest value, 0 to 1.

    A clipped wave piles up at a rail, which need not be full scale: a gain after the clipping moves it, and a
    codec or a change of rate smears it. Unclipped speech comes that high a few times in a call; tones come
    there all the time, so only speech is looked at.

    Args:
        samples: One lane, 16 kHz.
        speech: Where its party speaks.
    """
    sizes = np.zeros(_STEPS, np.int64)
    for interval in speech:
        for at in range(round(interval.start * RATE), round(interval.end * RATE), _BLOCK * FRAME):
            block = samples.read(at, min(at + _BLOCK * FRAME, round(interval.end * RATE)))
            sizes += np.bincount(np.abs(block.astype(np.int32)) * (_STEPS - 1) >> 15, minlength=_STEPS)
    used = np.flatnonzero(sizes)
    top = int(used[-1]) + 1 if len(used) else 0
    if top < _COARSEST:
        return 0.0
    return float(sizes[top - top // 16 :].sum() / sizes[top // 16 :].sum())
