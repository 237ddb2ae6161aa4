"""The command line: it reads flags, calls the use cases, prints. No heavy import happens at module level."""

from __future__ import annotations

import contextlib
import errno
import os
import signal
import sys
from typing import Annotated, NoReturn

import typer

from coach import __version__
from coach.cli import (
    answers,
    config,
    doctor,
    models,
    nightly,
    practice,
    probe,
    progress_command,
    purge,
    review,
    schedule,
    shift,
    words,
)
from coach.cli.streams import ensure_open, silence, tell
from coach.conversation import CoachError, StorageError
from coach.conversation.errors import unforeseen

INTERRUPTED = 130
UNWRITABLE = (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS)

app = typer.Typer(
    name="coach",
    help="Listens back to your support calls with you, on your own computer: nothing leaves it.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    add_completion=True,
)
OWN, MANY, HOUSE = "Your own calls", "Many calls", "Keeping house"
"""Headings of the help, in the order in which people come to them."""

app.command("review", rich_help_panel=OWN)(review.review)
app.command("demo", rich_help_panel=OWN)(review.demo)
app.command("practice", rich_help_panel=OWN)(practice.practice)
app.command("progress", rich_help_panel=OWN)(progress_command.progress)
app.add_typer(words.app, name="words", rich_help_panel=OWN)
app.command("shift", rich_help_panel=MANY)(shift.shift)
app.add_typer(answers.app, name="answers", rich_help_panel=MANY)
app.command("nightly", rich_help_panel=MANY)(nightly.nightly)
app.command("watch", rich_help_panel=MANY)(nightly.watch)
app.command("schedule", rich_help_panel=MANY)(schedule.schedule)
app.command("probe", rich_help_panel=MANY)(probe.probe)
app.command("looks", rich_help_panel=MANY)(purge.looks)
app.command("doctor", rich_help_panel=HOUSE)(doctor.doctor)
app.command("purge", rich_help_panel=HOUSE)(purge.purge)
app.add_typer(models.app, name="models", rich_help_panel=HOUSE)
app.add_typer(config.app, name="config", rich_help_panel=HOUSE)


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


PRIVATE = 0o077
"""What nobody but the person may do with the files and folders that a command makes."""


def main() -> None:
    """Run the command line and exit with its code; what a person can mend is told in one sentence."""
    ensure_open()
    theirs = os.umask(PRIVATE)
    try:
        _run()
    finally:
        os.umask(theirs)


def _run() -> None:
    with contextlib.suppress(ValueError):  # of a thread other than the first
        signal.signal(signal.SIGTERM, _stop)
    try:
        app()
    except SystemExit as leaving:
        _explain(leaving)
        raise
    except Exception as error:  # noqa: BLE001  (a traceback may show words of a call)
        sys.exit(_failed(error))


def _stop(*_: object) -> NoReturn:
    """Leave as from the keyboard, so that nothing half-done stays behind."""
    raise KeyboardInterrupt


def _explain(leaving: SystemExit) -> None:
    """Say what an exit of the framework's means, or that it means nothing."""
    if leaving.code == INTERRUPTED:
        tell("coach: stopped. What was finished is kept, and nothing half-done is left.")
    elif isinstance(leaving.__context__, BrokenPipeError):
        silence(sys.stdout)  # whoever read our output has gone, as `| head` does: no fault of anybody's
        leaving.code = 0


def _failed(error: Exception) -> int:
    """Say what went wrong, masked and in one line, and return the exit code."""
    from coach.privacy.text import mask_text
    from coach.reporting.text import clean, wrap

    if isinstance(error, BrokenPipeError):
        silence(sys.stdout)
        return 0
    if isinstance(error, CoachError):
        tell("\n".join(wrap(f"coach: {clean(mask_text(str(error)))}", hanging="  ")))
        return error.exit_code
    if isinstance(error, OSError) and error.errno in UNWRITABLE:
        silence(sys.stdout)
        tell(f"coach: the output cannot be written: {error.strerror}. The reports that were finished are kept.")
        return StorageError.exit_code
    tell(f"coach: {unforeseen(error)}")
    return 1
