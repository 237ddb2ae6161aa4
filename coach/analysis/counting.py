"""Counts of moments as measures, with what they are counted over and when they cannot be trusted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from coach.analysis.acts import LIKELY
from coach.analysis.reading import HEARD_ENOUGH
from coach.analysis.reasons import NO_WORDS, NOT_HEARD, ONE_PARTY, UNHEARD_ANSWERS, needs_two_parties
from coach.conversation import Conversation, Measure, Moment, Role, total

ANSWERING = frozenset({"asked_to_repeat", "empathy"})
"""Kinds of which the agent's words alone tell some: of a sigh or a short "sorry?" only what it answers does."""

LEAST_HEARD = 0.5
"""Share of a party's speech heard clearly under which nothing is counted for it."""


def unmet(conversation: Conversation, requires: Iterable[str]) -> str | None:
    """Return why an analyser's needs are not met, ``None`` when they are."""
    needs = frozenset(requires)
    if "two_parties" in needs and (why := needs_two_parties(conversation)):
        return why
    agent = conversation.party("agent")
    if "agent" in needs and agent is None:
        return needs_two_parties(conversation) or ONE_PARTY
    if "words" in needs and not any(turn.words for turn in conversation.turns):
        return NO_WORDS
    return None


def unheard(conversation: Conversation, role: Role) -> str | None:
    """Return why a party's words cannot be counted, ``None`` when they can."""
    party = conversation.party(role)
    if party is None:
        return needs_two_parties(conversation) or ONE_PARTY
    if party.speech and not party.words:
        return NO_WORDS
    share = conversation.heard(role)
    return NOT_HEARD if share is not None and share < LEAST_HEARD else None


def counts(
    conversation: Conversation, moments: Iterable[Moment], names: Mapping[str, str], *, of: Role, context: bool = False
) -> tuple[Measure, ...]:
    """Return how often each kind was found, for each minute of the party's speech.

    Args:
        conversation: Where they were found.
        moments: All moments found.
        names: Name of a measure, and the kind that it counts.
        of: Whose they are.
        context: Whether the other party's words are needed too, since they are judged against them.
    """
    found = tuple(moments)
    why = unheard(conversation, of)
    if context and why is None:
        why = unheard(conversation, "customer" if of == "agent" else "agent")
    if why is not None:
        return tuple(Measure.missing(name, "count", why) for name in names)
    party = conversation.party(of)
    minutes = total(party.stretches) / 60 if party is not None and party.speech else None
    return tuple(_count(conversation, found, name, kind, of, minutes) for name, kind in names.items())


def _count(
    conversation: Conversation, found: tuple[Moment, ...], name: str, kind: str, of: Role, minutes: float | None
) -> Measure:
    number = sum(1 for moment in found if moment.kind == kind and moment.role == of and moment.confidence >= LIKELY)
    share = conversation.heard(of)
    caution = None
    if share is not None and share < HEARD_ENOUGH:
        caution = f"only {share:.0%} was heard clearly: there may have been more"
    elif conversation.agent_alone and kind in ANSWERING:
        caution = UNHEARD_ANSWERS
    return Measure(name, "count", number, number, minutes, caution)
