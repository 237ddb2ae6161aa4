"""The use case: calls in, reports out, one outcome a call."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import platformdirs

from coach.app.asking import Ask
from coach.app.item import Failure, Request, StageProgress
from coach.app.library import Memory
from coach.app.naming import Output, plan, read_review, redacted_hashes, sha256_of
from coach.app.pipeline import Pipeline
from coach.app.recipe import Recipe, load_recipe
from coach.app.redact import Redaction, check_redactable, redact
from coach.app.report_folder import near_folder
from coach.app.settings import CHANNELS, FORMATS, Settings, gather
from coach.app.unchanged import unchanged
from coach.conversation import NoSuchRecording, Review, StorageError, UsageError
from coach.reporting.files import write_atomically
from coach.speech.decoding.raw import RawFormat

Status = Literal["reviewed", "unchanged", "failed"]
CallProgress = Callable[[int, str, float], None]
"""Called with the call's number, the stage's name, and the share done."""

DISK_FULL = 74


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one call ended.

    Attributes:
        request: What was asked for.
        output: Where its files are.
        status: ``reviewed``, ``unchanged`` when the same review was there already, or ``failed``.
        review: Of a reviewed call.
        files: Those that were written, or are there already.
        failure: Of a failed call.
        partial: Whether much of the recording was missing or damaged.
        redaction: What became of the recording itself, where that was to be redacted.
    """

    request: Request
    output: Output
    status: Status
    review: Review | None = None
    files: tuple[Path, ...] = ()
    failure: Failure | None = None
    partial: bool = False
    redaction: Redaction | None = None


def settings_of(flags: Mapping[str, object]) -> Settings:
    """Return the settings that flags, environment, files and recipe together describe.

    Raises:
        UsageError: A flag cannot be.
        ConfigurationError: A file or the environment says something that cannot be.
    """
    return _settings(flags)[1]


def open_pipeline(flags: Mapping[str, object], *, own: bool = False) -> Pipeline:
    """Return the pipeline that flags, environment, files and recipe together describe.

    Args:
        flags: From the command line.
        own: Whether these are the person's own reviews, which remember earlier calls where a library is wanted.

    Raises:
        UsageError: A flag cannot be.
        ConfigurationError: A file or the environment says something that cannot be.
    """
    os.environ["HF_HUB_OFFLINE"] = "1"  # a review connects to nothing; libraries read this as they load
    recipe, settings = _settings(flags)
    return Pipeline(recipe, settings, Memory() if own and settings.flag("library") else None)


def _settings(flags: Mapping[str, object]) -> tuple[Recipe, Settings]:
    recipe = load_recipe(gather(flags).text("recipe"))
    return recipe, gather(flags, recipe=recipe.settings, recipe_origin=recipe.origin)


def review_all(
    requests: Sequence[Request],
    pipeline: Pipeline,
    *,
    force: bool = False,
    outputs: Sequence[Output] | None = None,
    progress: CallProgress | None = None,
    ask: Ask | None = None,
) -> Iterator[Outcome]:
    """Yield one outcome a call, as each is done; a full disk ends the run.

    Args:
        requests: The calls.
        pipeline: Stages and settings.
        force: Review again what has been reviewed.
        outputs: Where the files go, where that is settled already.
        progress: Told which call is in which stage.
        ask: Reaches somebody who can say who is the agent, where nothing else does.

    Raises:
        ModelError: A model is missing or damaged.
        UsageError: There is no such transcriber.
    """
    if any(request.transcript is None for request in requests):
        pipeline.choose_engine()
    folder = near_folder(pipeline.settings.text("out"))
    planned = list(outputs) if outputs is not None else plan(requests, folder, kinds=pipeline.settings.masked)
    with pipeline.running():
        for number, (request, output) in enumerate(zip(requests, planned, strict=True)):
            if not force and unchanged(request, output, pipeline):
                found = tuple(output.path(suffix) for suffix in FORMATS if output.path(suffix).is_file())
                yield Outcome(request, output, "unchanged", files=found)
                continue
            outcome = review_one(request, output, pipeline, _for_call(number, progress), ask)
            yield outcome
            if outcome.failure is not None and outcome.failure.exit_code == DISK_FULL:
                return


