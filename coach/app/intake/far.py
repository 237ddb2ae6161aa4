"""Recordings in a folder at an address and below it: in one order, nothing of our own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from coach.app.intake.folder import OUR_FOLDER, OURS, is_recording_by_name
from coach.app.intake.shown import bare, hide, is_address
from coach.conversation import NoSuchRecording, RecordingError

_BESIDE = (".html", ".json")
"""Endings of what lies beside the sound of a report of ours."""


@dataclass(frozen=True, slots=True)
class SeenAt:
    """One recording in a folder at an address.

    Attributes:
        address: Of it, with what it takes to get in.
        skipped: Why it is let be; ``None`` for a recording to review.
    """

    address: str
    skipped: str | None = None


def walk_at(address: str, own: str | None = None) -> Iterator[SeenAt]:
    """Yield the recordings of a folder at an address and of those below it, sorted by name.

    Args:
        address: Of the folder, with a slash at its end.
        own: Address of the folder of reports, in which none are looked for unless it is the folder itself.

    Raises:
        NoSuchRecording: There is no such folder.
        RecordingError: It cannot be looked into.
    """
    folder, found = _found(address)
    there = frozenset(found)
    ours = None if own is None or _plain(own) == _plain(address) else _plain(own)
    for path in found:
        if not is_recording_by_name(path.rsplit("/", 1)[-1]):
            continue
        at = path if is_address(path) else address + path.removeprefix(folder.rstrip("/")).lstrip("/")
        stem = path.rpartition(".")[0]
        if ours is not None and bare(at).startswith(ours):
            yield SeenAt(at, OUR_FOLDER)
        elif path.endswith(".mp3") and all(f"{stem}{ending}" in there for ending in _BESIDE):
            yield SeenAt(at, OURS)
        else:
            yield SeenAt(at)


def _found(address: str) -> tuple[str, list[str]]:
    import fsspec  # noqa: PLC0415  (only where something lies elsewhere)

    try:
        system, folder = fsspec.core.url_to_fs(address)
        system.invalidate_cache()  # what arrived since the last look is to be found
        return str(folder), sorted(map(str, system.find(folder)))
    except FileNotFoundError as error:
        raise NoSuchRecording(f"{hide(address)}: no such folder. Check the address.") from error
    except Exception as error:  # whatever a far system raises
        raise RecordingError(
            f"{hide(address)} cannot be looked into: {type(error).__name__}. Check the address and who may read it."
        ) from error


def _plain(address: str) -> str:
    return f"{bare(address).rstrip('/')}/"
