"""A voice is measured from the report's own masked sound, and not at all where it cannot be known whose it is."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest
import soundfile

from coach.app.tone import tone_of
from coach.resources import resource

EXAMPLE = Path(__file__).parents[3] / "reports" / "example" / "high-bill.html"


@pytest.fixture(name="report")
def _report(tmp_path: Path) -> tuple[dict[str, object], Path]:
    page = tmp_path / "call.html"
    shutil.copy(EXAMPLE, page)
    return json.loads(EXAMPLE.with_suffix(".json").read_text()), page


def test_the_example_call_has_a_voice(report: tuple[dict[str, object], Path], tmp_path: Path) -> None:
    review, page = report
    (work := tmp_path / "work").mkdir()
    tone = tone_of(review, page, work)
    assert tone is not None
    assert 1 < tone.pitch_spread < 12
    assert tone.pace == pytest.approx(review["measures"]["pace_agent"]["value"])  # type: ignore[index]
    assert tone.pauses is not None
    assert 0 < tone.pauses < 0.5
    assert list(work.iterdir()) == []  # nothing of the sound stays


def test_sound_beside_the_page_is_the_same_voice(report: tuple[dict[str, object], Path], tmp_path: Path) -> None:
    review, page = report
    demo = resource("demo", "high-bill.wav")
    shutil.copy(demo, page.with_suffix(".mp3"))  # what it is is told by its content
    tone = tone_of(review, page, tmp_path)
    assert tone is not None
    assert 1 < tone.pitch_spread < 12


def test_a_beep_where_something_was_masked_is_nobodys_voice(tmp_path: Path) -> None:
    time = np.arange(60 * 16_000) / 16_000
    voice = sum(np.sin(2 * np.pi * 150 * n * time) / n for n in range(1, 10)) * 0.1
    beeped = np.where((time > 20) & (time < 40), 0.1 * np.sin(2 * np.pi * 1000 * time), voice)
    soundfile.write(tmp_path / "call.mp3", beeped, 16_000, format="WAV")  # what it is is told by its content
    said = [{"text": "[card]", "start": 20.2, "end": 39.8}]
    review: dict[str, object] = {
        "speech": {"agent": [[0.0, 60.0]]},
        "turns": [{"role": "agent", "kind": "turn", "start": 0.0, "end": 60.0, "words": said}],
    }
    tone = tone_of(review, tmp_path / "call.html", tmp_path)
    assert tone is not None
    assert tone.pitch_spread < 1
    review["turns"] = []
    mixed = tone_of(review, tmp_path / "call.html", tmp_path)
    assert mixed is not None
    assert mixed.pitch_spread > 1  # taken for a voice, it moves the measure


@pytest.mark.parametrize(
    "change",
    [
        {"speech": {"unknown": [[0.0, 60.0]]}},  # nobody knows which party is the agent
        {"speech": {"agent": [[0.0, 10.0]]}},  # too little
        {"speech": {"agent": "everything"}},
        {"speech": {"agent": [[5.0, float("nan")], ["a", 3], [9.0, 1.0]]}},
        {"speech": None},
    ],
)
def test_what_is_not_known_is_not_measured(
    change: dict[str, object], report: tuple[dict[str, object], Path], tmp_path: Path
) -> None:
    review, page = report
    assert tone_of(review | change, page, tmp_path) is None


def test_no_sound_no_voice(report: tuple[dict[str, object], Path], tmp_path: Path) -> None:
    review, page = report
    page.write_text("<audio src='data:audio/mpeg;base64,AAAA'></audio>")
    assert tone_of(review, page, tmp_path) is None
    page.write_text('<audio src="data:audio/mpeg;base64,AAAA=A"></audio>')
    assert tone_of(review, page, tmp_path) is None
    page.unlink()
    assert tone_of(review, page, tmp_path) is None
