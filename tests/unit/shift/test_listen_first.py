"""Half by chance, a quarter good ones, a quarter the agents' own picks."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.app.shift.listen_first import Pick, listen_first
from coach.store.values import Answer, StoredCall
from tests.unit.shift.made import NOW, answer, week

DAY = date(2026, 5, 4)


def a_team(people: int = 4, calls: int = 10) -> list[StoredCall]:
    return [
        each for i in range(people) for each in week(0, calls, agent=f"P{i}", keep="So it doubled." if i % 2 else "")
    ]


def reasons(picks: tuple[Pick, ...]) -> dict[str, int]:
    return dict(Counter(pick.reason.removesuffix("_picked") for pick in picks))


def test_half_chance_a_quarter_good_a_quarter_picked() -> None:
    team = a_team()
    picked = [answer(each, "picked", start=20.0) for each in team[::3]]

    found = listen_first(team, picked, DAY, how_many=8)
    assert reasons(found) == {"chance": 4, "good": 2, "picked": 2}
    assert len({pick.call.sha256 for pick in found}) == 8
    assert all(pick.at == 20.0 for pick in found if pick.reason == "picked")
    assert all(pick.skill for pick in found if pick.reason == "good")


def test_the_same_day_draws_the_same_and_another_day_another() -> None:
    team = a_team()
    calls = lambda picks: [pick.call.sha256 for pick in picks]  # noqa: E731

    assert calls(listen_first(team, [], DAY)) == calls(listen_first(list(reversed(team)), [], DAY))
    assert calls(listen_first(team, [], DAY)) != calls(listen_first(team, [], DAY + timedelta(1)))


def test_what_a_call_measures_draws_nobody() -> None:
    team = a_team()
    worse = [replace(each, skills=(), moments=(), hard=True, measures={}) for each in team]
    drawn = lambda calls: {p.call.sha256 for p in listen_first(calls, [], DAY) if p.reason == "chance"}  # noqa: E731

    chance = [p.call.sha256 for p in listen_first(team, [], DAY)][:4]
    assert set(chance) <= drawn(worse)


def test_chance_is_fair_to_everybody() -> None:
    team = a_team(people=2, calls=20)
    often = Counter(
        pick.call.agent
        for day in range(400)
        for pick in listen_first(team, [], DAY + timedelta(day), how_many=2)
        if pick.reason == "chance"
    )

    assert 0.42 < often["P0"] / sum(often.values()) < 0.58


def test_a_call_that_chance_and_the_agent_chose_says_both() -> None:
    team = week(0, 1)

    assert [pick.reason for pick in listen_first(team, [answer(team[0], "picked")], DAY)] == ["chance_picked"]


@pytest.mark.parametrize("how_many", [1, 3, 5, 8])
def test_chance_draws_first_and_from_all_calls(how_many: int) -> None:
    team = a_team()
    drawn = [pick.call for pick in listen_first(team, [], DAY, how_many=len(team)) if pick.reason == "chance"]
    half = drawn[: how_many - how_many // 2]

    found = listen_first(team, [answer(each, "picked") for each in half], DAY, how_many=how_many)
    assert [pick.call for pick in found if pick.reason == "chance_picked"] == half


@pytest.mark.parametrize(
    ("calls", "reason"), [(0, {}), (1, {"chance": 1}), (2, {"chance": 1, "picked": 1}), (3, {"chance": 2, "picked": 1})]
)
def test_a_small_shift_has_a_small_list(calls: int, reason: dict[str, int]) -> None:
    team = week(0, calls, keep="So it doubled.")

    assert reasons(listen_first(team, [answer(each, "picked") for each in team], DAY)) == reason


def test_where_there_are_no_picks_and_no_good_ones_chance_fills_up() -> None:
    assert reasons(listen_first(week(0, 12), [], DAY, how_many=8)) == {"chance": 8}


def test_a_pick_is_the_agents_own_and_can_be_taken_back() -> None:
    team = week(0, 12)
    others = [answer(each, "picked", who="the supervisor") for each in team]
    back = [a for each in team for a in (answer(each, "picked"), answer(each, "picked", "no", at=NOW + timedelta(1)))]

    assert reasons(listen_first(team, others, DAY)) == {"chance": 8}
    assert reasons(listen_first(team, back, DAY)) == {"chance": 8}


def test_nobodys_second_comes_before_everybodys_first() -> None:
    team = a_team(people=2, calls=30)
    picked = [answer(each, "picked") for each in team[:30]] + [answer(team[-1], "picked")]

    for day in range(20):
        found = [pick for pick in listen_first(team, picked, DAY + timedelta(day)) if pick.reason == "picked"]
        drawn = listen_first(team, picked, DAY + timedelta(day))
        if any(pick.call == team[-1] and pick.reason != "picked" for pick in drawn):
            continue
        assert {pick.call.agent for pick in found} == {"P0", "P1"}


@given(st.integers(0, 30), st.integers(0, 20), st.sets(st.integers(0, 29)), st.booleans())
def test_whatever_there_is_half_is_chance_and_nothing_twice(
    calls: int, how_many: int, picked: set[int], good: bool
) -> None:
    team = week(0, calls, keep="So it doubled." if good else "")
    said: list[Answer] = [answer(team[i], "picked") for i in picked if i < calls]

    found = listen_first(team, said, DAY, how_many=how_many)
    assert len(found) == min(calls, how_many) == len({pick.call.sha256 for pick in found})
    assert sum(pick.reason.startswith("chance") for pick in found) * 2 >= len(found)
    assert sum(pick.reason == "good" for pick in found) <= len(found) // 4
