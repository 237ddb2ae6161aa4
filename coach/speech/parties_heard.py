"""What is heard in each speaker's words that tells who is the agent: cues, stories, announcements."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import log1p

from coach.conversation import Word
from coach.speech.parties_cues import ANNOUNCED, CUES, MOST, SECOND_PERSON, Cues

OPENS = 4
"""Times that somebody begins to speak which make up the opening of a call: twice each, as a rule."""

_SHRINK = 4
_FIRST = frozenset(("i", "me", "my", "mine"))
_SECOND = frozenset(("you", "your", "yours"))
_WITHOUT_APOSTROPHE = {
    "im": "i m", "ive": "i ve", "dont": "don t", "youll": "you ll", "youre": "you re", "youve": "you ve",
    "thats": "that s", "whats": "what s", "cant": "can t", "didnt": "didn t", "wont": "won t", "doesnt": "doesn t",
    "isnt": "isn t", "couldnt": "couldn t", "weve": "we ve", "theyve": "they ve",
}  # fmt: skip
_COUNTED = frozenset(
    "zero oh one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand double "
    "triple".split()
)


@dataclass(frozen=True, slots=True)
class Found:
    """One occurrence of a group of cues, and its words as they were said."""

    cues: Cues
    phrase: str


@dataclass(frozen=True, slots=True)
class Heard:
    """One speaker's cues.

    Attributes:
        score: How much like an agent they talk, as log-odds.
        found: The cues that may be quoted.
    """

    score: float
    found: tuple[Found, ...]

    @classmethod
    def of(cls, words: Sequence[Word]) -> Heard:
        """Return what one speaker's words, in order of time, hold."""
        tokens, owners = _tokens(words)
        text = " ".join(tokens)
        starts = [0]
        for token in tokens:
            starts.append(starts[-1] + len(token) + 1)
        score = SECOND_PERSON * _balance(tokens)
        found: list[Found] = []
        for cues in CUES:
            matches = list(cues.expression.finditer(text))
            score += cues.weight * log1p(min(len(matches), MOST))
            for match in matches[:MOST]:
                first, last = (bisect_right(starts, at) - 1 for at in (match.start(), match.end() - 1))
                phrase = " ".join(word.text for word in words[owners[first] : owners[last] + 1])
                if cues.quoted and _quotable(tokens[first : last + 1]):
                    found.append(Found(cues, phrase.strip(" .,?!;:")))
        return cls(score, tuple(found))


def opening(said: Mapping[str, Sequence[Word]]) -> dict[str, int]:
    """Return how many words each speaker says in one go, at most, as the call opens.

    Args:
        said: Each speaker's words, in order of time.
    """
    words = {speaker: [word for word in own if not word.masked] for speaker, own in said.items()}
    goes = [
        (start, speaker, count)
        for speaker, own in words.items()
        for start, count in _goes(own, sorted(w.start for other in words if other != speaker for w in words[other]))
    ]
    starts = sorted(start for start, _, _ in goes)
    last = starts[min(OPENS, len(starts)) - 1] if starts else 0.0
    return {
        speaker: max((count for start, who, count in goes if who == speaker and start <= last), default=0)
        for speaker in said
    }


def _goes(words: Sequence[Word], others: Sequence[float]) -> Iterator[tuple[float, int]]:
    """Yield the start and the number of words of each go: until another speaker's word begins in between.

    Args:
        words: One speaker's, in order of time.
        others: When everybody else's words start, sorted.
    """
    first = 0
    for index in range(1, len(words) + 1):
        if index < len(words):
            at = bisect_right(others, words[index - 1].start)
            if at == len(others) or others[at] >= words[index].start:
                continue
        yield words[first].start, index - first
        first = index


def announces(words: Sequence[Word]) -> bool:
    """Whether a voice is that of a machine: it announces, and never speaks of itself as "I".

    Args:
        words: One speaker's, in order of time.
    """
    tokens, _ = _tokens(words)
    return ANNOUNCED.search(" ".join(tokens)) is not None and _FIRST.isdisjoint(tokens)


def _tokens(words: Sequence[Word]) -> tuple[list[str], list[int]]:
    """Return normalised tokens, and for each the index of the word that it is part of."""
    tokens: list[str] = []
    owners: list[int] = []
    for index, word in enumerate(words):
        if word.masked:
            continue
        for part in re.findall(r"[a-z0-9]+", word.text.casefold()):
            whole = _WITHOUT_APOSTROPHE.get(part, part).split()
            tokens += whole
            owners += [index] * len(whole)
    return tokens, owners


def _balance(tokens: Sequence[str]) -> float:
    mine = sum(token in _FIRST for token in tokens)
    theirs = sum(token in _SECOND for token in tokens)
    return (theirs - mine) / (theirs + mine + _SHRINK)


def _quotable(tokens: Sequence[str]) -> bool:
    """Whether a phrase may stand in a report as evidence: long enough to mean something, no names, no numbers."""
    private = tokens[:2] in (["my", "name"], ["this", "is"]) or any(
        token in _COUNTED or any(char.isdigit() for char in token) for token in tokens
    )
    return len(tokens) > 1 and not private


def evidence(agent: str, heard: Mapping[str, Heard]) -> tuple[str, ...]:
    """Return at most three phrases of the agent's and two of the others', the weightiest groups first."""
    ours = list(_phrases(heard[agent].found, sign=1))
    theirs = [phrase for speaker, one in heard.items() if speaker != agent for phrase in _phrases(one.found, sign=-1)]
    return (*ours[:3], *theirs[:2])


def _phrases(found: Sequence[Found], *, sign: int) -> Iterator[str]:
    best: dict[str, Found] = {}
    for one in found:
        if one.cues.weight * sign > 0:
            best.setdefault(one.cues.name, one)
    ranked = sorted(best.values(), key=lambda one: -abs(one.cues.weight))
    yield from dict.fromkeys(f"{one.cues.name}: “{one.phrase}”" for one in ranked)
