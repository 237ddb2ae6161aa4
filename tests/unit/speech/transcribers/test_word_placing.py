"""Words without times are spread over activity."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.conversation import Interval, intersection, total, union
from coach.speech.transcribers.placing import APART, place

CUT = Interval(0, 10)
CLIPS = Path(__file__).parents[3] / "calls" / "voices" / "clips.json"

tenths = st.integers(0, 100).map(lambda n: n / 10)
timelines = st.lists(st.tuples(tenths, tenths), max_size=6).map(
    lambda pairs: union([Interval(min(pair), max(pair)) for pair in pairs])
)
texts = st.lists(st.sampled_from(["I", "see,", "extraordinarily", "240", "no.", "-", "müßig"]), min_size=1, max_size=12)


@given(texts, timelines)
def test_words_are_in_order_inside_the_cut_and_have_length(words: list[str], speech: tuple[Interval, ...]) -> None:
    placed = place(words, speech, CUT)

    assert len(placed) == len(words)
    assert all(before.end <= after.start + 1e-9 for before, after in pairwise(placed))
    assert all(word.start >= CUT.start and word.end <= CUT.end and word.duration > 0 for word in placed)


@given(texts, timelines)
def test_a_word_never_reaches_into_a_gap_between_stretches(words: list[str], speech: tuple[Interval, ...]) -> None:
    placed = place(words, speech, CUT)

    if speech:
        for word in placed:
            silent = word.duration - total(intersection(speech, [word]))
            assert silent < APART * 3 + 1e-6  # short gaps inside a stretch only
            assert Interval(word.start, word.start + 1e-6) & Interval(0, 10)
            assert any(stretch.start - 1e-6 <= word.start <= stretch.end + 1e-6 for stretch in speech)


def test_a_pause_goes_where_the_comma_is() -> None:
    speech = (Interval(0, 1), Interval(2, 4))

    placed = place(["Well,", "I", "think", "that", "is", "right."], speech, CUT)

    assert placed[0] == Interval(0, 1)
    assert placed[1].start == pytest.approx(2)


def test_a_number_takes_longer_than_its_digits() -> None:
    word, number = place(["abc", "240"], (Interval(0, 10),), CUT)

    assert number.duration > 2 * word.duration


def test_without_activity_the_whole_cut_is_used() -> None:
    assert place(["one", "two"], (), Interval(2, 4)) == [Interval(2, 3), Interval(3, 4)]


def test_no_words_need_no_place() -> None:
    assert place([], (Interval(0, 1),), CUT) == []


def test_made_speech_is_placed_close_to_where_it_was_said() -> None:
    errors = []
    for clip in json.loads(CLIPS.read_text(encoding="utf-8")):
        words = [Interval(start, end) for _, start, end in clip["words"]]
        speech = union(words)

        placed = place([text for text, _, _ in clip["words"]], speech, Interval(0, clip["seconds"]))

        errors += [abs(found.middle - true.middle) for found, true in zip(placed, words, strict=True)]
    assert sum(errors) / len(errors) < 0.11
    assert sorted(errors)[int(0.9 * len(errors))] < 0.26
