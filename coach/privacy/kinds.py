"""The types of private data that can be masked, and which are unless told otherwise."""

from __future__ import annotations

from typing import Final, Literal

KINDS: Final = (
    "card",
    "cvv",
    "expiry",
    "ssn",
    "routing",
    "bank",
    "pin",
    "password",
    "phone",
    "email",
    "address",
    "birth",
    "name",
    "account",
)
"""Every type that can be found, as it stands in the words and in the counts."""

DEFAULT: Final = frozenset(KINDS) - {"name", "account"}
"""Masked unless told otherwise. Listening is about names, and the utility's account number pays nothing."""

Cover = Literal["silence", "beep"]
"""What is heard where something was taken out of the sound."""
