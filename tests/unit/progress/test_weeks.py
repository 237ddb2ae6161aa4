"""A person's own weeks: added up, set apart, and compared only where chance hardly explains a difference."""

from __future__ import annotations

import importlib.util
import random
import sys
import time
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from types import ModuleType

import pytest

from coach.app.progress import FIRST, weeks_of
from coach.app.shift.intervals import of_calls
from coach.conversation import UsageError
from coach.reporting.progress_values import Line, Progress
from coach.store.values import Answer, Run, StoredCall


def _made() -> ModuleType:
    spec = importlib.util.spec_from_file_location("progress_made", Path(__file__).with_name("made.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


made = _made()
call, skill, moment, answer, BACK, ASK = made.call, made.skill, made.moment, made.answer, made.BACK, made.ASK


def weeks(
    *calls: StoredCall, answers: list[Answer] | None = None, runs: list[Run] | None = None, **options: object
) -> Progress:
    progress: Progress = weeks_of(calls, answers or [], runs or [made.RUN], today=made.TODAY, **options)  # type: ignore[arg-type]
    return progress


def line(progress: Progress, key: str = "saying_it_back") -> Line:
    return next(line for line in progress.lines if line.key == key)


def test_a_week_is_added_up_and_no_mean_of_ratios() -> None:
    progress = weeks(call(1, skill(BACK, 1, 1)), call(2, skill(BACK, 1, 9), days=1), call(3, skill(BACK, 2, 2), days=9))

    first, second = line(progress).points
    assert (second.week, second.met, second.of, second.calls) == (date(2026, 11, 16), 2, 10, 2)
    assert second.share == 0.2  # the mean of the two ratios would be 0.56
    assert (second.low, second.high) == of_calls([(1, 1), (1, 9)])
    assert (first.week, first.met, first.of) == (date(2026, 11, 9), 2, 2)


def test_the_first_number_stands_first_and_skills_in_the_rubrics_order() -> None:
    progress = weeks(call(1, skill("Asking", 1, 1), skill("Of our own", 1, 2), skill(BACK, 0, 1), heard=(1, 2)))

    assert [one.key for one in progress.lines] == [FIRST, "saying_it_back", "asking", "Of our own"]


def test_a_hard_call_is_in_no_sum() -> None:
    progress = weeks(call(1, skill(BACK, 1, 1)), call(2, skill(BACK, 0, 8), hard=True, heard=(0, 4)))

    assert (progress.calls, progress.hard) == (1, 1)
    assert line(progress).total is not None
    assert (line(progress).total.met, line(progress).total.of) == (1, 1)
    assert [one.key for one in progress.lines] == ["saying_it_back"]


def test_calls_without_a_known_side_are_counted_apart() -> None:
    progress = weeks(call(1, skill(BACK, 1, 1)), call(2, roles=False))

    assert (progress.calls, progress.unsided) == (1, 1)


def test_a_contested_moment_leaves_the_sums() -> None:
    there = call(1, skill(BACK, 1, 3, 0, 1, 2), heard=(1, 3), moments=(
        moment(0, "paraphrase", 5), moment(1, "missed_paraphrase", 20), moment(2, "missed_paraphrase", 40),
    ))  # fmt: skip
    whole = weeks(there)
    contested = weeks(there, answers=[answer(1, there, "misheard", "yes", kind="missed_paraphrase", start=20.0)])

    assert (line(whole).points[0].met, line(whole).points[0].of, whole.waiting) == (1, 3, 0)
    assert (line(contested).points[0].met, line(contested).points[0].of, contested.waiting) == (1, 2, 1)
    assert [one.key for one in contested.lines] == ["saying_it_back"]  # what rests on it and cannot be parted waits


def test_a_call_that_is_not_the_persons_side_leaves_as_a_whole() -> None:
    there = call(1, skill(BACK, 1, 3))

    assert weeks(there, answers=[answer(1, there, "not_me", "yes", kind=None, start=None)]).lines == ()


def test_what_was_reviewed_in_another_way_is_set_apart_and_never_compared() -> None:
    old = [call(n, skill(BACK, 0, 3), days=20 + n, fingerprint="f0") for n in range(6)]
    new = [call(10 + n, skill(BACK, 3, 3), days=n) for n in range(6)]
    runs = [replace(made.RUN, fingerprint="f0", transcriber="whisper"), made.RUN]
    progress = weeks(*new, *old, runs=runs)
    found = line(progress)

    assert [(way.fingerprint, way.differs, way.before, way.after) for way in progress.ways] == [
        ("f0", None, "", ""),
        ("f1", "transcriber", "whisper", "moonshine"),
    ]
    assert {point.way for point in found.points if point.met == 0} == {0}
    assert found.total is not None
    assert (found.total.met, found.total.of) == (18, 18)
    assert found.verdict == "same"  # nothing but the new way's own halves is compared: 9 of 9, and 9 of 9
    mixed = weeks(*[replace(one, fingerprint="f1") for one in (*old, *new)])
    assert line(mixed).verdict == "better"


def test_two_ways_in_one_week_are_two_points() -> None:
    progress = weeks(call(1, skill(BACK, 1, 2)), call(2, skill(BACK, 2, 2), days=1, fingerprint="f0"))

    assert [(point.way, point.met, point.of) for point in line(progress).points] == [(0, 2, 2), (1, 1, 2)]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"coach": "0.2.0"}, "coach"),
        ({"recipe": "ours"}, "recipe"),
        ({"diarizer": "pyannote"}, "diarizer"),
        ({"definitions": {"paraphrase": 2}}, "definitions"),
        ({}, "other"),
    ],
)
def test_a_change_is_named(change: dict[str, object], told: str) -> None:
    runs = [made.RUN, replace(made.RUN, fingerprint="f2", **change)]  # type: ignore[arg-type]
    progress = weeks(call(1, skill(BACK, 1, 1), days=3), call(2, skill(BACK, 1, 1), fingerprint="f2"), runs=runs)

    assert progress.ways[-1].differs == told


