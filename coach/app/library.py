"""The person's own library: their calls in the own store, and what of them the next review needs to remember.

A review must not wait for a database. What it remembers of earlier calls (the last ones' advice and counts, and
sentences said over and over) stands in a small file beside the store, written after each call that is added; it is read
in its place as long as the store has not changed since, and made anew where it has. Nothing here ever fails a review.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import platformdirs

from coach.app.demo import demo_request
from coach.app.naming import sha256_of
from coach.coaching.trends import Earlier
from coach.conversation import CoachError, Review
from coach.conversation.errors import unforeseen
from coach.privacy.text import mask_text
from coach.reporting.files import write_atomically
from coach.reporting.text import clean
from coach.reporting.view import as_json

if TYPE_CHECKING:
    from coach.store.store import Store
    from coach.store.values import Answer, StoredCall

SCHEMA = "coach.recent/1"
LAST = 40
"""Calls that are remembered; ten in which a skill came up are the most that a sentence speaks of."""

SINCE = (timedelta(days=30), timedelta(days=180))
"""How far back calls are looked for when what is remembered is made anew: the second only where there are few."""

_LARGEST = 5_000_000  # bytes


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of one call.

    Attributes:
        sha256: Of the recording.
        agent: Whose call; ``None`` for the owner.
        at: When it began, or was reviewed, as ISO 8601 in UTC.
        fingerprint: Of what made the review.
        tried: The skill that was advised.
        hard: Whether it was a hard call.
        counts: Met and of how many, by skill.
    """

    sha256: str
    agent: str | None
    at: str
    fingerprint: str
    tried: str | None
    hard: bool
    counts: Mapping[str, tuple[int, int]]


@dataclass(frozen=True, slots=True)
class Said:
    """Sentences that one person said in many calls: a memory for ``coach.analysis.scripted``."""

    total: int
    often: Mapping[str, int]
    wordings: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def calls(self) -> int:
        """Return how many calls are remembered."""
        return self.total

    def with_sentence(self, key: str) -> int:
        """Return in how many of them a sentence was said."""
        return self.often.get(key, 0)

    def other_wordings(self, kind: str) -> Sequence[str]:
        """Return other ways in which this person has said a thing of this kind."""
        return self.wordings.get(kind, ())


@dataclass(frozen=True, slots=True)
class Recollection:
    """What is remembered of the library: its last calls, the newest last, and what each person said over and over."""

    calls: tuple[Known, ...] = ()
    said: Mapping[str, Said] = field(default_factory=dict)


class Memory:
    """What a review asks the person's own library. It never fails: what cannot be read is not remembered."""

    def recent(self, sha256: str, agent: str | None, at: datetime | None, fingerprint: str) -> tuple[Earlier, ...]:
        """Return the earlier calls of the same person, the newest last.

        Args:
            sha256: The call that is under review, which does not come before itself.
            agent: Whose it is.
            at: When it began; ``None`` where that is not known.
            fingerprint: Of what makes this review: counts that something else made are not compared with it.
        """
        known = _recollect().calls
        mine = [call for call in known if _same(call.agent, agent, {call.agent for call in known})]
        itself = next((call.at for call in mine if call.sha256 == sha256), None)
        until = at.astimezone(UTC).isoformat() if at is not None else itself
        return tuple(
            Earlier(call.sha256, call.tried, call.hard, call.counts if call.fingerprint == fingerprint else {})
            for call in mine
            if call.sha256 != sha256 and (until is None or call.at < until)
        )

    def said(self, agent: str | None) -> Said | None:
        """Return what this person says over and over; ``None`` where too few calls are remembered to tell."""
        return _recollect().said.get(agent or "")


def _same(one: str | None, other: str | None, names: Collection[str | None]) -> bool:
    """Whether two names are one person's: no name is the owner's, as long as the library knows of one alone."""
    alone = len({*names, one, other} - {None}) <= 1
    return one == other or (alone and None in (one, other))


def folder() -> Path:
    """Return where the library lies."""
    return platformdirs.user_data_path("coach") / "library"


