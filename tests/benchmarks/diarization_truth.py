"""What diarizers are measured on, and who really speaks there.

Made calls know it from their clean stems. Recordings with a channel a party get it by the same fixed rule from
each clean channel before the two are mixed: 10 ms frames, 12 dB above the channel's noise floor, gaps under 0.3 s
bridged. Others were annotated by people. The product's own activity never comes in.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import soundfile as sf

from coach.conversation import Interval, Timeline
from tests.benchmarks.diarization_calls import MadeCall, Recipe, Spoken, make
from tests.calls.stems import LINE, RATE, Float, activity, frame_levels, speech_level

QUIETEST = 10
"""Percentile of a channel's frames that is taken for its noise floor."""

CHANNELS = "auto-repairs-40"
HUMAN = {
    "sample": "sample.rttm",
    "dev00": "debug.development.rttm",
    "dev01": "debug.development.rttm",
    "trn03": "debug.train.rttm",
}
"""Recordings and the files that say who speaks in them."""
SHORT = ("speechmatics-stereo", "google-two-channel", "stereo_diarization")


@dataclass(frozen=True, slots=True, eq=False)
class Recording:
    """A mono recording and its truth.

    Attributes:
        name: Short and unique.
        group: Under which it is summed up.
        path: The sound.
        truth: When each side speaks, both agents of a transfer taken together.
        speakers: When each voice speaks.
        made: The made call that it is, if any.
    """

    name: str
    group: str
    path: Path
    truth: Spoken = field(repr=False)
    speakers: Spoken = field(repr=False)
    made: MadeCall | None = field(default=None, repr=False)

    @property
    def duration(self) -> float:
        """Length, in seconds."""
        return float(sf.info(self.path).duration)


def lane_speech(lane: Float, rate: int) -> Timeline:
    """Return when the party of a clean channel speaks.

    A channel that is muted between utterances has no noise: its floor is then taken to lie 40 dB below the speech,
    as on a good line and as in the made calls.

    Args:
        lane: Samples, full scale 1: shape ``(n,)``.
        rate: Samples a second, a multiple of 8,000.

    Raises:
        ValueError: The rate is another.
    """
    if rate % RATE:
        raise ValueError(f"{rate} Hz is no multiple of {RATE} Hz")
    step = rate // RATE
    # As loud in every frame as the lane itself, at the rate that the rule of the made calls is written for.
    loudness = np.sqrt(np.mean(lane[: len(lane) // step * step].reshape(-1, step) ** 2, axis=1))
    floor = float(np.percentile(frame_levels(loudness), QUIETEST))
    return activity(loudness, max(floor - LINE, speech_level(loudness)))


def made(recipes: Sequence[Recipe], folder: Path) -> Iterator[Recording]:
    """Write the made calls of some recipes to a folder and yield them."""
    for recipe in recipes:
        call = make(recipe)
        yield Recording(recipe.name, recipe.group, call.write(folder), call.sides, call.speakers, call)


def real(data: Path, folder: Path) -> Iterator[Recording]:
    """Yield the real recordings that are there, the mixed ones written to a folder.

    Args:
        data: Folder of real calls.
        folder: Where to write the mixes.
    """
    parties = [data / CHANNELS / name for name in ("agent.wav", "caller.wav")]
    if all(path.is_file() for path in parties):
        lanes, rate = zip(*(sf.read(path) for path in parties), strict=True)
        yield mixed(CHANNELS, "real call, mixed", lanes, rate[0], folder)
    for name, truth in HUMAN.items():
        path, marked = data / "pyannote" / f"{name}.wav", data / "pyannote" / truth
        if path.is_file() and marked.is_file():
            spoken = read_rttm(marked, name)
            yield Recording(name, "annotated by people", path, spoken, spoken)
    for name in SHORT:
        path = data / "short" / f"{name}.wav"
        if path.is_file():
            samples, rate = sf.read(path, always_2d=True)
            yield mixed(name, "real, under 10 s, mixed", list(samples.T), rate, folder)


def mixed(name: str, group: str, lanes: Sequence[Float], rate: int, folder: Path) -> Recording:
    """Return the mean of an agent's and a customer's channel as a recording, with the truth from each."""
    size = max(map(len, lanes))
    padded = [np.pad(lane, (0, size - len(lane))) for lane in lanes]
    spoken = {side: lane_speech(lane, rate) for side, lane in zip(("agent", "customer"), padded, strict=True)}
    path = folder / f"{name}-mixed.wav"
    sf.write(path, np.mean(padded, axis=0), rate, subtype="PCM_16")
    return Recording(name, group, path, spoken, spoken)


def read_rttm(path: Path, name: str) -> Spoken:
    """Return who spoke when in one recording of a file in NIST's format."""
    found: dict[str, list[Interval]] = {}
    for line in path.read_text(encoding="utf-8").splitlines():
        row = line.split()
        if len(row) > 7 and row[0] == "SPEAKER" and row[1] == name:
            start, lasts = float(row[3]), float(row[4])
            found.setdefault(row[7], []).append(Interval(start, start + lasts))
    return {who: tuple(sorted(spoken)) for who, spoken in found.items()}
