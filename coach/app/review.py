"""The use case: calls in, reports out, one outcome a call."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Literal

import platformdirs

from coach.app.item import Failure, Request
from coach.app.naming import Output, plan, read_review, sha256_of
from coach.app.pipeline import Pipeline
from coach.app.recipe import load_recipe
from coach.app.settings import Settings, gather
from coach.conversation import NoSuchRecording, Review, UsageError
from coach.reporting.files import write_atomically

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
        files: Those that were written.
        failure: Of a failed call.
        partial: Whether much of the recording was missing or damaged.
    """

    request: Request
    output: Output
    status: Status
    review: Review | None = None
    files: tuple[Path, ...] = ()
    failure: Failure | None = None
    partial: bool = False


def open_pipeline(flags: Mapping[str, object]) -> Pipeline:
    """Return the pipeline that flags, environment, files and recipe together describe.

    Raises:
        UsageError: A flag cannot be.
        ConfigurationError: A file or the environment says something that cannot be.
    """
    first = gather(flags)
    recipe = load_recipe(first.text("recipe"))
    return Pipeline(recipe, gather(flags, recipe=recipe.settings))


def review_all(
    requests: Sequence[Request],
    pipeline: Pipeline,
    *,
    force: bool = False,
    outputs: Sequence[Output] | None = None,
    progress: CallProgress | None = None,
) -> Iterator[Outcome]:
    """Yield one outcome a call, as each is done; a full disk ends the run.

    Args:
        requests: The calls.
        pipeline: Stages and settings.
        force: Review again what has been reviewed.
        outputs: Where the files go, where that is settled already.
        progress: Told which call is in which stage.

    Raises:
        ModelError: A model is missing or damaged.
        UsageError: There is no such transcriber.
    """
    if any(request.transcript is None for request in requests):
        pipeline.choose_engine()
    folder = Path(pipeline.settings.text("out"))
    planned = list(outputs) if outputs is not None else plan(requests, folder)
    with pipeline.running():
        for number, (request, output) in enumerate(zip(requests, planned, strict=True)):
            if not force and _unchanged(request, output, pipeline):
                yield Outcome(request, output, "unchanged")
                continue
            told = _for_call(number, progress)
            result = pipeline.review(request, output, told)
            if isinstance(result, Failure):
                yield Outcome(request, output, "failed", failure=result)
                if result.exit_code == DISK_FULL:
                    return
                continue
            yield Outcome(request, output, "reviewed", result.review, result.files, partial=result.partial)


def _for_call(number: int, progress: CallProgress | None) -> Callable[[str, float], None] | None:
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
    return 3 if codes or any(outcome.partial for outcome in outcomes) else 0


def _unchanged(request: Request, output: Output, pipeline: Pipeline) -> bool:
    """Whether the same recording was reviewed by the same engines, recipe and settings, and all files are there."""
    explicit = replace(request, recording=None, agent=None, customer=None, transcript=None, name=None)
    if explicit != Request() or request.transcript is not None:
        return False
    review = read_review(output.path("json"))
    if review is None or not all(output.path(suffix).is_file() for suffix in pipeline.settings.formats):
        return False
    recording, provenance = review.get("recording"), review.get("provenance")
    if not isinstance(recording, dict) or not isinstance(provenance, dict):
        return False
    sidecars = [path for path in request.source.parent.glob(f"{request.source.stem}.*") if path != request.source]
    written = output.path("json").stat().st_mtime
    return (
        recording.get("sha256") == sha256_of(request.source)
        and provenance.get("fingerprint") == pipeline.expected_fingerprint(request)
        and review.get("recipe") == json.loads(json.dumps(pipeline.effective_recipe))
        and not any(path.stat().st_mtime > written for path in sidecars)
    )


@dataclass(frozen=True, slots=True)
class Last:
    """The last review of this user: what was asked for, where it went, who was taken as the agent."""

    request: Request
    output: Output
    agent: str | None
    speakers: tuple[str, ...]


def _last_file() -> Path:
    return platformdirs.user_state_path("coach") / "last.json"


def remember(outcome: Outcome) -> None:
    """Keep what ``--swap`` needs: paths and a label, nothing of the call."""
    if outcome.review is None:
        return
    paths = {
        name: str(value.resolve()) if isinstance(value, Path) else value
        for name, value in asdict(outcome.request).items()
    }
    kept = {
        "request": paths,
        "folder": str(outcome.output.folder.resolve()),
        "stem": outcome.output.stem,
        "agent": outcome.review.roles.agent,
        "speakers": [party.speaker for party in outcome.review.conversation.parties],
    }
    path = _last_file()
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_atomically(path, json.dumps(kept, indent=1))


def last() -> Last:
    """Return the last review.

    Raises:
        UsageError: There is none.
    """
    try:
        kept = json.loads(_last_file().read_text(encoding="utf-8"))
        raw = kept["request"]
        files = {"recording", "agent", "customer", "transcript"}
        fields: dict[str, Any] = {name: Path(v) if v and name in files else v for name, v in raw.items()}
        request = Request(**fields)
        return Last(request, Output(Path(kept["folder"]), kept["stem"]), kept["agent"], tuple(kept["speakers"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError("There is no last review to swap. Name the recording: coach review CALL --swap.") from None


def of_review(request: Request, output: Output) -> Last:
    """Return an earlier review of a call, read from its review file.

    Raises:
        UsageError: There is none in the folder.
    """
    review = read_review(output.path("json"))
    roles = review.get("roles") if review is not None else None
    if review is None or not isinstance(roles, dict):
        raise UsageError(f"{output.path('json')} is not there, so there is nothing to swap. Review the call first.")
    turns = review.get("turns")
    labels = [t.get("speaker") for t in turns if isinstance(t, dict)] if isinstance(turns, list) else []
    return Last(request, output, roles.get("agent"), tuple(dict.fromkeys(str(label) for label in labels)))


def swapped(review: Last) -> Request:
    """Return the request that reviews a call again with the roles exchanged.

    Raises:
        UsageError: The parties could not be told apart, so there is nothing to exchange.
    """
    request, agent = review.request, review.agent
    if request.agent is not None and request.customer is not None:
        return replace(request, agent=request.customer, customer=request.agent)
    if request.only_me or agent is None:
        raise UsageError(
            "Nobody was taken as the agent there, so there is nothing to exchange. "
            "Say who is: --agent-channel left or right, or --agent-speaker 1 or 2."
        )
    if agent in ("left", "right"):
        return replace(request, agent_channel="right" if agent == "left" else "left", agent_speaker=None)
    others = [index for index, speaker in enumerate(review.speakers, 1) if speaker != agent]
    if not others:
        raise UsageError("Only one party is in that call, so there is nothing to exchange.")
    return replace(request, agent_speaker=others[0], agent_channel=None)


def check(request: Request, settings: Settings) -> None:
    """Check that a request's options fit together.

    Raises:
        UsageError: They do not.
    """
    if (request.agent is None) != (request.customer is None):
        raise UsageError("One file a party needs both: --agent FILE --customer FILE.")
    if request.agent is not None and request.agent_channel is not None:
        raise UsageError("--agent-channel is for one file with two channels; --agent and --customer name the parties.")
    if request.only_me and (request.agent is not None or request.transcript is not None):
        raise UsageError("--only-me is for one recording of the agent's side; it takes no second file.")
    if request.agent_speaker not in (None, 1, 2):
        raise UsageError("--agent-speaker is 1 or 2.")
    if not settings.formats:
        raise UsageError("Nothing would be written: give at least one --format.")
