"""The made calls that diarizers are measured on: mono, 8 kHz, µ-law, each party's speech known from its clean stem.

A call is a recipe (two voices, how loud, how noisy, how long) and a seed, so that the same one can be had again.
Speech by both at once is about a tenth of the talk, as the composer makes it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf
from numpy.typing import NDArray

from coach.conversation import Interval, Timeline, intersection, total, union
from tests.calls.compose import ComposedCall, Scenario, compose
from tests.calls.stems import RATE

Spoken = dict[str, Timeline]
"""Who spoke when."""

SEED = 7_000
LOUD = -21.0
"""RMS of the louder party's speech, in dBFS."""

APART = (0.0, 6.0, 12.0)
"""Decibels between the parties."""
NOISE = (40.0, 30.0, 20.0)
"""Decibels between the quieter party's speech and the noise."""
SECONDS = (60, 75, 90, 120, 60, 90, 150, 60, 75, 180, 90, 300)

Voice = tuple[str, float]
"""A voice of the pool and how much it is raised."""

MEN: tuple[tuple[Voice, Voice], ...] = (
    (("rms", 1.0), ("awb", 1.0)),
    (("kal", 1.0), ("rms", 1.0)),
    (("awb", 1.0), ("kal", 1.0)),
)
# The two women of the pool are one person in two synthesisers: raised, she becomes another.
WOMEN: tuple[tuple[Voice, Voice], ...] = (
    (("slt", 1.0), ("sue", 1.15)),
    (("sue", 1.0), ("slt", 1.12)),
    (("slt", 1.0), ("slt", 1.15)),
)
MIXED: tuple[tuple[Voice, Voice], ...] = (
    (("slt", 1.0), ("rms", 1.0)),
    (("awb", 1.0), ("sue", 1.0)),
    (("kal", 1.0), ("slt", 1.0)),
    (("sue", 1.0), ("rms", 1.0)),
    (("slt", 1.0), ("awb", 1.0)),
    (("sue", 1.15), ("kal", 1.0)),
)
TWO = ("same sex", "different sex")
"""Groups of two who both talk."""
ONLY_TURNS = {"none": 1.0}


@dataclass(frozen=True, slots=True)
class Recipe:
    """What a made call is like.

    Attributes:
        name: File name without a suffix.
        group: ``same sex``, ``different sex``, or what is special about it.
        seed: Decides everything else.
        seconds: About how long it is.
        voices: The agent's and the customer's; of a transfer, the second agent's as well.
        apart: Level of the agent over the customer, in dB.
        noise: Quieter party's speech over the noise, in dB.
    """

    name: str
    group: str
    seed: int
    seconds: float
    voices: tuple[Voice, ...]
    apart: float = 0.0
    noise: float = 30.0


@dataclass(frozen=True, slots=True, eq=False)
class MadeCall:
    """A made call.

    Attributes:
        recipe: What it is like.
        parts: The composed calls that follow each other in it: one, of a transfer two.
        mono: The mix at 8 kHz, as µ-law will hold it nearly: shape ``(n,)``.
        speakers: When each voice speaks: ``agent``, ``customer``, of a transfer ``second agent``.
    """

    recipe: Recipe
    parts: tuple[ComposedCall, ...]
    mono: NDArray[np.int16]
    speakers: Spoken = field(repr=False)

    @property
    def sides(self) -> Spoken:
        """When each side speaks: both agents of a transfer are one side."""
        merged: Spoken = {}
        for speaker, speech in self.speakers.items():
            side = speaker.removeprefix("second ")
            merged[side] = union(merged.get(side, ()), speech)
        return merged

    def conditions(self) -> dict[str, Any]:
        """Return what the call is like, as plain values."""
        recipe, spoken = self.recipe, [total(s) for s in self.speakers.values()]
        both = total(intersection(*self.sides.values())) if len(self.sides) == 2 else 0.0
        return {
            "group": recipe.group,
            "seed": recipe.seed,
            "seconds": len(self.mono) / RATE,
            "voices": {who: voice for who, voice in zip(self.speakers, recipe.voices, strict=False)},
            "agent_over_customer_db": recipe.apart,
            "noise_below_quieter_db": recipe.noise,
            "speech_seconds": dict(zip(self.speakers, spoken, strict=True)),
            "overlap_share_of_talk": both / (sum(spoken) - both),
        }

    def write(self, folder: Path) -> Path:
        """Write the mix as µ-law WAV, ``.json`` with what it is like, ``.rttm`` with who spoke; return the WAV."""
        stem = folder / self.recipe.name
        sf.write(stem.with_suffix(".wav"), self.mono, RATE, subtype="ULAW")
        stem.with_suffix(".json").write_text(json.dumps(self.conditions(), indent=1) + "\n")
        stem.with_suffix(".rttm").write_text(rttm(self.recipe.name, self.speakers))
        return stem.with_suffix(".wav")

    def write_stereo(self, path: Path) -> Path:
        """Write the same sound with the agent left and the customer right, µ-law too; return the path."""
        lanes = [np.concatenate([getattr(part, side) for part in self.parts]) for side in ("agent", "customer")]
        sf.write(path, np.stack(lanes, axis=1), RATE, subtype="ULAW")
        return path


