from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest

from coach.conversation import Interval, intersection, total
from coach.speech.activity import ActivitySettings, detect
from coach.speech.samples import RATE, InMemory
from coach.speech.silero import Silero
from tests.calls.compose import Scenario, compose
from tests.lanes import (
    Sound,
    at_level,
    bridged,
    dialling,
    hold_music,
    lane,
    lanes_of,
    pink_noise,
    ringing,
    tones,
    voice,
)


@pytest.fixture(scope="module")
def silero() -> Iterator[Silero]:
    with Silero() as model:
        yield model


def noisy(sound: Sound, level: float, seed: int = 0) -> Sound:
    noise = pink_noise(len(sound) / RATE, seed)
    return sound + noise * 10 ** (level / 20) / np.std(noise)


def found(silero: Silero, *sounds: Sound) -> list[float]:
    """Return the bridged seconds of speech found in each lane."""
    return [bridged(one.speech) for one in detect([lane(sound) for sound in sounds], silero)]


@pytest.mark.parametrize("name", ["slt", "rms", "awb", "kal", "sue"])
@pytest.mark.parametrize("noise", [None, -40.0])
def test_seconds_are_true_in_digital_silence_and_in_noise(silero: Silero, name: str, noise: float | None) -> None:
    sound, truth = voice(name, seconds=24)
    heard = sound if noise is None else noisy(sound, noise)
    # 20 dB below speech, noise hides the ends of words.
    assert found(silero, heard) == pytest.approx([total(truth)], rel=0.02 if noise != -40.0 else 0.04)


def test_edges_are_true_to_50_ms(silero: Silero) -> None:
    sound, truth = voice("slt", seconds=24)
    (one,) = detect([lane(noisy(sound, -60))], silero)
    for edge in ("start", "end"):
        ours = np.array([getattr(interval, edge) for interval in one.speech])
        misses = [np.abs(ours - getattr(interval, edge)).min() for interval in truth]
        assert max(misses) <= 0.05, edge


@pytest.mark.parametrize("level", [-50.0, -35.0, -6.0])
def test_level_does_not_move_speech(silero: Silero, level: float) -> None:
    sound, truth = voice("rms", seconds=24)
    (one,) = detect([lane(noisy(sound, -65) * 10 ** ((level + 20) / 20))], silero)
    assert bridged(one.speech) == pytest.approx(total(truth), rel=0.02)
    assert one.level is not None
    if level < -12:
        assert one.level == pytest.approx(level, abs=1.5)
        assert one.noise_floor == pytest.approx(max(level - 45, -100), abs=6)


def test_a_clipped_lane_is_told_of(silero: Silero) -> None:
    sound, _ = voice("rms", seconds=12)
    good, bad = detect([lane(sound), lane(sound[::-1] * 6)], silero)
    assert not good.clipped
    assert good.warnings == ()
    assert bad.clipped
    assert bad.warnings == (
        "Channel 2 was recorded too loud and its peaks are cut off: when speech begins and ends there is less exact.",
    )


@pytest.mark.parametrize("between", [0.2, 0.25, 0.4])
def test_gaps_of_a_fifth_of_a_second_are_kept(silero: Silero, between: float) -> None:
    sound, truth = voice("slt", seconds=12)
    first = sound[int(truth[0].start * RATE) : int(truth[0].end * RATE)]
    twice = np.concatenate((np.zeros(RATE), first, np.zeros(round(between * RATE)), first, np.zeros(RATE)))
    (one,) = detect([lane(noisy(twice, -70))], silero)
    middle = 1 + len(first) / RATE
    gap = Interval(middle, middle + between)
    assert total(intersection(one.speech, [gap])) <= 0.06


@pytest.mark.parametrize(
    "other",
    [
        pytest.param(hold_music(20), id="hold music"),
        pytest.param(ringing(20), id="ringing"),
        pytest.param(dialling(20), id="dialling"),
        pytest.param(tones(350, 440, seconds=20), id="dial tone"),
        pytest.param(pink_noise(20), id="pink noise"),
        pytest.param(np.random.default_rng(0).standard_normal(20 * RATE), id="white noise"),
        pytest.param(np.zeros(20 * RATE), id="digital silence"),
    ],
)
@pytest.mark.parametrize("level", [-40.0, -15.0])
def test_what_is_no_voice_is_no_speech(silero: Silero, other: Sound, level: float) -> None:
    sound = at_level(other, level) if other.any() else other
    assert found(silero, noisy(sound, -75)) == [0.0]
    # Beside a voice in the same lane, as a customer's lane has them before the agent answers.
    spoken, truth = voice("slt", seconds=20)
    (one,) = detect([lane(noisy(np.concatenate((sound, spoken)), -75))], silero)
    assert total(intersection(one.speech, [Interval(0, 20)])) <= 0.05
    assert bridged(one.speech) == pytest.approx(total(truth), rel=0.03)


