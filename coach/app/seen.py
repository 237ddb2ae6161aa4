"""What was read of files before, so that an unchanged shift is not read again.

A file is taken as unchanged only while its device, inode, size, and times of content and of inode are all what they
were; one that had been written to within the last seconds when it was read is read again. The memory holds hashes
alone, no names, and may be deleted at any time.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self, TypeVar

import platformdirs

from coach.app.naming import Facts, Readings

SETTLED = 2_000_000_000
"""Nanoseconds after a file's last change from which its times tell of any further change: FAT counts in two seconds."""
_PENDING = 200
"""Rows after which they are written down."""

_Value = TypeVar("_Value")


class Seen(Readings):
    """Reads files, and remembers what they held. Use as a context manager.

    A memory that cannot be read or written is none: everything is read anew then.
    """

    def __init__(self, path: Path | None = None) -> None:
        """Make it; nothing is opened yet.

        Args:
            path: The memory's file; by default one in the user's cache folder.
        """
        self._path = path or platformdirs.user_cache_path("coach") / "seen.sqlite"
        self._base: sqlite3.Connection | None = None
        self._pending = 0

    def __enter__(self) -> Self:
        """Open the memory."""
        with suppress(OSError, sqlite3.Error):
            self._path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600))
            self._base = sqlite3.connect(self._path, timeout=2.0)
            self._base.execute("CREATE TABLE IF NOT EXISTS seen (key TEXT PRIMARY KEY, mark TEXT, value TEXT)")
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Write down what is new."""
        if self._base is not None:
            with suppress(sqlite3.Error):
                self._base.commit()
            self._base.close()
            self._base = None

    def sha256(self, path: Path) -> str:
        """Return a file's SHA-256 in hex."""
        read: Callable[[], str] = lambda: super(Seen, self).sha256(path)  # noqa: E731
        return self._of("sha256", path, read, str) or read()

    def facts(self, path: Path) -> Facts | None:
        """Return the facts of a review file."""
        return self._of("facts", path, lambda: super(Seen, self).facts(path), _facts)

    def at(self, address: str, mark: str) -> str | None:
        """Return the SHA-256 of a file at an address while its mark is what it was, ``None`` where nothing is known."""
        if self._base is None or not mark:
            return None
        with suppress(sqlite3.Error):
            row = self._base.execute(
                "SELECT value FROM seen WHERE key = ? AND mark = ?", (_key("address", address), mark)
            ).fetchone()
            return None if row is None else str(row[0])
        return None

    def keep_at(self, address: str, mark: str, sha256: str) -> None:
        """Remember the SHA-256 of a file at an address."""
        if mark:
            self._keep(_key("address", address), mark, sha256)

    def facts_at(self, address: str, mark: str) -> Facts | None:
        """Return the facts of a review file at an address while its mark is what it was."""
        known = self.at(f"facts {address}", mark)
        with suppress(ValueError, TypeError):
            return None if known is None else _facts(known)
        return None

    def keep_facts_at(self, address: str, mark: str, facts: Facts) -> None:
        """Remember the facts of a review file at an address."""
        self.keep_at(f"facts {address}", mark, _text(facts))

    def _of(
        self, kind: str, path: Path, read: Callable[[], _Value | None], load: Callable[[str], _Value]
    ) -> _Value | None:
        before = _mark(path)
        if before is None or self._base is None:
            return read()
        key = _key(kind, str(path.absolute()))
        with suppress(sqlite3.Error, ValueError, TypeError, KeyError):
            row = self._base.execute("SELECT value FROM seen WHERE key = ? AND mark = ?", (key, before)).fetchone()
            if row is not None:
                return load(row[0])
        value = read()
        if value is not None and before == _mark(path) and _settled(path):
            self._keep(key, before, _text(value))
        return value

    def _keep(self, key: str, mark: str, value: str) -> None:
        if self._base is None:
            return
        with suppress(sqlite3.Error):
            self._base.execute("INSERT OR REPLACE INTO seen VALUES (?, ?, ?)", (key, mark, value))
            self._pending += 1
            if self._pending >= _PENDING:
                self._base.commit()
                self._pending = 0


def _key(kind: str, where: str) -> str:
    return hashlib.sha256(f"{kind}\0{where}".encode(errors="surrogateescape")).hexdigest()


def _mark(path: Path) -> str | None:
    """Return what changes when a file does, ``None`` where there is none."""
    try:
        stat = path.stat()
    except (OSError, ValueError):
        return None
    return f"{stat.st_dev}:{stat.st_ino}:{stat.st_size}:{stat.st_mtime_ns}:{stat.st_ctime_ns}"


def _settled(path: Path) -> bool:
    stat = path.stat()
    return time.time_ns() - max(stat.st_mtime_ns, stat.st_ctime_ns) > SETTLED


def _text(value: object) -> str:
    if isinstance(value, Facts):
        return json.dumps([value.hashes, value.redacted, value.fingerprint, value.conditions])
    return str(value)


def _facts(text: str) -> Facts:
    hashes, redacted, fingerprint, made_under = json.loads(text)
    return Facts(tuple(hashes), tuple(redacted), fingerprint, made_under)
