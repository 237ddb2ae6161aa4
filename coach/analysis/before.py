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
_LATE: Final = 25
_LAST: Final = 10


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
    def _turned(self) -> tuple[str, ...]:
        """What each word is compared by, persons turned round."""
        return tuple(text.concept(norm)[0] for norm in mirrored(self.norms))

    @cached_property
    def turned_pairs(self) -> frozenset[tuple[str, str]]:
        """Neighbouring words by what they are compared by, persons turned round: "my bills" meets "your bill"."""
        return frozenset(pairwise(self._turned))

    @cached_property
    def turned_last(self) -> frozenset[str]:
        """The same of the last few words alone."""
        return frozenset(self._turned[-_LAST:])

    @cached_property
    def turned_late(self) -> frozenset[str]:
        """The same of the last sentence or two."""
        return frozenset(self._turned[-_LATE:])

    @cached_property
    def asked_at(self) -> int:
        """Index of the word at which the last question by word order begins ("is it", "do they"); -1 when none."""
        pairs = tuple(pairwise(self.norms))
        return max((i for i, (a, b) in enumerate(pairs) if a in _AUX_ASKING and b in _ASKED), default=-1)

    @cached_property
    def doing(self) -> dict[str, float]:
        """What the other party was doing with these words, by name: telling, asking for something, asking about it."""
        norms = self.norms
        requests, mental = lexicons.words("giving_back", "requests_begin"), lexicons.words("giving_back", "mental")
        questions = lexicons.words("words", "question_words")
        asked = max(self.asked_at, max((i for i, norm in enumerate(norms) if norm in questions), default=-1))
        return {
            "story": min(1.0, len(norms) / 30),
            "told": min(3.0, self.telling / 5),
            "mental": float(min(4, sum(norm in mental for norm in norms))),
            "own": min(3.0, sum(norm in _ME for norm in norms) / 4),
            "before_asks": float(self.asks),
            "asked_since": min(30, len(norms) - asked) / 10 if asked >= 0 else 3.1,
            "requests": float(min(3, sum(f"{a}-{b}" in requests for a, b in pairwise(norms)))),
            "please_before": float("please" in norms),
            "affirmed": float(bool(norms) and norms[-1] in _AFFIRMING),
            "nothing_before": float(not norms),
        }

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


_ME: Final = frozenset("i i'm i've i'd i'll me my mine we we're we've our us".split())
_AFFIRMING: Final = frozenset("yes yeah yep no okay right mm mhm uh oh sure please".split())
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
