"""What is known of a recording before it is heard: each field with its source, never guessed silently."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from types import MappingProxyType

from coach.app.intake.shown import hide, last_part

Value = str | float | datetime

FIELDS = ("id", "agent", "started_at", "direction", "agent_channel", "call_type", "queue", "duration")
"""What may be known of a call, beside the customer, of whom nothing is kept but what has to be masked."""


@dataclass(frozen=True, slots=True)
class Known:
    """One field of one call.

    Attributes:
        value: Text; an aware time for ``started_at``; seconds for ``duration``; ``left`` or ``right`` for
            ``agent_channel``; ``inbound``, ``outbound`` or ``internal`` for ``direction``.
        source: For a sentence: "the manifest, line 12".
        guessed: Whether it merely stands in for what nothing says, as a file's time does.
        note: What has to be said with it: which time zone was taken, what it depends on.
    """

    value: Value
    source: str
    guessed: bool = False
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What one source says of one recording.

    Attributes:
        known: By field.
        private: Numbers and names of customers, to be masked in whatever is shown.
        notes: What could not be used, and why; what the source cannot tell.
        side: ``agent`` or ``customer`` where the recording is one party's half of a call.
        pair: What both halves of a call have in common; empty for a whole call.
    """

    known: Mapping[str, Known] = field(default_factory=lambda: MappingProxyType({}))
    private: tuple[str, ...] = field(default=(), repr=False)
    notes: tuple[str, ...] = ()
    side: str | None = None
    pair: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """One file.

    Attributes:
        uri: The path as it was found, or the address.
        path: Where it lies here; ``None`` for an address.
    """

    uri: str
    path: Path | None = None


@dataclass(frozen=True, slots=True)
class Found:
    """One call to review.

    Attributes:
        uri: The path as it was found, or the address; the agent's where there is a file a party.
        path: Where it lies here; ``None`` for an address, which has to be fetched first.
        known: What is known of it, by field; what is not in it is not known.
        parties: The agent's file and the customer's, where there is one a party.
        private: Numbers and names of customers that its names may hold. They are never printed and never kept:
            :meth:`hide` takes them out of a text.
        notes: What could not be used, and what a source cannot tell; without private numbers.
        conflicts: What sources say differently; without private numbers.
    """

    uri: str
    path: Path | None
    known: Mapping[str, Known]
    parties: tuple[Piece, Piece] | None = None
    private: tuple[str, ...] = field(default=(), repr=False)
    notes: tuple[str, ...] = ()
    conflicts: tuple[str, ...] = ()

    @property
    def pieces(self) -> tuple[Piece, ...]:
        """Its files, the agent's first."""
        return self.parties or (Piece(self.uri, self.path),)

    @property
    def agent(self) -> str | None:
        """Name or number of the agent; ``None`` where nothing says who it is: such a call is in nobody's figures."""
        return self._text("agent")

    @property
    def started_at(self) -> datetime | None:
        """When it began, with its offset from UTC; where it was guessed, ``known`` says so."""
        value = self.known["started_at"].value if "started_at" in self.known else None
        return value if isinstance(value, datetime) else None

    @property
    def direction(self) -> str | None:
        """``inbound``, ``outbound`` or ``internal``."""
        return self._text("direction")

    @property
    def agent_channel(self) -> str | None:
        """``left`` or ``right``."""
        return self._text("agent_channel")

    @property
    def call_type(self) -> str | None:
        """As the rubric's call types are named."""
        return self._text("call_type")

    @property
    def shown(self) -> str:
        """What it may be called wherever people look: its address or path, masked."""
        return self.hide(self.uri)

    @property
    def name(self) -> str:
        """The last part of :attr:`shown`."""
        return last_part(self.shown)

    def hide(self, text: str) -> str:
        """Return a text without anything private: what is known of the customer, and whatever looks like it."""
        return hide(text, self.private)

    def _text(self, name: str) -> str | None:
        return str(self.known[name].value) if name in self.known else None


@dataclass(frozen=True, slots=True)
class Refused:
    """What was named and cannot be reviewed.

    Attributes:
        uri: Its path or address, or the place in the manifest; may hold private numbers: show :attr:`shown`.
        reason: A sentence without private numbers.
        shown: What it may be called.
        missing: Whether nothing is there at all.
    """

    uri: str = field(repr=False)
    reason: str
    shown: str
    missing: bool = False

    @property
    def name(self) -> str:
        """What it may be called without the folders that it lies in."""
        return last_part(self.shown)


@dataclass(frozen=True, slots=True)
class Discovery:
    """What was found.

    Attributes:
        found: The calls, in the order of what was named; a folder's sorted by path.
        refused: What was named, or lies there, and cannot be reviewed.
        skipped: What was let be on purpose, each with its reason: links, unfinished copies, our own reports.
        notes: Of the whole: a folder without a recording, manifest rows that nothing belongs to.
    """

    found: tuple[Found, ...]
    refused: tuple[Refused, ...] = ()
    skipped: tuple[Refused, ...] = ()
    notes: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """Whether there is nothing to review, and nothing that somebody would have to mend."""
        return not self.found and all(one.missing for one in self.refused)
