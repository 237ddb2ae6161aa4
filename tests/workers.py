"""Workers for the tests of the engines: each item says what is to happen in the process that has it in hand."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from coach.conversation import ModelError


@dataclass(frozen=True)
class Making:
    """Makes workers; picklable."""

    folder: str
    opens: str = "well"

    def __call__(self) -> Working:
        return Working(Path(self.folder), self.opens)


class Working:
    """Doubles numbers, and does as it is told by words."""

    def __init__(self, folder: Path, opens: str) -> None:
        self._folder = folder
        self._opens = opens
        self._held = bytearray()

    def open(self) -> None:
        if self._opens == "error":
            raise ModelError("The model is not there. Pull it.")
        if self._opens == "death":
            os.kill(os.getpid(), signal.SIGKILL)
        (self._folder / f"opened-{os.getpid()}").touch()

    def run(self, item: object) -> object:
        (self._folder / f"begun-{item}").write_text(str(os.getpid()), encoding="utf-8")
        if isinstance(item, int):
            return item * 2
        word, _, rest = str(item).partition(":")
        return {
            "kill": lambda: os.kill(os.getpid(), signal.SIGKILL),
            "crash": lambda: os.kill(os.getpid(), signal.SIGSEGV),
            "leave": lambda: os._exit(7),
            "raise": lambda: {}[rest],
            "sleep": lambda: time.sleep(float(rest)) or "slept",
            "pid": os.getpid,
            "unsendable": lambda: lambda: None,
            "grow": lambda: self._held.extend(b"x" * int(rest)),
            "environment": lambda: os.environ.get(rest),
        }[word]()

    def close(self) -> None:
        (self._folder / f"closed-{os.getpid()}").touch()
