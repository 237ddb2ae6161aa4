"""The diarizer that comes with the product: a call of two is an easier task than a meeting.

    speech → pieces of one speaker each → two voices → whose each piece is → who speaks in every 10 ms

The networks hear ten seconds at a time. That a call has two parties, unless its voices clearly say otherwise, is what
brings these together: nothing is learnt beforehand about a voice, and nothing is kept afterwards.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from coach.conversation import ModelError
from coach.speech.activity import LaneActivity
from coach.speech.diarizers import networks
from coach.speech.diarizers.counting import looks_like_one, looks_like_three, sides, sureness
from coach.speech.diarizers.grouping import Grouping, Parting
from coach.speech.diarizers.pieces import STEP, Heard, listen
from coach.speech.diarizers.protocol import Diarization
from coach.speech.frames import Mask, mask_of, opened, timeline, widened
from coach.speech.levels import FRAME, PER_SECOND
from coach.speech.samples import RATE, Samples
from coach.speech.transcribers.protocol import Progress

VERSION = 3
"""Raised with every change of what comes out."""

MOST = 3
"""Speakers that can be asked for."""

_EARLY = PER_SECOND // 20  # frames: on made calls, overlaps came out 0.11 s too long in the middle

ONE_VOICE = (
    "Only one voice was heard. If you recorded your own side alone, say so with --only-me; "
    "otherwise who said what is not known here."
)
ALIKE = (
    "The voices on this recording are much alike, or there is only one, so who said what may often be wrong here. "
    "If you recorded your own side alone, say so with --only-me."
)
LITTLE = "There is too little speech on this recording to tell two voices apart."
THREE = "Three voices were heard, not two."
JOINED = (
    f"{THREE} The two that hardly talk with each other are taken for one side: after a transfer, both agents count "
    "as the agent, and so does a recorded greeting."
)


@dataclass(frozen=True, slots=True, eq=False)
class _Voices:
    """What was found out about a call: its voices, the side of each, and what to warn of."""

    parting: Parting | None
    side: tuple[int, ...] = (0,)
    warnings: tuple[str, ...] = ()


class BundledDiarizer:
    """Tells the parties of a call apart by their voices, with the networks inside an installed package."""

    def __init__(self) -> None:
        self._networks: networks.Networks | None = None

    @staticmethod
    def available() -> bool:
        """Return whether the package that carries the networks is installed."""
        return networks.present()

    @property
    def name(self) -> str:
        """Engine and model, as the report shows it."""
        return "community-1 for two parties (bundled)"

    @property
    def fingerprint(self) -> str:
        """What the result depends on."""
        return f"bundled-diarizer-{VERSION} {networks.digest()}"

    def __enter__(self) -> Self:
        """Load the networks.

        Raises:
            ModelError: They are missing or damaged.
        """
        self._networks = networks.Networks()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let them go; of the voices nothing was kept."""
        self._networks = None

    def diarize(
        self, samples: Samples, activity: LaneActivity, *, speakers: int | None = None, progress: Progress | None = None
    ) -> Diarization:
        """Return who spoke when.

        Args:
            samples: The one lane, 16 kHz, read in slices.
            activity: When anybody speaks in it.
            speakers: How many sides there are, at most three, if that is known. If not, they are taken for two,
                unless only one voice can be heard; two of three voices are then one side.
            progress: Told the share done.

        Raises:
            ModelError: The diarizer is not open.
        """
        if speakers is not None and not 1 <= speakers <= MOST:
            raise ValueError(f"expected 1 to {MOST} speakers, got {speakers}")
        if self._networks is None:
            raise ModelError("The bundled diarizer is not open.")
        frames = -(-len(samples) // FRAME)
        speech = mask_of(activity.speech, frames)
        if not speech.any():
            return Diarization({}, {})
        # One thread for small products of matrices: more gain nothing and round differently, so that the same call
        # could come out another way on another machine.
        with threadpool_limits(1, "blas"):
            heard = listen(self._networks, samples, speech, progress or (lambda _: None))
            voices = _voices(heard, speakers)
            return _named(heard, voices, speech | heard.fainter(speech), len(samples) / RATE)


def _voices(heard: Heard, speakers: int | None) -> _Voices:
    """Return the voices of a call, the side of each, and what to say about them."""
    if speakers == 1:
        return _Voices(None)
    grouping = Grouping(heard)
    two = grouping.two() if len(heard.pieces) > 1 else None
    if two is None:
        return _Voices(None, warnings=(LITTLE,))
    three = grouping.three(two)
    if three and (speakers == MOST or looks_like_three(two, three, heard)):
        if speakers == MOST:
            return _Voices(three, (0, 1, 2))
        return _Voices(three, sides(three.labels, heard), (JOINED,))
    if looks_like_one(two, heard):
        return _Voices(two, (0, 1), (ALIKE,)) if speakers else _Voices(None, warnings=(ONE_VOICE,))
    return _Voices(two, (0, 1))


def _named(heard: Heard, voices: _Voices, speech: Mask, duration: float) -> Diarization:
    """Return sides as speakers, numbered in the order in which they are first heard."""
    parting, count = voices.parting, max(voices.side) + 1
    if parting is None:
        return Diarization({"1": timeline(speech, duration)}, {"1": timeline(speech, duration)}, voices.warnings)
    of = np.array(voices.side)[parting.labels]
    loudest = _nearest(heard, of, speech)
    exclusive = np.eye(count, dtype=np.bool_)[loudest] & speech[:, None]
    active = exclusive | _together(heard, of, count) & speech[:, None]
    sure = sureness(parting, voices.side)
    order = [
        side
        for _, side in sorted((int(active[:, side].argmax()), side) for side in range(count))
        if active[:, side].any()
    ]
    labels = {side: str(number) for number, side in enumerate(order, start=1)}
    return Diarization(
        {label: timeline(active[:, side], duration) for side, label in labels.items()},
        {label: timeline(exclusive[:, side], duration) for side, label in labels.items()},
        voices.warnings,
        {label: sure[side] for side, label in labels.items()},
    )


def _nearest(heard: Heard, of: NDArray[np.intp], speech: Mask) -> NDArray[np.intp]:
    """Return the side of the piece that each frame lies in, or lies nearest to: shape ``(frames,)``."""
    known = np.full(len(speech), -1, np.intp)
    for piece, side in zip(heard.pieces, of.tolist(), strict=True):
        known[piece.start : piece.stop] = side
    at = np.flatnonzero(known >= 0)
    frames = np.arange(len(speech))
    after = np.searchsorted(at, frames)
    left, right = at[np.maximum(after - 1, 0)], at[np.minimum(after, len(at) - 1)]
    return known[np.where(np.abs(frames - left) <= np.abs(right - frames), left, right)]


def _together(heard: Heard, of: NDArray[np.intp], count: int) -> Mask:
    """Return where the speakers of two sides are heard at once: shape ``(frames, count)``."""
    weights: dict[tuple[int, int], NDArray[np.float64]] = {}
    for piece, side in zip(heard.pieces, of.tolist(), strict=True):
        weights.setdefault((piece.window, piece.local), np.zeros(count))[side] += piece.seconds
    found = np.zeros((len(heard.who), count), np.bool_)
    for (window, local), own in weights.items():
        frames = slice(window * STEP, (window + 1) * STEP)
        several = heard.who[frames].sum(axis=1) > 1
        found[frames, int(own.argmax())] |= heard.who[frames, local] & several
    # The network hears each speaker begin a little early and end a little late, so that two seem to overlap longer.
    several = opened(found.sum(axis=1) > 1, 2 * _EARLY + 1)
    return found & ~widened(~several, _EARLY)[:, None]
