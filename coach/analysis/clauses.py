"""Clauses: the units that are judged, cut by punctuation where there is any and by form where there is none."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from coach.analysis import lexicons, text
from coach.analysis.text import Token

SHORTEST: Final = 3
"""Words that a clause has before another may begin inside the same sentence."""

PAUSE: Final = 0.7
"""A silence between two words of a turn, in seconds, that ends a clause where there is no punctuation."""

LONGEST_OPENING: Final = 12
"""Words of "if …" or "when …" after which it is no longer waited for what it leads to."""

UNMARKED: Final = 4
"""The same where no comma tells."""

ITEM: Final = 4
"""Words back in which a question word waits for its verb."""

_HANGING: Final = frozenset(
    "that if because what how when whether where who why which to the a an and or of for with in on at than as like "
    "i you we they he she it is are was were be not do does did have has had will would can could should may might "
    "my your our their his her this these those know tell me see sure ask say let about so but".split()
)
"""A clause does not end after one of these: what follows belongs to it."""


@dataclass(frozen=True, slots=True)
class Clause:
    """A piece of one turn that does one thing.

    Attributes:
        tokens: Its words.
        norms: Its words without hesitations and stumbles.
        line: The same as one line, for phrase patterns.
        asks: Whether it ends in a written question mark.
        punctuated: Whether the text that it comes from has punctuation that ends sentences at all.
    """

    tokens: tuple[Token, ...]
    norms: tuple[str, ...]
    line: str
    asks: bool
    punctuated: bool

    @classmethod
    def of(cls, said: Sequence[Token], *, punctuated: bool) -> Clause:
        """Return the clause made of these tokens."""
        norms = text.plain(said)
        asks = bool(said) and said[-1].mark == "?"
        return cls(tuple(said), norms, " ".join(norms), asks, punctuated)

    @property
    def head(self) -> tuple[str, ...]:
        """The words from where it really begins: "okay so now" and the like taken off."""
        lead = lexicons.words("words", "lead_ins")
        index = 0
        while index < len(self.norms):
            if self.norms[index : index + 2] == ("i", "see") and index + 2 < len(self.norms):
                index += 2  # "oh, I see, is that …"
            elif self.norms[index] in lead:
                index += 1
            else:
                return self.norms[index:]
        return ()


def punctuated(said: Sequence[Token]) -> bool:
    """Return whether a text carries marks that end sentences."""
    return any(token.mark in (".", "?") for token in said)


def split(said: Sequence[Token], pauses: frozenset[int] = frozenset()) -> tuple[tuple[Token, ...], ...]:
    """Cut a turn into clauses.

    Args:
        said: The turn's tokens.
        pauses: Indices of tokens that a pause comes before.

    Returns:
        The clauses' tokens, in order; together they are the turn.
    """
    pieces: list[tuple[Token, ...]] = []
    begin = 0
    for index in range(1, len(said)):
        if _ends(said, begin, index) or (index in pauses and _complete(said, begin, index)):
            pieces.append(tuple(said[begin:index]))
            begin = index
    if begin < len(said):
        pieces.append(tuple(said[begin:]))
    return tuple(pieces)


def _ends(said: Sequence[Token], begin: int, index: int) -> bool:
    """Whether a clause that began at ``begin`` ends before ``index``."""
    mark = said[index - 1].mark
    if mark in (".", "?"):
        return True
    if len(said) - index < 2 or said[index].mark in (".", "?"):
        return False
    if _sighs(said, begin, index):
        return True
    if _only_a_tag(said, index):
        return False
    return _begins(said, index) and _enough(said, begin, index) and not _still_opens(said, begin, index)


def _begins(said: Sequence[Token], index: int) -> bool:
    """Whether, by the words around it, something new begins at ``index``."""
    last, pair = said[index - 1].norm, (said[index].norm, said[index + 1].norm)
    if pair in _PAIRS and last not in (_HANGING if pair in _ASKING_PAIRS else _JOINING):
        return True
    if said[index - 1].mark == ",":
        return last not in _SUBORDINATE and _starts(said, index, strong=True)
    return last not in _HANGING and _starts(said, index, strong=False)


def _enough(said: Sequence[Token], begin: int, index: int) -> bool:
    return len(text.plain(said[begin:index])) >= SHORTEST


def _only_a_tag(said: Sequence[Token], index: int) -> bool:
    """Whether all that is left of a sentence is a tag: "so it came first, │ is that right?"."""
    for length, token in enumerate(said[index : index + LONGEST_TAG], 1):
        if token.mark in (".", "?") or index + length == len(said):
            return " ".join(t.norm for t in said[index : index + length]) in _FINAL_TAGS
    return False


LONGEST_TAG: Final = 4
"""Words of a tag."""

_FINAL_TAGS: Final = frozenset(
    f"{before}{verb} {who}{after}"
    for verb in (
        "is are was were do does did have has can will isn't aren't wasn't weren't don't doesn't didn't haven't hasn't "
        "can't won't am".split()
    )
    for who in ("it", "that", "you", "they", "he", "she", "i", "this", "we", "there")
    for before in ("", "or ")
    for after in ("", " right", " correct", " it", " so", " not")
)


def _sighs(said: Sequence[Token], begin: int, index: int) -> bool:
    """Whether a small sympathy ends here that stands by itself: "oh dear", "oh my goodness"."""
    return index - begin >= 2 and (said[index - 2].norm, said[index - 1].norm) in _SIGHS


def _still_opens(said: Sequence[Token], begin: int, index: int) -> bool:
    """Whether what comes next still belongs to what the clause opened: "when you say always, │ was it …"."""
    norms = [token.norm for token in said[begin:index]]
    lead = lexicons.words("words", "lead_ins")
    head = next((norm for norm in norms if norm not in lead), "")
    inner = any(token.mark == "," for token in said[begin : index - 1])
    if head in _SUBORDINATE and not inner and len(norms) <= (LONGEST_OPENING if said[index - 1].mark else UNMARKED):
        return True
    for norm in reversed(norms[-ITEM:]):  # "what time │ would you …", "how many days a week │ are you …"
        if norm in _openers()["auxiliary"]:
            return False
        if norm in ("what", "which", "how", "whose"):
            return said[index].norm in _openers()["auxiliary"]
    return False


def _complete(said: Sequence[Token], begin: int, index: int) -> bool:
    return said[index - 1].norm not in _HANGING and _enough(said, begin, index)


@cache
def _openers() -> dict[str, frozenset[str]]:
    subjects = frozenset(
        "i you he she it we they that this there i'm i'll i've i'd you're you'll you've it's that's".split()
    )
    return {
        "always": frozenset(["let's"]),
        "subject": subjects | {"we'll", "we've", "we're", "there's", "they're", "here's"},
        "joint": frozenset(["so", "but", "and", "because"]),
        "auxiliary": lexicons.words("words", "auxiliaries"),
        "question": lexicons.words("words", "question_words"),
    }


def _starts(said: Sequence[Token], index: int, *, strong: bool) -> bool:
    """Whether a clause can begin here; ``strong`` after a comma."""
    openers = _openers()
    word = said[index].norm
    after = said[index + 1].norm if index + 1 < len(said) else ""
    if word in openers["always"] or (word, after) in _PAIRS - _ASKING_PAIRS:
        return True
    then = said[index + 2].norm if index + 2 < len(said) else ""
    if (word, after, then) in _TAKING_UP:
        return True
    if (word, after) in (("so", "that"), ("you", "know")) or (word == "so" and then in _PURPOSE):
        return False
    if word in ("i'll", "we'll") or (word in ("i", "we") and after in ("can", "will")):
        return strong or said[index - 1].norm not in _WHATEVER
    if word in openers["joint"]:
        return (
            after in openers["subject"]
            or after in openers["question"]
            or after in openers["auxiliary"]
            or after == "let"
        )
    if word in openers["auxiliary"]:  # "… do you", "… is that"
        return after in openers["subject"] and said[index - 1].norm not in openers["subject"]
    if word in openers["question"]:
        return after in openers["auxiliary"] or "'" in word or (strong and after in openers["subject"])
    return strong and word in openers["subject"]


_JOINING: Final = frozenset("to and so but if because or when then that's say said if".split())
"""Even "let me" and "thank you" belong to what these begin."""

_ASKING_PAIRS: Final = frozenset({("can", "i"), ("may", "i"), ("could", "you")})
_PAIRS: Final = _ASKING_PAIRS | {("let", "me"), ("thank", "you"), ("i'm", "sorry")}

_TAKING_UP: Final = frozenset(
    {("when", "you", "say"), ("when", "you", "said"), ("do", "you", "mean")}
    | {(just, "to", again) for just in ("just", "so") for again in ("recap", "review", "confirm", "summarize", "sum")}
)
"""What takes up the other party's words, or sums up, wherever it stands."""

_WHATEVER: Final = frozenset(
    "all best thing things something anything everything way least most only else more other".split()
)
"""In "all I can do" nothing begins at "I"."""

_PURPOSE: Final = frozenset("can could don't won't".split())
"""After "so I", "so you", these tell what for; they begin nothing new."""

_SUBORDINATE: Final = frozenset("if when because since once unless while although though until that".split())
"""What opens with one of these goes on to its first comma and past it."""

_SIGHS: Final = frozenset(
    {("oh", "dear"), ("oh", "gosh"), ("oh", "lord"), ("oh", "goodness"), ("my", "goodness"), ("my", "gosh")}
)
