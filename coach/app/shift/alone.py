"""What stopped a run, or was only there: a recording over which runs ended is tried by itself before it is blamed.

A mark lies beside the store while such a recording is worked on. It is written after the attempt is counted and before
the work, and goes when the attempt ends in any way, a full disk among them: taking a file away needs no room, where a
row to say so would. A mark that is still there over an attempt that never ended was left by a run that this recording,
with nothing else in hand, took with it.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from coach.conversation import StorageError
from coach.files import sync_folder

if TYPE_CHECKING:
    from coach.store.store import Store

_PREFIX: Final = ".alone-"


class Alone:
    """The marks of recordings that are worked on with nothing else in hand."""

    def __init__(self, store: Store) -> None:
        """Read what earlier runs left, and take away what no attempt that never ended belongs to.

        Args:
            store: The shift's.
        """
        self._folder = store.folder
        there = {path.name: path for path in self._folder.glob(f"{_PREFIX}*")}
        working = {_name(attempt.key) for attempt in store.attempts({"working"})} if there else set()
        self._left = frozenset(working & set(there))
        for name in set(there) - working:
            _take_away(there[name])

    def left(self, key: str) -> bool:
        """Return whether an earlier run ended while it had this recording alone in hand."""
        return _name(key) in self._left

    def begin(self, key: str) -> None:
        """Mark a recording, on the disk when this returns.

        Raises:
            StorageError: It cannot be written.
        """
        path = self._folder / _name(key)
        try:
            self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600))
            sync_folder(self._folder)
        except OSError as error:
            reason = error.strerror or type(error).__name__
            raise StorageError(
                f"{path} cannot be written: {reason}. Free some space or mend its permissions; run it again."
            ) from error

    def end(self, key: str) -> None:
        """Take a recording's mark away, where there is one."""
        _take_away(self._folder / _name(key))


def _name(key: str) -> str:
    return _PREFIX + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def _take_away(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
        sync_folder(path.parent)
