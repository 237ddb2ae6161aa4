"""``coach models list``, ``pull`` and ``verify``: the only commands that may connect to anything."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from coach.cli.streams import give

app = typer.Typer(help="Speech models: what there is, get one, check them.", no_args_is_help=True)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.callback()
def _models() -> None:
    """Speech models: what there is, get one, check them."""


@app.command("list")
def list_models(as_json: AsJson = False) -> None:
    """Print every model: whether it is here, its size, licence and what it is good for."""
    from coach.app.models import listing

    rows = listing()
    if as_json:
        give(json.dumps([row.as_data() for row in rows], indent=1))
        return
    for row in rows:
        here = "here" if row.here else "not here"
        give(f"{row.id:<32} {here:<9} {row.megabytes:>6} MB  {row.licence}")
        give(f"    {row.purpose}")


@app.command("pull")
def pull(name: Annotated[str, typer.Argument(help="A model's name, as `coach models list` prints it.")]) -> None:
    """Fetch a model, check it, and keep it; goes on where an earlier try stopped."""
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    from coach.app.models import fetch

    columns = (TextColumn("{task.description}", markup=False), BarColumn(20), DownloadColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task(name, total=None)
        folder = fetch(name, lambda done, total: bars.update(task, completed=done, total=total))
    give(f"{name} is in {folder}. The next review uses the best model that is here.")


@app.command("verify")
def verify(as_json: AsJson = False) -> None:
    """Check every file of every model that is here against its known hash."""
    from coach.app.models import verdicts

    found = verdicts()
    if as_json:
        give(json.dumps([verdict.as_data() for verdict in found], indent=1))
    else:
        for verdict in found:
            give(f"{verdict.id:<32} {verdict.sentence}")
    if any(verdict.broken for verdict in found):
        raise typer.Exit(5)
