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
from typing import Literal

from coach.conversation.conversation import FloorKind, Party
from coach.conversation.evidence import (
    COACHED,
    NOT_COACHED,
    closing,
    cooperates,
    interruption_confidence,
    may_cooperate,
    opening,
    tail,
    takes_up_again,
    understood,
)
from coach.conversation.intervals import Interval
from coach.conversation.small_words import acknowledges, answers, asks, courteous, only_filled_pause, unfinished
from coach.conversation.stretches import Side, Stretch, in_order

TURN_UNDER_WAY = 1.0
"""A turn younger than this, in seconds, cannot be interrupted: both began at once."""
AT_ONCE = 0.3
"""Two who start within this many seconds, at first or after a pause, started at once: neither could know."""
TERMINAL_OVERLAP = 0.3
"""Simultaneous speech shorter than this, in seconds, is how people hand over."""
BACKCHANNEL_LONGEST = 1.0
BACKCHANNEL_WORDS = 3
COURTESY_WORDS = 5
SPEAKS_AGAIN = 1.5
"""A speaker who goes on within this many seconds kept the floor."""
PAUSE_FOR_LISTENERS = 2.0
"""An acknowledgement later than this into a pause, in seconds, answers rather than listens."""
OUTLASTS = 0.3
"""Still speaking this long, in seconds, after the other stopped takes the floor."""
CAME_IN_EARLY = 0.7
MUTUAL_SILENCE = 5.0
"""A silence of both of this length, in seconds, always ends a turn."""
FAR_PARTY = 0.69
"""Highest confidence for the far party's interruptions: on a delayed line both are right to think the other cut in."""
NOT_COUNTED = 0.45
"""Confidence of what may have been cooperation, had it been heard."""

RulingKind = FloorKind | Literal["turn"]

_HAIR = 1e-6
"""Seconds by which sums of decimals may be off."""
_CONTESTED = frozenset({"interruption", "came_in_early", "simultaneous", "turn"})


