"""Nights on several computers that share a store on a server: one at a time works with it, and nothing is lost.

Each computer is a process with folders of its own; what they share is the server alone.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from nights import make_call, write_night
from postgres import GROUP, Server

from coach.store.store import open_store

TESTS = Path(__file__).parents[1]

NIGHT = """
import sys, time
from pathlib import Path
from unittest import mock

sys.path.insert(0, sys.argv[1])
from nights import Here, engine_here, told
from coach.cli import main

begun, go = Path(sys.argv[3]), Path(sys.argv[4])
engine = Here()

def before(_recording):
    begun.touch()
    while not go.exists():
        time.sleep(0.02)

engine.before = before
sys.argv = ["coach", "nightly", sys.argv[2], "--quiet"]
with told(), mock.patch("coach.app.nightly.night.open_engine", lambda *_, **__: engine_here(engine)):
    main()
"""

CUT = "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE application_name LIKE 'coach on %'"


class Computer:
    """A computer that runs nights, which wait in the middle of their first call until they may go on."""

    def __init__(self, folder: Path, url: str, seed: int) -> None:
        folder.mkdir()
        self.folder, self.begun, self.go = folder, folder / "begun", folder / "go"
        self.recipe = write_night(folder, store=url)
        self.nights: list[subprocess.Popen[str]] = []
        make_call(folder / "inbox" / f"call-{seed}.wav", seed, 3.0)

    def begin(self) -> subprocess.Popen[str]:
        """Begin a night."""
        homes = {f"XDG_{name}_HOME": str(self.folder / name) for name in ("DATA", "STATE", "CACHE", "CONFIG")}
        given = [str(TESTS), str(self.recipe), str(self.begun), str(self.go)]
        command = [sys.executable, "-c", NIGHT, *given]
        night = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=self.folder, env=os.environ | homes)
        self.nights.append(night)
        return night

    def in_the_middle(self) -> subprocess.Popen[str]:
        """Begin a night, and return once its first call is in hand."""
        night, until = self.begin(), time.monotonic() + 60
        while not self.begun.exists():
            assert night.poll() is None, night.communicate()
            assert time.monotonic() < until
            time.sleep(0.02)
        return night

    def end(self, night: subprocess.Popen[str]) -> tuple[int, str]:
        """Let a night go on, and return its exit code and what it said."""
        self.go.touch()
        said = night.communicate(timeout=60)[1]
        return night.returncode, " ".join(said.split())


@pytest.fixture
def two(tmp_path: Path, postgres_url: str) -> Iterator[tuple[Computer, Computer]]:
    """Two computers; nothing runs on them any more once the test has ended, however it did."""
    open_store(postgres_url, purpose="shift").close()
    both = Computer(tmp_path / "one", postgres_url, 1), Computer(tmp_path / "two", postgres_url, 2)
    yield both
    for night in (night for computer in both for night in computer.nights if night.poll() is None):
        night.kill()
        night.communicate()


def ends(url: str) -> list[tuple[str, str]]:
    """Return the calls that are in the store, each with the state of its recording."""
    with open_store(url, purpose="shift") as store:
        states = {attempt.sha256: attempt.state for attempt in store.attempts()}
        return sorted((call.uri or "", states[call.sha256]) for call in store.calls())


BOTH = [("call-1.wav", "done"), ("call-2.wav", "done")]


@GROUP
def test_the_second_computer_is_told_and_does_its_part_afterwards(
    two: tuple[Computer, Computer], postgres_url: str
) -> None:
    one, other = two
    first = one.in_the_middle()
    code, said = other.end(other.begin())
    assert code == 75
    assert "Another run of coach is at work with the database" in said
    assert re.search(r"\(on \S+, process \S+ for less than a minute\)", said), said
    assert not other.begun.exists()
    assert one.end(first) == (0, "")
    assert other.end(other.begin()) == (0, "")
    assert ends(postgres_url) == BOTH


@GROUP
def test_a_computer_that_loses_its_power_keeps_no_other_away(two: tuple[Computer, Computer], postgres_url: str) -> None:
    one, other = two
    first = one.in_the_middle()
    first.kill()
    first.communicate()
    assert other.end(other.begin()) == (0, "")
    assert one.end(one.begin()) == (0, "")
    assert ends(postgres_url) == BOTH


@GROUP
def test_a_night_whose_connection_is_cut_goes_on(
    two: tuple[Computer, Computer], postgres_url: str, postgres_server: Server
) -> None:
    one, other = two
    first = one.in_the_middle()
    assert postgres_server.sql(CUT) == "t"
    assert other.end(other.begin()) == (0, "")  # nobody was there
    assert one.end(first) == (0, "")
    assert ends(postgres_url) == BOTH


@GROUP
def test_a_night_whose_connection_is_cut_gives_way_to_one_that_came_meanwhile(
    two: tuple[Computer, Computer], postgres_url: str, postgres_server: Server
) -> None:
    one, other = two
    first = one.in_the_middle()
    assert postgres_server.sql(CUT) == "t"
    second = other.in_the_middle()
    code, said = one.end(first)
    assert code == 75
    assert "was lost. Another run of coach is at work with the database" in said
    assert other.end(second) == (0, "")
    assert one.end(one.begin()) == (0, "")
    assert ends(postgres_url) == BOTH
