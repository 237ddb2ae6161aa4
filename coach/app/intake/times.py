"""When a call began: always with its offset from UTC, and always saying how that is known."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

_EPOCH = re.compile(r"(1\d{9})(?:\.\d+)?|(1\d{12})", re.ASCII)
_PLAIN = re.compile(r"((?:19|20)\d{2})\D?(\d{2})\D?(\d{2})\D?(\d{2})\D?(\d{2})(?:\D?(\d{2}))?", re.ASCII)
_FIRST, _LAST = 1990, 2100
EXPECTED = "a time such as 2026-03-02T09:14:00-05:00"


@dataclass(frozen=True, slots=True)
class Zone:
    """The time zone of times that name none.

    Attributes:
        name: As in the IANA database; ``None`` for this computer's own.
    """

    name: str | None = None

    def place(self, local: datetime) -> tuple[datetime, str]:
        """Return a local time with its offset from UTC, and the words that say which zone was taken.

        Raises:
            ValueError: There is no such time.
        """
        try:
            placed = local.astimezone() if self.name is None else local.replace(tzinfo=ZoneInfo(self.name))
            offset = placed.utcoffset()
        except (OverflowError, OSError) as error:
            raise ValueError(EXPECTED) from error
        fixed = placed.replace(tzinfo=timezone(offset)) if offset is not None else placed
        whose = "this computer's" if self.name is None else f"{self.name}, by the setting timezone"
        return fixed, f"local time without a zone, taken as {whose} ({offset_of(fixed)})"


def offset_of(at: datetime) -> str:
    """Return how far a time is from UTC, as people write it.

    >>> offset_of(datetime(2026, 3, 2, tzinfo=timezone(timedelta(hours=-5))))
    'UTC-05:00'
    """
    minutes = int((at.utcoffset() or timedelta()).total_seconds() // 60)
    return "UTC" if not minutes else f"UTC{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def read_time(text: str, zone: Zone) -> tuple[datetime, str | None]:
    """Return the time that a text tells, and what has to be said with it.

    ISO 8601 with or without an offset, ``20260302-091400`` with any separators, or seconds or milliseconds since
    1970. Days and months in another order are not guessed.

    Args:
        text: As a manifest, a sidecar or a file name has it.
        zone: For times that name none.

    Raises:
        ValueError: It is none of these; the message is what was expected.
    """
    text = text.strip()
    if found := _EPOCH.fullmatch(text):
        seconds = float(text) if found[1] else float(text) / 1000
        return datetime.fromtimestamp(seconds, UTC), "counted from 1970, in UTC"
    try:
        at = _iso(text)
    except ValueError:
        raise ValueError(EXPECTED) from None
    if not _FIRST <= at.year < _LAST:
        raise ValueError(EXPECTED)
    day_alone = "the day alone; " if len(text) <= len("2026-03-02") else ""
    if at.utcoffset() is not None:
        return at, None if not at.utcoffset() else f"local time ({offset_of(at)})"
    placed, said = zone.place(at)
    return placed, day_alone + said


def from_epoch(text: str) -> datetime:
    """Return the time that seconds since 1970 stand for.

    Raises:
        ValueError: They lie outside what a recording's can be.
    """
    found = _EPOCH.fullmatch(text)
    if found is None:
        raise ValueError("seconds since 1970")
    return datetime.fromtimestamp(float(text) if found[1] else float(text) / 1000, UTC)


def _iso(text: str) -> datetime:
    if found := _PLAIN.fullmatch(text.removesuffix("Z")):
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        return datetime(year, month, day, hour, minute, second, tzinfo=UTC if text.endswith("Z") else None)
    return datetime.fromisoformat(text)
