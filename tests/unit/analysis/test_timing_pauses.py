"""Silences of both: announced holds, dead air, the customer's own search, and what nobody heard."""

from __future__ import annotations

import pytest
from building import Line, call, party

from coach.analysis.timing import Timing
from coach.conversation import Conversation, Moment, converse

HELLO: Line = (0.0, 2.0, "my bill is twice as high")


def found(conversation: Conversation) -> list[Moment]:
    return [m for m in Timing().analyze(conversation).moments if m.kind in ("hold", "dead_air")]


def dead_air(conversation: Conversation) -> float | None:
    return Timing().analyze(conversation).measure("dead_air").value


def silent(seconds: float, before: str = "your bill went up in June", after: str = "so it did") -> Conversation:
    """A call in which the agent says something, is silent, and goes on."""
    return call([(3.0, 5.0, before), (5.0 + seconds, 7.0 + seconds, after)], [HELLO])


@pytest.mark.parametrize(("seconds", "counted"), [(4.9, False), (5.0, True), (9.99, True)])
def test_five_seconds_of_silence_that_nobody_announced_are_dead_air(seconds: float, counted: bool) -> None:
    conversation = silent(seconds)

    assert dead_air(conversation) == pytest.approx(seconds if counted else 0.0)
    assert [m.kind for m in found(conversation)] == (["dead_air"] if counted else [])


@pytest.mark.parametrize(("seconds", "flagged"), [(9.9, False), (10.0, True)])
def test_ten_seconds_are_flagged(seconds: float, flagged: bool) -> None:
    (moment,) = found(silent(seconds))

    assert (moment.start, moment.end) == (5.0, 5.0 + seconds)
    assert moment.evidence["flagged"] is flagged


def test_dead_air_is_summed_between_first_and_last_speech() -> None:
    agent = [(10.0, 12.0, "your bill went up"), (18.0, 19.0, "in June"), (26.0, 27.0, "so it did")]

    assert dead_air(call(agent, [(9.0, 9.8, "hello there")], duration=60.0)) == 6.0 + 7.0


@pytest.mark.parametrize(
    "text",
    [
        "Let me pull that up for you.",
        "One moment please",
        "could you hold for me",
        "I'm still looking",
        "let me go ahead and check",
        "Bear with me while my screen loads.",
    ],
)
def test_an_announced_silence_is_a_hold_from_its_announcement(text: str) -> None:
    (moment,) = found(silent(30.0, f"That went up in June. {text}"))

    assert moment.kind == "hold"
    assert moment.text == text
    assert 3.0 < moment.start < 5.0
    assert moment.end == 35.0
    assert moment.evidence == {"seconds": 30.0, "checked_in": True}
    assert dead_air(silent(30.0, text)) == 0.0


@pytest.mark.parametrize(("after", "kind"), [(9.5, "hold"), (11.0, "dead_air")])
def test_an_announcement_counts_for_ten_seconds(after: float, kind: str) -> None:
    agent = [(3.0, 5.0, "let me pull that up"), (30.0, 32.0, "here it is")]
    customer = [HELLO, (5.5, 5.0 + after, "and while you do it was the whole of March that I was away you know")]

    assert [m.kind for m in found(call(agent, customer))] == [kind]


def test_only_the_agents_last_turn_announces() -> None:
    agent = [(3.0, 4.0, "one moment"), (6.0, 8.0, "so your bill went up in June"), (14.0, 15.0, "it did")]

    assert [m.kind for m in found(call(agent, [HELLO, (4.5, 5.5, "thank you")]))] == ["dead_air"]


@pytest.mark.parametrize("text", ["sure", "okay", "uh"])
def test_a_small_word_takes_no_announcement_back(text: str) -> None:
    agent = [(3.0, 4.0, "one moment"), (6.0, 6.4, text), (14.0, 15.0, "here it is")]

    assert [m.kind for m in found(call(agent, [HELLO, (4.5, 5.5, "thank you")]))] == ["hold"]


