"""A store opens private, of the right version and purpose, or says in a sentence why not."""

from __future__ import annotations

import sqlite3
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from postgres import GROUP, PASSWORD, USER, Server
from review_files import review_file, sha
from sqlalchemy import create_engine, text

from coach.conversation import ConfigurationError, LockedError, StorageError
from coach.store import opening
from coach.store.migrating import FOLDER
from coach.store.opening import HEAD, VERSION_TABLE, library
from coach.store.store import Store, open_store
from coach.store.tables import metadata


def test_opened_twice_it_is_the_same(empty_url: str) -> None:
    with open_store(empty_url, purpose="shift") as store:
        store.record(review_file())
    with open_store(empty_url, purpose="shift") as store:
        assert [call.sha256 for call in store.calls()] == [sha("a")]


def test_the_migrations_make_the_tables_that_the_code_knows(empty_url: str) -> None:
    open_store(empty_url, purpose="shift").close()
    engine = create_engine(empty_url)
    with engine.connect() as connection:
        context = MigrationContext.configure(
            connection, opts={"version_table": VERSION_TABLE, "compare_type": True, "compare_server_default": True}
        )
        found = compare_metadata(context, metadata)
    engine.dispose()

    assert found == []


def test_the_newest_migration_is_the_one_that_opening_looks_for() -> None:
    assert ScriptDirectory(str(FOLDER)).get_current_head() == HEAD


def test_a_store_is_never_opened_as_the_others(empty_url: str) -> None:
    open_store(empty_url, purpose="own").close()

    with pytest.raises(ConfigurationError, match=r"is one person's own library, and cannot be used as a shift's store"):
        open_store(empty_url, purpose="shift")

    open_store(empty_url, purpose="own").close()


def test_one_made_by_a_newer_coach_is_refused_and_left_as_it_is(empty_url: str) -> None:
    open_store(empty_url, purpose="shift").close()
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("UPDATE coach_version SET version_num = '0999'"))

    with pytest.raises(ConfigurationError, match=r"newer coach .*0999.*Update coach"):
        open_store(empty_url, purpose="shift")

    with engine.begin() as connection:
        assert connection.execute(text("SELECT version_num FROM coach_version")).scalar() == "0999"
    engine.dispose()


def test_a_database_of_another_program_is_left_alone(empty_url: str, tmp_path: Path) -> None:
    (tmp_path / "library").mkdir(exist_ok=True)
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE calls (id INTEGER)"))
    engine.dispose()

    with pytest.raises(ConfigurationError, match=r"tables of another program \(calls\)"):
        open_store(empty_url, purpose="shift")


def test_many_open_a_new_store_at_once(empty_url: str) -> None:
    def use(number: int) -> int:
        with open_store(empty_url, purpose="shift") as store:
            store.record(review_file(f"call {number}"))
            return len(store.calls())

    with ThreadPoolExecutor(6) as several:
        counts = list(several.map(use, range(6)))

    assert max(counts) == 6
    with open_store(empty_url, purpose="shift") as store:
        assert len(store.calls()) == 6


def test_programs_that_open_a_new_store_at_once(tmp_path: Path) -> None:
    program = "import sys\nfrom coach.store.store import open_store\nopen_store(sys.argv[1], purpose='own').close()"
    file = tmp_path / "own.sqlite"
    running = [subprocess.Popen([sys.executable, "-c", program, str(file)], stderr=subprocess.PIPE) for _ in range(3)]

    assert [(program.wait(120), program.communicate()[1]) for program in running] == [(0, b"")] * 3


def test_the_default_is_the_users_own_folder_and_private() -> None:
    with open_store(purpose="own") as own, open_store(purpose="shift") as shift:
        own.record(review_file())
        files = sorted(library().iterdir())
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in files}

        assert own.file == library() / "own.sqlite"
        assert shift.calls() == []
        assert {"own.sqlite", "own.sqlite-wal", "own.sqlite-shm", "shift.sqlite"} <= set(modes)
        assert set(modes.values()) == {0o600}
        assert stat.S_IMODE(library().stat().st_mode) == 0o700
        assert own.folder == library() / "own"


