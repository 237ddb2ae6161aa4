"""Taking recordings in: each is reviewed once, counted before it is touched, and ends in one state that is kept.

The order is what keeps everything: the attempt is counted, then the files are written, then the row, then the attempt
is ended. Killed between any two of these, the next run finds where it was. A recording is known by its bytes, so that
one that was moved or copied is not reviewed twice.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from coach.app.batch import BatchOutcome, Job, review_batch
from coach.app.intake.known import Found
from coach.app.intake.requests import for_store, request_for
from coach.app.naming import hashes_of, plan, read_review
from coach.app.seen import Seen
from coach.conversation import RecordingError, StorageError
from coach.store.parquet import write_turns, write_words

if TYPE_CHECKING:
    from coach.app.settings import Settings
    from coach.engines.protocol import Engine
    from coach.store.store import Store
    from coach.store.values import Attempt

End = Literal["reviewed", "unchanged", "failed", "quarantined", "copy", "forgotten", "waiting"]
"""How a recording ended: reviewed now; reviewed before; refused; set aside for good; the same bytes as another of this
run; purged before, so not taken in again; not begun, because the disk was full."""

DEADLY: Final = 2
"""Attempts that never ended after which a recording is set aside: what stops a worker twice would do it every night."""

SET_ASIDE: Final = (
    "It stopped its worker twice, so it was set aside. Review it by itself to see why; --force takes it in again."
)
FORGOTTEN: Final = "It was purged, so it is not taken in again."
NOT_BEGUN: Final = "The disk was full before it was begun; the next run takes it up."


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


@dataclass(frozen=True)
class Intake:
    """Where recordings are taken in.

    Attributes:
        store: The shift's store, which this process alone writes to.
        settings: What holds for this run.
        flags: What was said on the command line, for the workers.
        engine: Where calls are reviewed.
        force: Review again what was reviewed, refused or set aside.
        again: Whether what was refused before is tried again; a night leaves it alone.
        told: Told a recording's index before any work is done on it.
    """

    store: Store
    settings: Settings
    flags: Mapping[str, object]
    engine: Engine
    force: bool = False
    again: bool = True
    told: Callable[[int], None] | None = None


@dataclass(slots=True)
class _Case:
    """One recording on its way."""

    index: int
    found: Found
    job: Job
    sha256: str
    key: str = field(default="")


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
        readable: list[tuple[int, Found]] = []
        for index, one in enumerate(self._found):
            if any(piece.path is None for piece in one.pieces):
                message = "It lies elsewhere than on this computer, and could not be fetched."
                yield Taken(one, "failed", message=message, exit_code=RecordingError.exit_code)
            else:
                readable.append((index, one))
        with Seen() as seen:
            requests = [request_for(one) for _, one in readable]
            folder = Path(self._intake.settings.text("out"))
            outputs = plan(requests, folder, seen, kinds=self._intake.settings.masked)
            hashes = [hashes_of(request, seen) for request in requests]
        first: set[str] = set()
        for (index, one), request, output, digests in zip(readable, requests, outputs, hashes, strict=True):
            key = digests[0] if len(digests) == 1 else hashlib.sha256("+".join(digests).encode()).hexdigest()
            if key in first:
                yield Taken(one, "copy", digests[0], "Its bytes are those of another recording of this run.")
                continue
            first.add(key)
            cases.append(_Case(index, one, Job(request, output), digests[0], key))
        self._before = {attempt.key: attempt for attempt in self._intake.store.attempts()}

    def _settled(self, case: _Case) -> Taken | None:
        """Return the end of a recording that is not to be touched, ``None`` where it is."""
        store = self._intake.store
        if store.tombstoned(case.sha256):
            return Taken(case.found, "forgotten", case.sha256, FORGOTTEN, known=True)
        before = self._before.get(case.key)
        if before is None or self._intake.force:
            return None
        if before.state == "quarantined":
            return self._refused(case, before, "quarantined", known=True)
        if before.state == "working" and before.attempts >= DEADLY:
            return self._set_aside(case)
        if before.state == "failed" and not self._intake.again:
            return self._refused(case, before, "failed", known=True)
        return None

    def _round(self, cases: Sequence[_Case], dead: list[_Case], *, force: bool) -> Iterator[Taken]:
        """Review recordings, and yield those that ended; those whose worker died are left in ``dead``."""
        intake, left = self._intake, dict(enumerate(cases))
        told: Callable[[int], None] = lambda place: self._begin(cases[place])  # noqa: E731
        if not cases:
            return
        jobs = [case.job for case in cases]
        for outcome in review_batch(jobs, intake.flags, engine=intake.engine, force=force, progress=told):
            case = left.pop(outcome.index)
            ended = self._end(case, outcome)
            if ended is None:
                dead.append(case)
            else:
                yield ended
        for case in left.values():
            yield Taken(case.found, "waiting", case.sha256, NOT_BEGUN, StorageError.exit_code)

    def _begin(self, case: _Case) -> None:
        self._intake.store.begin(case.key, case.found.shown, case.sha256)
        if self._intake.told is not None:
            self._intake.told(case.index)

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
        if code == StorageError.exit_code:
            store.wait(case.key, case.found.shown)
            return Taken(case.found, "waiting", case.sha256, message, code)
        stage = failure.stage if failure is not None else None
        store.finish(case.key, "failed", sha256=case.sha256, stage=stage, message=message, exit_code=code)
        return Taken(case.found, "failed", case.sha256, message, code, seconds=outcome.seconds)

    def _reviewed(self, case: _Case, outcome: BatchOutcome) -> Taken:
        store, before = self._intake.store, self._before.get(case.key)
        known = outcome.status == "unchanged"
        if not (known and before is not None and before.state == "done"):
            self._record(case, outcome)
            if store.attempt(case.key) is None:  # reviewed before there was a store: by coach review, or a restored one
                store.begin(case.key, case.found.shown, case.sha256)
            store.finish(case.key, "done", sha256=case.sha256, exit_code=0)
        failure = outcome.failure  # of a redaction that was asked for and refused
        return Taken(
            case.found,
            "unchanged" if known else "reviewed",
            case.sha256,
            None if failure is None else case.found.hide(failure.message),
            0 if failure is None else failure.exit_code,
            outcome.files,
            outcome.partial,
            known,
            outcome.seconds,
            outcome.duration,
        )

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
        self._intake.store.finish(case.key, "quarantined", sha256=case.sha256, message=SET_ASIDE, exit_code=code)
        return Taken(case.found, "quarantined", case.sha256, SET_ASIDE, code)

    def _refused(self, case: _Case, before: Attempt, end: End, *, known: bool) -> Taken:
        return Taken(
            case.found,
            end,
            case.sha256,
            before.message,
            before.exit_code if before.exit_code is not None else RecordingError.exit_code,
            known=known,
        )


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
