"""``coach watch``: a night's inbox, or a person's own folder, looked at again and again."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from command import coach
from nights import Here, engine_here, make_call, told, write_night

from coach.locking import only_one
from coach.store.store import open_store


@pytest.fixture(autouse=True)
def _words() -> Iterator[None]:
    with told():
        yield


def between(monkeypatch: pytest.MonkeyPatch, *steps: Callable[[], object]) -> None:
    """Let something happen between each two looks."""
    left = list(steps)

    def sleep(_seconds: float) -> None:
        if left:
            left.pop(0)()

    monkeypatch.setattr(time, "sleep", sleep)


def old(path: Path) -> Path:
    """Let a file have been still for a while."""
    os.utime(path, (time.time() - 60,) * 2)
    return path


@pytest.fixture(name="mine")
def _mine(tmp_path: Path) -> Path:
    (tmp_path / "coach.toml").write_text('diarizer = "none"\nout = "reports"\n', encoding="utf-8")
    folder = tmp_path / "calls"
    folder.mkdir()
    return folder


def test_ones_own_folder_is_reviewed_as_ones_own_calls_are(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old(make_call(mine / "a.wav", 1, 3.0))
    between(monkeypatch, lambda: old(make_call(mine / "b.wav", 2, 3.0)))
    ran = coach("watch", mine, "--times", "3", "--every", "5", cwd=mine.parent)
    assert ran.returncode == 0, ran.stderr
    out = mine.parent / "reports"
    assert {path.name for path in out.glob("*.html")} == {"a.html", "b.html"}  # no shift's page
    assert ran.stdout.count(".html") == 2
    assert all(len(line) <= 80 or "/" in line for line in ran.stdout.splitlines())
    with open_store(purpose="own") as library:
        assert {call.uri for call in library.calls()} == {"a.wav", "b.wav"}
    again = coach("watch", mine, "--times", "1", cwd=mine.parent)
    assert (again.returncode, again.stdout, again.stderr) == (0, "", "")


def test_a_file_that_grows_waits_until_two_looks_find_it_the_same(mine: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_call(mine / "a.wav", 1, 3.0)
    whole = path.read_bytes()
    path.write_bytes(whole[:20_000])
    out = mine.parent / "reports"
    seen: list[bool] = []
    between(
        monkeypatch,
        lambda: path.write_bytes(whole[:30_000]),
        lambda: (seen.append(out.joinpath("a.html").exists()), path.write_bytes(whole)),
        lambda: seen.append(out.joinpath("a.html").exists()),
    )
    ran = coach("watch", mine, "--times", "4", cwd=mine.parent)
    assert ran.returncode == 0, ran.stderr
    assert seen == [False, False]
    assert json.loads((out / "a.json").read_text())["recording"]["duration"] == pytest.approx(3.0, abs=0.01)


def test_what_cannot_be_reviewed_is_told_once_until_its_file_changes(
    mine: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = mine / "a.wav"
    path.write_bytes(b"RIFF....WAVEnothing")
    old(path)
    between(monkeypatch, lambda: None, lambda: old(make_call(path, 1, 3.0)))
    ran = coach("watch", mine, "--times", "3", cwd=mine.parent)
    assert ran.stderr.count("a.wav was not reviewed.") == 1
    assert (mine.parent / "reports" / "a.html").is_file()
    assert ran.returncode == 0


def test_a_nights_recipe_is_done_again_and_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.app.nightly.night.open_engine", lambda *_, **__: engine_here(Here()))
    recipe = write_night(tmp_path)
    between(monkeypatch, lambda: make_call(tmp_path / "inbox" / "a.wav", 1, 3.0))
    ran = coach("watch", recipe, "--times", "3", cwd=tmp_path)
    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count("One new call was reviewed.") == 1
    assert "Nothing was new." not in ran.stdout


def test_a_place_that_another_run_holds_is_tried_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.app.nightly.night.open_engine", lambda *_, **__: engine_here(Here()))
    recipe = write_night(tmp_path)
    make_call(tmp_path / "inbox" / "a.wav", 1, 3.0)
    held = only_one(tmp_path / "out")
    held.__enter__()
    between(monkeypatch, lambda: held.__exit__(None, None, None))
    ran = coach("watch", recipe, "--times", "2", cwd=tmp_path)
    assert ran.returncode == 0
    assert "Another run of coach is at work" in ran.stderr
    assert "One new call was reviewed." in ran.stdout


def test_an_inbox_that_is_away_is_told_once_and_looked_for_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coach.app.nightly.night.open_engine", lambda *_, **__: engine_here(Here()))
    recipe = write_night(tmp_path)
    inbox, looks = tmp_path / "inbox", []
    inbox.rmdir()

    def mounted() -> None:
        looks.append(inbox.exists())
        if len(looks) == 3:
            make_call(inbox / "a.wav", 1, 3.0)

    between(monkeypatch, *[mounted] * 4)
    ran = coach("watch", recipe, "--times", "5", cwd=tmp_path)
    assert ran.returncode == 0
    assert looks[:3] == [False] * 3
    assert " ".join(ran.stderr.split()).count("is not there. Is its drive mounted?") == 1
    assert "One new call was reviewed." in ran.stdout


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["calls", "--every", "0.1"], 2, "1 or more"),
        (["calls", "--every", "nan"], 2, "1 or more"),
        (["nightl"], 5, "did you mean"),
        (["night.toml", "--out", "x"], 2, "for a folder of your own"),
    ],
)
def test_what_cannot_be_watched(mine: Path, arguments: list[str], code: int, says: str) -> None:
    write_night(mine.parent)
    ran = coach("watch", *arguments, "--times", "1", cwd=mine.parent)
    assert ran.returncode == code
    assert says in ran.stderr
