"""Empathy and reassurance in words: the feeling or the circumstances named, the worry answered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from coach.analysis import lexicons, whole
from coach.analysis.calibration import Features, calibration
from coach.analysis.view import LATELY, View


def features(parts: Sequence[View], rule: Callable[[View], float]) -> Features:
    """Return what tells whether an utterance is warm, with what a rule says of its clauses among it.

    Args:
        parts: The views of its clauses.
        rule: ``named`` or ``allayed``.
    """
    found = whole.features(parts)
    if not found:
        return {}
    trouble = float(min(3, parts[0].before_trouble))
    named = float(any(rule(part) >= SAYS for part in parts))
    alone = float(len(parts) == 1)
    rules = {"named": named, "named_alone": named * alone, "named_share": named / len(parts)}
    return {**found, **rules, "named_troubled": named * trouble, "trouble": trouble}


def names_feeling(parts: Sequence[View]) -> float:
    """Return how surely an utterance of any number of clauses is one of empathy, 0 to 1."""
    return calibration("empathy").confidence(found) if (found := features(parts, named)) else 0.0


def reassures(parts: Sequence[View]) -> float:
    """Return how surely an utterance of any number of clauses is one of reassurance, 0 to 1."""
    return calibration("reassurance").confidence(found) if (found := features(parts, allayed)) else 0.0


def empathy(view: View) -> float:
    """Return how surely a clause names or acknowledges the customer's feeling or circumstances, 0 to 1."""
    if (said := named(view)) >= SAYS or not _may_name(view):
        return said
    return max(said, names_feeling((view,))) if _warm(view) else said


def _may_name(view: View) -> bool:
    """Whether nothing in a clause speaks against empathy: the line, information, a willing answer, an "if"."""
    if not view.clause.norms or view.clause.asks or _light(view) or _conditional(view):
        return False
    against = ("line_trouble", "hearsay_understanding", "willing", "afraid_to_say", "blaming")
    return not any(view.has(name) for name in against)


def _conditional(view: View) -> bool:
    return view.clause.head[:1] == ("if",) and not view.has("restating")


def named(view: View) -> float:
    """Return how surely a clause is empathy by its words alone: 0, or one of the confidences below."""
    if not view.clause.norms or view.has("line_trouble") or view.has("hearsay_understanding"):
        return 0.0
    if view.has("plain_empathy") and not view.has("negated_empathy"):
        return PLAIN
    if not _may_name(view):
        return 0.0
    if view.has("sympathy_sounds") or (view.has("startled") and view.troubled_now):
        return SOUND
    return _in_everyday_words(view)


def _in_everyday_words(view: View) -> float:
    """Return how surely a clause says in everyday words that it is hard on the customer; 0 where it does not."""
    if view.has("not_hard", "warmth"):
        return 0.0
    if view.has("grieving", "warmth"):
        return PLAIN
    if not any(view.has(way, "warmth") for way in _EVERYDAY):
        return 0.0
    # with no trouble told before it, "that's a lot" may be said of anything
    if view.troubled:
        return NAMED
    return HINTED if len(view.before.norms) >= TOLD and not view.has("closing") else 0.0


_EVERYDAY: Final = ("circumstance", "anyone_would", "you_sound", "i_know_it")

SAYS: Final = 0.5
"""Confidence from which a rule says that a clause is of a kind."""

PLAIN: Final = 0.75
"""Confidence of words that can hardly be anything else: "that must be hard", "sorry to hear that"."""

NAMED: Final = 0.65
"""Confidence of everyday words for what is hard on the customer, where they told of trouble."""

HINTED: Final = 0.55
"""Confidence of the same where no word of theirs is known to be trouble."""

SOUND: Final = 0.55
"""Confidence of "oh dear" and "oh no": little, and credited all the same."""

TOLD: Final = 4
"""Words of the customer in which something may have been told, whatever the words are."""


def _light(view: View) -> bool:
    """Whether what is hard is denied, or what is easy is not: "it's not so bad", "that's easy"."""
    if view.has("light"):
        return not view.has("denied")
    return view.has("negated_empathy")


def _warm(view: View) -> bool:
    """Whether anything in the clause speaks of feeling, hardship or consequence at all."""
    return (
        view.has("understanding")
        or view.has("consequences", "feelings")
        or view.count("bad") + view.count("hardship") + view.count("good") > 0
    )


def allays(view: View) -> float:
    """Return how surely a clause reassures this customer: it answers a worry, and there is one.

    A promise with no relation to a worry reassures nobody: "it will be there this afternoon", "that's fine".
    """
    said = allayed(view)
    return max(said, reassures((view,))) if said == ALLAYED else said


def allayed(view: View) -> float:
    """Return the same by the words of a clause alone: 0, or one of the confidences below."""
    if not _may_allay(view):
        return 0.0
    troubled = view.troubled or view.has("not_to_worry")
    if view.has("allaying") and troubled:
        return ALLAYED
    if not (troubled or view.before.asks or _denies(view)):
        return 0.0
    if view.has("spared", "warmth"):
        return SPARED
    return SPARED if (troubled or _denies(view)) and view.has("mendable", "warmth") else 0.0


def _may_allay(view: View) -> bool:
    if not view.clause.norms or (view.has("refusing") and not view.has("not_to_worry")):
        return False
    return not (view.form.marked or view.has("conditional") or view.has("line_trouble"))


def _denies(view: View) -> bool:
    """Whether the customer's last words say what is not, cannot be or is not known: "I've no idea where it is"."""
    return any(norm in lexicons.words("words", "negations") for norm in view.before.norms[-LATELY:])


SPARED: Final = 0.65
"""Confidence of a fear answered in everyday words: "nothing is going to be switched off", "that can be put right"."""

ALLAYED: Final = 0.7
"""Confidence of a worry answered in so many words: "we can fix this", "it won't be shut off"."""
