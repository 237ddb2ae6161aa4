"""Recipes: the list of stages a call goes through, as a file that a person may change."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from coach.conversation import ConfigurationError
from coach.nearest import did_you_mean
from coach.resources import resource

_KEYS = frozenset({"name", "description", "stages", "settings", "analyse", "night"})


@dataclass(frozen=True, slots=True)
class Recipe:
    """What is done to a call.

    Attributes:
        name: As the report shows it.
        stages: Names of the stages, in order.
        settings: Values for settings that nobody sets closer to the call.
        analyzers: Which analysers run; ``None`` for all of them.
        origin: Where it came from, for messages.
        night: What ``coach nightly`` does with it, as written; empty where nobody runs it at night.
    """

    name: str
    stages: tuple[str, ...]
    settings: Mapping[str, object]
    analyzers: tuple[str, ...] | None = None
    origin: str = "the recipe"
    night: Mapping[str, object] = field(default_factory=dict)

    def as_written(self) -> dict[str, object]:
        """Return what the report shows as the effective recipe."""
        shown: dict[str, object] = {"name": self.name, "stages": list(self.stages)}
        if self.analyzers is not None:
            shown["analyzers"] = list(self.analyzers)
        return shown


@dataclass(frozen=True, slots=True)
class Need:
    """What a stage takes and gives, so that a recipe can be checked before any work is done."""

    requires: frozenset[str]
    provides: frozenset[str]


def load_recipe(name: str) -> Recipe:
    """Return a recipe by its name, or by the path of a TOML file.

    Raises:
        ConfigurationError: There is no such recipe, or the file says something that cannot be.
    """
    path = Path(name) if name.endswith(".toml") else resource("pipelines", f"{name}.toml")
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = sorted(p.stem for p in resource("pipelines").glob("*.toml"))
        raise ConfigurationError(f'There is no recipe "{name}"; {did_you_mean(name, known)}') from None
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise ConfigurationError(f"The recipe {path.name} cannot be read: {reason}.") from error
    return parse_recipe(raw, path.name)


def parse_recipe(raw: Mapping[str, object], where: str) -> Recipe:
    """Return the recipe that a TOML table describes.

    Args:
        raw: The parsed file.
        where: Its name, for messages.

    Raises:
        ConfigurationError: A key is unknown or holds the wrong kind of value.
    """
    for key in raw:
        if key not in _KEYS:
            raise ConfigurationError(f'{where}: there is no "{key}" in a recipe; {did_you_mean(key, _KEYS)}')
    analyse, settings, night = (raw.get(name, {}) for name in ("analyse", "settings", "night"))
    if not isinstance(analyse, Mapping) or not isinstance(settings, Mapping) or not isinstance(night, Mapping):
        raise ConfigurationError(f"{where}: [analyse], [settings] and [night] must be tables.")
    for key in analyse:
        if key != "analyzers":
            raise ConfigurationError(f'{where}: there is no "{key}" in [analyse]; it holds "analyzers".')
    analyzers = analyse.get("analyzers")
    return Recipe(
        name=_text(raw.get("name"), f"{where}: name"),
        stages=_names(raw.get("stages"), f"{where}: stages"),
        settings=dict(settings),
        analyzers=None if analyzers is None else _names(analyzers, f"{where}: analyzers"),
        origin=f"the recipe {where}",
        night=dict(night),
    )


def check_order(recipe: Recipe, needs: Mapping[str, Need]) -> None:
    """Check that every stage finds what it needs when its turn comes.

    Args:
        recipe: The recipe.
        needs: What each known stage takes and gives.

    Raises:
        ConfigurationError: A stage is unknown or twice there, or lacks what no earlier stage gives.
    """
    given: set[str] = set()
    for number, name in enumerate(recipe.stages):
        if name not in needs:
            raise ConfigurationError(f'The recipe {recipe.name} names the stage "{name}"; {did_you_mean(name, needs)}')
        if name in recipe.stages[:number]:
            raise ConfigurationError(f'The recipe {recipe.name} names the stage "{name}" twice; once is enough.')
        missing = sorted(needs[name].requires - given)
        if missing:
            givers = sorted(other for other, need in needs.items() if missing[0] in need.provides)
            raise ConfigurationError(
                f'The recipe {recipe.name} cannot run: the stage "{name}" needs {missing[0]}, '
                f'which "{" or ".join(givers)}" gives. Put that stage before it.'
            )
        given |= needs[name].provides


def _text(raw: object, where: str) -> str:
    if not isinstance(raw, str) or not raw:
        raise ConfigurationError(f"{where} must be some text.")
    return raw


def _names(raw: object, where: str) -> tuple[str, ...]:
    if not isinstance(raw, Sequence) or isinstance(raw, str) or not raw or not all(isinstance(n, str) for n in raw):
        raise ConfigurationError(f"{where} must be a list of names.")
    return tuple(raw)
