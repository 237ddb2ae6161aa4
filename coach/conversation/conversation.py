"""A conversation: two parties, when each spoke, what each said, and whose turn it was."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from coach.conversation.clarity import FOLLOWED, SEEN, UNDERSTOOD, Clarity
from coach.conversation.findings import Role
from coach.conversation.intervals import Interval, Timeline, bridge, intersection, total
from coach.conversation.words import Word

Separation = Literal["channels", "diarization", "transcript", "none"]
TurnKind = Literal["turn", "backchannel", "attempt"]

PAIR: tuple[Role, Role] = ("agent", "customer")

BRIDGED = 0.3
"""Gaps of one party's activity shorter than this, in seconds, do not end a stretch."""


@dataclass(frozen=True, slots=True)
class Party:
    """One side of the call.

    Attributes:
        role: ``agent``, ``customer``, or ``unknown`` while nobody can tell.
        speaker: The lane's or the import's label; a role is what we make of it.
        speech: Raw activity, in seconds; empty when nothing tells it.
        words: In order of time.
    """

    role: Role
    speaker: str
    speech: Timeline
    words: tuple[Word, ...]

    @property
    def stretches(self) -> Timeline:
        """Activity with gaps under 0.3 s bridged: what talk time and turns are made of."""
        return bridge(self.speech, BRIDGED)


@dataclass(frozen=True, slots=True)
class Turn:
    """A party's run of stretches, or a backchannel or attempt inside the other's.

    Attributes:
        role: Whose turn it is.
        speaker: The party's label.
        kind: ``turn``, ``backchannel`` or ``attempt``.
        interval: First onset to last end.
        words: Those said in it, in order of time.
    """

    role: Role
    speaker: str
    kind: TurnKind
    interval: Interval
    words: tuple[Word, ...]

    @property
    def start(self) -> float:
        """Onset, in seconds."""
        return self.interval.start

    @property
    def end(self) -> float:
        """End, in seconds."""
        return self.interval.end

    @property
    def text(self) -> str:
        """The words in one line."""
        return " ".join(word.text for word in self.words)


FloorKind = Literal[
    "terminal",
    "backchannel",
    "cooperative",
    "interruption",
    "interruption_attempt",
    "filler",
    "simultaneous",
    "came_in_early",
]


@dataclass(frozen=True, slots=True)
class FloorEvent:
    """What one stretch that began inside the other party's turn, or just after it, was.

    Attributes:
        kind: As ruled by the definitions; ``terminal``, ``filler`` and ``simultaneous`` are not reported.
        role: Who came in.
        turn: Index of the turn that the stretch belongs to.
        other_turn: Index of the turn it came into.
        onset: When it began, in seconds.
        end: End of the simultaneous speech, in seconds; of the stretch itself for a backchannel.
        overlap: Simultaneous speech, in seconds.
        confidence: 0 to 1.
        cut_text: The other party's words around the cut; empty when nothing was cut.
    """

    kind: FloorKind
    role: Role
    turn: int
    other_turn: int
    onset: float
    end: float
    overlap: float
    confidence: float
    cut_text: str = ""


