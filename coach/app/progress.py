"""A person's own weeks: opportunities met of how many, added up over calls, and never a mean of ratios.

Hard calls are in none of the sums, contested moments leave them, and what was reviewed in different ways is set
apart. Calls of one way are compared in two halves, and a difference is told only where chance hardly explains it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta

import pandas as pd

from coach.app import library
from coach.app.shift.contests import Contest, contests, counted
from coach.app.shift.intervals import apart, of_calls
from coach.coaching.rubric import SKILLS
from coach.coaching.sentences import load_sentences
from coach.conversation import UsageError
from coach.reporting.progress_values import HANDFUL, Differs, Ear, Half, Line, Point, Progress, Verdict, Way
from coach.store.values import Answer, Run, StoredCall

FIRST = "heard_before_solving"
"""The measure that counts opportunities and stands first on every page of ours."""

COLUMNS = ("call", "at", "week", "way", "key", "label", "met", "of")
"""Of the table that everything is added up from: one row a call and line."""

_AGREE = {("yes", "given"), ("not_yet", "room")}
_DIFFER = {("yes", "room"), ("not_yet", "given")}


def weeks_of(
    calls: Sequence[StoredCall],
    answers: Iterable[Answer],
    runs: Iterable[Run],
    *,
    today: date,
    weeks: int = 12,
    agent: str | None = None,
) -> Progress:
    """Return a person's own weeks.

    Args:
        calls: All calls of the library; those of others are left out where a name is given.
        answers: What the person said about them.
        runs: What made the reviews.
        today: The last day that is looked at.
        weeks: How many weeks to look at, this one included.
        agent: Whose calls, where the library has several people's.

    Raises:
        UsageError: The library has several people's calls, and nobody said whose are meant.
    """
    mine = sorted(_of_one(calls, agent), key=lambda call: (call.at, call.sha256))
    start = monday(today) - timedelta(weeks=weeks - 1)
    shown = [call for call in mine if start <= day(call) <= today]
    usable = [call for call in shown if not call.hard and call.roles_known]
    said = tuple(answers)
    contested = {call.sha256: contests(call, said) for call in usable}
    ways = _ways(usable, {run.fingerprint: run for run in runs})
    table = _table(usable, contested, [way.fingerprint for way in ways])
    return Progress(
        until=today,
        weeks=weeks,
        calls=len(usable),
        hard=sum(call.hard for call in shown),
        unsided=sum(not call.roles_known and not call.hard for call in shown),
        waiting=sum(contest.out for found in contested.values() for contest in found),
        ways=ways,
        lines=_lines(table, len(ways) - 1),
        ear=_ear(said, {call.sha256 for call in shown}),
        older=sum(day(call) < start for call in mine),
        agent=agent,
    )


def own_weeks(*, weeks: int, agent: str | None = None, mine: object = None, today: date | None = None) -> Progress:
    """Return the weeks of the person's own library; where there is none yet, empty ones.

    Args:
        weeks: How many weeks to look at, this one included.
        agent: Whose calls, where the library has several people's.
        mine: The person's own name by the settings, for a library that has it.
        today: The last day that is looked at; today.

    Raises:
        UsageError: The library has several people's calls, and nobody said whose are meant.
        StorageError: The library cannot be read.
    """
    today = today or datetime.now().astimezone().date()
    if not library.exists():
        return weeks_of((), (), (), today=today, weeks=weeks)
    with library.open_library() as store:
        agent = _meant(store.agents(), agent, mine)
        return weeks_of(store.calls(), store.answers(), store.runs(), today=today, weeks=weeks, agent=agent)


def own_calls(*, agent: str | None = None, mine: object = None) -> list[StoredCall]:
    """Return the calls of the person's own library, in order of time.

    Args:
        agent: Whose, where the library has several people's.
        mine: The person's own name by the settings, for a library that has it.

    Raises:
        UsageError: The library has several people's calls, and nobody said whose are meant.
        StorageError: The library cannot be read.
    """
    if not library.exists():
        return []
    with library.open_library() as store:
        return _of_one(store.calls(), _meant(store.agents(), agent, mine))


def _meant(names: Sequence[str], agent: str | None, mine: object) -> str | None:
    """Return whose calls are meant: by option, else by the settings where the library has several people's."""
    return str(mine) if agent is None and len(names) > 1 and str(mine) in names else agent


def day(call: StoredCall) -> date:
    """Return the day of a call where the person is: when it began, or else when it was reviewed."""
    return call.at.astimezone().date()


def monday(of: date) -> date:
    """Return the Monday of a day's week.

    >>> monday(date(2026, 3, 8))
    datetime.date(2026, 3, 2)
    """
    return of - timedelta(days=of.weekday())


def _of_one(calls: Sequence[StoredCall], agent: str | None) -> list[StoredCall]:
    """Return one person's calls; those that name nobody are the owner's."""
    names = sorted({call.agent for call in calls if call.agent is not None})
    if agent is not None:
        if names and agent not in names:
            raise UsageError(f"There are no calls of that name in the library. It has: {', '.join(names)}.")
        return [call for call in calls if call.agent in (agent, None)]
    if len(names) > 1:
        raise UsageError(
            f"The library has calls of several people ({', '.join(names[:5])}), and those are not added up. "
            "Say whose are meant with --agent."
        )
    return list(calls)


