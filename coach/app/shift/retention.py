"""Forgetting calls whose time is over: what the staff were told, whether nights run or not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from coach.app.nightly.ledger import last_night, newest, note_night
from coach.app.purge_far import LATER
from coach.reporting.phrases import SHIFT, phrases
from coach.store.opening import place

if TYPE_CHECKING:
    from coach.app.nightly.ledger import Last
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
    trusted = last.trusts(now, newest(out.glob("*")))
    note_night(out, last.then(now, trusted=trusted))
    if not trusted:
        return Forgotten(0, None, _postponed(len(kept.calls), last, now))
    if kept.nothing:
        return Forgotten(0, before)
    if kept.far.unreached:
        return Forgotten(0, before, " ".join((*kept.far.unreached, LATER)))
    purge.forget(wish, where, kept)
    return Forgotten(len(kept.calls), before, say.count("kept.forgotten", len(kept.calls)) if kept.calls else "")


def _postponed(count: int, last: Last, now: datetime) -> str:
    if not count:
        return ""
    if last.at is None:
        return phrases(SHIFT).count("kept.unset", count, day=now.date().isoformat())
    return phrases(SHIFT).count("kept.postponed", count, days=(now - last.at).days)
