"""How many threads a call may take; its findings never depend on it."""

from __future__ import annotations

import os

MOST = 4
"""Threads beyond which one call gains next to nothing."""


def threads(most: int = MOST) -> int:
    """Return how many threads to work with, at least 1: ``OMP_NUM_THREADS`` where it is set, else one a core.

    Where calls are reviewed side by side, each process is told its share of the cores by that variable.

    Args:
        most: No more than these.
    """
    given = os.environ.get("OMP_NUM_THREADS", "")
    wanted = int(given) if given.isdecimal() and int(given) else os.cpu_count() or 1
    return max(1, min(wanted, most))
