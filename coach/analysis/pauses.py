"""Silences of both parties: an announced hold, dead air, or the customer's own search for a bill."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
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

NEAR = 0.25
"""Seconds by which a word's time may miss the sound it stands for."""
SENTENCE = 6.0
"""Seconds that an announcement may take."""

_HAIR = 1e-6
"""Seconds by which sums of decimals may be off."""

Words = tuple[Word, ...]
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
            checked_in = self.silence.end - self.since <= CHECK_IN + _HAIR
            evidence = MappingProxyType({"seconds": seconds, "checked_in": checked_in})
            text = " ".join(word.text for word in self.words)
            return Moment("hold", "agent", Interval(start, self.silence.end), text, 0.85, evidence)
        if self.kind == "dead_air":
            evidence = MappingProxyType({"seconds": seconds, "flagged": self.silence.duration >= FLAGGED - _HAIR})
            return Moment("dead_air", "agent", self.silence, "", 0.85, evidence)
        return None


def pauses(conversation: Conversation, silences: Timeline) -> tuple[Pause, ...]:
    """Return what each mutual silence of five seconds and more was.

    Args:
        conversation: With both parties known.
        silences: The mutual silences between first and last speech.
    """
    agent, customer = _Side.of(conversation, "agent"), _Side.of(conversation, "customer")
    found: list[Pause] = []
    for silence in silences:
        if silence.duration >= DEAD_AIR - _HAIR:
            found.append(_pause(silence, agent, customer, found[-1] if found else None))
    return tuple(found)


def clearly(words: Sequence[Word]) -> bool:
    """Whether words were heard well enough to say what was not among them; false for no words."""
    sure = sum(word.confidence is None or word.confidence >= CLEAR for word in words)
    return bool(words) and sure >= HEARD_ENOUGH * len(words)


@dataclass(frozen=True)
class _Side:
    """One party's turns that say something, and its speech with the words by time.

    Attributes:
        turns: Those that may announce something.
        starts: When they start, in seconds.
        stretches: Bridged speech.
        middles: The middle of each word, in seconds, sorted.
    """

    turns: tuple[Turn, ...]
    starts: tuple[float, ...]
    stretches: Timeline
    middles: tuple[float, ...]

    @classmethod
    def of(cls, conversation: Conversation, role: Role) -> _Side:
        turns = tuple(turn for turn in conversation.turns if turn.role == role and _tells(turn))
        party = conversation.party(role)
        stretches, words = (party.stretches, party.words) if party is not None else ((), ())
        middles = sorted(word.interval.middle for word in words)
        return cls(turns, tuple(turn.start for turn in turns), stretches, tuple(middles))

    def before(self, moment: float) -> Turn | None:
        """Return the last turn that began before a moment, in seconds."""
        count = bisect_left(self.starts, moment)
        return self.turns[count - 1] if count else None

    def speaks(self, start: float, end: float) -> bool:
        """Whether the party speaks between two moments, in seconds."""
        at = bisect_right(self.stretches, start + _HAIR, key=lambda stretch: stretch.end)
        return at < len(self.stretches) and self.stretches[at].start < end

    def wordless(self, start: float, end: float) -> bool:
        """Whether something was said between two moments, in seconds, of which there are no words."""
        at = bisect_left(self.stretches, start, key=lambda stretch: stretch.end)
        while at < len(self.stretches) and self.stretches[at].start < end:
            stretch = self.stretches[at]
            first = bisect_left(self.middles, stretch.start - NEAR)
            spoken = first < len(self.middles) and self.middles[first] <= stretch.end + NEAR
            if stretch.duration >= LEAST_WORDLESS and not spoken:
                return True
            at += 1
        return False


def _tells(turn: Turn) -> bool:
    """Whether a turn may announce something: "sure" after "one moment" takes nothing back, and a breath is no turn."""
    spoken = said(turn.words[:8])
    return turn.kind == "turn" and bool(spoken) and not acknowledges(spoken) and not only_filled_pause(spoken)


def _pause(silence: Interval, agent: _Side, customer: _Side, previous: Pause | None) -> Pause:
    told, asked = agent.before(silence.start), customer.before(silence.start)
    since = silence.start - ANNOUNCED_WITHIN
    if previous is not None and previous.kind == "hold" and told is previous.told_by:
        away = not agent.speaks(previous.silence.end, silence.start)
        return Pause(silence, "hold", previous.since if away else silence.start, told_by=told)
    last, words = _late_words(told, since)
    if _announces(last, words):
        return Pause(silence, "hold", silence.start, words[_announcement(words) :], told)
    if asked is not None and (told is None or asked.end > told.end) and _announces(*_late_words(asked, since)):
        return Pause(silence, "theirs", silence.start)
    if (last and not clearly(last)) or agent.wordless(since, silence.start):
        return Pause(silence, "unheard", silence.start)
    return Pause(silence, "dead_air", silence.start)


def _late_words(turn: Turn | None, since: float) -> tuple[Words, Words]:
    """Return a turn's words that end after a moment, in seconds; and these with what was said just before."""
    if turn is None:
        return (), ()
    near = list(takewhile(lambda word: word.end >= since - SENTENCE, reversed(turn.words)))[::-1]
    return tuple(word for word in near if word.end >= since), tuple(near)


def _announces(last: Words, words: Words) -> bool:
    """Whether an announcement ends among the last words, though it may have begun before them."""
    if not last or is_hold_announcement(_text(last)):
        return bool(last)
    return is_hold_announcement(_text(words)) and not is_hold_announcement(_text(words[: -len(last)]))


def _text(words: Words) -> str:
    return " ".join(word.text for word in words)


def _announcement(words: Words) -> int:
    """Return the index where the sentence that announces a hold begins."""
    first = len(words) - 1
    while first > 0 and not is_hold_announcement(_text(words[first:])):
        first -= 1
    while first > 0 and not words[first - 1].text.endswith((".", "?", "!")):
        first -= 1
    return first
