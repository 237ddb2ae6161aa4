"""What a machine, or a container on it, has to give."""

from __future__ import annotations

import ctypes
import os
import platform
from pathlib import Path

import pytest

from coach.engines import machine


def test_this_machine_has_something_to_give() -> None:
    assert 1 <= machine.cores() <= (os.cpu_count() or 1)
    assert machine.default_jobs(1) == machine.cores()


@pytest.mark.skipif(not Path("/proc/meminfo").exists(), reason="only Linux tells how much memory is free")
def test_memory_is_told() -> None:
    free = machine.memory()
    assert free is not None
    assert free > 10_000_000
    assert machine.held() > 1_000_000


@pytest.mark.parametrize(("told", "cores"), [("150000 100000\n", 2), ("50000 100000\n", 1), ("max 100000\n", 64)])
def test_a_containers_share_of_the_cores(
    told: str, cores: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "_CGROUP", tmp_path)
    monkeypatch.setattr("os.sched_getaffinity", lambda _pid: set(range(64)), raising=False)
    (tmp_path / "cpu.max").write_text(told, encoding="ascii")
    assert machine.cores() == cores


@pytest.mark.parametrize(("most", "current", "jobs"), [("3000", "500", 2), ("1200", "1100", 1), ("max", "0", 8)])
def test_no_more_workers_than_there_is_memory_for(
    most: str, current: str, jobs: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(machine, "_CGROUP", tmp_path)
    monkeypatch.setattr(machine, "cores", lambda: 8)
    (tmp_path / "memory.max").write_text(most, encoding="ascii")
    (tmp_path / "memory.current").write_text(current, encoding="ascii")
    assert machine.default_jobs(1000) == jobs


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="only glibc (most Linux) keeps what is freed")
def test_what_was_freed_goes_back_to_the_system() -> None:
    libc = ctypes.CDLL(None)
    libc.malloc.restype = ctypes.c_void_p
    libc.free.argtypes = [ctypes.c_void_p]
    libc.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
    blocks = [libc.malloc(60_000) for _ in range(2000)]  # small enough to be of the heap
    for block in blocks:
        libc.memset(block, 1, 60_000)
    for block in blocks[:-1]:  # the last one holds the heap's end where it is
        libc.free(block)
    before = machine.held()
    machine.hand_back()
    assert before - machine.held() > 80_000_000
    libc.free(blocks[-1])


def test_another_c_library_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ctypes, "CDLL", lambda _name: object())
    machine.hand_back()
