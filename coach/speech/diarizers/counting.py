"""How many voices a call has, and which of three belong to one party."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from coach.speech.diarizers.clustering import Labels
from coach.speech.diarizers.mixture import Float64
from coach.speech.diarizers.telling import least
from coach.speech.levels import PER_SECOND

ENOUGH_FOR_ONE = 30.0
"""Seconds of speech without which nobody can say that it is one voice."""

_ONE = 2.0  # distance below which two parts may be one voice
_PAUSED = 0.2  # share of changes at pauses below which a change is in the sound, not of the speaker
_CLOSE = 8  # frames (0.08 s): a pause, at a change
_THREE = 3.0  # distance from which a third voice is one
_NEARER = 0.9  # of the distance of two groups: two voices in one group bring it nearer than voices are
_THIRD = 0.06  # of the speech that it must have
_PIECE = 10 * PER_SECOND  # frames of speech in which two voices count as talking with each other


def looks_like_one(distance: float, speech: NDArray[np.int32], labels: Labels) -> bool:
    """Return whether the two parts of a call are probably one voice.

    Args:
        distance: How far apart the two are.
        speech: Numbers of the frames with speech.
        labels: Whose each is.
    """
    if len(speech) < ENOUGH_FOR_ONE * PER_SECOND:
        return False
    changes = np.flatnonzero(np.diff(labels)) + 1
    paused = np.diff(speech)[changes - 1] > _CLOSE
    return distance < _ONE or (len(changes) >= 3 and float(paused.mean()) < _PAUSED)


def looks_like_three(distances: Float64, labels: Labels, of_two: float) -> bool:
    """Return whether each of three parts of a call is a voice of its own.

    Args:
        distances: How far apart each two of them are.
        labels: Whose each frame of the speech is.
        of_two: How far apart the voices are when the call is taken for one of two.
    """
    shares = np.bincount(labels, minlength=3) / len(labels)
    return least(distances) >= max(_THREE, _NEARER * of_two) and float(shares.min()) >= _THIRD


def sides(labels: Labels) -> tuple[int, int, int]:
    """Return the party of each of three voices: 0 for who talks with both others, 1 for these two.

    After a transfer the caller goes on with another agent; a recorded voice greets before the agent does. Either
    way it is the caller who talks in all parts of the call, and the two others belong together.
    """
    pieces = [np.bincount(labels[at : at + _PIECE], minlength=3) for at in range(0, len(labels), _PIECE)]
    present = np.stack(pieces) > PER_SECOND // 2
    together = [int((present[:, (v + 1) % 3] & present[:, (v + 2) % 3]).sum()) for v in range(3)]
    hub = int(np.argmin(together))
    return (int(hub != 0), int(hub != 1), int(hub != 2))
