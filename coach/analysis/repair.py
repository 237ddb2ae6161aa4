"""Repair: asking somebody to say it again, and a customer who has to say it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from coach.analysis import lexicons, text
from coach.analysis.questions import question
from coach.analysis.text import Token
from coach.analysis.view import View


def asked_to_repeat(view: View) -> float:
    """Return how surely a clause asks to hear it again, 0 to 1; asking for spelling is none."""
    if not view.has("repeat_please") or view.has("spelling"):
        return 0.0
    norms = view.clause.norms
    if "sorry" in norms and len(norms) <= 3 and not view.clause.asks:
        return _bare_sorry(view)
    if norms and norms[0] == "what" and len(norms) == 1:
        return 0.6
    return 0.85 if len(norms) <= 14 else 0.6


FIRST_WORDS: Final = 12
"""Words of the other party before which there was hardly anything yet to be sorry for."""


def _bare_sorry(view: View) -> float:
    """Return how surely "sorry" alone means "say that again": so at the first words, an apology later."""
    if view.clause.norms[0] in ("i'm", "so", "very") or view.clause.punctuated:
        return 0.3
    return 0.7 if 0 < len(view.before.norms) < FIRST_WORDS else 0.45


REPEATED: Final = 0.7
"""Share of a story's telling words said before in the call from which it is a repeat."""

ASKS: Final = 0.5
"""How surely a clause asks, from which it is no story told again."""

LEAST: Final = 4.0
"""Telling words that a story has before it can be called a repeat, by weight."""


@dataclass(frozen=True, slots=True)
class Repeat:
    """A customer's repeat.

    Attributes:
        confidence: 0 to 1.
        elsewhere: Whether it was said to somebody else before, and not in this call.
        earlier: Index of the earlier turn it repeats, among those given; ``None`` when only "as I said" tells.
    """

    confidence: float
    elsewhere: bool
    earlier: int | None


def customer_repeat(view: View, earlier: Sequence[Sequence[Token]], *, asked: bool) -> Repeat | None:
    """Return the repeat that a customer's clause is, ``None`` when it is none.

    Args:
        view: The customer's clause.
        earlier: The customer's own earlier turns in this call.
        asked: Whether the agent has just asked to hear it again or read it back; that is then why.
    """
    if view.has("ordeals", "feelings") and view.has("elsewhere") and view.has("told_before"):
        return Repeat(0.8, elsewhere=True, earlier=None)
    if view.has("repeating"):
        where = view.has("elsewhere")
        found = _match(text.concepts(view.clause.tokens), earlier)
        return Repeat(0.75 if view.form.words > 3 else 0.6, elsewhere=where and found is None, earlier=found)
    own = text.concepts(view.clause.tokens)
    # A request about it, or an answer to a question about it, has to come back to it.
    if sum(own.values()) < LEAST or asked or view.before.asks or question(view) >= ASKS or view.has("request_form"):
        return None
    found = _match(own, earlier)
    return None if found is None else Repeat(0.6, elsewhere=False, earlier=found)


def _match(own: dict[str, float], earlier: Sequence[Sequence[Token]]) -> int | None:
    total = sum(own.values())
    if total < LEAST / 2:
        return None
    for index, said in enumerate(earlier):
        common = text.concepts(said)
        if sum(weight for name, weight in own.items() if name in common) >= REPEATED * total:
            return index
    return None


def is_ordeal(said: Sequence[Token]) -> bool:
    """Whether words report waiting, a transfer, an earlier contact or the company's error."""
    return lexicons.pattern("ordeals", "feelings").search(" ".join(text.plain(said))) is not None
