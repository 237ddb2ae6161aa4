"""One lane as the judgement of speech needs it: how loud, how likely a voice, above which noise and leak."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from coach.speech import bleed
from coach.speech.frames import Mask, Runs, closed, per_frame, runs, widened
from coach.speech.levels import (
    BANDS,
    FRAME,
    NOTHING,
    PER_SECOND,
    Levels,
    Levels32,
    decibels,
    measure,
    power,
    smooth,
)
from coach.speech.noise import noise_floor
from coach.speech.samples import Samples
from coach.speech.silero import Silero
from coach.speech.transcribers.protocol import Progress
from coach.speech.views import Part

SURE = 0.5
"""The model's probability from which a frame is certainly speech: levels are learnt there."""

TAIL = 25
"""Frames (0.25 s) in which a word may still die away: no noise is measured there."""

ISLAND = 15
"""Frames (0.15 s): energy this close belongs together when the model is asked."""

_SPAN = 35.0  # dB between the loudest and the faintest sound that a first guess of the level takes for speech
_OFF_TARGET = 8.0  # dB; further from the target, the model hears the lane once more
_RUN_UP = 50  # frames (0.5 s) that the model hears before it judges afresh
_LOUD = 10.0  # dB below a party's level: from here on its leak is looked for
_FAINTEST = 10 ** (-90 / 10)  # power (-90 dBFS) below which 16-bit sound is rounding

Float32 = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class ActivitySettings:
    """What counts as speech.

    Attributes:
        below: A frame this many dB below the party's own speech (RMS) is silence even on a perfect line.
        above: dB a band must rise above the lane's own noise.
        above_leak: dB it must rise above what leaks from the other party's lane.
        dip: Gaps up to this length inside speech are the closure of a stop, in seconds.
        click: Shorter runs are no speech, in seconds.
        possible: Silero's probability from which speech is possible.
        reach: How far from possible speech energy still counts, in seconds.
        likely: Mean probability that a stretch of energy needs to be speech.
        doubtful: Mean probability below which a stretch is heard once more.
        lone: A shorter stretch is no speech by itself, in seconds.
        company: How near other speech must be for it to count, in seconds.
        words: Probability from which the recogniser is sent to a place too.
        evidence: Seconds of certain speech without which nobody speaks in a lane.
        clipped: Share of the loud samples at the rail from which a lane counts as clipped.
        target: Level to which a lane is brought before Silero hears it, in dBFS.
        hiss: Noise laid under the lane then, in dBFS.
    """

    below: float = 29.0
    above: float = 6.0
    above_leak: float = 4.0
    dip: float = 0.06
    click: float = 0.03
    possible: float = 0.1
    reach: float = 0.3
    likely: float = 0.28
    doubtful: float = 0.3
    lone: float = 0.2
    company: float = 0.7
    words: float = 0.35
    evidence: float = 0.2
    clipped: float = 0.004
    target: float = -23.0
    hiss: float = -60.0


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """One lane while it is judged.

    Attributes:
        samples: The lane.
        levels: Levels a frame.
        probability: The model's, a frame: shape ``(frames,)``.
        noise: Noise floor in dBFS for every second and band: shape ``(seconds, 5)``.
        gain: Factor under which the model heard the lane.
    """

    samples: Samples
    levels: Levels
    probability: Float32
    noise: Levels32
    gain: float

    def floor(self, band: int) -> Levels32:
        """Return the power of the noise in a band for every frame: shape ``(frames,)``."""
        return np.repeat(power(self.noise[:, band]), PER_SECOND)[: len(self.levels)]


def rms(level: NDArray[np.floating]) -> float:
    """Return the level of frames together, in dBFS."""
    return float(decibels(np.mean(power(level), keepdims=True, dtype=np.float64))[0])


def hear(lane: Samples, silero: Silero, settings: ActivitySettings, progress: Progress | None = None) -> Heard:
    """Return one lane measured and heard by the model."""
    levels = measure(lane)
    probability, gain = _listen(lane, levels, silero, settings, progress)
    quiet = ~widened(probability >= settings.possible, TAIL)
    bands = [noise_floor(levels.bands[:, band], quiet) for band in range(len(BANDS))]
    return Heard(lane, levels, probability, np.stack(bands, axis=1), gain)


