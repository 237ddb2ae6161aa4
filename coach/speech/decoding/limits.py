"""What a recording may be before it is refused."""

from __future__ import annotations

from dataclasses import dataclass

from coach.conversation import RecordingError


@dataclass(frozen=True, slots=True)
class Limits:
    """Bounds that keep one odd file from taking the machine.

    Attributes:
        max_hours: Longest recording, in hours; by its header and again while it is decoded.
        min_rate: Lowest sample rate, in hertz: below it there is no speech left.
        max_rate: Highest sample rate, in hertz.
        max_channels: Most channels in one stream.
        max_frame_samples: Longest run of samples, per channel, that a codec may hand out at once.
        max_packet_bytes: Largest compressed piece that is given to a codec.
        spare_bytes: What must stay free on the disk of the working folder.
    """

    max_hours: float = 4.0
    min_rate: int = 4_000
    max_rate: int = 192_000
    max_channels: int = 8
    max_frame_samples: int = 4_000_000
    max_packet_bytes: int = 32 * 1024 * 1024
    spare_bytes: int = 64 * 1024 * 1024

    @property
    def max_seconds(self) -> float:
        """Longest recording, in seconds."""
        return self.max_hours * 3600.0

    def exceeded(self, seconds: float) -> bool:
        """Return whether a recording is too long; a codec's padding at the end of one that just fits is not."""
        return seconds > self.max_seconds + 1.0


def too_long(name: str, limits: Limits, length: float | None = None) -> RecordingError:
    """Return the refusal of a recording beyond the limit."""
    lasts = f"lasts {length / 3600:.1f} hours by its header" if length else "goes on"
    return RecordingError(
        f"{name}: {lasts}, beyond the limit of {limits.max_hours:g} hours. "
        "If that is really one call, raise the limit with --max-hours."
    )
