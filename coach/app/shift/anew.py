"""A shift's pages when calls are forgotten: taken away before the calls go, and made anew from those that stay."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from fnmatch import fnmatch
from pathlib import Path

from coach.app.purge_files import DIGESTS
from coach.app.report_folder import ReportFolder
from coach.app.review import settings_of
from coach.app.shift import policy as policies
from coach.app.shift import seeing
from coach.app.shift.assembling import Material
from coach.app.shift.pages import PAGE, TABLES, Written, own_pages, write_pages
from coach.app.shift.running import shift_flags, zone_of
from coach.conversation import ConfigurationError
from coach.reporting.digest import is_digest
from coach.reporting.shift_table import SCHEMA
from coach.store.store import Store, open_store

_LARGEST = 200_000_000


@dataclass(frozen=True, slots=True)
class Pages:
    """What tells of several calls in a folder of reports.

    Attributes:
        folder: The folder.
        names: The shift's page, the agents' own, the tables; made anew.
        digest_names: What nights told that names a call which is to go; not made anew.
        calls: Hashes of the calls that the shift's page lists.
    """

    folder: ReportFolder
    names: tuple[str, ...]
    digest_names: tuple[str, ...] = ()
    calls: frozenset[str] = frozenset()

    @property
    def files(self) -> tuple[str, ...]:
        """Where the pages lie."""
        return tuple(map(self.folder.place, self.names))

    @property
    def digests(self) -> tuple[str, ...]:
        """Where the digests lie."""
        return tuple(map(self.folder.place, self.digest_names))

    @property
    def all(self) -> tuple[str, ...]:
        """Where all of them lie."""
        return (*self.files, *self.digests)


def pages_in(folder: ReportFolder, url: str, names: Collection[str]) -> Pages:
    """Return the pages of several calls in a folder, where they were made from a store; none where not.

    Args:
        folder: Of the reports.
        url: The shift's store.
        names: Of the recordings that are to be forgotten, as pages show them.
    """
    listed = _listed(folder.read("shift.json"))
    if listed is None:
        return Pages(folder, ())
    with open_store(url, purpose="shift") as store:
        theirs = any(store.call(sha256) is not None or store.tombstoned(sha256) for sha256 in listed)
    if not theirs:
        return Pages(folder, ())
    there = folder.names()
    pages = [name for name in (PAGE, *TABLES) if name in there]
    return Pages(folder, (*pages, *own_pages(folder)), tuple(_digests(folder, there, names)), listed)


def take_away(pages: Pages) -> None:
    """Remove the pages, before the calls that they name are forgotten.

    Raises:
        StorageError: One cannot be removed; nothing is forgotten yet.
    """
    for name in (*pages.names, *pages.digest_names):
        pages.folder.remove(name)


def make_anew(pages: Pages, url: str, agreement: Path | None = None) -> Written | None:
    """Make the pages anew from the calls that stay, and return them; ``None`` where no agreement is found.

    Args:
        pages: As they were.
        url: The shift's store.
        agreement: Its file; the user's own unless given.

    Raises:
        StorageError: They cannot be written.
        ConfigurationError: A template was edited so that it no longer works.
    """
    try:
        policy = policies.require(agreement)
    except ConfigurationError:
        return None
    settings = settings_of(shift_flags({}))
    now = datetime.now(UTC)
    with open_store(url, purpose="shift") as store:
        written = write_pages(pages.folder, _material(store, pages, policy, now, zone_of(settings)))
        seeing.note(store, policy.supervisors, seeing.PAGE, written.agents)
    return written


def _material(store: Store, pages: Pages, policy: policies.Policy, now: datetime, zone: tzinfo) -> Material:
    refused = [one for one in store.attempts(("failed", "quarantined")) if one.sha256 in pages.calls]
    return Material(
        policy,
        calls=store.calls(since=policy.kept_since(now)),
        answers=store.answers(),
        runs=store.runs(),
        attempts=refused,
        made_at=now,
        shift=pages.calls,
        zone=zone,
    )


def _listed(content: bytes | None) -> frozenset[str] | None:
    """Return the hashes of the calls on a shift's page, ``None`` where there is no page of ours."""
    try:
        if content is None or len(content) > _LARGEST:
            return None
        page = json.loads(content)
        if page["schema"] != SCHEMA:
            return None
        return frozenset(str(row["sha256"]) for row in page["calls"] if row["sha256"])
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


def _digests(folder: ReportFolder, there: Iterable[str], names: Collection[str]) -> Iterator[str]:
    """Yield the digests of nights that name one of the recordings."""
    wanted = [one for one in names if one]
    for name in (name for name in there if fnmatch(name, DIGESTS)):
        text = (folder.read(name) or b"").decode(errors="replace")
        plain = text.replace("\\", "")
        if is_digest(text) and any(one in plain for one in wanted):
            yield name
