"""What shifts and nights are tried with: made calls, a recogniser that says what it was told, an engine in process.

The recogniser knows no sound: it gives the words of a script to whoever speaks, a card number among them. So a call of
three seconds takes a fraction of one, and what is looked for on the disk is known.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import soundfile
from numpy.typing import NDArray

from coach.app.jobs import Result
from coach.engines.protocol import Died, Done
from coach.resources import resource
from coach.speech.transcribers import choose
from coach.speech.transcribers.fake import FakeTranscriber

SCRIPT = {
    "left": "thank you for calling my name is Ann how can I help you today",
    "right": "my bill is wrong and my card number is four one one one one one one one one one one one one one one one",
}
SCRIPT["mono"] = SCRIPT["right"]  # of a call so short that one party alone speaks in it
SECRET = (b"one one one", b"One one one", b"41111111", b"4111 1111", b"4111-1111")
"""What must be in no file."""

_GROUP = re.compile(rb"(?<![0-9a-f.])4111(?![0-9a-f])")
"""A part of the number by itself, which is no part of a hash, nor of a second's fraction."""

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
    """An engine in this process; what befalls an item may be chosen by the name of its recording.

    Attributes:
        deadly: Those that kill it each time.
        deadly_once: Those that kill it the first time.
        answers: What comes of one without any work.
        stops: What is raised instead of working on one: the power fails, somebody stops the run.
        before: Called with a recording before it is worked on.
        began: Recordings in the order in which they were begun.
    """

    name = "here"

    def __init__(self) -> None:
        self.deadly: set[str] = set()
        self.deadly_once: set[str] = set()
        self.answers: dict[str, Result] = {}
        self.stops: dict[str, type[BaseException]] = {}
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
                if on_start is not None:
                    on_start(index)
                yield self._one(index, job, worker)
        finally:
            worker.close()

    def _one(self, index: int, job: Any, worker: Any) -> Done[Any] | Died:  # noqa: ANN401
        name = job.request.source.name
        self.began.append(name)
        self.before(job.request.source)
        if name in self.stops:
            raise self.stops[name]
        if name in self.deadly | self.deadly_once:
            self.deadly_once.discard(name)
            return Died(index, "killed", "its process was killed", 1.0)
        return Done(index, self.answers.get(name) or worker.run(job), 1.0)


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
        if tells(content) or _GROUP.search(content) or path.suffix in (".wav", ".pcm", ".raw"):
            found.append(str(path))
    return found


def tells(content: bytes) -> bool:
    """Return whether the card's number is in it, or more than one part of that."""
    return any(digits in content for digits in SECRET)
