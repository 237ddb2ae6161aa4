"""A voice is compared with itself, and only when there is enough of it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from coach.coaching.tone import FEWEST, Tone, against_usual, flatter

USUAL = Tone(pitch_spread=8.0, loudness=-25.0, loudness_spread=14.0, pace=150.0, pauses=0.12)


def others(*spreads: float) -> list[Tone]:
    return [replace(USUAL, pitch_spread=spread) for spread in spreads]


def test_four_other_calls_are_no_usual() -> None:
    assert against_usual(USUAL, [USUAL] * (FEWEST - 1)) == ()
    assert len(against_usual(USUAL, [USUAL] * FEWEST)) == 5


def test_flatter_is_told_beyond_what_varies_by_itself() -> None:
    calls = others(7.0, 7.5, 8.0, 8.5, 9.0)  # median absolute deviation 0.5: as usual within 1.5 semitones
    assert flatter(against_usual(replace(USUAL, pitch_spread=6.4), calls))
    assert not flatter(against_usual(replace(USUAL, pitch_spread=6.6), calls))


def test_a_lively_habit_leaves_more_room() -> None:
    calls = others(5.0, 6.5, 8.0, 9.5, 11.0)
    assert not flatter(against_usual(replace(USUAL, pitch_spread=4.0), calls))
    assert flatter(against_usual(replace(USUAL, pitch_spread=3.0), calls))


def test_a_livelier_voice_is_more_and_no_advice() -> None:
    compared = against_usual(replace(USUAL, pitch_spread=12.0), [USUAL] * 6)
    assert {one.name: one.direction for one in compared}["pitch_spread"] == "more"
    assert not flatter(compared)


@pytest.mark.parametrize("name", ["pace", "pauses"])
def test_what_was_not_measured_is_left_out(name: str) -> None:
    compared = against_usual(USUAL, [replace(USUAL, **{name: None})] * 6)
    assert name not in {one.name for one in compared}
    assert name not in {one.name for one in against_usual(replace(USUAL, **{name: None}), [USUAL] * 6)}


def test_one_odd_call_does_not_move_the_usual() -> None:
    calls = [*others(8.0, 8.0, 8.0, 8.0, 8.0), replace(USUAL, pitch_spread=30.0)]
    (spread,) = [one for one in against_usual(USUAL, calls) if one.name == "pitch_spread"]
    assert spread.usual == 8.0
    assert spread.direction == "usual"
