"""What an answer may have been, had it been heard better: doubt about the words is doubt that nothing was there."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from coach.analysis import empathy, paraphrase
from coach.analysis.acts import LIKELY
from coach.analysis.reading import Reading, Said
from coach.analysis.view import View

DOUBT: Final = 1.2
"""What doubt about the words takes from how near a clause may come and still be nothing: where a fifth of them may be
wrong, a clause that is a paraphrase with 0.26 may be one."""


WARMLY: Final = 0.5
"""The same for warm words: after distress any clause is a little like them, and not every one may have been."""

SHORTEST: Final = 3
"""Words of a clause that may have been warm: of "sure" alone every word was heard."""

ANSWER: Final = 0.85
STORY: Final = 0.79
"""Shares of an answer's and of a story's words that must be right before anybody is advised on what was missing."""

COUNTED: Final = 0.65
"""Most that can be said of what was missing in words less sure than that: it counts, and becomes no advice."""


def sure(reading: Reading, told: Iterable[int], answers: Iterable[int], confidence: float) -> float:
    """Return how sure it is that something is missing: no surer than to be counted, where words are in doubt.

    Args:
        reading: The call.
        told: Indices of the customer's turns.
        answers: Indices of the agent's turns that answered them.
        confidence: How sure it would be, had every word been heard.
    """
    call = reading.conversation
    right = [(call.understood("customer", call.turns[i].interval), STORY) for i in told]
    right += [(call.understood("agent", call.turns[i].interval), ANSWER) for i in answers]
    clear = all(share is None or share >= least for share, least in right)
    return confidence if clear else min(confidence, COUNTED)


def gave_back(reading: Reading, told: Iterable[int], said: Sequence[Said]) -> bool:
    """Whether clauses may have given back what was told, the more the less the words of both are sure.

    Args:
        reading: The call.
        told: Indices of the customer's turns.
        said: The agent's clauses that answered them.
    """
    least = _least(reading, (*told, *(part.turn for part in said)), DOUBT)
    return any(_given_back(part.view) >= least for part in said)


def acknowledged(reading: Reading, told: int, said: Sequence[Said]) -> bool:
    """Whether clauses may have acknowledged what weighed on the customer, the more the less the words are sure.

    Args:
        reading: The call.
        told: Index of the customer's turn.
        said: The agent's clauses that answered it.
    """
    said = [part for part in said if part.view.form.words >= SHORTEST]
    least = _least(reading, (told, *(part.turn for part in said)), WARMLY)
    return least < LIKELY and any(_warmth(part) >= least for part in said)


def _given_back(view: View) -> float:
    """Return how surely a clause gives back what was told by either witness: misheard words mislead both."""
    return max(paraphrase.saying_back(view), paraphrase.by_words(view))


def _warmth(said: Said) -> float:
    parts = (said.view,)
    return max(_given_back(said.view), empathy.names_feeling(parts), empathy.reassures(parts))


def _least(reading: Reading, turns: Iterable[int], doubt: float) -> float:
    """Return the confidence from which a clause may be what was missed, by the least sure of the turns."""
    call = reading.conversation
    right = [call.understood(call.turns[i].role, call.turns[i].interval) for i in set(turns)]
    return LIKELY - doubt * (1.0 - min((share for share in right if share is not None), default=1.0))
