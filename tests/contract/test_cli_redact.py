"""``--redact-original``: the recording itself loses what was masked, whole or not at all, and only when asked."""

from __future__ import annotations

import errno
import hashlib
import json
import os
from pathlib import Path

import jsonschema
import numpy as np
import pytest
import soundfile
from command import coach, load
from numpy.typing import NDArray

from coach.app import redact
from coach.resources import resource

RATE = 8000
CARD = (14.4, 18.8)
"""Well within the time in which the card is read out, in seconds."""


def sound(path: Path) -> NDArray[np.int16]:
    samples, _ = soundfile.read(path, dtype="int16")
    return np.asarray(samples)


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def card(path: Path) -> NDArray[np.int16]:
    return sound(path)[int(CARD[0] * RATE) : int(CARD[1] * RATE)]


def reviewed(recording: Path, transcript: Path, *more: object, code: int = 0, **environment: str) -> str:
    ran = coach("review", recording, "--transcript", transcript, *more, cwd=recording.parent, **environment)
    assert ran.returncode == code, ran.stderr
    return ran.stdout + ran.stderr


def test_by_default_a_recording_is_never_touched(recording: Path, transcript: Path) -> None:
    before = recording.read_bytes(), recording.stat().st_mtime_ns

    reviewed(recording, transcript)

    assert (recording.read_bytes(), recording.stat().st_mtime_ns) == before
    assert "redacted" not in load(recording.parent / "coaching" / "talk.json")


def test_the_recording_is_silent_where_the_card_was(recording: Path, transcript: Path) -> None:
    os.utime(recording, (1_700_000_000, 1_700_000_000))
    recording.chmod(0o640)
    before, was = sound(recording), digest(recording)

    said = " ".join(reviewed(recording, transcript, "--redact-original").split())

    assert "talk.wav itself is silent now" in said
    assert "talk.json was not touched" in said
    assert not card(recording).any()
    after = sound(recording)
    assert after.shape == before.shape
    np.testing.assert_array_equal(after[: 2 * RATE], before[: 2 * RATE])
    review = load(recording.parent / "coaching" / "talk.json")
    assert review["recording"]["sha256"] == was
    assert review["redacted"]["files"] == [digest(recording)]
    assert recording.stat().st_mode & 0o777 == 0o640
    assert recording.stat().st_mtime == 1_700_000_001
    assert [path.name for path in recording.parent.iterdir() if path.name.endswith(".part")] == []


def test_it_is_known_again_as_reviewed_with_the_option_and_without(recording: Path, transcript: Path) -> None:
    reviewed(recording, transcript, "--redact-original")
    silent = recording.read_bytes()
    review = load(recording.parent / "coaching" / "talk.json")
    schema = json.loads(resource("reports", "review.schema.json").read_text(encoding="utf-8"))
    assert schema["properties"]["redacted"]["required"] == ["files", "at"]
    jsonschema.validate(review, schema)
    assert review["redacted"]["files"] == [digest(recording)]

    for more in ((), ("--redact-original",)):
        assert "nothing new" in reviewed(recording, transcript, *more)
    assert recording.read_bytes() == silent
    assert [path.name for path in (recording.parent / "coaching").glob("*.json")] == ["talk.json"]


def test_a_review_without_it_is_done_again_with_it(recording: Path, transcript: Path) -> None:
    reviewed(recording, transcript)

    reviewed(recording, transcript, COACH_REDACT_ORIGINAL="yes")

    assert not card(recording).any()


def test_where_nothing_is_masked_it_stays_byte_for_byte(recording: Path, transcript: Path) -> None:
    plain = transcript.with_name("plain.json")
    plain.write_text(transcript.read_text().replace('"one"', '"well"').replace('"card"', '"old"'))
    plain.write_text(plain.read_text().replace('"seven"', '"well"').replace('"four"', '"well"').replace('"two"', '"a"'))
    before = recording.read_bytes()

    said = reviewed(recording, plain, "--redact-original")

    assert "nothing in it was masked" in said
    assert recording.read_bytes() == before
    assert "nothing new" in reviewed(recording, plain, "--redact-original")