def open_library() -> Store:
    """Return the person's own store, open.

    Raises:
        ConfigurationError: It is another's, or newer than this program.
        StorageError: It cannot be made or read.
        LockedError: Another program holds it.
    """
    from coach.store.store import open_store  # noqa: PLC0415  (a quarter of a second that no review waits for)

    return open_store(purpose="own")


def exists() -> bool:
    """Whether there is a library; asking makes none."""
    return _file().is_file()


def keep(review: Review, report: Path | None) -> str | None:
    """Add a reviewed call to the library; a newer review of the same call takes the place of an older one.

    Args:
        review: Of the person's own call; the product's example is nobody's, and is not added.
        report: Where its report lies.

    Returns:
        ``None``, or in one line why it was not added: the review itself is done, and is no worse for that.
    """
    try:
        if review.source != example():
            record(as_json(review), report)
    except CoachError as error:
        return f"The review is done, but it was not added to your library: {clean(mask_text(str(error)))}"
    except Exception as error:  # noqa: BLE001  (no fault of the library's is worth a review)
        return f"The review is done, but it was not added to your library: {unforeseen(error)}"
    return None


def record(review: Mapping[str, object], report: Path | None) -> None:
    """Add a review file's content to the library, and note what the next review remembers of it.

    Raises:
        CoachError: It could not be added.
    """
    before = _read() if exists() else Recollection()
    with open_library() as store:
        call = store.record(review, report=report.resolve() if report is not None else None)
        settle_sides(store, review)
        before = None if _exchanged(store, review, call.sha256) else before
        made = _remake(store) if before is None else _with(before, call, store.answers(sha256=call.sha256), store)
    _write(made)


def _exchanged(store: Store, review: Mapping[str, object], sha256: str) -> bool:
    """Remove what the library has of a call with its sides exchanged, and return whether there was something.

    A call of one file a party is known by the agent's file, which is the other one after a swap.
    """
    recording = review.get("recording")
    parts = recording.get("parts") if isinstance(recording, Mapping) else None
    others = {str(part.get("sha256")) for part in parts or () if isinstance(part, Mapping)} - {sha256}
    there = [other for other in others if store.call(other) is not None]
    for other in there:
        store.purge(sha256=other, why="its sides were exchanged")
        store.lift(other)  # it may be exchanged again
    return bool(there)


def settle_sides(store: Store, review: Mapping[str, object]) -> None:
    """Take back "that's not me" about a call once a review of it goes by what the person said.

    Args:
        store: The library, which has the call.
        review: The review file's content.
    """
    roles, recording = review.get("roles"), review.get("recording")
    if not isinstance(roles, Mapping) or roles.get("source") != "option" or not isinstance(recording, Mapping):
        return
    sha256 = str(recording.get("sha256") or review.get("source"))
    for answer in store.answers(sha256=sha256, question="not_me"):
        store.answer(sha256, question="not_me", answer="withdrawn", who=answer.who)


def example() -> str:
    """Return the SHA-256 of the call that comes with the product."""
    return sha256_of(demo_request().source)


def refresh() -> None:
    """Make what is remembered anew from the store; whoever removes calls from it calls this.

    Raises:
        CoachError: The store cannot be read, or the file cannot be written.
    """
    tones().unlink(missing_ok=True)  # measured anew when it is asked for
    if not exists():
        _recent().unlink(missing_ok=True)
        return
    with open_library() as store:
        made = _remake(store)
    _write(made)


def tones() -> Path:
    """Return where it is kept how the person's voice was in their calls."""
    return folder() / "tone.json"


def _file() -> Path:
    return folder() / "own.sqlite"


def _recent() -> Path:
    return folder() / "recent.json"


def _stamp() -> list[int]:
    """Return what changes when the store does: its file's time and size, and those of what is not yet put into it."""
    found = []
    for path in (_file(), _file().with_name("own.sqlite-wal")):
        with contextlib.suppress(OSError):
            stat = path.stat()
            if stat.st_size:
                found += [stat.st_mtime_ns, stat.st_size]
    return found


