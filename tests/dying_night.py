"""Runs a night in a process of its own that dies, or whose disk fails, at a given point of its work.

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
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any
from unittest import mock

import pyarrow.parquet as pq
from nights import Here, engine_here, told
from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.exc import OperationalError

from coach.app.pipeline import Pipeline

PRELOAD = ["dying_night", "coach.app.nightly.night", "coach.app.purge", "coach.cli"]
"""What the server of processes holds ready, so that each death costs its own work alone."""

SQLITE = {errno.ENOSPC: "SQLITE_FULL", errno.EIO: "SQLITE_IOERR_WRITE"}
NO_DISK = ("stage", "mail", "begin")
"""Kinds of points at which no disk can fail."""


class Points:
    """Counts the points, and acts at one of them."""

    def __init__(self, number: int, act: str, log: Path) -> None:
        self._left, self._act, self._log = number, act, log
        self._failing = False

    def at(self, kind: str, what: object = "") -> None:
        """Be at a point."""
        self._left -= 1
        if self._act == "count":
            with self._log.open("a", encoding="utf-8") as file:
                file.write(f"{kind} {what}\n")
        elif self._act == "kill":
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
        elif kind not in NO_DISK and (self._left == 0 or self._failing):
            self._failing = self._act == "ENOSPC"  # a full disk stays full
            self._fail(kind, getattr(errno, self._act))

    def _fail(self, kind: str, number: int) -> None:
        if kind == "commit":
            error = sqlite3.OperationalError("the disk fails")
            error.sqlite_errorname = SQLITE[number]
            raise OperationalError("COMMIT", {}, error)
        raise OSError(number, os.strerror(number))


def night(recipe: str, environment: Mapping[str, str], number: int, act: str, log: str) -> None:
    """Run ``coach nightly``; all is the product's own but the recogniser and the engine.

    Args:
        recipe: Its file.
        environment: What is different in it.
        number: Of the point.
        act: ``kill``, ``ENOSPC``, ``EIO``, or ``count`` to write all points down.
        log: Where to.
    """
    os.environ.update(environment)
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    sys.argv = ["coach", "nightly", recipe, "--quiet"]
    _watch(Points(number, act, Path(log)).at)

    from coach.cli import main  # noqa: PLC0415  (the server holds it ready)

    with told(), mock.patch("coach.app.nightly.night.open_engine", _here):
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
