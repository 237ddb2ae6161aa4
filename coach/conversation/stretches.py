"""Stretches with their words: what turn taking is ruled on."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from coach.conversation.conversation import Party
from coach.conversation.intervals import Interval, Timeline, nearest
from coach.conversation.small_words import said
from coach.conversation.words import Word


@dataclass(frozen=True, slots=True)
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

    @property
    def spoken(self) -> list[str]:
        """Its words as bare tokens."""
        return said(self.words)


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
