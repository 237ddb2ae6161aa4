"""What every diarizer offers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Protocol, Self

from coach.conversation import Timeline
from coach.speech.activity import LaneActivity
from coach.speech.samples import Samples
from coach.speech.transcribers.protocol import Progress


@dataclass(frozen=True, slots=True)
class Diarization:
    """Who spoke when, on one channel.

    Attributes:
        speech: Each speaker's raw activity by label (``1``, ``2`` …, in order of first speech); two speakers'
            may overlap. Empty when nobody speaks.
        exclusive: The same without overlap: at every moment at most one speaker, for sharing out words.
        warnings: Sentences for the report: one speaker only, three speakers, voices much alike.
        confidence: 0 to 1, how far apart the voices are by speaker; for the report, not for judging.
    """

    speech: Mapping[str, Timeline]
    exclusive: Mapping[str, Timeline]
    warnings: tuple[str, ...] = ()
    confidence: Mapping[str, float] = field(default_factory=dict)


class Diarizer(Protocol):
    """An engine that holds its model, if it has one, while it is open."""

    @property
    def name(self) -> str:
        """Engine and model, as the report shows it."""
        ...

    @property
    def fingerprint(self) -> str:
        """What the result depends on: engine, version, model's hash, settings."""
        ...

    def __enter__(self) -> Self:
        """Load the model.

        Raises:
            ModelError: It is missing or damaged.
        """
        ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let the model go."""
        ...

    def diarize(
        self, samples: Samples, activity: LaneActivity, *, speakers: int | None = None, progress: Progress | None = None
    ) -> Diarization:
        """Return who spoke when.

        Args:
            samples: The one lane, 16 kHz, read in slices.
            activity: When anybody speaks in it.
            speakers: How many sides there are, if it is known; ``None`` for two, as a call has, unless the engine
                can hear that it is one voice only.
            progress: Told the share done.
        """
        ...
