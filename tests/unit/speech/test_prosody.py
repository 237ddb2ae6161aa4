"""A voice's movement is measured on voices whose movement is known."""

from __future__ import annotations

import numpy as np
import pytest

from coach.conversation import Interval
from coach.speech.prosody import prosody
from coach.speech.samples import RATE, InMemory


def voice(seconds: float, *, middle: float = 150.0, semitones: float = 6.0, level: float = 0.1) -> InMemory:
    """Return harmonics whose pitch glides evenly over a range, in syllables of two thirds of a second."""
    time = np.arange(round(seconds * RATE)) / RATE
    glide = 2 * np.abs((time / 1.7) % 1.0 - 0.5) * 2 - 1  # a triangle between -1 and 1: every pitch as often
    pitch = middle * 2 ** (glide * semitones / 24)
    phase = 2 * np.pi * np.cumsum(pitch) / RATE
    sound = sum(np.sin(n * phase) / n for n in range(2, 16))  # a telephone lets no fundamental through
    sound = sound * level * (0.5 - 0.5 * np.cos(2 * np.pi * time / 0.66)) ** 0.3
    return InMemory((np.asarray(sound) * 8000).astype(np.int16))


@pytest.mark.parametrize("middle", [95.0, 150.0, 230.0])
@pytest.mark.parametrize("semitones", [2.0, 8.0])
def test_pitch_spread_is_the_range_of_the_glide(middle: float, semitones: float) -> None:
    found = prosody(voice(30, middle=middle, semitones=semitones), (Interval(0, 30),))
    assert found is not None
    # Evenly gliding, the middle four fifths of the time are the middle four fifths of the range.
    assert found.pitch_spread == pytest.approx(0.8 * semitones, rel=0.15, abs=0.25)


def test_louder_is_louder_by_what_it_is() -> None:
    soft = prosody(voice(25, level=0.05), (Interval(0, 25),))
    loud = prosody(voice(25, level=0.2), (Interval(0, 25),))
    assert soft is not None
    assert loud is not None
    assert loud.loudness - soft.loudness == pytest.approx(12.0, abs=0.5)
    assert loud.pitch_spread == pytest.approx(soft.pitch_spread, abs=0.3)


def test_too_little_speech_says_nothing() -> None:
    assert prosody(voice(30), (Interval(0, 15),)) is None
    assert prosody(voice(30), ()) is None


def test_what_others_say_is_not_listened_to() -> None:
    ours, theirs = voice(30, semitones=2.0), voice(30, middle=300.0, semitones=2.0)
    both = InMemory(np.concatenate([ours.read(0, 30 * RATE), theirs.read(0, 30 * RATE)]))
    speech = (Interval(0, 60),)
    assert prosody(both, speech, (Interval(30, 60),)) == prosody(both, (Interval(0, 30),))
    mixed = prosody(both, speech)
    assert mixed is not None
    assert mixed.pitch_spread > 8  # an octave and more lies between the two voices


def test_masked_sound_is_no_voice() -> None:
    assert prosody(InMemory(np.zeros(40 * RATE, np.int16)), (Interval(0, 40),)) is None


def test_a_long_call_costs_no_more_than_a_minute() -> None:
    found = prosody(voice(200), (Interval(0, 200),))
    assert found is not None
    assert 50 < found.seconds < 70
