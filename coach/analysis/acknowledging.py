"""Short replies that say "I hear you" and take no turn."""

from __future__ import annotations

from functools import cache

from coach.analysis import lexicons
from coach.analysis.before import Before
from coach.analysis.clauses import Clause

LONGEST = 4
"""Words of a reply that is still an acknowledgement."""


SHORT_QUESTION = 12
"""Words of a question so short that "yes" can only be the answer to it."""


@cache
def _words() -> frozenset[str]:
    return lexicons.words("words", "acknowledging")


def backchannel(clause: Clause, before: Before | None = None) -> float:
    """Return how surely a clause is an acknowledgement alone, 0 to 1.

    Timing decides between a backchannel and a turn; this judges the words.

    Args:
        clause: The reply.
        before: What it replies to, where known: "yes" after a question is an answer.
    """
    said = [token.norm for token in clause.tokens]
    if not said or len(said) > LONGEST or clause.asks:
        return 0.0
    line = " ".join(said)
    if line == "yes":
        return 0.3 if before is not None and before.asks and len(before.norms) < SHORT_QUESTION else 0.6
    if line in _ANSWERS:
        return _ANSWERS[line]
    left = line.replace("i see", "").replace("of course", "").replace("that's right", "").split()
    if any(norm not in _words() for norm in left):
        return 0.0
    return 0.85 if len(said) <= 2 else 0.7


_ANSWERS = {
    "no": 0.2,
    "god": 0.3,
    "um": 0.15,
    "uh": 0.2,
    "er": 0.1,
    "well": 0.0,
    "definitely": 0.4,
    "good": 0.3,
    "huh": 0.4,
}
