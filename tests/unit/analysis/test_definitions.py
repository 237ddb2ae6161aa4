"""A definition has one version, and the page, the files that were made before and the program agree on it."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from coach.analysis.analyse import definitions
from coach.analysis.protocol import versioned

ROOT = Path(__file__).parents[3]
ROW = re.compile(r"^\| `(\w+)` \| (\d+) \|", re.MULTILINE)


def test_the_page_of_measures_names_every_version() -> None:
    told = {name: int(version) for name, version in ROW.findall((ROOT / "docs" / "measures.md").read_text("utf-8"))}

    assert {name: told.get(name) for name in definitions()} == definitions()


def test_what_is_held_as_golden_was_made_by_these_definitions() -> None:
    kept = [json.loads(path.read_text("utf-8")) for path in sorted((ROOT / "tests" / "golden").rglob("*.json"))]
    made = [review["provenance"]["definitions"] for review in kept if "provenance" in review]

    assert made
    for found in made:
        assert found.items() <= definitions().items()


def test_a_definition_is_raised_by_its_name() -> None:
    assert versioned(["blame", "option"], option=3) == {"blame": 1, "option": 3}
    with pytest.raises(ValueError, match="no definition of blames"):
        versioned(["blame"], blames=2)
