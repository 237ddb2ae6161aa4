"""What the words say of who wanted the floor; where they were not heard, nothing is held against anybody."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from statistics import fmean
from typing import Literal

from coach.conversation.clarity import CLEAR
from coach.conversation.small_words import (
    ACKNOWLEDGING,
    AGREEING,
    FILLED_PAUSES,
    OPPOSING,
    REACTING,
    UNFINISHED,
    acknowledges,
    finished,
    said,
    tokens,
    unfinished,
)
from coach.conversation.stretches import Side, Stretch
from coach.conversation.words import Word

LONGEST_COMPLETION = 2.5
"""Whoever speaks longer than this, in seconds, does more than say the other's ending along."""
SLOW_TO_YIELD = 1.5
VERY_SLOW_TO_YIELD = 2.5
NEAR_THE_END = 0.4
"""Simultaneous speech shorter than this, in seconds, at the end of a sentence: it was seen coming."""
WELL_INSIDE = 0.6
"""Simultaneous speech of this length, in seconds, is some words more than the end of a sentence."""
TALKS_OVER = 0.3
"""Who speaks over the other for this long, in seconds, goes on with their own matter."""
COACHED = 0.7
"""Confidence from which somebody is advised."""
NOT_COACHED = COACHED - 0.05
"""Highest confidence of what rests on words that were not understood."""

Ending = Literal["cut", "open", "unknown", "finished", "unheard"]
"""How a party's words ended: ``unknown`` where the recogniser sets a full stop behind everything, or never any."""

_SMALL = ACKNOWLEDGING | AGREEING | FILLED_PAUSES | UNFINISHED
_OBJECTING = (OPPOSING - {"no", "sorry", "well", "i"}) | {"can", "could", "what", "let"}
_POINTING = frozenset({"that", "that's", "thats", "it", "it's"})
_FOR_CLEARNESS = 8
_LOOKED_BACK_ON = 12


def understood(words: Sequence[Word]) -> bool:
    """Whether words were heard, and clearly enough to hold something against somebody.

    Args:
        words: The few that the matter is about.
    """
    sure = [1.0 if w.confidence is None else w.confidence for w in words if tokens(w.text)]
    return bool(sure) and fmean(sure) >= CLEAR


def opening(stretch: Stretch) -> Sequence[Word]:
    """Return the first words of a stretch."""
    return stretch.words[:_FOR_CLEARNESS]


def closing(stretch: Stretch) -> Sequence[Word]:
    """Return the last words of a stretch."""
    return stretch.words[-_LOOKED_BACK_ON:]


def opposes(spoken: Sequence[str]) -> bool:
    """Whether the first words want to say something else; false for no words.

    >>> opposes(["yes", "but", "the", "meter"]), opposes(["yes", "exactly"])
    (True, False)
    """
    return bool(spoken) and (spoken[0] in OPPOSING or "but" in spoken[:6])


def cooperates(b: Stretch, theirs: Side, reply: Stretch | None) -> bool:
    """Whether words agree with the other party's or complete them.

    Args:
        b: What was said, into the other's speech.
        theirs: The other party.
        reply: What the other party, who had stopped, says to it at once.
    """
    spoken = b.spoken
    if not spoken:
        return False
    if acknowledges(spoken) or _feels_with(spoken):
        return True
    if opposes(spoken):
        return False
    mine = _content(spoken)
    around = set(theirs.said(b.start - 6.0, b.end + 3.0))
    if spoken[0] in AGREEING and (around.issuperset(mine) or _points_back(spoken)):
        return True
    if not mine or b.interval.duration > LONGEST_COMPLETION:
        return False
    if len(mine) > 1 and around.issuperset(mine):
        return True  # given back while it is said, as numbers are
    later = set(theirs.said(b.start, b.end + 3.0))
    if sum(token in later for token in mine) >= len(mine) / 2:
        return True
    return reply is not None and not AGREEING.isdisjoint(said(reply.words[:1]))


def may_cooperate(b: Stretch, a: Stretch) -> bool:
    """Whether words that were not understood may have agreed with the other's or completed them."""
    spoken, heard = b.spoken, understood(opening(b))
    if heard and opposes(spoken):
        return False
    if heard and understood(closing(a)):
        return False  # both were understood, so ``cooperates`` has told
    return b.interval.duration <= LONGEST_COMPLETION or not heard or spoken[0] in AGREEING


