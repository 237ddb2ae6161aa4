"""What is known of a recording beside its sound: a small file next to it, its container's tags, its name.

A sidecar is JSON or TOML beside ``call.wav``, named ``call.wav.json``, ``call.json``, ``call.wav.toml`` or
``call.toml`` (the first one that says anything counts)::

    agent = "Dana"               # name or number of the agent
    agent_channel = "right"      # "left" or "right", 0 or 1
    started_at = 2026-03-02T09:14:00Z
    direction = "inbound"        # or "outbound"
    call_type = "high-bill"      # small letters, digits, hyphens

Phone systems write JSON of their own there: keys that are not in this list mean nothing here. A value that
cannot be used is warned of and left out; a sidecar never stops a review.
"""

from __future__ import annotations

import json
import os
import re
import stat
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from coach.speech.importing.untrusted import clean
from coach.speech.parties import Claim

MAX_BYTES = 2**20
"""Larger files beside a recording are something else."""

LANES = ("left", "right")
"""Labels of the two channels, by number."""

_EXPECTED = {
    "agent": "a name or a number",
    "agent_channel": "left, right, 0 or 1",
    "started_at": "a time such as 2026-03-02T09:14:00Z",
    "direction": "inbound, outbound or internal",
    "call_type": "small letters, digits and hyphens",
}
_CHANNELS = {"left": 0, "right": 1, "0": 0, "1": 1}
_DIRECTIONS = {
    "inbound": "inbound",
    "in": "inbound",
    "outbound": "outbound",
    "out": "outbound",
    "internal": "internal",
}

_UUID = r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
_NAMED: tuple[tuple[re.Pattern[str], str, float], ...] = (
    (re.compile(rf"{_UUID}_\d{{8}}T\d{{2}}[:_-]?\d{{2}}_UTC(?:\.\w+)?", re.IGNORECASE), "Amazon Connect", 0.95),
    # Flex puts the customer left when it records the customer's leg, right when it records the agent's.
    (re.compile(r"RE[0-9a-f]{32}(?:\.\w+)?"), "Twilio", 0.75),
)
"""File names that tell the phone system, all of which put the agent right; and how sure that is."""


@dataclass(frozen=True, slots=True)
class Sidecar:
    """What was found, and where.

    Attributes:
        origin: For a sentence: "the sidecar call.json".
        agent: Name or number of the agent.
        agent_channel: 0 for left, 1 for right.
        started_at: ISO 8601.
        direction: ``inbound``, ``outbound`` or ``internal``.
        call_type: As the recipe's call types are named.
        warnings: What could not be used.
    """

    origin: str
    agent: str | None = None
    agent_channel: int | None = None
    started_at: str | None = None
    direction: str | None = None
    call_type: str | None = None
    warnings: tuple[str, ...] = ()

    @property
    def claim(self) -> Claim | None:
        """Which channel is the agent's, where it says so."""
        if self.agent_channel is None:
            return None
        return Claim(LANES[self.agent_channel], f"{self.origin} says so")

    @property
    def empty(self) -> bool:
        """Whether it says nothing at all."""
        return all(getattr(self, key) is None for key in _EXPECTED) and not self.warnings


def read_sidecar(recording: Path) -> Sidecar | None:
    """Return what a file beside the recording says, ``None`` when there is no such file or it says nothing.

    Only a regular file in the recording's own folder is read, never through a link. A review that this
    program wrote is not a sidecar, whatever its name; nor is ``coach.toml``, the configuration.

    Args:
        recording: Path of the recording.
    """
    for name in dict.fromkeys(
        f"{stem}{suffix}" for suffix in (".json", ".toml") for stem in (recording.name, recording.stem)
    ):
        if name in {"coach.toml", recording.name}:
            continue
        found = _read(recording.parent / name)
        if found is not None and not found.empty:
            return found
    return None


def from_tags(tags: Mapping[str, str]) -> Sidecar | None:
    """Return what a container's tags say, ``None`` when they say nothing; the keys are those of a sidecar.

    Args:
        tags: As the container holds them; upper and lower case are one.
    """
    known = {key.casefold(): value for key, value in tags.items()}
    found = _of(known, "a tag in the recording")
    return None if found.empty else found


def claim_from_name(recording: Path) -> Claim | None:
    """Return what a phone system's file name implies of the channels, ``None`` for any other name.

    >>> claim_from_name(Path("RE0123456789abcdef0123456789abcdef.wav")).agent
    'right'
    """
    for pattern, system, confidence in _NAMED:
        if pattern.fullmatch(recording.name):
            return Claim(
                "right", f"{system} puts the agent there, and the file is named as {system} names it", confidence
            )
    return None


def _read(path: Path) -> Sidecar | None:
    origin = f"the sidecar {clean(path.name)}"
    try:
        data = read_regular(path)
    except OSError:
        return None
    if len(data) > MAX_BYTES:
        return None  # a transcript, most likely
    try:
        text = data.decode("utf-8-sig")
        values = tomllib.loads(text) if path.suffix == ".toml" else json.loads(text)
    except (ValueError, RecursionError):  # both parsers' errors and wrong UTF-8 are ValueErrors
        kind = "TOML" if path.suffix == ".toml" else "JSON"
        return Sidecar(origin, warnings=(f"{origin[0].upper()}{origin[1:]} is not valid {kind} and was not read.",))
    if not isinstance(values, dict) or str(values.get("schema", "")).startswith("coach."):
        return None
    return _of(values, origin)


def read_regular(path: Path) -> bytes:
    """Return the bytes of a regular file that is no link, one more than :data:`MAX_BYTES` at most.

    Raises:
        OSError: Nothing is there, or a link, a pipe, a folder.
    """
    if not stat.S_ISREG(path.lstat().st_mode):
        raise OSError("not a regular file")
    handle = os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0))
    with os.fdopen(handle, "rb") as file:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            raise OSError("not a regular file")
        return file.read(MAX_BYTES + 1)


def _of(values: Mapping[str, object], origin: str) -> Sidecar:
    given = {key: values[key] for key in _EXPECTED if values.get(key) is not None}
    found = Sidecar(
        origin,
        agent=_plain(given.get("agent"))[:200] or None,
        agent_channel=_CHANNELS.get(_plain(given.get("agent_channel")).casefold()),
        started_at=_moment(given.get("started_at")),
        direction=_DIRECTIONS.get(_plain(given.get("direction")).casefold()),
        call_type=_call_type(_plain(given.get("call_type"))),
    )
    unused = (key for key in given if getattr(found, key) is None)
    told = f"{origin[0].upper()}{origin[1:]}"
    warnings = (f"{told} has a {key} that is not {_EXPECTED[key]}; it was left out." for key in unused)
    return replace(found, warnings=tuple(warnings))


def _plain(value: object) -> str:
    """Return text or a whole number as clean text; anything else as none."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return clean(value if isinstance(value, str) else str(value) if abs(value) < 10**15 else "")


def _moment(value: object) -> str | None:
    if isinstance(value, datetime):  # TOML has times of its own
        return value.isoformat()
    try:
        return datetime.fromisoformat(_plain(value)).isoformat()
    except ValueError:
        return None


def _call_type(text: str) -> str | None:
    return text if re.fullmatch(r"[a-z0-9][a-z0-9_-]{0,39}", text) else None
