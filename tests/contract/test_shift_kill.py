"""A night that is killed, or whose disk fails, at any point: nothing unmasked is left, and the next makes up for it.

One call is reviewed, one file cannot be, one call is due to be forgotten, and a digest is mailed. Each point of that
work is tried, some of them by default and all of them with ``COACH_EVERY_POINT=1``.
"""

from __future__ import annotations

import json
import multiprocessing
import signal
from collections.abc import Iterator
from pathlib import Path

import dying_night
import pytest
from dying_night import Act
from dying_place import Place, differences, spread, stages
from mail.sink import mail_sink
from nights import SCRIPT, unmasked

SHARE = {"kill": 21, "ENOSPC": 29, "EIO": 29}
"""Every so many points one is tried."""


@pytest.fixture(name="place", scope="module")
def _place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(dying_night.PRELOAD)
    with mail_sink() as sink:
        place = Place(tmp_path_factory.mktemp("killed"), sink, processes)
        place.prepare({"new.wav": 8})
        yield place


@pytest.fixture(name="points", scope="module")
def _points(place: Place) -> list[str]:
    """Every point of a whole night, by its name."""
    return place.points()


@pytest.fixture(name="whole", scope="module")
def _whole(place: Place, points: list[str]) -> dict[str, object]:
    """What a night leaves that nothing befell."""
    assert place.unmasked() == []
    assert len(place.sink.mails) == 1
    assert json.loads((place.folder / "out" / "new.json").read_text(encoding="utf-8"))["masked"] == {"card": 1}
    return place.state()


def test_the_points_are_those_that_leave_traces(points: list[str]) -> None:
    kinds = {name.split()[0] for name in points}
    assert kinds == set("replace unlink written made fsync synced appended parquet mail begin commit stage".split())
    assert {name for name in points if name.startswith("stage")} >= {
        f"stage {name} 1.0" for name in ("decode", "report")
    }


def test_killed_anywhere_the_next_night_ends_as_if_nothing_had_been(
    place: Place, points: list[str], whole: dict[str, object]
) -> None:
    for number in sorted(stages(points) | set(spread(points, SHARE["kill"]))):
        where = f"{number}: {points[number - 1]}"
        place.reset()
        assert place.night(number, "kill") == -signal.SIGKILL, where
        assert place.unmasked() == [], where
        assert place.again() in (0, 3), where
        assert differences(place.state(), whole) == {}, where
        assert len({mail["Message-ID"] for mail in place.sink.mails}) == 1, where
        assert len(place.sink.mails) <= (2 if "mail" in where or "unlink" in where else 1), where
        assert place.again() == 0, where  # and nothing is left to do


@pytest.mark.parametrize("act", ["ENOSPC", "EIO"])
def test_a_disk_that_fails_anywhere_ends_the_night_cleanly_and_the_next_one_does_the_rest(
    place: Place, points: list[str], whole: dict[str, object], act: Act
) -> None:
    disk = {name.split()[0] for name in points} - set(dying_night.NO_DISK)
    for number in spread(points, SHARE[act], disk):
        where = f"{number}: {points[number - 1]}"
        place.reset()
        assert place.night(number, act) in (74, 5, 3), where
        assert place.unmasked() == [], where
        assert place.again() in (0, 3), where
        assert differences(place.state(), whole) == {}, where
        assert place.again() == 0, where


def test_the_check_itself_finds_what_is_unmasked(tmp_path: Path) -> None:
    held = {"a.json": SCRIPT["right"], "b.csv": "the 4111", "c.wav": "", "d.json": "[card]", "e.md": "4111 1111 1111"}
    held |= {"f.json": "0.4111 is no part of it, nor 2026-01-02T03:04:05.041114, nor af4111c0"}
    for name, content in held.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    assert [Path(name).name for name in unmasked(tmp_path)] == ["a.json", "b.csv", "c.wav", "e.md"]
