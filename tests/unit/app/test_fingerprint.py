"""Reviews that were not made alike are never taken for alike."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from coach import resources
from coach.app import pipeline
from coach.app.item import Request
from coach.app.pipeline import Pipeline
from coach.app.recipe import Recipe, load_recipe
from coach.app.settings import gather
from coach.speech.transcribers.whisper import _own_digest

IMPORT = Request(transcript=Path("words.json"))


def fingerprint(recipe: Recipe | None = None, **flags: object) -> str:
    return Pipeline(recipe or load_recipe("solo"), gather(flags, environment={})).expected_fingerprint(IMPORT)


def test_the_same_run_has_the_same_fingerprint() -> None:
    assert fingerprint() == fingerprint()


def test_where_the_files_go_does_not_matter() -> None:
    assert fingerprint(out="elsewhere", formats="html", embed=False) == fingerprint()


def test_another_recipe_rubric_or_engine_is_another_fingerprint(tmp_path: Path) -> None:
    rubric = tmp_path / "ours.toml"
    shutil.copy(resources.resource("models", "rubrics", "support.toml"), rubric)
    solo = load_recipe("solo")
    without = Recipe(solo.name, tuple(stage for stage in solo.stages if stage != "coach"), {})

    assert len({fingerprint(), fingerprint(without), fingerprint(rubric=str(rubric))}) == 3


def test_editing_a_rubric_of_ones_own_is_another_fingerprint_and_moving_it_is_not(tmp_path: Path) -> None:
    rubric, moved = tmp_path / "ours.toml", tmp_path / "moved.toml"
    text = resources.resource("models", "rubrics", "support.toml").read_text(encoding="utf-8")
    rubric.write_text(text, encoding="utf-8")
    moved.write_text(text, encoding="utf-8")
    before = fingerprint(rubric=str(rubric))
    assert fingerprint(rubric=str(moved)) == before

    rubric.write_text(text.replace("version = 1", "version = 2", 1) + "\n# edited\n", encoding="utf-8")
    assert fingerprint(rubric=str(rubric)) != before


@pytest.mark.parametrize("edited", ["lexicons/words.toml", "rubrics/support.toml", "sentences/coaching.toml"])
def test_editing_what_is_judged_by_is_another_fingerprint(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, edited: str
) -> None:
    before = fingerprint()
    shutil.copytree(resources.resource("models"), tmp_path / "models")
    lexicon = tmp_path / "models" / edited
    lexicon.write_text(lexicon.read_text(encoding="utf-8") + "\n# edited\n", encoding="utf-8")
    monkeypatch.setattr(pipeline, "resource", tmp_path.joinpath)
    pipeline._judged_by.cache_clear()

    try:
        assert fingerprint() != before
    finally:
        pipeline._judged_by.cache_clear()


@pytest.mark.parametrize("edited", ["model.bin", "config.json", "tokenizer.json", "vocabulary.txt"])
def test_every_file_of_a_recogniser_of_ones_own_counts(tmp_path: Path, edited: str) -> None:
    for name in ("model.bin", "config.json", "tokenizer.json", "vocabulary.txt"):
        (tmp_path / name).write_text("{}")
    before = _own_digest(tmp_path)
    (tmp_path / edited).write_text('{"a": 1}')
    assert _own_digest(tmp_path) != before
