"""Wording: who takes it on, who is blamed, what is offered and by when. Advisory, never scored by itself."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from types import MappingProxyType
from typing import ClassVar, Final

from coach.analysis import questions
from coach.analysis.acts import LIKELY, Acts, agent_acts
from coach.analysis.counting import unmet
from coach.analysis.names import capitalised, customer_names
from coach.analysis.protocol import versioned
from coach.analysis.reading import Said, merged, read
from coach.analysis.view import View
from coach.conversation import Conversation, Findings, Moment


def ownership(view: View) -> float:
    """Return how surely a clause takes an action on: "I'll …", "let me …". A bare hold is less than that."""
    if not view.has("owning") or view.has("conditional") or view.has("handing_over"):
        return 0.0
    if view.clause.asks or view.has("wondering"):
        return 0.0
    if view.has("waiting"):
        return 0.0  # "let me pull that up, one moment" announces a silence; that is its credit
    return 0.6 if view.has("hold") else 0.85


def inclusive_we(view: View) -> float:
    """Return how surely a "we" means the two on the line."""
    return 0.75 if view.has("together") else 0.0


def firm_we(view: View) -> float:
    """Return how surely a "we" is the company saying no, or a policy is held up."""
    if not view.has("firm") or view.has("not_firm") or view.clause.head[:1] == ("if",):
        return 0.0
    return 0.8 if questions.question(view) < 0.7 else 0.0


def blame(view: View) -> float:
    """Return how surely a clause blames the customer or holds up that it was said before."""
    if not view.has("blaming"):
        return 0.0
    # "You should have received a letter" tells of the company's doing
    return 0.3 if view.has("should_have_got") else 0.75


def option(view: View) -> float:
    """Return how surely a clause offers a choice or a way round."""
    if not view.has("options") or view.has("closing"):
        return 0.0
    return 0.6 if view.form.person == "i" and not view.has("acting") else 0.75


def commitment(view: View) -> float:
    """Return how surely a clause says who does what by when; "someone will get back to you" is none."""
    if not view.has("committing") or view.has("vague") or view.has("conditional"):
        return 0.0
    return 0.35 if questions.question(view) > 0.7 else 0.8


def walkthrough(view: View) -> float:
    """Return how surely a clause says what is being done and why, or how the customer can do it."""
    if not view.has("walking") or view.form.words < EXPLAINS or view.has("firm"):
        return 0.0
    return 0.35 if questions.question(view) > 0.7 else 0.7


EXPLAINS: Final = 5
"""Words from which a clause can say what is done, or how."""

_RULES: Final[Mapping[str, Callable[[View], float]]] = MappingProxyType(
    {
        "ownership": ownership,
        "inclusive_we": inclusive_we,
        "firm_we": firm_we,
        "blame": blame,
        "option": option,
        "commitment": commitment,
        "walkthrough": walkthrough,
    }
)


_TITLED: Final = re.compile(
    r"\b(?:[Mm](?:rs?|s|ister|issus)\b\.?\s+(?!(?:are|is|you|and|on|the|yes|no|please)\b)[A-Za-z]{2,}|Miss\s+[A-Z][a-z]+)"
)
"""A title before a name; "miss" is a verb as often, so that it needs two capitals."""


class Wording:
    """Finds moments of wording in the agent's clauses."""

    name: ClassVar[str] = "wording"
    requires: ClassVar[frozenset[str]] = frozenset({"agent", "words"})
    versions: ClassVar[Mapping[str, int]] = versioned(
        (*_RULES, "name_use"), inclusive_we=2, firm_we=2, blame=2, option=2, walkthrough=2, name_use=2
    )

    def analyze(self, conversation: Conversation) -> Findings:
        """Return the moments of wording."""
        if unmet(conversation, self.requires):
            return Findings()
        clauses = agent_acts(conversation)
        moments = [
            moment for kind, rule in _RULES.items() for moment in merged(_found(kind, rule, clauses), conversation)
        ]
        moments += _names(conversation, clauses)
        return Findings() + Findings(moments=tuple(moments))


def _found(kind: str, rule: Callable[[View], float], clauses: Iterable[tuple[Said, Acts]]) -> Iterable[Moment]:
    for said, acts in clauses:
        confidence = rule(said.view)
        if confidence >= LIKELY and not _said_better(kind, said, acts):
            owning = {"owning": True} if kind == "commitment" and said.view.has("owning") else {}
            yield said.moment(kind, confidence, turn=said.turn, **owning)


def _said_better(kind: str, said: Said, acts: Acts) -> bool:
    """Whether another name says more of a clause: a promise is more than taking it on, a recap more than both."""
    if kind in ("ownership", "commitment", "option", "walkthrough") and "recap" in acts:
        return True
    if kind == "option":
        return commitment(said.view) >= LIKELY or "paraphrase" in acts or "open_question" in acts
    if kind == "walkthrough":
        return option(said.view) >= LIKELY or "paraphrase" in acts
    return kind == "ownership" and ("reassurance" in acts or commitment(said.view) >= LIKELY)


def names_written(said: str) -> frozenset[str]:
    """Return the words written as names are: "There's a grace period" calls nobody Grace."""
    first = said.split()[:1]
    return capitalised(said) | frozenset(word.strip(".,;:!?").lower() for word in first)


def _names(conversation: Conversation, clauses: Iterable[tuple[Said, Acts]]) -> Iterable[Moment]:
    """Yield where the agent uses the customer's name; taking it down as an answer to "your name?" is not use."""
    names = customer_names(read(conversation))
    for said, acts in clauses:
        norms = said.view.clause.norms
        titled = _TITLED.search(said.text) is not None or "[name]" in norms
        cased = said.text != said.text.lower() and not said.text.isupper()
        written = names_written(said.text) if cased else frozenset(norms)
        called = any(name in norms and name in written and told < said.interval.start for name, told in names.items())
        if (titled or called) and "verification_question" not in acts and not said.view.has("self_naming"):
            yield said.moment("name_use", 0.8 if called else 0.7, turn=said.turn)
