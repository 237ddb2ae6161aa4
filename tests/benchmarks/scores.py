"""Found against true on made calls: talk time, interruptions, attempts, backchannels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from coach.conversation import Interval, Role, Timeline, bridge, intersection, total
from tests.calls.compose import ComposedCall

CLOSE = 0.5
"""A moment is the true one when their onsets differ by no more than this, in seconds."""
SURE = 0.5
"""Confidence from which the product counts a moment."""
SIDES: tuple[Role, Role] = ("agent", "customer")


@dataclass(frozen=True, slots=True)
class Onset:
    """A moment that was found, or a true one: what, by whom, when."""

    kind: str
    role: str
    at: float
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Found:
    """What was found in one call: bridged speech and moments."""

    speech: Mapping[str, Timeline]
    moments: tuple[Onset, ...]


@dataclass
class Tally:
    """Counts of one kind over all calls; ``taken_for`` says what false ones really were."""

    hit: int = 0
    missed: int = 0
    false: int = 0
    taken_for: Counter[str] = field(default_factory=Counter)
    lost_as: Counter[str] = field(default_factory=Counter)
    where: list[str] = field(default_factory=list)

    @property
    def precision(self) -> float | None:
        """True ones among those found."""
        return self.hit / (self.hit + self.false) if self.hit + self.false else None

    @property
    def recall(self) -> float | None:
        """Found ones among the true."""
        return self.hit / (self.hit + self.missed) if self.hit + self.missed else None


@dataclass
class Scores:
    """Everything that is printed, over all calls."""

    kinds: dict[str, Tally] = field(default_factory=dict)
    naive: Tally = field(default_factory=Tally)
    ratio_errors: list[float] = field(default_factory=list)
    seconds: dict[str, list[tuple[float, float]]] = field(default_factory=lambda: {side: [] for side in SIDES})
    events: Counter[str] = field(default_factory=Counter)
    by_call: list[str] = field(default_factory=list)

    def add(self, call: ComposedCall, found: Found) -> None:
        """Count one call."""
        true = [Onset(e.kind, e.role, e.onset) for e in call.truth.events]
        self.events.update(e.kind for e in true)
        ours, theirs = ([total(found.speech[side]) for side in SIDES], [total(call.truth.speech[s]) for s in SIDES])
        for side, mine, exact in zip(SIDES, ours, theirs, strict=True):
            self.seconds[side].append((mine, exact))
        self.ratio_errors.append(100 * (_share(ours) - _share(theirs)))
        pairs = zip(SIDES, ours, theirs, strict=True)
        self.by_call.append(f"seed {call.seed}: " + ", ".join(f"{s} {a:.1f} of {b:.1f}" for s, a, b in pairs))
        for kind in ("interruption", "attempt", "backchannel", "cooperative"):
            tally = self.kinds.setdefault(kind, Tally())
            _count(tally, kind, [m for m in found.moments if m.kind == kind and m.confidence >= SURE], true, call.seed)
            _lost(tally, kind, found.moments, true)
        _count(self.naive, "interruption", naive(found.speech), true, call.seed)


def naive(speech: Mapping[str, Timeline], shortest: float = 0.3) -> list[Onset]:
    """Return every stretch that starts inside the other's speech and overlaps it by 0.3 s or more."""
    onsets: list[Onset] = []
    for side, other in (SIDES, SIDES[::-1]):
        for stretch in speech[side]:
            over = [o for o in speech[other] if o.start < stretch.start < o.end]
            if over and min(over[0].end, stretch.end) - stretch.start >= shortest:
                onsets.append(Onset("interruption", side, stretch.start))
    return onsets


def bridged(speech: Iterable[Interval]) -> Timeline:
    """Return speech with gaps under 0.3 s filled, as talk time is counted."""
    return bridge(speech, 0.3)


def overlap_share(call: ComposedCall) -> float:
    """Return how much of a call is simultaneous speech, 0 to 1."""
    return total(intersection(*(call.truth.speech[side] for side in SIDES))) / call.duration


def _share(seconds: Sequence[float]) -> float:
    return seconds[0] / sum(seconds) if sum(seconds) else 0.0


def _same(a: Onset, b: Onset) -> bool:
    return a.role == b.role and abs(a.at - b.at) <= CLOSE


def _count(tally: Tally, kind: str, found: Sequence[Onset], true: Sequence[Onset], seed: int) -> None:
    """Match one to one, nearest first; what a false one really was is the nearest true event of any kind."""
    real = [e for e in true if e.kind == kind]
    pairs = sorted((abs(f.at - e.at), i, j) for i, f in enumerate(found) for j, e in enumerate(real) if _same(f, e))
    hits: dict[int, int] = {}
    for _, i, j in pairs:
        if i not in hits and j not in hits.values():
            hits[i] = j
    tally.hit += len(hits)
    tally.missed += len(real) - len(hits)
    tally.false += len(found) - len(hits)
    for i, moment in enumerate(found):
        if i not in hits:
            near = [e for e in true if abs(e.at - moment.at) <= 2 * CLOSE]
            was = min(near, key=lambda e: abs(e.at - moment.at)) if near else None
            side = "" if was is None or was.role == moment.role else " of the other"
            tally.taken_for[was.kind + side if was else "nothing"] += 1
            tally.where.append(f"false {kind} by {moment.role}: seed {seed} at {moment.at:.2f} s")
    tally.where += [
        f"missed {kind} by {e.role}: seed {seed} at {e.at:.2f} s" for j, e in enumerate(real) if j not in hits.values()
    ]


def _lost(tally: Tally, kind: str, found: Sequence[Onset], true: Sequence[Onset]) -> None:
    """Say what a true one that was missed was taken for."""
    for event in true:
        if event.kind != kind or any(m.kind == kind and m.confidence >= SURE and _same(m, event) for m in found):
            continue
        near = [m for m in found if _same(m, event)]
        if near:
            best = min(near, key=lambda m: abs(m.at - event.at))
            tally.lost_as[best.kind if best.confidence >= SURE else f"{best.kind} not sure"] += 1
        else:
            tally.lost_as["nothing"] += 1
