"""``coach config show``."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Annotated

import typer

from coach.cli.streams import give

app = typer.Typer(help="Settings: what holds, and who said so.", no_args_is_help=True)


@app.callback()
def _config() -> None:
    """Settings: what holds, and who said so."""


@app.command("show")
def show(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Print every setting with its value and where it came from."""
    from coach.app.review import settings_of

    settings = settings_of({})
    if as_json:
        data = {name: {"value": _open(s.value), "origin": s.origin} for name, s in settings.values.items()}
        give(json.dumps(data, default=dict, indent=1))
        return
    for name, setting in settings.values.items():
        give(f"{name:<14} {_shown(_open(setting.value)):<24} {setting.origin}")


def _open(value: object) -> object:
    """Return a value without what opens an address."""
    from coach.app.intake.shown import folder_shown, is_address

    return folder_shown(value) if isinstance(value, str) and is_address(value) else value


def _shown(value: object) -> str:
    """Return a value as a person would write it."""
    if isinstance(value, Mapping):
        return ", ".join(f'"{key}" = {inner}' for key, inner in value.items())
    if isinstance(value, tuple):
        return ",".join(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "-" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
