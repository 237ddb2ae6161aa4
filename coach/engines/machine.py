"""What this machine has to give: cores and memory, within what a container grants."""

from __future__ import annotations

import ctypes
import os
from contextlib import suppress
from math import ceil
from pathlib import Path

_CGROUP = Path("/sys/fs/cgroup")
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def cores() -> int:
    """Return the cores that this process may use, at least 1."""
    mine = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    with suppress(OSError, ValueError):
        quota, period = (_CGROUP / "cpu.max").read_text(encoding="ascii").split()
        mine = min(mine, ceil(int(quota) / int(period)))  # "max" is no number: no quota
    return max(mine, 1)


def memory() -> int | None:
    """Return the bytes of memory that are free for use, ``None`` where that cannot be told."""
    free = None
    with suppress(OSError, ValueError, StopIteration):
        lines = Path("/proc/meminfo").read_text(encoding="ascii").splitlines()
        free = 1024 * next(int(line.split()[1]) for line in lines if line.startswith("MemAvailable:"))
    with suppress(OSError, ValueError):
        most = int((_CGROUP / "memory.max").read_text(encoding="ascii"))
        left = max(most - int((_CGROUP / "memory.current").read_text(encoding="ascii")), 0)
        free = left if free is None else min(free, left)
    return free


def held() -> int:
    """Return the bytes of memory that this process holds, 0 where that cannot be told."""
    with suppress(OSError, ValueError, IndexError):
        return int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * _PAGE
    return 0


def hand_back() -> None:
    """Give the system what this process has freed and its C library keeps, where that is glibc.

    Of threads that come and go with buffers of all sizes glibc keeps ever more in pieces: a process that had grown from
    400 to 630 MB over thirty calls stays at 400 with this after each.
    """
    with suppress(OSError, AttributeError, TypeError):  # another C library, which has no such call
        ctypes.CDLL(None).malloc_trim(0)


def default_jobs(each: int) -> int:
    """Return how many workers fit: one a core, and no more than there is memory for.

    Args:
        each: Bytes that one worker takes.
    """
    free = memory()
    return max(1, cores() if free is None else min(cores(), free // each))


def pin(threads: int) -> dict[str, str]:
    """Return the environment in which libraries, and our own stages, take so many threads."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
    return dict.fromkeys(names, str(threads))
