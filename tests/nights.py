"""What shifts and nights are tried with: made calls, a recogniser that says what it was told, an engine in process.

The recogniser knows no sound: it gives the words of a script to whoever speaks, a card number among them. So a call of
three seconds takes a fraction of one, and what is looked for on the disk is known.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from coach.engines.protocol import Died, Done
from coach.resources import resource
from coach.speech.transcribers import choose
from coach.speech.transcribers.fake import FakeTranscriber

SCRIPT = {
    "left": "thank you for calling my name is Ann how can I help you today",
    "right": "my bill is wrong and my card number is four one one one one one one one one one one one one one one one",
}
SCRIPT["mono"] = SCRIPT["right"]  # of a call so short that one party alone speaks in it
SECRET = (b"4111", b"one one one", b"One one one")
"""What must be in no file."""

POLICY = """\
purpose = "coaching"
supervisors = ["Dana"]
sees = ["workload", "listen_first", "reports", "figures", "calibration"]
keep_days = 60
told_on = 2026-01-05
ask = "Dana, extension 204"
"""


@cache
def _demo() -> tuple[NDArray[np.float64], int]:
    samples, rate = soundfile.read(resource("demo", "high-bill.wav"))
    return samples, rate


def make_call(path: Path, seed: int = 1, seconds: float = 9.0) -> Path:
    """Write some seconds of the demo call, agent left, in which both speak; another seed is another call."""
    samples, rate = _demo()
    start = int((94.0 + seed * 0.01) * rate)
    path.parent.mkdir(parents=True, exist_ok=True)
    soundfile.write(path, samples[start : start + int(seconds * rate)], rate)
    return path


def told_words() -> FakeTranscriber:
    """Return the recogniser that says the script."""
    return FakeTranscriber(SCRIPT)


@contextlib.contextmanager
def told() -> Iterator[None]:
    """Let every review of the block hear what the script says."""
    real = choose._bundled
    choose._bundled = told_words
    try:
        yield
    finally:
        choose._bundled = real


class Here:
    """An engine in this process; some items kill it, and what happens before one is worked on may be chosen."""

    name = "here"

    def __init__(self) -> None:
        self.deadly: set[str] = set()
        self.deadly_once: set[str] = set()
        self.before: Callable[[Path], None] = lambda _path: None
        self.began: list[str] = []

    def map(
        self,
        factory: Callable[[], Any],
        items: Sequence[Any],
        *,
        cost: Callable[[Any], float] | None = None,  # noqa: ARG002  (an engine's shape)
        on_start: Callable[[int], None] | None = None,
    ) -> Iterator[Done[Any] | Died]:
        """Yield each item's end, in order."""
        worker = factory()
        if items:
            worker.open()
        try:
            for index, job in enumerate(items):
                name = job.request.source.name
                if on_start is not None:
                    on_start(index)
                self.began.append(name)
                self.before(job.request.source)
                if name in self.deadly | self.deadly_once:
                    self.deadly_once.discard(name)
                    yield Died(index, "killed", "its process was killed", 1.0)
                else:
                    yield Done(index, worker.run(job), 1.0)
        finally:
            worker.close()


@contextlib.contextmanager
def engine_here(engine: Here, *_: object, **__: object) -> Iterator[Here]:
    """Stand in for ``open_engine``."""
    yield engine


def write_night(folder: Path, mail: Mapping[str, object] | None = None, **night: object) -> Path:
    """Write an agreement and a recipe with a night into a folder, and return the recipe."""
    (folder / "policy.toml").write_text(POLICY, encoding="utf-8")
    (folder / "inbox").mkdir(exist_ok=True)
    table: dict[str, object] = {
        "inbox": ["inbox"],
        "out": "out",
        "store": "shift.sqlite",
        "policy": "policy.toml",
        "settle": 0,
    } | night
    lines = [
        'name = "night"',
        'stages = ["decode", "listen", "diarize", "transcribe", "mask", "converse", "analyse", "coach", "report"]',
        "[settings]",
        'formats = ["html", "json"]',
        'transcriber = "bundled"',
        'diarizer = "none"',
        "library = false",
        "you_first = false",
        "[night]",
        *(f"{name} = {_toml(value)}" for name, value in table.items() if value is not None),
    ]
    if mail is not None:
        lines += ["[night.mail]", *(f"{name} = {_toml(value)}" for name, value in mail.items())]
    path = folder / "night.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _toml(value: object) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_toml, value))}]"
    return str(value) if isinstance(value, int | float) else '"' + str(value).replace("\\", "\\\\") + '"'


def unmasked(*folders: Path) -> list[str]:
    """Return the files below folders that hold the card's digits, in figures or in words, or unfinished sound."""
    found = []
    for path in sorted(path for folder in folders for path in folder.rglob("*") if path.is_file()):
        content = path.read_bytes()
        if any(digits in content for digits in SECRET) or path.suffix in (".wav", ".pcm", ".raw"):
            found.append(str(path))
    return found
