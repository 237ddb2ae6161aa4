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
    assert 1 <= machine.default_jobs() <= machine.cores()
    assert 1 <= machine.most_jobs() <= machine.cores()


@pytest.mark.skipif(not Path("/proc/meminfo").exists(), reason="only Linux tells how much memory is free")
def test_memory_is_told() -> None:
    free = machine.memory()
    assert free is not None
    assert free > 10_000_000
    assert machine.held() > 1_000_000


class Tree:
    """A made tree of groups, and the file that says which of them this process is in."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.groups, self._own = folder / "cgroup", folder / "own"
        self.groups.mkdir()
        monkeypatch.setattr(machine, "_CGROUP", self.groups)
        monkeypatch.setattr(machine, "_OWN", self._own)
        monkeypatch.setattr(machine, "_MEMINFO", folder / "meminfo")
        monkeypatch.setattr("os.sched_getaffinity", lambda _pid: set(range(8)), raising=False)
        (folder / "meminfo").write_text("MemTotal: 64000000 kB\nMemAvailable: 60000000 kB\n")

    def own(self, *lines: str) -> None:
        self._own.write_text("\n".join(lines) + "\n")

    def write(self, path: str, **said: str) -> None:
        folder = self.groups / path
        folder.mkdir(parents=True, exist_ok=True)
        for name, value in said.items():
            (folder / name.replace("__", ".")).write_text(value + "\n")


@pytest.fixture(name="tree")
def _tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tree:
    return Tree(tmp_path, monkeypatch)


@pytest.mark.parametrize(("told", "cores"), [("150000 100000", 2), ("50000 100000", 1), ("max 100000", 8)])
def test_a_containers_share_of_the_cores(told: str, cores: int, tree: Tree) -> None:
    tree.own("0::/")
    tree.write(".", cpu__max=told)
    assert machine.cores() == cores


@pytest.mark.parametrize(("most", "current", "jobs"), [("3000", "500", 3), ("1200", "1100", 1), ("max", "0", 8)])
def test_no_more_workers_than_there_is_memory_for(most: str, current: str, jobs: int, tree: Tree) -> None:
    tree.own("0::/")
    tree.write(".", memory__max=most if most == "max" else f"{most}000000", memory__current=f"{current}000000")
    assert machine.default_jobs() == jobs


@pytest.mark.parametrize("own", ["/user.slice/user@7.service/coach-nightly.service", "/user.slice/user@7.service"])
def test_a_services_own_limits_and_those_around_it_hold(own: str, tree: Tree) -> None:
    tree.own(f"0::{own}")
    tree.write(".")
    tree.write("user.slice", memory__max="max", memory__current="9", cpu__max="max 100000")
    around = "user.slice/user@7.service"
    tree.write(around, memory__max="5000000000", memory__current="2600000000", cpu__max="600000 100000")
    tree.write(f"{around}/coach-nightly.service", memory__max="3000000000", memory__current="1500000000")
    tree.write(f"{around}/coach-nightly.service", cpu__max="300000 100000")
    inside = own.endswith("coach-nightly.service")
    assert machine.memory() == (1_500_000_000 if inside else 2_400_000_000)
    assert machine.cores() == (3 if inside else 6)
    assert machine.default_jobs() == (1 if inside else 3)


def test_copies_of_files_are_free_memory(tree: Tree) -> None:
    tree.own("0::/night")
    tree.write("night", memory__max="3000000000", memory__current="2900000000")
    tree.write("night", memory__stat="anon 900000000\ninactive_file 2000000000\nactive_file 0")
    assert machine.memory() == 2_100_000_000


def test_groups_of_the_first_kind(tree: Tree) -> None:
    tree.own("4:memory:/night", "1:cpu,cpuacct:/night", "0::/")
    unlimited = str(2**63 - 4096)
    tree.write("memory", memory__limit_in_bytes=unlimited, memory__usage_in_bytes="0")
    tree.write("memory/night", memory__limit_in_bytes="3000000000", memory__usage_in_bytes="1000000000")
    tree.write("cpu", cpu__cfs_quota_us="-1", cpu__cfs_period_us="100000")
    tree.write("cpu,cpuacct/night", cpu__cfs_quota_us="400000", cpu__cfs_period_us="100000")
    assert (machine.memory(), machine.cores()) == (2_000_000_000, 4)


def test_a_group_of_the_hosts_that_a_container_does_not_see(tree: Tree) -> None:
    tree.own("0::/../../docker/ab12")
    tree.write(".", memory__max="2000000000", memory__current="0")
    assert machine.memory() == 2_000_000_000


@pytest.mark.parametrize("jobs", [1, 2, 8])
def test_a_run_that_has_what_it_needs_takes_all_the_workers_it_was_meant_to(jobs: int, tree: Tree) -> None:
    tree.own("0::/night")
    tree.write("night", memory__max=str(machine.needed(jobs)), memory__current="250000000")
    assert machine.default_jobs() == jobs


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
