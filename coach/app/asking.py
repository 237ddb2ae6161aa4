"""What a person is asked when neither words nor anything else tells who is the agent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from coach.conversation import Word

FIRST_WORDS = 12
"""Words that are quoted of each party: enough to know one's own greeting by."""


@dataclass(frozen=True, slots=True)
class Choice:
    """One party that the agent may be.

    Attributes:
        speaker: The party's label.
        words: The first that they say, masked; empty when nothing was made out.
        at: When they begin, in seconds; ``None`` without words.
    """

    speaker: str
    words: str
    at: float | None


@dataclass(frozen=True, slots=True)
class Question:
    """Which of these is you?

    Attributes:
        call: The call's file name.
        choices: The parties, two at least.
    """

    call: str
    choices: tuple[Choice, ...]


Ask = Callable[[Question], str | None]
"""Returns the label that was chosen, ``None`` for "not sure"."""


def question(call: str, words: Mapping[str, Sequence[Word]]) -> Question | None:
    """Return what to ask, ``None`` where there is nothing to know anybody by.

    Args:
        call: The call's file name.
        words: Each speaker's words, masked, in order of time.
    """
    if len(words) < 2 or not any(words.values()):
        return None
    return Question(call, tuple(_choice(speaker, said) for speaker, said in words.items()))


def _choice(speaker: str, said: Sequence[Word]) -> Choice:
    quoted = " ".join(word.text for word in said[:FIRST_WORDS])
    return Choice(speaker, f"{quoted} …" if len(said) > FIRST_WORDS else quoted, said[0].start if said else None)
