"""One clause as the detectors look at it: its form, what came before it, and what the two share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from coach.analysis import lexicons
from coach.analysis.before import Before, Shared, shared
from coach.analysis.clauses import Clause
from coach.analysis.form import Form, form

LATELY = 35
"""Words of the other party that a sigh can be about."""


@dataclass(frozen=True)
class View:
    """A clause in the light of the other party's latest words.

    Attributes:
        clause: What is judged.
        before: The other party's latest words; empty at the head of a call.
    """

    clause: Clause
    before: Before

    @cached_property
    def form(self) -> Form:
        """How the clause is built."""
        return form(self.clause)

    @cached_property
    def shared(self) -> Shared:
        """What it has in common with what came before."""
        return shared(self.clause, self.before)

    @cached_property
    def _memo(self) -> dict[str, bool]:
        return {}

    def has(self, name: str, file: str = "phrases") -> bool:
        """Whether a list of phrases has one in the clause."""
        memo = self._memo
        if name not in memo:
            memo[name] = lexicons.pattern(name, file).search(self.clause.line) is not None
        return memo[name]

    @cached_property
    def _judged(self) -> dict[str, float]:
        return {}

    def once(self, name: str, judge: Callable[[View], float]) -> float:
        """Return a judgement of this clause, made once however many ask for it."""
        if name not in self._judged:
            self._judged[name] = judge(self)
        return self._judged[name]

    def count(self, name: str, file: str = "feelings") -> int:
        """How many words of a class the clause has."""
        members = lexicons.words(file, name)
        return sum(norm in members for norm in self.clause.norms)

    @cached_property
    def troubled(self) -> bool:
        """Whether the other party's latest words speak of a problem at all: of something to be reassured about."""
        return self.distress > 0 or _names_trouble(self.before.norms)

    @cached_property
    def before_trouble(self) -> int:
        """How many of the other party's latest words are what a problem is told with."""
        words = lexicons.words("feelings", "trouble")
        return sum(norm in words for norm in self.before.norms)

    @cached_property
    def troubled_now(self) -> bool:
        """The same of their very last words: what "oh no" can be about."""
        return _names_trouble(self.before.norms[-LATELY:])

    @cached_property
    def distress(self) -> float:
        """How much the other party's latest words speak of trouble, 0 to 1."""
        bad = lexicons.words("feelings", "bad")
        named = sum(norm in bad for norm in self.before.norms)
        told = lexicons.pattern("consequences", "feelings").search(self.before.line) is not None
        ordeal = lexicons.pattern("ordeals", "feelings").search(self.before.line) is not None
        return min(1.0, 0.4 * named + 0.5 * told + 0.3 * ordeal)


def _names_trouble(norms: Sequence[str]) -> bool:
    words = lexicons.words("feelings", "trouble") | lexicons.words("feelings", "bad")
    line = " ".join(norms)
    return any(norm in words for norm in norms) or lexicons.pattern("consequences", "feelings").search(line) is not None
