"""Word classes and phrase patterns from ``models/lexicons``, read once and compiled once.

The files are TOML and meant to be edited. A class of words is one string of words; a class of phrases is a
list of patterns over plain words (lower case, no punctuation), where ``<name>`` stands for another list.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from coach.conversation import ConfigurationError
from coach.resources import resource


@cache
def load(name: str) -> Mapping[str, Any]:
    """Return one lexicon file's content.

    Args:
        name: File name below ``models/lexicons`` without its ending.

    Raises:
        ConfigurationError: The file is missing or not TOML.
    """
    path = resource("models", "lexicons", f"{name}.toml")
    try:
        return MappingProxyType(tomllib.loads(path.read_text("utf-8")))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise ConfigurationError(
            f"The lexicon {path.name} in models/lexicons cannot be read ({type(error).__name__}). "
            "Restore it from the release, or undo the last edit."
        ) from error


@cache
def words(file: str, name: str) -> frozenset[str]:
    """Return a class of words.

    Raises:
        ConfigurationError: The file has no such class.
    """
    content = load(file).get(name)
    if not isinstance(content, str):
        raise ConfigurationError(f"models/lexicons/{file}.toml needs a text of words named '{name}'.")
    return frozenset(content.split())


def pattern(name: str, file: str = "phrases") -> re.Pattern[str]:
    """Return a list of phrases as one compiled pattern, matched at word boundaries.

    Raises:
        ConfigurationError: The file has no such list, or a pattern in it is not valid.
    """
    return _compiled(file, name)


@cache
def _compiled(file: str, name: str) -> re.Pattern[str]:
    try:
        return re.compile(rf"(?<![\w'])(?:{_source(file, name)})(?![\w'])")
    except re.error as error:
        raise ConfigurationError(
            f"models/lexicons/{file}.toml: a pattern in '{name}' is not valid: {error}."
        ) from error


def prepare() -> None:
    """Compile every list that is asked for, so that the first call is judged as quickly as the next.

    Raises:
        ConfigurationError: A file or a pattern in it is not valid.
    """
    for file in ("phrases", "feelings", "warmth", "giving_back", "holds"):
        lists = {name: entries for name, entries in load(file).items() if isinstance(entries, list)}
        parts = {part for entries in lists.values() for entry in entries for part in re.findall(r"<(\w+)>", str(entry))}
        for name in lists.keys() - parts:
            pattern(name, file)


def _source(file: str, name: str) -> str:
    """Return a list's patterns as the alternatives of one expression, other lists put in."""
    content = load(file).get(name)
    if not isinstance(content, list):
        raise ConfigurationError(f"models/lexicons/{file}.toml needs a list of patterns named '{name}'.")
    alternatives = "|".join(f"(?:{entry})" for entry in content)
    return re.sub(r"<(\w+)>", lambda found: f"(?:{_source(file, found[1])})", alternatives)