def starts_again(a: Stretch, resumes: Stretch | None) -> bool:
    """Whether a party starts the same thing again that it had broken off.

    Two words of the old ones in the same order, or its last ones again, small words alone not counting.

    Args:
        a: The stretch that was broken off.
        resumes: The party's next stretch.
    """
    if resumes is None:
        return False
    old, new = said(closing(a)), said(resumes.words[:4])[:4]
    if (set(new[:3]) & set(old[-3:])) - UNFINISHED:
        return True
    same = set(pairwise(old)) & set(pairwise(new))
    return any(not UNFINISHED.issuperset(pair) for pair in same) or len(same) > 1


def ending(a: Stretch, *, punctuated: bool) -> Ending:
    """Return how a stretch's words ended.

    Args:
        a: The stretch.
        punctuated: Whether its party's words carry stops at all.
    """
    words = closing(a)
    if not understood(words[-_FOR_CLEARNESS:]):
        return "unheard"
    if unfinished(words):
        return "cut"
    if not finished(words):
        return "open" if punctuated else "unknown"
    # Words without times of their own come from a recogniser that hears one cut at a time and ends each with a stop.
    return "unknown" if words[-1].interpolated else "finished"


def interruption_confidence(b: Stretch, a: Stretch, resumes: Stretch | None, *, punctuated: bool) -> float:
    """Return how sure it is that B cut A off, 0 to 1.

    It falls as A takes over 1.5 s to yield or had finished a sentence, and rises with a cut word and with A
    starting the same thing again. What was not understood counts as finished, and is never sure enough for advice.

    Args:
        b: The stretch that came in.
        a: The stretch that it came into.
        resumes: A's next stretch.
        punctuated: Whether A's words carry stops at all.
    """
    to_yield = a.end - b.start
    confidence = 0.8 - (0.3 if to_yield > VERY_SLOW_TO_YIELD else 0.15 if to_yield > SLOW_TO_YIELD else 0.0)
    again, how = starts_again(a, resumes), ending(a, punctuated=punctuated)
    if again:
        confidence += 0.1
    if how == "cut":
        confidence += 0.1
    elif how != "open" and not again:
        confidence -= _finished_by(how, min(a.end, b.end) - b.start)
    if how == "unheard" or not understood(opening(b)):
        confidence = min(confidence - 0.05, NOT_COACHED)
    return min(max(confidence, 0.05), 0.95)


def _finished_by(how: Ending, overlap: float) -> float:
    """Return what confidence loses because A had, or may have, come to an end of its own."""
    if how == "unknown":
        return 0.05 if overlap >= WELL_INSIDE else 0.15
    return 0.35 if overlap < NEAR_THE_END else 0.15


def takes_up_again(a: Stretch, b: Stretch, resumes: Stretch, *, asked: bool) -> bool:
    """Whether a party goes on with the clause that it had paused in, rather than answer what was said meanwhile.

    Args:
        a: The stretch before the pause, its clause unfinished.
        b: The other party's stretch in the pause.
        resumes: The first party's next stretch.
        asked: Whether ``b`` asked something.
    """
    if b.end - resumes.start >= TALKS_OVER or starts_again(a, resumes):
        return True
    new = said(resumes.words[:6])
    if not new or acknowledges(new[:2]) or new[0] in AGREEING or new[0] in {"no", "nope", "thanks", "thank"}:
        return False
    return not asked or new[0] in said(a.words[-2:])


def tail(words: Sequence[Word], most: int = 6) -> str:
    """Return the last words in one line."""
    return " ".join(word.text for word in words[-most:])


def _points_back(spoken: Sequence[str]) -> bool:
    """Whether an agreement only points at what the other said: "yes, that is what happened"."""
    return len(spoken) <= 7 and bool(_POINTING & set(spoken[1:3]))


def _feels_with(spoken: Sequence[str]) -> bool:
    """Whether a few words only react to what is told: "oh no, I'm so sorry", "oh that's awful"."""
    return spoken[0] in REACTING and len(spoken) <= 6 and not _OBJECTING.intersection(spoken)


def _content(spoken: Sequence[str]) -> list[str]:
    """Return the tokens that carry matter."""
    return [token for token in spoken if (len(token) > 2 or token.isdigit()) and token not in _SMALL]
