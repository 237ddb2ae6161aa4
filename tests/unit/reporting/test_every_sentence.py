"""Every file of sentences is read for blame and labels, and so is one that is added tomorrow."""

from __future__ import annotations

import importlib.util
import re
import tomllib
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
READERS = ("tests/unit/reporting/test_phrases.py", "tests/unit/coaching/test_rubric_and_sentences.py")
FILES = sorted(
    path.relative_to(ROOT).as_posix()
    for folder in ("reports/templates", "models/sentences", "models/drills")
    for path in (ROOT / folder).rglob("*.toml")
)
OF_OTHERS = re.compile(r"drill\.\d+\.(customer|answer)|formulas\..*|feelings\..*")
"""What customers of the starter set say, answers that somebody gave them, and words to be recognised."""
ALLOWED = re.compile(
    r"night\.toml forgotten\..*: forgotten|phrases\.toml skills\.score: score"
    r"|progress\.toml progress\.lines\.about(_latest)?: never"
    r"|starter\.toml drill\.\d+\.(begin: (must|always)|scene: wrongly)"
)
"""Calls that are deleted as agreed; a number that a rubric may turn on; "never an average"; facts of made customers."""


@cache
def blame() -> list[re.Pattern[str]]:
    """Return what the readers of single files go by."""
    found = []
    for path in READERS:
        spec = importlib.util.spec_from_file_location(path.replace("/", "_"), ROOT / path)
        assert spec is not None
        assert spec.loader is not None
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        found.append(module.BLAME)
    return found


def sentences(value: object, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield each text of a table with where it stands."""
    if isinstance(value, dict):
        for key, item in value.items():
            yield from sentences(item, f"{name}.{key}".lstrip("."))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from sentences(item, f"{name}.{index}")
    elif isinstance(value, str) and not OF_OTHERS.fullmatch(name):
        yield name, value


@pytest.mark.parametrize("file", FILES)
def test_no_sentence_blames_or_labels(file: str) -> None:
    said = list(sentences(tomllib.loads((ROOT / file).read_text("utf-8"))))
    blaming = {f"{name}: {word[0]}" for name, text in said for p in blame() for word in p.finditer(text)}

    assert len(said) > 5
    assert {found for found in blaming if not ALLOWED.fullmatch(f"{Path(file).name} {found}")} == set()


def test_the_files_are_found_and_blame_in_one_would_be() -> None:
    assert {"night.toml", "phrases.toml", "progress.toml", "shift.toml", "coaching.toml", "tone.toml"} <= {
        Path(file).name for file in FILES
    }
    assert all(p.search("You failed: that was cold, and a bad mistake.") for p in blame())
