"""What goes wrong is told in a sentence with its exit code, and loses nothing else."""

from __future__ import annotations

import errno
import json
import os
import shutil
from pathlib import Path

import pytest
import soundfile
from command import coach, load, who


@pytest.mark.parametrize(
    ("arguments", "code", "sentence"),
    [
        (["review"], 2, "Name at least one recording"),
        (["review", "missing.wav"], 4, "missing.wav"),
        (["review", "--customer", "a.wav"], 2, "needs both"),
        (["review", "x.wav", "--format", "pdf"], 2, "there is no format"),
        (["review", "x.wav", "--agent-speaker", "3"], 2, "1 or 2"),
        (["review", "x.wav", "--transcriber", "no-such-engine"], 2, "no-such-engine"),
        (["review", "x.wav", "--recipe", "sollo"], 5, 'did you mean "solo"'),
        (["review", "--swap"], 2, "no last review"),
        (["review", "x.wav", "--agent-channel", "middle"], 2, "left or right"),
        (["review", "x.wav", "--agent-channel", "left", "--agent-speaker", "1"], 2, "not both"),
        (["review", "x.wav", "--swap", "--agent-channel", "left"], 2, "not both"),
        (["review", "x.wav", "--swap"], 2, "nothing to swap"),
        (["review", "x.wav", "--name", " "], 2, "empty"),
        (["review", "x.wav", "--raw", "nonsense"], 2, "not a headerless format"),
        (["review", "x.wav", "--device", "gpu"], 2, "auto, cpu, cuda"),
        (["review", "x.wav", "--max-hours", "0"], 2, "above 0"),
        (["review", "x.wav", "--transcriber", "faster-whisper:small.en"], 5, "coach models pull"),
        (["review", "x.wav", "--agent", "a.wav", "--customer", "b.wav"], 2, "one file a party"),
        (["review", "--agent", "a.wav", "--customer", "b.wav", "--agent-channel", "left"], 2, "leave out"),
        (["review", "x.wav", "y.wav", "--transcript", "t.json"], 2, "one call at a time"),
        (["review", "x.wav", "--only-me", "--transcript", "t.json"], 2, "no second file"),
        (["review", "x.wav", "--diarizer", "pyanote"], 2, 'no diarizer "pyanote"'),
        (["review", "x.wav", "--diarizer", "pyannote"], 5, "no pyannote pipeline"),
        (["review", "."], 3, "is a folder"),
        (["review", "http://host/x.wav"], 4, "never fetched"),
        (["review", "text.wav", "x.wav"], 3, "x.wav"),
        (["review", "--transcript", "text.wav"], 3, "text.wav"),
        (["review", "--transcript", "x.json"], 4, "x.json"),
        (["review", "text.wav"], 3, "text.wav"),
        (["models", "pull", "no-such-model"], 2, "no-such-model"),
        (["nonsense"], 2, "nonsense"),
    ],
)
def test_bad_input_gets_a_sentence_and_a_code(tmp_path: Path, arguments: list[str], code: int, sentence: str) -> None:
    (tmp_path / "text.wav").write_text("this is no sound", encoding="utf-8")

    ran = coach(*arguments, cwd=tmp_path)

    assert ran.returncode == code, ran.stderr
    assert sentence in " ".join(ran.stderr.split())
    assert "Traceback" not in ran.stderr
    assert ran.stdout == ""


def test_one_bad_call_loses_none_of_the_others(tmp_path: Path, recording: Path) -> None:
    (tmp_path / "bad.wav").write_text("no sound", encoding="utf-8")

    ran = coach("review", "bad.wav", "missing.wav", recording, "--json", cwd=tmp_path)

    assert ran.returncode == 3
    told = [json.loads(line) for line in ran.stdout.splitlines()]
    assert [(line["call"], line["status"]) for line in told] == [
        ("bad.wav", "failed"),
        ("missing.wav", "failed"),
        ("talk.wav", "reviewed"),
    ]
    assert (tmp_path / "coaching" / "talk.html").is_file()


