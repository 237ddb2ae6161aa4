"""Words and turns as Parquet: whole or not at all, one file a call, readable by other programs."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.dataset as ds
import pytest
from review_files import FINGERPRINT, review_file, sha

from coach.conversation import ConfigurationError, StorageError
from coach.store.errors import ReviewFileError
from coach.store.parquet import TURNS, WORDS, read_turns, read_words, write_turns, write_words

BEGAN = {"started_at": "2026-02-28T23:30:00-05:00"}


def test_words_come_back_as_they_went_in(tmp_path: Path) -> None:
    review = review_file(recording=BEGAN)
    path = write_words(review, tmp_path, agent="Dana")
    found = read_words(tmp_path)

    assert path == tmp_path / "words" / "month=2026-03" / f"{sha('a')}.parquet"  # the month of UTC
    assert found.schema.equals(WORDS)
    spoken = [word for turn in review["turns"] for word in turn["words"]]
    assert found["text"].to_pylist() == [word["text"] for word in spoken]
    assert found["start"].to_pylist() == [word["start"] for word in spoken]
    assert set(found["agent"].to_pylist()) == {"Dana"}
    assert found["started_at"][0].as_py() == datetime(2026, 3, 1, 4, 30, tzinfo=UTC)
    assert found["turn"].to_pylist()[-1] == 2
    assert found["position"].to_pylist()[:3] == [0, 1, 2]
    assert "[card]." in found["text"].to_pylist()


def test_turns_come_back_as_they_went_in(tmp_path: Path) -> None:
    review = review_file()
    path = write_turns(review, tmp_path, started_at=datetime(2026, 5, 1, tzinfo=UTC))
    found = read_turns(tmp_path)

    assert path.parent.name == "month=2026-05"
    assert found.schema.equals(TURNS)
    assert found["text"].to_pylist() == [turn["text"] for turn in review["turns"]]
    assert found["words"].to_pylist() == [len(turn["words"]) for turn in review["turns"]]
    assert found["role"].to_pylist() == ["agent", "customer", "agent"]


def test_a_call_is_there_once_whatever_becomes_known_of_it(tmp_path: Path) -> None:
    first = write_words(review_file(), tmp_path)
    second = write_words(review_file(recording=BEGAN, fingerprint="newer"), tmp_path)

    assert first.parent.name == "month=unknown"
    assert list((tmp_path / "words").rglob("*.parquet")) == [second]
    assert set(read_words(tmp_path)["fingerprint"].to_pylist()) == {"newer"}


def test_words_of_different_means_are_not_mixed_silently(tmp_path: Path) -> None:
    write_words(review_file("a"), tmp_path)
    write_words(review_file("b", fingerprint="newer"), tmp_path)

    with pytest.raises(ConfigurationError, match=f"{FINGERPRINT}, newer"):
        read_words(tmp_path)

    assert set(read_words(tmp_path, "newer")["sha256"].to_pylist()) == {sha("b")}


def test_other_programs_read_the_folder_as_one_table(tmp_path: Path) -> None:
    write_turns(review_file("a", recording=BEGAN), tmp_path)
    write_turns(review_file("b"), tmp_path)

    frame = pd.read_parquet(tmp_path / "turns")
    table = ds.dataset(tmp_path / "turns", partitioning="hive").to_table()

    assert len(frame) == table.num_rows == 6
    assert set(table["month"].to_pylist()) == {"2026-03", "unknown"}


def test_an_empty_folder_and_a_silent_call(tmp_path: Path) -> None:
    assert read_words(tmp_path).num_rows == 0
    write_words(review_file(turns=[]), tmp_path)
    assert read_words(tmp_path).schema.equals(WORDS)


def test_files_and_folders_are_private(tmp_path: Path) -> None:
    path = write_words(review_file(), tmp_path / "library" / "shift")

    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    for folder in (path.parent, path.parent.parent, path.parent.parent.parent):
        assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_a_disk_that_gives_up_leaves_the_earlier_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_words(review_file(), tmp_path)
    before = path.read_bytes()

    def give_up(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", give_up)
    with pytest.raises(StorageError, match=r"No space is left .* Free some space, or move the store"):
        write_words(review_file(turns=[]), tmp_path)

    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_killed_before_its_name_is_given_nothing_is_read(tmp_path: Path) -> None:
    program = (
        "import json, os, signal, sys\nfrom pathlib import Path\nfrom coach.store.parquet import write_words\n"
        "Path.replace = lambda *_: os.kill(os.getpid(), signal.SIGKILL)\n"
        "write_words(json.load(sys.stdin), Path(sys.argv[1]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path)], input=json.dumps(review_file()), text=True, check=False
    )

    assert done.returncode == -9
    assert read_words(tmp_path).num_rows == 0
    assert write_words(review_file(), tmp_path).exists()


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    path = write_words(review_file(), tmp_path)
    path.write_bytes(path.read_bytes()[:100])

    with pytest.raises(StorageError, match=rf"{sha('a')}\.parquet cannot be read"):
        read_words(tmp_path)


def test_a_wrong_word_is_named_and_nothing_is_written(tmp_path: Path) -> None:
    review = review_file()
    review["turns"][1]["words"][0]["start"] = "soon"

    with pytest.raises(ReviewFileError, match=r"turns\[1\]\.words\[0\]\.start is not a number"):
        write_words(review, tmp_path)

    assert not (tmp_path / "words").exists()


def test_every_column_is_described() -> None:
    text = (Path(__file__).parents[3] / "docs" / "store.md").read_text(encoding="utf-8")

    for schema in (WORDS, TURNS):
        assert isinstance(schema, pa.Schema)
        for name in schema.names:
            assert f"`{name}`" in text, name
