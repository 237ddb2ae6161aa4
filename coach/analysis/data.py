"""Account data: digits, letters and addresses that are taken down or read back; not the customer's story."""

from __future__ import annotations

from typing import Final

from coach.analysis import text
from coach.analysis.view import View

LONGEST_FIGURE: Final = 5
"""Length of "#" and digits from which a number is no sum of money and no date, but an account's or a phone's."""


def account_data(view: View) -> bool:
    """Whether a clause only takes down or reads back data: digits, letters, names, an address."""
    return bool(view.once("account_data", _account_data))


def _account_data(view: View) -> bool:
    said = [token for token in view.clause.tokens if token.norm not in text.fillers()]
    if any(token.masked and token.norm != "[name]" for token in said):  # "thank you, [name]" takes nothing down
        return True
    digits = sum(token.number or len(token.norm) == 1 or token.norm in ("double", "triple") for token in said)
    if any(len(token.norm) > LONGEST_FIGURE for token in said if token.number and token.norm.startswith("#")):
        return True
    if digits > 1 and digits / len(said) > 0.5:
        return True
    return view.has("reading_back")
