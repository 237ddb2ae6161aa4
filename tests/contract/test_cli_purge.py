"""``coach purge``: of what was purged no byte is left in any folder of the product's; a hash alone stays."""

from __future__ import annotations

import hashlib
import json
import sqlite3
from pathlib import Path

import pytest
import soundfile
from command import coach, load
from other_runs import another_run
from postgres import GROUP, Server

from coach.app.purge import Place, alone
from coach.conversation import LockedError
from coach.locking import only_one
from coach.reporting.digest import Digest, render_digest
from coach.store.store import open_store

MARKER = "quuxzanzibar"
"""A word of the purged call that stands nowhere else."""

OTHER = "florpmadeira"
"""A word of a call that stays."""

FORMATS = ("--format", "html,json,md,csv,vtt")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "home" / name.lower()))
    return tmp_path / "home"


def said(path: Path, word: str) -> Path:
    """Write a call's words, with one word in several turns of both parties."""
    lines = [
        ("agent", 0.5, "Thank you for calling Northside Water my name is Ann how can I help you"),
        ("customer", 4.0, f"my {word} bill went up to two hundred dollars and I was away the whole {word} month"),
        ("agent", 9.4, f"So your {word} bill went up to two hundred dollars while you were away I am sorry about that"),
        ("customer", 14.0, f"yes and nobody told me why the {word} was so high and I really cannot pay for this"),
        ("agent", 19.4, f"I will send a technician to read the {word} meter again by Friday"),
    ]
    segments = []
    for who, start, text in lines:
        spoken = text.split()
        words = [
            {"word": w, "start": start + k * 0.25, "end": start + (k + 1) * 0.25, "score": 0.9, "speaker": who}
            for k, w in enumerate(spoken)
        ]
        segments.append({"start": start, "end": start + 5, "text": text, "speaker": who, "words": words})
    path.write_text(json.dumps({"segments": segments}), encoding="utf-8")
    return path


@pytest.fixture
def calls(tmp_path: Path, recording: Path, home: Path) -> tuple[Path, Path]:
    """Two reviewed calls, the first of which is to go; each practised from."""
    given = tmp_path / "given"
    given.mkdir()
    samples, rate = soundfile.read(recording)
    files = []
    for word, gain, agent in ((MARKER, 1.0, "Ann"), (OTHER, 0.5, "Bob")):
        path = given / f"{word}.wav"
        soundfile.write(path, samples * gain, rate)
        transcript = said(given / f"{word}-words.json", word)
        path.with_suffix(".toml").write_text(f'agent = "{agent}"\nstarted_at = 2026-0{1 + len(files)}-05T09:00:00Z\n')
        ran = coach("review", path, "--transcript", transcript, *FORMATS, cwd=work(tmp_path))
        assert ran.returncode == 0, ran.stderr
        files.append(path)
        log = home / "xdg_data_home" / "coach" / "practice.jsonl"
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8") as lines:
            tries = [{"said": f"that {word} is a shock", "heard": []}]
            entry = {"at": "2026-05-01T09:00:00+00:00", "drill": "x-say-back", "call": word, "tries": tries}
            lines.write(json.dumps(entry) + "\n")
    return files[0], files[1]


def work(tmp_path: Path) -> Path:
    folder = tmp_path / "work"
    folder.mkdir(exist_ok=True)
    return folder


def holding(word: str, *folders: Path) -> list[str]:
    """Return the files in whose bytes or name a word stands, in any common encoding."""
    forms = [word.encode(code) for code in ("utf-8", "utf-16-le", "utf-16-be")]
    found = []
    for path in sorted(path for folder in folders for path in folder.rglob("*")):
        data = path.read_bytes().lower() if path.is_file() else b""
        if any(form in data for form in forms) or word in path.name:
            found.append(str(path.name))
    return found


def purged(tmp_path: Path, *more: object) -> str:
    ran = coach("purge", *more, "--yes", cwd=work(tmp_path))
    assert ran.returncode == 0, ran.stderr
    return ran.stdout + ran.stderr


