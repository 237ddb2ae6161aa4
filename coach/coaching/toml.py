"""Reading TOML that a person may edit: what is unknown or misfit is refused by name."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path

from coach.conversation import ConfigurationError
from coach.nearest import did_you_mean

Table = Mapping[str, object]


def load(path: Path) -> Table:
    """Return a TOML file.

    Raises:
        ConfigurationError: It is not there, or is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigurationError(f"{path.name} cannot be read: {error.strerror}. Check the path.") from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigurationError(f"{path.name} is not TOML: {error}. Mend that place and try again.") from error


def known(table: Table, keys: Collection[str], where: str) -> None:
    """Refuse a key that nothing reads.

    Raises:
        ConfigurationError: There is one; the nearest known key is named.
    """
    for key in table:
        if key not in keys:
            raise ConfigurationError(f'{where} has "{key}", which nothing reads; {did_you_mean(key, keys)}')


def section(table: Table, key: str, where: str) -> Table:
    """Return a table inside a table, empty when it is not there.

    Raises:
        ConfigurationError: It is not a table.
    """
    found = table.get(key, {})
    if not isinstance(found, Mapping):
        raise ConfigurationError(f"{where}: {key} should be a table, as in [{key}].")
    return found


def number(table: Table, key: str, where: str, *, most: float) -> float:
    """Return a number from 0 to ``most``.

    Raises:
        ConfigurationError: It is missing or something else.
    """
    value = table.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
        raise ConfigurationError(f"{where}: {key} should be a number from 0 to {most:g}.")
    return float(value)


def texts(table: Table, key: str, where: str) -> tuple[str, ...]:
    """Return a list of texts, empty when it is not there.

    Raises:
        ConfigurationError: It is something else.
    """
    value = table.get(key, [])
    if not isinstance(value, list) or not all(isinstance(item, str) for item in value):
        raise ConfigurationError(f'{where}: {key} should be a list of texts, as in ["one", "two"].')
    return tuple(value)
