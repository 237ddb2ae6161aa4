"""How fast each party speaks. Described, never scored."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType
from typing import ClassVar, Final

from coach.analysis.reasons import NO_WORDS, needs_two_parties
from coach.conversation import Conversation, Findings, Measure, Role, Word

SHORTEST_TURN: Final = 5
"""Words of a turn that pace can be told from."""

PAUSE: Final = 2.0
"""Pauses shorter than this, in seconds, belong to a way of speaking; longer ones are taken out."""

LEAST: Final = 30.0
"""Seconds of speech under which no pace is told."""

NO_TIMES: Final = "the transcript does not say when each word was spoken"


class Pace:
    """Measures words a minute over the turns of five words and more, masked words counted."""

    name: ClassVar[str] = "pace"
    requires: ClassVar[frozenset[str]] = frozenset({"words"})
    versions: ClassVar[Mapping[str, int]] = MappingProxyType({"pace_agent": 1, "pace_customer": 1})

    def analyze(self, conversation: Conversation) -> Findings:
        """Return the pace of each party."""
        return Findings((_pace(conversation, "agent"), _pace(conversation, "customer")))


def _pace(conversation: Conversation, role: Role) -> Measure:
    name = f"pace_{role}"
    if conversation.party(role) is None:
        why = needs_two_parties(conversation) or NO_WORDS
        return Measure.missing(name, "words/min", why)
    if not conversation.word_times:
        return Measure.missing(name, "words/min", NO_TIMES)
    turns = [turn.words for turn in conversation.turns if turn.role == role and len(turn.words) >= SHORTEST_TURN]
    words, seconds = sum(map(len, turns)), sum(map(_speaking, turns))
    if not any(turn.words for turn in conversation.turns if turn.role == role):
        return Measure.missing(name, "words/min", NO_WORDS)
    if seconds < LEAST:
        why = f"only {seconds:.0f} s in turns of {SHORTEST_TURN} words or more; {LEAST:.0f} s are needed"
        return Measure(name, "words/min", None, words, seconds / 60, why)
    return Measure(name, "words/min", words / (seconds / 60), words, seconds / 60)


def _speaking(words: Sequence[Word]) -> float:
    """Return the seconds from first to last word, long pauses taken out."""
    span = max(word.end for word in words) - words[0].start
    pauses = (later.start - word.end for word, later in pairwise(words))
    return span - sum(pause for pause in pauses if pause >= PAUSE)
