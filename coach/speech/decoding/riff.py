"""What a WAV header says, read apart from the decoder, which hides some of it."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from pathlib import Path

_PLACEHOLDERS = 0x7FFFF000
"""Data sizes from here on stand for "not known yet", as written by programs that cannot seek back."""


@dataclass(frozen=True, slots=True)
class Riff:
    """The parts of a WAV header that tell a cut file and name a codec.

    Attributes:
        tag: Number of the codec, such as 1 for PCM or 0x133 for one of G.729's.
        byte_rate: Bytes a second, as declared.
        declared: Bytes of sound that the header announces; ``None`` when it does not know.
        present: Bytes of sound that the file has room for.
    """

    tag: int
    byte_rate: int
    declared: int | None
    present: int

    @property
    def cut(self) -> bool:
        """Whether the file ends before its sound does; a missing padding byte does not count."""
        return self.declared is not None and self.declared > self.present + 1

    @property
    def declared_seconds(self) -> float | None:
        """Length that the header announces, ``None`` when it does not know."""
        if self.declared is None or self.byte_rate <= 0:
            return None
        return self.declared / self.byte_rate


def read_riff(path: Path) -> Riff | None:
    """Return what the header of a WAV file says, ``None`` for other files and for headers without sound.

    Raises:
        OSError: The file cannot be read.
    """
    size = path.stat().st_size
    with path.open("rb") as file:
        head = file.read(12)
        if len(head) < 12 or head[:4] not in (b"RIFF", b"RF64", b"BW64") or head[8:] != b"WAVE":
            return None
        tag = byte_rate = 0
        long_size: int | None = None
        for _ in range(1000):  # more chunks than any recorder writes; bounds a hostile header
            chunk = file.read(8)
            if len(chunk) < 8:
                return None
            name, length = chunk[:4], int(struct.unpack("<I", chunk[4:])[0])
            if name == b"data":
                declared = long_size if length == 0xFFFFFFFF else length
                return Riff(tag, byte_rate, _known(declared), size - file.tell())
            start = file.tell()
            if name == b"fmt ":
                fields = file.read(40)
                if len(fields) >= 16:
                    tag, byte_rate = _format(fields)
            elif name == b"ds64":
                fields = file.read(16)
                long_size = int(struct.unpack("<Q", fields[8:])[0]) if len(fields) == 16 else None
            file.seek(start + length + length % 2)
    return None


def _format(fields: bytes) -> tuple[int, int]:
    """Return codec tag and bytes a second of a format chunk; the extensible tag is looked through."""
    tag, _, _, byte_rate = struct.unpack("<HHII", fields[:12])
    if tag == 0xFFFE and len(fields) >= 26:
        tag = struct.unpack("<H", fields[24:26])[0]
    return int(tag), int(byte_rate)


def _known(declared: int | None) -> int | None:
    if declared is None or declared == 0 or _PLACEHOLDERS <= declared <= 0xFFFFFFFF:
        return None
    return declared
