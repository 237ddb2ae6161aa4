"""The phrasebook: what comes in masked, what is kept, and which answer is offered where."""

from __future__ import annotations

import base64
import io
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from coach.app import our_words, words_added
from coach.app.our_words import Words, exported, offered_for, phrasebook, remove, words_file
from coach.app.settings import gather
from coach.app.working import work_folder
from coach.conversation import CoachError, NoSuchRecording, RecordingError, UsageError, Word

SETTINGS = gather({})
TAKEN = "2026-05-12T18:00:00.000Z"


def note(said: str, kind: str = "missed_empathy", drill: str | None = "high-bill-acknowledged") -> dict[str, Any]:
    return {"kind": kind, "role": "agent", "start": 1.0, "end": 2.0, "turn": 3, "drill": drill, "said": said,
            "taken_at": TAKEN}  # fmt: skip


@pytest.fixture
def saved(tmp_path: Path) -> Callable[..., Path]:
    """Return a function that saves notes with typed answers as a page does."""

    def save(*takes: dict[str, Any], name: str = "call.notes.json") -> Path:
        path = tmp_path / name
        path.write_text(json.dumps({"schema": "coach.notes/1", "takes": list(takes)}), encoding="utf-8")
        return path

    return save


def take(path: Path, sound: bytes | str = b"\x1aE\xdf\xa3", media: str = "webm;codecs=opus") -> Path:
    """Save a take as a page does."""
    encoded = sound if isinstance(sound, str) else base64.b64encode(sound).decode()
    content = {
        "schema": "coach.take/1",
        "saved_at": TAKEN,
        "moment": {key: value for key, value in note("").items() if key not in ("said", "taken_at")},
        "seconds": 2.0,
        "sound": f"data:audio/{media};base64,{encoded}",
    }
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


def test_a_typed_answer_becomes_ones_own_words(saved: Callable[..., Path]) -> None:
    (new,) = words_added.add(saved(note("You lost a whole day over this.")), SETTINGS)

    assert phrasebook() == [new]
    assert (new.said, new.kind, new.topic, new.day, new.by) == (
        "You lost a whole day over this.", "missed_empathy", "high-bill", "12 May 2026", "me",
    )  # fmt: skip
    assert stat.S_IMODE(words_file().stat().st_mode) == 0o600


def test_what_comes_in_is_masked_names_too(saved: Callable[..., Path]) -> None:
    said = "Mr. Harris, your card 4111 1111 1111 1111 and 212 555 0187 are safe.\x1b[31m \u202e"
    (new,) = words_added.add(saved(note(said)), SETTINGS)

    kept = words_file().read_text(encoding="utf-8")
    assert not any(private in kept for private in ("4111", "0187", "Harris", "\x1b", "\u202e"))
    assert "[card]" in new.said
    assert phrasebook()[0].id == new.id  # masked once, and the same when it is read again


def test_the_same_answer_stands_there_once(saved: Callable[..., Path]) -> None:
    first = saved(note("One whole day."), note("One whole day."))

    assert len(words_added.add(first, SETTINGS)) == 1
    assert words_added.add(first, SETTINGS) == []
    assert len(words_added.add(saved(note("Two whole days.")), SETTINGS)) == 1
    assert [words.said for words in phrasebook()] == ["One whole day.", "Two whole days."]


def test_a_phrasebook_goes_to_a_colleague(
    saved: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words_added.add(saved(note("One whole day.")), SETTINGS)
    handed = tmp_path / "ours.jsonl"
    handed.write_text(exported(), encoding="utf-8")
    monkeypatch.setattr(our_words, "words_file", lambda: tmp_path / "theirs" / "words.jsonl")

    (new,) = words_added.add(handed, SETTINGS)

    assert (new.said, new.by) == ("One whole day.", "team")
    assert phrasebook() == [new]


def test_an_answer_can_be_taken_out(saved: Callable[..., Path]) -> None:
    one, two = words_added.add(saved(note("One."), note("Two.")), SETTINGS)

    with pytest.raises(UsageError, match="12345678"):
        remove([one.id, "12345678"])
    assert len(phrasebook()) == 2
    assert remove([one.id]) == [one]
    assert phrasebook() == [two]
    assert "One." not in words_file().read_text(encoding="utf-8")


def test_damaged_lines_are_passed_over(saved: Callable[..., Path]) -> None:
    words_added.add(saved(note("One.")), SETTINGS)
    whole = words_file().read_text(encoding="utf-8")
    spoiled = ["{", "[]", '{"said": 3}', '{"said": "x", "kind": "a b", "on": "2026-05-12"}',
               '{"said": "x", "kind": "missed_empathy", "on": "yesterday"}', "[" * 100_000]  # fmt: skip
    words_file().write_text("\n".join([*spoiled, whole]), encoding="utf-8")

    assert [words.said for words in phrasebook()] == ["One."]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        ("", "no take and no notes"),
        ("hello", "no take and no notes"),
        ('{"schema": "coach.review/1"}', "no take and no notes"),
        ('{"schema": "coach.take/1"}', "holds no sound"),
        ('{"schema": "coach.take/1", "sound": "data:audio/webm;base64,A"}', "holds no sound"),
        ('{"schema": "coach.take/1", "sound": "http://x/y"}', "holds no sound"),
    ],
)
def test_what_is_none_of_them_is_refused(content: str, told: str, tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text(content, encoding="utf-8")

    with pytest.raises(RecordingError, match=told):
        words_added.add(path, SETTINGS)
    assert not words_file().exists()


def test_a_file_that_is_not_there_says_so(tmp_path: Path) -> None:
    with pytest.raises(NoSuchRecording, match=r"gone\.json"):
        words_added.add(tmp_path / "gone.json", SETTINGS)


def test_notes_without_answers_add_nothing(saved: Callable[..., Path], tmp_path: Path) -> None:
    assert words_added.add(saved(), SETTINGS) == []
    path = tmp_path / "old.json"
    path.write_text('{"schema": "coach.notes/1", "misheard": []}', encoding="utf-8")
    assert words_added.add(path, SETTINGS) == []
    assert not words_file().exists()


def heard(*words: tuple[str, float | None]) -> Callable[..., tuple[Word, ...]]:
    """Return what stands in for the recogniser."""
    return lambda *_: tuple(Word(text, float(i), i + 0.5, sure) for i, (text, sure) in enumerate(words))


def test_a_take_is_recognised(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, bytes]] = []

    def listen(recording: Path, *_: object) -> tuple[Word, ...]:
        seen.append((recording.name, recording.read_bytes()))
        return heard(("A", 0.9), ("whole", 0.9), ("day.", None))()

    monkeypatch.setattr(words_added, "spoken", listen)
    (new,) = words_added.add(take(tmp_path / "call.take.json", b"sound"), SETTINGS)

    assert (new.said, new.kind, new.on) == ("A whole day.", "missed_empathy", "2026-05-12")
    assert seen == [("call.take.webm", b"sound")]
    assert not list(tmp_path.rglob("*.webm"))


