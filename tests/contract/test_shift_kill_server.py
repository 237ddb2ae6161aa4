"""A night whose store is on a server: killed, or with the server lost at any point, it loses nothing either.

The night is the one of ``test_shift_kill.py``. Of its points some are tried, those in transactions above all, and all
of them with ``COACH_EVERY_POINT=1``. The server is these tests' own: they let it fall, and look through its files.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator
from pathlib import Path

import dying_night
import pytest
from dying_night import Act
from dying_place import OnServer, Place, differences, spread
from mail.sink import mail_sink
from nights import SCRIPT
from postgres import running

pytestmark = pytest.mark.xdist_group("nights on a server")

KILLED, KILLED_IN_TRANSACTIONS = 71, 17
CUT = {"begin": 23, "commit": 13, "stage": 13}
FALLS, DISK_FAILS = 47, 19
"""Every so many points one is tried."""

LOST = ("was lost in the middle. What was committed is safe; run this again.", "does not answer. Is PostgreSQL running")


@pytest.fixture(name="place", scope="module")
def _place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    processes = multiprocessing.get_context("forkserver")
    processes.set_forkserver_preload(dying_night.PRELOAD)
    with running() as server, mail_sink() as sink:
        place = Place(tmp_path_factory.mktemp("killed"), sink, processes, lambda _folder: OnServer(server))
        place.prepare({"new.wav": 8})
        yield place


@pytest.fixture(name="points", scope="module")
def _points(place: Place) -> list[str]:
    return place.points()


@pytest.fixture(name="whole", scope="module")
def _whole(place: Place, points: list[str]) -> dict[str, object]:
    """What a night leaves that nothing befell."""
    assert place.unmasked() == []
    found = place.state()
    assert len(place.base.rows()["calls"]) == 1
    assert any(name.endswith(".parquet") for name in found)
    return found


def test_killed_anywhere_the_next_night_ends_as_if_nothing_had_been(
    place: Place, points: list[str], whole: dict[str, object]
) -> None:
    chosen = {*spread(points, KILLED), *spread(points, KILLED_IN_TRANSACTIONS, ("begin", "commit"))}
    for number in sorted(chosen):
        where = f"{number}: {points[number - 1]}"
        place.reset()
        assert place.night(number, "kill") == -signal.SIGKILL, where
        assert place.unmasked() == [], where
        assert place.again() in (0, 3), where
        assert differences(place.state(), whole) == {}, where
        assert place.again() == 0, where  # and nothing is left to do


def test_cut_off_anywhere_a_night_ends_with_a_sentence_or_goes_on_and_the_next_does_the_rest(
    place: Place, points: list[str], whole: dict[str, object]
) -> None:
    ends = set()
    for number in sorted(number for kind, every in CUT.items() for number in spread(points, every, [kind])):
        where = f"{number}: {points[number - 1]}"
        place.reset()
        code = place.night(number, "cut")
        assert code in (74, 3), where
        assert code == 3 or LOST[0] in place.said, where
        ends.add(code)
        check(place, whole, where)
    assert 74 in ends


@pytest.mark.parametrize("act", ["restart", "gone"])
def test_a_server_that_falls_ends_a_night_with_a_sentence_or_not_at_all(
    place: Place, points: list[str], whole: dict[str, object], act: Act
) -> None:
    for number in spread(points, FALLS, ("commit", "stage")):
        where = f"{number}: {points[number - 1]}"
        place.reset()
        code = place.night(number, act)
        assert code in (74, 5, 3), where
        assert code == 3 or any(sentence in place.said for sentence in LOST), where
        check(place, whole, where)


@pytest.mark.parametrize("act", ["ENOSPC", "EIO"])
def test_a_servers_disk_that_fails_ends_the_night_cleanly_and_the_next_one_does_the_rest(
    place: Place, points: list[str], whole: dict[str, object], act: Act
) -> None:
    for number in spread(points, DISK_FAILS, ("commit",)):
        where = f"{number}: {points[number - 1]}"
        place.reset()
        code = place.night(number, act)
        assert code in (74, 3), where
        assert code == 3 or "the database nights on" in place.said, where
        check(place, whole, where)


def check(place: Place, whole: dict[str, object], where: str) -> None:
    """Check that nothing unmasked is left, and that the next night does the rest."""
    assert place.unmasked() == [], where
    assert place.again() in (0, 3), where
    assert differences(place.state(), whole) == {}, where
    assert place.again() == 0, where


def test_the_check_itself_finds_what_is_unmasked_in_rows_and_in_the_servers_files(place: Place) -> None:
    # The last one, for what it writes stays in the server's files.
    place.reset()
    assert place.unmasked() == []
    place.base.sql(f"UPDATE calls SET uri = '{SCRIPT['right']}'")  # noqa: S608
    found = {Path(name).parent.name for name in place.unmasked()}
    assert {"pg_wal", ""} <= found  # what is logged ahead, and the row
    place.base.sql("UPDATE calls SET uri = 'masked'")
    assert any("/base/" in name for name in place.unmasked())  # the row that went is still there
