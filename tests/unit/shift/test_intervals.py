"""How far chance reaches: against published values, and against what a thousand drawn teams show."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.app.shift.intervals import apart, effective, of_calls, wilson

pairs = st.lists(
    st.integers(0, 6).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))), min_size=1, max_size=30
)


@pytest.mark.parametrize(
    ("met", "of", "low", "high"),
    # Newcombe (1998), Statistics in Medicine 17, table I: method 3.
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_against_published_values(met: int, of: int, low: float, high: float) -> None:
    assert wilson(met, of) == pytest.approx((low, high), abs=0.00006)


def test_nothing_says_nothing() -> None:
    assert wilson(0, 0) == (0.0, 1.0)
    assert of_calls([]) == (0.0, 1.0)


@pytest.mark.parametrize(("met", "of"), [(2, 1), (-1, 3)])
def test_more_than_there_were_is_refused(met: int, of: int) -> None:
    with pytest.raises(ValueError, match="met"):
        wilson(met, of)


@given(pairs)
def test_an_interval_holds_its_share_and_never_claims_more_than_its_sum(counts: list[tuple[int, int]]) -> None:
    met, of = sum(m for m, _ in counts), sum(o for _, o in counts)
    low, high = of_calls(counts)

    assert 0 <= low <= high <= 1
    assert effective(counts) <= of + 1e-9
    if of:
        assert low <= met / of <= high
        plain = wilson(met, of)
        assert low <= plain[0] + 1e-9
        assert high >= plain[1] - 1e-9


def drawn(dice: random.Random, share: float, calls: int, spread: float) -> list[tuple[int, int]]:
    """Return calls whose own shares lie about a person's share, as calls do."""
    counts = []
    for _ in range(calls):
        own = dice.betavariate(share * spread, (1 - share) * spread) if spread else share
        of = dice.randint(1, 4)
        counts.append((sum(dice.random() < own for _ in range(of)), of))
    return counts


@pytest.mark.parametrize("share", [0.3, 0.5, 0.8])
def test_nineteen_in_twenty_intervals_hold_the_truth_where_calls_differ(share: float) -> None:
    dice = random.Random(f"{share}")
    teams = [drawn(dice, share, 15, 1.0) for _ in range(600)]

    def held(interval: tuple[float, float]) -> bool:
        return interval[0] <= share <= interval[1]

    plain = sum(held(wilson(sum(m for m, _ in t), sum(o for _, o in t))) for t in teams) / len(teams)
    ours = sum(held(of_calls(t)) for t in teams) / len(teams)
    assert ours >= 0.92
    assert ours > plain


def test_the_same_person_is_hardly_ever_told_that_something_changed() -> None:
    dice = random.Random(7)
    told = sum(apart(drawn(dice, 0.5, 15, 2.0), drawn(dice, 0.5, 15, 2.0)) != 0 for _ in range(800)) / 800

    assert told <= 0.025


def test_a_change_is_told_in_its_direction() -> None:
    assert apart([(1, 4)] * 20, [(3, 4)] * 20) == 1
    assert apart([(3, 4)] * 20, [(1, 4)] * 20) == -1
    assert apart([(2, 4)] * 20, [(2, 4)] * 20) == 0
    assert apart([], [(2, 4)] * 20) == 0
