"""The benchmark of diarizers must be right about small cases, or its figures mean nothing."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from coach.conversation import Interval, Party, converse, intersection, total
from tests.benchmarks.diarization import parted, score
from tests.benchmarks.diarization_calls import APART, NOISE, MadeCall, Recipe, make, rttm, special, two_party
from tests.benchmarks.diarization_report import report
from tests.benchmarks.diarization_reviews import agents_number
from tests.benchmarks.diarization_scores import Errors, compare, speed
from tests.benchmarks.diarization_truth import Recording, lane_speech, mixed, read_rttm
from tests.calls.stems import RATE, frame_levels

TOOK = {"wall": 2.0, "cpu": 1.0, "waited": 1.0, "peak_mb": 100.0, "before_mb": 90.0}


def lane(*spoken: tuple[float, float], noise: float, rate: int = RATE, seconds: float = 10.0) -> np.ndarray:
    """Return a hum at -20 dBFS in some spans, over noise of a level in dBFS."""
    at = np.arange(round(seconds * rate)) / rate
    said = np.any([(at >= start) & (at < end) for start, end in spoken], axis=0)
    hum = np.sqrt(2) * 10 ** (-20 / 20) * np.sin(2 * np.pi * 500 * at) * said
    return hum + 10 ** (noise / 20) * np.random.default_rng(1).standard_normal(len(at))


def spans(*pairs: tuple[float, float]) -> tuple[Interval, ...]:
    return tuple(Interval(start, end) for start, end in pairs)


@pytest.mark.parametrize("rate", [8_000, 16_000])
@pytest.mark.parametrize("noise", [-200.0, -70.0, -45.0])
def test_truth_of_a_channel_is_where_its_sound_is(rate: int, noise: float) -> None:
    found = lane_speech(lane((1.0, 3.0), (5.0, 6.5), noise=noise, rate=rate), rate)

    assert found == spans((1.0, 3.0), (5.0, 6.5))


def test_truth_of_a_channel_bridges_short_gaps_and_leaves_faint_sound_out() -> None:
    faint = 0.01 * lane((8.0, 9.0), noise=-200.0)  # 40 dB under the speech
    assert lane_speech(lane((1.0, 3.0), (3.25, 4.0), (4.35, 5.0), noise=-70.0) + faint, RATE) == spans(
        (1.0, 4.0), (4.35, 5.0)
    )


def test_truth_of_a_noisy_channel_asks_for_12_db_over_its_noise() -> None:
    loud = lane((1.0, 3.0), noise=-40.0)
    for level, heard in ((-24.0, 2), (-32.0, 1)):
        more = 10 ** ((level + 20) / 20) * lane((5.0, 6.0), noise=-200.0)
        assert len(lane_speech(loud + more, RATE)) == heard


def test_a_rate_that_frames_do_not_fit_is_refused() -> None:
    with pytest.raises(ValueError, match="11025"):
        lane_speech(np.zeros(11_025), 11_025)


def test_a_recording_of_two_channels_is_mixed_and_known_from_each(tmp_path: Path) -> None:
    agent, customer = lane((1.0, 3.0), noise=-70.0), lane((2.5, 4.0), noise=-70.0, seconds=8)
    recording = mixed("two", "real", [agent, customer], RATE, tmp_path)

    assert recording.truth == {"agent": spans((1.0, 3.0)), "customer": spans((2.5, 4.0))}
    assert recording.duration == 10.0
    sound, rate = sf.read(recording.path)
    assert (sound.ndim, rate) == (1, RATE)
    assert sound[RATE * 2] == pytest.approx((agent[RATE * 2] + customer[RATE * 2]) / 2, abs=2**-14)


def test_who_spoke_is_read_as_it_is_written(tmp_path: Path) -> None:
    spoken = {"a": spans((0.5, 1.25), (3.0, 4.0)), "b": spans((1.0, 3.5))}
    file = tmp_path / "truth.rttm"
    file.write_text(rttm("one", spoken) + rttm("other", {"c": spans((0.0, 9.0))}))

    assert read_rttm(file, "one") == spoken
    assert read_rttm(file, "none") == {}


def test_names_do_not_matter_and_errors_are_told_apart() -> None:
    truth = {"agent": spans((0, 4)), "customer": spans((5, 9))}

    assert compare(truth, {"2": spans((0, 4)), "1": spans((5, 9))}, 10, 0.0) == Errors(8, 0, 0, 0)
    assert compare(truth, {"1": spans((0, 4), (5, 6)), "2": spans((6, 9))}, 10, 0.0) == Errors(8, 1, 0, 0)
    assert compare(truth, {"1": spans((0, 3)), "2": spans((5, 9.5))}, 10, 0.0) == Errors(8, 0, 1, 0.5)
    assert compare(truth, {"1": spans((0, 4), (5, 9))}, 10, 0.0).rates == {
        "der": 50.0,
        "confusion": 50.0,
        "missed": 0.0,
        "false": 0.0,
    }


def test_simultaneous_speech_counts_for_each_who_speaks() -> None:
    truth = {"agent": spans((0, 4)), "customer": spans((3, 6))}

    assert compare(truth, {"1": spans((0, 4)), "2": spans((4, 6))}, 10, 0.0) == Errors(7, 0, 1, 0)


@pytest.mark.parametrize(("off", "wrong"), [(0.24, 0.0), (0.35, 0.1)])
def test_the_collar_lies_on_either_side(off: float, wrong: float) -> None:
    truth, found = {"agent": spans((2, 4))}, {"1": spans((2 + off, 4))}

    assert compare(truth, found, 10, 0.25).missed == pytest.approx(wrong)
    assert compare(truth, found, 10, 0.0).missed == pytest.approx(off)


def recording(**spoken: tuple[Interval, ...]) -> Recording:
    return Recording("one", "same sex", Path("one.wav"), spoken, spoken)


def test_what_is_said_is_bridged_as_the_truth_is() -> None:
    said = {"1": [(0.0, 1.0), (1.25, 2.0), (2.35, 4.0)]}
    scored = score(
        recording(agent=spans((0, 4)), customer=spans((5, 6))), {"speech": said, "seconds": 8, "warnings": (), **TOOK}
    )

    assert (scored.true, scored.found) == (2, 1)
    assert scored.errors[0.0].missed == pytest.approx(0.35 + 1)
    assert scored.errors[0.0].speech == 5


def test_perfect_parting_misses_only_what_nobody_heard() -> None:
    one = recording(agent=spans((0, 4)), customer=spans((3, 6)))

    assert parted(one, {"1": [(0.0, 5.0)]}) == {"agent": [(0, 4)], "customer": [(3, 5)]}


def test_the_report_names_those_with_too_few_speakers_and_weighs_calls_by_their_speech() -> None:
    said = {"speech": {"1": [(0.0, 4.0)]}, "seconds": 10, "warnings": (), **TOOK}
    short = score(recording(agent=spans((0, 4)), customer=spans((5, 6))), said)
    long = replace(short, name="two", found=3, errors={0.0: Errors(95, 19, 0, 0), 0.25: Errors(95, 0, 0, 0)})
    lines = list(report("bundled", [short, long], where=False))

    assert [line.split()[3:5] for line in lines if line.startswith("  = same sex")] == [["20.0", "19.0"]]
    assert lines[-5:] == [
        "  fewer speakers than there are: one",
        "  more speakers than there are: two",
        "  confusion over 2 %: two",
        "  error over 12 %: one, two",
        "  5.0 x real time by the clock, 10.0 with the cores free, 10.0 by their seconds; at most 100 MB",
    ]


def test_a_transfer_is_held_to_its_sides_and_to_its_voices() -> None:
    voices = {"agent": spans((0, 2)), "customer": spans((2, 3)), "second agent": spans((4, 6))}
    sides = {"agent": spans((0, 2), (4, 6)), "customer": spans((2, 3))}
    said = {"speech": {"1": [(0, 2), (4, 6)], "2": [(2, 3)]}, "seconds": 8, "warnings": (), **TOOK}
    scored = score(Recording("one", "three speakers", Path("one.wav"), sides, voices), said)

    assert scored.errors[0.0] == Errors(5, 0, 0, 0)
    assert scored.voices is not None
    assert scored.voices[0.0] == Errors(5, 2, 0, 0)
    assert ["each", "voice", "apart", "40.0", "40.0"] in [
        line.split()[:5] for line in report("x", [scored], where=False)
    ]


def test_made_calls_of_two_are_summed_up_by_level_and_noise(call: MadeCall) -> None:
    one = Recording("made", call.recipe.group, Path("made.wav"), call.sides, call.speakers, call)
    said = {"speech": {}, "seconds": 45, "warnings": (), **TOOK}

    assert score(one, said).also == ("made calls of two", "made, 12 dB apart", "made, noise 20 dB below")


def test_speed_without_time_is_none() -> None:
    assert speed([], "wall") is None


@pytest.fixture(scope="module")
def call() -> MadeCall:
    return make(replace(two_party(6)[5], seconds=40))


def test_a_made_call_is_mono_of_two_lanes_with_their_truth(call: MadeCall, tmp_path: Path) -> None:
    sound, rate = sf.read(call.write(tmp_path), dtype="int16")
    lanes, _ = sf.read(call.write_stereo(tmp_path / "stereo.wav"), dtype="int16")

    assert (sound.ndim, rate, lanes.shape) == (1, RATE, (len(sound), 2))
    assert sf.info(tmp_path / f"{call.recipe.name}.wav").subtype == "ULAW"
    assert np.abs(sound - lanes.sum(axis=1)).mean() < 40  # µ-law rounds
    read = read_rttm(tmp_path / f"{call.recipe.name}.rttm", call.recipe.name)
    for side, speech in call.speakers.items():
        assert [s.start for s in read[side]] == pytest.approx([s.start for s in speech])
        assert [s.end for s in read[side]] == pytest.approx([s.end for s in speech])
    assert 0.04 < call.conditions()["overlap_share_of_talk"] < 0.18


def test_levels_and_noise_are_as_the_recipe_says(call: MadeCall) -> None:
    (part,) = call.parts
    levels = {}
    for side in ("agent", "customer"):
        frames = frame_levels(getattr(part, side) / 2**15)
        levels[side] = 10 * np.log10(np.mean(10 ** (frames[frames > frames.max() - 28] / 10)))
    nobody = np.ones(len(call.mono) // 80, np.bool_)
    for spoken in call.speakers.values():
        for stretch in spoken:
            nobody[max(round(stretch.start * 100) - 5, 0) : round(stretch.end * 100) + 5] = False
    rest = 10 * np.log10(np.mean(10 ** (frame_levels(call.mono / 2**15)[nobody] / 10)))

    assert call.recipe.apart == -12
    assert levels["agent"] - levels["customer"] == pytest.approx(-12, abs=1)
    assert levels["agent"] - rest == pytest.approx(call.recipe.noise, abs=1.5)


def test_the_recipes_have_every_level_and_noise_in_both_groups() -> None:
    recipes = two_party()
    for group in ("same sex", "different sex"):
        some = [recipe for recipe in recipes if recipe.group == group]
        assert len(some) == 12
        assert {abs(recipe.apart) for recipe in some} == set(APART)
        assert {recipe.noise for recipe in some} == set(NOISE)
        assert {recipe.apart > 0 for recipe in some if recipe.apart} == {True, False}
    assert all(60 <= recipe.seconds <= 300 for recipe in recipes)
    assert len({recipe.name for recipe in [*recipes, *special()]}) == 32
    assert two_party(6) == recipes[:6]


def special_one(group: str) -> Recipe:
    return replace(next(recipe for recipe in special() if recipe.group == group), seconds=50)


def test_one_speaker_is_the_agent_alone() -> None:
    made = make(special_one("one speaker"))

    assert list(made.speakers) == ["agent"]
    assert np.array_equal(made.mono, made.parts[0].agent)


def test_a_transfer_has_two_agents_one_after_the_other() -> None:
    made = make(special_one("three speakers"))
    first, second = made.speakers["agent"], made.speakers["second agent"]

    assert list(made.sides) == ["agent", "customer"]
    assert first[-1].end < made.parts[0].duration <= second[0].start
    assert total(made.sides["agent"]) == pytest.approx(total(first) + total(second))
    assert made.speakers["customer"][-1].end > made.parts[0].duration
    assert {part.scenario.voices for part in made.parts} == {("rms", "slt"), ("kal", "slt")}


def test_one_who_hardly_speaks_has_a_tenth_of_the_talk() -> None:
    made = make(replace(special_one("hardly speaks"), seconds=120))
    spoken = {side: total(speech) for side, speech in made.sides.items()}

    assert 0.04 < spoken["customer"] / sum(spoken.values()) < 0.16


@pytest.mark.parametrize("agent", [1, 2])
def test_the_agent_is_the_speaker_of_the_same_moments(call: MadeCall, agent: int) -> None:
    (part,) = call.parts
    sides = ("agent", "customer") if agent == 1 else ("customer", "agent")
    parties = [Party("unknown", str(n), part.truth.speech[side], ()) for n, side in enumerate(sides, start=1)]

    assert agents_number(converse(parties, part.duration, "diarization"), call) == agent
    assert agents_number(converse(parties[:1], part.duration, "diarization"), call) is None
    assert total(intersection(*call.sides.values())) > 0
