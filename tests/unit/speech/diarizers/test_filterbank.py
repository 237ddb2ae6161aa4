"""Mel bands as Kaldi makes them."""

from __future__ import annotations

import numpy as np
import pytest

from coach.speech.diarizers.filterbank import BANDS, WINDOW, filterbank
from coach.speech.samples import RATE


def tone(hertz: float, *, level: float = 0.3) -> np.ndarray:
    return (np.sin(2 * np.pi * hertz * np.arange(RATE) / RATE) * level * 2**15).astype(np.int16)


def middle(band: int) -> float:
    """Return the frequency in Hz that a band is loudest for."""
    lowest, highest = (1127 * np.log1p(f / 700) for f in (20, 8000))
    return float(700 * np.expm1((lowest + (highest - lowest) * (band + 1) / (BANDS + 1)) / 1127))


@pytest.mark.parametrize("band", [10, 25, 40, 70])
def test_a_tone_is_loudest_in_its_own_band(band: int) -> None:
    found = filterbank(tone(middle(band)))
    assert found.shape == (1 + (RATE - WINDOW) // 160, BANDS)
    assert set(found.argmax(axis=1)) == {band}


def test_twice_as_loud_is_the_same_step_up_in_every_band() -> None:
    sound = np.random.default_rng(0).normal(0, 2000, RATE)
    step = filterbank(2 * sound.astype(np.float32)) - filterbank(sound.astype(np.float32))
    assert step == pytest.approx(np.log(4), abs=1e-3)


def test_a_constant_is_silence() -> None:
    assert filterbank(np.full(RATE, 5000, np.int16)).max() < -15


@pytest.mark.parametrize("length", [0, WINDOW - 1])
def test_less_than_a_frame_is_none(length: int) -> None:
    assert filterbank(np.zeros(length, np.int16)).shape == (0, BANDS)
