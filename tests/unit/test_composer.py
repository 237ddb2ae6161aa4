"""Made calls must be exact, or whatever is measured against them means nothing."""

from __future__ import annotations

from itertools import chain, pairwise, permutations

import numpy as np
import pytest

from coach.conversation import Interval, intersection, total
from tests.benchmarks.scores import Found, Onset, Scores, naive
from tests.calls.compose import DISTRACTORS, ComposedCall, Scenario, compose, pool
from tests.calls.stems import RATE, activity, frame_levels, speech_level

SEEDS = range(100, 108)


@pytest.fixture(scope="module")
def calls() -> list[ComposedCall]:
    return [compose(seed, Scenario(seconds=60)) for seed in SEEDS]


def tone(*, at: float, lasting: float, seconds: float, level: float = -20.0) -> np.ndarray:
    sound = np.zeros(round(seconds * RATE))
    start, end = round(at * RATE), round((at + lasting) * RATE)
    sound[start:end] = np.sqrt(2) * 10 ** (level / 20) * np.sin(2 * np.pi * 1000 * np.arange(end - start) / RATE)
    return sound


def test_activity_is_where_the_sound_is() -> None:
    assert activity(tone(at=1, lasting=2, seconds=4)) == (Interval(1.0, 3.0),)


@pytest.mark.parametrize(("gap", "stretches"), [(0.29, 1), (0.30, 2)])
def test_gaps_are_bridged_up_to_three_tenths_of_a_second(gap: float, stretches: int) -> None:
    sound = tone(at=0.5, lasting=1, seconds=4) + tone(at=1.5 + gap, lasting=1, seconds=4)

    assert len(activity(sound)) == stretches


def test_sound_28_db_under_speech_is_not_speech() -> None:
    assert activity(tone(at=1, lasting=1, seconds=3, level=-49)) == ()
    assert activity(tone(at=1, lasting=1, seconds=3, level=-47)) == (Interval(1.0, 2.0),)


def test_the_pool_has_both_sexes_and_every_kind() -> None:
    clips = pool()

    assert {clip.sex for clip in clips} == {"female", "male"}
    for voice in {clip.voice for clip in clips}:
        assert {clip.kind for clip in clips if clip.voice == voice} == {
            *("long", "completable", "medium", "opener", "short"),
            *("backchannel", "attempt", "completion", "agreement"),
        }


def test_clips_are_what_their_kind_says() -> None:
    for clip in pool():
        spoken = clip.offset - clip.onset
        assert clip.words[0].start >= 0
        assert clip.words[-1].end <= len(clip.samples) / RATE + 0.01
        if clip.kind == "backchannel":
            assert spoken <= 0.7
        if clip.kind == "attempt":
            assert 0.45 <= spoken <= 0.85
            assert 2 <= len(clip.words) <= 4
        if clip.kind == "long":
            assert 4 <= spoken <= 10


def test_the_same_seed_gives_the_same_call() -> None:
    first, again, other = (compose(seed, Scenario(seconds=20)) for seed in (5, 5, 6))

    assert np.array_equal(first.agent, again.agent)
    assert first.truth == again.truth
    assert not np.array_equal(first.agent[:RATE], other.agent[:RATE])


def test_every_pair_of_voices_can_talk() -> None:
    voices = sorted({clip.voice for clip in pool()})
    for index, pair in enumerate(permutations(voices, 2)):
        call = compose(1000 + index, Scenario(seconds=40, voices=pair))

        assert call.scenario.voices == pair
        assert len(call.truth.events) >= 3


def test_an_interruption_cuts_the_other_off_and_goes_on(calls: list[ComposedCall]) -> None:
    events = [(call, event) for call in calls for event in call.truth.of("interruption")]
    assert len(events) >= 10
    for call, event in events:
        other = "customer" if event.role == "agent" else "agent"
        cut = next(s for s in call.truth.speech[other] if event.onset in s)
        ours = next(s for s in call.truth.speech[event.role] if abs(s.start - event.onset) < 0.05)
        assert cut.start <= event.onset - 0.15
        assert 0.4 <= cut.end - event.onset <= 1.05
        assert ours.end >= cut.end + 0.3
        assert not any(cut.end < s.start < cut.end + 0.5 for s in call.truth.speech[other])


@pytest.mark.parametrize("kind", ["attempt", "backchannel"])
def test_after_an_attempt_or_a_backchannel_the_other_goes_on(calls: list[ComposedCall], kind: str) -> None:
    events = [(call, event) for call in calls for event in call.truth.events if event.kind == kind]
    assert len(events) >= 5
    for call, event in events:
        other = "customer" if event.role == "agent" else "agent"
        around = next(s for s in call.truth.speech[other] if event.onset in s)
        assert around.start <= event.onset - 0.15
        assert around.end >= event.end + 0.4


