"""What a night tells: each thing that is new, once, whether it was done tonight or in a night that was killed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from coach.app.intake.shown import last_part
from coach.app.nightly.ledger import Ledger
from coach.app.shift.cases import TOO_OLD, Taken
from coach.reporting.digest import Digest
from coach.store.store import Store
from coach.store.values import Attempt

_NAMED = ("failed", "quarantined", "old")


@dataclass(frozen=True, slots=True)
class _New:
    """One thing that is new."""

    end: str
    name: str
    message: str | None = None
    sound: float = 0.0
    partial: bool = False


def digest_of(taken: Sequence[Taken], waiting: int, ledger: Ledger, store: Store, seconds: float) -> Digest:
    """Return what is told of a night.

    Args:
        taken: Every recording's end.
        waiting: Recordings that are still being written.
        ledger: What was begun and not told yet.
        store: Knows how that ended.
        seconds: What the night took.
    """
    by_key = {one.key: one for one in taken if one.key}
    attempts = {attempt.key: attempt for attempt in store.attempts()}
    new = [found for key in ledger.keys if (found := _new(by_key.get(key), attempts.get(key), store)) is not None]
    ends = [one.end for one in new]
    return Digest(
        day=datetime.now().astimezone().date().isoformat(),
        reviewed=ends.count("reviewed"),
        failed=ends.count("failed"),
        quarantined=ends.count("quarantined"),
        partial=sum(one.partial for one in new),
        waiting=waiting + _count(taken, "waiting"),
        copies=_count(taken, "copy"),
        forgotten=len(ledger.forgetting),
        seconds=seconds,
        sound=sum(one.sound for one in new),
        old=ends.count("old"),
        reasons=tuple((one.name, one.message) for one in new if (one.partial or one.end in _NAMED) and one.message),
    )


def _count(taken: Sequence[Taken], end: str) -> int:
    return sum(one.end == end for one in taken)


_TOLD: Mapping[str, str] = {
    "reviewed": "reviewed",
    "unchanged": "reviewed",  # reviewed by a night that was killed before it could tell
    "done": "reviewed",
    "failed": "failed",
    "quarantined": "quarantined",
}


def _new(taken: Taken | None, attempt: Attempt | None, store: Store) -> _New | None:
    """Return what there is to tell of a recording, ``None`` for nothing: it is gone, or waits for the next night."""
    said = taken.message if taken is not None else attempt.message if attempt is not None else None
    if said == TOO_OLD:
        name = taken.found.name if taken is not None else last_part(attempt.uri) if attempt is not None else ""
        return _New("old", name, said)
    if taken is not None:
        if (end := _TOLD.get(taken.end)) is None:
            return None
        sound = taken.duration if taken.duration is not None else _sound(taken.sha256, store)
        return _New(end, taken.found.name, taken.message, sound if end == "reviewed" else 0.0, taken.partial)
    if attempt is None or (end := _TOLD.get(attempt.state)) is None:
        return None
    return _New(
        end, last_part(attempt.uri), attempt.message, _sound(attempt.sha256, store) if end == "reviewed" else 0.0
    )


def _sound(sha256: str | None, store: Store) -> float:
    call = store.call(sha256) if sha256 is not None else None
    return (call.duration or 0.0) if call is not None else 0.0
