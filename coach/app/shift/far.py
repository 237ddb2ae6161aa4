"""Recordings at addresses: a folder there becomes the recordings in it, and each is known by its address and mark."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from coach.app.intake.folder import is_recording_by_name
from coach.app.intake.known import Found
from coach.app.intake.shown import hide, is_address
from coach.conversation import NoSuchRecording, RecordingError


def expanded(inputs: Sequence[str | Path]) -> Iterator[str | Path]:
    """Yield what was named, and for an address that ends in ``/`` the recordings below it.

    Args:
        inputs: Files, folders, addresses.

    Raises:
        NoSuchRecording: There is no such folder.
        RecordingError: It cannot be looked into.
    """
    for one in inputs:
        if isinstance(one, str) and is_address(one) and one.endswith("/"):
            yield from _below(one)
        else:
            yield one


def _below(address: str) -> Iterator[str]:
    import fsspec  # noqa: PLC0415  (only where something lies elsewhere)

    try:
        system, folder = fsspec.core.url_to_fs(address)
        found = sorted(map(str, system.find(folder)))
    except FileNotFoundError as error:
        raise NoSuchRecording(f"{hide(address)}: no such folder. Check the address.") from error
    except Exception as error:  # whatever a far system raises
        raise RecordingError(
            f"{hide(address)} cannot be looked into: {type(error).__name__}. Check the address and who may read it."
        ) from error
    for path in found:
        if is_recording_by_name(path.rsplit("/", 1)[-1]):
            yield path if is_address(path) else address + path.removeprefix(folder.rstrip("/")).lstrip("/")


def addresses_of(found: Found) -> tuple[str, ...]:
    """Return the addresses of a recording's files; empty where they lie on this computer."""
    return tuple(one.uri for one in found.pieces) if any(one.path is None for one in found.pieces) else ()


def key_of(addresses: Sequence[str], marks: Sequence[str]) -> str:
    """Return what a recording at addresses is known by before it was fetched: another content is another recording."""
    return f"at:{hashlib.sha256(chr(0).join((*addresses, *marks)).encode()).hexdigest()}"
