"""Shifts and nights whose reports go to an address: the same order, nothing lost, nothing told that opens it."""

from __future__ import annotations

import contextlib
import json
import re
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path
from typing import Any, TypeAlias
from urllib.parse import unquote

import fsspec
import pytest
from command import Ran, coach
from ftp_server import PASSWORD, USER, Ftp, serving
from nights import POLICY, Here, make_call, told, unmasked, write_night

from coach.app import publishing
from coach.app.shift import policy as policies
from coach.engines import choose
from coach.store.store import open_store
from coach.store.values import StoredCall

System: TypeAlias = Any  # fsspec is not typed


@pytest.fixture(autouse=True)
def _words() -> Iterator[None]:
    with told():
        yield


@pytest.fixture(name="engine")
def _engine(monkeypatch: pytest.MonkeyPatch) -> Here:
    engine = Here()

    @contextlib.contextmanager
    def opened(*_: object, **__: object) -> Iterator[object]:
        yield engine

    monkeypatch.setattr(choose, "open_engine", opened)
    monkeypatch.setattr("coach.app.nightly.night.open_engine", opened)
    return engine


@pytest.fixture(name="memory")
def _memory() -> Iterator[System]:
    system = fsspec.filesystem("memory")
    yield system
    for path in system.find("/"):
        system.rm_file(path)
    system.pseudo_dirs[:] = [""]


class Place:
    """A folder of reports at an address.

    Attributes:
        address: With what it takes to get in.
        bare: As it may be shown.
    """

    def __init__(self, address: str, bare: str, files: Callable[[], dict[str, bytes]]) -> None:
        self.address, self.bare, self.files = address, bare, files

    def names(self) -> set[str]:
        return set(self.files())

    def copied(self, folder: Path) -> Path:
        """Copy all that lies there to a folder on this computer."""
        for name, content in self.files().items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
        return folder


