"""One call out of what several sources say of it: the first that says a field counts, and who differs is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

from coach.app.intake.fields import read_field
from coach.app.intake.known import FIELDS, Known, Told
from coach.app.intake.times import Zone
from coach.conversation import CoachError
from coach.speech.decoding.probe import probe
from coach.speech.sidecar import LANES, Sidecar, from_tags, read_sidecar

SAME_TIME = timedelta(minutes=2)
"""Two clocks that differ by less are the same moment."""
_EARLIEST = datetime(1990, 1, 2, tzinfo=UTC).timestamp()
_SAME_LENGTH = 2.0


def resolved(told: Sequence[Told]) -> tuple[dict[str, Known], tuple[str, ...]]:
    """Return each field as the first source has it, and a sentence for each source that says otherwise.

    Args:
        told: What the sources say, the one that counts first.
    """
    known: dict[str, Known] = {}
    conflicts: list[str] = []
    for name, found in chain.from_iterable(_ordered(one.known) for one in told):
        taken = known.setdefault(name, found)
        if taken is not found and not found.guessed and _differ(name, taken, found):
            conflicts.append(_conflict(name, taken, found))
    return known, tuple(dict.fromkeys(conflicts))


def _ordered(known: Mapping[str, Known]) -> Iterator[tuple[str, Known]]:
    return ((name, known[name]) for name in FIELDS if name in known)


def _differ(name: str, taken: Known, found: Known) -> bool:
    if name == "id":
        return False  # every system counts in its own way
    if isinstance(taken.value, datetime) and isinstance(found.value, datetime):
        return abs(taken.value - found.value) > _precision(taken, found)
    if isinstance(taken.value, float) and isinstance(found.value, float):
        return abs(taken.value - found.value) > _SAME_LENGTH
    return str(taken.value).casefold() != str(found.value).casefold()


def _precision(*times: Known) -> timedelta:
    alone = " ".join(time.note or "" for time in times)
    return timedelta(hours=25) if "day alone" in alone else timedelta(hours=1) if "hour alone" in alone else SAME_TIME


def _conflict(name: str, taken: Known, found: Known) -> str:
    told = f"{name}: {_said(taken)} by {taken.source}, but {_said(found)} by {found.source}; the first counts."
    if isinstance(taken.value, datetime) and isinstance(found.value, datetime):
        apart = abs(taken.value - found.value)
        if timedelta() < apart <= timedelta(hours=14) and not apart % timedelta(minutes=30):
            told += " The difference is a time zone's: one of them may be UTC, the other local."
    return told


def _said(known: Known) -> str:
    return known.value.isoformat(sep=" ") if isinstance(known.value, datetime) else str(known.value)


def of_sidecar(recording: Path, zone: Zone) -> Told:
    """Return what a file beside a recording says."""
    found = read_sidecar(recording)
    return _of(found, zone) if found is not None else Told()


def of_tags(recording: Path, zone: Zone) -> Told:
    """Return what a recording's container says of itself; nothing where it cannot be opened."""
    try:
        found = from_tags(probe(recording).tags)
    except CoachError:
        return Told()
    return _of(found, zone) if found is not None else Told()


def _of(sidecar: Sidecar, zone: Zone) -> Told:
    channel = None if sidecar.agent_channel is None else LANES[sidecar.agent_channel]
    texts = {
        "agent": sidecar.agent,
        "agent_channel": channel,
        "started_at": sidecar.started_at,
        "direction": sidecar.direction,
        "call_type": sidecar.call_type,
    }
    known: dict[str, Known] = {}
    notes = list(sidecar.warnings)
    for name, text in texts.items():
        if text is not None:
            try:
                known[name] = read_field(name, text, sidecar.origin, zone)
            except ValueError as error:
                notes.append(f"{sidecar.origin} has a {name} that is not {error}; it was left out.")
    return Told(known, notes=tuple(notes))


def of_file_time(changed: float) -> Told:
    """Return the time at which a file was last written as a guess of when the call was.

    Args:
        changed: Seconds since 1970.
    """
    if not _EARLIEST < changed <= datetime.now(UTC).timestamp() + SAME_TIME.total_seconds():
        return Told()
    at = datetime.fromtimestamp(changed, UTC).replace(microsecond=0)
    note = "when it was last written, which copying may change; in UTC"
    return Told({"started_at": Known(at, "the file's time", guessed=True, note=note)})
