"""The diarizer that comes with the product: a call of two is an easier task than a meeting.

Nothing is learnt beforehand and nothing is kept afterwards: the voices are told apart by how they differ from each
other in this one call.

    speech → windows of 1 s → two groups → each party's sound → who speaks in every 10 ms
                                               ↑____________________|  six times
"""

from __future__ import annotations

from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from coach.conversation import Interval, Timeline
from coach.speech.activity import LaneActivity
from coach.speech.diarizers import clustering, resegmentation
from coach.speech.diarizers.clustering import Labels
from coach.speech.diarizers.features import Features, measure
from coach.speech.diarizers.mixture import fit
from coach.speech.diarizers.protocol import Diarization
from coach.speech.frames import Mask, timeline
from coach.speech.levels import PER_SECOND
from coach.speech.samples import RATE, Samples
from coach.speech.transcribers.protocol import Progress

VERSION = 1
"""Raised with every change of what comes out."""

ONE_VOICE = (
    "Only one voice was heard well enough to be told apart, so everything is put down to one speaker. If you recorded "
    "your own side alone, say so with --only-me."
)

_GAUSSIANS = 64
_MOST = 40_000  # frames that the call's own mixture is fitted to
_LISTENED = 60_000  # frames (10 minutes) that the parties are learnt from
_PIECE = 3_000  # frames that are taken together of a call longer than that


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
            speakers: How many there are; ``None`` to find out.
            progress: Told the share done.
        """
        if speakers is not None and speakers < 1:
            raise ValueError(f"expected at least one speaker, got {speakers}")
        told = progress or (lambda _: None)
        duration = len(samples) / RATE
        speech = _mask(activity.speech, -(-len(samples) * PER_SECOND // RATE))
        if not speech.any():
            return Diarization({}, {})
        features = measure(samples, speech, lambda share: told(0.5 * share))
        count = speakers or 2
        spans = clustering.windows(features.speech)
        if len(spans) <= count or count == 1:
            return _one(features, len(speech), duration)
        labels = _told_apart(features, spans, count)
        told(1.0)
        return _named(features, labels, len(speech), duration)


def _mask(speech: Timeline, count: int) -> Mask:
    mask = np.zeros(count, np.bool_)
    for interval in speech:
        mask[round(interval.start * PER_SECOND) : round(interval.end * PER_SECOND)] = True
    return mask


def _told_apart(features: Features, spans: clustering.Windows, count: int) -> Labels:
    """Return whose each frame of speech is: shape ``(len(features.speech),)``."""
    every = np.arange(len(features.speech))
    some = every[:: max(-(-len(every) // _MOST), 1)]
    background = fit(features.of(features.speech[some]), _GAUSSIANS)
    groups = clustering.parted(clustering.voices(features, spans, background), count)
    heard = _spread_out(len(every))
    labels = clustering.spread(spans, groups, len(every), count)[heard]
    costs = resegmentation.costs(features.speech)
    for _ in range(resegmentation.ROUNDS - 1):
        parties = resegmentation.learnt(features, heard, labels, count)
        found = resegmentation.way(resegmentation.likelihoods(features, heard, parties), costs[heard])
        if len(np.unique(found)) < count:
            break
        labels = found
    parties = resegmentation.learnt(features, heard, labels, count)
    return resegmentation.way(resegmentation.likelihoods(features, every, parties), costs)


def _spread_out(length: int) -> NDArray[np.int64]:
    """Return all positions of a call, or of a long one pieces from everywhere: rising."""
    every = np.arange(length)
    share = max(-(-length // _LISTENED), 1)
    return np.asarray(every[(every // _PIECE) % share == 0])


def _named(features: Features, labels: Labels, frames: int, duration: float) -> Diarization:
    """Return labels as speakers, numbered in the order in which they are first heard."""
    order = sorted(np.unique(labels).tolist(), key=lambda label: int((labels == label).argmax()))
    speech: dict[str, tuple[Interval, ...]] = {}
    for number, label in enumerate(order, start=1):
        mask = np.zeros(frames, np.bool_)
        mask[features.speech[labels == label]] = True
        speech[str(number)] = timeline(mask, duration)
    return Diarization(speech, dict(speech))


def _one(features: Features, frames: int, duration: float) -> Diarization:
    everybody = np.zeros(len(features.speech), np.int8)
    found = _named(features, everybody, frames, duration)
    return Diarization(found.speech, found.exclusive, (ONE_VOICE,))
