"""The finished review of one call: every value that a report, a table or a store is made from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from coach.conversation.conversation import Conversation, Separation
from coach.conversation.findings import Findings, Role


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a recording that comes as one file a party."""

    role: Role
    uri: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Recording:
    """What is known of the recording itself.

    Attributes:
        uri: File name, masked; ``None`` without a recording.
        sha256: Of the file's bytes, lower-case hex.
        duration: Seconds.
        sample_rate: Hertz, as recorded.
        channels: As recorded.
        agent_channel: 0 for left, 1 for right.
        agent: The agent's name or number where a sidecar or an option told it.
        started_at: ISO 8601.
        parts: One entry a file where there is one file a party.
    """

    uri: str | None = None
    sha256: str | None = None
    duration: float | None = None
    sample_rate: int | None = None
    channels: int | None = None
    agent_channel: int | None = None
    agent: str | None = None
    started_at: str | None = None
    parts: tuple[Part, ...] = ()


@dataclass(frozen=True, slots=True)
class Roles:
    """Who is the agent, how that is known, and how sure it is.

    Attributes:
        agent: Label of the agent's speaker; ``None`` when it could not be told.
        source: ``option``, ``metadata``, ``words``, ``transcript`` or ``none``.
        confidence: 0 to 1.
        why: One sentence for the report.
        evidence: Phrases it rests on, masked.
    """

    agent: str | None
    source: str
    confidence: float
    why: str
    evidence: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Provenance:
    """What made this review: enough to know which reviews may be compared.

    Attributes:
        coach: Version of the product.
        recipe: Name of the recipe.
        transcriber: Engine and model.
        diarizer: Engine and model; ``None`` when the channels told the parties apart.
        fingerprint: Hex digest over stage versions, definitions, models and the effective recipe.
        definitions: Version of each measure's and kind's definition.
    """

    coach: str
    recipe: str
    transcriber: str
    diarizer: str | None
    fingerprint: str
    definitions: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Skill:
    """One listening skill: opportunities met of how many.

    Attributes:
        name: As the report shows it.
        met: Opportunities met.
        of: Opportunities that came up and could be judged; 0 is not applicable.
        score: 0 to 100, ``None`` unless the rubric turns scores on or nothing came up.
        weight: From the rubric.
        why: How the numbers came about, or why there are none.
        moments: Indices into the review's moments.
    """

    name: str
    met: int
    of: int
    score: float | None
    weight: float
    why: str
    moments: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Advice:
    """One thing to keep or to try.

    Attributes:
        skill: The skill it belongs to.
        moment: Index into the review's moments; ``None`` where no single moment carries it.
        said: What was said there, masked.
        why: What it cost or what it gave, in plain words.
        suggestion: An example with blanks for what only the agent can promise; ``None`` for keep.
    """

    skill: str
    moment: int | None
    said: str
    why: str
    suggestion: str | None = None


@dataclass(frozen=True, slots=True)
class Drill:
    """Practice that grows from one missed moment."""

    drill: str
    moment: int


@dataclass(frozen=True, slots=True)
class Remembered:
    """What the person's earlier calls changed in what is shown of this one; what was found depends on the call alone.

    Attributes:
        calls: SHA-256 of the earlier calls that it rests on.
        passed_over: The skill that was not advised this time, as both calls before had it.
        noticed: A sentence on what has begun to go well.
        rest: The offer of a break, after hard calls running.
    """

    calls: tuple[str, ...] = ()
    passed_over: str | None = None
    noticed: str | None = None
    rest: str | None = None

    def __or__(self, other: Remembered | None) -> Remembered:
        """Both together."""
        if other is None:
            return self
        return Remembered(
            tuple(dict.fromkeys((*self.calls, *other.calls))),
            self.passed_over or other.passed_over,
            self.noticed or other.noticed,
            self.rest or other.rest,
        )


@dataclass(frozen=True, slots=True)
class Coaching:
    """Keep one, try one; more only for those who ask. ``why_no_try`` says why there is nothing to change."""

    keep: Advice | None = None
    try_: Advice | None = None
    another: tuple[Advice, ...] = ()
    practice: tuple[Drill, ...] = ()
    why_no_try: str | None = None
    because_of: Remembered | None = None


@dataclass(frozen=True, slots=True)
class Review:
    """Everything the coach has to say of one call. Masked throughout.

    Attributes:
        recording: What is known of the recording itself.
        separation: How the parties were told apart.
        heard: Share of each party's speech that was heard clearly.
        warnings: Sentences for the report.
        masked: How many private items of each kind were taken out.
        provenance: What made this review.
        roles: Who is the agent, and how that is known.
        conversation: Turns, words and speech.
        findings: Measures and moments.
        skills: Opportunities met of how many.
        coaching: One thing to keep, one to try.
        source: SHA-256 of the file that the call is known by: a report of another file is never overwritten.
        call_type: As a sidecar told it.
        recipe: The effective recipe.
        told_apart: 0 to 1, how far apart the voices on one channel are; ``None`` where none were told apart.
    """

    recording: Recording
    separation: Separation
    heard: Mapping[Role, float | None]
    warnings: tuple[str, ...]
    masked: Mapping[str, int]
    provenance: Provenance
    roles: Roles
    conversation: Conversation
    findings: Findings
    skills: tuple[Skill, ...]
    coaching: Coaching
    source: str | None = None
    call_type: str | None = None
    recipe: Mapping[str, object] | None = None
    told_apart: float | None = None
