"""What was practised: one JSON line a customer, in the person's own data folder; masked, and what was heard alone."""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path

import platformdirs

from coach.coaching.sentences import HEARD, Sentences
from coach.conversation import StorageError

LARGEST = 20_000_000
"""Bytes that are read back: some fifty thousand answers."""


@dataclass(frozen=True, slots=True)
class Try:
    """One answer: its masked words, and what was heard in it."""

    said: str
    heard: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One customer answered.

    Attributes:
        at: When, as ISO 8601 with the offset from UTC.
        drill: The customer's id.
        call: Name of the review that they are from; empty for the starter set.
        tries: The answers in order.
    """

    at: str
    drill: str
    call: str = ""
    tries: tuple[Try, ...] = field(default_factory=tuple)


def log_file() -> Path:
    """Return where the log is."""
    return platformdirs.user_data_path("coach") / "practice.jsonl"


def entry(drill: str, call: str, tries: Sequence[Try]) -> Entry:
    """Return an entry of now."""
    return Entry(datetime.now().astimezone().isoformat(timespec="seconds"), drill, call, tuple(tries))


def keep(new: Entry) -> None:
    """Add an entry, readable by the person alone.

    Raises:
        StorageError: It cannot be written.
    """
    path = log_file()
    line = json.dumps(asdict(new), ensure_ascii=False) + "\n"
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        with os.fdopen(handle, "ab") as file:
            file.write(line.encode("utf-8", "replace"))  # one write: two at a time do not mix
        path.chmod(0o600)
    except OSError as error:
        raise StorageError(f"{path} could not be written: {error.strerror}.") from error


def entries() -> list[Entry]:
    """Return the log, oldest first; a line that is damaged is passed over."""
    path, found = log_file(), []
    try:
        lines = path.read_text(encoding="utf-8", errors="replace").splitlines() if path.stat().st_size < LARGEST else []
    except OSError:
        return []
    for line in lines:
        try:
            raw = json.loads(line)
            tries = tuple(Try(str(t["said"]), tuple(map(str, t["heard"]))) for t in raw["tries"])
            found.append(Entry(str(raw["at"]), str(raw["drill"]), str(raw.get("call", "")), tries))
        except (ValueError, KeyError, TypeError, RecursionError):
            continue
    return found


def last_heard(found: Sequence[Entry], drill: str) -> tuple[str, ...] | None:
    """Return what was heard when a customer was last answered, ``None`` when they never were."""
    earlier = [entry for entry in found if entry.drill == drill and entry.tries]
    return earlier[-1].tries[-1].heard if earlier else None


def counted(found: Sequence[Entry], say: Sentences) -> list[str]:
    """Return what the log shows: how much was practised, and how often each thing was heard."""
    if not found:
        return [say("practice.log.empty")]
    days = len({entry.at[:10] for entry in found})
    drills = say("practice.log.drill_one") if len(found) == 1 else say("practice.log.drill_many", n=len(found))
    on = say("practice.log.day_one") if days == 1 else say("practice.log.day_many", n=days)
    lines = [say("practice.log.total", drills=drills, days=on)]
    heard = Counter(kind for entry in found for kind in {kind for one in entry.tries for kind in one.heard})
    if heard:
        lines += [
            say("practice.log.heard"),
            *(f"  {heard[k]:>3} × {say(f'practice.name.{k}')}" for k in HEARD if heard[k]),
        ]
    return lines
