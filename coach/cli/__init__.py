"""The command line: it reads flags, calls the use cases, prints. No heavy import happens at module level."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from coach import __version__
from coach.cli import config, models, review
from coach.conversation import CoachError
from coach.conversation.errors import unforeseen

app = typer.Typer(
    name="coach",
    help="Listens back to your support calls with you, on your own computer: nothing leaves it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=True,
)
app.command("review")(review.review)
app.command("demo")(review.demo)
app.add_typer(models.app, name="models")
app.add_typer(config.app, name="config")


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(__version__)
        raise typer.Exit


@app.callback()
def _coach(
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version and leave.")
    ] = False,
) -> None:
    """Listens back to your support calls with you, on your own computer: nothing leaves it."""


def main() -> None:
    """Run the command line and exit with its code; what a person can mend is told in one sentence."""
    try:
        app()
    except CoachError as error:
        typer.echo(f"coach: {error}", err=True)
        sys.exit(error.exit_code)
    except BrokenPipeError:
        # Whoever read our output has gone, as `| head` does: no fault of anybody's.
        sys.stderr.close()
        sys.exit(0)
    except Exception as error:  # noqa: BLE001  (a traceback may show words of a call)
        typer.echo(f"coach: {unforeseen(error)}", err=True)
        sys.exit(1)
