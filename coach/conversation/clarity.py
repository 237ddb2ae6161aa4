"""How clearly one party was heard, over the whole call or a part of it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from functools import cached_property
from itertools import accumulate

from coach.conversation.intervals import Interval, Timeline
from coach.conversation.sense import odd_pairs, wrong
from coach.conversation.words import Word

CLEAR = 0.5
"""Word confidence from which a word counts as heard clearly; engines are calibrated to it."""

UNDERSTOOD = 0.72
"""Share of an answer's words that must be right before it is told what it did and did not do."""

FOLLOWED = 0.68
"""Share of a story's words that must be right before its answer is told: what it was about is enough."""

SEEN = 0.7
"""Share of speech that must have been heard clearly there besides: half an answer is none."""

SENSIBLE = 0.9
"""Share of a party's words in the whole call that must be right by the sense they make, whatever their confidences."""

BEYOND = 0.03
"""How much less sense words may make than their confidences promise, and these still be believed."""

SLIP = 1
"""Odd pairs in a whole call that anybody makes."""

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

        Calibrated confidences say how many are, and so does the sense that words make side by side. Both tell of the
        same errors, so the worse of the two is taken, not both together. Speech of half a second and more without a
        word counts as not understood.

        Args:
            within: Only this part of the recording.
        """
        both = self._right_by(within)
        return min(both) if both is not None else None

    @cached_property
    def throughout(self) -> float | None:
        """Share of all words that are right by their confidences and make sense besides; ``None`` without speech.

        Stricter than ``understood``: for what one misheard word among all of them would undo.
        """
        both = self._right_by(None)
        return both[0] * both[1] if both is not None else None

    @cached_property
    def believable(self) -> bool:
        """Whether confidences may be believed: the words of the whole call make about as much sense as they promise.

        One odd pair is a slip of the tongue.
        """
        both = self._right_by(None)
        return both is None or self._odd[-1] <= SLIP or both[1] >= min(SENSIBLE, both[0] - BEYOND)

    def _right_by(self, within: Interval | None) -> tuple[float, float] | None:
        """Return the share of words that are right by their confidences, and by the sense they make."""
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
        return (right / judged, 1.0 - wrong(odd, pairs)) if judged else None

    def _inside(self, within: Interval) -> list[Interval]:
        first = bisect_right(self._stretches, within.start, key=lambda stretch: stretch.end)
        last = bisect_left(self._stretches, within.end, key=lambda stretch: stretch.start)
        shared = (stretch & within for stretch in self._stretches[first:last])
        return [interval for interval in shared if interval is not None]


def _middle(word: Word) -> float:
    return (word.start + word.end) / 2
