"""Stretches with their words: what turn taking is ruled on."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

from coach.conversation.conversation import Party
from coach.conversation.intervals import Interval, Timeline, nearest
from coach.conversation.small_words import said
from coach.conversation.words import Word


@dataclass(frozen=True)
class Stretch:
    """One party's run of activity with gaps under 0.3 s bridged, and what was said in it.

    Attributes:
        party: Index of the party.
        index: Position among that party's stretches.
        interval: From onset to end.
        words: In order of time.
    """

    party: int
    index: int
    interval: Interval
    words: tuple[Word, ...]

    @property
    def start(self) -> float:
        """Onset, in seconds."""
        return self.interval.start

    @property
    def end(self) -> float:
        """End, in seconds."""
        return self.interval.end

    @cached_property
    def spoken(self) -> Sequence[str]:
        """Its words as bare tokens."""
        return tuple(said(self.words))


@dataclass(frozen=True)
class Side:
    """One party as the other meets it: its stretches in order, and its words by the time they were said.

    Attributes:
        stretches: Sorted, not overlapping.
        words: In order of time.
    """

    stretches: tuple[Stretch, ...]
    words: tuple[Word, ...]

    def before(self, stretch: Stretch) -> Stretch | None:
        """Return the last stretch that began before one of the other party's."""
        count = bisect_left(self.stretches, in_order(stretch), key=in_order)
        return self.stretches[count - 1] if count else None

    def after(self, stretch: Stretch) -> Stretch | None:
        """Return the stretch that follows one of this party's."""
        following = stretch.index + 1
        return self.stretches[following] if following < len(self.stretches) else None

    def said(self, start: float, end: float) -> list[str]:
        """Return the tokens of the words whose middle lies between two moments, in seconds."""
        first = bisect_left(self._middles, start)
        last = bisect_left(self._middles, end, lo=first)
        return said(self._by_middle[first:last])

    @cached_property
    def speech(self) -> Timeline:
        """The intervals of the stretches."""
        return tuple(stretch.interval for stretch in self.stretches)

    @cached_property
    def punctuated(self) -> bool:
        """Whether the words carry stops at all."""
        return any(word.text.rstrip().endswith((".", "?", "!", ",")) for word in self.words)

    @cached_property
    def _by_middle(self) -> Sequence[Word]:
        return sorted(self.words, key=lambda word: word.interval.middle)

    @cached_property
    def _middles(self) -> Sequence[float]:
        return [word.interval.middle for word in self._by_middle]


def in_order(stretch: Stretch) -> tuple[float, float, int]:
    """Return what the stretches of both parties are sorted by."""
    return stretch.start, stretch.end, stretch.party


def share_out(words: Iterable[Word], timeline: Timeline) -> list[list[Word]]:
    """Return, for each interval, the words whose middle lies in it or nearest to it.

    Args:
        words: One party's, in order of time.
        timeline: Sorted, not overlapping.
    """
    shares: list[list[Word]] = [[] for _ in timeline]
    for word in words:
        index = nearest(timeline, word.interval.middle)
        if index is not None:
            shares[index].append(word)
    return shares


def stretches_of(party: int, values: Party, timeline: Timeline) -> tuple[Stretch, ...]:
    """Return a party's stretches over a timeline, each with its words."""
    shares = share_out(values.words, timeline)
    return tuple(
        Stretch(party, index, interval, tuple(share))
        for index, (interval, share) in enumerate(zip(timeline, shares, strict=True))
    )
