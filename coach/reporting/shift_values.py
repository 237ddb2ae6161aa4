"""What a shift's pages and tables show. A figure about a person that rests on too little cannot be made here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal

ENOUGH = 20
"""Judged opportunities from which a figure about one person is shown."""

ENOUGH_CALLS = 10
"""Calls that these must come from."""

COMPANY = 3
"""Agents from which the number of hard calls is the team's and nobody's in particular."""

Compared = Literal["more", "less", "same"]
Change = Literal["first", "definitions", "hearing", "other"]
Reason = Literal["chance", "good", "picked", "chance_picked"]
ContestState = Literal["open", "misheard", "stands"]


@dataclass(frozen=True, slots=True)
class Figure:
    """Opportunities that one person met of how many, with how far chance reaches.

    Attributes:
        met: Opportunities met.
        of: Of how many.
        calls: Calls that they come from.
        low: Lower bound of the share, 0 to 1.
        high: Upper bound.

    Raises:
        ValueError: It rests on fewer than 20 opportunities or 10 calls. No page can show what cannot be made.
    """

    met: int
    of: int
    calls: int
    low: float
    high: float

    def __post_init__(self) -> None:
        if not enough(self.of, self.calls):
            raise ValueError(f"a figure needs {ENOUGH} opportunities over {ENOUGH_CALLS} calls")
        if not (0 <= self.met <= self.of and 0 <= self.low <= self.share <= self.high <= 1):
            raise ValueError("a figure's share lies within its interval")

    @property
    def share(self) -> float:
        """Opportunities met, as a share."""
        return self.met / self.of


@dataclass(frozen=True, slots=True)
class SoFar:
    """How much there is yet, where it is too little for a figure: what was met of it is not here to be shown."""

    of: int
    calls: int


def enough(of: int, calls: int) -> bool:
    """Whether opportunities and calls are enough for a figure about one person."""
    return of >= ENOUGH and calls >= ENOUGH_CALLS


@dataclass(frozen=True, slots=True)
class Period:
    """Whole weeks of one person, added up.

    Attributes:
        start: First day, a Monday; ``None`` for calls whose day is not known.
        end: Last day, a Sunday.
        figure: What was counted in them.
        compared: With the same person's period before; ``None`` where there is none.
    """

    start: date | None
    end: date | None
    figure: Figure
    compared: Compared | None = None


@dataclass(frozen=True, slots=True)
class TypeFigure:
    """One person's calls of one type, added up over the periods shown; ``None`` is all other types together."""

    call_type: str | None
    figure: Figure


@dataclass(frozen=True, slots=True)
class Era:
    """What was counted in one and the same way. Numbers of different eras are shown apart and never compared.

    Attributes:
        fingerprint: Of what made the results.
        change: What is different from the era before.
        changed: Names of the definitions that changed.
        periods: In order of time, the one of unknown days first.
        so_far: What has come together since the last period.
        types: By type of call, where every type and what is left is enough by itself.
    """

    fingerprint: str
    change: Change
    changed: tuple[str, ...]
    periods: tuple[Period, ...]
    so_far: SoFar | None
    types: tuple[TypeFigure, ...] = ()


@dataclass(frozen=True, slots=True)
class AgentSkill:
    """One skill or key measure of one person.

    Attributes:
        key: ``skill`` or the measure's name.
        label: As the reports call it.
        eras: In order of time; at least one.
    """

    key: str
    label: str
    eras: tuple[Era, ...]

    @property
    def shown(self) -> bool:
        """Whether there is a figure to show, of now or of before."""
        return any(era.periods for era in self.eras)


@dataclass(frozen=True, slots=True)
class AgentFigures:
    """Everything that is counted about one person: the same for the page they see and the page their supervisor sees.

    Attributes:
        agent: Name or number.
        calls: Their calls in all.
        judged: Those that anything was counted in.
        waiting: Moments that they contested and nobody has settled.
        skills: In the reports' order.
    """

    agent: str
    calls: int
    judged: int
    waiting: int
    skills: tuple[AgentSkill, ...]


@dataclass(frozen=True, slots=True)
class Agreement:
    """The policy as it is printed on every page.

    Attributes:
        purpose: What it is for.
        supervisors: Who sees the shift's page.
        sees: Names of what they see.
        keep_days: Days that results are kept.
        told_on: When the staff were told.
        ask: Whom to ask.
    """

    purpose: str
    supervisors: tuple[str, ...]
    sees: tuple[str, ...]
    keep_days: int
    told_on: date
    ask: str


@dataclass(frozen=True, slots=True)
class Spot:
    """A call, and a point in it.

    Attributes:
        name: What the recording is called; masked.
        link: The report's address relative to the page; ``None`` where there is none, or it may not be seen.
        at: Seconds from the start; ``None`` for the call as a whole.
        when: When the call began.
    """

    name: str
    link: str | None
    at: float | None = None
    when: datetime | None = None


@dataclass(frozen=True, slots=True)
class Listen:
    """A call to listen to, and why it is on the list. ``skill`` is what is worth hearing in a good example."""

    spot: Spot
    agent: str | None
    reason: Reason
    skill: str = ""


