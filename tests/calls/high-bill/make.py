"""Make the call from script.toml: ``python tests/calls/high-bill/make.py`` in a checkout.

Needs festival, flite and scipy (see tests/calls/synthesis.py); the sound it makes is committed, so
only somebody who changes the script runs it.
"""

from __future__ import annotations

import json
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import soundfile as sf

from coach.conversation import Word
from tests.calls.compose import Clip, line_noise
from tests.calls.stems import LEVEL, RATE, Float, activity
from tests.calls.synthesis import utter

HERE = Path(__file__).resolve().parent
SIDES = ("agent", "customer")
Entry = dict[str, Any]


@dataclass
class Said:
    """One sentence in the call; ``at`` is where its samples start, in seconds."""

    entry: Entry
    clip: Clip
    at: float

    @property
    def start(self) -> float:
        """Onset of its speech, by energy."""
        return round(self.at + self.clip.onset, 3)

    @property
    def end(self) -> float:
        """End of its speech, by energy."""
        return round(self.at + self.clip.offset, 3)

    @property
    def words(self) -> list[tuple[str, float, float]]:
        """Words with their times in the call."""
        return [(w.text, round(w.start + self.at, 3), round(w.end + self.at, 3)) for w in self.clip.words]

    @property
    def text(self) -> str:
        """What was really said: broken off where it was cut."""
        return " ".join(w.text for w in self.clip.words)


def main() -> None:
    """Write high-bill.wav and truth.json."""
    script = tomllib.loads((HERE / "script.toml").read_text())
    said = place(script)
    seconds = round(max(s.end for s in said) + script["call"]["tail"], 2)
    stems = {side: stem([s for s in said if s.entry["by"] == side], seconds) for side in SIDES}
    rng = np.random.default_rng(1)
    lanes = [
        stems[side] * 10 ** ((script["voices"][side]["level"] - LEVEL) / 20)
        + line_noise(rng, len(stems[side])) * 10 ** (script["call"]["noise"] / 20)
        for side in SIDES
    ]
    sf.write(HERE / "high-bill.wav", np.stack(lanes, axis=1), RATE, format="WAV", subtype="ULAW")
    lines = ",\n".join(f'"{key}": {_laid_out(value)}' for key, value in truth(said, stems, seconds).items())
    (HERE / "truth.json").write_text("{\n" + lines + "\n}\n")


def place(script: Entry) -> list[Said]:
    """Return every sentence with its sound and its place."""
    said: list[Said] = []
    by_id: dict[str, Said] = {}
    for entry in script["say"]:
        if "into" in entry:
            other = by_id[entry["into"]]
            start = other.at + other.clip.words[entry["word"]].start + entry.get("late", 0.0)
            if "stops" in other.entry:
                other.clip = other.clip.up_to(start + other.entry["stops"] - other.at)
        else:
            before = by_id[entry["after"]] if "after" in entry else (said[-1] if said else None)
            start = before.end + entry["gap"] if before else script["call"]["lead"]
        clip = voiced(entry, script["voices"][entry["by"]])
        said.append(Said(entry, clip, round(start - clip.onset, 2)))
        by_id[entry["id"]] = said[-1]
    return said


def voiced(entry: Entry, voice: Entry) -> Clip:
    """Return one sentence as its speaker says it."""
    stretch = float(entry["stretch"] if "stretch" in entry else voice["stretch"])
    clip = utter(voice["engine"], voice["voice"], entry["text"], say=entry.get("say"), stretch=stretch)
    words = tuple(Word(text, start, end, 1.0) for text, start, end in clip.words)
    return Clip(voice["voice"], "", entry["id"], "", "", clip.samples, words, activity(clip.samples))


def stem(said: list[Said], seconds: float) -> Float:
    """Return one party alone, at -20 dBFS and without noise."""
    samples = np.zeros(round(seconds * RATE))
    for one in said:
        at = round(one.at * RATE)
        samples[at : at + len(one.clip.samples)] += one.clip.samples
    return samples


def truth(said: list[Said], stems: dict[str, Float], seconds: float) -> Entry:
    """Return what is true of the call."""
    return {
        "recording": "high-bill.wav",
        "sample_rate": RATE,
        "duration": seconds,
        "agent_channel": 0,
        "how": "Times in seconds. Speech is the clean stems' energy: 10 ms frames 28 dB under the speech level or "
        "louder (12 dB above a line's noise floor), gaps under 0.3 s bridged. The agent is the left channel.",
        "utterances": [
            {
                "id": s.entry["id"],
                "role": s.entry["by"],
                "start": s.start,
                "end": s.end,
                "text": s.text,
                "what": s.entry.get("what", []),
                "words": s.words,
            }
            for s in said
        ],
        "speech": {
            side: [[round(i.start, 2), round(i.end, 2)] for i in activity(samples)] for side, samples in stems.items()
        },
        "events": sorted(events(said), key=lambda e: (e["start"], e["end"])),
        "private": [
            {"kind": s.entry["private"], "role": s.entry["by"], "start": s.start, "end": s.end}
            for s in said
            if "private" in s.entry
        ],
    }


def events(said: list[Said]) -> list[Entry]:
    """Return the moments: what each sentence is, and what became of each story."""
    by_id = {s.entry["id"]: s for s in said}
    found: list[Entry] = []
    for one in said:
        for kind in one.entry.get("what", []):
            event = {"kind": kind, "role": one.entry["by"], "start": one.start, "end": one.end, "text": one.text}
            if kind == "interruption":
                event["end"] = by_id[one.entry["into"]].end
                event["overlap"] = round(event["end"] - event["start"], 3)
            if kind == "hold":
                following = next(s for s in said if s.start > one.end)
                event |= {"end": following.start, "silence": [one.end, following.start]}
            found.append(event)
        if one.entry.get("account") == "missed":
            found.append(
                {"kind": "missed_paraphrase", "role": "agent", "start": one.start, "end": one.end, "text": one.text}
            )
    return found


def _laid_out(value: object) -> str:
    """Return JSON with one line an item, so that a change can be read."""
    if isinstance(value, list):
        return "[\n  " + ",\n  ".join(json.dumps(item) for item in value) + "\n]"
    return json.dumps(value)


if __name__ == "__main__":
    main()