@dataclass(frozen=True)
class Conversation:
    """The call as frozen values; everything that is judged is judged from here.

    Attributes:
        duration: Length of the recording, in seconds.
        separation: How the parties were told apart.
        parties: One or two, agent first where known; more where a machine or somebody unknown speaks too.
        turns: Sorted by start; they may overlap.
        floor: How each stretch that began inside the other's turn was ruled.
        timed: Whether activity is known; false for subtitle cues, which leave timing null.
        word_times: Whether words carry times that say when they were spoken.
    """

    duration: float
    separation: Separation
    parties: tuple[Party, ...]
    turns: tuple[Turn, ...]
    floor: tuple[FloorEvent, ...] = ()
    timed: bool = True
    word_times: bool = True

    def party(self, role: Role) -> Party | None:
        """Return the party with a role, ``None`` when there is none."""
        return next((party for party in self.parties if party.role == role), None)

    @cached_property
    def two_parties(self) -> bool:
        """Whether both the agent and the customer are known."""
        return self.party("agent") is not None and self.party("customer") is not None

    @cached_property
    def agent_alone(self) -> bool:
        """Whether the agent's side is all that was recorded: silences may hold what the customer said."""
        return [party.role for party in self.parties] == ["agent"] and self.separation != "none"

    @cached_property
    def callers(self) -> tuple[Party, ...]:
        """The agent and the customer where both are known, otherwise everybody."""
        two = tuple(party for role in PAIR if (party := self.party(role)) is not None)
        return two if len(two) == 2 else self.parties

    def heard(self, role: Role, within: Interval | None = None) -> float | None:
        """Return the share of a party's speech that was heard clearly, 0 to 1.

        Each stretch counts by its length and by the share of its words at or above ``CLEAR``; a
        stretch of half a second or more without any word was not heard. ``None`` when there is no
        such party, no speech to judge by, or the words carry no confidence at all.

        Args:
            role: Whose speech.
            within: Only this part of the recording.
        """
        party = self.party(role)
        if party is None or all(word.confidence is None for word in party.words):
            return None
        return self._clarity[role].share(within)

    def understood(self, role: Role, within: Interval | None = None) -> float | None:
        """Return the share of a party's words that are likely to be right, 0 to 1.

        By the words' confidences where there are any, and by whether they make sense next to each other; see
        ``Clarity.understood``. ``None`` when there is no such party, no words at all, or no speech to judge by.

        Args:
            role: Whose words.
            within: Only this part of the recording.
        """
        clarity = self._clarity.get(role)
        return clarity.understood(within) if clarity is not None else None

    def followed(self, told: Iterable[Interval], answer: Interval | None) -> bool:
        """Return whether it may be told what an answer did and did not do to what was told.

        One rule for what was done and for what was not: were the first shown from words in which the second is not
        told, or the other way round, hearing worse would change the share of what was met.

        Args:
            told: The customer's turns.
            answer: From the end of these to the end of what answered them, ``None`` where nothing did.
        """
        spans: list[tuple[Role, Interval]] = [("customer", turn) for turn in told]
        if answer is not None:
            spans.append(("agent", answer))
        return all(self._clear(role, span) for role, span in spans)

    def understood_throughout(self, role: Role) -> float | None:
        """Return the share of all of a party's words that are right by their confidences and make sense besides.

        Args:
            role: Whose words.
        """
        clarity = self._clarity.get(role)
        return clarity.throughout if clarity is not None else None

    def believable(self, role: Role) -> bool:
        """Return whether a party's words, over the whole call, make about as much sense as their confidences promise.

        Args:
            role: Whose words.
        """
        clarity = self._clarity.get(role)
        return clarity is None or clarity.believable

    def _clear(self, role: Role, within: Interval) -> bool:
        if not self.believable(role):
            return False
        heard, right = self.heard(role, within), self.understood(role, within)
        least = UNDERSTOOD if role == "agent" else FOLLOWED
        return (heard is None or heard >= SEEN) and (right is None or right >= least)

    @cached_property
    def _clarity(self) -> dict[Role, Clarity]:
        """Of each party with words; the first party of a role stands for it."""
        found: dict[Role, Clarity] = {}
        for party in reversed(self.parties):
            if party.words:
                stretches = party.stretches or bridge([word.interval for word in party.words], BRIDGED)
                found[party.role] = Clarity(stretches, party.words)
            else:
                found.pop(party.role, None)
        return found

    @cached_property
    def overlap(self) -> float:
        """Seconds in which both parties speak, by bridged speech."""
        if len(self.callers) != 2:
            return 0.0
        return total(intersection(*(party.stretches for party in self.callers)))
