"""The sound of cuts, read as it is needed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, log10

import numpy as np
from numpy.typing import NDArray

from coach.conversation import Interval, complement, intersection
from coach.speech.samples import RATE
from coach.speech.transcribers.protocol import LaneToHear

TARGET = -23.0
"""Level that the speech of a lane is brought to, in dBFS (RMS)."""

_GAINS = (-12.0, 40.0)  # dB; more would only raise the step of 16-bit sound
_BLOCK = 60 * RATE

Float32 = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Cut:
    """One stretch of one lane to recognise.

    Attributes:
        lane: Index of the lane.
        interval: Seconds from the start of the recording.
    """

    lane: int
    interval: Interval


def cuts_of(lanes: Sequence[LaneToHear], longest: float) -> list[Cut]:
    """Return the cuts of all lanes that hold any speech, none longer than an engine can take.

    Args:
        lanes: Those of one call.
        longest: Seconds; a longer cut is split, in a pause where there is one.
    """
    return [
        Cut(index, piece)
        for index, lane in enumerate(lanes)
        for cut in lane.cuts
        if intersection(lane.speech, [cut])
        for piece in _pieces(cut, lane, longest)
    ]


def _pieces(cut: Interval, lane: LaneToHear, longest: float) -> Iterable[Interval]:
    count = ceil(cut.duration / longest - 1e-6)
    if count < 2:
        return [cut]
    pauses = complement(lane.speech, cut)
    borders = [cut.start]
    for turn in range(1, count):
        even = cut.start + cut.duration * turn / count
        near = [pause.middle for pause in pauses if abs(pause.middle - even) < longest / 4]
        borders.append(min(near, key=lambda middle: abs(middle - even), default=even))
    whole = [Interval(start, end) for start, end in pairwise([*borders, cut.end])]
    return [piece for part in whole for piece in ([part] if part.duration <= longest else _halves(part))]


def _halves(part: Interval) -> list[Interval]:
    return [Interval(part.start, part.middle), Interval(part.middle, part.end)]


def gain(lane: LaneToHear) -> float:
    """Return the factor that brings the speech of a lane to ``TARGET``, within -12 to +40 dB.

    Args:
        lane: Its activity says what is speech; a lane without any is left as it is.
    """
    energy, count = 0.0, 0
    for interval in lane.speech:
        start, end = round(interval.start * RATE), round(interval.end * RATE)
        for at in range(start, end, _BLOCK):
            block = lane.samples.read(at, min(at + _BLOCK, end)).astype(np.float32)
            energy += float(np.dot(block, block))
            count += len(block)
    if not energy:
        return 1.0
    level = 10 * log10(energy / count / 32768.0**2)
    return float(10 ** (min(max(TARGET - level, _GAINS[0]), _GAINS[1]) / 20))


def read(cut: Cut, lanes: Sequence[LaneToHear], gains: Sequence[float]) -> Float32:
    """Return the sound of a cut, full scale 1: shape ``(n,)``, float32."""
    start, end = round(cut.interval.start * RATE), round(cut.interval.end * RATE)
    sound = lanes[cut.lane].samples.read(start, end).astype(np.float32)
    return np.asarray(np.clip(sound * np.float32(gains[cut.lane] / 32768.0), -1.0, 1.0), np.float32)
