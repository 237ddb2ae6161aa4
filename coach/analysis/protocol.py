"""What an analyser is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Protocol

from coach.conversation import Conversation, Findings


def versioned(names: Iterable[str], **raised: int) -> Mapping[str, int]:
    """Return the version of each definition: 1, or what it was raised to when what is counted changed.

    >>> dict(versioned(["blame", "close"], close=2))
    {'blame': 1, 'close': 2}

    Raises:
        ValueError: A definition that is not there was raised.
    """
    found = dict.fromkeys(names, 1)
    if unknown := raised.keys() - found.keys():
        raise ValueError(f"no definition of {', '.join(sorted(unknown))}")
    return MappingProxyType(found | raised)


class Analyzer(Protocol):
    """Turns a conversation into findings; pure, and the same for the same conversation.

    Attributes:
        name: As recipes name it.
        versions: Version of the definition of each measure and each kind of moment it gives.
        requires: What a conversation must have: ``agent`` (somebody known to be the agent), ``two_parties``, ``words``.
    """

    @property
    def name(self) -> str: ...  # noqa: D102

    @property
    def versions(self) -> Mapping[str, int]: ...  # noqa: D102

    @property
    def requires(self) -> frozenset[str]: ...  # noqa: D102

    def analyze(self, conversation: Conversation) -> Findings:
        """Return the measures and moments found; a measure that cannot be computed is missing with its reason."""
        ...
