"""``coach nightly`` and ``coach watch``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.streams import give, tell
from coach.conversation import UsageError

if TYPE_CHECKING:
    from coach.app.nightly.night import Ended, Told

Recipe = Annotated[str, typer.Argument(help="The night's recipe: a name, or a TOML file.", show_default=False)]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but what went wrong.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")]
Every = Annotated[float, typer.Option("--every", help="Seconds between two looks.")]
Times = Annotated[int | None, typer.Option("--times", help="Looks after which to leave; for ever when not given.")]

SHORTEST = 1.0


def nightly(recipe: Recipe, quiet: Quiet = False, as_json: AsJson = False) -> None:
    """Review what is new, write the pages and the digest, forget what is due, and leave: for cron."""
    from coach.app.nightly.night import run_night
    from coach.app.nightly.orders import load_night

    ended = run_night(load_night(recipe), _told(quiet=quiet or as_json))
    _show(ended, quiet=quiet, as_json=as_json)
    raise typer.Exit(ended.exit_code)


def watch(recipe: Recipe, every: Every = 60.0, times: Times = None, quiet: Quiet = False) -> None:
    """Do what the night does, again and again, whenever something new has arrived."""
    import itertools
    import time

    from coach.app.nightly.night import run_night
    from coach.app.nightly.orders import load_night

    if not every >= SHORTEST:
        raise UsageError("--every is a number of seconds, 1 or more.")
    night = load_night(recipe)
    for look in itertools.count(1):
        ended = run_night(night, _told(quiet=True))
        if ended.digest.news or ended.trouble:
            _show(ended, quiet=quiet, as_json=False)
        if look == times:
            raise typer.Exit(ended.exit_code)
        time.sleep(every)  # polled, because network drives tell nobody of what arrives


def _told(*, quiet: bool) -> Told:
    """Return what tells how far the night is."""
    from coach.reporting.text import clean

    return (lambda _line: None) if quiet else (lambda line: tell(clean(line)))


def _show(ended: Ended, *, quiet: bool, as_json: bool) -> None:
    """Say what came of a night: what went wrong to stderr, the rest to stdout."""
    from coach.reporting.digest import sentences
    from coach.reporting.text import clean, wrap

    for name, reason in ended.digest.reasons:
        said = clean(reason)
        for line in wrap(said if said.startswith(name) else f"{clean(name)}: {said}", hanging="  "):
            tell(line)
    if ended.trouble is not None:
        for line in wrap(f"coach: {clean(ended.trouble)}", hanging="  "):
            tell(line)
    if as_json:
        from dataclasses import asdict

        counts = {name: value for name, value in asdict(ended.digest).items() if name != "reasons"}
        give(json.dumps(counts | {"mailed": ended.mailed, "digest": str(ended.file) if ended.file else None}))
    elif not quiet:
        for sentence in sentences(ended.digest):
            give(sentence)
        if ended.file is not None:
            give(str(ended.file))
