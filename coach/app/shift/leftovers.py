"""What a killed run left half-written: known by its name and age, and removed before the next run writes anything."""

from __future__ import annotations

import contextlib
import re
import time
from pathlib import Path
from typing import Final

OLD: Final = 3600.0
"""Seconds after which an unfinished file is nobody's: one that is being written is younger."""

_UNFINISHED: Final = re.compile(r"\..+\.[a-z0-9_]{8}\.part")


def sweep(*folders: Path) -> int:
    """Remove unfinished files of runs that were killed, and return how many; what cannot be removed stays.

    Args:
        folders: Of the reports and of the store, looked through with all below them.
    """
    now, removed = time.time(), 0
    for path in (path for folder in folders for path in folder.rglob(".*.part")):
        if not _UNFINISHED.fullmatch(path.name):
            continue
        with contextlib.suppress(OSError):
            if now - path.stat().st_mtime > OLD:
                path.unlink()
                removed += 1
    return removed
