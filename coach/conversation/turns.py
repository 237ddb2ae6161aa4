"""From parties to a conversation: stretches become turns, and what began inside a turn keeps its ruling.

::

    agent     ───── ─────────            ────────────
    customer             ── "mhm"   ────
              └──── one turn ─────┘  └─┘ └─ a turn ──┘
                         └┘ a backchannel: splits nothing
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from coach.conversation.conversation import (
    BRIDGED,
    Conversation,
    FloorEvent,
    Party,
    Separation,
    Turn,
    TurnKind,
)
from coach.conversation.floor import FAR_PARTY, MUTUAL_SILENCE, NOT_COUNTED, Floor, Ruling, silent_for
from coach.conversation.intervals import Interval, Timeline, bridge, union
from coach.conversation.stretches import Stretch, stretches_of

READABLE_PAUSE = 1.0
"""Where nobody can tell the parties apart, a pause of this length, in seconds, starts a new line of the transcript."""
ANSWER = 1.0
"""Where the agent alone is heard, a pause of this length, in seconds, may hold the customer's answer: a turn ends."""

BY_VOICE = FAR_PARTY
"""Highest confidence of who cut in on whom where voices on one channel were told apart: never more than likely."""

SURELY_TOGETHER = 0.4
"""Overlap under which nobody is counted as cutting in there, in seconds: of the shorter ones that a diarizer claims,
half are a handover (under 0.3 s), as made calls show."""

_CUTTING_IN = frozenset({"interruption", "interruption_attempt", "came_in_early"})
_KINDS: dict[str, TurnKind] = {"backchannel": "backchannel", "interruption_attempt": "attempt"}


def converse(
    parties: Sequence[Party],
    duration: float,
    separation: Separation,
    *,
    timed: bool = True,
    word_times: bool = True,
) -> Conversation:
    """Return the conversation that the parties had.

    Args:
        parties: Each with its raw activity and words; of each role at most one, but any number unknown. Where both
            are known, agent and customer come first, and only what is between the two is ruled on.
        duration: Length of the recording, in seconds.
        separation: How the parties were told apart.
        timed: Whether activity is known; otherwise turns follow the words and nothing is ruled on.
        word_times: Whether the words' times say when they were spoken.
    """
    sides = [stretches_of(i, party, _timeline(party, timed=timed)) for i, party in enumerate(parties)]
    ruled = _between(parties) if timed and separation != "none" else 0
    rulings = Floor(parties[:ruled], sides[:ruled]).rulings() if ruled else []
    rulings += [Ruling(s, "turn") for side in sides[ruled:] for s in side]
    runs = _runs(rulings, sides, longest_pause=_longest_pause(parties, separation))
    turns, at = _turns(runs, parties)
    return Conversation(
        duration=max([duration, *(spoken.end for party in parties for spoken in party.speech)]),
        separation=separation,
        parties=tuple(parties),
        turns=turns,
        floor=tuple(_events(rulings, parties, at, by_voice=separation == "diarization")),
        timed=timed,
        word_times=word_times,
    )


def _between(parties: Sequence[Party]) -> int:
    """Return how many parties, from the first, take the floor from each other: two or none."""
    known = [party.role for party in parties[:2]] == ["agent", "customer"]
    if len(parties) < 2 or (len(parties) > 2 and not known):
        return 0
    return 0 if any(party.words and not party.speech for party in parties[:2]) else 2


def _longest_pause(parties: Sequence[Party], separation: Separation) -> float:
    """Return the silence that ends a turn by itself, in seconds."""
    if separation == "none":
        return READABLE_PAUSE
    return ANSWER if [party.role for party in parties] == ["agent"] else MUTUAL_SILENCE


def _timeline(party: Party, *, timed: bool) -> Timeline:
    if timed and party.speech:
        return party.stretches
    return bridge([Interval(w.start, max(w.end, w.start + 0.01)) for w in party.words], BRIDGED)


@dataclass
class _Run:
    """Stretches on their way to becoming one turn."""

    kind: TurnKind
    stretches: list[Stretch]

    @property
    def interval(self) -> Interval:
        return Interval(self.stretches[0].start, max(s.end for s in self.stretches))


def _runs(rulings: Sequence[Ruling], sides: Sequence[Sequence[Stretch]], *, longest_pause: float) -> list[_Run]:
    """Return the stretches gathered into turns, each party's own in order."""
    taking = [r.stretch for r in rulings if r.splits]
    runs: list[_Run] = []
    for party in range(len(sides)):
        others = _Others(
            union(s.interval for s in taking if s.party != party),
            union(s.interval for side in sides for s in side if s.party != party),
        )
        current: _Run | None = None
        for ruling in sorted((r for r in rulings if r.stretch.party == party), key=lambda r: r.stretch.start):
            if not ruling.splits:
                runs.append(_Run(_KINDS.get(ruling.kind, "turn"), [ruling.stretch]))
                continue
            if current is None or others.ended(current.stretches[-1], ruling.stretch, longest_pause):
                current = _Run("turn", [ruling.stretch])
                runs.append(current)
            else:
                current.stretches.append(ruling.stretch)
    return runs


@dataclass(frozen=True)
class _Others:
    """The other parties' speech, as seen by one party's turns.

    Attributes:
        taking: Stretches that could take the floor.
        speech: All stretches.
    """

    taking: Timeline
    speech: Timeline

    def ended(self, earlier: Stretch, later: Stretch, longest_pause: float) -> bool:
        """Whether a turn ended between two stretches of one party."""
        if later.start <= earlier.end:
            return False
        gap = Interval(earlier.end, later.start)
        following = bisect_right(self.taking, gap.start, key=lambda interval: interval.end)
        if following < len(self.taking) and self.taking[following].start < gap.end:
            return True
        return silent_for(longest_pause, gap, self.speech)


def _turns(runs: Sequence[_Run], parties: Sequence[Party]) -> tuple[tuple[Turn, ...], dict[tuple[int, int], int]]:
    """Return turns sorted by start, and for each stretch the index of its turn."""
    ordered = sorted(runs, key=lambda run: (run.interval.start, run.interval.end, run.stretches[0].party))
    at: dict[tuple[int, int], int] = {}
    turns = []
    for number, run in enumerate(ordered):
        party = parties[run.stretches[0].party]
        words = tuple(word for stretch in run.stretches for word in stretch.words)
        turns.append(Turn(party.role, party.speaker, run.kind, run.interval, words))
        at.update({(s.party, s.index): number for s in run.stretches})
    return tuple(turns), at


def _events(
    rulings: Sequence[Ruling], parties: Sequence[Party], at: dict[tuple[int, int], int], *, by_voice: bool
) -> list[FloorEvent]:
    events = []
    for ruling in rulings:
        if ruling.kind == "turn" or ruling.into is None:
            continue
        stretch, into = ruling.stretch, ruling.into
        events.append(
            FloorEvent(
                kind=ruling.kind,
                role=parties[stretch.party].role,
                turn=at[stretch.party, stretch.index],
                other_turn=at[into.party, into.index],
                onset=stretch.start,
                end=max(ruling.end, stretch.start),
                overlap=ruling.overlap,
                confidence=min(ruling.confidence, _most(ruling)) if by_voice else ruling.confidence,
                cut_text=ruling.cut_text,
            )
        )
    return events


def _most(ruling: Ruling) -> float:
    """Return how sure a ruling can be where voices on one channel were told apart."""
    if ruling.kind not in _CUTTING_IN:
        return 1.0
    short = ruling.kind == "interruption" and ruling.overlap < SURELY_TOGETHER
    return NOT_COUNTED if short else BY_VOICE
