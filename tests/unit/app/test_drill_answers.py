"""What practice says of an answer is what a person would say, as often as was measured; see tests/labelled."""

from __future__ import annotations

import tomllib

import pytest

from coach.coaching.customers import load_starters
from tests.benchmarks.drills import ROWS, Row, by_kind, by_saying, overall, rows

FLOORS = tomllib.loads((ROWS.parent / "drill_floors.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def table() -> list[Row]:
    return rows()


@pytest.mark.parametrize("part", ["open", "kept"])
def test_a_person_is_told_what_a_mentor_would_tell_them(table: list[Row], part: str) -> None:
    same, f1 = overall([row for row in table if row.kept == (part == "kept")])

    assert same >= FLOORS[part]["same"], same
    assert f1 >= FLOORS[part]["f1"], f1


@pytest.mark.parametrize("kind", FLOORS["alike"])
def test_no_kind_of_answer_falls_below_its_floor(table: list[Row], kind: str) -> None:
    assert by_kind(table)[kind][2] >= FLOORS["alike"][kind]


def test_what_is_noted_is_seldom_noted_for_nothing(table: list[Row]) -> None:
    noted = [score for score in by_saying(table) if score.saying.startswith("noted") and "solved" not in score.saying]

    assert sum(score.both for score in noted) >= 0.95 * sum(score.ours for score in noted)


def test_the_table_is_what_it_says(table: list[Row]) -> None:
    kinds = by_kind(table)
    ids = {customer.id for customer in load_starters().customers}

    assert len(table) >= 70
    assert set(kinds) == set(FLOORS["alike"])
    assert {row.customer.id for row in table} <= ids
    assert all(row.mentor <= row.could for row in table)  # nothing is labelled that could not be said
    assert sum(row.kept for row in table) >= 30


def test_a_judge_that_says_nothing_or_everything_is_told_from_a_good_one(table: list[Row]) -> None:
    def as_if(row: Row, ours: frozenset[str]) -> Row:
        return Row(row.customer, row.kept, row.kind, row.said, row.mentor, ours)

    assert overall([as_if(row, row.mentor) for row in table]) == (1.0, 1.0)
    assert overall([as_if(row, frozenset()) for row in table])[1] == 0.0
    assert overall([as_if(row, row.could) for row in table])[1] < 0.5
