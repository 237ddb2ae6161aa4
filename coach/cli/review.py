"""``coach review`` and ``coach demo``."""

from __future__ import annotations

import json
import shlex
import shutil
import webbrowser
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from coach.cli.asking import asker
from coach.cli.streams import give, tell
from coach.conversation import StorageError, UsageError

if TYPE_CHECKING:
    from coach.app.item import Request
    from coach.app.naming import Output
    from coach.app.pipeline import Pipeline
    from coach.app.review import Outcome

NARROWEST = 40
"""Columns below which lines are left to the terminal to break."""

Calls = Annotated[list[Path] | None, typer.Argument(help="Recordings to review.", readable=False, show_default=False)]
Out = Annotated[
    Path | None, typer.Option(help="Folder for the reports. [default: ./coaching]", readable=False, show_default=False)
]
AgentFile = Annotated[
    Path | None,
    typer.Option(
        "--agent", help="The agent's own file; without --customer, that side alone.", readable=False, show_default=False
    ),
]
CustomerFile = Annotated[
    Path | None, typer.Option("--customer", help="The customer's own file.", readable=False, show_default=False)
]
OnlyMe = Annotated[bool, typer.Option("--only-me", help="The recording holds the agent's side alone.")]
AgentChannel = Annotated[str | None, typer.Option(help="Which channel is the agent's: left or right.")]
AgentSpeaker = Annotated[
    int | None, typer.Option(help="Which speaker is the agent, of a transcript or on one channel: 1 or 2.")
]
Swap = Annotated[bool, typer.Option("--swap", help="Review the last call again with the roles exchanged.")]
TranscriptFile = Annotated[
    Path | None, typer.Option("--transcript", help="Take this transcript instead of recognising.", readable=False)
]
Format = Annotated[str | None, typer.Option("--format", help="What to write, of html,json,md,csv,vtt.")]
TranscriberName = Annotated[str | None, typer.Option("--transcriber", help="auto, bundled, a model or its folder.")]
DiarizerName = Annotated[
    str | None, typer.Option("--diarizer", help="How mono is told apart: auto, bundled, none, pyannote:FOLDER.")
]
Device = Annotated[str | None, typer.Option(help="Where models run: auto, cpu, cuda or mps.")]
Embed = Annotated[bool | None, typer.Option("--embed/--no-audio", help="Whether the report carries the sound.")]
Open = Annotated[bool, typer.Option("--open", help="Open the report when it is done.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="Say nothing but what went wrong.")]
Force = Annotated[bool, typer.Option("--force", help="Review again what has been reviewed.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one line of JSON a call instead of the summary.")]
Raw = Annotated[str | None, typer.Option(help="How headerless sound is stored, such as mulaw:8000.")]
MaxHours = Annotated[float | None, typer.Option(help="Longest recording that is taken. [default: 4]")]
RecipeName = Annotated[str | None, typer.Option("--recipe", help="Which recipe to follow. [default: solo]")]
RedactOriginal = Annotated[
    bool | None,
    typer.Option(
        "--redact-original/--keep-original", help="Whether the recording itself loses what is masked, for good."
    ),
]
Name = Annotated[str | None, typer.Option("--name", help="What the reports are called, where the files do not say.")]


def review(  # noqa: PLR0913, PLR0917  (a command's options are its parameters)
    calls: Calls = None,
    out: Out = None,
    agent: AgentFile = None,
    customer: CustomerFile = None,
    only_me: OnlyMe = False,
    agent_channel: AgentChannel = None,
    agent_speaker: AgentSpeaker = None,
    swap: Swap = False,
    transcript: TranscriptFile = None,
    formats: Format = None,
    transcriber: TranscriberName = None,
    diarizer: DiarizerName = None,
    device: Device = None,
    embed: Embed = None,
    open_: Open = False,
    quiet: Quiet = False,
    force: Force = False,
    as_json: AsJson = False,
    raw: Raw = None,
    max_hours: MaxHours = None,
    recipe: RecipeName = None,
    name: Name = None,
    redact_original: RedactOriginal = None,
) -> None:
    """Review recorded calls: a report a call, to listen to, with one thing to keep and one to try."""
    from coach.app.item import Request

    flags = {
        "out": str(out) if out is not None else None,
        "formats": formats,
        "transcriber": transcriber,
        "diarizer": diarizer,
        "device": device,
        "embed": embed,
        "max_hours": max_hours,
        "recipe": recipe,
        "redact_original": redact_original,
    }
    shared = Request(
        transcript=transcript,
        agent_channel=agent_channel,
        agent_speaker=agent_speaker,
        only_me=only_me,
        raw=raw,
        name=name,
    )
    _run(_requests(calls or [], agent, customer, shared), flags, swap=swap, force=force, own=True).show(
        open_=open_, quiet=quiet, as_json=as_json
    )


def demo(
    out: Out = None, open_: Open = False, quiet: Quiet = False, as_json: AsJson = False, formats: Format = None
) -> None:
    """Review the call that comes with the product: two minutes about a high bill."""
    from coach.app.demo import demo_request

    flags = {"out": str(out) if out is not None else None, "formats": formats}
    _run([demo_request()], flags, swap=False, force=True).show(open_=open_, quiet=quiet, as_json=as_json)


def _requests(calls: Sequence[Path], agent: Path | None, customer: Path | None, shared: Request) -> list[Request]:
    """Return one request a call.

    Raises:
        UsageError: The files and options do not fit together.
    """
    from dataclasses import replace

    if agent is not None or customer is not None:
        if calls:
            raise UsageError("Name either recordings, or one file a party with --agent and --customer.")
        if customer is None:  # the agent's file by itself is the agent's side alone
            return [replace(shared, recording=agent, only_me=True)]
        return [replace(shared, agent=agent, customer=customer)]
    if len(calls) > 1 and (shared.transcript is not None or shared.name is not None):
        raise UsageError("--transcript and --name are for one call at a time.")
    if not calls and shared.transcript is not None:
        return [shared]
    # A path such as "." has no name of its own to speak of.
    named = dict.fromkeys(call if call.name else call.resolve() for call in calls)
    return [replace(shared, recording=call) for call in named]


def _run(requests: list[Request], flags: Mapping[str, object], *, swap: bool, force: bool, own: bool = False) -> _Run:
    from coach.app import review as use

    pipeline = use.open_pipeline(flags, own=own)
    outputs: list[Output] | None = None
    for request in requests:
        use.check(request, pipeline.settings)
    if swap:
        earlier = use.to_swap(requests, pipeline.settings)
        requests, outputs = [use.swapped(review) for review in earlier], [review.output for review in earlier]
        written = tuple(dict.fromkeys(name for review in earlier for name in review.formats))
        if written and flags.get("formats") is None:  # no file may go on telling of the roles as they were
            pipeline = use.open_pipeline({**flags, "formats": written}, own=own)
        force = True
    if not requests:
        raise UsageError("Name at least one recording: coach review CALL. To see an example first: coach demo.")
    return _Run(requests, pipeline, outputs, force=force)


class _Run:
    """One run of the command: reviews, tells, exits."""

    def __init__(
        self, requests: Sequence[Request], pipeline: Pipeline, outputs: Sequence[Output] | None, *, force: bool
    ) -> None:
        self._requests = requests
        self._pipeline = pipeline
        self._outputs = outputs
        self._force = force

    def show(self, *, open_: bool, quiet: bool, as_json: bool) -> None:
        """Review the calls, print what came of each, and exit with the code for all of them."""
        from coach.app import review as use
        from coach.cli.progress import showing

        outcomes = []
        names = [request.source.name for request in self._requests]
        with showing(names, quiet=quiet) as progress:
            ask = None if quiet or as_json else asker(progress.pause)
            for outcome in use.review_all(
                self._requests, self._pipeline, force=self._force, outputs=self._outputs, progress=progress, ask=ask
            ):
                outcomes.append(outcome)
                progress.pause()
                _report(outcome, quiet=quiet, as_json=as_json, swap=self._swap_command(outcome))
                if outcome.review is not None and len(self._requests) > 1 and not (quiet or as_json):
                    give("")
                _remember(outcome)
                if self._pipeline.remembers:
                    _keep(outcome)
        if left := len(self._requests) - len(outcomes):
            tell(f"{left} further {'call was' if left == 1 else 'calls were'} not begun.")
        if open_:
            _open(outcomes)
        raise typer.Exit(use.exit_code(outcomes))

    def _swap_command(self, outcome: Outcome) -> str | None:
        """Return the command that exchanges the roles of one call among several; of one alone it is the last."""
        from coach.app.settings import COMMAND_LINE
        from coach.privacy.text import mask_text
        from coach.reporting.text import clean

        if len(self._requests) < 2:
            return None
        words = ["coach", "review", str(outcome.request.source), "--swap"]
        out = self._pipeline.settings.values["out"]
        if out.origin == COMMAND_LINE:
            words += ["--out", str(out.value)]
        command = shlex.join(words)
        return command if clean(mask_text(command)) == command else None


def _remember(outcome: Outcome) -> None:
    """Keep what ``--swap`` needs; a review is no worse for its not being kept."""
    from coach.app import review as use

    try:
        use.remember(outcome)
    except StorageError:
        tell("The review is done, but it could not be noted as the last one: to exchange the roles, name the call.")


def _keep(outcome: Outcome) -> None:
    """Add the call to the person's own library, once all is told; a review is no worse for its not being added."""
    from coach.app import library

    if outcome.review is None:
        return
    page = outcome.output.path("html")
    if (trouble := library.keep(outcome.review, page if page.is_file() else None)) is not None:
        tell(trouble)


def _open(outcomes: Sequence[Outcome]) -> None:
    """Open the last report that there is."""
    pages = [
        page for outcome in outcomes if outcome.failure is None and (page := outcome.output.path("html")).is_file()
    ]
    if pages and not webbrowser.open(pages[-1].resolve().as_uri()):
        tell(f"No browser could be opened. The report is {pages[-1]}.")


def _report(outcome: Outcome, *, quiet: bool, as_json: bool, swap: str | None) -> None:
    """Print one call's outcome: data to stdout, what went wrong to stderr."""
    from coach.privacy.text import mask_text
    from coach.reporting.summary import terminal_summary
    from coach.reporting.text import clean, wrap

    name = clean(mask_text(outcome.request.source.name))
    width = _width()
    if as_json:
        give(json.dumps(_as_data(outcome, name)))
    if outcome.failure is not None:
        for line in wrap(f"{name} was not reviewed. {clean(outcome.failure.message)}", width=width):
            tell(line)
    if outcome.redaction is not None and outcome.redaction.refused is not None:
        for line in wrap(f"{name}: {clean(outcome.redaction.refused)}", width=width):
            tell(line)
    if outcome.failure is not None or quiet or as_json:
        return
    if outcome.review is None:
        give(f"{name}: nothing new. The review is in {outcome.files[0]} (--force does it again).")
    else:
        give("\n".join(terminal_summary(outcome.review, next(iter(outcome.files), None), width=width, swap=swap)))
        for line in wrap(clean(_redacted(outcome, name)), width=width):
            give(line)


def _redacted(outcome: Outcome, name: str) -> str:
    """Return what became of the recording itself, where that was asked for."""
    found = outcome.redaction
    if found is None or found.refused is not None:
        return ""
    if not found.files:
        return f"{name} is as it was: nothing in it was masked."
    return " ".join((f"{name} itself is silent now where something was masked.", *found.notes))


def _width() -> int:
    """Return the columns to keep to: the terminal's, within what reads well."""
    from coach.reporting.text import WIDTH

    return max(NARROWEST, min(WIDTH, shutil.get_terminal_size().columns))


def _as_data(outcome: Outcome, name: str) -> dict[str, object]:
    from coach.privacy.text import mask_text
    from coach.reporting.text import clean

    failure, redacted = outcome.failure, outcome.redaction
    return {
        "call": name,
        "status": outcome.status,
        "files": [str(path) for path in outcome.files],
        "partial": outcome.partial,
        "redacted": None if redacted is None else [clean(mask_text(str(path))) for path in redacted.files],
        "error": None
        if failure is None
        else {"stage": failure.stage, "message": failure.message, "exit_code": failure.exit_code},
    }
