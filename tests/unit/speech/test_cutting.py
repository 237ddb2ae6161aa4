from __future__ import annotations

import numpy as np
import pytest

from coach.conversation import Interval, Timeline
from coach.speech.activity import LaneActivity
from coach.speech.cutting import CutSettings, cuts


def heard(*speech: tuple[float, float], likely: Timeline = (), levels: np.ndarray | None = None) -> LaneActivity:
    intervals = tuple(Interval(start, end) for start, end in speech)
    levels = np.empty(0, np.float16) if levels is None else levels
    return LaneActivity(intervals, likely or intervals, -20.0, -60.0, clipped=False, levels=levels)


def test_a_cut_has_room_before_and_after() -> None:
    assert cuts(heard((2, 3)), 10) == (Interval(1.6, 3.4),)


def test_a_cut_ends_with_the_recording() -> None:
    assert cuts(heard((0.1, 3)), 3.2) == (Interval(0, 3.2),)


def test_close_speech_stays_together_and_distant_does_not() -> None:
    assert cuts(heard((1, 2), (2.5, 3), (5, 6)), 10) == (Interval(0.6, 3.4), Interval(4.6, 6.4))


def test_speech_is_cut_whatever_else_is_likely() -> None:
    speech = (Interval(2, 3),)
    assert cuts(LaneActivity(speech, (), -20.0, -60.0, clipped=False), 10) == (Interval(1.6, 3.4),)


def test_no_speech_has_no_cuts() -> None:
    assert cuts(heard(), 10) == ()


def test_long_talk_is_split_at_its_longest_pause() -> None:
    talk = heard((0, 3), (3.1, 6), (6.1, 7), (7.6, 10), (10.1, 13))
    first, second = cuts(talk, 13)
    assert first.end == second.start == pytest.approx(7.3)


def test_one_long_breath_is_split_where_it_is_quietest() -> None:
    levels = np.full(2000, -20, np.float16)
    levels[780:800] = -35
    first, second = cuts(heard((0, 18), levels=levels), 18)
    assert 7.8 <= first.end <= 8.0
    assert second.start == pytest.approx(first.end)
    assert second.end == 18


def test_without_levels_a_long_breath_is_split_all_the_same() -> None:
    assert [round(cut.duration, 6) for cut in cuts(heard((0, 30)), 30)] == [11.2, 11.2, 7.6]


def test_where_words_are_likely_the_recogniser_listens_too() -> None:
    assert cuts(heard((2, 3), likely=(Interval(2, 3.25), Interval(6, 6.5))), 10) == (
        Interval(1.6, 3.65),
        Interval(5.6, 6.9),
    )


def test_pads_of_neighbours_share_the_silence() -> None:
    first, second = cuts(heard((0, 2), (2.5, 4)), 4, settings=CutSettings(pad=0.4, apart=0.3))
    assert first.end == second.start == 2.25


@pytest.mark.parametrize("wrong", [{"pad": -0.1}, {"apart": -1.0}, {"longest": 0.5}, {"pad": 4.0}])
def test_settings_without_sense_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValueError, match="room for speech"):
        CutSettings(**wrong)
