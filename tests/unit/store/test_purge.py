"""What is purged is gone: from the tables, from the files' bytes, and for good. Only its hash stays."""

from __future__ import annotations

import os
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from postgres import GROUP, Server
from review_files import HERON, review_file, sha
from sqlalchemy import func, select

from coach.conversation import StorageError
from coach.store import purging, tables
from coach.store.parquet import write_turns, write_words
from coach.store.store import Store, open_store
from coach.store.values import Spot

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def _fill(store: Store) -> None:
    for number, agent in enumerate(("Dana", "Lee", "Dana")):
        name = f"call {number}"
        review = review_file(name, recording={"started_at": (NOON + timedelta(days=number)).isoformat()})
        store.begin(name, f"/in/{name}.wav")
        write_words(review, store.folder)
        write_turns(review, store.folder)
        store.record(review, agent=agent)
        store.finish(name, "done", sha256=sha(name))
        store.answer(sha(name), question="misheard", answer="yes", who=agent, moment=Spot("account", 6.0, 0))
        store.look("Kim", "report", agent=agent)


def _open(url: str, folder: Path) -> Store:
    return open_store(url, purpose="shift", folder=folder)


def _counts(store: Store) -> dict[str, int]:
    with store._read() as connection:
        return {
            table.name: connection.scalar(select(func.count()).select_from(table)) or 0
            for table in (tables.calls, tables.results, *tables.OF_RESULT, tables.answers, tables.attempts)
        }


def _bytes(folder: Path, words: str) -> list[str]:
    return [file.name for file in folder.rglob("*") if file.is_file() and words.encode() in file.read_bytes()]


