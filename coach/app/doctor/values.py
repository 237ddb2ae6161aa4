"""What one look found."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Literal

State = Literal["well", "mind", "ill"]
"""All well; works, but is worth a look; something will not work."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        about: What, in a word or two.
        state: How it is.
        sentence: What was seen.
        mend: What to do; empty where all is well.
        exit_code: For the command, where it is ill.
    """

    about: str
    state: State
    sentence: str
    mend: str = ""
    exit_code: int = 0

    def as_data(self) -> dict[str, object]:
        """Return plain data."""
        return asdict(self)


def well(about: str, sentence: str) -> Finding:
    """Return that all is well."""
    return Finding(about, "well", sentence)


def mind(about: str, sentence: str, mend: str) -> Finding:
    """Return that something is worth a look."""
    return Finding(about, "mind", sentence, mend)


def ill(about: str, sentence: str, mend: str, exit_code: int) -> Finding:
    """Return that something will not work."""
    return Finding(about, "ill", sentence, mend, exit_code)