def test_sqlite_is_told_to_lose_nothing_and_leave_nothing(file: Path) -> None:
    with open_store(str(file), purpose="shift") as store, store._read() as connection:
        asked = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("journal_mode", "synchronous")
        }
        kept = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in ("secure_delete", "foreign_keys")
        }

    assert asked == {"journal_mode": "wal", "synchronous": 2}
    assert kept == {"secure_delete": 1, "foreign_keys": 1}


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    file = tmp_path / "notes.txt"
    file.write_text("these are my own notes, and no database at all\n" * 40)

    with pytest.raises(ConfigurationError, match=r"notes\.txt is no database of coach"):
        open_store(str(file), purpose="own")

    assert file.read_text().startswith("these are my own notes")


def test_a_damaged_database_says_so(file: Path) -> None:
    with open_store(str(file), purpose="shift") as store:
        for number in range(20):
            store.record(review_file(f"call {number}"))
    content = bytearray(file.read_bytes())
    content[4096 * 3 : 4096 * 40] = b"\xff" * (4096 * 37)
    file.write_bytes(content)

    def look_round() -> None:
        with open_store(str(file), purpose="shift") as store:
            store.calls()
            store.looks()
            store.attempts()

    with pytest.raises(StorageError, match="damaged"):
        look_round()


def test_another_run_that_writes_is_waited_for_and_then_named(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "PATIENCE", 0.1)
    other = sqlite3.connect(file, isolation_level=None)
    with open_store(str(file), purpose="shift") as store:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LockedError, match="held by another run"):
            store.begin("a", "a.wav")
        assert store.attempts() == []  # reading goes on
        other.execute("COMMIT")
        store.begin("a", "a.wav")
    other.close()


@GROUP
def test_another_run_that_writes_on_a_server_is_waited_for(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "PATIENCE", 1)
    with open_store(postgres_url, purpose="shift") as one, open_store(postgres_url, purpose="shift") as two:
        with one._write(), pytest.raises(LockedError, match="held by another run"):
            two.begin("a", "a.wav")
        two.begin("a", "a.wav")


def test_a_full_disk_is_said_and_nothing_is_half_written(file: Path) -> None:
    with open_store(str(file), purpose="shift") as store:
        store.record(review_file())
        with store._read() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")
        long = review_file("b", warnings=["a long warning " * 200] * 50)
        with pytest.raises(StorageError, match="no space is left"):
            store.record(long)
        with store._read() as connection:
            connection.exec_driver_sql("PRAGMA max_page_count = 1073741823")

        assert [call.sha256 for call in store.calls()] == [sha("a")]
        store.record(long)
        assert len(store.calls()) == 2


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(StorageError, match="cannot be made"):
        open_store(str(tmp_path / "file" / "own.sqlite"), purpose="own")


def test_a_networks_disk_is_refused_before_anything_is_lost(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mounts = f"/dev/vda / ext4 rw 0 0\nserver:/home {str(tmp_path).replace(' ', chr(92) + '040')} nfs4 rw 0 0\n"
    real = Path.read_text

    def read(self: Path, *given: str, **named: str) -> str:
        return mounts if str(self) == "/proc/self/mounts" else real(self, *given, **named)

    monkeypatch.setattr(Path, "read_text", read)

    with pytest.raises(StorageError, match=r"network file system \(nfs4\)"):
        open_store(str(tmp_path / "own.sqlite"), purpose="own")


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("mysql://root:hunter2@host/db", "mysql is no database"),
        ("sqlite://", "sqlite is no database that coach can use"),
        ("sqlite:///:memory:", "no database that coach can use"),
        ("post gres://a:hunter2@b:port/", "cannot be read"),
        ("postgresql://a:hunter2@b:port/", "cannot be read"),
    ],
)
def test_other_urls_are_refused_without_repeating_their_passwords(url: str, told: str) -> None:
    with pytest.raises(ConfigurationError, match=told) as caught:
        open_store(url, purpose="own")

    assert "hunter2" not in str(caught.value)
    assert caught.value.__suppress_context__ or caught.value.__context__ is None


