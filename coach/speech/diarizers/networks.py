"""The two networks of pyannote's community-1 pipeline, from inside the library of ``moonshine-voice``.

One hears who speaks in ten seconds of sound, up to three at once (Bredin, "pyannote.audio 2.1 speaker diarization
pipeline", Interspeech 2023; Plaquet and Bredin, "Powerset multi-class cross entropy loss for neural speaker
diarization", Interspeech 2023). The other turns a piece of speech into a vector that is alike for one voice and unlike
for two (Wang et al., "WeSpeaker: a research and production oriented speaker embedding learning toolkit", ICASSP 2023).
The library itself is never loaded.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from coach.conversation import ModelError
from coach.speech import inside
from coach.speech.diarizers.filterbank import Float32
from coach.speech.frames import Mask
from coach.speech.levels import PER_SECOND
from coach.speech.samples import RATE, Int16
from coach.speech.sessions import session

SEGMENTATION, EMBEDDING = "community-1-segmentation", "community-1-embedding"

SECONDS = 10
"""Of sound that is heard at once."""

VECTOR = 256
"""Numbers that a voice is described by."""

LOCALS = 3
"""Speakers told apart in it."""

_STEP, _FIRST = 0.016875, 0.030969  # seconds between outputs, and of the middle of the first
_SPEAKS = 0.5


def digest() -> str:
    """Return what the networks are, for a fingerprint."""
    return f"{inside.find(SEGMENTATION).digest}:{inside.find(EMBEDDING).digest}"


def present() -> bool:
    """Return whether the package that carries both is installed."""
    return inside.present(inside.find(SEGMENTATION)) and inside.present(inside.find(EMBEDDING))


class Networks:
    """Both, loaded. Safe to use from several threads at once: each run takes one.

    Raises:
        ModelError: One is missing or damaged.
    """

    def __init__(self) -> None:
        self._segmentation = _session(SEGMENTATION)
        self._embedding = _session(EMBEDDING)

    def who(self, sound: Int16) -> Mask:
        """Return who speaks in each 10 ms of ten seconds of sound: shape ``(1000, 3)``.

        The order of the speakers is that of this one window.

        Args:
            sound: 16 kHz; what is missing of ten seconds counts as silence.
        """
        padded = np.zeros((1, 1, SECONDS * RATE), np.float32)
        padded[0, 0, : len(sound)] = sound / np.float32(32768)
        found = self._segmentation.run(None, {"waveforms": padded})[0][0] > _SPEAKS
        middles = (np.arange(SECONDS * PER_SECOND) + 0.5) / PER_SECOND
        nearest = np.rint((middles - _FIRST) / _STEP).astype(int).clip(0, len(found) - 1)
        return np.asarray(found[nearest])

    def voice(self, bands: Float32) -> Float32:
        """Return the vector of a piece of speech, of length 1: shape ``(256,)``.

        Args:
            bands: Of its frames, the mean of the sound around it taken off: shape ``(n, 80)``, ``n`` at least 1.
        """
        weights = np.ones((1, len(bands)), np.float32)
        return unit(self._embedding.run(None, {"fbank": bands[None], "weights": weights})[0][0])


def unit(vectors: NDArray[np.floating] | Sequence[Float32]) -> Float32:
    """Return vectors brought to length 1: shape ``(…, d)``."""
    rows = np.asarray(vectors, np.float32)
    return np.asarray(rows / np.maximum(np.linalg.norm(rows, axis=-1, keepdims=True), 1e-9), np.float32)


def _session(name: str) -> onnxruntime.InferenceSession:
    network = inside.find(name)
    data = inside.read(network)
    try:
        return session(data)
    except Exception as error:  # onnxruntime's own errors share no base class
        raise ModelError(
            f"The network {name} cannot be loaded ({type(error).__name__}): the installed onnxruntime may be too old "
            "for it. Set the product up anew."
        ) from error
