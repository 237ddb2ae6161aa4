"""What travels from stage to stage: one call, and what is known of it so far."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from coach.app.intake.shown import hide
from coach.conversation import (
    CoachError,
    Coaching,
    Conversation,
    Findings,
    Review,
    Roles,
    Separation,
    Skill,
    Timeline,
    Transcript,
)
from coach.conversation.errors import unforeseen
from coach.privacy.kinds import DEFAULT
from coach.privacy.text import mask_name

if TYPE_CHECKING:
    from coach.app.asking import Ask
    from coach.app.naming import Output
    from coach.app.settings import Settings
    from coach.speech.activity import LaneActivity
    from coach.speech.decoding.sound import Sound
    from coach.speech.importing.imported import Imported
    from coach.speech.samples import Samples
    from coach.speech.sidecar import Sidecar

StageProgress = Callable[[str, float], None]
"""Called with a stage's name and the share done, 0 to 1."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call to review, as the user asked for it.

    Attributes:
        recording: The one file with all channels; ``None`` for one file a party or no recording.
        agent: The agent's own file, where there is one a party.
        customer: The customer's own file.
        transcript: A transcript to take instead of recognising.
        agent_channel: ``left`` or ``right`` by option, for this call only.
        agent_speaker: 1 or 2 by option: which of the transcript's speakers is the agent.
        only_me: The recording holds the agent's side alone.
        raw: How headerless sound is stored, such as ``mulaw:8000``.
        name: Stem of the reports, where the inputs do not give one.
        agent_label: The agent's speaker as an earlier review of the call calls them: how a swap is asked for.
        swapped: The two files have been exchanged by a swap since they were named.
        known: What is known of the recording from elsewhere, instead of what lies beside it.
        private: Numbers and names of customers that the files' names hold, and that no report may show.
    """

    recording: Path | None = None
    agent: Path | None = None
    customer: Path | None = None
    transcript: Path | None = None
    agent_channel: str | None = None
    agent_speaker: int | None = None
    only_me: bool = False
    raw: str | None = None
    name: str | None = None
    agent_label: str | None = None
    swapped: bool = False
    known: Sidecar | None = None
    private: tuple[str, ...] = field(default=(), repr=False)

    def hide(self, text: str, kinds: Collection[str] = DEFAULT) -> str:
        """Return a text with everything private replaced, what is known of the customer included.

        Args:
            text: A file's name, a warning.
            kinds: Types of private data, as the settings have them.
        """
        return hide(text, self.private, kinds) if self.private else mask_name(text, kinds)

    @property
    def files(self) -> tuple[Path, ...]:
        """The recording, one file a party (agent first), or the transcript where there is no sound."""
        if self.agent is not None and self.customer is not None:
            return self.agent, self.customer
        return (self.source,)

    @property
    def source(self) -> Path:
        """The file that the call is known by."""
        for path in (self.recording, self.agent, self.transcript):
            if path is not None:
                return path
        raise ValueError("a request needs at least one file")


@dataclass(frozen=True, slots=True)
class Lane:
    """One channel on its way to becoming a party.

    Attributes:
        speaker: ``left``, ``right``, ``agent``, ``customer``, or ``mono``.
        samples: Its sound.
        activity: When somebody speaks in it.
    """

    speaker: str
    samples: Samples
    activity: LaneActivity


@dataclass(frozen=True)
class Call:
    """One call and what the stages have made of it so far; each stage returns a new one.

    ``ask`` reaches whoever sits at the terminal, ``None`` where nobody does; ``own_channel`` is the channel of a
    recording with two that holds the agent's side alone; ``told_apart`` is how far apart two voices on one channel are.
    """

    request: Request
    settings: Settings
    output: Output
    progress: StageProgress = lambda _stage, _share: None
    ask: Ask | None = None
    sound: Sound | None = None
    sidecar: Sidecar | None = None
    imported: Imported | None = None
    lanes: tuple[Lane, ...] = ()
    mono: Samples | None = None
    own_channel: str | None = None
    told_apart: float | None = None
    separation: Separation = "none"
    transcript: Transcript | None = None
    masked: Mapping[str, int] | None = None
    silenced: Timeline = ()
    roles: Roles | None = None
    conversation: Conversation | None = None
    findings: Findings | None = None
    skills: tuple[Skill, ...] = ()
    coaching: Coaching = field(default_factory=Coaching)
    warnings: tuple[str, ...] = ()
    partial: bool = False
    review: Review | None = None
    files: tuple[Path, ...] = ()

    @property
    def duration(self) -> float:
        """Length of the recording, or of the transcript where there is none, in seconds."""
        if self.sound is not None:
            return self.sound.duration
        return self.imported.duration if self.imported is not None else 0.0


@dataclass(frozen=True, slots=True)
class Failure:
    """A call that could not be reviewed: a value, so that the others go on.

    Attributes:
        request: What was asked for.
        stage: Where it ended.
        message: What is wrong, where, and what to do; masked, and never words of a call.
        exit_code: As the command line exits for it.
    """

    request: Request
    stage: str
    message: str
    exit_code: int

    @classmethod
    def of(cls, request: Request, stage: str, error: Exception) -> Failure:
        """Return the failure that an exception amounts to; an unforeseen one shows its kind alone."""
        if isinstance(error, CoachError):
            return cls(request, stage, request.hide(str(error)), error.exit_code)
        return cls(request, stage, f"{unforeseen(error)} (stage: {stage})", 1)
