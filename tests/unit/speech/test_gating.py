"""Lanes made of one lane: what is heard in each, and when."""

from __future__ import annotations

import numpy as np
import pytest

from coach.conversation import Interval, Timeline, union
from coach.speech.activity import LaneActivity
from coach.speech.cutting import cuts
from coach.speech.diarizers.protocol import Diarization
from coach.speech.gating import FADE, PAD, Gated, party_activity, party_lanes
from coach.speech.levels import NOTHING, PER_SECOND
from coach.speech.samples import RATE, InMemory

SECONDS = 10
TONE = InMemory(np.full(SECONDS * RATE, 10_000, np.int16))
LEVELS = np.full(SECONDS * PER_SECOND, -10, np.float16)
A: Timeline = (Interval(1.0, 2.0), Interval(5.0, 6.0))
B: Timeline = (Interval(2.05, 4.0), Interval(5.5, 7.0))
CALL = Diarization({"1": A, "2": B}, {"1": (Interval(1.0, 2.0), Interval(5.0, 5.6)), "2": (B[0], Interval(5.6, 7.0))})


def at(lane: object, second: float) -> int:
    start = round(second * RATE)
    return int(lane.read(start, start + 1)[0])  # type: ignore[attr-defined]


def whole() -> LaneActivity:
    likely = (Interval(0.9, 7.2), Interval(8.0, 8.4))
    return LaneActivity(union(A, B), likely, -10.0, -60.0, clipped=True, warnings=("w",), levels=LEVELS)


def test_a_party_is_heard_while_they_speak_and_not_while_only_the_other_does() -> None:
    lanes = party_lanes(TONE, CALL)
    assert at(lanes["1"], 1.5) == at(lanes["2"], 3.0) == 10_000
    assert at(lanes["1"], 3.0) == at(lanes["2"], 1.5) == 0
    assert at(lanes["1"], 6.5) == 0


def test_both_are_heard_where_both_speak() -> None:
    lanes = party_lanes(TONE, CALL)
    assert at(lanes["1"], 5.75) == at(lanes["2"], 5.75) == 10_000


def test_a_pad_ends_where_only_the_other_speaks() -> None:
    lanes = party_lanes(TONE, CALL)
    assert at(lanes["1"], 2.03) > 0
    assert at(lanes["1"], 2.06) == 0
    assert at(lanes["1"], 1.0 - PAD / 2) == 10_000
    assert at(lanes["1"], 1.0 - PAD - 0.01) == 0


def test_a_lane_opens_and_closes_softly() -> None:
    sound = Gated(TONE, (Interval(1.0, 2.0),)).read(0, len(TONE)).astype(int)
    assert np.abs(np.diff(sound)).max() <= 10_000 / FADE + 1
    assert sound[RATE - 1] == 0
    assert sound[2 * RATE] == 0
    assert (sound[RATE + FADE : 2 * RATE - FADE] == 10_000).all()


def test_positions_are_those_of_the_lane() -> None:
    ramp = InMemory((np.arange(3 * RATE) % 30_000).astype(np.int16))
    gated = Gated(ramp, (Interval(0.5, 2.5),))
    assert len(gated) == len(ramp)
    np.testing.assert_array_equal(gated.read(RATE, 2 * RATE), ramp.read(RATE, 2 * RATE))


def test_reading_past_the_ends_is_clipped() -> None:
    gated = Gated(TONE, (Interval(9.5, 12.0),))
    assert len(gated.read(-50, len(TONE) + 50)) == len(TONE)
    assert len(gated.read(len(TONE) + 5, len(TONE) + 9)) == 0
    assert len(gated.read(9, 3)) == 0


def test_a_party_whose_time_is_all_the_others_hears_nothing() -> None:
    assert not Gated(TONE, ()).read(0, len(TONE)).any()


def test_each_party_has_an_activity_of_their_own() -> None:
    found = party_activity(whole(), CALL)
    assert found["1"].speech == A
    assert found["2"].speech == B
    assert found["1"].level == pytest.approx(-10, abs=1)
    assert found["1"].clipped
    assert found["1"].noise_floor == -60.0
    assert found["1"].warnings == (), "the lane's warnings are said once, not for each party"


def test_what_may_be_words_goes_to_whoever_speaks_nearest() -> None:
    found = party_activity(whole(), CALL)
    assert found["1"].likely[0].start == 0.9
    assert found["2"].likely[-1] == Interval(8.0, 8.4)
    assert Interval(8.0, 8.4) not in found["1"].likely


def test_what_may_be_words_is_heard_where_it_went() -> None:
    lanes = party_lanes(TONE, CALL, whole())
    assert at(lanes["2"], 8.2) == 10_000
    assert at(lanes["1"], 8.2) == 0
    assert at(party_lanes(TONE, CALL)["2"], 8.2) == 0


def test_levels_say_nothing_where_the_lane_is_silent() -> None:
    levels = party_activity(whole(), CALL)["1"].levels
    assert levels[300] == NOTHING
    assert levels[150] > -15


def test_cuts_for_the_recogniser_can_be_made_of_each() -> None:
    for label, activity in party_activity(whole(), CALL).items():
        found = cuts(activity, SECONDS)
        assert all(any(c.start <= s.start and s.end <= c.end for c in found) for s in CALL.speech[label])


def test_a_party_who_never_speaks_has_no_level() -> None:
    found = party_activity(whole(), Diarization({"1": A, "2": ()}, {"1": A, "2": ()}))
    assert found["2"].level is None
    assert found["2"].speech == ()
