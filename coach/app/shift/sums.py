"""What is counted about each person in a shift: added up over whole weeks, shown only where it says something.

Nobody is ranked, nothing is averaged, and no sum is taken over two people. Every rule that protects a person is
applied here, before a page or a table sees a number.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, timedelta, tzinfo
from itertools import groupby
from unicodedata import combining, normalize

from coach.app.shift.contests import Counted, contests, counted
from coach.app.shift.intervals import apart, of_calls
from coach.reporting.shift_values import (
    AgentFigures,
    AgentSkill,
    Change,
    Compared,
    Era,
    Figure,
    Period,
    SoFar,
    TypeFigure,
    enough,
)
from coach.reporting.text import clean
from coach.store.values import Answer, Run, StoredCall


@dataclass(frozen=True, slots=True)
class Counts:
    """One call's opportunities of one skill, with the day and type that it belongs to."""

    met: int
    of: int
    day: date | None
    call_type: str | None


@dataclass(frozen=True, slots=True)
class Sums:
    """A shift's calls, sorted by whether anything may be counted in them, and what was.

    Attributes:
        agents: In the order of the alphabet.
        calls: Each agent's calls in order of time, whether or not anything is counted in them.
        nobodys: Calls whose agent is not known.
        roles_unknown: Calls of which it is not known which voice is the agent's.
        before_told: Calls from before the staff were told.
    """

    agents: tuple[AgentFigures, ...]
    calls: Mapping[str, tuple[StoredCall, ...]]
    nobodys: tuple[StoredCall, ...]
    roles_unknown: tuple[StoredCall, ...]
    before_told: tuple[StoredCall, ...]


def sum_up(
    calls: Iterable[StoredCall],
    answers: Iterable[Answer] = (),
    runs: Iterable[Run] = (),
    *,
    told_on: date | None = None,
    zone: tzinfo = UTC,
) -> Sums:
    """Return what may be said about each person.

    Args:
        calls: Reviews; of several of one recording the newest counts.
        answers: What people said about them: contested moments leave the sums.
        runs: What made the reviews, to say what changed between two of them.
        told_on: When the staff were told; calls of earlier days are counted nowhere.
        zone: Whose days and weeks they are.
    """

    def day(call: StoredCall) -> date | None:
        return started_on(call, zone)

    newest = latest(calls)
    before = tuple(call for call in newest if told_on is not None and _before(call, told_on, day))
    early = {call.sha256 for call in before}
    of_agent: dict[str, list[StoredCall]] = defaultdict(list)
    nobodys: list[StoredCall] = []
    for call in newest:
        if call.sha256 not in early:
            name = agent_of(call)
            (nobodys if name is None else of_agent[name]).append(call)
    by_call: dict[str, list[Answer]] = defaultdict(list)
    for answer in answers:
        by_call[answer.sha256].append(answer)
    by_fingerprint = {run.fingerprint: run for run in runs}
    names = sorted(of_agent, key=alphabet)
    agents = tuple(_figures(name, of_agent[name], by_call, by_fingerprint, day) for name in names)
    unclear = [call for name in names for call in of_agent[name] if not voices_known(call)]
    return Sums(agents, {name: tuple(of_agent[name]) for name in names}, tuple(nobodys), _in_time(unclear), before)


def latest(calls: Iterable[StoredCall]) -> tuple[StoredCall, ...]:
    """Return the newest review of each recording, in order of time."""
    newest: dict[str, StoredCall] = {}
    for call in calls:
        held = newest.get(call.sha256)
        if held is None or call.reviewed_at >= held.reviewed_at:
            newest[call.sha256] = call
    return _in_time(newest.values())


def _in_time(calls: Iterable[StoredCall]) -> tuple[StoredCall, ...]:
    return tuple(sorted(calls, key=lambda call: (call.at, call.sha256)))


def agent_of(call: StoredCall) -> str | None:
    """Return who took a call as it may be shown; ``None`` where nobody is named."""
    name = clean(call.agent or "")
    return None if not name or name.casefold() == "unknown" else name


