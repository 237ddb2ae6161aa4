"""What `coach progress` shows: a person's own weeks, as plain values without any format."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

HANDFUL = 5
"""Calls, or opportunities, from which something is said of more than the count itself."""

Verdict = Literal["better", "same", "less", "few"]
"""How a line's later calls stand to its earlier ones; ``few`` where there is too little to tell."""

Differs = Literal["coach", "transcriber", "diarizer", "recipe", "definitions", "other"]
"""What differs between two ways in which reviews were made, the plainest reason first."""


@dataclass(frozen=True, slots=True)
class Point:
    """One week of one line, added up over its calls; calls that were reviewed in another way are another point.

    Attributes:
        week: Its Monday.
        way: Index of the way in which its calls were reviewed.
        calls: Calls in which something came up.
        met: Opportunities met.
        of: Of how many.
        low: Lower bound of the share that chance leaves open, 0 to 1.
        high: Upper bound.
    """

    week: date
    way: int
    calls: int
    met: int
    of: int
    low: float
    high: float

    @property
    def share(self) -> float:
        """Opportunities met, as a share."""
        return self.met / self.of


@dataclass(frozen=True, slots=True)
class Half:
    """Some calls running, added up: opportunities met of how many."""

    calls: int
    met: int
    of: int


@dataclass(frozen=True, slots=True)
class Line:
    """One listening skill, or one measure that counts opportunities, over the weeks.

    Attributes:
        key: Name for programs: of the skill or the measure.
        label: As people read it; empty where the report's own sentences name it.
        points: By week, then by way.
        total: All that is comparable with the latest call, with its interval; ``None`` where nothing came up there.
        before: The earlier half of those calls.
        now: The later half.
        verdict: How the later stand to the earlier.
    """

    key: str
    label: str
    points: tuple[Point, ...]
    total: Point | None
    before: Half | None
    now: Half | None
    verdict: Verdict


@dataclass(frozen=True, slots=True)
class Way:
    """One way in which reviews were made: results of different ones are set apart and never compared.

    Attributes:
        fingerprint: Of the reviews.
        since: Day of the first of its calls that is shown.
        calls: How many of those shown.
        differs: In what it differs from the one before it; empty for the first.
        before: What that was there, in the words of the review file.
        after: What it is here.
    """

    fingerprint: str
    since: date
    calls: int
    differs: Differs | None = None
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Ear:
    """The question that a report asks first: how often it was answered, and agreed with what was measured."""

    answered: int = 0
    comparable: int = 0
    agreed: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """A person's own weeks.

    Attributes:
        until: Today.
        weeks: How many weeks are looked at, this one included.
        calls: Calls that are in the sums.
        hard: Hard calls, which are in none of them.
        unsided: Calls in which it could not be told who is the agent.
        waiting: Moments that the person contested, which leave the sums.
        ways: Ways of reviewing in the order of their first call; the last one is of the latest call.
        lines: What came up, in the rubric's order.
        ear: The question that a report asks first.
        older: Calls before those weeks.
        agent: Whose calls, where a name was asked for.
    """

    until: date
    weeks: int
    calls: int
    hard: int
    unsided: int
    waiting: int
    ways: tuple[Way, ...]
    lines: tuple[Line, ...]
    ear: Ear = Ear()
    older: int = 0
    agent: str | None = None

    @property
    def early(self) -> bool:
        """Whether there are fewer calls than a handful: counts are shown, and nothing is made of them."""
        return self.calls < HANDFUL

    def lines_of(self, verdict: Verdict) -> tuple[Line, ...]:
        """Return the lines with a verdict."""
        return tuple(line for line in self.lines if line.verdict == verdict)
