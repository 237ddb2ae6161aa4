"""``coach probe``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.streams import give, tell
from coach.conversation import UsageError

if TYPE_CHECKING:
    from coach.app.intake.known import Discovery
    from coach.app.intake.probe import Probed

REFUSED = 3
NOTHING = 4
_COLUMN = 17

Recordings = Annotated[
    list[str] | None, typer.Argument(help="Files, folders or addresses of recordings.", show_default=False)
]
ManifestFile = Annotated[
    Path | None, typer.Option(help="A CSV or JSON list of calls.", readable=False, show_default=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="Print one line of JSON a call.")]


def probe(recordings: Recordings = None, manifest: ManifestFile = None, as_json: AsJson = False) -> None:
    """Print what is known of recordings and who says so, before any of them is reviewed."""
    from coach.app.intake.discover import discover, sources_of
    from coach.app.intake.probe import probe_call
    from coach.app.review import settings_of

    if not recordings and manifest is None:
        raise UsageError("Name a recording, a folder, or a list of calls: coach probe FILE, or --manifest CSV.")
    settings = settings_of({})
    found = discover(recordings or [], manifest=manifest, sources=sources_of(settings))
    broken = bool(found.refused)
    agents = 0
    for call in found.found:
        probed = probe_call(call, settings)
        broken = broken or probed.refused is not None
        agents += call.agent is not None
        if as_json:
            give(json.dumps(probed.as_data()))
        else:
            _show(probed)
    _tell_rest(found, as_json=as_json)
    count = len(found.found)
    _say(f"{count} call{'' if count == 1 else 's'} found; the agent of {agents} is known.")
    if found.empty:
        raise typer.Exit(NOTHING)
    if broken:
        raise typer.Exit(REFUSED)


def _show(probed: Probed) -> None:
    """Print one call for people."""
    found = probed.found
    _lines(found.shown, hanging="  ")
    names = ("recording",) if found.parties is None else ("agent's file", "customer's file")
    for label, header in zip(names, probed.headers, strict=False):
        _row(label, header.line)
    for name, known in probed.fields().items():
        note = f"; {known.note}" if known.note else ""
        guessed = "guessed from " if known.guessed else ""
        _row(name, f"{probed.value(known)}  [{guessed}{known.source}{note}]")
    if found.private:
        _row("customer", "a number or name is known, and masked wherever it would be shown")
    for sentence in probed.review:
        _row("review", sentence)
    for conflict in found.conflicts:
        _row("differs", conflict)
    for note in found.notes:
        _row("note", note)
    for name, how in probed.missing.items():
        _row("missing", f"{name}: {how}")
    if probed.refused is not None:
        _row("refused", probed.refused)
    give("")


def _row(name: str, text: str) -> None:
    _lines(text, indent=f"  {name:<{_COLUMN - 2}}", hanging=" " * _COLUMN)


def _lines(text: str, *, indent: str = "", hanging: str) -> None:
    from coach.reporting.text import WIDTH, wrap

    for line in wrap(text, indent=indent, hanging=hanging, width=WIDTH):
        give(line)


def _tell_rest(found: Discovery, *, as_json: bool) -> None:
    """Print what was refused; say what was let be."""
    for one in found.refused:
        if as_json:
            give(json.dumps({"call": one.shown, "refused": one.reason}))
        _say(one.reason if one.reason.startswith((one.name, "The ", "What ")) else f"{one.shown} {one.reason}")
    for one in found.skipped:
        _say(f"Let be: {one.shown} {one.reason}")
    for note in found.notes:
        _say(note)


def _say(text: str) -> None:
    from coach.reporting.text import WIDTH, wrap

    for line in wrap(text, hanging="  ", width=WIDTH):
        tell(line)
