"""What one voice says without a break, as far as ten seconds around it tell, and how it sounds.

sound    ───────────────────────────────────────────────
window        └────┬─────────────┬────┘                     10 s are heard, the middle 5 s are kept
who           aaaaaa  bbbbb   aaa│    │
pieces             ▔  ▔▔▔▔▔   ▔▔▔                           of one speaker alone, 2 s at most
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from coach.speech.diarizers.filterbank import WINDOW, Float32, filterbank
from coach.speech.diarizers.networks import LOCALS, SECONDS, VECTOR, Networks
from coach.speech.frames import Mask, opened, runs, widened
from coach.speech.levels import FRAME, PER_SECOND
from coach.speech.samples import Samples
from coach.speech.threads import threads

STEP = 5 * PER_SECOND
"""Frames of a window that are kept: its middle."""

_BEFORE = (SECONDS * PER_SECOND - STEP) // 2
_LONGEST, _SHORTEST = 2 * PER_SECOND, PER_SECOND // 5
_FAINT = PER_SECOND // 4  # frames from which speech that only the network heard counts
_NEAR = PER_SECOND // 2  # frames around speech in which more may be found; farther off lie other people's voices


class Piece(NamedTuple):
    """A run of frames in which one speaker speaks alone.

    Attributes:
        start: First frame (10 ms).
        stop: One after the last.
        window: Number of the window that it was heard in.
        local: Which of that window's speakers it is.
    """

    start: int
    stop: int
    window: int
    local: int

    @property
    def seconds(self) -> float:
        """How long it is."""
        return (self.stop - self.start) / PER_SECOND


@dataclass(frozen=True, slots=True, eq=False)
class Heard:
    """All pieces of a lane.

    Attributes:
        pieces: In order.
        vectors: How each sounds: shape ``(n, 256)``, of length 1.
        who: Speakers of its window that are active in each frame, in speech or close to it: shape ``(frames, 3)``.
    """

    pieces: tuple[Piece, ...]
    vectors: Float32
    who: Mask

    def fainter(self, speech: Mask) -> Mask:
        """Return where somebody was heard close to speech, for a while: shape ``(frames,)``.

        These are the softer syllables of a voice beside a louder one; on a lane of its own they would be speech.

        Args:
            speech: Frames that were known for speech: shape ``(frames,)``.
        """
        return opened(self.who.any(axis=1) & ~speech, _FAINT)

    @property
    def seconds(self) -> NDArray[np.float64]:
        """How long each piece is: shape ``(n,)``."""
        return np.array([piece.seconds for piece in self.pieces])


def listen(networks: Networks, samples: Samples, speech: Mask, told: Callable[[float], None]) -> Heard:
    """Return the pieces of a lane. Memory does not grow with its sound.

    Args:
        networks: Loaded.
        samples: 16 kHz, read in slices.
        speech: Frames in which anybody speaks: shape ``(frames,)``.
        told: Told the share done.
    """
    who = np.zeros((len(speech), LOCALS), np.bool_)
    near = widened(speech, _NEAR)
    pieces: list[Piece] = []
    vectors: list[Float32] = []
    starts = [at for at in range(0, len(speech), STEP) if speech[at : at + STEP].any()]
    # What is heard in a window depends on it alone, so the threads change nothing but the time.
    with ThreadPoolExecutor(threads()) as pool:
        heard = pool.map(lambda at: _window(networks, samples, (speech, near), at), starts)
        for number, (at, (active, own, sounds)) in enumerate(zip(starts, heard, strict=True), start=1):
            who[at : at + STEP] = active
            pieces += own
            vectors += sounds
            told(number / len(starts))
    return Heard(tuple(pieces), np.array(vectors, np.float32).reshape(len(vectors), VECTOR), who)


def _window(
    networks: Networks, samples: Samples, where: tuple[Mask, Mask], at: int
) -> tuple[Mask, list[Piece], list[Float32]]:
    """Return who speaks in the middle of the window, what is said there alone, and how it sounds."""
    speech, near = where
    first = at - _BEFORE
    start = max(first, 0)
    sound = samples.read(start * FRAME, (first + SECONDS * PER_SECOND) * FRAME + WINDOW - FRAME)
    sound = np.concatenate([np.zeros((start - first) * FRAME, np.int16), sound])
    heard = networks.who(sound[: SECONDS * PER_SECOND * FRAME])
    middle = near[at : at + STEP]
    active = heard[_BEFORE : _BEFORE + len(middle)] & middle[:, None]
    pieces = list(_pieces(active, at))
    if not pieces:
        return active, [], []
    bands = filterbank(sound)
    spoken = np.zeros(len(bands), np.bool_)
    known = speech[start : first + len(bands)]
    spoken[start - first : start - first + len(known)] = known
    # The line colours all that is said on it; a piece too short to show that is freed of it by its surroundings.
    bands = bands - bands[spoken].mean(axis=0)
    return active, pieces, [networks.voice(bands[p.start - first : p.stop - first]) for p in pieces]


def _pieces(active: Mask, at: int) -> Iterator[Piece]:
    alone = active.sum(axis=1) == 1
    found = sorted(
        (start, stop, local) for local in range(LOCALS) for start, stop in runs(alone & active[:, local]).tolist()
    )
    for start, stop, local in found:
        if stop - start < _SHORTEST:
            continue
        edges = np.linspace(start, stop, -(-(stop - start) // _LONGEST) + 1).astype(int).tolist()
        for one, other in pairwise(edges):
            yield Piece(at + one, at + other, at // STEP, local)
