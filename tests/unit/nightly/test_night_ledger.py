"""What a night has in hand and has not told yet: read again after any kill, whatever the file has been through."""

from __future__ import annotations

import errno
import json
import os
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.app.nightly import ledger as module
from coach.app.nightly.ledger import GAP, LAST, NAME, WAIT, Last, Ledger, Postponed, last_night, newest, note_night
from coach.conversation import StorageError

NOW = datetime(2026, 3, 2, 2, 30, tzinfo=UTC)
KEYS = ["a" * 64, "refused:" + "b" * 64, "c" * 64]


def lines(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / NAME).read_text(encoding="utf-8").splitlines() if line]


def test_before_anything_is_begun_there_is_no_file_and_nothing_to_tell(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)

    assert not ledger.resumed
    assert not ledger.open
    assert not ledger.stamp
    assert list(tmp_path.iterdir()) == []


def test_what_was_begun_is_read_again_by_the_next_night_in_order_and_once(tmp_path: Path) -> None:
    first = Ledger(tmp_path)
    for key in (*KEYS, KEYS[0]):
        first.begin(key)
    first.forget(["d" * 64, "e" * 64])
    first.forget(["e" * 64])

    second = Ledger(tmp_path)

    assert list(second.keys) == KEYS
    assert list(second.forgetting) == ["d" * 64, "e" * 64]
    assert (second.resumed, second.open) == (True, True)
    assert (second.stamp, second.token) == (first.stamp, first.token)  # one night, one digest, one Message-ID
    assert len(lines(tmp_path)) == 1 + len(KEYS) + 1
    assert stat.S_IMODE((tmp_path / NAME).stat().st_mode) == 0o600


