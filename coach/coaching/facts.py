"""The customer's own facts, fit for an example: a clause turned round to "you", or the thing it is about.

Nothing is added. What they did not say, what was not heard clearly, what was masked and what nobody would
wish to hear back never stands in an example.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Literal

from coach.coaching.ground import clear
from coach.conversation import Word

LEAST, MOST = 4, 16
"""Words of a clause that can be given back in one breath."""

_TURNED = {
    "i": "you",
    "i'm": "you're",
    "i've": "you've",
    "i'd": "you'd",
    "i'll": "you'll",
    "me": "you",
    "my": "your",
    "mine": "yours",
    "myself": "yourself",
    "we": "you",
    "we're": "you're",
    "we've": "you've",
    "we'd": "you'd",
    "we'll": "you'll",
    "us": "you",
    "our": "your",
    "ours": "yours",
    "ourselves": "yourselves",
}
_AGREES = {"am": "are", "was": "were", "wasn't": "weren't", "ain't": "aren't"}
_THEIRS = frozenset("you your yours yourself you're you've you'd you'll y'all".split())
_LEADS = frozenset(
    "um uh er hi hello hey yes yeah no okay ok so well and but because cause like listen look oh right now just "
    "please".split()
)
_JOINS = frozenset("and but so because which cause".split())
_LINKS_BACK = frozenset("it its it's that this they them he she him her there".split())
_ASKS = frozenset("what why how when where who which can could will would do does did is are".split())
_HEDGES = frozenset("think guess mean know swear suppose thought".split())
_DANGLING = frozenset(
    (
        "the a an my our to of and but i with for in is was that at on from or this be not if whether can could would"
    ).split()
)
_VERBS = frozenset(
    (
        "am is are was were be been have has had do does did don't didn't can can't cannot could couldn't will won't "
        "would i'm i've i'd i'll we're we've we'd we'll isn't aren't wasn't weren't hasn't haven't it's got get went "
        "go goes came come comes paid pay said says told lost cut shut sent send saw see took take made make read left "
        "felt feel need needs want wants owe owes live lives keep keeps kept put ran runs run cost costs became stay "
        "gave give found find thought know heard spent bought sold broke sits lies works spoke"
    ).split()
)
_MONTHS = frozenset(
    "january february march april june july august september october november december "
    "monday tuesday wednesday thursday friday saturday sunday".split()
)
_COUNTS = frozenset("hundred thousand dollars dollar bucks twice doubled tripled fifty ninety".split())
_NUMBERS = frozenset("hundred thousand".split())
_TAILS = frozenset({("you", "see"), ("you", "know"), ("i", "mean"), ("i", "guess"), ("or", "something")})
_EDGES = re.compile(r"^\W+|[^\w%]+$")
_STOPS = (".", "?", "!", ",", ";", ":")


def plain(word: Word) -> str:
    """Return a word without outer punctuation, lower case."""
    return _EDGES.sub("", word.text.replace("’", "'")).casefold()


def clauses(words: Sequence[Word]) -> Iterator[list[Word]]:
    """Yield the clauses of a turn: cut at punctuation, and before "and", "but" and the like where none is written."""
    clause: list[Word] = []
    for word in words:
        if len(clause) >= LEAST and plain(word) in _JOINS and plain(clause[-1]) not in _NUMBERS:
            yield clause
            clause = []
        clause.append(word)
        if word.text.endswith(_STOPS):
            yield clause
            clause = []
    if clause:
        yield clause


Preference = Literal["most", "last", "cut"]

FELT = 3
"""Words of a clause that says how it is for them: "I'm really worried"."""

FACT, OWN = 2, 1
"""What a clause must be worth to be given back as a fact, or only as something of their own."""


def clause(
    words: Sequence[Word],
    avoid: Collection[str],
    things: Iterable[str],
    *,
    least: int = FACT,
    prefer: Preference = "most",
    shortest: int = LEAST,
) -> str | None:
    """Return the clause that says most, turned round: "your bill is four hundred dollars"; ``None`` for none fit.

    Args:
        words: What the customer said.
        avoid: Words that are never given back.
        things: What a clause may be about.
        least: What it must be worth: ``FACT`` or ``OWN``.
        prefer: ``most`` takes the clause that says most, ``last`` the last one fit, ``cut`` the last one as far as it
            was not cut off.
        shortest: Words that it has at least.
    """
    best: tuple[int, str] | None = None
    names = {thing for thing in things if " " not in thing}
    for found in clauses(words):
        body = _body(found)
        while prefer == "cut" and body and plain(body[-1]) in _DANGLING:
            body.pop()  # it was cut off here
        if len(body) < shortest or not _fit(body, avoid):
            continue
        worth = _worth([plain(word) for word in body], names)
        if worth >= least and (best is None or worth > best[0] or prefer != "most"):
            best = worth, turned(body)
    return best[1] if best else None


def thing(words: Sequence[Word], things: Iterable[str]) -> str | None:
    """Return what a turn is about, as "your bill" or "the late fee"; ``None`` when it names nothing known.

    Args:
        words: What the customer said.
        things: What may be named, in order of preference.
    """
    said = [plain(word) if clear(word) else "…" for word in words]
    for name in things:
        parts = name.split()
        for at in range(len(said) - len(parts) + 1):
            if said[at : at + len(parts)] != parts or _goes_on(said[at + len(parts) : at + len(parts) + 1]):
                continue
            mine = said[max(0, at - MINE) : at]
            if "my" in mine or "our" in mine:
                return f"your {name}"
            if len(parts) > 1 or name in _PLAIN_THINGS:
                return f"the {name}"
    return None


MINE = 2
"""Words back in which "my" makes a thing theirs: "my last bill"."""

_PLAIN_THINGS = frozenset("bill bills meter deposit refund outage leak technician appointment statement".split())
"""What is one thing even without "my" before it; "the water" and "the account" may be anybody's."""