def sha(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


WAYS = {
    "by its recording": lambda path: ("--call", path),
    "by its hash": lambda path: ("--call", sha(path)),
    "by its day": lambda _: ("--before", "2026-02-01"),
    "by its agent": lambda _: ("--agent", "Ann"),
    "by its agent and its day": lambda _: ("--agent", "Ann", "--before", "2026-02-01"),
}


@pytest.mark.parametrize("way", WAYS)
def test_no_byte_of_it_is_left(tmp_path: Path, home: Path, calls: tuple[Path, Path], way: str) -> None:
    gone, stays = calls
    before, untouched = holding(MARKER, work(tmp_path), home), gone.read_bytes()
    assert {f"{MARKER}.{end}" for end in ("html", "json", "md", "csv", "vtt")} <= set(before)
    assert "practice.jsonl" in before
    assert any(name.startswith("own.sqlite") for name in before), before
    kept = set(holding(OTHER, work(tmp_path), home))

    purged(tmp_path, *WAYS[way](gone))

    assert holding(MARKER, work(tmp_path), home) == []
    assert set(holding(OTHER, work(tmp_path), home)) == kept
    assert gone.read_bytes() == untouched
    with open_store(purpose="own") as store:
        assert store.tombstoned(sha(gone))
        assert [call.sha256 for call in store.calls()] == [sha(stays)]


def test_free_pages_and_the_log_before_writing_hold_nothing(
    tmp_path: Path, home: Path, calls: tuple[Path, Path]
) -> None:
    library = home / "xdg_data_home" / "coach" / "library" / "own.sqlite"

    purged(tmp_path, "--call", calls[0])

    with sqlite3.connect(library) as base:
        assert base.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert base.execute("PRAGMA freelist_count").fetchone() == (0,)
    base.close()
    for path in library.parent.rglob("own*"):
        assert not path.is_file() or MARKER.encode() not in path.read_bytes()


def test_a_dry_run_names_what_would_go_and_changes_nothing(
    tmp_path: Path, home: Path, calls: tuple[Path, Path]
) -> None:
    before = {path: path.read_bytes() for path in work(tmp_path).rglob("*") if path.is_file()}

    ran = coach("purge", "--agent", "Ann", "--dry-run", cwd=work(tmp_path))

    assert ran.returncode == 0, ran.stderr
    assert ran.stdout.count(f"{MARKER}.") >= 5
    assert "1  lines of what was practised" in ran.stdout
    assert OTHER not in ran.stdout
    assert {path: path.read_bytes() for path in before} == before
    told = json.loads(coach("purge", "--agent", "Ann", "--dry-run", "--json", cwd=work(tmp_path)).stdout)
    assert [call["sha256"] for call in told["calls"]] == [sha(calls[0])]
    assert told["removed"] is False


def test_away_from_a_terminal_nothing_goes_without_a_yes(tmp_path: Path, home: Path, calls: tuple[Path, Path]) -> None:
    ran = coach("purge", "--call", calls[0], cwd=work(tmp_path))

    assert ran.returncode == 2
    assert "--yes" in ran.stderr
    assert holding(MARKER, work(tmp_path)) != []


@pytest.mark.parametrize(
    ("typed", "code", "told"),
    [
        ((), 2, "Say what to forget"),
        (("--before", "soon"), 2, "is no date"),
        (("--call", "nowhere.wav"), 4, "neither a file nor a SHA-256"),
        (("--agent", "Nobody", "--yes"), 0, "Nothing is kept"),
        (("--call", "0" * 64, "--dry-run"), 0, ""),
    ],
)
def test_what_cannot_be_meant(tmp_path: Path, home: Path, typed: tuple[str, ...], code: int, told: str) -> None:
    ran = coach("purge", *typed, cwd=work(tmp_path))

    assert ran.returncode == code, ran.stderr
    assert told in ran.stderr
    assert not (home / "xdg_data_home" / "coach" / "library").exists()  # asking makes none


def test_a_purged_call_is_not_taken_in_again(tmp_path: Path, home: Path, calls: tuple[Path, Path]) -> None:
    gone, _ = calls
    purged(tmp_path, "--call", gone)

    ran = coach("review", gone, "--transcript", gone.with_name(f"{MARKER}-words.json"), cwd=work(tmp_path))

    assert ran.returncode == 0, ran.stderr
    with open_store(purpose="own") as store:
        assert store.call(sha(gone)) is None


def test_only_what_is_ours_goes(tmp_path: Path, home: Path, calls: tuple[Path, Path]) -> None:
    gone, _ = calls
    folder = work(tmp_path) / "coaching"
    (folder / f"{MARKER}.txt").write_text("mine")
    (folder / f"{MARKER}.mp3").write_bytes(b"my own recording")
    (folder / f"{MARKER}.html").write_text("<p>a page of mine</p>")

    purged(tmp_path, "--call", gone)

    left = {path.name for path in folder.iterdir() if path.name.startswith(MARKER)}
    assert left == {f"{MARKER}.txt", f"{MARKER}.mp3", f"{MARKER}.html"}


def test_the_sound_beside_a_long_report_goes_too(tmp_path: Path, home: Path, recording: Path, transcript: Path) -> None:
    typed = ("review", recording, "--transcript", transcript)
    coach(*typed, cwd=work(tmp_path), COACH_EMBED_MINUTES="0.1")
    assert (work(tmp_path) / "coaching" / "talk.mp3").is_file()

    purged(tmp_path, "--call", recording)

    assert list((work(tmp_path) / "coaching").iterdir()) == []


def test_a_call_whose_recording_was_redacted_is_found_by_either_hash(
    tmp_path: Path, home: Path, recording: Path, transcript: Path
) -> None:
    was = sha(recording)
    coach("review", recording, "--transcript", transcript, "--redact-original", cwd=work(tmp_path))
    assert load(work(tmp_path) / "coaching" / "talk.json")["recording"]["sha256"] == was != sha(recording)

    purged(tmp_path, "--call", recording)

    assert list((work(tmp_path) / "coaching").iterdir()) == []
    with open_store(purpose="own") as store:
        assert store.tombstoned(was)


def test_reports_that_no_library_knows_of_go_as_well(
    tmp_path: Path, home: Path, recording: Path, transcript: Path
) -> None:
    coach("review", recording, "--transcript", transcript, cwd=work(tmp_path), COACH_LIBRARY="no")

    purged(tmp_path, "--call", recording)

    assert list((work(tmp_path) / "coaching").iterdir()) == []
    assert not (home / "xdg_state_home" / "coach" / "last.json").exists()


@pytest.fixture
def shift(tmp_path: Path, home: Path, calls: tuple[Path, Path]) -> Path:
    """A shift's store that knows of both calls."""
    path = tmp_path / "team" / "shift.sqlite"
    with open_store(str(path), purpose="shift") as store:
        for agent, call in zip(("Ann", "Bob"), calls, strict=True):
            report = work(tmp_path) / "coaching" / f"{call.stem}.json"
            stored = store.record(load(report), report=report.with_suffix(".html"), agent=agent)
            store.answer(stored.sha256, question="heard", answer="yes", who=agent)
            store.look("Lead", "report", sha256=stored.sha256, agent=agent)
    return path


def test_a_shift_s_store_is_purged_and_the_own_library_left(
    tmp_path: Path, home: Path, calls: tuple[Path, Path], shift: Path
) -> None:
    assert holding(MARKER, shift.parent)

    told = purged(tmp_path, "--agent", "Ann", "--store", shift)

    assert "1  answers" in told
    assert holding(MARKER, shift.parent, work(tmp_path)) == []
    with open_store(str(shift), purpose="shift") as store:
        assert [call.agent for call in store.calls()] == ["Bob"]
        assert [look.agent for look in store.looks()] == ["Bob"]
    with open_store(purpose="own") as store:
        assert len(store.calls()) == 2


@GROUP
def test_a_shift_s_store_on_a_server_holds_nothing_of_it_either(
    tmp_path: Path, home: Path, calls: tuple[Path, Path], postgres_url: str, postgres_server: Server
) -> None:
    with open_store(postgres_url, purpose="shift") as store:
        database = store.name.split()[2]
        for agent, call in zip(("Ann", "Bob"), calls, strict=True):
            report = work(tmp_path) / "coaching" / f"{call.stem}.json"
            store.record(load(report), report=report.with_suffix(".html"), agent=agent)
    oid = postgres_server.sql("SELECT oid FROM pg_database WHERE datname = current_database()", database)
    tables = postgres_server.folder / "data" / "base" / oid
    postgres_server.sql("CHECKPOINT", database)
    assert holding(MARKER, tables)

    purged(tmp_path, "--agent", "Ann", "--store", postgres_url)
    postgres_server.sql("CHECKPOINT", database)

    assert holding(MARKER, tables, work(tmp_path)) == []
    assert holding(OTHER, tables)
    with open_store(postgres_url, purpose="shift") as store:
        assert [call.agent for call in store.calls()] == ["Bob"]
        assert store.tombstoned(sha(calls[0]))


@pytest.fixture
def served(tmp_path: Path, calls: tuple[Path, Path], postgres_url: str) -> str:
    """A shift's store on a server that knows of both calls."""
    with open_store(postgres_url, purpose="shift") as store:
        for agent, call in zip(("Ann", "Bob"), calls, strict=True):
            report = work(tmp_path) / "coaching" / f"{call.stem}.json"
            store.record(load(report), report=report.with_suffix(".html"), agent=agent)
    return postgres_url


@pytest.mark.parametrize("kind", ["shift", pytest.param("served", marks=GROUP)])
def test_beside_a_shift_at_work_nothing_is_purged(
    tmp_path: Path, home: Path, kind: str, request: pytest.FixtureRequest
) -> None:
    url = request.getfixturevalue(kind)
    before = holding(MARKER, work(tmp_path))
    typed = ("purge", "--agent", "Ann", "--store", url)
    with another_run(url, tmp_path / "elsewhere"):
        ran = coach(*typed, "--yes", cwd=work(tmp_path))
        assert ran.returncode == 75
        assert "Another run of coach is at work" in ran.stderr
        assert holding(MARKER, work(tmp_path)) == before
        with open_store(str(url), purpose="shift") as store:
            assert [call.agent for call in store.calls()] == ["Ann", "Bob"]
            assert store.tombstones() == []
        assert coach(*typed, "--dry-run", cwd=work(tmp_path)).returncode == 0  # to look is no work

    purged(tmp_path, "--agent", "Ann", "--store", url)

    assert holding(MARKER, work(tmp_path)) == []


def test_beside_a_purge_no_shift_begins(tmp_path: Path, shift: Path) -> None:
    with alone(Place(str(shift), work(tmp_path) / "coaching")):
        with pytest.raises(LockedError):
            open_store(str(shift), purpose="shift", alone=True)
        with pytest.raises(LockedError):
            only_one(work(tmp_path) / "coaching").__enter__()
    open_store(str(shift), purpose="shift", alone=True).close()


def test_what_changed_while_somebody_was_asked_is_not_purged_unseen(
    tmp_path: Path, home: Path, calls: tuple[Path, Path], shift: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = holding(MARKER, work(tmp_path))
    other = load(work(tmp_path) / "coaching" / f"{OTHER}.json")

    def asked(**_: object) -> None:
        with open_store(str(shift), purpose="shift", alone=True) as store:  # nobody waits for an answer
            store.record(other, agent="Ann")

    monkeypatch.setattr("coach.cli.purge._ask", asked)
    ran = coach("purge", "--agent", "Ann", "--store", shift, cwd=work(tmp_path))

    assert ran.returncode == 75
    assert "Nothing was removed" in " ".join(ran.stderr.split())
    assert holding(MARKER, work(tmp_path)) == before
    monkeypatch.setattr("coach.cli.purge._ask", lambda **_: None)
    assert coach("purge", "--agent", "Ann", "--store", shift, cwd=work(tmp_path)).returncode == 0
    assert holding(MARKER, work(tmp_path)) == []


def test_what_nights_told_before_the_day_goes_but_for_the_newest(
    tmp_path: Path, home: Path, calls: tuple[Path, Path], shift: Path
) -> None:
    out = work(tmp_path) / "coaching"
    told = {day: out / f"night-{day}-023000.md" for day in ("2026-01-05", "2026-01-20", "2026-01-21")}
    for day, path in told.items():
        path.write_text(render_digest(Digest(day, reviewed=1), "shift.html"), encoding="utf-8")
    (out / "night-mine.md").write_text("# Last winter, 2026-01-05")

    purged(tmp_path, "--agent", "Nobody", "--before", "2026-02-01", "--store", shift)
    assert all(path.is_file() for path in told.values())  # the wish was about an agent
    listed = coach("purge", "--before", "2026-01-21", "--store", shift, "--dry-run", cwd=work(tmp_path)).stdout
    assert [line for line in listed.splitlines() if "night-" in line] == [f"file    {told['2026-01-05']}"]

    purged(tmp_path, "--before", "2026-02-01", "--store", shift)

    assert {path.name for path in out.glob("night-*")} == {"night-2026-01-21-023000.md", "night-mine.md"}


def test_who_looked_can_be_read(tmp_path: Path, home: Path, calls: tuple[Path, Path], shift: Path) -> None:
    ran = coach("looks", "--agent", "Ann", "--store", shift, cwd=work(tmp_path))

    (line,) = ran.stdout.splitlines()
    assert "Lead  report  Ann" in line
    assert sha(calls[0])[:12] in line
    both = json.loads(coach("looks", "--store", shift, "--json", cwd=work(tmp_path)).stdout)
    assert [(one["who"], one["agent"]) for one in both] == [("Lead", "Ann"), ("Lead", "Bob")]
    late = coach("looks", "--store", shift, "--since", "2999-01-01", cwd=work(tmp_path))
    assert (late.stdout, "Nobody has looked" in late.stderr) == ("", True)


def test_asking_who_looked_makes_no_store(tmp_path: Path, home: Path) -> None:
    ran = coach("looks", cwd=work(tmp_path))

    assert ran.returncode == 0
    assert "Nobody has looked" in ran.stderr
    assert not (home / "xdg_data_home" / "coach").exists()


def test_the_check_itself_finds_a_word(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"xx" + MARKER.encode("utf-16-le"))
    (tmp_path / f"{MARKER}.txt").write_bytes(b"")

    assert holding(MARKER, tmp_path) == ["a", f"{MARKER}.txt"]
