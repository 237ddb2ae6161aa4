"""Builds timed transcripts from lines, for tests of masking."""

from __future__ import annotations

from collections.abc import Sequence

from coach.conversation import Interval, Segment, Transcript, Word

SECONDS = 0.35


def said(*lines: tuple[str, str] | str, gap: float = 0.6) -> Transcript:
    """Return a transcript of lines ``(speaker, text)``, or ``"a: text"``, one after the other.

    ``{5}`` in a line is a pause of five seconds.
    """
    at, segments = 0.0, []
    for line in lines:
        speaker, text = line if isinstance(line, tuple) else tuple(line.split(": ", 1))
        start, words = at, []
        for token in text.split():
            if token.startswith("{"):
                at += float(token.strip("{}"))
                continue
            words.append(Word(token, at, at + SECONDS - 0.05, 0.9))
            at += SECONDS
        segments.append(Segment(speaker, Interval(start, at), tuple(words), 0.9))
        at += gap
    return Transcript(tuple(segments), "made")


def texts(transcript: Transcript) -> list[str]:
    return [segment.text for segment in transcript.segments]


def words_of(transcript: Transcript) -> Sequence[str]:
    return [word.text for segment in transcript.segments for word in segment.words]


_NUMBERS = frozenset(
    "one two three four five six seven eight nine oh zero eleven twenty forty double triple quadruple ones".split()
)


def digits_in(word: str) -> bool:
    bare = word.strip(".,?!").lower()
    return not bare.startswith("[") and (any(c.isdigit() for c in bare) or bare in _NUMBERS)
