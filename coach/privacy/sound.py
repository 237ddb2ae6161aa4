"""Private numbers taken out of the sound: the same spans, silent on every lane."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from coach.conversation import CLEAR, Interval, Timeline, bridge
from coach.privacy.kinds import Cover
from coach.privacy.mask import Masked, MaskedSpan
from coach.privacy.passages import PAYMENT, passages

RATE = 16_000
"""Samples a second of every lane."""

PAD = 0.15
"""Seconds silenced before and after a masked word."""

FADE = 0.01
"""Seconds over which sound fades at the edges, inside the silenced span."""

MERGE = 1.0
"""Gaps shorter than this between silenced spans, in seconds, are silenced too."""

UNHEARD = 10.0
"""Longest gap between two pieces of one number, in seconds, that is silenced where the party said nothing else."""

BEEP = 1000
"""Hertz of the tone that may stand where something was silenced."""

BEEP_LEVEL = 0.08
"""Its amplitude as a share of full scale, −22 dBFS: as loud as quiet speech, so that nobody is startled."""

Int16 = NDArray[np.int16]


class Lane(Protocol):
    """Sound at 16 kHz, 16-bit, read in slices."""

    def __len__(self) -> int:
        """Return the number of samples."""
        ...

    def read(self, start: int, stop: int) -> Int16:
        """Return samples ``start`` to ``stop``, clipped to the lane: shape ``(n,)``, int16."""
        ...


def spans_to_silence(masked: Masked, *, duration: float, payments: bool = True) -> Timeline:
    """Return what must be silent on every lane, in seconds.

    A span is 150 ms wider than its words on each side, and as wide as the recogniser's whole segment where
    the words' times were interpolated or the words are unsure. Between two pieces of one number in which
    the recogniser wrote nothing, the party may have said digits that nobody heard: silent too. So is the whole
    passage in which a card is read out; see :mod:`coach.privacy.passages`.

    Args:
        masked: What was found.
        duration: Length of the recording, in seconds.
        payments: Whether cards are masked, so that such passages are silent.
    """
    wide = [_widened(span) for span in masked.spans]
    wide += _unheard(masked)
    if payments:
        wide += passages(masked.transcript, [span.interval for span in masked.spans if span.kind in PAYMENT])
    clipped = []
    for interval in wide:
        start, end = max(interval.start - PAD, 0.0), min(interval.end + PAD, duration)
        if start < end:
            clipped.append(Interval(start, end))
    return bridge(clipped, MERGE)


def _widened(span: MaskedSpan) -> Interval:
    unsure = span.confidence is not None and span.confidence < CLEAR
    if not (span.interpolated or unsure):
        return span.interval
    return Interval(min(span.segment.start, span.interval.start), max(span.segment.end, span.interval.end))


def _unheard(masked: Masked) -> Iterable[Interval]:
    words: dict[str, list[float]] = {}
    for segment in masked.transcript.segments:
        words.setdefault(segment.speaker, []).extend(word.start for word in segment.words if not word.masked)
    starts: Mapping[str, Sequence[float]] = {speaker: sorted(own) for speaker, own in words.items()}
    last: dict[tuple[str, str], MaskedSpan] = {}
    for span in masked.spans:
        before = last.get((span.speaker, span.kind))
        last[span.speaker, span.kind] = span
        if before is None or not 0 < span.interval.start - before.interval.end <= UNHEARD:
            continue
        own = starts[span.speaker]
        if bisect_left(own, before.interval.end) == bisect_right(own, span.interval.start):
            yield Interval(before.interval.end, span.interval.start)


class Silenced:
    """A lane with silence or a tone over given spans, everything else bit for bit as it was.

    Args:
        lane: The sound.
        silent: What to silence, in seconds. Sound fades over 10 ms inside each edge.
        cover: What is heard there instead; a tone fades in after the sound has faded out.
    """

    def __init__(self, lane: Lane, silent: Iterable[Interval], cover: Cover = "silence") -> None:
        self._lane = lane
        self._spans = [_whole(i) for i in bridge(silent, 0.0)]
        self._ends = [stop for _, stop in self._spans]
        self._beep = cover == "beep"

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self._lane)

    def read(self, start: int, stop: int) -> Int16:
        """Return samples ``start`` to ``stop``, clipped to the lane: shape ``(n,)``, int16."""
        start, stop = max(start, 0), min(max(stop, 0), len(self._lane))
        block = self._lane.read(start, stop)
        silenced = None
        for first, last in self._spans[bisect_right(self._ends, start) :]:
            if first >= stop:
                break
            silenced = np.array(block) if silenced is None else silenced
            at = np.arange(max(first, start), min(last, stop))
            part = slice(int(at[0]) - start, int(at[-1]) + 1 - start)
            covered = silenced[part] * gain(at, first, last)
            if self._beep:
                covered += _tone(at, first, last)
            silenced[part] = covered.astype(np.int16)
        return block if silenced is None else silenced


def _tone(at: NDArray[np.int64], first: int, last: int) -> NDArray[np.float64]:
    """Return a tone at sample positions inside a span, from where the sound has faded to where it comes back."""
    fade = int(FADE * RATE)
    rising = np.clip(np.minimum(at - first - fade, last - fade - 1 - at) / fade, 0.0, 1.0)
    return np.asarray(rising * BEEP_LEVEL * 32_767 * np.sin(2 * np.pi * BEEP / RATE * at))


def gain(at: NDArray[np.int64], first: int, last: int, *, rate: int = RATE) -> NDArray[np.float64]:
    """Return the gain at sample positions inside a span: 1 falling to 0 over the fade, and back at its end.

    Args:
        at: Positions, in samples.
        first: The span's first sample.
        last: The sample after its last.
        rate: Samples a second.
    """
    fade = int(FADE * rate)
    if last - first < 2 * fade:
        return np.zeros(len(at))
    down, up = 1 - (at - first + 1) / fade, 1 - (last - at) / fade
    return np.clip(np.maximum(down, up), 0.0, 1.0)


def _whole(interval: Interval) -> tuple[int, int]:
    """Return the samples that an interval touches; a time on a sample's edge touches nothing beyond it."""
    start, end = (round(at * RATE, 3) for at in (interval.start, interval.end))  # 2.043 s is sample 32688, not past it
    return max(int(np.floor(start)), 0), int(np.ceil(end))
