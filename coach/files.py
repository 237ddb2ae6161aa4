"""Write a file whole or not at all: a reader, or a power cut, never meets half of one."""

from __future__ import annotations

import contextlib
import errno
import os
import re
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from coach.conversation import StorageError

INSTEAD = "choose another folder with --out"
"""What else to do where a file of a review cannot be written."""

LEFT_BEHIND: Final = 3600.0
"""Seconds after which an unfinished file belongs to a run that was killed; a live one is being written to."""

UNFINISHED: Final = ".*.????????.part"
"""What unfinished files are called, for a shell and for ``find -name``."""

_ENDING: Final = r"[a-z0-9_]{8}\.part"


def write_atomically(path: Path, data: bytes | str, mode: int = 0o600) -> None:
    """Write a file beside its place, then put it there in one step that survives a power cut.

    Args:
        path: Where it belongs; what stands there is replaced.
        data: Text is written as UTF-8, its line ends untouched.
        mode: Permissions; a report is the person's own unless they say otherwise.

    Raises:
        StorageError: The disk is full, or the folder is missing or cannot be written.
    """
    content = data.encode("utf-8") if isinstance(data, str) else data
    with placing(path, mode) as unfinished:
        unfinished.write_bytes(content)


@contextlib.contextmanager
def placing(path: Path, mode: int = 0o600, *, instead: str = INSTEAD) -> Iterator[Path]:
    """Yield a name beside a file's place to write to; on the way out it takes that place in one step.

    Args:
        path: Where the file belongs; what stands there is replaced, or kept when the block fails.
        mode: Permissions.
        instead: What else to do where it cannot be written, as a part of a sentence.

    Raises:
        StorageError: The disk is full, or the folder is missing or cannot be written.
    """
    folder = path.parent
    unfinished: Path | None = None
    try:
        _sweep(path)
        handle, name = tempfile.mkstemp(suffix=".part", prefix=_beginning(path), dir=folder)
        os.close(handle)
        unfinished = Path(name)
        yield unfinished
        with unfinished.open("rb") as file:
            os.fsync(file.fileno())
        unfinished.chmod(mode)
        unfinished.replace(path)
        unfinished = None
        sync_folder(folder)
    except OSError as error:
        raise StorageError(_sentence(path, error, instead)) from error
    finally:
        if unfinished is not None:  # also when interrupted from the keyboard
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)


def is_unfinished(name: str) -> bool:
    """Return whether a file that is called so was being written and never took its place.

    >>> is_unfinished(".talk.json.k3_9x0ab.part"), is_unfinished(".talk.part"), is_unfinished("talk.wav.part")
    (True, False, False)
    """
    return re.fullmatch(rf"\..+\.{_ENDING}", name) is not None


def unfinished_of(path: Path) -> list[Path]:
    """Return what was begun of a file and never took its place, however young.

    Args:
        path: Where the file belongs.

    Raises:
        OSError: Its folder cannot be looked into.
    """
    name = re.compile(re.escape(_beginning(path)) + _ENDING)
    return [other for other in path.parent.iterdir() if name.fullmatch(other.name)]


def left_behind(*folders: Path) -> Iterator[Path]:
    """Yield the unfinished files of runs that were killed.

    Args:
        folders: Looked through with all below them; one that is not there holds none.
    """
    for folder in folders:
        for at, _, names in os.walk(folder):
            yield from (path for name in names if is_unfinished(name) and _is_old(path := Path(at, name)))


def _beginning(path: Path) -> str:
    return f".{path.name[:100]}."


def _is_old(path: Path) -> bool:
    with contextlib.suppress(OSError):  # it went while we looked
        return time.time() - path.lstat().st_mtime > LEFT_BEHIND
    return False


def _sweep(path: Path) -> None:
    """Remove what a killed run left of the same file."""
    for old in unfinished_of(path):
        if _is_old(old):
            with contextlib.suppress(OSError):
                old.unlink()


def sync_folder(folder: Path) -> None:
    """Make the new name last; file systems that cannot open a folder keep it in their own way."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EBADF):
            raise
    finally:
        os.close(handle)


def _sentence(path: Path, error: OSError, instead: str) -> str:
    """Return what is wrong, where, and what to do next."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return f"No space is left to write {path}. Free some space, or {instead}."
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return f"{path.parent} may not be written to. Change its permissions, or {instead}."
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return f"There is no folder {path.parent}. Make it, or {instead}."
    if error.errno == errno.ENAMETOOLONG:
        return f"The name {path.name[:40]}… is too long for this disk. Choose a shorter one with --name."
    return f"{path} could not be written: {error.strerror or type(error).__name__}. Look after the disk, or {instead}."
