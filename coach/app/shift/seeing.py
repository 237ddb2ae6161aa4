"""What of people's calls is handed to somebody, noted agent by agent, so that each can read it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from coach.store.store import Store

PAGE: Final = "given the shift's page"
CONTESTS: Final = "contests"
SHEET: Final = "sheet to judge by ear"


def note(store: Store, who: Iterable[str], what: str, agents: Iterable[str | None]) -> None:
    """Note that somebody was handed something: once for each agent that it is about, and once where it is about none.

    Args:
        store: The shift's.
        who: Each who was.
        what: In a few words.
        agents: Whose calls it is about; ``None`` of a call of nobody's.
    """
    about: list[str | None] = [*sorted({agent for agent in agents if agent is not None})] or [None]
    for person in dict.fromkeys(who):
        for agent in about:
            store.look(person, what, agent=agent)