def clear(lane: Heard, others: Sequence[Heard], settings: ActivitySettings) -> Mask:
    """Return the frames in which a lane rises, in some band, above its noise and above what leaks into it."""
    leaks = [(other, leak) for other in others if (leak := _leak(lane, other))]
    count = len(lane.levels)
    risen = np.zeros(count, np.bool_)
    for band in range(len(BANDS)):
        bar = lane.floor(band) * 10 ** (settings.above / 10)
        for other, leak in leaks:
            bar += bleed.leaked(other.levels, leak, count, band) * 10 ** (settings.above_leak / 10)
        risen |= smooth(power(lane.levels.bands[:, band])) > np.maximum(bar, _FAINTEST)
    return risen


def heard_again(heard: Heard, active: Mask, silero: Silero, settings: ActivitySettings) -> Float32:
    """Return the probabilities, with doubtful stretches of active frames heard afresh: shape ``(frames,)``.

    The model carries a memory along. After a while of an even voice it may have lost faith in it; asked again from
    just before the stretch, it finds it. Music, tones and noise stay what they are.
    """
    probability = heard.probability.copy()
    stretches = runs(closed(active, ISLAND))
    doubtful = means(probability, active, stretches) < settings.doubtful
    lasting = stretches[:, 1] - stretches[:, 0] >= ISLAND
    for start, end in stretches[doubtful & lasting].tolist():
        first = max(start - _RUN_UP, 0)
        part = Part(heard.samples, first * FRAME, (end + _RUN_UP) * FRAME)
        windows = silero.probabilities(part, gain=heard.gain, hiss=_amplitude(settings.hiss))
        again = per_frame(windows, end - first)[start - first :]
        probability[start:end] = np.maximum(probability[start:end], again)
    return probability


def means(values: Float32, active: Mask, stretches: Runs) -> NDArray[np.float64]:
    """Return the mean over the active frames of each stretch: shape ``(stretches,)``.

    Args:
        values: A value a frame: shape ``(frames,)``.
        active: Frames that count; each stretch has some.
        stretches: Rows of (first frame, one after the last).
    """
    sums = np.concatenate(([0], np.cumsum(np.where(active, values, 0), dtype=np.float64)))
    counts = np.concatenate(([0], np.cumsum(active, dtype=np.int64)))
    starts, ends = stretches.T
    return np.asarray((sums[ends] - sums[starts]) / (counts[ends] - counts[starts]))


def _listen(
    lane: Samples, levels: Levels, silero: Silero, settings: ActivitySettings, progress: Progress | None
) -> tuple[Float32, float]:
    """Return the model's probability for every frame, and the gain that brought the speech to its level."""
    loud = levels.total[levels.total > max(NOTHING, float(np.max(levels.total, initial=NOTHING)) - _SPAN)]
    if not len(loud):
        return np.zeros(len(levels), np.float32), 1.0
    assumed, hiss = rms(loud), _amplitude(settings.hiss)
    gain = _amplitude(settings.target - assumed)
    probability = per_frame(silero.probabilities(lane, gain=gain, hiss=hiss, progress=progress), len(levels))
    found = levels.total[probability >= SURE]
    # A ringing tone or a bang may be louder than the voice, and the voice too faint to be heard at first.
    level = rms(found) if len(found) else float(np.median(loud)) - _OFF_TARGET - 1
    if abs(level - assumed) > _OFF_TARGET:
        gain = _amplitude(settings.target - level)
        probability = per_frame(silero.probabilities(lane, gain=gain, hiss=hiss), len(levels))
    return probability, gain


def _amplitude(level: float) -> float:
    return float(10 ** (level / 20))


def _leak(lane: Heard, other: Heard) -> bleed.Leak | None:
    speaks = other.probability >= SURE
    if not speaks.any():
        return None
    speaks &= other.levels.total > rms(other.levels.total[speaks]) - _LOUD
    return bleed.learn(lane.levels, other.levels, speaks, lane.noise)
