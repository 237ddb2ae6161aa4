"""From a call that was found to what reviews it, and to what the store keeps of it."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TypedDict

from coach.app.intake.known import Found, Known
from coach.app.item import Request
from coach.speech.sidecar import LANES, Sidecar

ORIGIN = "what is known of the recording"


class ForStore(TypedDict):
    """What the store keeps of a call beside its review: keyword arguments of ``Store.record``."""

    agent: str | None
    direction: str | None
    started_at: datetime | None
    call_type: str | None


def request_for(found: Found, *fetched: Path) -> Request:
    """Return the request that reviews a call.

    Args:
        found: The call.
        fetched: Where its files lie, the agent's first, where they had to be fetched from an address.

    Raises:
        ValueError: The call has an address, and its files were not fetched.
    """
    paths = fetched or tuple(one.path for one in found.pieces if one.path is not None)
    if len(paths) != len(found.pieces):
        raise ValueError(f"expected {len(found.pieces)} files, got {len(paths)}")
    known = _known(found)
    if found.parties is not None:
        return Request(agent=paths[0], customer=paths[1], known=known, private=found.private)
    return Request(recording=paths[0], known=known, private=found.private)


def for_store(found: Found) -> ForStore:
    """Return what the store keeps of a call.

    A time that was guessed is not among it: a day and a week would show it as if somebody had said so. What needs a
    time all the same, such as retention, goes by when the call was taken in.
    """
    return ForStore(
        agent=found.agent, direction=found.direction, started_at=_said_time(found), call_type=found.call_type
    )


def _known(found: Found) -> Sidecar:
    """Return what a review shows and goes by.

    A guessed time is not among it, for a report would show it as if somebody had said so. Nor is a channel that a
    phone system's file name implies: a review reads that itself, with how sure it is.
    """
    at, channel = _said_time(found), found.known.get("agent_channel")
    told = channel is not None and not implied(channel)
    return Sidecar(
        origin=channel.source if channel is not None and told else ORIGIN,
        agent=found.agent,
        agent_channel=LANES.index(str(channel.value)) if channel is not None and told else None,
        started_at=None if at is None else at.isoformat(),
        direction=found.direction,
        call_type=found.call_type,
        warnings=found.conflicts,
    )


def _said_time(found: Found) -> datetime | None:
    """Return when a call began, where something says so."""
    at = found.known.get("started_at")
    return None if at is None or at.guessed else found.started_at


def implied(channel: Known) -> bool:
    """Return whether the agent's channel is only what a phone system's habit says."""
    return channel.note is not None and channel.note.endswith("sure")
