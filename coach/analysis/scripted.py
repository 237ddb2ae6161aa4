"""The same sentence said twice: within a call, and, with a memory, across calls."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Protocol

from coach.analysis.acts import Acts, agent_acts
from coach.analysis.reading import Said
from coach.conversation import Conversation, Moment

SHORTEST: Final = 6
"""Words of a sentence that is long enough to be a script."""

SURE = 0.7
ASKED_AGAIN = 0.5
"""Confidence of a repetition that the customer, unheard, may have asked for."""

SHARE, CALLS = 0.3, 20
"""A sentence in this share of at least this many calls is a script."""

_EXEMPT: Final = frozenset(
    {"asked_to_repeat", "verification_question", "closing_question", "paraphrase", "echo", "thanks"}
)


class Memory(Protocol):
    """What the agent said in other calls."""

    def calls(self) -> int:
        """Return how many calls are remembered."""
        ...

    def with_sentence(self, key: str) -> int:
        """Return in how many of them a sentence was said."""
        ...

    def other_wordings(self, kind: str) -> Sequence[str]:
        """Return other ways in which this agent has said a thing of this kind."""
        ...


def key(said: Said) -> str:
    """Return what a sentence is recognised by: its plain words, led-in words taken off."""
    return " ".join(said.view.clause.head)


def scripted(
    clauses: Iterable[tuple[Said, Acts]], memory: Memory | None = None, *, alone: bool = False
) -> Iterable[Moment]:
    """Yield the sentences said twice in this call, or in many calls when there is a memory of them.

    Args:
        clauses: The agent's, in order, with what each does.
        memory: What was said in other calls.
        alone: Whether the customer was not recorded, and may have asked for it again.
    """
    first: dict[str, int] = {}
    for said, acts in clauses:
        sentence = key(said)
        if len(sentence.split()) < SHORTEST or _exempt(said, acts):
            continue
        if sentence in first and first[sentence] != said.turn:
            yield said.moment("scripted", ASKED_AGAIN if alone else SURE, turn=said.turn, other_turn=first[sentence])
        elif sentence not in first and memory is not None and _often(memory, sentence):
            wordings = tuple(other for act in acts for other in memory.other_wordings(act))[:2]
            yield said.moment("scripted", SURE, turn=said.turn, calls=memory.with_sentence(sentence), wordings=wordings)
        first.setdefault(sentence, said.turn)


def across(conversation: Conversation, memory: Memory) -> Iterable[Moment]:
    """Yield what is said in many calls, as a memory of them tells; what is said twice in this one is found without.

    Args:
        conversation: The call.
        memory: What was said in other calls.
    """
    found = scripted(agent_acts(conversation), memory, alone=conversation.agent_alone)
    return (moment for moment in found if "calls" in moment.evidence)


def _often(memory: Memory, sentence: str) -> bool:
    return memory.calls() >= CALLS and memory.with_sentence(sentence) >= SHARE * memory.calls()


def _exempt(said: Said, acts: Acts) -> bool:
    """Whether a repetition is natural: a greeting, a hold, data, or an answer to being asked to say it again."""
    view = said.view
    if view.has("greeting") or view.has("hold") or any(token.number for token in view.clause.tokens):
        return True
    return not _EXEMPT.isdisjoint(acts) or _asked_again(said)


def _asked_again(said: Said) -> bool:
    tail = " ".join(said.view.before.norms[-12:])
    return any(
        cue in tail for cue in ("say that again", "repeat", "pardon", "didn't catch", "come again", "what was that")
    )
