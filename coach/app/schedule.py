"""What a computer is told so that the night runs by itself: timer units, a cron line, a property list, a task."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from math import ceil
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Final, Literal
from xml.sax.saxutils import escape

from coach.conversation import UsageError
from coach.engines import machine
from coach.resources import resource

if TYPE_CHECKING:
    from coach.app.nightly.orders import Night

System = Literal["systemd", "cron", "launchd", "windows"]

SYSTEMS: Final[tuple[System, ...]] = ("systemd", "cron", "launchd", "windows")

USUAL: Final = "nightly.toml"
"""The recipe that is taken where none is named, in the folder where the command is given."""

RAY, RAY_EACH = 2_000_000_000, 1_000_000_000
"""Bytes that Ray takes for itself where it begins on this machine, and for each call at once."""

_FILES: Final[dict[System, tuple[str, ...]]] = {
    "systemd": ("coach-nightly.service", "coach-nightly.timer"),
    "cron": ("crontab",),
    "launchd": ("coach.nightly.plist",),
    "windows": ("coach-nightly.xml",),
}

_TIME = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")


def usual_system() -> System:
    """Return the scheduler that this computer most likely has."""
    if sys.platform == "darwin":
        return "launchd"
    if sys.platform == "win32":
        return "windows"
    return "systemd" if Path("/run/systemd/system").is_dir() else "cron"


def coach_command() -> list[str]:
    """Return how this very installation is called, for a scheduler knows no ``PATH`` of ours."""
    beside = Path(sys.executable).with_name("coach.exe" if sys.platform == "win32" else "coach")
    return [str(beside)] if beside.is_file() else [sys.executable, "-m", "coach"]


def night_named(recipe: Path | None) -> Night:
    """Return the night that is to run by itself, read whole: what stops it is told now, and not by night.

    Args:
        recipe: Its file; the usual one of this folder when not given.

    Raises:
        UsageError: None was named and there is none here, or it is no file: a scheduler knows no folder of ours.
        ConfigurationError: It cannot be read, or says something that cannot be.
    """
    from coach.app.nightly.orders import load_night  # noqa: PLC0415  (the language of a scheduler needs none of it)

    if recipe is None and not Path(USUAL).is_file():
        raise UsageError(
            f"Which night? There is no {USUAL} in this folder. Name its recipe, such as coach schedule ./{USUAL}; "
            "docs/nights.md shows how one begins."
        )
    file = Path(USUAL) if recipe is None else recipe.expanduser()
    if not file.is_file():
        raise UsageError(f"There is no file {file}. Name the night's recipe, a TOML file that is there.")
    if file.suffix != ".toml":
        raise UsageError(f"{file} is no recipe: a night's is a TOML file, and its name ends in .toml.")
    return load_night(str(file.resolve()))


def memory_for(jobs: int | None = None, engine: str = "local", address: str | None = None) -> int:
    """Return the bytes that a night may take: more than it needs, so that a runaway ends itself and not the computer.

    Args:
        jobs: Calls at once; as this machine has room for when ``None``.
        engine: ``local`` or ``ray``.
        address: Of a Ray cluster, which has the workers' memory elsewhere.
    """
    if engine == "local":
        return machine.needed(jobs or machine.most_jobs())
    return machine.needed(0) if address is not None else RAY + (jobs or machine.cores()) * RAY_EACH


def schedule(
    system: System,
    arguments: Sequence[str],
    at: str,
    program: Sequence[str] | None = None,
    memory: int | None = None,
) -> str:
    """Return what a scheduler takes, with a comment that says where it goes.

    Args:
        system: The scheduler.
        arguments: What follows ``coach``, such as ``["nightly", "/etc/coach/nightly.toml"]``.
        at: Local time of day, ``H:MM``.
        program: How coach is called; this installation when not given.
        memory: Bytes that the night may take, where the scheduler minds them; by default what it takes on this machine.

    Raises:
        UsageError: The time is none, or there is an argument that no scheduler can carry.
    """
    found = _TIME.fullmatch(at.strip())
    if found is None:
        raise UsageError(f'"{at}" is not a time of day. Write it as 2:30 or 14:05.')
    command = [*(program or coach_command()), *arguments]
    if any(not character.isprintable() for word in command for character in word):
        raise UsageError("A path holds a character that does not print, and no scheduler could carry it.")
    hour, minute = int(found[1]), int(found[2])
    blanks = {
        "hour": f"{hour:02d}",
        "minute": f"{minute:02d}",
        "hour_number": str(hour),
        "minute_number": str(minute),
        "memory": f"{ceil((memory or memory_for()) / 2**20)}M",  # as systemd counts them
        "command": _line(system, command),
        "arguments": "\n".join(f"    <string>{escape(word)}</string>" for word in command),
        "program": escape(command[0]),
        "rest": escape(subprocess.list2cmdline(command[1:])),
    }
    pieces = [resource("pipelines", "schedules", name).read_text(encoding="utf-8") for name in _FILES[system]]
    return "\n".join(Template(piece).substitute(blanks) for piece in pieces)


def _line(system: System, command: Sequence[str]) -> str:
    """Return a command as one line of a unit or a crontab, in which a percent sign means something else."""
    if system == "systemd":
        # Not a shell: quotes are systemd's own, and % and $ are doubled.
        return " ".join('"' + _escaped(w) + '"' if re.search(r"[^\w./=:@+-]", w) else w for w in command)
    return shlex.join(command).replace("%", r"\%")


def _escaped(word: str) -> str:
    return word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
