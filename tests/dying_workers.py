"""The product's own workers in their processes: they hear what the script says, and die where they are told to."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from nights import told_words

from coach.app.pipeline import Pipeline
from coach.engines.local import LocalEngine
from coach.engines.protocol import Died, Done
from coach.speech.transcribers import choose

AT_WORK = 120.0
"""Seconds for which a worker that is told to stay goes on with nothing."""


@dataclass(frozen=True)
class Orders:
    """What befalls calls while their workers have them in hand.

    Attributes:
        folder: In which it is noted how often each call was begun, and by which process.
        deaths: The moment at which its worker is killed, for each time that a call is begun, by its recording's name:
            ``STAGE SHARE``, or ``file NUMBER`` before that file of the report takes its place.
        stays: The moment at which every call's worker goes on with nothing until it ends with its parent.
    """

    folder: Path
    deaths: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    stays: str | None = None

    def begun(self, name: str) -> list[int]:
        """Return the processes that had a call in hand, in order."""
        return [int(path.read_text()) for path in sorted(self.folder.glob(f"{name}-*"))]

    def begin(self, name: str) -> str | None:
        """Note that this process has a call in hand, and return the moment at which it is to die."""
        times = len(self.begun(name))
        (self.folder / f"{name}-{times}").write_text(str(os.getpid()))
        deaths = self.deaths.get(name, ())
        return deaths[times] if times < len(deaths) else None

    def at_work(self) -> list[int]:
        """Return the processes that were told to stay and have come so far."""
        return [int(path.name.split("-")[1]) for path in self.folder.glob("stays-*")]


class Workers(LocalEngine):
    """The local engine, whose workers have orders."""

    def __init__(self, jobs: int, orders: Orders) -> None:
        super().__init__(jobs)
        self.orders = orders

    def map(
        self,
        factory: Callable[[], Any],
        items: Sequence[Any],
        *,
        cost: Callable[[Any], float] | None = None,
        on_start: Callable[[int], None] | None = None,
    ) -> Iterator[Done[Any] | Died]:
        """Yield one value an item, as each ends."""
        return super().map(Ordered(factory, self.orders), items, cost=cost, on_start=on_start)


@dataclass(frozen=True)
class Ordered:
    """Makes workers in their processes."""

    factory: Callable[[], Any]
    orders: Orders

    def __call__(self) -> Any:  # noqa: ANN401  (the product's own worker)
        choose._bundled = told_words  # type: ignore[assignment]
        _watch(self.orders)
        return self.factory()


class _Hand:
    """One call in this process's hand."""

    def __init__(self, orders: Orders, death: str | None) -> None:
        self._orders, self._death, self._files = orders, death, 0

    def at(self, stage: str, share: float) -> None:
        """Be somewhere in a stage."""
        self._be(f"{stage} {share}")

    def file(self) -> None:
        """Be before a file takes its place."""
        self._files += 1
        self._be(f"file {self._files}")

    def _be(self, moment: str) -> None:
        if moment == self._death:
            os.kill(os.getpid(), signal.SIGKILL)
        if moment == self._orders.stays:
            (self._orders.folder / f"stays-{os.getpid()}").touch()
            until = time.monotonic() + AT_WORK
            while time.monotonic() < until:
                pass


def _watch(orders: Orders) -> None:
    review: Callable[..., Any] = Pipeline.review
    place = Path.replace
    hands: list[_Hand] = []

    def watched(self: Pipeline, request: Any, output: object, *_: object) -> object:  # noqa: ANN401
        hands[:] = [_Hand(orders, orders.begin(request.source.name))]
        return review(self, request, output, hands[0].at)

    def replace(self: Path, target: Path) -> Path:
        for hand in hands:
            hand.file()
        return place(self, target)

    Pipeline.review = watched  # type: ignore[method-assign, assignment]
    Path.replace = replace  # type: ignore[method-assign, assignment]


def night(recipe: str, environment: Mapping[str, str], orders: Orders) -> None:
    """Run ``coach nightly`` with two workers; all is the product's own but the recogniser."""
    import dying_night  # noqa: PLC0415  (workers, which import this module, are quicker without)

    dying_night.run(recipe, environment, orders.folder / "said.txt", partial(_workers, orders))


def _workers(orders: Orders, *_: object, **__: object) -> AbstractContextManager[Workers]:
    return nullcontext(Workers(2, orders))
