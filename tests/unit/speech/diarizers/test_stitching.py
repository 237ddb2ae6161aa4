"""Windows of a long call put together, and speech made to exclude each other."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.conversation import Interval, Timeline, intersection, total, union
from coach.speech.diarizers.stitching import Heard, Voice, distances, one_at_a_time, stitched, windows

LOW, HIGH = np.array([1.0, 0.1]), np.array([0.1, 1.0])


def spoken(*times: tuple[float, float]) -> Timeline:
    return tuple(Interval(start, end) for start, end in times)


def heard(window: tuple[float, float], speech: dict[str, Timeline], voices: dict[str, Voice]) -> Heard:
    return Heard(Interval(*window), speech, speech, voices)


@given(st.floats(0.1, 20_000), st.floats(30, 2000), st.floats(0, 20))
def test_windows_cover_the_call_and_share_what_they_should(duration: float, longest: float, overlap: float) -> None:
    spans = windows(duration, longest, overlap)

    assert spans[0].start == 0
    assert spans[-1].end == pytest.approx(duration)
    assert all(span.duration <= longest + 1e-6 for span in spans)
    assert all(one.end - other.start == pytest.approx(overlap, abs=1e-6) for one, other in pairwise(spans))


def test_speakers_keep_their_names_from_window_to_window() -> None:
    first = heard((0, 100), {"A": spoken((0, 40)), "B": spoken((50, 100))}, {"A": LOW, "B": HIGH})
    second = heard((80, 180), {"A": spoken((80, 110)), "B": spoken((120, 180))}, {"A": HIGH, "B": LOW})

    call = stitched([first, second], 2)

    assert call.speech == {"1": spoken((0, 40), (120, 180)), "2": spoken((50, 110))}
    assert call.window == Interval(0, 180)


def test_what_both_windows_heard_outweighs_voices_that_differ_little() -> None:
    near = np.array([0.8, 1.0])
    first = heard((0, 100), {"A": spoken((0, 85)), "B": spoken((85, 100))}, {"A": LOW, "B": near})
    second = heard((80, 180), {"A": spoken((80, 85)), "B": spoken((85, 180))}, {"A": near, "B": LOW})

    call = stitched([first, second], 2)

    assert call.speech == {"1": spoken((0, 85)), "2": spoken((85, 180))}


def test_one_voice_that_a_window_split_in_two_becomes_one_again() -> None:
    first = heard((0, 100), {"A": spoken((0, 60)), "B": spoken((60, 70))}, {"A": LOW, "B": HIGH})
    alone = heard((100, 200), {"A": spoken((100, 150)), "B": spoken((150, 199))}, {"A": LOW, "B": LOW * 0.9})

    call = stitched([first, alone], 2)

    assert call.speech == {"1": spoken((0, 60), (100, 199)), "2": spoken((60, 70))}


def test_a_scrap_with_an_odd_voice_does_not_stand_as_a_party() -> None:
    first = heard((0, 100), {"A": spoken((0, 50)), "B": spoken((50, 100))}, {"A": LOW, "B": HIGH})
    second = heard(
        (100, 200),
        {"A": spoken((100, 150)), "B": spoken((150, 180)), "C": spoken((190, 190.5))},
        {"A": HIGH, "B": LOW, "C": np.array([-1.0, 0.3])},
    )

    call = stitched([first, second], 2)

    assert set(call.speech) == {"1", "2"}
    assert intersection(call.speech["1"], call.speech["2"]) == ()
    assert total(call.speech["1"]) == pytest.approx(80, abs=0.6)


def test_without_a_number_the_window_that_tells_most_apart_gives_it() -> None:
    third = np.array([-1.0, 0.0])
    speech = {"A": spoken((0, 30)), "B": spoken((30, 60)), "C": spoken((60, 90))}
    first = heard((0, 100), speech, {"A": LOW, "B": HIGH, "C": third})
    second = heard((100, 200), {"A": spoken((100, 190))}, {"A": HIGH})

    assert stitched([first, second], None).speech["2"] == spoken((30, 60), (100, 190))


def test_windows_in_which_nobody_speaks_add_nothing() -> None:
    silent = heard((100, 200), {}, {})
    first = heard((0, 120), {"A": spoken((0, 30))}, {"A": LOW})

    assert stitched([first, silent], 2).speech == {"1": spoken((0, 30))}
    assert stitched([silent], 2).speech == {}


def test_labels_follow_who_speaks_first() -> None:
    speech = {"x": spoken((5, 6)), "y": spoken((1, 2))}

    call = stitched([heard((0, 9), speech, {"x": LOW})], 2)

    assert call.speech == {"1": spoken((1, 2)), "2": spoken((5, 6))}
    assert set(call.voices) == {"2"}


timelines = st.lists(st.tuples(st.integers(0, 400), st.integers(1, 80)), max_size=6).map(
    lambda pairs: union(Interval(start / 4, (start + length) / 4) for start, length in pairs)
)


@given(st.lists(timelines, min_size=1, max_size=3))
def test_one_at_a_time_gives_every_moment_of_speech_to_exactly_one(several: list[Timeline]) -> None:
    speech = {str(number): times for number, times in enumerate(several)}

    alone = one_at_a_time(speech)

    assert union(*alone.values()) == union(*several)
    assert sum(total(times) for times in alone.values()) == total(union(*several))
    assert all(intersection(alone[label], speech[label]) == alone[label] for label in speech)


def test_distances_are_from_the_voice_most_like_it() -> None:
    assert distances({"1": LOW}) == {}
    assert distances({"1": LOW, "2": LOW * 3, "3": -LOW}) == pytest.approx({"1": 0.0, "2": 0.0, "3": 2.0})
