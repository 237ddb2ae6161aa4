"""From stored calls and answers to what the pages of a shift show."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, tzinfo
from functools import cached_property
from itertools import pairwise
from pathlib import PurePath

from coach import __version__
from coach.app.settings import MASKED
from coach.app.shift.calibration import calibrate
from coach.app.shift.contests import Contest, contests
from coach.app.shift.links import Link, no_links
from coach.app.shift.listen_first import HOW_MANY, Pick, listen_first
from coach.app.shift.policy import Policy
from coach.app.shift.sums import Sums, agent_of, latest, started_on, sum_up, voices_known
from coach.privacy.mask import mask_text
from coach.reporting.phrases import phrases
from coach.reporting.shift_values import (
    COMPANY,
    AgentPage,
    CallRow,
    Contested,
    Contests,
    Day,
    Failure,
    Kept,
    Listen,
    ShiftPage,
    Spot,
    Unknown,
    Workload,
)
from coach.reporting.text import clean
from coach.store.values import Answer, Attempt, Run, StoredCall

KEPT = 12
"""Moments that went well on an agent's page, at most."""


@dataclass(frozen=True)
class Material:
    """What a shift's pages are made from.

    Attributes:
        policy: What was agreed on.
        calls: Every call that is kept, this shift's among them: an agent's weeks are made of all of these.
        answers: What people said about them.
        runs: What made the reviews.
        attempts: Recordings that were not reviewed.
        untaken: What was named and could not even be taken in: what it may be called, and why.
        damaged: Hashes of calls of which something was missing, and what.
        made_at: When the pages are made; also seeds the list to listen to.
        shift: Hashes of this shift's calls; ``None`` where all of them are.
        zone: Whose days and weeks they are.
        how_many: Calls to listen to first.
    """

    policy: Policy
    calls: Sequence[StoredCall]
    answers: Sequence[Answer] = ()
    runs: Sequence[Run] = ()
    attempts: Sequence[Attempt] = ()
    untaken: Sequence[tuple[str, str]] = ()
    damaged: Mapping[str, str] = field(default_factory=dict)
    made_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    shift: frozenset[str] | None = None
    zone: tzinfo = UTC
    how_many: int = HOW_MANY

    @cached_property
    def sums(self) -> Sums:
        """What may be said about each person."""
        return sum_up(self.calls, self.answers, self.runs, told_on=self.policy.told_on, zone=self.zone)

    @cached_property
    def known(self) -> tuple[StoredCall, ...]:
        """The newest review of each call that staff were told before, in order of time."""
        before = {call.sha256 for call in self.sums.before_told}
        return tuple(call for call in latest(self.calls) if call.sha256 not in before)

    @cached_property
    def of_shift(self) -> tuple[StoredCall, ...]:
        """This shift's calls in order of time, those from before the staff were told among them."""
        return self.among(latest(self.calls))

    @cached_property
    def picks(self) -> tuple[Pick, ...]:
        """Calls to listen to first."""
        day = self.made_at.astimezone(self.zone).date()
        return listen_first(self.among(self.known), self.answers, day, how_many=self.how_many)

    @cached_property
    def contested(self) -> Mapping[str, tuple[Contest, ...]]:
        """What was contested, by call."""
        by_call: dict[str, list[Answer]] = defaultdict(list)
        for answer in self.answers:
            by_call[answer.sha256].append(answer)
        return {call.sha256: contests(call, by_call[call.sha256]) for call in self.known if call.sha256 in by_call}

    def among(self, calls: Iterable[StoredCall]) -> tuple[StoredCall, ...]:
        """Return those of the calls that are this shift's."""
        return tuple(call for call in calls if self.shift is None or call.sha256 in self.shift)


def shift_page(material: Material, link: Link) -> ShiftPage:
    """Return what the page shows that supervisors see: what the agreement lets them, and no more.

    Args:
        material: What the pages are made from.
        link: Gives reports their address relative to the page.
    """
    policy, sums = material.policy, material.sums
    link = link if policy.lets_see("reports") else no_links
    unknown = [
        *(Unknown(_name(call), "agent") for call in material.among(sums.nobodys)),
        *(Unknown(_name(call), "roles") for call in material.among(sums.roles_unknown)),
    ]
    refused = tuple(attempt for attempt in material.attempts if attempt.state in ("failed", "quarantined"))
    figures = sums.agents if policy.lets_see("figures") else ()
    return ShiftPage(
        agreement=policy.agreement,
        made_at=material.made_at.astimezone(material.zone),
        version=__version__,
        reviewed=len(material.of_shift),
        failures=(*map(_failure, refused), *(Failure(name, why, set_aside=False) for name, why in _untaken(material))),
        workload=_workload(material) if policy.lets_see("workload") else None,
        listen=_listen(material.picks, link) if policy.lets_see("listen_first") else (),
        agents=figures,
        unknown=tuple(unknown),
        before_told=len(material.among(sums.before_told)),
        contests=_contests(material),
        calibration=calibrate(material.known, material.answers, phrases()) if policy.lets_see("calibration") else (),
        calls=(
            *_rows(material, link),
            *map(_refused_row, refused),
            *(
                CallRow(name, None, None, None, None, None, None, "refused", why, None)
                for name, why in _untaken(material)
            ),
        ),
        figures_shown=policy.lets_see("figures"),
    )


