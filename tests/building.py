"""Conversations built by hand, for tests that need no recording."""

from __future__ import annotations

from collections.abc import Sequence

from coach.conversation import Conversation, Interval, Party, Role, Word, converse

Line = tuple[float, float, str]
"""Start and end in seconds, and the words said in between."""


def words(start: float, end: float, text: str, confidence: float | None = 0.9) -> tuple[Word, ...]:
    """Spread words evenly over a stretch of time."""
    spoken = text.split()
    step = (end - start) / len(spoken) if spoken else 0.0
    return tuple(Word(word, start + i * step, start + (i + 1) * step, confidence) for i, word in enumerate(spoken))


def party(role: Role, lines: Sequence[Line], confidence: float | None = 0.9) -> Party:
    """One side of a call: each line is activity, and its words are spread over it."""
    speech = tuple(Interval(start, end) for start, end, _ in lines)
    return Party(role, role, speech, tuple(w for line in lines for w in words(*line, confidence)))


def call(
    agent: Sequence[Line], customer: Sequence[Line], duration: float | None = None, confidence: float | None = 0.9
) -> Conversation:
    """A two-party call on separate channels."""
    last = max((end for _, end, _ in (*agent, *customer)), default=0.0)
    parties = (party("agent", agent, confidence), party("customer", customer, confidence))
    return converse(parties, duration if duration is not None else last + 1.0, "channels")
