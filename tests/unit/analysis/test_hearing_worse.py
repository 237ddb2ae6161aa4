"""Hearing worse never scores worse: word errors take judgements away, and never a share of what was met."""

from __future__ import annotations

import random

import pytest

from coach.analysis.accounts import Accounts
from coach.conversation import Role
from tests.benchmarks.fairness import MOST, falls, imported, shares
from tests.benchmarks.mishearing import SURE, dialogues, misheard, sounding_like, spoken

STORY = "My bill went up to two hundred dollars in May and nobody can tell me why it is so high this time."


def test_no_skill_falls_when_one_party_is_heard_worse() -> None:
    made = dialogues() | {"imported": imported()["call-analytics.json"]}

    found = list(falls(made, 80, seed=2, ways=[True]))

    assert {fall.skill for fall in found if fall.draws} >= {"saying_it_back", "asking", "seeing_it_through"}
    # A draw turns one story of one or two, so that a few draws of one kind say little; the benchmark takes hundreds.
    for skill in {fall.skill for fall in found}:
        draws = [(fall.mean, fall.draws) for fall in found if fall.skill == skill]
        assert sum(mean * of for mean, of in draws) >= -MOST * sum(of for _, of in draws), skill


def test_where_too_much_was_misheard_nothing_is_judged() -> None:
    call = dialogues()["red notice"]
    garbled = misheard(call, "agent", 0.35, random.Random(3), lowered=True)

    before, after = shares(call), shares(garbled)

    assert before["saying_it_back"] is not None
    assert before["seeing_it_through"] is not None
    assert after["saying_it_back"] is None
    assert after["seeing_it_through"] is None


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        ("You can pay at the office on Main Street.", None),
        ("You a at the can office of is on we Street.", "not heard well enough"),
    ],
)
def test_an_answer_that_makes_no_sense_is_no_answer_without_reflection(answer: str, why: str | None) -> None:
    call = spoken([("agent", "Hello."), ("customer", STORY), ("agent", answer)])

    (measure,) = Accounts().analyze(call).measures

    assert (measure.value, measure.why) == (0.0 if why is None else None, why)


@pytest.mark.parametrize("role", ["agent", "customer"])
def test_errors_leave_times_and_the_other_party_alone(role: Role) -> None:
    call = dialogues()["late fee in hospital"]

    worse = misheard(call, role, 0.2, random.Random(5), lowered=True)

    assert [party.speech for party in worse.parties] == [party.speech for party in call.parties]
    assert [party.words == old.words for party, old in zip(worse.parties, call.parties, strict=True)] == [
        role == "customer",
        role == "agent",
    ]


def test_errors_come_at_the_rate_asked_for() -> None:
    call = dialogues()["night-shift bill"]
    said = [word.text for word in call.parties[0].words]

    heard = [
        word.text
        for seed in range(20)
        for word in misheard(call, "agent", 0.2, random.Random(seed), lowered=False).parties[0].words
    ]

    assert abs(len(heard) / (20 * len(said)) - 1) < 0.02  # as many added as left out
    assert {
        word.confidence for word in misheard(call, "agent", 0.2, random.Random(1), lowered=False).parties[0].words
    } == {SURE}


def test_a_word_is_taken_for_one_that_sounds_like_it() -> None:
    assert "bill" in sounding_like("built")
