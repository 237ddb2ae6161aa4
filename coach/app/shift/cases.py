"""What recordings are on their way through a shift, and how they end."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from coach.app.intake.known import Found
from coach.conversation import StorageError
from coach.speech.decoding.source import unreadable

if TYPE_CHECKING:
    from coach.app.jobs import Job
    from coach.app.settings import Settings
    from coach.engines.protocol import Engine
    from coach.store.store import Store

End = Literal["reviewed", "unchanged", "failed", "quarantined", "copy", "forgotten", "waiting", "gone"]
"""How a recording ended: reviewed now; reviewed before; refused; set aside for good; the same bytes as another of this
run; purged before, so not taken in again; left for the next run, because the disk was full or the recording was still
written or could not be reached; moved away or deleted meanwhile."""

DEADLY: Final = 2
"""Workers that a recording may stop in one run before it is set aside; also attempts that never ended, for whatever
reason, after which it is worked on last and with nothing else in hand."""

SET_ASIDE: Final = (
    "It stopped its worker twice, so it was set aside. Review it by itself to see why; --force takes it in again."
)
ALONE: Final = (
    "Runs ended over it, then its own worker did with nothing else in hand, so it was set aside. Review it by itself "
    "to see why; --force takes it in again."
)
ENDED_ALL: Final = (
    "Runs ended over it, the last one with nothing else in hand, so it was set aside. Review it by itself to see why; "
    "--force takes it in again."
)
FORGOTTEN: Final = "It was purged, so it is not taken in again."
NOT_BEGUN: Final = "Reports could no longer be written when it was to be begun; the next run takes it up."
GONE: Final = "It was moved away or deleted after it was found. Where it lies elsewhere now, name that place."
TOO_OLD: Final = "Its call is older than what is kept, so it is not taken in."
UNKEPT: Final = "Its review was written and could not be taken into the store: {reason}"
PASSING: Final = (unreadable("")[2:], "changed while it was read")
"""Of a recording's own, what the next run may find mended: a share that was away, a file that was still written."""
BOMBS: Final = ("would take too much memory", "goes on, beyond the limit")
"""Of a recording whose content is far more than its header or its size says: it is set aside at once."""
BOMB: Final = "{reason} It was set aside; --force takes it in again."
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
        files: The report's, on this computer.
        addresses: The same where they are at an address; without what it takes to get in.
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
    addresses: tuple[str, ...] = ()
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
class Case:
    """One recording on its way.

    Attributes:
        index: Its place among those that were found.
        found: What was found of it.
        job: What is asked of the worker.
        sha256: What it is known by, where that is known before it is fetched.
        key: What its attempts are known by in the store.
        begun: Whether this run has counted an attempt.
        deaths: Of its own workers in this run.
        alone: Whether it is worked on with nothing else in hand.
    """

    index: int
    found: Found
    job: Job
    sha256: str | None
    key: str
    begun: bool = False
    deaths: int = 0
    alone: bool = False

    def ended(self, end: End, message: str | None = None, exit_code: int = 0) -> Taken:
        """Return its end."""
        return Taken(self.found, end, self.sha256, message, exit_code, key=self.key)


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
