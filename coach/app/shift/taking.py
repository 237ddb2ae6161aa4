"""Taking recordings in: each is reviewed once, counted before it is touched, and ends in one state that is kept.

The order is what keeps everything: the attempt is counted, then the files are written, then the row, then the attempt
is ended. Killed between any two of these, the next run finds where it was. A recording is known by its bytes, so that
one that was moved or copied is not reviewed twice.

An attempt that never ended says that a run did, not why: the disk was full, somebody killed it, another recording in
hand took it along. So one that was in hand then is not blamed unheard; it comes last, with nothing else in hand.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from coach.app.batch import BatchOutcome, review_batch
from coach.app.intake.known import Found
from coach.app.shift.alone import Alone
from coach.app.shift.beforehand import Beforehand
from coach.app.shift.cases import (
    ALONE,
    BOMB,
    BOMBS,
    DEADLY,
    ENDED_ALL,
    GONE,
    NOT_BEGUN,
    PASSING,
    SET_ASIDE,
    TOO_OLD,
    Case,
    Intake,
    Taken,
    exit_code,
)
from coach.app.shift.keeping import keep, reviewed
from coach.conversation import CoachError, NoSuchRecording, RecordingError, StorageError

__all__ = ["DEADLY", "GONE", "SET_ASIDE", "Intake", "Taken", "exit_code", "take"]


def take(found: Sequence[Found], intake: Intake) -> Iterator[Taken]:
    """Yield every recording's end, each as it comes; every one of them is yielded once.

    Args:
        found: The recordings.
        intake: Where they are taken in.

    Raises:
        CoachError: The store or the settings cannot be used, or a model is missing.
    """
    yield from _Taking(intake).run(found)


class _Taking:
    """One run."""

    def __init__(self, intake: Intake) -> None:
        self._intake = intake
        self._beforehand = Beforehand(intake)
        self._alone = Alone(intake.store)
        self._full = False  # the disk, so that nothing more is begun

    def run(self, found: Sequence[Found]) -> Iterator[Taken]:
        """Yield every recording's end."""
        cases: list[Case] = []
        for one in self._beforehand.cases(found):
            if isinstance(one, Taken):
                yield one
            else:
                cases.append(one)
        waiting: list[Case] = []
        last: list[Case] = []
        for case in cases:
            settled = self._settled(case)
            if settled is None:
                (last if self._in_hand_before(case) else waiting).append(case)
            else:
                yield settled
        for again in (False, True):
            dead: list[Case] = []
            yield from self._round(waiting, dead, force=again or self._intake.force)
            waiting = dead  # once more; the second death is the last
        for case in last:
            yield from self._by_itself(case)

    def _settled(self, case: Case) -> Taken | None:
        """Return the end of a recording that is not to be touched, ``None`` where it is."""
        ended = self._beforehand.end(case)
        if ended is None and self._in_hand_before(case) and self._alone.left(case.key):
            ended = self._set_aside(case, ENDED_ALL)
            self._alone.end(case.key)
        if ended is not None and ended.message == TOO_OLD and not ended.known:
            self._note_too_old(case)
        return ended

    def _note_too_old(self, case: Case) -> None:
        """Keep that a call was not taken in for its age, so that it is told, and told once."""
        self._intake.noted(case.key)
        self._intake.store.wait(case.key, case.found.shown)
        self._intake.store.finish(case.key, "gone", sha256=case.sha256, message=TOO_OLD, exit_code=0)

    def _in_hand_before(self, case: Case) -> bool:
        """Return whether runs ended while a recording was in hand so often that it has to be by itself."""
        before = self._beforehand.attempts.get(case.key)
        if before is None or self._intake.force:
            return False
        return before.state == "working" and before.attempts >= DEADLY

    def _by_itself(self, case: Case) -> Iterator[Taken]:
        """Review a recording with nothing else in hand, so that it is known what stops the run if anything does."""
        if self._full:
            yield case.ended("waiting", NOT_BEGUN, StorageError.exit_code)
            return
        case.alone = True
        try:
            yield from self._round([case], [], force=self._intake.force)
        except (Exception, KeyboardInterrupt, GeneratorExit):
            self._alone.end(case.key)
            raise
        self._alone.end(case.key)

    def _round(self, cases: Sequence[Case], dead: list[Case], *, force: bool) -> Iterator[Taken]:
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
        for case in left.values():
            self._give_back(case)
            yield case.ended("waiting", NOT_BEGUN, StorageError.exit_code)

    @contextlib.contextmanager
    def _given_back(self, left: Mapping[int, Case]) -> Iterator[None]:
        """Where the run is stopped, or cannot go on, what was in hand is no reason to set it aside some night."""
        try:
            yield
        except (Exception, KeyboardInterrupt, GeneratorExit):
            for case in left.values():  # each by itself: on a full disk one may fit and the next may not
                with contextlib.suppress(CoachError):
                    self._give_back(case)
            raise

    def _give_back(self, case: Case) -> None:
        if case.begun:
            self._intake.store.wait(case.key, case.found.shown)

    def _begin(self, case: Case) -> None:
        self._start(case)
        if self._intake.told is not None:
            self._intake.told(case.index)

    def _start(self, case: Case) -> None:
        self._intake.noted(case.key)
        self._intake.store.begin(case.key, case.found.shown, case.sha256)
        case.begun = True
        if case.alone:
            self._alone.begin(case.key)

    def _end(self, case: Case, outcome: BatchOutcome) -> Taken | None:
        """Keep what came of a recording, and return its end, ``None`` where its worker died for the first time."""
        store, failure = self._intake.store, outcome.failure
        if outcome.status in ("reviewed", "unchanged"):
            return self._reviewed(case, outcome)
        code = failure.exit_code if failure is not None else RecordingError.exit_code
        message = case.found.hide(failure.message) if failure is not None else ""
        if outcome.status == "died" and code != 1:
            return self._died(case)
        if code == StorageError.exit_code:
            self._full = True
        if code == StorageError.exit_code or any(sentence in message for sentence in PASSING):
            store.wait(case.key, case.found.shown)
            return case.ended("waiting", message, code)
        if any(sentence in message for sentence in BOMBS):
            return self._set_aside(case, BOMB.format(reason=message))
        stage = failure.stage if failure is not None else None
        if code == NoSuchRecording.exit_code:
            store.finish(case.key, "gone", sha256=case.sha256, stage=stage, message=GONE, exit_code=code)
            return case.ended("gone", GONE, code)
        store.finish(case.key, "failed", sha256=case.sha256, stage=stage, message=message, exit_code=code)
        return replace(case.ended("failed", message, code), seconds=outcome.seconds)

    def _died(self, case: Case) -> Taken | None:
        case.deaths += 1
        if case.alone:
            return self._set_aside(case, ALONE)
        return self._set_aside(case, SET_ASIDE) if case.deaths >= DEADLY else None

    def _reviewed(self, case: Case, outcome: BatchOutcome) -> Taken:
        before = self._beforehand.attempts.get(case.key)
        case.sha256 = outcome.sha256 or case.sha256
        known = outcome.status == "unchanged" and before is not None and before.state == "done"
        if not known:
            if not case.begun:  # reviewed before there was a store, or by a run that was killed before it could say so
                self._start(case)
            ended = keep(self._intake.store, case, outcome)
            if ended is not None:
                return ended
        return reviewed(case, outcome, known=known)

    def _set_aside(self, case: Case, why: str) -> Taken:
        code = RecordingError.exit_code
        self._intake.noted(case.key)
        self._intake.store.finish(case.key, "quarantined", sha256=case.sha256, message=why, exit_code=code)
        return case.ended("quarantined", why, code)
