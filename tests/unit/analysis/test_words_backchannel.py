from __future__ import annotations

import pytest

from coach.analysis.acknowledging import kinds
from coach.analysis.clauses import Clause
from coach.analysis.judge import judge
from coach.analysis.text import tokens

STORY = "so my bill went up and then I rang you about it last week and nobody called me back"


@pytest.mark.parametrize(
    "said",
    ["Mm-hmm.", "uh huh", "Yeah.", "oh right", "Right, okay.", "All right.", "I see.", "okay sir", "yeah yeah", "Oh."],
)
def test_a_listeners_word_in_a_story_is_a_backchannel(said: str) -> None:
    assert judge(said, STORY)["backchannel"] >= 0.5


@pytest.mark.parametrize(
    ("said", "previous"),
    [
        ("no", "and is there anything to pay today"),
        ("Lovely.", "that's all sorted, thank you very much"),
        ("so", STORY),
        ("um", STORY),
        ("Okay?", STORY),
        ("yeah I paid it", STORY),
        ("thank you", STORY),
        ("okay then let me look at that", STORY),
        ("right so what happened next", STORY),
        ("", STORY),
    ],
)
def test_an_answer_praise_a_sound_of_thinking_or_more_words_are_none(said: str, previous: str) -> None:
    assert judge(said, previous)["backchannel"] < 0.5


@pytest.mark.parametrize("said", ["yes", "yeah", "no", "right okay"])
def test_after_a_question_or_a_request_it_is_less_sure(said: str) -> None:
    told, asked = judge(said, STORY)["backchannel"], judge(said, "could you send me a new one please")["backchannel"]
    assert asked < told


def test_what_a_listener_says_most_is_surer_than_praise() -> None:
    sure = {said: judge(said, STORY)["backchannel"] for said in ("mm-hmm", "yeah", "lovely", "no")}
    assert sure["mm-hmm"] > sure["yeah"] > sure["lovely"] > sure["no"]


def test_each_word_of_a_reply_has_a_class() -> None:
    assert kinds(Clause.of(tokens("that's right, yes"), punctuated=True)) == ("agreement", "assent")
    assert kinds(Clause.of(tokens("yes but"), punctuated=True)) == ()
    assert kinds(Clause.of(tokens("yeah yeah yeah yeah yeah"), punctuated=True)) == ()
