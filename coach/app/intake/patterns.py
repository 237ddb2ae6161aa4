r"""Configured patterns: regular expressions with named groups, for whatever a phone system calls its recordings.

In ``coach.toml``::

    timezone = "America/Chicago"

    [sources]
    desk = '(?P<agent>[a-z]+)_(?P<date>\d{8})_(?P<time>\d{6})_(?P<direction>in|out)'

A pattern has to match the end of a recording's path, from the beginning of a folder's or the file's name, without
the file's ending. The first one that does counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from coach.app.intake.fields import read_field
from coach.app.intake.known import FIELDS, Known, Told
from coach.app.intake.times import Zone, from_epoch
from coach.nearest import did_you_mean

_CLOCK = ("year", "month", "day", "hour", "minute", "second")
SIDES: Mapping[str, str] = {"agent_side": "agent", "customer_side": "customer"}
GROUPS = (*FIELDS, "customer", "date", "time", *_CLOCK, "epoch", "utc", *SIDES)
"""What a pattern's groups may be called."""

_LONGEST = 1_000
_LONGEST_PATH = 1_024


@dataclass(frozen=True, slots=True)
class Pattern:
    """One configured pattern.

    Attributes:
        name: As the settings call it.
        expression: For a path without its ending, with ``/`` between its parts.
        origin: Where it is configured.
    """

    name: str
    expression: re.Pattern[str]
    origin: str = "the settings"

    @classmethod
    def of(cls, name: str, text: str, origin: str = "the settings") -> Pattern:
        """Return the pattern that a text describes.

        Raises:
            ValueError: It is no regular expression, or its groups are not known; the message says what is wrong.
        """
        if len(text) > _LONGEST:
            raise ValueError(f'the pattern "{name}" is longer than {_LONGEST} characters')
        try:
            expression = re.compile(f"(?:.*/)?(?:{text})", re.DOTALL)
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f'the pattern "{name}" is no regular expression: {error}') from None
        for group in expression.groupindex:
            if group not in GROUPS:
                raise ValueError(f'the pattern "{name}" has a group "{group}"; {did_you_mean(group, GROUPS)}')
        if not expression.groupindex:
            raise ValueError(f'the pattern "{name}" has no named group such as (?P<agent>[a-z]+)')
        return cls(name, expression, origin)

    def told(self, path: PurePosixPath, zone: Zone) -> Told | None:
        """Return what the pattern makes of a recording's path, ``None`` where it does not match."""
        text = path.with_suffix("").as_posix() if path.name else ""
        found = self.expression.fullmatch(text[-_LONGEST_PATH:])
        if found is None:
            return None
        groups = {name: text for name, text in found.groupdict().items() if text}
        source = f'the pattern "{self.name}" ({self.origin})'
        known: dict[str, Known] = {}
        notes: list[str] = []
        for name, text in _fields(groups).items():
            try:
                known[name] = read_field(name, text, source, zone)
            except ValueError as error:
                notes.append(f"What {source} takes for {name} is not {error}; it was left out.")
        if "epoch" in groups and "started_at" not in known:
            try:
                known["started_at"] = Known(from_epoch(groups["epoch"]), source, note="counted from 1970, in UTC")
            except ValueError as error:
                notes.append(f"What {source} takes for epoch is not {error}; it was left out.")
        side, pair = _half(found)
        private = (groups["customer"],) if "customer" in groups else ()
        return Told(known, private, tuple(notes), side, pair)


def first_told(patterns: Iterable[Pattern], path: PurePosixPath, zone: Zone) -> Told:
    """Return what the first pattern that matches says; nothing where none does."""
    for pattern in patterns:
        told = pattern.told(path, zone)
        if told is not None:
            return told
    return Told()


def _fields(groups: Mapping[str, str]) -> dict[str, str]:
    """Return the fields' texts, a time put together from its parts."""
    fields = {name: groups[name] for name in FIELDS if name in groups}
    if "started_at" not in fields:
        day, clock = groups.get("date"), groups.get("time")
        if day is None and {"year", "month", "day"} <= set(groups):
            day = "".join(groups[name].zfill(2) for name in ("year", "month", "day"))
        if clock is None and {"hour", "minute"} <= set(groups):
            clock = "".join(groups[name].zfill(2) for name in ("hour", "minute", "second") if name in groups)
        if day is not None:
            digits = re.sub(r"\D", "", day)
            day = f"{digits[:4]}-{digits[4:6]}-{digits[6:]}" if len(digits) == 8 else day
            fields["started_at"] = f"{day}T{_clock(clock)}" if clock is not None else day
    if "utc" in groups and "started_at" in fields:
        fields["started_at"] += "Z"
    return fields


def _clock(text: str) -> str:
    digits = re.sub(r"\D", "", text)
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2)) if len(digits) in {4, 6} else text


def _half(found: re.Match[str]) -> tuple[str | None, str]:
    """Return whose half a recording is, and the path without what says so, which both halves share."""
    sides = [group for group in SIDES if group in found.re.groupindex and found[group]]
    if len(sides) != 1:
        return None, ""
    start, end = found.span(sides[0])
    return SIDES[sides[0]], f"{found.string[:start]}\0{found.string[end:]}"
