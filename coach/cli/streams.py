"""Where words go: data to stdout, talk to stderr, and what happens when nobody listens any more."""

from __future__ import annotations

import contextlib
import os
import sys
from typing import TextIO

import typer


def give(line: str) -> None:
    """Print one line of data. Whoever reads may leave early, as ``| head`` does: the work goes on all the same.

    Raises:
        OSError: It cannot be written, as on a full disk.
    """
    try:
        typer.echo(line)
    except BrokenPipeError:
        silence(sys.stdout)


def tell(line: str) -> None:
    """Print one line of talk; nothing is lost but the line where it cannot be."""
    try:
        typer.echo(line, err=True)
    except OSError:
        silence(sys.stderr)


def silence(stream: TextIO) -> None:
    """Let what is still written to a stream vanish, so that leaving does not fail over it."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def ensure_open() -> None:
    """Open what the caller closed (``>&-``): a recording's handle must not take the place of stdout."""
    for number, name, mode in ((0, "stdin", "r"), (1, "stdout", "w"), (2, "stderr", "w")):
        try:
            os.fstat(number)
        except OSError:
            handle = os.open(os.devnull, os.O_RDWR)  # the lowest free number, which is this one
            setattr(sys, name, os.fdopen(handle, mode, encoding="utf-8", closefd=False))
