"""Where nights are killed: an evening before, which comes again as often as it is wanted, and what is there after."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerContext
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any, Protocol

import dying_night
import pytest
from dying_night import Act, Trial
from mail.sink import Sink
from nights import Here, engine_here, make_call, tells, told, unmasked, write_night
from postgres import USER, Running, Server

from coach.app.nightly.night import run_night
from coach.app.nightly.orders import load_night
from coach.engines.protocol import Engine
from coach.locking import NAME, STORE

FOLDERS = ("XDG_CACHE_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME", "TMPDIR")
EVERY = os.environ.pop("COACH_EVERY_POINT", "") == "1"  # the product knows no such setting, and would say so
"""Whether every point is tried, rather than some."""

NO_MATTER = frozenset("reviewed_at added_at at first_at last_at step attempts id result_id".split())
"""Times, and numbers that count how often something was written."""

LONG_AGO = "UPDATE calls SET started_at = '2020-01-01 00:00:00.000000'"
PATIENCE = 120.0
"""Seconds in which a night ends."""

Rows = dict[str, list[str]]


class Base(Protocol):
    """Where the nights' store is."""

    url: str
    server: Server | None

    def sql(self, statement: str) -> object:
        """Run a statement."""

    def keep(self) -> None:
        """Keep it as it is now, the evening before."""

    def reset(self) -> None:
        """Let it be as it was kept."""

    def rows(self) -> Rows:
        """Return all rows of all tables, but for times."""

    def unmasked(self) -> list[str]:
        """Return where it holds what is unmasked."""

    def watch(self) -> None:
        """Do what is due while a night runs."""

    def settle(self) -> None:
        """Wait until it is nobody's any more."""