def alphabet(name: str) -> tuple[str, str]:
    """Return what names are sorted by: letters as they stand in a book of names, accents aside.

    >>> sorted(["Zoe", "Çelik", "ann"], key=alphabet)
    ['ann', 'Çelik', 'Zoe']
    """
    plain = "".join(letter for letter in normalize("NFKD", name) if not combining(letter))
    return plain.casefold(), name


def voices_known(call: StoredCall) -> bool:
    """Whether it is known which of the voices is the agent's."""
    return call.roles_known and call.separation != "none"


def started_on(call: StoredCall, zone: tzinfo = UTC) -> date | None:
    """Return the day on which a call began, ``None`` where that is not known."""
    at = call.started_at
    if at is None:
        return None
    return (at if at.tzinfo is not None else at.replace(tzinfo=UTC)).astimezone(zone).date()


def _before(call: StoredCall, told_on: date, day: Callable[[StoredCall], date | None]) -> bool:
    started = day(call)
    return started is not None and started < told_on


def _figures(
    agent: str,
    calls: Sequence[StoredCall],
    answers: Mapping[str, Sequence[Answer]],
    runs: Mapping[str, Run],
    day: Callable[[StoredCall], date | None],
) -> AgentFigures:
    """Return everything that is counted about one person, from their calls in order of time."""
    judged, waiting = 0, 0
    order: dict[tuple[str, str], None] = {}
    found: dict[tuple[str, str], dict[str, list[Counts]]] = defaultdict(lambda: defaultdict(list))
    for call in calls:
        contested = contests(call, answers.get(call.sha256, ()))
        waiting += sum(contest.state == "open" for contest in contested)
        if call.hard or not voices_known(call):
            continue
        opportunities = counted(call, contested)
        judged += bool(opportunities)
        for each in opportunities:
            order.setdefault((each.key, each.label))
            found[each.key, each.label][call.fingerprint].append(_counts(each, call, day))
    changes = _changes([call for call in calls if not call.hard and voices_known(call)], runs)
    skills = tuple(AgentSkill(*name, _eras(found[name], changes)) for name in sorted(order, key=_measures_first))
    return AgentFigures(agent, len(calls), judged, waiting, skills)


def _measures_first(name: tuple[str, str]) -> bool:
    return name[0] == "skill"


def _counts(each: Counted, call: StoredCall, day: Callable[[StoredCall], date | None]) -> Counts:
    return Counts(each.met, each.of, day(call), clean(call.call_type or "") or None)


def _changes(calls: Sequence[StoredCall], runs: Mapping[str, Run]) -> Mapping[str, tuple[Change, tuple[str, ...]]]:
    """Return, for each fingerprint in order of its first call, what changed from the one before."""
    first = {call.fingerprint: call for call in reversed(calls)}
    fingerprints = list(dict.fromkeys(call.fingerprint for call in calls))
    changes: dict[str, tuple[Change, tuple[str, ...]]] = {}
    for position, fingerprint in enumerate(fingerprints):
        if not position:
            changes[fingerprint] = ("first", ())
            continue
        before = fingerprints[position - 1]
        old, new = (_definitions(which, first, runs) for which in (before, fingerprint))
        changed = tuple(sorted(name for name in {*old, *new} if old.get(name) != new.get(name)))
        if changed:
            changes[fingerprint] = ("definitions", changed)
        else:
            changes[fingerprint] = (
                "hearing" if _hears_otherwise(runs.get(before), runs.get(fingerprint)) else "other",
                (),
            )
    return changes


def _hears_otherwise(before: Run | None, now: Run | None) -> bool:
    if before is None or now is None:
        return False
    return (before.transcriber, before.diarizer) != (now.transcriber, now.diarizer)


def _definitions(fingerprint: str, calls: Mapping[str, StoredCall], runs: Mapping[str, Run]) -> Mapping[str, int]:
    run = runs.get(fingerprint)
    return run.definitions if run is not None else calls[fingerprint].definitions


