"""Put together what was heard of a long call in windows, and order what was heard of any."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from coach.conversation import Interval, Timeline, intersection, total, union

Voice = NDArray[np.float64]

SAME_WINDOW = 0.25
"""Added to the distance of two voices that one window told apart."""

SAME_TIME = 0.5
"""Taken from the distance of two voices that two windows hear at the very same time."""

_LEAST_SHARED = 1.0  # seconds of speech where two windows overlap, below which they do not testify


@dataclass(frozen=True, slots=True)
class Heard:
    """Who spoke when in a window of a call, or in all of it.

    Attributes:
        window: What was listened to.
        speech: Each speaker's speech by label, in time of the recording; two speakers' may overlap.
        exclusive: The same with at most one speaker at every moment.
        voices: A vector a speaker that is near another's when the voices are alike: shape ``(dimension,)``;
            missing where none could be made.
    """

    window: Interval
    speech: Mapping[str, Timeline]
    exclusive: Mapping[str, Timeline]
    voices: Mapping[str, Voice]


def windows(duration: float, longest: float, overlap: float) -> tuple[Interval, ...]:
    """Return windows of one length that cover a call, each overlapping the one before.

    >>> windows(50.0, 60.0, 10.0)
    (Interval(start=0.0, end=50.0),)
    >>> windows(130.0, 60.0, 10.0)
    (Interval(start=0.0, end=50.0), Interval(start=40.0, end=90.0), Interval(start=80.0, end=130.0))

    Args:
        duration: Seconds of the call.
        longest: Seconds a window may have.
        overlap: Seconds that neighbours share; less than ``longest``.
    """
    if duration <= longest:
        return (Interval(0.0, duration),)
    number = int(np.ceil((duration - overlap) / (longest - overlap)))
    step = (duration - overlap) / number
    return tuple(Interval(index * step, min(index * step + step + overlap, duration)) for index in range(number))


def one_at_a_time(speech: Mapping[str, Timeline]) -> dict[str, Timeline]:
    """Return the speech with every moment given to one speaker.

    Where several speak, it is given to whose stretch is the shortest: a few words over another's story are heard
    nowhere else, and the story goes on before and after them.

    >>> one_at_a_time({"1": (Interval(0, 9),), "2": (Interval(4, 5),)})
    {'1': (Interval(start=0, end=4), Interval(start=5, end=9)), '2': (Interval(start=4, end=5),)}
    """
    stretches = sorted(
        ((interval.duration, -interval.start, label, interval) for label, times in speech.items() for interval in times)
    )
    given: dict[str, list[Interval]] = {label: [] for label in speech}
    taken: Timeline = ()
    for _, _, label, interval in stretches:
        given[label] += _without(interval, taken)
        taken = union(taken, [interval])
    return {label: union(intervals) for label, intervals in given.items()}


def stitched(heard: Sequence[Heard], speakers: int | None) -> Heard:
    """Return one call from its windows, speakers labelled ``1``, ``2`` … in order of their first speech.

    Args:
        heard: The windows, in order; one is only labelled anew.
        speakers: How many there are; ``None`` for as many as the window that tells most apart.
    """
    parts = [(part, label) for part in heard for label in part.speech if part.speech[label]]
    groups = _groups(heard, parts, speakers) if len(heard) > 1 else [[part] for part in parts]
    kept = _kept([part.window for part in heard])
    found = []
    for group in groups:
        speech = union(*(intersection(part.speech[label], [kept[part.window]]) for part, label in group))
        alone = union(*(intersection(part.exclusive.get(label, ()), [kept[part.window]]) for part, label in group))
        if speech:
            found.append((speech, alone, _voice(group)))
    found.sort(key=lambda one: one[0][0])
    labels = [str(number) for number in range(1, len(found) + 1)]
    named = dict(zip(labels, found, strict=True))
    return Heard(
        Interval(heard[0].window.start, heard[-1].window.end),
        {label: one[0] for label, one in named.items()},
        {label: one[1] for label, one in named.items()},
        {label: one[2] for label, one in named.items() if one[2] is not None},
    )


def distances(voices: Mapping[str, Voice]) -> dict[str, float]:
    """Return for each voice its cosine distance, 0 to 2, from the one most like it; nothing for a voice alone."""
    return {
        label: min(_distance(voice, other) for name, other in voices.items() if name != label)
        for label, voice in voices.items()
        if len(voices) > 1
    }


Part = tuple[Heard, str]


def _groups(heard: Sequence[Heard], parts: Sequence[Part], speakers: int | None) -> list[list[Part]]:
    """Return which speakers of the windows are one and the same.

    Groups are merged from the cheapest merge on; a merge costs the mean distance of the voices times the harmonic mean
    of the seconds, so that a scrap with an odd voice joins a party rather than standing as one.
    """
    wanted = speakers or max((sum(bool(times) for times in part.speech.values()) for part in heard), default=0)
    apart = np.array([[_apart(one, other) for other in parts] for one in parts])
    seconds = np.array([total(part.speech[label]) for part, label in parts])
    groups = [[index] for index in range(len(parts))]
    while len(groups) > max(wanted, 1):
        _, low, high = min(
            (_cost(groups[low], groups[high], apart, seconds), low, high)
            for low in range(len(groups))
            for high in range(low + 1, len(groups))
        )
        groups[low] += groups.pop(high)
    return [[parts[index] for index in group] for group in groups]


def _cost(one: Sequence[int], other: Sequence[int], apart: Voice, seconds: Voice) -> float:
    ours, theirs = seconds[list(one)], seconds[list(other)]
    distance = float(ours @ apart[np.ix_(one, other)] @ theirs) / float(ours.sum() * theirs.sum())
    return distance * float(ours.sum() * theirs.sum() / (ours.sum() + theirs.sum()))


def _apart(one: Part, other: Part) -> float:
    """Return how unlike two speakers of windows are: of their voices, and of when they speak where both can."""
    (here, label), (there, name) = one, other
    voice, voice_there = here.voices.get(label), there.voices.get(name)
    distance = 1.0 if voice is None or voice_there is None else _distance(voice, voice_there)
    if here is there:
        return distance + SAME_WINDOW if label != name else 0.0
    shared = here.window & there.window
    if shared is None:
        return distance
    ours, theirs = intersection(here.speech[label], [shared]), intersection(there.speech[name], [shared])
    most = max(total(ours), total(theirs))
    if most < _LEAST_SHARED:
        return distance
    return max(distance - SAME_TIME * total(intersection(ours, theirs)) / most, 0.0)


def _kept(spans: Sequence[Interval]) -> dict[Interval, Interval]:
    """Return for each window the part of it that counts: neighbours part in the middle of what they share."""
    edges = [spans[0].start, *((later.start + one.end) / 2 for one, later in pairwise(spans)), spans[-1].end]
    return {span: Interval(start, end) for span, (start, end) in zip(spans, pairwise(edges), strict=True)}


def _voice(group: Sequence[Part]) -> Voice | None:
    """Return the mean of a group's voices, by their seconds."""
    known = [(part.voices[label], total(part.speech[label])) for part, label in group if label in part.voices]
    if not known:
        return None
    return np.asarray(sum(voice * seconds for voice, seconds in known) / sum(seconds for _, seconds in known))


def _distance(one: Voice, other: Voice) -> float:
    length = float(np.linalg.norm(one) * np.linalg.norm(other))
    return 1.0 - float(one @ other) / length if length > 0 else 1.0


def _without(interval: Interval, taken: Timeline) -> list[Interval]:
    rest, at = [], interval.start
    for shared in intersection([interval], taken):
        if shared.start > at:
            rest.append(Interval(at, shared.start))
        at = shared.end
    return [*rest, Interval(at, interval.end)] if at < interval.end else rest
