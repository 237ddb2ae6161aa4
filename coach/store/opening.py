"""A database opened as this product wants it: private, durable, of the right version and purpose."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
import sqlite3
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Final, get_args

import platformdirs
from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, select, text
from sqlalchemy.exc import ArgumentError

from coach.conversation import ConfigurationError, StorageError
from coach.files import sync_folder
from coach.store import tables
from coach.store.errors import speaking
from coach.store.values import Purpose

HEAD: Final = "0001"
"""The newest migration."""

VERSION_TABLE: Final = "coach_version"

ID: Final = "id"
"""In ``about`` of a store on a server: it names the folder of its Parquet files, which no other store's lie in."""

_ID: Final = re.compile(r"[0-9a-f]{8}")

PATIENCE = 10.0
"""Seconds to wait for another program that writes."""

PLAIN: Final = {"prepare_threshold": None}
"""No statements that a server's connection remembers: behind a pooler the next one may be another's."""

Hold = Callable[[], AbstractContextManager[object]]

_LOCK: Final = 0x636F616368  # "coach": one writer at a time on a server too, so that both databases behave alike

_NETWORK: Final = frozenset(
    "nfs nfs4 cifs smb3 smbfs afs ceph lustre gpfs glusterfs davfs fuse.sshfs fuse.glusterfs fuse.s3fs".split()
)
_WHOSE: Final = {"own": "one person's own library", "shift": "a shift's store"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a store is.

    Attributes:
        url: For SQLAlchemy; may hold a password and is never shown.
        name: What messages call it.
        folder: Where the Parquet files of its calls lie; of a store on a server, where they would if it had no id.
        file: The database file; ``None`` on a server.
    """

    url: URL
    name: str
    folder: Path
    file: Path | None


def library() -> Path:
    """Return the folder of the user's own databases."""
    return platformdirs.user_data_path("coach") / "library"


def place(url: str | None, purpose: Purpose) -> Place:
    """Return where a store is.

    Args:
        url: ``sqlite:///FILE``, a file's path, or ``postgresql+psycopg://USER@HOST/NAME``; ``None`` for the default.
        purpose: Names the default file.

    Raises:
        ConfigurationError: The URL is neither, or what a server needs is not installed.
    """
    if purpose not in get_args(Purpose):
        raise ValueError(f"no such purpose: {purpose}")
    if url is None:
        return _file(library() / f"{purpose}.sqlite")
    if "://" not in url:
        return _file(Path(url).expanduser())
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):  # its text would hold the password
        raise ConfigurationError(f"The database's URL cannot be read. {_SHAPES}") from None
    if parsed.get_backend_name() == "sqlite" and parsed.database not in (None, "", ":memory:"):
        return _file(Path(str(parsed.database)).expanduser())
    if parsed.get_backend_name() in ("postgresql", "postgres"):
        return _server(parsed, purpose)
    raise ConfigurationError(f"{parsed.get_backend_name()} is no database that coach can use. {_SHAPES}")


_SHAPES: Final = (
    "Give sqlite:///FILE or postgresql+psycopg://USER@HOST/NAME; a password belongs in PGPASSWORD or ~/.pgpass."
)


def _file(file: Path) -> Place:
    file = file.absolute()
    return Place(URL.create("sqlite", database=str(file)), str(file), beside(file), file)


def beside(file: Path) -> Path:
    """Return the folder of the Parquet files of a database's calls."""
    return file.with_suffix("") if file.suffix else file.with_name(file.name + ".files")


def _server(url: URL, purpose: Purpose) -> Place:
    if find_spec("psycopg") is None:
        raise ConfigurationError('PostgreSQL needs the extra "postgres": pip install "coach[postgres]".')
    service = _first(url.query.get("service")) or os.environ.get("PGSERVICE")
    database = url.database or os.environ.get("PGDATABASE")
    host = url.host or _first(url.query.get("host")) or os.environ.get("PGHOST")
    name = f"the database {database or '?'} on {host or 'this machine'}"
    if service and not (database or host):
        name = f"the database of the service {service}"
    return Place(url.set(drivername="postgresql+psycopg"), name, library() / purpose, None)


def _first(given: str | tuple[str, ...] | None) -> str | None:
    return given if given is None or isinstance(given, str) else given[0]


def connect(where: Place) -> Engine:
    """Return an engine; nothing is opened yet but the file, which is made private.

    Raises:
        StorageError: The file cannot be made, or lies where SQLite is not safe.
    """
    if where.file is None:
        engine = create_engine(
            where.url,
            hide_parameters=True,
            json_serializer=_json,
            pool_pre_ping=True,
            connect_args={"connect_timeout": int(PATIENCE), "application_name": "coach", **PLAIN},
        )
        event.listen(engine, "begin", _begin_on_server)
        return engine
    _make_private(where.file)
    engine = create_engine(where.url, hide_parameters=True, json_serializer=_json, connect_args={"timeout": PATIENCE})
    event.listen(engine, "connect", _pragmas)
    event.listen(engine, "begin", _begin_in_file)
    return engine


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False)  # to be read in the database too


