"""Checks of single fields: whoever wrote them, nothing but sound values reaches a database."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from coach.store.errors import ReviewFileError

SHORT, LONG, LONGEST = 200, 4_000, 200_000
"""Letters of a name, of a sentence, of what was said; what is longer is cut."""

MOST = 100_000
"""Moments, turns or warnings of one review: a four-hour call has some thousands."""

DEEPEST = 8
"""Levels of what a moment refers to."""

_LARGEST: Final = 2**31 - 1  # what an integer column takes in both databases
_NOT_TEXT: Final = re.compile("[\x00\ud800-\udfff]")

Row = dict[str, object]


def mapping(value: object, where: str) -> Mapping[str, object]:
    """Return a value that must be an object with names.

    Raises:
        ReviewFileError: It is not.
    """
    if not isinstance(value, Mapping) or not all(isinstance(key, str) for key in value):
        raise wrong(where, "an object")
    return value


def listed(value: object, where: str) -> Sequence[object]:
    """Return a value that must be a list of bearable length.

    Raises:
        ReviewFileError: It is not.
    """
    if not isinstance(value, (list, tuple)):
        raise wrong(where, "a list")
    if len(value) > MOST:
        raise wrong(where, f"a list of at most {MOST} entries")
    return value


def text(value: object, where: str, longest: int) -> str:
    """Return a value that must be text, without what databases refuse, cut to a length.

    Raises:
        ReviewFileError: It is not text.
    """
    if not isinstance(value, str):
        raise wrong(where, "text")
    return _NOT_TEXT.sub("\ufffd", value[:longest])


def optional(value: object, where: str, longest: int) -> str | None:
    """Return a value that must be text or nothing."""
    return None if value is None else text(value, where, longest)


def number(value: object, where: str) -> float | None:
    """Return a value that must be a finite number or nothing.

    Raises:
        ReviewFileError: It is neither.
    """
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise wrong(where, "a number or null")
    try:
        real = float(value)
    except OverflowError:
        real = math.inf
    if not math.isfinite(real):
        raise wrong(where, "a finite number")
    return real


def needed(value: object, where: str) -> float:
    """Return a value that must be a finite number."""
    real = number(value, where)
    if real is None:
        raise wrong(where, "a number")
    return real


def whole_number(value: object, where: str) -> int:
    """Return a value that must be a count.

    Raises:
        ReviewFileError: It is not.
    """
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= _LARGEST:
        raise wrong(where, "a whole number from 0")
    return value


def truth(value: object, where: str) -> bool:
    """Return a value that must be true or false.

    Raises:
        ReviewFileError: It is neither.
    """
    if not isinstance(value, bool):
        raise wrong(where, "true or false")
    return value


def time_of(value: object) -> datetime | None:
    """Return a row's time of day."""
    return value if isinstance(value, datetime) else None


def plain(value: object, where: str, depth: int = 0) -> object:
    """Return a value of JSON's kinds as both databases take it.

    Raises:
        ReviewFileError: It is of another kind, nested too deeply, or a number that is not finite.
    """
    if depth > DEEPEST:
        raise wrong(where, f"nested at most {DEEPEST} deep")
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return text(value, where, LONGEST)
    if isinstance(value, (int, float)):
        real = needed(value, where)
        return value if isinstance(value, int) and abs(real) <= 2**53 else real
    if isinstance(value, Mapping):
        return {text(key, where, SHORT): plain(inner, where, depth + 1) for key, inner in value.items()}
    return [plain(inner, where, depth + 1) for inner in listed(value, where)]


def wrong(where: str, wanted: str) -> ReviewFileError:
    """Return what to raise where a field is not what it must be."""
    return ReviewFileError(f"This review cannot be stored: {shown(where)} is not {wanted}. Review the call anew.")


def shown(name: str) -> str:
    """Return a field's name as a message may show it."""
    return "".join(letter if letter.isprintable() else "?" for letter in name[:60])
