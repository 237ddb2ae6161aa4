"""A recording as long as wanted, made by saying the made call again and again."""

from __future__ import annotations

import struct
from pathlib import Path

HIGH_BILL = Path(__file__).parents[1] / "calls" / "high-bill" / "high-bill.wav"


def lengthened(source: Path, target: Path, seconds: float) -> None:
    """Write a WAV file that holds another's sound over and over, to so many seconds.

    Args:
        source: A WAV file with sound of one size a second.
        target: Where to write.
        seconds: How long it becomes, to a whole second.
    """
    chunks = _chunks(source.read_bytes())
    form, sound = chunks[b"fmt "], chunks[b"data"]
    a_second = struct.unpack_from("<I", form, 8)[0]
    size = int(seconds) * a_second
    head = b"fmt " + struct.pack("<I", len(form)) + form + b"data" + struct.pack("<I", size)
    with target.open("wb") as file:
        file.write(b"RIFF" + struct.pack("<I", 4 + len(head) + size) + b"WAVE" + head)
        for at in range(0, size, len(sound)):
            file.write(sound[: size - at])


def _chunks(data: bytes) -> dict[bytes, bytes]:
    found, at = {}, 12
    while at + 8 <= len(data):
        name, size = data[at : at + 4], struct.unpack_from("<I", data, at + 4)[0]
        found[name] = data[at + 8 : at + 8 + size]
        at += 8 + size + size % 2
    return found
