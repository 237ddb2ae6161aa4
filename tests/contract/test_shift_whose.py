"""Whose a call of a shift is: what is known of it says so, and nothing of whoever runs the shift gets into it."""

from __future__ import annotations

import csv
import json
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from command import Ran, coach, load
from nights import POLICY, Here, engine_here, make_call, told, write_night

from coach.app.stages import writing
from coach.engines import choose
from coach.resources import resource
from coach.store.store import open_store

RUNNERS = 'agent = "Dana"\nlibrary = true\nyou_first = true\n'
"""What whoever runs the shift has set for their own calls."""


@pytest.fixture(autouse=True)
def _words() -> Iterator[None]:
    with told():
        yield


@pytest.fixture(name="engine", autouse=True)
def _engine(monkeypatch: pytest.MonkeyPatch) -> Here:
    engine = Here()
    monkeypatch.setattr(choose, "open_engine", lambda *_, **__: engine_here(engine))
    monkeypatch.setattr("coach.app.nightly.night.open_engine", lambda *_, **__: engine_here(engine))
    return engine


@pytest.fixture(name="calls")
def _calls(tmp_path: Path) -> Path:
    """Ann's call, and one that nothing says anything of."""
    (tmp_path / "policy.toml").write_text(POLICY, encoding="utf-8")
    for seed, name in enumerate(("a", "b")):
        make_call(tmp_path / "inbox" / f"{name}.wav", seed, 3.0)
    (tmp_path / "inbox" / "a.toml").write_text('agent = "Ann"\ndirection = "inbound"\ncall_type = "high-bill"\n')
    return tmp_path / "inbox"


def run(folder: Path, kind: str = "shift", manifest: str | None = None, *, force: bool = False, named: str = "") -> Ran:
    if kind == "shift":
        given: tuple[object, ...] = ("shift", "inbox", "--out", "out", "--policy", "policy.toml", "--diarizer", "none")
        given += ("--store", "shift.sqlite", *(["--force"] if force else []))
        given += ("--manifest", manifest) if manifest is not None else ()
    else:
        given = ("nightly", write_night(folder))
    ran = coach(*given, cwd=folder, COACH_AGENT=named)
    assert ran.returncode == 0, ran.stderr
    return ran


def stored(folder: Path) -> Mapping[str, Any]:
    with open_store(str(folder / "shift.sqlite"), purpose="shift") as store:
        return {str(call.uri): call for call in store.calls()}


def own_pages(folder: Path) -> list[str]:
    return [
        path.name for path in (folder / "out").rglob("*.html") if path.name not in ("a.html", "b.html", "shift.html")
    ]


@pytest.mark.parametrize("kind", ["shift", "nightly"])
@pytest.mark.parametrize("where", ["the folder", "the environment"])
def test_nobody_becomes_the_agent_because_they_are_named_in_the_settings(calls: Path, kind: str, where: str) -> None:
    folder = calls.parent
    if where == "the folder":
        (folder / "coach.toml").write_text(RUNNERS)
    run(folder, kind, named="" if where == "the folder" else "Dana")

    assert {name: call.agent for name, call in stored(folder).items()} == {"a.wav": "Ann", "b.wav": None}
    for name, agent in (("a", "Ann"), ("b", None)):
        review = load(folder / "out" / f"{name}.json")
        assert review["recording"]["agent"] == agent
        assert "agent" not in review["recipe"]["settings"]
        assert "Dana" not in (folder / "out" / f"{name}.html").read_text(encoding="utf-8")
    assert len(own_pages(folder)) == 1
    assert "Dana" not in (folder / "out" / "calls.csv").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["shift", "nightly"])