def _goes_on(after: Sequence[str]) -> bool:
    """Whether a name goes on past the thing: the "credit" of a credit card, the "service" of a service desk."""
    return bool(after) and after[0] in _COMPOUNDS


_COMPOUNDS = frozenset(
    "card cards company department desk number heater main mains station line lines tank plant plan bill meter "
    "charge fee notice date reading reader address score union bar bars strip box book".split()
)


def turned(words: Sequence[Word]) -> str:
    """Return a clause as the other party would give it back.

    >>> turned([Word(text, 0, 1) for text in "I was told my bill was paid.".split()])
    'you were told your bill was paid'
    """
    said: list[str] = []
    for word in words:
        bare = plain(word)
        if "you" in said[-2:] and bare in _AGREES:
            said.append(_AGREES[bare])
        elif bare in _TURNED:
            said.append(_TURNED[bare])
        else:
            text = word.text.strip('.,?!;:"“”')
            said.append(text if said or text[:2].isupper() or not text[:1].isalpha() else text[:1].lower() + text[1:])
    return " ".join(said)


def _body(found: Sequence[Word]) -> list[Word]:
    """Return a clause without the words that only lead into it."""
    body = [word for at, word in enumerate(found) if at == 0 or plain(word) != plain(found[at - 1])]
    while body and plain(body[0]) in _LEADS:
        body.pop(0)
    while tuple(plain(word) for word in body[-2:]) in _TAILS:
        del body[-2:]
    return body


def _fit(body: Sequence[Word], avoid: Collection[str]) -> bool:
    said = [plain(word) for word in body]
    if said and said[0] in _VERBS and "'" not in said[0]:
        return False  # whose doing it was went before
    if not body or len(body) > MOST or body[-1].text.endswith("?") or said[0] in _ASKS | _LINKS_BACK:
        return False
    if said[-1] in _DANGLING or not _HEDGES.isdisjoint(said[:3]):
        return False
    if not any(bare in _VERBS or bare.endswith("ed") for bare in said):
        return False
    if any(word.masked or not clear(word) for word in body):
        return False
    return not any(bare in _THEIRS or bare in avoid or bare in ("uh", "um", "er") for bare in said)


def _worth(said: Sequence[str], things: Collection[str]) -> int:
    """Return how much a clause says: an amount, a date, a thing, and whose it is."""
    own = any(bare in _TURNED for bare in said)
    amount = any(bare in _COUNTS or any(c.isdigit() for c in bare) for bare in said)
    dated = any(bare in _MONTHS for bare in said)
    named = any(bare in things for bare in said)
    return own + 2 * amount + dated + 2 * named
