"""``coach shift`` as a person meets it: the agreement, what is taken in, exit codes, what is told where."""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import fsspec
import pytest
from command import Ran, coach
from nights import POLICY, Here, make_call, told, unmasked
from terminal import CONTROL_D, at_terminal

from coach.app.intake.known import Found
from coach.app.shift.cases import Taken
from coach.app.shift.running import Shift
from coach.cli.shift import _counted
from coach.engines import choose
from coach.store.store import open_store


@pytest.fixture(autouse=True)
def _words() -> Iterator[None]:
    with told():
        yield


@pytest.fixture(name="engine")
def _engine(monkeypatch: pytest.MonkeyPatch) -> Here:
    engine = Here()
    real = choose.open_engine

    @contextlib.contextmanager
    def opened(name: str = "local", **more: object) -> Iterator[object]:
        with real(name, **more):  # type: ignore[arg-type]
            yield engine

    monkeypatch.setattr(choose, "open_engine", opened)
    return engine


class Shifts:
    """A place in which shifts are run."""

    def __init__(self, folder: Path, engine: Here) -> None:
        self.folder, self.engine = folder, engine
        self.calls, self.out = folder / "calls", folder / "coaching"
        self.calls.mkdir()
        self.policy = folder / "policy.toml"
        self.policy.write_text(POLICY, encoding="utf-8")

    def run(self, *arguments: object) -> Ran:
        self.engine.began.clear()
        given = arguments or (self.calls,)
        return coach("shift", *given, "--policy", self.policy, "--store", "shift.sqlite", cwd=self.folder)


@pytest.fixture(name="shifts")
def _shifts(tmp_path: Path, engine: Here) -> Shifts:
    return Shifts(tmp_path, engine)


def test_without_an_agreement_no_shift_runs_and_nothing_is_written(shifts: Shifts) -> None:
    make_call(shifts.calls / "a.wav")
    shifts.policy.unlink()
    ran = shifts.run()
    assert ran.returncode == 5
    assert "coach shift --setup" in " ".join(ran.stderr.split())
    assert not shifts.out.exists()
    assert not (shifts.folder / "shift.sqlite").exists()


def test_a_shift_is_reviewed_and_the_second_time_nothing_is_new(shifts: Shifts) -> None:
    for seed, name in enumerate(("a.wav", "b.wav", "sub/c.wav")):
        make_call(shifts.calls / name, seed, 3.0)
    ran = shifts.run()
    assert ran.returncode == 0, ran.stderr
    assert "3 recordings: 3 reviewed." in ran.stdout
    assert "The shift's page: " in ran.stdout
    assert all(len(line) <= 80 for line in (ran.stdout + ran.stderr).splitlines() if str(shifts.folder) not in line)
    made = {path.name for path in shifts.out.iterdir()}
    assert made >= {"a.html", "b.json", "c.html", "shift.html", "shift.json", "calls.csv", "calls.parquet"}
    assert {oct(path.stat().st_mode & 0o777) for path in shifts.out.rglob("*") if path.is_file()} == {"0o600"}
    assert unmasked(shifts.out, shifts.folder / "shift") == []

    again = shifts.run()
    assert (again.returncode, shifts.engine.began) == (0, [])
    assert "3 recordings: 3 reviewed before." in again.stdout
    assert shifts.run(shifts.calls, "--quiet") == Ran(0, "", "")
    forced = shifts.run(shifts.calls, "--force")
    assert "3 recordings: 3 reviewed." in forced.stdout


def test_reports_may_lie_in_the_stores_own_folder(shifts: Shifts) -> None:
    make_call(shifts.calls / "a.wav", 1, 3.0)
    for _ in range(2):
        assert shifts.run(shifts.calls, "--out", "shift").returncode == 0
    purged = coach("purge", "--call", shifts.calls / "a.wav", "--store", "shift.sqlite", "--out", "shift", "--yes",
                   cwd=shifts.folder)  # fmt: skip
    assert purged.returncode == 0, purged.stderr
    assert not (shifts.folder / "shift" / "a.html").exists()


def test_each_agent_can_read_to_whom_the_page_about_them_went(shifts: Shifts) -> None:
    for seed, agent in enumerate(("Ann", "Bob")):
        path = make_call(shifts.calls / f"{agent}.wav", seed, 3.0)
        path.with_suffix(".toml").write_text(f'agent = "{agent}"\n')
    shifts.run()
    told = coach("looks", "--agent", "Bob", "--store", "shift.sqlite", cwd=shifts.folder).stdout
    assert [line.split("  ")[1:] for line in told.splitlines()] == [["Dana", "given the shift's page", "Bob"]]


