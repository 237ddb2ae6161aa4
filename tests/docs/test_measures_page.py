"""docs/measures.md describes every measure and kind of moment, with its version, and nothing else."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from coach.analysis.analyse import definitions

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "measures.md").read_text("utf-8")
SCHEMA = json.loads((ROOT / "reports" / "review.schema.json").read_text("utf-8"))
ROW = re.compile(r"^\| `(\w+)` \| (\d+) \| (.+) \|$", re.MULTILINE)
BOTH = {"dead_air", "asked_to_repeat"}
"""Names that are a measure and a kind."""


def part(heading: str) -> str:
    return PAGE.split(f"\n## {heading}\n")[1].split("\n## ")[0]


def test_every_definition_is_there_with_its_version() -> None:
    said = {name: int(version) for name, version, _ in ROW.findall(PAGE)}
    assert said == definitions()


@pytest.mark.parametrize("heading", ["Measures", "Kinds of moment"])
def test_nothing_is_described_twice(heading: str) -> None:
    names = [name for name, _, _ in ROW.findall(part(heading))]
    assert len(names) == len(set(names))


def test_the_measures_are_those_of_the_contract() -> None:
    said = {name for name, _, _ in ROW.findall(part("Measures"))}
    assert said == set(SCHEMA["properties"]["measures"]["required"])


def test_units_are_those_of_the_contract() -> None:
    contract = SCHEMA["properties"]["measures"]["properties"]
    for name, _, rest in ROW.findall(part("Measures")):
        described = json.dumps(contract.get(name, {}))
        unit = rest.split(" | ")[0]
        if '"unit"' in described:
            assert f'"const": "{unit}"' in described, name


def test_kinds_that_are_counted_too_are_described_as_both() -> None:
    measures = {name for name, _, _ in ROW.findall(part("Measures"))}
    kinds = {name for name, _, _ in ROW.findall(part("Kinds of moment"))}
    assert measures & kinds <= BOTH