def _eras(
    found: Mapping[str, Sequence[Counts]], changes: Mapping[str, tuple[Change, tuple[str, ...]]]
) -> tuple[Era, ...]:
    """Return what was counted under each fingerprint, apart from each other, in order of time."""
    eras: list[Era] = []
    for fingerprint, (change, changed) in changes.items():
        if fingerprint in found:
            # The first that anything was counted under has nothing before it that it differs from.
            told: tuple[Change, tuple[str, ...]] = (change, changed) if eras else ("first", ())
            eras.append(_era(fingerprint, *told, found[fingerprint]))
    return tuple(eras)


def _era(fingerprint: str, change: Change, changed: tuple[str, ...], counts: Sequence[Counts]) -> Era:
    undated = [each for each in counts if each.day is None]
    grouped, left = _periods([each for each in counts if each.day is not None])
    periods: list[Period] = []
    shown: list[Counts] = []
    if _enough(undated):
        periods.append(Period(None, None, _figure(undated)))
        shown += undated
    else:
        left = [*left, *undated]
    before: Sequence[Counts] | None = None
    for group in grouped:
        periods.append(_period(group, before))
        shown += group
        before = group
    so_far = SoFar(sum(each.of for each in left), len(left)) if left or not periods else None
    return Era(fingerprint, change, changed, tuple(periods), so_far, _types(shown))


def _periods(counts: Sequence[Counts]) -> tuple[list[list[Counts]], list[Counts]]:
    """Return runs of whole weeks, each just long enough for a figure, and what has come together since.

    They start with the earliest week and no week is in two of them, so that what one of them leaves out cannot be
    worked out from another.
    """
    whole: list[list[Counts]] = []
    gathering: list[Counts] = []
    for _, week in groupby(sorted(counts, key=_week), key=_week):
        gathering += week
        if _enough(gathering):
            whole.append(gathering)
            gathering = []
    return whole, gathering


def _week(each: Counts) -> date:
    day = each.day or date.min
    return day - timedelta(days=day.weekday())


def _period(group: Sequence[Counts], before: Sequence[Counts] | None) -> Period:
    weeks = [_week(each) for each in group]
    compared: Compared | None = None
    if before is not None:
        ways: Mapping[int, Compared] = {1: "more", -1: "less", 0: "same"}
        compared = ways[apart(_pairs(before), _pairs(group))]
    return Period(min(weeks), max(weeks) + timedelta(days=6), _figure(group), compared)


def _types(shown: Sequence[Counts]) -> tuple[TypeFigure, ...]:
    """Return sums by type of call, such that nothing too small can be worked out as what is left of the whole.

    Args:
        shown: What the periods show: the types add up to it, so what they leave out must be enough by itself too.
    """
    by_type: dict[str | None, list[Counts]] = defaultdict(list)
    for each in shown:
        by_type[each.call_type].append(each)
    rest = by_type.pop(None, [])
    for name in [name for name, counts in by_type.items() if not _enough(counts)]:
        rest += by_type.pop(name)
    while rest and by_type and not _enough(rest):
        fewest = min(by_type, key=lambda name: (sum(each.of for each in by_type[name]), str(name)))
        rest += by_type.pop(fewest)
    if not by_type or (len(by_type) == 1 and not rest):
        return ()  # one type alone is the whole, which is shown already
    types = [
        TypeFigure(name, _figure(by_type[name])) for name in sorted(by_type, key=lambda name: str(name).casefold())
    ]
    return (*types, *([TypeFigure(None, _figure(rest))] if rest else []))


def _enough(counts: Sequence[Counts]) -> bool:
    return enough(sum(each.of for each in counts), len(counts))


def _figure(counts: Sequence[Counts]) -> Figure:
    low, high = of_calls(_pairs(counts))
    return Figure(sum(each.met for each in counts), sum(each.of for each in counts), len(counts), low, high)


def _pairs(counts: Sequence[Counts]) -> list[tuple[int, int]]:
    return [(each.met, each.of) for each in counts]
