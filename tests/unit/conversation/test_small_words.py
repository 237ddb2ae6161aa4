"""Small words: what acknowledges, gives way, asks, breaks off."""

from __future__ import annotations

import pytest
from building import words

from coach.conversation.small_words import acknowledges, asks, courteous, finished, tokens, unfinished


@pytest.mark.parametrize("text", ["mhm", "Mm-hmm.", "Uh-huh", "uh huh", "I see", "oh okay", "all right", "of course"])
def test_signs_of_listening(text: str) -> None:
    assert acknowledges(tokens(text))


@pytest.mark.parametrize("text", ["", "uh", "um", "I", "that", "no no", "I paid", "of her", "but okay", "thank you"])
def test_what_is_no_sign_of_listening(text: str) -> None:
    assert not acknowledges(tokens(text))


@pytest.mark.parametrize("text", ["thank you", "Sorry, go ahead", "oh I'm so sorry", "okay bye", "Bye-bye"])
def test_courtesies(text: str) -> None:
    assert courteous(tokens(text.replace("-", " ")))


@pytest.mark.parametrize("text", ["", "okay", "go", "you", "sorry but the meter", "thanks for nothing"])
def test_what_is_no_courtesy(text: str) -> None:
    assert not courteous(tokens(text))


@pytest.mark.parametrize(
    "text", ["it was the", "and the.", "I paid, but.", "she pays,", "the met-", "so I…", "when I..."]
)
def test_clauses_that_break_off(text: str) -> None:
    assert unfinished(words(0.0, 1.0, text))


@pytest.mark.parametrize(
    "text", ["", "thank you.", "that is what it is.", "I was away in March", "in March.", "is it?"]
)
def test_clauses_that_may_have_ended(text: str) -> None:
    assert not unfinished(words(0.0, 1.0, text))


def test_three_dots_are_no_end() -> None:
    assert not finished(words(0.0, 1.0, "I was away..."))


@pytest.mark.parametrize(
    ("text", "punctuated", "asked"),
    [
        ("is that Oak Street?", True, True),
        ("is that Oak Street", True, False),
        ("is that oak street", False, True),
        ("I know the street", False, False),
        ("", True, False),
        ("", False, False),
    ],
)
def test_questions_by_their_mark_or_where_there_are_none_by_their_form(
    text: str, punctuated: bool, asked: bool
) -> None:
    assert asks(words(0.0, 1.0, text), punctuated=punctuated) == asked
