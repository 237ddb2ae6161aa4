"""The manifest of models, and what is said of files on disk."""

from __future__ import annotations

import hashlib
import re
from dataclasses import replace
from pathlib import Path

import pytest

from coach.conversation import ModelError, UsageError
from coach.resources import resource
from coach.speech import registry
from coach.speech.registry import Hub, Model, ModelFile, Package


def made_model(content: dict[str, bytes], name: str = "faster-whisper-tiny.en") -> Model:
    files = tuple(ModelFile(path, len(data), hashlib.sha256(data).hexdigest()) for path, data in content.items())
    return replace(registry.find(name), files=files)


def put(model: Model, content: dict[str, bytes], models_dir: Path) -> Path:
    folder = models_dir / model.id
    folder.mkdir(parents=True, exist_ok=True)
    for path, data in content.items():
        (folder / path).write_bytes(data)
    return folder


CONTENT = {"model.bin": b"weights", "config.json": b"{}"}


def test_every_file_of_the_manifest_is_pinned() -> None:
    for model in registry.models():
        assert model.files
        for file in model.files:
            assert re.fullmatch(r"[0-9a-f]{64}", file.sha256), file
            assert file.size > 0
        if isinstance(model.source, Hub):
            assert re.fullmatch(r"[0-9a-f]{40}", model.source.revision)
            needed = {"onnx/model.onnx"} if model.engine == registry.SENTENCES else {"model.bin", "config.json"}
            assert needed | {"tokenizer.json"} <= {file.path for file in model.files}
        else:
            assert model.source.version


def test_every_model_has_a_card_a_licence_a_purpose_and_a_rank_of_its_own() -> None:
    for model in registry.models():
        assert resource("models", "cards", model.card).is_file()
        assert model.licence in ("MIT", "Apache-2.0")
        assert model.purpose.endswith(".")
    ranks = [model.rank for model in registry.models()]
    assert len(set(ranks)) == len(ranks)
    assert len({model.id for model in registry.models()}) == len(ranks)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("faster-whisper-small.en", "faster-whisper-small.en"),
        ("small.en", "faster-whisper-small.en"),
        ("turbo", "faster-whisper-large-v3-turbo"),
        ("large-v3-turbo", "faster-whisper-large-v3-turbo"),
        ("distil-small.en", "faster-distil-whisper-small.en"),
        ("distil-whisper-large-v3", "faster-distil-whisper-large-v3"),
    ],
)
def test_a_model_is_found_by_its_id_or_the_name_people_use(name: str, expected: str) -> None:
    assert registry.find(name).id == expected


def test_an_unknown_name_is_refused_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"faster-whisper-small\.en"):
        registry.find("faster-wisper-smal.en")


@pytest.mark.parametrize("name", ["distil-huge", "distil-large-v9"])
def test_a_distilled_model_that_does_not_exist_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="no model called"):
        registry.find(name)


def test_a_gated_model_gets_a_sentence_on_the_gate() -> None:
    with pytest.raises(UsageError, match=r"gated.*account.*accept the conditions.*token") as refused:
        registry.find("pyannote/speaker-diarization-community-1")

    said = str(refused.value)
    assert "hf download pyannote/speaker-diarization-community-1 --local-dir speaker-diarization-community-1" in said
    assert "--diarizer pyannote:speaker-diarization-community-1" in said


def test_a_whole_model_is_sound(tmp_path: Path) -> None:
    model = made_model(CONTENT)
    folder = put(model, CONTENT, tmp_path)

    assert registry.check(model, tmp_path).state == "sound"
    assert registry.present(model, tmp_path)
    assert registry.require(model, tmp_path) == folder
    assert "unaltered" in registry.explain(registry.check(model, tmp_path))


@pytest.mark.parametrize(
    ("content", "state", "files"),
    [
        ({}, "incomplete", ("model.bin", "config.json")),
        ({"model.bin": b"weigh", "config.json": b"{}"}, "incomplete", ("model.bin",)),
        ({"model.bin": b"Weights", "config.json": b"{}"}, "altered", ("model.bin",)),
    ],
)
def test_a_spoiled_model_is_named_with_its_files(
    content: dict[str, bytes], state: str, files: tuple[str, ...], tmp_path: Path
) -> None:
    model = made_model(CONTENT)
    put(model, content, tmp_path)

    verdict = registry.check(model, tmp_path)

    assert (verdict.state, verdict.files) == (state, files)
    with pytest.raises(ModelError, match=r"model\.bin.*coach models pull"):
        registry.require(model, tmp_path)


def test_an_absent_model_says_how_to_fetch_it(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"coach models pull faster-whisper-base\.en"):
        registry.require(registry.find("base.en"), tmp_path)


def test_a_missing_package_says_what_still_works(tmp_path: Path) -> None:
    model = replace(registry.find("moonshine-tiny-en"), source=Package("no-such-package", "1.0", "nowhere"))

    with pytest.raises(ModelError, match=r"pip install.*--transcript FILE.*coach models pull"):
        registry.require(model, tmp_path)


def test_a_package_without_its_model_says_how_to_put_it_back() -> None:
    model = replace(registry.find("moonshine-tiny-en"), source=Package("numpy", "2", "numpy"))

    with pytest.raises(ModelError, match="force-reinstall"):
        registry.require(model)


def test_what_is_installed_comes_best_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    low, high = made_model(CONTENT, "tiny.en"), made_model(CONTENT, "small.en")
    entries = (low, high, registry.find("base.en"))
    monkeypatch.setattr(registry, "models", lambda: entries)
    put(low, CONTENT, tmp_path)
    put(high, CONTENT, tmp_path)

    assert [model.id for model in registry.installed(tmp_path)] == [high.id, low.id]


def test_a_look_at_everything_gives_a_verdict_a_model(tmp_path: Path) -> None:
    verdicts = registry.verify(tmp_path)

    assert [verdict.model for verdict in verdicts] == list(registry.models())
    assert {verdict.state for verdict in verdicts if isinstance(verdict.model.source, Hub)} == {"absent"}


def test_the_digest_of_a_model_moves_with_any_file() -> None:
    model = made_model(CONTENT)
    other = made_model({**CONTENT, "config.json": b"[]"})

    assert model.digest != other.digest
    assert model.digest == replace(model, files=model.files[::-1]).digest


def test_every_verdict_can_be_put_in_words(tmp_path: Path) -> None:
    for verdict in registry.verify(tmp_path):
        assert registry.explain(verdict).endswith(".")