def _recollect() -> Recollection:
    """Return what is remembered; nothing where there is no library, or it cannot be read."""
    if not exists():
        return Recollection()
    found = _read()
    if found is not None:
        return found
    try:
        with open_library() as store:
            made = _remake(store)
        _write(made)
    except Exception:  # noqa: BLE001  (no fault of the library's is worth a review)
        return Recollection()
    return made


def _read() -> Recollection | None:
    """Return what the file remembers; ``None`` where it is missing, damaged or older than the store."""
    try:
        if _recent().stat().st_size > _LARGEST:
            return None
        raw = json.loads(_recent().read_text(encoding="utf-8"))
        if raw["schema"] != SCHEMA or raw["store"] != _stamp():
            return None
        calls = tuple(_known(entry) for entry in raw["calls"])
        said = {name: Said(one["total"], one["often"], one["wordings"]) for name, one in raw["said"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None
    return Recollection(calls, said)


def _known(entry: Mapping[str, Any]) -> Known:
    counts = {str(name): (int(met), int(of)) for name, (met, of) in entry["counts"].items()}
    return Known(**{**entry, "counts": counts})


def _write(made: Recollection) -> None:
    """Write what is remembered, with the store closed: only then does its file hold everything.

    Raises:
        StorageError: It cannot be written.
    """
    said = {name: asdict(one) for name, one in made.said.items()}
    kept = {"schema": SCHEMA, "store": _stamp(), "calls": [asdict(call) for call in made.calls], "said": said}
    write_atomically(_recent(), json.dumps(kept, ensure_ascii=False))


def _remake(store: Store) -> Recollection:
    calls: list[StoredCall] = []
    for since in SINCE:
        if len(calls) < LAST:
            calls = store.calls(since=datetime.now(UTC) - since)[-LAST:]
    answers = [answer for call in calls for answer in store.answers(sha256=call.sha256)]
    return Recollection(tuple(_remembered(call, answers) for call in calls), _sayings(store))


def _with(before: Recollection, call: StoredCall, answers: Sequence[Answer], store: Store) -> Recollection:
    """Return what is remembered with one more call."""
    others = [known for known in before.calls if known.sha256 != call.sha256]
    calls = sorted([*others, _remembered(call, answers)], key=lambda known: (known.at, known.sha256))
    return Recollection(tuple(calls[-LAST:]), _sayings(store))


def _remembered(call: StoredCall, answers: Sequence[Answer]) -> Known:
    from coach.app.shift.contests import contests, counted  # noqa: PLC0415  (nobody waits for it in a review)

    tried = next((advice.skill for advice in call.advice if advice.kind == "try"), None)
    counts = {one.label: (one.met, one.of) for one in counted(call, contests(call, answers)) if one.key == "skill"}
    at = call.at.astimezone(UTC).isoformat()
    return Known(call.sha256, call.agent, at, call.fingerprint, tried, call.hard, counts)


def _sayings(store: Store) -> dict[str, Said]:
    """Return what each person said over and over, by name, the owner's under none; nothing from too few calls."""
    from coach.analysis.scripted import CALLS, SHARE  # noqa: PLC0415  (word lists, loaded by a review anyway)

    found = {}
    names = store.agents()
    for agent in names if len(names) > 1 else [None, *names]:
        said = store.sentences(agent if len(names) > 1 else None)
        if said.total < CALLS:
            continue
        often: dict[str, int] = {}
        for sentence, calls in said.often.items():
            if calls >= SHARE * said.total:
                for key in _keys(sentence):
                    often[key] = min(said.total, max(calls, often.get(key, 0)))
        wordings = {kind: tuple(texts) for kind, texts in said.wordings.items()}
        found[agent or ""] = Said(said.total, often, wordings)
    return found


def _keys(sentence: str) -> Iterator[str]:
    """Yield the clauses of a sentence by what the analysis recognises them by."""
    from coach.analysis import clauses, text  # noqa: PLC0415
    from coach.analysis.scripted import SHORTEST  # noqa: PLC0415

    for piece in clauses.split(text.tokens(sentence)):
        key = " ".join(clauses.Clause.of(piece, punctuated=False).head)
        if len(key.split()) >= SHORTEST:
            yield key