def test_the_runners_own_words_are_in_nobodys_report(calls: Path, kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []

    def offered(review: object) -> dict[str, object]:
        asked.append(review)
        return {}

    monkeypatch.setattr(writing, "offered", offered)
    (calls.parent / "coach.toml").write_text(RUNNERS)
    run(calls.parent, kind)

    assert asked == []
    settings = load(calls.parent / "out" / "a.json")["recipe"]["settings"]
    for name in ("library", "you_first"):
        assert settings[name]["value"] is False
        assert "command line" not in settings[name]["origin"]


@pytest.mark.parametrize("kind", ["shift", "nightly"])
def test_what_is_taken_back_of_a_call_is_taken_back_everywhere(calls: Path, kind: str) -> None:
    run(calls.parent, kind)
    assert len(own_pages(calls.parent)) == 1
    (calls / "a.toml").unlink()
    run(calls.parent, kind)

    call = stored(calls.parent)["a.wav"]
    assert (call.agent, call.direction, call.call_type) == (None, None, None)
    assert own_pages(calls.parent) == []
    assert load(calls.parent / "out" / "a.json")["recording"]["agent"] is None


def test_a_field_that_was_emptied_in_a_list_is_taken_back_and_another_agent_gets_the_call(calls: Path) -> None:
    (calls / "a.toml").unlink()
    listed, at = calls.parent / "list.csv", (datetime.now(UTC) - timedelta(days=2)).isoformat()
    head = "recording,agent,started_at"
    listed.write_text(f"{head}\ninbox/a.wav,Ann,{at}\ninbox/b.wav,Ann,{at}\n")
    run(calls.parent, manifest="list.csv")
    assert [call.agent for call in stored(calls.parent).values()] == ["Ann", "Ann"]
    listed.write_text(f"{head}\ninbox/a.wav,Bob,\ninbox/b.wav,,{at}\n")
    run(calls.parent, manifest="list.csv")

    found = stored(calls.parent)
    assert (found["a.wav"].agent, found["b.wav"].agent) == ("Bob", None)
    assert found["b.wav"].started_at is not None
    assert len(own_pages(calls.parent)) == 1


def test_an_edited_rubric_has_the_calls_reviewed_anew(calls: Path, engine: Here) -> None:
    folder = calls.parent
    text = resource("models", "rubrics", "support.toml").read_text(encoding="utf-8")
    (folder / "ours.toml").write_text(text, encoding="utf-8")
    (folder / "coach.toml").write_text('rubric = "./ours.toml"\n')
    run(folder)
    before = {call.fingerprint for call in stored(folder).values()}
    engine.began.clear()
    run(folder)
    assert engine.began == []
    (folder / "ours.toml").write_text(text.replace("version = 1", "version = 2", 1), encoding="utf-8")
    run(folder)
    assert sorted(engine.began) == ["a.wav", "b.wav"]
    assert not before & {call.fingerprint for call in stored(folder).values()}


def test_the_time_of_a_file_is_shown_nowhere_as_when_the_call_was(calls: Path) -> None:
    folder, at = calls.parent, datetime.now(UTC) - timedelta(days=3)
    for name in ("a.wav", "b.wav"):
        os.utime(calls / name, (at.timestamp(), at.timestamp()))
    (calls / "b.toml").write_text(f'agent = "Bob"\nstarted_at = {at:%Y-%m-%dT%H:%M:%SZ}\n')
    run(folder)

    found = stored(folder)
    assert found["a.wav"].started_at is None
    assert found["a.wav"].at > at + timedelta(days=2)  # what needs a time goes by when it was taken in
    assert found["b.wav"].started_at is not None
    shown = json.loads((folder / "out" / "shift.json").read_text(encoding="utf-8"))["calls"]
    assert {row["call"]: row["started_at"] is not None for row in shown} == {"a.wav": False, "b.wav": True}
    with (folder / "out" / "calls.csv").open(encoding="utf-8-sig", newline="") as table:
        assert {row["call"]: row["started_at"] != "" for row in csv.DictReader(table)} == {
            "a.wav": False,
            "b.wav": True,
        }
    assert "day not known" in (folder / "out" / "shift.html").read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", ["shift", "nightly"])
def test_sides_that_were_put_right_stay_so_until_they_are_told_anew(calls: Path, engine: Here, kind: str) -> None:
    folder, review = calls.parent, calls.parent / "out" / "a.json"
    make_call(calls / "a.wav", 0, 9.0)
    (calls / "a.toml").write_text('agent = "Ann"\nagent_channel = "left"\n')
    run(folder, kind)
    assert load(review)["roles"]["agent"] == "left"
    swapped = coach("review", calls / "a.wav", "--swap", "--out", "out", "--diarizer", "none", cwd=folder)
    assert swapped.returncode == 0, swapped.stderr
    assert load(review)["roles"]["agent"] == "right"

    run(folder, kind)
    assert load(review)["roles"]["agent"] == "right"
    assert load(review)["provenance"]["recipe"] in ("shift", "night")
    engine.began.clear()
    run(folder, kind)
    assert engine.began == []

    (calls / "a.toml").write_text('agent = "Ann"\nagent_channel = "left"\n')
    run(folder, kind)
    assert load(review)["roles"]["agent"] == "left"


def test_sides_that_were_put_right_are_asked_anew_with_force(calls: Path) -> None:
    folder, review = calls.parent, calls.parent / "out" / "a.json"
    make_call(calls / "a.wav", 0, 9.0)
    (calls / "a.toml").write_text('agent = "Ann"\nagent_channel = "left"\n')
    run(folder)
    assert coach("review", calls / "a.wav", "--swap", "--out", "out", "--diarizer", "none", cwd=folder).returncode == 0
    run(folder, force=True)
    assert load(review)["roles"]["agent"] == "left"
