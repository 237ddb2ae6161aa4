"""Taking recordings in: each is reviewed once, counted before it is touched, and ends in one state that is kept.

The order is what keeps everything: the attempt is counted, then the files are written, then the row, then the attempt
is ended. Killed between any two of these, the next run finds where it was. A recording is known by its bytes, so that
one that was moved or copied is not reviewed twice.
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from coach.app.batch import BatchOutcome, Job, plan_jobs, review_batch
from coach.app.intake.known import Found
from coach.app.intake.requests import for_store, request_for
from coach.app.naming import Output, hashes_of, read_review, reviewed_hashes
from coach.app.remote import mark, name_of
from coach.app.seen import Seen
from coach.app.shift.far import addresses_of, key_of
from coach.conversation import (
    CoachError,
    ConfigurationError,
    LockedError,
    NoSuchRecording,
    RecordingError,
    StorageError,
)
from coach.speech.decoding.source import unreadable
from coach.store.errors import ForgottenError
from coach.store.parquet import write_turns, write_words

if TYPE_CHECKING:
    from coach.app.settings import Settings
    from coach.engines.protocol import Engine
    from coach.store.store import Store
    from coach.store.values import Attempt

End = Literal["reviewed", "unchanged", "failed", "quarantined", "copy", "forgotten", "waiting", "gone"]
"""How a recording ended: reviewed now; reviewed before; refused; set aside for good; the same bytes as another of this
run; purged before, so not taken in again; left for the next run, because the disk was full or the recording was still
written or could not be reached; moved away or deleted meanwhile."""

DEADLY: Final = 2
"""Attempts that never ended after which a recording is set aside: what stops a worker twice would do it every night."""

SET_ASIDE: Final = (
    "It stopped its worker twice, so it was set aside. Review it by itself to see why; --force takes it in again."
)
FORGOTTEN: Final = "It was purged, so it is not taken in again."
NOT_BEGUN: Final = "The disk was full before it was begun; the next run takes it up."
GONE: Final = "It was moved away or deleted after it was found. Where it lies elsewhere now, name that place."
TOO_OLD: Final = "Its call is older than what is kept, so it is not taken in."
UNKEPT: Final = "Its review was written and could not be taken into the store: {reason}"
PASSING: Final = (unreadable("")[2:], "changed while it was read")
"""Of a recording's own, what the next run may find mended: a share that was away, a file that was still written."""
COPY: Final = "Its bytes are those of another recording of this run."


@dataclass(frozen=True, slots=True)
class Taken:
    """One recording and its end.

    Attributes:
        found: What was found of it.
        end: How it ended.
        sha256: What it is known by; ``None`` where its bytes could not be read.
        message: Why, where it was not reviewed; masked.
        exit_code: By the table of codes.
        files: The report's.
        partial: Whether much of the recording was missing or damaged.
        known: Whether an earlier run had ended it so, and nothing is new.
        seconds: What the review took.
        duration: Length of the recording, of one reviewed now.
        key: What its attempts are known by in the store; empty where there were none.
    """

    found: Found
    end: End
    sha256: str | None = None
    message: str | None = None
    exit_code: int = 0
    files: tuple[Path, ...] = ()
    partial: bool = False
    known: bool = False
    seconds: float = 0.0
    duration: float | None = None
    key: str = ""


@dataclass(frozen=True)
class Intake:
    """Where recordings are taken in.

    Attributes:
        store: The shift's store, which this process alone writes to.
        settings: What holds for this run.
        flags: What was said on the command line, for the workers.
        engine: Where calls are reviewed.
        force: Review again what was reviewed, refused or set aside.
        again: Whether what was refused before is tried again; a night leaves it alone, but for what a setting or a
            model was to blame for.
        told: Told a recording's index before any work is done on it.
        noted: Told what a recording is known by, before it is begun in the store.
        since: Recordings of calls before this time are not taken in: they would be forgotten at once.
    """

    store: Store
    settings: Settings
    flags: Mapping[str, object]
    engine: Engine
    force: bool = False
    again: bool = True
    told: Callable[[int], None] | None = None
    noted: Callable[[str], None] = lambda _key: None
    since: datetime | None = None


@dataclass(slots=True)
class _Case:
    """One recording on its way."""

    index: int
    found: Found
    job: Job
    sha256: str | None
    key: str
    begun: bool = False


def take(found: Sequence[Found], intake: Intake) -> Iterator[Taken]:
    """Yield every recording's end, each as it comes; every one of them is yielded once.

    Args:
        found: The recordings.
        intake: Where they are taken in.

    Raises:
        CoachError: The store or the settings cannot be used, or a model is missing.
    """
    yield from _Taking(found, intake).run()


