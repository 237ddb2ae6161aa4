"""Recordings and reports at addresses such as ``s3://``: fetched to nameless files, written whole or not at all.

A recording that was fetched has its name, but its content lies in a file without one: when the program ends, by
``kill -9`` too, the system frees it, and what is left is a name that leads nowhere.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path, PurePosixPath
from typing import Any, TypeAlias
from urllib.parse import unquote, urlsplit

import fsspec

from coach.app.intake.shown import hide
from coach.app.working import nameless
from coach.conversation import ConfigurationError, NoSuchRecording, RecordingError, StorageError

System: TypeAlias = Any  # one of fsspec's file systems, which are not typed

_BLOCK = 1 << 20
_STORES = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az"})
"""Systems in which a file appears whole when its writing ends, and a change of name is a copy."""


def name_of(address: str) -> str:
    """Return the file name at the end of an address.

    >>> name_of("s3://bucket/2026/a%20call.wav?versionId=3")
    'a call.wav'
    """
    return PurePosixPath(unquote(urlsplit(address).path)).name or "call"


def mark(address: str) -> str:
    """Return what changes when the file at an address does, such as its ETag; empty where nothing is there to tell."""
    with suppress(Exception):  # a system that cannot tell, or not now, makes the file count as changed
        system, path = _system(address)
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


def publish(files: Sequence[Path], address: str) -> tuple[str, ...]:
    """Write files to a folder at an address, each whole or not at all, in their order, and return their addresses.

    Args:
        files: The review file last, for it says that all is there.
        address: Of the folder.

    Raises:
        StorageError: One cannot be written.
        ConfigurationError: What such addresses take is not installed.
    """
    system, folder = _system(address)
    written = []
    try:
        system.makedirs(folder, exist_ok=True)
        for file in files:
            _put(system, file, f"{folder}/{file.name}")
            written.append(f"{address.rstrip('/')}/{file.name}")
    except Exception as error:  # each system has its own
        kind = type(error).__name__
        raise StorageError(
            f"The reports could not be written to {hide(address)} ({kind}). Is it there, and may you write to it?"
        ) from error
    return tuple(written)


def read_at(address: str) -> bytes | None:
    """Return what lies at an address, ``None`` where nothing does or it cannot be read now."""
    with suppress(Exception):
        system, path = _system(address)
        return bytes(system.cat_file(path))
    return None


def there(address: str) -> bool:
    """Return whether a file lies at an address."""
    with suppress(Exception):
        system, path = _system(address)
        return bool(system.isfile(path))
    return False


def _put(system: System, file: Path, path: str) -> None:
    """Write one file: beside its place and then into it, but where a write is one step already, as in object stores."""
    if not _STORES.isdisjoint(_protocols(system)):
        system.put_file(str(file), path)
        return
    unfinished = f"{path}.{os.getpid()}.part"
    system.put_file(str(file), unfinished)
    system.mv(unfinished, path)


def _protocols(system: System) -> tuple[str, ...]:
    return (system.protocol,) if isinstance(system.protocol, str) else tuple(system.protocol)


def _copy(address: str, target: Any) -> None:  # noqa: ANN401  (any binary file)
    system, path = _system(address)
    try:
        source = system.open(path, "rb")
    except FileNotFoundError as error:
        raise NoSuchRecording(f"There is nothing at {hide(address)}. Check the address.") from error
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


def _system(address: str) -> tuple[System, str]:
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
