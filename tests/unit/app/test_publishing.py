"""What is written to an address is there whole or not at all, under whatever name, on whatever system."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeAlias

import fsspec
import pytest

from coach.app.intake.shown import bare, hide
from coach.app.publishing import publish, put, remove_at, sweep_at
from coach.app.remote import changed, infos_at, mark_of, read_at
from coach.app.report_folder import Far, Near, folder_at, near_folder
from coach.conversation import ConfigurationError, StorageError, UsageError

System: TypeAlias = Any  # fsspec is not typed

BAD = [
    ("s3://bucket/reports/", "s3://bucket/reports/"),
    ("s3://bucket/a@b/c.html", "s3://bucket/a@b/c.html"),
    ("sftp://ann:secret@host:22/reports", "sftp://host:22/reports"),
    ("sftp://token@host/reports", "sftp://host/reports"),
    ("https://host/reports?sig=secret#x", "https://host/reports"),
    ("abfs://calls@account.example/reports", "abfs://calls@account.example/reports"),
    ("abfs://calls:secret@account.example/reports", "abfs://account.example/reports"),
    ("ftp://ann:sec#ret@host/reports", "ftp://…"),
    ("ftp://ann:sec/ret@host/reports", "ftp://…"),
    ("ftp://[::1]:21/reports", "ftp://[::1]:21/reports"),
    ("file:///srv/reports", "file:///srv/reports"),
    ("memory://reports", "memory://reports"),
]


@pytest.fixture(name="memory")
def _memory() -> Iterator[System]:
    system = fsspec.filesystem("memory")
    yield system
    for path in system.find("/"):
        system.rm_file(path)
    system.pseudo_dirs[:] = [""]


@pytest.mark.parametrize(("address", "kept"), BAD)
def test_an_address_is_kept_without_what_opens_it(address: str, kept: str) -> None:
    assert bare(address) == kept
    assert "secret" not in hide(address)


@pytest.mark.parametrize("name", ["a [customer] call.html", "a*b?.html", "100%.html", "#1.html", "ünï.html"])
@pytest.mark.parametrize("where", ["memory://reports/may", "file://{folder}/may"])
def test_names_are_taken_as_they_are(name: str, where: str, tmp_path: Path, memory: System) -> None:
    address = where.format(folder=tmp_path)
    for content in (b"one", b"two"):
        assert put(address, {name: content}) == [f"{address}/{name}"]
        assert list(infos_at(address)) == [name]
        assert Far(address).read(name) == content
    remove_at(address, name)
    remove_at(address, name)
    assert infos_at(address) == {}


def test_a_file_on_disk_is_copied_and_its_own_stays(tmp_path: Path, memory: System) -> None:
    file = tmp_path / "a.json"
    file.write_bytes(b"{}")
    assert publish([file], "memory://reports") == ("memory://reports/a.json",)
    assert (memory.cat_file("/reports/a.json"), file.read_bytes()) == (b"{}", b"{}")


@pytest.mark.parametrize("step", ["pipe_file", "cp_file"])
def test_what_breaks_off_leaves_what_stood_there_and_nothing_half(
    step: str, memory: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    put("memory://reports", {"a.json": b"old"})
    real = getattr(type(memory), step)

    def breaks(self: System, one: str, *more: Any, **options: Any) -> None:  # noqa: ANN401
        if step == "pipe_file":
            real(self, one, b"ne")
        raise ConnectionResetError

    monkeypatch.setattr(type(memory), step, breaks)
    with pytest.raises(StorageError, match=r"memory://reports \(ConnectionResetError\)"):
        put("memory://reports", {"a.json": b"new"})
    assert {path: memory.cat_file(path) for path in memory.find("/reports")} == {"/reports/a.json": b"old"}


def test_a_system_whose_names_give_way_to_no_other(memory: System, monkeypatch: pytest.MonkeyPatch) -> None:
    def strict(self: System, one: str, two: str) -> None:
        if self.isfile(two):
            raise OSError("there is one")
        self.cp_file(one, two)
        self.rm_file(one)

    monkeypatch.setattr(type(memory), "mv", strict)
    for content in (b"one", b"two"):
        put("memory://reports", {"a.json": content})
        assert memory.find("/reports") == ["/reports/a.json"]
        assert read_at("memory://reports/a.json") == content


def test_an_object_store_writes_in_one_step(memory: System, monkeypatch: pytest.MonkeyPatch) -> None:
    wrote: list[str] = []
    real = type(memory).pipe_file
    monkeypatch.setattr(type(memory), "protocol", ("s3", "s3a"))
    monkeypatch.setattr(
        type(memory), "pipe_file", lambda self, path, *more: (wrote.append(path), real(self, path, *more))
    )
    put("memory://reports", {"a.json": b"one"})
    assert wrote == ["/reports/a.json"]


def test_a_file_address_is_written_as_a_folder_here_is(tmp_path: Path) -> None:
    put(f"file://{tmp_path}/deep/may", {"a.json": "one"})
    assert (tmp_path / "deep/may/a.json").stat().st_mode & 0o777 == 0o600
    assert (tmp_path / "deep/may").stat().st_mode & 0o777 == 0o700
    assert [path.name for path in (tmp_path / "deep/may").iterdir()] == ["a.json"]


@pytest.mark.parametrize(
    "info",
    [
        {"mtime": 1767225600.0},
        {"created": 1767225600},
        {"LastModified": datetime(2026, 1, 1, tzinfo=UTC)},
        {"mtime": datetime(2026, 1, 1)},  # as some systems have it
        {"modify": "20260101000000"},
        {"modify": "20260101000000.123"},
    ],
)
def test_when_a_file_was_changed(info: dict[str, object]) -> None:
    assert changed(info) == 1767225600.0


def test_a_file_of_which_nothing_tells_when_is_taken_for_new_and_never_swept(
    memory: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert changed({"size": 1}) == pytest.approx(datetime.now(UTC).timestamp(), abs=5)
    put("memory://reports", {"a.html.0123abcd.part": b"half", "b.html": b"b"})
    assert sweep_at("memory://reports") == 0
    monkeypatch.setattr("coach.app.publishing.changed", lambda _info: 0.0)
    assert sweep_at("memory://reports") == 1
    assert list(infos_at("memory://reports")) == ["b.html"]


def test_a_mark_changes_with_the_file(memory: System) -> None:
    put("memory://reports", {"a.json": b"one"})
    first = mark_of(infos_at("memory://reports")["a.json"])
    assert mark_of(infos_at("memory://reports")["a.json"]) == first
    put("memory://reports", {"a.json": b"two"})
    assert mark_of(infos_at("memory://reports")["a.json"]) != first


def test_a_folder_that_cannot_be_looked_into_is_not_an_empty_one(
    memory: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert infos_at("memory://nowhere") == {}
    monkeypatch.setattr(type(memory), "ls", lambda *_, **__: {}[""])
    with pytest.raises(StorageError, match=r"memory://reports cannot be looked into \(KeyError\)"):
        infos_at("memory://reports")
    with pytest.raises(StorageError):
        Far("memory://reports").names()


def test_which_folder_is_meant(tmp_path: Path) -> None:
    assert folder_at("s3://bucket/may/") == Far("s3://bucket/may")
    assert folder_at("coaching") == Near(Path("coaching")) == folder_at(Path("coaching"))
    assert "secret" not in repr(Far("ftp://ann:secret@host/may"))
    assert Far("ftp://ann:secret@host/may").place("a.html") == "ftp://host/may/a.html"
    for wrong in ("s3://", "file:///", "s3://b/?x", "s3://b#x", "simplecache::s3://b", "s3://b::x"):
        with pytest.raises(UsageError):
            folder_at(wrong)
    with pytest.raises(ConfigurationError):
        Far("nonesuch://reports").prepare()


@pytest.mark.parametrize("text", ["s3://bucket/may", "s3:/bucket/may", "ftp:/ann:secret@host/may"])
def test_what_goes_to_no_address_says_so(text: str) -> None:
    with pytest.raises(UsageError, match=r"(?:s3://bucket|ftp://host)/may is an address") as refused:
        near_folder(text)
    assert "secret" not in str(refused.value)
    assert near_folder("C:/calls") == Path("C:/calls")
