"""The customer's name, as they gave it in the call."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from coach.analysis import lexicons
from coach.analysis.reading import Reading
from coach.analysis.view import View

_LEADS: Final = (
    ("my", "name", "is"),
    ("my", "name's"),
    ("name", "is"),
    ("this", "is"),
    ("it's",),
    ("i'm",),
    ("i", "am"),
)
_SURE: Final = 3
"""The first leads are followed by a name; the others only when it was just asked for, or is written as one."""


def customer_names(reading: Reading) -> dict[str, float]:
    """Return the names that the customer gave, with when they were given, in seconds."""
    found: dict[str, float] = {}
    for said in reading.customer:
        for name in _given(said.view, capitalised(said.text)):
            found.setdefault(name, said.interval.end)
    return found


def capitalised(said: str) -> frozenset[str]:
    """Return the words that are written as names are, but for the first; none where nothing or everything is.

    >>> sorted(capitalised("Hi, this is Keisha, I live on Ash Street."))
    ['ash', 'keisha', 'street']
    """
    if said.isupper():
        return frozenset()
    pieces = [piece.strip(".,;:!?\"'") for piece in said.split()[1:]]
    return frozenset(p.lower().removesuffix("'s") for p in pieces if p[:1].isupper() and p.split("'")[0] != "I")


def _given(view: View, written: frozenset[str]) -> Iterable[str]:
    norms = view.clause.head or view.clause.norms
    asked = "name" in view.before.norms[-14:] or "speaking" in view.before.norms[-14:]
    for index, lead in enumerate(_LEADS):
        at = next((i for i in range(len(norms)) if norms[i : i + len(lead)] == lead), None)
        if index > _SURE - 1 and not asked and (at is None or norms[at + len(lead) :][:1] not in _each(written)):
            continue  # "this is Keisha", and not "this is ridiculous"
        if at is not None:
            yield from _names(norms[at + len(lead) : at + len(lead) + 2])
            return
    if asked and 0 < len(norms) <= 3:
        yield from _names(norms)


def _each(words: Iterable[str]) -> frozenset[tuple[str, ...]]:
    return frozenset((word,) for word in words)


def _names(norms: Iterable[str]) -> Iterable[str]:
    known = lexicons.words("words", "function") | lexicons.words("words", "common")
    for norm in norms:
        if norm in known or len(norm) < 3 or not norm.isalpha():
            return
        yield norm
