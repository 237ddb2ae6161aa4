"""Cuts are read as they are needed, at one level, and none is longer than an engine can take."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.conversation import Interval, Timeline
from coach.speech.samples import RATE, InMemory
from coach.speech.transcribers.protocol import LaneToHear
from coach.speech.transcribers.sound import TARGET, Cut, cuts_of, gain, read


def lane(speech: Timeline, cuts: Timeline, *, level: float = -30.0, seconds: float = 40.0) -> LaneToHear:
    tone = np.sin(np.arange(int(seconds * RATE)) * 0.3) * 32768 * np.sqrt(2) * 10 ** (level / 20)
    return LaneToHear("left", InMemory(tone.clip(-32768, 32767).astype(np.int16)), speech, cuts)


@pytest.mark.parametrize("level", [-50.0, -30.0, -15.0])
def test_speech_is_brought_to_one_level(level: float) -> None:
    one = lane((Interval(1, 3),), (), level=level)

    sound = read(Cut(0, Interval(1, 3)), [one], [gain(one)])

    assert 20 * np.log10(np.sqrt(np.mean(sound**2))) == pytest.approx(TARGET, abs=0.3)


def test_gain_has_its_limits_and_needs_speech() -> None:
    assert gain(lane((Interval(0, 1),), (), level=-80.0)) == pytest.approx(100.0)
    assert gain(lane((), ())) == 1.0
    silent = LaneToHear("left", InMemory(np.zeros(RATE, np.int16)), (Interval(0, 1),), ())
    assert gain(silent) == 1.0


def test_sound_never_leaves_full_scale() -> None:
    one = lane((Interval(0, 1),), ())

    assert np.abs(read(Cut(0, Interval(0, 1)), [one], [100.0])).max() == 1.0


def test_a_cut_without_speech_is_not_heard() -> None:
    one = lane((Interval(1, 2),), (Interval(0.5, 2.5), Interval(5, 7)))

    assert cuts_of([one], 10) == [Cut(0, Interval(0.5, 2.5))]


def test_a_long_cut_is_split_in_a_pause() -> None:
    one = lane((Interval(0, 8), Interval(9, 18)), (Interval(0, 18),))

    assert cuts_of([one], 10) == [Cut(0, Interval(0, 8.5)), Cut(0, Interval(8.5, 18))]


bounds = st.lists(st.integers(0, 400).map(lambda n: n / 10), min_size=2, max_size=8, unique=True).map(sorted)


@given(bounds, bounds, st.floats(2, 12))
def test_pieces_cover_their_cut_and_none_is_too_long(speech: list[float], cuts: list[float], longest: float) -> None:
    one = lane(
        tuple(Interval(a, b) for a, b in list(pairwise(speech))[::2]),
        tuple(Interval(a, b) for a, b in list(pairwise(cuts))[::2]),
        seconds=1,
    )

    pieces = [cut.interval for cut in cuts_of([one], longest)]

    assert all(piece.duration <= longest + 1e-5 for piece in pieces)
    for cut in one.cuts:
        inside = [piece for piece in pieces if piece.start >= cut.start and piece.end <= cut.end]
        if inside:
            assert inside[0].start == cut.start
            assert inside[-1].end == cut.end
            assert all(before.end == after.start for before, after in pairwise(inside))
