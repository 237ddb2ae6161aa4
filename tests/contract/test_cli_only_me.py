"""The agent's side alone: what is told from it, and that a customer talking unheard is nobody's silence."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile
from command import DEMO, Ran, coach, load

BOTH = "high-bill"
NEEDS_BOTH = (
    *("heard_before_solving", "talk_ratio", "talk_share_agent", "talk_share_customer", "silence_ratio"),
    *("overlap_ratio", "interruptions_by_agent", "interruptions_by_customer", "interruption_attempts_by_agent"),
    *("interruption_attempts_by_customer", "backchannels_by_agent", "patience", "longest_customer_story"),
    *("dead_air", "longest_silence", "paraphrases", "clarifying_questions", "reassurances", "customer_repeats"),
    "pace_customer",
)
OWN = ("open_questions", "closed_questions", "pace_agent", "pauses_agent")


@pytest.fixture(scope="module")
def reviews(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ran, dict[str, Any], dict[str, Any]]:
    """Return the run on one lane of the demo call, its review, and the review of both lanes."""
    folder = tmp_path_factory.mktemp("alone")
    samples, rate = soundfile.read(DEMO)
    soundfile.write(folder / "mine.wav", samples[:, 0], rate)
    ran = coach("review", "mine.wav", "--only-me", "--format", "json", cwd=folder)
    coach("review", DEMO, "--agent-channel", "left", "--format", "json", cwd=folder)
    return ran, load(folder / "coaching" / "mine.json"), load(folder / "coaching" / f"{BOTH}.json")


def test_it_is_reviewed_with_a_warning(reviews: tuple[Ran, dict[str, Any], dict[str, Any]]) -> None:
    ran, alone, _ = reviews
    assert ran.returncode == 0, ran.stderr
    assert any("Only your own side" in warning for warning in alone["warnings"])
    assert alone["recording"]["channels"] == 1
    assert (alone["roles"]["agent"], alone["roles"]["source"]) == ("agent", "option")
    assert "--swap" not in ran.stdout


def test_what_takes_two_is_null_with_the_reason(reviews: tuple[Ran, dict[str, Any], dict[str, Any]]) -> None:
    _, alone, _ = reviews
    told = {name: alone["measures"][name] for name in NEEDS_BOTH}
    assert {name: m["value"] for name, m in told.items()} == dict.fromkeys(NEEDS_BOTH)
    assert {m["why"] for m in told.values()} == {"only one party is on the recording"}
    assert [(skill["met"], skill["of"]) for skill in alone["skills"]] == [(0, 0)] * 6
    assert all("your own side" in skill["why"] for skill in alone["skills"])


def test_what_is_the_agents_own_is_as_with_both(reviews: tuple[Ran, dict[str, Any], dict[str, Any]]) -> None:
    _, alone, both = reviews
    for name in OWN:
        assert alone["measures"][name]["value"] == pytest.approx(both["measures"][name]["value"], rel=0.02), name
    own = {(m["kind"], round(m["start"])) for m in both["moments"] if m["role"] == "agent"}
    # "I'm so sorry, that is a scary bill" is empathy to those who heard the customer tell of it, else an apology.
    own |= {("apology", start) for kind, start in own if kind == "empathy"}
    found = {(m["kind"], round(m["start"])) for m in alone["moments"]}
    assert found <= own
    assert {"open_question", "apology", "commitment", "option", "closing_question", "name_use"} <= {k for k, _ in found}


def test_silences_are_nobodys_and_nothing_is_missed(reviews: tuple[Ran, dict[str, Any], dict[str, Any]]) -> None:
    _, alone, _ = reviews
    kinds = {moment["kind"] for moment in alone["moments"]}
    assert not kinds & {"hold", "dead_air", "monologue", "paraphrase", "echo", "forced_apology"}
    assert not any(kind.startswith(("missed_", "owed_", "interruption")) for kind in kinds)
    assert {moment["role"] for moment in alone["moments"]} == {"agent"}
    assert alone["coaching"]["keep"] is not None
    assert alone["coaching"]["try"] is None
    assert alone["coaching"]["why_no_try"]


@pytest.fixture
def recording(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The first half minute of the demo call, agent left, whose words nobody asks for."""
    monkeypatch.setattr("coach.app.stages.hearing.Transcribe.one", lambda _self, call: call)
    samples, rate = soundfile.read(DEMO, frames=30 * 8000)
    soundfile.write(tmp_path / "talk.wav", samples, rate)
    return tmp_path / "talk.wav"


@pytest.mark.parametrize("how", ["--agent", "settings", "one silent", "both the same", "sidecar"])
def test_other_ways_to_say_it_hear_the_same_lane(tmp_path: Path, recording: Path, how: str) -> None:
    samples, rate = soundfile.read(recording)
    mine = samples[:, 0]
    soundfile.write(tmp_path / "one.wav", mine, rate)
    coach("review", "one.wav", "--only-me", "--format", "json", cwd=tmp_path)
    stereo = {"one silent": np.stack((mine, 0 * mine), axis=1), "both the same": np.stack((mine, mine), axis=1)}
    soundfile.write(tmp_path / "call.wav", stereo.get(how, samples), rate)
    if how == "settings":
        (tmp_path / "coach.toml").write_text('agent_channel = "left"\n', encoding="utf-8")
    if how == "sidecar":
        (tmp_path / "call.json").write_text('{"agent_channel": 0}', encoding="utf-8")
    arguments = ("--agent", "one.wav", "--name", "call") if how == "--agent" else ("call.wav", "--only-me")

    ran = coach("review", *arguments, "--format", "json", cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    one, call = (load(tmp_path / "coaching" / f"{name}.json") for name in ("one", "call"))
    assert len(one["speech"]["agent"]) > 5
    assert np.allclose(call["speech"]["agent"], one["speech"]["agent"], atol=0.05)
    assert call["recording"]["agent_channel"] == (0 if how in {"settings", "sidecar"} else None)


def test_two_people_on_two_channels_are_not_taken_for_one(tmp_path: Path, recording: Path) -> None:

    ran = coach("review", recording, "--only-me", "--json", cwd=tmp_path)

    assert ran.returncode == 2
    assert "--agent-channel" in json.loads(ran.stdout)["error"]["message"]


def test_the_customers_side_alone_is_no_side_of_yours(tmp_path: Path, recording: Path) -> None:
    ran = coach("review", "--customer", recording, cwd=tmp_path)
    assert ran.returncode == 2
    assert "--agent FILE" in ran.stderr


def test_ones_own_side_has_nobody_to_exchange_it_with(tmp_path: Path, recording: Path) -> None:
    coach("review", recording, "--only-me", "--agent-channel", "left", cwd=tmp_path)

    ran = coach("review", "--swap", cwd=tmp_path)

    assert ran.returncode == 2
    assert "your own side alone" in ran.stderr
