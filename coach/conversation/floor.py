"""Whose floor it was: each stretch that begins inside the other party's turn is ruled on, in the order of time.

::

    A  ─────────────────────────            A  ──────────────────────
    B            ──── "mhm"                 B                     ────────────
       backchannel: A speaks on                terminal overlap: under 0.3 s

    A  ─────────────────                    A  ─────────────────────────────
    B             ──────────────            B            ────── "but I"
       interruption: A falls silent            attempt: B stops first

The rules and their order are the product's definition of an interruption; most of simultaneous speech is
ordinary turn taking (Levinson & Torreira 2015; Heldner & Edlund 2010).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Literal

from coach.conversation.conversation import FloorKind, Party
from coach.conversation.intervals import Interval, complement
from coach.conversation.small_words import (
    ACKNOWLEDGING,
    AGREEING,
    FILLED_PAUSES,
    UNFINISHED,
    acknowledges,
    asks,
    only_filled_pause,
    said,
    unfinished,
)
from coach.conversation.stretches import Stretch
from coach.conversation.words import Word

TURN_UNDER_WAY = 1.0
"""A turn younger than this, in seconds, cannot be interrupted: both began at once."""
AT_ONCE = 0.3
"""Two who start within this many seconds, at first or after a pause, started at once: neither could know."""
TERMINAL_OVERLAP = 0.3
"""Simultaneous speech shorter than this, in seconds, is how people hand over."""
BACKCHANNEL_LONGEST = 1.0
BACKCHANNEL_WORDS = 3
SPEAKS_AGAIN = 1.5
"""A speaker who goes on within this many seconds kept the floor."""
PAUSE_FOR_LISTENERS = 2.0
"""An acknowledgement later than this into a pause, in seconds, answers rather than listens."""
OUTLASTS = 0.3
"""Still speaking this long, in seconds, after the other stopped takes the floor."""
SLOW_TO_YIELD = 1.5
CAME_IN_EARLY = 0.7
MUTUAL_SILENCE = 5.0
"""A silence of both of this length, in seconds, always ends a turn."""
FAR_PARTY = 0.69
"""Highest confidence for the far party's interruptions: on a delayed line both are right to think the other cut in."""

RulingKind = FloorKind | Literal["turn"]

