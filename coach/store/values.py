"""What a store gives back: plain, frozen, standard library only. Times of day are UTC, times in a call seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Purpose = Literal["own", "shift"]
"""Whose a store is: one person's own library, or a shift's. Neither is ever opened as the other."""

State = Literal["waiting", "working", "done", "failed", "quarantined", "gone"]
"""Where a recording stands: seen but not ready, in hand, reviewed, refused, set aside, no longer there."""

STATES: tuple[State, ...] = ("waiting", "working", "done", "failed", "quarantined", "gone")


@dataclass(frozen=True, slots=True)
class StoredMeasure:
    """One measure of one call, with what it is a ratio of, so that a week is added up and never averaged.

    Attributes:
        name: As in the review file, such as ``talk_ratio``.
        value: ``None`` when it could not be computed.
        unit: ``ratio``, ``count``, ``s`` or ``words/min``.
        numerator: What was counted.
        denominator: Of how much.
        why: Why there is no value.
    """

    name: str
    value: float | None
    unit: str
    numerator: float | None = None
    denominator: float | None = None
    why: str | None = None


@dataclass(frozen=True, slots=True)
class StoredMoment:
    """One piece of evidence, masked.

    Attributes:
        id: In this database; a later review of the call has others.
        index: Among the review's moments, from 0.
        kind: Such as ``interruption``.
        role: ``agent``, ``customer`` or ``unknown``.
        start: Seconds.
        end: Seconds.
        text: Masked.
        confidence: 0 to 1.
        evidence: As in the review file.
    """

    id: int
    index: int
    kind: str
    role: str
    start: float
    end: float
    text: str
    confidence: float
    evidence: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class StoredSkill:
    """One listening skill of one call.

    Attributes:
        name: As the report shows it.
        met: Opportunities met.
        of: Opportunities that could be judged.
        score: 0 to 100, where the rubric turns scores on.
        weight: From the rubric.
        why: How the numbers came about.
        moments: Indices into the call's moments.
    """

    name: str
    met: int
    of: int
    score: float | None
    weight: float
    why: str
    moments: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredAdvice:
    """The one thing to keep, or the one to try.

    Attributes:
        kind: ``keep`` or ``try``.
        skill: The skill it belongs to.
        moment: Index into the call's moments.
        said: What was said there, masked.
    """

    kind: Literal["keep", "try"]
    skill: str
    moment: int | None
    said: str


@dataclass(frozen=True, slots=True)
class StoredCall:
    """One result of one call: the newest, unless a fingerprint was asked for.

    Attributes:
        sha256: Of the recording, or of the transcript where there is no recording.
        uri: The file's name, masked.
        agent: Who took the call; ``None`` when that is unknown.
        started_at: When the call began; ``None`` when that is unknown.
        direction: ``inbound``, ``outbound``, or as the caller of ``record`` names it.
        call_type: As a sidecar told it.
        duration: Seconds.
        separation: How the parties were told apart.
        heard_agent: Share of the agent's speech heard clearly.
        heard_customer: Share of the customer's.
        fingerprint: Of what made this result. Results of different fingerprints are not to be mixed silently.
        reviewed_at: When it was recorded here.
        report: Where the report lies.
        hard: Whether the call is a hard one: the team's workload and nobody's failing.
        roles_known: Whether it could be told who is the agent.
        words_agent: Words that the agent said.
        measures: By name.
        skills: In the rubric's order.
        moments: In the review's order.
        advice: At most one to keep and one to try.
        warnings: The report's.
        definitions: Version of each measure's and kind's definition: sums over several of one name must refuse.
        added_at: When the call was first taken in: a later review does not move it in time.
    """

    sha256: str
    uri: str | None
    agent: str | None
    started_at: datetime | None
    direction: str | None
    call_type: str | None
    duration: float | None
    separation: str
    heard_agent: float | None
    heard_customer: float | None
    fingerprint: str
    reviewed_at: datetime
    report: str | None = None
    hard: bool = False
    roles_known: bool = True
    words_agent: int | None = None
    measures: Mapping[str, StoredMeasure] = field(default_factory=dict)
    skills: tuple[StoredSkill, ...] = ()
    moments: tuple[StoredMoment, ...] = ()
    advice: tuple[StoredAdvice, ...] = ()
    warnings: tuple[str, ...] = ()
    definitions: Mapping[str, int] = field(default_factory=dict)
    added_at: datetime | None = None

    @property
    def at(self) -> datetime:
        """When the call began, or else when it was first reviewed."""
        return self.started_at or self.added_at or self.reviewed_at


@dataclass(frozen=True, slots=True)
class Run:
    """What made results: those of one run may be compared, and those whose definitions agree added up.

    Attributes:
        fingerprint: Over stage versions, definitions, models and the effective recipe.
        coach: Version of the product.
        recipe: Name of the recipe.
        transcriber: Engine and model.
        diarizer: Engine and model; ``None`` where channels told the parties apart.
        definitions: Version of each measure's and kind's definition.
    """

    fingerprint: str
    coach: str
    recipe: str
    transcriber: str
    diarizer: str | None
    definitions: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Spot:
    """What an answer is about: a place that a later review of the same call can be searched for.

    Attributes:
        kind: Of the moment.
        start: Seconds.
        index: Among the moments of the review that was answered.
    """

    kind: str
    start: float
    index: int | None = None


@dataclass(frozen=True, slots=True)
class Answer:
    """What a person said about a call.

    Attributes:
        id: In this database.
        sha256: The call.
        moment_index: Among the moments of the review that was answered; ``None`` for the call as a whole.
        kind: Of that moment.
        start: Of that moment, seconds.
        who: Who answered.
        question: ``heard`` (asked before the measures were shown), ``misheard`` (a contested moment),
            ``judged:NAME`` (a supervisor's own judgement of a skill or kind), ``picked`` (the agent's own pick).
        answer: A word such as ``yes``, ``partly``, ``not_yet``; free text only as the caller has masked it.
        at: When.
        settled: What a person decided about a contested moment; ``None`` until then.
    """

    id: int
    sha256: str
    moment_index: int | None
    kind: str | None
    start: float | None
    who: str
    question: str
    answer: str
    at: datetime
    settled: str | None = None


@dataclass(frozen=True, slots=True)
class Attempt:
    """How often a recording was taken in hand, and what came of it.

    Attributes:
        key: What the recording is known by before its bytes were read.
        sha256: Once known.
        uri: Where it lies.
        state: Where it stands.
        attempts: How often work on it began since it last ended; counted before the work, so that one that kills its
            worker counts.
        stage: Where it ended.
        message: A sentence; never words of the call.
        exit_code: By the table of codes.
        first_at: When it was first seen.
        last_at: When it last changed.
    """

    key: str
    sha256: str | None
    uri: str
    state: State
    attempts: int
    stage: str | None
    message: str | None
    exit_code: int | None
    first_at: datetime
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Tombstone:
    """A call that was purged: its hash alone, so that its recording is not taken in again."""

    sha256: str
    at: datetime
    why: str


@dataclass(frozen=True, slots=True)
class Look:
    """Who looked at what, and when: staff may ask for it.

    Attributes:
        at: When.
        who: Who looked.
        what: Such as ``report``, ``agent page``.
        sha256: The call, if one.
        agent: The agent whose it was, if one.
    """

    at: datetime
    who: str
    what: str
    sha256: str | None = None
    agent: str | None = None


@dataclass(frozen=True, slots=True)
class Purged:
    """What a purge took away.

    Attributes:
        calls: Hashes of the calls whose rows are gone.
        files: How many Parquet files went with them.
        attempts: How many rows of attempts.
        clean: Whether the space was overwritten as well. ``False`` when another program held the database;
            the next opening does it.
    """

    calls: tuple[str, ...]
    files: int
    attempts: int
    clean: bool


@dataclass(frozen=True, slots=True)
class Sentences:
    """What an agent said in the calls of a store: a memory for finding scripts.

    Attributes:
        total: Calls remembered.
        often: Normalised sentence to the number of calls it occurs in.
        wordings: Kind of moment to different ways in which it was said, the most frequent first.
    """

    total: int
    often: Mapping[str, int]
    wordings: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def calls(self) -> int:
        """Return how many calls are remembered."""
        return self.total

    def with_sentence(self, key: str) -> int:
        """Return in how many of them a sentence was said."""
        return self.often.get(key, 0)

    def other_wordings(self, kind: str) -> tuple[str, ...]:
        """Return other ways in which this agent has said a thing of this kind."""
        return self.wordings.get(kind, ())
