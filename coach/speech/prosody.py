"""How a voice moves: its pitch and its loudness over one call, in numbers and never in feelings.

What a person's tone does to others is for people to say. These numbers describe one voice against itself, on the
person's own computer; nothing here knows whose voice it is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from coach.conversation import Interval, Timeline, complement, intersection, total
from coach.speech.samples import RATE, Samples

ENOUGH: Final = 20.0
"""Seconds of a voice by itself under which nothing is said of it."""

LISTENED: Final = 60.0
"""Seconds that are listened to at most, spread over the call: a voice's habits show in a minute."""

LOWEST, HIGHEST = 65.0, 400.0
"""Hertz between which speaking voices lie."""

_FRAME, _HOP = 1024, 320  # samples: 64 ms holds two periods of the lowest voice; every 20 ms
_SHORTEST = 0.4  # seconds of a piece in which a pitch can be followed
_LONGEST = 4.0  # seconds of a piece: more pieces from more places say more
_MIDDLE = (10.0, 90.0)  # percentiles: a slip of an octave in a frame must not count
_SILENT = 1e-4  # share of full scale: what was masked


@dataclass(frozen=True, slots=True)
class Prosody:
    """How one voice moved in one call.

    Attributes:
        pitch_spread: Semitones between the 10th and the 90th percentile of the pitch.
        loudness: Median level of its voiced frames, in dB under full scale: of the line and microphone as much as
            of the voice.
        loudness_spread: Decibels between the 10th and the 90th percentile of that level.
        seconds: Speech that was listened to.
    """

    pitch_spread: float
    loudness: float
    loudness_spread: float
    seconds: float


def prosody(samples: Samples, speech: Timeline, others: Timeline = ()) -> Prosody | None:
    """Return how a voice moved, ``None`` where too little of it is heard by itself.

    Pitch is followed by probabilistic YIN (Mauch and Dixon 2014), as librosa has it.

    Args:
        samples: The lane that the voice is in, shape ``(n,)``, 16 kHz.
        speech: When it speaks, in seconds.
        others: When somebody else does, who may be heard in the lane too.
    """
    free = complement(others, Interval(0.0, len(samples) / RATE))
    alone = [piece for piece in intersection(speech, free) if piece.duration >= _SHORTEST]
    chosen = list(_spread(alone))
    if total(chosen) < ENOUGH:
        return None
    heard = [_voiced(samples.read(round(p.start * RATE), round(p.end * RATE))) for p in chosen]
    pitch = np.concatenate([piece[0] for piece in heard])
    level = np.concatenate([piece[1] for piece in heard])
    if len(pitch) * _HOP / RATE < ENOUGH / 4:  # speech is voiced for more than a third of its time
        return None
    low, high = np.percentile(pitch, _MIDDLE)
    soft, loud = np.percentile(level, _MIDDLE)
    return Prosody(
        pitch_spread=round(float(high - low), 2),
        loudness=round(float(np.median(level)), 1),
        loudness_spread=round(float(loud - soft), 1),
        seconds=round(total(chosen), 1),
    )


def _spread(alone: Sequence[Interval]) -> Iterator[Interval]:
    """Yield pieces from all over the call that make up what is listened to."""
    spoken = total(alone)
    share = min(1.0, LISTENED / spoken) if spoken else 0.0
    for piece in alone:
        count = max(1, round(piece.duration / _LONGEST))
        step = piece.duration / count
        for number in range(count):
            start = piece.start + number * step
            yield Interval(start, start + max(min(_SHORTEST, step), step * share))


def _voiced(sound: NDArray[np.int16]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return pitch in semitones over the lowest and level in dB, each of shape ``(voiced frames,)``."""
    import librosa  # noqa: PLC0415  (seconds, where nobody asked for tone)

    scaled = sound.astype(np.float32) / 32768.0
    if len(scaled) < 2 * _FRAME or float(np.abs(scaled).max()) < _SILENT:
        return np.empty(0), np.empty(0)
    pitch, voiced, _ = librosa.pyin(
        scaled, fmin=LOWEST, fmax=HIGHEST, sr=RATE, frame_length=_FRAME, hop_length=_HOP, fill_na=LOWEST
    )
    power = librosa.feature.rms(y=scaled, frame_length=_FRAME, hop_length=_HOP)[0][: len(pitch)]
    sure = voiced[: len(power)] & (power > _SILENT)
    return 12.0 * np.log2(pitch[: len(power)][sure] / LOWEST), 20.0 * np.log10(power[sure])
