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
from nights import write_night

from coach.store.opening import library
from coach.store.parquet import write_words
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


@pytest.fixture(name="shift")
def _shift(tmp_path: Path) -> Path:
    """A night's folder with one review that the shift's store knows of; return its recipe."""
    recipe = write_night(tmp_path)
    with open_store(str(tmp_path / "shift.sqlite"), purpose="shift") as store:
        out = tmp_path / "out"
        out.mkdir(exist_ok=True)
        shutil.copy(EXAMPLE, out / "high-bill.json")
        (out / "shift.html").touch()
        store.record(load(EXAMPLE), report=out / "high-bill.json", agent="Dana")
    return recipe


def test_a_night_that_is_as_it_should_be(shift: Path) -> None:
    ran, found = seen(shift.parent, str(shift))
    assert {about: finding for about, finding in found.items() if finding["state"] != "well"} == {}
    assert ran.returncode == 0
    assert {"agreement", "inbox", "recogniser"} <= set(found)


def test_a_damaged_store_of_a_shift_leads_no_call_of_a_team_into_a_library(shift: Path) -> None:
    file = shift.parent / "shift.sqlite"
    content = file.read_bytes()
    file.write_bytes(content[:8192] + b"\x5a" * (len(content) - 8192))
    ran, found = seen(shift.parent, str(shift))
    assert ran.returncode == 74
    assert found["shift's store"]["state"] == "ill"
    assert "coach shift" in found["shift's store"]["mend"]
    assert not [about for about, finding in found.items() if "coach progress" in finding["mend"]]
    command = found["shift's store"]["mend"].split("(")[1].split(")")[0]
    subprocess.run(shlex.split(command), check=True)
    assert seen(shift.parent, str(shift))[1]["shift's store"]["state"] == "well"


def test_a_review_that_the_shifts_store_does_not_know(shift: Path) -> None:
    other = load(EXAMPLE)
    other["source"] = other["recording"]["sha256"] = "ab" * 32
    (shift.parent / "out" / "other.json").write_text(json.dumps(other))
    finding = seen(shift.parent, str(shift))[1]["reports without a record"]
    assert finding["state"] == "mind"
    assert "coach shift" in finding["mend"]
    assert "progress" not in finding["mend"]


def test_words_of_no_call(shift: Path) -> None:
    known = write_words(load(EXAMPLE), shift.parent / "shift")
    stray = known.parent / f"{'cd' * 32}.parquet"
    shutil.copy(known, stray)
    finding = seen(shift.parent, str(shift))[1]["shift's store, words and turns"]
    assert finding["state"] == "mind"
    subprocess.run(shlex.split(finding["mend"].partition(": ")[2]), check=True)
    assert known.is_file()
    assert seen(shift.parent, str(shift))[1]["shift's store, words and turns"]["state"] == "well"


@pytest.mark.parametrize("name", ["small.en", "/no/such/model"])
def test_a_recogniser_that_is_named_and_not_here(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COACH_TRANSCRIBER", name)
    ran, found = seen(tmp_path)
    assert found["recogniser"]["state"] == "ill"
    assert ran.returncode == (5 if name == "small.en" else 2)


def test_a_bundled_recogniser_that_is_named_and_not_installed(shift: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("coach.speech.registry.present", lambda _model, _folder: False)
    ran, found = seen(shift.parent, str(shift))
    assert found["recogniser"]["state"] == "ill"
    assert ran.returncode == 5


def test_an_agreement_that_cannot_be_or_is_not_there(shift: Path) -> None:
    policy = shift.parent / "policy.toml"
    policy.write_text(policy.read_text().replace("keep_days", "keep_dayz"))
    ran, found = seen(shift.parent, str(shift))
    assert (ran.returncode, found["agreement"]["state"]) == (5, "ill")
    policy.unlink()
    ran, found = seen(shift.parent, str(shift))
    assert (ran.returncode, found["agreement"]["state"]) == (5, "ill")
    assert seen(shift.parent, "--store", str(shift.parent / "shift.sqlite"))[1]["agreement"]["state"] == "ill"


def test_a_night_whose_inbox_is_gone_or_whose_recipe_cannot_be(shift: Path) -> None:
    (shift.parent / "inbox").rmdir()
    ran, found = seen(shift.parent, str(shift))
    assert (ran.returncode, found["inbox"]["state"]) == (4, "ill")
    shift.write_text(shift.read_text().replace("settle", "setle"))
    ran, found = seen(shift.parent, str(shift))
    assert (ran.returncode, found["settings"]["state"]) == (5, "ill")
    assert seen(shift.parent, "gone.toml")[0].returncode == 5
