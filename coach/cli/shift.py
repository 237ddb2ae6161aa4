"""``coach shift``."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from coach.cli.agreement import set_up
from coach.cli.review import AsJson, Device, DiarizerName, Embed, Force, Format, Open, Quiet, TranscriberName
from coach.cli.stores import named
from coach.cli.streams import give, tell
from coach.conversation import UsageError

if TYPE_CHECKING:
    from coach.app.intake.known import Discovery, Found, Refused
    from coach.app.shift.running import Plan, Shift
    from coach.app.shift.taking import Taken

_PASSWORD = re.compile(r"[^/]+://[^/@]*:[^/@]*@")

Inputs = Annotated[
    list[str] | None, typer.Argument(metavar="FOLDER|FILE…", help="Recordings, or folders of them.", show_default=False)
]


def _told(out: str | None) -> str | None:
    """Return an address as it was typed, and warn where a password stands in it."""
    if out is not None and _PASSWORD.match(out):
        tell("The reports' address holds a password, and whoever is on this computer can read it in the list")
        tell("of processes. Leave it out there, and put it into the settings of its system.")
    return out


OutAt = Annotated[
    str | None,
    typer.Option(
        "--out",
        callback=_told,
        metavar="FOLDER|ADDRESS",
        help="Folder or address (s3://…/) for the reports. [default: ./coaching]",
        show_default=False,
    ),
]
Manifest = Annotated[
    Path | None, typer.Option("--manifest", help="A table (CSV) of recordings and what is known of them.")
]
Setup = Annotated[bool, typer.Option("--setup", help="Write down what was agreed on: no shift runs without it.")]
PolicyFile = Annotated[Path | None, typer.Option("--policy", help="The agreement's file. [default: your own]")]
StoreUrl = Annotated[
    str | None,
    typer.Option("--store", callback=named, help="The shift's store: a file or a PostgreSQL URL. [default: your own]"),
]
EngineName = Annotated[Literal["local", "ray"], typer.Option("--engine", help="Where calls are reviewed.")]
Address = Annotated[str | None, typer.Option("--address", help="Of a Ray cluster; without it Ray runs here.")]
Gpus = Annotated[float, typer.Option("--gpus", help="Share of a graphics card for each of Ray's workers.")]
Jobs = Annotated[int | None, typer.Option("--jobs", help="Calls at once. [default: as the machine has room for]")]
RecipeName = Annotated[str | None, typer.Option("--recipe", help="Which recipe to follow. [default: shift]")]


def shift(  # noqa: PLR0913, PLR0917  (a command's options are its parameters)
    inputs: Inputs = None,
    manifest: Manifest = None,
    setup: Setup = False,
    policy: PolicyFile = None,
    store: StoreUrl = None,
    out: OutAt = None,
    engine: EngineName = "local",
    address: Address = None,
    gpus: Gpus = 0.0,
    jobs: Jobs = None,
    formats: Format = None,
    transcriber: TranscriberName = None,
    diarizer: DiarizerName = None,
    device: Device = None,
    embed: Embed = None,
    recipe: RecipeName = None,
    force: Force = False,
    open_: Open = False,
    quiet: Quiet = False,
    as_json: AsJson = False,
) -> None:
    """Review a shift's calls side by side: a report each, every agent's own page, then the shift's."""
    if setup:
        if inputs or manifest is not None:
            raise UsageError("--setup stands alone: write down the agreement first, then name the recordings.")
        set_up(policy)
        return
    from coach.app.shift.running import Plan
    from coach.engines.choose import open_engine

    flags = {
        "out": out,
        "formats": formats,
        "transcriber": transcriber,
        "diarizer": diarizer,
        "device": device,
        "embed": embed,
        "recipe": recipe,
    }
    with open_engine(engine, jobs=jobs, address=address, gpus=gpus) as chosen:
        plan = Plan(inputs or [], chosen, manifest, flags, store, policy, force)
        done = _run(plan, quiet=quiet, as_json=as_json)
    _show(done, quiet=quiet, as_json=as_json)
    if open_ and done.written is not None:
        _open(done.written.page)
    raise typer.Exit(done.exit_code)


