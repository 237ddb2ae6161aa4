"""What a list of calls says reaches the review, and no number of a customer does."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import soundfile

from coach.app.intake.discover import discover
from coach.app.intake.requests import request_for
from coach.app.review import open_pipeline, review_all

NUMBER = "2125550188"
TALK = (
    ("agent", 0.5, 3.0, "thank you for calling northside water how can I help you"),
    ("customer", 3.5, 7.0, "my bill went up to two hundred dollars and I was away"),
    ("agent", 7.4, 9.0, "let me look at the meter for you"),
)


def test_who_when_and_which_channel_are_the_lists(tmp_path: Path) -> None:
    random, sound = np.random.default_rng(1), np.zeros((80_000, 2))
    for role, start, end, _ in TALK:
        span = slice(int(start * 8000), int(end * 8000))
        sound[span, int(role == "agent")] = random.normal(0, 0.1, span.stop - span.start)
    call = tmp_path / f"external-101-{NUMBER}-20260302-091405-1772460843.12.wav"
    soundfile.write(call, sound, 8000)
    words = [
        {"speaker": role, "words": [{"word": w, "start": s + i * 0.2, "end": s + i * 0.2 + 0.15, "score": 0.9}]}
        for role, s, _, text in TALK
        for i, w in enumerate(text.split())
    ]
    transcript = tmp_path / "words.json"
    transcript.write_text(json.dumps({"segments": words}), encoding="utf-8")
    manifest = tmp_path / "calls.csv"
    manifest.write_text(f"recording,agent,agent_channel,customer\n{call.name},Dana,right,{NUMBER}\n", encoding="utf-8")
    [found] = discover([], manifest=manifest).found

    pipeline = open_pipeline({"out": str(tmp_path / "out"), "formats": "html,json,md"})
    [outcome] = review_all([replace(request_for(found), transcript=transcript)], pipeline)

    assert outcome.review is not None
    recording = outcome.review.recording
    assert (recording.agent, recording.agent_channel) == ("Dana", 1)
    assert recording.started_at == "2026-03-02T09:14:05-05:00"
    assert "the manifest, line 2 says so" in outcome.review.roles.why
    assert any("agent: Dana by the manifest" in warning for warning in outcome.review.warnings)
    request = outcome.request
    assert request.known is not None
    statuses = [
        next(iter(review_all([each], pipeline))).status
        for each in (request, replace(request, known=replace(request.known, agent_channel=0)))
    ]
    assert statuses == ["unchanged", "reviewed"]
    assert all(NUMBER not in path.name and NUMBER not in path.read_text("utf-8") for path in outcome.files)
