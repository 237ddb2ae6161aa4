"""The form of a clause: how it begins, whom it is about, whether it asks, by word order and not by marks alone."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Final

from coach.analysis import lexicons
from coach.analysis.clauses import Clause

_YOU: Final = frozenset("you you're you've you'd you'll your yours yourself".split())
_I: Final = frozenset("i i'm i've i'd i'll we we're we've we'll let me my".split())
_THEY: Final = frozenset("it it's that that's this there there's he she they they're he's she's the".split())
_TAGS: Final = frozenset(
    tuple(tag.split())
    for tag in (
        "right|correct|yeah|yes|no|huh|or|or not|or something|or what|or no|is that right|is that correct|is that it|"
        "am i right|is it|isn't it|does it|doesn't it|did it|didn't it|was it|wasn't it|did you|didn't you|do you|"
        "don't you|are you|aren't you|have you|haven't you|will you|can you|would you|is he|is she|is this|is there|"
        "isn't there|do they|don't they|are they|aren't they"
    ).split("|")
)
_ASKING_LATER: Final = frozenset("what what's how how's why where where's".split())
_ITEM: Final = frozenset(
    "number name date address code time amount day month year many much long old often far account email zip area "
    "color size kind type line reference card".split()
)


@dataclass(frozen=True, slots=True)
class Form:
    """How a clause is built.

    Attributes:
        words: Number of words without hesitations.
        marked: Whether it ends in a written question mark.
        inverted: Whether an auxiliary stands before the subject at its head ("do you", "is that").
        inverted_later: The same further in.
        question_word: The question word at its head, empty when none.
        wh_later: Whether a question word and an auxiliary stand together further in.
        tag: Whether it ends in a tag ("isn't it", "right").
        trailing_or: Whether it ends in "or".
        person: ``you``, ``i``, ``it`` or nothing: what it begins with, led-in words taken off.
        about_you: Share of its words that are the second person.
        about_me: Share of its words that are the first person.
        so: Whether it is led in by "so" or "and so".
    """

    words: int
    marked: bool
    inverted: bool
    inverted_later: bool
    question_word: str
    wh_later: bool
    tag: bool
    trailing_or: bool
    person: str
    about_you: float
    about_me: float
    so: bool

    @property
    def asks_item(self) -> bool:
        """Whether its question word asks for one item: who, when, where, how much, what number."""
        return self.question_word in ("who", "when", "where", "which", "item", "who's", "where's")


def form(clause: Clause) -> Form:
    """Return the form of a clause."""
    norms, head = clause.norms, clause.head
    if head[:2] == ("i", "mean"):
        head = head[2:]
    count = max(1, len(norms))
    return Form(
        words=len(norms),
        marked=clause.asks,
        inverted=_inverts(head),
        inverted_later=any(_inverts(head[i : i + 2]) for i in range(1, len(head) - 1)),
        question_word=_question_word(head),
        # "which is", "who doesn't" further in tell more of somebody; they do not ask
        wh_later=any(
            (head[i] in _ASKING_LATER and _wh(head[i : i + 3])) or _asks_which(head[i : i + 5])
            for i in range(1, len(head) - 2)
        ),
        tag=len(norms) > 1 and any(norms[-len(tag) :] == tag and len(norms) > len(tag) for tag in _TAGS),
        trailing_or=len(norms) > 2 and norms[-1] == "or",
        person=_person(head),
        about_you=sum(norm in _YOU for norm in norms) / count,
        about_me=sum(norm in _I for norm in norms) / count,
        so="so" in norms[: len(norms) - len(head) + 1],
    )


@cache
def _subjects() -> frozenset[str]:
    return lexicons.words("words", "subjects")


def _inverts(head: tuple[str, ...]) -> bool:
    auxiliaries = lexicons.words("words", "auxiliaries")
    if len(head) > 2 and head[0] in auxiliaries and head[1] in auxiliaries:
        head = head[1:]  # "is are you having …": begun twice
    return len(head) > 1 and head[0] in auxiliaries and head[1] in _subjects()


def _wh(head: tuple[str, ...]) -> bool:
    """Whether words begin like a question with a question word: it and an auxiliary, or it and what it asks for."""
    if not head or head[0] not in lexicons.words("words", "question_words"):
        return False
    if "'" in head[0] and head[0] != "who's":
        return True
    return len(head) > 1 and (
        head[1] in lexicons.words("words", "auxiliaries") or (head[0] in ("what", "which", "how") and head[1] in _ITEM)
    )


def _asks_which(head: tuple[str, ...]) -> bool:
    """Whether words go "how likely are you", "which of them did you"."""
    return head[0] in ("how", "which", "what") and any(_inverts(head[i : i + 2]) for i in (2, 3))


def _question_word(head: tuple[str, ...]) -> str:
    """Return the question word at the head, ``item`` for "what number" and "how much"; empty when none."""
    while head and head[0] in ("to", "for", "in", "at", "from", "of", "on", "about", "with", "can"):
        head = head[1:]
    if not head or head[0] not in lexicons.words("words", "question_words"):
        return ""
    if head[0] in ("what", "which", "how", "what's", "how's") and any(word in _ITEM for word in head[1:4]):
        return "item"
    if head[0] == "which" and len(head) > 1 and head[1] in lexicons.words("words", "auxiliaries"):
        return "which" if _inverts(head[1:]) else ""
    if head[0] in ("which", "what") and len(head) == 2 and head[1] not in _subjects():
        return "item" if head[0] == "which" else "what"
    if head[0] in ("when", "where", "which", "how", "what", "who") and not _wh(head) and len(head) > 1:
        # "when it rains", "what I mean is": a clause of a sentence, unless it is short and stands alone
        told = head[1].split("'")[0] in _subjects() | {"a"}  # "what I'll do", "how we'd do that"
        return "" if head[0] in ("when", "who", "which") or told else head[0]
    return head[0].removesuffix("'s").removesuffix("'re").removesuffix("'d")


def _person(head: tuple[str, ...]) -> str:
    if not head:
        return ""
    first = head[0]
    return "you" if first in _YOU else "i" if first in _I else "it" if first in _THEY else ""
