"""Forgetting calls: their rows, their reports, and what else was kept of them; a hash alone stays.

Only files that can be told to be ours go: a review file says by its schema and hashes whose it is, a page by the hash
in its head. Recordings are never touched. Reports go first and rows last, for the rows tell where the reports are: a
purge that was interrupted is ended by the next one.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from coach.app import library, our_words
from coach.app.naming import read_review, sha256_of
from coach.app.practice import log
from coach.app.purge_far import FarKept, far_kept, remove_far
from coach.app.purge_files import HASH, files_of, hashes_known, identity, lone_pages, old_digests
from coach.app.review import last, last_file
from coach.app.settings import FORMATS
from coach.conversation import CoachError, NoSuchRecording, StorageError, UsageError
from coach.locking import only_one
from coach.privacy.text import mask_text
from coach.reporting.files import write_atomically
from coach.reporting.text import clean

if TYPE_CHECKING:
    from coach.store.store import Store
    from coach.store.values import StoredCall


@dataclass(frozen=True, slots=True)
class Wish:
    """Which calls are to be forgotten; of several conditions all must be met.

    Attributes:
        before: Those that began before this time, or were reviewed before it where that is unknown.
        agent: This agent's.
        call: The one of this SHA-256.
        why: For the tombstones.
    """

    before: datetime | None = None
    agent: str | None = None
    call: str | None = None
    why: str = "asked for"


@dataclass(frozen=True, slots=True)
class Known:
    """One call that something is kept of.

    Attributes:
        sha256: As its reviews call it.
        name: Of its recording, masked; empty where that is unknown.
        hashes: All that its recordings are known by.
    """

    sha256: str
    name: str
    hashes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of the calls that are to be forgotten.

    Attributes:
        calls: The calls.
        files: Reports and what lies beside them, and what nights told before the time.
        practised: Lines of the practice log.
        words: Answers of the phrasebook; only by their day.
        last: Whether the note of the last review is about one of them.
        answers: Answers that people gave about them, in the store.
        far: Reports at addresses.
    """

    calls: tuple[Known, ...] = ()
    files: tuple[Path, ...] = ()
    practised: int = 0
    words: int = 0
    last: bool = False
    answers: int = 0
    far: FarKept = field(default_factory=FarKept)

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to forget."""
        return not (self.calls or self.files or self.practised or self.words or self.last)

    def as_data(self) -> dict[str, object]:
        """Return plain data; names are masked."""
        found = asdict(self)
        found["calls"] = [{"sha256": call.sha256, "name": call.name} for call in self.calls]
        found["files"] = [*(clean(mask_text(str(path))) for path in self.files), *self.far.files]
        found["unreached"] = [*self.far.unreached, *self.far.gone]
        del found["far"]
        return found


@dataclass(frozen=True, slots=True)
class Place:
    """Where to forget: the person's own library, or a store by its URL.

    Attributes:
        url: Of a shift's store; ``None`` for the person's own library.
        reports: Folder whose reviews are looked through besides those that the store knows of.
        address: Of a folder of reports, with what it takes to get in; there, only what the store knows of is found.
    """

    url: str | None = None
    reports: Path | None = None
    address: str | None = field(default=None, repr=False)

    @property
    def own(self) -> bool:
        """Whether it is the person's own."""
        return self.url is None


def day(text: str) -> datetime:
    """Return the beginning of a day, or a time, here.

    Raises:
        UsageError: It is neither.
    """
    try:
        return datetime.fromisoformat(text).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise UsageError(f"{clean(text)[:40]} is no date. Write it as 2026-03-02.") from None


def call_of(text: str) -> str:
    """Return the SHA-256 that a call is asked for by: of a recording, of a review file, or itself.

    Raises:
        NoSuchRecording: It is no SHA-256, and no such file is there.
    """
    if HASH.fullmatch(text.casefold()):
        return text.casefold()
    path = Path(text)
    if not path.is_file():
        raise NoSuchRecording(
            f"{clean(mask_text(path.name))} is neither a file nor a SHA-256. Where the recording is gone, name its "
            "review file, or its hash as `coach purge --before … --dry-run --json` prints it."
        )
    review = read_review(path)
    return identity(review) if review is not None else sha256_of(path)


