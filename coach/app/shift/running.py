"""The use case of a shift: recordings in; reports, every agent's own page, then the shift's page out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from coach.app.intake.discover import discover, sources_of
from coach.app.intake.known import Discovery, Found, Refused
from coach.app.report_folder import Far, folder_at
from coach.app.review import settings_of
from coach.app.settings import Held
from coach.app.shift import policy as policies
from coach.app.shift import seeing
from coach.app.shift.assembling import Material
from coach.app.shift.leftovers import sweep
from coach.app.shift.links import OWN_PAGES
from coach.app.shift.pages import Written, write_pages
from coach.app.shift.policy import Policy
from coach.app.shift.retention import forget_due
from coach.app.shift.taking import Intake, Taken, exit_code, take
from coach.conversation import NoSuchRecording
from coach.locking import only_one
from coach.store.opening import place
from coach.store.store import Store, open_store

if TYPE_CHECKING:
    from coach.app.settings import Settings
    from coach.engines.protocol import Engine

RECIPE: Final = "shift"

_BY = "what holds for everybody's calls"
OF_OTHERS: Final[Mapping[str, Held]] = {
    "agent": Held(None, _BY),  # who took a call is known of that call, or unknown: never whoever runs the shift
    "library": Held(value=False, by=_BY),
    "you_first": Held(value=False, by=_BY),
}
"""Settings that are a person's own, for their own calls: a shift's calls are not, whatever any file says."""

Told = Callable[[Found, Taken | None], None]
"""Told a recording before any work is done on it, and again with its end."""


@dataclass(frozen=True)
class Plan:
    """What a shift was asked to do.

    Attributes:
        inputs: Files, folders, addresses.
        manifest: A table that names recordings or tells of them.
        flags: Settings from the command line.
        engine: Where calls are reviewed.
        store: URL or file of the shift's store; the user's own one when ``None``.
        policy: File of the agreement; the user's own one when ``None``.
        force: Review again what was reviewed, refused or set aside.
        again: Whether what was refused before is tried again.
    """

    inputs: Sequence[str | Path]
    engine: Engine
    manifest: Path | None = None
    flags: Mapping[str, object] = field(default_factory=dict)
    store: str | None = None
    policy: Path | None = None
    force: bool = False
    again: bool = True


@dataclass(frozen=True)
class Shift:
    """What became of a shift.

    Attributes:
        taken: Every recording's end.
        refused: What was named and could not be taken in.
        skipped: What was let be on purpose.
        notes: Of the whole.
        written: The pages; ``None`` where there was nothing to write them from.
    """

    taken: tuple[Taken, ...]
    refused: tuple[Refused, ...] = ()
    skipped: tuple[Refused, ...] = ()
    notes: tuple[str, ...] = ()
    written: Written | None = None

    @property
    def exit_code(self) -> int:
        """By the table of codes."""
        return exit_code(self.taken, len(self.refused))

    def count(self, *ends: str) -> int:
        """Return how many recordings ended so."""
        return sum(one.end in ends for one in self.taken)


def shift_flags(flags: Mapping[str, object]) -> dict[str, object]:
    """Return flags for the calls of others: the shift's recipe where no other is named, and nothing of one's own."""
    return {**flags, "recipe": flags.get("recipe") or RECIPE, **OF_OTHERS}


def run_shift(plan: Plan, told: Told | None = None, began: Callable[[Discovery], None] | None = None) -> Shift:
    """Review a shift's recordings and write its pages.

    Args:
        plan: What was asked for.
        told: Told of every recording as it is taken in hand and as it ends.
        began: Told what was found before any of it is reviewed.

    Raises:
        ConfigurationError: Nobody has agreed on what a shift is for yet, or settings cannot be.
        NoSuchRecording: Nothing is there to review.
        UsageError: The reports are to go to what is no address of a folder.
        LockedError: Another run is at work in the same place.
        CoachError: The store cannot be used, a model is missing, pages cannot be written.
    """
    policy = policies.require(plan.policy)
    flags = shift_flags(plan.flags)
    settings = settings_of(flags)
    reports = folder_at(settings.text("out"))
    discovery = discover(plan.inputs, manifest=plan.manifest, sources=sources_of(settings))
    if discovery.empty:
        said = (*discovery.notes, *(one.reason for one in discovery.refused))
        raise NoSuchRecording(" ".join(said) or "No recording was named. Name files, a folder or --manifest.")
    if began is not None:
        began(discovery)
    out = reports.memory(place(plan.store, "shift").folder)
    with only_one(out), open_store(plan.store, purpose="shift", alone=True) as store:
        sweep(out, store.folder)
        if isinstance(reports, Far):  # before hours of work: whether anything can be written there
            reports.prepare()
            reports.sweep(OWN_PAGES)
        due = forget_due(policy, plan.store, out, datetime.now(UTC), address=reports.secret)
        taken = _take(discovery.found, _Asked(plan, settings, flags, due.since), store, told)
        written = publish(store, policy, settings, taken, discovery.refused)
    notes = (*discovery.notes, *([due.said] if due.said else []))
    return Shift(taken, discovery.refused, discovery.skipped, notes, written)


@dataclass(frozen=True)
class _Asked:
    """A plan with its settings, and the time before which nothing is kept."""

    plan: Plan
    settings: Settings
    flags: Mapping[str, object]
    since: datetime | None


def _take(found: Sequence[Found], asked: _Asked, store: Store, told: Told | None) -> tuple[Taken, ...]:
    plan, ends = asked.plan, []
    hand = None if told is None else (lambda index: told(found[index], None))
    intake = Intake(store, asked.settings, asked.flags, plan.engine, plan.force, plan.again, hand, since=asked.since)
    for one in take(found, intake):
        ends.append(one)
        if told is not None:
            told(one.found, one)
    return tuple(ends)


def _hashes(taken: Sequence[Taken], *ends: str) -> frozenset[str]:
    return frozenset(one.sha256 for one in taken if one.sha256 is not None and one.end in ends)


def publish(
    store: Store,
    policy: Policy,
    settings: Settings,
    taken: Sequence[Taken] | None = None,
    untaken: Sequence[Refused] = (),
    now: datetime | None = None,
) -> Written:
    """Write every agent's own page and then the shift's, and note for each agent to whom it goes.

    Args:
        store: The shift's store.
        policy: What was agreed on.
        settings: Where pages go, and whose days they are told in.
        taken: The recordings of this shift; ``None`` for all that are kept.
        untaken: What was named and could not be taken in.
        now: For the page's head and its list to listen to.
    """
    at = now or datetime.now(UTC)
    refused = store.attempts(("failed", "quarantined"))
    if taken is not None:
        these = _hashes(taken, "failed", "quarantined")
        refused = [attempt for attempt in refused if attempt.sha256 in these]
    material = Material(
        policy,
        calls=store.calls(since=policy.kept_since(at)),
        answers=store.answers(),
        runs=store.runs(),
        attempts=refused,
        untaken=[(one.name, one.reason) for one in untaken],
        damaged={one.sha256: one.message for one in taken or () if one.partial and one.sha256 and one.message},
        made_at=at,
        shift=None if taken is None else _hashes(taken, "reviewed", "unchanged"),
        zone=zone_of(settings),
    )
    written = write_pages(folder_at(settings.text("out")), material)
    seeing.note(store, policy.supervisors, seeing.PAGE, written.agents)
    return written


def zone_of(settings: Settings) -> tzinfo:
    """Return whose days and weeks pages are told in: the setting's, or this computer's."""
    name = settings["timezone"]
    local = datetime.now().astimezone().tzinfo
    return ZoneInfo(str(name)) if name is not None else local if local is not None else UTC
