"""Every recording ends in exactly one state, whatever befalls the worker, the disk or the run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import soundfile

from coach.app.intake.discover import discover
from coach.app.intake.known import Found
from coach.app.review import settings_of
from coach.app.shift.taking import DEADLY, Intake, Taken, exit_code, take
from coach.conversation import StorageError
from coach.engines.protocol import Died, Done
from coach.store.store import Store, open_store

RATE = 8000


class Here:
    """An engine in this process; some items die, the disk may fill, the power may fail."""

    def __init__(self) -> None:
        self.deadly: set[str] = set()
        self.deadly_once: set[str] = set()
        self.full_at: str | None = None
        self.power_fails_at: str | None = None
        self.began: list[str] = []

    def map(
        self,
        factory: Callable[[], Any],
        items: Sequence[Any],
        *,
        cost: Callable[[Any], float] | None = None,  # noqa: ARG002  (an engine's shape)
        on_start: Callable[[int], None] | None = None,
    ) -> Iterator[Done[Any] | Died]:
        worker = factory()
        if items:
            worker.open()
        for index, job in enumerate(items):
            name = job.request.source.name
            if on_start is not None:
                on_start(index)
            self.began.append(name)
            if name == self.power_fails_at:
                raise KeyboardInterrupt
            if name in self.deadly | self.deadly_once:
                self.deadly_once.discard(name)
                yield Died(index, "killed", "its process was killed", 1.0)
                continue
            result = worker.run(job)
            if name == self.full_at:
                result = type(result)(failure=("report", "No space is left.", StorageError.exit_code))
            yield Done(index, result, 1.0)
        worker.close()


@pytest.fixture(name="calls")
def _calls(tmp_path: Path) -> Path:
    folder = tmp_path / "calls"
    folder.mkdir()
    for number, name in enumerate(("a", "b", "c")):
        sound = np.random.default_rng(number).normal(0, 0.05, (RATE * 3, 2))
        soundfile.write(folder / f"{name}.wav", sound, RATE)
    return folder


@pytest.fixture(name="store")
def _store(tmp_path: Path) -> Iterator[Store]:
    with open_store(str(tmp_path / "library" / "shift.sqlite"), purpose="shift") as store:
        yield store


class Shift:
    """A shift that can be run again and again."""

    def __init__(self, folder: Path, store: Store, out: Path) -> None:
        self.folder, self.store, self.engine = folder, store, Here()
        self.flags: dict[str, object] = {"out": str(out), "formats": "json", "diarizer": "none"}

    def found(self) -> Sequence[Found]:
        return discover([self.folder]).found

    def run(self, *, force: bool = False, again: bool = True) -> dict[str, Taken]:
        self.engine.began.clear()
        intake = Intake(self.store, settings_of(self.flags), self.flags, self.engine, force, again)
        taken = list(take(self.found(), intake))
        ends = {Path(one.found.uri).name: one for one in taken}
        assert len(ends) == len(taken) == len(self.found())  # each once
        return ends

    def states(self) -> dict[str, str]:
        return {Path(attempt.uri).name: attempt.state for attempt in self.store.attempts()}


@pytest.fixture(name="shift")
def _shift(calls: Path, store: Store, tmp_path: Path) -> Shift:
    return Shift(calls, store, tmp_path / "out")


def ends(taken: dict[str, Taken]) -> dict[str, str]:
    return {name: one.end for name, one in taken.items()}


def test_all_are_reviewed_once_and_the_second_run_has_nothing_to_do(shift: Shift) -> None:
    first = shift.run()
    assert set(ends(first).values()) == {"reviewed"}
    assert exit_code(list(first.values())) == 0
    assert len(shift.store.calls()) == 3
    second = shift.run()
    assert set(ends(second).values()) == {"unchanged"}
    assert all(one.known for one in second.values())
    assert shift.engine.began == []
    assert set(shift.states().values()) == {"done"}


def test_a_worker_that_dies_once_is_given_another_try(shift: Shift) -> None:
    shift.engine.deadly_once = {"b.wav"}
    taken = shift.run()
    assert set(ends(taken).values()) == {"reviewed"}
    assert shift.engine.began.count("b.wav") == DEADLY


def test_what_kills_its_worker_twice_is_set_aside_and_stays_there(shift: Shift) -> None:
    shift.engine.deadly = {"b.wav"}
    taken = shift.run()
    assert ends(taken) == {"a.wav": "reviewed", "b.wav": "quarantined", "c.wav": "reviewed"}
    assert exit_code(list(taken.values())) == 3
    again = shift.run()
    assert shift.engine.began == []
    assert again["b.wav"].end == "quarantined"
    assert again["b.wav"].known
    assert exit_code(list(again.values())) == 0  # nothing new
    shift.engine.deadly = set()
    forced = shift.run(force=True)
    assert forced["b.wav"].end == "reviewed"
    assert shift.states()["b.wav"] == "done"


def test_power_that_fails_twice_over_one_recording_sets_it_aside_not_its_neighbours(shift: Shift) -> None:
    for _ in range(DEADLY):
        shift.engine.power_fails_at = "b.wav"
        with pytest.raises(KeyboardInterrupt):
            shift.run()
    shift.engine.power_fails_at = None
    taken = shift.run()
    assert ends(taken) == {"a.wav": "unchanged", "b.wav": "quarantined", "c.wav": "reviewed"}


def test_power_that_fails_once_costs_nothing(shift: Shift) -> None:
    shift.engine.power_fails_at = "b.wav"
    with pytest.raises(KeyboardInterrupt):
        shift.run()
    assert shift.states() == {"a.wav": "done", "b.wav": "working"}
    shift.engine.power_fails_at = None
    taken = shift.run()
    assert ends(taken) == {"a.wav": "unchanged", "b.wav": "reviewed", "c.wav": "reviewed"}
    # An attempt that ended is forgotten: it takes two more to set the recording aside.
    shift.engine.power_fails_at = "b.wav"
    with pytest.raises(KeyboardInterrupt):
        shift.run(force=True)
    shift.engine.power_fails_at = None
    assert shift.run()["b.wav"].end in {"reviewed", "unchanged"}


def test_a_full_disk_stops_cleanly_and_the_next_run_goes_on(shift: Shift) -> None:
    shift.engine.full_at = "b.wav"
    taken = shift.run()
    assert ends(taken) == {"a.wav": "reviewed", "b.wav": "waiting", "c.wav": "waiting"}
    assert exit_code(list(taken.values())) == 74
    shift.engine.full_at = None
    again = ends(shift.run())
    assert (again["a.wav"], again["c.wav"]) == ("unchanged", "reviewed")
    assert set(shift.states().values()) == {"done"}


def test_what_cannot_be_read_is_refused_and_a_night_leaves_it_alone(shift: Shift) -> None:
    (shift.folder / "b.wav").write_bytes(b"RIFF....WAVEnothing")
    taken = shift.run()
    assert taken["b.wav"].end == "failed"
    assert taken["b.wav"].message
    assert exit_code(list(taken.values())) == 3
    night = shift.run(again=False)
    assert night["b.wav"].known
    assert shift.engine.began == []
    assert exit_code(list(night.values())) == 0
    assert "b.wav" in {Path(name).name for name in shift.run() and shift.engine.began}


def test_a_copy_and_a_new_name_are_the_same_recording(shift: Shift) -> None:
    shift.run()
    (shift.folder / "d.wav").write_bytes((shift.folder / "a.wav").read_bytes())
    taken = shift.run()
    assert taken["d.wav"].end == "copy"
    assert len(shift.store.calls()) == 3
    (shift.folder / "a.wav").unlink()
    assert shift.run()["d.wav"].end in {"reviewed", "unchanged"}
    assert len(shift.store.calls()) == 3


def test_what_was_purged_is_not_taken_in_again(shift: Shift) -> None:
    taken = shift.run()
    assert taken["a.wav"].sha256 is not None
    shift.store.purge(sha256=taken["a.wav"].sha256)
    again = shift.run()
    assert again["a.wav"].end == "forgotten"
    assert exit_code(list(again.values())) == 0
    assert shift.run(force=True)["a.wav"].end == "forgotten"


def test_reviews_that_were_there_before_the_store_are_taken_in(shift: Shift, tmp_path: Path) -> None:
    shift.run()
    with open_store(str(tmp_path / "other.sqlite"), purpose="shift") as other:
        shift.store = other
        assert set(ends(shift.run()).values()) == {"unchanged"}
        assert shift.engine.began == []
        assert len(other.calls()) == 3
        assert set(shift.states().values()) == {"done"}


def test_an_empty_shift(shift: Shift) -> None:
    for path in shift.folder.iterdir():
        path.unlink()
    assert shift.run() == {}
    assert exit_code([]) == 0
    assert exit_code([], refused=2) == 3
