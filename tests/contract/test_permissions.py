"""Whatever a command writes is the person's alone, whatever the terminal's umask: files 0600, folders 0700."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from command import coach

_NIGHT = Path(__file__).parents[2] / "pipelines" / "nightly.toml"
ALL = ("--format", "html,json,md,csv,vtt")
USER = ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME")


class Given(NamedTuple):
    """What a case may use."""

    folder: Path
    recording: Path
    transcript: Path


class Case(NamedTuple):
    """One command, or a few in a row.

    Attributes:
        name: For the list of tests.
        commands: What is typed after ``coach``.
        writes: Ends of the names of files that have to be there afterwards.
    """

    name: str
    commands: Callable[[Given], list[list[object]]]
    writes: tuple[str, ...]


def _review(given: Given, *more: object) -> list[object]:
    return ["review", given.recording, "--transcript", given.transcript, *more]


def _policy(given: Given) -> Path:
    path = given.folder / "policy.toml"
    path.write_text(
        'purpose = "coaching"\nsupervisors = ["Ann"]\nsees = ["reports"]\nkeep_days = 90\ntold_on = 2026-01-02\n'
        'ask = "Ann"\n',
        encoding="utf-8",
    )
    path.chmod(0o600)
    return path


CASES = (
    Case("review", lambda g: [_review(g, *ALL)], (".html", ".json", ".md", ".csv", ".vtt", "last.json")),
    Case("review into folders that are not there", lambda g: [_review(g, "--out", "a/b/c")], ("a/b/c/talk.html",)),
    Case("a long review", lambda g: [_review(g)], ("coaching/talk.mp3",)),
    Case("its recording redacted", lambda g: [_review(g, "--redact-original")], ("coaching/talk.json",)),
    Case("swap", lambda g: [_review(g), ["review", "--swap"]], ("coaching/talk.html",)),
    Case(
        "practice",
        lambda _: [["practice", "shut-off", "--answer", "That is a shock, I am sorry."]],
        ("practice.jsonl",),
    ),
    Case("progress", lambda g: [_review(g), ["progress"]], ("own.sqlite",)),
    Case("settings", lambda _: [["config", "show"]], ()),
    Case("doctor", lambda _: [["doctor"]], ()),
    Case(
        "shift",
        lambda g: [["shift", g.recording, "--policy", _policy(g)]],
        ("shift.sqlite", "shift.html", "calls.parquet", "talk.json"),
    ),
    Case("schedule", lambda _: [["schedule", _NIGHT, "--for", "cron"]], ()),
)
"""Every command that writes; one that comes to be is added here."""


@pytest.fixture(params=[0o022, 0o000], ids=["umask 022", "umask 000"])
def umask(request: pytest.FixtureRequest) -> Iterator[int]:
    before = os.umask(request.param)
    yield request.param
    os.umask(before)


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Folders of the user's that are not there yet, as on a new machine."""
    for name in USER:
        monkeypatch.setenv(name, str(tmp_path / "home" / name.lower()))
    return tmp_path / "home"


def open_to_others(path: Path) -> Iterator[str]:
    """Yield what others may do with what lies in a folder."""
    for found in sorted(path.rglob("*")):
        mode = found.lstat().st_mode & 0o777
        if not found.is_symlink() and mode & 0o077:
            yield f"{found.relative_to(path)} {mode:o}"


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_all_that_is_written_is_private(
    tmp_path: Path, home: Path, recording: Path, transcript: Path, umask: int, case: Case
) -> None:
    work = tmp_path / "work"
    work.mkdir(mode=0o700)
    given = Given(work, recording.rename(work / "talk.wav"), transcript.rename(work / "talk-words.json"))
    for path in (given.recording, given.transcript):
        path.chmod(0o600)
    long = {"COACH_EMBED_MINUTES": "0.1"} if case.name == "a long review" else {}

    for command in case.commands(given):
        ran = coach(*command, cwd=work, **long)
        assert ran.returncode in (0, 3, 5), ran.stderr

    written = [str(path) for folder in (work, home) for path in folder.rglob("*") if path.is_file()]
    assert [end for end in case.writes if not any(name.endswith(end) for name in written)] == []
    assert [*open_to_others(work), *(open_to_others(home) if home.exists() else ())] == []


def test_a_folder_that_was_there_keeps_what_its_owner_allows(
    recording: Path, transcript: Path, home: Path, umask: int
) -> None:
    shared = recording.parent / "shared"
    shared.mkdir()
    shared.chmod(0o755)

    ran = coach("review", recording, "--transcript", transcript, "--out", shared, cwd=recording.parent)

    assert ran.returncode == 0, ran.stderr
    assert shared.stat().st_mode & 0o777 == 0o755
    assert {path.stat().st_mode & 0o777 for path in shared.iterdir()} == {0o600}


def test_a_report_that_others_could_read_no_longer_is(recording: Path, transcript: Path, umask: int) -> None:
    coach("review", recording, "--transcript", transcript, cwd=recording.parent)
    page = recording.parent / "coaching" / "talk.html"
    page.chmod(0o644)

    coach("review", recording, "--transcript", transcript, "--force", cwd=recording.parent)

    assert page.stat().st_mode & 0o777 == 0o600


def test_the_terminal_s_own_umask_is_given_back(tmp_path: Path, umask: int) -> None:
    coach("config", "show", cwd=tmp_path)

    made = tmp_path / "made.json"
    made.write_text(json.dumps({}))
    assert made.stat().st_mode & 0o777 == 0o666 & ~umask


def test_the_check_itself_finds_what_is_open(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir(mode=0o755)
    (tmp_path / "a" / "b").write_text("x")
    (tmp_path / "a").chmod(0o755)
    (tmp_path / "a" / "b").chmod(0o604)

    assert list(open_to_others(tmp_path)) == ["a 755", "a/b 604"]
