"""``coach words``: the phrasebook of one's own answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.streams import give, tell
from coach.conversation import CoachError, UsageError

if TYPE_CHECKING:
    from coach.app.our_words import Words

app = typer.Typer(
    help="Your own words: answers that you took again, offered beside the next advice.", no_args_is_help=True
)

Files = Annotated[list[Path], typer.Argument(metavar="FILE…", help="Saved takes, saved notes, or a phrasebook.")]
Said = Annotated[str | None, typer.Option("--said", help="What was said in a take, where it is heard amiss.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Out = Annotated[Path | None, typer.Option("--out", help="Write it to a file, in place of printing it.")]
Ids = Annotated[list[str], typer.Argument(metavar="ID…", help="As `coach words list` names them.")]


@app.callback()
def _words() -> None:
    """Your own words: answers that you took again, offered beside the next advice."""


@app.command("add")
def add(files: Files, said: Said = None) -> None:
    """Add takes and notes that a report saved, or a phrasebook that somebody exported."""
    from coach.app import words_added
    from coach.app.review import settings_of
    from coach.privacy.text import mask_text
    from coach.reporting.text import clean

    if said is not None and len(files) > 1:
        raise UsageError("--said goes with one take. Add the others by themselves.")
    settings, code = settings_of({}), 0
    for path in files:
        try:
            new = words_added.add(path, settings, said)
        except CoachError as error:
            if len(files) == 1:
                raise
            tell(f"coach: {clean(mask_text(str(error)))}")
            code = max(code, error.exit_code)
            continue
        for words in new:
            _show(words)
        if not new:
            tell(f"{clean(mask_text(path.name))}: nothing new to add.")
    if code:
        raise typer.Exit(code)


@app.command("list")
def list_(as_json: AsJson = False) -> None:
    """Print the phrasebook."""
    from dataclasses import asdict

    from coach.app import our_words

    book = our_words.phrasebook()
    if as_json:
        give(json.dumps([{"id": words.id, **asdict(words)} for words in book], ensure_ascii=False, indent=1))
        return
    for words in book:
        _show(words)
    if not book:
        tell("The phrasebook is empty. Take a moment again in a report, save it, and: coach words add FILE")


@app.command("remove")
def remove(ids: Ids) -> None:
    """Take answers out of the phrasebook."""
    from coach.app import our_words

    for words in our_words.remove(ids):
        tell(f"{words.id} is gone.")


@app.command("export")
def export(out: Out = None) -> None:
    """Print the phrasebook for colleagues: they add it to theirs with `coach words add`."""
    from coach.app import our_words
    from coach.reporting.files import write_atomically

    if out is not None:
        write_atomically(out, our_words.exported())
        return
    for line in our_words.exported().splitlines():
        give(line)


def _show(words: Words) -> None:
    """Print one answer: its name, what it answers and when, then the words."""
    from coach.cli.practising import say
    from coach.reporting.phrases import phrases

    about = [phrases().kind(words.kind), words.topic.replace("-", " "), words.day]
    give(f"{words.id}  {', '.join(part for part in about if part)}")
    say(f"“{words.said}”", indent="    ")
