"""A recipe is the list of stages: change it and the run changes, or is refused with the reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from coach.app.pipeline import NEEDS
from coach.app.recipe import Recipe, check_order, load_recipe, parse_recipe
from coach.conversation import ConfigurationError
from coach.resources import resource

SOLO = load_recipe("solo")


def without(*names: str) -> Recipe:
    return Recipe("changed", tuple(stage for stage in SOLO.stages if stage not in names), {})


@pytest.mark.parametrize("path", sorted(resource("pipelines").glob("*.toml")), ids=lambda path: path.stem)
def test_every_recipe_that_ships_can_run(path: Path) -> None:
    check_order(load_recipe(str(path)), NEEDS)


@pytest.mark.parametrize("names", [("coach",), ("analyse", "coach")])
def test_a_run_may_do_without_judgement(names: tuple[str, ...]) -> None:
    check_order(without(*names), NEEDS)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("mask", 'needs masked words, which "mask" gives'),
        ("decode", 'needs sound, which "decode" gives'),
        ("analyse", 'needs findings, which "analyse" gives'),
        ("converse", 'needs conversation, which "converse" gives'),
    ],
)
def test_a_stage_that_others_need_cannot_be_left_out(name: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        check_order(without(name), NEEDS)


def test_nothing_is_written_before_it_is_masked() -> None:
    early = tuple(sorted(SOLO.stages, key=lambda stage: (stage == "mask", SOLO.stages.index(stage))))

    with pytest.raises(ConfigurationError, match="masked words"):
        check_order(Recipe("late mask", early, {}), NEEDS)


def test_a_stage_twice_is_refused() -> None:
    with pytest.raises(ConfigurationError, match="twice"):
        check_order(Recipe("twice", (*SOLO.stages, "report"), {}), NEEDS)


def test_a_mistyped_stage_names_the_nearest() -> None:
    with pytest.raises(ConfigurationError, match='did you mean "listen"'):
        check_order(Recipe("typo", ("decode", "lisen"), {}), NEEDS)


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        ({"name": "x", "stages": ["decode"], "stage": []}, 'did you mean "stages"'),
        ({"name": "x", "stages": "decode"}, "list of names"),
        ({"name": "", "stages": ["decode"]}, "some text"),
        ({"name": "x", "stages": ["decode"], "analyse": {"analysers": []}}, "analyzers"),
    ],
)
def test_a_malformed_recipe_is_refused(raw: dict[str, object], sentence: str) -> None:
    with pytest.raises(ConfigurationError, match=sentence):
        parse_recipe(raw, "x.toml")


def test_an_unknown_recipe_names_those_there_are() -> None:
    with pytest.raises(ConfigurationError, match='did you mean "solo"'):
        load_recipe("sole")
