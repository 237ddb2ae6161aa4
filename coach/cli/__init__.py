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
app.command("review")(review.review)
app.command("demo")(review.demo)
app.command("practice")(practice.practice)
app.command("progress")(progress_command.progress)
app.command("probe")(probe.probe)
app.command("shift")(shift.shift)
app.command("purge")(purge.purge)
app.command("looks")(purge.looks)
app.command("nightly")(nightly.nightly)
app.command("watch")(nightly.watch)
app.command("schedule")(schedule.schedule)
app.command("doctor")(doctor.doctor)
app.add_typer(models.app, name="models")
app.add_typer(config.app, name="config")
app.add_typer(words.app, name="words")


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
