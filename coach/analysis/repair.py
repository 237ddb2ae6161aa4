"""Repair: asking somebody to say it again, and a customer who has to say it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from coach.analysis import lexicons, text
from coach.analysis.questions import question
from coach.analysis.text import Token
from coach.analysis.view import View
from coach.conversation.small_words import NEVER_LAST

PLAIN: Final = 0.9
"""Confidence of words that can hardly ask for anything else."""

WORDY: Final = 14
"""Words of a clause from which even those may be part of something longer."""


def asked_to_repeat(view: View) -> float:
    """Return how surely a clause asks to hear it again, 0 to 1; asking for spelling is none."""
    norms = view.clause.norms
    if bare := _bare(view):
        return bare
    if not norms or view.has("spelling") or view.has("not_repeat"):
        return 0.0
    if view.has("repeat_please"):
        return PLAIN if len(norms) <= WORDY else 0.6
    return 0.6 if _asks_a_gap(view) else 0.0


def _bare(view: View) -> float:
    """Return how surely one small word by itself asks to hear it again; 0 when there is more than that."""
    kept = " ".join(token.norm for token in view.clause.tokens if token.norm not in _AROUND)
    if kept in _SORRY:
        return _bare_sorry(view, plain=kept == "sorry")
    if kept not in _SMALL:
        return 0.0
    marked, unmarked = _SMALL[kept]
    if view.clause.asks:
        return marked
    # nothing was said that could be heard again, or a full stop stands where a question mark could
    return unmarked * 0.6 if not view.before.norms or view.clause.punctuated else unmarked


_AROUND: Final = frozenset("oh uh um er ah love dear sir ma'am madam caller".split())
_SORRY: Final = frozenset({"sorry", "i'm sorry", "so sorry", "i'm so sorry", "i'm very sorry", "very sorry"})
_SMALL: Final = {
    "what": (0.65, 0.45),
    "huh": (0.6, 0.2),
    "eh": (0.6, 0.4),
    "excuse me": (0.8, 0.35),
    "hm": (0.4, 0.0),
    "who": (0.4, 0.3),
}
"""How surely each asks to hear it again, with a question mark and without."""


def _asks_a_gap(view: View) -> bool:
    """Whether words are given back with a gap where something was not heard: "change the what?"."""
    norms = view.clause.norms
    if not view.clause.asks or not 2 <= len(norms) <= GAPPED or norms[-1] not in ("what", "who", "where"):
        return False
    return norms[-2] in view.before.norms and view.form.question_word == ""


GAPPED: Final = 6
"""Words of a question that gives words back with a gap."""

BARELY: Final = 3
"""Words of the other party that are hardly worth hearing again: "hello, yes"."""

FEW_WORDS: Final = 12
"""Words of the other party before which there was hardly anything yet to be sorry for."""

LATELY: Final = 10
"""Words of the other party in which a "not" tells that something went wrong."""

MANY_WORDS: Final = 30
"""Words after which there probably was."""


def _bare_sorry(view: View, *, plain: bool) -> float:
    """Return how surely "sorry" alone means "say that again": an apology where trouble was told or thanks were said."""
    said = view.before.norms
    if view.clause.asks:
        return 0.85
    if not said:
        return 0.2
    sure = 0.65 if BARELY < len(said) < FEW_WORDS else 0.55 if len(said) <= MANY_WORDS else 0.4
    if _dictates(view):
        sure += 0.15  # numbers and letters are what is misheard
    if view.troubled or not lexicons.words("words", "negations").isdisjoint(said[-LATELY:]):
        sure -= 0.2
    if said[-1] in _ACKNOWLEDGED or "thank" in said[-5:] or "thanks" in said[-5:]:
        sure -= 0.2
    if said[-1] in NEVER_LAST or view.before.tokens[-1].norm in text.fillers():
        sure -= 0.15  # they were cut off: sorry for that
    if view.clause.tokens[0].norm == "oh":
        sure -= 0.2  # something has just been noticed
    if view.clause.punctuated:
        sure -= 0.25  # a question mark could have been there
    return min(0.8, max(0.05, sure if plain else sure - 0.2))


def _dictates(view: View) -> bool:
    last = view.before.tokens[-1]
    return last.number or last.norm in ("double", "treble", "triple")


_ACKNOWLEDGED: Final = frozenset("okay ok right then yes yeah alright thanks bye fine".split())


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


class Told:
    """What a customer has told so far, turn by turn: which turns have a concept is looked up, and not looked for."""

    def __init__(self) -> None:
        self._count = 0
        self._turns: dict[str, list[int]] = {}

    def add(self, said: Sequence[Token]) -> None:
        """Take in the next turn."""
        for name in text.concepts(said):
            self._turns.setdefault(name, []).append(self._count)
        self._count += 1

    def again(self, own: Mapping[str, float]) -> int | None:
        """Return the first turn that has nearly all of what is told now, by weight; ``None`` when none has."""
        total = sum(own.values())
        if total < LEAST / 2:
            return None
        common: dict[int, float] = {}
        for name, weight in own.items():
            for turn in self._turns.get(name, ()):
                common[turn] = common.get(turn, 0.0) + weight
        return min((turn for turn, weight in common.items() if weight >= REPEATED * total), default=None)


def customer_repeat(view: View, earlier: Told, *, asked: bool) -> Repeat | None:
    """Return the repeat that a customer's clause is, ``None`` when it is none.

    Args:
        view: The customer's clause.
        earlier: What the customer told earlier in this call.
        asked: Whether the agent has just asked to hear it again or read it back; that is then why.
    """
    if view.has("told_elsewhere"):
        return Repeat(0.8, elsewhere=True, earlier=None)
    if view.has("ordeals", "feelings") and view.has("elsewhere") and view.has("told_before"):
        return Repeat(0.8, elsewhere=True, earlier=None)
    if view.has("repeating"):
        where = view.has("elsewhere")
        found = earlier.again(text.concepts(view.clause.tokens))
        return Repeat(0.75 if view.form.words > 3 else 0.6, elsewhere=where and found is None, earlier=found)
    own = text.concepts(view.clause.tokens)
    # A request about it, or an answer to a question about it, has to come back to it.
    if sum(own.values()) < LEAST or asked or question(view) >= ASKS or view.has("request_form"):
        return None
    if view.before.asks and view.shared.recent > 0:
        return None
    found = earlier.again(own)
    return None if found is None else Repeat(0.6, elsewhere=False, earlier=found)


def is_ordeal(said: Sequence[Token]) -> bool:
    """Whether words report waiting, a transfer, an earlier contact or the company's error."""
    return lexicons.pattern("ordeals", "feelings").search(" ".join(text.plain(said))) is not None
