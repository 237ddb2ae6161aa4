"""Runs a parser on made inputs in a child with limits; a child that dies is a find, and the next one goes on."""

from __future__ import annotations

import faulthandler
import hashlib
import mmap
import os
import random
import resource
import signal
import struct
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import Any

from coach.conversation import CoachError
from tests.fuzz.mutate import LONGEST, Mutator

MEMORY = 3 * 2**30
"""Bytes of address space beyond what the process has when it begins."""

WALL = 20
"""Seconds that one input may take."""

BATCH = 2000
"""Inputs after which a new child begins, so that what leaks is let go."""

LARGEST_FILE = 256 * 2**20

Run = Callable[[bytes, Path], None]
"""Feeds one input to a parser, in a folder of its own; whatever it raises but a CoachError is a find."""


@dataclass(frozen=True)
class Target:
    """One parser.

    Attributes:
        name: For the command line.
        run: Feeds it.
        seeds: Inputs that it takes.
        tokens: Words that mean something to it.
        watched: Part of the paths of files whose lines guide the search; empty where native code does the work.
    """

    name: str
    run: Run
    seeds: Callable[[], Sequence[bytes]]
    tokens: Sequence[bytes] = ()
    watched: str = ""


@dataclass
class Found:
    """What came of a run.

    Attributes:
        executions: Inputs that were tried.
        taken: Inputs that were no error.
        kept: Inputs that reached lines which none before had reached.
        finds: Where it went wrong, with the input.
        seen: Lines of watched files that were reached.
    """

    executions: int = 0
    taken: int = 0
    kept: int = 0
    finds: dict[str, bytes] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)


class Breach(AssertionError):  # noqa: N818  (it is a promise that is broken)
    """Something that a parser promises does not hold."""


def fuzz(target: Target, seconds: float, seed: int, *, batch: int = BATCH) -> Found:
    """Try inputs for a time.

    Args:
        target: The parser.
        seconds: How long.
        seed: Whence the choices come.
        batch: Inputs a child.
    """
    found = Found()
    corpus = list(target.seeds())
    until = time.monotonic() + seconds
    with mmap.mmap(-1, LONGEST + 16) as current, tempfile.TemporaryDirectory() as folder:
        while time.monotonic() < until:
            seed += 1
            _child(target, corpus, (seed, until, batch), found, (current, Path(folder)))
    return found


def once(target: Target, data: bytes, folder: Path) -> str | None:
    """Feed one input here, and return what went wrong."""
    try:
        target.run(data, folder)
    except CoachError as error:
        return _told(error)
    except Exception as error:  # noqa: BLE001  (every one is a find)
        return _where(error)
    return None


def _told(error: CoachError) -> str | None:
    text = str(error)
    return None if 10 < len(text) < 1500 else f"a message too long or too short: {type(error).__name__}"


def _where(error: BaseException) -> str:
    frames = [f for f in traceback.extract_tb(error.__traceback__) if "/coach/" in f.filename or "fuzz" in f.filename]
    last = frames[-1] if frames else None
    place = f"{Path(last.filename).name}:{last.lineno}" if last is not None else "?"
    detail = str(error)[:200] if isinstance(error, Breach) else ""
    return f"{type(error).__name__} at {place} {detail}".strip()


def _child(
    target: Target,
    corpus: list[bytes],
    plan: tuple[int, float, int],
    found: Found,
    shared: tuple[mmap.mmap, Path],
) -> None:
    """Let one child try inputs, and take note of what it says and of how it ends."""
    current, folder = shared
    current[:16] = bytes(16)
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        code = 1
        try:
            _work(target, (corpus, found.seen), plan, os.fdopen(writing, "wb", 0), (current, folder))
            code = 0
        except BaseException:  # noqa: BLE001  (a fault of the program's own)
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(code)
    os.close(writing)
    with os.fdopen(reading, "rb") as told:
        _listen(told, found, corpus)
    _, status = os.waitpid(child, 0)
    executed, taken, size = struct.unpack("<IIQ", current[:16])
    found.executions += executed
    found.taken += taken
    if status:
        name = signal.Signals(os.WTERMSIG(status)).name if os.WIFSIGNALED(status) else f"exit {status >> 8}"
        what = f"more than {WALL} s" if name == "SIGALRM" else f"ended by {name}"
        found.finds.setdefault(what, bytes(current[16 : 16 + size]))


