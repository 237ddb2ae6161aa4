"""Rows written: each function is one part of one transaction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final

from sqlalchemy import Connection, delete, insert, select, update

from coach.store import tables
from coach.store.errors import ForgottenError, ReviewFileError
from coach.store.reading import Row, Rows

KNOWN_BESIDES: Final = ("agent", "direction", "started_at", "call_type")
"""What others than the review may know of a call."""


@dataclass(frozen=True, slots=True)
class Besides:
    """What is known of a call besides its review; what is ``None`` leaves the review's own."""

    agent: str | None = None
    direction: str | None = None
    started_at: datetime | None = None
    call_type: str | None = None
    report: str | None = None


def now() -> datetime:
    """Return the time, in UTC."""
    return datetime.now(UTC)


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
    made = connection.scalar(
        insert(tables.results)
        .values(**rows.result, reviewed_at=now(), report=besides.report)
        .returning(tables.results.c.id)
    )
    for table in tables.OF_RESULT:
        parts = rows.parts[table.name]
        if parts:
            connection.execute(insert(table), [{**part, "result_id": made} for part in parts])


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
    known |= {name: value for name in KNOWN_BESIDES if (value := getattr(besides, name)) is not None}
    there = connection.scalar(select(table.c.sha256).where(table.c.sha256 == rows.sha256))
    if there is None:
        connection.execute(insert(table).values(**known, added_at=now()))
        return
    learned = {name: value for name, value in known.items() if value is not None}
    connection.execute(update(table).where(table.c.sha256 == rows.sha256).values(**learned))
