"""What is counted about a person, and when nothing is."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta, timezone
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from coach.app.shift.sums import Sums, latest, sum_up
from coach.reporting.shift_values import AgentFigures, AgentSkill, Figure, SoFar
from coach.store.values import StoredCall
from tests.unit.shift.made import BACK, MONDAY, call, contest, run, week


def skill(sums: Sums, agent: str = "Ann", label: str = BACK) -> AgentSkill:
    figures = next(each for each in sums.agents if each.agent == agent)
    return next(each for each in figures.skills if each.label == label)


def shares(found: AgentSkill) -> list[tuple[int, int, int]]:
    return [(p.figure.met, p.figure.of, p.figure.calls) for era in found.eras for p in era.periods]


def test_weeks_are_added_up_and_not_averaged() -> None:
    calls = [call(i, met=4, of=4) for i in range(4)] + [call(10 + i, met=0, of=1) for i in range(8)]

    assert shares(skill(sum_up(calls))) == [(16, 24, 12)]  # a mean of ratios would be a third


@pytest.mark.parametrize(
    ("calls", "of", "enough"), [(10, 2, True), (9, 3, False), (19, 1, False), (20, 1, True), (1, 40, False)]
)
def test_a_figure_needs_twenty_opportunities_over_ten_calls(calls: int, of: int, enough: bool) -> None:
    era = skill(sum_up(week(0, calls, met=1, of=of))).eras[0]

    assert bool(era.periods) is enough
    assert era.so_far == (None if enough else SoFar(calls * of, calls))


def test_calls_in_which_nothing_came_up_make_no_calls() -> None:
    era = skill(sum_up([*week(0, 9, of=3), *[call(f"empty{i}", of=0, met=0) for i in range(5)]])).eras[0]

    assert era.periods == ()
    assert era.so_far == SoFar(27, 9)


@pytest.mark.parametrize(("of", "calls"), [(19, 10), (20, 9), (0, 0)])
def test_a_figure_that_rests_on_less_cannot_be_made(of: int, calls: int) -> None:
    with pytest.raises(ValueError, match="20 opportunities over 10 calls"):
        Figure(0, of, calls, 0.0, 1.0)


def test_a_share_outside_its_interval_cannot_be_made() -> None:
    with pytest.raises(ValueError, match="within its interval"):
        Figure(20, 20, 10, 0.1, 0.9)


def test_weeks_too_small_alone_gather_until_there_is_enough() -> None:
    found = skill(sum_up([*week(0, 6), *week(1, 6), *week(2, 6), *week(3, 4), *week(4, 3)]))

    assert shares(found) == [(12, 24, 12), (10, 20, 10)]
    first, second = found.eras[0].periods
    assert (first.start, first.end) == (date(2026, 3, 2), date(2026, 3, 15))
    assert (second.start, second.end) == (date(2026, 3, 16), date(2026, 3, 29))
    assert found.eras[0].so_far == SoFar(6, 3)


def test_no_week_is_in_two_periods_and_none_is_split() -> None:
    found = skill(sum_up([each for number in range(9) for each in week(number, 7)]))

    spans = [(period.start, period.end) for period in found.eras[0].periods]
    for (_, end), (start, _) in pairwise(spans):
        assert end is not None
        assert start is not None
        assert start > end
        assert start.weekday() == 0


def test_a_change_is_told_against_the_same_persons_weeks_before() -> None:
    calls = [*week(0, 20, met=1, of=4), *week(1, 20, met=3, of=4), *week(2, 20, met=3, of=4), *week(3, 20, met=0, of=4)]

    assert [p.compared for p in skill(sum_up(calls)).eras[0].periods] == [None, "more", "same", "less"]


def test_another_persons_weeks_change_nothing() -> None:
    ann = week(0, 12)

    alone = sum_up(ann)
    beside = sum_up([*ann, *week(0, 30, met=2, agent="Bo"), *week(1, 30, met=0, agent="Cy")])
    assert beside.agents[0] == alone.agents[0]


def test_agents_stand_in_the_order_of_the_alphabet_however_they_did() -> None:
    calls = [
        *week(0, 12, met=0, agent="bo"), *week(0, 12, met=2, agent="Zoe"),
        *week(0, 12, met=1, agent="Çelik"), *week(0, 12, met=2, agent="Ann"),
    ]  # fmt: skip

    assert [each.agent for each in sum_up(calls).agents] == ["Ann", "bo", "Çelik", "Zoe"]
    assert [each.agent for each in sum_up(reversed(calls)).agents] == ["Ann", "bo", "Çelik", "Zoe"]


def test_hard_calls_are_in_no_sum() -> None:
    calls = week(0, 12)
    hard = [replace(each, sha256=f"h{i}", hard=True) for i, each in enumerate(week(0, 12, met=0))]

    sums = sum_up([*calls, *hard])
    assert shares(skill(sums)) == [(12, 24, 12)]
    assert len(sums.calls["Ann"]) == 24


@pytest.mark.parametrize("agent", [None, "", "  ", "unknown", "Unknown", "\u202e"])
def test_a_call_of_nobody_is_about_nobody(agent: str | None) -> None:
    calls = [replace(each, agent=agent) for each in week(0, 12)]

    sums = sum_up(calls)
    assert sums.agents == ()
    assert len(sums.nobodys) == 12


@pytest.mark.parametrize("unclear", [{"roles_known": False}, {"separation": "none"}])
def test_a_call_whose_voices_are_not_known_is_not_counted(unclear: dict[str, object]) -> None:
    sums = sum_up(week(0, 12, **unclear))

    assert sums.agents[0].skills == ()
    assert len(sums.roles_unknown) == 12


def test_calls_from_before_the_staff_were_told_are_counted_nowhere() -> None:
    calls = [*week(0, 12), *week(1, 12, met=2)]

    sums = sum_up(calls, told_on=date(2026, 3, 9))
    assert shares(skill(sums)) == [(24, 24, 12)]
    assert len(sums.before_told) == 12
    assert len(sum_up(calls, told_on=date(2026, 3, 2)).before_told) == 0


def test_a_contested_moment_leaves_the_sums_until_it_is_settled() -> None:
    calls = week(0, 12)
    about = calls[0]

    def counted(**changes: object) -> tuple[int, int, int]:
        return shares(skill(sum_up(calls, [contest(about, 1, **changes)])))[0]

    assert counted() == (12, 23, 12)
    assert counted(settled="misheard") == (12, 23, 12)
    assert counted(settled="stands") == (12, 24, 12)
    assert counted(answer="withdrawn") == (12, 24, 12)
    assert shares(skill(sum_up(calls, [contest(about, 0)])))[0] == (11, 23, 12)


def test_a_contest_can_take_a_figure_away() -> None:
    calls = week(0, 10)

    assert shares(skill(sum_up(calls))) == [(10, 20, 10)]
    found = skill(sum_up(calls, [contest(calls[0], 1)]))
    assert shares(found) == []
    assert found.eras[0].so_far == SoFar(19, 10)


def test_results_of_different_fingerprints_are_never_added_up_or_compared() -> None:
    calls = [*week(0, 20, met=0, of=4), *week(1, 20, met=4, of=4, fingerprint="e" * 64)]
    found = skill(sum_up(calls, runs=[run(), run("e" * 64, paraphrases=2)]))

    assert [era.fingerprint[0] for era in found.eras] == ["f", "e"]
    assert [era.periods[0].figure.met for era in found.eras] == [0, 80]
    assert found.eras[1].periods[0].compared is None
    assert (found.eras[1].change, found.eras[1].changed) == ("definitions", ("paraphrases",))


@pytest.mark.parametrize(
    ("runs", "change"),
    [
        ([run(), run("e" * 64, transcriber="whisper")], "hearing"),
        ([run(), run("e" * 64)], "other"),
        ([], "other"),
    ],
)
def test_what_changed_between_fingerprints_is_said(runs: list[object], change: str) -> None:
    calls = [*week(0, 12), *week(1, 12, fingerprint="e" * 64)]

    assert [era.change for era in skill(sum_up(calls, runs=runs)).eras] == ["first", change]  # type: ignore[arg-type]


def test_definitions_are_known_without_a_run_too() -> None:
    calls = [*week(0, 12, definitions={"echo": 1}), *week(1, 12, fingerprint="e" * 64, definitions={"echo": 2})]

    era = skill(sum_up(calls)).eras[1]
    assert (era.change, era.changed) == ("definitions", ("echo",))


def test_two_small_fingerprints_are_not_enough_together() -> None:
    calls = [*week(0, 9), *week(0, 9, fingerprint="e" * 64)]

    assert [era.periods for era in skill(sum_up(calls)).eras] == [(), ()]


def test_of_several_reviews_of_a_call_the_newest_counts() -> None:
    calls = week(0, 12)
    again = [replace(each, reviewed_at=each.reviewed_at + timedelta(1), skills=()) for each in calls]

    assert latest([*again, *calls]) == latest([*calls, *again]) == tuple(sorted(again, key=lambda c: (c.at, c.sha256)))
    assert sum_up([*calls, *again]).agents[0].skills == ()


def test_days_not_known_make_a_period_of_their_own() -> None:
    undated = [call(f"u{i}", at=None) for i in range(12)]
    found = skill(sum_up([*undated, *week(0, 12)]))

    assert [(p.start, p.compared) for p in found.eras[0].periods] == [(None, None), (date(2026, 3, 2), None)]
    assert skill(sum_up([*undated[:9], *week(0, 12)])).eras[0].so_far == SoFar(18, 9)


def test_a_week_is_the_offices_own() -> None:
    sunday_night = [call(i, at=MONDAY.replace(hour=3) + timedelta(minutes=i)) for i in range(12)]

    period = skill(sum_up(sunday_night, zone=timezone(timedelta(hours=-6)))).eras[0].periods[0]
    assert period.start == date(2026, 2, 23)


def test_heard_before_solving_is_added_up_by_its_parts() -> None:
    found = skill(sum_up(week(0, 12, solving=(1, 2))), label="heard_before_solving")

    assert found.key == "heard_before_solving"
    assert shares(found) == [(12, 24, 12)]


def test_no_other_measure_is_ever_about_a_person() -> None:
    keys = {(each.key, each.label) for each in sum_up(week(0, 12, solving=(1, 2))).agents[0].skills}

    assert keys == {("heard_before_solving", "heard_before_solving"), ("skill", BACK)}


def test_types_of_call_are_shown_where_each_is_enough() -> None:
    calls = [*week(0, 12, call_type="bill"), *week(0, 15, met=2, call_type="move"), *week(0, 12, met=0)]
    types = skill(sum_up(calls)).eras[0].types

    assert [(t.call_type, t.figure.met, t.figure.of) for t in types] == [
        ("bill", 12, 24),
        ("move", 30, 30),
        (None, 0, 24),
    ]


def test_what_is_left_over_cannot_be_worked_out_of_the_types() -> None:
    calls = [*week(0, 12, call_type="bill"), *week(0, 15, met=2, call_type="move"), *week(0, 3, met=0, call_type="odd")]
    types = skill(sum_up(calls)).eras[0].types

    # Beside the whole, “bill” and “move” alone would tell of three calls; so the smaller goes in with them.
    assert [(t.call_type, t.figure.of) for t in types] == [("move", 30), (None, 30)]


def test_one_type_alone_is_not_shown_again() -> None:
    assert skill(sum_up(week(0, 12, call_type="bill"))).eras[0].types == ()


counts = st.integers(0, 4).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))


@st.composite
def some_calls(draw: st.DrawFn) -> list[StoredCall]:
    made = []
    for i in range(draw(st.integers(0, 50))):
        met, of = draw(counts)
        day = draw(st.none() | st.integers(0, 40))
        made.append(
            call(
                i,
                draw(st.sampled_from(["Ann", "Bo", None])),
                met=met,
                of=of,
                at=None if day is None else MONDAY + timedelta(day),
                call_type=draw(st.sampled_from([None, "bill", "move"])),
                fingerprint=draw(st.sampled_from(["f", "e"])) * 64,
                hard=draw(st.booleans()) and draw(st.booleans()),
            )
        )
    return made


@settings(max_examples=50)
@given(some_calls())
def test_nothing_small_is_shown_or_can_be_worked_out(calls: list[StoredCall]) -> None:
    for agent in sum_up(calls).agents:
        for each in agent.skills:
            for era in each.eras:
                whole = era.periods
                assert all(p.figure.of >= 20 and p.figure.calls >= 10 for p in whole)
                if not era.types:
                    continue
                left = sum(p.figure.of for p in whole) - sum(t.figure.of for t in era.types)
                assert left == 0
                assert sum(p.figure.met for p in whole) == sum(t.figure.met for t in era.types)
                assert all(t.figure.of >= 20 and t.figure.calls >= 10 for t in era.types)


@settings(max_examples=50)
@given(some_calls())
def test_every_opportunity_is_shown_or_still_waiting(calls: list[StoredCall]) -> None:
    for agent in sum_up(calls).agents:
        theirs = [c for c in calls if c.agent == agent.agent and not c.hard]
        for each in agent.skills:
            shown = sum(p.figure.of for era in each.eras for p in era.periods)
            waiting = sum(era.so_far.of for era in each.eras if era.so_far is not None)
            assert shown + waiting == sum(s.of for c in theirs for s in c.skills)


def test_everything_about_a_person_is_of_that_person_alone() -> None:
    assert set(AgentFigures.__dataclass_fields__) == {"agent", "calls", "judged", "waiting", "skills"}
