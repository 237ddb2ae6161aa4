"""A name means one recogniser, or gets a sentence."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from coach.conversation import ModelError, UsageError
from coach.speech import registry
from coach.speech.registry import ModelFile
from coach.speech.transcribers.bundled import BundledTranscriber
from coach.speech.transcribers.choose import open_transcriber
from coach.speech.transcribers.whisper import WhisperTranscriber


@pytest.fixture
def pulled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of models in which small.en and base.en seem to be installed."""
    data = b"weights"
    file = ModelFile("model.bin", len(data), hashlib.sha256(data).hexdigest())
    entries = tuple(
        replace(model, files=(file,)) if model.engine == "faster-whisper" else model for model in registry.models()
    )
    monkeypatch.setattr(registry, "models", lambda: entries)
    for name in ("faster-whisper-base.en", "faster-whisper-small.en"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "model.bin").write_bytes(data)
    return tmp_path


@pytest.mark.parametrize("name", [None, "auto", "bundled", "moonshine-tiny-en"])
def test_without_pulled_models_it_is_the_bundled_one(name: str | None, tmp_path: Path) -> None:
    assert isinstance(open_transcriber(name, models=tmp_path), BundledTranscriber)


@pytest.mark.parametrize("name", [None, "auto", "faster-whisper", "small.en", "faster-whisper:faster-whisper-small.en"])
def test_the_best_pulled_model_or_the_named_one_is_taken(name: str | None, pulled: Path) -> None:
    transcriber = open_transcriber(name, device="cpu", models=pulled)

    assert isinstance(transcriber, WhisperTranscriber)
    assert transcriber.name == "faster-whisper small.en"


def test_a_device_that_only_diarizers_know_means_the_processor(pulled: Path) -> None:
    assert open_transcriber(None, device="mps", models=pulled)._where() == ("cpu", "int8")  # type: ignore[attr-defined]


def test_a_lesser_model_can_be_named(pulled: Path) -> None:
    assert open_transcriber("base.en", models=pulled).name == "faster-whisper base.en"


def test_a_folder_of_ones_own_is_taken(tmp_path: Path) -> None:
    assert open_transcriber(str(tmp_path), models=tmp_path / "none").name == f"faster-whisper {tmp_path.name}"


def test_a_model_that_was_not_pulled_says_how(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"coach models pull faster-whisper-small\.en"):
        open_transcriber("small.en", models=tmp_path)
    with pytest.raises(ModelError, match="coach models pull"):
        open_transcriber("faster-whisper", models=tmp_path)


@pytest.mark.parametrize(
    ("name", "device", "words"),
    [
        ("faster-wisper-small.en", "auto", r"Did you mean faster-whisper-small\.en"),
        ("bundeld", "auto", "Did you mean bundled"),
        ("./nowhere", "auto", "no folder"),
        ("bundled", "tpu", "auto, cpu, cuda"),
    ],
)
def test_what_is_not_known_is_refused_with_what_is(name: str, device: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=words):
        open_transcriber(name, device=device, models=tmp_path)
