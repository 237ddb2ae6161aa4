"""Recordings at addresses: each is known by its address and mark before it is fetched."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from coach.app.intake.known import Found


def addresses_of(found: Found) -> tuple[str, ...]:
    """Return the addresses of a recording's files; empty where they lie on this computer."""
    return tuple(one.uri for one in found.pieces) if any(one.path is None for one in found.pieces) else ()


def key_of(addresses: Sequence[str], marks: Sequence[str]) -> str:
    """Return what a recording at addresses is known by before it was fetched: another content is another recording."""
    return f"at:{hashlib.sha256(chr(0).join((*addresses, *marks)).encode()).hexdigest()}"