@pytest.mark.parametrize(
    ("wish", "gone"),
    [
        ({"sha256": sha("call 1")}, {1}),
        ({"agent": "Dana"}, {0, 2}),
        ({"before": NOON + timedelta(days=1)}, {0}),
        ({"before": NOON + timedelta(days=1), "agent": "Lee"}, set()),
        ({"before": NOON + timedelta(days=9)}, {0, 1, 2}),
    ],
)
def test_calls_go_with_all_that_is_known_of_them(
    wish: dict[str, object], gone: set[int], url: str, tmp_path: Path
) -> None:
    with _open(url, tmp_path / "parquet") as store:
        _fill(store)
        one = {name: count // 3 for name, count in _counts(store).items()}
        purged = store.purge(**wish)  # type: ignore[arg-type]

        left = 3 - len(gone)
        assert set(purged.calls) == {sha(f"call {number}") for number in gone}
        assert (purged.files, purged.attempts, purged.clean) == (2 * len(gone), len(gone), True)
        assert _counts(store) == {name: count * left for name, count in one.items()}
        assert [store.tombstoned(sha(f"call {number}")) for number in range(3)] == [n in gone for n in range(3)]
        assert len(list((tmp_path / "parquet").rglob("*.parquet"))) == 2 * left


def test_not_a_byte_of_the_texts_stays_in_any_file(file: Path) -> None:
    with open_store(str(file), purpose="shift") as store:
        _fill(store)
        assert _bytes(file.parent, "blue heron")
        assert _bytes(file.parent, HERON.split()[-2])
        assert store.purge(agent="Dana", why="she left").clean
        assert store.purge(agent="Lee", why="retention").clean

        for words in ("blue heron", "Wexford", "surprised you", "call 1.wav", "Thank you for calling", "Dana", "Lee"):
            assert _bytes(file.parent, words) == [], words
        assert _bytes(file.parent, sha("call 1"))  # the tombstone
    assert _bytes(file.parent, "Wexford") == []


def test_what_is_left_is_left_whole(file: Path) -> None:
    with open_store(str(file), purpose="shift") as store:
        _fill(store)
        before = store.call(sha("call 1"))
        store.purge(agent="Dana")
        assert store.call(sha("call 1")) == before
        assert [look.agent for look in store.looks()] == ["Lee"]
        assert [answer.who for answer in store.answers()] == ["Lee"]


@GROUP
def test_on_a_server_too_the_tables_files_hold_nothing_any_more(postgres_url: str, postgres_server: Server) -> None:
    with _open(postgres_url, postgres_server.folder / "parquet") as store:
        _fill(store)
        database = store.name.split()[2]
        postgres_server.sql("ANALYZE", database)  # as the server does of itself: samples of what is in the tables
        postgres_server.sql("CHECKPOINT", database)
        oid = postgres_server.sql("SELECT oid FROM pg_database WHERE datname = current_database()", database)
        base = postgres_server.folder / "data" / "base" / oid
        assert _bytes(base, "Wexford")
        assert store.purge(before=NOON + timedelta(days=9)).clean
        postgres_server.sql("CHECKPOINT", database)

        for words in ("Wexford", "surprised you", "call 1.wav", "/in/call"):
            assert _bytes(base, words) == [], words


def test_retention_forgets_old_accounts_too_but_not_what_was_set_aside(
    url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with _open(url, tmp_path) as store:
        for state in ("failed", "quarantined", "waiting"):
            store.begin(state, f"{state}.wav")
            store.finish(state, state)  # type: ignore[arg-type]
        store.look("Kim", "shift page")
        store.purge(before=datetime.now(UTC) + timedelta(days=1))

        assert [attempt.key for attempt in store.attempts()] == ["quarantined", "waiting"]
        assert store.looks() == []


def test_many_calls_go_at_once(url: str, tmp_path: Path) -> None:
    with _open(url, tmp_path) as store:
        _fill(store)
        purged = store.purge(sha256=[sha("call 2"), sha("call 0")])
        assert set(purged.calls) == {sha("call 0"), sha("call 2")}
        assert store.purge(sha256=[sha("call 1")], agent="Dana").calls == ()
        assert store.purge(sha256=()).calls == ()
        assert [call.uri for call in store.calls()] == ["call 1.wav"]


def test_what_is_purged_by_time_is_what_calls_gives_until_then(url: str, tmp_path: Path) -> None:
    with _open(url, tmp_path) as store:
        first = store.record(review_file())  # of unknown time
        limit = datetime.now(UTC)
        again = store.record(review_file(fingerprint="newer"))
        assert again.reviewed_at > limit
        assert again.at == first.at < limit  # a later review does not make a call younger
        assert [call.sha256 for call in store.calls(until=limit)] == [sha("a")]
        assert store.purge(before=limit).calls == (sha("a"),)


def test_files_whose_review_never_came_to_its_end_go_with_time(url: str, tmp_path: Path) -> None:
    with _open(url, tmp_path) as store:
        _fill(store)
        old, new = write_words(review_file("old"), tmp_path), write_words(review_file("new"), tmp_path)
        for file in (old, write_words(review_file("call 2"), tmp_path)):  # the time of the second was not known
            os.utime(file, (0, 0))
        purged = store.purge(before=NOON)
        assert (purged.calls, purged.files) == ((), 1)
        assert not old.exists()
        assert new.exists()
        assert len(list(tmp_path.glob("words/month=*/*.parquet"))) == 4


def test_a_purge_needs_a_condition(file: Path) -> None:
    with open_store(str(file), purpose="shift") as store:
        _fill(store)
        with pytest.raises(ValueError, match="condition"):
            store.purge()
        assert len(store.calls()) == 3


def test_a_call_never_seen_can_be_forbidden(url: str, tmp_path: Path) -> None:
    with _open(url, tmp_path) as store:
        assert store.purge(sha256=sha("never")).calls == (sha("never"),)
        assert store.tombstoned(sha("never"))


def test_while_another_reads_the_rows_go_and_the_next_opening_overwrites(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("coach.store.store.PATIENCE", 0.1)
    with open_store(str(file), purpose="shift") as store:
        _fill(store)
        reader = sqlite3.connect(file, isolation_level=None)
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM moments").fetchone()
        purged = store.purge(agent="Dana")
        assert not purged.clean
        assert len(store.calls()) == 1
        reader.close()
    with open_store(str(file), purpose="shift") as store:
        assert _bytes(file.parent, "call 0.wav") == []
        assert not _due(store)


def _due(store: Store) -> bool:
    with store._read() as connection:
        return purging.due(connection)


def test_unfinished_parquet_files_go_too(file: Path) -> None:
    with open_store(str(file), purpose="shift") as store:
        _fill(store)
        month = store.folder / "words" / "month=2026-03"
        left = month / f".{sha('call 0')}.parquet.x1y2.part"
        left.write_text(HERON)
        store.purge(sha256=sha("call 0"))
        assert not left.exists()


@pytest.mark.skipif(os.name != "posix", reason="a folder that keeps its files needs POSIX")
def test_files_that_cannot_be_removed_keep_the_rows(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    with open_store(str(file), purpose="shift") as store:
        _fill(store)
        monkeypatch.setattr(Path, "unlink", refuse)
        with pytest.raises(StorageError, match="could not be cleared"):
            store.purge(agent="Dana")
        assert len(store.calls()) == 3
