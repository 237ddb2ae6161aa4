"""Folders held for one run."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.conversation import LockedError, StorageError
from coach.locking import only_one


def test_the_second_is_told_where_and_what_to_do(tmp_path: Path) -> None:
    with only_one(tmp_path / "out"):
        with pytest.raises(LockedError, match=r"at work in .*/out\. It goes on; let it end, then try again\."):
            only_one(tmp_path / "out").__enter__()
        with only_one(tmp_path / "another"):
            pass
    with only_one(tmp_path / "out"):
        pass


def test_of_several_folders_none_is_held_where_one_is_taken(tmp_path: Path) -> None:
    with only_one(tmp_path / "b"):
        with pytest.raises(LockedError):
            only_one(tmp_path / "a", tmp_path / "b").__enter__()
        with only_one(tmp_path / "a"):
            pass


def test_a_folder_by_two_names_is_one(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "link").symlink_to(tmp_path / "out")
    with only_one(tmp_path / "out", tmp_path / "link"), pytest.raises(LockedError):
        only_one(tmp_path / "link").__enter__()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StorageError, match="cannot be written to"):
        only_one(tmp_path / "file" / "out").__enter__()
