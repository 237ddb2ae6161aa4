"""A customer's own words, turned round for an example."""

from __future__ import annotations

import pytest

from coach.coaching import facts
from coach.coaching.rubric import load_rubric
from coach.conversation import Word

RUBRIC = load_rubric()


def words(text: str) -> list[Word]:
    """Return words heard clearly, but for those that begin with ``~``."""
    return [Word(t.lstrip("~"), k, k + 1, 0.2 if t.startswith("~") else 0.9) for k, t in enumerate(text.split())]


@pytest.mark.parametrize(
    ("said", "given_back"),
    [
        ("Hi, um, my bill is $243.50 this month.", "your bill is $243.50 this month"),
        ("I was charged twice in June.", "you were charged twice in June"),
        ("I'm paying a late fee of fifteen dollars", "you're paying a late fee of fifteen dollars"),
        ("we just was without power for nine hours", "you just were without power for nine hours"),
        ("my bill went up and it used to be lower", "your bill went up"),
        ("My husband told me our bill was ninety dollars", "your husband told you your bill was ninety dollars"),
        ("well you see. Our meter was read on Thursday.", "your meter was read on Thursday"),
    ],
)
def test_the_clause_that_says_most_is_turned_round(said: str, given_back: str) -> None:
    assert facts.clause(words(said), RUBRIC.avoid, RUBRIC.things) == given_back


@pytest.mark.parametrize(
    "said",
    [
        "What is my bill for this month?",
        "You sent my bill to the wrong house in June",
        "my ~bill is four hundred dollars this month",
        "my damn bill is four hundred dollars this month",
        "my bill [card] is four hundred dollars",
        "my bill",
        "the appointment for my meter two days from now",
        "I think my bill is four hundred dollars",
        "it was four hundred dollars on my bill",
        "my bill is four hundred dollars and the",
        "nothing of this kind has come up before",
    ],
)
def test_what_is_not_fit_to_give_back_is_left(said: str) -> None:
    found = facts.clause(words(said), RUBRIC.avoid, RUBRIC.things)

    assert found is None or found == "your bill is four hundred dollars"


@pytest.mark.parametrize(
    ("said", "given_back"),
    [
        (
            "My bill this month is two hundred and thirty dollars",
            "your bill this month is two hundred and thirty dollars",
        ),
        ("I've I've paid twelve dollars in June", "you've paid twelve dollars in June"),
        ("I had forty dollars on it you see", "you had forty dollars on it"),
        ("I paid ten dollars. Said so in June", "you paid ten dollars"),
        ("please can I have my forty dollars", None),
    ],
)
def test_a_clause_is_whole_and_somebodys(said: str, given_back: str | None) -> None:
    assert facts.clause(words(said), RUBRIC.avoid, RUBRIC.things) == given_back


def test_what_they_came_to_last_may_be_preferred() -> None:
    said = words("I walked down to the pier and I lost my ring there.")

    assert facts.clause(said, RUBRIC.avoid, RUBRIC.things, least=facts.OWN) == "you walked down to the pier"
    assert facts.clause(said, RUBRIC.avoid, RUBRIC.things, least=facts.OWN, prefer="last") == "you lost your ring there"


def test_their_own_circumstances_count_where_no_fact_is_asked_for() -> None:
    said = words("My wife just lost her job, and I cannot pay this.")

    assert facts.clause(said, RUBRIC.avoid, RUBRIC.things) is None
    assert facts.clause(said, RUBRIC.avoid, RUBRIC.things, least=facts.OWN) == "your wife just lost her job"


@pytest.mark.parametrize(
    ("said", "thing"),
    [
        ("so about my water bill again", "your water bill"),
        ("the late fee on my bill", "the late fee"),
        ("my ~bill", None),
        ("hello there", None),
        ("my ring fell into the water", None),
        ("paid off my credit card", None),
        ("the deposit for the new place", "the deposit"),
        ("our last gas bill came late", "your gas bill"),
    ],
)
def test_the_thing_is_named_as_they_named_it(said: str, thing: str | None) -> None:
    assert facts.thing(words(said), RUBRIC.things) == thing
