"""Files are written whole or not at all, and nothing unfinished stays."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from coach.conversation import StorageError
from coach.reporting.files import write_atomically


def test_text_and_bytes_are_written_as_they_are(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a.html", "“ä”\r\n")
    write_atomically(tmp_path / "b.mp3", b"\x00\xff", mode=0o644)

    assert (tmp_path / "a.html").read_bytes() == "“ä”\r\n".encode()
    assert (tmp_path / "b.mp3").read_bytes() == b"\x00\xff"
    assert stat.S_IMODE((tmp_path / "a.html").stat().st_mode) == 0o600
    assert stat.S_IMODE((tmp_path / "b.mp3").stat().st_mode) == 0o644
    assert len(list(tmp_path.iterdir())) == 2


def test_what_was_there_is_replaced(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    path.write_text("old and longer")

    write_atomically(path, "new")

    assert path.read_text() == "new"


@pytest.mark.parametrize(
    ("code", "told"),
    [
        (errno.ENOSPC, "No space is left"),
        (errno.EACCES, "may not be written to"),
        (errno.ENAMETOOLONG, "too long"),
        (errno.EIO, "could not be written"),
    ],
)
@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_a_disk_that_gives_up_leaves_the_old_file_and_nothing_else(
    code: int, told: str, step: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.json"
    path.write_text("old")

    def give_up(*_: object) -> None:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(*((os, "fsync", give_up) if step == "fsync" else (Path, "replace", give_up)))

    with pytest.raises(StorageError, match=told):
        write_atomically(path, "new")

    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_missing_folder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(StorageError, match=r"no folder .*--out"):
        write_atomically(tmp_path / "none" / "a.json", "new")


def test_an_interruption_from_the_keyboard_leaves_nothing_unfinished(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", stop)

    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "a.json", "new")

    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_of_the_same_file_is_swept(tmp_path: Path) -> None:
    old, live, other = (
        tmp_path / name for name in (".a.json.x1234567.part", ".a.json.y1234567.part", ".b.json.z1234567.part")
    )
    for left in (old, live, other):
        left.write_text("half")
    for left in (old, other):
        os.utime(left, (1, 1))

    write_atomically(tmp_path / "a.json", "new")

    assert not old.exists()
    assert live.exists()  # another run may be writing it now
    assert other.exists()


def test_a_long_name_can_be_written(tmp_path: Path) -> None:
    name = "n" * 250 + ".json"

    write_atomically(tmp_path / name, "new")

    assert (tmp_path / name).read_text() == "new"
