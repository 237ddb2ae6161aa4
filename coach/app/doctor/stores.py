"""Databases: whether they are sound, and agree with the reports and the clock."""

from __future__ import annotations

import shlex
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from coach.app.doctor.values import Finding, ill, mind, well
from coach.app.naming import read_review
from coach.conversation import CoachError, ConfigurationError, StorageError
from coach.store.values import Purpose

if TYPE_CHECKING:
    from coach.store.store import Store
    from coach.store.values import StoredCall

SHOWN: Final = 3
"""Files that a command names at most."""

AHEAD: Final = timedelta(hours=1)
"""A call reviewed later than now by more than this tells of a clock that was put back."""


_AGAIN: Final[dict[Purpose, str]] = {
    "own": "coach progress --add FOLDER takes reviews in again.",
    "shift": "then run coach shift, or the night, on the recordings again. What people said of the calls is in the "
    "damaged file alone: keep it, or bring back a copy of it.",
}


def store(purpose: Purpose, url: str | None, file: Path | None) -> list[Finding]:
    """Return how a store is; none is made by looking.

    Args:
        purpose: Whose it is.
        url: As for ``open_store``.
        file: The database file where it is one.
    """
    about = "own library" if purpose == "own" else "shift's store"
    if file is not None and not file.is_file():
        return [well(about, "There is none yet; it is made with the first call.")]
    if file is not None and (broken := _damage(file)) is not None:
        quoted = shlex.quote(str(file))
        return [
            ill(
                about,
                f"{file} is damaged: {broken}.",
                f"Put it aside (mv {quoted} {quoted}.damaged); {_AGAIN[purpose]}",
                StorageError.exit_code,
            )
        ]
    from coach.store.store import open_store  # noqa: PLC0415

    try:
        with open_store(url, purpose=purpose) as opened:
            return _looked_over(about, opened)
    except CoachError as error:
        return [ill(about, str(error), "Mend what the sentence names, and look again.", error.exit_code)]


def _looked_over(about: str, opened: Store) -> list[Finding]:
    calls = opened.calls()
    found = [well(about, f"{opened.name} is sound: {_calls(len(calls))}.")]
    quarantined, working = opened.attempts(["quarantined"]), opened.attempts(["working"])
    if quarantined:
        count = _recordings(len(quarantined))
        found.append(
            mind(
                f"{about}, set aside",
                f"{count} set aside: {quarantined[-1].message or 'it stopped a worker twice'}",
                "Listen to the recording; if it is sound, review it by itself with coach review --force.",
            )
        )
    if working:
        found.append(
            mind(
                f"{about}, in hand",
                f"{_recordings(len(working))} in hand when a run ended, or a run is at work now.",
                "The next run takes them up by itself; nothing needs to be done.",
            )
        )
    return [*found, _orphans(about, calls), _strays(about, opened.folder, calls), _clock(calls)]


def _strays(about: str, folder: Path, calls: Sequence[StoredCall]) -> Finding:
    """Return which files of words and turns belong to no call."""
    about, known = f"{about}, words and turns", {call.sha256 for call in calls}
    strays = [
        file
        for table in ("words", "turns")
        for file in sorted((folder / table).glob("month=*/*.parquet"))
        if file.stem not in known
    ]
    if not strays:
        return well(about, f"Every file of words and turns in {folder} is of a call in the store.")
    names = " ".join(shlex.quote(str(file)) for file in strays[:SHOWN])
    more = "" if len(strays) <= SHOWN else " (and look again: there are more)"
    return mind(
        about,
        f"{len(strays)} {'file' if len(strays) == 1 else 'files'} of words or turns in {folder} belong to no call in "
        "the store, so nothing prunes them.",
        f"While no run is at work: rm {names}{more}",
    )


def _orphans(about: str, calls: Sequence[StoredCall]) -> Finding:
    """Return which calls have no report any more."""
    about = f"{about}, reports"
    gone = [call for call in calls if call.report is not None and "://" not in call.report and not _is_there(call)]
    if not gone:
        return well(about, "Every report that the store knows of is in its place.")
    return mind(
        about,
        f"The reports of {_calls(len(gone))} are no longer where they were written (first: {gone[0].uri}).",
        "Review them again, put the files back, or forget the calls with coach purge.",
    )


def _is_there(call: StoredCall) -> bool:
    path = Path(call.report or "")
    return path.is_file() or path.with_suffix(".json").is_file()


def unknown_reports(folder: Path, known: frozenset[str], *, team: bool) -> Finding:
    """Return which reviews in a folder no store knows of.

    Args:
        folder: Where reviews are written.
        known: SHA-256 of the calls in the stores.
        team: Whether it is a shift's folder: the calls of others belong into no library of one's own.
    """
    about = "reports without a record"
    reviews = [read_review(path) for path in sorted(folder.glob("*.json"))] if folder.is_dir() else []
    strangers = [review for review in reviews if review is not None and not _hashes(review) & known]
    if not strangers:
        return well(about, f"Every review in {folder} is in the {'store' if team else 'library'}.")
    if team:
        return mind(
            about,
            f"{len(strangers)} of the {len(reviews)} reviews in {folder} are not in the shift's store, so no page "
            "counts them.",
            "Run coach shift, or the night, on their recordings again; those that were forgotten can be deleted.",
        )
    return mind(
        about,
        f"{len(strangers)} of the {len(reviews)} reviews in {folder} are not in the library, so coach progress does "
        "not count them.",
        f"coach progress --add {shlex.quote(str(folder))}",
    )


def _hashes(review: Mapping[str, object]) -> set[str]:
    recording = review.get("recording")
    found = [review.get("source"), recording.get("sha256") if isinstance(recording, Mapping) else None]
    return {digest for digest in found if isinstance(digest, str)}


def _clock(calls: Sequence[StoredCall]) -> Finding:
    now = datetime.now(UTC)
    late = [call for call in calls if call.reviewed_at > now + AHEAD]
    if late:
        verb = "was" if len(late) == 1 else "were"
        return ill(
            "clock",
            f"{_calls(len(late))} {verb} reviewed after now, {now:%Y-%m-%d %H:%M} UTC: the clock was put back since.",
            "Set the computer's clock; results keep their order in the meantime.",
            ConfigurationError.exit_code,
        )
    return well("clock", f"It is {now:%Y-%m-%d %H:%M} UTC, and no review is from later.")


def _damage(file: Path) -> str | None:
    """Return what SQLite finds amiss in a database file, ``None`` where it is sound."""
    import sqlite3  # noqa: PLC0415

    try:
        connection = sqlite3.connect(f"{file.resolve().as_uri()}?mode=ro", uri=True, timeout=5)
        try:
            (answer,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        finally:
            connection.close()
    except sqlite3.OperationalError as error:
        return None if "locked" in str(error) else str(error)
    except sqlite3.DatabaseError as error:
        return str(error)
    return None if answer == "ok" else str(answer)


def _calls(count: int) -> str:
    return "1 call" if count == 1 else f"{count} calls"


def _recordings(count: int) -> str:
    return "1 recording was" if count == 1 else f"{count} recordings were"
