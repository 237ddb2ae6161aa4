"""Which channels of a recording become lanes."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from coach.speech.decoding.lanes import FileLane, mix

_FAINTER = 300
"""How many times fainter than the loudest a channel's peak is when it carries nothing (about -50 dB)."""

_FAINT = 32
"""Peak below which a channel carries nothing at all (-60 dBFS)."""


def chosen(lanes: Sequence[FileLane], peaks: Sequence[int], folder: Path) -> tuple[list[FileLane], list[str]]:
    """Return the lanes to work on, at most two, and what to tell about the choice.

    One and two channels stay as they are. Of more, those that carry sound are taken if they are one or two;
    a conference of more is mixed into one lane, since nothing says which channel is whose. Lanes that are
    not returned are closed.

    Args:
        lanes: One a channel.
        peaks: Largest absolute sample of each.
        folder: Where a mixed lane goes.

    Raises:
        StorageError: The mixed lane cannot be written.
    """
    count = len(lanes)
    if count <= 2:
        return list(lanes), []
    loudest = max(peaks)
    heard = [i for i, peak in enumerate(peaks) if peak >= _FAINT and peak * _FAINTER >= loudest] or [0]
    if len(heard) <= 2:
        kept = [lanes[i] for i in heard]
        numbers = " and ".join(str(i + 1) for i in heard)
        verb = "carries" if len(heard) == 1 else "carry"
        note = f"Of {count} channels only {numbers} {verb} sound; the others are left out."
    else:
        kept = [mix([lanes[i] for i in heard], folder)]
        note = f"{len(heard)} of {count} channels carry sound; they are mixed into one, so the parties are not apart."
    for lane in lanes:
        if lane not in kept:
            lane.close()
    return kept, [note]
