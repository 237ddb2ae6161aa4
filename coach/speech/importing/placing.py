"""Times for words that came without them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coach.conversation import Word

LETTER, DIGIT = 0.12, 0.5
"""Most seconds that a written letter or digit may take: "$1,250" is long to say, a pause is not a word."""


@dataclass(frozen=True, slots=True)
class Unplaced:
    """One word as a file gives it.

    Attributes:
        text: As written, with its punctuation.
        start: Seconds; ``None`` when the file does not say.
        end: Seconds; ``None`` when the file does not say.
        confidence: As the file gives it, on whatever scale.
        speaker: Label; ``None`` when the word itself does not say.
    """

    text: str
    start: float | None = None
    end: float | None = None
    confidence: float | None = None
    speaker: str | None = None


def place(words: Sequence[Unplaced], start: float | None, end: float | None) -> list[Word]:
    """Return the words with times; those that had none are spread between their neighbours and marked.

    ::

        given     |Yes|            ?    ?         |please|
        placed    |Yes||of| |course|              |please|     interpolated: of, course

    Where no word has a time of its own they share ``start`` to ``end`` by the length of their text.
    Otherwise a run without times follows the word before it and takes no more room than its text
    can take to say, so that a pause is not filled with speech.

    Args:
        words: In the order spoken.
        start: When their stretch begins, in seconds, where known.
        end: When it ends, in seconds, where known.
    """
    anchored = [index for index, word in enumerate(words) if word.start is not None or word.end is not None]
    if not anchored:
        low = start or 0.0
        return list(_spread(words, low, low if end is None else max(low, end)))
    placed: list[Word] = []
    following = iter([*anchored, len(words)])
    anchor = next(following)
    index = 0
    while index < len(words):
        if index == anchor:
            after = next(following)
            limit = _onset(words, after, end) if after == anchor + 1 else None
            placed.append(_anchored(words[index], placed[-1].end if placed else 0.0, limit))
            anchor, index = after, index + 1
            continue
        run = words[index:anchor]
        placed += _between(run, placed[-1].end if placed else start, _onset(words, anchor, end))
        index = anchor
    return placed


def _onset(words: Sequence[Unplaced], index: int, end: float | None) -> float | None:
    if index >= len(words):
        return end
    word = words[index]
    return word.start if word.start is not None else word.end


def _anchored(word: Unplaced, before: float, limit: float | None) -> Word:
    """Place a word that has at least one time; an end before its start, or only one of them, is mended."""
    whole = word.start is not None and word.end is not None and word.start <= word.end
    if word.start is not None:
        low = word.start
        room = low + _longest(word) if limit is None else min(limit, low + _longest(word))
        high = word.end if whole and word.end is not None else max(low, room)
    else:
        high = word.end or 0.0
        low = min(high, max(before, high - _longest(word)))
    return Word(word.text, low, high, _confidence(word), interpolated=not whole)


def _between(run: Sequence[Unplaced], before: float | None, after: float | None) -> Iterator[Word]:
    needed = sum(_longest(word) for word in run)
    if before is None:
        before = max(0.0, (after or 0.0) - needed)
    room = needed if after is None else min(needed, after - before)
    return _spread(run, before, before + max(room, 0.0))


def _spread(words: Sequence[Unplaced], start: float, end: float) -> Iterator[Word]:
    whole = sum(len(word.text) + 1 for word in words)
    said = 0
    for word in words:
        low = start + (end - start) * said / whole
        said += len(word.text) + 1
        high = min(end, start + (end - start) * said / whole)
        yield Word(word.text, min(low, high), high, _confidence(word), interpolated=True)


def _longest(word: Unplaced) -> float:
    return sum(DIGIT if char.isdigit() else LETTER for char in word.text) or LETTER


def _confidence(word: Unplaced) -> float | None:
    confidence = word.confidence
    return confidence if confidence is not None and 0.0 <= confidence <= 1.0 else None
