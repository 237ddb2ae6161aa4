"""Who let whom finish: interruptions, attempts, backchannels, cooperation."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from types import MappingProxyType
from typing import ClassVar

from coach.analysis.reasons import NO_WORDS, needs_timing
from coach.conversation import Conversation, Findings, FloorEvent, Interval, Measure, Moment, Role, total

COUNTED = 0.5
"""Confidence from which an interruption or an attempt counts."""

FEWEST_STARTS_AT_ONCE = 3
FREQUENT_STARTS_AT_ONCE = 0.1
"""Share of a call's turns that began together with the other party's, from which the line is thought to be delayed."""

_REPORTED = frozenset({"interruption", "interruption_attempt", "cooperative", "backchannel", "came_in_early"})
_MOST_WORDS = 16


class TurnTaking:
    """Turns the rulings on the floor into moments and counts.

    The rulings themselves are made where turns are (``coach.conversation.floor``), because what a stretch
    was decides which turn it belongs to.
    """

    name: ClassVar[str] = "turn_taking"
    requires: ClassVar[frozenset[str]] = frozenset({"two_parties", "timing"})
    versions: ClassVar[Mapping[str, int]] = MappingProxyType(
        {
            "interruption": 1,
            "interruption_attempt": 1,
            "cooperative": 1,
            "backchannel": 1,
            "came_in_early": 1,
            "interruptions_by_agent": 1,
            "interruptions_by_customer": 1,
            "interruption_attempts_by_agent": 1,
            "interruption_attempts_by_customer": 1,
            "backchannels_by_agent": 1,
        }
    )

    def analyze(self, conversation: Conversation) -> Findings:
        """Return one moment a reported ruling, and the counts of those we are sure enough of."""
        why = needs_timing(conversation)
        if why is not None:
            names = [name for name in self.versions if "_by_" in name]
            return Findings(tuple(Measure.missing(name, "count", why) for name in names))
        moments = tuple(_moment(conversation, e) for e in conversation.floor if e.kind in _REPORTED)
        found = Findings((), moments)
        return Findings(
            (
                _count(conversation, found, "interruption", "interruptions_by_agent", "agent"),
                _count(conversation, found, "interruption", "interruptions_by_customer", "customer"),
                _by_words(conversation, found, "interruption_attempt", "interruption_attempts_by_agent", "agent"),
                _by_words(conversation, found, "interruption_attempt", "interruption_attempts_by_customer", "customer"),
                _by_words(conversation, found, "backchannel", "backchannels_by_agent", "agent"),
            ),
            moments,
        )


def starts_at_once(conversation: Conversation) -> int:
    """Return how often both parties started at once: many of them speak of a delayed line."""
    return sum(1 for event in conversation.floor if event.kind == "simultaneous")


def delayed_line(conversation: Conversation) -> bool:
    """Whether simultaneous starts are so frequent that nobody should be coached on interrupting.

    Now and then two people begin at once on any line; from three in a call and one turn in ten on, the line
    is the likelier reason.
    """
    turns = sum(1 for turn in conversation.turns if turn.kind == "turn")
    return starts_at_once(conversation) >= max(FEWEST_STARTS_AT_ONCE, FREQUENT_STARTS_AT_ONCE * turns)


def _moment(conversation: Conversation, event: FloorEvent) -> Moment:
    words = conversation.turns[event.turn].words
    first = bisect_left(words, event.onset - 0.1, key=lambda word: word.interval.middle)
    evidence: dict[str, object] = {
        "turn": event.turn,
        "other_turn": event.other_turn,
        "overlap": round(event.overlap, 3),
        "cut_text": event.cut_text,
    }
    return Moment(
        kind=event.kind,
        role=event.role,
        interval=Interval(event.onset, event.end),
        text=" ".join(word.text for word in words[first : first + _MOST_WORDS]),
        confidence=event.confidence,
        evidence=MappingProxyType(evidence),
    )


def _by_words(conversation: Conversation, found: Findings, kind: str, name: str, role: Role) -> Measure:
    """Return a count that only words can tell: without any it is unknown rather than none."""
    party = conversation.party(role)
    if party is not None and party.speech and not party.words:
        return Measure.missing(name, "count", NO_WORDS)
    return _count(conversation, found, kind, name, role)


def _count(conversation: Conversation, found: Findings, kind: str, name: str, role: Role) -> Measure:
    """Return a count over the minutes that the other party spoke: the chances there were."""
    other = conversation.party("customer" if role == "agent" else "agent")
    minutes = total(other.stretches) / 60 if other is not None else None
    return Measure.count(name, len(found.of(kind, role=role, sure=COUNTED)), per=minutes)