def find(wish: Wish, place: Place) -> Kept:
    """Return what is kept of the calls that are to be forgotten; changes nothing.

    Raises:
        UsageError: No condition is given.
        CoachError: The store cannot be read.
    """
    _check(wish)
    with _opened(place) as store:
        stored = _stored(store, wish) if store is not None else []
        answers = sum(len(store.answers(sha256=call.sha256)) for call in stored) if store is not None else 0
        there = store is not None
    reviews = dict(_reviews(wish, place, stored))
    calls = _known(stored, reviews.values())
    if there and not calls and wish.call is not None and wish.before is None and wish.agent is None:
        calls = (Known(wish.call, "", frozenset({wish.call})),)  # what became of it may be there, and no review
    hashes = frozenset(digest for call in calls for digest in call.hashes)
    files = tuple(dict.fromkeys(file for path, review in reviews.items() for file in files_of(path, review)))
    files = tuple(dict.fromkeys((*files, *lone_pages(stored, hashes), *_old_accounts(wish, place))))
    if not place.own:
        return Kept(calls, files, answers=answers, far=_far(wish, place, stored))
    stems = frozenset(clean(mask_text(path.stem)) for path in files)
    _, practised = _practice(stems, wish)
    return Kept(calls, files, practised, len(_old_words(wish)), _is_last(hashes, files), answers)


def forget(wish: Wish, place: Place, kept: Kept) -> bool:
    """Remove what was found, for good; return whether the store's free space was overwritten at once.

    Args:
        wish: As it was found by.
        place: Where.
        kept: What was found.

    Raises:
        StorageError: Something could not be removed; what was, is gone, and another purge does the rest.
    """
    _check(wish)
    remove_far(kept.far, place.address)
    for path in kept.files:
        _remove(path)
    if place.own:
        _forget_own(wish, kept)
    overwritten = True
    with _opened(place) as store:
        if store is not None:
            if kept.calls:
                overwritten &= store.purge(sha256=[call.sha256 for call in kept.calls], why=wish.why).clean
            if wish.before is not None or wish.agent is not None:
                overwritten &= store.purge(before=wish.before, agent=wish.agent, sha256=wish.call, why=wish.why).clean
    if place.own:
        library.refresh()
    return overwritten


def _check(wish: Wish) -> None:
    if wish.before is None and wish.agent is None and wish.call is None:
        raise UsageError("Say what to forget: --before DATE, --agent NAME or --call FILE.")


@contextlib.contextmanager
def alone(place: Place) -> Iterator[None]:
    """Keep shifts and nights away from a shift's store, and from the folder of reports, while the block runs.

    The person's own library needs none of it: what is reviewed meanwhile finds the call's tombstone.

    Raises:
        LockedError: One is at work there.
        StorageError: The folder cannot be written to.
        ConfigurationError: The store's server refuses, or does not answer.
    """
    if place.own:
        yield
        return
    from coach.store.holding import held  # noqa: PLC0415  (loads a database)
    from coach.store.opening import place as place_of  # noqa: PLC0415

    there = [place.reports] if place.reports is not None and place.reports.is_dir() else []
    with only_one(*there), held(place_of(place.url, "shift")):
        yield


@contextlib.contextmanager
def _opened(place: Place) -> Iterator[Store | None]:
    """Open the store, ``None`` where the person has no library: forgetting makes none."""
    if place.own and not library.exists():
        yield None
        return
    from coach.store.store import open_store  # noqa: PLC0415  (loads a database)

    with open_store(place.url, purpose="own" if place.own else "shift") as store:
        yield store


def _stored(store: Store, wish: Wish) -> list[StoredCall]:
    calls = store.calls(agent=wish.agent, until=wish.before)
    return [call for call in calls if wish.call is None or wish.call in _hashes_of_stored(call)]


def _hashes_of_stored(call: StoredCall) -> frozenset[str]:
    """Return what a call in the store is known by, its redacted recording too where its review tells."""
    review = read_review(Path(call.report).with_suffix(".json")) if call.report is not None else None
    return frozenset(
        {call.sha256, *(hashes_known(review) if review is not None and identity(review) == call.sha256 else ())}
    )


def _reviews(wish: Wish, place: Place, stored: Sequence[StoredCall]) -> Iterator[tuple[Path, Mapping[str, object]]]:
    """Yield the review files of these calls: where the store knows them to be, and in the folder of reports."""
    wanted = {call.sha256 for call in stored}
    for call in stored:
        path = Path(call.report).with_suffix(".json") if call.report is not None else None
        review = read_review(path) if path is not None else None
        if path is not None and review is not None and call.sha256 in hashes_known(review):
            yield path, review
    if place.reports is None or not place.reports.is_dir():
        return
    for path in sorted(place.reports.glob("*.json")):
        review = read_review(path)
        if review is not None and (identity(review) in wanted or _meets(review, path, wish)):
            yield path.absolute(), review


