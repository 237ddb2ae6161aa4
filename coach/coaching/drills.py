"""Practice that grows from the call's own missed moments."""

from __future__ import annotations

from collections.abc import Sequence
from types import MappingProxyType

from coach.coaching.facts import plain
from coach.coaching.ground import Ground
from coach.conversation import Drill, Moment, Word

SUFFIX = MappingProxyType(
    {
        "missed_paraphrase": "said-back",
        "missed_empathy": "acknowledged",
        "owed_acknowledgement": "acknowledged",
        "interruption": "let-finish",
    }
)
"""What a drill practises, by the kind of moment it grows from."""

MOST = 3
"""Drills a call."""

ANY = "any-call"
"""The topic of a drill when the customer's words name none."""


def practice(ground: Ground) -> tuple[Drill, ...]:
    """Return drills from missed moments, the surest first, no drill twice."""
    kinds = [kind for kind in SUFFIX if kind != "interruption" or not ground.delayed_line]
    found = ground.moments(*kinds, sure=ground.rubric.coach)
    drills: dict[str, Drill] = {}
    for index, moment in sorted(found, key=lambda entry: (-entry[1].confidence, entry[0])):
        name = f"{topic(ground, moment)}-{SUFFIX[moment.kind]}"
        drills.setdefault(name, Drill(name, index))
    return tuple(drills.values())[:MOST]


def topic(ground: Ground, moment: Moment) -> str:
    """Return what the customer was talking about, by their words there, or else in the whole call."""
    turn = ground.turn(moment, "customer_turn", "other_turn")
    here = ground.conversation.turns[turn].words if turn is not None else ground.words("customer", moment.interval)
    party = ground.conversation.party("customer")
    for words in (here, party.words if party is not None else ()):
        name = _topic(words, ground)
        if name is not None:
            return name
    return ANY


def _topic(words: Sequence[Word], ground: Ground) -> str | None:
    line = f" {' '.join(plain(word) for word in words)} "
    for name, phrases in ground.rubric.topics.items():
        if any(f" {phrase} " in line for phrase in phrases):
            return name
    return None
