"""Folders and the disk: room, whose they are, what a killed run left behind."""

from __future__ import annotations

import contextlib
import os
import shlex
import shutil
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from coach import files
from coach.app.doctor.values import Finding, ill, mind, well
from coach.app.working import PREFIX, left_behind
from coach.conversation import StorageError

ROOM: Final = 2_000_000_000
"""Bytes: the working sound of a four-hour call in stereo is half of it."""

SCARCE: Final = 200_000_000
"""Bytes: not even an hour's working sound."""

STALE: Final = 3600.0
"""Seconds after which a working folder is told of."""


def disk(name: str, folder: Path) -> Finding:
    """Return how much room there is where a folder is, or will be."""
    about = f"disk, {name}"
    there = _existing(folder)
    try:
        free = shutil.disk_usage(there).free
    except OSError as error:
        return ill(about, f"{there} cannot be looked at: {error.strerror}.", "Check the disk.", StorageError.exit_code)
    room = f"{free / 1e9:.1f} GB free at {there}"
    if free < SCARCE:
        return ill(about, f"Only {room}.", "Free some space before the next review.", StorageError.exit_code)
    if free < ROOM:
        return mind(about, f"Only {room}.", "Enough for short calls; free 2 GB to be safe with long ones.")
    return well(about, f"{room}.")


def private(name: str, folder: Path) -> Finding:
    """Return whether a folder of ours, and what is in it, can be read by its owner alone."""
    about = f"permissions, {name}"
    if not folder.exists():
        return well(about, f"{folder} is not there yet; it is made when it is needed.")
    if os.name != "posix":
        return well(about, f"{folder} has the permissions of the user's own folder.")
    try:
        open_ = [path for path in [folder, *_files(folder)] if _readable_by_others(path)]
    except OSError as error:
        return ill(
            about,
            f"{folder} cannot be looked into: {error.strerror}.",
            f"Make it yours: chown -R $USER {_quoted(folder)}",
            StorageError.exit_code,
        )
    if open_:
        count = f"{len(open_)} {'is' if len(open_) == 1 else 'are'}"
        return mind(
            about,
            f"Of what lies in {folder}, {count} readable by others (first: {open_[0].name}).",
            f"chmod -R u=rwX,go= {_quoted(folder)}",
        )
    return well(about, f"Nobody but you can read {folder}.")


def writable(name: str, folder: Path) -> Finding:
    """Return whether files can be written where a folder is, or will be."""
    about = f"writing, {name}"
    there = _existing(folder)
    try:
        with tempfile.TemporaryFile(dir=there) as file:
            file.write(b"x")
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        return ill(
            about,
            f"{there} cannot be written to: {error.strerror}.",
            "Change its permissions, or name another with --out or in coach.toml.",
            StorageError.exit_code,
        )
    return well(about, f"{there} can be written to.")


def unfinished(name: str, folder: Path) -> Finding:
    """Return whether a killed run left files behind."""
    about = f"left behind, {name}"
    left = list(files.left_behind(folder))
    if not left:
        return well(about, f"No unfinished files in {folder}.")
    count = "one unfinished file" if len(left) == 1 else f"{len(left)} unfinished files"
    return mind(
        about,
        f"A run that was killed left {count} in {folder} (first: {left[0].name}); all that is in them is masked.",
        f"find {_quoted(folder)} -name '{files.UNFINISHED}' -mmin +60 -delete",
    )


def abandoned(name: str, folder: Path) -> Finding:
    """Return whether a killed run left folders of recordings or takes in hand behind."""
    about = f"left behind, {name}"
    left = left_behind(folder, STALE) if folder.is_dir() else []
    if not left:
        return well(about, f"No folders of killed runs in {folder}.")
    folders = "one working folder" if len(left) == 1 else f"{len(left)} working folders"
    return mind(
        about,
        f"A run that was killed left {folders} in {folder} (first: {left[0].name}); on Linux they are empty names, "
        "elsewhere sound that is not masked may be in them. A review removes them when they are a day old.",
        f"find {_quoted(folder)} -maxdepth 1 -name '{PREFIX}*' -mmin +60 -exec rm -r {{}} +",
    )


def _quoted(folder: Path) -> str:
    return shlex.quote(str(folder))


def _existing(folder: Path) -> Path:
    """Return a folder, or the nearest above it that is there."""
    found = folder.absolute()
    while not found.is_dir() and found != found.parent:
        found = found.parent
    return found


def _files(folder: Path) -> Iterator[Path]:
    for at, _, names in os.walk(folder):
        for name in names:
            yield Path(at, name)


def _readable_by_others(path: Path) -> bool:
    with contextlib.suppress(FileNotFoundError):  # it went while we looked
        mode = path.lstat().st_mode
        return not stat.S_ISLNK(mode) and bool(mode & 0o077)
    return False