@pytest.fixture(name="two_of_them")
def _two_of_them(shifts: Shifts) -> Shifts:
    """A shift of two agents, with what a night told of one of their calls."""
    for seed, agent in enumerate(("Ann", "Bob")):
        path = make_call(shifts.calls / f"zanzibar-{agent}.wav", seed, 3.0)
        path.with_suffix(".toml").write_text(f'agent = "{agent}"\n')
    shifts.run()
    (shifts.out / "night-2026-11-01.md").write_text("# Last night, 2026-11-01\n\n| zanzibar-Ann.wav | why |\n")
    (shifts.out / "night-2026-11-02.md").write_text("# Last night, 2026-11-02\n\n| zanzibar-Bob.wav | why |\n")
    (shifts.out / "night-mine.md").write_text("zanzibar-Ann.wav is my own note")
    return shifts


def test_what_is_older_than_was_agreed_is_forgotten_and_not_taken_in(shifts: Shifts) -> None:
    for seed, name in enumerate(("old.wav", "older.wav", "new.wav")):
        make_call(shifts.calls / name, seed, 3.0)
    aged = datetime.now(UTC) - timedelta(days=70)  # ten days longer than was agreed on
    (shifts.calls / "older.toml").write_text(f"started_at = {aged:%Y-%m-%dT%H:%M:%SZ}\n")
    ran = shifts.run()
    assert "3 recordings: 2 reviewed, 1 purged before, or older than what is kept." in " ".join(ran.stdout.split())
    assert sorted(shifts.engine.began) == ["new.wav", "old.wav"]
    own = shifts.out / "own.json"
    own.write_text(json.dumps({"schema": "coach.review/1", "source": "e" * 64}))
    with sqlite3.connect(shifts.folder / "shift.sqlite") as base:
        at = datetime.now(UTC) - timedelta(days=70)
        base.execute("UPDATE calls SET started_at = ? WHERE uri = 'old.wav'", (at.strftime("%Y-%m-%d %H:%M:%S.%f"),))
    base.close()

    again = shifts.run()

    assert again.returncode == 0
    assert "One call was deleted: it was agreed how long calls are kept." in again.stderr
    assert "1 reviewed before, 2 purged before, or older than what is kept." in " ".join(again.stdout.split())
    assert naming(shifts.out, "old.wav") == set()
    assert {path.name for path in shifts.out.glob("*.html")} == {"new.html", "shift.html"}
    assert own.is_file()
    assert all(len(line) <= 80 for line in again.stderr.splitlines())


def naming(folder: Path, *words: str) -> set[str]:
    """Return the files in whose bytes or name one of the words stands."""
    files = [path for path in folder.rglob("*") if path.is_file()]
    return {
        path.name for path in files if any(word.encode() in path.read_bytes() + path.name.encode() for word in words)
    }


@pytest.mark.parametrize("agreed", [True, False])
def test_what_is_purged_is_named_on_no_page_of_the_shift_any_more(two_of_them: Shifts, agreed: bool) -> None:
    shifts = two_of_them
    gone = json.loads((shifts.out / "zanzibar-Ann.json").read_text())["recording"]["sha256"]
    before = naming(shifts.out, "zanzibar-Ann", gone)
    assert before >= {"shift.html", "shift.json", "calls.csv", "calls.parquet", "night-2026-11-01.md"}
    policy = shifts.policy if agreed else shifts.folder / "none.toml"

    ran = coach("purge", "--agent", "Ann", "--store", "shift.sqlite", "--policy", policy, "--yes", cwd=shifts.folder)

    assert ran.returncode == 0, ran.stderr
    assert naming(shifts.out, "zanzibar-Ann", gone) == {"night-mine.md"}
    assert ("were made anew" if agreed else "are gone") in ran.stderr
    assert (shifts.out / "night-2026-11-02.md").is_file()
    left = {path.name for path in (shifts.out / "agents").iterdir()}
    assert {name.split("-")[0] for name in left} == ({"bob"} if agreed else set())
    if agreed:
        (call,) = json.loads((shifts.out / "shift.json").read_text())["calls"]
        assert (call["call"], call["agent"]) == ("zanzibar-Bob.wav", "Bob")
        assert "zanzibar-Bob" in (shifts.out / "shift.html").read_text()


