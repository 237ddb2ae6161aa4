"""``coach nightly`` and ``coach watch``."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

from coach.cli.review import Format, Out
from coach.cli.stores import in_recipe
from coach.cli.streams import give, tell
from coach.conversation import LockedError, NoSuchRecording, StorageError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from coach.app.nightly.night import Ended, Told
    from coach.app.review import Outcome

Recipe = Annotated[str, typer.Argument(help="The night's recipe: a name, or a TOML file.", show_default=False)]
Watching = Annotated[
    str, typer.Argument(metavar="FOLDER|RECIPE", help="A folder of your own recordings, or a night's TOML file.")
]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but what went wrong.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print the counts as JSON.")]
Every = Annotated[float, typer.Option("--every", help="Seconds between two looks.")]
Times = Annotated[int | None, typer.Option("--times", help="Looks after which to leave; for ever when not given.")]

SHORTEST = 1.0


def nightly(recipe: Recipe, quiet: Quiet = False, as_json: AsJson = False) -> None:
    """Review what is new, write the pages and the digest, forget what is due, and leave: for cron."""
    from coach.app.nightly.night import run_night
    from coach.app.nightly.orders import load_night

    night = load_night(recipe)
    in_recipe(night.recipe, night.store, quiet=quiet)
    ended = run_night(night, _told(quiet=quiet or as_json))
    _show(ended, quiet=quiet, as_json=as_json)
    raise typer.Exit(ended.exit_code)


def watch(
    what: Watching,
    every: Every = 60.0,
    times: Times = None,
    out: Out = None,
    formats: Format = None,
    quiet: Quiet = False,
) -> None:
    """Look again and again for new calls: your own in a folder, or a night's by its recipe."""
    from pathlib import Path

    if not every >= SHORTEST:
        raise UsageError("--every is a number of seconds, 1 or more.")
    if not what.endswith(".toml") and Path(what).is_dir():
        _watch_folder(
            Path(what),
            {"out": None if out is None else str(out), "formats": formats},
            _looks(every, times),
            quiet=quiet,
        )
    if out is not None or formats is not None:
        raise UsageError("--out and --format are for a folder of your own; a night's recipe says both itself.")
    _watch_nights(what, _looks(every, times), quiet=quiet)


def _looks(every: float, times: int | None) -> Iterator[bool]:
    """Yield, at each look, whether it is the last. Polled, because network drives tell nobody of what arrives."""
    import itertools
    import time

    for look in itertools.count(1):
        yield look == times
        time.sleep(every)


def _watch_nights(recipe: str, looks: Iterator[bool], *, quiet: bool) -> NoReturn:
    """Do what the night does whenever something new has arrived."""
    from coach.app.nightly.night import run_night
    from coach.app.nightly.orders import load_night
    from coach.reporting.text import clean

    night = load_night(recipe)
    in_recipe(night.recipe, night.store, quiet=quiet)
    away: str | None = None
    for last in looks:
        try:
            ended = run_night(night, _told(quiet=True))
        except LockedError as error:  # the next look may find the place free
            code = error.exit_code
            tell(clean(str(error)))
        except NoSuchRecording as error:  # the next look may find its drive mounted
            code, said = error.exit_code, str(error)
            if said != away:
                tell(clean(said))
            away = said
        else:
            code = ended.exit_code
            if ended.digest.news or (ended.trouble is not None and ended.trouble != away):
                _show(ended, quiet=quiet, as_json=False)
            away = ended.trouble
        if last:
            raise typer.Exit(code)
    raise typer.Exit


def _watch_folder(folder: Path, flags: dict[str, object], looks: Iterator[bool], *, quiet: bool) -> NoReturn:
    """Review a person's own calls as they arrive."""
    from coach.app.review import exit_code
    from coach.app.watching import Watched
    from coach.locking import only_one

    watched = Watched(folder, flags)
    with only_one(watched.out):
        for last in looks:
            outcomes = []
            for outcome in watched.look():
                outcomes.append(outcome)
                _tell_of(outcome, keeps=watched.pipeline.remembers, quiet=quiet)
            if last:
                raise typer.Exit(exit_code(outcomes))
    raise typer.Exit


def _tell_of(outcome: Outcome, *, keeps: bool, quiet: bool) -> None:
    """Say what came of a call, and add it to the person's own library."""
    from coach.app import library
    from coach.app.review import remember
    from coach.privacy.text import mask_text
    from coach.reporting.summary import terminal_summary
    from coach.reporting.text import clean, wrap

    if outcome.failure is not None:
        name = clean(mask_text(outcome.request.source.name))
        for line in wrap(f"{name} was not reviewed. {clean(outcome.failure.message)}", hanging="  "):
            tell(line)
    if outcome.review is None:
        return
    with contextlib.suppress(StorageError):  # it is no worse for not being noted as the last one
        remember(outcome)
    page = outcome.output.path("html")
    if keeps and (trouble := library.keep(outcome.review, page if page.is_file() else None)) is not None:
        tell(trouble)
    if not quiet:
        give("\n".join(terminal_summary(outcome.review, next(iter(outcome.files), None))))
        give("")


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
