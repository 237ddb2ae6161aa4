"""Every recording ends in exactly one state, whatever befalls the worker, the disk or the run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NoReturn

import pytest
from nights import Here, make_call, told

from coach.app.intake.discover import discover
from coach.app.intake.known import Found
from coach.app.jobs import Result
from coach.app.review import settings_of
from coach.app.shift.cases import ALONE, ENDED_ALL
from coach.app.shift.taking import DEADLY, Intake, Taken, exit_code, take
from coach.conversation import RecordingError, StorageError
from coach.engines.protocol import Died, Done
from coach.speech.decoding.container import translated
from coach.speech.decoding.limits import Limits, too_long
from coach.speech.decoding.source import unreadable
from coach.store.errors import ReviewFileError
from coach.store.store import Store, open_store

FULL = Result(failure=("report", "No space is left.", StorageError.exit_code))


class PowerFails(BaseException):
    """What no program can catch."""


@pytest.fixture(name="calls")
def _calls(tmp_path: Path) -> Path:
    folder = tmp_path / "calls"
    folder.mkdir()
    for number, name in enumerate(("a", "b", "c")):
        make_call(folder / f"{name}.wav", number, 3.0)
    return folder


@pytest.fixture(autouse=True)
def _words() -> Iterator[None]:
    with told():
        yield


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

    def run_as_found(self) -> dict[str, Taken]:
        """Run with what ``found`` finds the first time, whatever becomes of it."""
        there = self.found()
        intake = Intake(self.store, settings_of(self.flags), self.flags, self.engine)
        return {Path(one.found.uri).name: one for one in take(there, intake)}

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


def power_fails(shift: Shift, over: str, times: int) -> None:
    for _ in range(times):
        shift.engine.stops = {over: PowerFails}
        with pytest.raises(PowerFails):
            shift.run()
    shift.engine.stops = {}


def marks(shift: Shift) -> list[Path]:
    return list(shift.store.folder.glob(".alone-*"))


def test_power_that_fails_twice_over_a_sound_recording_costs_nothing(shift: Shift) -> None:
    power_fails(shift, "b.wav", DEADLY)
    assert ends(shift.run()) == {"a.wav": "unchanged", "b.wav": "reviewed", "c.wav": "reviewed"}
    assert shift.engine.began == ["c.wav", "b.wav"]  # last, as it may be to blame
    assert set(shift.states().values()) == {"done"}
    assert marks(shift) == []


def all_in_hand(shift: Shift) -> None:
    """Let all recordings of a round be in hand before the first of them ends, as with many workers."""
    real = shift.engine.map

    def map_(factory: Any, items: Sequence[Any], **more: Any) -> Iterator[Done[Any] | Died]:  # noqa: ANN401
        for index in range(len(items)):
            more["on_start"](index)
        yield from real(factory, items, cost=more["cost"])

    shift.engine.map = map_  # type: ignore[method-assign]


def test_what_was_in_hand_when_the_run_was_killed_again_and_again_is_tried_one_by_one(shift: Shift) -> None:
    all_in_hand(shift)
    power_fails(shift, "a.wav", DEADLY)
    assert [attempt.attempts for attempt in shift.store.attempts(["working"])] == [DEADLY] * 3
    in_hand: list[list[str]] = []
    shift.engine.before = lambda _path: in_hand.append([mark.name for mark in marks(shift)])
    assert set(ends(shift.run()).values()) == {"reviewed"}
    assert [len(each) for each in in_hand] == [1, 1, 1]
    assert len({each[0] for each in in_hand}) == 3
    assert marks(shift) == []


def test_what_takes_every_run_with_it_is_set_aside_in_the_end_and_it_alone(shift: Shift) -> None:
    all_in_hand(shift)
    power_fails(shift, "b.wav", DEADLY + 1)  # the last time by itself
    assert len(marks(shift)) == 1
    shift.engine.stops = {"b.wav": PowerFails}  # as it would again
    taken = shift.run()
    assert {name: end for name, end in ends(taken).items() if end == "quarantined"} == {"b.wav": "quarantined"}
    assert taken["b.wav"].message == ENDED_ALL
    assert shift.states() == {"a.wav": "done", "b.wav": "quarantined", "c.wav": "done"}
    assert marks(shift) == []


def test_two_that_take_every_run_with_them_cost_a_night_each(shift: Shift) -> None:
    all_in_hand(shift)
    nights = 0
    while nights < 9:
        nights += 1
        shift.engine.stops = {"a.wav": PowerFails, "c.wav": PowerFails}
        try:
            shift.run()
            break
        except PowerFails:
            continue
    assert nights == DEADLY + 3
    assert shift.states() == {"a.wav": "quarantined", "b.wav": "done", "c.wav": "quarantined"}


def test_over_which_runs_ended_is_set_aside_where_its_own_worker_dies_by_itself(shift: Shift) -> None:
    power_fails(shift, "b.wav", DEADLY)
    shift.engine.deadly = {"b.wav"}
    taken = shift.run()
    assert ends(taken)["b.wav"] == "quarantined"
    assert taken["b.wav"].message == ALONE
    assert shift.engine.began.count("b.wav") == 1
    assert marks(shift) == []


def test_a_run_that_was_killed_is_no_death_of_a_worker(shift: Shift) -> None:
    power_fails(shift, "b.wav", 1)
    shift.engine.deadly_once = {"b.wav"}
    assert ends(shift.run())["b.wav"] == "reviewed"


@pytest.mark.parametrize("raised", [True, False])
def test_a_disk_too_full_to_say_so_is_held_against_nothing(shift: Shift, *, raised: bool) -> None:
    real = shift.store.wait

    def full(*_: object, **__: object) -> None:
        raise StorageError("No space is left.")

    for _ in range(2 * DEADLY + 1):
        shift.store.wait = full  # type: ignore[method-assign, assignment]
        shift.engine.stops = {"b.wav": StorageError} if raised else {}
        shift.engine.answers = {} if raised else {"b.wav": FULL}
        with pytest.raises(StorageError):
            shift.run()
        assert shift.states()["b.wav"] == "working"
    shift.engine.stops = {}
    shift.engine.answers = {}
    shift.store.wait = real  # type: ignore[method-assign]
    assert ends(shift.run())["b.wav"] == "reviewed"
    assert set(shift.states().values()) == {"done"}


def test_nothing_is_tried_by_itself_where_the_disk_is_full(shift: Shift) -> None:
    power_fails(shift, "b.wav", DEADLY)
    shift.engine.answers["c.wav"] = FULL
    assert ends(shift.run()) == {"a.wav": "unchanged", "b.wav": "waiting", "c.wav": "waiting"}
    assert shift.engine.began == ["c.wav"]


def test_power_that_fails_once_costs_nothing(shift: Shift) -> None:
    shift.engine.stops = {"b.wav": PowerFails}
    with pytest.raises(PowerFails):
        shift.run()
    assert shift.states() == {"a.wav": "done", "b.wav": "working"}
    shift.engine.stops = {}
    taken = shift.run()
    assert ends(taken) == {"a.wav": "unchanged", "b.wav": "reviewed", "c.wav": "reviewed"}
    # An attempt that ended is forgotten: it takes two more to set the recording aside.
    shift.engine.stops = {"b.wav": PowerFails}
    with pytest.raises(PowerFails):
        shift.run(force=True)
    shift.engine.stops = {}
    assert shift.run()["b.wav"].end in {"reviewed", "unchanged"}


def test_a_full_disk_stops_cleanly_and_the_next_run_goes_on(shift: Shift) -> None:
    shift.engine.answers["b.wav"] = FULL
    taken = shift.run()
    assert ends(taken) == {"a.wav": "reviewed", "b.wav": "waiting", "c.wav": "waiting"}
    assert exit_code(list(taken.values())) == 74
    shift.engine.answers.clear()
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
    assert shift.run()["d.wav"].end == "unchanged"
    assert shift.engine.began == []
    assert len(shift.store.calls()) == 3
    # Its name is free now: another call under it is another call, with a report of its own.
    make_call(shift.folder / "a.wav", 9, 3.0)
    assert shift.run()["a.wav"].end == "reviewed"
    assert {Path(str(call.report)).name[:1] for call in shift.store.calls()} == {"a", "b", "c"}
    assert len({call.report for call in shift.store.calls()}) == 4


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


@pytest.mark.parametrize("stop", [KeyboardInterrupt, StorageError])
def test_a_run_that_is_stopped_sets_nothing_aside(shift: Shift, stop: type[BaseException]) -> None:
    for _ in range(DEADLY + 1):
        shift.engine.stops = {"b.wav": stop}
        with pytest.raises(stop):
            shift.run()
        assert shift.states()["b.wav"] == "waiting"
    shift.engine.stops = {}
    assert set(ends(shift.run()).values()) == {"reviewed", "unchanged"}


def test_what_was_in_hand_when_the_disk_was_full_is_not_held_against_it(shift: Shift) -> None:
    all_in_hand(shift)
    for _ in range(DEADLY + 1):
        shift.engine.answers["a.wav"] = FULL
        assert set(ends(shift.run()).values()) == {"waiting"}
        assert set(shift.states().values()) == {"waiting"}
    shift.engine.answers.clear()
    assert set(ends(shift.run()).values()) == {"reviewed"}


def test_a_file_that_goes_before_its_turn_is_gone_and_nothing_is_wrong_when_it_is_back(shift: Shift) -> None:
    found = shift.found
    content = (shift.folder / "b.wav").read_bytes()

    def found_and_gone() -> Sequence[Found]:
        there = found()
        (shift.folder / "b.wav").unlink(missing_ok=True)
        return there

    shift.found = found_and_gone  # type: ignore[method-assign]
    taken = shift.run_as_found()
    assert ends(taken) == {"a.wav": "reviewed", "b.wav": "gone", "c.wav": "reviewed"}
    assert exit_code(list(taken.values())) == 3
    shift.found = found  # type: ignore[method-assign]
    (shift.folder / "b.wav").write_bytes(content)
    assert ends(shift.run())["b.wav"] == "reviewed"


def test_a_file_that_goes_in_its_turn(shift: Shift) -> None:
    shift.engine.before = lambda path: path.unlink() if path.name == "b.wav" else None
    taken = shift.run_as_found()
    assert ends(taken)["b.wav"] == "gone"
    assert shift.states()["b.wav"] == "gone"


def test_a_review_that_was_finished_when_the_power_failed_is_new_to_the_next_run(shift: Shift) -> None:
    real = shift.store.record_as_known

    def dies(*_: object, **__: object) -> None:
        raise PowerFails

    shift.store.record_as_known = dies  # type: ignore[method-assign, assignment]
    with pytest.raises(PowerFails):
        shift.run()
    shift.store.record_as_known = real  # type: ignore[method-assign]
    taken = shift.run()
    assert ends(taken) == {"a.wav": "unchanged", "b.wav": "reviewed", "c.wav": "reviewed"}
    assert not any(one.known for one in taken.values())
    assert "a.wav" not in shift.engine.began
    assert len(shift.store.calls()) == 3


def test_a_review_that_the_store_cannot_take_costs_its_call_alone(
    shift: Shift, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shift.store.record_as_known

    def refuses(review: Any, told: Any) -> Any:  # noqa: ANN401
        if review["recording"]["uri"].endswith("b.wav"):
            raise ReviewFileError("A field of the review is not what it must be.")
        return real(review, told)

    monkeypatch.setattr(shift.store, "record_as_known", refuses)
    taken = shift.run()
    assert ends(taken) == {"a.wav": "reviewed", "b.wav": "failed", "c.wav": "reviewed"}
    assert exit_code(list(taken.values())) == 1
    assert "taken into the store" in str(taken["b.wav"].message)


@pytest.mark.parametrize(
    "sentence", [unreadable("b.wav"), "b.wav: changed while it was read. Try again when it has been written."]
)
def test_what_may_be_mended_by_itself_is_tried_again_by_the_next_night(shift: Shift, sentence: str) -> None:
    shift.engine.answers["b.wav"] = Result(failure=("decode", sentence, 3))
    taken = shift.run(again=False)
    assert ends(taken) == {"a.wav": "reviewed", "b.wav": "waiting", "c.wav": "reviewed"}
    shift.engine.answers.clear()
    assert ends(shift.run(again=False))["b.wav"] == "reviewed"


@pytest.mark.parametrize("grows", ["in memory", "in time"])
def test_a_bomb_is_set_aside_at_once_with_its_reason(shift: Shift, grows: str) -> None:
    def bursting() -> NoReturn:
        with translated("b.wav"):
            raise MemoryError if grows == "in memory" else too_long("b.wav", Limits())
        raise AssertionError

    with pytest.raises(RecordingError) as refused:
        bursting()
    shift.engine.answers["b.wav"] = Result(failure=("decode", str(refused.value), 3))
    for again in (True, False):
        taken = shift.run(again=again)
        assert ends(taken) | {"b.wav": "quarantined"} == ends(taken)
        assert "It was set aside; --force takes it in again." in str(taken["b.wav"].message)
    shift.engine.answers.clear()
    assert ends(shift.run(force=True))["b.wav"] == "reviewed"


def test_what_a_setting_was_to_blame_for_is_tried_again_every_night(shift: Shift) -> None:
    shift.engine.answers["b.wav"] = Result(failure=("coach", "The rubric has a key that nothing reads.", 5))
    for _ in range(2):
        taken = shift.run(again=False)
        assert ends(taken)["b.wav"] == "failed"
        assert exit_code(list(taken.values())) == 5
    shift.engine.answers.clear()
    assert ends(shift.run(again=False))["b.wav"] == "reviewed"


def test_a_recording_that_is_cut_says_how_far_it_was_heard(shift: Shift) -> None:
    path = shift.folder / "b.wav"
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    taken = shift.run()
    assert (taken["b.wav"].end, taken["b.wav"].partial) == ("reviewed", True)
    assert str(taken["b.wav"].message).startswith("The recording is cut: its header promises 3.0 s")
    assert taken["a.wav"].message is None
