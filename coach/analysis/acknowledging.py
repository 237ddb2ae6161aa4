"""Short replies that say "I hear you" and take no turn."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Final

from coach.analysis import clauses, lexicons
from coach.analysis.before import Before
from coach.analysis.calibration import Features, calibration
from coach.analysis.clauses import Clause
from coach.analysis.questions import question
from coach.analysis.view import View
from coach.conversation.small_words import NEVER_LAST, SELDOM_LAST

LONGEST: Final = 4
"""Words of a reply that is still an acknowledgement."""

LATELY: Final = 12
"""Words of the other party in which a request still waits for its answer."""

BRIEF: Final = 5
"""Words of the other party after which nothing much has been told yet."""

TOLD: Final = 20
"""Words of the other party from which more words make a listener's reply no likelier."""

_NOTHING: Final = Before(())


@cache
def _classes() -> Mapping[str, str]:
    """Return the class of each word and of each pair of words that a short reply is made of."""
    listed: Mapping[str, str] = lexicons.load("words")["acknowledging"]
    return {entry.replace("_", " "): name for name, members in listed.items() for entry in members.split()}


@cache
def _names() -> tuple[str, ...]:
    return tuple(lexicons.load("words")["acknowledging"])


_CARRIED: Final = frozenset({"filler", "lead", "then", "address"})
"""Classes that acknowledge nothing by themselves: "um", "so", "sir"."""


def kinds(clause: Clause) -> tuple[str, ...]:
    """Return the class of each word of a short reply; nothing when it has a word of no class, or is too long.

    >>> from coach.analysis.text import tokens
    >>> kinds(Clause.of(tokens("oh right, I see"), punctuated=False))
    ('surprise', 'receipt', 'receipt')
    >>> kinds(Clause.of(tokens("I paid"), punctuated=False))
    ()
    """
    said = [token.norm for token in clause.tokens]
    if not said or len(said) > LONGEST:
        return ()
    found: list[str] = []
    index = 0
    while index < len(said):
        pair = " ".join(said[index : index + 2])
        name = _classes().get(pair) or _classes().get(said[index])
        if name is None:
            return ()
        found.append(name)
        index += 2 if pair in _classes() and " " in pair else 1
    return () if _CARRIED.issuperset(found) else tuple(found)


def features(view: View) -> Features:
    """Return what tells a listener's reply from an answer, an opening or praise; nothing when it is no such reply."""
    found = kinds(view.clause)
    if not found or view.clause.asks:
        return {}
    first = next(name for name in found if name not in ("filler", "address"))
    several = float(sum(name not in ("filler", "address") for name in found) > 1)
    assent, receipt, before = float(first == "assent"), float(first == "receipt"), _before(view.before)
    return {
        **{name: float(name in found) for name in _names()},
        "words": float(len(view.clause.tokens) - 1),
        "begins_surprised": float(found[0] == "surprise"),
        "assent_and_more": assent * several,
        "receipt_and_more": receipt * several,
        "asked_assent": assent * before["asked"],
        "asked_refusal": float(first == "refusal") * before["asked"],
        "asked_receipt": receipt * before["asked"],
        "requested_assent": assent * before["requested"],
        "requested_receipt": receipt * before["requested"],
        "please_assent": assent * before["please"],
        "brief_assent": assent * before["brief"],
        "unfinished_assent": assent * before["unfinished"],
        "thanked_receipt": receipt * before["thanked"],
        "thanked_praise": float("praise" in found) * before["thanked"],
        **before,
    }


def _before(before: Before) -> Features:
    """Return what the other party's latest words leave to be said."""
    norms = before.norms
    last = norms[-1] if norms else ""
    tail = " ".join(norms[-LATELY:])
    return {
        "asked": _asked(before),
        "asks_somewhere": float(before.asks),
        "requested": float(lexicons.pattern("request_form").search(tail) is not None or last == "please"),
        "please": float(last == "please"),
        "told": min(1.0, len(norms) / TOLD),
        "nothing_said": float(not norms),
        "brief": float(0 < len(norms) <= BRIEF),
        "unfinished": float(last in NEVER_LAST),
        "seldom_finished": float(last in SELDOM_LAST),
        "acknowledged": float(last in _classes()),
        "thanked": float(lexicons.pattern("thanked_last").search(" ".join(norms[-4:])) is not None),
    }


def _asked(before: Before) -> float:
    """Return how surely the other party's last clause asks."""
    pieces = clauses.split(before.tokens)
    if not pieces:
        return 0.0
    last = Clause.of(pieces[-1], punctuated=clauses.punctuated(before.tokens))
    return question(View(last, _NOTHING))


def backchannel(clause: Clause, before: Before | None = None) -> float:
    """Return how surely a clause is an acknowledgement alone, 0 to 1; 0 when it has words of another kind.

    Timing decides between a backchannel and a turn; this judges the words.

    Args:
        clause: The reply.
        before: What it replies to, where known: "yes" after a question is an answer.
    """
    found = features(View(clause, before or _NOTHING))
    return calibration("backchannel").confidence(found) if found else 0.0