def test_pages_of_another_store_are_let_be(two_of_them: Shifts) -> None:
    shifts = two_of_them
    before = {path: path.read_bytes() for path in shifts.out.rglob("*") if path.is_file()}
    other = make_call(shifts.folder / "more" / "other.wav", 7, 3.0)
    coach("shift", other, "--policy", shifts.policy, "--store", "b.sqlite", "--out", "elsewhere", cwd=shifts.folder)

    coach("purge", "--call", other, "--store", "b.sqlite", "--policy", shifts.policy, "--yes", cwd=shifts.folder)

    assert {path: path.read_bytes() for path in shifts.out.rglob("*") if path.is_file()} == before


def test_json_is_one_object_a_recording_and_talk_goes_to_stderr(shifts: Shifts) -> None:
    make_call(shifts.calls / "a.wav", 1, 3.0)
    (shifts.calls / "b.wav").write_bytes(b"RIFF....WAVEnothing")
    ran = shifts.run(shifts.calls, "--json")
    lines = {line["call"]: line for line in map(json.loads, ran.stdout.splitlines())}
    assert {name: line["end"] for name, line in lines.items()} == {"a.wav": "reviewed", "b.wav": "failed"}
    assert len(lines["a.wav"]["sha256"]) == 64
    assert (lines["b.wav"]["exit_code"], ran.returncode) == (3, 3)
    assert "b.wav" in ran.stderr


def test_all_that_was_found_is_in_json_and_the_count_adds_up(shifts: Shifts) -> None:
    make_call(shifts.calls / "a.wav", 1, 3.0)
    (shifts.calls / "empty.wav").touch()
    (shifts.calls / "link.wav").symlink_to(shifts.folder / "nowhere.wav")
    ran = shifts.run(shifts.calls, "--json")
    lines = {Path(line["call"]).name: line for line in map(json.loads, ran.stdout.splitlines())}
    ends = {name: (line["end"], line["exit_code"]) for name, line in lines.items()}
    assert ends == {"a.wav": ("reviewed", 0), "empty.wav": ("refused", 3), "link.wav": ("refused", 3)}
    assert "leads nowhere" in lines["link.wav"]["message"]
    for what in ("shift.json", "calls.csv", "shift.html"):
        told = (shifts.out / what).read_text(encoding="utf-8")
        assert "leads nowhere" in told, what
        assert "empty.wav" in told, what
    assert "3 recordings: 1 reviewed before, 2 not taken in." in shifts.run(shifts.calls).stdout


def test_a_recording_that_was_moved_away_is_in_the_count() -> None:
    found = [Found(f"{name}.wav", Path(f"{name}.wav"), {}) for name in "ab"]
    assert _counted(Shift((Taken(found[0], "gone"), Taken(found[1], "reviewed")))) == (
        "2 recordings: 1 reviewed, 1 moved away meanwhile."
    )


@pytest.mark.parametrize("arguments", [["nowhere"], ["."], ["--manifest", "none.csv"]])
def test_nothing_to_review_is_exit_4(shifts: Shifts, arguments: list[str]) -> None:
    ran = shifts.run(*arguments)
    assert ran.returncode == 4
    assert ran.stderr
    assert ran.stdout == ""


def test_a_manifest_says_whose_calls_they_are_and_an_agent_that_nobody_names_is_nobodys(shifts: Shifts) -> None:
    for seed, name in enumerate(("a.wav", "b.wav", "c.wav")):
        make_call(shifts.calls / name, seed, 3.0)
    manifest = shifts.calls / "calls.csv"
    day = (datetime.now(UTC) - timedelta(days=1)).date()
    manifest.write_text(
        f"recording,agent,started_at,direction\na.wav,Ann,{day}T09:14:05+00:00,inbound\n"
        f"b.wav,Bob,{day} 09:20,outbound\nc.wav,,,\n"
    )
    ran = shifts.run("--manifest", manifest)
    assert ran.returncode == 0, ran.stderr
    assert "Agents' own pages: 2" in ran.stdout
    with open_store(str(shifts.folder / "shift.sqlite"), purpose="shift") as store:
        assert {(call.uri, call.agent, call.direction) for call in store.calls()} == {
            ("a.wav", "Ann", "inbound"),
            ("b.wav", "Bob", "outbound"),
            ("c.wav", None, None),
        }