def review_one(
    request: Request,
    output: Output,
    pipeline: Pipeline,
    progress: StageProgress | None = None,
    ask: Ask | None = None,
) -> Outcome:
    """Return the outcome of one call; the pipeline is running.

    Args:
        request: The call.
        output: Where its files go.
        pipeline: Stages and settings.
        progress: Told each stage's name and share done.
        ask: Reaches somebody who can say who is the agent, where nothing else does.
    """
    result = pipeline.review(request, output, progress, ask)
    if isinstance(result, Failure):
        return Outcome(request, output, "failed", failure=result)
    redaction = redact(result, pipeline.work) if pipeline.settings.flag("redact_original") else None
    return Outcome(
        request, output, "reviewed", result.review, result.files, partial=result.partial, redaction=redaction
    )


def _for_call(number: int, progress: CallProgress | None) -> StageProgress | None:
    if progress is None:
        return None
    return lambda stage, share: progress(number, stage, share)


def exit_code(outcomes: Sequence[Outcome]) -> int:
    """Return what the command exits with for these outcomes."""
    codes = [outcome.failure.exit_code for outcome in outcomes if outcome.failure is not None]
    for code in (1, DISK_FULL, 5, 2):
        if code in codes:
            return code
    if codes and len(codes) == len(outcomes) and set(codes) == {NoSuchRecording.exit_code}:
        return NoSuchRecording.exit_code
    left = any(outcome.redaction is not None and outcome.redaction.refused is not None for outcome in outcomes)
    return 3 if codes or left or any(outcome.partial for outcome in outcomes) else 0


@dataclass(frozen=True, slots=True)
class Last:
    """An earlier review: what was asked for, where it went, what was written, who was taken as the agent."""

    request: Request
    output: Output
    agent: str | None
    speakers: tuple[str, ...]
    formats: tuple[str, ...] = ()


def last_file() -> Path:
    """Return where it is noted which review was the last."""
    return platformdirs.user_state_path("coach") / "last.json"


def remember(outcome: Outcome) -> None:
    """Keep what ``--swap`` needs: paths and labels, nothing of the call.

    Raises:
        StorageError: It cannot be kept.
    """
    if outcome.review is None:
        return
    paths = {
        name: str(value.resolve()) if isinstance(value, Path) else value
        for name, value in asdict(replace(outcome.request, known=None, private=())).items()
        if name not in ("known", "private")
    }
    kept = {
        "request": paths,
        "folder": str(outcome.output.folder.resolve()),
        "stem": outcome.output.stem,
        "agent": outcome.review.roles.agent,
        "speakers": [party.speaker for party in outcome.review.conversation.parties],
        "formats": [suffix for suffix in FORMATS if outcome.output.path(suffix) in outcome.files],
    }
    path = last_file()
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StorageError(f"The folder {path.parent} cannot be made: {error.strerror}.") from error
    write_atomically(path, json.dumps(kept, indent=1))


def last() -> Last:
    """Return the last review.

    Raises:
        UsageError: There is none.
    """
    try:
        kept = json.loads(last_file().read_text(encoding="utf-8"))
        raw = kept["request"]
        files = {"recording", "agent", "customer", "transcript"}
        fields: dict[str, Any] = {name: Path(v) if v and name in files else v for name, v in raw.items()}
        request = Request(**fields)
        output = Output(Path(kept["folder"]), kept["stem"])
        return Last(request, output, kept["agent"], tuple(kept["speakers"]), tuple(kept["formats"]))
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        raise UsageError("There is no last review to swap. Name the recording: coach review CALL --swap.") from None


def to_swap(requests: Sequence[Request], settings: Settings) -> list[Last]:
    """Return the earlier reviews of these calls; where none is named, the last one.

    Raises:
        UsageError: There is none, or a request says at once who is the agent.
    """
    if not requests:
        return [last()]
    if any(request.agent_channel is not None or request.agent_speaker is not None for request in requests):
        raise UsageError("Give --swap, or say who is the agent with --agent-channel or --agent-speaker, not both.")
    outputs = plan(requests, near_folder(settings.text("out")), kinds=settings.masked)
    return [_of_review(request, output) for request, output in zip(requests, outputs, strict=True)]


