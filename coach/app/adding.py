"""Reviews made earlier, and notes saved from their pages, come into the person's own library."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from coach.app import library
from coach.app.naming import SCHEMA
from coach.conversation import CoachError, ConfigurationError, NoSuchRecording
from coach.privacy.text import mask_text
from coach.reporting.text import clean
from coach.store.values import Spot

if TYPE_CHECKING:
    from coach.store.store import Store

NOTES = "coach.notes/1"
ME = "me"
"""Who answers in the person's own library."""

_LARGEST = 200_000_000  # bytes: a four-hour call's review is about 20 MB
_ANSWERS = frozenset({"yes", "partly", "not_yet", "skip"})
_FINDINGS = frozenset({"given", "room", "open"})


@dataclass(frozen=True, slots=True)
class Added:
    """What came in.

    Attributes:
        reviews: Calls that were added.
        known: Calls that were there already.
        notes: Files of notes whose answers were taken in.
        undated: Calls of those added that do not say when they were.
        refused: Names of files that could not be taken in, and why.
    """

    reviews: int = 0
    known: int = 0
    notes: int = 0
    undated: int = 0
    refused: tuple[tuple[str, str], ...] = ()


def add(source: Path) -> Added:
    """Take in a folder's reviews and notes, those of its folders too, or one file.

    A review that does not say when its call was counts in the week in which it was written. The product's example is
    passed over. What was taken in before is taken in once.

    Args:
        source: The folder or file.

    Raises:
        NoSuchRecording: It is not there, or holds neither reviews nor notes.
        CoachError: The library cannot be opened or written.
    """
    found = list(_documents(source))
    if not found:
        shown = clean(mask_text(str(source)))
        raise NoSuchRecording(f"There is no review and no file of notes in {shown}. `coach review CALL` makes reviews.")
    taken = _Taken()
    with library.open_library() as store:
        for path, document in found:
            if document["schema"] == SCHEMA:
                taken.add_review(store, path, document)
        for path, document in found:
            if document["schema"] == NOTES:
                taken.add_notes(store, path, document)
    library.refresh()
    return Added(taken.reviews, taken.known, taken.notes, taken.undated, tuple(taken.refused))


def _documents(source: Path) -> Iterator[tuple[Path, Mapping[str, Any]]]:
    """Yield the reviews and notes there, by name."""
    try:
        paths = sorted(source.rglob("*.json")) if source.is_dir() else [source] if source.is_file() else []
    except OSError as error:
        raise NoSuchRecording(f"{clean(mask_text(str(source)))} cannot be looked into: {error.strerror}.") from error
    for path in paths:
        try:
            if path.stat().st_size > _LARGEST:
                continue
            document = json.loads(path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            continue
        if isinstance(document, dict) and document.get("schema") in (SCHEMA, NOTES):
            yield path, document


class _Taken:
    """Counts what comes in."""

    def __init__(self) -> None:
        self.reviews = self.known = self.notes = self.undated = 0
        self.refused: list[tuple[str, str]] = []
        self._sides: dict[str, object] = {}
        self._example = library.example()

    def add_review(self, store: Store, path: Path, review: Mapping[str, Any]) -> None:
        """Take in one review; one that cannot be is noted, and the others go on."""
        if review.get("source") == self._example:
            return
        written = datetime.fromtimestamp(path.stat().st_mtime, UTC)
        recording = review.get("recording")
        recording = recording if isinstance(recording, Mapping) else {}
        sha256 = str(recording.get("sha256") or review.get("source"))
        roles = review.get("roles")
        self._sides[sha256] = roles.get("agent") if isinstance(roles, Mapping) else None
        page = path.with_suffix(".html")
        try:
            there = store.call(sha256, _fingerprint(review))
            if there is not None and there.reviewed_at >= written:
                self.known += 1
                return
            dated = recording.get("started_at") is not None
            store.record(
                review,
                report=page.resolve() if page.is_file() else None,
                started_at=None if dated else written,
            )
            library.settle_sides(store, review)
        except ConfigurationError as error:
            self._refuse(path, error)
            return
        self.reviews += 1
        self.undated += not dated

    def add_notes(self, store: Store, path: Path, notes: Mapping[str, Any]) -> None:
        """Take in the answers of one file of notes."""
        try:
            sha256 = notes.get("recording")
            if not isinstance(sha256, str):
                raise ConfigurationError("It does not say which recording it is about.")
            for question, answer, spot, at in list(answers_in(notes, self._sides)):
                store.answer(sha256, question=question, answer=answer, who=ME, moment=spot, at=at)
        except ConfigurationError as error:
            self._refuse(path, error)
        except (KeyError, TypeError, ValueError, AttributeError, OverflowError):
            self._refuse(path, ConfigurationError("It is not a file of notes as a report saves it."))
        else:
            self.notes += 1

    def _refuse(self, path: Path, error: CoachError) -> None:
        self.refused.append((clean(mask_text(path.name)), clean(mask_text(str(error)))))


_Answer = tuple[str, str, Spot | None, datetime]


def answers_in(notes: Mapping[str, Any], sides: Mapping[str, object]) -> Iterator[_Answer]:
    """Yield question, answer, what it is about, and when; words of their own that notes may hold are left there."""
    first = notes.get("first")
    if first is not None:
        if first["answer"] not in _ANSWERS or first["finding"] not in _FINDINGS:
            raise ValueError("an answer that no report offers")
        yield "heard", first["answer"], Spot(first["finding"], float(first["start"])), _when(first["answered_at"])
    for one in notes["misheard"]:
        yield "misheard", "yes", Spot(str(one["kind"]), float(one["start"])), _when(one["noted_at"])
    recording, agent = str(notes.get("recording")), notes.get("agent")
    exchanged = recording in sides and sides[recording] != agent  # reviewed again with the sides put right
    if notes.get("not_me") is not None and not exchanged:
        yield "not_me", "yes", None, _when(notes["not_me"])


def _when(told: str) -> datetime:
    return datetime.fromisoformat(told).astimezone(UTC)


def _fingerprint(review: Mapping[str, Any]) -> str:
    provenance = review.get("provenance")
    return str(provenance.get("fingerprint")) if isinstance(provenance, Mapping) else ""
