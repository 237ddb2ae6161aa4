"""The second take: which moments may be taken again, what is heard first, and what was said then."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from coach.conversation import Moment, Review, Role
from coach.reporting.answers import COUNTED, ROOM, Answers
from coach.reporting.page import SURE
from coach.reporting.text import clean

LONGEST = 60.0
"""Seconds of the customer's words that are heard before an answer, and of the answer that was given."""

_COMMAND = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_NAMED = ("customer_turn", "other_turn", "about_turn")


@dataclass(frozen=True, slots=True)
class Take:
    """A moment that may be taken again.

    Attributes:
        turn: Index of the customer's turn that is answered.
        start: Where their words are heard from, in seconds.
        end: Where their words end.
        answered: Where the answer that they got then ends.
        drill: Name of the drill that practises it, where there is one.
    """

    turn: int
    start: float
    end: float
    answered: float
    drill: str | None

    @property
    def plain(self) -> dict[str, object]:
        """What the page's script needs of it, and what a note or a saved take says of its moment."""
        ends = {"theirs": self.end, "before": self.answered}
        return {"turn": self.turn, "drill": self.drill, "from": self.start, "ends": ends}


@dataclass(frozen=True, slots=True)
class OwnWords:
    """An answer that somebody gave at a moment of the same kind.

    Attributes:
        said: Masked.
        day: When, in words.
        mine: Whether it is the reader's own, and not a colleague's.
    """

    said: str
    day: str
    mine: bool = True


def takes(review: Review) -> Mapping[int, Take]:
    """Return the moments that may be taken again, by index: those with room in them, and those of the ideas to try.

    There are none after a hard call, nor where it is not known who is who.

    Args:
        review: The call.
    """
    sides = [review.conversation.party(role) for role in ("agent", "customer")]
    if None in sides or review.roles.confidence < SURE or review.findings.of("hard_call", sure=SURE):
        return {}
    answers = Answers(review)
    found: dict[int, Take] = {}
    for index in _wanted(review):
        told = _told(review, review.findings.moments[index])
        if told is not None:
            found[index] = _take(review, answers, index, told)
    return found


def command(drill: str) -> str | None:
    """Return the line that practises a drill, ``None`` for a name that a shell would not take as it is.

    >>> command("high-bill-said-back"), command("x; rm")
    ('coach practice high-bill-said-back', None)
    """
    return f"coach practice {drill}" if _COMMAND.fullmatch(drill) else None


def drills(review: Review) -> Mapping[int, str]:
    """Return the command that practises each moment, by index."""
    lines = {drill.moment: command(clean(drill.drill)) for drill in review.coaching.practice}
    return {moment: line for moment, line in lines.items() if line is not None}


def _wanted(review: Review) -> Iterator[int]:
    moments = review.findings.moments
    yield from (i for i, m in enumerate(moments) if m.kind in ROOM and m.confidence >= COUNTED)
    for advice in (review.coaching.try_, *review.coaching.another):
        if advice is not None and advice.moment is not None and 0 <= advice.moment < len(moments):
            yield advice.moment


def _told(review: Review, moment: Moment) -> int | None:
    """Return the customer's turn that a moment answers: the one it names, or the last that began before it."""
    turns = review.conversation.turns
    for name in _NAMED:
        named = moment.evidence.get(name)
        if isinstance(named, int) and not isinstance(named, bool) and 0 <= named < len(turns):
            return named if turns[named].role == "customer" else None
    theirs: Role = "customer"
    before = (i for i, turn in enumerate(turns) if turn.role == theirs and turn.kind == "turn")
    return max((i for i in before if turns[i].start < moment.start), default=None)


def _take(review: Review, answers: Answers, index: int, told: int) -> Take:
    turns = review.conversation.turns
    start, end = max(turns[told].start, turns[told].end - LONGEST), turns[told].end
    after = answers.turns_after(told)[:1]
    answered = min(after[0].end, end + LONGEST) if after else end
    drill = next((clean(d.drill) for d in review.coaching.practice if d.moment == index and d.drill), None)
    return Take(told, round(start, 3), round(end, 3), round(max(end, answered), 3), drill)