def _meets(review: Mapping[str, object], path: Path, wish: Wish) -> bool:
    """Whether a review that no store knows of is one of those to be forgotten."""
    recording = review.get("recording")
    known: Mapping[str, object] = recording if isinstance(recording, Mapping) else {}
    if wish.call is not None and wish.call not in hashes_known(review):
        return False
    if wish.agent is not None and known.get("agent") != wish.agent:
        return False
    return wish.before is None or _began(known, path) < wish.before


def _began(recording: Mapping[str, object], path: Path) -> datetime:
    with contextlib.suppress(ValueError, TypeError, OverflowError):
        return datetime.fromisoformat(str(recording.get("started_at"))).astimezone(UTC)
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)


def _far(wish: Wish, place: Place, stored: Sequence[StoredCall]) -> FarKept:
    """Return what lies at addresses; what nights told there, where the wish is about nothing but time."""
    only_time = wish.agent is None and wish.call is None
    return far_kept(stored, place.address, told_before=wish.before if only_time else None)


def _old_accounts(wish: Wish, place: Place) -> Iterable[Path]:
    """Return what nights told before the time, where the wish is about nothing but time."""
    if place.own or place.reports is None or wish.before is None or wish.agent is not None or wish.call is not None:
        return ()
    return old_digests(place.reports.absolute(), wish.before)


def _known(stored: Sequence[StoredCall], reviews: Iterable[Mapping[str, object]]) -> tuple[Known, ...]:
    hashes: dict[str, set[str]] = {call.sha256: {call.sha256} for call in stored}
    names = {call.sha256: call.uri or "" for call in stored}
    for review in reviews:
        sha256, recording = identity(review), review.get("recording")
        hashes.setdefault(sha256, {sha256}).update(hashes_known(review))
        uri = recording.get("uri") if isinstance(recording, Mapping) else None
        names[sha256] = names.get(sha256) or clean(mask_text(str(uri or "")))
    return tuple(Known(sha256, names.get(sha256, ""), frozenset(found)) for sha256, found in sorted(hashes.items()))


def _practice(stems: frozenset[str], wish: Wish) -> tuple[list[str], int]:
    """Return the lines of the practice log that stay, and how many go; a line that is damaged goes with the rest."""
    try:
        lines = log.log_file().read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return [], 0
    stay = [line for line in lines if not _is_of(line, stems, wish)]
    return stay, len(lines) - len(stay)


def _is_of(line: str, stems: frozenset[str], wish: Wish) -> bool:
    try:
        entry = json.loads(line)
        call, at = str(entry.get("call", "")), str(entry["at"])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return True
    if call and call in stems:
        return True
    if wish.before is None or wish.agent is not None or wish.call is not None:
        return False
    with contextlib.suppress(ValueError, OverflowError):
        return datetime.fromisoformat(at).astimezone(UTC) < wish.before
    return True


def _old_words(wish: Wish) -> list[str]:
    """Return the ids of phrasebook entries of before the time; they tell of no call, so nothing else finds them."""
    if wish.before is None or wish.agent is not None or wish.call is not None:
        return []
    until = wish.before.astimezone().date().isoformat()
    return [words.id for words in our_words.phrasebook() if words.on < until]


def _is_last(hashes: frozenset[str], files: Sequence[Path]) -> bool:
    with contextlib.suppress(UsageError, CoachError):
        earlier = last()
        reports = {earlier.output.path(suffix) for suffix in FORMATS}
        return bool(reports & set(files)) or any(sha256_of(path) in hashes for path in earlier.request.files)
    return False


def _forget_own(wish: Wish, kept: Kept) -> None:
    """Remove what is kept of calls beside the library."""
    if kept.practised:
        stay, _ = _practice(frozenset(clean(mask_text(path.stem)) for path in kept.files), wish)
        write_atomically(log.log_file(), "".join(f"{line}\n" for line in stay))
    if kept.words:
        our_words.remove(_old_words(wish))
    if kept.last:
        _remove(last_file())


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise StorageError(
            f"{path} could not be removed: {error.strerror}. Change its permissions and purge again; the rest is gone "
            "or still known."
        ) from error