def agent_pages(material: Material, link: Link) -> tuple[AgentPage, ...]:
    """Return what each agent's own page shows: everything about them that anybody else sees, and what went well.

    Args:
        material: What the pages are made from.
        link: Gives reports their address relative to an agent's page.
    """
    policy, sums = material.policy, material.sums
    listen = _listen(material.picks, link) if policy.lets_see("listen_first") else ()
    before = Counter(agent_of(call) for call in sums.before_told)
    pages = []
    for figures in sums.agents:
        theirs = sums.calls[figures.agent]
        heard = [call for call in theirs if voices_known(call)]
        hard = [call for call in heard if call.hard]
        pages.append(
            AgentPage(
                agreement=policy.agreement,
                made_at=material.made_at.astimezone(material.zone),
                version=__version__,
                figures=figures,
                shown_on=policy.lets_see("figures"),
                kept=_kept(heard, link),
                hard=len(hard),
                hard_running=_running(theirs, material.zone),
                contested=_contested(material, theirs, link),
                listen=tuple(each for each in listen if each.agent == figures.agent),
                left_out=len(theirs) - len(heard),
                before_told=before[figures.agent],
            )
        )
    return tuple(pages)


def _name(call: StoredCall) -> str:
    return clean(call.uri or "") or call.sha256[:12]


def _spot(call: StoredCall, link: Link, at: float | None = None) -> Spot:
    return Spot(_name(call), link(call), at, call.started_at)


def _listen(picks: Iterable[Pick], link: Link) -> tuple[Listen, ...]:
    return tuple(
        Listen(_spot(pick.call, link, pick.at), agent_of(pick.call), pick.reason, pick.skill) for pick in picks
    )


def _attempt_name(attempt: Attempt) -> str:
    """Return what a recording is called without where it lies, masked as names of files are."""
    return clean(mask_text(PurePath(attempt.uri.replace("\\", "/")).name, MASKED)) or attempt.key[:12]


def _reason(attempt: Attempt) -> str:
    """Return why a recording was not reviewed, without its name, which stands beside it."""
    return clean(attempt.message or "").removeprefix(f"{_attempt_name(attempt)}:").strip()


def _untaken(material: Material) -> Iterator[tuple[str, str]]:
    """Yield what was named and could not be taken in, and why, without its name, which stands beside it."""
    for name, why in material.untaken:
        yield clean(name), clean(why).removeprefix(f"{clean(name)}:").strip()


def _failure(attempt: Attempt) -> Failure:
    return Failure(_attempt_name(attempt), _reason(attempt), attempt.state == "quarantined")


def _workload(material: Material) -> Workload:
    calls = material.among(material.known)
    by_day: dict[date | None, list[StoredCall]] = defaultdict(list)
    for call in calls:
        by_day[started_on(call, material.zone)].append(call)
    days = sorted(by_day, key=lambda day: day or date.min)
    company = {agent_of(call) for call in calls} - {None}
    return Workload(
        len(calls),
        _length(calls),
        sum(call.hard for call in calls) if len(company) >= COMPANY else None,
        tuple(Day(day, len(by_day[day]), _length(by_day[day])) for day in days),
    )


def _length(calls: Iterable[StoredCall]) -> float:
    return sum(call.duration or 0.0 for call in calls)


def _contests(material: Material) -> Contests:
    states = Counter(contest.state for found in material.contested.values() for contest in found)
    return Contests(states["open"], states["misheard"], states["stands"])


def _kept(calls: Sequence[StoredCall], link: Link) -> tuple[Kept, ...]:
    """Return what went well, the latest first."""
    kept = []
    for call in reversed(calls):
        for advice in call.advice:
            if advice.kind == "keep":
                at = next((moment.start for moment in call.moments if moment.index == advice.moment), None)
                kept.append(Kept(clean(advice.skill), clean(advice.said), _spot(call, link, at)))
    return tuple(kept[:KEPT])


def _running(calls: Sequence[StoredCall], zone: tzinfo) -> bool:
    """Whether two hard calls came one after the other on one day."""
    dated = [call for call in calls if call.started_at is not None]
    return any(
        one.hard and other.hard and started_on(one, zone) == started_on(other, zone) for one, other in pairwise(dated)
    )


def _contested(material: Material, calls: Sequence[StoredCall], link: Link) -> tuple[Contested, ...]:
    say = phrases()
    found = []
    for call in reversed(calls):
        for contest in material.contested.get(call.sha256, ()):
            moment, answer = contest.moment, contest.answer
            kind = moment.kind if moment is not None else clean(answer.kind or "")
            label = say.kind(kind, "customer" if moment is not None and moment.role == "customer" else "agent")
            label = label if kind else say("notes.not_me")
            at = moment.start if moment is not None else answer.start
            found.append(Contested(label, _spot(call, link, at), contest.state))
    return tuple(found)


def _rows(material: Material, link: Link) -> Iterator[CallRow]:
    """Yield the table's rows: whose a call was, and where its report lies, of those on the list to listen to alone.

    Of all calls, that would be a list of each person's work and a way round what the agreement names.
    """
    policy = material.policy
    listed = {pick.call.sha256 for pick in material.picks} if policy.lets_see("listen_first") else frozenset()
    team = policy.lets_see("workload")
    for call in material.of_shift:
        on_list = call.sha256 in listed
        yield CallRow(
            _name(call),
            call.sha256,
            agent_of(call) if on_list else None,
            call.started_at if team else None,
            call.direction,
            call.call_type,
            call.duration if team else None,
            "reviewed",
            material.damaged.get(call.sha256),
            link(call) if on_list else None,
        )


def _refused_row(attempt: Attempt) -> CallRow:
    state = "set aside" if attempt.state == "quarantined" else "refused"
    return CallRow(_attempt_name(attempt), attempt.sha256, None, None, None, None, None, state, _reason(attempt), None)