def halves(before: tuple[int, int], now: tuple[int, int], each: int = 6) -> Line:
    earlier = [call(n, skill(BACK, *before), days=20 - n) for n in range(each)]
    later = [call(20 + n, skill(BACK, *now), days=8 - n) for n in range(each)]
    return line(weeks(*earlier, *later))


@pytest.mark.parametrize(
    ("before", "now", "verdict"),
    [((0, 2), (2, 2), "better"), ((2, 2), (0, 2), "less"), ((1, 2), (1, 2), "same"), ((1, 4), (2, 4), "same")],
)
def test_later_calls_are_compared_to_earlier_ones(before: tuple[int, int], now: tuple[int, int], verdict: str) -> None:
    found = halves(before, now)

    assert found.verdict == verdict
    assert found.before is not None
    assert found.now is not None
    assert (found.before.met, found.before.of, found.before.calls) == (6 * before[0], 6 * before[1], 6)
    assert (found.now.met, found.now.of) == (6 * now[0], 6 * now[1])


def test_too_few_are_not_compared() -> None:
    assert halves((0, 1), (1, 1), each=4).verdict == "few"
    assert halves((0, 2), (2, 2), each=2).verdict == "few"


def test_without_a_change_hardly_anything_is_called_better_or_less() -> None:
    """Weeks of somebody who stays as they are, three hundred times forty calls."""
    chance = random.Random(7)
    told = 0
    for _ in range(100):
        for share in (0.3, 0.5, 0.8):
            calls = [
                call(n, skill(BACK, sum(chance.random() < share for _ in range(3)), 3), days=40 - n) for n in range(40)
            ]
            told += line(weeks(*calls)).verdict in ("better", "less")
    assert told / 300 < 0.02


def test_only_the_weeks_asked_for_are_looked_at() -> None:
    calls = [call(n, skill(BACK, 1, 1), days=7 * n) for n in range(10)]

    assert [len(line(weeks(*calls, weeks=n)).points) for n in (1, 4, 12)] == [1, 4, 10]
    assert (weeks(*calls, weeks=4).older, weeks(*calls, weeks=4).calls) == (6, 4)


def test_a_call_belongs_to_the_week_it_had_where_the_person_is(monkeypatch: pytest.MonkeyPatch) -> None:
    late = replace(call(1, skill(BACK, 1, 1)), started_at=datetime(2026, 11, 15, 23, 30, tzinfo=UTC))  # a Sunday
    found = {}
    for zone in ("UTC", "Europe/Berlin", "America/Chicago"):
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        found[zone] = line(weeks(late)).points[0].week.day
    monkeypatch.undo()
    time.tzset()

    assert found == {"UTC": 9, "Europe/Berlin": 16, "America/Chicago": 9}


def test_several_peoples_calls_are_not_added_up() -> None:
    calls = [
        call(1, skill(BACK, 1, 1), agent="Ann"),
        call(2, skill(BACK, 0, 1), agent="Bo"),
        call(3, skill(BACK, 0, 1)),
    ]

    with pytest.raises(UsageError, match="--agent"):
        weeks(*calls)
    with pytest.raises(UsageError, match="Ann, Bo"):
        weeks(*calls, agent="Cy")
    found = line(weeks(*calls, agent="Ann")).total
    assert found is not None
    assert (found.met, found.of) == (1, 2)  # what names nobody is the owner's
    assert weeks(*calls[1:]).calls == 2


def test_the_persons_own_ear_beside_what_was_measured() -> None:
    one, two = call(1, skill(BACK, 1, 1)), call(2, skill(BACK, 1, 1))
    answers = [
        answer(1, one, "heard", "not_yet", kind="given", start=3.0),
        answer(2, one, "heard", "yes", kind="given", start=3.0),  # answered once more
        answer(3, one, "heard", "not_yet", kind="given", start=9.0),
        answer(4, two, "heard", "partly", kind="room", start=3.0),
        answer(5, two, "heard", "skip", kind="room", start=9.0),
    ]
    ear = weeks(one, two, answers=answers).ear

    assert (ear.answered, ear.comparable, ear.agreed) == (3, 2, 1)


def test_an_empty_library_is_no_error() -> None:
    progress = weeks()

    assert (progress.calls, progress.lines, progress.ways, progress.early) == (0, (), (), True)