def test_a_start_in_a_pause_comes_after_three_tenths_of_silence(calls: list[ComposedCall]) -> None:
    events = [(call, event) for call in calls for event in call.truth.of("start_in_pause")]
    assert events
    for call, event in events:
        other = "customer" if event.role == "agent" else "agent"
        pauses = [Interval(a.end, b.start) for a, b in pairwise(call.truth.speech[other])]
        pause = next(p for p in pauses if event.onset in p)
        assert event.onset - pause.start > 0.3
        assert pause.end < event.end


def test_terminal_overlaps_are_short(calls: list[ComposedCall]) -> None:
    lengths = [event.end - event.onset for call in calls for event in call.truth.of("terminal")]

    assert lengths
    assert max(lengths) < 0.3


def test_at_least_three_in_ten_events_are_distractors(calls: list[ComposedCall]) -> None:
    kinds = [event.kind for call in calls for event in call.truth.events]

    assert sum(kind in DISTRACTORS for kind in kinds) >= 0.3 * len(kinds)


def test_words_lie_in_speech_in_order(calls: list[ComposedCall]) -> None:
    for call in calls:
        for side, words in call.truth.words.items():
            assert all(a.start <= b.start for a, b in pairwise(words))
            wide = [Interval(max(s.start - 0.1, 0), s.end + 0.1) for s in call.truth.speech[side]]
            for word in words:
                assert total(intersection(wide, [word.interval])) >= 0.5 * word.interval.duration, word


def test_noise_and_bleed_are_as_asked() -> None:
    call = compose(3, Scenario(seconds=30, levels=(-20.0, -26.0), bleed=-30.0))
    silent = np.ones(len(call.agent) // 80, dtype=bool)
    for stretch in chain.from_iterable(call.truth.speech.values()):
        silent[max(round(stretch.start * 100) - 5, 0) : round(stretch.end * 100) + 5] = False

    for lane, level in ((call.agent, -20.0), (call.customer, -26.0)):
        power = 10 ** (frame_levels(lane / 2**15)[silent] / 10)
        assert 10 * np.log10(power.mean()) == pytest.approx(level - 20, abs=1.0)


@pytest.mark.parametrize("by", [1.15, 0.9])
def test_a_raised_voice_is_higher_and_as_much_faster_in_the_same_band(by: float) -> None:
    clip = next(c for c in pool() if c.kind == "long")
    raised = clip.raised(by)

    def centre(samples: np.ndarray, below: float) -> float:
        power = np.abs(np.fft.rfft(samples)) ** 2
        hertz = np.fft.rfftfreq(len(samples), 1 / RATE)
        power[hertz > below] = 0
        return float((power * hertz).sum() / power.sum())

    kept = 3400 / max(by, 1.0)  # what a higher voice has above the band is gone
    assert centre(raised.samples, kept * by) / centre(clip.samples, kept) == pytest.approx(by, rel=0.01)
    assert len(clip.samples) / len(raised.samples) == pytest.approx(by, rel=0.001)
    assert raised.words[-1].end == pytest.approx(clip.words[-1].end / by)
    assert raised.offset == pytest.approx(clip.offset / by, abs=0.03)
    power = np.abs(np.fft.rfft(raised.samples)) ** 2
    assert power[np.fft.rfftfreq(len(raised.samples), 1 / RATE) > 3450].sum() < 1e-6 * power.sum()
    assert speech_level(raised.samples) == pytest.approx(-20, abs=0.1)
    assert clip.raised(1.0) is clip


def test_a_terse_party_only_answers() -> None:
    call = compose(4, Scenario(seconds=90, terse="agent", events={"none": 1.0}))
    spoken = {side: total(speech) for side, speech in call.truth.speech.items()}

    assert spoken["agent"] < 0.16 * sum(spoken.values())
    assert max(stretch.duration for stretch in call.truth.speech["agent"]) < 4.5


def test_the_score_counts_hits_misses_and_what_was_mistaken(calls: list[ComposedCall]) -> None:
    call = calls[0]
    true = [Onset(e.kind, e.role, e.onset + 0.2) for e in call.truth.events]
    scores = Scores()
    scores.add(call, Found(call.truth.speech, tuple(true)))

    assert scores.kinds["interruption"].recall == scores.kinds["interruption"].precision == 1.0
    assert scores.ratio_errors == [0.0]

    late = [Onset("interruption", m.role, m.at + 3.3) for m in true if m.kind == "interruption"]
    scores = Scores()
    scores.add(call, Found(call.truth.speech, tuple(late)))
    assert scores.kinds["interruption"].missed > 0


def test_the_naive_rule_takes_distractors_for_interruptions(calls: list[ComposedCall]) -> None:
    scores = Scores()
    for call in calls:
        scores.add(call, Found(call.truth.speech, tuple(naive(call.truth.speech))))

    assert scores.naive.recall is not None
    assert scores.naive.precision is not None
    assert scores.naive.recall > 0.95
    assert scores.naive.precision < 0.7
