"""Moments and counts of turn taking: what is reported, with what evidence, over what."""

from __future__ import annotations

from dataclasses import replace

import pytest
from building import Line, call, party

from coach.analysis.reasons import NO_WORDS, NOT_TIMED, ONE_LANE, ONE_PARTY, ROLES_UNKNOWN
from coach.analysis.turn_taking import TurnTaking, delayed_line
from coach.conversation import Conversation, Findings, converse

COUNTS = (
    *("interruptions_by_agent", "interruptions_by_customer", "interruption_attempts_by_agent"),
    *("interruption_attempts_by_customer", "backchannels_by_agent"),
)
STORY: Line = (0.0, 6.0, "I was away in March and the bill still came to three hundred dollars somehow")


def find(agent: list[Line], customer: list[Line]) -> Findings:
    return TurnTaking().analyze(call(agent, customer))


def counts(found: Findings) -> dict[str, float]:
    return {name: value for name in COUNTS if (value := found.measure(name).value)}


def test_an_interruption_with_its_evidence() -> None:
    found = find([(3.0, 7.0, "I need your account number before we go on")], [(0.0, 4.0, "I was away and the")])

    (moment,) = found.moments
    assert (moment.kind, moment.role, moment.start, moment.end) == ("interruption", "agent", 3.0, 4.0)
    assert moment.text == "I need your account number before we go on"
    assert moment.evidence == {"turn": 1, "other_turn": 0, "overlap": 1.0, "cut_text": "I was away and the"}
    assert counts(found) == {"interruptions_by_agent": 1}
    assert found.measure("interruptions_by_agent").denominator == pytest.approx(4 / 60)


@pytest.mark.parametrize(
    ("kind", "said", "name"),
    [
        ("interruption_attempt", (3.0, 3.9, "but the meter"), "interruption_attempts_by_agent"),
        ("backchannel", (3.0, 3.6, "mhm"), "backchannels_by_agent"),
        ("cooperative", (3.0, 4.4, "yes exactly three hundred dollars"), None),
    ],
)
def test_other_kinds_end_where_the_definition_says(kind: str, said: Line, name: str | None) -> None:
    found = find([said], [STORY])

    (moment,) = found.moments
    assert (moment.kind, moment.start, moment.end, moment.text) == (kind, *said)
    assert moment.evidence["other_turn"] == 0
    assert moment.evidence["overlap"] == pytest.approx(said[1] - said[0])
    assert moment.evidence["cut_text"] == ""
    assert counts(found) == ({name: 1} if name else {})


def test_coming_in_early_is_shown_and_never_counted() -> None:
    customer = [(0.0, 3.0, "I was away in March and"), (4.0, 7.0, "and the meter was never read")]

    found = find([(3.4, 4.4, "let me look at that")], customer)

    (moment,) = found.moments
    assert (moment.kind, moment.start, moment.end) == ("came_in_early", 3.4, 4.4)
    assert moment.evidence["overlap"] == pytest.approx(0.4)
    assert counts(found) == {}


def test_the_words_of_a_moment_begin_at_its_onset() -> None:
    customer = [(0.0, 4.0, "I was away and the"), (7.4, 9.0, "and the meter was never read")]
    agent = [(3.0, 6.0, "I need your number first"), (6.5, 8.7, "so that we can go on")]

    moments = find(agent, customer).moments

    assert moments[0].text == "I need your number first so that we can go on"


def test_the_customers_are_counted_apart_and_never_more_than_likely() -> None:
    agent = [(0.0, 4.0, "what I can do for you is")]
    customer = [(3.0, 7.0, "no I want it gone from my bill today")]

    found = find(agent, customer)

    assert counts(found) == {"interruptions_by_customer": 1}
    assert all(moment.confidence < 0.7 for moment in found.moments)


def test_what_is_not_sure_is_shown_and_not_counted() -> None:
    found = find([(3.65, 7.0, "I need your number")], [(0.0, 4.0, "Well, the bill came on Monday.")])

    assert [m.kind for m in found.moments] == ["interruption"]
    assert counts(found) == {}


def test_ordinary_turn_taking_is_not_reported() -> None:
    agent = [(5.8, 9.0, "let me look at that bill for you"), (14.6, 16.0, "you are welcome")]

    assert find(agent, [STORY, (10.0, 14.0, "thank you that is kind")]).moments == ()


def test_without_words_only_interruptions_can_be_counted() -> None:
    found = find([(3.0, 7.0, "")], [(0.0, 4.0, "")])

    assert found.measure("interruptions_by_agent").value == 1
    for name in COUNTS[2:]:
        assert (found.measure(name).value, found.measure(name).why) == (None, NO_WORDS)


def test_a_silent_party_makes_counts_of_zero() -> None:
    found = find([], [STORY])

    assert {found.measure(name).value for name in COUNTS} == {0}
    assert found.measure("interruptions_by_customer").denominator == 0.0


@pytest.mark.parametrize(
    ("conversation", "why"),
    [
        (converse([party("unknown", [STORY])], 9.0, "none"), ONE_LANE),
        (converse([party("agent", [STORY])], 9.0, "channels"), ONE_PARTY),
        (converse([party("unknown", [STORY]), party("unknown", [(3.0, 3.9, "but")])], 9.0, "channels"), ROLES_UNKNOWN),
        (replace(call([(3.0, 3.9, "but")], [STORY]), timed=False), NOT_TIMED),
    ],
)
def test_what_cannot_be_counted_says_why(conversation: Conversation, why: str) -> None:
    found = TurnTaking().analyze(conversation)

    assert found.moments == ()
    assert {found.measure(name).why for name in COUNTS} == {why}
    assert {found.measure(name).value for name in COUNTS} == {None}


# A delayed line.


def starts(at_once: int, ordinary: int) -> Conversation:
    """A call in which both begin together so many times, and take turns so many times."""
    agent: list[Line] = []
    customer: list[Line] = []
    at = 0.0
    for turn in range(at_once + ordinary):
        agent.append((at, at + 2.0, "so what I see is this"))
        together = turn < at_once
        customer.append((at + 0.1, at + 1.0, "well it is") if together else (at + 2.5, at + 4.0, "that is what I see"))
        at += 6.0
    return call(agent, customer)


@pytest.mark.parametrize(
    ("at_once", "ordinary", "delayed"), [(0, 3, False), (2, 2, False), (3, 9, True), (3, 40, False), (12, 30, True)]
)
def test_a_line_is_delayed_when_both_often_begin_together(at_once: int, ordinary: int, delayed: bool) -> None:
    assert delayed_line(starts(at_once, ordinary)) == delayed


@pytest.mark.parametrize("text", ["mhm", "uh", "thank you"])
def test_listening_together_with_the_speaker_is_no_sign_of_a_delay(text: str) -> None:
    agent = [(at, at + 4.0, "so what I see is this") for at in (0.0, 8.0, 16.0, 24.0)]

    assert not delayed_line(call(agent, [(start + 0.1, start + 0.7, text) for start, _, _ in agent]))
