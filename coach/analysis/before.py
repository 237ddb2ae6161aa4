"""What the other party said before a clause, and what the clause has in common with it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Final

from coach.analysis import lexicons, text
from coach.analysis.clauses import Clause
from coach.analysis.text import Token

REACH: Final = 60
"""Words of the other party that a clause is held against; fewer when the call has just begun."""

_RECENT: Final = 18


@dataclass(frozen=True)
class Before:
    """The other party's latest words.

    Attributes:
        tokens: At most ``REACH`` of them, in order.
    """

    tokens: tuple[Token, ...]

    @classmethod
    def of(cls, said: str | Sequence[Token]) -> Before:
        """Return the latest words of a text or of tokens."""
        found = text.tokens(said) if isinstance(said, str) else tuple(said)
        return cls(found[-REACH:])

    @cached_property
    def norms(self) -> tuple[str, ...]:
        """The words without hesitations."""
        return text.plain(self.tokens)

    @cached_property
    def line(self) -> str:
        """The words in one line, for phrase patterns."""
        return " ".join(self.norms)

    @cached_property
    def concepts(self) -> dict[str, float]:
        """Telling concepts and their weights."""
        return text.concepts(self.tokens)

    @cached_property
    def recent(self) -> dict[str, float]:
        """Telling concepts of the very last words."""
        return text.concepts(self.tokens[-_RECENT:])

    @cached_property
    def pairs(self) -> frozenset[tuple[str, str]]:
        """Neighbouring words, turned round: "I was charged" gives ("you", "were"), ("were", "charged")."""
        turned = mirrored(self.norms)
        return frozenset(pairwise(turned)) | frozenset(pairwise(self.norms))

    @cached_property
    def asks(self) -> bool:
        """Whether the last words are a question by their mark or their form."""
        if not self.tokens:
            return False
        if self.tokens[-1].mark == "?":
            return True
        head = self.norms[-_RECENT:]
        return any(a in _AUX_ASKING and b in _ASKED for a, b in pairwise(head))

    @cached_property
    def telling(self) -> float:
        """How much was told: the sum of the weights."""
        return sum(self.concepts.values())


_AUX_ASKING: Final = frozenset("can could do does did is are will would have has should may".split())
_ASKED: Final = frozenset("you i it there that this the my".split())


def mirrored(norms: Sequence[str]) -> tuple[str, ...]:
    """Return words as the other party would say them: "my bill" becomes "your bill".

    >>> mirrored(("my", "bill", "was", "high"))
    ('your', 'bill', 'was', 'high')
    """
    turn: dict[str, str] = lexicons.load("words")["mirror"]
    return tuple(turn.get(norm, norm) for norm in norms)


@dataclass(frozen=True, slots=True)
class Shared:
    """What a clause has in common with what was said before it.

    Attributes:
        words: Concepts in common, most telling first.
        weight: Sum of their weights.
        own: Sum of the weights of the clause's telling words.
        share: ``weight / own``; 0 when the clause tells nothing.
        recent: The same with the very last words only.
        numbers: Numbers in common.
        pairs: Share of the clause's neighbouring words found before, persons turned round.
        cover: Share of what was told before that the clause takes up.
    """

    words: tuple[str, ...]
    weight: float
    own: float
    share: float
    recent: float
    numbers: int
    pairs: float
    cover: float


def shared(clause: Clause, before: Before) -> Shared:
    """Return what a clause has in common with what was said before it."""
    own = text.concepts(clause.tokens)
    common = {name: min(weight, before.concepts[name]) for name, weight in own.items() if name in before.concepts}
    total = sum(own.values())
    weight = sum(common.values())
    recent = sum(value for name, value in common.items() if name in before.recent)
    pairs = tuple(pairwise(clause.norms))
    met = sum(1 for pair in pairs if pair in before.pairs)
    return Shared(
        words=tuple(sorted(common, key=lambda name: (-common[name], name))),
        weight=weight,
        own=total,
        share=weight / total if total else 0.0,
        recent=recent / total if total else 0.0,
        numbers=sum(1 for name in common if name.startswith("#")),
        pairs=met / len(pairs) if pairs else 0.0,
        cover=weight / before.telling if before.telling else 0.0,
    )
