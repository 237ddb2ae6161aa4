"""One run at a time works with a store, whatever computer it is on; readers and answers are not kept away."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from other_runs import another_run
from postgres import GROUP, Server
from review_files import review_file, sha

from coach.conversation import LockedError, StorageError
from coach.locking import only_one
from coach.store.holding import _long
from coach.store.opening import library, place
from coach.store.store import Store, open_store

HOLDERS = "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name LIKE 'coach on %'"

CUT = f"SELECT pg_terminate_backend(pid) FROM ({HOLDERS}) AS h"  # noqa: S608
"""Ends every connection that holds a store, as a server does that is started anew."""


def alone(url: str) -> Store:
    return open_store(url, purpose="shift", alone=True)


def test_the_second_run_is_told_and_goes_once_the_first_has_ended(url: str, tmp_path: Path) -> None:
    with another_run(url, tmp_path / "elsewhere") as other:
        with pytest.raises(LockedError, match=r"Another run of coach is at work with .*let it end, then try again"):
            alone(url)
        other.communicate("\n", timeout=30)
        assert other.returncode == 0

        with alone(url) as store:
            assert store.record(review_file()).sha256 == sha("a")


def test_a_run_that_is_killed_holds_nothing_any_more(url: str, tmp_path: Path) -> None:
    with another_run(url, tmp_path / "elsewhere") as other:
        other.kill()
        other.wait(30)
        alone(url).close()


def test_readers_and_answers_are_not_kept_away(url: str, tmp_path: Path) -> None:
    with open_store(url, purpose="shift") as store:
        store.record(review_file())
    with another_run(url, tmp_path / "elsewhere"), open_store(url, purpose="shift") as store:
        assert len(store.calls()) == 1
        store.answer(sha("a"), question="heard", answer="yes", who="Dana")
        store.look("Dana", "report")


def test_a_store_that_could_not_be_opened_is_let_go_of(empty_url: str) -> None:
    open_store(empty_url, purpose="own").close()
    with pytest.raises(Exception, match="cannot be used as a shift's store"):
        alone(empty_url)
    open_store(empty_url, purpose="own", alone=True).close()


def test_a_store_is_let_go_of_once_it_is_closed(url: str) -> None:
    first = alone(url)
    with pytest.raises(LockedError):
        alone(url)
    first.close()
    alone(url).close()


def test_reports_may_lie_in_the_folder_of_the_stores_tables(tmp_path: Path) -> None:
    file = str(tmp_path / "shift.sqlite")
    folder = place(file, "shift").folder
    with only_one(folder), alone(file):
        with pytest.raises(LockedError):
            only_one(folder).__enter__()
        with pytest.raises(LockedError):
            alone(file)


def test_a_file_by_two_names_is_one_store(file: Path, tmp_path: Path) -> None:
    other = tmp_path / "another name.sqlite"
    other.symlink_to(file)
    with alone(str(file)), pytest.raises(LockedError):
        alone(str(other))


@GROUP
def test_who_comes_second_is_told_who_is_there(postgres_url: str, tmp_path: Path) -> None:
    with another_run(postgres_url, tmp_path / "elsewhere") as other, pytest.raises(LockedError) as refused:
        alone(postgres_url)

    told = rf"with the database \S+ on \S+ \(on \S+, process {other.pid}, for less than a minute\)\."
    assert re.search(told, str(refused.value)), refused.value


@pytest.mark.parametrize(
    ("seconds", "told"),
    [(0, "less than a minute"), (60, "1 minute"), (3599, "59 minutes"), (7200, "2 hours"), (200_000, "2 days")],
)
def test_how_long_it_is_there_is_told_in_few_digits(seconds: int, told: str) -> None:
    assert _long(seconds) == told


@GROUP
def test_stores_beside_each_other_on_one_server_do_not_keep_each_other_away(
    postgres_url: str, postgres_server: Server
) -> None:
    database = _database(postgres_server, postgres_url)
    postgres_server.sql("CREATE SCHEMA other", database)
    schema = f"{postgres_url}&options=-csearch_path%3Dother"
    with postgres_server.database() as name, alone(postgres_url) as one:
        with alone(schema) as two, alone(postgres_server.url(name)) as three:
            folders = {one.folder, two.folder, three.folder}
            assert len(folders) == 3  # what one forgets by its age alone is not another's
            assert {folder.parent for folder in folders} == {library()}
        with open_store(postgres_url, purpose="shift") as again:
            assert again.folder == one.folder


def _database(server: Server, url: str) -> str:
    with open_store(url, purpose="shift") as store:
        return store.name.split()[2]


@GROUP
def test_a_connection_that_was_lost_is_made_anew(postgres_url: str, postgres_server: Server) -> None:
    database = _database(postgres_server, postgres_url)
    with alone(postgres_url) as store:
        store.begin("a", "a.wav")
        before = postgres_server.sql(HOLDERS, database)
        postgres_server.sql(CUT, database)

        store.finish("a", "done")

        assert before != postgres_server.sql(HOLDERS, database) != ""
        with pytest.raises(LockedError):
            alone(postgres_url)


@GROUP
def test_a_run_whose_place_another_has_taken_writes_no_more(
    postgres_url: str, postgres_server: Server, tmp_path: Path
) -> None:
    database = _database(postgres_server, postgres_url)
    with alone(postgres_url) as store:
        store.begin("a", "a.wav")
        postgres_server.sql(CUT, database)
        with another_run(postgres_url, tmp_path / "elsewhere"):
            with pytest.raises(LockedError, match=r"was lost\. Another run of coach is at work with .* done is kept"):
                store.finish("a", "done")
            with pytest.raises(LockedError):
                store.record(review_file())
            with pytest.raises(LockedError):
                store.purge(agent="Dana")
            assert [attempt.state for attempt in store.attempts()] == ["working"]
        store.finish("a", "done")  # once the other has ended


@GROUP
def test_a_server_that_is_gone_ends_the_run_in_a_sentence(postgres_url: str, postgres_server: Server) -> None:
    database = _database(postgres_server, postgres_url)
    with alone(postgres_url) as store:
        postgres_server.sql(f"ALTER DATABASE {database} ALLOW_CONNECTIONS false")
        postgres_server.sql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'")  # noqa: S608
        with pytest.raises(StorageError, match="was lost in the middle"):
            store.begin("a", "a.wav")
        postgres_server.sql(f"ALTER DATABASE {database} ALLOW_CONNECTIONS true")
        store.begin("a", "a.wav")


@GROUP
def test_a_server_that_ends_idle_transactions_does_not_end_a_run(postgres_url: str, postgres_server: Server) -> None:
    database = _database(postgres_server, postgres_url)
    for name in ("idle_in_transaction_session_timeout", "idle_session_timeout"):
        postgres_server.sql(f"ALTER DATABASE {database} SET {name} = '200ms'")
    with alone(postgres_url) as store:
        before = postgres_server.sql(HOLDERS, database)
        time.sleep(0.8)  # a long call
        store.begin("a", "a.wav")
        assert postgres_server.sql(HOLDERS, database) == before != ""


@GROUP
@pytest.mark.parametrize("isolation", ["read committed", "repeatable read"])
def test_what_holds_it_keeps_the_server_from_clearing_nothing_away(
    postgres_url: str, postgres_server: Server, isolation: str
) -> None:
    database = _database(postgres_server, postgres_url)
    postgres_server.sql(f"ALTER DATABASE {database} SET default_transaction_isolation = '{isolation}'")
    with alone(postgres_url) as store:
        store.record(review_file())
        seen = "SELECT state, backend_xid IS NULL AND backend_xmin IS NULL FROM pg_stat_activity WHERE pid = "
        assert postgres_server.sql(f"{seen} ({HOLDERS})", database) == "idle in transaction|t"
        assert store.purge(sha256=sha("a")).clean
