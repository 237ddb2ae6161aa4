"""Judge one utterance alone, as an agent's, in the light of the other party's last words; no timing needed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Final

from coach.analysis import clauses, empathy, paraphrase, questions, regret, repair, text
from coach.analysis.acknowledging import backchannel
from coach.analysis.before import Before
from coach.analysis.clauses import Clause
from coach.analysis.view import View

Judgement = Mapping[str, float]


def _open(view: View) -> float:
    return min(questions.question(view), questions.openness(view))


def _closed(view: View) -> float:
    return min(questions.question(view), 1.0 - questions.openness(view))


_BY_CLAUSE: Final[Mapping[str, Callable[[View], float]]] = MappingProxyType(
    {
        "paraphrase": paraphrase.saying_back,
        "question": questions.question,
        "open_question": _open,
        "closed_question": _closed,
        "clarifying_question": questions.clarifying,
        "apology": regret.apology,
        "thanks": regret.thanks,
        "asked_to_repeat": repair.asked_to_repeat,
    }
)

_AS_A_WHOLE: Final[Mapping[str, Callable[[tuple[View, ...]], float]]] = MappingProxyType(
    {"empathy": empathy.names_feeling, "reassurance": empathy.reassures}
)

LABELS: Final = (*_BY_CLAUSE, *_AS_A_WHOLE, "backchannel")
"""What ``judge`` tells of an utterance. Its paraphrase includes an echo: both give back what was said."""


def views(said: str, previous: str) -> tuple[View, ...]:
    """Return the clauses of an utterance in the light of what the other party said before."""
    found = text.tokens(said)
    before = Before.of(previous)
    marked = clauses.punctuated(found)
    return tuple(View(Clause.of(piece, punctuated=marked), before) for piece in clauses.split(found))


def judge(said: str, previous: str) -> Judgement:
    """Return how surely an utterance does each thing, 0 to 1: the surest of its clauses, warmth by all of them.

    Args:
        said: The agent's words, with or without punctuation and case.
        previous: The other party's latest words; may be empty.

    Returns:
        Confidence for each of ``LABELS``.
    """
    parts = views(said, previous)
    judged = {label: max((rule(view) for view in parts), default=0.0) for label, rule in _BY_CLAUSE.items()}
    judged |= {label: rule(parts) for label, rule in _AS_A_WHOLE.items()}
    judged["backchannel"] = (
        backchannel(Clause.of(text.tokens(said), punctuated=False), Before.of(previous)) if "?" not in said else 0.0
    )
    return judged
