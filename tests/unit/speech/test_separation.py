from __future__ import annotations

import io

import av
import numpy as np
import pytest

from coach.conversation import Interval
from coach.speech.activity import LaneActivity
from coach.speech.samples import RATE, InMemory
from coach.speech.separation import SAME_SOUND, identical, louder, mix, silent, silent_channel
from coach.speech.views import Mixed, Part
from tests.calls.compose import Scenario, compose
from tests.lanes import Sound, lane, lanes_of, pink_noise, voice


@pytest.fixture(scope="module")
def call() -> Sound:
    """Two parties in one channel: shape ``(n,)``."""
    made = compose(3, Scenario(seconds=12, bleed=-np.inf))
    one, two = (party.read(0, len(party)) / 2**15 for party in lanes_of(made))
    return np.asarray(one + two) / 2


def through(codec: str, sound: Sound, rate: int) -> Sound:
    """Return a stereo sound after an encoder and its decoder: shape ``(2, n)``."""
    file = io.BytesIO()
    with av.open(file, "w", format="mp3") as out:
        stream = out.add_stream(codec, rate=RATE, layout="stereo", bit_rate=rate)
        frame = av.AudioFrame.from_ndarray(sound.astype(np.float32), format="fltp", layout="stereo")
        frame.sample_rate = RATE
        packed = av.AudioResampler(format=stream.format, layout="stereo", rate=RATE, frame_size=stream.frame_size)
        for piece in [*packed.resample(frame), *packed.resample(None), None]:
            out.mux(stream.encode(piece))
    file.seek(0)
    with av.open(file) as source:
        return np.concatenate([piece.to_ndarray() for piece in source.decode(audio=0)], axis=1)


def test_a_channel_and_its_copy_are_identical(call: Sound) -> None:
    assert identical([lane(call), lane(call)])


@pytest.mark.parametrize("gain", [0.1, 0.5, -1.0, -0.3])
@pytest.mark.parametrize("delay", [0, 3, 400])
def test_level_polarity_and_a_small_delay_do_not_make_two_parties(call: Sound, gain: float, delay: int) -> None:
    copy = gain * np.concatenate((np.zeros(delay), call))
    assert identical([lane(call), lane(copy)])
    assert identical([lane(copy), lane(call)])


def test_noise_of_each_channel_does_not_make_two_parties(call: Sound) -> None:
    noise = 10 ** (-48 / 20) * np.random.default_rng(0).standard_normal((2, len(call)))
    assert identical([lane(call + noise[0]), lane(0.5 * call + 0.5 * noise[1])])


@pytest.mark.parametrize("rate", [32_000, 64_000])
def test_joint_stereo_of_identical_channels_is_seen_through(call: Sound, rate: int) -> None:
    decoded = through("libmp3lame", np.stack((call, 0.8 * call)), rate)
    assert identical([lane(channel) for channel in decoded])


@pytest.mark.parametrize("bleed", [-np.inf, -30.0, -12.0])
@pytest.mark.parametrize("noise", [20.0, np.inf])
def test_two_parties_are_not_identical_however_they_bleed(bleed: float, noise: float) -> None:
    made = compose(1, Scenario(seconds=12, bleed=bleed, noise=noise))
    assert not identical(lanes_of(made))


def test_two_parties_stay_two_after_a_joint_stereo_codec() -> None:
    made = compose(1, Scenario(seconds=12))
    sound = np.stack([party.read(0, len(party)) / 2**15 for party in lanes_of(made)])
    assert not identical([lane(channel) for channel in through("libmp3lame", sound, 32_000)])


def test_silence_one_lane_and_an_empty_one_are_not_identical(call: Sound) -> None:
    silence = InMemory(np.zeros(len(call), np.int16))
    assert not identical([silence, silence])
    assert not identical([lane(call), silence])
    assert not identical([lane(call)])
    assert not identical([lane(call)] * 3)
    assert not identical([InMemory(np.empty(0, np.int16))] * 2)


def test_noise_alone_is_no_copy() -> None:
    assert not identical([lane(0.01 * pink_noise(10, seed)) for seed in (1, 2)])


def test_the_louder_of_two_identical_channels_is_kept(call: Sound) -> None:
    quiet, loud = lane(0.3 * call), lane(-call)
    assert louder([quiet, loud]) is loud
    with pytest.raises(ValueError, match="at least one"):
        louder([])


def test_a_mix_is_the_mean_read_in_any_slices() -> None:
    one, two = lane(voice("slt", seconds=10)[0]), lane(voice("rms", seconds=8)[0])
    mixed = mix([one, two])
    assert len(mixed) == len(one)
    whole = mixed.read(0, len(mixed))
    assert np.abs(whole[: len(two)] - (one.read(0, len(two)) / 2 + two.read(0, len(two)) / 2)).max() <= 0.5
    parts = [mixed.read(at, at + 999) for at in range(0, len(mixed), 999)]
    np.testing.assert_array_equal(np.concatenate(parts), whole)
    assert len(mixed.read(-5, 3)) == 3
    assert len(mixed.read(len(mixed) - 2, len(mixed) + 9)) == 2
    assert len(mixed.read(len(mixed) + 5, len(mixed) + 9)) == 0
    assert mix([one]) is one
    with pytest.raises(ValueError, match="at least one"):
        Mixed([])


def test_full_scale_does_not_wrap_around_in_a_mix() -> None:
    full = InMemory(np.array([32767, -32768], np.int16))
    assert mix([full, full]).read(0, 2).tolist() == [32767, -32768]


def test_a_part_is_a_lane_of_its_own() -> None:
    whole = InMemory(np.arange(100, dtype=np.int16))
    part = Part(whole, 90, 120)
    assert len(part) == 10
    assert part.read(-3, 2).tolist() == [90, 91]
    assert part.read(8, 50).tolist() == [98, 99]
    assert part.read(20, 30).tolist() == []
    assert len(Part(whole, 50, 40)) == 0
    assert Part(whole, -5, 2).read(0, 9).tolist() == [0, 1]


def test_a_channel_in_which_nobody_speaks_is_silent() -> None:
    cough = (Interval(1, 1.3),)
    assert silent(LaneActivity((), (), None, -60, clipped=False))
    assert silent(LaneActivity(cough, cough, -20, -60, clipped=False))
    assert not silent(LaneActivity((Interval(1, 3),), (Interval(1, 3),), -20, -60, clipped=False))


def test_sentences_for_the_report_say_what_follows() -> None:
    assert "one channel" in SAME_SOUND
    assert silent_channel(2).startswith("Nobody is heard on channel 2")
