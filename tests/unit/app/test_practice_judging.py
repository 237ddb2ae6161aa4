"""What is said of an answer: by the detectors that judge calls, kindly, and with the person's own words."""

from __future__ import annotations

import pytest

from coach.app.practice.judging import exchange, judge, typed
from coach.coaching.answers import Feedback, new_in
from coach.coaching.customers import Customer, load_starters
from coach.coaching.remarks import from_their_chair, remarks
from coach.coaching.rubric import load_rubric
from coach.coaching.sentences import load_sentences
from coach.conversation import Word

STARTERS = load_starters()


def drill(name: str) -> Customer:
    found = STARTERS.find(name)
    assert found is not None
    return found


def answered(name: str, said: str) -> Feedback:
    return judge(drill(name), STARTERS.guide, said)


def told(name: str, said: str) -> list[str]:
    return remarks(answered(name, said), drill(name), load_rubric(), load_sentences())


@pytest.mark.parametrize("customer", [c for c in STARTERS.customers if c.begin], ids=lambda c: c.id)
def test_the_way_to_begin_that_is_offered_meets_what_they_call_for(customer: Customer) -> None:
    found = judge(customer, STARTERS.guide, customer.begin)

    assert (found.missed, found.noted) == ((), ())


@pytest.mark.parametrize("customer", STARTERS.customers, ids=lambda c: c.id)
def test_the_answer_from_their_chair_leaves_something_open(customer: Customer) -> None:
    found = judge(customer, STARTERS.guide, customer.answer)

    assert found.missed or found.noted
    assert from_their_chair(found, load_sentences()) != load_sentences()("practice.seat.heard")


def test_what_was_heard_is_shown_with_ones_own_words() -> None:
    said = told("high-bill", "So it went from ninety to four hundred and twelve. That must be frightening. I'll look.")

    assert "You gave back what they told you: “So it went from ninety to four hundred and twelve.”" in said
    assert "You put a word to how it is for them: “That must be frightening.”" in said
    assert not any("trust your own ear" in sentence for sentence in said)


def test_one_thing_is_missed_at_a_time_with_a_way_to_begin() -> None:
    found = answered("shut-off", "The amount is two hundred and eighty dollars.")
    said = told("shut-off", "The amount is two hundred and eighty dollars.")

    assert found.missed == ("said_back", "acknowledged")
    assert len(said) == 2
    assert said[1].startswith("One way to begin: “Off on Thursday")


def test_forced_empathy_is_noted_gently_where_none_was_wanted() -> None:
    assert told("due-date", "That must be so hard for you. The fourteenth.") == [
        "Nothing to acknowledge there; short and right is kind."
    ]
    assert told("due-date", "The fourteenth.") == ["A plain question, and a plain answer: short and right is kind."]


def test_a_formula_is_no_empathy_and_is_shown_as_it_was_said() -> None:
    found = answered("misread", "I Understand your frustration! I'll order a reading.")

    assert "acknowledged" in found.missed
    assert [(remark.kind, remark.said) for remark in found.noted] == [("formula", "I Understand your frustration")]


def test_a_feeling_that_is_not_theirs_is_none_put_to_words() -> None:
    found = answered("arrangement", "You must be furious.")

    assert found.kinds == ()
    assert found.noted[0].kind == "wrong_feeling"
    assert found.noted[0].said == "furious"


def test_a_feeling_of_ones_own_or_of_theirs_is_no_wrong_one() -> None:
    assert not answered("arrangement", "I'd be embarrassed as well. Fifty now, fifty every two weeks?").noted
    assert "wrong_feeling" not in [r.kind for r in answered("shut-off", "You must be so worried about the kids.").noted]


def test_what_lays_it_at_their_door_gives_nothing_back() -> None:
    found = answered("late-fee", "You should have paid before you went into the hospital.")

    assert found.kinds == ()
    assert found.noted[0].kind == "blame"


@pytest.mark.parametrize("said", ["Mm-hm.", "Please go on.", "Take your time.", "What did he tell her?"])
def test_two_words_leave_somebody_room(said: str) -> None:
    assert answered("high-bill-tuesday", said).kinds[-1:] == ("room",)


@pytest.mark.parametrize("said", ["", "Go on, but first I need your account number.", "go on " * 10])
def test_what_takes_the_floor_leaves_none(said: str) -> None:
    assert answered("high-bill-tuesday", said).missed == ("room",)


def test_badly_heard_words_are_never_called_missing() -> None:
    murmur = tuple(Word(w.text, w.start, w.end, 0.2) for w in typed("the amount of the thing is two eighty"))

    found = judge(drill("shut-off"), STARTERS.guide, murmur)

    assert (found.missed, found.clear) == ((), False)
    said = remarks(found, drill("shut-off"), load_rubric(), load_sentences())
    assert said[-1] == load_sentences()("practice.missed.unclear")


def test_a_long_answer_is_told_how_long_it_is_to_hear() -> None:
    said = told("email-bill", "so you click on the next one and " * 12)

    assert any("about 38 seconds to take in by ear" in sentence for sentence in said)


def test_the_exchange_is_at_the_head_of_a_call_and_in_order() -> None:
    conversation = exchange("my bill is high", typed("so your bill went up"))

    assert [turn.role for turn in conversation.turns if turn.words] == ["customer", "agent"]
    assert conversation.turns[1].end < 0.25 * conversation.duration


def test_what_came_in_with_a_second_try_is_told_in_order() -> None:
    assert new_in(["owned", "acknowledged", "said_back"], ["owned"]) == ("said_back", "acknowledged")


def test_every_answer_is_told_something_and_no_score() -> None:
    for said in ("", "Hello.", "x" * 300, "</script> \u202e 😀", "[card]"):
        sentences = told("high-bill", said)
        assert sentences
        assert not any("%" in sentence or "/100" in sentence for sentence in sentences)
