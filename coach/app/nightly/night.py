"""One night: settle, take in, forget, publish, tell. It can be killed anywhere and goes on the next time."""

from __future__ import annotations

import hashlib
import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from coach.app.intake.discover import discover, sources_of
from coach.app.intake.known import Discovery, Found, Refused
from coach.app.intake.shown import hide, is_address
from coach.app.nightly.ledger import Ledger, last_night, newest, note_night
from coach.app.nightly.mailing import compose, queue, send_waiting
from coach.app.nightly.orders import Mail, Night
from coach.app.nightly.settling import awaited, settle
from coach.app.nightly.telling import digest_of
from coach.app.purge_far import LATER
from coach.app.report_folder import Far, Near, folder_at
from coach.app.review import settings_of
from coach.app.shift import policy as policies
from coach.app.shift.leftovers import sweep
from coach.app.shift.links import OWN_PAGES
from coach.app.shift.pages import PAGE
from coach.app.shift.retention import RETENTION
from coach.app.shift.running import publish, shift_flags
from coach.app.shift.taking import GONE, Intake, Taken, exit_code, take
from coach.conversation import CoachError, ConfigurationError, NoSuchRecording, RecordingError
from coach.engines.choose import open_engine
from coach.locking import only_one
from coach.reporting.digest import Digest, render_digest
from coach.store.opening import place
from coach.store.store import Store, open_store

if TYPE_CHECKING:
    from coach.app.settings import Settings
    from coach.app.shift.policy import Policy

DIGEST: Final = "night-{stamp}.md"

MISSING: Final = "The inbox {inbox} is not there. Is its drive mounted?"
POSTPONED: Final = (
    "By this computer's clock the last night is {days} days ago, so nothing was forgotten this time. Check the clock; "
    "the first night after 20 hours forgets what is due."
)
UNSET: Final = (
    "This computer's clock says {day}, which cannot be by the files that are here, so nothing was forgotten this time. "
    "Check the clock; the first night after 20 hours forgets what is due."
)

Told = Callable[[str], None]
"""Told how far the night is, in lines for a log; nothing of any call but its masked name."""


@dataclass(frozen=True)
class Ended:
    """What became of a night.

    Attributes:
        digest: What is told of it.
        taken: Every recording's end.
        refused: What lay in the inbox and could not be taken in, and is new.
        missing: Inboxes that were not there.
        file: The digest's path, or address; ``None`` where nothing was new.
        mailed: Mails that were sent.
        trouble: What could not be done at the end, such as mailing, in a sentence.
    """

    digest: Digest
    taken: tuple[Taken, ...] = ()
    refused: tuple[Refused, ...] = ()
    missing: tuple[str, ...] = ()
    file: str | None = None
    mailed: int = 0
    trouble: str | None = None

    @property
    def exit_code(self) -> int:
        """By the table of codes: an empty inbox and a night with nothing new are 0."""
        bad = self.digest.failed + self.digest.quarantined + self.digest.partial
        code = exit_code(self.taken, bad)
        if not code and self.missing:
            return NoSuchRecording.exit_code
        return code or (ConfigurationError.exit_code if self.trouble is not None else 0)


def run_night(night: Night, told: Told = lambda _line: None) -> Ended:
    """Do what a night is to do.

    Args:
        night: The orders.
        told: Told how far it is.

    Raises:
        ConfigurationError: Nobody has agreed on what a shift is for yet, or the orders cannot be.
        NoSuchRecording: None of the inboxes is there.
        LockedError: Another run is at work in the same place.
        CoachError: The store cannot be used, a model is missing, the disk is full.
    """
    policy = policies.require(night.policy)
    flags = shift_flags({"recipe": night.recipe, "out": str(night.out)})
    settings = settings_of(flags)
    reports = folder_at(night.out)
    out = reports.memory(place(night.store, "shift").folder)
    with only_one(out), open_store(night.store, purpose="shift", alone=True) as store:
        sweep(out, store.folder)
        if isinstance(reports, Far):  # before anything is forgotten or taken in: whether it can be written there
            reports.prepare()
            reports.sweep(OWN_PAGES)
        return _Night(night, policy, settings, store, told).run(flags)


