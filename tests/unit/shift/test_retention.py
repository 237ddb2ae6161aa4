"""What is older than was agreed on is forgotten by a shift too, and never at once by a clock that leapt ahead."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from review_files import review_file

from coach.app.nightly import ledger
from coach.app.nightly.ledger import LAST
from coach.app.shift.retention import RETENTION, Forgotten, forget_due
from coach.store.store import open_store
from tests.unit.shift.made import policy

NOW = datetime(2026, 5, 4, 18, tzinfo=UTC)
AGREED = policy(keep_days=30)


class Kept:
    """A shift's store with a call of each age in days, its review beside it, and a person's own review there too."""

    def __init__(self, folder: Path, *ages: int) -> None:
        self.out, self.url = folder / "coaching", str(folder / "shift.sqlite")
        self.out.mkdir()
        with open_store(self.url, purpose="shift") as store:
            for age in ages:
                review = review_file(f"call-{age}")
                path = self.out / f"call-{age}.json"
                path.write_text(json.dumps(review), encoding="utf-8")
                store.record(review, report=path, agent="Dana", started_at=NOW - timedelta(days=age))
        own = review_file("own", recording={"started_at": "2020-01-01T09:00:00+00:00"})
        (self.out / "own.json").write_text(json.dumps(own), encoding="utf-8")
        for path in self.out.glob("*"):
            os.utime(path, 2 * ((NOW - timedelta(days=30)).timestamp(),))

    def forget(self, now: datetime = NOW) -> Forgotten:
        return forget_due(AGREED, self.url, self.out, now)

    @property
    def calls(self) -> set[str]:
        with open_store(self.url, purpose="shift") as store:
            return {str(call.uri).removesuffix(".wav") for call in store.calls()}

    @property
    def files(self) -> set[str]:
        return {path.stem for path in self.out.glob("*.json") if not path.name.startswith(".")}

    def last(self, at: datetime) -> None:
        (self.out / LAST).write_text(json.dumps({"at": at.isoformat(), "postponed": None}))


@pytest.fixture(name="kept")
def _kept(tmp_path: Path) -> Kept:
    return Kept(tmp_path, 1, 29, 31, 400)


def test_what_is_due_goes_with_its_reports_and_nothing_else_does(kept: Kept) -> None:
    done = kept.forget()

    assert (done.calls, done.since) == (2, NOW - timedelta(days=30))
    assert done.said == "2 calls were deleted: it was agreed how long calls are kept."
    assert kept.calls == {"call-1", "call-29"}
    assert kept.files == {"call-1", "call-29", "own"}  # a person's own reviews may lie in the same folder
    with open_store(kept.url, purpose="shift") as store:
        assert [stone.why for stone in store.tombstones()] == [RETENTION] * 2


def test_where_nothing_is_due_nothing_is_said(kept: Kept) -> None:
    kept.forget()

    assert kept.forget() == Forgotten(0, NOW - timedelta(days=30))
    assert kept.calls == {"call-1", "call-29"}


def test_one_call_is_one(tmp_path: Path) -> None:
    assert Kept(tmp_path, 31).forget().said == "One call was deleted: it was agreed how long calls are kept."


def test_a_clock_that_leapt_ahead_forgets_nothing_at_once_and_one_day_later_it_does(
    kept: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept.last(NOW - timedelta(days=9))

    done = kept.forget()
    assert (done.calls, done.since) == (0, None)
    assert "2 calls are older than was agreed to be kept" in done.said
    assert "the last run here was 9 days ago" in done.said
    assert len(kept.calls) == 4
    assert kept.forget(NOW + timedelta(hours=1)).calls == 0  # as often as it is run on that day
    monkeypatch.setattr(ledger, "uptime", lambda: ("", 0.0))
    assert kept.forget(NOW + timedelta(days=30)).calls == 4  # whenever that is: whoever runs it once a month was told


def test_a_first_run_by_a_clock_older_than_the_files_forgets_nothing(kept: Kept) -> None:
    done = kept.forget(NOW - timedelta(days=32))

    assert (done.calls, done.since) == (0, None)
    assert "clock says 2026-" in done.said
    assert len(kept.calls) == 4


def test_each_run_notes_when_it_was(kept: Kept) -> None:
    assert kept.forget(NOW - timedelta(days=10)).calls == 1

    assert "10 days ago" in kept.forget().said
    assert len(kept.calls) == 3


def test_a_shift_each_week_forgets_each_week(kept: Kept) -> None:
    assert kept.forget(NOW - timedelta(days=7)).calls == 1
    assert kept.forget(NOW).calls == 1
    assert kept.calls == {"call-1", "call-29"}


def test_after_a_long_time_with_nothing_due_nothing_is_said(tmp_path: Path) -> None:
    kept = Kept(tmp_path, 1)
    kept.last(NOW - timedelta(days=90))

    assert kept.forget().said == ""
    assert kept.calls == {"call-1"}


def test_a_clock_that_was_put_back_forgets_what_is_due_by_it(kept: Kept) -> None:
    kept.last(NOW + timedelta(days=400))

    assert kept.forget().calls == 2
