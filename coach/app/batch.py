"""The use case of many calls: reviewed side by side by an engine, each ending in one outcome whatever happens."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast

from coach.app.item import Failure, Request
from coach.app.naming import Output, Readings, plan
from coach.app.pipeline import Pipeline
from coach.app.recipe import Recipe
from coach.app.review import DISK_FULL, open_pipeline, review_one, settings_of
from coach.app.seen import Seen
from coach.app.settings import FORMATS, Settings
from coach.app.unchanged import unchanged
from coach.conversation import RecordingError
from coach.engines.protocol import Died, Done, Engine

Status = Literal["reviewed", "unchanged", "failed", "died"]

WORKING = "worker"
"""The stage of a call whose process died: which of them it was in is not known."""
COMPRESSED = frozenset({".mp3", ".m4a", ".mp4", ".aac", ".ogg", ".opus", ".webm", ".wma", ".gsm", ".amr"})
COMPRESSED_BY = 8
"""About how much longer a compressed file is than a plain one of its size."""


@dataclass(frozen=True, slots=True)
class Job:
    """One call of many.

    Attributes:
        request: The call.
        output: Where its files go.
    """

    request: Request
    output: Output


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """How one call of many ended.

    Attributes:
        index: Its place among the jobs, from 0.
        job: What was asked for.
        status: ``reviewed``; ``unchanged`` when the same review was there already; ``failed`` with a reason; ``died``
            when its process was lost or its time was over.
        files: Those that were written, or are there already.
        failure: Of a call that failed or died; of a reviewed one whose recording could not be redacted as was asked.
        partial: Whether much of the recording was missing or damaged.
        seconds: What it took, 0 for an unchanged one.
        duration: Length of the recording in seconds, of a reviewed call.
    """

    index: int
    job: Job
    status: Status
    files: tuple[Path, ...] = ()
    failure: Failure | None = None
    partial: bool = False
    seconds: float = 0.0
    duration: float | None = None

    @property
    def review_path(self) -> Path | None:
        """The review file, where one is there."""
        path = self.job.output.path("json")
        return path if path in self.files else None


@dataclass(frozen=True, slots=True)
class Result:
    """What a worker returns of a call: paths and figures, nothing that was said."""

    files: tuple[Path, ...] = ()
    failure: tuple[str, str, int] | None = None
    partial: bool = False
    duration: float | None = None


@dataclass(frozen=True, slots=True)
class Reviewing:
    """Makes workers that review with one recipe and one set of settings, decided before, for all of them alike.

    Attributes:
        recipe: The recipe.
        settings: The settings.
        folder: What relative paths are relative to.
    """

    recipe: Recipe
    settings: Settings
    folder: str

    def __call__(self) -> ReviewWorker:
        """Return a worker."""
        return ReviewWorker(self)


class ReviewWorker:
    """Holds a pipeline, its models loaded once, and takes one call after the other through all of its stages.

    The stages stay together in one process: sound and unmasked words never leave it.
    """

    def __init__(self, making: Reviewing) -> None:
        self._making = making
        self._pipeline: Pipeline | None = None
        self._held = ExitStack()

    def open(self) -> None:
        """Load the models.

        Raises:
            ModelError: One is missing or damaged.
        """
        os.environ["HF_HUB_OFFLINE"] = "1"
        with suppress(OSError):  # on another machine that folder need not be there: paths are absolute then
            os.chdir(self._making.folder)
        pipeline = Pipeline(self._making.recipe, self._making.settings)
        self._held.enter_context(pipeline.running())
        self._pipeline = pipeline

    def run(self, item: Job) -> Result:
        """Return what came of one call."""
        if self._pipeline is None:
            raise ValueError("the worker is not open")
        outcome = review_one(item.request, item.output, self._pipeline)
        failure = outcome.failure
        if failure is None and outcome.redaction is not None and outcome.redaction.refused is not None:
            failure = Failure(item.request, "redact", outcome.redaction.refused, RecordingError.exit_code)
        return Result(
            outcome.files,
            None if failure is None else (failure.stage, failure.message, failure.exit_code),
            outcome.partial,
            None if outcome.review is None else outcome.review.recording.duration,
        )

    def close(self) -> None:
        """Let the models go."""
        self._held.close()


def plan_jobs(requests: Sequence[Request], flags: Mapping[str, object]) -> list[Job]:
    """Return one job a request, with reports in the folder that the settings name.

    Args:
        requests: The calls.
        flags: As on the command line.

    Raises:
        UsageError: A flag cannot be.
        ConfigurationError: A file or the environment says something that cannot be.
        StorageError: The folder may not be looked into.
    """
    settings = settings_of(flags)
    with Seen() as seen:
        outputs = plan(requests, Path(settings.text("out")), seen, kinds=settings.masked)
    return [Job(request, output) for request, output in zip(requests, outputs, strict=True)]


def review_batch(
    jobs: Sequence[Job],
    flags: Mapping[str, object],
    *,
    engine: Engine,
    force: bool = False,
    progress: Callable[[int], None] | None = None,
) -> Iterator[BatchOutcome]:
    """Yield one outcome a call, as each ends: first those that are there already; a full disk ends the run.

    Args:
        jobs: The calls.
        flags: As on the command line; environment, files and recipe say the rest.
        engine: Where they are reviewed.
        force: Review again what has been reviewed.
        progress: Told a job's index before any work is done on it.

    Raises:
        ModelError: A model is missing or damaged.
        UsageError: A flag cannot be.
        ConfigurationError: A file or the environment says something that cannot be.
    """
    pipeline = open_pipeline(flags)
    if any(job.request.transcript is None for job in jobs):
        pipeline.choose_engine()
    waiting = list(range(len(jobs)))
    if not force:
        with Seen() as seen:
            waiting = []
            for index, job in enumerate(jobs):
                there = _there(index, job, pipeline, seen)
                if there is None:
                    waiting.append(index)
                else:
                    yield there
    making = Reviewing(pipeline.recipe, pipeline.settings, str(Path.cwd()))
    told = None if progress is None else lambda place: progress(waiting[place])
    ended = engine.map(making, [jobs[index] for index in waiting], cost=_cost, on_start=told)
    with closing(cast(Generator[Done[Result] | Died, None, None], ended)):
        for one in ended:
            outcome = _outcome(waiting[one.index], jobs[waiting[one.index]], one)
            yield outcome
            if outcome.failure is not None and outcome.failure.exit_code == DISK_FULL:
                return


def _there(index: int, job: Job, pipeline: Pipeline, readings: Readings) -> BatchOutcome | None:
    """Return the outcome of a call whose review is there already."""
    if not unchanged(job.request, job.output, pipeline, readings):
        return None
    files = tuple(path for suffix in FORMATS if (path := job.output.path(suffix)).is_file())
    return BatchOutcome(index, job, "unchanged", files)


def _outcome(index: int, job: Job, ended: Done[Result] | Died) -> BatchOutcome:
    if isinstance(ended, Died):
        code = 1 if ended.cause == "fault" else RecordingError.exit_code
        message = f"It was given up: {ended.reason}. The other calls went on without it."
        failure = Failure(job.request, WORKING, message, code)
        return BatchOutcome(index, job, "died", failure=failure, seconds=ended.seconds)
    result = ended.result
    return BatchOutcome(
        index,
        job,
        "failed" if result.failure is not None and not result.files else "reviewed",
        result.files,
        None if result.failure is None else Failure(job.request, *result.failure),
        result.partial,
        ended.seconds,
        result.duration,
    )


def _cost(job: Job) -> float:
    """Return about how long a call takes, by its files' sizes."""
    cost = 0.0
    for path in job.request.files:
        with suppress(OSError):
            cost += path.stat().st_size * (COMPRESSED_BY if path.suffix.lower() in COMPRESSED else 1)
    return cost