def two_party(count: int = 24) -> list[Recipe]:
    """Return recipes of two who talk with each other: every other one of the same sex, every level and noise in turn.

    Args:
        count: How many, from the beginning of the list.
    """
    found = []
    for index in range(count):
        same, turn = index % 2 == 0, index // 2
        pairs = (MEN, WOMEN)[turn % 2] if same else MIXED
        pair = pairs[(turn // 2 if same else turn) % len(pairs)]
        level = APART[(turn + turn // 6) % 3]
        apart = level if turn % 4 < 2 or not level else -level
        group = TWO[0] if same else TWO[1]
        length = SECONDS[(index * 5 + turn // 6) % len(SECONDS)]
        noise = NOISE[(turn + turn // 3) % 3]
        found.append(Recipe(f"made-{index + 1:02}", group, SEED + index, length, pair, apart, noise))
    return found


def special() -> list[Recipe]:
    """Return recipes of what is not two who both talk: one, three, one who hardly speaks, one person on both sides."""
    rms, awb, kal, slt, sue = ((name, 1.0) for name in ("rms", "awb", "kal", "slt", "sue"))
    return [
        Recipe("one-1", "one speaker", SEED + 101, 90, (slt, rms)),
        Recipe("one-2", "one speaker", SEED + 102, 60, (awb, slt), noise=20.0),
        Recipe("three-1", "three speakers", SEED + 111, 90, (rms, slt, kal)),
        Recipe("three-2", "three speakers", SEED + 113, 90, (sue, awb, rms), apart=6.0),
        Recipe("terse-1", "hardly speaks", SEED + 121, 120, (slt, awb)),
        Recipe("terse-2", "hardly speaks", SEED + 122, 120, (rms, kal), apart=6.0),
        Recipe("alike-1", "one person, two synthesisers", SEED + 131, 90, (slt, sue)),
        Recipe("alike-2", "one person, two synthesisers", SEED + 132, 90, (sue, slt), apart=6.0),
    ]


def make(recipe: Recipe) -> MadeCall:
    """Return the call of a recipe."""
    agent, customer, *others = recipe.voices
    parts = [_composed(recipe, recipe.seed, (agent, customer))]
    speakers: Spoken = dict(parts[0].truth.speech)
    if recipe.group == "one speaker":
        return MadeCall(recipe, (parts[0],), parts[0].agent, {"agent": speakers["agent"]})
    for other in others:
        part = _composed(recipe, recipe.seed + 1, (other, customer))
        at = sum(p.duration for p in parts)
        speakers["second agent"] = later(part.truth.speech["agent"], at)
        speakers["customer"] = (*speakers["customer"], *later(part.truth.speech["customer"], at))
        parts.append(part)
    return MadeCall(recipe, tuple(parts), np.concatenate([mixed(part) for part in parts]), speakers)


def _composed(recipe: Recipe, seed: int, voices: tuple[Voice, Voice]) -> ComposedCall:
    levels = (LOUD + min(recipe.apart, 0.0), LOUD - max(recipe.apart, 0.0))
    scenario = Scenario(
        seconds=recipe.seconds,
        voices=(voices[0][0], voices[1][0]),
        raised=(voices[0][1], voices[1][1]),
        levels=levels,
        bleed=-np.inf,
        noise=recipe.noise + abs(recipe.apart),  # the composer lays each lane's own noise, the louder one's is heard
    )
    if recipe.group == "hardly speaks":
        return compose(seed, replace(scenario, terse="customer", events=ONLY_TURNS))
    return compose(seed, scenario)


def mixed(call: ComposedCall) -> NDArray[np.int16]:
    """Return both lanes of a call on one: shape ``(n,)``."""
    both = call.agent.astype(np.int32) + call.customer
    return np.asarray(np.clip(both, -(2**15), 2**15 - 1), np.int16)


def later(speech: Timeline, seconds: float) -> Timeline:
    """Return speech moved by some seconds."""
    return tuple(Interval(s.start + seconds, s.end + seconds) for s in speech)


def rttm(name: str, speakers: Spoken) -> str:
    """Return who spoke when in NIST's format."""
    rows = sorted((s.start, s.duration, who) for who, speech in speakers.items() for s in speech)
    return "".join(
        f"SPEAKER {name} 1 {start:.3f} {lasts:.3f} <NA> <NA> {who.replace(' ', '-')} <NA> <NA>\n"
        for start, lasts, who in rows
    )
