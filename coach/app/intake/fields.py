"""Texts from manifests, file names and notes read as the fields of a call."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from coach.app.intake.known import Known
from coach.app.intake.shown import tidy
from coach.app.intake.times import Zone, read_time

LONGEST = 200
"""Characters of a name; more is something else."""

CHANNELS: Mapping[str, str] = MappingProxyType({"left": "left", "right": "right", "0": "left", "1": "right"})
DIRECTIONS: Mapping[str, str] = MappingProxyType(
    {
        **dict.fromkeys(("inbound", "in", "incoming"), "inbound"),
        **dict.fromkeys(("outbound", "out", "outgoing"), "outbound"),
        **dict.fromkeys(("internal", "int"), "internal"),
    }
)
_CALL_TYPE = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}")
_CLOCK = re.compile(r"(?:(\d{1,3}):)?(\d{1,2}):(\d{2})")
_MOST_SECONDS = 100 * 3600.0


def read_field(name: str, text: str, source: str, zone: Zone) -> Known:
    """Return one field as a source has it.

    Args:
        name: One of :data:`coach.app.intake.known.FIELDS`.
        text: As it stands there.
        source: For a sentence.
        zone: For times that name none.

    Raises:
        ValueError: It cannot be that; the message is what was expected.
    """
    text = tidy(text)
    if name == "started_at":
        at, note = read_time(text, zone)
        return Known(at, source, note=note)
    if name == "direction":
        return Known(_one_of(text, DIRECTIONS, "inbound, outbound or internal"), source)
    if name == "agent_channel":
        return Known(_one_of(text, CHANNELS, "left, right, 0 or 1"), source)
    if name == "call_type":
        if not _CALL_TYPE.fullmatch(text):
            raise ValueError("small letters, digits and hyphens")
        return Known(text, source)
    if name == "duration":
        return Known(_seconds(text), source)
    if not text or len(text) > LONGEST:
        raise ValueError(f"a name or a number of up to {LONGEST} characters")
    return Known(text, source)


def _one_of(text: str, known: Mapping[str, str], expected: str) -> str:
    try:
        return known[text.casefold()]
    except KeyError:
        raise ValueError(expected) from None


def _seconds(text: str) -> float:
    expected = "seconds, or hours:minutes:seconds"
    if found := _CLOCK.fullmatch(text):
        return int(found[1] or 0) * 3600.0 + int(found[2]) * 60.0 + int(found[3])
    try:
        seconds = float(text)
    except ValueError:
        raise ValueError(expected) from None
    if not 0 <= seconds <= _MOST_SECONDS:
        raise ValueError(expected)
    return seconds