def test_one_that_is_wrong_costs_nobody_else_their_review(shifts: Shifts) -> None:
    for seed, name in enumerate(("a.wav", "b.wav", "c.wav")):
        make_call(shifts.calls / name, seed, 3.0)
    (shifts.calls / "d.wav").write_bytes(b"<!DOCTYPE html><html><body>Log in</body></html>")
    shifts.engine.deadly = {"b.wav"}
    ran = shifts.run()
    assert ran.returncode == 3
    assert "4 recordings: 2 reviewed, 1 could not be reviewed, 1 set aside." in " ".join(ran.stdout.split())
    said = " ".join(ran.stderr.split())
    assert "b.wav: It stopped its worker twice" in said
    assert "d.wav: is a web page" in said
    assert all(len(line) <= 80 for line in ran.stderr.splitlines())


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["--setup", "x.wav"], "--setup stands alone"),
        (["--jobs", "0"], "--jobs"),
        (["--address", "ray://x"], "--engine ray"),
        (["--engine", "spark"], "spark"),
    ],
)
def test_what_does_not_fit_together_is_exit_2(shifts: Shifts, arguments: list[str], says: str) -> None:
    make_call(shifts.calls / "a.wav", 1, 3.0)
    ran = coach("shift", *arguments, *([] if "--setup" in arguments else [shifts.calls]), cwd=shifts.folder)
    assert ran.returncode == 2
    assert says in ran.stderr


def test_a_persons_own_library_is_no_shifts_store(shifts: Shifts) -> None:
    make_call(shifts.calls / "a.wav", 1, 3.0)
    open_store(str(shifts.folder / "shift.sqlite"), purpose="own").close()
    ran = shifts.run()
    assert ran.returncode == 5
    assert "kept apart" in " ".join(ran.stderr.split())


def test_recordings_at_addresses_are_taken_in_by_name_or_by_folder_and_once(shifts: Shifts, tmp_path: Path) -> None:
    memory = fsspec.filesystem("memory")
    try:
        memory.pipe_file("/inbox/day/notes.txt", b"no recording")
        for seed, name in enumerate(("a.wav", "day/b.wav")):
            memory.put_file(str(make_call(tmp_path / "made" / name, seed, 3.0)), f"/inbox/{name}")
        ran = shifts.run("memory://inbox/a.wav", "memory://inbox/day/")
        assert ran.returncode == 0, ran.stderr
        assert "2 recordings: 2 reviewed." in ran.stdout
        again = shifts.run("memory://inbox/")
        assert "2 recordings: 2 reviewed before." in again.stdout
        assert shifts.engine.began == []
        with open_store(str(shifts.folder / "shift.sqlite"), purpose="shift") as store:
            assert {call.uri for call in store.calls()} == {"a.wav", "b.wav"}
            gone = store.calls()[0]
            store.purge(sha256=gone.sha256)
        for path in shifts.out.glob(f"{Path(str(gone.report)).stem}.*"):
            path.unlink()
        purged = shifts.run("memory://inbox/")
        assert "1 purged before" in " ".join(purged.stdout.split())
        assert unmasked(shifts.out, shifts.folder / "shift") == []
        assert shifts.run("memory://nowhere/").returncode == 4
    finally:
        for path in memory.find("/"):
            memory.rm(path)


# The agreement is written at the terminal.

ANSWERS = ["coaching", "Dana", "workload, reports", "60", "2026-01-05", "Dana, extension 204"]


def test_setup_asks_until_each_answer_can_be_and_writes_it_down(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    answers = ["performance", "coaching", "", "Dana", "rankings", *ANSWERS[2:]]
    sat = at_terminal(
        "shift", "--setup", "--policy", path, cwd=tmp_path, answers=[f"{one}\n" for one in answers], prompt=b": "
    )
    assert sat.returncode == 0, sat.screen
    assert str(path) in sat.screen.replace("\r\n", "")
    written = path.read_text(encoding="utf-8")
    assert 'supervisors = ["Dana"]' in written
    assert "keep_days = 60" in written
    assert oct(path.stat().st_mode & 0o777) == "0o600"
    shown = [line.split("<answered>")[0] for line in sat.screen.splitlines() if str(tmp_path) not in line]
    long = [line for line in shown if len(line) > 80]
    assert long == []


def test_setup_that_is_left_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "policy.toml"
    sat = at_terminal(
        "shift", "--setup", "--policy", path, cwd=tmp_path, answers=["coaching\n", CONTROL_D], prompt=b": "
    )
    assert sat.returncode == 2
    assert "nothing was written" in " ".join(sat.screen.split())
    assert not path.exists()


def test_setup_without_a_terminal_says_which_file_to_write(tmp_path: Path) -> None:
    ran = coach("shift", "--setup", "--policy", tmp_path / "policy.toml", cwd=tmp_path)
    assert ran.returncode == 2
    assert "policy.toml" in ran.stderr.replace("\n", "").replace("  ", "")