def test_what_was_misheard_is_nobodys_own_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(words_added, "spoken", heard(("A", 0.9), ("hole", 0.2), ("hay", 0.3)))
    path = take(tmp_path / "call.take.json")

    with pytest.raises(RecordingError, match="--said"):
        words_added.add(path, SETTINGS)
    (new,) = words_added.add(path, SETTINGS, said="A whole day.")
    assert new.said == "A whole day."


def test_said_is_for_a_take_alone(saved: Callable[..., Path]) -> None:
    with pytest.raises(UsageError, match="saved take"):
        words_added.add(saved(note("One.")), SETTINGS, said="x")


@pytest.mark.engine
def test_a_real_recording_is_heard_and_nothing_of_it_stays(tmp_path: Path) -> None:
    from coach.resources import resource  # noqa: PLC0415

    (new,) = words_added.add(
        take(tmp_path / "call.take.json", opus(resource("demo", "high-bill.wav"), *SPOKEN)), SETTINGS
    )

    assert "four hundred dollars" in new.said.lower()
    work = work_folder()
    assert list(work.iterdir()) == []


SPOKEN = (14.6, 25.0)
"""Seconds of the call that comes with the product in which the agent answers."""


def opus(recording: Path, start: float, end: float) -> bytes:
    """Return a part of the agent's channel as a browser records it: Opus in WebM."""
    import soundfile  # noqa: PLC0415

    sound, rate = soundfile.read(recording, dtype="int16", always_2d=True)
    part = np.ascontiguousarray(sound[int(start * rate) : int(end * rate), 0])
    file = io.BytesIO()
    with av.open(file, "w", format="webm") as container:
        stream = container.add_stream("libopus", rate=48_000, layout="mono")
        frame = av.AudioFrame.from_ndarray(part[None], format="s16", layout="mono")
        frame.sample_rate = rate
        for resampled in av.AudioResampler(format="s16", layout="mono", rate=48_000).resample(frame):
            container.mux(stream.encode(resampled))
        container.mux(stream.encode(None))
    return file.getvalue()


# --- offered


def book(*words: Words) -> None:
    our_words.keep(words)


def test_the_nearest_answer_is_offered() -> None:
    book(
        Words("About the bill, older.", "missed_empathy", "high-bill-acknowledged", "2026-05-10"),
        Words("About the bill.", "owed_acknowledgement", "high-bill-acknowledged", "2026-05-11"),
        Words("About a fee.", "missed_empathy", "late-fee-acknowledged", "2026-05-14"),
        Words("A colleague's.", "missed_empathy", "", "2026-05-15", "team"),
        Words("Saying it back.", "missed_paraphrase", "high-bill-said-back", "2026-05-16"),
    )

    assert [offered_for(topic, missed).said for topic, missed in (  # type: ignore[union-attr]
        ("high-bill", "acknowledged"), ("shut-off", "acknowledged"), ("shut-off", "said_back"),
    )] == ["About the bill.", "About a fee.", "Saying it back."]  # fmt: skip
    assert offered_for("high-bill", "room") is None
    assert offered_for("high-bill", "something_new") is None


def test_without_a_phrasebook_nothing_is_offered() -> None:
    assert phrasebook() == []
    assert offered_for("high-bill", "acknowledged") is None


def test_a_phrasebook_that_cannot_be_written_says_so(
    saved: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setattr(our_words, "words_file", lambda: tmp_path / "file" / "words.jsonl")

    with pytest.raises(CoachError, match=r"words\.jsonl"):
        words_added.add(saved(note("One.")), SETTINGS)
