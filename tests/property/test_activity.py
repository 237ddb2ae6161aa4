"""What holds for masks, cuts and mixes whatever the call."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from coach.conversation import Interval, Timeline, complement, intersection, total, union
from coach.speech.activity import LaneActivity
from coach.speech.cutting import CutSettings, cuts
from coach.speech.frames import closed, filled, opened, runs, timeline, widened

masks = st.lists(st.booleans(), max_size=80).map(lambda bits: np.array(bits, np.bool_))
hundredths = st.integers(0, 6000).map(lambda n: n / 100)
timelines = st.lists(st.tuples(hundredths, hundredths), max_size=25).map(
    lambda pairs: union(Interval(min(pair), max(pair)) for pair in pairs)
)
settings = st.builds(
    CutSettings,
    pad=st.sampled_from([0.0, 0.2, 0.4]),
    apart=st.sampled_from([0.0, 0.3, 0.8]),
    longest=st.sampled_from([2.0, 5.0, 12.0]),
)


def heard(speech: Timeline, likely: Timeline) -> LaneActivity:
    levels = np.random.default_rng(0).uniform(-60, -20, 6000).astype(np.float16)
    return LaneActivity(speech, union(speech, likely), -20.0, -60.0, clipped=False, levels=levels)


@given(timelines, timelines, settings)
def test_all_speech_lies_inside_cuts_and_short_speech_inside_one(
    speech: Timeline, likely: Timeline, how: CutSettings
) -> None:
    found = cuts(heard(speech, likely), 60.0, settings=how)
    assert abs(total(intersection(found, speech)) - total(speech)) < 1e-6
    assert abs(total(intersection(found, likely)) - total(likely)) < 1e-6
    for interval in speech:
        if interval.duration <= how.longest - 2 * how.pad:
            assert any(cut.start <= interval.start and interval.end <= cut.end for cut in found)


@given(timelines, timelines, settings)
def test_cuts_are_sorted_apart_in_bounds_and_never_too_long(
    speech: Timeline, likely: Timeline, how: CutSettings
) -> None:
    found = cuts(heard(speech, likely), 60.0, settings=how)
    assert all(one.end <= two.start for one, two in pairwise(found))
    assert all(0 <= cut.start < cut.end <= 60 and cut.duration <= how.longest + 1e-6 for cut in found)


@given(timelines, settings)
def test_cuts_are_not_far_from_speech(speech: Timeline, how: CutSettings) -> None:
    found = cuts(heard(speech, ()), 60.0, settings=how)
    near = union(Interval(max(i.start - how.pad, 0), i.end + how.pad) for i in speech)
    silence = [gap for gap in complement(near, Interval(0, 60)) if gap.duration > how.apart + 1e-6]
    assert total(intersection(found, silence)) < 1e-6


@given(masks)
def test_runs_and_masks_are_two_ways_to_say_the_same(mask: np.ndarray) -> None:
    assert filled(runs(mask), len(mask)).tolist() == mask.tolist()
    seconds = timeline(mask, len(mask) / 100)
    assert abs(total(seconds) - mask.sum() / 100) < 1e-9


@given(masks, st.integers(0, 10))
def test_closing_only_adds_and_opening_only_takes(mask: np.ndarray, frames: int) -> None:
    assert (closed(mask, frames) >= mask).all()
    assert (opened(mask, frames) <= mask).all()
    assert all(b - a > frames for (_, a), (b, _) in pairwise(runs(closed(mask, frames)).tolist()))
    assert all(b - a >= frames for a, b in runs(opened(mask, frames)).tolist())


@given(masks, st.integers(0, 10))
def test_widening_reaches_just_so_far(mask: np.ndarray, by: int) -> None:
    expected = [bool(mask[max(i - by, 0) : i + by + 1].any()) for i in range(len(mask))]
    assert widened(mask, by).tolist() == expected
