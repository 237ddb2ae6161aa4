"""Whether words make sense next to each other: the one sign of mishearing that a recogniser cannot keep to itself.

"The of", "we him", "can of", "to is": small words that do not stand side by side inside a phrase. People say two or
three such pairs in a thousand, restarts and all; where every fifth word is wrong there are twenty. The classes are the
closed ones of English grammar and a few of its most frequent verbs; nothing was fitted on anybody's text. Agreement is
left alone ("we was", "he don't"): how people speak is no mishearing.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import Final

from coach.conversation.words import Word


def _of(words: str) -> frozenset[str]:
    return frozenset(words.split())


_DETERMINERS: Final = _of("a an the my your our their its every")
_PREPOSITIONS: Final = _of("of from with into for at during until between")
_SUBJECTS: Final = _of("i he she we they")
_SUBJECTS_WITH_VERB: Final = _of(
    "i'm he's she's we're they're i'll he'll she'll we'll they'll you're you'll i've we've they've you've i'd"
)
_OBJECTS: Final = _of("me him us them")
_MODALS: Final = _of("will would can could should must might won't can't couldn't wouldn't shouldn't")
_BE: Final = _of("am is are was were isn't aren't wasn't weren't")
_HAVE: Final = _of("has have had")
_DO: Final = _of("do does did don't doesn't didn't")
_JOINING: Final = _of("and or but because so if when than")
_PAST: Final = _of(
    "said told went came got gave took knew thought paid called wanted needed asked sent left lost kept started tried "
    "made found happened"
)
_PLAIN: Final = _of("go come give take know pay send tell ask get make find keep try")
_FINITE: Final = _MODALS | _BE | _HAVE | _DO
_PERSONS: Final = _SUBJECTS | _SUBJECTS_WITH_VERB | _OBJECTS
_MOVING: Final = _of("go come give tell ask went came said told gave took knew")


def _after() -> dict[str, frozenset[str]]:
    """Return for each small word those that do not come right after it."""
    found = dict.fromkeys(
        _DETERMINERS,
        _DETERMINERS | _PREPOSITIONS | _PERSONS | _FINITE | _JOINING | _MOVING
        | (_PAST - _of("left lost made")) | (_PLAIN - _of("try pay go"))
        | _of("to it it's that's not please thank what where who how why there there's this these those you"),
    )  # fmt: skip
    found |= dict.fromkeys(
        _PREPOSITIONS,
        _SUBJECTS | _SUBJECTS_WITH_VERB | _FINITE | _PREPOSITIONS | _MOVING | _of("and but or because if so"),
    )
    found |= dict.fromkeys(
        _SUBJECTS, _DETERMINERS | _OBJECTS | _PREPOSITIONS | _SUBJECTS | _SUBJECTS_WITH_VERB | _of("to in on by")
    )
    for subject in _SUBJECTS_WITH_VERB:
        found[subject] = _MODALS | _BE | _SUBJECTS | _SUBJECTS_WITH_VERB | _OBJECTS | (_JOINING - _of("so"))
        if subject.endswith("'ll"):
            found[subject] |= _DETERMINERS | _PREPOSITIONS | _PAST | _of("has had in on to")
        elif not subject.endswith("'d"):
            found[subject] |= _of("go come give tell ask")
    found |= dict.fromkeys(
        _MODALS,
        _PREPOSITIONS | _MODALS | _OBJECTS | _JOINING | _SUBJECTS_WITH_VERB | _BE | _PAST | _of("to has had does did"),
    )
    found |= dict.fromkeys(
        _BE, _MODALS | _BE | _HAVE | _DO | _OBJECTS | _SUBJECTS_WITH_VERB | _of("know get make") | _MOVING
    )
    found |= dict.fromkeys(_HAVE, _MODALS | _BE | _DO | _SUBJECTS_WITH_VERB | _of("and or but"))
    found |= dict.fromkeys(_DO, _MODALS | _BE | _PREPOSITIONS | _SUBJECTS_WITH_VERB | _PAST)
    found["to"] = (
        _MODALS | _BE | _SUBJECTS | _SUBJECTS_WITH_VERB | (_DO - _of("do")) | (_HAVE - _of("have")) | _PREPOSITIONS
        | (_PAST - _of("left")) | _of("and or but")
    )  # fmt: skip
    return found


_AFTER: Final[Mapping[str, frozenset[str]]] = MappingProxyType(_after())

USUAL: Final = 0.0045
"""Odd pairs a pair of words in what people say, correctly written down: five corpora lay between 0.003 and 0.0065."""

EACH: Final = 0.05
"""Odd pairs that each wrong word brings: 0.085 where words are wrong at random, under 0.02 where a recogniser chose
what sounds like a sentence."""

BELIEVED: Final = 2.5
"""How much it takes to think that words are wrong: one odd pair in a hundred words is nothing yet."""


def odd_pairs(words: Sequence[Word]) -> tuple[bool, ...]:
    """Return for each word but the first whether it cannot follow the one before it.

    A pause is no boundary here; a mark is, and so is a word that was masked. A word said twice is a restart.
    """
    bare = [_bare(word.text) for word in words]
    return tuple(
        later != earlier and later in _AFTER.get(earlier, ()) and not words[i].text.endswith((".", ",", "?", "!", "-"))
        for i, (earlier, later) in enumerate(pairwise(bare))
    )


def wrong(odd: int, pairs: int) -> float:
    """Return the share of words that are likely to be wrong, 0 to 1, from how many pairs are odd.

    >>> wrong(0, 100), wrong(1, 100) < 0.1, wrong(4, 100) > 0.2
    (0.0, True, True)
    """
    return min(1.0, max(0.0, odd - USUAL * pairs) / (EACH * pairs + BELIEVED))


def _bare(word: str) -> str:
    return re.sub(r"[^a-z']", "", word.lower().replace("’", "'"))