def test_a_report_folder_that_cannot_be_written_is_said_to_be(tmp_path: Path, transcript: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder", encoding="utf-8")

    ran = coach("review", "--transcript", transcript, "--out", tmp_path / "taken", cwd=tmp_path)

    assert ran.returncode == 74
    assert "taken" in ran.stderr


def test_a_fault_of_ours_shows_no_words_and_no_traceback(
    tmp_path: Path, transcript: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ValueError("my card number is 4111")

    monkeypatch.setattr("coach.app.stages.judging.Coach.one", broken)
    during = coach("review", "--transcript", transcript, "--json", cwd=tmp_path)
    monkeypatch.setattr("coach.app.review.plan", broken)
    before = coach("review", "--transcript", transcript, cwd=tmp_path)

    for ran in (during, before):
        assert ran.returncode == 1
        assert "unforeseen ValueError" in ran.stderr
        assert not any(word in ran.stdout + ran.stderr for word in ("4111", "card", "Traceback"))


def test_stopped_from_the_keyboard_it_says_so_and_keeps_what_was_done(
    tmp_path: Path, transcript: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    coach("review", "--transcript", transcript, cwd=tmp_path)
    before = who(tmp_path)
    monkeypatch.setattr(Path, "replace", stop)

    ran = coach("review", "--transcript", transcript, "--force", cwd=tmp_path)

    assert ran.returncode == 130
    assert "stopped" in ran.stderr
    assert who(tmp_path) == before
    assert sorted(path.name for path in (tmp_path / "coaching").iterdir()) == ["talk.html", "talk.json"]


def test_a_full_disk_ends_the_run_and_says_what_was_not_begun(
    tmp_path: Path, recording: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    names = ["talk.wav", "two.wav", "three.wav"]
    for name in names[1:]:
        shutil.copy(recording, tmp_path / name)
    monkeypatch.setattr("coach.app.stages.hearing.Transcribe.one", lambda _self, call: call)
    monkeypatch.setattr(os, "fsync", full)

    ran = coach("review", *names, cwd=tmp_path)

    assert ran.returncode == 74
    assert "No space is left" in ran.stderr
    assert "2 further calls were not begun" in ran.stderr
    assert list((tmp_path / "coaching").iterdir()) == []


def test_a_review_that_cannot_be_noted_as_the_last_is_still_a_review(tmp_path: Path, transcript: Path) -> None:
    (tmp_path / "taken").write_text("a file, not a folder", encoding="utf-8")

    ran = coach("review", "--transcript", transcript, cwd=tmp_path, XDG_STATE_HOME=str(tmp_path / "taken"))

    assert ran.returncode == 0
    assert "name the call" in " ".join(ran.stderr.split())


def test_what_is_missing_of_a_recording_makes_it_partial(tmp_path: Path, transcript: Path, recording: Path) -> None:
    samples, rate = soundfile.read(recording)
    soundfile.write(tmp_path / "cut.flac", samples, rate)
    content = (tmp_path / "cut.flac").read_bytes()
    (tmp_path / "cut.flac").write_bytes(content[: len(content) // 2])

    ran = coach("review", "cut.flac", "--transcript", transcript, "--json", cwd=tmp_path)

    assert ran.returncode == 3
    assert json.loads(ran.stdout)["partial"] is True
    assert any("cut" in warning for warning in load(tmp_path / "coaching" / "cut.json")["warnings"])


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ('formatz = ["html"]', 'the recipe mine.toml: there is no setting "formatz"; did you mean "formats"'),
        ("embed = 7", "the recipe mine.toml: embed: expected true or false"),
    ],
)
def test_what_is_wrong_in_a_recipe_names_its_file(tmp_path: Path, settings: str, sentence: str) -> None:
    (tmp_path / "mine.toml").write_text(
        f'name = "mine"\nstages = ["decode", "listen"]\n[settings]\n{settings}', encoding="utf-8"
    )

    for command in (["review", "x.wav", "--recipe", "mine.toml"], ["config", "show"]):
        ran = coach(*command, cwd=tmp_path, COACH_RECIPE="mine.toml")
        assert ran.returncode == 5
        assert sentence in " ".join(ran.stderr.split())
