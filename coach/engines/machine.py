"""What this machine has to give: cores and memory, within what a container grants."""

from __future__ import annotations

import ctypes
import os
from collections.abc import Iterator
from contextlib import suppress
from math import ceil
from pathlib import Path
from typing import Final

EACH: Final = 700_000_000
"""Bytes that a worker is reckoned with; measured: 0.26 GB between two calls, 0.4 in short ones, up to 0.7 in long."""
RUN: Final = 300_000_000
"""Bytes that the process which hands out the calls is reckoned with."""

_CGROUP = Path("/sys/fs/cgroup")
_OWN = Path("/proc/self/cgroup")
_MEMINFO = Path("/proc/meminfo")
_PAGE = os.sysconf("SC_PAGE_SIZE") if hasattr(os, "sysconf") else 4096


def cores() -> int:
    """Return the cores that this process may use, at least 1: within its groups' quotas, where it has any."""
    mine = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    for group in _groups("cpu"):
        with suppress(OSError, ValueError):
            quota, period = (group / "cpu.max").read_text(encoding="ascii").split()
            mine = min(mine, ceil(int(quota) / int(period)))  # "max" is no number: no quota
        with suppress(OSError, ValueError):
            quota_us, period_us = _number(group / "cpu.cfs_quota_us"), _number(group / "cpu.cfs_period_us")
            mine = min(mine, ceil(quota_us / period_us)) if quota_us > 0 else mine  # -1: no quota
    return max(mine, 1)


def memory() -> int | None:
    """Return the bytes of memory that are free for use, ``None`` where that cannot be told.

    Of the groups that this process is in, one within the other, the one with least left decides: a service of
    systemd's has a limit of its own, which nothing but its own group tells of.
    """
    found = [] if (free := _told("MemAvailable")) is None else [free]
    for group in _groups("memory"):
        with suppress(OSError, ValueError):
            taken = _number(group / "memory.current") - _reclaimable(group, "inactive_file")
            found.append(max(_number(group / "memory.max") - taken, 0))  # "max" is no number: no limit
        with suppress(OSError, ValueError):
            taken = _number(group / "memory.usage_in_bytes") - _reclaimable(group, "total_inactive_file")
            found.append(max(_number(group / "memory.limit_in_bytes") - taken, 0))
    return min(found, default=None)


def needed(jobs: int) -> int:
    """Return the bytes of memory that a run takes with so many workers, and a good half of a worker to spare."""
    return RUN + jobs * EACH + EACH // 2


def most_jobs() -> int:
    """Return how many workers this machine has room for when it does nothing else."""
    there = _told("MemTotal")
    return cores() if there is None else max(1, min(cores(), (there - RUN) // EACH))


def _groups(controller: str) -> Iterator[Path]:
    """Yield the folders of the groups that this process is in, the innermost first, as far as they can be seen.

    In a container the path is often one of the host's, of which nothing but the root is there.
    """
    with suppress(OSError, ValueError):
        for line in _OWN.read_text(encoding="utf-8").splitlines():
            _, names, path = line.split(":", 2)
            if names == "":
                roots = [_CGROUP, _CGROUP / "unified"]
            elif controller in names.split(","):
                roots = [_CGROUP / controller, _CGROUP / names]
            else:
                continue
            parts = [part for part in path.split("/") if part and part != ".."]
            for root in roots:
                for depth in range(len(parts), -1, -1):
                    yield root.joinpath(*parts[:depth])
        return
    yield _CGROUP


def _number(file: Path) -> int:
    return int(file.read_text(encoding="ascii"))


def _reclaimable(group: Path, name: str) -> int:
    """Return the bytes of a group that hold copies of files which the system lets go when room is needed."""
    with suppress(OSError, ValueError):
        for line in (group / "memory.stat").read_text(encoding="ascii").splitlines():
            if line.startswith(f"{name} "):
                return int(line.split()[1])
    return 0


def _told(name: str) -> int | None:
    with suppress(OSError, ValueError, StopIteration):
        lines = _MEMINFO.read_text(encoding="ascii").splitlines()
        return 1024 * next(int(line.split()[1]) for line in lines if line.startswith(f"{name}:"))
    return None


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


def default_jobs() -> int:
    """Return how many workers fit: one a core, and no more than there is memory for."""
    free = memory()
    return max(1, cores() if free is None else min(cores(), (free - RUN) // EACH))


def pin(threads: int) -> dict[str, str]:
    """Return the environment in which libraries, and our own stages, take so many threads."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMEXPR_NUM_THREADS")
    return dict.fromkeys(names, str(threads))
