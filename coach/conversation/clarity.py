"""How clearly one party was heard, over the whole call or a part of it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate

from coach.conversation.intervals import Interval, Timeline
from coach.conversation.sense import odd_pairs, wrong
from coach.conversation.words import Word

CLEAR = 0.5
"""Word confidence from which a word counts as heard clearly; engines are calibrated to it."""

UNDERSTOOD = 0.85
"""Share of words that must be right before it is said that they lack something: what is garbled is not missing."""

FOLLOWED = 0.79
"""Share of words that must be right before it is said that they were not answered: what they were about is enough."""

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
        self._right = [0.0, *accumulate(1.0 if word.confidence is None else word.confidence for word in ordered)]
        self._odd = [0, 0, *accumulate(odd_pairs(ordered))][: len(ordered) + 1]

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

    def understood(self, within: Interval | None = None) -> float | None:
        """Return the share of words that are likely to be right, 0 to 1; ``None`` where nobody speaks.

        Calibrated confidences say how many are; that words make no sense side by side says so again, whatever the
        confidences. Speech of half a second and more without a word counts as not understood.

        Args:
            within: Only this part of the recording.
        """
        right = judged = 0.0
        odd = pairs = 0
        for stretch in self._stretches if within is None else self._inside(within):
            first, last = (bisect_left(self._middles, moment) for moment in (stretch.start, stretch.end))
            if first == last and stretch.duration < WORDLESS:
                continue
            judged += stretch.duration
            if first < last:
                right += stretch.duration * (self._right[last] - self._right[first]) / (last - first)
                odd += self._odd[last] - self._odd[first + 1]
                pairs += last - first - 1
        return right / judged * (1.0 - wrong(odd, pairs)) if judged else None

    def _inside(self, within: Interval) -> list[Interval]:
        first = bisect_right(self._stretches, within.start, key=lambda stretch: stretch.end)
        last = bisect_left(self._stretches, within.end, key=lambda stretch: stretch.start)
        shared = (stretch & within for stretch in self._stretches[first:last])
        return [interval for interval in shared if interval is not None]


def _middle(word: Word) -> float:
    return (word.start + word.end) / 2
