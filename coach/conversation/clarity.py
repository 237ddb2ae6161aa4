"""How clearly one party was heard, over the whole call or a part of it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

from coach.conversation.intervals import Interval, Timeline
from coach.conversation.words import Word

CLEAR = 0.5
"""Word confidence from which a word counts as heard clearly; engines are calibrated to it."""

WORDLESS = 0.5
"""Shortest stretch, in seconds, that counts as not heard when no word is in it: a breath is shorter."""


class Clarity:
    """One party's stretches and words, laid out so that asking about a part costs what the part is long.

    Args:
        stretches: The party's speech with short gaps bridged.
        words: The party's words, in any order; a word belongs where its middle lies.
    """

    def __init__(self, stretches: Timeline, words: Sequence[Word]) -> None:
        ordered = sorted(words, key=_middle)
        self._stretches = stretches
        self._middles = [_middle(word) for word in ordered]
        self._sure = [0, *accumulate(word.confidence is None or word.confidence >= CLEAR for word in ordered)]

    def share(self, within: Interval | None = None) -> float | None:
        """Return the share of speech that was heard clearly, 0 to 1; ``None`` where there is none to judge by.

        Args:
            within: Only this part of the recording.
        """
        clear = judged = 0.0
        for stretch in self._stretches if within is None else self._inside(within):
            first, last = (bisect_left(self._middles, moment) for moment in (stretch.start, stretch.end))
            if first == last and stretch.duration < WORDLESS:
                continue  # a breath or a click: nothing was there to be heard
            judged += stretch.duration
            if first < last:
                clear += stretch.duration * (self._sure[last] - self._sure[first]) / (last - first)
        return clear / judged if judged else None

    def _inside(self, within: Interval) -> list[Interval]:
        first = bisect_right(self._stretches, within.start, key=lambda stretch: stretch.end)
        last = bisect_left(self._stretches, within.end, key=lambda stretch: stretch.start)
        shared = (stretch & within for stretch in self._stretches[first:last])
        return [interval for interval in shared if interval is not None]


def _middle(word: Word) -> float:
    return (word.start + word.end) / 2
