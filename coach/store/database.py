"""An open database, and how it is asked: what every part of the store stands on."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine

from coach.store.errors import speaking
from coach.store.holding import Check
from coach.store.opening import Place


class Database:
    """An open database; close it, or use it in a ``with`` block. One writer at a time, readers beside it."""

    def __init__(self, engine: Engine, where: Place, check: Check | None = None) -> None:
        # Readers see one state from their first question to their last; SQLite does that of itself.
        self._reading = engine if where.file else engine.execution_options(isolation_level="REPEATABLE READ")
        self._writing = engine.execution_options(writing=True)
        self._engine = engine
        self._where = where
        self._check = check if check is not None else lambda: None
        self._holding = contextlib.ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._where.name}>"

    @property
    def name(self) -> str:
        """What messages call it: a file, or a database and its server; never with a password."""
        return self._where.name

    @property
    def file(self) -> Path | None:
        """The database file; ``None`` on a server."""
        return self._where.file

    def close(self) -> None:
        """Let go of the database, and then of what holds it for this run alone."""
        self._engine.dispose()
        self._holding.close()

    @contextlib.contextmanager
    def _write(self) -> Iterator[Connection]:
        """Yield a connection in a transaction that is on the disk when the block has ended, or was never."""
        self._check()
        with speaking(self.name), self._writing.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def _read(self) -> Iterator[Connection]:
        with speaking(self.name), self._reading.begin() as connection:
            yield connection
