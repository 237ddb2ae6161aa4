"""One call of many, and the worker that takes such calls through the stages in a process of its own."""

from __future__ import annotations

import os
from contextlib import ExitStack, suppress
from dataclasses import dataclass, replace
from pathlib import Path

from coach.app.item import Failure, Request
from coach.app.naming import Output, sha256_of
from coach.app.pipeline import Pipeline
from coach.app.publishing import publish, under
from coach.app.put_right import as_put_right
from coach.app.recipe import Recipe
from coach.app.remote import fetched, mark
from coach.app.review import Outcome, review_one
from coach.app.settings import Settings
from coach.app.working import private_folder
from coach.conversation import RecordingError, UsageError

FAR_ORIGINAL = (
    "A recording at an address is only read, so it cannot be redacted (redact_original). Fetch it first, or leave that "
    "setting out."
)


@dataclass(frozen=True, slots=True)
class Job:
    """One call of many.

    Attributes:
        request: The call.
        output: Where its files go.
        addresses: Of its files, in the order of ``request.files``, which then hold no more than their names.
        into: Address of the folder for its files, instead of the output's own; with what it takes to get in.
        stays: Whether the agent stays whom a person named for this call in the review that is there.
    """

    request: Request
    output: Output
    addresses: tuple[str, ...] = ()
    into: str | None = None
    stays: bool = False

    @property
    def far(self) -> bool:
        """Whether anything of it is at an address."""
        return bool(self.addresses) or self.into is not None

    def address(self, suffix: str) -> str:
        """Return the address of one of its files."""
        return under(str(self.into), f"{self.output.stem}.{suffix}")


@dataclass(frozen=True, slots=True)
class Result:
    """What a worker returns of a call: paths and figures, nothing that was said."""

    files: tuple[Path, ...] = ()
    addresses: tuple[str, ...] = ()
    sha256: str | None = None
    failure: tuple[str, str, int] | None = None
    partial: bool = False
    duration: float | None = None
    seen: tuple[tuple[str, str, str], ...] = ()
    """Addresses that were fetched, with their mark and SHA-256."""


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
        if not item.far:
            request = as_put_right(item.request, item.output) if item.stays else item.request
            return _result(review_one(request, item.output, self._pipeline))
        try:
            return far_away(item, self._pipeline)
        except Exception as error:  # noqa: BLE001  (whatever a far system does costs its call alone)
            failure = Failure.of(item.request, "fetch", error)
            return Result(failure=(failure.stage, failure.message, failure.exit_code))

    def close(self) -> None:
        """Let the models go."""
        self._held.close()


def far_away(job: Job, pipeline: Pipeline) -> Result:
    """Return what came of a call whose recording, or whose reports' folder, is at an address.

    Raises:
        CoachError: Something cannot be fetched or written.
    """
    if job.addresses and pipeline.settings.flag("redact_original"):
        raise UsageError(FAR_ORIGINAL)
    with ExitStack() as held:
        request, output, seen = job.request, job.output, []
        if job.addresses:
            marks = [mark(address) for address in job.addresses]
            paths = [held.enter_context(fetched(address, pipeline.work)) for address in job.addresses]
            seen = [(a, m, sha256_of(path)) for a, m, path in zip(job.addresses, marks, paths, strict=True)]
            names = ("recording",) if len(paths) == 1 else ("agent", "customer")
            request = replace(request, **dict(zip(names, paths, strict=True)))  # type: ignore[arg-type]
        if job.into is not None:
            output = replace(output, folder=held.enter_context(private_folder(pipeline.work)))
        result = replace(_result(review_one(request, output, pipeline)), seen=tuple(seen))
        if job.into is None or not result.files:
            return result
        last = sorted(result.files, key=lambda path: path.suffix == ".json")
        return replace(result, files=(), addresses=publish(last, job.into))


def _result(outcome: Outcome) -> Result:
    failure, review = outcome.failure, outcome.review
    if failure is None and outcome.redaction is not None and outcome.redaction.refused is not None:
        failure = Failure(outcome.request, "redact", outcome.redaction.refused, RecordingError.exit_code)
    return Result(
        outcome.files,
        sha256=None if review is None else review.source,
        failure=None if failure is None else (failure.stage, failure.message, failure.exit_code),
        partial=outcome.partial,
        duration=None if review is None else review.recording.duration,
    )
