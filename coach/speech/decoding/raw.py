"""Recordings without any header: what they hold must be said, for nothing in them tells it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from coach.conversation import UsageError

_LINEAR = {"sln": 8_000} | {
    f"sln{khz}": rate
    for khz, rate in (
        (8, 8_000),
        (12, 12_000),
        (16, 16_000),
        (24, 24_000),
        (32, 32_000),
        (44, 44_100),
        (48, 48_000),
        (96, 96_000),
        (192, 192_000),
    )
}
"""Asterisk's signed linear files: little-endian 16-bit samples, the rate in the name."""

_RATES = {"mulaw": 8_000, "alaw": 8_000, "vox": 8_000, **_LINEAR}

_ALIASES = {
    "ul": "mulaw",
    "ulaw": "mulaw",
    "pcmu": "mulaw",
    "mu-law": "mulaw",
    "al": "alaw",
    "alw": "alaw",
    "pcma": "alaw",
    "a-law": "alaw",
    "raw": "sln",
    "s16le": "sln",
    "slin": "sln",
    "oki": "vox",
}

_SUFFIXES = {
    **{f".{kind}": kind for kind in _LINEAR},
    ".ul": "mulaw",
    ".ulaw": "mulaw",
    ".mulaw": "mulaw",
    ".pcmu": "mulaw",
    ".al": "alaw",
    ".alw": "alaw",
    ".alaw": "alaw",
    ".pcma": "alaw",
    ".vox": "vox",
    ".raw": "sln",
    ".pcm": "sln",
    ".slin": "sln",
}

_TEXT = re.compile(r"(?P<kind>[a-z0-9-]+)(?::(?P<rate>\d+))?(?::(?P<channels>\d+)ch)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RawFormat:
    """How to read a file that is nothing but samples.

    Attributes:
        kind: ``mulaw``, ``alaw``, ``vox`` (Dialogic/OKI ADPCM), or ``sln``, ``sln16`` ... (16-bit little-endian).
        sample_rate: Hertz.
        channels: Interleaved channels; ``vox`` has one.
    """

    kind: str
    sample_rate: int
    channels: int = 1

    @classmethod
    def parse(cls, text: str) -> RawFormat:
        """Return the format that an option names, such as ``mulaw``, ``ul:8000``, ``sln16`` or ``al:8000:2ch``.

        Raises:
            UsageError: No such kind, or a rate or channel count that cannot be.
        """
        match = _TEXT.fullmatch(text.strip())
        name = match["kind"].lower() if match else ""
        kind = _ALIASES.get(name, name)
        if match is None or kind not in _RATES:
            known = "mulaw (ul), alaw (al), vox, sln, sln16"
            raise UsageError(f"--raw {text}: not a headerless format; give one of {known}, as in mulaw:8000:2ch.")
        raw = cls(kind, int(match["rate"] or _RATES[kind]), int(match["channels"] or 1))
        if not 4_000 <= raw.sample_rate <= 192_000:
            raise UsageError(f"--raw {text}: {raw.sample_rate} Hz is not between 4000 and 192000.")
        if not 1 <= raw.channels <= (1 if kind == "vox" else 8):
            most = "one channel only" if kind == "vox" else "1 to 8 channels"
            raise UsageError(f"--raw {text}: {kind} has {most}, not {raw.channels}.")
        return raw

    @property
    def bytes_per_second(self) -> float:
        """Size of one second of all channels, in bytes."""
        width = {"mulaw": 1.0, "alaw": 1.0, "vox": 0.5}.get(self.kind, 2.0)
        return width * self.sample_rate * self.channels

    @property
    def demuxer(self) -> str:
        """FFmpeg's name of the format; ``vox`` has none."""
        return self.kind if self.kind in ("mulaw", "alaw") else "s16le"


def headerless(path: Path) -> str | None:
    """Return the ``--raw`` value that a file's name suggests, ``None`` for names of files with headers."""
    return _SUFFIXES.get(path.suffix.lower())
