"""Silences of both parties: an announced hold, dead air, or the customer's own search for a bill."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from types import MappingProxyType
from typing import Literal

from coach.analysis.phrases import is_hold_announcement
from coach.conversation import CLEAR, Conversation, Interval, Moment, Role, Timeline, Turn, Word
from coach.conversation.small_words import acknowledges, only_filled_pause, said

DEAD_AIR = 5.0
"""Mutual silence of this length, in seconds, is dead air unless somebody announced it."""
FLAGGED = 10.0
ANNOUNCED_WITHIN = 10.0
CHECK_IN = 120.0
"""A hold longer than this, in seconds, without a word of the agent's is noted."""
HEARD_ENOUGH = 0.6
"""Share of words heard clearly from which "nobody announced it" can be said."""

LEAST_WORDLESS = 0.5
"""Sound without words shorter than this, in seconds, is a breath or a click."""

PauseKind = Literal["hold", "dead_air", "theirs", "unheard"]


@dataclass(frozen=True, slots=True)
class Pause:
    """A long mutual silence and what it was.

    Attributes:
        silence: When nobody spoke.
        kind: ``theirs`` when the customer asked for it; ``unheard`` when the agent's words before it were not
            heard well enough to say that nothing was announced.
        since: Where the agent's silence began, in seconds: earlier than ``silence`` when only the customer
            made a sound in a hold.
        words: The agent's announcement.
        told_by: The turn that announced a hold.
    """

    silence: Interval
    kind: PauseKind
    since: float
    words: tuple[Word, ...] = ()
    told_by: Turn | None = None

    def moment(self) -> Moment | None:
        """Return what the review shows; nothing for what is not the agent's, or not known."""
        seconds = round(self.silence.duration, 3)
        if self.kind == "hold":
            start = self.words[0].start if self.words else self.silence.start
            checked_in = self.silence.end - self.since <= CHECK_IN
            evidence = MappingProxyType({"seconds": seconds, "checked_in": checked_in})
            text = " ".join(word.text for word in self.words)
            return Moment("hold", "agent", Interval(start, self.silence.end), text, 0.85, evidence)
        if self.kind == "dead_air":
            evidence = MappingProxyType({"seconds": seconds, "flagged": self.silence.duration >= FLAGGED})
            return Moment("dead_air", "agent", self.silence, "", 0.85, evidence)
        return None


def pauses(conversation: Conversation, silences: Timeline) -> tuple[Pause, ...]:
    """Return what each mutual silence of five seconds and more was.

    Args:
        conversation: With both parties known.
        silences: The mutual silences between first and last speech.
    """
    agent, customer = _Turns.of(conversation, "agent"), _Turns.of(conversation, "customer")
    found: list[Pause] = []
    for silence in silences:
        if silence.duration >= DEAD_AIR - 1e-6:
            found.append(_pause(silence, agent, customer, found[-1] if found else None))
    return tuple(found)


def clearly(words: Sequence[Word]) -> bool:
    """Whether words were heard well enough to say what was not among them; false for no words."""
    sure = sum(word.confidence is None or word.confidence >= CLEAR for word in words)
    return bool(words) and sure >= HEARD_ENOUGH * len(words)


@dataclass(frozen=True)
class _Turns:
    """One party's turns that say something, and where they start."""

    turns: tuple[Turn, ...]
    starts: tuple[float, ...]

    @classmethod
    def of(cls, conversation: Conversation, role: Role) -> _Turns:
        turns = tuple(turn for turn in conversation.turns if turn.role == role and _tells(turn))
        return cls(turns, tuple(turn.start for turn in turns))

    def before(self, moment: float) -> Turn | None:
        """Return the last turn that began before a moment, in seconds."""
        count = bisect_left(self.starts, moment)
        return self.turns[count - 1] if count else None


def _tells(turn: Turn) -> bool:
    """Whether a turn may announce something: "sure" after "one moment" takes nothing back, and a breath is no turn."""
    spoken = said(turn.words[:8])
    if not spoken:
        return turn.interval.duration >= LEAST_WORDLESS
    return turn.kind == "turn" and not acknowledges(spoken) and not only_filled_pause(spoken)


def _pause(silence: Interval, agent: _Turns, customer: _Turns, previous: Pause | None) -> Pause:
    told, asked = agent.before(silence.start), customer.before(silence.start)
    if previous is not None and previous.kind == "hold" and told is previous.told_by:
        return Pause(silence, "hold", previous.since, told_by=told)  # the agent is still away
    last = _late_words(told, silence)
    if is_hold_announcement(_text(last)):
        return Pause(silence, "hold", silence.start, last[_announcement(last) :], told)
    theirs = _late_words(asked, silence)
    if asked is not None and (told is None or asked.end > told.end) and is_hold_announcement(_text(theirs)):
        return Pause(silence, "theirs", silence.start)
    if told is not None and told.end > silence.start - ANNOUNCED_WITHIN and not clearly(last):
        return Pause(silence, "unheard", silence.start)
    return Pause(silence, "dead_air", silence.start)


def _late_words(turn: Turn | None, silence: Interval) -> tuple[Word, ...]:
    """Return a turn's words within ten seconds before a silence."""
    if turn is None:
        return ()
    since = silence.start - ANNOUNCED_WITHIN
    late = takewhile(lambda word: word.end >= since, reversed(turn.words))
    return tuple(reversed(list(late)))


def _text(words: Sequence[Word]) -> str:
    return " ".join(word.text for word in words)


def _announcement(words: Sequence[Word]) -> int:
    """Return the index where the sentence that announces a hold begins."""
    first = len(words) - 1
    while first > 0 and not is_hold_announcement(_text(words[first:])):
        first -= 1
    while first > 0 and not words[first - 1].text.endswith((".", "?", "!")):
        first -= 1
    return first
