"""The file itself: there, an ordinary file, not empty, the same from beginning to end."""

from __future__ import annotations

import hashlib
import os
import stat
from dataclasses import dataclass
from pathlib import Path

from coach.conversation import NoSuchRecording, RecordingError

_KINDS = (
    (stat.S_ISDIR, "is a folder, not a recording. Name the files in it."),
    (stat.S_ISFIFO, "is a pipe, not a file. Save the recording to a file first."),
    (stat.S_ISCHR, "is a device, not a file. Save the recording to a file first."),
    (stat.S_ISBLK, "is a device, not a file. Save the recording to a file first."),
    (stat.S_ISSOCK, "is a socket, not a file. Save the recording to a file first."),
)


@dataclass(frozen=True, slots=True)
class Source:
    """An ordinary file, as it was when it was first looked at.

    Attributes:
        path: Absolute.
        name: What messages call it.
        size: Bytes.
        changed: When it was last written, in nanoseconds.
    """

    path: Path
    name: str
    size: int
    changed: int

    @classmethod
    def at(cls, path: Path) -> Source:
        """Return the file at a path.

        Raises:
            NoSuchRecording: Nothing is there.
            RecordingError: It is no ordinary file, is empty, or may not be read.
        """
        try:
            absolute = path.absolute()  # links stay links: one may lead to a file that has no name
            found = absolute.stat()
        except (FileNotFoundError, NotADirectoryError) as error:
            raise NoSuchRecording(_missing(path)) from error
        except (OSError, ValueError, RuntimeError) as error:
            raise RecordingError(f"{path.name}: cannot be reached. Check its path and who may read it.") from error
        for is_kind, sentence in _KINDS:
            if is_kind(found.st_mode):
                raise RecordingError(f"{path.name}: {sentence}")
        if not os.access(absolute, os.R_OK):
            raise RecordingError(f"{path.name}: may not be read by this user. Ask for the right to read it.")
        if not found.st_size:
            raise RecordingError(f"{path.name}: is empty (0 bytes). Fetch it again, or wait until it has been written.")
        return cls(absolute, path.name, found.st_size, found.st_mtime_ns)

    def sha256(self) -> str:
        """Return the digest of the file's bytes, lower-case hex.

        Raises:
            RecordingError: The file cannot be read.
        """
        try:
            with self.path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest()
        except OSError as error:
            raise RecordingError(unreadable(self.name)) from error

    def check_unchanged(self) -> None:
        """Make sure that nobody wrote the file meanwhile.

        Raises:
            RecordingError: Its size or time is another than at first.
        """
        try:
            now = self.path.stat()
        except OSError as error:
            raise RecordingError(unreadable(self.name)) from error
        if (now.st_size, now.st_mtime_ns) != (self.size, self.changed):
            raise RecordingError(f"{self.name}: changed while it was read. Try again when it has been written.")


def unreadable(name: str) -> str:
    """Return the sentence for a file that went away or whose disk fails."""
    return f"{name}: can no longer be read. Check the disk or the network share it is on, and try again."


def _missing(path: Path) -> str:
    text = str(path)
    scheme = text.split(":", 1)[0]
    if ":/" in text and scheme.isalpha() and len(scheme) > 1:
        return f"{path.name}: recordings are never fetched from an address ({scheme}). Download it and name the file."
    where = "this folder" if path.parent == Path() else str(path.parent)
    return f"{path.name}: no such file in {where}. Check the name."
