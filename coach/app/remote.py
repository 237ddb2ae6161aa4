"""What lies at addresses such as ``s3://``: recordings, fetched to nameless files, and what is in folders there.

A recording that was fetched has its name, but its content lies in a file without one: when the program ends, by
``kill -9`` too, the system frees it, and what is left is a name that leads nowhere.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

import fsspec

from coach.app.intake.shown import folder_shown, hide
from coach.app.working import nameless
from coach.conversation import CoachError, ConfigurationError, NoSuchRecording, RecordingError, StorageError

System: TypeAlias = Any  # one of fsspec's file systems, which are not typed

_BLOCK = 1 << 20
_HEAD = 8_192
_TIMES = ("mtime", "LastModified", "last_modified", "modified", "modify", "updated", "created")
"""What systems call the time of a file's last change."""


def name_of(address: str) -> str:
    """Return the file name at the end of an address.

    >>> name_of("s3://bucket/2026/a%20call.wav?versionId=3")
    'a call.wav'
    """
    return PurePosixPath(unquote(urlsplit(address).path)).name or "call"


def mark(address: str) -> str:
    """Return what changes when the file at an address does, such as its ETag; empty where nothing is there to tell."""
    with suppress(Exception):  # a system that cannot tell, or not now, makes the file count as changed
        system, path = system_of(address)
        return str(system.ukey(path))
    return ""


@contextmanager
def fetched(address: str, folder: Path) -> Iterator[Path]:
    """Yield a path by which a recording at an address can be read; it is gone after the block.

    Args:
        address: Where it lies.
        folder: The private folder for working files.

    Raises:
        NoSuchRecording: Nothing lies there.
        RecordingError: It cannot be fetched.
        ConfigurationError: What such addresses take is not installed.
        StorageError: It does not fit on the disk.
    """
    with nameless(folder, name_of(address), lambda file: _copy(address, file)) as path:
        yield path


def read_at(address: str) -> bytes | None:
    """Return what lies at an address, ``None`` where nothing does or it cannot be read now."""
    with suppress(Exception):
        system, path = system_of(address)
        system.invalidate_cache()
        return bytes(system.cat_file(path))
    return None


def head_at(address: str) -> bytes:
    """Return how a file at an address begins; nothing where it cannot be read now."""
    with suppress(Exception):
        system, path = system_of(address)
        if "ftp" in protocols(system):  # it has no way to stop in the middle that all servers know
            return bytes(system.cat_file(path))[:_HEAD]
        return bytes(system.cat_file(path, 0, _HEAD))
    return b""


def mark_of(info: Mapping[str, Any]) -> str:
    """Return what changes when a file at an address does, by what its system tells of it."""
    return hashlib.sha256(str(sorted(info.items())).encode()).hexdigest()


def changed(info: Mapping[str, Any]) -> float:
    """Return when a file was last changed in seconds since 1970; now where its system does not tell."""
    for value in (info[name] for name in _TIMES if name in info):
        if isinstance(value, datetime):
            return (value if value.tzinfo else value.replace(tzinfo=UTC)).timestamp()
        if isinstance(value, int | float):
            return float(value)
        with suppress(ValueError):
            return datetime.strptime(str(value)[:14], "%Y%m%d%H%M%S").replace(tzinfo=UTC).timestamp()
    return time.time()


def infos_at(address: str) -> dict[str, Mapping[str, Any]]:
    """Return the names of the files in a folder at an address, each with what its system tells of it.

    Raises:
        StorageError: It cannot be looked into. One that is not there holds nothing.
        ConfigurationError: What such addresses take is not installed.
    """
    try:
        system, folder = system_of(address)
        system.invalidate_cache()
        infos = system.ls(folder, detail=True)
    except FileNotFoundError:
        return {}
    except CoachError:
        raise
    except Exception as error:  # each system has its own
        raise StorageError(
            f"{folder_shown(address)} cannot be looked into ({type(error).__name__}). Is it there, and may you read it?"
        ) from error
    return {str(one["name"]).rsplit("/", 1)[-1]: one for one in infos if one.get("type") == "file"}


def system_of(address: str) -> tuple[System, str]:
    """Return the file system of an address, and the path there.

    Raises:
        ConfigurationError: What such addresses take is not installed, or there is no such system.
    """
    try:
        system, path = fsspec.core.url_to_fs(address)
    except ImportError as error:
        scheme = urlsplit(address).scheme
        more = "s3fs" if scheme in {"s3", "s3a"} else f"fsspec's package for {scheme}"
        raise ConfigurationError(f"Addresses with {scheme}:// take {more}, which is not installed.") from error
    except ValueError as error:
        raise ConfigurationError(
            f"{hide(address)} is no address that can be read: {urlsplit(address).scheme}."
        ) from error
    return system, str(path)


def protocols(system: System) -> tuple[str, ...]:
    """Return what a file system's addresses begin with."""
    return (system.protocol,) if isinstance(system.protocol, str) else tuple(system.protocol)


def _copy(address: str, target: Any) -> None:  # noqa: ANN401  (any binary file)
    try:
        system, path = system_of(address)
        source = system.open(path, "rb")
    except FileNotFoundError as error:
        raise NoSuchRecording(f"There is nothing at {hide(address)}. Check the address.") from error
    except CoachError:
        raise
    except Exception as error:
        raise _unfetched(address, error) from error
    with source:
        _blocks(lambda: source.read(_BLOCK), target, address)
    target.flush()


def _blocks(read: Callable[[], bytes], target: Any, address: str) -> None:  # noqa: ANN401
    while True:
        try:
            block = read()
        except Exception as error:
            raise _unfetched(address, error) from error
        if not block:
            return
        try:
            target.write(block)
        except OSError as error:
            raise StorageError(
                f"No room for a recording that is fetched: {error.strerror}. Free some space, or set XDG_CACHE_HOME."
            ) from error


def _unfetched(address: str, error: Exception) -> RecordingError:
    return RecordingError(
        f"{hide(address)} could not be fetched ({type(error).__name__}). Can this machine reach and read it?"
    )
