"""Who is the agent: said, told by the words, put right afterwards; and that it stays so."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import soundfile
from command import OTHER, coach, load, who


def test_swap_exchanges_the_parties_of_the_last_review(tmp_path: Path, transcript: Path) -> None:
    coach("review", "--transcript", transcript, cwd=tmp_path)
    before = load(tmp_path / "coaching" / "talk.json")

    ran = coach("review", "--swap", cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    after = load(tmp_path / "coaching" / "talk.json")
    other = {"agent": "customer", "customer": "agent"}
    assert [t["role"] for t in after["turns"]] == [other[t["role"]] for t in before["turns"]]
    assert [t["start"] for t in after["turns"]] == [t["start"] for t in before["turns"]]


@pytest.mark.parametrize("kind", ["transcript", "recording", "pair"])
@pytest.mark.parametrize("named", [True, False])
def test_a_second_swap_undoes_the_first(
    tmp_path: Path, spoken: tuple[Path, Path], parties: list[object], kind: str, named: bool
) -> None:
    recording, words = spoken
    files: dict[str, list[object]] = {"transcript": [], "recording": [recording], "pair": parties}
    call = [*files[kind], "--transcript", words]
    coach("review", *call, cwd=tmp_path)
    before = who(tmp_path)

    seen = []
    for _ in range(3):
        ran = coach("review", *(call if named else []), "--swap", cwd=tmp_path)
        assert ran.returncode == 0, ran.stderr
        seen.append(who(tmp_path))

    exchanged = [(OTHER[role], start) for role, start in before]
    assert seen == [exchanged, before, exchanged]
    # What was put right stays until somebody asks for all of it anew.
    assert json.loads(coach("review", *call, "--json", cwd=tmp_path).stdout)["status"] == "unchanged"
    assert who(tmp_path) == exchanged
    coach("review", *call, "--force", cwd=tmp_path)
    assert who(tmp_path) == before


def test_files_named_the_other_way_round_are_reviewed_that_way(
    tmp_path: Path, spoken: tuple[Path, Path], parties: list[object]
) -> None:
    agent, customer = parties[1], parties[3]
    coach("review", *parties, "--transcript", spoken[1], cwd=tmp_path)
    before = who(tmp_path)

    coach("review", "--agent", customer, "--customer", agent, "--transcript", spoken[1], cwd=tmp_path)

    assert who(tmp_path) == [(OTHER[role], start) for role, start in before]


def test_a_swap_leaves_no_file_with_the_roles_as_they_were(tmp_path: Path, transcript: Path) -> None:
    coach("review", "--transcript", transcript, "--format", "md,csv,json", cwd=tmp_path)
    before = {path.name: path.read_text() for path in (tmp_path / "coaching").iterdir()}

    coach("review", "--swap", cwd=tmp_path)

    after = {path.name: path.read_text() for path in (tmp_path / "coaching").iterdir()}
    assert after.keys() == before.keys()
    assert all(after[name] != before[name] for name in before)


def test_an_option_without_effect_is_said_to_have_none(tmp_path: Path, transcript: Path, recording: Path) -> None:
    samples, rate = soundfile.read(recording)
    soundfile.write(tmp_path / "mono.wav", samples.sum(axis=1), rate)

    ran = coach("review", "mono.wav", "--transcript", transcript, "--agent-channel", "left", cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    assert "--agent-channel had no effect" in " ".join(ran.stdout.split())


def test_of_a_recording_of_ones_own_side_the_named_channel_is_heard(
    tmp_path: Path, spoken: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    coach("review", spoken[0], "--transcript", spoken[1], "--name", "both", cwd=tmp_path)
    monkeypatch.setattr("coach.app.stages.hearing.Transcribe.one", lambda _self, call: call)

    coach("review", spoken[0], "--only-me", "--agent-channel", "left", cwd=tmp_path)

    alone, both = (load(tmp_path / "coaching" / f"{name}.json") for name in ("spoken", "both"))
    assert sum(end - start for start, end in alone["speech"]["agent"]) == pytest.approx(
        sum(end - start for start, end in both["speech"]["agent"]), rel=0.05
    )


def test_a_transcript_that_names_the_agent_is_believed_and_doubted_aloud(tmp_path: Path, transcript: Path) -> None:
    words = transcript.read_text(encoding="utf-8")
    swapped = words.replace('"agent"', '"x"').replace('"customer"', '"agent"').replace('"x"', '"customer"')
    transcript.write_text(swapped, encoding="utf-8")

    ran = coach("review", "--transcript", transcript, cwd=tmp_path)

    assert "coach review --swap" in ran.stdout.splitlines()[0]
    review = load(tmp_path / "coaching" / "talk.json")
    assert review["roles"]["agent"] == "agent"
    assert review["roles"]["confidence"] < 0.7
    assert review["measures"]["talk_ratio"]["value"] is not None


def test_among_several_calls_the_command_that_swaps_names_the_call(
    tmp_path: Path, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    unsure = tmp_path / "a call.wav"
    shutil.copy(recording, unsure)
    shutil.copy(recording, tmp_path / "RE0123456789abcdef0123456789abcdef.wav")  # Twilio: right, 0.75
    (tmp_path / "a call.json").write_text('{"agent_channel": "left"}', encoding="utf-8")
    monkeypatch.setattr("coach.app.stages.hearing.Transcribe.one", lambda _self, call: call)
    monkeypatch.setattr("coach.reporting.summary.SURE", 1.1)

    ran = coach("review", "a call.wav", "RE0123456789abcdef0123456789abcdef.wav", "--out", "my reports", cwd=tmp_path)

    assert ran.returncode == 0, ran.stderr
    assert "coach review 'a call.wav' --swap --out 'my reports'" in ran.stdout.splitlines()[0]
