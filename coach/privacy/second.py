"""What is found when silenced sound is heard a second time, and what is done about it.

The words are masked by what was recognised, and the sound by the words' times: where either was wrong, something
private is left beside the silence. So what was silenced is heard again with five seconds on each side, and searched
with what is known to be private as context.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from coach.conversation import Interval, Segment, Timeline, Transcript, Word, bridge, complement
from coach.privacy.mask import Masked, MaskedSpan, gathered, mask

AROUND = 5.0
"""Seconds before and after each silence that are heard again."""

EDGE = 0.15
"""Seconds by which a word's time may be off."""


def around(silenced: Timeline, *, duration: float) -> Timeline:
    """Return what is heard again, in seconds: the silences with what lies around them.

    Args:
        silenced: Where the sound is silent.
        duration: Length of the recording, in seconds.
    """
    wide = (Interval(max(s.start - AROUND, 0.0), min(s.end + AROUND, duration)) for s in silenced)
    return bridge(wide, 0.0)


def finds(
    first: Transcript, second: Transcript, silenced: Timeline, *, duration: float, kinds: Collection[str]
) -> tuple[MaskedSpan, ...]:
    """Return what is private in the second hearing.

    Args:
        first: All words of the first hearing, as they were recognised.
        second: Words of the silenced sound around the silences.
        silenced: Where the sound was silent when it was heard again.
        duration: Length of the recording, in seconds.
        kinds: Types to find.
    """
    window = around(silenced, duration=duration)
    beside = tuple(part for gap in window for part in complement(silenced, gap))

    def stays(word: Word) -> bool:
        """Words inside the silences are the context; those beside them were heard anew."""
        return not _touches(word.interval, beside) or _touches(word.interval, silenced)

    kept = [replace(s, words=tuple(w for w in s.words if stays(w))) for s in first.segments]
    context = [(segment, False) for segment in kept if segment.words]
    both = sorted([*context, *((s, True) for s in second.segments)], key=lambda one: (one[0].interval, one[0].speaker))
    result = mask(replace(first, segments=tuple(segment for segment, _ in both)), kinds)
    found = []
    for (before, anew), after in zip(both, result.transcript.segments, strict=True):
        known = {word.interval for word in before.words if word.masked}
        if anew:
            found += [_span(word, after) for word in after.words if word.masked and word.interval not in known]
    return tuple(found)


def _span(word: Word, segment: Segment) -> MaskedSpan:
    kind = word.text.strip("[].,?!;:")
    return MaskedSpan(kind, word.interval, segment.speaker, word.interpolated, word.confidence, segment.interval)


def widened(masked: Masked, found: Sequence[MaskedSpan]) -> Masked:
    """Return what was masked with these spans taken out too, words and counts.

    Args:
        masked: What was found first.
        found: What was found when it was heard again.
    """
    segments = masked.transcript.segments
    for span in found:
        at = Interval(span.interval.start - EDGE, span.interval.end + EDGE)
        segments = tuple(_without(segment, span, at) for segment in segments)
    return gathered(replace(masked.transcript, segments=segments), (*masked.spans, *found))


def muted(masked: Masked, found: Sequence[MaskedSpan]) -> tuple[Masked, Timeline]:
    """Return what was masked with whole turns taken out, and when those turns are.

    Args:
        masked: What was found so far.
        found: What could still be heard.
    """
    segments = masked.transcript.segments
    turns = []
    for span in found:
        turn = _turn(masked.transcript, span)
        turns.append(turn)
        segments = tuple(_without(segment, span, turn) for segment in segments)
    return gathered(replace(masked.transcript, segments=segments), (*masked.spans, *found)), bridge(turns, 0.0)


def _turn(transcript: Transcript, span: MaskedSpan) -> Interval:
    """Return the party's segments around a span up to where another party's lie between them."""
    turn = Interval(min(span.segment.start, span.interval.start), max(span.segment.end, span.interval.end))
    own = [s.interval for s in transcript.segments if s.speaker == span.speaker]
    others = [s.interval for s in transcript.segments if s.speaker != span.speaker]
    for interval in (*sorted(own), *sorted(own, reverse=True)):
        joined = Interval(min(turn.start, interval.start), max(turn.end, interval.end))
        if not any(other.middle in joined and other.middle not in turn for other in others):
            turn = joined
    return turn


def _without(segment: Segment, span: MaskedSpan, at: Interval) -> Segment:
    """Return a segment with its words at a time replaced by one token, where it is the span's speaker's."""
    if segment.speaker != span.speaker:
        return segment
    words: list[Word] = []
    inside: list[Word] = []
    for word in segment.words:
        if word.masked or not _touches(word.interval, (at,)):
            words += _token(inside, span.kind)
            inside = []
            words.append(word)
        else:
            inside.append(word)
    return replace(segment, words=(*words, *_token(inside, span.kind)))


def _token(run: Sequence[Word], kind: str) -> list[Word]:
    if not run:
        return []
    sure = [word.confidence for word in run if word.confidence is not None]
    start, end = min(word.start for word in run), max(word.end for word in run)
    return [Word(f"[{kind}]", start, end, min(sure, default=None), any(word.interpolated for word in run))]


def _touches(interval: Interval, others: Timeline) -> bool:
    return any(interval.middle in other or interval & other is not None for other in others)
