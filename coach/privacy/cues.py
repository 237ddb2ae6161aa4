"""Words that say what the number after them is."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coach.privacy.cue_words import CUES
from coach.privacy.numbers import HESITATIONS, TEENS, TENS, UNITS, Atom

NAMES_ANOTHER = frozenset({"named", "account", "amount", "tail", "birth", "email", "address"})
"""Cues that say a number is not a payment card."""

OPEN = frozenset({"card", "card?", "cvv", "ssn", "routing", "bank", "pin", "phone", "password"})
"""Cues after which "four thousand one hundred and eleven" is digits and no quantity."""

_WHOSE = frozenset("your my his her their the our full whole entire four digits of last wife's husband's".split())
_NOT_SOCIAL = frozenset(
    "services service worker workers media club program programs work life event events anxiety skills circle network "
    "aspect aspects situation situations distancing studies benefits income department security".split()
)
_NOT_ACCOUNT = frozenset("holder holder's holders owner owner's password pin email address name manager".split())
_SKIPPED = HESITATIONS | {"little", "small", "tiny"}
_COUNTED = frozenset("digit digits numbers number".split())
_ON_THE = frozenset("on for of to with from at the your my this our a primary that his her their it's".split())
_QUALIFIES = frozenset({"account", "card", "card?"})
_QUALIFIED = frozenset(
    {"ssn", "pin", "password", "phone", "birth", "email", "address", "routing", "cvv", "expiry", "named"}
)


@dataclass(frozen=True, slots=True)
class Cue:
    """A phrase that names the number after it.

    Attributes:
        kind: Key of ``CUES``.
        start: Seconds.
        end: Seconds.
        first: Index of its first atom.
        last: Index of its last atom.
    """

    kind: str
    start: float
    end: float
    first: int
    last: int


def _bare(text: str) -> str:
    """Return a word without the "'s" of "the code's 123"."""
    return text.removesuffix("'s")


def expand(phrase: str) -> Iterator[str]:
    """Yield what a phrase with choices stands for.

    >>> list(expand("{card|cards} number"))
    ['card number', 'cards number']
    """
    parts = [choice.split("|") for choice in re.split(r"[{}]", phrase)]
    for chosen in itertools.product(*parts):
        yield " ".join("".join(chosen).split())


def _index() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    by_first: dict[str, dict[tuple[str, ...], str]] = {}
    for kind, phrases in CUES.items():
        for phrase in itertools.chain.from_iterable(map(expand, phrases)):
            words = tuple(_bare(word) for word in phrase.split())
            by_first.setdefault(words[0], {}).setdefault(words, kind)
    return {first: sorted(entries.items(), key=lambda e: -len(e[0])) for first, entries in by_first.items()}


_BY_FIRST = _index()


def find_cues(at: Sequence[Atom]) -> Iterator[Cue]:
    """Yield the cues in one speaker's atoms, the longest at each place, hesitations skipped over."""
    said = [k for k, atom in enumerate(at) if atom.text not in _SKIPPED]
    p = 0
    before: Cue | None = None
    while p < len(said):
        cue, size = _longest(at, said, p)
        if cue is not None and not (before is not None and _qualifies(at, before, cue)):
            yield cue
            before = cue
        # Inside "three digits on the back" the weak "three digits" hides a strong one.
        p += 1 if cue is not None and cue.kind.endswith("?") else size


def _longest(at: Sequence[Atom], said: Sequence[int], p: int) -> tuple[Cue | None, int]:
    for words, kind in _BY_FIRST.get(_bare(at[said[p]].text), ()):
        inside = said[p : p + len(words)]
        if tuple(_bare(at[k].text) for k in inside) != words:
            continue
        after = at[said[p + len(words)]].text if p + len(words) < len(said) else ""
        if kind == "ssn" and words in (("social",), ("socials",)) and not _social(at, said, p):
            continue
        if words == ("the", "sixteen") and (after.isdigit() or after in UNITS or after in TENS or after in TEENS):
            continue  # digits of a number that goes on
        if words == ("social", "security") and p and at[said[p - 1]].text == "on":
            return None, 2  # what somebody lives on
        if kind == "account" and words[-1] == "account" and after in _NOT_ACCOUNT:
            return None, len(words)
        return Cue(kind, at[inside[0]].start, at[inside[-1]].end, inside[0], inside[-1]), len(words)
    return None, 1


def _social(at: Sequence[Atom], said: Sequence[int], p: int) -> bool:
    """Whether "social" is the number: "your social", "last four social", and not "social worker"."""
    before = at[said[p - 1]].text if p else ""
    after = at[said[p + 1]].text if p + 1 < len(said) else ""
    return before in _WHOSE and after not in _NOT_SOCIAL


def _qualifies(at: Sequence[Atom], before: Cue, cue: Cue) -> bool:
    """Whether a cue only says whose the thing before it is: "the PIN on the account", "social ending in"."""
    between = [at[k] for k in range(before.last + 1, cue.first)]
    if len(between) > 4 or any(atom.stop or atom.text not in _ON_THE for atom in between):
        return False
    if cue.kind == "tail":
        return before.kind == "ssn"
    own = len(between) > 0 and before.kind in _QUALIFIED and cue.kind in _QUALIFIES
    return own and not at[before.last].stop and (before.kind != "named" or cue.kind == "account")


def counting(at: Sequence[Atom]) -> frozenset[int]:
    """Return the atoms that count digits ("sixteen digits", "last four digits", "last four of") and are none."""
    found: set[int] = set()
    for k in range(len(at)):
        text = at[k].text
        number = text in UNITS or text in TEENS or text.isdigit()
        if not number or (len(text) > 2 and text.isdigit()):
            continue
        after = at[k + 1].text if k + 1 < len(at) else ""
        before = at[k - 1].text if k else ""
        ordinal = before in ("last", "first", "final", "next", "second", "middle")
        if after in _COUNTED or (ordinal and text in ("four", "4", "three", "3")):
            found.add(k)
    return frozenset(found)
