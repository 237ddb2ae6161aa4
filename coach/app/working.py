"""Sound that was not masked yet, and must lie in a file: nameless where the system allows it, swept after a kill."""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO, Final

import platformdirs

PREFIX: Final = "coach-remote-"
"""How the folders of calls and takes in hand begin."""

LEFT_BEHIND: Final = 24 * 3600.0
"""Seconds after which a working folder belongs to a run that was killed."""

_LINKS = Path("/proc/self/fd")
"""Where Linux gives open files a path."""


def work_folder() -> Path:
    """Return the user's own folder for working files: on a disk rather than in memory. Nothing is made."""
    return platformdirs.user_cache_path("coach") / "work"


@contextmanager
def nameless(folder: Path, name: str, write: Callable[[IO[bytes]], object]) -> Iterator[Path]:
    """Yield a path by which what is written can be read. When the program ends, by ``kill -9`` too, it is gone.

    Args:
        folder: The private folder for working files.
        name: Of the path; the content has none.
        write: Writes the content.
    """
    with private_folder(folder) as own, tempfile.TemporaryFile(dir=own) as file:
        path = own / name
        if _LINKS.is_dir():
            write(file)
            file.flush()
            path.symlink_to(_LINKS / str(file.fileno()))
        else:  # no path leads to a nameless file there: it has a name while it is in hand
            path.touch(mode=0o600)
            with path.open("wb") as named:
                write(named)
        yield path


@contextmanager
def private_folder(folder: Path) -> Iterator[Path]:
    """Yield a new folder that only this user can enter; it goes after the block, and old ones of killed runs too."""
    sweep(folder)
    own = Path(tempfile.mkdtemp(prefix=PREFIX, dir=folder))
    try:
        yield own
    finally:
        shutil.rmtree(own, ignore_errors=True)


def left_behind(folder: Path, age: float = LEFT_BEHIND) -> list[Path]:
    """Return the working folders of runs that were killed: older than some seconds."""
    found = []
    for old in sorted(folder.glob(f"{PREFIX}*")):
        with suppress(OSError):
            if time.time() - old.lstat().st_mtime > age:
                found.append(old)
    return found


def sweep(folder: Path) -> None:
    """Remove the working folders of runs that were killed; what cannot be removed stays."""
    for old in left_behind(folder):
        shutil.rmtree(old, ignore_errors=True)
