"""Runs the command at a real pseudo-terminal, as a person sits at one."""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

import pytest

CONTROL_C, CONTROL_D = "\x03", "\x04"


class Sat(NamedTuple):
    """How a run at a terminal ended: what went to stdout beside it, and what the terminal showed."""

    returncode: int
    stdout: str
    screen: str


def at_terminal(
    *arguments: object, cwd: Path, answers: list[str], prompt: bytes, columns: int = 80, out_too: bool = True
) -> Sat:
    """Run the command with a terminal for stdin and stderr, giving one answer each time the prompt is shown.

    Args:
        arguments: Of ``coach``.
        cwd: Where it runs.
        answers: What is typed; ``CONTROL_C`` interrupts.
        prompt: What the screen ends in when an answer is waited for.
        columns: Of the terminal.
        out_too: Whether stdout is the terminal as well.
    """
    pty = pytest.importorskip("pty", reason="a pseudo-terminal needs a POSIX system")
    mine, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-m", "coach", *map(str, arguments)],
        cwd=cwd,
        stdin=theirs,
        stdout=theirs if out_too else subprocess.PIPE,
        stderr=theirs,
        env={**os.environ, "TERM": "xterm", "COLUMNS": str(columns)},
        start_new_session=True,
    )
    os.close(theirs)
    screen, waiting, ends = b"", list(answers), time.monotonic() + 60
    try:
        while time.monotonic() < ends:
            if not select.select([mine], [], [], 1.0)[0]:
                continue
            try:
                screen += os.read(mine, 4096)
            except OSError:  # the other end is closed: Linux says so with an error
                break
            if waiting and screen.endswith(prompt):
                answer = waiting.pop(0)
                if answer == CONTROL_C:
                    child.send_signal(signal.SIGINT)  # as the terminal that controls a session would
                else:
                    os.write(mine, answer.encode())
                screen += b"<answered>"
        stdout = child.stdout.read().decode() if child.stdout is not None else ""
        return Sat(child.wait(20), stdout, screen.decode())
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()
        if child.stdout is not None:
            child.stdout.close()
        os.close(mine)
