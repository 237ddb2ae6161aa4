"""How many voices there are, and whose side each is on."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from coach.speech.diarizers.grouping import Parting
from coach.speech.diarizers.pieces import Heard

FOR_ONE, FOR_THREE = 15.0, 30.0
"""Seconds of speech without which nobody can say that there is one voice, or that there are three."""

_BESIDE, _A_WINDOW = 1.0, 0.1  # seconds of speakers heard beside each other, and parted, that speak for two
_UNLIKE_ALONE = 0.45  # cosine of two voices that speak for two by themselves
_HARDLY_UNLIKE = 0.85  # from which it takes more
_BORNE_OUT = 0.85  # which is six seconds of them at least, nearly all parted
_TIGHTER, _BY_CHANCE = 0.11, 1.5  # of the spread that a third voice must take away, and that more by the second
_UNLIKE = 0.75  # cosine of three voices, at most
_SECONDS = 5.0  # of speech that each of three must have
_PIECE = 10.0  # seconds of speech in which two voices count as talking with each other


def looks_like_one(two: Parting, heard: Heard) -> bool:
    """Return whether the two parts of a call are probably one voice."""
    if heard.seconds.sum() < FOR_ONE or two.likeness < _UNLIKE_ALONE:
        return False
    if two.likeness >= _HARDLY_UNLIKE:
        return two.borne_out < _BORNE_OUT
    together, parted = two.beside
    windows = len({piece.window for piece in heard.pieces})
    return parted < max(_BESIDE, _A_WINDOW * windows, together / 2)


def looks_like_three(two: Parting, three: Parting, heard: Heard) -> bool:
    """Return whether each of three parts of a call is probably a voice of its own."""
    seconds = float(heard.seconds.sum())
    if seconds < FOR_THREE or three.shares.min() * seconds < _SECONDS:
        return False
    # A third group takes some spread away from any two voices, the more, the less there is to go by.
    tighter = 1 - three.spread / two.spread
    return three.likeness <= _UNLIKE and tighter >= _TIGHTER + _BY_CHANCE / seconds


def sides(labels: NDArray[np.intp], heard: Heard) -> tuple[int, int, int]:
    """Return the side of each of three voices: 0 for who talks with both others, 1 for these two.

    After a transfer the caller goes on with another agent; a recorded voice greets before the agent does. Either
    way it is the caller who talks in all parts of the call, and the two others belong together.

    Args:
        labels: Whose each piece is: shape ``(n,)``.
        heard: The pieces.
    """
    part = (np.cumsum(heard.seconds) // _PIECE).astype(int)
    spoken = np.zeros((part[-1] + 1, 3))
    np.add.at(spoken, (part, labels), heard.seconds)
    present = spoken > 0.5
    together = [int((present[:, (v + 1) % 3] & present[:, (v + 2) % 3]).sum()) for v in range(3)]
    hub = int(np.argmin(together))
    return (int(hub != 0), int(hub != 1), int(hub != 2))


def sureness(parting: Parting, side: tuple[int, ...]) -> tuple[float, ...]:
    """Return for each side how far its voices can be told from those of the others: 0.5 for not at all, to 1.

    Args:
        parting: The voices.
        side: The side of each.
    """
    likeness = parting.voices @ parting.voices.T
    found = []
    for one in range(max(side) + 1):
        nearest = max(
            (
                float(likeness[a, b])
                for a, at in enumerate(side)
                for b, other in enumerate(side)
                if at == one and other != one
            ),
            default=1.0,
        )
        # Voices come out right in nearly every second at a cosine of 0.5, and by chance at 1.
        found.append(0.5 + 0.5 / (1 + math.exp(12 * (nearest - 0.75))))
    return tuple(found)