class _Night:
    """One night in hand."""

    def __init__(self, night: Night, policy: Policy, settings: Settings, store: Store, told: Told) -> None:
        self._night, self._policy, self._settings, self._store, self._told = night, policy, settings, store, told
        self._began = time.monotonic()
        self._now = datetime.now(UTC)
        self._reports = folder_at(night.out)
        self._home = self._reports.memory(place(night.store, "shift").folder)
        self._ledger = Ledger(self._home, self._reports)
        self._last = last_night(self._home)
        self._trusted = False  # this computer's clock, as far as forgetting goes

    def run(self, flags: dict[str, object]) -> Ended:
        """Do it all, in order: nothing is told before it is kept."""
        missing = self._missing()
        discovery = self._inbox(missing)
        self._trusted = self._last.trusts(self._now, self._newest(discovery))
        refused, awaited_ones = self._apart(discovery.refused)
        settled = settle(discovery.found, self._night.settle)
        for name in (*(one.name for one in settled.waiting), *awaited_ones):
            self._told(f"{name}: still being written; the next night takes it up")
        postponed = self._forget()
        taken = self._take(settled.whole, flags)
        new_refusals = self._note_refused(refused)
        if not missing:
            self._let_go(taken)
        waiting = len(settled.waiting) + len(awaited_ones)
        digest = digest_of(taken, waiting, self._ledger, self._store, time.monotonic() - self._began)
        file = self._publish(digest)
        mailed, trouble = self._send()
        note_night(self._home, self._last.then(self._now, trusted=self._trusted))
        shown = tuple(map(hide, missing))
        troubles = [*(MISSING.format(inbox=name) for name in shown), postponed, trouble]
        said = " ".join(one for one in troubles if one)
        return Ended(digest, tuple(taken), tuple(new_refusals), shown, file, mailed, said or None)

    def _missing(self) -> list[str]:
        """Return the inboxes that are not there.

        Raises:
            NoSuchRecording: None is.
        """
        gone = [one for one in self._night.inbox if not is_address(one) and not Path(one).exists()]
        if len(gone) == len(self._night.inbox):
            raise NoSuchRecording(" ".join(MISSING.format(inbox=hide(one)) for one in gone))
        return gone

    def _inbox(self, missing: Sequence[str]) -> Discovery:
        night = self._night
        there = [one for one in night.inbox if one not in missing]
        discovery = discover(there, manifest=night.manifest, sources=sources_of(self._settings))
        count = len(discovery.found)
        self._told(f"{count} {'recording' if count == 1 else 'recordings'} in the inbox")
        return discovery

    def _newest(self, discovery: Discovery) -> datetime | None:
        pieces = (piece.path for one in discovery.found for piece in one.pieces if piece.path is not None)
        return newest((*self._home.glob("*"), *pieces))

    def _apart(self, refused: Sequence[Refused]) -> tuple[list[Refused], list[str]]:
        """Return what cannot be reviewed, and the names of empty files that may still get their first byte."""
        empty = [one for one in refused if not is_address(one.uri) and awaited(Path(one.uri))]
        return [one for one in refused if one not in empty], [one.name for one in empty]

    def _take(self, found: Sequence[Found], flags: dict[str, object]) -> list[Taken]:
        night, taken = self._night, []
        with open_engine(night.engine, jobs=night.jobs, address=night.address) as engine:
            intake = Intake(
                self._store,
                self._settings,
                flags,
                engine,
                again=False,
                noted=self._ledger.begin,
                since=self._kept_since() if self._trusted else None,
            )
            for one in take(found, intake):
                taken.append(one)
                if not one.known:
                    self._told(f"{one.found.name}: {one.end}")
        return taken

    def _note_refused(self, refused: Sequence[Refused]) -> list[Refused]:
        """Keep what could not even be taken in, and return what is new of it: a night tells it once."""
        new = []
        for one in refused:
            key = f"refused:{hashlib.sha256(os.fsencode(one.uri)).hexdigest()}"
            before = self._store.attempt(key)
            if before is not None and before.state == "failed" and before.message == one.reason:
                continue
            self._ledger.begin(key)
            self._store.begin(key, one.shown)
            self._store.finish(key, "failed", stage="intake", message=one.reason, exit_code=RecordingError.exit_code)
            new.append(one)
        return new

    def _let_go(self, taken: Sequence[Taken]) -> None:
        """End attempts whose recording went, or was written to, after a night was killed over it."""
        here = {one.key for one in taken} | {one.sha256 for one in taken}
        for attempt in self._store.attempts({"working"}):
            if attempt.key not in here and attempt.sha256 not in here:
                self._store.finish(attempt.key, "gone", message=GONE, exit_code=NoSuchRecording.exit_code)

    def _kept_since(self) -> datetime:
        before = self._policy.kept_since(self._now)
        if self._night.keep_days is not None:
            before = max(before, self._now - timedelta(days=self._night.keep_days))
        return before

    def _forget(self) -> str | None:
        """Forget calls whose time is over, reports and all, or say why not: the clock, an address."""
        from coach.app import purge  # noqa: PLC0415  (only where the night comes to it)

        near = self._reports.path if isinstance(self._reports, Near) else None
        where = purge.Place(self._night.store or str(place(None, "shift").file), near, self._reports.secret)
        wish = purge.Wish(before=self._kept_since(), why=RETENTION)
        kept = purge.find(wish, where)
        if kept.nothing:
            return None
        if not self._trusted:
            if self._last.at is None:
                return UNSET.format(day=self._now.date().isoformat())
            return POSTPONED.format(days=(self._now - self._last.at).days)
        if kept.far.unreached:
            return " ".join((*kept.far.unreached, LATER))
        self._ledger.forget(call.sha256 for call in kept.calls)
        purge.forget(wish, where, kept)
        return None

    def _publish(self, digest: Digest) -> str | None:
        """Write pages and digest, queue the mail, and only then hold it for told."""
        reports, mail = self._reports, self._night.mail
        news = digest.news
        if news or self._ledger.open or not reports.holds(PAGE):
            publish(self._store, self._policy, self._settings, None)
        file = None
        if news:
            self._ledger.ensure_begun()
            name = DIGEST.format(stamp=self._ledger.stamp)
            reports.write(name, render_digest(digest, PAGE))
            file = reports.place(name)
            if mail is not None:
                message = compose(digest, mail, datetime.now().astimezone(), self._ledger.token)
                queue(message, self._home, self._ledger.stamp)
        self._ledger.close()
        return file

    def _send(self) -> tuple[int, str | None]:
        """Mail what waits, and return how many, and what went wrong."""
        mail: Mail | None = self._night.mail
        if mail is None:
            return 0, None
        try:
            return send_waiting(self._home, mail)
        except CoachError as error:
            return 0, str(error)
