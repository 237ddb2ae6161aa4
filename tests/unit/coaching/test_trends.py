"""What earlier calls change in what is shown: no idea three calls running, progress noticed, a break offered."""

from __future__ import annotations

import importlib.util
from pathlib import Path
from types import ModuleType

import pytest

from coach.coaching import trends
from coach.coaching.advice import advise
from coach.coaching.rubric import load_rubric
from coach.coaching.sentences import load_sentences
from coach.coaching.skills import skills
from coach.coaching.trends import Earlier
from coach.conversation import Coaching, Moment, Skill


def _calls() -> ModuleType:
    spec = importlib.util.spec_from_file_location("trend_calls", Path(__file__).with_name("calls.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


calls = _calls()
turn, call, about, findings = calls.turn, calls.call, calls.about, calls.findings
SAY, RUBRIC = load_sentences(), load_rubric()
BACK, ASK, ACKNOWLEDGE = "Saying it back", "Asking", "Acknowledging and reassuring"

STORY = turn("customer", 4, calls.STORY)
ANSWER = turn("agent", 14, "So it went from ninety to four hundred dollars.", end=18)
LOSS = turn("customer", 20, calls.LOSS)
NEXT = turn("agent", 30, "What is your account number, and anything else?")
CALL = call(turn("agent", 0, "How can I help you today?"), STORY, ANSWER, LOSS, NEXT)
MISSED_BACK = about("missed_paraphrase", STORY, customer_turn=1, agent_turn=2)
MISSED_LOSS = about("missed_empathy", LOSS, sure=0.8, customer_turn=3)
HARD = about("hard_call", LOSS, role="customer")
ENDED = (about("recap", NEXT, sure=0.3), about("closing_question", NEXT, sure=0.3))


def coached(*moments: Moment, recent: list[Earlier]) -> Coaching:
    found = findings(*moments, *ENDED)
    return advise(CALL, found, skills(CALL, found, RUBRIC), RUBRIC, recent=recent)


def earlier(name: str, tried: str | None = None, *, hard: bool = False, **counts: tuple[int, int]) -> Earlier:
    return Earlier(name, tried, hard, {key.replace("_", " "): count for key, count in counts.items()})


def test_the_same_idea_is_not_given_three_calls_running() -> None:
    recent = [earlier("a", BACK), earlier("b", BACK)]
    once, twice = (coached(MISSED_BACK, MISSED_LOSS, recent=recent[:n]) for n in (1, 2))

    assert once.try_ is not None
    assert once.try_.skill == BACK
    assert once.because_of is None
    assert twice.try_ is not None
    assert twice.try_.skill == ACKNOWLEDGE
    assert BACK not in [advice.skill for advice in twice.another]
    assert twice.because_of is not None
    assert (twice.because_of.calls, twice.because_of.passed_over) == (("a", "b"), BACK)


def test_where_nothing_else_came_up_the_idea_rests_and_practice_stays() -> None:
    coaching = coached(MISSED_BACK, recent=[earlier("a", BACK), earlier("b", BACK)])

    assert (coaching.try_, coaching.another) == (None, ())
    assert coaching.why_no_try == SAY("no_try.resting")
    assert coaching.practice
    assert coaching.because_of is not None
    assert coaching.because_of.passed_over == BACK


@pytest.mark.parametrize(
    "recent",
    [
        [],
        [earlier("a", BACK)],
        [earlier("a", BACK), earlier("b", ASK)],
        [earlier("a", BACK), earlier("b", None)],
        [earlier("a", BACK), earlier("b", BACK), earlier("c", None)],
    ],
)
def test_an_idea_comes_again_once_the_row_is_broken(recent: list[Earlier]) -> None:
    coaching = coached(MISSED_BACK, MISSED_LOSS, recent=recent)

    assert coaching == coached(MISSED_BACK, MISSED_LOSS, recent=[])
    assert coaching.because_of is None


def test_a_hard_call_in_between_breaks_no_row() -> None:
    recent = [earlier("a", BACK), earlier("b", BACK), earlier("c", hard=True)]

    assert trends.resting(recent) is not None
    coaching = coached(MISSED_BACK, MISSED_LOSS, recent=recent)
    assert coaching.try_ is not None
    assert coaching.try_.skill == ACKNOWLEDGE


def test_what_did_not_come_up_is_not_said_to_be_passed_over() -> None:
    assert coached(MISSED_LOSS, recent=[earlier("a", BACK), earlier("b", BACK)]).because_of is None


def skill(name: str, met: int, of: int) -> Skill:
    return Skill(name, met, of, None, 1.0, "")


def noticed(met: int, of: int, *recent: Earlier) -> str | None:
    found = trends.noticed([skill(BACK, met, of)], recent, SAY)
    return found.noticed if found is not None else None


def test_progress_is_noticed_at_the_second_call_running() -> None:
    before, one = earlier("a", BACK, Saying_it_back=(0, 2)), earlier("b", Saying_it_back=(2, 2))

    assert noticed(1, 1, before, one) == "Twice in a row now: you said it back before solving."
    assert noticed(1, 1, before) is None
    assert noticed(1, 2, before, one) is None
    assert noticed(0, 0, before, one) is None
    found = trends.noticed([skill(BACK, 1, 1)], [before, one], SAY)
    assert found is not None
    assert found.calls == ("b",)


def test_what_was_so_all_along_is_no_news() -> None:
    assert noticed(1, 1, earlier("a", Saying_it_back=(2, 2)), earlier("b", Saying_it_back=(2, 2))) is None


def test_calls_in_which_it_did_not_come_up_and_hard_ones_are_looked_past() -> None:
    row = [
        earlier("a", Saying_it_back=(1, 3)),
        earlier("b", Saying_it_back=(1, 1)),
        earlier("c", Saying_it_back=(0, 0)),
        earlier("d", hard=True, Saying_it_back=(0, 4)),
        earlier("e"),  # made in another way: not to be compared
    ]

    assert noticed(2, 2, *row) == "Twice in a row now: you said it back before solving."


def test_praise_at_every_call_would_be_noise() -> None:
    row = [earlier("a", Saying_it_back=(0, 1)), *(earlier(f"n{i}", Saying_it_back=(1, 1)) for i in range(9))]

    said = [noticed(1, 1, *row[:n]) for n in range(1, 11)]
    assert [i + 1 for i, sentence in enumerate(said) if sentence] == [2, 3, 5, 10]


def test_what_was_advised_is_noticed_first() -> None:
    recent = [
        Earlier("a", ASK, counts={BACK: (0, 1), ASK: (0, 1)}),
        Earlier("b", None, counts={BACK: (1, 1), ASK: (1, 1)}),
    ]
    found = trends.noticed([skill(BACK, 1, 1), skill(ASK, 1, 1)], recent, SAY)

    assert found is not None
    assert found.noticed == "Twice in a row now: you asked about what they had told you."


def test_two_hard_calls_running_offer_a_break_and_no_practice() -> None:
    first = coached(MISSED_BACK, HARD, recent=[earlier("a", BACK)])
    second = coached(MISSED_BACK, HARD, recent=[earlier("a", BACK), earlier("b", hard=True)])
    third = coached(MISSED_BACK, HARD, recent=[earlier("a", hard=True), earlier("b", hard=True)])

    assert first.because_of is None
    assert second.because_of is not None
    assert second.because_of.rest is not None
    assert second.because_of.rest.startswith("Two hard ones in a row.")
    assert second.because_of.calls == ("b",)
    assert third.because_of is not None
    assert third.because_of.rest is not None
    assert "3 hard ones" in third.because_of.rest
    assert [(c.try_, c.practice, c.why_no_try) for c in (first, second)] == [(None, (), SAY("no_try.hard"))] * 2
