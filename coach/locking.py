"""One run at a time in one folder; the second is told, and nothing of either is lost."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

from coach.conversation import LockedError, StorageError

NAME: Final = ".coach.lock"
STORE: Final = ".coach-store.lock"
"""Another one for a store, whose tables may lie in the reports' folder."""

AT_WORK: Final = "Another run of coach is at work {where}. It goes on; let it end, then try again."


@contextlib.contextmanager
def only_one(*folders: Path, where: str | None = None, name: str = NAME) -> Iterator[None]:
    """Hold folders for one run while the block runs; the system lets go of them however the run ends.

    Args:
        folders: Where the run writes; made, for their owner alone, where they are missing.
        where: What to call the place in a sentence; ``in`` and the folder's path unless given.
        name: Of the file that is locked.

    Raises:
        LockedError: Another run is at work in one of them.
        StorageError: One cannot be written to.
    """
    with contextlib.ExitStack() as held:
        for folder in sorted({folder.resolve() for folder in folders}):
            try:
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
                lock = FileLock(folder / name, timeout=0, mode=0o600)
                held.enter_context(lock.acquire())
            except Timeout:
                raise LockedError(AT_WORK.format(where=where or f"in {folder}")) from None
            except OSError as error:
                raise StorageError(
                    f"{folder} cannot be written to: {error.strerror}. Change its permissions, or choose another."
                ) from error
        yield
