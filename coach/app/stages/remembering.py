"""What the person's earlier calls add to a review: sentences said over and over, and what the advice is chosen with."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Protocol

from coach.analysis.scripted import Memory, across
from coach.app.item import Call
from coach.app.naming import sha256_of
from coach.coaching.trends import Earlier
from coach.conversation import Findings
from coach.privacy.text import mask_text


class Recalls(Protocol):
    """A person's own library, as a review asks it."""

    def recent(self, sha256: str, agent: str | None, at: datetime | None, fingerprint: str) -> Sequence[Earlier]:
        """Return the earlier calls of the same person, the newest last."""
        ...

    def said(self, agent: str | None) -> Memory | None:
        """Return what this person says over and over; ``None`` where too few calls are remembered to tell."""
        ...


class Remembering:
    """Asks the library about one call at a time.

    Args:
        memory: The library.
        fingerprint: Tells what makes a call's review: what something else made is not compared with it.
    """

    def __init__(self, memory: Recalls, fingerprint: Callable[[Call], str]) -> None:
        self._memory = memory
        self._fingerprint = fingerprint

    def recent(self, call: Call) -> Sequence[Earlier]:
        """Return the earlier calls of the same person, the newest last."""
        known = call.sound.sha256 if call.sound is not None else sha256_of(call.request.source)
        return self._memory.recent(known, _agent(call), _began(call), self._fingerprint(call))

    def findings(self, call: Call) -> Findings:
        """Return the findings of a call with the sentences that this person says in many calls; they say how many."""
        found = call.findings or Findings()
        memory = self._memory.said(_agent(call))
        if memory is None or call.conversation is None:
            return found
        return found + Findings(moments=tuple(across(call.conversation, memory)))


def _agent(call: Call) -> str | None:
    """Return whose call it is, as the review will say."""
    name = call.settings["agent"]
    if name is None and call.sidecar is not None:
        name = call.sidecar.agent
    return mask_text(str(name)) if name is not None else None


def _began(call: Call) -> datetime | None:
    """Return when the call began; a time without a zone is this machine's."""
    started = call.sidecar.started_at if call.sidecar is not None else None
    try:
        return datetime.fromisoformat(started).astimezone(UTC) if started else None
    except (ValueError, OverflowError):
        return None
