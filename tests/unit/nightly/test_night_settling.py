"""Which recordings are whole: by the clock where it can be trusted, by two looks where it cannot."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.app.intake.discover import discover
from coach.app.intake.known import Found, Piece
from coach.app.nightly import settling
from coach.app.nightly.settling import EMPTY_FOR, Mark, awaited, marks_of, settle

NOW = 1_780_000_000.0
DAY = 86_400.0


def found(*paths: Path) -> Found:
    """Return what is known of a recording: of one file, or of one a party."""
    pieces = tuple(Piece(str(path), path) for path in paths)
    return Found(str(paths[0]), paths[0], {}, parties=(pieces[0], pieces[1]) if len(pieces) == 2 else None)


def made(path: Path, age: float, content: bytes = b"RIFF") -> Path:
    """Write a file that was changed some seconds before now; a negative age is the future."""
    path.write_bytes(content)
    at = round((NOW - age) * 1e9)
    os.utime(path, ns=(at, at))
    return path


def unwanted(seconds: float) -> None:
    pytest.fail(f"it paused for {seconds} s")


def nothing(_seconds: float) -> None:
    """Let no time pass."""


@pytest.fixture(autouse=True)
def _clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settling, "time", SimpleNamespace(time=lambda: NOW, sleep=unwanted))


def test_a_file_that_has_been_still_is_whole_and_nothing_waits_for_it(tmp_path: Path) -> None:
    one, other = found(made(tmp_path / "a.wav", 30.0)), found(made(tmp_path / "b.wav", 9 * DAY))

    settled = settle([one, other], 30.0, pause=unwanted)

    assert settled.whole == (one, other)
    assert settled.waiting == ()


def test_a_young_file_that_stays_as_it_is_is_whole_after_one_pause(tmp_path: Path) -> None:
    young = [found(made(tmp_path / f"{name}.wav", 29.9)) for name in "abc"]
    paused: list[float] = []

    assert settle(young, 30.0, pause=paused.append).whole == tuple(young)
    assert paused == [30.0]  # for all of them together


def test_without_a_pause_of_its_own_it_really_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(settling, "time", SimpleNamespace(time=lambda: NOW, sleep=slept.append))

    settle([found(made(tmp_path / "a.wav", 1.0))], 2.5)

    assert slept == [2.5]


def grows(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"more")


def shrinks(path: Path) -> None:
    path.write_bytes(b"R")


def is_filled_in_place(path: Path) -> None:
    """Write to a file that was given its full size before: only its time moves."""
    path.write_bytes(b"DATA")
    os.utime(path, ns=(round((NOW + 1) * 1e9),) * 2)


def is_put_back_in_time(path: Path) -> None:
    """Be copied with the time of the original, as ``cp -p`` does at its end."""
    os.utime(path, ns=(round((NOW - 5 * DAY) * 1e9),) * 2)


def is_renamed(path: Path) -> None:
    path.rename(path.with_name("final.wav"))


def goes(path: Path) -> None:
    path.unlink()


@pytest.mark.parametrize("change", [grows, shrinks, is_filled_in_place, is_put_back_in_time, is_renamed, goes])
@pytest.mark.parametrize("age", [1.0, -400 * DAY])
def test_a_young_file_that_changes_in_between_waits_and_holds_nobody_up(
    change: Callable[[Path], None], age: float, tmp_path: Path
) -> None:
    path, still, old = (
        made(tmp_path / "a.wav", age),
        made(tmp_path / "b.wav", 1.0),
        made(tmp_path / "c.wav", DAY),
    )
    calls = [found(path), found(still), found(old)]

    settled = settle(calls, 30.0, pause=lambda _: change(path))

    assert settled.waiting == (calls[0],)
    assert settled.whole == (calls[1], calls[2])


def test_what_was_renamed_in_mid_air_is_whole_the_next_time_under_its_new_name(tmp_path: Path) -> None:
    path = made(tmp_path / "a.tmp.wav", 400.0)  # the phone system's own name for what it has not finished
    assert discover([tmp_path]).found == ()

    made(path.rename(tmp_path / "a.wav"), 31.0)

    (one,) = discover([tmp_path]).found
    assert settle([one], 30.0, pause=unwanted).whole == (one,)


@pytest.mark.parametrize(
    "companion",
    ["a.wav.part", "a.wav.tmp", "a.part.wav", "~a.wav", ".a.wav.swp", "a.wav.lock", ".~lock.a.wav#", "a.wav.filepart"],
)
def test_what_another_program_lays_beside_a_recording_is_no_recording_and_keeps_none_waiting(
    companion: str, tmp_path: Path
) -> None:
    made(tmp_path / "a.wav", 60.0)
    made(tmp_path / companion, 0.0, b"")

    discovery = discover([tmp_path])

    assert [one.name for one in discovery.found] == ["a.wav"]
    assert discovery.refused == ()
    assert settle(discovery.found, 30.0, pause=unwanted).waiting == ()


@pytest.mark.parametrize("jump", [-400 * DAY, -3600.0, 3600.0, 400 * DAY])
@pytest.mark.parametrize("changes", [False, True])
def test_a_clock_that_jumps_while_it_waits_decides_nothing(
    jump: float, changes: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = made(tmp_path / "a.wav", 1.0)
    one = found(path)

    def pause(_seconds: float) -> None:
        monkeypatch.setattr(settling, "time", SimpleNamespace(time=lambda: NOW + jump))
        if changes:
            path.write_bytes(b"RIFF and more")

    assert settle([one], 30.0, pause=pause).whole == (() if changes else (one,))


def test_a_file_from_the_future_is_looked_at_twice_like_a_young_one(tmp_path: Path) -> None:
    one, paused = found(made(tmp_path / "a.wav", -400 * DAY)), list[float]()

    assert settle([one], 30.0, pause=paused.append).whole == (one,)
    assert paused == [30.0]


def test_with_no_time_to_be_still_only_the_future_is_looked_at_twice(tmp_path: Path) -> None:
    paused: list[float] = []

    settle([found(made(tmp_path / "a.wav", 0.0))], 0.0, pause=unwanted)
    settle([found(made(tmp_path / "b.wav", -1.0))], 0.0, pause=paused.append)

    assert paused == [0.0]


@pytest.mark.parametrize(
    ("age", "waits"),
    [
        (0.0, True),
        (EMPTY_FOR - 1, True),
        (EMPTY_FOR, False),
        (9 * EMPTY_FOR, False),
        (-60.0, True),  # a clock that is a little behind
        (-400 * DAY, False),  # or a year: nobody should wait for a year
    ],
)
def test_an_empty_file_waits_for_its_first_byte_for_a_day(age: float, waits: bool, tmp_path: Path) -> None:
    path = made(tmp_path / "a.wav", age, b"")
    one = found(path)

    assert settle([one], 30.0, pause=nothing).waiting == ((one,) if waits else ())
    assert awaited(path, NOW) is awaited(path) is waits


def test_only_an_empty_file_is_awaited(tmp_path: Path) -> None:
    assert not awaited(made(tmp_path / "a.wav", 0.0), NOW)
    assert not awaited(tmp_path / "none.wav", NOW)
    assert not awaited(tmp_path, NOW)


def test_both_halves_of_a_call_have_to_be_whole(tmp_path: Path) -> None:
    agent, customer = made(tmp_path / "a-in.wav", DAY), made(tmp_path / "a-out.wav", 1.0)
    both = found(agent, customer)

    assert settle([both], 30.0, pause=nothing).whole == (both,)
    assert settle([both], 30.0, pause=lambda _: grows(customer)).waiting == (both,)
    made(customer, DAY / 2, b"")
    assert settle([both], 30.0, pause=unwanted).waiting == (both,)


def test_what_lies_at_an_address_is_not_looked_at_here() -> None:
    far = Found("s3://bucket/a.wav", None, {})

    assert marks_of(far) == {}
    assert settle([far], 30.0, pause=unwanted).whole == (far,)


def test_a_file_that_went_before_it_was_looked_at_is_for_others_to_tell(tmp_path: Path) -> None:
    gone = found(tmp_path / "none.wav")

    assert settle([gone], 30.0, pause=unwanted).whole == (gone,)


states = st.tuples(
    st.one_of(st.integers(0, 3), st.just(None)),  # bytes; None is a file that is not there
    st.floats(-3 * DAY, 3 * DAY, allow_nan=False),  # its age
)


@given(st.lists(st.tuples(states, states), max_size=8), st.floats(0, 3600))
def test_each_recording_is_either_whole_or_waits_and_in_its_order(
    looks: list[tuple[tuple[int | None, float], tuple[int | None, float]]], seconds: float
) -> None:
    calls = [Found(f"{number}.wav", Path(f"{number}.wav"), {}) for number in range(len(looks))]
    look = [0]

    def marked(size: int | None, age: float) -> Mark | None:
        return None if size is None else (size, round((NOW - age) * 1e9))

    def marks(one: Found) -> dict[Path, Mark]:
        mark = marked(*looks[calls.index(one)][look[0]])
        return {} if mark is None else {Path(one.uri): mark}

    def pause(_seconds: float) -> None:
        look[0] = 1

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(settling, "marks_of", marks)
        settled = settle(calls, seconds, pause=pause)

    assert sorted((*settled.whole, *settled.waiting), key=calls.index) == calls
    assert list(settled.whole) == sorted(settled.whole, key=calls.index)
    for one, (first, second) in zip(calls, looks, strict=True):
        size, age = first
        was_still = size is None or (NOW - round((NOW - age) * 1e9) / 1e9) >= seconds
        if size and was_still:
            assert one in settled.whole
        if size == 0 and abs(age) < EMPTY_FOR - 1:
            assert one in settled.waiting
        if not was_still and marked(*first) != marked(*second):
            assert one in settled.waiting
