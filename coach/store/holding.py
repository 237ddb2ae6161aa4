"""A store held for one run: no other run works with it meanwhile, on this computer or, with a server, on another.

A file is held by a lock of the system's on the folder beside it. A server's database is held by an advisory lock in a
transaction that stays open as long as the run goes on, on a connection of its own. It is the transaction's lock and not
the session's because a pooler may give a session's connection to somebody else between two transactions: the lock would
then hold nothing, and nobody would know. The open transaction has written nothing and sees no old state, so that it
keeps the server from clearing nothing away. When the program ends, however it does, the connection and the lock go.
"""

from __future__ import annotations

import contextlib
import os
import re
import socket
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Final, Self

from sqlalchemy import Connection, create_engine
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import NullPool

from coach.conversation import CoachError, LockedError, StorageError
from coach.locking import AT_WORK, STORE, only_one
from coach.store import opening
from coach.store.errors import LOST, speaking
from coach.store.opening import PLAIN, Place

Check = Callable[[], None]
"""Raises where a store is no longer held."""

_RUN: Final = 0x636F6163
"""The first half of the lock's key, "coac"; the second is the schema, for one database may hold several stores."""

_SCHEMA: Final = "coalesce((SELECT oid FROM pg_namespace WHERE nspname = current_schema()), 0)"

_TAKE: Final = f"SELECT pg_try_advisory_xact_lock({_RUN}, ({_SCHEMA})::oid::integer)"

_WHO: Final = f"""
SELECT a.application_name, extract(epoch FROM clock_timestamp() - a.backend_start)
FROM pg_locks l JOIN pg_stat_activity a USING (pid)
WHERE l.locktype = 'advisory' AND l.granted AND l.classid = {_RUN} AND l.objid = {_SCHEMA} AND l.objsubid = 2
  AND l.database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""  # noqa: S608

_STAY: Final = {
    "idle_in_transaction_session_timeout": "0",
    "transaction_timeout": "0",
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
}
"""So that the server does not end a transaction that waits for a long call, and notices within a minute that a computer
has lost its power. Older servers know some of these only."""

_KEEP: Final = {"keepalives_idle": 30, "keepalives_interval": 10, "keepalives_count": 3, "tcp_user_timeout": 30_000}
"""The same on our side: a firewall that forgets silent connections sees some traffic, and a server that went silent is
noticed within half a minute."""

_NAMED: Final = re.compile(r"coach on ([\w.-]{1,30}), process (\d{1,10})")
_GRACE: Final = 1.0
"""Seconds in which the server has noticed that a run was killed just now."""


@contextlib.contextmanager
def held(where: Place) -> Iterator[Check]:
    """Hold a store for one run while the block runs.

    Args:
        where: The store; it need not be there yet.

    Yields:
        What to call before each write. If the server let go of the store meanwhile, it is taken again; it raises
        ``LockedError`` where another run has taken it, and ``StorageError`` where the server is gone.

    Raises:
        LockedError: Another run is at work with it.
        StorageError: Its folder cannot be written to.
        ConfigurationError: The server refuses, or does not answer.
    """
    if where.file is None:
        with _Transaction(where) as transaction:
            yield transaction.check
    else:
        folder = opening.beside(where.file.resolve())  # the same by any name of the file
        with only_one(folder, where=f"with {where.name}", name=STORE):
            yield _is_held


def _is_held() -> None:
    """The system lets go of a file's lock only when the program ends."""


class _Transaction:
    """An open transaction that holds a store on a server."""

    def __init__(self, where: Place) -> None:
        self._name = where.name
        self._engine = create_engine(
            where.url,
            hide_parameters=True,
            poolclass=NullPool,
            isolation_level="READ COMMITTED",  # another may be the server's default, and would keep old rows from going
            connect_args={"connect_timeout": int(opening.PATIENCE), "application_name": _us(), **_KEEP, **PLAIN},
        )
        self._connection: Connection | None = None

    def __enter__(self) -> Self:
        with speaking(self._name):
            self._hold()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._let_go()
        self._engine.dispose()

    def check(self) -> None:
        """Make sure that the store is held, and take it again where the connection was lost.

        Raises:
            LockedError: Another run has taken it.
            StorageError: The server is gone.
        """
        if self._connection is not None:
            with contextlib.suppress(SQLAlchemyError):
                self._connection.exec_driver_sql("SELECT 1")
                return
        self._let_go()
        try:
            with speaking(self._name):
                self._hold()
        except LockedError as error:
            raise LockedError(
                f"The connection by which this run held {self._name} was lost. {error} What is done is kept."
            ) from None
        except CoachError:
            raise StorageError(f"{self._name} {LOST}") from None

    def _hold(self) -> None:
        until = time.monotonic() + _GRACE
        while (other := self._take()) is not None:
            if time.monotonic() > until:
                raise LockedError(other)
            time.sleep(_GRACE / 10)

    def _take(self) -> str | None:
        """Take the store, and return ``None``, or a sentence about who has it."""
        connection = self._engine.connect()
        try:
            _stay(connection)
            if connection.exec_driver_sql(_TAKE).scalar():
                self._connection = connection
                return None
            return AT_WORK.format(where=f"with {self._name}{_who(connection)}")
        finally:
            if self._connection is not connection:
                connection.close()

    def _let_go(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(SQLAlchemyError):
                self._connection.close()
        self._connection = None


def _stay(connection: Connection) -> None:
    names = ", ".join(f"'{name}'" for name in _STAY)
    known = connection.exec_driver_sql(f"SELECT name FROM pg_settings WHERE name IN ({names})").scalars()  # noqa: S608
    settings = ", ".join(f"set_config('{name}', '{_STAY[name]}', true)" for name in known)
    connection.exec_driver_sql(f"SELECT {settings}")


def _us() -> str:
    """Return what the server calls this run: to be told to who comes second, and to whoever looks after the server."""
    host = re.sub(r"[^A-Za-z0-9_.-]", "", socket.gethostname())[:30] or "a-computer"
    return f"coach on {host}, process {os.getpid()}"


def _who(connection: Connection) -> str:
    """Return who holds the store, as a part of a sentence; nothing where the server does not tell."""
    found = connection.exec_driver_sql(_WHO).first()
    named = _NAMED.fullmatch(found[0] or "") if found is not None else None
    if found is None or named is None:
        return ""
    told = f", for {_long(int(found[1]))}" if found[1] is not None else ""
    return f" ({named[0].removeprefix('coach ')}{told})"


def _long(seconds: int) -> str:
    """Return how long that is, with few digits: many together may be taken for somebody's number, and masked."""
    for unit, name in ((86_400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= unit:
            count = seconds // unit
            return f"{count} {name}{'' if count == 1 else 's'}"
    return "less than a minute"
