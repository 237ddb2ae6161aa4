"""How a voice sounds, a few numbers for every 10 ms: cepstra of the mel spectrum.

Davis and Mermelstein, "Comparison of parametric representations for monosyllabic word recognition", IEEE
Transactions on Acoustics, Speech, and Signal Processing 28(4), 1980. The zeroth cepstrum is the loudness, which is
not the voice's: it is left out, its change in time is kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from coach.speech.frames import Mask
from coach.speech.levels import FRAME, PER_SECOND
from coach.speech.samples import RATE, Samples

COEFFICIENTS = 20
"""Cepstra a frame, the zeroth among them."""

DIMENSIONS = 2 * COEFFICIENTS - 1
"""Numbers a frame: cepstra 1 to 19, and the change of 0 to 19."""

_WINDOW = 400  # samples (25 ms) that a frame is judged on
_FFT = 512
_BANDS = 26
_LOWEST = 120.0  # Hz: below lie hum and what phone lines cut away
_NARROW, _WIDE = 3700.0, 7200.0  # Hz: where a phone line, and a wide-band recording, end
_REACH = 2  # frames on each side that a change is measured over
_BLOCK = 30 * PER_SECOND  # frames worked on at once
_FAINTEST = 1e-9  # of full scale squared, in a mel band: what rounding to 16 bits leaves
_HIGH_SHARE = 1e-4  # of the power, above which a recording counts as wide-band

Float32 = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """Cepstra of a whole lane, and which of its frames are speech.

    Attributes:
        cepstra: Cepstra 0 to 19 of every 10 ms: shape ``(frames, 20)``.
        speech: Numbers of the frames with speech, rising: shape ``(n,)``.
        mean: Of each dimension over the speech: shape ``(39,)``.
        spread: Standard deviation of each dimension over the speech: shape ``(39,)``.
    """

    cepstra: NDArray[np.float16]
    speech: NDArray[np.int32]
    mean: Float32
    spread: Float32

    def of(self, frames: NDArray[np.integer]) -> Float32:
        """Return the normalised numbers of some frames: shape ``(len(frames), 39)``."""
        return (_raw(self.cepstra, frames) - self.mean) / self.spread


def measure(samples: Samples, speech: Mask, told: Callable[[float], None] | None = None) -> Features:
    """Return the features of a lane, read in slices.

    Args:
        samples: One lane, 16 kHz.
        speech: Which frames of 10 ms are speech: shape ``(frames,)``.
        told: Told the share done.
    """
    frames = np.flatnonzero(speech).astype(np.int32)
    highest = _highest(samples, frames)
    cepstra = np.zeros((len(speech), COEFFICIENTS), np.float16)
    for at in range(0, len(speech), _BLOCK):
        stop = min(at + _BLOCK, len(speech))
        cepstra[at:stop] = _cepstra(power(samples, at, stop), highest)
        if told:
            told(stop / len(speech))
    mean, spread = _moments(cepstra, frames)
    return Features(cepstra, frames, mean, spread)


def alike(features: Features, samples: Samples, speech: Mask) -> Features:
    """Return the features of another lane, measured and normalised as these were."""
    highest = _highest(samples, np.flatnonzero(speech))
    cepstra = _cepstra(power(samples, 0, len(speech)), highest).astype(np.float16)
    return Features(cepstra, np.flatnonzero(speech).astype(np.int32), features.mean, features.spread)


def power(samples: Samples, start: int, stop: int) -> Float32:
    """Return the power spectrum of frames ``start`` to ``stop``: shape ``(n, 257)``."""
    first = start * FRAME + (FRAME - _WINDOW) // 2
    last = (stop - 1) * FRAME + (FRAME + _WINDOW) // 2
    sound = np.zeros(last - first, np.float32)
    block = samples.read(max(first, 0), last)
    at = max(-first, 0)
    sound[at : at + len(block)] = block
    sound /= 32768
    sound[1:] -= np.float32(0.97) * sound[:-1]
    frames = np.lib.stride_tricks.sliding_window_view(sound, _WINDOW)[::FRAME]
    spectrum = np.fft.rfft(frames * _hamming(), _FFT, axis=1)
    return np.asarray(spectrum.real**2 + spectrum.imag**2, np.float32)


def _cepstra(spectrum: Float32, highest: float) -> Float32:
    logs = np.log(spectrum @ _mel_filters(highest) + np.float32(_FAINTEST))
    return np.asarray(logs @ _cosines(), np.float32)


def _highest(samples: Samples, frames: NDArray[np.integer]) -> float:
    """Return where the voices end, in Hz: a phone's lane brought to 16 kHz holds nothing above 4 kHz."""
    low = high = 0.0
    for frame in frames[:: max(len(frames) // 200, 1)].tolist():
        spectrum = power(samples, frame, frame + 1)[0]
        low += float(spectrum[: _FFT * 3500 // RATE].sum())
        high += float(spectrum[_FFT * 4500 // RATE : _FFT * 7000 // RATE].sum())
    return _WIDE if high > _HIGH_SHARE * low else _NARROW


def _raw(cepstra: NDArray[np.float16], frames: NDArray[np.integer]) -> Float32:
    """Return cepstra 1 to 19 and the slopes of 0 to 19 over five frames: shape ``(len(frames), 39)``."""
    last = len(cepstra) - 1
    slope = np.zeros((len(frames), COEFFICIENTS), np.float32)
    for by in range(1, _REACH + 1):
        after, before = np.minimum(frames + by, last), np.maximum(frames - by, 0)
        slope += by * (cepstra[after].astype(np.float32) - cepstra[before])
    slope /= 2 * sum(by**2 for by in range(1, _REACH + 1))
    return np.concatenate((cepstra[frames, 1:].astype(np.float32), slope), axis=1)


def _moments(cepstra: NDArray[np.float16], frames: NDArray[np.int32]) -> tuple[Float32, Float32]:
    total, squares = np.zeros(DIMENSIONS), np.zeros(DIMENSIONS)
    for block in blocks(frames):
        raw = _raw(cepstra, block).astype(np.float64)
        total += raw.sum(axis=0)
        squares += (raw**2).sum(axis=0)
    mean = total / max(len(frames), 1)
    spread = np.sqrt(np.maximum(squares / max(len(frames), 1) - mean**2, 1e-6))
    return mean.astype(np.float32), spread.astype(np.float32)


def blocks(frames: NDArray[np.int32]) -> Iterator[NDArray[np.int32]]:
    """Yield frames some at a time, so that what is made of them stays small."""
    for at in range(0, len(frames), _BLOCK):
        yield frames[at : at + _BLOCK]


@cache
def _hamming() -> Float32:
    return np.hamming(_WINDOW).astype(np.float32)


@cache
def _mel_filters(highest: float) -> Float32:
    """Return triangles of equal area, evenly apart on the mel scale: shape ``(257, 26)``."""
    mels = np.linspace(_mel(_LOWEST), _mel(highest), _BANDS + 2)
    edges = 700 * (10 ** (mels / 2595) - 1)
    hertz = np.arange(_FFT // 2 + 1) * RATE / _FFT
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    rising = (hertz[:, None] - low) / (middle - low)
    falling = (high - hertz[:, None]) / (high - middle)
    triangles = np.maximum(np.minimum(rising, falling), 0)
    return np.asarray(triangles / triangles.sum(axis=0), np.float32)


def _mel(hertz: float) -> float:
    return float(2595 * np.log10(1 + hertz / 700))


@cache
def _cosines() -> Float32:
    """Return the orthonormal cosine transform: shape ``(26, 20)``."""
    middles, orders = np.arange(_BANDS) + 0.5, np.arange(COEFFICIENTS)
    basis = np.cos(np.pi / _BANDS * middles[:, None] * orders) * np.sqrt(2 / _BANDS)
    basis[:, 0] /= np.sqrt(2)
    return np.asarray(basis, np.float32)
