"""What became of calls that were reviewed: read where their reports lie, and kept in the store, row last."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from coach.app.batch import BatchOutcome
from coach.app.intake.requests import for_store
from coach.app.intake.shown import bare
from coach.app.publishing import remove_at
from coach.app.shift.beforehand import review_of
from coach.app.shift.cases import FORGOTTEN, UNKEPT, Case, Taken
from coach.conversation import CoachError, LockedError, StorageError
from coach.store.errors import ForgottenError
from coach.store.parquet import write_turns, write_words
from coach.store.writing import Besides

if TYPE_CHECKING:
    from coach.store.store import Store


def keep(store: Store, case: Case, outcome: BatchOutcome) -> Taken | None:
    """Put a call that was reviewed into the store, and return its end where that is another than reviewed.

    Args:
        store: The shift's.
        case: The call, begun.
        outcome: What came of it.

    Raises:
        StorageError: The disk is full, or the review is not where it was written.
        LockedError: Another program holds the store.
    """
    try:
        _record(store, case, outcome)
    except (StorageError, LockedError):
        raise
    except ForgottenError:  # its hash was not known before it was fetched, or it was purged meanwhile
        _remove(case, outcome)
        store.finish(case.key, "gone", sha256=case.sha256, message=FORGOTTEN, exit_code=0)
        return case.ended("forgotten", FORGOTTEN)
    except CoachError as error:  # the review is there and could not be stored: a fault of ours, and its alone
        message = UNKEPT.format(reason=case.found.hide(str(error)))
        store.finish(case.key, "failed", sha256=case.sha256, stage="store", message=message, exit_code=1)
        return case.ended("failed", message, 1)
    store.finish(case.key, "done", sha256=case.sha256, exit_code=0)
    return None


def reviewed(case: Case, outcome: BatchOutcome, *, known: bool) -> Taken:
    """Return the end of a call whose review is there, now or from before.

    Args:
        case: The call.
        outcome: What came of it.
        known: Whether an earlier run had ended it so.
    """
    failure = outcome.failure  # of a redaction that was asked for and refused
    message = failure.message if failure is not None else _damage(case) if outcome.partial else None
    return replace(
        case.ended(
            "unchanged" if outcome.status == "unchanged" else "reviewed",
            None if message is None else case.found.hide(message),
            0 if failure is None else failure.exit_code,
        ),
        files=outcome.files,
        addresses=outcome.addresses,
        partial=outcome.partial,
        known=known,
        seconds=outcome.seconds,
        duration=outcome.duration,
    )


def _damage(case: Case) -> str | None:
    """Return what a review says of how much of its recording could be heard; the decoder's sentence comes first."""
    review = review_of(case.job) or {}
    warnings = review.get("warnings")
    return next(map(str, warnings), None) if isinstance(warnings, list) else None


def _record(store: Store, case: Case, outcome: BatchOutcome) -> None:
    """Put a review into the store: Parquet first, then the row, which says that all is there."""
    review = review_of(case.job)
    if review is None:
        raise StorageError(f"The review of {case.found.name} is no longer where it was written. Run the shift again.")
    told = for_store(case.found)
    for write in (write_words, write_turns):
        write(review, store.folder, agent=told["agent"], started_at=told["started_at"])
    store.record_as_known(review, Besides(**told, report=_report(case, outcome), whole=True))


def _report(case: Case, outcome: BatchOutcome) -> str:
    """Return where a call's report lies: its path, or its address without what it takes to get in."""
    job = case.job
    if job.into is None:
        page = job.output.path("html")
        return str((page if page in outcome.files else job.output.path("json")).resolve())
    return next((one for one in outcome.addresses if one.endswith(".html")), bare(job.address("json")))


def _remove(case: Case, outcome: BatchOutcome) -> None:
    for path in outcome.files:
        path.unlink(missing_ok=True)
    for address in outcome.addresses:
        remove_at(str(case.job.into), address.rpartition("/")[2])
