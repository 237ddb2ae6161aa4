"""The passages of a call in which a card is read out."""

from __future__ import annotations

import pytest

from coach.conversation import Interval, Segment, Timeline, Transcript, Word
from coach.privacy.mask import mask
from coach.privacy.sound import spans_to_silence

ORDINARY = "well that is what I was told by the man who came to look at the boiler on monday"


def call(*said: tuple[str, float, float, str]) -> Transcript:
    """Return a call: who, from, to, what; words spread evenly, as the bundled recogniser's are."""
    segments = []
    for speaker, start, end, text in said:
        spoken = text.split()
        step = (end - start) / len(spoken)
        words = (
            Word(word, start + k * step, start + (k + 1) * step, 0.9, interpolated=True)
            for k, word in enumerate(spoken)
        )
        segments.append(Segment(speaker, Interval(start, end), tuple(words), 0.9))
    return Transcript(tuple(segments), "made")


def silences(*said: tuple[str, float, float, str], duration: float = 200.0) -> Timeline:
    return spans_to_silence(mask(call(*said)), duration=duration)


def covered(silent: Timeline, start: float, end: float) -> bool:
    return any(one.start <= start and end <= one.end for one in silent)


def test_misheard_pieces_between_masked_ones_are_silent() -> None:
    silent = silences(
        ("right", 100, 103, "my card is four one one one"),
        ("left", 103, 104, "okay"),
        ("right", 104, 107, "they hate not for"),
        ("right", 110, 114, "one one one one one one one one"),
    )

    assert covered(silent, 100, 114)


def test_what_is_said_shortly_before_and_after_is_silent() -> None:
    silent = silences(("right", 100, 104, "four one one one one one one one one one one one one one one one"))

    assert covered(silent, 81, 115)
    assert not any(one.start < 79 or one.end > 120 for one in silent)


def test_a_passage_begins_when_the_card_is_asked_for() -> None:
    silent = silences(
        ("left", 55, 63, "can I have the long card number"),
        ("right", 66, 70, "free for seven-sixths"),
        ("right", 90, 95, "four one one one one one one one one one one one one one one one"),
    )

    assert covered(silent, 63, 95)
    assert not covered(silent, 50, 60)


def test_the_number_that_was_asked_for_names_itself_and_not_the_next() -> None:
    silent = silences(
        ("left", 45.0, 48.0, "what is your account number"),
        ("right", 50.0, 54.0, "three five five three five four three five"),
        ("left", 56.0, 60.0, "so red me the digits nice and slow"),
        ("right", 70.0, 74.0, "four nine nine three one four three five"),
    )

    assert covered(silent, 70, 74)


@pytest.mark.parametrize(("start", "end"), [(93.0, 98.0), (106.0, 111.0)])
def test_ordinary_talk_can_be_heard(start: float, end: float) -> None:
    card = ("right", 100.0, 104.0, "four one one one one one one one one one one one one one one one")

    silent = silences(*sorted((card, ("left", start, end, ORDINARY)), key=lambda said: said[1]))

    assert covered(silent, 100, 104)
    assert not any(one & Interval(start + 0.2, end - 0.2) for one in silent)  # words are widened by 150 ms


def test_two_payments_far_apart_leave_what_is_between() -> None:
    digits = "four one one one one one one one one one one one one one one one"

    silent = silences(("right", 20, 24, digits), ("right", 120, 124, digits))

    assert len(silent) == 2


def test_a_number_read_out_that_nothing_named_is_silent() -> None:
    # So much of it was misheard that no word was masked.
    said = (
        ("right", 50.0, 53.0, "Thirty one seven feet forty feet."),
        ("right", 54.0, 57.0, "Five-four, three-five-three."),
    )

    assert mask(call(*said)).counts == {}
    assert covered(silences(*said), 50, 57)


@pytest.mark.parametrize(
    "said",
    [
        "my bill was two hundred and forty three dollars and last year it was one hundred and ten",
        "the meter reads four five three two one",
        "it was on the third of may at ten thirty five",
    ],
)
def test_amounts_readings_and_dates_can_be_heard(said: str) -> None:
    assert silences(("right", 50, 56, said)) == ()


def test_a_number_with_a_name_of_its_own_can_be_heard() -> None:
    said = (
        ("left", 45.0, 48.0, "what is your confirmation number"),
        ("right", 50.0, 54.0, "three five five three five four three five one two"),
    )

    assert silences(*said) == ()


def test_without_cards_nothing_is_taken_for_one() -> None:
    said = call(("right", 50, 57, "five four three five three nine nine eight one two"))

    assert spans_to_silence(mask(said, ["email"]), duration=100.0, payments=False) == ()
