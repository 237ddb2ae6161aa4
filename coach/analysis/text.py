"""Words as the detectors compare them: plain, stemmed, with synonyms and numbers brought together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

import snowballstemmer

from coach.analysis import lexicons

_SHAPE: Final = re.compile(
    r"\[(?P<mask>[a-z0-9_ -]+)\]"
    r"|(?P<half>[ap])\.m\b\.?"
    r"|(?P<number>\$?\d[\d,]*(?:[.:/]\d+)*)(?:st|nd|rd|th|am|pm)?(?![a-z])"
    r"|(?P<word>[a-z0-9]+(?:'[a-z]+)*(?:-[a-z]+(?:'[a-z]+)*)*-?)"
    r"|(?P<mark>[.?!;,:…—])"
)

MASKS: Final = frozenset(
    "account address bank birth card cvv date email expiry name number password phone pii pin private routing".split()
) | frozenset({"ssn"})
"""What may stand in brackets for something taken out; other brackets are a transcriber's notes (``[laughs]``)."""

COMMON_WEIGHT: Final = 0.4
"""What an everyday word counts, against 1 for a telling one and 0 for grammar."""


@dataclass(frozen=True, slots=True)
class Token:
    """One word as it is compared.

    Attributes:
        norm: Lower case, no punctuation; a number as ``#185``; ``[card]`` when masked.
        word: Index of the word it came from.
        mark: Punctuation after it: ``.``, ``?``, ``,`` or nothing.
        concept: What it is compared by: stem or synonym group.
        weight: How much it tells, 0 to 1.
    """

    norm: str
    word: int
    mark: str
    concept: str
    weight: float

    @property
    def number(self) -> bool:
        """Whether it is a number, in digits or in words."""
        return self.norm.startswith("#") or self.norm in _number_words()

    @property
    def masked(self) -> bool:
        """Whether it stands for something taken out."""
        return self.norm.startswith("[")


@cache
def _number_words() -> dict[str, int]:
    return dict(lexicons.load("words")["numbers"])


_STEMMER: Final = snowballstemmer.stemmer("english")


@cache
def _synonyms() -> dict[str, str]:
    """Return the concept of each listed word and, where no listed word says otherwise, of its stem."""
    groups = lexicons.load("synonyms")["groups"]
    listed = {word: f"={concept}" for concept, members in groups.items() for word in members.split()}
    stems = {str(_STEMMER.stemWord(word)): group for word, group in reversed(listed.items())}
    return stems | listed


@lru_cache(maxsize=20_000)
def concept(norm: str) -> tuple[str, float]:
    """Return what a plain word is compared by, and how much it tells (0 to 1).

    >>> concept("invoices") == concept("bill")
    True
    >>> concept("the")
    ('the', 0.0)
    """
    if norm in lexicons.words("words", "function"):
        return norm, 0.0
    if norm.startswith("#"):
        return norm, 1.0
    if norm.startswith("["):
        return norm, 0.0
    if (value := _number_words().get(norm)) is not None:
        return f"#{value}", 0.6
    base = norm.removesuffix("'s").rstrip("-")
    stem = str(_STEMMER.stemWord(base))
    group = _synonyms().get(base) or _synonyms().get(stem) or stem
    common = lexicons.words("words", "common")
    return group, COMMON_WEIGHT if base in common or stem in common else 1.0


def tokens(said: str | Sequence[str]) -> tuple[Token, ...]:
    """Return the words of a text, or of a list of words as a recogniser gives them, as tokens.

    >>> [t.norm for t in tokens("It's $185.40, right?")]
    ["it's", '#185', '#40', 'right']
    """
    found: list[Token] = []
    pieces = said.split() if isinstance(said, str) else said
    for index, piece in enumerate(pieces):
        for shape in _SHAPE.finditer(piece.lower().replace("’", "'")):
            if mark := shape["mark"]:
                _mark(found, mark)
            else:
                found.extend(Token(norm, index, "", *concept(norm)) for norm in _norms(shape))
                if shape["half"] and pieces[index + 1 : index + 2] and pieces[index + 1][:1].isupper():
                    _mark(found, ".")  # "… at 5 p.m. Then": its last point ends the sentence too
    return tuple(found)