def test_each_party_s_file_is_redacted(recording: Path, transcript: Path) -> None:
    lanes = sound(recording)
    files = [recording.with_name(f"talk-{name}.wav") for name in ("agent", "caller")]
    for path, lane in zip(files, (1, 0), strict=True):
        soundfile.write(path, lanes[:, lane], RATE)
    typed = ("--agent", files[0], "--customer", files[1], "--transcript", transcript)

    ran = coach("review", *typed, "--redact-original", cwd=recording.parent)

    assert ran.returncode == 0, ran.stderr
    assert not any(card(path).any() for path in files)
    again = coach("review", *typed, cwd=recording.parent)
    assert "nothing new" in again.stdout
    swapped = coach("review", *typed[:4], "--transcript", transcript, "--swap", cwd=recording.parent)
    assert swapped.returncode == 0, swapped.stderr
    review = load(recording.parent / "coaching" / "talk.json")
    assert [part["uri"] for part in review["recording"]["parts"]] == ["talk-caller.wav", "talk-agent.wav"]


def test_other_names_of_the_file_are_told_of(recording: Path, transcript: Path) -> None:
    os.link(recording, recording.with_name("other.wav"))

    said = " ".join(reviewed(recording, transcript, "--redact-original").split())

    assert "hard link" in said
    assert card(recording.with_name("other.wav")).any()


def test_a_number_in_the_files_names_is_told_to_nobody(recording: Path, transcript: Path) -> None:
    recording = recording.rename(recording.with_name("+15551234567.wav"))
    transcript = transcript.rename(transcript.with_name("+15551234568.json"))
    os.link(recording, recording.with_name("other.wav"))

    said = reviewed(recording, transcript, "--redact-original")
    again = reviewed(recording, transcript, "--redact-original", "--force", "--json")

    assert "has another name" in " ".join(said.split())
    (data,) = [json.loads(line) for line in again.splitlines() if line.startswith("{")]
    assert data["redacted"] is not None
    assert "5551234" not in said + again


def test_through_a_link_the_file_itself_is_redacted(recording: Path, transcript: Path) -> None:
    link = recording.with_name("link.wav")
    link.symlink_to(recording)

    reviewed(link, transcript, "--redact-original")

    assert link.is_symlink()
    assert not card(recording).any()


FAULTS = {
    "the disk is full": OSError(errno.ENOSPC, "No space left on device"),
    "the copy is not the same": None,
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_failure_leaves_the_recording_and_the_report(
    recording: Path, transcript: Path, monkeypatch: pytest.MonkeyPatch, fault: str
) -> None:
    real, raised = redact.rewrite, FAULTS[fault]

    def broken(path: Path, _silent: object, sink: Path, **rest: object) -> None:
        if raised is not None:
            raise raised
        real(path, (), sink, **rest)  # type: ignore[arg-type]  (nothing is silenced)

    monkeypatch.setattr(redact, "rewrite", broken)
    before = recording.read_bytes()

    said = reviewed(recording, transcript, "--redact-original", code=3)

    assert "talk.wav" in said
    assert "as it " in " ".join(said.split())
    assert recording.read_bytes() == before
    assert not list(recording.parent.glob(".talk*"))
    review = recording.parent / "coaching" / "talk.json"
    assert "redacted" not in load(review)
    assert review.with_suffix(".html").is_file()
    monkeypatch.undo()


def test_a_copy_that_cannot_take_its_place_is_forgotten(
    recording: Path, transcript: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = Path.replace

    def refuses(self: Path, target: Path) -> Path:
        if target == recording:
            raise OSError(errno.EACCES, "Permission denied")
        return real(self, target)

    monkeypatch.setattr(Path, "replace", refuses)
    before = recording.read_bytes()

    reviewed(recording, transcript, "--redact-original", code=3)

    assert recording.read_bytes() == before
    assert "redacted" not in load(recording.parent / "coaching" / "talk.json")
    assert not list(recording.parent.glob(".talk*"))


def test_a_form_that_cannot_be_written_again_is_refused_in_a_sentence(recording: Path, transcript: Path) -> None:
    packed = recording.with_name("packed.wav")
    soundfile.write(packed, sound(recording), RATE, subtype="MS_ADPCM")
    before = packed.read_bytes()

    said = " ".join(reviewed(packed, transcript, "--redact-original", code=3).split())

    assert "its samples are packed" in said
    assert "Convert it to WAV or FLAC" in said
    assert packed.read_bytes() == before


@pytest.mark.parametrize("more", [("--format", "html"), ()], ids=["no review file", "no recording"])
def test_what_cannot_be_is_refused_before_any_work(recording: Path, transcript: Path, more: tuple[str, ...]) -> None:
    calls = (recording,) if more else ()

    ran = coach("review", *calls, "--transcript", transcript, *more, "--redact-original", cwd=recording.parent)

    assert ran.returncode == 2
    assert "--redact-original" in ran.stderr
    assert not (recording.parent / "coaching").exists()
