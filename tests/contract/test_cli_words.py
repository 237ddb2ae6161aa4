"""``coach words``: from a saved take to the next report and the next practice, at the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import coach

NOTE = {"kind": "missed_paraphrase", "role": "agent", "start": 4.0, "end": 9.0, "turn": 1,
        "drill": "high-bill-said-back", "said": "Two hundred, and you were away all month.",
        "taken_at": "2026-05-12T18:00:00.000Z"}  # fmt: skip


@pytest.fixture
def notes(tmp_path: Path) -> Path:
    path = tmp_path / "talk.notes.json"
    path.write_text(json.dumps({"schema": "coach.notes/1", "takes": [NOTE]}), encoding="utf-8")
    return path


def test_ones_own_words_stand_in_the_next_report_and_change_nothing_that_is_found(
    tmp_path: Path, transcript: Path, notes: Path
) -> None:
    review = ("review", "--transcript", transcript, "--format", "html,json", "--force")
    first = coach(*review, cwd=tmp_path)
    assert first.returncode == 0, first.stderr
    before = (tmp_path / "coaching" / "talk.json").read_bytes()
    assert "In your own words" not in (tmp_path / "coaching" / "talk.html").read_text(encoding="utf-8")

    added = coach("words", "add", notes, cwd=tmp_path)
    assert added.returncode == 0, added.stderr
    assert "high bill, 12 May 2026" in added.stdout
    assert coach(*review, cwd=tmp_path).returncode == 0

    page = (tmp_path / "coaching" / "talk.html").read_text(encoding="utf-8")
    assert "In your own words, from 12 May 2026" in page
    assert "“Two hundred, and you were away all month.”" in page
    assert (tmp_path / "coaching" / "talk.json").read_bytes() == before


def test_a_shifts_reports_hold_nobodys_own_words(tmp_path: Path, transcript: Path, notes: Path) -> None:
    assert coach("words", "add", notes, cwd=tmp_path).returncode == 0
    ran = coach("review", "--transcript", transcript, "--recipe", "shift", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert "In your own words" not in (tmp_path / "coaching" / "talk.html").read_text(encoding="utf-8")


def test_ones_own_words_are_offered_in_practice(tmp_path: Path, notes: Path) -> None:
    answer = ("practice", "high-bill", "--answer", "Can I have your account number, please?")
    assert "own words" not in coach(*answer, cwd=tmp_path).stdout
    coach("words", "add", notes, cwd=tmp_path)

    said = " ".join(coach(*answer, cwd=tmp_path).stdout.split())

    assert "In your own words, from 12 May 2026: “Two hundred, and you were away all month.”" in said
    assert "own words" not in coach(*answer[:3], "So it went from ninety to four hundred and twelve. "
                                    "That must be frightening.", cwd=tmp_path).stdout  # fmt: skip


def test_list_export_and_remove(tmp_path: Path, notes: Path) -> None:
    empty = coach("words", "list", cwd=tmp_path)
    assert (empty.returncode, empty.stdout) == (0, "")
    assert "coach words add" in empty.stderr
    coach("words", "add", notes, cwd=tmp_path)
    assert "nothing new" in coach("words", "add", notes, cwd=tmp_path).stderr

    (listed,) = json.loads(coach("words", "list", "--json", cwd=tmp_path).stdout)
    (line,) = coach("words", "export", cwd=tmp_path).stdout.splitlines()
    assert listed == {**json.loads(line), "by": "me"}
    assert json.loads(line)["by"] == "team"
    assert coach("words", "export", "--out", "ours.jsonl", cwd=tmp_path).returncode == 0
    assert (tmp_path / "ours.jsonl").read_text(encoding="utf-8").splitlines() == [line]
    gone = coach("words", "remove", listed["id"], cwd=tmp_path)
    assert gone.returncode == 0
    assert coach("words", "list", cwd=tmp_path).stdout == ""


def test_one_bad_file_does_not_stop_the_others(tmp_path: Path, notes: Path) -> None:
    (tmp_path / "bad.json").write_text("{}", encoding="utf-8")

    ran = coach("words", "add", "bad.json", "gone.json", notes, cwd=tmp_path)

    assert ran.returncode == 4
    assert "bad.json is no take" in ran.stderr
    assert "Two hundred" in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (["add", "gone.json"], 4, "gone.json"),
        (["add", "talk.notes.json", "--said", "x"], 2, "saved take"),
        (["add", "talk.notes.json", "talk.notes.json", "--said", "x"], 2, "one take"),
        (["remove", "12345678"], 2, "12345678"),
    ],
)
def test_what_cannot_be_says_why(arguments: list[str], code: int, told: str, tmp_path: Path, notes: Path) -> None:
    ran = coach("words", *arguments, cwd=tmp_path)

    assert ran.returncode == code
    assert told in ran.stderr
