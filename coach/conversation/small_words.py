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

FILLED_PAUSES = frozenset("uh um er erm uhm eh ehm".split())
"""Sounds of thinking; alone they are neither a backchannel nor an attempt."""

AGREEING = frozenset(
    "yes yeah yep yup exactly right correct absolutely sure true definitely indeed precisely okay ok mhm "
    "uhhuh totally".split()
)
"""First words of somebody who takes the speaker's side."""

UNFINISHED = frozenset(
    "a an the my your his her our their this and but or so because cause if when while that which who what where "
    "to of in on at for with from by about into than as is are was were am be been i'm it's i you he she we they "
    "it i've we've don't didn't can't just like not very then until".split()
)
"""Words that a clause seldom ends on: after one of them the speaker had more to say."""

_NOT_A_LETTER = re.compile(r"[^a-z0-9' ]+")


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
    """
    kept = [token for token in spoken if token not in FILLED_PAUSES] or list(spoken)
    if " ".join(spoken) in ACKNOWLEDGING_PHRASES or " ".join(kept) in ACKNOWLEDGING_PHRASES:
        return True
    return any(token in ACKNOWLEDGING for token in kept) and all(
        token in ACKNOWLEDGING or token in PART_OF_ACKNOWLEDGING for token in kept
    )


def asks(text: str) -> bool:
    """Whether written words end as a question."""
    return text.rstrip().endswith("?")


def unfinished(words: Sequence[Word]) -> bool:
    """Whether words break off: on a small word, a comma or a dash.

    Recognisers end every cut with a full stop, so a full stop after a small word does not count as an end.
    """
    if not words:
        return False
    last = words[-1].text.rstrip()
    if last.endswith((",", "-", "–", "—", "...", "…")):
        return True
    spoken = tokens(last)
    return bool(spoken) and spoken[-1] in UNFINISHED