@pytest.mark.parametrize(("seconds", "checked_in"), [(119.0, True), (121.0, False)])
def test_over_two_minutes_without_a_check_in_are_noted(seconds: float, checked_in: bool) -> None:
    (moment,) = found(silent(seconds, "one moment please"))

    assert moment.evidence["checked_in"] is checked_in


def test_a_check_in_starts_the_two_minutes_again() -> None:
    agent = [(3.0, 5.0, "one moment please"), (95.0, 97.0, "I'm still looking"), (190.0, 191.0, "here it is")]

    moments = found(call(agent, [HELLO]))

    assert [(m.kind, m.evidence["checked_in"]) for m in moments] == [("hold", True), ("hold", True)]


def test_the_customers_cough_ends_no_hold_and_is_no_check_in() -> None:
    agent = [(3.0, 5.0, "one moment please"), (190.0, 191.0, "here it is")]

    moments = found(call(agent, [HELLO, (95.0, 95.6, "hello?")]))

    assert [(m.kind, m.start, m.evidence["checked_in"]) for m in moments] == [
        ("hold", 3.0, True),
        ("hold", 95.6, False),
    ]


@pytest.mark.parametrize("said", ["", "yes"])
def test_whatever_the_agent_says_in_a_hold_is_a_check_in(said: str) -> None:
    agent = [(3.0, 5.0, "one moment please"), (96.0, 97.0, said), (190.0, 191.0, "here it is")]

    moments = found(call(agent, [HELLO, (95.0, 95.6, "hello?")]))

    assert [(m.kind, m.evidence["checked_in"]) for m in moments] == [("hold", True), ("hold", True)]


def test_a_silence_that_the_customer_asked_for_is_not_the_agents() -> None:
    agent = [(3.0, 5.0, "what is the number on it?"), (30.0, 31.0, "thank you")]
    customer = [HELLO, (5.5, 7.0, "hold on let me get it"), (25.0, 28.0, "seven one seven")]

    conversation = call(agent, customer)

    assert found(conversation) == []
    assert dead_air(conversation) == 0.0


@pytest.mark.parametrize(("said", "confidence"), [("", 0.9), ("onion moments freeze", 0.2)])
def test_what_was_not_heard_may_have_been_an_announcement(said: str, confidence: float) -> None:
    late = [(3.0, 5.0, said), (20.0, 22.0, "here it is then")]
    agent = party("agent", [(2.2, 2.6, "good morning"), *late], confidence)

    conversation = converse([agent, party("customer", [HELLO])], 30.0, "channels")

    assert found(conversation) == []
    measure = Timing().analyze(conversation).measure("dead_air")
    assert measure.value is None
    assert "not heard well enough" in str(measure.why)


def test_an_announcement_is_credited_however_doubtful() -> None:
    agent = party("agent", [(3.0, 5.0, "one moment please"), (20.0, 22.0, "here it is")], 0.1)

    assert [m.kind for m in found(converse([agent, party("customer", [HELLO])], 30.0, "channels"))] == ["hold"]


def test_an_agent_who_said_nothing_lately_announced_nothing() -> None:
    agent = [(3.0, 5.0, "your bill went up"), (40.0, 41.0, "it did")]
    customer = [HELLO, (6.0, 25.0, "well that cannot be right because I was away in March and April and May")]

    assert dead_air(call(agent, customer)) == 15.0


def test_a_breath_is_no_unheard_announcement() -> None:
    agent = [(3.0, 5.0, "your bill went up"), (6.0, 6.3, ""), (20.0, 22.0, "it did")]

    assert dead_air(call(agent, [HELLO])) == pytest.approx(13.7)


def test_without_any_words_a_hold_cannot_be_told_from_dead_air() -> None:
    conversation = call([(3.0, 5.0, ""), (20.0, 22.0, "")], [HELLO])

    measure = Timing().analyze(conversation).measure("dead_air")
    assert measure.value is None
    assert "no words were heard" in str(measure.why)
    assert found(conversation) == []
