"""Against what recognisers make up: loops, and what they say to silence."""

from __future__ import annotations

import re
import zlib
from collections.abc import Sequence

SQUEEZABLE = 2.4
"""Text that deflate shrinks by more than this says the same over and over."""

UNHEARD = 0.1
"""Confidence of a whole segment under which its words are guesses at noise, and better left out."""

_LONGEST = 8  # words of a phrase that may loop
_PHRASES = 4  # times a phrase in a row that nobody says
_WORDS = 6  # times one word in a row that nobody says

_NUMBERS = frozenset("zero oh one two three four five six seven eight nine ten double triple hundred thousand".split())
_SILENT_ANSWERS = frozenset({"You", "Thank you for watching.", "Thank you for watching!", "Thanks for watching!"})


def kept(words: Sequence[str]) -> int:
    """Return how many words, from the first, come before a loop goes round again.

    Digits are exempt, written or spoken: a card number may well hold six zeros.

    >>> kept(["I", "see.", "I", "see.", "I", "see.", "I", "see."])
    2
    """
    plain = [re.sub(r"\W", "", word).lower() for word in words]
    for start in range(len(plain)):
        for size in range(1, _LONGEST + 1):
            times = _WORDS if size == 1 else _PHRASES
            phrase = plain[start : start + size]
            if start + size * times > len(plain) or all(_is_number(word) for word in phrase):
                continue
            if all(plain[start + size * turn : start + size * (turn + 1)] == phrase for turn in range(1, times)):
                return start + size
    return len(words)


def squeezable(text: str) -> bool:
    """Return whether a text of some length repeats itself so much that nobody said it."""
    data = text.encode()
    return len(data) >= 80 and len(data) / len(zlib.compress(data)) > SQUEEZABLE


def answers_silence(text: str) -> bool:
    """Return whether a whole text is what recognisers say when nobody speaks: ``You``, a note of music.

    >>> answers_silence("Thank you for watching!"), answers_silence("Thank you.")
    (True, False)
    """
    return text.strip() in _SILENT_ANSWERS or not re.search(r"\w", text)


def guessed(words: Sequence[str], confidence: float) -> bool:
    """Return whether a segment's words are too unsure to be shown; numbers stay, for they may be private.

    >>> guessed(["the", "chicken"], 0.04), guessed(["four", "four"], 0.04)
    (True, False)
    """
    plain = [re.sub(r"\W", "", word).lower() for word in words]
    return confidence < UNHEARD and not any(_is_number(word) for word in plain)


def _is_number(word: str) -> bool:
    return any(char.isdigit() for char in word) or word in _NUMBERS
