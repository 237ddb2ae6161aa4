"""Log energies in mel bands as Kaldi makes them: what the network of voices was trained on.

Povey et al., "The Kaldi speech recognition toolkit", IEEE ASRU 2011 (``compute-fbank-feats`` without dither).
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from coach.speech.levels import FRAME
from coach.speech.samples import RATE

BANDS = 80
"""Bands of a frame."""

WINDOW = 400
"""Samples (25 ms) that a frame is made of; the next one begins 10 ms later."""

_FFT = 512
_LOWEST, _HIGHEST = 20.0, RATE / 2  # Hz
_PREEMPHASIS = 0.97
_FAINTEST = float(np.finfo(np.float32).eps)

Float32 = NDArray[np.float32]


def filterbank(sound: NDArray[np.integer] | Float32) -> Float32:
    """Return the bands of each frame: shape ``(n, 80)``, ``n`` the frames that fit whole.

    Args:
        sound: 16 kHz, in steps of 16 bits (full scale 32768): shape ``(samples,)``.
    """
    if len(sound) < WINDOW:
        return np.zeros((0, BANDS), np.float32)
    frames = np.lib.stride_tricks.sliding_window_view(np.asarray(sound, np.float32), WINDOW)[::FRAME]
    frames = frames - frames.mean(axis=1, keepdims=True)
    before = np.concatenate((frames[:, :1], frames[:, :-1]), axis=1)
    spectrum = np.fft.rfft((frames - np.float32(_PREEMPHASIS) * before) * _shape(), _FFT, axis=1)
    power = (spectrum.real**2 + spectrum.imag**2).astype(np.float32)
    return np.asarray(np.log(np.maximum(power @ _filters(), np.float32(_FAINTEST))), np.float32)


@cache
def _shape() -> Float32:
    return np.hamming(WINDOW).astype(np.float32)


@cache
def _filters() -> Float32:
    """Return the weight of each bin of the spectrum in each band: shape ``(257, 80)``."""

    def mel(hertz: NDArray[np.float64] | float) -> NDArray[np.float64]:
        return np.asarray(1127.0 * np.log1p(np.asarray(hertz) / 700.0))

    edges = np.linspace(mel(_LOWEST), mel(_HIGHEST), BANDS + 2)
    bins = mel(np.arange(_FFT // 2 + 1) * RATE / _FFT)[:, None]
    rising = (bins - edges[:-2]) / (edges[1:-1] - edges[:-2])
    falling = (edges[2:] - bins) / (edges[2:] - edges[1:-1])
    return np.maximum(0.0, np.minimum(rising, falling)).astype(np.float32)
