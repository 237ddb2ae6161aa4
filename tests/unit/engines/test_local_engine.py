"""Whatever becomes of a worker's process, every item ends in one value and no process stays."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from workers import Making

from coach.conversation import ModelError
from coach.engines.local import LocalEngine
from coach.engines.protocol import Died, Done, Limits
from coach.engines.schedule import EngineError

TESTS = Path(__file__).parents[2]


def opened(folder: Path) -> list[int]:
    return sorted(int(path.name.removeprefix("opened-")) for path in folder.glob("opened-*"))


def gone(pid: int, within: float = 20.0) -> bool:
    """Whether a process ends within so many seconds."""
    until = time.monotonic() + within
    while time.monotonic() < until:
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return True
        stat = Path(f"/proc/{pid}/stat")
        if stat.exists() and ") Z " in stat.read_text(encoding="ascii"):
            return True
        time.sleep(0.05)
    return False


def results(engine: LocalEngine, folder: Path, items: list[object]) -> dict[int, object]:
    ended = list(engine.map(Making(str(folder)), items))
    assert sorted(one.index for one in ended) == list(range(len(items)))
    return {one.index: one.result if isinstance(one, Done) else (one.cause, one.reason) for one in ended}


def test_each_item_has_its_result_and_each_worker_opens_once(tmp_path: Path) -> None:
    assert results(LocalEngine(2), tmp_path, list(range(9))) == {i: 2 * i for i in range(9)}
    assert 1 <= len(opened(tmp_path)) <= 2
    assert len(list(tmp_path.glob("closed-*"))) == len(opened(tmp_path))
    assert all(gone(pid) for pid in opened(tmp_path))


def test_nothing_to_do_starts_nothing(tmp_path: Path) -> None:
    assert results(LocalEngine(2), tmp_path, []) == {}
    assert opened(tmp_path) == []


def test_a_worker_that_dies_costs_its_item_alone(tmp_path: Path) -> None:
    found = results(LocalEngine(2), tmp_path, [1, "kill:", 2, "crash:", 3, "leave:", 4])
    assert {i: found[i] for i in (0, 2, 4, 6)} == {0: 2, 2: 4, 4: 6, 6: 8}
    assert found[1] == ("killed", "its process was killed, as the system does where memory runs out")
    assert found[3] == ("killed", "its process crashed (SIGSEGV)")
    assert found[5] == ("killed", "its process ended by itself with code 7")
    assert all(gone(pid) for pid in opened(tmp_path))


def test_an_error_is_a_value_and_its_worker_goes_on(tmp_path: Path) -> None:
    found = results(LocalEngine(1), tmp_path, ["raise:secret", "unsendable:", 5])
    assert found[2] == 10
    assert [found[i][0] for i in (0, 1)] == ["fault", "fault"]  # type: ignore[index]
    assert "KeyError at workers.py" in str(found[0])
    assert "secret" not in str(found[0])
    assert len(opened(tmp_path)) == 1


def test_an_item_over_its_time_is_ended_and_the_others_go_on(tmp_path: Path) -> None:
    engine = LocalEngine(2, limits=Limits(seconds=1.0))
    found = results(engine, tmp_path, ["sleep:60", 1, 2])
    assert found == {0: ("time", "it took longer than 1 s"), 1: 2, 2: 4}
    assert all(gone(pid) for pid in opened(tmp_path))


def test_a_worker_makes_room_after_so_many_items_or_so_much_memory(tmp_path: Path) -> None:
    (tmp_path / "many").mkdir()
    (tmp_path / "much").mkdir()
    assert len(set(results(LocalEngine(1, limits=Limits(items=2)), tmp_path / "many", ["pid:"] * 4).values())) == 2
    results(LocalEngine(1, limits=Limits(memory=150_000_000)), tmp_path / "much", ["grow:200000000", 1, 2])
    assert len(opened(tmp_path / "much")) == 2


def test_an_error_in_opening_is_everybodys(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"Pull it\."):
        list(LocalEngine(2).map(Making(str(tmp_path), "error"), [1, 2, 3]))
    assert not list(tmp_path.glob("begun-*"))


def test_workers_that_die_unborn_end_the_run_with_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="before they could begin"):
        list(LocalEngine(1).map(Making(str(tmp_path), "death"), [1]))


def test_the_longest_go_first_and_each_is_told_of_before_it_begins(tmp_path: Path) -> None:
    begun: list[int] = []

    def on_start(index: int) -> None:
        assert not (tmp_path / f"begun-{items[index]}").exists()
        begun.append(index)

    items = [3, 1, 9, 4]
    ended = list(LocalEngine(1).map(Making(str(tmp_path)), items, cost=float, on_start=on_start))
    assert begun == [2, 3, 0, 1] == [one.index for one in ended]


def test_nothing_begins_while_nobody_takes_what_has_ended(tmp_path: Path) -> None:
    ended = LocalEngine(1).map(Making(str(tmp_path)), [1, 2])
    assert next(ended) == Done(0, 2, pytest.approx(0, abs=60))
    time.sleep(0.3)
    assert not (tmp_path / "begun-2").exists()
    ended.close()  # type: ignore[attr-defined]
    assert all(gone(pid) for pid in opened(tmp_path))


def test_threads_are_shared_out(tmp_path: Path) -> None:
    found = results(LocalEngine(1, threads=3), tmp_path, ["environment:OMP_NUM_THREADS"])
    assert found == {0: "3"}


PROGRAM = """
import sys
from workers import Making
from coach.engines.local import LocalEngine
if __name__ == "__main__":
    try:
        for ended in LocalEngine(2).map(Making(sys.argv[1]), [1, "sleep:300", "sleep:301"]):
            print(ended, flush=True)
    except KeyboardInterrupt:
        print("stopped", flush=True)
"""


@pytest.fixture
def program(tmp_path: Path) -> tuple[subprocess.Popen[str], list[int]]:
    """A program with two workers in the middle of long work, and their processes."""
    script = tmp_path / "program.py"
    script.write_text(PROGRAM, encoding="utf-8")
    path = os.pathsep.join([str(TESTS), str(TESTS.parent), os.environ["PYTHONPATH"]])
    process = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)],
        env={**os.environ, "PYTHONPATH": path},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    until = time.monotonic() + 60
    while not all((tmp_path / f"begun-sleep:{n}").exists() for n in (300, 301)):
        assert time.monotonic() < until
        time.sleep(0.05)
    time.sleep(0.1)
    return process, opened(tmp_path)


def test_an_interrupt_from_the_keyboard_stops_all_quietly(program: tuple[subprocess.Popen[str], list[int]]) -> None:
    process, workers = program
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=30)
    assert out.splitlines()[-1] == "stopped"
    assert err == ""
    assert all(gone(pid) for pid in workers)


def test_workers_end_with_a_parent_that_is_killed(program: tuple[subprocess.Popen[str], list[int]]) -> None:
    process, workers = program
    assert len(workers) == 2
    process.kill()
    process.communicate(timeout=30)
    assert all(gone(pid) for pid in workers)


def test_a_kill_from_outside_costs_one_item(tmp_path: Path) -> None:
    engine = LocalEngine(1)
    ended = engine.map(Making(str(tmp_path)), ["pid:", 1, 2])
    first = next(ended)
    assert isinstance(first, Done)
    os.kill(first.result, signal.SIGKILL)  # type: ignore[arg-type]
    rest = list(ended)
    lost = [one for one in rest if isinstance(one, Died)]
    assert len(lost) <= 1
    assert {one.index for one in rest} == {1, 2}
