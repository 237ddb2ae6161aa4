"""Sound for tests of what a lane holds: voices from the committed pool, and what is no voice."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

from coach.conversation import Timeline, bridge, total
from coach.speech.samples import RATE, InMemory
from tests.calls.compose import Clip, ComposedCall, pool
from tests.calls.stems import activity

Sound = NDArray[np.float64]


def lane(sound: Sound) -> InMemory:
    """Return a lane from sound of full scale 1; what is louder is clipped."""
    return InMemory((np.clip(sound, -1, 1 - 2**-15) * 2**15).round().astype(np.int16))


def doubled(sound: Sound) -> Sound:
    """Return sound at 8 kHz as 16 kHz."""
    spectrum = np.zeros(len(sound) + 1, np.complex128)
    spectrum[: len(sound) // 2 + 1] = np.fft.rfft(sound)
    return np.asarray(np.fft.irfft(spectrum, 2 * len(sound)) * 2)


def lanes_of(call: ComposedCall) -> list[InMemory]:
    return [lane(doubled(channel / 2**15)) for channel in (call.agent, call.customer)]


def rms(sound: Sound) -> float:
    return float(10 * np.log10(np.mean(sound**2)))


def at_level(sound: Sound, level: float) -> Sound:
    """Return sound at a level in dBFS, measured over the parts within 35 dB of its loudest."""
    frames = sound[: len(sound) // 160 * 160].reshape(-1, 160)
    powers = np.mean(frames**2, axis=1)
    loud = powers[powers > powers.max() * 10**-3.5]
    return sound * 10 ** (level / 20) / np.sqrt(loud.mean())


@cache
def _pool(name: str) -> tuple[Clip, ...]:
    return tuple(c for c in pool() if c.voice == name and c.kind in {"long", "medium", "short", "backchannel"})


def voice(name: str, *, seconds: float, first: int = 0, pause: float = 0.7) -> tuple[Sound, Timeline]:
    """Return one party talking with pauses, 16 kHz at -20 dBFS in digital silence, and when they truly speak."""
    clips = _pool(name)
    stem, at, index = np.zeros(round(seconds * 8000)), 4000, first
    while at + len(clips[index % len(clips)].samples) < len(stem):
        samples = clips[index % len(clips)].samples
        stem[at : at + len(samples)] = samples
        at += len(samples) + round(pause * 8000)
        index += 1
    return doubled(stem), activity(stem)


def tones(*hertz: float, seconds: float) -> Sound:
    at = np.arange(round(seconds * RATE)) / RATE
    return np.asarray(sum(np.sin(2 * np.pi * one * at) for one in hertz))


def ringing(seconds: float) -> Sound:
    """Return the American ringing tone: two seconds on, four off."""
    at = np.arange(round(seconds * RATE)) / RATE
    return tones(440, 480, seconds=seconds) * (at % 6 < 2)


def dialling(seconds: float) -> Sound:
    """Return keys pressed on a telephone, one a second."""
    keys = ((697, 1209), (770, 1336), (852, 1477), (941, 1336))
    sound = np.zeros(round(seconds * RATE))
    for second in range(int(seconds)):
        key = tones(*keys[second % len(keys)], seconds=0.15)
        sound[second * RATE : second * RATE + len(key)] = key
    return sound


def hold_music(seconds: float, seed: int = 0) -> Sound:
    """Return chords with a melody above, a new note every half second."""
    rng = np.random.default_rng(seed)
    chords = ((261.6, 329.6, 392.0), (220.0, 261.6, 329.6), (174.6, 220.0, 261.6), (196.0, 247.0, 294.0))
    sound = np.zeros(round(seconds * RATE))
    for beat in range(int(seconds * 2)):
        start = beat * RATE // 2
        at = np.arange(len(sound) - start) / RATE
        for note in (*chords[beat // 4 % 4], 523.25 * 2 ** (rng.integers(0, 12) / 12)):
            for harmonic in range(1, 6):
                sound[start:] += np.sin(2 * np.pi * note * harmonic * at) / harmonic * np.exp(-2.5 * at)
    return sound


def pink_noise(seconds: float, seed: int = 0) -> Sound:
    size = round(seconds * RATE)
    spectrum = np.fft.rfft(np.random.default_rng(seed).standard_normal(size))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    spectrum[0] = 0
    return np.asarray(np.fft.irfft(spectrum, size))


def bridged(timeline: Timeline) -> float:
    """Return the seconds of speech with gaps under 0.3 s filled."""
    return total(bridge(timeline, 0.3))
