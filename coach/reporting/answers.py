"""What the customer said that weighed on them, and what the agent's next turns had for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from coach.conversation import Interval, Moment, Review, Role, Turn

WITHIN = 2
"""The agent's turns after the customer's in which an answer is looked for."""

COUNTED = 0.5
"""Confidence from which a moment counts."""

REFLECTING = ("paraphrase", "echo", "empathy", "reassurance")
"""Kinds of moment that give something back to whoever told it."""

ROOM = ("missed_empathy", "missed_paraphrase", "owed_acknowledgement")
"""Kinds of moment in which nothing was given back, and both sides were heard well enough to say so."""

Finding = Literal["given", "room", "open"]
"""Something was given back, there was room for it, or neither can be said."""


@dataclass(frozen=True)
class Answers:
    """The customer's turns of one call with what answered them.

    Attributes:
        review: The call.
    """

    review: Review

    def given(self, told: int, kinds: tuple[str, ...] = REFLECTING) -> tuple[Moment, ...]:
        """Return what the agent gave back for one of the customer's turns, in order of time.

        Args:
            told: The turn's index.
            kinds: Kinds of moment to look for.
        """
        found = self.review.findings.of(*kinds, role="agent", sure=COUNTED)
        places = self.turns_after(told)
        near = (m for m in found if any(m.start in place for place in places))
        # What does not say which turn it goes to counts by its place, unless the analysers call that place empty.
        empty = bool(self.room(told))
        return tuple(m for m in near if (named := _names(m)) == told or (named is None and not empty))

    def room(self, told: int) -> tuple[Moment, ...]:
        """Return the moments that say that one of the customer's turns went without."""
        found = self.review.findings.of(*ROOM, sure=COUNTED)
        return tuple(m for m in found if m.evidence.get("customer_turn") == told)

    def finding(self, told: int) -> Finding:
        """Return what can be said of one of the customer's turns.

        That nothing was given back is for the analysers to say, who know what was heard well enough; here it
        stays open.
        """
        if self.given(told):
            return "given"
        return "room" if self.room(told) else "open"

    def turns_after(self, told: int) -> tuple[Interval, ...]:
        """Return the agent's turns in which an answer to one of the customer's is looked for."""
        story = self.review.conversation.turns[told]
        after = (t.interval for _, t in self._turns("agent") if t.start >= story.start and t.end > story.end)
        return tuple(interval for interval, _ in zip(after, range(WITHIN), strict=False))

    @cached_property
    def distress(self) -> dict[int, tuple[Moment, ...]]:
        """What weighed on the customer, by the turn that it was said in."""
        found: dict[int, tuple[Moment, ...]] = {}
        for moment in self.review.findings.of("distress", role="customer", sure=COUNTED):
            told = self._turn_of(moment)
            if told is not None:
                found[told] = (*found.get(told, ()), moment)
        return found

    def _turns(self, role: Role) -> Iterator[tuple[int, Turn]]:
        turns = enumerate(self.review.conversation.turns)
        return ((i, turn) for i, turn in turns if turn.role == role and turn.kind == "turn")

    def _turn_of(self, moment: Moment) -> int | None:
        index = moment.evidence.get("turn")
        turns = self.review.conversation.turns
        if isinstance(index, int) and not isinstance(index, bool) and 0 <= index < len(turns):
            return index
        held = (i for i, turn in self._turns("customer") if turn.start - 0.05 <= moment.start < turn.end)
        return next(held, None)


def _names(moment: Moment) -> int | None:
    """Return the customer's turn that a moment says it goes back to."""
    named = moment.evidence.get("customer_turn")
    return named if isinstance(named, int) and not isinstance(named, bool) else None
