"""The use case of many calls: reviewed side by side by an engine, each ending in one outcome whatever happens."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast

from coach.app.intake.shown import bare, is_address
from coach.app.item import Failure, Request
from coach.app.jobs import Job, Result, Reviewing
from coach.app.naming import Facts, Output, as_review, hashes_of, plan, stem_of
from coach.app.pipeline import Pipeline
from coach.app.publishing import under
from coach.app.remote import changed, infos_at, mark, mark_of, read_at
from coach.app.review import DISK_FULL, open_pipeline, settings_of
from coach.app.seen import Seen
from coach.app.settings import FORMATS
from coach.app.unchanged import same, told_since, unchanged
from coach.conversation import RecordingError
from coach.engines.protocol import Died, Done, Engine

__all__ = ["BatchOutcome", "Job", "plan_jobs", "review_batch"]

Status = Literal["reviewed", "unchanged", "failed", "died"]

WORKING = "worker"
"""The stage of a call whose process died: which of them it was in is not known."""
COMPRESSED = frozenset({".mp3", ".m4a", ".mp4", ".aac", ".ogg", ".opus", ".webm", ".wma", ".gsm", ".amr"})
COMPRESSED_BY = 8
"""About how much longer a compressed file is than a plain one of its size."""


@dataclass(frozen=True, slots=True)
class BatchOutcome:
    """How one call of many ended.

    Attributes:
        index: Its place among the jobs, from 0.
        job: What was asked for.
        status: ``reviewed``; ``unchanged`` when the same review was there already; ``failed`` with a reason; ``died``
            when its process was lost or its time was over.
        files: Those that were written, or are there already.
        addresses: The same of files that are at addresses.
        sha256: Of the recording, of a reviewed call.
        failure: Of a call that failed or died; of a reviewed one whose recording could not be redacted as was asked.
        partial: Whether much of the recording was missing or damaged.
        seconds: What it took, 0 for an unchanged one.
        duration: Length of the recording in seconds, of a reviewed call.
    """

    index: int
    job: Job
    status: Status
    files: tuple[Path, ...] = ()
    addresses: tuple[str, ...] = ()
    sha256: str | None = None
    failure: Failure | None = None
    partial: bool = False
    seconds: float = 0.0
    duration: float | None = None

    @property
    def review_path(self) -> Path | None:
        """The review file, where one is there."""
        path = self.job.output.path("json")
        return path if path in self.files else None


def plan_jobs(
    requests: Sequence[Request],
    flags: Mapping[str, object],
    addresses: Mapping[int, tuple[str, ...]] = MappingProxyType({}),
) -> list[Job]:
    """Return one job a request, with reports in the folder, or at the address, that the settings name.

    Where a recording or the reports are at an address, what else is there is not looked at: each report's name then
    carries eight letters of the recording's SHA-256, or of its address's.

    Args:
        requests: The calls.
        flags: As on the command line.
        addresses: Of the files of requests, by their place, where these are not on this machine.

    Raises:
        UsageError: A flag cannot be.
        ConfigurationError: A file or the environment says something that cannot be.
        StorageError: The folder may not be looked into.
    """
    settings = settings_of(flags)
    out = settings.text("out")
    jobs: dict[int, Job] = {}
    into = out if is_address(out) else None
    near = [index for index in range(len(requests)) if index not in addresses and into is None]
    with Seen() as seen:
        outputs = plan([requests[index] for index in near], Path(out), seen, kinds=settings.masked)
        jobs |= {index: Job(requests[index], output) for index, output in zip(near, outputs, strict=True)}
        for index in sorted(set(range(len(requests))) - set(near)):
            request, at = requests[index], addresses.get(index, ())
            mine = hashlib.sha256(" ".join(at).encode()).hexdigest() if at else seen.sha256(request.source)
            output = Output(Path(out), f"{stem_of(request, settings.masked)}-{mine[:8]}")
            jobs[index] = Job(request, output, at, into)
    return [jobs[index] for index in range(len(requests))]


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
            waiting, far = [], _Far(seen)
            for index, job in enumerate(jobs):
                there = _there(index, job, pipeline, far)
                if there is None:
                    waiting.append(index)
                else:
                    yield there
    making = Reviewing(pipeline.recipe, pipeline.settings, str(Path.cwd()))
    told = None if progress is None else lambda place: progress(waiting[place])
    ended = engine.map(making, [jobs[index] for index in waiting], cost=_cost, on_start=told)
    with closing(cast(Generator[Done[Result] | Died, None, None], ended)), Seen() as seen:
        for one in ended:
            for address in one.result.seen if isinstance(one, Done) else ():
                seen.keep_at(*address)
            outcome = _outcome(waiting[one.index], jobs[waiting[one.index]], one)
            yield outcome
            if outcome.failure is not None and outcome.failure.exit_code == DISK_FULL:
                return


class _Far:
    """What lies in folders at addresses, each looked into once."""

    def __init__(self, seen: Seen) -> None:
        self.seen = seen
        self._there: dict[str, Mapping[str, Mapping[str, object]]] = {}

    def there(self, folder: str) -> Mapping[str, Mapping[str, object]]:
        """Return what is in a folder, each file with what its system tells of it."""
        if folder not in self._there:
            self._there[folder] = infos_at(folder)
        return self._there[folder]

    def facts(self, folder: str, name: str) -> Facts | None:
        """Return the facts of a review file there, ``None`` when there is none or it is something else."""
        info, address = self.there(folder).get(name), under(folder, name)
        if info is None:
            return None
        mark = mark_of(info)
        known = self.seen.facts_at(bare(address), mark)
        if known is None and (review := as_review(read_at(address))) is not None:
            known = Facts.of(review)
            self.seen.keep_facts_at(bare(address), mark, known)
        return known


def _there(index: int, job: Job, pipeline: Pipeline, far: _Far) -> BatchOutcome | None:
    """Return the outcome of a call whose review is there already."""
    if job.far:
        return _far_there(index, job, pipeline, far)
    if not unchanged(job.request, job.output, pipeline, far.seen):
        return None
    files = tuple(path for suffix in FORMATS if (path := job.output.path(suffix)).is_file())
    return BatchOutcome(index, job, "unchanged", files)


def _far_there(index: int, job: Job, pipeline: Pipeline, far: _Far) -> BatchOutcome | None:
    """Return the same of a call of which something is at an address."""
    paths, seen = tuple(job.output.path(suffix) for suffix in pipeline.settings.formats), far.seen
    names = [path.name for path in paths]
    review = job.output.path("json")
    if job.into is None:
        facts, complete = seen.facts(review), all(path.is_file() for path in paths)
    else:
        facts = far.facts(job.into, review.name)
        complete = all(name in far.there(job.into) for name in names)
    if facts is None or not complete:
        return None
    if job.into is None:
        written = review.stat().st_mtime
    else:
        written = changed(far.there(job.into)[review.name])
        written += float(written.is_integer())  # many systems tell the second alone: until it was over

    def hashes() -> tuple[str, ...]:
        if not job.addresses:
            return tuple(hashes_of(job.request, seen))
        return tuple(seen.at(address, mark(address)) or "" for address in job.addresses)

    near = not job.addresses  # beside one at an address no sidecar is looked for
    if not same(job.request, pipeline, facts, hashes) or (near and told_since(job.request, written)):
        return None
    if job.into is None:
        return BatchOutcome(index, job, "unchanged", paths)
    return BatchOutcome(index, job, "unchanged", (), tuple(under(bare(str(job.into)), name) for name in names))


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
        "failed" if result.failure is not None and result.sha256 is None else "reviewed",
        result.files,
        result.addresses,
        result.sha256,
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
