"""What is known of recordings before any of them is touched: who they are, where their reports go, what they were."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from coach.app.batch import Job, plan_jobs
from coach.app.intake.known import Found
from coach.app.intake.requests import request_for
from coach.app.intake.shown import bare
from coach.app.naming import Output, as_review, hashes_of, read_review, reviewed_hashes
from coach.app.publishing import under
from coach.app.remote import infos_at, mark, name_of, read_at
from coach.app.seen import Seen
from coach.app.shift.cases import COPY, FORGOTTEN, GONE, TOO_OLD, Case, Intake, Taken
from coach.app.shift.far import addresses_of, key_of
from coach.conversation import ConfigurationError, NoSuchRecording, RecordingError

if TYPE_CHECKING:
    from coach.store.values import Attempt


class Beforehand:
    """What the store and the folder of reports know of a run's recordings.

    Attributes:
        attempts: What became of each the last time, by its key.
    """

    def __init__(self, intake: Intake) -> None:
        """Ask the store."""
        self._intake = intake
        self._listed: dict[str, frozenset[str]] = {}
        self.attempts: dict[str, Attempt] = {attempt.key: attempt for attempt in intake.store.attempts()}

    def cases(self, found: Sequence[Found]) -> Iterator[Case | Taken]:
        """Yield the recordings that can be read, and the ends of those that went and of copies."""
        far = {index: addresses for index, one in enumerate(found) if (addresses := addresses_of(one))}
        requests = [
            request_for(one, *(Path(name_of(address)) for address in far.get(index, ())))
            for index, one in enumerate(found)
        ]
        jobs = plan_jobs(requests, self._intake.flags, far)
        first: set[str] = set()
        with Seen() as seen:
            for index, (one, job) in enumerate(zip(found, jobs, strict=True)):
                key, digest = _known_by(job, seen)
                if not job.addresses and not all(path.is_file() for path in job.request.files):
                    yield Taken(one, "gone", message=GONE, exit_code=NoSuchRecording.exit_code)
                elif key in first:
                    yield Taken(one, "copy", digest, COPY)
                else:
                    first.add(key)
                    job = replace(job, output=self._output(key, job, seen), stays=not self._intake.force)  # noqa: PLW2901
                    yield Case(index, self._without_idle_time(one), job, digest, key)

    def end(self, case: Case) -> Taken | None:
        """Return the end of a recording that is not to be touched, ``None`` where it is; two deaths are no end here."""
        intake = self._intake
        if case.sha256 is not None and intake.store.tombstoned(case.sha256):
            return replace(case.ended("forgotten", FORGOTTEN), known=True, key="")
        before = self.attempts.get(case.key)
        if self._too_old(case) and (before is None or before.message == TOO_OLD):
            return replace(case.ended("forgotten", TOO_OLD), known=before is not None)
        if before is None or intake.force:
            return None
        if before.state == "quarantined":
            return _refused(case, before)
        if before.state == "failed" and not intake.again and before.exit_code != ConfigurationError.exit_code:
            return _refused(case, before)
        return None

    def _too_old(self, case: Case) -> bool:
        """Return whether a call would be forgotten at once; a file's time may be anything, so it is no reason."""
        since, began = self._intake.since, case.found.started_at
        return since is not None and began is not None and began < since

    def _without_idle_time(self, found: Found) -> Found:
        """Return a recording without a time that was guessed and by which it would be forgotten the next night.

        A copy may have lost its date. Without one a call is kept from the day on which it was taken in.
        """
        since, began = self._intake.since, found.started_at
        if since is None or began is None or began >= since or not found.known["started_at"].guessed:
            return found
        return replace(found, known={name: one for name, one in found.known.items() if name != "started_at"})

    def _output(self, key: str, job: Job, seen: Seen) -> Output:
        """Return where a recording's files go: where they are already, though it has a new name since."""
        before = self.attempts.get(key)
        if job.addresses or before is None or before.state != "done" or self._has_review(job):
            return job.output
        hashes = hashes_of(job.request, seen)
        call = self._intake.store.call(hashes[0])
        stem = _stem_in(job, call.report) if call is not None and call.report is not None else None
        if stem is None:
            return job.output
        there = Output(job.output.folder, stem)
        review = review_of(replace(job, output=there))
        return there if review is not None and reviewed_hashes(review) == hashes else job.output

    def _has_review(self, job: Job) -> bool:
        name = job.output.path("json").name
        return job.output.path("json").is_file() if job.into is None else name in self._names(job.into)

    def _names(self, into: str) -> frozenset[str]:
        if into not in self._listed:
            self._listed[into] = frozenset(infos_at(into))
        return self._listed[into]


def review_of(job: Job) -> dict[str, object] | None:
    """Return the review file of a call, ``None`` when there is none where it belongs, or it is something else."""
    if job.into is None:
        return read_review(job.output.path("json"))
    return as_review(read_at(job.address("json")))


def _stem_in(job: Job, report: str) -> str | None:
    """Return what a report is called where the job's would go too, ``None`` where it lies elsewhere."""
    if job.into is None:
        path = Path(report)
        return path.stem if path.parent == job.output.folder.resolve() else None
    folder, _, name = report.rpartition("/")
    return name.rpartition(".")[0] if under(folder, "") == under(bare(job.into), "") else None


def _known_by(job: Job, seen: Seen) -> tuple[str, str | None]:
    """Return the key of a recording and its SHA-256, which of one at an address may not be known before it is there."""
    if job.addresses:
        marks = [mark(address) for address in job.addresses]
        return key_of(job.addresses, marks), seen.at(job.addresses[0], marks[0])
    digests = hashes_of(job.request, seen)
    whole = digests[0] if len(digests) == 1 else hashlib.sha256("+".join(digests).encode()).hexdigest()
    return whole, digests[0]


def _refused(case: Case, before: Attempt) -> Taken:
    code = before.exit_code if before.exit_code is not None else RecordingError.exit_code
    end = case.ended("quarantined" if before.state == "quarantined" else "failed", before.message, code)
    return replace(end, known=True)
