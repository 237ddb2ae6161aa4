"""Rows written: each function is one part of one transaction."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Connection, Insert, delete, insert, select, update

from coach.store import tables
from coach.store.errors import ForgottenError, ReviewFileError
from coach.store.fields import LONG, SHORT, Row, optional, text
from coach.store.reading import LONGEST_SENTENCE, Rows

KNOWN_BESIDES: Final = ("agent", "direction", "started_at", "call_type")
"""What others than the review may know of a call."""


@dataclass(frozen=True, slots=True)
class Besides:
    """What is known of a call besides its review; what is ``None`` leaves the review's own, and what was known before.

    Attributes:
        agent: Who took the call.
        direction: Such as ``inbound``.
        started_at: When the call began, with its zone.
        call_type: What kind of call it was.
        report: Where its report lies.
        whole: Whether that is all that is known now, so that what is ``None`` was taken back and goes.
    """

    agent: str | None = None
    direction: str | None = None
    started_at: datetime | None = None
    call_type: str | None = None
    report: str | None = None
    whole: bool = False


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


def besides(known: Besides) -> Besides:
    """Return what is known besides, as databases take it."""
    return replace(
        known,
        agent=optional(known.agent, "agent", SHORT),
        direction=optional(known.direction, "direction", SHORT),
        call_type=optional(known.call_type, "call_type", SHORT),
        report=optional(known.report, "report", LONG),
    )


def inserted(connection: Connection, statement: Insert) -> int:
    """Insert one row, and return its id."""
    key: Any = connection.execute(statement).inserted_primary_key
    return int(key[0])


def record(connection: Connection, rows: Rows, besides: Besides) -> None:
    """Write one review; one of the same call by the same means goes.

    Raises:
        ForgottenError: The call was purged.
        ReviewFileError: Another review of this fingerprint has other definitions.
    """
    if connection.scalar(select(tables.tombstones.c.at).where(tables.tombstones.c.sha256 == rows.sha256)) is not None:
        raise ForgottenError(
            f"The call {rows.sha256[:12]} was purged from this store and is not taken in again. "
            "Lift that first, if it is really wanted."
        )
    _run(connection, rows.run)
    _call(connection, rows, besides)
    same = (tables.results.c.sha256 == rows.sha256) & (tables.results.c.fingerprint == rows.run["fingerprint"])
    connection.execute(delete(tables.results).where(same))
    made = inserted(connection, insert(tables.results).values(**rows.result, reviewed_at=now(), report=besides.report))
    for table in tables.OF_RESULT:
        parts = rows.parts[table.name]
        if parts:
            connection.execute(insert(table), [{**part, "result_id": made} for part in parts])


def remember(connection: Connection, sha256: str, fingerprint: str, sentences: Iterable[str]) -> None:
    """Put sentences in the place of those of a result, if there is one."""
    results, table = tables.results, tables.sentences
    made = connection.scalar(
        select(results.c.id).where(results.c.sha256 == sha256, results.c.fingerprint == fingerprint)
    )
    if made is None:
        return
    connection.execute(delete(table).where(table.c.result_id == made))
    new = {text(sentence, "sentence", LONGEST_SENTENCE) for sentence in sentences}
    if new:
        connection.execute(insert(table), [{"result_id": made, "sentence": sentence} for sentence in sorted(new)])


def _run(connection: Connection, run: Row) -> None:
    table = tables.runs
    there = connection.execute(select(table).where(table.c.fingerprint == run["fingerprint"])).mappings().first()
    if there is None:
        connection.execute(insert(table).values(**run))
    elif there["definitions"] != run["definitions"]:
        raise ReviewFileError(
            f"This review cannot be stored: its fingerprint {str(run['fingerprint'])[:16]} stands here for other "
            "definitions of the measures. Review the call anew."
        )


def _call(connection: Connection, rows: Rows, besides: Besides) -> None:
    table = tables.calls
    known = dict(rows.call)
    told = {name: getattr(besides, name) for name in KNOWN_BESIDES}
    if not besides.whole:
        told = {name: value for name, value in told.items() if value is not None}
    known |= told
    there = connection.scalar(select(table.c.sha256).where(table.c.sha256 == rows.sha256))
    if there is None:
        connection.execute(insert(table).values(**known, added_at=now()))
        return
    learned = told | {name: value for name, value in known.items() if value is not None}
    connection.execute(update(table).where(table.c.sha256 == rows.sha256).values(**learned))
