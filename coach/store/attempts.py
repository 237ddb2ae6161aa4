"""What became of each recording: counted before the work, so that one that kills its worker counts as well."""

from __future__ import annotations

import hashlib
from collections.abc import Collection

from sqlalchemy import Connection, RowMapping, case, func, insert, select, update

from coach.store import tables
from coach.store.database import Database
from coach.store.fields import LONG, SHORT, Row, optional, text
from coach.store.values import Attempt, State
from coach.store.writing import now

_LONGEST_KEY = 500  # letters: PostgreSQL's indexes take no more than some 2,700 bytes
_FRESH: Row = {"stage": None, "message": None, "exit_code": None}


class Attempts(Database):
    """The part of a store that knows where each recording stands."""

    def begin(self, key: str, uri: str, sha256: str | None = None) -> Attempt:
        """Count an attempt before its work begins; when this returns it is on the disk.

        Attempts that never ended add up: what stops its worker each time is known by it. One that ended, however it
        did, lets the count begin anew.

        Args:
            key: What the recording is known by before its bytes were read.
            uri: Where it lies.
            sha256: Where it is known already.
        """
        with self._write() as connection:
            found = _change(connection, key, _at(uri) | {"state": "working"} | _known(sha256), counted=1)
        return _attempt(found)

    def wait(self, key: str, uri: str) -> Attempt:
        """Note a recording that is seen but not ready; no attempt is counted."""
        with self._write() as connection:
            found = _change(connection, key, _at(uri) | {"state": "waiting"}, counted=0)
        return _attempt(found)

    def finish(
        self,
        key: str,
        state: State,
        *,
        sha256: str | None = None,
        stage: str | None = None,
        message: str | None = None,
        exit_code: int | None = None,
    ) -> Attempt:
        """Note what came of an attempt.

        Args:
            key: As given to ``begin``.
            state: Where the recording stands now.
            sha256: Where it is known; what was known stays known.
            stage: Where it ended.
            message: A sentence; never words of the call.
            exit_code: By the table of codes.

        Raises:
            KeyError: The key was never begun.
        """
        values: Row = {
            "state": state,
            "stage": optional(stage, "stage", SHORT),
            "message": optional(message, "message", LONG),
            "exit_code": exit_code,
        }
        with self._write() as connection:
            if _find(connection, key) is None:
                raise KeyError(key)
            found = _change(connection, key, values | _known(sha256), counted=0)
        return _attempt(found)

    def attempt(self, key: str) -> Attempt | None:
        """Return where a recording stands."""
        with self._read() as connection:
            found = _find(connection, key)
        return None if found is None else _attempt(found)

    def attempts(self, states: Collection[State] | None = None) -> list[Attempt]:
        """Return where recordings stand, the one that changed last at the end, whatever the clock said."""
        table = tables.attempts
        wanted = select(table).order_by(table.c.step)
        if states is not None:
            wanted = wanted.where(table.c.state.in_(list(states)))
        with self._read() as connection:
            return [_attempt(row) for row in connection.execute(wanted).mappings()]


def _at(uri: str) -> Row:
    return {"uri": text(uri, "uri", LONG), **_FRESH}


def _known(sha256: str | None) -> Row:
    return {} if sha256 is None else {"sha256": sha256}


def _find(connection: Connection, key: str) -> RowMapping | None:
    table = tables.attempts
    return connection.execute(select(table).where(table.c.key == _short(key))).mappings().first()


def _change(connection: Connection, key: str, values: Row, *, counted: int) -> RowMapping:
    table, at = tables.attempts, now()
    changed = {**values, "step": (connection.scalar(select(func.max(table.c.step))) or 0) + 1, "last_at": at}
    this = table.c.key == _short(key)
    if _find(connection, key) is None:
        connection.execute(insert(table).values(key=_short(key), attempts=counted, first_at=at, **changed))
    else:
        before = case((table.c.state == "working", table.c.attempts), else_=0) if counted else table.c.attempts
        connection.execute(update(table).where(this).values(attempts=before + counted, **changed))
    return connection.execute(select(table).where(this)).mappings().one()


def _attempt(row: RowMapping) -> Attempt:
    return Attempt(**{name: value for name, value in row.items() if name != "step"})


def _short(key: str) -> str:
    """Return a key as an index can hold it."""
    clean = text(key, "key", len(key))
    return clean if len(clean) <= _LONGEST_KEY else "sha256:" + hashlib.sha256(clean.encode()).hexdigest()
