"""Reports at addresses such as ``s3://``: written whole or not at all, removed, swept after a kill."""

from __future__ import annotations

import re
import secrets
import shutil
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

import fsspec

from coach.app.intake.shown import bare, folder_shown
from coach.app.remote import System, changed, infos_at, protocols, system_of
from coach.conversation import CoachError, ConfigurationError, StorageError
from coach.files import LEFT_BEHIND, placing

UNFINISHED: Final = re.compile(r".+\.[0-9a-f]{8}\.part")
"""What files are called at an address while they are being written."""

_STORES = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "az"})
"""Systems in which a file appears whole when its writing ends, and a change of name is a copy."""


def under(address: str, name: str) -> str:
    """Return the address of what lies in a folder at an address."""
    return f"{address.rstrip('/')}/{name}"


def publish(files: Sequence[Path], address: str) -> tuple[str, ...]:
    """Write files to a folder at an address, each whole or not at all, in their order.

    Args:
        files: The review file last, for it says that all is there.
        address: Of the folder.

    Returns:
        Their addresses, without what it takes to get in.

    Raises:
        StorageError: One cannot be written.
        ConfigurationError: What such addresses take is not installed.
    """
    return tuple(put(address, {file.name: file for file in files}))


def put(address: str, files: Mapping[str, Path | str | bytes]) -> list[str]:
    """Write files and contents to a folder at an address; otherwise as :func:`publish`.

    Args:
        address: Of the folder; made where it is missing.
        files: By their names.
    """
    written = []
    with _writing(address):
        system, folder = system_of(address)
        _make(system, folder)
        for name, content in files.items():
            _put(system, content, f"{folder}/{name}")
            written.append(under(bare(address), name))
    return written


def remove_at(address: str, name: str) -> None:
    """Remove a file from a folder at an address; one that is not there is gone already.

    Raises:
        StorageError: It cannot be removed.
    """
    try:
        system, folder = system_of(address)
        system.rm_file(f"{folder}/{name}")
    except FileNotFoundError:
        return
    except CoachError:
        raise
    except Exception as error:  # each system has its own
        if name in infos_at(address):
            raise StorageError(
                f"{folder_shown(under(address, name))} could not be removed ({type(error).__name__}). "
                "May you write there?"
            ) from error


def sweep_at(address: str) -> int:
    """Remove what killed runs left half-written in a folder at an address, and return how many files went.

    Raises:
        StorageError: The folder cannot be looked into.
    """
    removed = 0
    for name, info in infos_at(address).items():
        if UNFINISHED.fullmatch(name) and time.time() - changed(info) > LEFT_BEHIND:
            with suppress(StorageError):
                remove_at(address, name)
                removed += 1
    return removed


@contextmanager
def _writing(address: str) -> Iterator[None]:
    try:
        yield
    except (StorageError, ConfigurationError):
        raise
    except Exception as error:  # each system has its own
        kind = type(error).__name__
        raise StorageError(
            f"The reports could not be written to {folder_shown(address)} ({kind}). "
            "Is it there, and may you write to it?"
        ) from error


def _make(system: System, folder: str) -> None:
    if _here(system):
        Path(folder).mkdir(parents=True, exist_ok=True, mode=0o700)
    else:
        system.makedirs(folder, exist_ok=True)


def _put(system: System, content: Path | str | bytes, path: str) -> None:
    """Write one file: beside its place and then into it, but where a write is one step already, as in object stores."""
    if _here(system):
        with placing(Path(path)) as unfinished:
            _send(system, content, str(unfinished))
        return
    if not _STORES.isdisjoint(protocols(system)):
        _send(system, content, path)
        return
    unfinished_path = f"{path}.{secrets.token_hex(4)}.part"
    try:
        _send(system, content, unfinished_path)
        _place(system, unfinished_path, path)
    except BaseException:  # also when interrupted from the keyboard
        with suppress(Exception):
            system.rm_file(unfinished_path)
        raise


def _send(system: System, content: Path | str | bytes, path: str) -> None:
    if isinstance(content, Path):
        if _here(system):
            shutil.copyfile(content, path)
        else:
            system.put_file(str(content), path)
    else:
        system.pipe_file(path, content.encode() if isinstance(content, str) else content)


def _place(system: System, unfinished: str, path: str) -> None:
    """Give a finished file its name."""
    try:
        _move(system, unfinished, path)
    except Exception:
        if not system.isfile(path) or not system.isfile(unfinished):
            raise
        _exchange(system, unfinished, path)  # on some systems a new name takes no other's place


def _exchange(system: System, unfinished: str, path: str) -> None:
    """Put what stands in a file's place aside, and back again where the new one cannot be put there either."""
    aside = f"{path}.{secrets.token_hex(4)}.part"
    _move(system, path, aside)
    try:
        _move(system, unfinished, path)
    except Exception:
        _move(system, aside, path)
        raise
    with suppress(Exception):  # a later run sweeps it
        system.rm_file(aside)


def _move(system: System, unfinished: str, path: str) -> None:
    if type(system).mv is fsspec.AbstractFileSystem.mv:  # that one takes brackets in a name for a pattern
        system.cp_file(unfinished, path)
        system.rm_file(unfinished)
    else:
        system.mv(unfinished, path)


def _here(system: System) -> bool:
    return "file" in protocols(system)