def _ways(calls: Sequence[StoredCall], runs: Mapping[str, Run]) -> tuple[Way, ...]:
    """Return the ways in which calls were reviewed, that of the latest call last."""
    order = list(dict.fromkeys(call.fingerprint for call in calls))
    if order:
        latest = calls[-1].fingerprint
        order = [*(mark for mark in order if mark != latest), latest]
    ways: list[Way] = []
    for mark in order:
        made = [call for call in calls if call.fingerprint == mark]
        way = Way(mark, day(made[0]), len(made))
        ways.append(_told(way, runs.get(ways[-1].fingerprint), runs.get(mark)) if ways else way)
    return tuple(ways)


def _told(way: Way, before: Run | None, after: Run | None) -> Way:
    """Return a way with what it differs in from the one before it."""
    if before is None or after is None:
        return Way(way.fingerprint, way.since, way.calls, "other")
    reasons: tuple[tuple[Differs, str, str], ...] = (
        ("transcriber", before.transcriber, after.transcriber),
        ("coach", before.coach, after.coach),
        ("recipe", before.recipe, after.recipe),
        ("diarizer", before.diarizer or "", after.diarizer or ""),
    )
    for differs, was, now in reasons:
        if was != now:
            return Way(way.fingerprint, way.since, way.calls, differs, was, now)
    same = dict(before.definitions) == dict(after.definitions)
    return Way(way.fingerprint, way.since, way.calls, "other" if same else "definitions")


def _table(
    calls: Sequence[StoredCall], contested: Mapping[str, Sequence[Contest]], ways: Sequence[str]
) -> pd.DataFrame:
    """Return one row a call and line in which something came up, in the order of the calls."""
    say = load_sentences()
    keys = {say(f"skill.{key}"): key for key in SKILLS}
    rows = []
    for number, call in enumerate(calls):
        when, way = monday(day(call)), ways.index(call.fingerprint)
        for found in counted(call, contested[call.sha256]):
            measure = found.key != "skill"
            key = found.key if measure else keys.get(found.label, found.label)
            label = "" if measure else found.label
            rows.append((number, call.at, when, way, key, label, found.met, found.of))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _lines(table: pd.DataFrame, latest: int) -> tuple[Line, ...]:
    """Return the lines in the rubric's order, the measure first; a skill that nobody named so goes last."""
    order = {key: place for place, key in enumerate((FIRST, *SKILLS))}
    lines = [_line(str(key), rows, latest) for key, rows in table.groupby("key", sort=False)]
    return tuple(sorted(lines, key=lambda line: (order.get(line.key, len(order)), line.key)))


def _line(key: str, rows: pd.DataFrame, latest: int) -> Line:
    points = tuple(_point(part) for _, part in rows.groupby(["week", "way"], sort=True))
    comparable = rows[rows["way"] == latest]
    total = _point(comparable) if len(comparable) else None
    before, now = comparable.iloc[: len(comparable) // 2], comparable.iloc[len(comparable) // 2 :]
    label, verdict = str(rows["label"].iloc[-1]), _verdict(before, now)
    return Line(key, label, points, total, _half(before), _half(now), verdict)


def _point(rows: pd.DataFrame) -> Point:
    low, high = of_calls(_pairs(rows))
    first = rows.iloc[0]
    return Point(first["week"], int(first["way"]), len(rows), int(rows["met"].sum()), int(rows["of"].sum()), low, high)


def _half(rows: pd.DataFrame) -> Half | None:
    return Half(len(rows), int(rows["met"].sum()), int(rows["of"].sum())) if len(rows) else None


def _pairs(rows: pd.DataFrame) -> list[tuple[int, int]]:
    return [(int(met), int(of)) for met, of in zip(rows["met"], rows["of"], strict=True)]


def _verdict(before: pd.DataFrame, now: pd.DataFrame) -> Verdict:
    """Return how later calls stand to earlier ones; a difference only where chance hardly explains it."""
    if min(before["of"].sum(), now["of"].sum(), len(before) + len(now)) < HANDFUL:
        return "few"
    verdicts: Mapping[int, Verdict] = {1: "better", -1: "less"}
    return verdicts.get(apart(_pairs(before), _pairs(now)), "same")


def _ear(answers: Iterable[Answer], calls: set[str]) -> Ear:
    """Return how often the person's own ear and what was measured agreed: the last answer about a place counts."""
    last: dict[tuple[str, float | None], Answer] = {}
    for answer in sorted(answers, key=lambda answer: (answer.at, answer.id)):
        if answer.question == "heard" and answer.sha256 in calls and answer.answer != "skip":
            last[answer.sha256, answer.start] = answer
    pairs = [(answer.answer, answer.kind or "") for answer in last.values()]
    agreed = sum(pair in _AGREE for pair in pairs)
    return Ear(len(pairs), agreed + sum(pair in _DIFFER for pair in pairs), agreed)