def _of_review(request: Request, output: Output) -> Last:
    review = read_review(output.path("json"))
    roles = review.get("roles") if review is not None else None
    if review is None or not isinstance(roles, dict):
        raise UsageError(f"{output.path('json')} is not there, so there is nothing to swap. Review the call first.")
    turns = review.get("turns")
    labels = [t.get("speaker") for t in turns if isinstance(t, dict)] if isinstance(turns, list) else []
    speakers = tuple(dict.fromkeys(str(label) for label in labels))
    if request.agent is not None and sha256_of(request.agent) not in _first(review):  # exchanged before
        request = _exchanged(request)
    formats = tuple(suffix for suffix in FORMATS if output.path(suffix).is_file())
    return Last(request, output, roles.get("agent"), speakers, formats)


def _first(review: Mapping[str, object]) -> tuple[object, ...]:
    """Return the hashes that the recording which a review calls the agent's had then, and has now."""
    redacted, recipe = redacted_hashes(review), review.get("recipe")
    exchanged = isinstance(recipe, dict) and "swapped" in recipe
    return (review.get("source"), *(redacted[-1:] if exchanged else redacted[:1]))


def _exchanged(request: Request) -> Request:
    return replace(request, agent=request.customer, customer=request.agent, swapped=not request.swapped)


def swapped(review: Last) -> Request:
    """Return the request that reviews a call again with the roles exchanged.

    Raises:
        UsageError: The parties could not be told apart, so there is nothing to exchange.
    """
    request, agent = review.request, review.agent
    if request.agent is not None:
        return _exchanged(request)
    if request.only_me:
        raise UsageError("That review holds your own side alone (--only-me), so there is nothing to exchange.")
    if agent is None:
        raise UsageError(
            "Nobody was taken as the agent there, so there is nothing to exchange. "
            "Say who is: --agent-channel left or right, or --agent-speaker 1 or 2."
        )
    lanes = ("left", "right") if agent in ("left", "right") else ()
    others = [speaker for speaker in (*review.speakers, *lanes) if speaker != agent]
    if not others:
        raise UsageError("Only one party is in that call, so there is nothing to exchange.")
    return replace(request, agent_label=others[0], agent_channel=None, agent_speaker=None)


def check(request: Request, settings: Settings) -> None:
    """Check that a request's options fit together.

    Raises:
        UsageError: They do not.
    """
    if (request.agent is None) != (request.customer is None):
        raise UsageError(
            "One file a party needs both: --agent FILE --customer FILE. Your own side alone is --agent FILE."
        )
    if request.agent is not None and (request.agent_channel is not None or request.agent_speaker is not None):
        raise UsageError("--agent and --customer name the parties: leave out --agent-channel and --agent-speaker.")
    if request.only_me:
        _check_alone(request)
    if request.agent_channel not in (None, *CHANNELS):
        raise UsageError("--agent-channel is left or right.")
    if request.agent_speaker not in (None, 1, 2):
        raise UsageError("--agent-speaker is 1 or 2.")
    if request.agent_channel is not None and request.agent_speaker is not None:
        raise UsageError("Give --agent-channel or --agent-speaker, not both.")
    if request.name is not None and not request.name.strip():
        raise UsageError("--name is empty; give the reports a name, or leave it out.")
    if request.raw is not None:
        RawFormat.parse(request.raw)
    check_redactable(request, settings)
    if not settings.formats:
        raise UsageError("Nothing would be written: give at least one --format.")


def _check_alone(request: Request) -> None:
    """Check what goes with a recording of the agent's side alone.

    Raises:
        UsageError: Something does not.
    """
    if request.agent is not None or request.transcript is not None:
        raise UsageError("--only-me is for one recording of the agent's side; it takes no second file.")
    if request.agent_speaker is not None:
        raise UsageError("--only-me leaves one party: leave out --agent-speaker.")
