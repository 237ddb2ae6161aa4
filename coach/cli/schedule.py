"""``coach schedule``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from coach.cli.streams import give

Recipe = Annotated[
    Path | None,
    typer.Argument(help="The night's recipe, a TOML file; ./nightly.toml when not given.", show_default=False),
]
For = Annotated[
    Literal["systemd", "cron", "launchd", "windows"] | None,
    typer.Option("--for", help="Which scheduler; this computer's own when not given.", show_default=False),
]
At = Annotated[str, typer.Option("--at", help="Local time of day.")]


def schedule(recipe: Recipe = None, system: For = None, at: At = "2:30") -> None:
    """Print what makes this computer run the night by itself: a timer, a cron line, a property list or a task."""
    from coach.app.schedule import memory_for, night_named, usual_system
    from coach.app.schedule import schedule as written

    night = night_named(recipe)
    memory = memory_for(night.jobs, night.engine, night.address)
    arguments = ["nightly", night.recipe]
    give(written(system or usual_system(), arguments, at, memory=memory).rstrip("\n"))
