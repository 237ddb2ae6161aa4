"""No report is ever written over another recording's."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from coach.app.item import Request
from coach.app.naming import SCHEMA, plan, sha256_of
from coach.conversation import StorageError


def recording(folder: Path, name: str, content: bytes = b"sound") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_report_is_called_after_its_recording(tmp_path: Path) -> None:
    (output,) = plan([Request(recording(tmp_path, "monday.wav"))], tmp_path / "out")

    assert output.path("html") == tmp_path / "out" / "monday.html"


def test_two_inputs_with_one_stem_are_told_apart_by_their_content(tmp_path: Path) -> None:
    one, two = recording(tmp_path / "a", "call.wav", b"one"), recording(tmp_path / "b", "Call.mp3", b"two")

    outputs = plan([Request(one), Request(two)], tmp_path)

    assert [output.stem for output in outputs] == [f"call-{sha256_of(one)[:8]}", f"Call-{sha256_of(two)[:8]}"]


def test_a_name_taken_by_another_recording_is_left_alone(tmp_path: Path) -> None:
    path = recording(tmp_path, "call.wav", b"new")
    (tmp_path / "call.json").write_text(json.dumps({"schema": SCHEMA, "source": "other"}))

    (output,) = plan([Request(path)], tmp_path)

    assert output.stem == f"call-{sha256_of(path)[:8]}"


def test_a_file_that_is_not_ours_is_left_alone(tmp_path: Path) -> None:
    path = recording(tmp_path, "notes.wav")
    (tmp_path / "notes.html").write_text("somebody's own page")

    (output,) = plan([Request(path)], tmp_path)

    assert output.stem != "notes"


def test_the_same_recording_keeps_its_name(tmp_path: Path) -> None:
    path = recording(tmp_path, "call.wav")
    (tmp_path / "call.json").write_text(json.dumps({"schema": SCHEMA, "source": sha256_of(path)}))

    assert plan([Request(path)], tmp_path)[0].stem == "call"


def test_one_file_a_party_takes_what_their_names_share(tmp_path: Path) -> None:
    one, two = recording(tmp_path, "monday-agent.wav"), recording(tmp_path, "monday-caller.wav")
    third, fourth = recording(tmp_path / "tuesday", "agent.wav"), recording(tmp_path / "tuesday", "caller.wav")

    outputs = plan([Request(agent=one, customer=two), Request(agent=third, customer=fourth)], tmp_path)

    assert [output.stem for output in outputs] == ["monday", "tuesday"]


def test_a_card_number_in_a_name_is_masked(tmp_path: Path) -> None:
    (output,) = plan([Request(recording(tmp_path, "card 4111111111111111.wav"))], tmp_path)

    assert "4111" not in output.stem


def test_a_name_never_leaves_the_folder(tmp_path: Path) -> None:
    (output,) = plan([Request(recording(tmp_path, "call.wav"), name="../../etc/passwd")], tmp_path / "out")

    assert output.path("html").parent == tmp_path / "out"
    assert output.path("html").resolve().parent == (tmp_path / "out").resolve()


def test_a_page_that_a_killed_run_left_is_known_by_its_head(tmp_path: Path) -> None:
    path = recording(tmp_path, "call.wav")
    (tmp_path / "call.html").write_text(f'<head><meta name="coach-source" content="{sha256_of(path)}"></head>')

    assert plan([Request(path)], tmp_path)[0].stem == "call"


@pytest.mark.parametrize("letter", ["x", "é", "猫", "😀"])
def test_a_long_name_fits_every_file_system(tmp_path: Path, letter: str) -> None:
    (output,) = plan([Request(tmp_path / f"{letter * 240}.wav")], tmp_path)

    assert len(f".{output.path('json').name}.12345678.part".encode()) <= 255
    assert set(output.stem) == {letter}


def test_a_pair_keeps_its_name_whichever_file_was_taken_as_the_agents(tmp_path: Path) -> None:
    one, two = recording(tmp_path, "monday-a.wav", b"one"), recording(tmp_path, "monday-b.wav", b"two")
    parts = [{"sha256": sha256_of(path)} for path in (two, one)]
    review = {"schema": SCHEMA, "source": sha256_of(two), "recording": {"parts": parts}}
    (tmp_path / "monday.json").write_text(json.dumps(review))

    assert plan([Request(agent=one, customer=two)], tmp_path)[0].stem == "monday"
    assert plan([Request(two, name="monday")], tmp_path)[0].stem == f"monday-{sha256_of(two)[:8]}"


def test_a_folder_that_cannot_be_looked_into_is_said_to_be(tmp_path: Path) -> None:
    path = recording(tmp_path, "call.wav")

    with pytest.raises(StorageError, match="cannot be looked into"):
        plan([Request(path)], tmp_path / ("x" * 300))
