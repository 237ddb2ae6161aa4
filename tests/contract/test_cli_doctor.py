"""The doctor finds what is amiss, says how to mend it, and what it says to do mends it."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import platformdirs
import pytest
from command import Ran, coach, load

from coach.store.opening import library
from coach.store.store import open_store

EXAMPLE = Path(__file__).parents[2] / "reports" / "example" / "high-bill.json"


def seen(folder: Path, *options: str) -> tuple[Ran, dict[str, dict[str, str]]]:
    ran = coach("doctor", "--json", *options, cwd=folder)
    return ran, {finding["about"]: finding for finding in json.loads(ran.stdout)}


@pytest.fixture(name="kept")
def _kept(tmp_path: Path) -> Path:
    """A folder with one review that the library knows of; return its review file."""
    (tmp_path / "coaching").mkdir()
    review = tmp_path / "coaching" / "high-bill.json"
    shutil.copy(EXAMPLE, review)
    with open_store(purpose="own") as own:
        own.record(load(review), report=review)
    return review


def test_all_is_well_on_a_new_computer_and_nothing_is_made(tmp_path: Path) -> None:
    ran, found = seen(tmp_path)
    assert ran.returncode == 0
    assert {finding["state"] for finding in found.values()} == {"well"}
    assert not library().exists()
    assert list(tmp_path.iterdir()) == []


def test_it_reads_well_in_eighty_columns(tmp_path: Path) -> None:
    ran = coach("doctor", cwd=tmp_path)
    assert all(len(line) <= 80 for line in ran.stdout.splitlines())
    assert "ok   settings: " in ran.stdout


def test_a_library_in_order_is_well(kept: Path) -> None:
    ran, found = seen(kept.parents[1])
    assert ran.returncode == 0
    assert {finding["state"] for finding in found.values()} == {"well"}
    assert "1 call" in found["own library"]["sentence"]


def test_a_damaged_library(kept: Path) -> None:
    file = library() / "own.sqlite"
    content = file.read_bytes()
    file.write_bytes(content[:8192] + b"\x5a" * (len(content) - 8192))
    ran, found = seen(kept.parents[1])
    assert ran.returncode == 74
    assert found["own library"]["state"] == "ill"
    # What it says to do: put the file aside, and take the reviews in again.
    command = found["own library"]["mend"].split("(")[1].split(")")[0]
    subprocess.run(shlex.split(command), check=True)
    assert seen(kept.parents[1])[0].returncode == 0


def test_a_report_that_went(kept: Path) -> None:
    kept.unlink()
    ran, found = seen(kept.parents[1])
    assert ran.returncode == 0
    assert found["own library, reports"]["state"] == "mind"


def test_a_review_that_the_library_does_not_know(kept: Path) -> None:
    other = load(kept)
    other["source"] = other["recording"]["sha256"] = "ab" * 32
    kept.with_name("other.json").write_text(json.dumps(other))
    _, found = seen(kept.parents[1])
    finding = found["reports without a record"]
    assert finding["state"] == "mind"
    assert finding["sentence"].startswith("1 of the 2 reviews")


def test_a_clock_that_was_put_back(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.store.writing.now", lambda: datetime.now(UTC) + timedelta(days=3))
    with open_store(purpose="own") as own:
        own.record(load(kept), report=kept)
    ran, found = seen(kept.parents[1])
    assert ran.returncode == 5
    assert found["clock"]["state"] == "ill"


def test_what_others_can_read_and_what_was_left_behind(kept: Path) -> None:
    (library() / "own.sqlite").chmod(0o644)
    left = kept.with_name(".high-bill.html.k3_9x0ab.part")
    left.touch()
    os.utime(left, (0, 0))
    folder = kept.parents[1]
    ran, found = seen(folder)
    assert ran.returncode == 0
    assert found["permissions, library"]["state"] == found["left behind, reports"]["state"] == "mind"
    subprocess.run(found["permissions, library"]["mend"], shell=True, check=True)  # noqa: S602  (what it says to do)
    left.unlink()
    _, found = seen(folder)
    assert found["permissions, library"]["state"] == found["left behind, reports"]["state"] == "well"


def test_settings_that_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "coach.toml").write_text('recipi = "solo"\n')
    ran, found = seen(tmp_path)
    assert ran.returncode == 5
    assert "recipe" in found["settings"]["sentence"]


@pytest.mark.parametrize(("free", "state", "code"), [(5e9, "well", 0), (1e9, "mind", 0), (1e8, "ill", 74)])
def test_room_on_the_disk(free: float, state: str, code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = shutil.disk_usage(tmp_path)._replace(free=int(free))
    monkeypatch.setattr("coach.app.doctor.places.shutil.disk_usage", lambda _: usage)
    ran, found = seen(tmp_path)
    assert found["disk, reports"]["state"] == state
    assert ran.returncode == code


def test_a_store_of_the_other_purpose(kept: Path) -> None:
    ran, found = seen(kept.parents[1], "--store", str(library() / "own.sqlite"))
    assert ran.returncode == 5
    assert found["shift's store"]["state"] == "ill"


def test_no_working_folder_is_made(tmp_path: Path) -> None:
    seen(tmp_path)
    assert not platformdirs.user_cache_path("coach").exists()
