"""The ordered rules where two of them could apply, and the edges of each."""

from __future__ import annotations

import pytest
from building import Line, call

from coach.conversation import Conversation, FloorEvent

STORY: Line = (0.0, 6.0, "I was away in March and the bill still came to three hundred dollars somehow")


def only(conversation: Conversation) -> FloorEvent:
    (event,) = conversation.floor
    return event


def kinds(agent: list[Line], customer: list[Line]) -> list[tuple[str, str]]:
    return [(event.kind, event.role) for event in call(agent, customer).floor]


# The precondition: B starts inside A's speech, and A's turn began a second before.


@pytest.mark.parametrize(("onset", "kind"), [(0.9, None), (1.0, "interruption")])
def test_a_turn_can_be_interrupted_from_its_first_second_on(onset: float, kind: str | None) -> None:
    found = kinds([(onset, 4.0, "I need your number first")], [(0.0, 2.0, "I was away and the")])

    assert found == ([(kind, "agent")] if kind else [])


def test_a_turn_of_several_stretches_has_been_under_way_since_the_first() -> None:
    customer = [(0.0, 2.0, "I was away in March"), (2.5, 4.0, "and the meter was")]

    assert kinds([(3.0, 6.0, "I need your number first")], customer) == [("interruption", "agent")]


def test_starting_after_300_ms_of_silence_is_turn_taking_however_long_the_other_goes_on() -> None:
    customer = [(0.0, 3.0, "I was away in March."), (3.35, 9.0, "It was the whole of March that I was away.")]

    assert kinds([(3.31, 6.0, "Let me have a look at March.")], customer) == [("simultaneous", "customer")]


# 1. Under 0.3 s of simultaneous speech: terminal, whatever was said and whoever went on.


@pytest.mark.parametrize("text", ["but no", "mhm", "uh", "", "no, listen to me, that is all wrong"])
@pytest.mark.parametrize(("onset", "end"), [(5.72, 8.0), (5.75, 6.1), (3.0, 3.28)])
def test_simultaneous_speech_under_300_ms_comes_before_every_other_rule(onset: float, end: float, text: str) -> None:
    conversation = call([(onset, end, text)], [STORY])

    assert only(conversation).kind == "terminal"


@pytest.mark.parametrize("at", [0.0, 0.1, 0.7, 5.13, 600.07])
def test_300_ms_are_300_ms_wherever_in_the_call(at: float) -> None:
    just = call([(at + 5.7, at + 8.0, "I need your number")], [(at, at + 6.0, "I was away and the")])
    under = call([(at + 5.71, at + 8.0, "I need your number")], [(at, at + 6.0, "I was away and the")])

    assert only(just).kind == "interruption"
    assert only(under).kind == "terminal"


# 2. Short and acknowledging: listening when the other speaks on or again, else the seam of two turns.


@pytest.mark.parametrize(
    ("end", "text", "kind"),
    [
        (4.0, "right yes okay", "backchannel"),
        (4.01, "right yes okay", "cooperative"),  # longer than a second
        (3.9, "right yes okay sure", "cooperative"),  # more than three words
        (3.9, "no no no", "interruption_attempt"),  # protest
        (3.9, "oh no", "backchannel"),
    ],
)
def test_the_edges_of_a_backchannel(end: float, text: str, kind: str) -> None:
    story = (0.0, 6.0, "the technician came on Monday but nobody had told me when he would be here")

    assert only(call([(3.0, end, text)], [story])).kind == kind


@pytest.mark.parametrize(("again", "kind"), [(5.4, "backchannel"), (5.6, "terminal")])
def test_speaking_again_within_a_second_and_a_half_is_speaking_on(again: float, kind: str) -> None:
    customer = [(0.0, 3.6, "I called you on Monday about it"), (again, again + 3, "and nobody ever rang me back")]

    assert kinds([(3.2, 4.0, "okay")], customer) == [(kind, "agent")]


def test_whoever_acknowledges_and_goes_on_first_has_taken_a_turn() -> None:
    customer = [(0.0, 3.6, "I called you on Monday about it"), (5.0, 7.0, "and nobody ever rang me back")]
    agent = [(3.2, 4.0, "okay"), (4.4, 4.9, "let me look")]

    assert kinds(agent, customer)[0] == ("terminal", "agent")


def test_a_backchannel_ends_with_itself_and_other_moments_with_the_simultaneous_speech() -> None:
    customer = [(0.0, 3.6, "I called you on Monday about it"), (4.5, 8.0, "and nobody ever rang me back")]

    assert only(call([(3.2, 4.0, "mhm")], customer)).end == 4.0
    assert only(call([(3.2, 7.0, "I need your number")], customer[:1])).end == 3.6


