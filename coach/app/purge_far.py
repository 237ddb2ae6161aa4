"""What lies at addresses of calls that are to be forgotten: found by what the store knows, told by what is in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from fnmatch import fnmatch
from typing import TYPE_CHECKING, Final

from coach.app.intake.shown import is_address
from coach.app.naming import as_review, source_told
from coach.app.publishing import UNFINISHED
from coach.app.purge_files import DIGESTS, hashes_known
from coach.app.report_folder import Far
from coach.app.settings import FORMATS
from coach.conversation import CoachError, StorageError
from coach.reporting.digest import digest_day

if TYPE_CHECKING:
    from coach.store.values import StoredCall

UNREACHED: Final = "Reports of {count} of these calls lie at {where}, and were not reached: {reason}"
STOPPED: Final = (
    "Nothing was forgotten yet, for the store alone knows where they lie: purge again when they are reached. "
    "Where that takes a password, name the whole address with --out."
)
GONE: Final = "Reports of {count} of these calls were at {where}, and nothing of them was found there now."

LATER: Final = "Their time is over, and they are forgotten by the next run that reaches them."


@dataclass(frozen=True, slots=True)
class FarKept:
    """What lies at addresses.

    Attributes:
        files: Addresses of reports, without what it takes to get in; a call's review file after its others.
        folders: Addresses of the folders that were reached.
        unreached: What could not be looked at, and where it is: a sentence a folder.
        gone: What was looked for and is not there any more, likewise.
    """

    files: tuple[str, ...] = ()
    folders: tuple[str, ...] = ()
    unreached: tuple[str, ...] = ()
    gone: tuple[str, ...] = ()


def far_kept(
    stored: Sequence[StoredCall], address: str | None = None, *, told_before: datetime | None = None
) -> FarKept:
    """Return what lies at addresses of calls in a store.

    Args:
        stored: The calls.
        address: Of a folder of reports, with what it takes to get in.
        told_before: Digests of nights that ended before this time go too, but for the newest; none where not given.
    """
    files: list[str] = []
    folders, unreached, gone = [], [], []
    for folder, calls in _by_folder(stored).items():
        where = entry(folder, address)
        try:
            names = frozenset(where.names())
            found = [[where.place(name) for name in _files_of(call, where, names)] for call in calls]
        except CoachError as error:
            unreached.append(UNREACHED.format(count=len(calls), where=where.shown, reason=error))
            continue
        folders.append(folder)
        files += [place for places in found for place in places]
        if absent := found.count([]):
            gone.append(GONE.format(count=absent, where=where.shown))
    if address is not None and told_before is not None:
        files += _old_digests(Far(address), told_before)
    return FarKept(tuple(dict.fromkeys(files)), tuple(folders), tuple(unreached), tuple(gone))


def remove_far(kept: FarKept, address: str | None = None) -> None:
    """Remove reports at addresses.

    Args:
        kept: What was found.
        address: Of a folder of reports, with what it takes to get in.

    Raises:
        StorageError: One could not be removed; another purge does the rest.
    """
    require_reached(kept)
    for place in kept.files:
        folder, _, name = place.rpartition("/")
        entry(folder, address).remove(name)


def require_reached(kept: FarKept) -> None:
    """See to it that all was looked at, before anything goes.

    Raises:
        StorageError: Something was not reached; the message says what and where.
    """
    if kept.unreached:
        raise StorageError(" ".join((*kept.unreached, STOPPED)))


def entry(folder: str, address: str | None) -> Far:
    """Return a folder by its address as it is kept, and with what it takes to get in where that is known.

    Args:
        folder: Its address without it.
        address: One with it, of this or of another folder.
    """
    known = Far(address) if address is not None else None
    return known if known is not None and known.bare == folder else Far(folder)


def _by_folder(stored: Sequence[StoredCall]) -> Mapping[str, list[StoredCall]]:
    found: dict[str, list[StoredCall]] = {}
    for call in stored:
        if call.report is not None and is_address(call.report):
            found.setdefault(call.report.rpartition("/")[0], []).append(call)
    return found


def _files_of(call: StoredCall, where: Far, names: frozenset[str]) -> Iterator[str]:
    """Yield the names of a call's files: where its page or its review file says that it is this call's."""
    stem = str(call.report).rpartition("/")[2].rpartition(".")[0]
    page, last = f"{stem}.html", f"{stem}.json"
    review = as_review(_read(where, last)) if last in names else None
    known = hashes_known(review) if review is not None else frozenset({call.sha256})
    ours = call.sha256 in known
    if review is None:
        ours = page in names and source_told(_head(where, page)) in known
    if not ours:
        return
    yield from (f"{stem}.{suffix}" for suffix in (*FORMATS, "mp3") if suffix != "json" and f"{stem}.{suffix}" in names)
    yield from (name for name in sorted(names) if name.startswith(f"{stem}.") and UNFINISHED.fullmatch(name))
    if review is not None:
        yield last


def _old_digests(where: Far, before: datetime) -> list[str]:
    """Return the nights' digests of days that ended before a time; of those that cannot be looked at, none."""
    try:
        names = [name for name in where.names() if fnmatch(name, DIGESTS)]
    except CoachError:
        return []
    limit = (before - timedelta(days=1)).date()  # a day ends later elsewhere
    # Their names begin with the day, so that only those are opened that may be old.
    old = [name for name in sorted(names)[:-1] if name.removeprefix("night-") < limit.isoformat()]
    days = [(name, digest_day(where.head(name).decode(errors="replace"))) for name in old]
    return [where.place(name) for name, day in days if day is not None and day < limit]


def _read(where: Far, name: str) -> bytes:
    content = where.read(name)
    if content is None:
        raise StorageError(f"{where.place(name)} is there and could not be read. May you read it?")
    return content


def _head(where: Far, name: str) -> str:
    content = where.head(name)
    if not content:
        raise StorageError(f"{where.place(name)} is there and could not be read. May you read it?")
    return content.decode(errors="replace")
