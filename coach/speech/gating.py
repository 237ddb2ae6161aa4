"""Two lanes made of one: each party's own, silent where only the other one speaks.

    mono   ───AAAA──BBB─AAA(AB)BB───
    A      ──-AAAA------AAA(AB)-----
    B      ---------BBB----(AB)BB──-

From here on a mono call is heard as a call with a channel a party: words go where the voice says.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Mapping
from dataclasses import replace

import numpy as np

from coach.conversation import Interval, Timeline, complement, intersection, nearest, union
from coach.speech.activity import LaneActivity
from coach.speech.diarizers.protocol import Diarization
from coach.speech.frames import mask_of
from coach.speech.hearing import rms
from coach.speech.levels import NOTHING, PER_SECOND
from coach.speech.samples import RATE, Int16, Samples

PAD = 0.15
"""Seconds kept before and after a party's speech where the other one is silent."""

FADE = RATE // 100
"""Samples (10 ms) in which a lane opens and closes, so that nothing clicks."""


class Gated:
    """A lane that can be heard at some times and is silent at all others.

    Sample positions are the lane's own. It opens and closes within the times given, never outside.
    """

    def __init__(self, samples: Samples, audible: Timeline) -> None:
        self._samples = samples
        spans = [(round(one.start * RATE), min(round(one.end * RATE), len(samples))) for one in audible]
        self._spans = [(start, stop) for start, stop in spans if stop > start]
        self._starts = [start for start, _ in self._spans]
        self._stops = [stop for _, stop in self._spans]

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self._samples)

    def read(self, start: int, stop: int) -> Int16:
        """Return samples ``start`` to ``stop``, clipped to the lane."""
        start, stop = max(start, 0), min(max(stop, 0), len(self))
        heard = np.zeros(max(stop - start, 0), np.int16)
        for first, last in self._spans[bisect_right(self._stops, start) : bisect_left(self._starts, stop)]:
            low, high = max(first, start), min(last, stop)
            sound = self._samples.read(low, high)
            at = np.arange(low, high)
            fade = min(FADE, (last - first) // 2)
            if low - first < fade or last - high < fade:
                gain = np.minimum(np.minimum(at - first + 1, last - at) / (fade + 1), 1.0)
                sound = np.rint(sound * gain).astype(np.int16)
            heard[low - start : high - start] = sound
        return heard


def party_lanes(
    samples: Samples, diarization: Diarization, activity: LaneActivity | None = None
) -> Mapping[str, Samples]:
    """Return a lane for each speaker.

    Args:
        samples: The one lane.
        diarization: Who speaks when in it.
        activity: When anybody speaks; with it, what may be words outside speech can be heard too.
    """
    likely = shared_out(activity.likely, diarization) if activity is not None else {}
    duration = len(samples) / RATE
    return {
        label: Gated(samples, _audible(diarization, label, likely.get(label, ()), duration))
        for label in diarization.speech
    }


def party_activity(activity: LaneActivity, diarization: Diarization) -> Mapping[str, LaneActivity]:
    """Return when each speaker speaks, as if from a lane of their own.

    What the one lane was warned of is not said again for each.

    Args:
        activity: When anybody speaks.
        diarization: Who it is.
    """
    likely = shared_out(activity.likely, diarization)
    duration = len(activity.levels) / PER_SECOND
    found = {}
    for label, speech in diarization.speech.items():
        spoken, open_ = (
            mask_of(times, len(activity.levels))
            for times in (speech, _audible(diarization, label, likely[label], duration))
        )
        found[label] = replace(
            activity,
            speech=speech,
            likely=union(speech, likely[label]),
            level=rms(activity.levels[spoken]) if spoken.any() else (activity.level if speech else None),
            warnings=(),
            levels=np.where(open_, activity.levels, np.float16(NOTHING)),
        )
    return found


def shared_out(likely: Timeline, diarization: Diarization) -> Mapping[str, Timeline]:
    """Return for each speaker what may be their words, the speech of all others left out.

    What lies in nobody's speech belongs to whoever speaks nearest to it.

    Args:
        likely: Where words may be, whoever says them.
        diarization: Who speaks when.
    """
    turns = sorted((span, label) for label, spans in diarization.exclusive.items() for span in spans)
    everybody = union(*diarization.speech.values())
    end = max((one.end for one in likely), default=0.0)
    shares: dict[str, list[Interval]] = {label: [] for label in diarization.speech}
    for label, spans in diarization.speech.items():
        shares[label].extend(intersection(likely, spans))
    spans_only = [span for span, _ in turns]
    for piece in intersection(likely, complement(everybody, Interval(0.0, end))):
        index = nearest(spans_only, piece.middle)
        if index is not None:
            shares[turns[index][1]].append(piece)
    return {label: union(own) for label, own in shares.items()}


def _audible(diarization: Diarization, label: str, likely: Timeline, duration: float) -> Timeline:
    """Return when a speaker's lane is open: never while only others speak."""
    own = union(diarization.speech[label], likely)
    padded = union(
        Interval(max(one.start - PAD, 0.0), min(one.end + PAD, duration)) for one in own if one.start < duration
    )
    others = union(*(spans for other, spans in diarization.speech.items() if other != label))
    theirs = intersection(others, complement(diarization.speech[label], Interval(0.0, duration)))
    return intersection(padded, complement(theirs, Interval(0.0, duration)))
