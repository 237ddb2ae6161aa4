"""Account data: digits, letters and addresses that are given, taken down or read back; not the customer's story."""

from __future__ import annotations

from typing import Final

from coach.analysis import lexicons, text
from coach.analysis.view import View

LONGEST_FIGURE: Final = 5
"""Length of "#" and digits from which a number is no sum of money and no date, but an account's or a phone's."""

_PARTICULARS: Final = frozenset({"[phone]", "[email]", "[address]", "[birth]"})
"""What was taken out of a clause that may be a story all the same: "nobody called me back at [phone]"."""


def account_data(view: View) -> bool:
    """Whether a clause of the agent's takes down or reads back data: digits, letters, an address."""
    return bool(view.once("account_data", lambda view: _masked(view) or _spelled(view)))


def given_data(view: View) -> bool:
    """Whether a clause of the customer's only gives data: a card's number; an address with nothing told of it."""
    return bool(view.once("given_data", lambda view: _given(view) or _spelled(view)))


def _masked(view: View) -> bool:
    """Whether something but a name was taken out: "thank you, [name]" takes nothing down."""
    return any(token.masked and token.norm != "[name]" for token in view.clause.tokens)


def _given(view: View) -> bool:
    if not _masked(view):
        return False
    if any(token.masked and token.norm not in {"[name]", *_PARTICULARS} for token in view.clause.tokens):
        return True
    words = lexicons.words("words", "particulars")
    return all(token.norm in words or token.number for token in view.clause.tokens if token.weight > 0)


def _spelled(view: View) -> bool:
    said = [token for token in view.clause.tokens if token.norm not in text.fillers()]
    digits = sum(token.number or len(token.norm) == 1 or token.norm in ("double", "triple") for token in said)
    if any(len(token.norm) > LONGEST_FIGURE for token in said if token.number and token.norm.startswith("#")):
        return True
    if digits > 1 and digits / len(said) > 0.5:
        return True
    return view.has("reading_back")
