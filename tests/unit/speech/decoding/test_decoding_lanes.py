from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import numpy as np
import pytest

from coach.conversation import StorageError
from coach.speech.decoding.lanes import FileLane, LaneWriter, mix, nameless_file
from coach.speech.samples import InMemory


def lane_of(folder: Path, samples: list[int], start: int = 0) -> FileLane:
    writer = LaneWriter(folder)
    writer.write(start, np.array(samples, dtype=np.int16))
    return writer.finish()


def test_a_working_file_has_no_name_and_is_its_owners_alone(tmp_path: Path) -> None:
    folder = tmp_path / "work"
    descriptor = nameless_file(folder)
    assert list(folder.iterdir()) == []
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    found = os.fstat(descriptor)
    assert stat.S_IMODE(found.st_mode) == 0o600
    assert found.st_nlink == 0
    os.close(descriptor)


def test_reads_are_clipped_to_the_lane(tmp_path: Path) -> None:
    lane = lane_of(tmp_path, [1, 2, 3, 4])
    assert lane.read(-2, 2).tolist() == [1, 2]
    assert lane.read(2, 99).tolist() == [3, 4]
    assert lane.read(3, 1).tolist() == []
    assert lane.read(9, 12).tolist() == []
    assert lane.read(0, 4).dtype == np.int16
    lane.close()


def test_what_was_jumped_over_is_silence(tmp_path: Path) -> None:
    writer = LaneWriter(tmp_path)
    writer.write(0, np.array([5], dtype=np.int16))
    writer.write(3, np.array([-7], dtype=np.int16))
    assert writer.peak == 7
    lane = writer.finish()
    assert len(lane) == 4
    assert lane.read(0, 4).tolist() == [5, 0, 0, -7]
    lane.close()


def test_silence_before_and_after(tmp_path: Path) -> None:
    lane = lane_of(tmp_path, [1, 2, 3]).resized(8, lead=2)
    whole = [0, 0, 1, 2, 3, 0, 0, 0]
    for start in range(9):
        for stop in range(start, 9):
            assert lane.read(start, stop).tolist() == whole[start:stop]
    lane.close()


def test_a_closed_lane_cannot_be_read(tmp_path: Path) -> None:
    lane = lane_of(tmp_path, [1])
    lane.close()
    lane.close()
    with pytest.raises(ValueError, match="closed"):
        lane.read(0, 1)


def test_the_loudest_sample_has_its_place(tmp_path: Path) -> None:
    writer = LaneWriter(tmp_path)
    writer.write(0, np.array([-32_768], dtype=np.int16))
    assert writer.peak == 32_768
    writer.close()
    writer.close()


@pytest.mark.parametrize(("number", "sentence"), [(errno.ENOSPC, "disk is full"), (errno.EIO, "cannot be written")])
def test_a_disk_that_fails_while_writing(
    number: int, sentence: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object) -> int:
        raise OSError(number, os.strerror(number))

    writer = LaneWriter(tmp_path)
    monkeypatch.setattr(os, "pwrite", fails)
    with pytest.raises(StorageError, match=sentence):
        writer.write(0, np.ones(4, dtype=np.int16))
    writer.close()


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StorageError, match="cannot be written"):
        nameless_file(tmp_path / "file" / "work")


def test_mixing_is_the_mean_and_cannot_overflow(tmp_path: Path) -> None:
    loud = InMemory(np.array([32_767, 32_767, -32_768], dtype=np.int16))
    short = InMemory(np.array([32_767, 1], dtype=np.int16))
    lane = mix([loud, short], tmp_path)
    assert lane.read(0, 3).tolist() == [32_767, 16_384, -16_384]
    lane.close()