def test_it_holds_hashes_and_nothing_else(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.begin(KEYS[0])
    ledger.forget(["d" * 64])

    assert {name for line in lines(tmp_path) for name in line} == {"night", "token", "key", "forget"}


def test_each_line_is_on_the_disk_before_the_work_begins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[bytes] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        if stat.S_ISREG(os.fstat(handle).st_mode):
            synced.append((tmp_path / NAME).read_bytes())
        real(handle)

    monkeypatch.setattr(module.os, "fsync", fsync)
    ledger = Ledger(tmp_path)
    for key in KEYS:
        ledger.begin(key)
        assert key.encode() in synced[-1]


def test_what_the_system_writes_in_pieces_is_written_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(module.os, "write", lambda handle, data: real(handle, bytes(data)[:7]))
    Ledger(tmp_path).begin(KEYS[0])
    monkeypatch.undo()

    assert list(Ledger(tmp_path).keys) == KEYS[:1]


def test_a_full_disk_is_told_and_what_it_left_of_a_line_costs_no_other(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(tmp_path)
    ledger.begin(KEYS[0])
    real, room = os.write, [9]

    def nearly_full(handle: int, data: bytes) -> int:
        if not room[0]:
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        taken = real(handle, bytes(data)[: room[0]])
        room[0] -= taken
        return taken

    monkeypatch.setattr(module.os, "write", nearly_full)
    with pytest.raises(StorageError, match=r"No space left on device\. Free some space") as refused:
        ledger.begin(KEYS[1])
    assert str(tmp_path / NAME) in str(refused.value)
    assert refused.value.exit_code == 74
    assert KEYS[1] not in ledger.keys  # what is not noted is not begun
    monkeypatch.undo()

    again = Ledger(tmp_path)
    assert list(again.keys) == KEYS[:1]
    again.begin(KEYS[2])
    assert list(Ledger(tmp_path).keys) == [KEYS[0], KEYS[2]]


@given(cut=st.integers(0, 600), more=st.booleans())
def test_killed_at_any_byte_all_whole_lines_count_and_the_night_goes_on(
    tmp_path_factory: pytest.TempPathFactory, cut: int, more: bool
) -> None:
    folder = tmp_path_factory.mktemp("night")
    first = Ledger(folder)
    for key in KEYS:
        first.begin(key)
    first.forget(["d" * 64])
    whole = (folder / NAME).read_bytes()
    cut = min(cut, len(whole))
    (folder / NAME).write_bytes(whole[:cut])
    ended = [key for key in KEYS if (at := whole.find(key.encode())) >= 0 and whole.find(b"}", at) < cut]

    second = Ledger(folder)
    assert list(second.keys) == ended
    assert second.resumed
    if more:
        second.begin("f" * 64)
        third = Ledger(folder)
        assert list(third.keys) == [*ended, "f" * 64]
        assert third.stamp == second.stamp
        assert third.token == second.token != ""


@given(st.binary(max_size=400))
def test_a_file_that_is_damaged_altogether_stops_no_night(
    tmp_path_factory: pytest.TempPathFactory, rubbish: bytes
) -> None:
    folder = tmp_path_factory.mktemp("night")
    (folder / NAME).write_bytes(rubbish)

    ledger = Ledger(folder)
    ledger.begin(KEYS[0])

    assert KEYS[0] in Ledger(folder).keys
    assert ledger.stamp
    ledger.close()
    assert not (folder / NAME).exists()


@pytest.mark.parametrize(
    "line",
    [
        '{"night": "../../evil", "token": "aaaaaaaaaaaaaaaaaaaaaaaa"}',
        '{"night": "2026-03-02-023000\\nBcc: eve@example.org", "token": "aaaaaaaaaaaaaaaaaaaaaaaa"}',
        '{"night": "2026-03-02-023000", "token": "x@example.org>\\r\\nBcc: eve@example.org"}',
        '{"night": "2026-03-02-023000"}',
        '{"night": 7, "token": ["a"]}',
        '{"key": 7, "forget": "all"}',
        "[1, 2]",
        "null",
        "[" * 100_000,
    ],
)
def test_what_would_be_no_files_name_and_no_mails_is_passed_over(tmp_path: Path, line: str) -> None:
    (tmp_path / NAME).write_text(f'{line}\n{{"key": "{KEYS[0]}"}}\n', encoding="utf-8")

    ledger = Ledger(tmp_path)

    assert list(ledger.keys) == KEYS[:1]
    assert ledger.forgetting == {}
    assert ledger.stamp == ledger.token == ""
    ledger.ensure_begun()
    assert "/" not in ledger.stamp
    assert len(ledger.token) == 24


def test_what_a_newer_version_notes_besides_is_passed_over_and_the_rest_is_told(tmp_path: Path) -> None:
    newer = [
        {"version": 9, "moved": ["x"]},
        {"night": "2026-03-02-023000-2", "token": "ab" * 12, "zone": "UTC"},
        {"key": KEYS[0], "since": "2026-03-02"},
        {"forget": ["d" * 64], "why": "retention"},
    ]
    (tmp_path / NAME).write_text("".join(f"{json.dumps(line)}\n" for line in newer), encoding="utf-8")

    ledger = Ledger(tmp_path)

    assert (list(ledger.keys), list(ledger.forgetting)) == (KEYS[:1], ["d" * 64])
    assert (ledger.stamp, ledger.token) == ("2026-03-02-023000-2", "ab" * 12)


def test_a_ledger_that_cannot_be_kept_stops_the_night_with_a_sentence(tmp_path: Path) -> None:
    (tmp_path / NAME).mkdir()
    ledger = Ledger(tmp_path)

    with pytest.raises(StorageError, match="cannot be written"):
        ledger.begin(KEYS[0])
    with pytest.raises(StorageError, match="cannot be written"):
        ledger.close()
    assert Ledger(tmp_path).keys == {}


def test_when_all_is_told_the_file_goes_and_going_twice_is_no_fault(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.begin(KEYS[0])
    ledger.close()
    ledger.close()

    assert not Ledger(tmp_path).open


def test_a_night_that_only_forgot_has_a_name_too(tmp_path: Path) -> None:
    ledger = Ledger(tmp_path)
    ledger.ensure_begun()
    stamp, token = ledger.stamp, ledger.token
    ledger.ensure_begun()

    assert datetime.strptime(stamp, module.STAMP).year >= 2026
    assert (ledger.stamp, ledger.token) == (stamp, token)
    assert Ledger(tmp_path).token == token


def test_no_two_nights_have_one_name_where_the_clock_stands_still(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Stopped(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]  # noqa: ARG003
            return NOW

    monkeypatch.setattr(module, "datetime", Stopped)
    stamps = []
    for number in range(4):
        folder_ledger = Ledger(tmp_path)
        folder_ledger.ensure_begun()
        stamps.append(folder_ledger.stamp)
        (tmp_path / f"night-{folder_ledger.stamp}.md").write_text(f"night {number}")
        folder_ledger.close()

    first = NOW.astimezone().strftime(module.STAMP)
    assert stamps == [first, f"{first}-2", f"{first}-3", f"{first}-4"]
    assert all(module._STAMP.fullmatch(stamp) for stamp in stamps)


def test_a_token_is_nobodys_elses(tmp_path: Path) -> None:
    tokens = set()
    for number in range(50):
        folder = tmp_path / str(number)
        folder.mkdir()
        ledger = Ledger(folder)
        ledger.ensure_begun()
        tokens.add(ledger.token)

    assert len(tokens) == 50


# When the last night was.


@pytest.mark.parametrize(
    ("last", "trusted"),
    [
        (Last(), True),
        (Last(NOW - timedelta(days=1)), True),
        (Last(NOW - GAP), True),
        (Last(NOW - GAP - timedelta(seconds=1)), False),
        (Last(NOW - timedelta(days=400)), False),
        (Last(NOW - timedelta(days=400), Postponed(NOW)), False),
        (Last(NOW - timedelta(days=400), Postponed(NOW - WAIT + timedelta(seconds=1))), False),
        (Last(NOW - timedelta(days=400), Postponed(NOW - WAIT)), True),
        (Last(NOW - timedelta(days=400), Postponed(NOW + timedelta(days=3))), False),
        (Last(NOW + timedelta(days=400)), True),  # the clock was put back: nothing is due that was not due before
    ],
)
def test_nothing_is_forgotten_at_once_by_a_clock_that_leapt_ahead(last: Last, trusted: bool) -> None:
    assert last.trusts(NOW) is trusted


@pytest.mark.parametrize(
    ("boot", "up", "trusted"),
    [
        ("one", 60.0, False),  # the clock leapt by a day in a minute
        ("one", WAIT.total_seconds() + 7.0, True),
        ("two", 60.0, True),  # started anew since: nothing but the clock is left to go by
        ("", 0.0, True),
    ],
)
def test_a_clock_that_leaps_again_is_not_trusted_for_it(
    monkeypatch: pytest.MonkeyPatch, boot: str, up: float, trusted: bool
) -> None:
    monkeypatch.setattr(module, "uptime", lambda: ("one", 7.0))
    late = Last(NOW - timedelta(days=400)).then(NOW, trusted=False)
    monkeypatch.setattr(module, "uptime", lambda: (boot, up))

    assert late.trusts(NOW + timedelta(days=1)) is trusted


def test_looks_one_after_the_other_do_not_wear_the_guard_out() -> None:
    last = Last(NOW - timedelta(days=400))
    for minute in range(60):
        now = NOW + timedelta(minutes=minute)
        assert not last.trusts(now)
        last = last.then(now, trusted=False)
    assert last.at == NOW - timedelta(days=400)
    assert last.postponed is not None
    assert last.postponed.at == NOW  # as of the first of them
    assert last.trusts(NOW - timedelta(days=399))  # once the clock is put right


def test_a_clock_put_back_begins_the_wait_anew() -> None:
    late = Last(NOW - timedelta(days=400)).then(NOW + timedelta(days=900), trusted=False).then(NOW, trusted=False)
    assert late.postponed is not None
    assert late.postponed.at == NOW


@pytest.mark.parametrize(
    ("now", "young", "trusted"),
    [
        (datetime(1970, 1, 1, 0, 5, tzinfo=UTC), None, False),  # a clock that was never set
        (NOW, NOW + timedelta(hours=23), True),
        (NOW, NOW + timedelta(hours=25), False),
    ],
)
def test_the_very_first_night_goes_by_the_files(now: datetime, young: datetime | None, trusted: bool) -> None:
    assert Last().trusts(now, young) is trusted
    assert Last(NOW).trusts(NOW + timedelta(days=1), NOW + timedelta(days=9))  # a later one goes by the one before


def test_the_youngest_file_is_found(tmp_path: Path) -> None:
    assert newest([tmp_path / "gone"]) is None
    for number in (3, 9, 5):
        path = tmp_path / str(number)
        path.touch()
        os.utime(path, (number, number))
    assert newest(tmp_path.glob("*")) == datetime.fromtimestamp(9, UTC)


@given(st.none() | st.datetimes(timezones=st.just(UTC)), st.none() | st.datetimes(timezones=st.just(UTC)))
def test_when_the_last_night_was_is_kept(
    tmp_path_factory: pytest.TempPathFactory, at: datetime | None, late: datetime | None
) -> None:
    folder = tmp_path_factory.getbasetemp() / "last"
    folder.mkdir(exist_ok=True)
    last = Last(at, None if late is None else Postponed(late, "boot", 1.5))
    note_night(folder, last)

    assert last_night(folder) == last


@pytest.mark.parametrize(
    ("content", "at"),
    [
        ("", None),
        ("half a li", None),
        ('{"at": "yesterday"}', None),
        ('{"at": "2026-03-02T02:30:00"}', None),  # of no zone
        ('{"at": null, "postponed": false}', None),
        ('{"at": 7}\n{"at": "2026-03-02T02:30:00+00:00", "postponed": "yes"}', NOW),
        ('{"at": "2026-03-02T02:30:00+00:00", "newer": 1}', NOW),
    ],
)
def test_a_note_of_the_last_night_that_cannot_be_read_is_none(
    tmp_path: Path, content: str, at: datetime | None
) -> None:
    (tmp_path / LAST).write_text(content, encoding="utf-8")

    assert last_night(tmp_path) == Last(at)


def test_where_no_night_was_yet_there_is_no_note(tmp_path: Path) -> None:
    assert last_night(tmp_path) == Last()
    assert last_night(tmp_path / "none") == Last()
