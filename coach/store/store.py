"""The store: calls and what was found in them, what people answered, and what became of each recording."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from sqlalchemy import Connection, Engine, delete, select

from coach.store import accounts, fetching, purging, tables
from coach.store.errors import speaking
from coach.store.fetching import AT_ONCE, Wanted
from coach.store.opening import Place, connect, place, prepare
from coach.store.reading import rows
from coach.store.values import (
    Answer,
    Attempt,
    Look,
    Purged,
    Purpose,
    Run,
    Sentences,
    Spot,
    State,
    StoredCall,
    Tombstone,
)
from coach.store.writing import Besides, now, record

WORDED: Final = ("empathy", "reassurance", "apology", "ownership", "paraphrase", "recap", "option", "walkthrough")
"""Kinds of moment whose other wordings are worth remembering."""


def open_store(url: str | None = None, *, purpose: Purpose, folder: Path | None = None) -> Store:
    """Open a store, making it or bringing it up to date where needed.

    Args:
        url: ``sqlite:///FILE``, a file's path, or ``postgresql+psycopg://USER@HOST/NAME``; ``None`` for the
            user's own ``own.sqlite`` or ``shift.sqlite``.
        purpose: Whose it is; a store is never opened as the other's.
        folder: Where the Parquet files of its calls lie; beside the database file where not given.

    Raises:
        ConfigurationError: It is newer than this program, of the other purpose, no store of ours, or a server refuses.
        StorageError: It cannot be made, lies on a network's disk, or its disk is full.
        LockedError: Another program holds it.
    """
    where = place(url, purpose)
    with speaking(where.name):
        engine = connect(where)
    try:
        prepare(engine, where, purpose)
    except BaseException:
        engine.dispose()
        raise
    store = Store(engine, where, where.folder if folder is None else folder)
    store._finish_purge()
    return store


class Store:
    """An open store; close it, or use it in a ``with`` block. One writer at a time, readers beside it."""

    def __init__(self, engine: Engine, where: Place, folder: Path) -> None:
        self._engine = engine
        self._writing = engine.execution_options(writing=True)
        self._where = where
        self.folder = folder

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Store {self._where.name}>"

    @property
    def name(self) -> str:
        """What messages call it: a file, or a database and its server; never with a password."""
        return self._where.name

    @property
    def file(self) -> Path | None:
        """The database file; ``None`` on a server."""
        return self._where.file

    def close(self) -> None:
        """Let go of the database."""
        self._engine.dispose()

    @contextlib.contextmanager
    def _write(self) -> Iterator[Connection]:
        with speaking(self.name), self._writing.begin() as connection:
            yield connection

    @contextlib.contextmanager
    def _read(self) -> Iterator[Connection]:
        with speaking(self.name), self._engine.begin() as connection:
            yield connection

    # -- reviews

    def record(
        self,
        review: Mapping[str, object],
        *,
        report: str | Path | None = None,
        agent: str | None = None,
        direction: str | None = None,
        started_at: datetime | None = None,
        call_type: str | None = None,
    ) -> StoredCall:
        """Take in a review, whole or not at all. One of the same call and fingerprint is replaced.

        Args:
            review: A review file's content, schema ``coach.review/1``.
            report: Where its report lies.
            agent: Who took the call, where that is known better than the review knows.
            direction: Such as ``inbound``.
            started_at: When the call began, with its zone.
            call_type: What kind of call it was.

        Raises:
            ReviewFileError: The review's content is not what it must be; nothing was written.
            ForgottenError: The call was purged.
            StorageError: The disk is full or damaged; nothing was written.
            LockedError: Another program holds the store.
        """
        made = rows(review)
        besides = Besides(agent, direction, started_at, call_type, None if report is None else str(report))
        with self._write() as connection:
            record(connection, made, besides)
            return fetching.calls(connection, Wanted(sha256=made.sha256, fingerprint=str(made.run["fingerprint"])))[0]

    def has(self, sha256: str, fingerprint: str) -> bool:
        """Return whether a call was reviewed by these means."""
        return bool(self.has_many((sha256,), fingerprint))

    def has_many(self, sha256s: Iterable[str], fingerprint: str) -> set[str]:
        """Return those of many calls that were reviewed by these means, with few questions to the database."""
        wanted, table = list(sha256s), tables.results
        found: set[str] = set()
        with self._read() as connection:
            for start in range(0, len(wanted), AT_ONCE):
                some = table.c.sha256.in_(wanted[start : start + AT_ONCE])
                found.update(connection.scalars(select(table.c.sha256).where(some, table.c.fingerprint == fingerprint)))
        return found

    def calls(
        self,
        *,
        agent: str | None = None,
        since: datetime | None = None,
        until: datetime | None = None,
        fingerprint: str | None = None,
    ) -> list[StoredCall]:
        """Return calls in order of time, each with its newest result.

        Args:
            agent: Only this agent's.
            since: Begun at this time or later; a call of unknown time counts by when it was reviewed.
            until: Begun before this time.
            fingerprint: Only results of these means, newest or not.
        """
        with self._read() as connection:
            return fetching.calls(connection, Wanted(agent, since, until, fingerprint))

    def call(self, sha256: str, fingerprint: str | None = None) -> StoredCall | None:
        """Return one call with its newest result, or that of a fingerprint."""
        with self._read() as connection:
            found = fetching.calls(connection, Wanted(sha256=sha256, fingerprint=fingerprint))
        return found[0] if found else None

    def runs(self) -> list[Run]:
        """Return what made the results that are here."""
        with self._read() as connection:
            return fetching.runs(connection)

    def agents(self) -> list[str]:
        """Return the names of agents that calls are of, in alphabetical order."""
        agent = tables.calls.c.agent
        with self._read() as connection:
            return sorted(name for name in connection.scalars(select(agent).distinct()) if name is not None)

    def sentences(self, agent: str | None = None) -> Sentences:
        """Return what an agent said in how many calls; over all calls where no agent is named."""
        with self._read() as connection:
            return fetching.sentences(connection, agent, WORDED)

    # -- answers

    def answer(
        self,
        sha256: str,
        *,
        question: str,
        answer: str,
        who: str,
        moment: Spot | None = None,
        at: datetime | None = None,
    ) -> Answer:
        """Take in what a person said about a call; the same person's earlier word on the same thing is replaced.

        Args:
            sha256: The call.
            question: ``heard``, ``misheard``, ``judged:NAME`` or ``picked``.
            answer: A word; free text only masked.
            who: Who answers.
            moment: What it is about; ``None`` for the whole call.
            at: When; now, where not given.

        Raises:
            ConfigurationError: The call is not here.
        """
        with self._write() as connection:
            return accounts.answer(
                connection,
                Answer(
                    id=0,
                    sha256=sha256,
                    moment_index=moment.index if moment else None,
                    kind=moment.kind if moment else None,
                    start=moment.start if moment else None,
                    who=who,
                    question=question,
                    answer=answer,
                    at=at or now(),
                ),
            )

    def answers(
        self,
        *,
        sha256: str | None = None,
        question: str | None = None,
        who: str | None = None,
        agent: str | None = None,
    ) -> list[Answer]:
        """Return answers in the order in which they came; a question ending in ``:`` stands for all that begin so."""
        with self._read() as connection:
            return accounts.answers(connection, sha256=sha256, question=question, who=who, agent=agent)

    def settle(self, answer_id: int, verdict: str) -> Answer:
        """Note what was decided about a contested moment.

        Raises:
            ConfigurationError: There is no such answer.
        """
        with self._write() as connection:
            return accounts.settle(connection, answer_id, verdict)

    # -- attempts

    def begin(self, key: str, uri: str, sha256: str | None = None) -> Attempt:
        """Count an attempt before its work begins; when this returns it is on the disk.

        Args:
            key: What the recording is known by before its bytes were read.
            uri: Where it lies.
            sha256: Where it is known already.
        """
        with self._write() as connection:
            return accounts.begin(connection, key, uri, sha256)

    def wait(self, key: str, uri: str) -> Attempt:
        """Note a recording that is seen but not ready; no attempt is counted."""
        with self._write() as connection:
            return accounts.wait(connection, key, uri)

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
            sha256: Where it is known.
            stage: Where it ended.
            message: A sentence; never words of the call.
            exit_code: By the table of codes.

        Raises:
            KeyError: The key was never begun.
        """
        with self._write() as connection:
            return accounts.finish(
                connection, key, state, sha256=sha256, stage=stage, message=message, exit_code=exit_code
            )

    def attempt(self, key: str) -> Attempt | None:
        """Return where a recording stands."""
        with self._read() as connection:
            return accounts.attempt(connection, key)

    def attempts(self, states: Collection[State] | None = None) -> list[Attempt]:
        """Return where recordings stand, the one that changed last at the end, whatever the clock said."""
        with self._read() as connection:
            return accounts.attempts(connection, states)

    # -- looks, and what is forgotten

    def look(self, who: str, what: str, *, sha256: str | None = None, agent: str | None = None) -> Look:
        """Note that somebody looked at something."""
        with self._write() as connection:
            return accounts.look(connection, Look(now(), who, what, sha256, agent))

    def looks(
        self, *, since: datetime | None = None, agent: str | None = None, sha256: str | None = None
    ) -> list[Look]:
        """Return who looked at what, in order."""
        with self._read() as connection:
            return accounts.looks(connection, since=since, agent=agent, sha256=sha256)

    def purge(
        self,
        *,
        before: datetime | None = None,
        agent: str | None = None,
        sha256: str | None = None,
        why: str = "asked for",
    ) -> Purged:
        """Remove calls with all that is known of them, so that no byte stays; only their hashes are kept.

        Args:
            before: Calls begun before this time (or reviewed, where that is unknown); accounts of before it go too.
            agent: This agent's calls, and who looked at them.
            sha256: This call.
            why: For the tombstone, such as ``retention``. Several conditions must all be met.

        Raises:
            ValueError: No condition is given.
            StorageError: Files could not be removed; nothing was.
        """
        asked = purging.Asked(before, agent, sha256, why)
        with speaking(self.name):
            gone = purging.purge(self._writing, self.folder, asked)
        return Purged(gone.calls, gone.files, gone.attempts, self._finish_purge())

    def _finish_purge(self) -> bool:
        with speaking(self.name):
            return purging.scrub(self._engine, self._writing, self._where.file)

    def tombstoned(self, sha256: str) -> bool:
        """Return whether a call was purged."""
        table = tables.tombstones
        with self._read() as connection:
            return connection.scalar(select(table.c.at).where(table.c.sha256 == sha256)) is not None

    def tombstones(self) -> list[Tombstone]:
        """Return what was purged, in order of time."""
        table = tables.tombstones
        with self._read() as connection:
            found = connection.execute(select(table).order_by(table.c.at, table.c.sha256)).mappings()
            return [Tombstone(**row) for row in found]

    def lift(self, sha256: str) -> bool:
        """Let a call that was purged be taken in again, and return whether it was one."""
        with self._write() as connection:
            return bool(
                connection.execute(delete(tables.tombstones).where(tables.tombstones.c.sha256 == sha256)).rowcount
            )
