"""A decoded recording."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Self

from coach.speech.decoding.lanes import FileLane
from coach.speech.samples import Samples


@dataclass(frozen=True, slots=True)
class Sound:
    """A recording as lanes of 16 kHz sound in nameless working files. Close it, or use it in ``with``.

    Attributes:
        lanes: One a channel, all of one length; one only where the channels were mixed.
        duration: Seconds.
        sample_rate: Hertz, as recorded.
        channels: As recorded.
        sha256: Of the file's bytes, lower-case hex; the agent's where each party has a file.
        tags: What the container says of itself, by lower-case name.
        warnings: Plain sentences for the report.
        partial: Whether much of the recording is missing or damaged.
        parts: Path and sha256 of each file.
    """

    lanes: tuple[Samples, ...]
    duration: float
    sample_rate: int
    channels: int
    sha256: str
    tags: Mapping[str, str]
    warnings: tuple[str, ...]
    partial: bool
    parts: tuple[tuple[Path, str], ...]

    def close(self) -> None:
        """Let the working files go. Reading a lane afterwards is a mistake."""
        for lane in self.lanes:
            if isinstance(lane, FileLane):
                lane.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
