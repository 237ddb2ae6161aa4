"""Private numbers taken out of a transcript, before anything is written anywhere."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from coach.conversation import Interval, Segment, Transcript, Word
from coach.privacy.find import find
from coach.privacy.kinds import DEFAULT, KINDS
from coach.privacy.text import mask_text

__all__ = ["SAME_ITEM", "Masked", "MaskedSpan", "mask", "mask_text"]

SAME_ITEM = 15.0
"""Pieces and read-backs of one kind closer than this, in seconds, are counted as one item."""

PASSES = 4
"""A number that went may uncover what the cue before it names; masking goes on until nothing more is found."""

_PUNCTUATION = re.compile(r"[.,?!;:]*$")
_ABSORBED = frozenset("dash hyphen space uh um er and then point slash".split()) | {""}


@dataclass(frozen=True, slots=True)
class MaskedSpan:
    """Where something private was said; never what.

    Attributes:
        kind: ``card``, ``cvv``, ``expiry``, ``ssn``, ``routing``, ``bank``, ``pin`` or ``account``.
        interval: First to last masked word, in seconds.
        speaker: The lane's label.
        interpolated: Whether those times were spread over a segment rather than heard.
        confidence: Of the least certain word; ``None`` when the engine gives none.
        segment: The recogniser's cut that holds it, in seconds.
    """

    kind: str
    interval: Interval
    speaker: str
    interpolated: bool
    confidence: float | None
    segment: Interval


@dataclass(frozen=True, slots=True)
class Masked:
    """A transcript without its private numbers.

    Attributes:
        transcript: Masked words stand as ``[card]`` and the like, with their times.
        spans: Where they were, sorted by start.
        counts: Numbers by kind, a number's pieces and its read-back as one.
    """

    transcript: Transcript
    spans: tuple[MaskedSpan, ...]
    counts: Mapping[str, int]


def mask(transcript: Transcript, kinds: Collection[str] = DEFAULT) -> Masked:
    """Return the transcript with private numbers replaced, in time linear in its words.

    Args:
        transcript: Both parties' words, as heard or imported.
        kinds: Which kinds to mask; all but the utility's own account number unless told otherwise.

    Raises:
        ValueError: A kind that does not exist.
    """
    unknown = set(kinds) - set(KINDS)
    if unknown:
        raise ValueError(f"expected kinds among {', '.join(KINDS)}, got {', '.join(sorted(unknown))}")
    spans: list[MaskedSpan] = []
    for _ in range(PASSES):
        transcript, found = _once(transcript, kinds)
        spans += found
        if not found:
            break
    return gathered(transcript, spans)


def gathered(transcript: Transcript, spans: Iterable[MaskedSpan]) -> Masked:
    """Return a masked transcript with its spans in order and counted."""
    ordered = tuple(sorted(spans, key=lambda span: (span.interval, span.speaker)))
    return Masked(transcript, ordered, MappingProxyType(_count(ordered)))


def _once(transcript: Transcript, kinds: Collection[str]) -> tuple[Transcript, list[MaskedSpan]]:
    marks = _marks(transcript, kinds)
    segments: list[Segment] = []
    spans: list[MaskedSpan] = []
    for s, segment in enumerate(transcript.segments):
        found = marks.get(s)
        if not found:
            segments.append(segment)
            continue
        words, within = _rewrite(segment, found)
        segments.append(replace(segment, words=words))
        spans.extend(within)
    return replace(transcript, segments=tuple(segments)), spans


def _marks(transcript: Transcript, kinds: Collection[str]) -> dict[int, dict[int, str]]:
    """Return the kind of each masked word: by segment, then by word in the segment."""
    lanes: dict[str, list[tuple[Word, int, int]]] = {}
    for s, segment in enumerate(transcript.segments):
        own = lanes.setdefault(segment.speaker, [])
        own.extend((word, s, w) for w, word in enumerate(segment.words))
    placed = []
    for own in lanes.values():
        own.sort(key=lambda entry: (entry[0].start, entry[1], entry[2]))
        placed.append(own)
    found = find([[(word.text, word.start, word.end) for word, _, _ in own] for own in placed], kinds)
    marks: dict[int, dict[int, str]] = {}
    for own, kinds_found in zip(placed, found, strict=True):
        for index, kind in kinds_found.items():
            _, s, w = own[index]
            marks.setdefault(s, {})[w] = kind
    return marks


def _rewrite(segment: Segment, found: Mapping[int, str]) -> tuple[tuple[Word, ...], list[MaskedSpan]]:
    """Return a segment's words with one token a run, and the runs."""
    words: list[Word] = []
    spans: list[MaskedSpan] = []
    for kind, run in _runs(segment.words, found):
        if not kind:
            words.extend(run)
            continue
        certain = [word.confidence for word in run if word.confidence is not None]
        confidence = min(certain) if certain else None
        start, end = min(word.start for word in run), max(word.end for word in run)
        tail = _PUNCTUATION.search(run[-1].text)
        token = f"[{kind}]{tail.group() if tail else ''}"
        interpolated = any(word.interpolated for word in run)
        words.append(Word(token, start, end, confidence, interpolated))
        spans.append(
            MaskedSpan(kind, Interval(start, end), segment.speaker, interpolated, confidence, segment.interval)
        )
    return tuple(words), spans


def _runs(words: Sequence[Word], found: Mapping[int, str]) -> Iterator[tuple[str, list[Word]]]:
    """Yield runs of words with the kind they are masked as, ``""`` for words that stay."""
    kinds = [found.get(w, "") for w in range(len(words))]
    for w in range(1, len(words) - 1):
        # A dash or an "uh" inside a number belongs to it.
        inside = not kinds[w] and kinds[w - 1] and kinds[w - 1] == kinds[w + 1]
        if inside and words[w].text.casefold().strip(".,-–/| ") in _ABSORBED:
            kinds[w] = kinds[w - 1]
    run: list[Word] = []
    for w, word in enumerate(words):
        if run and kinds[w] != kinds[w - 1]:
            yield kinds[w - 1], run
            run = []
        run.append(word)
    if run:
        yield kinds[len(words) - 1], run


def _count(spans: Sequence[MaskedSpan]) -> dict[str, int]:
    counts: Counter[str] = Counter()
    ended: dict[str, float] = {}
    for span in spans:
        last = ended.get(span.kind)
        if last is None or span.interval.start - last > SAME_ITEM:
            counts[span.kind] += 1
        ended[span.kind] = max(span.interval.end, last or 0.0)
    return dict(sorted(counts.items()))
