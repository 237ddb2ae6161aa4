"""The command line, run as a person or a script does, and what it left."""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any, NamedTuple
from unittest import mock

from coach.cli import main
from coach.resources import resource

DEMO = resource("demo", "high-bill.wav")
OTHER = {"agent": "customer", "customer": "agent"}


class Ran(NamedTuple):
    """How a run of the command ended."""

    returncode: int
    stdout: str
    stderr: str


def coach(*arguments: object, cwd: Path, **environment: str) -> Ran:
    """Run the command in this process: what the shell adds is tested in ``test_streams.py``."""
    out, err, code = io.StringIO(), io.StringIO(), 0
    with (
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch.dict(os.environ, {"COLUMNS": "80", **environment}),
        mock.patch.object(sys, "argv", ["coach", *map(str, arguments)]),
        mock.patch.object(signal, "signal"),
    ):
        try:
            main()
        except SystemExit as leaving:
            code = leaving.code if isinstance(leaving.code, int) else 0
    return Ran(code, out.getvalue(), err.getvalue())


def load(path: Path) -> dict[str, Any]:
    review: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return review


def who(folder: Path) -> list[tuple[str, float]]:
    """Return whose turn begins when, by the one review in a folder."""
    (path,) = (folder / "coaching").glob("*.json")
    return [(turn["role"], turn["start"]) for turn in load(path)["turns"]]
