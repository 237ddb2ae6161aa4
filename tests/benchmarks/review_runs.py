"""Measurements run each in a process of its own, and their medians."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

INSIDE = Path(__file__).with_name("review_inside.py")
COACH = "from coach.cli import main; main()"
BARE = """
import typer
app = typer.Typer()
@app.command()
def hello(name: str = "you"):
    "Say hello."
app()
"""

Figures = dict[str, Any]


def inside(what: str, recordings: Sequence[Path]) -> Figures:
    """Return the figures of one measurement (``review`` or ``library``) in a new process.

    Raises:
        RuntimeError: It failed.
    """
    with tempfile.TemporaryDirectory() as home:
        result = Path(home, "result.json")
        command = [sys.executable, str(INSIDE), what, *map(str, recordings), "--result", str(result)]
        done = subprocess.run(command, cwd=home, env=_plain(Path(home)), capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(f"{what} of {recordings[0].name} failed: {done.stderr[-2000:]}")
        return dict(json.loads(result.read_text()))


def command(recordings: Sequence[Path]) -> float:
    """Return the seconds of ``coach review``, from the first thing it loads to its last."""
    named = [str(recordings[0])] if len(recordings) == 1 else []
    if len(recordings) == 2:
        named = ["--agent", str(recordings[0]), "--customer", str(recordings[1])]
    with tempfile.TemporaryDirectory() as home:
        return _seconds([sys.executable, "-c", COACH, "review", *named, "--out", home, "--quiet"], Path(home))


def helps(runs: int) -> tuple[float, float]:
    """Return the median seconds of ``coach --help`` and of a bare typer app's, run in turn."""
    ours, bare = [], []
    with tempfile.TemporaryDirectory() as home:
        for _ in range(runs):
            ours.append(_seconds([sys.executable, "-c", COACH, "--help"], Path(home)))
            bare.append(_seconds([sys.executable, "-c", BARE, "--help"], Path(home)))
    return statistics.median(ours), statistics.median(bare)


def median(figures: Sequence[Figures]) -> Figures:
    """Return the median of each number, and of all else the first."""
    first = figures[0]
    found: Figures = {}
    for name, value in first.items():
        values = [one[name] for one in figures]
        if isinstance(value, Mapping):
            found[name] = median([dict(one) for one in values])
        elif isinstance(value, int | float) and all(isinstance(one, int | float) for one in values):
            found[name] = statistics.median(values)
        else:
            found[name] = value
    return found


def _seconds(command: Sequence[str], home: Path) -> float:
    begin = time.perf_counter()
    done = subprocess.run(command, cwd=home, env=_plain(home), capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{command[-1]} failed: {done.stderr[-2000:]}")
    return time.perf_counter() - begin


def _plain(home: Path) -> dict[str, str]:
    """Return an environment without this user's settings, whose last review is not ours to replace."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COACH_")}
    folders = {name: str(home) for name in ("XDG_CONFIG_HOME", "XDG_STATE_HOME")}
    return kept | folders | {"OMP_NUM_THREADS": "2", "PYTHONWARNINGS": "ignore"}