def _listen(told: Any, found: Found, corpus: list[bytes]) -> None:  # noqa: ANN401  (a raw stream)
    while len(head := told.read(9)) == 9:
        kind, words, size = head[:1], *struct.unpack("<II", head[1:])
        text, data = told.read(words).decode(), told.read(size)
        if kind == b"!":
            found.finds.setdefault(text, data)
        else:
            found.kept += 1
            found.seen.update(text.split("|"))
            corpus.append(data)


def _work(
    target: Target,
    known: tuple[list[bytes], set[str]],
    plan: tuple[int, float, int],
    tell: Any,  # noqa: ANN401  (a raw stream)
    shared: tuple[mmap.mmap, Path],
) -> None:
    """Be the child: try inputs until the batch or the time is over."""
    (corpus, seen), (seed, until, batch), (current, folder) = known, plan, shared
    _limit()
    rng = random.Random(seed)
    mutate = Mutator(rng, target.tokens)
    watch = _watcher(target.watched, seen) if target.watched else None
    for number in range(1, batch + 1):
        # The newest are looked at more often: they are where something new was reached.
        pick = rng.choice(corpus) if rng.random() < 0.5 else rng.choice(corpus[-20:])
        data = mutate(pick, rng.choice(corpus))
        current[8:16] = struct.pack("<Q", len(data))
        current[16 : 16 + len(data)] = data
        signal.alarm(WALL)
        before = set(seen)
        sys.settrace(watch)
        try:
            wrong = _once_told(target, data, folder, current)
        finally:
            sys.settrace(None)
        signal.alarm(0)
        current[:4] = struct.pack("<I", number)
        if wrong is not None:
            _say(tell, b"!", wrong, data)
        elif new := seen - before:
            corpus.append(data)
            _say(tell, b"+", "|".join(new), data)
        if time.monotonic() > until:
            return


def _once_told(target: Target, data: bytes, folder: Path, current: mmap.mmap) -> str | None:
    try:
        target.run(data, folder)
    except CoachError as error:
        return _told(error)
    except Exception as error:  # noqa: BLE001  (every one is a find)
        return _where(error)
    taken = struct.unpack("<I", current[4:8])[0]
    current[4:8] = struct.pack("<I", taken + 1)
    return None


def _say(tell: Any, kind: bytes, text: str, data: bytes) -> None:  # noqa: ANN401
    raw = text.encode("utf-8", "backslashreplace")
    message = kind + struct.pack("<II", len(raw), len(data)) + raw + data
    while message:
        message = message[tell.write(message) :]


def _limit() -> None:
    with Path("/proc/self/statm").open(encoding="ascii") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    for what, most in (
        (resource.RLIMIT_AS, now + MEMORY),
        (resource.RLIMIT_FSIZE, LARGEST_FILE),
        (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, 3600),
    ):
        resource.setrlimit(what, (most, most))
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    faulthandler.disable()  # how a child died is told by its status


def _watcher(part: str, seen: set[str]) -> Callable[[FrameType, str, Any], Any]:
    """Return a tracer that notes which lines of watched files are reached."""
    wanted = tuple(part.split(","))

    def lines(frame: FrameType, event: str, _argument: object) -> Any:  # noqa: ANN401
        if event == "line":
            seen.add(f"{frame.f_code.co_filename}:{frame.f_lineno}")
        return lines

    def calls(frame: FrameType, _event: str, _argument: object) -> Any:  # noqa: ANN401
        return lines if any(name in frame.f_code.co_filename for name in wanted) else None

    return calls


def save(target: str, finds: dict[str, bytes], folder: Path) -> list[Path]:
    """Write inputs to a folder, named by parser and content, and return their paths."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for data in finds.values():
        path = folder / f"{target}-{hashlib.sha256(data).hexdigest()[:12]}"
        path.write_bytes(data)
        paths.append(path)
    return paths
