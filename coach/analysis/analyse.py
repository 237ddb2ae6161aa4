"""All analysers by name, and one call that runs them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

from coach.analysis import lexicons
from coach.analysis.accounts import Accounts
from coach.analysis.judge import judge
from coach.analysis.listening import Listening
from coach.analysis.pace import Pace
from coach.analysis.protocol import Analyzer
from coach.analysis.semantic import Semantic, using
from coach.analysis.timing import Timing
from coach.analysis.turn_taking import TurnTaking
from coach.analysis.warmth import Empathy
from coach.analysis.wording import Wording
from coach.conversation import ConfigurationError, Conversation, Findings

ANALYZERS: Final[Mapping[str, Analyzer]] = MappingProxyType(
    {
        analyzer.name: analyzer
        for analyzer in (Accounts(), Timing(), TurnTaking(), Listening(), Empathy(), Wording(), Pace())
    }
)
"""Every analyser by the name that recipes use, in the order in which they run."""


def analyse(
    conversation: Conversation, names: Sequence[str] | None = None, *, semantic: Semantic | None = None
) -> Findings:
    """Return what the analysers find in a conversation.

    Args:
        conversation: What to look at.
        names: Which analysers; all when ``None``.
        semantic: Tells how near sentences come in meaning; without one the detectors go by words alone.

    Raises:
        ConfigurationError: There is no analyser of that name.
    """
    found = Findings()
    for name in ANALYZERS if names is None else names:
        if name not in ANALYZERS:
            known = ", ".join(ANALYZERS)
            raise ConfigurationError(f"There is no analyser '{name}'. The recipe may name: {known}.")
        with using(semantic):
            found = found + ANALYZERS[name].analyze(conversation)
    return found


def prepare() -> None:
    """Read the word lists and weights now, so that the first call is analysed as quickly as the next.

    Raises:
        ConfigurationError: A file in ``models`` is damaged.
    """
    lexicons.prepare()
    judge("So it doubled, is that right?", "My bill went from ninety to one eighty five.")


def definitions() -> dict[str, int]:
    """Return the version of the definition of every measure and every kind of moment."""
    return {name: version for analyzer in ANALYZERS.values() for name, version in sorted(analyzer.versions.items())}