@pytest.mark.parametrize("text", ["thank you", "oh thanks", "sorry go ahead", "okay bye", "I'm so sorry"])
def test_thanks_giving_way_and_farewell_neither_listen_nor_cut_in(text: str) -> None:
    assert kinds([(3.0, 3.8, text)], [STORY]) == [("terminal", "agent")]
    assert kinds([(5.6, 6.4, text)], [STORY]) == [("terminal", "agent")]


def test_yes_to_a_question_is_an_answer_even_over_its_last_word() -> None:
    agent = [(0.0, 4.0, "is that the account on Oak Street?"), (5.0, 8.0, "good, then look at the total")]

    conversation = call(agent, [(3.8, 4.3, "yes")])

    assert [turn.role for turn in conversation.turns] == ["agent", "customer", "agent"]


@pytest.mark.parametrize(
    ("text", "answer", "kind"),
    [
        ("is that the account on oak street", "yes", None),
        ("is that the account on oak street", "mhm", "backchannel"),
        ("I looked at the account on oak street", "yes", "backchannel"),
    ],
)
def test_without_punctuation_the_form_tells_a_question(text: str, answer: str, kind: str | None) -> None:
    agent = [(0.0, 4.0, text), (5.0, 8.0, "good then look at the total")]

    assert kinds(agent, [(4.4, 4.8, answer)]) == ([(kind, "customer")] if kind else [])


# 3. Agreeing or completing while the other's point is kept.


def test_agreeing_comes_before_counting_who_stopped_first() -> None:
    agent = [(3.0, 4.6, "yes exactly it was three hundred dollars")]
    story = (0.0, 6.0, "the bill is three hundred dollars and it was three hundred dollars in March")

    assert kinds(agent, [story]) == [("cooperative", "agent")]


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("I see I see okay gotcha", "cooperative"),
        ("oh no I'm so sorry", "cooperative"),
        ("oh that's really awful", "cooperative"),
        ("oh wait what was the date", "interruption_attempt"),
        ("I see but the date is wrong", "interruption_attempt"),
    ],
)
def test_a_longer_sign_of_listening_or_feeling_with_is_no_attempt(text: str, kind: str) -> None:
    story = (0.0, 6.0, "the technician came on Monday but nobody had told me when he would be here")

    assert kinds([(3.0, 4.3, text)], [story]) == [(kind, "agent")]


@pytest.mark.parametrize(("text", "kind"), [("four one one", "cooperative"), ("seven one", "interruption_attempt")])
def test_giving_a_number_back_while_it_is_read_is_cooperative(text: str, kind: str) -> None:
    reading = (0.0, 6.0, "it is four one one and then the last ones are eight eight two")

    assert kinds([(3.0, 4.2, text)], [reading]) == [(kind, "agent")]


def test_saying_an_ending_along_is_cooperative_although_the_other_then_waits() -> None:
    agent = [(0.0, 4.0, "the number on the paper was never real at all it was just an estimate")]
    customer = [(3.2, 4.15, "just an estimate"), (4.7, 8.0, "so what do I owe you then")]

    assert kinds(agent, customer) == [("cooperative", "customer")]


def test_agreeing_in_order_to_object_is_not_cooperative() -> None:
    story = (0.0, 4.0, "the bill is three hundred dollars and the")

    assert kinds([(3.0, 7.0, "yes but three hundred dollars is what the bill is")], [story]) == [
        ("interruption", "agent")
    ]


def test_agreeing_and_taking_the_floor_all_the_same_is_an_interruption() -> None:
    story = (0.0, 4.0, "the bill is three hundred dollars and the")

    assert kinds([(3.0, 7.0, "yes three hundred dollars is the bill")], [story]) == [("interruption", "agent")]


# 4. and 5. Who falls silent, who stops first.


@pytest.mark.parametrize(("end", "kind"), [(4.3, "interruption"), (4.25, "interruption_attempt"), (3.6, None)])
def test_still_speaking_300_ms_after_the_other_stopped_takes_the_floor(end: float, kind: str | None) -> None:
    found = kinds([(3.0, end, "we sent that bill on Monday")], [(0.0, 4.0, "I was away in March and the")])

    assert found == [(kind or "interruption_attempt", "agent")]


def test_pausing_as_the_other_stops_and_going_on_takes_the_floor_too() -> None:
    agent = [(3.0, 4.1, "what I need now"), (4.6, 7.0, "is your account number")]

    assert kinds(agent, [(0.0, 4.0, "I was away in March and the")]) == [("interruption", "agent")]


