"""Builds conversations and findings by hand, for tests of coaching."""

from __future__ import annotations

from types import MappingProxyType

from coach.conversation import Conversation, Findings, Interval, Moment, Party, Role, Turn, TurnKind, Word

STORY = "My bill is four hundred dollars this month, and it was ninety in May, and nobody can tell me why."
LOSS = "My wife lost her job. I cannot pay this and I have two children here at home with me."


def turn(
    role: Role, start: float, text: str, *, end: float | None = None, sure: float | None = 0.9, kind: TurnKind = "turn"
) -> Turn:
    texts = text.split()
    stop = end if end is not None else start + 0.4 * max(len(texts), 1)
    step = (stop - start) / max(len(texts), 1)
    words = tuple(
        Word(t.lstrip("~"), start + k * step, start + (k + 1) * step, 0.2 if t.startswith("~") else sure)
        for k, t in enumerate(texts)
    )
    return Turn(role, role, kind, Interval(start, stop), words)


def call(*turns: Turn, duration: float = 120.0, timed: bool = True) -> Conversation:
    """Return a conversation of turns; a word that begins with ``~`` was not heard clearly."""
    ordered = tuple(sorted(turns, key=lambda t: t.start))
    parties = []
    roles: tuple[Role, ...] = ("agent", "customer", "unknown")
    for role in roles:
        own = [t for t in ordered if t.role == role]
        if own:
            words = tuple(word for t in own for word in t.words)
            parties.append(Party(role, role, tuple(t.interval for t in own), words))
    return Conversation(duration, "channels", tuple(parties), ordered, timed=timed)


def about(kind: str, at: Turn, role: Role = "agent", sure: float = 0.9, **evidence: object) -> Moment:
    """Return a moment over a turn."""
    return Moment(kind, role, at.interval, at.text, sure, MappingProxyType(evidence))


def findings(*moments: Moment) -> Findings:
    return Findings((), tuple(moments))