def _norms(shape: re.Match[str]) -> Iterable[str]:
    if half := shape["half"]:
        return [f"{half}.m"]
    if mask := shape["mask"]:
        return [f"[{mask}]"] if mask.split("_")[0] in MASKS else []
    if number := shape["number"]:
        return [f"#{part.lstrip('0') or '0'}" for part in re.split(r"[.:/]", number.lstrip("$").replace(",", ""))]
    first, *_, last = shape["word"].rstrip("-").split("-") * 2
    return [last if last.startswith(first) else shape["word"].rstrip("-")]  # "i-i've": begun twice


_TITLES: Final = frozenset("mr mrs ms dr st".split())


def _mark(found: list[Token], mark: str) -> None:
    """Put punctuation onto the last token; the point of "Mr." or of an initial ends no sentence."""
    if not found or (mark == "." and (found[-1].norm in _TITLES or _initial(found[-1].norm))):
        return
    kind = {"?": "?", ".": ".", "!": ".", ";": ".", "…": "."}.get(mark, ",")
    last = found[-1]
    if last.mark in ("", ",") or kind == "?":
        found[-1] = Token(last.norm, last.word, kind, last.concept, last.weight)


def _initial(norm: str) -> bool:
    return len(norm) == 1 and norm.isalpha() and norm != "i"


def concepts(said: Sequence[Token]) -> dict[str, float]:
    """Return the telling concepts of some tokens with their weights; numbers said in pieces also joined.

    "One eighty five" and "185" share ``#185``.

    >>> "#185" in concepts(tokens("one eighty five")) and "#185" in concepts(tokens("a hundred and 185"))
    True
    """
    telling = {token.concept: token.weight for token in said if token.weight > 0}
    run: list[int] = []
    for token in said:
        if (value := value_of(token)) is not None:
            run.append(value)
            continue
        if token.norm in SCALES:
            run[-1:] = [(run[-1] if run else 1) * SCALES[token.norm]]
            continue
        if token.norm == "and" and run:
            continue
        telling.update(_joined(run))
        run = []
    telling.update(_joined(run))
    return telling


SCALES: Final = {"hundred": 100, "thousand": 1000}


def value_of(token: Token) -> int | None:
    """Return the number that a token is, ``None`` where it is none, or too long to be an amount."""
    if token.norm.startswith("#"):
        digits = token.norm[1:]
        return int(digits) if digits.isdigit() and len(digits) < 10 else None
    return _number_words().get(token.norm)


def _joined(run: Sequence[int]) -> dict[str, float]:
    """Return the numbers that a run of number words may stand for: ``20, 4`` is 24; ``1, 85`` is 185."""
    if not run:
        return {}
    chunks: list[int] = []
    for value in run:
        if chunks and chunks[-1] % 10 == 0 and chunks[-1] >= 20 and 0 < value < _room(chunks[-1]):
            chunks[-1] += value
        else:
            chunks.append(value)
    whole = {f"#{chunk}": 1.0 for chunk in chunks}
    if 1 < len(chunks) <= 4:
        whole[f"#{''.join(map(str, chunks))}"] = 1.0
    return whole


def _room(value: int) -> int:
    """Return how much may still be added to a number being said: 10 after "twenty", 100 after "two hundred"."""
    return 10 if value % 100 else 100 if value % 1000 else 1000


@cache
def fillers() -> frozenset[str]:
    """Return the hesitation sounds."""
    return lexicons.words("words", "fillers")


def plain(said: Sequence[Token]) -> tuple[str, ...]:
    """Return the words without hesitations, and without words said twice in a row by stumbling.

    >>> plain(tokens("I I, um, was was wondering"))
    ('i', 'was', 'wondering')
    """
    kept: list[str] = []
    for token in said:
        if token.norm in fillers() or (kept and kept[-1] == token.norm and not token.number):
            continue
        kept.append(token.norm)
    return tuple(kept)