@dataclass(frozen=True, slots=True)
class Failure:
    """A recording that was not reviewed, and the sentence that says why."""

    name: str
    reason: str
    set_aside: bool


@dataclass(frozen=True, slots=True)
class Unknown:
    """A call that is nobody's: who took it, or which voice is theirs, is not known."""

    name: str
    why: Literal["agent", "roles"]


@dataclass(frozen=True, slots=True)
class Day:
    """One day's work of the team; ``None`` is the calls whose day is not known."""

    day: date | None
    calls: int
    seconds: float


@dataclass(frozen=True, slots=True)
class Workload:
    """The team's work.

    Attributes:
        calls: Calls reviewed, but for those from before the staff were told.
        seconds: Their length.
        hard: How many were hard ones; ``None`` where fewer than three people took them.
        days: In order of time.
    """

    calls: int
    seconds: float
    hard: int | None
    days: tuple[Day, ...]


@dataclass(frozen=True, slots=True)
class Agreed:
    """How often a supervisor's own judgement and the program's agree on one question.

    Attributes:
        question: The skill or kind that was judged.
        label: What people call it.
        same: How often both said the same.
        of: Of how many.
        low: Lower bound of that share; ``None`` where there are too few.
        high: Upper bound.
        kappa: Cohen's kappa; ``None`` where there are too few, or both said one thing only.
        verdict: In words, by name: ``few``, ``one_answer``, ``poor``, ``fair``, ``good``.
    """

    question: str
    label: str
    same: int
    of: int
    low: float | None
    high: float | None
    kappa: float | None
    verdict: str


@dataclass(frozen=True, slots=True)
class Contests:
    """How many moments the agents contested, and what came of it; of the team, never of one person."""

    waiting: int
    misheard: int
    stands: int


@dataclass(frozen=True, slots=True)
class CallRow:
    """One recording of the shift, as its table has it. Nothing that was counted in it is here: sums are made once.

    Attributes:
        call: What the recording is called; masked.
        sha256: Of the recording, once known.
        agent: Who took it, of a call on the list to listen to: of all calls it would be a list of each person's work.
        started_at: When it began; ``None`` where the team's work may not be seen.
        direction: Inbound or outbound.
        call_type: As a sidecar told it.
        duration: Seconds; likewise.
        state: ``reviewed``, ``refused``, ``set aside``.
        reason: Why it was not reviewed; of a reviewed one, what of it was missing.
        report: The report's address relative to the table, of a call on that list, where reports may be seen.
    """

    call: str
    sha256: str | None
    agent: str | None
    started_at: datetime | None
    direction: str | None
    call_type: str | None
    duration: float | None
    state: str
    reason: str | None
    report: str | None


@dataclass(frozen=True, slots=True)
class ShiftPage:
    """Everything on a shift's page and in its tables.

    Attributes:
        agreement: The policy.
        made_at: When the page was made.
        version: Of the product.
        reviewed: Calls reviewed.
        failures: Recordings that were not.
        workload: The team's; ``None`` where it may not be seen.
        listen: Calls to listen to first.
        agents: In the order of the alphabet; empty where figures may not be seen.
        unknown: Calls that are nobody's.
        before_told: Calls from before the staff were told.
        contests: What the agents contested.
        calibration: Empty where it may not be seen.
        calls: Every recording of the shift, for its table.
        figures_shown: Whether figures about single persons may be seen at all.
    """

    agreement: Agreement
    made_at: datetime
    version: str
    reviewed: int
    failures: tuple[Failure, ...]
    workload: Workload | None
    listen: tuple[Listen, ...]
    agents: tuple[AgentFigures, ...]
    unknown: tuple[Unknown, ...]
    before_told: int
    contests: Contests
    calibration: tuple[Agreed, ...]
    calls: tuple[CallRow, ...] = ()
    figures_shown: bool = True


@dataclass(frozen=True, slots=True)
class Kept:
    """Something that went well: the skill, what was said, and where to hear it."""

    skill: str
    said: str
    spot: Spot


@dataclass(frozen=True, slots=True)
class Contested:
    """A moment that the agent contested, and where that stands."""

    kind: str
    spot: Spot
    state: ContestState


@dataclass(frozen=True, slots=True)
class AgentPage:
    """Everything on an agent's own page.

    Attributes:
        agreement: The policy.
        made_at: When the page was made.
        version: Of the product.
        figures: What is counted about them; the supervisor's page shows this and no more.
        shown_on: Whether the supervisor's page shows the figures at all.
        kept: What went well, the latest first.
        hard: How many of their calls were hard ones. Nobody else sees that.
        hard_running: Whether two hard ones came one after the other.
        contested: What they contested.
        listen: Which of their calls are on the supervisor's list, and why.
        left_out: Calls of theirs that nothing is counted in because the voices could not be told apart or named.
        before_told: Calls from before they were told.
    """

    agreement: Agreement
    made_at: datetime
    version: str
    figures: AgentFigures
    shown_on: bool
    kept: tuple[Kept, ...]
    hard: int
    hard_running: bool
    contested: tuple[Contested, ...]
    listen: tuple[Listen, ...]
    left_out: int
    before_told: int
