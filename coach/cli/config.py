"""``coach config show``."""

from __future__ import annotations

import json
from typing import Annotated

import typer

app = typer.Typer(help="Settings: what holds, and who said so.", no_args_is_help=True)


@app.callback()
def _config() -> None:
    """Settings: what holds, and who said so."""


@app.command("show")
def show(as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """Print every setting with its value and where it came from."""
    from coach.app.recipe import load_recipe
    from coach.app.settings import gather

    settings = gather({}, recipe=load_recipe(gather({}).text("recipe")).settings)
    if as_json:
        data = {name: {"value": s.value, "origin": s.origin} for name, s in settings.values.items()}
        typer.echo(json.dumps(data, default=dict, indent=1))
        return
    for name, setting in settings.values.items():
        value = setting.value
        shown = ",".join(value) if isinstance(value, tuple) else "-" if value is None else str(value)
        typer.echo(f"{name:<14} {shown:<24} {setting.origin}")
