"""A pulled sentence model is used, and a review that had one is not taken for one that had none."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from coach.app.item import Request
from coach.app.pipeline import Pipeline
from coach.app.recipe import load_recipe
from coach.app.settings import gather
from coach.app.stages.judging import SENTENCE_MODEL, Analyse, sentence_model
from coach.conversation import ModelError, UsageError
from coach.speech import registry
from coach.speech.registry import ModelFile
from coach.speech.transcribers.choose import open_transcriber

TINY = Path(__file__).parents[1] / "analysis" / "sentence_model"
FILES = ("onnx/model.onnx", "tokenizer.json")


@pytest.fixture
def pulled(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of models in which the sentence model, a tiny one, is installed."""
    shutil.copytree(TINY, tmp_path / SENTENCE_MODEL)
    files = tuple(ModelFile(f, (TINY / f).stat().st_size, registry.sha256(TINY / f)) for f in FILES)
    known = tuple(replace(m, files=files) if m.id == SENTENCE_MODEL else m for m in registry.models())
    monkeypatch.setattr(registry, "models", lambda: known)
    return tmp_path


def fingerprint(models: Path, semantic: str = "auto") -> str:
    settings = gather({"models": str(models), "semantic": semantic}, environment={})
    return Pipeline(load_recipe("solo"), settings).expected_fingerprint(Request(transcript=Path("words.json")))


def test_it_is_part_of_the_fingerprint_where_it_is_used(pulled: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    nowhere = tmp_path_factory.mktemp("models")

    assert fingerprint(pulled) != fingerprint(nowhere)
    assert fingerprint(nowhere) == Pipeline(
        load_recipe("solo"), gather({"models": str(nowhere)}, environment={})
    ).expected_fingerprint(Request(transcript=Path("words.json")))
    assert sentence_model("off", pulled) is None


def test_it_is_loaded_for_a_run_and_let_go_of(pulled: Path) -> None:
    stage = Analyse(sentences=pulled)
    stage.open()
    loaded = stage._semantic
    stage.close()

    assert loaded is not None
    assert stage._semantic is None
    assert loaded.fingerprint == stage.semantic_fingerprint


def test_one_whose_bytes_are_not_what_they_should_be_is_refused(pulled: Path) -> None:
    file = pulled / SENTENCE_MODEL / FILES[1]
    file.write_bytes(b"x" * file.stat().st_size)

    with pytest.raises(ModelError, match="altered"):
        Analyse(sentences=pulled).open()


def test_it_is_never_taken_for_a_recogniser(pulled: Path) -> None:
    assert "sentences" not in open_transcriber("auto", models=pulled).fingerprint
    with pytest.raises(UsageError, match="no recogniser"):
        open_transcriber(SENTENCE_MODEL, models=pulled)
