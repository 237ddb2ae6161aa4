"""Each line of the ordered rules for speech that begins inside the other's."""

from __future__ import annotations

import pytest
from building import Line, call

STORY = (0.0, 6.0, "I was away in March and the bill still came to three hundred dollars somehow")


def ruled(agent: list[Line], customer: list[Line]) -> list[tuple[str, str]]:
    """Return who did what, without what is ordinary."""
    events = call(agent, customer).floor
    return [(e.kind, e.role) for e in events if e.kind not in ("terminal", "filler", "simultaneous")]


def test_an_overlap_under_300_ms_is_how_people_hand_over() -> None:
    conversation = call([(5.8, 9.0, "let me look at that bill for you")], [STORY])

    assert [e.kind for e in conversation.floor] == ["terminal"]
    assert [t.kind for t in conversation.turns] == ["turn", "turn"]


@pytest.mark.parametrize("text", ["mhm", "uh-huh", "uh huh", "okay", "I see", "right yes okay"])
def test_a_short_acknowledgement_while_the_other_speaks_on_is_a_backchannel(text: str) -> None:
    conversation = call([(3.0, 3.8, text)], [STORY])

    assert [(e.kind, e.role) for e in conversation.floor] == [("backchannel", "agent")]
    assert [(t.role, t.kind) for t in conversation.turns] == [("customer", "turn"), ("agent", "backchannel")]


def test_a_backchannel_splits_no_turn() -> None:
    customer = [(0.0, 4.0, "I called you on Monday about it"), (4.9, 8.0, "and nobody ever rang me back")]

    conversation = call([(3.6, 4.4, "mhm")], customer)

    assert [(t.role, t.start, t.end) for t in conversation.turns] == [("customer", 0.0, 8.0), ("agent", 3.6, 4.4)]


def test_an_acknowledgement_after_which_the_other_says_no_more_is_ordinary() -> None:
    assert ruled([(5.6, 6.3, "okay"), (6.8, 9.0, "let me see what happened there")], [STORY]) == []


def test_an_acknowledgement_in_a_pause_is_listening_too() -> None:
    customer = [(0.0, 4.0, "I called you on Monday about it"), (5.2, 8.0, "and nobody ever rang me back")]

    assert ruled([(4.3, 4.8, "mhm")], customer) == [("backchannel", "agent")]


def test_a_yes_to_a_question_is_an_answer() -> None:
    customer = [(0.0, 4.0, "do you have the bill in front of you there?"), (5.2, 8.0, "good so look at the total")]

    assert ruled([(4.3, 4.8, "yes")], customer) == []


def test_words_that_agree_and_leave_the_floor_are_cooperative() -> None:
    agent = [(3.0, 4.6, "yes exactly it was three hundred dollars")]

    assert ruled(
        agent, [(0.0, 6.0, "the bill is three hundred dollars and it was three hundred dollars in March")]
    ) == [("cooperative", "agent")]


def test_finishing_the_others_sentence_with_their_word_is_cooperative() -> None:
    customer = [(0.0, 4.0, "so you will send it out by the"), (4.9, 6.0, "yes by Friday")]

    assert ruled([(3.6, 4.5, "Friday morning")], customer) == [("cooperative", "agent")]


def test_silencing_the_other_is_an_interruption() -> None:
    conversation = call([(3.0, 7.0, "I need your account number before we go on")], [(0.0, 4.0, "I was away and the")])

    (event,) = conversation.floor
    assert (event.kind, event.role) == ("interruption", "agent")
    assert event.onset == 3.0
    assert event.end == 4.0
    assert event.overlap == 1.0
    assert event.confidence >= 0.7
    assert event.cut_text.endswith("and the")
    assert (conversation.turns[event.turn].role, conversation.turns[event.other_turn].role) == ("agent", "customer")


def test_the_far_party_is_never_more_than_likely_to_have_interrupted() -> None:
    conversation = call([(0.0, 4.0, "what I can do is")], [(3.0, 7.0, "no I want it gone from my bill today")])

    (event,) = conversation.floor
    assert (event.kind, event.role) == ("interruption", "customer")
    assert 0.5 <= event.confidence < 0.7


def test_confidence_falls_when_the_other_took_long_to_yield_and_had_finished() -> None:
    cut = call([(3.0, 7.0, "we sent that out")], [(0.0, 3.8, "I was away and the")]).floor[0]
    finished = call([(3.0, 9.0, "we sent that out")], [(0.0, 5.8, "I was away for a month. So that is wrong.")]).floor[
        0
    ]

    assert cut.kind == finished.kind == "interruption"
    assert finished.confidence < 0.5
    assert cut.confidence >= 0.7


def test_stopping_first_is_an_attempt() -> None:
    conversation = call([(3.0, 3.9, "but the meter")], [STORY])

    assert [(e.kind, e.role) for e in conversation.floor] == [("interruption_attempt", "agent")]
    assert [(t.role, t.kind) for t in conversation.turns] == [("customer", "turn"), ("agent", "attempt")]


def test_a_filled_pause_alone_is_nothing() -> None:
    assert ruled([(3.0, 3.5, "uh")], [STORY]) == []


def test_sound_too_short_to_be_understood_is_nothing() -> None:
    assert ruled([(3.0, 3.7, "")], [STORY]) == []


def test_starting_in_a_pause_is_turn_taking_even_when_the_other_comes_back_over_it() -> None:
    customer = [(0.0, 3.0, "I was away in March."), (3.9, 6.0, "so it cannot be right.")]

    assert ruled([(3.5, 5.0, "let me have a look at that")], customer) == []


def test_both_starting_at_once_is_nobodys_interruption() -> None:
    assert ruled([(3.2, 6.0, "let me have a look at March")], [(3.0, 4.0, "so what do I"), (0.0, 1.0, "hello")]) == []


def test_a_turn_younger_than_a_second_cannot_be_interrupted() -> None:
    assert ruled([(0.6, 4.0, "thank you for calling the water company")], [(0.0, 1.8, "hello I am calling")]) == []


def test_coming_in_on_an_unfinished_clause_is_noted_as_early() -> None:
    customer = [(0.0, 3.0, "I was away in March and"), (4.4, 7.0, "and the meter was never read")]

    assert ruled([(3.4, 4.2, "what address is it")], customer) == [("came_in_early", "agent")]


def test_silence_of_five_seconds_ends_a_turn() -> None:
    conversation = call([(0.0, 2.0, "let me pull that up"), (8.0, 9.0, "here it is")], [])

    assert [(t.start, t.end) for t in conversation.turns] == [(0.0, 2.0), (8.0, 9.0)]


def test_the_others_turn_between_splits_a_turn() -> None:
    conversation = call([(0.0, 2.0, "which month was it"), (3.6, 5.0, "thank you")], [(2.4, 3.2, "March it was March")])

    assert [t.role for t in conversation.turns] == ["agent", "customer", "agent"]