class File:
    """The store as a file of the place, which is kept, brought back and looked through with the rest."""

    url = "shift.sqlite"
    server = None

    def __init__(self, folder: Path) -> None:
        self._file = folder / self.url

    def sql(self, statement: str) -> object:
        with closing(sqlite3.connect(self._file)) as base, base:
            return base.execute(statement)

    def keep(self) -> None:
        pass

    def reset(self) -> None:
        pass

    def rows(self) -> Rows:
        with closing(sqlite3.connect(self._file)) as base:
            names = base.execute("SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            return _rows(base, [name for (name,) in names if name != "sqlite_sequence"])

    def unmasked(self) -> list[str]:
        return []

    def watch(self) -> None:
        pass

    def settle(self) -> None:
        pass


class OnServer:
    """The store as a database on a server, always of the same name; the evening before is its template."""

    def __init__(self, running: Running) -> None:
        self._running = running
        self.server: Server | None = running.server
        self._at = running.server
        self._since = time.time()
        self.url = self._at.url("nights")
        self._at.sql("CREATE DATABASE nights")

    def sql(self, statement: str) -> object:
        return self._at.sql(statement, "nights")

    def keep(self) -> None:
        self._at.sql("CREATE DATABASE nights_kept TEMPLATE nights")

    def reset(self) -> None:
        self._since = time.time()
        self._at.sql("DROP DATABASE nights WITH (FORCE)")
        self._at.sql("CREATE DATABASE nights TEMPLATE nights_kept")

    def rows(self) -> Rows:
        with closing(self._connected()) as base:
            names = base.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public'").fetchall()
            return _rows(base, [name for (name,) in names])

    def unmasked(self) -> list[str]:
        """Look through all rows, the database's own files, what the server logged ahead of them, and what it said."""
        with closing(self._connected()) as base:
            (oid,) = base.execute("SELECT oid FROM pg_database WHERE datname = 'nights'").fetchone()
            base.execute("CHECKPOINT")
        ahead = [file for file in (self._at.data / "pg_wal").iterdir() if file.is_file()]
        files = [file for file in ahead if file.stat().st_mtime > self._since - 1]
        files += [*(self._at.data / "base" / str(oid)).iterdir(), self._at.log]
        held = [str(file) for file in files if file.is_file() and tells(file.read_bytes())]
        return held + [name for name, rows in self.rows().items() if tells("\n".join(rows).encode())]

    def watch(self) -> None:
        """Start the server again where it fell."""
        if self._running.fallen:
            self._running.start()

    def settle(self) -> None:
        """Wait until the server has noticed that a night is no more."""
        until = time.monotonic() + PATIENCE
        while self._at.sql(dying_night.CONNECTIONS) and time.monotonic() < until:
            time.sleep(0.05)

    def _connected(self) -> Any:  # noqa: ANN401  (a connection of an extra's)
        import psycopg  # noqa: PLC0415  (an extra)

        at = self._at
        return psycopg.connect(host=str(at.folder), port=at.port, user=USER, dbname="nights", autocommit=True)


def _rows(base: Any, names: Iterable[str]) -> Rows:  # noqa: ANN401  (a connection to either)
    found = {}
    for name in names:
        cursor = base.execute(f'SELECT * FROM "{name}"')  # noqa: S608
        columns = [column[0] for column in cursor.description]
        rows = [
            str({c: v for c, v in zip(columns, row, strict=True) if c not in NO_MATTER}) for row in cursor.fetchall()
        ]
        found[name] = sorted(set(rows) if name == "looks" else rows)  # a page that is written twice is given twice
    return found


class Place:
    """One folder, always of the same name, in which all nights are run.

    Attributes:
        folder: The folder.
        base: Where the store is.
        sink: Where mail goes.
    """

    def __init__(
        self, folder: Path, sink: Sink, processes: ForkServerContext, base: Callable[[Path], Base] = File
    ) -> None:
        self.folder, self.sink = folder / "here", sink
        self.base = base(self.folder)
        self.recipe = self.folder / "night.toml"
        self.environment = {name: str(self.folder / "user" / name) for name in FOLDERS}
        self._kept, self._processes = folder / "kept", processes
        self._trial = Trial("count", 0, folder / "points.txt", folder / "said.txt", self.base.server)

    def prepare(self, new: Mapping[str, int]) -> None:
        """Make the evening before: a call that was reviewed long ago, files that are new, one of them damaged.

        Args:
            new: Names of calls, and what each is made of.
        """
        (self.folder / "user" / "TMPDIR").mkdir(parents=True)
        mail = {"to": ["ann@example.org"], "from": "coach@example.org", "host": "127.0.0.1", "port": self.sink.port}
        write_night(self.folder, mail, store=self.base.url)
        make_call(self.folder / "inbox" / "old.wav", 7, 3.0)
        self.again()
        self.base.sql(LONG_AGO)
        yesterday = (datetime.now(UTC) - timedelta(days=1)).replace(hour=10, second=0, microsecond=0)
        for minute, (name, seed) in enumerate(new.items()):
            call = make_call(self.folder / "inbox" / name, seed, 3.0)
            began = {"started_at": yesterday.replace(minute=minute).isoformat()}  # so that pages have them in one order
            call.with_suffix(".json").write_text(json.dumps(began), encoding="utf-8")
        (self.folder / "inbox" / "damaged.wav").write_bytes(b"RIFF....WAVEnothing")
        shutil.copytree(self.folder, self._kept)
        self.base.keep()

    def reset(self) -> None:
        """Let it be the evening before again."""
        shutil.rmtree(self.folder)
        shutil.copytree(self._kept, self.folder)
        self.base.reset()
        self.sink.taken.clear()

    @property
    def said(self) -> str:
        """What the last night that was tried said of errors, in one line."""
        return " ".join(self._trial.said.read_text(encoding="utf-8").split())

    def points(self) -> list[str]:
        """Return every point of a whole night, by its name."""
        self.reset()
        assert self.night(0, "count") == 3
        return self._trial.log.read_text(encoding="utf-8").splitlines()

    def night(self, number: int, act: Act) -> int:
        """Run a night in a process of its own, and return how that ended."""
        trial = replace(self._trial, act=act, number=number)
        process = self.begin(dying_night.night, str(self.recipe), self.environment, trial)
        until = time.monotonic() + PATIENCE
        while process.exitcode is None and time.monotonic() < until:
            process.join(0.1)
            if act != "gone":
                self.base.watch()
        self.base.watch()
        code = ended(process)
        self.base.settle()
        return code

    def begin(self, work: Callable[..., object], *arguments: object) -> BaseProcess:
        """Begin something in a process of its own, which may have processes in turn."""
        process = self._processes.Process(target=work, args=arguments)
        process.start()
        return process

    def again(self, engine: Engine | None = None) -> int:
        """Run a night here, an hour later, and return its exit code."""
        opened = _opening(engine or Here())
        for path in self.folder.rglob("*.part"):
            os.utime(path, (time.time() - 2 * 3600,) * 2)
        with pytest.MonkeyPatch.context() as patch, told():
            for name, value in self.environment.items():
                patch.setenv(name, value)
            patch.setattr("coach.app.nightly.night.open_engine", opened)
            return run_night(load_night(str(self.recipe))).exit_code

    def unmasked(self) -> list[str]:
        """Return what is unmasked on the disk and in the store, but for the recordings themselves."""
        held = unmasked(*(path for path in self.folder.iterdir() if path.name != "inbox"))
        said = self._trial.said
        held += [str(said)] if said.exists() and tells(said.read_bytes()) else []
        return held + self.base.unmasked()

    def state(self) -> dict[str, object]:
        """Return everything that is there, but for times: files, rows, what was told."""
        files = {str(path.relative_to(self.folder)): _timeless(path) for path in sorted(self._lasting())}
        return files | self.base.rows() | {"told": self._told()}

    def _lasting(self) -> Iterator[Path]:
        for path in self.folder.rglob("*"):
            theirs = "user" not in path.parts or "library" in path.parts
            if path.is_file() and theirs and not path.name.startswith(("shift.sqlite", "night-")):
                yield path

    def _told(self) -> list[str]:
        """Return what all digests tell together: of a failing disk the night itself may tell the one half."""
        text = "\n".join(path.read_text(encoding="utf-8") for path in (self.folder / "out").glob("night-*.md"))
        return sorted(TOLD.findall(text))


TOLD = re.compile(r"(?:One|\d+) (?:new call|recording|call)s? (?:was|were|could).*|\| .*wav .*")


def _opening(engine: Any) -> Callable[..., AbstractContextManager[Any]]:  # noqa: ANN401  (any engine)
    return lambda *_, **__: engine_here(engine)


def ended(process: BaseProcess) -> int:
    """Return how a process ended, which it does soon."""
    process.join(PATIENCE)
    code = process.exitcode
    if code is None:
        process.kill()
        process.join()
    process.close()
    assert code is not None, "it did not end"
    return code


def _timeless(path: Path) -> object:
    if path.suffix == ".parquet" or path.name in (".night-last.json", NAME, STORE):
        return path.name
    text = path.read_bytes().decode("latin-1")
    if path.suffix == ".json":
        review = json.loads(text)
        review.pop("reviewed_at", None)
        text = json.dumps(review)
    text = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d[:\d.]*(\+00:00|Z)?", "TIME", text)
    return re.sub(r"\d\d?:\d\d(:\d\d)?", "CLOCK", text)


def differences(found: Mapping[str, object], wanted: Mapping[str, object]) -> dict[str, tuple[object, object]]:
    """Return what is not as it is wanted, with both."""
    names = sorted({*found, *wanted})
    return {name: (found.get(name), wanted.get(name)) for name in names if found.get(name) != wanted.get(name)}


def spread(points: list[str], every: int, kinds: Iterable[str] | None = None) -> list[int]:
    """Return every so many of the points, of some kinds or of all, by their numbers."""
    wanted = None if kinds is None else set(kinds)
    numbers = [n for n, name in enumerate(points, 1) if wanted is None or name.split()[0] in wanted]
    return numbers[:: 1 if EVERY else every]


def stages(points: list[str]) -> set[int]:
    """Return the end of each stage, by its number; of other kinds, such as files brought to the disk, some serve."""
    first = {name: number for number, name in reversed(list(enumerate(points, 1)))}
    return {number for name, number in first.items() if name.startswith("stage") and name.endswith(" 1.0")}
