"""The store: calls and what was found in them, what people answered, and what became of each recording."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final

from sqlalchemy import Engine, delete, select

from coach.conversation import LockedError, StorageError
from coach.store import fetching, purging, tables
from coach.store.answers import Answers
from coach.store.attempts import Attempts
from coach.store.errors import speaking
from coach.store.fetching import AT_ONCE, Wanted
from coach.store.holding import Check, held
from coach.store.opening import PATIENCE, Place, connect, place, prepare
from coach.store.reading import rows
from coach.store.values import (
    Purged,
    Purpose,
    Run,
    Sentences,
    StoredCall,
    Tombstone,
)
from coach.store.writing import Besides, besides, record, remember

WORDED: Final = ("empathy", "reassurance", "apology", "ownership", "paraphrase", "recap", "option", "walkthrough")
"""Kinds of moment whose other wordings are worth remembering."""

_BRIEFLY = 0.2
"""Seconds to wait for others before a store that is opened is left as it is."""


def open_store(url: str | None = None, *, purpose: Purpose, folder: Path | None = None, alone: bool = False) -> Store:
    """Open a store, making it or bringing it up to date where needed.

    Args:
        url: ``sqlite:///FILE``, a file's path, or ``postgresql+psycopg://USER@HOST/NAME``; ``None`` for the
            user's own ``own.sqlite`` or ``shift.sqlite``.
        purpose: Whose it is; a store is never opened as the other's.
        folder: Where the Parquet files of its calls lie; where not given, beside the database file, or for a server's
            database in a folder of its own beside the user's own databases.
        alone: Whether no other run may work with it until it is closed (``coach.store.holding``); one that is opened
            without that, to read or to add an answer, is not kept away.

    Raises:
        ConfigurationError: It is newer than this program, of the other purpose, no store of ours, or a server refuses.
        StorageError: It cannot be made, lies on a network's disk, or its disk is full.
        LockedError: Another program holds it, or another run works with it.
    """
    where = place(url, purpose)
    with contextlib.ExitStack() as stack:
        check = stack.enter_context(held(where)) if alone else None
        with speaking(where.name):
            engine = connect(where)
        stack.callback(engine.dispose)
        own = prepare(engine, where, purpose, contextlib.nullcontext if alone else lambda: held(where))
        store = Store(engine, where, own if folder is None else folder, check)
        store._end_purge()
        store._holding = stack.pop_all()
    return store


class Store(Answers, Attempts):
    """An open store. ``folder`` is where the Parquet files of its calls lie."""

    def __init__(self, engine: Engine, where: Place, folder: Path, check: Check | None = None) -> None:
        super().__init__(engine, where, check)
        self.folder = folder

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
        where = None if report is None else str(report)
        return self.record_as_known(review, Besides(agent, direction, started_at, call_type, where))

    def record_as_known(self, review: Mapping[str, object], known: Besides) -> StoredCall:
        """Take in a review as :meth:`record` does, with what is known of its call, which may be all of it.

        Args:
            review: A review file's content, schema ``coach.review/1``.
            known: What is known of the call.

        Raises:
            ReviewFileError: The review's content is not what it must be; nothing was written.
            ForgottenError: The call was purged.
            StorageError: The disk is full or damaged; nothing was written.
            LockedError: Another program holds the store.
        """
        made, known = rows(review), besides(known)
        with self._write() as connection:
            record(connection, made, known)
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
        kinds: Collection[str] | None = None,
    ) -> list[StoredCall]:
        """Return calls in order of time, each with its newest result.

        Args:
            agent: Only this agent's.
            since: Begun at this time or later; a call of unknown time counts by when it was first reviewed.
            until: Begun before this time.
            fingerprint: Only results of these means, newest or not.
            kinds: Only moments of these kinds come with them, which is much quicker over many calls; ``()`` for
                none. Their ``index`` still is that of the review, which skills and advice speak of.
        """
        with self._read() as connection:
            return fetching.calls(connection, Wanted(agent, since, until, fingerprint), kinds)

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

    def remember(self, sha256: str, fingerprint: str, sentences: Iterable[str]) -> None:
        """Put sentences in the place of those that ``record`` took from the agent's turns.

        For a caller that recognises sentences in its own way; ``sentences`` then speaks of these.

        Args:
            sha256: A call that is here.
            fingerprint: Of one of its results.
            sentences: As the caller normalises them, masked.
        """
        with self._write() as connection:
            remember(connection, sha256, fingerprint, sentences)

    def purge(
        self,
        *,
        before: datetime | None = None,
        agent: str | None = None,
        sha256: str | Collection[str] | None = None,
        why: str = "asked for",
    ) -> Purged:
        """Remove calls with all that is known of them, so that no byte stays; only their hashes are kept.

        Args:
            before: Calls begun before this time (or first reviewed, where that is unknown), as ``calls(until=…)``
                gives them; accounts of before it go too, and Parquet files of no call.
            agent: This agent's calls, and who looked at them.
            sha256: This call, or these: many at once take hardly longer than one.
            why: For the tombstone, such as ``retention``. Several conditions must all be met.

        Raises:
            ValueError: No condition is given.
            StorageError: Files could not be removed; nothing was.
        """
        only = None if sha256 is None else (sha256,) if isinstance(sha256, str) else tuple(sha256)
        asked = purging.Asked(before, agent, only, why)
        self._check()
        with speaking(self.name):
            gone = purging.purge(self._writing, self.folder, asked)
        clean = purging.scrub(self._engine, self._writing, self.file, PATIENCE)
        return Purged(gone.calls, gone.files, gone.attempts, clean)

    def _end_purge(self) -> None:
        """End what an earlier run began, if that does not take long."""
        with self._read() as connection:
            if not purging.due(connection):
                return
        with contextlib.suppress(LockedError, StorageError), speaking(self.name):
            purging.resume(self._writing, self.folder)
            purging.scrub(self._engine, self._writing, self.file, _BRIEFLY)

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
