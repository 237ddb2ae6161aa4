"""Calls made of lines, a word every 0.3 s, 0.4 s between turns."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import pytest

from coach.conversation import Conversation, Interval, Party, Role, Turn, Word, bridge

Line = tuple[Role, str]


def talk(*lines: Line, confidence: float | None = None, unsure: Sequence[int] = ()) -> Conversation:
    """Return a call; the turns in ``unsure`` were not heard clearly."""
    at = 1.0
    turns: list[Turn] = []
    words: dict[Role, list[Word]] = {"agent": [], "customer": []}
    for index, (role, text) in enumerate(lines):
        said: list[Word] = []
        for word in text.split():
            said.append(Word(word, at, at + 0.27, 0.1 if index in unsure else confidence))
            at += 0.3
        turns.append(Turn(role, role, "turn", Interval(said[0].start, said[-1].end), tuple(said)))
        words[role] += said
        at += 0.4
    roles: tuple[Role, Role] = ("agent", "customer")
    parties = tuple(
        Party(role, role, bridge([word.interval for word in words[role]], 0.3), tuple(words[role]))
        for role in roles
        if words[role]
    )
    return Conversation(at + 1.0, "channels", parties, tuple(turns))


def bare(text: str) -> str:
    """Return a text as a recogniser without punctuation and case gives it."""
    return " ".join(re.sub(r"[^a-z0-9'\[\] -]", "", text.lower()).split())


@pytest.fixture(name="talk")
def _talk() -> Callable[..., Conversation]:
    return talk


@pytest.fixture(params=["punctuated", "bare"])
def speak(request: pytest.FixtureRequest) -> Callable[..., Conversation]:
    """A call of lines, once as written and once without punctuation and case."""

    def make(*lines: Line, **how: object) -> Conversation:
        said = lines if request.param == "punctuated" else [(role, bare(text)) for role, text in lines]
        return talk(*said, **how)  # type: ignore[arg-type]

    return make