@pytest.mark.parametrize("text", ["uh", "um er", "Uh,"])
def test_a_filled_pause_alone_is_nothing_even_when_the_other_stops(text: str) -> None:
    assert kinds([(3.0, 5.0, text)], [(0.0, 4.0, "I was away in March and the")]) == [("filler", "agent")]


def test_a_filled_pause_in_a_pause_splits_no_turn() -> None:
    customer = [(0.0, 3.0, "I was away in March."), (4.2, 7.0, "It was the whole month.")]

    conversation = call([(3.5, 3.9, "uh")], customer)

    assert [(t.role, t.start, t.end) for t in conversation.turns] == [("customer", 0.0, 7.0), ("agent", 3.5, 3.9)]


# Who may go on, and what can be interrupted at all.


def test_whoever_was_cut_off_and_goes_on_at_once_has_not_interrupted() -> None:
    customer = [(0.0, 4.0, "I was away in March and the"), (5.0, 8.0, "and the meter was never read")]

    assert kinds([(3.0, 6.5, "I need your number first")], customer) == [("interruption", "agent")]


def test_whoever_was_cut_off_and_comes_back_later_may_interrupt_in_turn() -> None:
    customer = [(0.0, 4.0, "I was away in March and the"), (8.0, 12.0, "no wait I was not done")]

    found = kinds([(3.0, 9.0, "I need your number before we can go on with this and the")], customer)

    assert found == [("interruption", "agent"), ("interruption", "customer")]


@pytest.mark.parametrize("text", ["mhm okay", "uh um"])
def test_a_sign_of_listening_cannot_be_interrupted(text: str) -> None:
    agent = [(0.0, 2.0, "which month was it"), (8.0, 9.0, text)]
    customer = [(2.4, 8.2, "I was away for the whole of March"), (8.55, 12.0, "and then in April as well")]

    assert [kind for kind, _ in kinds(agent, customer)] in (["backchannel"], ["filler"], ["terminal"])


def test_both_beginning_at_the_same_instant_is_nobodys_interruption() -> None:
    agent = [(0.0, 2.0, "which month was it"), (3.0, 6.0, "let me look at March then")]
    customer = [(3.0, 4.0, "it was the whole of")]

    assert kinds(agent, customer) == [("simultaneous", "agent")]


def test_a_listener_who_starts_together_with_the_speaker_listens() -> None:
    customer = [(0.0, 3.0, "I was away in March"), (4.0, 8.0, "and nobody ever rang me back")]

    assert kinds([(4.2, 4.8, "mhm")], customer) == [("backchannel", "agent")]


# Coming in early: the agent, under 0.7 s, an unfinished clause that the customer takes up again.

EARLY: Line = (3.4, 4.2, "let me see")


@pytest.mark.parametrize(
    ("before", "agent", "after", "found"),
    [
        ("I was away in March and", EARLY, "the meter was never read", True),
        ("I was away in March and", EARLY, "and the meter was never read", True),
        ("I was away in March.", EARLY, "And the meter was never read.", False),
        ("No, that is it. Thank you.", EARLY, "The meter was never read.", False),
        ("I was away in March and", (3.4, 4.2, "what address is it?"), "twelve Oak Street", False),
        ("I was away in March and", (3.4, 4.2, "what address is it?"), "and the meter was never read.", True),
        ("I was away in March and", EARLY, "okay thank you", False),
        ("I was away in March and", (3.4, 4.2, "uh"), "the meter was never read", False),
        ("I was away in March and", (3.72, 4.3, "let me see"), "the meter was never read", False),
    ],
)
def test_coming_in_early(before: str, agent: Line, after: str, found: bool) -> None:
    customer = [(0.0, 3.0, before), (4.6, 7.0, after)]

    early = [event for event in call([agent], customer).floor if event.kind == "came_in_early"]

    assert bool(early) == found
    assert all(event.role == "agent" and event.confidence < 0.7 for event in early)


def test_a_customer_never_comes_in_early() -> None:
    agent = [(0.0, 3.0, "what I can do for you and"), (4.6, 7.0, "and what I will do today")]

    assert kinds(agent, [EARLY]) == []


def test_not_taking_it_up_again_is_having_finished() -> None:
    customer = [(0.0, 3.0, "I was away in March and"), (8.0, 9.0, "and the meter was never read")]

    assert kinds([EARLY], customer) == []


def test_a_yes_to_something_later_makes_no_attempt_cooperative() -> None:
    customer = [(0.0, 4.0, "I was away in March and then in April"), (8.0, 9.0, "yes that is right")]
    agent = [(2.0, 2.8, "could we maybe"), (4.4, 7.6, "so you were away for two months")]

    assert kinds(agent, customer) == [("interruption_attempt", "agent")]
