from __future__ import annotations

import numpy as np
import pytest

from coach.conversation import Interval
from coach.speech.levels import BANDS, FRAME, NOTHING, decibels, measure, power, share_at_rail, smooth
from coach.speech.noise import noise_floor
from coach.speech.samples import RATE, InMemory
from tests.lanes import at_level, lane, pink_noise, tones, voice


@pytest.mark.parametrize("level", [-60.0, -30.0, -6.0])
@pytest.mark.parametrize("band", range(len(BANDS)))
def test_a_tone_has_its_level_in_its_own_band(level: float, band: int) -> None:
    middle = sum(BANDS[band]) / 2
    found = measure(lane(at_level(tones(middle, seconds=1), level)))
    assert found.total[10:-10] == pytest.approx(np.full(80, level), abs=0.3)
    assert int(found.bands[50].argmax()) == band


def test_what_lies_below_speech_does_not_count() -> None:
    offset = measure(lane(np.full(RATE, 0.3)))
    assert float(offset.total[10:-10].max()) < -80
    hum = measure(lane(at_level(tones(50, seconds=1), -30)))
    assert float(hum.bands[10:-10, 1:].max()) < -60


def test_digital_silence_is_nothing_and_the_last_frame_is_filled() -> None:
    found = measure(InMemory(np.zeros(RATE + 1, np.int16)))
    assert len(found) == 101
    assert (found.total == NOTHING).all()
    assert len(measure(InMemory(np.empty(0, np.int16)))) == 0
    assert power(found.total).max() == 0


def test_slices_leave_no_seam() -> None:
    noise = at_level(pink_noise(61), -30)
    whole = measure(lane(noise)).total
    shifted = measure(lane(noise[7 * FRAME :])).total
    np.testing.assert_array_equal(whole[8:-1], shifted[1:-1])


def test_decibels_and_power_are_inverse() -> None:
    levels = np.array([-99.0, -50.0, -3.0, 0.0])
    np.testing.assert_allclose(decibels(power(levels)), levels, atol=1e-3)


def test_smoothing_keeps_what_is_even() -> None:
    np.testing.assert_allclose(smooth(np.full(5, 2.0, np.float32)), 2.0)
    assert smooth(np.array([0, 0, 3, 0, 0], np.float32)).tolist() == [0, 1, 1, 1, 0]


def test_clipped_speech_piles_up_at_a_rail_wherever_the_rail_is() -> None:
    sound, speech = voice("rms", seconds=20)
    assert share_at_rail(lane(sound), speech) < 0.001
    clipped = np.clip(sound * 6, -1, 1)
    assert share_at_rail(lane(clipped), speech) > 0.01
    assert share_at_rail(lane(clipped * 0.5), speech) > 0.01


def test_a_tone_outside_the_speech_is_not_taken_for_clipping() -> None:
    sound, speech = voice("rms", seconds=20)
    rung = np.concatenate((sound, 0.9 * tones(440, seconds=5)))
    assert share_at_rail(lane(rung), speech) < 0.001
    assert share_at_rail(lane(rung), ()) == 0
    assert share_at_rail(lane(rung), (Interval(20, 25),)) > 0.1


def test_the_noise_floor_ignores_digital_silence_and_speech() -> None:
    level = np.full(3000, -50, np.float16)
    level[::2] = NOTHING
    level[1000:2000] = -20
    quiet = np.ones(3000, np.bool_)
    quiet[1000:2000] = False
    floor = noise_floor(level, quiet)
    assert floor.shape == (30,)
    assert (floor == -50).all()


def test_a_step_of_the_noise_stays_a_step() -> None:
    level = np.full(6000, -60, np.float16)
    level[3000:] = -40
    floor = noise_floor(level, np.ones(6000, np.bool_))
    assert (floor[:29] == -60).all()
    assert (floor[31:] == -40).all()


def test_where_nobody_was_quiet_the_lower_neighbour_holds() -> None:
    level = np.full(6000, -40, np.float16)
    level[:1000] = -60
    quiet = np.zeros(6000, np.bool_)
    quiet[:1000] = quiet[5000:] = True
    floor = noise_floor(level, quiet)
    assert (floor[:50] == -60).all()
    assert floor[-1] == -40
    assert (noise_floor(level, np.zeros(6000, np.bool_)) == NOTHING).all()