@dataclass(frozen=True, slots=True)
class Ruling:
    """What one stretch was.

    Attributes:
        stretch: The stretch that began.
        kind: ``turn`` for ordinary turn taking outside the other's speech.
        into: The other party's stretch that it came into or came in early after, where the kind is about one.
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
        self._sides = tuple(Side(tuple(own), party.words) for own, party in zip(stretches, parties, strict=True))
        self._ruled: dict[tuple[int, int], Ruling] = {}
        self._run_start: list[float | None] = [None, None]
        self._last: list[Stretch | None] = [None, None]
        """Each party's last stretch that could take the floor."""

    def rulings(self) -> list[Ruling]:
        """Return one ruling a stretch, in order of onset."""
        rulings = []
        for stretch in sorted((s for side in self._sides for s in side.stretches), key=in_order):
            ruling = self._rule(stretch)
            rulings.append(ruling)
            self._note(ruling)
        return rulings

    def _note(self, ruling: Ruling) -> None:
        """Keep what a stretch was, and when each party's current turn began."""
        stretch = ruling.stretch
        self._ruled[stretch.party, stretch.index] = ruling
        if not ruling.splits:
            return
        previous = self._last[stretch.party]
        if previous is None or self._turn_ended(previous, stretch):
            self._run_start[stretch.party] = stretch.start
        self._last[stretch.party] = stretch

    def _turn_ended(self, earlier: Stretch, later: Stretch) -> bool:
        """Whether a party's turn ended between two of its stretches, the later one beginning now."""
        taker = self._last[1 - earlier.party]
        if taker is not None and taker.end > earlier.end and taker.start < later.start:
            return True
        gap = Interval(earlier.end, max(earlier.end, later.start))
        if not _least(gap.duration, MUTUAL_SILENCE):
            return False
        return silent_for(MUTUAL_SILENCE, gap, self._sides[1 - earlier.party].speech)

    def _rule(self, b: Stretch) -> Ruling:
        a = self._sides[1 - b.party].before(b)
        if a is None or not self._holds(a) or self._reclaims(b, a):
            return Ruling(b, "turn")
        began = self._run_start[a.party]
        under_way = _least(b.start - (a.start if began is None else min(began, a.start)), TURN_UNDER_WAY)
        if b.start < a.end:
            return self._inside(b, a, under_way=under_way)
        return self._after(b, a) if under_way else Ruling(b, "turn")

    def _after(self, b: Stretch, a: Stretch) -> Ruling:
        """Rule on a stretch that began in a pause: turn taking, a backchannel, or an agent a little early."""
        pause = b.start - a.end
        if (
            pause <= PAUSE_FOR_LISTENERS + _HAIR
            and self._brief_acknowledgement(b)
            and not self._answers(b, a)
            and set(b.spoken) != {"no"}
            and self._speaks_again(a, b)
        ):
            return Ruling(b, "backchannel", a, b.end, 0.0, 0.75, splits=False)
        if only_filled_pause(b.spoken) and self._speaks_again(a, b):
            return Ruling(b, "filler", a, b.end, splits=False)
        resumes = self._next(a)
        if resumes is not None and pause < CAME_IN_EARLY - _HAIR and self._came_in_early(b, a, resumes):
            if self._parties[b.party].role != "agent":
                return Ruling(b, "turn", a)
            over = resumes.start < b.end
            end = min(b.end, resumes.end) if over else b.end
            return Ruling(b, "came_in_early", a, end, end - resumes.start if over else 0.0, 0.6)
        return Ruling(b, "turn")

    def _came_in_early(self, b: Stretch, a: Stretch, resumes: Stretch) -> bool:
        """Whether B came in on an unfinished clause that A then took up again."""
        return (
            understood(closing(a))
            and unfinished(closing(a))
            and resumes.start - b.end <= SPEAKS_AGAIN + _HAIR
            and not self._before_next(b, resumes)
            and takes_up_again(a, b, resumes, asked=self._asked(b))
        )

    def _inside(self, b: Stretch, a: Stretch, *, under_way: bool) -> Ruling:
        """Rule on a stretch that began inside the other's speech, in the order of the definition."""
        end = min(a.end, b.end)
        overlap = end - b.start
        kept = b.end <= a.end or self._speaks_again(a, b)
        brief = b.interval.duration <= BACKCHANNEL_LONGEST + _HAIR
        if not _least(overlap, TERMINAL_OVERLAP):
            # A short "okay" or an unheard sound at the seam is no turn; a short answer is one.
            passing = kept and brief and not self._answers(b, a) and (acknowledges(b.spoken) or not b.spoken)
            return Ruling(b, "terminal", a, end, overlap, splits=not passing)
        if self._brief_acknowledgement(b):
            if kept and under_way:
                return Ruling(b, "backchannel", a, b.end, overlap, 0.9, splits=False)
            return Ruling(b, "terminal", a, end, overlap, splits=not kept)
        if brief and len(b.spoken) <= COURTESY_WORDS and courteous(b.spoken):
            return Ruling(b, "terminal", a, end, overlap, splits=not kept)
        if only_filled_pause(b.spoken):
            return Ruling(b, "filler", a, end, overlap, splits=False)
        if b.start - a.start < AT_ONCE - _HAIR:
            return Ruling(b, "simultaneous", a, end, overlap)
        return self._competing(b, a, kept=kept) if under_way else Ruling(b, "turn")

    def _competing(self, b: Stretch, a: Stretch, *, kept: bool) -> Ruling:
        """Rule on what neither hands over nor only listens."""
        end = min(a.end, b.end)
        overlap = end - b.start
        heard = understood(opening(b))
        if not heard and b.interval.duration <= BACKCHANNEL_LONGEST + _HAIR:
            # Too short and not understood: it may have been a "mhm". Hearing worse must not score worse.
            return Ruling(b, "filler" if kept else "terminal", a, end, overlap, splits=not kept)
        resumes = self._next(a)
        outlasts = _least(b.end - a.end, OUTLASTS)
        left = b.end - a.end <= SPEAKS_AGAIN + _HAIR  # the floor was A's again before B could make a point of their own
        reply = resumes if b.end > a.end and kept else None
        if left and (kept or not outlasts) and cooperates(b, self._sides[a.party], reply):
            return Ruling(b, "cooperative", a, end, overlap, 0.7)
        doubtful = left and kept and may_cooperate(b, a)
        if outlasts or self._goes_on(b, a):
            sure = interruption_confidence(b, a, resumes, punctuated=self._sides[a.party].punctuated)
            sure = min(sure, NOT_COUNTED) if doubtful else sure
            return Ruling(b, "interruption", a, end, overlap, self._cap(b, sure), tail(a.words))
        sure = NOT_COUNTED if doubtful or not heard else COACHED
        if not understood(closing(a)):
            sure = min(sure, NOT_COACHED)  # what B spoke over may have been an "uh", which holds no floor
        return Ruling(b, "interruption_attempt", a, end, overlap, self._cap(b, sure), splits=False)

    def _brief_acknowledgement(self, b: Stretch) -> bool:
        return (
            b.interval.duration <= BACKCHANNEL_LONGEST + _HAIR
            and len(b.spoken) <= BACKCHANNEL_WORDS
            and acknowledges(b.spoken)
        )

    def _asked(self, stretch: Stretch) -> bool:
        return asks(closing(stretch), punctuated=self._sides[stretch.party].punctuated)

    def _answers(self, b: Stretch, a: Stretch) -> bool:
        """Whether a short stretch is the answer to a question rather than a sign of listening."""
        if not self._asked(a):
            return False
        return self._sides[a.party].punctuated or not acknowledges(b.spoken) or answers(b.spoken)

    def _next(self, stretch: Stretch) -> Stretch | None:
        return self._sides[stretch.party].after(stretch)

    def _before_next(self, b: Stretch, moment: Stretch) -> bool:
        """Whether ``b``'s party speaks once more before another stretch begins."""
        following = self._next(b)
        return following is not None and following.start <= moment.start

    def _speaks_again(self, a: Stretch, b: Stretch) -> bool:
        """Whether A goes on within 1.5 s of B's end, before B says more."""
        resumes = self._next(a)
        if resumes is None or self._before_next(b, resumes):
            return False
        return resumes.start - b.end <= SPEAKS_AGAIN + _HAIR

    def _goes_on(self, b: Stretch, a: Stretch) -> bool:
        """Whether B, though pausing as A stopped, keeps the floor it took: A fell silent and B says more first."""
        following = self._next(b)
        resumes = self._next(a)
        return (
            b.end >= a.end
            and following is not None
            and following.start - b.end < TURN_UNDER_WAY - _HAIR
            and (resumes is None or following.start < resumes.start)
        )

    def _holds(self, a: Stretch) -> bool:
        """Whether a stretch holds the floor: a "mhm", an attempt or an "uh" does not."""
        return self._ruled[a.party, a.index].splits and not only_filled_pause(a.spoken)

    def _reclaims(self, b: Stretch, a: Stretch) -> bool:
        """Whether B goes on at once with what A had just come into: who was cut off may go on."""
        came_in = self._ruled[a.party, a.index]
        mine = came_in.into
        return (
            came_in.kind in _CONTESTED
            and mine is not None
            and mine.index + 1 == b.index
            and b.start - mine.end <= SPEAKS_AGAIN + _HAIR
        )

    def _cap(self, b: Stretch, confidence: float) -> float:
        far = self._parties[b.party].role == "customer"
        return round(min(confidence, FAR_PARTY) if far else confidence, 3)


def _least(seconds: float, least: float) -> bool:
    """Whether a time is at least so long; a hair's breadth does not decide."""
    return seconds >= least - _HAIR


def silent_for(seconds: float, gap: Interval, speech: Sequence[Interval]) -> bool:
    """Whether somewhere in a gap nobody speaks for so long.

    Args:
        seconds: How long.
        gap: Where to look.
        speech: The speech that may lie in the gap, sorted by start.
    """
    at, until = max(bisect_left(speech, gap.start, key=lambda i: i.start) - 1, 0), gap.start
    while at < len(speech) and speech[at].start < gap.end:
        if _least(speech[at].start - until, seconds):
            return True
        until = max(until, speech[at].end)
        at += 1
    return _least(gap.end - until, seconds)
