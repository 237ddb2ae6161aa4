"""What a killed run left half-written: removed before the next run writes anything."""

from __future__ import annotations

import contextlib
from pathlib import Path

from coach.files import left_behind


def sweep(*folders: Path) -> int:
    """Remove unfinished files of runs that were killed, and return how many; what cannot be removed stays.

    Args:
        folders: Of the reports and of the store, looked through with all below them.
    """
    removed = 0
    for path in left_behind(*folders):
        with contextlib.suppress(OSError):
            path.unlink()
            removed += 1
    return removed
