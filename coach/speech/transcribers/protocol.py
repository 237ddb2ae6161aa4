"""What every recogniser offers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import ClassVar, Protocol, Self

from coach.conversation import Timeline, Transcript
from coach.speech.samples import Samples

Progress = Callable[[float], None]
"""Called with the share done, 0 to 1, growing."""


@dataclass(frozen=True, slots=True)
class LaneToHear:
    """One party's lane, and where in it to listen.

    Attributes:
        speaker: Label that the words will carry.
        samples: The lane.
        speech: Raw activity, for placing words.
        cuts: Stretches to recognise, cut generously around the speech; sorted, not overlapping.
    """

    speaker: str
    samples: Samples
    speech: Timeline
    cuts: Timeline


class Transcriber(Protocol):
    """A recogniser that holds its model while it is open.

    Attributes:
        longest_cut: Longest cut that it recognises well, in seconds.
    """

    longest_cut: ClassVar[float]

    @property
    def name(self) -> str:
        """Engine and model, as the report shows it."""
        ...

    @property
    def fingerprint(self) -> str:
        """What the words depend on: engine, version, model's hash, settings."""
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

    def transcribe(self, lanes: Sequence[LaneToHear], *, progress: Progress | None = None) -> Transcript:
        """Return what was said in all lanes of one call; it depends on that call alone."""
        ...
