"""Reading values out of JSON that anybody may have written, with errors that say where.

Nothing here repeats what the file says: a message names the place and the kind of thing found
there, never its content, because that content is words of a call.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from coach.conversation import TranscriptError

MAX_SECONDS = 100 * 3600.0
"""Latest time that is believed, in seconds; beyond it the file most likely counts milliseconds."""

_MARKS = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff\u061c")
"""Marks that turn the direction of text: in a report they would show words in an order nobody spoke."""


def clean(text: str) -> str:
    r"""Return text on one line, without control characters, lone surrogates or direction marks.

    >>> clean("so\x00,  I\u202e'm\n")
    "so, I'm"
    """
    kept = (
        " " if char.isspace() else char
        for char in text
        if char.isspace() or (char not in _MARKS and unicodedata.category(char) not in {"Cc", "Cs"})
    )
    return " ".join("".join(kept).split())


def refuse(name: str, where: str, found: str, advice: str) -> TranscriptError:
    """Return the error for a transcript that cannot be read.

    Args:
        name: The file's name.
        where: A path inside the JSON, or a line; empty for the whole file.
        found: What was expected and what is there, without its content.
        advice: What to do next.
    """
    place = f"{clean(name)}, {where}" if where else clean(name)
    return TranscriptError(f"{place}: {found}. {advice}")


_KINDS: tuple[tuple[type, str], ...] = (
    (bool, "true or false"),
    (dict, "an object"),
    (list, "a list"),
    (str, "text"),
    (int, "a number"),
    (float, "a number"),
    (type(None), "null"),
)


def _kind(value: object) -> str:
    return next((name for kind, name in _KINDS if isinstance(value, kind)), "something else")


@dataclass(frozen=True, slots=True)
class Node:
    """One value in a JSON file, which knows its own place there.

    Attributes:
        value: As ``json`` read it.
        name: The file's name, for messages.
        path: Keys and indices that lead to it; empty at the root.
    """

    value: object
    name: str
    path: str = ""

    def wrong(self, expected: str) -> TranscriptError:
        """Return the error that says what should have been here."""
        return refuse(
            self.name,
            self.path or "at the top",
            f"expected {expected}, found {_kind(self.value)}",
            "Export the transcript again, or review the recording without it",
        )

    @property
    def missing(self) -> bool:
        """Whether nothing is here: no such key, or null."""
        return self.value is None

    def __getitem__(self, key: str) -> Node:
        """Return the value of a key; a node that is missing when there is no such key."""
        if not isinstance(self.value, Mapping):
            raise self.wrong("an object")
        return Node(self.value.get(key), self.name, f"{self.path}.{key}" if self.path else key)

    def __iter__(self) -> Iterator[Node]:
        """Yield the elements of a list; none when it is missing."""
        if self.missing:
            return
        if not isinstance(self.value, list):
            raise self.wrong("a list")
        for index, value in enumerate(self.value):
            yield Node(value, self.name, f"{self.path}[{index}]")

    def text(self) -> str | None:
        """Return cleaned text, ``None`` when it is missing."""
        if self.missing:
            return None
        if not isinstance(self.value, str):
            raise self.wrong("text")
        return clean(self.value)

    def label(self) -> str | None:
        """Return a speaker's label, which some programs write as a number; ``None`` when there is none."""
        if isinstance(self.value, int) and not isinstance(self.value, bool) and abs(self.value) < 10_000:
            return str(self.value)
        return (self.text() or "")[:80].strip() or None

    def number(self) -> float | None:
        """Return a finite number, also where it was written as text; ``None`` when missing or NaN.

        Aligners write NaN for what they could not place, so NaN means that nothing is known.
        """
        if self.missing:
            return None
        if isinstance(self.value, bool) or not isinstance(self.value, int | float | str):
            raise self.wrong("a number")
        try:
            number = float(self.value)
        except (ValueError, OverflowError):
            raise self.wrong("a number") from None
        if math.isinf(number):
            raise self.wrong("a finite number")
        return None if math.isnan(number) else number

    def seconds(self, *, per: float = 1.0) -> float | None:
        """Return a time in seconds, ``None`` when it is missing.

        Args:
            per: How many of the file's units make a second: 1000 for milliseconds.

        Raises:
            TranscriptError: It lies before the recording or later than any call lasts.
        """
        number = self.number()
        if number is None:
            return None
        moment = number / per
        if moment < -1.0:
            raise self.wrong("a time of 0 or later")
        if moment > MAX_SECONDS:
            raise self.wrong("a time under 100 hours (is the unit right?)")
        return max(moment, 0.0)
