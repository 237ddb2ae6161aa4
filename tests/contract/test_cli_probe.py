"""``coach probe``: what is known of recordings, who says so, and what is missing."""

from __future__ import annotations

import json
import wave
from pathlib import Path

import pytest
from command import coach

MONITOR = "external-101-2125550188-20260302-091405-1772460843.12"


def wav(path: Path, channels: int = 1) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(8000)
        file.writeframes(b"\1\0" * channels * 8000)
    return path


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    folder = tmp_path / "calls"
    folder.mkdir()
    wav(folder / f"{MONITOR}.wav")
    wav(folder / f"{MONITOR.replace('.12', '.13')}-in.wav")
    wav(folder / f"{MONITOR.replace('.12', '.13')}-out.wav")
    wav(folder / "plain.wav", channels=2)
    (folder / "plain.toml").write_text('agent = "Dana"\nagent_channel = "left"', encoding="utf-8")
    return folder


def test_every_field_has_its_source_and_no_number_of_a_customer_is_shown(calls: Path, tmp_path: Path) -> None:
    ran = coach("probe", calls, cwd=tmp_path)

    assert ran.returncode == 0
    assert "2125550188" not in ran.stdout + ran.stderr
    assert max(len(line) for line in (ran.stdout + ran.stderr).splitlines()) <= 80
    told = " ".join(ran.stdout.split())
    assert "agent 101 [the file's name, as FreePBX gives it; an extension]" in told
    assert "customer a number or name is known, and masked" in told
    assert "recording 1 channel, pcm_s16le in wav, 8000 Hz, about 1.0 s" in told
    assert "The left one is taken as the agent's, by the sidecar plain.toml" in told
    assert "-out.wav is the agent's" in told
    assert "missing direction: nothing says whether the call came in or went out." in told
    assert "3 calls found; the agent of 3 is known." in ran.stderr


def test_a_program_reads_the_same(calls: Path, tmp_path: Path) -> None:
    ran = coach("probe", calls, "--json", cwd=tmp_path)
    data = [json.loads(line) for line in ran.stdout.splitlines()]

    assert "2125550188" not in ran.stdout
    monitor = next(one for one in data if one["call"].endswith(".12.wav"))
    assert monitor["fields"]["agent"] == {
        "value": "101",
        "source": "the file's name, as FreePBX gives it",
        "guessed": False,
        "note": "an extension",
    }
    assert monitor["customer"] == "known, and masked"
    assert monitor["files"][0]["channels"] == 1
    plain = next(one for one in data if one["call"].endswith("plain.wav"))
    assert plain["fields"]["started_at"]["guessed"] is True
    assert set(plain["missing"]) == {"started_at", "direction"}


def test_a_list_of_calls_and_the_settings_tell(calls: Path, tmp_path: Path) -> None:
    (calls / "calls.csv").write_text("recording,agent\nplain.wav,Ann\n", encoding="utf-8")

    ran = coach("probe", "--manifest", calls / "calls.csv", cwd=tmp_path)

    told = " ".join(ran.stdout.split())
    assert ran.returncode == 0
    assert "agent Ann [the manifest, line 2]" in told
    assert "differs agent: Ann by the manifest, line 2, but Dana by the sidecar plain.toml; the first counts." in told


def test_what_cannot_be_reviewed_is_told_and_ends_in_3(calls: Path, tmp_path: Path) -> None:
    (calls / "page.wav").write_text("<html>", encoding="utf-8")
    (calls / "empty.wav").touch()

    ran = coach("probe", calls, cwd=tmp_path)
    data = [json.loads(line) for line in coach("probe", calls, "--json", cwd=tmp_path).stdout.splitlines()]

    assert ran.returncode == 3
    assert "is a web page" in " ".join(ran.stdout.split())
    assert "empty.wav: is empty" in ran.stderr
    assert len(data) == 5
    assert sum(one["refused"] is not None for one in data) == 2


def test_nothing_there_is_4_and_nothing_named_is_2(tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()

    assert coach("probe", empty, cwd=tmp_path).returncode == 4
    assert coach("probe", cwd=tmp_path).returncode == 2
    assert coach("probe", "--manifest", "none.csv", cwd=tmp_path).returncode == 4
    assert coach("probe", tmp_path / "none.wav", cwd=tmp_path).returncode == 4
