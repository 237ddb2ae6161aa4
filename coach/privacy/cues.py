"""Words that say what the number after them is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from coach.privacy.numbers import HESITATIONS, TEENS, UNITS, Atom

CUES: Mapping[str, tuple[str, ...]] = {
    "card": (
        "card number",
        "card numbers",
        "card's number",
        "card ending",
        "card that ends",
        "credit card",
        "debit card",
        "bank card",
        "gift card number",
        "number on the card",
        "number on the front",
        "number on your card",
        "number on my card",
        "numbers on the card",
        "numbers on the front",
        "number off the card",
        "numbers off the card",
        "off the front of the card",
        "long number",
        "long card",
        "digits of the card",
        "digits of your card",
        "digits on the card",
        "digits on the front",
        "four of the card",
        "four of your card",
        "sixteen digits",
        "sixteen digit",
        "fifteen digits",
        "fifteen digit",
        "16 digits",
        "16 digit",
        "15 digits",
        "15 digit",
        "visa",
        "mastercard",
        "master card",
        "amex",
        "american express",
        "discover card",
        "read me the card",
        "go ahead with the card",
        "go ahead with your card",
        "give me the card",
        "pan number",
    ),
    "card?": ("card", "cards", "go ahead with the number"),
    "cvv": (
        "security code",
        "security number",
        "security digits",
        "secure code",
        "cvv",
        "cvv2",
        "cvc",
        "cvc2",
        "c v v",
        "c v c",
        "c v v two",
        "ccv",
        "csc",
        "cvb",
        "cbv",
        "cvd",
        "c v b",
        "c b v",
        "c v",
        "card verification",
        "verification value",
        "three digits on the back",
        "three digit code",
        "three digit number",
        "three digit security",
        "four digits on the front",
        "four digit code on",
        "3 digits on the back",
        "3 digit code",
        "3 digit number",
        "3 digit security",
        "4 digits on the front",
        "number on the back",
        "numbers on the back",
        "digits on the back",
        "code on the back",
        "three on the back",
        "back of the card",
        "back of your card",
        "back of my card",
        "signature strip",
        "signature panel",
    ),
    "cvv?": ("code", "three digits", "three numbers", "the back", "four digits on"),
    "expiry": (
        "expiration",
        "expiration date",
        "expiry",
        "expiry date",
        "exp date",
        "good through",
        "good thru",
        "valid through",
        "valid thru",
        "valid until",
    ),
    "expiry?": ("expires", "expire", "expiring", "exp", "ex date"),
    "ssn": (
        "social security",
        "social security number",
        "social",
        "socials",
        "ssn",
        "s s n",
        "soc sec",
        "four of your social",
        "taxpayer id",
        "tax id",
    ),
    "routing": ("routing number", "routing", "aba number", "transit number"),
    "bank": (
        "bank account",
        "bank account number",
        "checking account",
        "checking account number",
        "savings account",
        "savings account number",
        "account number at the bank",
    ),
    "pin": ("pin", "pin number", "pin code", "passcode", "pass code", "password", "access code"),
    "account": (
        "account",
        "account number",
        "utility account",
        "electric account",
        "gas account",
        "water account",
        "customer number",
        "customer id",
        "service number",
        "premise number",
    ),
    "named": (
        "invoice",
        "confirmation",
        "confirmation number",
        "meter",
        "meter number",
        "readings",
        "the reading",
        "your reading",
        "my reading",
        "our reading",
        "reading last",
        "reading this",
        "reading for",
        "a reading",
        "this reading",
        "last reading",
        "first reading",
        "previous reading",
        "current reading",
        "actual reading",
        "estimated reading",
        "meter reading",
        "month's reading",
        "reading of",
        "reading is",
        "reading was",
        "read was",
        "reference",
        "reference number",
        "case number",
        "ticket",
        "ticket number",
        "work order",
        "order number",
        "serial",
        "serial number",
        "tracking",
        "tracking number",
        "permit",
        "claim number",
        "badge",
        "employee id",
        "check number",
        "phone number",
        "telephone",
        "cell number",
        "cell phone",
        "mobile number",
        "my cell is",
        "my phone is",
        "callback number",
        "call you at",
        "call me at",
        "reach you at",
        "reach me at",
        "call us at",
        "fax",
        "zip",
        "zip code",
        "postal code",
        "birth",
        "birthday",
        "date of birth",
        "born",
        "billing period",
        "service period",
        "dates",
        "address",
        "street",
        "usage",
        "kilowatt",
        "model",
        "model number",
        "authorization number",
        "authorization code",
        "transaction number",
        "transaction id",
        "receipt",
        "barcode",
        "pole",
        "transformer",
        "vin",
        "license plate",
    ),
    "amount": (
        "balance",
        "balance is",
        "amount",
        "total",
        "totals",
        "due",
        "owe",
        "owed",
        "pay",
        "paid",
        "paying",
        "payment of",
        "charge of",
        "charged",
        "cost",
        "costs",
        "bill is",
        "bill was",
        "bill of",
        "bill for",
        "charge you",
        "deposit of",
        "fee of",
        "credit of",
        "comes to",
        "came to",
        "put down",
    ),
}
"""Phrases by what they announce. ``name?`` is a weak cue: it counts only where a card was spoken of."""

NAMES_ANOTHER = frozenset({"named", "account", "amount"})
"""Cues that say a number is not a payment card."""

NOT_SOCIAL = frozenset("services service worker workers media club program programs work".split())
_COUNTED = frozenset("digit digits numbers number".split())


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


def _index() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    by_first: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for kind, phrases in CUES.items():
        for phrase in phrases:
            words = tuple(_bare(word) for word in phrase.split())
            by_first.setdefault(words[0], []).append((words, kind))
    for entries in by_first.values():
        entries.sort(key=lambda entry: -len(entry[0]))
    return by_first


_BY_FIRST = _index()


def find_cues(at: Sequence[Atom]) -> Iterator[Cue]:
    """Yield the cues in one speaker's atoms, the longest at each place, hesitations skipped over."""
    said = [k for k, atom in enumerate(at) if atom.text not in HESITATIONS]
    p = 0
    while p < len(said):
        cue, size = _longest(at, said, p)
        if cue is not None:
            yield cue
        p += size


def _longest(at: Sequence[Atom], said: Sequence[int], p: int) -> tuple[Cue | None, int]:
    for words, kind in _BY_FIRST.get(_bare(at[said[p]].text), ()):
        inside = said[p : p + len(words)]
        if tuple(_bare(at[k].text) for k in inside) != words:
            continue
        after = at[said[p + len(words)]].text if p + len(words) < len(said) else ""
        if kind == "ssn" and words == ("social",) and after in NOT_SOCIAL:
            continue
        return Cue(kind, at[inside[0]].start, at[inside[-1]].end, inside[0], inside[-1]), len(words)
    return None, 1


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
        if after in _COUNTED or (before in ("last", "first", "final") and text in ("four", "4", "three", "3")):
            found.add(k)
    return frozenset(found)
