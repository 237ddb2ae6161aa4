"""Forgetting calls whose time is over: what the staff were told, whether nights run or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from coach.app.nightly.ledger import Last, last_night, note_night
from coach.app.purge_far import LATER
from coach.reporting.phrases import SHIFT, phrases
from coach.store.opening import place

if TYPE_CHECKING:
    from coach.app.shift.policy import Policy

RETENTION: Final = "retention"
"""Why a call was forgotten, as its tombstone has it."""


@dataclass(frozen=True, slots=True)
class Forgotten:
    """What was forgotten before a shift began.

    Attributes:
        calls: How many calls.
        since: Before this time nothing is kept, so nothing of it is taken in; ``None`` where the clock is not trusted.
        said: About it, in a sentence; empty where there is nothing to say.
    """

    calls: int
    since: datetime | None
    said: str = ""


def forget_due(policy: Policy, store: str | None, out: Path, now: datetime, *, address: str | None = None) -> Forgotten:
    """Forget the calls of a shift's store that are older than was agreed on, with their reports.

    Forgetting cannot be taken back. So where the clock says that the last run here was long ago, nothing is forgotten
    this time, as in a night. In the folder of reports only those go that the store knows of: a person's own may lie
    beside them.

    Args:
        policy: What was agreed on.
        store: URL or file of the shift's store; the user's own one when ``None``.
        out: Folder of the reports, or what is noted of runs whose reports go to an address.
        now: By this computer's clock.
        address: Of the reports, with what it takes to get in.

    Raises:
        StorageError: Something could not be removed; the next run does the rest.
    """
    from coach.app import purge  # noqa: PLC0415  (only where a shift comes to it)

    last, before, say = last_night(out), policy.kept_since(now), phrases(SHIFT)
    where = purge.Place(store or str(place(None, "shift").file), address=address)
    wish = purge.Wish(before=before, why=RETENTION)
    kept = purge.find(wish, where)
    if not last.trusts(now) and last.at is not None:
        note_night(out, Last(now, postponed=True))
        said = say.count("kept.postponed", len(kept.calls), days=(now - last.at).days) if kept.calls else ""
        return Forgotten(0, None, said)
    note_night(out, Last(now, postponed=False))
    if kept.nothing:
        return Forgotten(0, before)
    if kept.far.unreached:
        return Forgotten(0, before, " ".join((*kept.far.unreached, LATER)))
    purge.forget(wish, where, kept)
    return Forgotten(len(kept.calls), before, say.count("kept.forgotten", len(kept.calls)) if kept.calls else "")