def test_postgresql_without_its_driver_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opening, "find_spec", lambda _: None)

    with pytest.raises(ConfigurationError, match=r"coach\[postgres\]"):
        open_store("postgresql://host/db", purpose="shift")


def test_a_server_that_does_not_answer() -> None:
    pytest.importorskip("psycopg", reason="needs psycopg (coach's extra postgres)")

    with pytest.raises(ConfigurationError, match=r"the database calls on 127\.0\.0\.1 does not answer") as caught:
        open_store("postgresql+psycopg://me:hunter2@127.0.0.1:1/calls", purpose="shift")

    assert "hunter2" not in str(caught.value)


@GROUP
def test_a_wrong_password_a_missing_database_and_pgpassword(
    postgres_server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    def opened(credentials: str, database: str) -> str:
        where = f"postgresql+psycopg://{credentials}@127.0.0.1:{postgres_server.port}/{database}"
        with pytest.raises(ConfigurationError) as caught:
            open_store(where, purpose="shift")
        return str(caught.value)

    wrong = opened(f"{USER}:hunter2", "postgres")
    missing = opened(f"{USER}:{PASSWORD}", "nothing")
    none = opened(USER, "postgres")

    assert "the database postgres on 127.0.0.1 refuses this user or password" in wrong
    assert "does not exist" in missing
    assert "PGPASSWORD" in none
    assert not any(word in wrong + missing + none for word in ("hunter2", PASSWORD))
    monkeypatch.setenv("PGPASSWORD", PASSWORD)
    with postgres_server.database() as name:
        where = f"postgresql://{USER}@127.0.0.1:{postgres_server.port}/{name}"
        with open_store(where, purpose="shift") as store:
            assert PASSWORD not in repr(store) + store.name
            assert store.calls() == []


@GROUP
def test_a_password_in_a_file_of_ones_own(
    postgres_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = postgres_server.port
    with postgres_server.database() as name:
        service = tmp_path / "service.conf"
        lines = ("[coach]", "host=127.0.0.1", f"port={port}", f"dbname={name}", f"user={USER}", f"password={PASSWORD}")
        service.write_text("\n".join(lines) + "\n")
        monkeypatch.setenv("PGSERVICEFILE", str(service))
        with open_store("postgresql+psycopg:///?service=coach", purpose="shift", alone=True) as store:
            assert store.name == "the database of the service coach"

        passwords = tmp_path / "passwords"
        passwords.write_text(f"127.0.0.1:{port}:*:{USER}:{PASSWORD}\n")
        passwords.chmod(0o600)
        monkeypatch.setenv("PGPASSFILE", str(passwords))
        with open_store(f"postgresql+psycopg://{USER}@127.0.0.1:{port}/{name}", purpose="shift", alone=True) as store:
            assert store.calls() == []


@GROUP
def test_nothing_is_left_prepared_on_a_connection_that_a_pooler_may_give_to_another(postgres_url: str) -> None:
    with open_store(postgres_url, purpose="shift", alone=True) as store:
        for number in range(12):  # more often than the driver waits to see before it prepares
            store.begin("a", f"{number}.wav")
        with store._read() as connection:
            assert connection.exec_driver_sql("SELECT count(*) FROM pg_prepared_statements").scalar() == 0


@GROUP
def test_a_user_who_may_make_no_tables(postgres_server: Server) -> None:
    postgres_server.sql("CREATE ROLE reader LOGIN")
    with postgres_server.database() as name, pytest.raises(ConfigurationError, match="does not let this user"):
        open_store(postgres_server.url(name).replace(USER, "reader"), purpose="shift")
    postgres_server.sql("DROP ROLE reader")


@GROUP
def test_a_server_that_goes_away_in_the_middle(postgres_url: str, postgres_server: Server) -> None:
    ending = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'coach'"

    def cut(store: Store) -> None:
        with store._write() as connection:
            postgres_server.sql(ending)
            connection.execute(text("SELECT 1"))

    with open_store(postgres_url, purpose="shift") as store:
        with pytest.raises(StorageError, match="lost in the middle"):
            cut(store)
        assert store.calls() == []  # and comes back
