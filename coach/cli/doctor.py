"""``coach doctor``."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from coach.cli.stores import named
from coach.cli.streams import give

MARKS = {"well": "ok  ", "mind": "mind", "ill": "FIX "}

StoreUrl = Annotated[
    str | None,
    typer.Option("--store", callback=named, help="A shift's store, as its recipe names it.", show_default=False),
]
Recipe = Annotated[str | None, typer.Argument(help="A night's recipe: look at what it needs, too.", show_default=False)]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def doctor(recipe: Recipe = None, store: StoreUrl = None, as_json: AsJson = False) -> None:
    """Look over models, disk, permissions, databases, agreement, clock and left-overs, and say how to mend each."""
    from coach.app.doctor.look import exit_code, look
    from coach.privacy.text import mask_text
    from coach.reporting.text import clean, wrap

    findings = []
    for finding in look(store, recipe):
        findings.append(finding)
        if as_json:
            continue
        said = clean(mask_text(f"{finding.about}: {finding.sentence}"))
        give("\n".join(wrap(f"{MARKS[finding.state]} {said}", hanging="     ")))
        if finding.mend:
            give("\n".join(wrap(f"     -> {finding.mend}", hanging="        ")))
    if as_json:
        give(json.dumps([finding.as_data() for finding in findings], indent=1))
    raise typer.Exit(exit_code(findings))
