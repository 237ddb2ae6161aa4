"""Runs a night in a process of its own that dies, or whose disk or server fails, at a given point of its work.

A point is whatever leaves a trace: a file made, filled, brought to the disk, put in its place or removed, a folder
brought to the disk, a transaction begun or ended, a mail sent, a stage of a review ended. They are counted from 1.
"""

from __future__ import annotations

import errno
import os
import signal
import smtplib
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from subprocess import CalledProcessError
from typing import Any, Literal
from unittest import mock

import pyarrow.parquet as pq
from nights import Here, engine_here, told
from postgres import Server
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from coach.app.pipeline import Pipeline
from coach.store import opening

PRELOAD = ["dying_night", "coach.app.nightly.night", "coach.app.purge", "coach.cli", "psycopg"]
"""What the server of processes holds ready, so that each death costs its own work alone."""

NO_DISK = ("stage", "mail", "begin")
"""Kinds of points at which no disk can fail."""

Act = Literal["count", "kill", "ENOSPC", "EIO", "cut", "restart", "gone"]
"""What befalls a night: nothing but that its points are written down; it is killed; its disk is full from then on, or
fails once; its connections to the server are cut; the server falls and is there again at once, or only later."""

CONNECTIONS = "SELECT pid FROM pg_stat_activity WHERE application_name LIKE 'coach%'"
"""Those of a night."""

CUT = CONNECTIONS.replace("SELECT pid", "SELECT pg_terminate_backend(pid, 10000)")

PATIENCE = 60.0
"""Seconds in which a server falls and is there again."""


@dataclass(frozen=True)
class Trial:
    """What befalls a night.

    Attributes:
        act: What.
        number: At which point.
        log: File that the points are written to.
        said: File that gets what the night says of errors.
        server: Of the store, where it is on one.
    """

    act: Act
    number: int
    log: Path
    said: Path
    server: Server | None = None


class Points:
    """Counts the points, and acts at one of them."""

    def __init__(self, trial: Trial) -> None:
        self._trial, self._left = trial, trial.number
        self._failing = False

    def at(self, kind: str, what: object = "") -> None:
        """Be at a point."""
        self._left -= 1
        act = self._trial.act
        if act == "count":
            with self._trial.log.open("a", encoding="utf-8") as file:
                file.write(f"{kind} {what}\n")
        elif act in ("ENOSPC", "EIO"):
            if kind not in NO_DISK and (self._left == 0 or self._failing):
                self._failing = act == "ENOSPC"  # a full disk stays full
                self._fail(kind, getattr(errno, act))
        elif self._left == 0:
            if act == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            elif self._trial.server is not None:
                _befall(self._trial.server, act)

    def _fail(self, kind: str, number: int) -> None:
        if kind == "commit":
            refused = _refused_by_server if self._trial.server is not None else _refused_by_sqlite
            raise OperationalError("COMMIT", {}, refused(number))
        raise OSError(number, os.strerror(number))


def _refused_by_sqlite(number: int) -> Exception:
    error = sqlite3.OperationalError("the disk fails")
    error.sqlite_errorname = "SQLITE_FULL" if number == errno.ENOSPC else "SQLITE_IOERR_WRITE"
    return error


def _refused_by_server(number: int) -> Exception:
    from psycopg.errors import DiskFull, IoError  # noqa: PLC0415  (an extra)

    return (DiskFull if number == errno.ENOSPC else IoError)("the disk fails")


def _befall(server: Server, act: Act) -> None:
    """Cut the night's connections to the server, or let the server fall; whoever started it starts it again."""
    if act == "cut":
        server.sql(CUT)
        return
    opening.PATIENCE = 1.0  # what waits for the server need not wait long
    note = server.data / "postmaster.pid"
    os.kill(int(note.read_text().split()[0]), signal.SIGQUIT)
    until = time.monotonic() + PATIENCE
    while note.exists() and time.monotonic() < until:
        time.sleep(0.02)
    while act == "restart" and not _answers(server) and time.monotonic() < until:
        time.sleep(0.05)


def _answers(server: Server) -> bool:
    try:
        return server.sql("SELECT 1") == "1"
    except CalledProcessError:
        return False


def night(recipe: str, environment: Mapping[str, str], trial: Trial) -> None:
    """Run ``coach nightly``; all is the product's own but the recogniser and the engine.

    Args:
        recipe: Its file.
        environment: What is different in it.
        trial: What befalls it.
    """
    run(recipe, environment, trial.said, _here, lambda: _watch(Points(trial).at))


def run(
    recipe: str,
    environment: Mapping[str, str],
    said: Path,
    opened: Callable[..., AbstractContextManager[object]],
    prepare: Callable[[], None] = lambda: None,
) -> None:
    """Run ``coach nightly`` as the command line does.

    Args:
        recipe: Its file.
        environment: What is different in it.
        said: File that gets what it says of errors.
        opened: Stands in for ``open_engine``.
        prepare: Called before it begins.
    """
    os.environ.update(environment)
    os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
    os.dup2(os.open(said, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), 2)
    sys.argv = ["coach", "nightly", recipe, "--quiet"]
    prepare()

    from coach.cli import main  # noqa: PLC0415  (the server holds it ready)

    with told(), mock.patch("coach.app.nightly.night.open_engine", opened):
        main()


def _here(*_: object, **__: object) -> AbstractContextManager[Here]:
    return engine_here(Here())


def _watch(at: Callable[..., None]) -> None:
    """Be told of every point."""
    _before(
        Path, "replace", lambda self, *_: at("replace", self.name.split(".")[1] if self.name[0] == "." else self.name)
    )
    _before(Path, "unlink", lambda self, *_, **__: at("unlink", self.name) if self.exists() else None)
    _after(Path, "write_bytes", lambda self, *_: at("written", self.name.split(".")[1]))
    _after(tempfile, "mkstemp", lambda *_, **__: at("made"))
    _before(os, "fsync", lambda *_: at("fsync"))
    _after(os, "fsync", lambda *_: at("synced"))
    _after(os, "write", lambda *_: at("appended"))
    _after(pq, "write_table", lambda *_, **__: at("parquet"))
    _before(smtplib.SMTP, "send_message", lambda *_, **__: at("mail", "before"))
    _after(smtplib.SMTP, "send_message", lambda *_, **__: at("mail", "sent"))
    event.listen(Engine, "begin", lambda _connection: at("begin"))
    event.listen(Engine, "commit", lambda _connection: at("commit"))
    real: Callable[..., Any] = Pipeline.review

    def watched(self: Pipeline, request: object, output: object, *_: object) -> object:
        return real(self, request, output, lambda name, share: at("stage", f"{name} {share}"))

    Pipeline.review = watched  # type: ignore[method-assign, assignment]


def _before(of: Any, name: str, act: Callable[..., None]) -> None:  # noqa: ANN401
    real = getattr(of, name)

    def hooked(*given: Any, **named: Any) -> Any:  # noqa: ANN401
        act(*given, **named)
        return real(*given, **named)

    setattr(of, name, hooked)


def _after(of: Any, name: str, act: Callable[..., None]) -> None:  # noqa: ANN401
    real = getattr(of, name)

    def hooked(*given: Any, **named: Any) -> Any:  # noqa: ANN401
        result = real(*given, **named)
        act(*given, **named)
        return result

    setattr(of, name, hooked)
