"""Each kind of word detector is as right on the project's own billing clauses as it was; see tests/labelled."""

from __future__ import annotations

import tomllib

import pytest

from tests.benchmarks.billing import ENOUGH, KINDS, ROWS, Judged, Row, judged, kept_of, rows, scored

FLOORS = tomllib.loads((ROWS.parent / "floors.toml").read_text("utf-8"))
NOT_JUDGED = {"hold", "other"}
"""Labels without a word detector: a hold is a silence, and found by timing."""


@pytest.fixture(scope="module")
def table() -> dict[str, Judged]:
    return judged(rows())


@pytest.mark.parametrize("kind", KINDS)
def test_no_kind_falls_below_its_floor(table: dict[str, Judged], kind: str) -> None:
    found, floor = scored(kind, table[kind]), FLOORS[kind]

    assert found.f1 >= floor["f1"], f"{kind}: {found}"
    assert found.precision >= floor["precision"], f"{kind}: {found}"


@pytest.mark.parametrize("kind", [kind for kind, floor in FLOORS.items() if "kept_f1" in floor])
def test_nor_does_it_on_the_clauses_that_nobody_mends_by(table: dict[str, Judged], kind: str) -> None:
    kept = scored(kind, kept_of(table[kind]))

    assert kept.positives >= ENOUGH
    assert kept.f1 >= FLOORS[kind]["kept_f1"], f"{kind}: {kept}"


def test_every_kind_has_a_floor_and_clauses_to_hold_it_to(table: dict[str, Judged]) -> None:
    assert set(FLOORS) == set(KINDS)
    assert min(scored(kind, entries).positives for kind, entries in table.items()) >= 10
    assert set().union(*(row.labels for row in rows())) - NOT_JUDGED <= set(KINDS)


def test_the_set_is_what_its_readme_says() -> None:
    found = rows()
    differing = [row for row in found if row.first != row.second]
    readme = (ROWS.parent / "README.md").read_text("utf-8")

    assert len({row.id for row in found}) == len(found) >= 420
    assert f"{len(found)} clauses" in readme
    assert f"The passes differ on {len(differing)} of" in readme
    assert all(row.note for row in differing)
    assert 0.2 < sum(row.kept for row in found) / len(found) < 0.5


def test_a_detector_that_finds_nothing_or_everything_is_told_from_a_good_one() -> None:
    truth = [True, True, False, False]

    def measured(*confidences: float) -> tuple[float, float, float]:
        entries = [(sure, true, _ROW) for sure, true in zip(confidences, truth, strict=True)]
        score = scored("echo", entries)
        return score.precision, score.recall, score.f1

    assert measured(0.5, 0.9, 0.49, 0.0) == (1.0, 1.0, 1.0)
    assert measured(0.0, 0.0, 0.0, 0.0) == (1.0, 0.0, 0.0)
    assert measured(1.0, 1.0, 1.0, 1.0) == (0.5, 1.0, 2 / 3)


_ROW = Row("", "", "", "", frozenset(), frozenset(), frozenset(), frozenset(), note="", kept=False)
