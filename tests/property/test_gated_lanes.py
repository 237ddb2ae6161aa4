"""What holds for the lanes of two parties on one channel, whatever the call."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.conversation import Interval, Timeline, complement, intersection, total, union
from coach.speech.activity import LaneActivity
from coach.speech.diarizers.protocol import Diarization
from coach.speech.gating import FADE, PAD, Gated, party_activity, party_lanes
from coach.speech.samples import RATE, InMemory

SECONDS = 20
WHOLE = Interval(0.0, float(SECONDS))
STEADY = InMemory(np.full(SECONDS * RATE, 1000, np.int16))
LEVELS = np.full(SECONDS * 100, -20, np.float16)

tenths = st.integers(0, SECONDS * 10).map(lambda n: n / 10)
timelines = st.lists(st.tuples(tenths, tenths), max_size=8).map(
    lambda pairs: union(Interval(min(pair), max(pair)) for pair in pairs)
)


def diarization(one: Timeline, two: Timeline) -> Diarization:
    return Diarization({"1": one, "2": two}, {"1": one, "2": intersection(two, complement(one, WHOLE))})


def audible(sound: np.ndarray, spans: Timeline, inset: float) -> np.ndarray:
    return np.concatenate(
        [sound[round((s.start + inset) * RATE) : round((s.end - inset) * RATE)] for s in spans] or [sound[:0]]
    )


@settings(max_examples=40)
@given(timelines, timelines)
def test_all_of_a_partys_speech_is_heard_and_none_of_the_others_alone(one: Timeline, two: Timeline) -> None:
    lanes = party_lanes(STEADY, diarization(one, two))
    for label, own, other in (("1", one, two), ("2", two, one)):
        sound = lanes[label].read(0, len(STEADY))
        assert (audible(sound, own, FADE / RATE) == 1000).all()
        assert not audible(sound, intersection(other, complement(own, WHOLE)), 0.0).any()
        assert np.count_nonzero(sound) <= (total(own) + len(own) * 2 * PAD) * RATE + 2


@settings(max_examples=40)
@given(timelines, st.lists(st.integers(0, SECONDS * RATE), max_size=6))
def test_slices_are_parts_of_the_whole(spans: Timeline, edges: list[int]) -> None:
    ramp = InMemory((np.arange(SECONDS * RATE) % 20_000 - 10_000).astype(np.int16))
    gated = Gated(ramp, spans)
    whole = gated.read(0, len(ramp))
    bounds = sorted({0, *edges, len(ramp)})
    pieces = [gated.read(a, b) for a, b in pairwise(bounds)]
    np.testing.assert_array_equal(np.concatenate(pieces), whole)


@settings(max_examples=40)
@given(timelines, timelines, timelines)
def test_what_may_be_words_goes_to_one_party_and_is_heard_there(one: Timeline, two: Timeline, more: Timeline) -> None:
    likely = union(one, two, more)
    activity = LaneActivity(union(one, two), likely, -20.0, -60.0, clipped=False, levels=LEVELS)
    call = diarization(one, two)
    parties = party_activity(activity, call)
    lanes = party_lanes(STEADY, call, activity)
    outside = complement(union(one, two), WHOLE)
    apart = [intersection(parties[label].likely, outside) for label in ("1", "2")]
    assert total(intersection(*apart)) < 1e-9
    if one or two:
        assert abs(total(union(*apart)) - total(intersection(likely, outside))) < 1e-6
    for label, party in parties.items():
        assert (audible(lanes[label].read(0, len(STEADY)), party.speech, FADE / RATE) == 1000).all()
        assert total(intersection(party.speech, party.likely)) == total(party.speech)
