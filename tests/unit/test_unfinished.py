"""Unfinished files: one thing knows what they are called, and all that write, sweep, purge and tell of them ask it."""

from __future__ import annotations

import fnmatch
import os
import time
from pathlib import Path

import pytest

from coach.app.doctor.places import unfinished
from coach.app.purge_files import files_of
from coach.app.shift.leftovers import sweep
from coach.files import LEFT_BEHIND, UNFINISHED, is_unfinished, left_behind, placing, unfinished_of, write_atomically

OURS = ".talk.json.k3_9x0ab.part"
NOT_OURS = ("talk.wav.part", ".talk.part", ".talk.json.K3_9X0AB.part", ".talk.json.short.part", ".talk.json.Xa1b2c")


def begun(folder: Path, name: str, *, old: bool = True) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text("half")
    at = time.time() - (LEFT_BEHIND + 60 if old else 0)
    os.utime(path, (at, at))
    return path


def test_what_is_written_is_known_while_it_is(tmp_path: Path) -> None:
    for name in ("talk.json", "a name [1]*.html", "x" * 200 + ".csv", ".night.jsonl"):
        path = tmp_path / name
        with placing(path) as half:
            assert is_unfinished(half.name)
            assert fnmatch.fnmatchcase(half.name, UNFINISHED)
            assert unfinished_of(path) == [half]
            half.write_text("whole")
        assert unfinished_of(path) == []


@pytest.mark.parametrize("name", NOT_OURS)
def test_what_others_call_their_files_is_let_be(tmp_path: Path, name: str) -> None:
    other = begun(tmp_path, name)
    assert not is_unfinished(name)
    assert (list(left_behind(tmp_path)), sweep(tmp_path)) == ([], 0)
    write_atomically(tmp_path / "talk.json", "whole")
    assert unfinished("reports", tmp_path).state == "well"
    assert other.is_file()


def test_what_a_killed_run_left_is_swept_and_what_is_young_is_not(tmp_path: Path) -> None:
    deep = begun(tmp_path / "month=2026-11", OURS)
    young = begun(tmp_path, OURS.replace("talk", "young"), old=False)
    told = unfinished("reports", tmp_path)
    assert (told.state, "one unfinished file" in told.sentence) == ("mind", True)
    assert list(left_behind(tmp_path, tmp_path / "nowhere")) == [deep]

    assert sweep(tmp_path, tmp_path / "nowhere") == 1

    assert (deep.exists(), young.exists()) == (False, True)


def test_a_file_that_is_written_anew_sweeps_its_own_and_no_other(tmp_path: Path) -> None:
    mine, young = begun(tmp_path, OURS), begun(tmp_path, OURS.replace("k3", "k4"), old=False)
    others = [begun(tmp_path, name) for name in (".talk.json.csv.k3_9x0ab.part", ".talk.html.k3_9x0ab.part")]
    write_atomically(tmp_path / "talk.json", "whole")
    assert (mine.exists(), young.exists()) == (False, True)
    assert all(other.exists() for other in others)


def test_a_call_that_is_purged_takes_its_unfinished_files_with_it_however_young(tmp_path: Path) -> None:
    half = begun(tmp_path, OURS, old=False)
    other = begun(tmp_path, ".talks.json.k3_9x0ab.part", old=False)
    found = list(files_of(tmp_path / "talk.json", {"source": "0" * 64}))
    assert half in found
    assert other not in found
