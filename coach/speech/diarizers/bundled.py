"""The diarizer that comes with the product: a call of two is an easier task than a meeting.

Nothing is learnt beforehand and nothing is kept afterwards: the voices are told apart by how they differ from each
other in this one call.

    speech → windows → two groups → each party's sound → who speaks in every 10 ms
                                            ↑____________________|  some times over
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from types import TracebackType
from typing import Self

import numpy as np
from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

from coach.conversation import Timeline
from coach.speech.activity import LaneActivity
from coach.speech.diarizers.counting import looks_like_one, looks_like_three, sides
from coach.speech.diarizers.features import Features, measure
from coach.speech.diarizers.following import Followed, follow
from coach.speech.diarizers.guessing import BEGINNINGS_OF_THREE, Guess, background, best_guess
from coach.speech.diarizers.protocol import Diarization
from coach.speech.diarizers.telling import told_right
from coach.speech.frames import Mask, timeline
from coach.speech.levels import FRAME, PER_SECOND
from coach.speech.samples import RATE, Samples
from coach.speech.transcribers.protocol import Progress

VERSION = 1
"""Raised with every change of what comes out."""

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

_HEARD = 60_000  # frames (10 minutes) of speech that the voices are learnt from
_PIECE = 3_000  # frames that are taken together of a longer call


@dataclass(frozen=True, slots=True, eq=False)
class _Voices:
    """What was found out about a call: a guess, unless there is one voice only, and what to warn of."""

    guess: Guess | None
    warnings: tuple[str, ...] = ()
    one_side: tuple[int, ...] = ()
    """Party of each voice, where voices were joined."""


class BundledDiarizer:
    """Tells the parties of a call apart by their voices, without a model from elsewhere."""

    @property
    def name(self) -> str:
        """Engine and model, as the report shows it."""
        return "bundled diarizer"

    @property
    def fingerprint(self) -> str:
        """What the result depends on."""
        return f"bundled-diarizer-{VERSION}"

    def __enter__(self) -> Self:
        """Do nothing: there is no model to load."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Do nothing: nothing was kept."""

    def diarize(
        self, samples: Samples, activity: LaneActivity, *, speakers: int | None = 2, progress: Progress | None = None
    ) -> Diarization:
        """Return who spoke when.

        Args:
            samples: The one lane, 16 kHz, read in slices.
            activity: When anybody speaks in it.
            speakers: How many there are; ``None`` to find out, up to three.
            progress: Told the share done.
        """
        if speakers is not None and speakers < 1:
            raise ValueError(f"expected at least one speaker, got {speakers}")
        # One thread, whatever the machine has: small products of matrices gain nothing by more, lose much on a machine
        # that is busy, and are rounded differently, so that the same call could come out another way.
        with threadpool_limits(1, "blas"):
            return self._diarize(samples, activity, speakers, progress or (lambda _: None))

    def _diarize(self, samples: Samples, activity: LaneActivity, speakers: int | None, told: Progress) -> Diarization:
        speech = _mask(activity.speech, -(-len(samples) // FRAME))
        if not speech.any():
            return Diarization({}, {})
        features = measure(samples, speech, lambda share: told(0.4 * share))
        voices = _voices(_some(features), speakers, lambda share: told(0.4 + 0.4 * share))
        followed = follow(samples, features, _some(features), voices.guess)
        told(1.0)
        return _named(features, followed, voices, len(samples) / RATE)


def _mask(speech: Timeline, count: int) -> Mask:
    mask = np.zeros(count, np.bool_)
    for interval in speech:
        mask[round(interval.start * PER_SECOND) : round(interval.end * PER_SECOND)] = True
    return mask


def _some(features: Features) -> Features:
    """Return the features with all their speech, or of a long call with pieces from everywhere."""
    every = np.arange(len(features.speech))
    share = max(-(-len(every) // _HEARD), 1)
    return replace(features, speech=features.speech[every // _PIECE % share == 0])


def _voices(features: Features, speakers: int | None, told: Callable[[float], None]) -> _Voices:
    """Return the voices of a call, and what to say about them."""
    if speakers == 1:
        return _Voices(None)
    everybody = background(features)
    guess = best_guess(features, everybody, speakers or 2, told=told)
    if guess is None:
        return _Voices(None, (LITTLE,) if speakers else ())
    if guess.count > 2:
        return _Voices(guess)
    three = best_guess(features, everybody, 3, beginnings=BEGINNINGS_OF_THREE)
    if three and looks_like_three(three.distances, three.labels, float(guess.distances[0, 1])):
        return _Voices(three, (JOINED,), sides(three.labels)) if speakers else _Voices(three, (THREE,))
    if looks_like_one(float(guess.distances[0, 1]), features.speech, guess.labels):
        return _Voices(guess, (ALIKE,)) if speakers else _Voices(None, (ONE_VOICE,))
    return _Voices(guess)


def _named(features: Features, followed: Followed, voices: _Voices, duration: float) -> Diarization:
    """Return parties as speakers, numbered in the order in which they are first heard."""
    count = voices.guess.count if voices.guess else 1
    side = voices.one_side or tuple(range(count))
    sure = _sureness(voices.guess, side)
    speech, exclusive, confidence = {}, {}, {}
    active: list[Mask] = [
        np.asarray(followed.active[:, np.isin(side, [party])].max(axis=1)) for party in range(max(side) + 1)
    ]
    order = sorted((int(a.argmax()), party) for party, a in enumerate(active) if a.any())
    for number, (_, party) in enumerate(order, start=1):
        label = str(number)
        speech[label] = _timeline(features, active[party], duration)
        alone: Mask = np.equal(np.asarray(side)[followed.loudest], party)
        exclusive[label] = _timeline(features, alone, duration)
        if sure:
            confidence[label] = sure[party]
    return Diarization(speech, exclusive, voices.warnings, confidence)


def _sureness(guess: Guess | None, side: tuple[int, ...]) -> tuple[float, ...]:
    """Return for each party how far it can be told from those of the other party."""
    if guess is None:
        return ()
    others = np.not_equal.outer(side, side)
    nearest = np.where(others, guess.distances, np.inf).min(axis=1)
    return tuple(told_right(float(min(nearest[i] for i, p in enumerate(side) if p == party))) for party in set(side))


def _timeline(features: Features, which: Mask, duration: float) -> Timeline:
    mask = np.zeros(len(features.cepstra), np.bool_)
    mask[features.speech[which]] = True
    return timeline(mask, duration)