_OPPOSING = frozenset("but no wait hold excuse listen look sorry actually however i well".split())
_SMALL = ACKNOWLEDGING | AGREEING | FILLED_PAUSES | UNFINISHED


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one stretch was.

    Attributes:
        stretch: The stretch that began.
        kind: ``turn`` for ordinary turn taking outside the other's speech.
        into: The other party's stretch that it came into or after, where the kind is about one.
        end: End of the simultaneous speech, in seconds; of the stretch for a backchannel.
        overlap: Simultaneous speech with ``into``, in seconds.
        confidence: 0 to 1.
        cut_text: What the other was saying when it broke off.
        splits: Whether it ends the other party's turn.
    """

    stretch: Stretch
    kind: RulingKind
    into: Stretch | None = None
    end: float = 0.0
    overlap: float = 0.0
    confidence: float = 1.0
    cut_text: str = ""
    splits: bool = True


class Floor:
    """Rules on every stretch of a two-party call."""

    def __init__(self, parties: Sequence[Party], stretches: Sequence[Sequence[Stretch]]) -> None:
        self._parties = parties
        self._stretches = stretches
        self._run_start: list[float | None] = [None, None]
        self._last: list[Stretch | None] = [None, None]  # last stretch of the party's own turn
        self._last_taking: list[Stretch | None] = [None, None]  # last stretch that could end the other's turn

    def rulings(self) -> list[Ruling]:
        """Return one ruling a stretch, in order of onset."""
        order = sorted((s for side in self._stretches for s in side), key=lambda s: (s.start, s.end, s.party))
        rulings = []
        for stretch in order:
            ruling = self._rule(stretch)
            rulings.append(ruling)
            self._note(ruling)
        return rulings

    def _note(self, ruling: Ruling) -> None:
        """Keep when each party's current turn began."""
        stretch = ruling.stretch
        if not ruling.splits:
            return
        party = stretch.party
        self._last_taking[party] = stretch
        previous = self._last[party]
        if previous is None or self.turn_ended(previous, stretch, self._last_taking[1 - party]):
            self._run_start[party] = stretch.start
        self._last[party] = stretch

    def turn_ended(self, earlier: Stretch, later: Stretch, other: Stretch | None) -> bool:
        """Whether a party's turn ended between two of its stretches.

        Args:
            earlier: The party's last stretch of that turn.
            later: Its next stretch.
            other: The other party's last stretch before ``later`` that could take the floor.
        """
        if other is not None and other.end > earlier.end and other.start < later.start:
            return True
        gap = Interval(earlier.end, max(earlier.end, later.start))
        if gap.duration < MUTUAL_SILENCE:
            return False
        return silent_for(MUTUAL_SILENCE, gap, [s.interval for s in self._stretches[1 - earlier.party]])

    def _rule(self, b: Stretch) -> Ruling:
        other = self._stretches[1 - b.party]
        earlier = bisect_left(other, b.start, key=lambda s: s.start)
        if not earlier:
            return Ruling(b, "turn")
        a = other[earlier - 1]
        began = self._run_start[a.party]
        under_way = b.start - (a.start if began is None else min(began, a.start)) >= TURN_UNDER_WAY
        if b.start < a.end:
            if b.start - a.start < AT_ONCE:
                end = min(a.end, b.end)
                return Ruling(b, "simultaneous", a, end, end - b.start)
            return self._inside(b, a) if under_way else Ruling(b, "turn")
        return self._after(b, a) if under_way else Ruling(b, "turn")

    def _after(self, b: Stretch, a: Stretch) -> Ruling:
        """Rule on a stretch that began in a pause: turn taking, a backchannel, or an agent a little early."""
        pause = b.start - a.end
        listening = self._brief_acknowledgement(b) and pause <= PAUSE_FOR_LISTENERS
        if listening and not self._asked(a) and self._speaks_again(a, b):
            return Ruling(b, "backchannel", a, b.end, 0.0, 0.75, splits=False)
        resumes = self._next(a)
        if (
            self._parties[b.party].role == "agent"
            and pause < CAME_IN_EARLY
            and unfinished(a.words)
            and resumes is not None
            and resumes.start < b.end + SPEAKS_AGAIN
            and not self._before_next(b, resumes)
            and not only_filled_pause(b.spoken)
        ):
            end = min(b.end, resumes.end) if resumes.start < b.end else b.end
            shared = max(0.0, end - resumes.start) if resumes.start < b.end else 0.0
            return Ruling(b, "came_in_early", a, end, shared, 0.6)
        return Ruling(b, "turn")

    def _inside(self, b: Stretch, a: Stretch) -> Ruling:
        """Rule on a stretch that began inside the other's speech, in the order of the definition."""
        end = min(a.end, b.end)
        overlap = end - b.start
        if overlap < TERMINAL_OVERLAP:
            brief = b.interval.duration <= BACKCHANNEL_LONGEST and self._speaks_again(a, b)
            return Ruling(b, "terminal", a, end, overlap, splits=not brief)
        if self._brief_acknowledgement(b):
            if b.end <= a.end or self._speaks_again(a, b):
                return Ruling(b, "backchannel", a, b.end, overlap, 0.9, splits=False)
            return Ruling(b, "terminal", a, end, overlap)
        if only_filled_pause(b.spoken):
            return Ruling(b, "filler", a, end, overlap, splits=False)
        if self._cooperates(b, a):
            return Ruling(b, "cooperative", a, end, overlap, 0.7)
        if b.end - a.end >= OUTLASTS or self._goes_on(b, a):
            confidence = self._interruption_confidence(b, a)
            return Ruling(b, "interruption", a, end, overlap, confidence, _tail(a.words))
        if not b.words and b.interval.duration <= BACKCHANNEL_LONGEST:
            # Too short and not understood: it may have been a "mhm". Hearing worse must not score worse.
            return Ruling(b, "filler", a, end, overlap, splits=False)
        confidence = self._cap(b, 0.7 if b.words else 0.45)
        return Ruling(b, "interruption_attempt", a, end, overlap, confidence, splits=False)

    def _brief_acknowledgement(self, b: Stretch) -> bool:
        return (
            b.interval.duration <= BACKCHANNEL_LONGEST and len(b.spoken) <= BACKCHANNEL_WORDS and acknowledges(b.spoken)
        )

    def _asked(self, a: Stretch) -> bool:
        return bool(a.words) and asks(a.words[-1].text)

    def _next(self, stretch: Stretch) -> Stretch | None:
        side = self._stretches[stretch.party]
        return side[stretch.index + 1] if stretch.index + 1 < len(side) else None

    def _before_next(self, b: Stretch, moment: Stretch) -> bool:
        """Whether ``b``'s party speaks once more before another stretch begins."""
        following = self._next(b)
        return following is not None and following.start <= moment.start

    def _speaks_again(self, a: Stretch, b: Stretch) -> bool:
        """Whether A goes on within 1.5 s of B's end, before B says more."""
        resumes = self._next(a)
        return resumes is not None and resumes.start - b.end <= SPEAKS_AGAIN and not self._before_next(b, resumes)

    def _goes_on(self, b: Stretch, a: Stretch) -> bool:
        """Whether B, though pausing as A stopped, keeps the floor it took: A fell silent and B says more first."""
        following = self._next(b)
        resumes = self._next(a)
        return (
            b.end >= a.end
            and following is not None
            and following.start - b.end < TURN_UNDER_WAY
            and (resumes is None or following.start < resumes.start)
        )

    def _cooperates(self, b: Stretch, a: Stretch) -> bool:
        """Whether B's words agree with A's or complete them, and A's point is kept."""
        spoken = b.spoken
        if not spoken or spoken[0] in _OPPOSING or "but" in spoken:
            return False
        if not (b.end <= a.end or self._speaks_again(a, b)):
            return False
        mine = _content(spoken)
        theirs = self._said_by(a.party, b.start - 6.0, b.end + 3.0)
        if spoken[0] in AGREEING and (set(mine) <= set(theirs) or _points_back(spoken)):
            return True
        if not mine or b.interval.duration > 2.5:
            return False
        later = self._said_by(a.party, b.start, b.end + 3.0)
        completed = sum(1 for token in mine if token in later) / len(mine)
        resumes = self._next(a)
        taken_up = resumes is not None and b.end > a.end and resumes.spoken[:1] and resumes.spoken[0] in AGREEING
        return completed >= 0.5 or bool(taken_up)

    def _said_by(self, party: int, start: float, end: float) -> list[str]:
        side = self._stretches[party]
        first = max(bisect_left(side, start, key=lambda s: s.start) - 1, 0)
        near = takewhile(lambda s: s.start < end, side[first:])
        words = (w for s in near for w in s.words)
        return said(w for w in words if start <= w.interval.middle <= end)

    def _interruption_confidence(self, b: Stretch, a: Stretch) -> float:
        confidence = 0.8
        to_yield = a.end - b.start
        if to_yield > SLOW_TO_YIELD:
            confidence -= 0.15 if to_yield <= 2.5 else 0.3
        if not b.words:
            confidence -= 0.2
        if a.words:
            resumes = self._next(a)
            again = resumes is not None and bool(set(resumes.spoken[:3]) & set(a.spoken[-3:]) - UNFINISHED)
            if again or unfinished(a.words):
                confidence += 0.1
            elif a.words[-1].text.endswith((".", "?", "!")):
                confidence -= 0.15
        else:
            confidence -= 0.1
        return self._cap(b, min(max(confidence, 0.05), 0.95))

    def _cap(self, b: Stretch, confidence: float) -> float:
        far = self._parties[b.party].role == "customer"
        return round(min(confidence, FAR_PARTY) if far else confidence, 3)


def _points_back(spoken: Sequence[str]) -> bool:
    """Whether an agreement only points at what the other said: "yes, that is what happened"."""
    return len(spoken) <= 7 and bool({"that", "that's", "thats", "it", "it's"} & set(spoken[1:3]))


def _content(spoken: Sequence[str]) -> list[str]:
    """Return the tokens that carry matter."""
    return [token for token in spoken if len(token) > 2 and token not in _SMALL]


def _tail(words: Sequence[Word], most: int = 6) -> str:
    return " ".join(word.text for word in words[-most:])


def silent_for(seconds: float, gap: Interval, speech: Sequence[Interval]) -> bool:
    """Whether somewhere in a gap nobody speaks for so long.

    Args:
        seconds: How long.
        gap: Where to look.
        speech: The speech that may lie in the gap, sorted by start.
    """
    first = max(bisect_left(speech, gap.start, key=lambda i: i.start) - 1, 0)
    near = takewhile(lambda i: i.start < gap.end, speech[first:])
    return any(silence.duration >= seconds for silence in complement(near, gap))
