"""A conversation read for its words: every party's clauses, each with what the other party said before it."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import Final, Literal

from coach.analysis import clauses, text
from coach.analysis.before import REACH, Before
from coach.analysis.clauses import Clause
from coach.analysis.memo import once
from coach.analysis.text import Token
from coach.analysis.view import View
from coach.conversation import Conversation, Interval, Moment, Role, Turn, Word

Side = Literal["agent", "customer"]

RECAPPED: Final = 3.0
"""Seconds between two things gone over in one turn that leave them one recap."""

HEARD_ENOUGH: Final = 0.7
"""Share of speech heard clearly from which the absence of something can be judged."""


@dataclass(frozen=True)
class Said:
    """One clause in its place.

    Attributes:
        turn: Index of its turn in the conversation.
        role: Who said it.
        interval: First to last word.
        text: The words as written.
        view: The clause in the light of the other party's latest words.
        place: Where in the call it begins, 0 to 1.
    """

    turn: int
    role: Role
    interval: Interval
    text: str
    view: View
    place: float

    def moment(self, kind: str, confidence: float, **evidence: object) -> Moment:
        """Return a moment of this clause."""
        return Moment(kind, self.role, self.interval, self.text, round(confidence, 3)).knowing(**evidence)


@dataclass(frozen=True)
class _Stream:
    """All words of one party in order of time, as tokens."""

    tokens: tuple[Token, ...]
    starts: tuple[float, ...]
    turns: tuple[int, ...]

    def before(self, moment: float) -> int:
        """Return how many tokens began before a moment."""
        return bisect_left(self.starts, moment)


@dataclass(frozen=True)
class Reading:
    """What word-based analysers work on.

    Attributes:
        conversation: What was read.
        agent: The agent's clauses in order; backchannels are not among them.
        customer: The customer's clauses in order.
        streams: The words of each side.
    """

    conversation: Conversation
    agent: tuple[Said, ...]
    customer: tuple[Said, ...]
    streams: dict[Side, _Stream]

    @cached_property
    def agent_by_turn(self) -> dict[int, tuple[Said, ...]]:
        """The agent's clauses of each turn."""
        return _by_turn(self.agent)

    @cached_property
    def customer_by_turn(self) -> dict[int, tuple[Said, ...]]:
        """The customer's clauses of each turn."""
        return _by_turn(self.customer)

    def about(self, said: Said) -> int | None:
        """Return the index of the other party's turn that a clause has most in common with, the latest when none."""
        stream = self.streams["customer" if said.role == "agent" else "agent"]
        end = stream.before(said.interval.start)
        begin = max(0, end - REACH)
        if begin == end:
            return None
        wanted = set(said.view.shared.words)
        weights: dict[int, float] = {}
        for token, turn in zip(stream.tokens[begin:end], stream.turns[begin:end], strict=True):
            hit = token.weight if token.concept in wanted else 0.0
            weights[turn] = weights.get(turn, 0.0) + hit
        return max(weights, key=lambda turn: (weights[turn], turn))

    def next_turns(self, turn: int, count: int = 2) -> tuple[int, ...]:
        """Return the indices of the agent's next turns that say something, after a customer's turn."""
        turns = self.conversation.turns
        indices, starts = self._agent_turns
        since = turns[turn].start
        # turns stand in order of their starts: those before it by index begin no later
        found = islice(indices, min(bisect_left(starts, since), bisect_right(indices, turn)), None)
        later = (i for i in found if (i > turn or turns[i].start >= since) and turns[i].end > since)
        return tuple(islice(later, count))

    @cached_property
    def _agent_turns(self) -> tuple[tuple[int, ...], tuple[float, ...]]:
        """The agent's turns that say something, and when each begins."""
        indices = tuple(self.agent_by_turn)
        return indices, tuple(self.conversation.turns[index].start for index in indices)

    @cached_property
    def _agent_starts(self) -> tuple[tuple[float, ...], tuple[int, ...]]:
        """When the agent's clauses begin, in order of time, and their indices."""
        order = sorted(range(len(self.agent)), key=lambda index: self.agent[index].interval.start)
        return tuple(self.agent[index].interval.start for index in order), tuple(order)

    def agents_clauses(self, since: float, until: float) -> tuple[int, ...]:
        """Return the indices, in order, of the agent's clauses that begin from one moment to before another."""
        starts, order = self._agent_starts
        return tuple(sorted(order[bisect_left(starts, since) : bisect_left(starts, until)]))

    def heard_there(self, customer_turn: int, agent_turns: Sequence[int]) -> bool:
        """Whether both parties were heard clearly enough for an absence to be judged.

        Args:
            customer_turn: The customer's turn.
            agent_turns: The agent's turns that should have answered it.
        """
        turns = self.conversation.turns
        told, answer = turns[customer_turn].interval, None
        if agent_turns:
            first, last = turns[agent_turns[0]], max((turns[i] for i in agent_turns), key=lambda t: t.end)
            # from the customer's turn on: a first answer that was not heard at all has no words
            answer = Interval(min(first.start, told.end), last.end)
        return self.conversation.followed((told,), answer)


