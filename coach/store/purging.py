"""Calls forgotten, with proof: the rows go, their space is overwritten, and only hashes stay."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import ColumnElement, Connection, Engine, delete, func, insert, select

from coach.conversation import LockedError, StorageError
from coach.store import tables
from coach.store.errors import speaking
from coach.store.fetching import AT_ONCE
from coach.store.opening import PATIENCE
from coach.store.writing import now

DUE: Final = "scrub_due"
"""In ``about`` from the beginning of a purge until the space of what went is overwritten."""

_ENDED: Final = ("done", "failed", "gone")
"""States whose accounts may be forgotten; what was set aside stays known, or it would be tried again."""


@dataclass(frozen=True, slots=True)
class Asked:
    """Which calls to forget: those that meet every condition that is not ``None``."""

    before: datetime | None
    agent: str | None
    only: tuple[str, ...] | None
    why: str


@dataclass(frozen=True, slots=True)
class Gone:
    """What went."""

    calls: tuple[str, ...]
    files: int
    attempts: int


def purge(writing: Engine, folder: Path, asked: Asked) -> Gone:
    """Remove calls. Killed at any point, the next opening of the store ends it.

    Tombstones come first, so that nothing is taken in meanwhile; then the files, then the rows.

    Raises:
        ValueError: No condition.
        StorageError: A file could not be removed; the rows are still there.
    """
    if asked.before is None and asked.agent is None and asked.only is None:
        raise ValueError("a purge needs a condition")
    with writing.begin() as connection:
        hashes = _hashes(connection, asked)
        _bury(connection, hashes, asked.why)
        _mark(connection)
    files = _unlink(folder, hashes)
    if asked.agent is None and asked.only is None:
        files += _unlink_strangers(writing, folder, asked.before)
    with writing.begin() as connection:
        attempts = _forget(connection, hashes) + _forget_accounts(connection, asked)
    return Gone(tuple(hashes), files, attempts)


def resume(writing: Engine, folder: Path) -> None:
    """End a purge that was interrupted: what has a tombstone goes."""
    calls, attempts, dead = tables.calls, tables.attempts, select(tables.tombstones.c.sha256)
    with writing.begin() as connection:
        hashes = set(connection.scalars(select(calls.c.sha256).where(calls.c.sha256.in_(dead))))
        hashes |= {str(sha) for sha in connection.scalars(select(attempts.c.sha256).where(attempts.c.sha256.in_(dead)))}
    if hashes:
        _unlink(folder, sorted(hashes))
        with writing.begin() as connection:
            _forget(connection, sorted(hashes))


def due(connection: Connection) -> bool:
    """Return whether a purge is not quite over."""
    return connection.scalar(select(tables.about.c.value).where(tables.about.c.name == DUE)) is not None


def _mark(connection: Connection) -> None:
    if not due(connection):
        connection.execute(insert(tables.about).values(name=DUE, value="yes"))


def _hashes(connection: Connection, asked: Asked) -> list[str]:
    calls = tables.calls
    conditions: list[ColumnElement[bool]] = []
    if asked.before is not None:
        conditions.append(func.coalesce(calls.c.started_at, calls.c.added_at) < asked.before)
    if asked.agent is not None:
        conditions.append(calls.c.agent == asked.agent)
    if asked.only is None:
        return list(connection.scalars(select(calls.c.sha256).where(*conditions).order_by(calls.c.sha256)))
    if not conditions:
        return sorted(set(asked.only))  # also what was never reviewed here: its files and accounts go all the same
    found: set[str] = set()
    for some in _some(asked.only):
        found.update(connection.scalars(select(calls.c.sha256).where(calls.c.sha256.in_(some), *conditions)))
    return sorted(found)


def _bury(connection: Connection, hashes: Sequence[str], why: str) -> None:
    table = tables.tombstones
    for some in _some(hashes):
        there = set(connection.scalars(select(table.c.sha256).where(table.c.sha256.in_(some))))
        new = [{"sha256": sha256, "at": now(), "why": why} for sha256 in some if sha256 not in there]
        if new:
            connection.execute(insert(table), new)


def _forget(connection: Connection, hashes: Sequence[str]) -> int:
    attempts, gone = tables.attempts, 0
    for some in _some(hashes):
        connection.execute(delete(tables.calls).where(tables.calls.c.sha256.in_(some)))
        gone += connection.execute(delete(attempts).where(attempts.c.sha256.in_(some))).rowcount
    return gone


def _forget_accounts(connection: Connection, asked: Asked) -> int:
    """Remove accounts that are about no call that went, where the wish is about nothing but time, or one agent."""
    attempts, looks = tables.attempts, tables.looks
    if asked.only is not None:
        return 0
    if asked.agent is not None:
        if asked.before is None:
            connection.execute(delete(looks).where(looks.c.agent == asked.agent))
        return 0
    connection.execute(delete(looks).where(looks.c.at < asked.before))
    old = (attempts.c.last_at < asked.before) & attempts.c.state.in_(_ENDED)
    return connection.execute(delete(attempts).where(old)).rowcount


def _some(hashes: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(hashes), AT_ONCE):
        yield hashes[start : start + AT_ONCE]


def _unlink(folder: Path, hashes: Sequence[str]) -> int:
    """Remove the Parquet files of calls, whatever month they lie in, and return how many."""
    wanted = set(hashes)
    return _remove(folder, [file for file in folder.glob(_FILES) if _whose(file) in wanted])


def _unlink_strangers(writing: Engine, folder: Path, before: datetime | None) -> int:
    """Remove old Parquet files of calls that are not here: their review never came to its end."""
    limit = (before or now()).timestamp()
    old: dict[str, list[Path]] = {}
    for file in folder.glob(_FILES):
        with contextlib.suppress(FileNotFoundError):  # taken away meanwhile
            if file.stat().st_mtime < limit:
                old.setdefault(_whose(file), []).append(file)
    with writing.begin() as connection:
        for some in _some(list(old)):
            for sha256 in connection.scalars(select(tables.calls.c.sha256).where(tables.calls.c.sha256.in_(some))):
                del old[sha256]
    return _remove(folder, [file for files in old.values() for file in files])


_FILES: Final = "*/month=*/*"


def _whose(file: Path) -> str:
    """Return the hash of the call that a file is of, an unfinished file too."""
    return file.name.removeprefix(".").split(".")[0]


def _remove(folder: Path, files: Sequence[Path]) -> int:
    try:
        for file in files:
            file.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(
            f"{folder} could not be cleared: {error.strerror or type(error).__name__}. The calls are still "
            "in the store; mend the folder's permissions and purge again."
        ) from None
    return len(files)


def scrub(engine: Engine, writing: Engine, file: Path | None, patience: float) -> bool:
    """Overwrite the space of rows that went.

    Args:
        engine: Of the database.
        writing: The same for writing.
        file: The database file; ``None`` on a server.
        patience: Seconds to wait for others who read.

    Returns:
        Whether it is done; not while another program holds the database, or where the disk has no room for it.
    """
    try:
        with speaking("the store"):
            _scrub_server(engine, patience) if file is None else _scrub_file(engine, patience)
            with writing.begin() as connection:
                connection.execute(delete(tables.about).where(tables.about.c.name == DUE))
    except (LockedError, StorageError):
        return False
    return True


def _scrub_file(engine: Engine, patience: float) -> None:
    with contextlib.closing(engine.raw_connection()) as raw:
        cursor = raw.cursor()
        cursor.execute(f"PRAGMA busy_timeout = {int(patience * 1000)}")
        try:
            for statement in ("PRAGMA wal_checkpoint(TRUNCATE)", "VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)"):
                row = cursor.execute(statement).fetchone()
                if row is not None and row[0]:
                    raise LockedError("The store is being read.")
        finally:
            cursor.execute(f"PRAGMA busy_timeout = {int(PATIENCE * 1000)}")


def _scrub_server(engine: Engine, patience: float) -> None:
    names = ", ".join(table.name for table in (tables.calls, tables.results, *tables.OF_RESULT, *_OTHERS))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql(f"SET lock_timeout = {int(patience * 1000)}")
        try:
            connection.exec_driver_sql(f"VACUUM (FULL) {names}")
        finally:
            connection.exec_driver_sql("RESET lock_timeout")


_OTHERS: Final = (tables.answers, tables.attempts, tables.looks)
