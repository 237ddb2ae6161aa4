"""What recognisers make up is left out; numbers never are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.speech.transcribers.guards import answers_silence, guessed, kept, squeezable


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("I see. I see. I see. I see. I see.", "I see."),
        ("yes and then and then and then and then stop", "yes and then"),
        ("no no no no no no no", "no"),
        ("No, no. NO no no! no", "No,"),
        ("no no no no", "no no no no"),
        ("I see. I see. I see. Well", "I see. I see. I see. Well"),
        ("four four four four four four four four", "four four four four four four four four"),
        ("0 0 0 0 0 0 0 0", "0 0 0 0 0 0 0 0"),
        ("four one four one four one four one four one", "four one four one four one four one four one"),
        ("", ""),
    ],
)
def test_a_loop_ends_after_its_first_turn_and_numbers_are_kept(text: str, left: str) -> None:
    words = text.split()

    assert " ".join(words[: kept(words)]) == left


@given(st.lists(st.sampled_from(["a", "b", "c"]), max_size=40))
def test_what_is_kept_holds_no_loop(words: list[str]) -> None:
    left = words[: kept(words)]

    assert kept(left) == len(left)


def test_text_that_says_the_same_over_and_over_is_seen() -> None:
    assert squeezable("the bill went up and so did the other bill, " * 6)
    assert not squeezable("I was on hold for forty minutes, and then the line went dead before anybody answered me.")
    assert not squeezable("no no no no no")


@pytest.mark.parametrize("text", ["You", " You ", "Thank you for watching.", "♪", "♪♪", "...", ""])
def test_answers_to_silence_are_known(text: str) -> None:
    assert answers_silence(text)


@pytest.mark.parametrize("text", ["You.", "You?", "Thank you.", "Thank you for watching the meter.", "5"])
def test_what_people_say_is_kept(text: str) -> None:
    assert not answers_silence(text)


@pytest.mark.parametrize(
    ("text", "confidence", "expected"),
    [
        ("the chicken", 0.05, True),
        ("the chicken", 0.1, False),
        ("four one one", 0.05, False),
        ("It's $40.", 0.05, False),
    ],
)
def test_a_guess_is_left_out_unless_it_may_be_private(text: str, confidence: float, expected: bool) -> None:
    assert guessed(text.split(), confidence) is expected
