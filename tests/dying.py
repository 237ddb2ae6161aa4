"""Runs the command line in a process of its own that dies at a given point; see ``contract/test_kill.py``."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

PRELOAD = ["dying", "coach.app.review", "coach.cli"]
"""What the server of processes holds ready, so that each death costs its own work alone."""


def die(*_: object) -> None:
    """End as ``kill -9`` does."""
    os.kill(os.getpid(), signal.SIGKILL)


def review(arguments: Sequence[str], environment: Mapping[str, str], when: str, where: str) -> None:
    """Review a call; the moment of death is the test's, everything else the product's own.

    The progress callback is called as a stage begins and ends; files take their places by ``Path.replace``.

    Args:
        arguments: Of the command line.
        environment: What is different in it.
        when: ``write``, or the share of a stage that is done.
        where: Which file, counted from 1, or the name of the stage.
    """
    os.environ.update(environment)
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    sys.argv = ["coach", *arguments]
    if when == "write":
        _die_writing(int(where))
    else:
        _die_working(float(when), where)

    from coach.cli import main  # noqa: PLC0415  (the server holds it ready)

    main()


def _die_writing(number: int) -> None:
    left = [number]
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        left[0] -= 1
        if left[0] == 0:
            die()
        return real(self, target)

    Path.replace = replace  # type: ignore[method-assign, assignment]


def _die_working(share: float, stage: str) -> None:
    from coach.app.pipeline import Pipeline  # noqa: PLC0415

    real: Callable[..., Any] = Pipeline.review

    def watched(
        self: Pipeline, request: object, output: object, _progress: object = None, _ask: object = None
    ) -> object:
        return real(self, request, output, lambda name, done: die() if (name, done) == (stage, share) else None)

    Pipeline.review = watched  # type: ignore[method-assign, assignment]