def _by_turn(said: Iterable[Said]) -> dict[int, tuple[Said, ...]]:
    found: dict[int, list[Said]] = {}
    for clause in said:
        found.setdefault(clause.turn, []).append(clause)
    return {turn: tuple(parts) for turn, parts in found.items()}


@once
def read(conversation: Conversation) -> Reading:
    """Return a conversation read for its words; the last one read is kept, as several analysers ask for it."""
    tokens = {index: text.tokens([word.text for word in turn.words]) for index, turn in enumerate(conversation.turns)}
    streams: dict[Side, _Stream] = {side: _stream(conversation, tokens, side) for side in ("agent", "customer")}
    clauses_of: dict[Side, tuple[Said, ...]] = {
        side: tuple(_clauses(conversation, tokens, streams, side)) for side in ("agent", "customer")
    }
    return Reading(conversation, clauses_of["agent"], clauses_of["customer"], streams)


def _stream(conversation: Conversation, tokens: dict[int, tuple[Token, ...]], side: Side) -> _Stream:
    found = [
        (turn.words[token.word].start, index, token)
        for index, turn in enumerate(conversation.turns)
        if turn.role == side
        for token in tokens[index]
    ]
    found.sort(key=lambda entry: entry[0])
    return _Stream(tuple(f[2] for f in found), tuple(f[0] for f in found), tuple(f[1] for f in found))


def _clauses(
    conversation: Conversation, tokens: dict[int, tuple[Token, ...]], streams: dict[Side, _Stream], side: Side
) -> Iterable[Said]:
    other = streams["customer" if side == "agent" else "agent"]
    marked = clauses.punctuated(streams[side].tokens)
    first, last = _span(conversation)
    cache: dict[int, Before] = {}
    for index, turn in enumerate(conversation.turns):
        if turn.role != side or turn.kind == "backchannel":
            continue
        for piece in clauses.split(tokens[index], _pauses(conversation, turn, tokens[index])):
            words = turn.words[piece[0].word : piece[-1].word + 1]
            start = min(word.start for word in words)
            reached = other.before(start)
            if reached not in cache:
                cache[reached] = Before.of(other.tokens[max(0, reached - REACH) : reached])
            yield Said(
                turn=index,
                role=side,
                interval=Interval(start, max(word.end for word in words)),
                text=" ".join(word.text for word in words),
                view=View(Clause.of(piece, punctuated=marked), cache[reached]),
                place=min(1.0, max(0.0, (start - first) / (last - first))) if last > first else 0.0,
            )


def _span(conversation: Conversation) -> tuple[float, float]:
    """Return the first turn's start and the last one's end."""
    turns = conversation.turns
    return (turns[0].start, max(turn.end for turn in turns)) if turns else (0.0, 0.0)


def _pauses(conversation: Conversation, turn: Turn, said: Sequence[Token]) -> frozenset[int]:
    """Return the tokens that a pause comes before."""
    if not conversation.word_times:
        return frozenset()
    words: tuple[Word, ...] = turn.words
    return frozenset(
        index
        for index in range(1, len(said))
        if words[said[index].word].start - words[said[index - 1].word].end >= clauses.PAUSE
    )


def merged(moments: Iterable[Moment], conversation: Conversation) -> tuple[Moment, ...]:
    """Join neighbouring moments of one kind in one turn: one story given back in three clauses is one paraphrase.

    Args:
        moments: In order; each names its ``turn`` in its evidence.
        conversation: Where they were found; what was said between two that are joined is part of the whole.
    """
    joined: list[Moment] = []
    for moment in moments:
        last = joined[-1] if joined else None
        if last is not None and _neighbours(last, moment):
            joined[-1] = _joined(last, moment, conversation)
            continue
        joined.append(moment)
    return tuple(joined)


def _neighbours(first: Moment, second: Moment) -> bool:
    same = first.kind == second.kind and first.evidence.get("turn") == second.evidence.get("turn")
    return same and second.start - first.end < (RECAPPED if first.kind == "recap" else clauses.PAUSE * 2)


def _joined(first: Moment, second: Moment, conversation: Conversation) -> Moment:
    surer = max(first, second, key=lambda moment: moment.confidence)
    interval = Interval(first.start, max(first.end, second.end))
    evidence = dict(surer.evidence)
    shared = [*_shared(first), *(word for word in _shared(second) if word not in _shared(first))]
    if shared:
        evidence["shared"] = tuple(shared)
    words = conversation.turns[turn].words if isinstance(turn := evidence.get("turn"), int) else ()
    said = " ".join(word.text for word in words if interval.start <= word.start and word.end <= interval.end)
    return Moment(first.kind, first.role, interval, said, surer.confidence, evidence)


def _shared(moment: Moment) -> tuple[str, ...]:
    words = moment.evidence.get("shared", ())
    return tuple(words) if isinstance(words, tuple) else ()
