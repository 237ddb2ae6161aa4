"""One party faintly in the other's lane: learnt from the call itself, as a loss in each band and a delay.

A line lets a party through into the other lane at a steady loss and delay (sidetone, a headset's leak, an echo).
Whenever that party speaks, the other lane then holds its own noise and that much of them: a noise floor that
moves. Whoever truly speaks there rises above it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coach.speech.frames import Mask
from coach.speech.levels import BANDS, PER_SECOND, Levels, Levels32, power, smooth

_LAGS = range(-2, 61)  # frames: a few ms on a line, over half a second for an echo
_LOSSES = np.arange(-60.0, -8.0, 3.0, dtype=np.float32)  # dB; who is louder than that in the other lane is no leak
_FINE = np.arange(-6.0, 6.1, 1.0, dtype=np.float32)  # dB around the loss over all bands
_NEAR = 2.0  # factor of power (3 dB) within which a frame is as expected
_MORE = 0.08  # share of frames that the leak must explain beyond those that noise alone explains
_SAMPLE = 4000  # frames to learn from, spread over the call
_PEAKED = 2.0  # times as much as at the usual delay: a leak has one delay, chance any
_ENOUGH = 200  # frames (2 s) of the other party without which there is nothing to learn
_SPREAD = 2  # frames over which a leak may be smeared


@dataclass(frozen=True, slots=True, eq=False)
class Leak:
    """How one party is heard in another's lane.

    Attributes:
        lag: Delay, in frames of 10 ms.
        losses: Level there less the level in the party's own lane, in each band, in dB: shape ``(5,)``, negative.
    """

    lag: int
    losses: Levels32


def learn(lane: Levels, other: Levels, speaks: Mask, noise: Levels32) -> Leak | None:
    """Return how the other party leaks into a lane, ``None`` when it does not.

    The loss and delay are those under which the most frames are as loud as noise and leak together make them;
    they count if that is clearly more than noise alone explains. Frames in which both speak fit neither.

    Args:
        lane: Levels of the lane leaked into.
        other: Levels of the party that may leak.
        speaks: Frames in which that party is loud.
        noise: The lane's own noise floor for every second and band, in dBFS: shape ``(seconds, 5)``.
    """
    at = np.flatnonzero(speaks)
    at = at[(at + _LAGS.start >= 0) & (at + _LAGS.stop <= min(len(lane), len(other)))]
    if len(at) < _ENOUGH:
        return None
    at = at[np.linspace(0, len(at) - 1, min(len(at), _SAMPLE)).astype(int)]
    source, floor = _near(other, at), power(noise)
    gained, losses = np.empty(len(_LAGS)), np.empty(len(_LAGS))
    for index, lag in enumerate(_LAGS):
        heard, alone = _near(lane, at + lag).sum(axis=1), floor[(at + lag) // PER_SECOND].sum(axis=1)
        counts = [_fitting(heard, alone + 10 ** (loss / 10) * source.sum(axis=1)) for loss in _LOSSES]
        gained[index] = (max(counts) - _fitting(heard, alone)) / len(at)
        losses[index] = _LOSSES[int(np.argmax(counts))]
    best = int(gained.argmax())
    if gained[best] < max(_MORE, _PEAKED * float(np.median(gained))):
        return None
    lag, loss = _LAGS[best], float(losses[best])
    return Leak(lag, _losses(_near(lane, at + lag), floor[(at + lag) // PER_SECOND], source, loss))


def _near(levels: Levels, at: NDArray[np.intp]) -> Levels32:
    """Return the mean power in each band around frames: shape ``(n, 5)``."""
    last = len(levels) - 1
    around = [power(levels.bands[np.clip(at + step, 0, last)]) for step in (-1, 0, 1)]
    return np.asarray(sum(around) / np.float32(3))


def _fitting(heard: Levels32, expected: Levels32) -> int:
    """Return how many frames are as loud as expected."""
    return int(np.count_nonzero((heard <= _NEAR * expected) & (expected <= _NEAR * heard)))


def _losses(heard: Levels32, noise: Levels32, source: Levels32, loss: float) -> Levels32:
    """Return the loss in each band that the most frames fit: shape ``(5,)``.

    A band in which the leak drowns in noise, where all losses fit alike, keeps the loss over all bands.
    """
    found = np.full(len(BANDS), loss, np.float32)
    for band in range(len(BANDS)):
        tried = np.concatenate(([loss], loss + np.concatenate((_FINE, [-12.0, 9.0]))))
        counts = [
            _fitting(heard[:, band], noise[:, band] + 10 ** (one / 10) * source[:, band]) for one in tried.tolist()
        ]
        found[band] = tried[int(np.argmax(counts))]
    return found


def leaked(other: Levels, leak: Leak, count: int, band: int) -> Levels32:
    """Return the power of the leak in one band, for every frame of the lane it leaks into: shape ``(count,)``."""
    expected = np.zeros(count, np.float32)
    first, last = max(leak.lag, 0), min(count, len(other) + leak.lag)
    source = power(other.bands[first - leak.lag : last - leak.lag, band])
    expected[first:last] = source * np.float32(10 ** (leak.losses[band] / 10))
    padded = np.pad(smooth(expected), _SPREAD, mode="edge")
    return np.asarray(np.lib.stride_tricks.sliding_window_view(padded, 2 * _SPREAD + 1).max(axis=1))
