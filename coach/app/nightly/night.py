"""One night: settle, take in, publish, tell, forget. It can be killed anywhere and goes on the next time."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from coach.app.intake.discover import discover, sources_of
from coach.app.intake.known import Discovery, Found, Refused
from coach.app.locking import only_one
from coach.app.nightly.mailing import compose, queue, send_waiting
from coach.app.nightly.orders import Mail, Night
from coach.app.nightly.settling import settle
from coach.app.review import settings_of
from coach.app.shift import policy as policies
from coach.app.shift.pages import PAGE
from coach.app.shift.running import publish
from coach.app.shift.taking import Intake, Taken, exit_code, take
from coach.conversation import CoachError, ConfigurationError, RecordingError
from coach.engines.choose import open_engine
from coach.files import write_atomically
from coach.reporting.digest import Digest, render_digest
from coach.store.opening import place
from coach.store.store import Store, open_store

if TYPE_CHECKING:
    from coach.app.settings import Settings
    from coach.app.shift.policy import Policy

RETENTION: Final = "retention"
"""Why a call was forgotten, as its tombstone has it."""

DIGEST: Final = "night-{day}.md"

Told = Callable[[str], None]
"""Told how far the night is, in lines for a log; nothing of any call but its masked name."""


@dataclass(frozen=True)
class Ended:
    """What became of a night.

    Attributes:
        digest: What is told of it.
        taken: Every recording's end.
        refused: What lay in the inbox and could not be taken in.
        file: The digest's file; ``None`` where nothing was new.
        mailed: Mails that were sent.
        trouble: What could not be done at the end, such as mailing, in a sentence.
    """

    digest: Digest
    taken: tuple[Taken, ...] = ()
    refused: tuple[Refused, ...] = ()
    file: Path | None = None
    mailed: int = 0
    trouble: str | None = None

    @property
    def exit_code(self) -> int:
        """By the table of codes: an empty inbox and a night with nothing new are 0."""
        code = exit_code(self.taken, len(self.refused))
        return code or (ConfigurationError.exit_code if self.trouble is not None else 0)


def run_night(night: Night, told: Told = lambda _line: None) -> Ended:
    """Do what a night is to do.

    Args:
        night: The orders.
        told: Told how far it is.

    Raises:
        ConfigurationError: Nobody has agreed on what a shift is for yet, or the orders cannot be.
        LockedError: Another run is at work in the same place.
        CoachError: The store cannot be used, a model is missing, the disk is full.
    """
    policy = policies.require(night.policy)
    flags: dict[str, object] = {"recipe": night.recipe, "out": str(night.out)}
    settings = settings_of(flags)
    with only_one(night.out, place(night.store, "shift").folder), open_store(night.store, purpose="shift") as store:
        work = _Night(night, policy, settings, store, told)
        return work.run(flags)


class _Night:
    """One night in hand."""

    def __init__(self, night: Night, policy: Policy, settings: Settings, store: Store, told: Told) -> None:
        self._night, self._policy, self._settings, self._store, self._told = night, policy, settings, store, told
        self._began = time.monotonic()

    def run(self, flags: dict[str, object]) -> Ended:
        """Do it all, in order: nothing is told before it is kept."""
        discovery = self._inbox()
        settled = settle(discovery.found, self._night.settle)
        self._note_waiting(settled.waiting)
        taken = self._take(settled.whole, flags)
        new_refusals = self._note_refused(discovery.refused)
        forgotten = self._forget()
        digest = self._digest(taken, settled.waiting, new_refusals, forgotten)
        news = digest.news
        if news or not (self._night.out / PAGE).is_file():
            publish(self._store, self._policy, self._settings, None)
        file = self._write(digest) if news else None
        mailed, trouble = self._mail(digest if news else None)
        return Ended(digest, tuple(taken), tuple(new_refusals), file, mailed, trouble)

    def _inbox(self) -> Discovery:
        night = self._night
        discovery = discover(list(night.inbox), manifest=night.manifest, sources=sources_of(self._settings))
        count = len(discovery.found)
        self._told(f"{count} {'recording' if count == 1 else 'recordings'} in the inbox")
        return discovery

    def _note_waiting(self, waiting: Sequence[Found]) -> None:
        for one in waiting:
            self._told(f"{one.name}: still being written; the next night takes it up")

    def _take(self, found: Sequence[Found], flags: dict[str, object]) -> list[Taken]:
        night, taken = self._night, []
        with open_engine(night.engine, jobs=night.jobs, address=night.address) as engine:
            intake = Intake(self._store, self._settings, flags, engine, again=False)
            for one in take(found, intake):
                taken.append(one)
                if not one.known:
                    self._told(f"{one.found.name}: {one.end}")
        return taken

    def _note_refused(self, refused: Sequence[Refused]) -> list[Refused]:
        """Keep what could not even be taken in, and return what is new of it: a night tells it once."""
        new = []
        for one in refused:
            key = f"refused:{one.shown}"
            before = self._store.attempt(key)
            if before is not None and before.state == "failed" and before.message == one.reason:
                continue
            self._store.begin(key, one.shown)
            self._store.finish(key, "failed", stage="intake", message=one.reason, exit_code=RecordingError.exit_code)
            new.append(one)
        return new

    def _forget(self) -> int:
        """Forget calls whose time is over, reports and all, and return how many."""
        from coach.app import purge  # noqa: PLC0415  (only where the night comes to it)

        now = datetime.now(UTC)
        before = self._policy.kept_since(now)
        if self._night.keep_days is not None:
            before = max(before, now - timedelta(days=self._night.keep_days))
        where = purge.Place(self._night.store or str(place(None, "shift").file), self._night.out)
        wish = purge.Wish(before=before)
        kept = purge.find(wish, where)
        if kept.nothing:
            return 0
        purge.forget(wish, where, kept)
        return len(kept.calls)

    def _digest(
        self, taken: Sequence[Taken], waiting: Sequence[Found], refused: Sequence[Refused], forgotten: int
    ) -> Digest:
        new = [one for one in taken if not one.known]
        ends = [one.end for one in new]
        reasons = [(one.found.name, one.message) for one in new if one.message and one.end in ("failed", "quarantined")]
        return Digest(
            day=datetime.now().astimezone().date().isoformat(),
            reviewed=ends.count("reviewed"),
            failed=ends.count("failed") + len(refused),
            quarantined=ends.count("quarantined"),
            partial=sum(one.partial for one in new),
            waiting=ends.count("waiting") + len(waiting),
            copies=ends.count("copy"),
            forgotten=forgotten,
            seconds=time.monotonic() - self._began,
            sound=sum(one.duration or 0.0 for one in new),
            reasons=(*reasons, *((one.shown, one.reason) for one in refused)),
        )

    def _write(self, digest: Digest) -> Path:
        """Write the digest beside the page, under a name that no other night has."""
        stamp = datetime.now().astimezone().strftime("%Y-%m-%d-%H%M%S")
        path = self._night.out / DIGEST.format(day=stamp)
        write_atomically(path, render_digest(digest, PAGE))
        return path

    def _mail(self, digest: Digest | None) -> tuple[int, str | None]:
        """Mail this night's digest and those that still wait, and return how many, and what went wrong."""
        mail: Mail | None = self._night.mail
        if mail is None:
            return 0, None
        try:
            if digest is not None:
                at = datetime.now().astimezone()
                queue(compose(digest, mail, at), self._night.out, at.strftime("%Y-%m-%d-%H%M%S"))
            return send_waiting(self._night.out, mail), None
        except CoachError as error:
            return 0, str(error)
