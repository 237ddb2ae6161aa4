"""Make the calls in which a card is read out: ``python tests/calls/cards/make.py`` in a checkout.

Needs festival, flite and scipy (see tests/calls/synthesis.py); the sound is committed, so only somebody who
changes the calls runs it. What is said comes from tests/benchmarks/masking_made.py, by a seed of its own.
"""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf

from tests.benchmarks.masking_made import Maker
from tests.calls.stems import RATE, Float
from tests.calls.synthesis import utter

HERE = Path(__file__).resolve().parent
CALLS = 32
SEED = 2026
VOICES = (
    ("festival", "cmu_us_slt_arctic_hts"),
    ("flite", "rms"),
    ("flite", "awb"),
    ("flite", "slt"),
)
GAP, LEAD, TAIL, LONGEST_PAUSE = 0.5, 0.6, 0.6, 2.0
SIDES = ("agent", "customer")
SMALL = 0.985
"""Opus at about 10 kb/s; both parties in one file would be joined to one channel at such rates."""

_SAID = {
    "mm-hmm": "okay",
    "mhm": "okay",
    "uh": "uhh",
    "um": "umm",
    "er": "err",
    "o": "oh",
    "i'm": "i am",
    "cvc": "c v c",
}


def main() -> None:
    """Write one Opus file a party, without the line's noise, and truth.json."""
    maker = Maker("held", SEED)
    rng = random.Random(SEED)
    truth = []
    for number in range(1, CALLS + 1):
        lines = maker.card() if number % 4 else maker.card() + maker.expiry() + maker.cvv()
        customer = VOICES[number % len(VOICES)]
        agent = VOICES[(number + 1 + number // len(VOICES) % 2) % len(VOICES)]
        call = spoken(lines, {"a": agent, "c": customer}, rng)
        for side, lane in zip(SIDES, call.pop("lanes"), strict=True):
            path = HERE / f"card-{number:02}-{side}.opus"
            sf.write(path, lane, RATE, format="OGG", subtype="OPUS", compression_level=SMALL)
        truth.append({"recording": f"card-{number:02}", **call})
    rows = ",\n".join(json.dumps(row) for row in truth)
    (HERE / "truth.json").write_text(f"[\n{rows}\n]\n")


def spoken(lines: list[str], voices: dict[str, tuple[str, str]], rng: random.Random) -> dict[str, Any]:
    """Return a call: both lanes, what was said, and where the private words are."""
    placed: dict[str, list[tuple[float, Float]]] = {"a": [], "c": []}
    said: list[dict[str, Any]] = []
    at = LEAD
    for line in lines:
        speaker, _, text = line.partition(": ")
        for chunk in re.split(r"(<[\d.]+>)", text):
            if pause := re.fullmatch(r"<([\d.]+)>", chunk):
                at += min(float(pause[1]), LONGEST_PAUSE)
                continue
            words, private = _words(chunk)
            if not words:
                continue
            clip = utter(*voices[speaker], " ".join(words), stretch=rng.choice([1.0, 1.1, 1.2]))
            placed[speaker].append((at, clip.samples))
            for (word, start, end), hidden in zip(clip.words, private, strict=True):
                said.append({"by": speaker, "word": word, "start": round(at + start, 2), "end": round(at + end, 2)})
                said[-1] |= {"private": True} if hidden else {}
            at += len(clip.samples) / RATE + rng.uniform(0.05, 0.2)
        at += GAP
    size = round((at + TAIL) * RATE)
    return {"seconds": round(size / RATE, 2), "lanes": [_lane(placed[s], size) for s in "ac"], "said": said}


def _words(chunk: str) -> tuple[list[str], list[bool]]:
    """Return a chunk's words as a synthesiser reads them, and which of them are private."""
    words: list[str] = []
    private: list[bool] = []
    inside = False
    for bit in re.findall(r"[{}]|[^\s{}]+", chunk):
        if bit in "{}":
            inside = bit == "{"
            continue
        for word in re.sub(r"(?<=\d)(?=\d)", " ", _SAID.get(bit, bit)).replace("-", " ").split():
            words.append(_digit(word))
            private.append(inside)
    return words, private


def _digit(word: str) -> str:
    return "zero one two three four five six seven eight nine".split()[int(word)] if word.isdigit() else word


def _lane(clips: list[tuple[float, Float]], size: int) -> Float:
    lane = np.zeros(size)
    for at, samples in clips:
        first = round(at * RATE)
        lane[first : first + len(samples)] += samples[: size - first]
    return lane


if __name__ == "__main__":
    main()
