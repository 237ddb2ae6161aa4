"""The question that a report asks first, and the setting that leaves it out, from the command line to the page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import DEMO, coach


@pytest.fixture
def spoken(tmp_path: Path) -> Path:
    """Return a transcript of the call that comes with the product, so that no recogniser has to run."""
    truth = json.loads(DEMO.with_name("truth.json").read_text(encoding="utf-8"))
    segments = [
        {
            "start": said["start"],
            "end": said["end"],
            "speaker": {"agent": "SPEAKER_01", "customer": "SPEAKER_00"}[said["role"]],
            "words": [{"word": w, "start": start, "end": end, "score": 0.9} for w, start, end in said["words"]],
        }
        for said in truth["utterances"]
    ]
    path = tmp_path / "high-bill.transcript.json"
    path.write_text(json.dumps({"segments": segments}), encoding="utf-8")
    return path


@pytest.mark.parametrize(("setting", "asks"), [({}, True), ({"COACH_YOU_FIRST": "no"}, False)])
def test_the_setting_reaches_the_page(setting: dict[str, str], asks: bool, tmp_path: Path, spoken: Path) -> None:
    ran = coach("review", DEMO, "--transcript", spoken, cwd=tmp_path, **setting)

    assert ran.returncode == 0, ran.stderr
    page = (tmp_path / "coaching" / f"{DEMO.stem}.html").read_text(encoding="utf-8")
    assert ('id="first"' in page) is asks
    assert 'data-misheard="0"' in page
