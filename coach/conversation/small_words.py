"""The closed classes of small words that turn taking leans on, and nothing else.

These are few, common and stable, so they stand in code. Word lists that a team may want to change live
under ``models/lexicons``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from coach.conversation.words import Word

ACKNOWLEDGING = frozenset(
    "mhm mm mmm hm hmm mmhmm mmhm uhhuh aha ah oh ok okay kay right yeah yes yep yup sure gotcha see understood "
    "alright good great wow no really".split()
)
"""What a listener says without wanting the floor. ``no`` and ``really`` answer a story, as in "oh no"."""

PART_OF_ACKNOWLEDGING = frozenset("i got it all that's thats uh huh of course i'm im ma'am sir".split())
"""Words that acknowledge only together with others: "I see", "got it", "all right", "uh huh", "of course"."""

ACKNOWLEDGING_PHRASES = frozenset({"got it", "uh huh", "all right", "of course", "i got it", "mm hm", "mm hmm"})
"""Whole backchannels made of words that acknowledge only together."""

COURTEOUS = frozenset("thanks thank you sorry i'm im so oh okay ok go ahead please bye goodbye".split())
"""Words of thanks, of giving way and of farewell: in the other's speech they neither listen nor take the floor."""

_COURTESIES = frozenset({"thanks", "thank", "sorry", "ahead", "bye", "goodbye"})

FILLED_PAUSES = frozenset("uh um er erm uhm eh ehm".split())
"""Sounds of thinking; alone they are neither a backchannel nor an attempt."""

AGREEING = frozenset(
    "yes yeah yep yup exactly right correct absolutely sure true definitely indeed precisely okay ok mhm "
    "uhhuh totally".split()
)
"""First words of somebody who takes the speaker's side."""

OPPOSING = frozenset("but no wait hold excuse listen look sorry actually however i well".split())
"""First words of somebody who wants to say something else."""

REACTING = frozenset("oh ah aw aww wow gosh goodness ouch jeez".split())
"""First words of somebody who is moved by what is told."""

NEVER_LAST = frozenset(
    "a an the my your our their and but or because cause if when while which than as of into i i'm i've we've "
    "we're they're you're it's there's very".split()
)
"""Words that no clause ends on, whatever full stop a recogniser sets behind its cut."""

SELDOM_LAST = frozenset(
    "his her this so that who what where to in on at for with from by about is are was were am be been you he she "
    "we they it don't didn't can't just like not then until".split()
)
"""Words that a clause seldom ends on: with no stop behind them the speaker had more to say."""

UNFINISHED = NEVER_LAST | SELDOM_LAST

_ANSWERS = frozenset("yes yeah yep yup no nope right correct sure okay ok exactly absolutely true".split())
_ASKING = re.compile(
    r"\b(?:what|which|when|where|who|how|why|whose)\b"
    r"|\b(?:is|are|was|were|do|does|did|can|could|would|will|have|has|should|may)"
    r" (?:i|you|we|they|he|she|it|this|that|there|your|the|my)\b"
)
_NOT_A_LETTER = re.compile(r"[^a-z0-9' ]+")
_STOPS = (".", "?", "!")


def tokens(text: str) -> list[str]:
    """Return lower-case words without punctuation; "uh-huh" is one word, as is "mm-hmm".

    >>> tokens("Uh-huh, that's RIGHT.")
    ['uhhuh', "that's", 'right']
    """
    joined = text.lower().replace("’", "'").replace("-", "")
    return _NOT_A_LETTER.sub(" ", joined).split()


def said(words: Iterable[Word]) -> list[str]:
    """Return the tokens of timed words."""
    return [token for word in words for token in tokens(word.text)]


def only_filled_pause(spoken: Sequence[str]) -> bool:
    """Whether nothing but "uh" and the like was said; false for no words."""
    return bool(spoken) and all(token in FILLED_PAUSES for token in spoken)


def acknowledges(spoken: Sequence[str]) -> bool:
    """Whether words are of the acknowledging kind: all of them, at least one of them by itself.

    >>> acknowledges(["okay"]), acknowledges(["uh", "huh"]), acknowledges(["i", "paid"])
    (True, True, False)
    >>> acknowledges(["oh", "no"]), acknowledges(["no", "no", "no"])
    (True, False)
    """
    kept = [token for token in spoken if token not in FILLED_PAUSES] or list(spoken)
    if " ".join(spoken) in ACKNOWLEDGING_PHRASES or " ".join(kept) in ACKNOWLEDGING_PHRASES:
        return True
    if len(kept) > 1 and set(kept) == {"no"}:
        return False  # "no, no" wants the floor; one "no" may go along with "nobody called me back"
    return any(token in ACKNOWLEDGING for token in kept) and all(
        token in ACKNOWLEDGING or token in PART_OF_ACKNOWLEDGING for token in kept
    )


def courteous(spoken: Sequence[str]) -> bool:
    """Whether words only thank, give way or say goodbye.

    >>> courteous(["okay", "thank", "you"]), courteous(["sorry", "go", "ahead"]), courteous(["you", "go"])
    (True, True, False)
    """
    return bool(_COURTESIES.intersection(spoken)) and COURTEOUS.issuperset(spoken)


def asks(words: Sequence[Word], *, punctuated: bool) -> bool:
    """Whether the last words ask something.

    Args:
        words: The last few words of a party.
        punctuated: Whether that party's words carry stops at all; without, the form tells a question.
    """
    if punctuated or not words:
        return bool(words) and words[-1].text.rstrip().endswith("?")
    return _ASKING.search(" ".join(said(words))) is not None


def answers(spoken: Sequence[str]) -> bool:
    """Whether words may answer a question that wants a yes or no."""
    return bool(_ANSWERS.intersection(spoken))


def unfinished(words: Sequence[Word]) -> bool:
    """Whether words break off: on a small word, a comma or a dash.

    Recognisers end every cut with a full stop, so a full stop behind "and the" is no end; behind "thank you" it is.
    """
    if not words:
        return False
    last = words[-1].text.rstrip()
    if last.endswith((",", "-", "–", "—", "...", "…")):
        return True
    spoken = tokens(last)
    if not spoken:
        return False
    return spoken[-1] in NEVER_LAST or (spoken[-1] in SELDOM_LAST and not finished(words))


def finished(words: Sequence[Word]) -> bool:
    """Whether a sentence ended, as far as it was written: on a full stop, a question or an exclamation mark."""
    last = words[-1].text.rstrip() if words else ""
    return last.endswith(_STOPS) and not last.endswith("...")