def _make_private(file: Path) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        network = _network(file.parent)
        if network is not None:
            raise StorageError(
                f"{file.parent} lies on a network file system ({network}), where SQLite may lose data. "
                "Choose a folder on this machine's own disk, or a PostgreSQL server."
            )
        if file.parent == library():
            file.parent.chmod(0o700)
        new = not file.exists()
        os.close(os.open(file, os.O_CREAT | os.O_RDWR, 0o600))
        file.chmod(0o600)  # SQLite gives its -wal and -shm the same
        if new:
            sync_folder(file.parent)
    except OSError as error:
        raise StorageError(
            f"{file} cannot be made or opened: {error.strerror or type(error).__name__}. "
            "Change the folder's permissions, or choose another place."
        ) from None


def _network(folder: Path) -> str | None:
    """Return the kind of network file system that a folder lies on, where the system tells."""
    try:
        mounts = Path("/proc/self/mounts").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return None
    found = ("", "")
    for line in mounts:
        _, point, kind, *_ = line.split(" ")
        point = point.replace("\\040", " ")
        if folder.resolve().is_relative_to(point) and len(point) >= len(found[0]):
            found = (point, kind)
    return found[1] if found[1] in _NETWORK else None


def _pragmas(connection: sqlite3.Connection, record: object) -> None:  # noqa: ARG001
    connection.isolation_level = None  # transactions begin where we say
    for pragma in (
        f"busy_timeout = {int(PATIENCE * 1000)}",
        "synchronous = FULL",
        "foreign_keys = ON",
        "secure_delete = ON",
        "temp_store = MEMORY",  # nothing of a call in a temporary file elsewhere
    ):
        connection.execute(f"PRAGMA {pragma}")
    _use_wal(connection)


def _use_wal(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log; SQLite does not wait when another program is just doing the same."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            mode = connection.execute("PRAGMA journal_mode = WAL").fetchone()[0]
        except sqlite3.OperationalError as error:
            if error.sqlite_errorname not in ("SQLITE_BUSY", "SQLITE_BUSY_RECOVERY") or time.monotonic() > until:
                raise
            time.sleep(0.02)
            continue
        if mode != "wal":
            raise StorageError("The store lies on a disk that SQLite cannot lock safely. Choose a local folder.")
        return


def _begin_in_file(connection: Connection) -> None:
    writing = connection.get_execution_options().get("writing")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def _begin_on_server(connection: Connection) -> None:
    if connection.get_execution_options().get("writing"):
        connection.exec_driver_sql(f"SET LOCAL lock_timeout = '{int(PATIENCE)}s'")
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")


def prepare(engine: Engine, where: Place, purpose: Purpose, hold: Hold) -> Path:
    """Bring a database up to date, make sure of its purpose, and return where the Parquet files of its calls lie.

    Safe when two do it at once: the second waits for the first and finds nothing to do.

    Args:
        engine: Of the database.
        where: The database.
        purpose: Whose it is to be.
        hold: Keeps runs away while tables that have something in them are changed.

    Raises:
        ConfigurationError: It is newer than this program, of the other purpose, or not ours.
        LockedError: Another program holds it, or it is to be changed and a run works with it.
    """
    with speaking(where.name):
        with engine.connect() as connection:
            found = _version(connection)
        if found != HEAD:
            with contextlib.ExitStack() as stack, engine.execution_options(writing=True).begin() as connection:
                _upgrade(connection, where, purpose, lambda: stack.enter_context(hold()))
        with engine.connect() as connection:
            about = {row.name: row.value for row in connection.execute(select(tables.about))}
    if about.get("purpose") != purpose:
        raise ConfigurationError(
            f"{where.name} is {_WHOSE.get(str(about.get('purpose')), 'of an unknown kind')}, and cannot be used as "
            f"{_WHOSE[purpose]}. The two are kept apart; name another database."
        )
    own = about.get(ID, "")
    return where.folder.with_name(f"{purpose}-{own}") if _ID.fullmatch(own) else where.folder


def _version(connection: Connection) -> str | None:
    if not inspect(connection).has_table(VERSION_TABLE):
        return None
    found = connection.execute(text(f"SELECT version_num FROM {VERSION_TABLE}")).scalar()  # noqa: S608
    return str(found) if found is not None else None


def _upgrade(connection: Connection, where: Place, purpose: Purpose, hold: Callable[[], object]) -> None:
    found = _version(connection)  # again: another may have done it while we waited for the lock
    if found == HEAD:
        return
    if found is None:
        _refuse_others(connection, where)
    from coach.store.migrating import knows, upgrade  # noqa: PLC0415  (Alembic is slow to load and seldom needed)

    if found is not None:
        if not knows(found):
            raise ConfigurationError(
                f"{where.name} was made by a newer coach (its version is {found}). Update coach, or name another "
                "database."
            )
        hold()
    upgrade(connection)
    if found is None:
        connection.execute(tables.about.insert().values(name="purpose", value=purpose))
        if where.file is None:
            connection.execute(tables.about.insert().values(name=ID, value=secrets.token_hex(4)))


def _refuse_others(connection: Connection, where: Place) -> None:
    there = set(inspect(connection).get_table_names())
    clash = there if where.file is not None else there & set(tables.metadata.tables)
    if clash:
        raise ConfigurationError(
            f"{where.name} holds tables of another program ({', '.join(sorted(clash)[:3])}). Name another database."
        )
