"""Kinds that no corpus labels are as right on small dialogues of our own as they were; see tests/labelled."""

from __future__ import annotations

import tomllib

import pytest

from tests.benchmarks.moments import KINDS, ROWS, Judged, judged, kept_of, rows, scored

FLOORS = tomllib.loads((ROWS.parent / "moment_floors.toml").read_text("utf-8"))
ENOUGH = 12
"""Dialogues that have it, and that look as if, that each kind needs."""


@pytest.fixture(scope="module")
def table() -> dict[str, Judged]:
    return judged(rows())


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_falls_below_its_floor(table: dict[str, Judged], kind: str) -> None:
    found = scored(kind, table[kind])

    assert found.f1 >= FLOORS[kind]["f1"], found
    assert found.precision >= FLOORS[kind]["precision"], found


def test_every_kind_has_dialogues_enough_and_a_floor(table: dict[str, Judged]) -> None:
    assert set(FLOORS) == set(KINDS) == {row.kind for row in rows()}
    for kind, found in table.items():
        having = scored(kind, found).positives
        assert having >= ENOUGH, kind
        assert len(found) - having >= ENOUGH, kind
        assert 0.2 <= len(kept_of(found)) / len(found) <= 0.5, kind


def test_both_passes_are_kept_and_every_disagreement_was_settled_with_a_reason() -> None:
    found = rows()

    assert len({row.id for row in found}) == len(found)
    assert all(row.note for row in found if row.first != row.second)
    assert all(row.label == row.first for row in found if row.first == row.second)