def _open(page: str) -> None:
    """Show the shift's page; of one at an address a browser can follow that of the web alone."""
    import webbrowser

    from coach.app.intake.shown import is_address

    if not is_address(page):
        page = Path(page).resolve().as_uri()
    if page.startswith(("file://", "https://")):
        webbrowser.open(page)


def _run(plan: Plan, *, quiet: bool, as_json: bool) -> Shift:
    """Run a shift and tell of it on the way."""
    from coach.app.shift.running import run_shift
    from coach.cli.shift_progress import showing

    with showing(quiet=quiet) as shown:

        def told(found: Found, ended: Taken | None) -> None:
            shown(found.name, None if ended is None else ended.end)
            if ended is not None and as_json:
                shown.pause()
                give(json.dumps(_as_data(ended)))

        def began(discovery: Discovery) -> None:
            shown.all(len(discovery.found))

        return run_shift(plan, told, began)


def _show(done: Shift, *, quiet: bool, as_json: bool) -> None:
    """Say what came of a shift: what went wrong to stderr, counts and pages to stdout."""
    from coach.reporting.text import clean, wrap

    problems = [(each.shown, each.reason) for each in done.refused]
    problems += [(one.found.name, one.message) for one in done.taken if one.message and _tells(one) and not one.known]
    for name, reason in problems:
        said = clean(reason)  # a refusal often begins with the file's name itself
        for line in wrap(said if said.startswith(name) else f"{clean(name)}: {said}", hanging="  "):
            tell(line)
    for note in done.notes:
        for line in wrap(clean(note), hanging="  "):
            tell(line)
    if as_json:
        for each in done.refused:
            give(json.dumps(_refused_data(each)))
    if quiet or as_json:
        return
    for line in wrap(_counted(done)):
        give(line)
    if done.written is not None:
        give(f"Agents' own pages: {len(done.written.agents)}, in {done.written.own}")
        give(f"The shift's page: {done.written.page}")


def _tells(taken: Taken) -> bool:
    """Return whether somebody should know of an end: not well, not all there, or too old to be taken in."""
    from coach.app.shift.cases import TOO_OLD

    return bool(taken.exit_code) or taken.partial or taken.message == TOO_OLD


def _counted(done: Shift) -> str:
    """Return what became of the recordings, in a sentence that adds up."""
    names = {
        "reviewed": "reviewed",
        "unchanged": "reviewed before",
        "failed": "could not be reviewed",
        "quarantined": "set aside",
        "gone": "moved away meanwhile",
        "waiting": "left for the next run",
        "copy": "copy of another" if done.count("copy") == 1 else "copies of another",
        "forgotten": "purged before, or older than what is kept",
    }
    ends = [f"{count} {words}" for end, words in names.items() if (count := done.count(end))]
    if done.refused:
        ends.append(f"{len(done.refused)} not taken in")
    total = len(done.taken) + len(done.refused)
    return f"{total} {'recording' if total == 1 else 'recordings'}: {', '.join(ends)}."


def _refused_data(refused: Refused) -> dict[str, object]:
    """Return what was named and could not be taken in, in the form of a recording's end."""
    from coach.conversation import RecordingError

    return {
        "call": refused.name,
        "end": "refused",
        "sha256": None,
        "files": [],
        "partial": False,
        "message": refused.reason,
        "exit_code": RecordingError.exit_code,
        "seconds": 0.0,
    }


def _as_data(taken: Taken) -> dict[str, object]:
    return {
        "call": taken.found.name,
        "end": taken.end,
        "sha256": taken.sha256,
        "files": [*map(str, taken.files), *taken.addresses],
        "partial": taken.partial,
        "message": taken.message,
        "exit_code": taken.exit_code,
        "seconds": round(taken.seconds, 2),
    }