class _Taking:
    """One run."""

    def __init__(self, found: Sequence[Found], intake: Intake) -> None:
        self._intake = intake
        self._found = found
        self._before: dict[str, Attempt] = {}

    def run(self) -> Iterator[Taken]:
        """Yield every recording's end."""
        cases: list[_Case] = []
        yield from self._ready(cases)
        waiting = []
        for case in cases:
            settled = self._settled(case)
            if settled is None:
                waiting.append(case)
            else:
                yield settled
        for alone in (False, True):
            dead: list[_Case] = []
            yield from self._round(waiting, dead, force=alone or self._intake.force)
            waiting = dead  # once more; the second death is the last

    def _ready(self, cases: list[_Case]) -> Iterator[Taken]:
        """Fill in the recordings that can be read, and yield those that cannot, and copies."""
        self._before = {attempt.key: attempt for attempt in self._intake.store.attempts()}
        far = {index: found for index, one in enumerate(self._found) if (found := addresses_of(one))}
        requests = [
            request_for(one, *(Path(name_of(address)) for address in far.get(index, ())))
            for index, one in enumerate(self._found)
        ]
        jobs = plan_jobs(requests, self._intake.flags, far)
        folder = Path(self._intake.settings.text("out"))
        first: set[str] = set()
        with Seen() as seen:
            for index, (one, job) in enumerate(zip(self._found, jobs, strict=True)):
                key, digest = _known_by(job, seen)
                if not job.addresses and not all(path.is_file() for path in job.request.files):
                    yield Taken(one, "gone", message=GONE, exit_code=NoSuchRecording.exit_code)
                elif key in first:
                    yield Taken(one, "copy", digest, COPY)
                else:
                    first.add(key)
                    output = self._output(key, job, folder, seen) if not job.addresses else job.output
                    cases.append(_Case(index, one, replace(job, output=output), digest, key))

    def _output(self, key: str, job: Job, folder: Path, seen: Seen) -> Output:
        """Return where a recording's files go: where they are already, though it has a new name since."""
        before = self._before.get(key)
        if before is None or before.state != "done" or job.output.path("json").is_file():
            return job.output
        hashes = hashes_of(job.request, seen)
        call = self._intake.store.call(hashes[0])
        report = Path(call.report) if call is not None and call.report is not None else None
        if report is None or report.parent != folder.resolve():
            return job.output
        there = Output(folder, report.stem)
        review = read_review(there.path("json"))
        return there if review is not None and reviewed_hashes(review) == hashes else job.output

    def _settled(self, case: _Case) -> Taken | None:
        """Return the end of a recording that is not to be touched, ``None`` where it is."""
        store = self._intake.store
        if case.sha256 is not None and store.tombstoned(case.sha256):
            return Taken(case.found, "forgotten", case.sha256, FORGOTTEN, known=True)
        before, since, began = self._before.get(case.key), self._intake.since, case.found.started_at
        if since is not None and began is not None and began < since and before is None:
            return Taken(case.found, "forgotten", case.sha256, TOO_OLD, known=True)
        if before is None or self._intake.force:
            return None
        if before.state == "quarantined":
            return self._refused(case, before, "quarantined", known=True)
        if before.state == "working" and before.attempts >= DEADLY:
            return self._set_aside(case)
        if before.state == "failed" and not self._intake.again and before.exit_code != ConfigurationError.exit_code:
            return self._refused(case, before, "failed", known=True)
        return None

    def _round(self, cases: Sequence[_Case], dead: list[_Case], *, force: bool) -> Iterator[Taken]:
        """Review recordings, and yield those that ended; those whose worker died are left in ``dead``."""
        intake, left = self._intake, dict(enumerate(cases))
        told: Callable[[int], None] = lambda place: self._begin(cases[place])  # noqa: E731
        if not cases:
            return
        jobs = [case.job for case in cases]
        with self._given_back(left):
            for outcome in review_batch(jobs, intake.flags, engine=intake.engine, force=force, progress=told):
                ended = self._end(left[outcome.index], outcome)
                case = left.pop(outcome.index)
                if ended is None:
                    dead.append(case)
                else:
                    yield ended
        self._give_back(left)
        for case in left.values():
            yield Taken(case.found, "waiting", case.sha256, NOT_BEGUN, StorageError.exit_code, key=case.key)

    @contextlib.contextmanager
    def _given_back(self, left: Mapping[int, _Case]) -> Iterator[None]:
        """Where the run is stopped, or cannot go on, what was in hand is no reason to set it aside some night."""
        try:
            yield
        except (Exception, KeyboardInterrupt, GeneratorExit):
            with contextlib.suppress(CoachError):
                self._give_back(left)
            raise

    def _give_back(self, left: Mapping[int, _Case]) -> None:
        for case in left.values():
            if case.begun:
                self._intake.store.wait(case.key, case.found.shown)

    def _begin(self, case: _Case) -> None:
        self._start(case)
        if self._intake.told is not None:
            self._intake.told(case.index)

    def _start(self, case: _Case) -> None:
        self._intake.noted(case.key)
        self._intake.store.begin(case.key, case.found.shown, case.sha256)
        case.begun = True

    def _end(self, case: _Case, outcome: BatchOutcome) -> Taken | None:
        """Keep what came of a recording, and return its end, ``None`` where its worker died for the first time."""
        store, failure = self._intake.store, outcome.failure
        if outcome.status in ("reviewed", "unchanged"):
            return self._reviewed(case, outcome)
        code = failure.exit_code if failure is not None else RecordingError.exit_code
        message = case.found.hide(failure.message) if failure is not None else ""
        if outcome.status == "died" and code != 1:
            attempt = store.attempt(case.key)
            return self._set_aside(case) if attempt is not None and attempt.attempts >= DEADLY else None
        if code == StorageError.exit_code or any(sentence in message for sentence in PASSING):
            store.wait(case.key, case.found.shown)
            return Taken(case.found, "waiting", case.sha256, message, code, key=case.key)
        stage = failure.stage if failure is not None else None
        if code == NoSuchRecording.exit_code:
            store.finish(case.key, "gone", sha256=case.sha256, stage=stage, message=GONE, exit_code=code)
            return Taken(case.found, "gone", case.sha256, GONE, code, key=case.key)
        store.finish(case.key, "failed", sha256=case.sha256, stage=stage, message=message, exit_code=code)
        return Taken(case.found, "failed", case.sha256, message, code, seconds=outcome.seconds, key=case.key)

    def _reviewed(self, case: _Case, outcome: BatchOutcome) -> Taken:
        store, before = self._intake.store, self._before.get(case.key)
        case.sha256 = outcome.sha256 or case.sha256
        known = outcome.status == "unchanged" and before is not None and before.state == "done"
        if not known:
            if not case.begun:  # reviewed before there was a store, or by a run that was killed before it could say so
                self._start(case)
            try:
                self._record(case, outcome)
            except (StorageError, LockedError):
                raise
            except ForgottenError:
                for path in outcome.files:  # its hash was not known before it was fetched, or it was purged meanwhile
                    path.unlink(missing_ok=True)
                store.finish(case.key, "gone", sha256=case.sha256, message=FORGOTTEN, exit_code=0)
                return Taken(case.found, "forgotten", case.sha256, FORGOTTEN, key=case.key)
            except CoachError as error:
                return self._unkept(case, error)
            store.finish(case.key, "done", sha256=case.sha256, exit_code=0)
        failure = outcome.failure  # of a redaction that was asked for and refused
        return Taken(
            case.found,
            "unchanged" if outcome.status == "unchanged" else "reviewed",
            case.sha256,
            None if failure is None else case.found.hide(failure.message),
            0 if failure is None else failure.exit_code,
            outcome.files,
            outcome.partial,
            known,
            outcome.seconds,
            outcome.duration,
            case.key,
        )

    def _unkept(self, case: _Case, error: CoachError) -> Taken:
        """Return the end of a call whose review is there and could not be stored: a fault of ours, and its alone."""
        message = UNKEPT.format(reason=case.found.hide(str(error)))
        self._intake.store.finish(case.key, "failed", sha256=case.sha256, stage="store", message=message, exit_code=1)
        return Taken(case.found, "failed", case.sha256, message, 1, key=case.key)

    def _record(self, case: _Case, outcome: BatchOutcome) -> None:
        """Put a review into the store: Parquet first, then the row, which says that all is there."""
        review = read_review(case.job.output.path("json"))
        if review is None:
            raise StorageError(
                f"The review of {case.found.name} is no longer where it was written. Run the shift again."
            )
        page = case.job.output.path("html")
        told = for_store(case.found)
        for write in (write_words, write_turns):
            write(review, self._intake.store.folder, agent=told["agent"], started_at=told["started_at"])
        report = page if page in outcome.files else case.job.output.path("json")
        self._intake.store.record(review, report=report.resolve(), **told)

    def _set_aside(self, case: _Case) -> Taken:
        code = RecordingError.exit_code
        self._intake.noted(case.key)
        self._intake.store.finish(case.key, "quarantined", sha256=case.sha256, message=SET_ASIDE, exit_code=code)
        return Taken(case.found, "quarantined", case.sha256, SET_ASIDE, code, key=case.key)

    def _refused(self, case: _Case, before: Attempt, end: End, *, known: bool) -> Taken:
        return Taken(
            case.found,
            end,
            case.sha256,
            before.message,
            before.exit_code if before.exit_code is not None else RecordingError.exit_code,
            known=known,
            key=case.key,
        )


def _known_by(job: Job, seen: Seen) -> tuple[str, str | None]:
    """Return the key of a recording and its SHA-256, which of one at an address may not be known before it is there."""
    if job.addresses:
        marks = [mark(address) for address in job.addresses]
        return key_of(job.addresses, marks), seen.at(job.addresses[0], marks[0])
    digests = hashes_of(job.request, seen)
    whole = digests[0] if len(digests) == 1 else hashlib.sha256("+".join(digests).encode()).hexdigest()
    return whole, digests[0]


def exit_code(taken: Sequence[Taken], refused: int = 0) -> int:
    """Return what a shift or a night exits with.

    Args:
        taken: Every recording's end.
        refused: What was named and could not even be taken in.
    """
    new = [one for one in taken if not one.known]
    for code in (1, StorageError.exit_code, 5):
        if any(one.exit_code == code for one in new):
            return code
    return 3 if refused or any(one.exit_code or one.partial for one in new) else 0