def test_a_lane_that_is_nearly_all_silence_and_one_that_is_nearly_all_speech(silero: Silero) -> None:
    sound, truth = voice("awb", seconds=6)
    rare = np.concatenate((np.zeros(120 * RATE), sound, np.zeros(60 * RATE)))
    assert found(silero, rare) == pytest.approx([total(truth)], rel=0.03)
    dense, every = voice("awb", seconds=30, pause=0.05)
    assert found(silero, noisy(dense, -50)) == pytest.approx([total(every)], rel=0.03)


def test_a_floor_that_changes_is_followed(silero: Silero) -> None:
    first, one = voice("slt", seconds=24)
    second, two = voice("slt", seconds=24, first=3)
    both = np.concatenate((noisy(first, -75), noisy(second, -42, seed=1), noisy(first, -75)))
    assert found(silero, both) == pytest.approx([2 * total(one) + total(two)], rel=0.03)


def leaking(sound: Sound, loss: float, *, delay: float = 0.005) -> Sound:
    """Return how a party is heard on the other's lane: later, fainter, duller."""
    later = np.concatenate((np.zeros(round(delay * RATE)), sound))[: len(sound)]
    return np.convolve(later, [0.7, 0.3])[: len(sound)] * 10 ** (loss / 20)


@pytest.mark.parametrize("loss", [-20.0, -30.0, -40.0])
@pytest.mark.parametrize("delay", [0.005, 0.12])
def test_bleed_is_no_speech(silero: Silero, loss: float, delay: float) -> None:
    sound, truth = voice("rms", seconds=24)
    assert found(silero, noisy(leaking(sound, loss, delay=delay), -70), noisy(sound, -70, seed=1)) == [
        0.0,
        pytest.approx(total(truth), rel=0.02),
    ]


@pytest.mark.parametrize("loss", [-np.inf, -22.0])
def test_a_quiet_backchannel_over_bleed_survives(silero: Silero, loss: float) -> None:
    talk, truth = voice("rms", seconds=20)
    call = np.zeros_like(talk)
    turn, _ = voice("slt", seconds=8)
    yes = voice("slt", seconds=8, first=4)[0][: 2 * RATE]
    call = np.concatenate((turn, np.zeros(len(talk))))
    talk = np.concatenate((np.zeros(len(turn)), talk))
    at = round(8 * RATE + truth[0].middle * RATE)
    call[at : at + len(yes)] += yes * 10 ** (-12 / 20)
    lanes = [lane(noisy(call + leaking(talk, loss), -75)), lane(noisy(talk + leaking(call, loss), -75, seed=1))]
    ours, theirs = detect(lanes, silero)
    said = Interval(at / RATE, at / RATE + len(yes) / RATE)
    assert total(intersection(ours.speech, [said])) >= 0.6 * total(
        intersection(detect([lane(noisy(call, -75))], silero)[0].speech, [said])
    )
    assert total(intersection(ours.speech, [Interval(said.end + 0.1, len(call) / RATE)])) == 0
    assert bridged(theirs.speech) == pytest.approx(total(truth), rel=0.03)


def test_made_calls_with_noise_bleed_and_different_levels_keep_their_talk_ratio(silero: Silero) -> None:
    for seed in (2, 11):
        call = compose(seed, Scenario(seconds=30))
        agent, customer = (bridged(one.speech) for one in detect(lanes_of(call), silero))
        assert 100 * abs(agent / (agent + customer) - call.truth.talk_ratio) <= 1


def test_where_words_may_be_holds_where_they_are(silero: Silero) -> None:
    sound, _ = voice("kal", seconds=20)
    (one,) = detect([lane(noisy(sound, -50))], silero)
    assert intersection(one.likely, one.speech) == one.speech
    assert len(one.levels) == 2000


def test_lanes_of_different_length_and_none_at_all(silero: Silero) -> None:
    short, long = voice("slt", seconds=12)[0], voice("rms", seconds=24)[0]
    one, two = detect([lane(short), lane(long)], silero)
    assert one.speech[-1].end <= 12
    assert two.speech[-1].end > 12
    assert detect([], silero) == ()
    (empty,) = detect([InMemory(np.empty(0, np.int16))], silero)
    assert (empty.speech, empty.level, empty.noise_floor) == ((), None, -100.0)


def test_progress_grows_to_one_over_all_lanes(silero: Silero) -> None:
    shares: list[float] = []
    sound = voice("slt", seconds=10)[0]
    beep = np.concatenate((0.9 * tones(440, seconds=2), sound * 0.01))  # heard twice
    detect([lane(beep), lane(sound)], silero, progress=shares.append)
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_settings_decide(silero: Silero) -> None:
    sound, _ = voice("slt", seconds=10)
    (strict,) = detect([lane(sound)], silero, settings=ActivitySettings(below=15))
    (usual,) = detect([lane(sound)], silero)
    assert total(strict.speech) < total(usual.speech)
