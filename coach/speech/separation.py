"""Whether the channels of a recording tell the parties apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coach.conversation import total
from coach.speech.activity import LaneActivity
from coach.speech.samples import RATE, Int16, Samples
from coach.speech.views import Mixed

SAME_SOUND = (
    "Both channels carry the same sound, so they cannot tell the two parties apart: "
    "the recording is treated as if it had one channel."
)
"""For the report, when ``identical``."""

_BLOCK = RATE  # samples compared at a time: 1 s
_DELAY = RATE // 20  # samples (50 ms) by which one channel may lag behind the other
_LISTENED = 16  # blocks that the delay is learnt from
_FADED = 1e-3  # of the loudest block's power (-30 dB): quieter ones hold noise, which need not be the same
_HEARD = (32768 * 10 ** (-75 / 20)) ** 2  # power of a block that holds any sound at all (-75 dBFS)
_ALIKE = 0.9  # correlation in a block; a codec that works on each channel alone leaves more than this
_STEADY = 10 ** (3 / 20)  # factor (3 dB) within which the difference in level stays: bleed changes with who speaks
_MOST = 0.95  # of the sound, each lane counting for half: else a faint party would be lost in a loud one
_LEAST = 0.5
"""Seconds of speech below which a channel holds no party: a cough, a click taken for a word."""

Float64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Blocks:
    """Sums over blocks of 1 s: of the squares of each lane, and of their product: shape ``(blocks,)`` each."""

    left: Float64
    right: Float64
    product: Float64


def identical(lanes: Sequence[Samples]) -> bool:
    """Return whether two lanes carry the same sound, up to level, polarity, a small delay and a codec's noise.

    Two parties who bleed into each other correlate too, but the difference in level turns about with who speaks; in
    a copy it stays.

    Args:
        lanes: The channels of a recording, 16 kHz. Anything but two is never identical.
    """
    if len(lanes) != 2:
        return False
    left, right = lanes
    powers = _powers(left, right)
    loud = _loud(powers)
    if not len(loud):
        return False
    strongest = loud[np.argsort(np.minimum(*powers)[loud])[::-1][:_LISTENED]]
    delay = _delay(left, right, strongest)
    found = _compared(left, right, delay, loud)
    both = np.sqrt(found.left * found.right)
    correlation = np.divide(found.product, both, out=np.zeros_like(both), where=both > 0)
    gain = np.sqrt(np.divide(found.left, found.right, out=np.zeros_like(both), where=found.right > 0))
    usual = float(np.median(gain))
    sign = np.sign(np.median(correlation))
    same = (sign * correlation >= _ALIKE) & (gain <= usual * _STEADY) & (gain * _STEADY >= usual)
    weight = found.left / max(found.left.sum(), 1) + found.right / max(found.right.sum(), 1)
    return bool(usual > 0 and weight[same].sum() >= _MOST * weight.sum())


def louder(lanes: Sequence[Samples]) -> Samples:
    """Return the lane with the most power: which of two identical channels to keep.

    Mixing them instead would cancel them when one is turned over.

    Args:
        lanes: At least one lane, 16 kHz.
    """
    if not lanes:
        raise ValueError("expected at least one lane")
    return max(lanes, key=lambda lane: sum(_power(lane.read(at, at + _BLOCK)) for at in range(0, len(lane), _BLOCK)))


def mix(lanes: Sequence[Samples]) -> Samples:
    """Return all lanes as one, mixed while it is read; see ``louder`` for identical ones."""
    return Mixed(lanes) if len(lanes) > 1 else lanes[0]


def silent(activity: LaneActivity) -> bool:
    """Return whether a channel holds no party."""
    return total(activity.speech) < _LEAST


def silent_channel(number: int) -> str:
    """Return the sentence for the report about a channel without a party.

    Args:
        number: Of the channel, from 1.
    """
    return (
        f"Nobody is heard on channel {number}, so only one party of this call was recorded: "
        "what takes two to measure is left out."
    )


def _starts(left: Samples, right: Samples) -> range:
    return range(0, max(len(left), len(right)), _BLOCK)


def _product(one: Int16, two: Int16) -> float:
    return float(np.sum(one.astype(np.float32) * two, dtype=np.float64))


def _power(block: Int16) -> float:
    return _product(block, block)


def _powers(left: Samples, right: Samples) -> tuple[Float64, Float64]:
    """Return the summed squares of each lane in blocks of 1 s: shape ``(blocks,)`` each."""
    pairs = [(_power(left.read(at, at + _BLOCK)), _power(right.read(at, at + _BLOCK))) for at in _starts(left, right)]
    found = np.array(pairs, np.float64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _loud(powers: tuple[Float64, Float64]) -> NDArray[np.intp]:
    """Return the blocks in which either lane holds more than its noise."""
    loud = np.zeros(len(powers[0]), np.bool_)
    for power in powers:
        loud |= power > max(_HEARD * _BLOCK, _FADED * float(np.max(power, initial=0.0)))
    return np.flatnonzero(loud)


def _delay(left: Samples, right: Samples, blocks: NDArray[np.intp]) -> int:
    """Return by how many samples the right lane lags behind the left, from where they match best."""
    size = 2 * _BLOCK
    match = np.zeros(size)
    for at in (blocks * _BLOCK).tolist():
        one, two = (np.fft.rfft(lane.read(at, at + _BLOCK).astype(np.float64), size) for lane in (left, right))
        match += np.fft.irfft(np.conj(one) * two, size)
    near = np.abs(np.concatenate((match[-_DELAY:], match[: _DELAY + 1])))
    return int(near.argmax()) - _DELAY


def _compared(left: Samples, right: Samples, delay: int, blocks: NDArray[np.intp]) -> _Blocks:
    rows = [(_power(one), _power(two), _product(one, two)) for one, two in _pairs(left, right, delay, blocks)]
    table = np.array(rows, np.float64).reshape(-1, 3)
    return _Blocks(table[:, 0], table[:, 1], table[:, 2])


def _pairs(left: Samples, right: Samples, delay: int, blocks: NDArray[np.intp]) -> Iterator[tuple[Int16, Int16]]:
    """Yield what the lanes hold in each block, the delay taken out."""
    for start in (blocks * _BLOCK).tolist():
        at = max(start, -delay, 0)
        one, two = left.read(at, at + _BLOCK), right.read(at + delay, at + delay + _BLOCK)
        both = min(len(one), len(two))
        if both:
            yield one[:both], two[:both]
