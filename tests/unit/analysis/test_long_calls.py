"""What is looked up in a long call is what a look through all of it would find."""

from __future__ import annotations

import pytest

from coach.analysis import text
from coach.analysis.reading import Reading, read
from coach.analysis.repair import LEAST, REPEATED, Told
from tests.benchmarks.analysis_speed import call


@pytest.fixture(scope="module")
def reading() -> Reading:
    return read(call(6.0, 80))


def test_the_agents_next_turns_are_those_that_a_look_through_all_finds(reading: Reading) -> None:
    turns = reading.conversation.turns
    for turn, said in enumerate(turns):
        later = [i for i in reading.agent_by_turn if i > turn or turns[i].start >= said.start]
        expected = tuple(i for i in later if turns[i].end > said.start)[:2]

        assert reading.next_turns(turn) == expected


@pytest.mark.parametrize(("since", "until"), [(0.0, 30.0), (30.0, 90.5), (90.5, float("inf")), (50.0, 50.0)])
def test_the_agents_clauses_between_two_moments_come_in_order(reading: Reading, since: float, until: float) -> None:
    expected = [i for i, said in enumerate(reading.agent) if since <= said.interval.start < until]

    assert list(reading.agents_clauses(since, until)) == expected


def test_a_repeat_is_of_the_first_turn_that_has_nearly_all_of_it(reading: Reading) -> None:
    earlier = [
        tuple(t for said in parts for t in said.view.clause.tokens) for parts in reading.customer_by_turn.values()
    ]
    told = Told()
    for said in earlier:
        told.add(said)

    for said in earlier[::3]:
        own = text.concepts(said)
        alike = (
            index
            for index, other in enumerate(earlier)
            if sum(weight for name, weight in own.items() if name in text.concepts(other))
            >= REPEATED * sum(own.values())
        )
        assert told.again(own) == (next(alike, None) if sum(own.values()) >= LEAST / 2 else None)


def test_nothing_told_is_no_repeat() -> None:
    assert Told().again({"bill": 1.0, "meter": 1.0}) is None
