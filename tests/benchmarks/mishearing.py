"""Calls without sound, and what they become when a recogniser mishears one party.

Errors are drawn word by word at a rate: six in ten swap a word for one that sounds much like it, or for a frequent one;
two in ten leave it out; two in ten add another after it. The sound is not touched: activity and times stay. With
``lowered``, confidences are drawn anew so that they say about as much as the bundled recogniser's do at that rate (its
card: at 80 % of words right, 96 % of the right and 62 % of the wrong have 0.5 or more; at 65 %, 90 % and 47 %).
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, Final

from coach.conversation import Conversation, Interval, Party, Role, Word, converse, union

TESTS: Final = Path(__file__).parents[1]
DIALOGUES: Final = TESTS / "calls" / "dialogues.txt"
TRANSCRIPTS: Final = TESTS / "calls" / "transcripts"
LABELLED: Final = TESTS / "labelled" / "billing.jsonl"

SECONDS_A_WORD: Final = 0.32
BETWEEN: Final = 0.4
"""Seconds between two turns of a call without sound."""
SURE: Final = 0.93
"""Confidence of its words."""

_SWAPPED, _LEFT_OUT = 0.6, 0.8
_ALIKE = 0.6
"""Of the swapped words, the share that is swapped for one that sounds alike; the others become a frequent word."""


@dataclass(frozen=True, slots=True)
class Confidences:
    """How a recogniser's confidences fall when it mishears.

    Attributes:
        right: Share of the right words that have 0.5 or more.
        wrong: Share of the wrong words that have.
    """

    right: float
    wrong: float


LOWERED: Final[Mapping[float, Confidences]] = {0.2: Confidences(0.957, 0.62), 0.35: Confidences(0.90, 0.47)}


def dialogues(path: Path = DIALOGUES) -> dict[str, Conversation]:
    """Return the made calls by name."""
    found: dict[str, list[tuple[Role, str]]] = {}
    roles: Mapping[str, Role] = {"A": "agent", "C": "customer"}
    lines: list[tuple[Role, str]] = []
    for line in path.read_text("utf-8").splitlines():
        if line.startswith("== "):
            lines = found.setdefault(line[3:], [])
        elif line[:2] in ("A ", "C "):
            lines.append((roles[line[0]], line[2:]))
    return {name: spoken(said) for name, said in found.items()}


def spoken(lines: Sequence[tuple[Role, str]]) -> Conversation:
    """Return a call in which these lines are said, one after the other."""
    at = 0.5
    words: dict[Role, list[Word]] = {"agent": [], "customer": []}
    speech: dict[Role, list[Interval]] = {"agent": [], "customer": []}
    for role, text in lines:
        start = at
        for word in text.split():
            words[role].append(Word(word, at, at + 0.9 * SECONDS_A_WORD, SURE))
            at += SECONDS_A_WORD
        speech[role].append(Interval(start, at))
        at += BETWEEN
    sides: tuple[Role, Role] = ("agent", "customer")
    parties = [Party(role, role, union(speech[role]), tuple(words[role])) for role in sides]
    return converse(parties, at + 1.0, "channels")


def of_review(review: Mapping[str, Any]) -> Conversation:
    """Return the conversation that a review file tells of."""
    words: dict[Role, list[Word]] = {"agent": [], "customer": []}
    for turn in review["turns"]:
        if turn["role"] in words:
            words[turn["role"]] += [Word(**word) for word in turn["words"]]
    sides: tuple[Role, Role] = ("agent", "customer")
    parties = [
        Party(
            role,
            role,
            tuple(Interval(start, end) for start, end in review["speech"][role]),
            tuple(sorted(words[role], key=lambda word: (word.start, word.end))),
        )
        for role in sides
    ]
    duration = review["recording"]["duration"] or max(word.end for side in words.values() for word in side)
    return converse(
        parties, duration, review["separation"], timed=any(party.speech for party in parties), word_times=True
    )


def misheard(call: Conversation, role: Role, rate: float, draw: random.Random, *, lowered: bool) -> Conversation:
    """Return a call in which one party's words were misheard.

    Args:
        call: As it was heard.
        role: Whose words.
        rate: Errors a word, 0 to 1; one of ``LOWERED`` where confidences are lowered.
        draw: Where chance comes from.
        lowered: Whether the confidences fall as a recogniser's do, or stay as they are.
    """
    parties = [
        replace(party, words=_misheard(party.words, rate, draw, LOWERED[rate] if lowered else None))
        if party.role == role
        else party
        for party in call.parties
    ]
    return converse(parties, call.duration, call.separation, timed=call.timed, word_times=call.word_times)


def _misheard(words: Sequence[Word], rate: float, draw: random.Random, falling: Confidences | None) -> tuple[Word, ...]:
    out: list[Word] = []
    for word in words:
        chance = draw.random()
        if chance >= rate or word.masked:
            out.append(_sure(word, draw, falling.right if falling else None))
            continue
        share = falling.wrong if falling else None
        if chance < rate * _SWAPPED:
            alike = draw.random() < _ALIKE
            text = draw.choice(sounding_like(_bare(word.text)) if alike else _frequent())
            out.append(_sure(replace(word, text=text), draw, share))
        elif chance >= rate * _LEFT_OUT:
            half = (word.start + word.end) / 2
            out.append(_sure(replace(word, end=half), draw, share))
            out.append(_sure(replace(word, text=draw.choice(_frequent()), start=half), draw, share))
    return tuple(out)


def _sure(word: Word, draw: random.Random, share: float | None) -> Word:
    if share is None:
        return word
    high = draw.random() < share
    return replace(word, confidence=draw.uniform(0.65, 1.0) if high else draw.uniform(0.1, 0.5 - 1e-9))


def _bare(word: str) -> str:
    return re.sub(r"[^a-z']", "", word.lower())


@cache
def _counted() -> Counter[str]:
    """Return the words of the project's own calls and clauses with how often they come."""
    text = DIALOGUES.read_text("utf-8")
    for line in LABELLED.read_text("utf-8").splitlines():
        row = json.loads(line)
        text += f" {row['text']} {row['previous_text']}"
    return Counter(filter(None, (_bare(word) for word in text.split())))


@cache
def _frequent() -> tuple[str, ...]:
    return tuple(word for word, _ in _counted().most_common(150))


@cache
def sounding_like(word: str) -> tuple[str, ...]:
    """Return the five words of ours that sound most like a word, by the consonants and vowels that are heard.

    >>> "bill" in sounding_like("built")
    True
    """
    sound = _sound(word)
    others = sorted(
        (other for other in _counted() if other != word), key=lambda o: (_distance(sound, _sound(o)), -_counted()[o], o)
    )
    return tuple(others[:5])


_SOUNDS: Final = tuple(
    (re.compile(pattern), sound)
    for pattern, sound in (
        (r"^kn|^gn", "n"), (r"^wr", "r"), (r"ph", "f"), (r"gh", ""), (r"c(?=[eiy])|z", "s"), (r"ck|[cqk]", "k"),
        (r"tion|sion", "shn"), (r"[dt]+", "t"), (r"[bp]+", "p"), (r"[fv]+", "f"), (r"g(?=[ei])|j", "j"),
        (r"[aeiouy]+", "a"), (r"(.)\1+", r"\1"), (r"'", ""),
    )
)  # fmt: skip


@cache
def _sound(word: str) -> str:
    for pattern, sound in _SOUNDS:
        word = pattern.sub(sound, word)
    return word


def _distance(one: str, other: str) -> int:
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(other, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]
