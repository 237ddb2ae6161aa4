"""A supervisor's own judgement beside the program's."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from coach.app.shift.calibration import calibrate, kappa
from coach.reporting.phrases import phrases
from coach.store.values import Answer, StoredCall
from tests.unit.shift.made import BACK, NOW, answer, call, week


def judged(calls: list[StoredCall], said: str, question: str = BACK, **changes: object) -> list[Answer]:
    return [answer(each, f"judged:{question}", said, who="Dana", id=i, **changes) for i, each in enumerate(calls)]


def table(both: int, first: int, second: int, neither: int) -> float | None:
    """Return kappa of a table of yes and no."""
    pairs = [("yes", "yes")] * both + [("yes", "no")] * first + [("no", "yes")] * second + [("no", "no")] * neither
    return kappa(pairs)


def test_kappa_against_published_values() -> None:
    # Three textbook tables; the two last agree equally often, and one of them by chance more.
    assert table(20, 5, 10, 15) == pytest.approx(0.4)
    assert table(45, 15, 25, 15) == pytest.approx(0.1304, abs=1e-4)
    assert table(25, 35, 5, 35) == pytest.approx(0.2593, abs=1e-4)
    assert kappa([("a", "b"), ("b", "a")]) == -1
    assert kappa([]) is None
    assert kappa([("a", "a")] * 30) is None


def test_fewer_than_twenty_are_told_in_counts_alone() -> None:
    calls = week(0, 19, met=1, of=2)

    (row,) = calibrate(calls, judged(calls, "partly"))
    assert (row.same, row.of, row.low, row.high, row.kappa, row.verdict) == (19, 19, None, None, None, "few")


def test_twenty_have_an_interval_and_kappa() -> None:
    yes, no = week(0, 15, met=2, of=2), week(1, 15, met=0, of=2)
    said = [*judged(yes, "yes"), *judged(no[:10], "no"), *judged(no[10:], "yes")]

    (row,) = calibrate([*yes, *no], said)
    assert (row.same, row.of, row.verdict) == (25, 30, "good")
    assert row.kappa == pytest.approx(2 / 3)
    assert row.low is not None
    assert row.high is not None
    assert row.low < 25 / 30 < row.high


@pytest.mark.parametrize(("differ", "verdict"), [(0, "good"), (8, "good"), (9, "fair"), (13, "poor")])
def test_agreement_is_told_in_words(differ: int, verdict: str) -> None:
    yes, no = week(0, 20, met=2, of=2), week(1, 20, met=0, of=2)
    said = [*judged(yes, "yes"), *judged(no[differ:], "no"), *judged(no[:differ], "yes")]

    assert calibrate([*yes, *no], said)[0].verdict == verdict


def test_one_answer_throughout_tells_nothing() -> None:
    calls = week(0, 20, met=2, of=2)

    row = calibrate(calls, judged(calls, "yes"))[0]
    assert (row.kappa, row.verdict) == (None, "one_answer")


def test_where_nothing_was_judged_there_is_nothing_to_agree_on() -> None:
    calls = [call("a", met=0, of=0), call("b", roles_known=False)]

    assert calibrate(calls, judged(calls, "no")) == ()
    assert calibrate(week(0, 3), judged(week(0, 3), "skip")) == ()


def test_the_last_judgement_of_a_person_counts() -> None:
    calls = week(0, 2, met=2, of=2)
    said = [*judged(calls, "no"), *judged(calls, "yes", at=NOW + timedelta(1))]

    row = calibrate(calls, said)[0]
    assert (row.same, row.of) == (2, 2)


def test_a_kind_is_judged_where_it_is() -> None:
    about = call("a", met=1, of=2)
    at = lambda start, said: answer(about, "judged:paraphrase", said, who="Dana", start=start)  # noqa: E731

    row = calibrate([about], [at(0.0, "yes"), at(20.0, "no")], phrases())[0]
    assert (row.same, row.of) == (2, 2)
    assert row.label == "You said it back in your own words"


def test_two_ways_of_reviewing_are_not_mixed() -> None:
    old, new = week(0, 3, met=2, of=2), week(1, 3, met=2, of=2, fingerprint="e" * 64)

    assert calibrate([*old, *new], judged([*old, *new], "yes"))[0].of == 3
    again = [replace(each, fingerprint="e" * 64, reviewed_at=NOW) for each in old]
    assert calibrate([*old, *new, *again], judged([*old, *new], "yes"))[0].of == 6
