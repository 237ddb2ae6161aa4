"""What a computer is told so that the night runs by itself: timer units, a cron line, a property list, a task."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from string import Template
from typing import Final, Literal
from xml.sax.saxutils import escape

from coach.conversation import UsageError
from coach.resources import resource

System = Literal["systemd", "cron", "launchd", "windows"]

SYSTEMS: Final[tuple[System, ...]] = ("systemd", "cron", "launchd", "windows")

MEMORY: Final = "3G"
"""More than a night takes with two calls at a time; a runaway ends itself and not the computer."""

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


def schedule(system: System, arguments: Sequence[str], at: str, program: Sequence[str] | None = None) -> str:
    """Return what a scheduler takes, with a comment that says where it goes.

    Args:
        system: The scheduler.
        arguments: What follows ``coach``, such as ``["nightly", "/etc/coach/nightly.toml"]``.
        at: Local time of day, ``H:MM``.
        program: How coach is called; this installation when not given.

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
        "memory": MEMORY,
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
