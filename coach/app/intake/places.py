"""Paths and addresses, as people, manifests and phone systems write them."""

from __future__ import annotations

from pathlib import Path, PurePosixPath
from urllib.parse import unquote, urlsplit
from urllib.request import url2pathname

from coach.app.intake.known import Piece
from coach.app.intake.shown import is_address
from coach.speech.importing.untrusted import clean

LONGEST = 4_096
"""Characters of a path or an address."""


class Folders:
    """What is known of folders while recordings are looked for, so that none is asked twice."""

    def __init__(self) -> None:
        self._real: dict[Path, Path] = {}
        self._names: dict[Path, frozenset[str]] = {}

    def real(self, path: Path) -> Path:
        """Return where a file really lies: no link and no ``..`` is left in the result.

        Raises:
            OSError: It cannot be reached.
        """
        folder = path.parent
        if path.name in {"", ".."} or path.is_symlink():
            return path.resolve()
        if folder not in self._real:
            self._real[folder] = folder.resolve()
        return self._real[folder] / path.name

    def names(self, folder: Path) -> frozenset[str]:
        """Return the names in a folder, none where it cannot be looked into."""
        if folder not in self._names:
            try:
                self._names[folder] = frozenset(path.name for path in folder.iterdir())
            except OSError:
                self._names[folder] = frozenset()
        return self._names[folder]


def piece(text: str, folder: Path | None = None, folders: Folders | None = None) -> Piece:
    """Return the file that a text names; other addresses than ``file:`` pass as they are.

    Args:
        text: A path, a ``file:`` address, or another address.
        folder: What a relative path stands in, and may not lead out of; the working folder, freely, when not given.
        folders: What is known of folders already.

    Raises:
        ValueError: It names no file; the message says why, without the text.
    """
    if not text or len(text) > LONGEST or "\0" in text:
        raise ValueError("is no path: it is empty, too long, or has a zero character in it.")
    if text[:5].casefold() == "file:":
        text, folder = _of_file_address(text), None
    elif is_address(text):
        if "::" in text:
            raise ValueError("is a chain of addresses. Name the recording by one.")
        return Piece(text)
    path = Path(text)
    if folder is None or path.is_absolute():
        return Piece(text, path)
    whole = folder / path
    folders = folders or Folders()
    try:
        inside = folders.real(whole).is_relative_to(folders.real(folder / "any").parent)
    except (OSError, RuntimeError) as error:
        raise ValueError("cannot be reached. Check its path and who may read it.") from error
    if not inside:
        raise ValueError("leads out of the manifest's folder. Write the whole path if that is meant.")
    return Piece(str(whole), whole)


def path_in(one: Piece) -> PurePosixPath:
    """Return a file's path with ``/`` between its parts; of an address the path in it, decoded."""
    if one.path is not None:
        return PurePosixPath(one.path.absolute().as_posix())
    return PurePosixPath(clean(unquote(urlsplit(one.uri).path)))


def _of_file_address(text: str) -> str:
    """Return the path that a ``file:`` address stands for.

    Raises:
        ValueError: It names another machine, or nothing.
    """
    parts = urlsplit(text)
    if parts.netloc not in {"", "localhost"}:
        raise ValueError("is on another machine. Mount its folder, and name the file there.")
    if parts.query or parts.fragment:
        raise ValueError("has a ? or # in it, which an address writes as %3F and %23.")
    path = url2pathname(parts.path)
    if not path or "\0" in path:
        raise ValueError("names no file.")
    return path
