"""``coach progress``."""

from __future__ import annotations

import json
import shutil
import webbrowser
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.streams import give, tell
from coach.conversation import UsageError
from coach.nearest import did_you_mean

if TYPE_CHECKING:
    from coach.app.adding import Added

FORMATS = ("md", "html", "csv", "parquet", "pdf", "json")
NARROWEST = 40
"""Columns below which lines are left to the terminal to break."""

MOST_WEEKS = 520

Weeks = Annotated[int, typer.Option("--weeks", min=1, max=MOST_WEEKS, help="How many weeks to look at.")]
Formats = Annotated[
    str | None, typer.Option("--format", help="What to write, of md,html,csv,parquet,pdf,json.", show_default=False)
]
Out = Annotated[
    Path | None,
    typer.Option(help="Folder for what is written. [default: ./coaching]", readable=False, show_default=False),
]
Add = Annotated[
    Path | None,
    typer.Option(
        "--add", help="First take in this folder's reviews and saved notes.", readable=False, show_default=False
    ),
]
Agent = Annotated[str | None, typer.Option("--agent", help="Whose calls, where the library has several people's.")]
Open = Annotated[bool, typer.Option("--open", help="Write the page, and open it.")]
Tone = Annotated[bool, typer.Option("--tone", help="Your voice in the latest call, beside your own others; only here.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON instead of text.")]


def progress(  # noqa: PLR0913, PLR0917  (a command's options are its parameters)
    weeks: Weeks = 12,
    formats: Formats = None,
    out: Out = None,
    add: Add = None,
    agent: Agent = None,
    open_: Open = False,
    tone: Tone = False,
    as_json: AsJson = False,
) -> None:
    """Your own weeks: what came up in your calls, what was met of it, and what got better."""
    wanted = _wanted(formats, page=open_ or (out is not None and formats is None))
    from coach.app.progress import own_weeks
    from coach.app.progress_files import write
    from coach.app.recipe import load_recipe
    from coach.app.report_folder import near_folder
    from coach.app.settings import gather
    from coach.reporting.progress_text import progress_json, progress_markdown

    flags = {"out": str(out) if out is not None else None}
    settings = gather(flags, recipe=load_recipe(gather(flags).text("recipe")).settings)
    if add is not None:
        _add(add)
    found = own_weeks(weeks=weeks, agent=agent, mine=settings["agent"])
    paths = write(found, wanted, near_folder(settings.text("out")) if wanted else Path())
    voice, lines = _voice(agent, settings["agent"]) if tone else ({}, [])
    if as_json:
        give(json.dumps(progress_json(found) | voice, ensure_ascii=False, indent=1))
    elif not wanted:
        give(progress_markdown(found, width=_width()).rstrip())
    if lines and not as_json:
        give("\n".join(["", *lines]))
    for path in paths:
        (tell if as_json else give)(str(path))
    if open_:
        page = next(path for path in paths if path.suffix == ".html")
        if not webbrowser.open(page.resolve().as_uri()):
            tell(f"No browser could be opened. The page is {page}.")


def _voice(agent: str | None, mine: object) -> tuple[dict[str, object], list[str]]:
    """Return how the person's voice was in the latest call, as data and in lines; it goes into no file."""
    from coach.app.progress import own_calls
    from coach.app.voice import as_data, own_voice, told
    from coach.reporting.progress import sentences
    from coach.reporting.text import wrap

    tell(sentences()("progress.listening"))
    voice = own_voice(own_calls(agent=agent, mine=mine))
    return {"tone": as_data(voice)}, [line for said in told(voice) for line in wrap(said, width=_width())]


def _wanted(formats: str | None, *, page: bool) -> Sequence[str]:
    """Return what is to be written.

    Raises:
        UsageError: There is no such format.
    """
    names = [name.strip() for name in (formats or "").split(",") if name.strip()]
    if formats is not None and not names:
        raise UsageError(f"--format takes a list of {', '.join(FORMATS)}.")
    for name in names:
        if name not in FORMATS:
            raise UsageError(f'There is no format "{name}"; {did_you_mean(name, FORMATS)}')
    return tuple(dict.fromkeys((*names, "html") if page else names))


def _add(source: Path) -> None:
    """Take in what was made earlier, and say what came of it."""
    from coach.app.adding import add

    for line in _told(add(source)):
        tell(line)


def _told(added: Added) -> list[str]:
    from coach.reporting.progress import sentences

    say = sentences()
    counts = {"reviews": added.reviews, "known": added.known, "notes": added.notes, "undated": added.undated}
    lines = [say.count(f"progress.add.{name}", n) for name, n in counts.items() if n]
    lines += [say("progress.add.refused", name=name, why=why) for name, why in added.refused]
    return lines or [say("progress.add.nothing")]


def _width() -> int:
    """Return the columns to keep to: the terminal's, within what reads well."""
    from coach.reporting.text import WIDTH

    return max(NARROWEST, min(WIDTH, shutil.get_terminal_size().columns))