def below(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(name="place", params=["memory", "file", "ftp"])
def _place(request: pytest.FixtureRequest, tmp_path: Path, memory: System) -> Iterator[Place]:
    served = tmp_path / "served"
    if request.param == "memory":
        yield Place(
            "memory://reports/may/",
            "memory://reports/may",
            lambda: {name.removeprefix("/reports/may/"): memory.cat_file(name) for name in memory.find("/reports/may")},
        )
    elif request.param == "file":
        yield Place(f"file://{served}/may", f"file://{served}/may", lambda: below(served / "may"))
    else:
        with serving(served) as ftp:
            ftp.strict = True  # the stricter of two ways in which servers rename; the other is memory's
            yield Place(ftp.address("may"), ftp.bare("may"), lambda: below(served / "may"))


@pytest.fixture(name="near_memory")
def _near_memory(memory: System) -> Place:
    return Place(
        "memory://reports/may",
        "memory://reports/may",
        lambda: {name.removeprefix("/reports/may/"): memory.cat_file(name) for name in memory.find("/reports/may")},
    )


class Shifts:
    """A folder in which shifts are run, whose reports go to an address."""

    def __init__(self, folder: Path, engine: Here) -> None:
        self.folder, self.engine, self.calls = folder, engine, folder / "calls"
        self.policy = folder / "policy.toml"
        self.policy.write_text(POLICY, encoding="utf-8")
        for seed, agent in enumerate(("Ann", "Bob")):
            self.call(f"zanzibar-{agent}.wav", agent, seed)

    def call(self, name: str, agent: str, seed: int, day: int = 1) -> Path:
        path = make_call(self.calls / name, seed, 3.0)
        at = datetime.now(UTC) - timedelta(days=day)
        path.with_suffix(".toml").write_text(f'agent = "{agent}"\nstarted_at = "{at.isoformat()}"\n')
        return path

    def run(self, out: str, *arguments: object) -> Ran:
        self.engine.began.clear()
        given = arguments or (self.calls,)
        return self.coach("shift", *given, "--out", out, "--policy", self.policy)

    def coach(self, *arguments: object) -> Ran:
        return coach(*arguments, "--store", "shift.sqlite", cwd=self.folder)

    def purge(self, *arguments: object) -> Ran:
        return self.coach("purge", *arguments, "--policy", self.policy, "--yes")

    def stored(self) -> list[StoredCall]:
        with open_store(str(self.folder / "shift.sqlite"), purpose="shift") as store:
            return store.calls()

    def states(self) -> set[str]:
        with open_store(str(self.folder / "shift.sqlite"), purpose="shift") as store:
            return {attempt.state for attempt in store.attempts()}


@pytest.fixture(name="shifts")
def _shifts(tmp_path: Path, engine: Here) -> Shifts:
    (tmp_path / "shifts").mkdir()
    return Shifts(tmp_path / "shifts", engine)


def words(ran: Ran) -> str:
    return " ".join((ran.stdout + ran.stderr).split())


def links_in(page: Path) -> list[str]:
    return [unescape(found) for found in re.findall(r'href="(?!#|data:)([^"]+)"', page.read_text(encoding="utf-8"))]


def test_a_shift_writes_to_an_address_and_the_second_time_nothing_is_new(
    shifts: Shifts, place: Place, tmp_path: Path
) -> None:
    ran = shifts.run(place.address)
    assert ran.returncode == 0, ran.stderr
    assert "2 recordings: 2 reviewed." in ran.stdout
    assert f"The shift's page: {place.bare}/shift.html" in ran.stdout
    names = place.names()
    assert {"shift.html", "shift.json", "calls.csv", "calls.parquet", "figures.csv", "figures.parquet"} <= names
    assert sorted(name.split("-")[0] for name in names if name.startswith("agents/")) == ["agents/ann", "agents/bob"]
    reports = sorted(name for name in names if name.startswith("zanzibar"))
    assert [re.sub(r"-[0-9a-f]{8}", "", name) for name in reports] == [
        f"zanzibar-{agent}.{kind}" for agent in ("Ann", "Bob") for kind in ("html", "json")
    ]
    assert len(names) == 6 + 2 + 4  # nothing half-written, no probe
    assert not (shifts.folder / "coaching").exists()

    assert {call.report for call in shifts.stored()} == {
        f"{place.bare}/{name}" for name in reports if name.endswith("html")
    }
    before = {name: content for name, content in place.files().items() if name in reports}
    again = shifts.run(place.address)
    assert (again.returncode, shifts.engine.began) == (0, [])
    assert "2 recordings: 2 reviewed before." in again.stdout
    assert {name: content for name, content in place.files().items() if name in reports} == before
    assert unmasked(place.copied(tmp_path / "copied"), shifts.folder / "shift") == []


def test_links_hold_where_the_folder_is_copied_to(shifts: Shifts, place: Place, tmp_path: Path) -> None:
    shifts.call("a call [2] 50%.wav", "Ann", 3)
    assert shifts.run(place.address).returncode == 0
    copied = place.copied(tmp_path / "copied")
    followed = set()
    for page in (copied / "shift.html", *(copied / "agents").iterdir()):
        for link in links_in(page):
            target = (page.parent / unquote(link.partition("#")[0])).resolve()
            assert target.is_file(), (page.name, link)
            followed.add(target.name)
    assert len({name for name in followed if name.endswith("html")}) >= 3
    for row in json.loads((copied / "shift.json").read_text())["calls"]:
        assert row["report"] is None or (copied / unquote(row["report"])).is_file()


def test_what_opens_the_address_is_told_to_nobody(
    shifts: Shifts, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with serving(tmp_path / "served") as ftp:
        out = ftp.address("may")
        said = [shifts.run(out, shifts.calls, "--json"), shifts.run(out), shifts.run(out, shifts.calls, "--force")]
        said.append(shifts.purge("--agent", "Ann", "--out", out))
        ftp.readonly = True
        said.append(shifts.run(out, shifts.calls, "--force"))
    said.append(shifts.run(out))
    assert [ran.returncode for ran in said] == [0, 0, 0, 0, 74, 74]
    seen = "".join(ran.stdout + ran.stderr for ran in said) + "".join(capfd.readouterr())
    kept = [content for name, content in below(tmp_path).items()]
    assert [text for text in (seen.encode(), *kept) if PASSWORD.encode() in text or b"ann:" in text] == []
    assert f"{ftp.bare('may')}/" in seen
    assert "address holds a password" in seen


def test_the_agents_pages_and_every_report_are_there_before_the_supervisors(
    shifts: Shifts, near_memory: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    order: list[str] = []
    real = publishing._put

    def watched(system: System, content: Any, path: str) -> None:  # noqa: ANN401
        real(system, content, path)
        order.append(path.removeprefix("/reports/may/"))

    monkeypatch.setattr(publishing, "_put", watched)
    assert shifts.run(near_memory.address).returncode == 0
    first = order.index("shift.html")
    assert {name for name in near_memory.names() if name.startswith(("agents/", "zanzibar"))} <= set(order[:first])
    own = [order.index(name) for name in order if name.startswith("agents/") and name.endswith("html")]
    assert max(order.index(name) for name in order if name.startswith("zanzibar")) < min(own)
    for stem in {name.rpartition(".")[0] for name in order if name.startswith("zanzibar")}:
        assert order.index(f"{stem}.html") < order.index(f"{stem}.json")

    # Where an agent's page cannot be written, there is no new page for the supervisor.
    def refusing(system: System, content: Any, path: str) -> None:  # noqa: ANN401
        if "/agents/bob" in path:
            raise PermissionError
        watched(system, content, path)

    monkeypatch.setattr(publishing, "_put", refusing)
    order.clear()
    ran = shifts.run(near_memory.address)
    assert ran.returncode == 74
    assert "could not be written to memory://reports/may/agents (PermissionError)" in words(ran)
    assert "shift.html" not in order


@pytest.mark.parametrize("moment", ["before", "after"])
@pytest.mark.parametrize(
    "at", ["zanzibar-Ann.html", "zanzibar-Bob.json", "agents/ann", "agents/bob", "shift.html", "calls.csv"]
)
def test_a_shift_that_is_killed_at_a_write_is_ended_by_the_next(
    shifts: Shifts, near_memory: Place, monkeypatch: pytest.MonkeyPatch, at: str, moment: str
) -> None:
    class PowerFails(BaseException):
        """What no program can catch."""

    real = publishing._put
    start, _, ending = f"/reports/may/{at}".rpartition(".") if "zanzibar" in at else (f"/reports/may/{at}", "", "")

    def dies(system: System, content: Any, path: str) -> None:  # noqa: ANN401
        here = path.startswith(start) and path.endswith(ending)
        if moment == "after" or not here:
            real(system, content, path)
        if here:
            raise PowerFails

    with monkeypatch.context() as patch:
        patch.setattr(publishing, "_put", dies)
        with pytest.raises(PowerFails):
            shifts.run(near_memory.address)
        page = near_memory.files().get("shift.html")
    own = {name.split("-")[0] for name in near_memory.names() if name.startswith("agents/")}
    assert page is None or own == {"agents/ann", "agents/bob"}
    assert shifts.run(near_memory.address).returncode == 0
    assert len(near_memory.names()) == 6 + 2 + 4
    assert (len(shifts.stored()), shifts.states()) == (2, {"done"})


def test_an_address_that_cannot_be_written_costs_a_sentence_and_nothing_else(
    shifts: Shifts, near_memory: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = publishing._put
    refused: list[str] = []

    def refuses(system: System, content: Any, path: str) -> None:  # noqa: ANN401
        if any(part in path for part in refused):
            raise ConnectionResetError
        real(system, content, path)

    monkeypatch.setattr(publishing, "_put", refuses)
    refused[:] = ["/reports"]
    ran = shifts.run(near_memory.address)
    assert (ran.returncode, ran.stdout, shifts.engine.began) == (74, "", [])
    assert ran.stderr.count(".") == words(ran).count(".")
    assert "The reports could not be written to memory://reports/may (ConnectionResetError)" in words(ran)
    assert (shifts.stored(), shifts.states()) == ([], set())

    refused[:] = ["zanzibar-Bob"]  # it breaks off in the middle
    ran = shifts.run(near_memory.address)
    assert ran.returncode == 74
    assert {call.uri for call in shifts.stored()} <= {"zanzibar-Ann.wav"}
    assert shifts.states() <= {"done", "waiting"}
    assert not any(name.endswith(".part") for name in near_memory.names())

    refused.clear()
    assert shifts.run(near_memory.address).returncode == 0
    assert {call.uri for call in shifts.stored()} == {"zanzibar-Ann.wav", "zanzibar-Bob.wav"}
    assert shifts.states() == {"done"}


@pytest.mark.parametrize(
    "out", ["s3://bucket/may?token=hunter2-secret", "memory://", "file:///", "simplecache::memory://may", "s3://b/#x"]
)
def test_what_is_no_address_of_a_folder_is_exit_2(shifts: Shifts, out: str) -> None:
    ran = shifts.run(out)
    assert ran.returncode == 2
    assert PASSWORD not in ran.stderr
    assert not (shifts.folder / "shift.sqlite").exists()


def test_a_system_that_is_not_installed_is_exit_5(shifts: Shifts) -> None:
    ran = shifts.run("sftp://ann:hunter2-secret@host/may")
    assert ran.returncode == 5
    assert "not installed" in words(ran)
    assert PASSWORD not in ran.stderr


def test_a_recording_with_a_new_name_keeps_its_report_and_one_whose_sidecar_changed_is_reviewed_again(
    shifts: Shifts, place: Place
) -> None:
    shifts.run(place.address)
    names = {name for name in place.names() if name.startswith("zanzibar")}
    (shifts.calls / "zanzibar-Ann.wav").rename(shifts.calls / "mombasa.wav")
    (shifts.calls / "zanzibar-Ann.toml").rename(shifts.calls / "mombasa.toml")
    ran = shifts.run(place.address)
    assert "2 recordings: 2 reviewed before." in ran.stdout
    assert {name for name in place.names() if name.startswith(("zanzibar", "mombasa"))} == names

    time.sleep(1.1)  # some systems tell of whole seconds only
    (shifts.calls / "zanzibar-Bob.toml").write_text('agent = "Cleo"\n')
    shifts.run(place.address)
    assert shifts.engine.began == ["zanzibar-Bob.wav"]
    assert "Cleo" in {call.agent for call in shifts.stored()}


def test_the_page_of_somebody_who_is_gone_goes_there_too_and_a_strangers_stays(
    shifts: Shifts, near_memory: Place, memory: System
) -> None:
    shifts.run(near_memory.address)
    memory.pipe_file("/reports/may/agents/notes-0123abcd.html", b"<p>mine</p>")
    with open_store(str(shifts.folder / "shift.sqlite"), purpose="shift") as store:
        store.purge(agent="Ann")
    shifts.run(near_memory.address)
    left = {name for name in near_memory.names() if name.startswith("agents/")}
    assert {name.split("-")[0] for name in left} == {"agents/bob", "agents/notes"}


def test_what_a_kill_left_half_written_is_swept(shifts: Shifts, near_memory: Place, memory: System) -> None:
    for name in (
        "a.html.0123abcd.part",
        "agents/b-01234567.html.0123abcd.part",
        "young.html.0123abcd.part",
        "mine.part",
    ):
        memory.pipe_file(f"/reports/may/{name}", b"half")
        if not name.startswith("young"):
            memory.store[f"/reports/may/{name}"].created = datetime.now(UTC) - timedelta(hours=2)
    shifts.run(near_memory.address)
    assert {name for name in near_memory.names() if name.endswith(".part")} == {"young.html.0123abcd.part", "mine.part"}


def test_what_lies_where_the_reports_go_is_not_taken_for_recordings(
    shifts: Shifts, near_memory: Place, memory: System
) -> None:
    for path in shifts.calls.glob("*.wav"):
        memory.put_file(str(path), f"/reports/{path.name}")
    assert "2 recordings: 2 reviewed." in shifts.run(near_memory.address, "memory://reports/").stdout
    stem = next(name for name in near_memory.names() if name.startswith("zanzibar")).rpartition(".")[0]
    memory.pipe_file(f"/reports/may/{stem}.mp3", b"sound of a report")
    assert "2 recordings: 2 reviewed before." in shifts.run(near_memory.address, "memory://reports/").stdout
    for path in shifts.calls.glob("*.wav"):
        memory.put_file(str(path), f"/reports/may/{path.name}")
    assert "2 recordings: 2 reviewed." in shifts.run(near_memory.address, "memory://reports/may/").stdout


# Forgetting.


def test_what_is_purged_is_named_nowhere_at_the_address(
    shifts: Shifts, place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    shifts.run(place.address)
    gone = next(call.sha256 for call in shifts.stored() if call.agent == "Ann")
    assert any(b"zanzibar-Ann" in content for content in place.files().values())

    # Where the system is set up to get in, what the store knows is enough.
    monkeypatch.setitem(fsspec.config.conf, "ftp", {"username": USER, "password": PASSWORD})
    ran = shifts.purge("--agent", "Ann")

    assert ran.returncode == 0, ran.stderr
    assert f"The shift's pages in {place.bare} were made anew." in words(ran)
    naming = [
        name
        for name, content in place.files().items()
        if b"zanzibar-Ann" in content + name.encode() or gone.encode() in content
    ]
    assert naming == []
    assert {name.split("-")[0] for name in place.names() if name.startswith("agents/")} == {"agents/bob"}
    assert len({name for name in place.names() if name.startswith("zanzibar-Bob")}) == 2


def test_what_purge_does_not_reach_it_says_and_forgets_nothing(shifts: Shifts, tmp_path: Path) -> None:
    with serving(tmp_path / "served") as ftp:
        out = ftp.address("may")
        shifts.run(out)
    before = below(tmp_path / "served")
    looked = shifts.coach("purge", "--agent", "Ann", "--out", out, "--dry-run", "--json")
    assert "were not reached" in json.loads(looked.stdout)["unreached"][0]
    for arguments in (("--out", out), ()):
        ran = shifts.purge("--agent", "Ann", *arguments)
        assert ran.returncode == 74
        assert f"Reports of 1 of these calls lie at {ftp.bare('may')}, and were not reached" in words(ran)
        assert "Nothing was forgotten yet" in words(ran)
        assert len(shifts.stored()) == 2
    with serving(tmp_path / "served", ftp.port):
        without = shifts.purge("--agent", "Ann")  # nobody is let in without the password
        assert (without.returncode, len(shifts.stored())) == (74, 2)
        assert below(tmp_path / "served") == before
        assert shifts.purge("--agent", "Ann", "--out", out).returncode == 0
    assert [call.agent for call in shifts.stored()] == ["Bob"]
    assert not any("zanzibar-Ann" in name for name in below(tmp_path / "served"))


def test_where_nothing_lies_any_more_it_says_so_and_forgets_the_rest(
    shifts: Shifts, near_memory: Place, memory: System
) -> None:
    shifts.run(near_memory.address)
    for name in near_memory.names():
        memory.rm_file(f"/reports/may/{name}")
    ran = shifts.purge("--agent", "Ann")
    assert ran.returncode == 0
    assert "Reports of 1 of these calls were at memory://reports/may, and nothing of them was found there" in words(ran)
    assert [call.agent for call in shifts.stored()] == ["Bob"]


def test_a_file_of_another_call_that_stands_under_the_name_is_let_be(
    shifts: Shifts, near_memory: Place, memory: System
) -> None:
    shifts.run(near_memory.address)
    mine, other = sorted(name for name in near_memory.names() if name.startswith("zanzibar") and name.endswith("json"))
    memory.pipe_file(f"/reports/may/{mine}", near_memory.files()[other])
    memory.rm_file(f"/reports/may/{mine.replace('json', 'html')}")
    assert shifts.purge("--agent", "Ann").returncode == 0
    assert mine in near_memory.names()


def test_what_is_older_than_was_agreed_goes_from_the_address(
    shifts: Shifts, near_memory: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    shifts.call("old.wav", "Bob", 5, day=50)
    shifts.run(near_memory.address)
    assert any(name.startswith("old") for name in near_memory.names())
    shifts.policy.write_text(POLICY.replace("keep_days = 60", "keep_days = 30"), encoding="utf-8")
    assert policies.require(shifts.policy).keep_days == 30
    ran = shifts.run(near_memory.address)
    assert ran.returncode == 0, ran.stderr
    assert not any(name.startswith("old") for name in near_memory.names())
    assert {call.uri for call in shifts.stored()} == {"zanzibar-Ann.wav", "zanzibar-Bob.wav"}


# Nights.


def night(folder: Path, out: str, **more: object) -> Path:
    return write_night(folder, out=out, **more)


def test_a_night_writes_to_an_address_tells_of_it_once_and_forgets_there(
    tmp_path: Path, engine: Here, place: Place
) -> None:
    folder = tmp_path / "nights"
    folder.mkdir()
    recipe = night(folder, place.address)
    for seed, name in enumerate(("a.wav", "b.wav")):
        path = make_call(folder / "inbox" / name, seed, 3.0)
        path.with_suffix(".toml").write_text('agent = "Ann"\n')
    ran = coach("nightly", recipe, cwd=folder)
    assert ran.returncode == 0, ran.stderr
    (digest,) = (name for name in place.names() if name.startswith("night-"))
    assert f"{place.bare}/{digest}" in ran.stdout
    assert "shift.html" in place.names()
    assert PASSWORD not in ran.stdout + ran.stderr
    assert not any(name.startswith(".") for name in place.names())

    engine.began.clear()
    again = coach("nightly", recipe, cwd=folder)
    assert (again.returncode, engine.began) == (0, [])
    assert "Nothing was new." in again.stdout

    make_call(folder / "inbox" / "c.wav", 7, 3.0)
    assert coach("nightly", recipe, cwd=folder).returncode == 0
    assert len([name for name in place.names() if name.startswith("night-")]) == 2


def test_a_night_that_cannot_write_there_is_exit_74_and_the_next_one_does_it(tmp_path: Path, engine: Here) -> None:
    folder = tmp_path / "nights"
    folder.mkdir()
    with serving(tmp_path / "served") as ftp:
        recipe = night(folder, ftp.address("may"))
        make_call(folder / "inbox" / "a.wav", 1, 3.0)
        ftp.readonly = True
        ran = coach("nightly", recipe, cwd=folder)
        assert (ran.returncode, engine.began) == (74, [])
        assert PASSWORD not in ran.stdout + ran.stderr
        ftp.readonly = False
        assert coach("nightly", recipe, cwd=folder).returncode == 0
        assert engine.began == ["a.wav"]


def test_settings_and_doctor_show_the_address_without_what_opens_it(tmp_path: Path) -> None:
    for arguments in (("config", "show"), ("config", "show", "--json"), ("doctor",)):
        ran = coach(*arguments, cwd=tmp_path, COACH_OUT=f"ftp://ann:{PASSWORD}@host/may")
        assert "ftp://host/may" in ran.stdout, arguments
        assert PASSWORD not in ran.stdout + ran.stderr
    ran = coach("review", "a.wav", cwd=tmp_path, COACH_OUT=f"ftp://ann:{PASSWORD}@host/may")
    assert ran.returncode in {2, 4}
    assert PASSWORD not in ran.stdout + ran.stderr


def test_a_file_at_a_file_address_is_its_owners_alone(shifts: Shifts, tmp_path: Path) -> None:
    shifts.run(f"file://{tmp_path}/served")
    assert {oct(path.stat().st_mode & 0o777) for path in (tmp_path / "served").rglob("*") if path.is_file()} == {
        "0o600"
    }
    assert {oct(path.stat().st_mode & 0o777) for path in (tmp_path / "served").rglob("*") if path.is_dir()} == {"0o700"}


def test_the_ftp_server_is_one(tmp_path: Path) -> None:
    with serving(tmp_path / "served") as ftp, pytest.raises(Exception, match="530"):
        fsspec.core.url_to_fs(Ftp(tmp_path, ftp.port).address().replace(PASSWORD, "wrong"))


def test_a_night_forgets_at_the_address_what_is_due_old_digests_too(
    tmp_path: Path, engine: Here, near_memory: Place, memory: System
) -> None:
    folder = tmp_path / "nights"
    folder.mkdir()
    recipe = night(folder, near_memory.address)
    for name, days in (("old.wav", 20), ("new.wav", 2)):
        path = make_call(folder / "inbox" / name, days, 3.0)
        at = datetime.now(UTC) - timedelta(days=days)
        path.with_suffix(".toml").write_text(f'agent = "Ann"\nstarted_at = "{at.isoformat()}"\n')
    assert coach("nightly", recipe, cwd=folder).returncode == 0
    for days in (30, 9):
        day = (datetime.now(UTC) - timedelta(days=days)).date().isoformat()
        memory.pipe_file(f"/reports/may/night-{day}-023000.md", f"# Last night, {day}\n\nold.wav".encode())
    memory.pipe_file("/reports/may/night-1999-mine.md", b"my own note")

    night(folder, near_memory.address, keep_days=10)
    ran = coach("nightly", recipe, cwd=folder)

    assert ran.returncode == 0, ran.stderr
    names = near_memory.names()
    assert not any(name.startswith("old") for name in names)
    assert len([name for name in names if name.startswith("new")]) == 2
    told_on = sorted(name for name in names if name.startswith("night-"))
    assert [len(told_on), told_on[0]] == [4, "night-1999-mine.md"]  # of nine days ago, and two of today
    assert any(b"One call was forgotten" in near_memory.files()[name] for name in told_on[2:])


def test_a_night_that_does_not_reach_what_is_due_says_so_does_the_rest_and_forgets_it_later(
    tmp_path: Path, engine: Here
) -> None:
    folder = tmp_path / "nights"
    folder.mkdir()
    path = make_call(folder / "inbox" / "old.wav", 1, 3.0)
    path.with_suffix(".toml").write_text(f'started_at = "{(datetime.now(UTC) - timedelta(days=20)).isoformat()}"\n')
    with serving(tmp_path / "served") as ftp:
        assert coach("nightly", night(folder, ftp.address("may")), cwd=folder).returncode == 0
    path.unlink()
    recipe = night(folder, "out", keep_days=10)  # the reports go elsewhere now
    make_call(folder / "inbox" / "new.wav", 2, 3.0)
    ran = coach("nightly", recipe, cwd=folder)
    assert ran.returncode == 5
    assert f"Reports of 1 of these calls lie at {ftp.bare('may')}, and were not reached" in words(ran)
    assert len(list((folder / "out").glob("new*.html"))) == 1
    with serving(tmp_path / "served", ftp.port), pytest.MonkeyPatch.context() as patch:
        patch.setitem(fsspec.config.conf, "ftp", {"username": USER, "password": PASSWORD})
        assert coach("nightly", recipe, cwd=folder).returncode == 0
    assert not any(name.startswith("may/old") for name in below(tmp_path / "served"))
