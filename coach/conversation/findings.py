"""What an analyser finds: measures that add up, and moments that can be played."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Literal

from coach.conversation.intervals import Interval

Role = Literal["agent", "customer", "unknown"]
Unit = Literal["ratio", "count", "s", "words/min"]

NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Measure:
    """One number with what it is made of, so that a week is added up and never a mean of ratios.

    Attributes:
        name: As in the review file.
        unit: ``ratio``, ``count``, ``s`` or ``words/min``.
        value: ``None`` when it cannot be computed; ``why`` then says the reason.
        numerator: What was counted or summed, where the value is a quotient or a rate's count.
        denominator: What it is a share of, where there is one.
        why: The reason for ``None``, or a caution about a value.
    """

    name: str
    unit: Unit
    value: float | None
    numerator: float | None = None
    denominator: float | None = None
    why: str | None = None

    def __post_init__(self) -> None:
        if self.value is None and not self.why:
            raise ValueError(f"{self.name}: a missing value needs its reason")

    @classmethod
    def ratio(cls, name: str, numerator: float, denominator: float, *, empty: str) -> Measure:
        """Return a share; ``empty`` is the reason given when the denominator is zero."""
        if denominator <= 0:
            return cls(name, "ratio", None, numerator, denominator, empty)
        return cls(name, "ratio", numerator / denominator, numerator, denominator)

    @classmethod
    def count(cls, name: str, count: int, *, per: float | None = None) -> Measure:
        """Return a count, with what it would be divided by to compare calls (such as minutes)."""
        return cls(name, "count", count, count, per)

    @classmethod
    def missing(cls, name: str, unit: Unit, why: str) -> Measure:
        """Return a measure that could not be computed, with the reason."""
        return cls(name, unit, None, None, None, why)


@dataclass(frozen=True, slots=True)
class Moment:
    """Evidence: something one party did, when, and how sure we are.

    Attributes:
        kind: As in the review file: ``interruption``, ``paraphrase``, ``missed_empathy`` and so on.
        role: Who did it.
        interval: What to play.
        text: The words of it, masked; may be empty.
        confidence: 0 to 1.
        evidence: What it refers to: turn indices, shared words, seconds.
    """

    kind: str
    role: Role
    interval: Interval
    text: str
    confidence: float
    evidence: Mapping[str, object] = field(default_factory=lambda: NOTHING, hash=False)

    def __post_init__(self) -> None:
        if not 0.0 <= self.confidence <= 1.0:
            raise ValueError(f"{self.kind}: confidence {self.confidence} is not in 0..1")

    @property
    def start(self) -> float:
        """Onset, in seconds."""
        return self.interval.start

    @property
    def end(self) -> float:
        """End, in seconds."""
        return self.interval.end

    def knowing(self, **evidence: object) -> Moment:
        """Return the same moment with more evidence."""
        return replace(self, evidence=MappingProxyType({**self.evidence, **evidence}))


@dataclass(frozen=True, slots=True)
class Findings:
    """What one analyser, or all of them, found in one conversation."""

    measures: tuple[Measure, ...] = ()
    moments: tuple[Moment, ...] = ()

    def __add__(self, other: Findings) -> Findings:
        """Both together; moments sorted by start."""
        moments = sorted((*self.moments, *other.moments), key=lambda m: (m.start, m.end, m.kind))
        return Findings((*self.measures, *other.measures), tuple(moments))

    def of(self, *kinds: str, role: Role | None = None, sure: float = 0.0) -> tuple[Moment, ...]:
        """Return the moments of these kinds, of one role, at least this sure."""
        return tuple(m for m in self.moments if m.kind in kinds and role in (None, m.role) and m.confidence >= sure)

    def measure(self, name: str) -> Measure:
        """Return a measure by name.

        Raises:
            KeyError: No such measure was computed.
        """
        for measure in self.measures:
            if measure.name == name:
                return measure
        raise KeyError(name)
