"""Calls to review, with their words, so that recognising is only done where it is what is tested."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
import soundfile
from command import DEMO

RATE = 8000

TALK = [
    ("agent", 0.5, 3.5, "Thank you for calling Northside Water my name is Ann how can I help you"),
    (
        "customer",
        4.0,
        9.0,
        "my bill went up to two hundred dollars and I was away the whole month so it cannot be right",
    ),
    ("agent", 9.4, 12.0, "Can I have your account number please so that I can pull up your account"),
    ("customer", 12.4, 14.0, "it is seven seven one two"),
    ("customer", 14.2, 19.0, "and my card number is four one one one one one one one one one one one one one one one"),
    ("agent", 19.4, 21.0, "thank you I will send a technician to read the meter again by Friday"),
]


def tone(seconds: float, speaks: list[tuple[float, float]]) -> np.ndarray:
    """Return noise bursts at 8 kHz where somebody would speak: enough for what needs no words."""
    samples = np.zeros(int(seconds * RATE))
    random = np.random.default_rng(1)
    for start, end in speaks:
        samples[int(start * RATE) : int(end * RATE)] = random.normal(0, 0.1, int(end * RATE) - int(start * RATE))
    return samples


@pytest.fixture
def transcript(tmp_path: Path) -> Path:
    segments = []
    for role, start, end, text in TALK:
        spoken = text.split()
        step = (end - start) / len(spoken)
        words = [
            {"word": w, "start": start + i * step, "end": start + (i + 1) * step, "score": 0.9, "speaker": role}
            for i, w in enumerate(spoken)
        ]
        segments.append({"start": start, "end": end, "text": text, "speaker": role, "words": words})
    path = tmp_path / "talk.json"
    path.write_text(json.dumps({"segments": segments, "language": "en"}), encoding="utf-8")
    return path


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    """A two-channel recording, agent right, whose sound follows the transcript."""
    lanes = [tone(22.0, [(s, e) for r, s, e, _ in TALK if r == role]) for role in ("customer", "agent")]
    path = tmp_path / "talk.wav"
    soundfile.write(path, np.stack(lanes, axis=1), RATE)
    return path


@pytest.fixture
def spoken(tmp_path: Path) -> tuple[Path, Path]:
    """The first seconds of the demo call, agent left, and their words: for what needs voices."""
    until = 16.0
    truth = json.loads(DEMO.with_name("truth.json").read_text(encoding="utf-8"))
    segments = [
        {"speaker": s["role"], "words": [{"word": w, "start": a, "end": b, "score": 0.9} for w, a, b in s["words"]]}
        for s in truth["utterances"]
        if s["end"] < until
    ]
    samples, rate = soundfile.read(DEMO)
    soundfile.write(tmp_path / "spoken.wav", samples[: int(until * rate)], rate)
    (tmp_path / "words.json").write_text(json.dumps({"segments": segments}), encoding="utf-8")
    return tmp_path / "spoken.wav", tmp_path / "words.json"


@pytest.fixture
def parties(tmp_path: Path, spoken: tuple[Path, Path]) -> list[object]:
    """The same call as one file a party."""
    samples, rate = soundfile.read(spoken[0])
    soundfile.write(tmp_path / "spoken-agent.wav", samples[:, 0], rate)
    soundfile.write(tmp_path / "spoken-caller.wav", samples[:, 1], rate)
    return ["--agent", tmp_path / "spoken-agent.wav", "--customer", tmp_path / "spoken-caller.wav"]
