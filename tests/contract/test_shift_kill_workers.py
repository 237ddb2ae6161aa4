"""Workers that are really killed, in every stage of a review: their calls are tried once more, the others go on.

The processes are those of the local engine; all in them is the product's own but the recogniser. Some stages are tried
where each costs many processes, and all of them with ``COACH_EVERY_POINT=1``.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import dying_night
import dying_workers
import pytest
from dying_place import EVERY, Place, differences, ended
from dying_workers import Orders, Workers
from mail.sink import mail_sink

from coach.app.pipeline import NEEDS
from coach.app.shift.taking import SET_ASIDE
from coach.store.store import open_store

pytestmark = pytest.mark.xdist_group("nights with workers")

MOMENTS = {f"{stage}.wav": f"{stage} 1.0" for stage in NEEDS} | {"page.wav": "file 1", "facts.wav": "file 2"}
"""Where the worker of a call is killed: at the end of each stage, and before each of its files is in its place."""

TWICE = tuple(MOMENTS) if EVERY else ("decode.wav", "mask.wav", "report.wav")
LAST = tuple(NEEDS) if EVERY else ("transcribe", "report")
SPARED = "spared.wav"
SOON = 20.0
"""Seconds within which workers end after their parent."""


@pytest.fixture(name="place", scope="module")
def _place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload([*dying_night.PRELOAD, "dying_workers"])
    with mail_sink() as sink:
        place = Place(tmp_path_factory.mktemp("killed"), sink, processes)
        place.prepare({name: 10 + number for number, name in enumerate((*MOMENTS, SPARED))})
        yield place


@pytest.fixture(name="whole", scope="module")
def _whole(place: Place) -> dict[str, object]:
    """What a night leaves that nothing befell."""
    place.reset()
    assert place.again() == 3
    assert place.unmasked() == []
    assert len(place.sink.mails) == 1
    return place.state()


def accounts(place: Place) -> dict[str, tuple[str, int, str | None]]:
    """Return state, attempts and message of each recording, by its name."""
    with open_store(str(place.folder / "shift.sqlite"), purpose="shift") as store:
        return {Path(one.uri).name: (one.state, one.attempts, one.message) for one in store.attempts()}


def test_killed_once_in_each_stage_a_call_is_tried_again_and_all_ends_as_if_nothing_had_been(
    place: Place, whole: dict[str, object], tmp_path: Path
) -> None:
    place.reset()
    orders = Orders(tmp_path, {name: (moment,) for name, moment in MOMENTS.items()})
    assert place.again(Workers(2, orders)) == 3  # for what is damaged, as ever
    assert place.unmasked() == []
    assert place.again() == 0  # an hour later what dead workers left half-written goes
    assert differences(place.state(), whole) == {}
    begun = {name: orders.begun(name) for name in (*MOMENTS, SPARED)}
    assert {name: len(processes) for name, processes in begun.items()} == dict.fromkeys(MOMENTS, 2) | {SPARED: 1}
    first, second = ({begun[name][time] for name in MOMENTS} for time in (0, 1))
    assert len(first) == len(MOMENTS)  # each death was another process's
    assert not first & second
    found = accounts(place)
    assert {name: found[name][:2] for name in begun} == {name: ("done", len(begun[name])) for name in begun}


def test_killed_twice_a_call_is_set_aside_with_its_reason_and_the_others_are_reviewed(
    place: Place, whole: dict[str, object], tmp_path: Path
) -> None:
    place.reset()
    orders = Orders(tmp_path, {name: (MOMENTS[name], MOMENTS[name]) for name in TWICE})
    assert place.again(Workers(2, orders)) == 3
    assert place.unmasked() == []
    assert place.again() == 0  # they stay where they are
    found = accounts(place)
    for name in (*MOMENTS, SPARED):
        assert found[name] == (("quarantined", 2, SET_ASIDE) if name in TWICE else ("done", 1, None)), name
        assert len(orders.begun(name)) == (2 if name in TWICE else 1), name
    stems = {Path(name).stem for name in TWICE}
    changed = differences(place.state(), whole)
    pages = {f"out/{name}" for name in ("shift.html", "shift.json", "figures.csv", "calls.csv")}
    theirs = {name for name in changed if Path(name).suffix in (".html", ".json") and Path(name).stem in stems}
    assert {name for name in changed if name.startswith("out/")} <= theirs | pages
    digests = "".join(path.read_text(encoding="utf-8") for path in (place.folder / "out").glob("night-*.md"))
    assert all(f"| {name} | It stopped its worker twice" in digests for name in TWICE)


@pytest.mark.parametrize("stage", LAST)
def test_workers_end_with_a_night_that_is_killed_and_the_next_ends_as_if_nothing_had_been(
    place: Place, whole: dict[str, object], tmp_path: Path, stage: str
) -> None:
    place.reset()
    orders = Orders(tmp_path, stays=f"{stage} 1.0")
    process = place.begin(dying_workers.night, str(place.recipe), place.environment, orders)
    until = time.monotonic() + 60
    while len(orders.at_work()) < 2 and process.is_alive() and time.monotonic() < until:
        time.sleep(0.05)
    workers = orders.at_work()
    assert len(workers) == 2, (tmp_path / "said.txt").read_text(encoding="utf-8")
    assert all(map(lives, workers))
    os.kill(process.pid or 0, signal.SIGKILL)
    assert ended(process) == -signal.SIGKILL
    until = time.monotonic() + SOON
    while any(map(lives, workers)) and time.monotonic() < until:
        time.sleep(0.02)
    left = [worker for worker in workers if lives(worker)]
    for worker in left:
        os.kill(worker, signal.SIGKILL)
    assert left == []

    assert place.unmasked() == []
    assert place.again() == 3
    assert place.unmasked() == []
    assert differences(place.state(), whole) == {}
    assert place.again() == 0


def lives(process: int) -> bool:
    """Return whether a process is there and has not ended; one whose parent is gone may be waited for by nobody."""
    with suppress(OSError):
        return Path(f"/proc/{process}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] not in "ZX"
    with suppress(ProcessLookupError):
        os.kill(process, 0)
        return not Path("/proc/self").exists()
    return False
