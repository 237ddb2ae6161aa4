"""Rows turned back into values."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import ColumnElement, Connection, RowMapping, Select, Table, func, select

from coach.store import tables
from coach.store.values import (
    Run,
    Sentences,
    StoredAdvice,
    StoredCall,
    StoredMeasure,
    StoredMoment,
    StoredSkill,
)

AT_ONCE = 500
"""Results whose parts are fetched with one question."""

_WORDINGS = 3
"""Ways of saying a thing that are worth remembering."""

_calls, _results = tables.calls, tables.results
_at = func.coalesce(_calls.c.started_at, _calls.c.added_at)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which calls: ``None`` stands for all. ``since`` is in, ``until`` is out."""

    agent: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    fingerprint: str | None = None
    sha256: str | None = None

    def conditions(self) -> Iterator[ColumnElement[bool]]:
        """Yield what a call and its result must meet."""
        if self.agent is not None:
            yield _calls.c.agent == self.agent
        if self.since is not None:
            yield _at >= self.since
        if self.until is not None:
            yield _at < self.until
        if self.fingerprint is not None:
            yield _results.c.fingerprint == self.fingerprint
        if self.sha256 is not None:
            yield _calls.c.sha256 == self.sha256


def newest(wanted: Wanted) -> Select[tuple[int]]:
    """Return the question for the ids of each call's newest result, or of its result of one fingerprint."""
    chosen = select(func.max(_results.c.id).label("id"))
    if wanted.fingerprint is not None:
        chosen = chosen.where(_results.c.fingerprint == wanted.fingerprint)
    if wanted.sha256 is not None:
        chosen = chosen.where(_results.c.sha256 == wanted.sha256)
    return chosen.group_by(_results.c.sha256)


def calls(connection: Connection, wanted: Wanted, kinds: Collection[str] | None = None) -> list[StoredCall]:
    """Return calls in order of time, each with its newest result that meets the wish.

    Args:
        connection: To the database.
        wanted: Which calls.
        kinds: Which moments come with them; ``None`` for all.
    """
    question = (
        select(
            *(column for column in _calls.c if column.name != "sha256"),
            *_results.c,
        )
        .join(_calls, _calls.c.sha256 == _results.c.sha256)
        .where(_results.c.id.in_(newest(wanted)), *wanted.conditions())
        .order_by(_at, _results.c.id)
    )
    rows = connection.execute(question).mappings().all()
    definitions = {run.fingerprint: run.definitions for run in runs(connection)}
    found = []
    for some in _batches(rows):
        parts = _Parts(connection, [row["id"] for row in some], kinds)
        found += [_call(row, parts, definitions[row["fingerprint"]]) for row in some]
    return found


def _batches(rows: Iterable[RowMapping]) -> Iterator[list[RowMapping]]:
    remaining = iter(rows)
    while batch := list(islice(remaining, AT_ONCE)):
        yield batch


class _Parts:
    """What belongs to some results, fetched together."""

    def __init__(self, connection: Connection, ids: Sequence[int], kinds: Collection[str] | None) -> None:
        kind = tables.moments.c.kind
        some = [] if kinds is None else [kind.in_(list(kinds))]
        self.measures = _fetch(connection, _of(tables.measures, "name", ids))
        self.moments = _fetch(connection, _of(tables.moments, "position", ids).where(*some))
        self.skills = _fetch(connection, _of(tables.skills, "position", ids))
        self.advice = _fetch(connection, _of(tables.advice, "kind", ids))


def _of(table: Table, order: str, ids: Sequence[int]) -> Select[Any]:
    return select(table).where(table.c.result_id.in_(ids)).order_by(table.c.result_id, table.c[order])


def _fetch(connection: Connection, question: Select[Any]) -> Mapping[int, list[RowMapping]]:
    by: defaultdict[int, list[RowMapping]] = defaultdict(list)
    for row in connection.execute(question).mappings():
        by[row["result_id"]].append(row)
    return by


def _call(row: RowMapping, parts: _Parts, definitions: Mapping[str, int]) -> StoredCall:
    made: int = row["id"]
    named: dict[str, Any] = {name: row[name] for name in _PLAIN}
    return StoredCall(
        **named,
        warnings=tuple(row["warnings"]),
        definitions=definitions,
        measures={part["name"]: _measure(part) for part in parts.measures.get(made, ())},
        moments=tuple(_moment(part) for part in parts.moments.get(made, ())),
        skills=tuple(_skill(part) for part in parts.skills.get(made, ())),
        advice=tuple(
            StoredAdvice(part["kind"], part["skill"], part["moment"], part["said"])
            for part in parts.advice.get(made, ())
        ),
    )


_PLAIN = (
    *("sha256", "uri", "agent", "started_at", "direction", "call_type", "duration", "separation", "heard_agent"),
    *("added_at", "heard_customer", "fingerprint", "reviewed_at", "report", "hard", "roles_known", "words_agent"),
)


def _measure(row: RowMapping) -> StoredMeasure:
    return StoredMeasure(row["name"], row["value"], row["unit"], row["numerator"], row["denominator"], row["why"])


def _moment(row: RowMapping) -> StoredMoment:
    return StoredMoment(
        id=row["id"],
        index=row["position"],
        kind=row["kind"],
        role=row["role"],
        start=row["start_s"],
        end=row["end_s"],
        text=row["text"],
        confidence=row["confidence"],
        evidence=row["evidence"],
    )


def _skill(row: RowMapping) -> StoredSkill:
    return StoredSkill(
        row["name"], row["met"], row["judged"], row["score"], row["weight"], row["why"], tuple(row["moments"])
    )


def runs(connection: Connection) -> list[Run]:
    """Return every run that has results, by fingerprint."""
    table = tables.runs
    used = select(_results.c.fingerprint)
    rows = connection.execute(
        select(table).where(table.c.fingerprint.in_(used)).order_by(table.c.fingerprint)
    ).mappings()
    return [Run(**row) for row in rows]


def sentences(connection: Connection, agent: str | None, kinds: Sequence[str]) -> Sentences:
    """Return what an agent said, and in how many calls; of all calls where no agent is named."""
    wanted = Wanted(agent=agent)
    ids = [
        row[0]
        for row in connection.execute(
            select(_results.c.id)
            .join(_calls, _calls.c.sha256 == _results.c.sha256)
            .where(_results.c.id.in_(newest(wanted)), *wanted.conditions())
        )
    ]
    often: Counter[str] = Counter()
    said: defaultdict[str, Counter[str]] = defaultdict(Counter)
    of, moments = tables.sentences, tables.moments
    for start in range(0, len(ids), AT_ONCE):
        some = ids[start : start + AT_ONCE]
        counts = select(of.c.sentence, func.count()).where(of.c.result_id.in_(some)).group_by(of.c.sentence)
        often.update({sentence: calls for sentence, calls in connection.execute(counts)})
        spoken = select(moments.c.kind, moments.c.text).where(
            moments.c.result_id.in_(some), moments.c.role == "agent", moments.c.kind.in_(kinds)
        )
        for kind, text in connection.execute(spoken):
            said[kind][text] += 1
    wordings = {kind: tuple(text for text, _ in counts.most_common(_WORDINGS)) for kind, counts in said.items()}
    return Sentences(len(ids), dict(often), wordings)
