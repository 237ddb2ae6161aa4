"""Who looked at what: a plain log that the people whose calls they are can read."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from coach.app.purge import day
from coach.privacy.text import mask_text


@dataclass(frozen=True, slots=True)
class Looked:
    """One look.

    Attributes:
        at: When.
        who: Who looked.
        what: At what.
        agent: Whose call or page it was; empty where that is unknown.
        sha256: The call; empty where it was no call.
    """

    at: datetime
    who: str
    what: str
    agent: str
    sha256: str

    @property
    def line(self) -> tuple[str, ...]:
        """What to print, in local time."""
        when = self.at.astimezone().strftime("%Y-%m-%d %H:%M")
        return tuple(part for part in (when, self.who, self.what, self.agent, self.sha256[:12]) if part)

    def as_data(self) -> dict[str, str]:
        """Return plain data."""
        return {
            "at": self.at.isoformat(timespec="seconds"),
            "who": self.who,
            "what": self.what,
            "agent": self.agent,
            "sha256": self.sha256,
        }


def looked(url: str | None, agent: str | None, since: str | None) -> list[Looked]:
    """Return who looked at what, oldest first; asking makes no store.

    Args:
        url: Of a shift's store; the usual one when not given.
        agent: Only what is this agent's.
        since: A day or a time.

    Raises:
        UsageError: ``since`` is no date.
        CoachError: The store cannot be read.
    """
    from coach.store.opening import place  # noqa: PLC0415  (loads a database)
    from coach.store.store import open_store  # noqa: PLC0415

    begin = day(since) if since is not None else None
    where = place(url, "shift")
    if where.file is not None and not where.file.is_file():
        return []
    with open_store(url, purpose="shift") as store:
        agents = {call.sha256: call.agent for call in store.calls()} if agent is not None else {}
        found = [
            look
            for look in store.looks(since=begin)
            if agent is None or look.agent == agent or (look.sha256 is not None and agents.get(look.sha256) == agent)
        ]
    return [
        Looked(look.at, mask_text(look.who), mask_text(look.what), mask_text(look.agent or ""), look.sha256 or "")
        for look in found
    ]
