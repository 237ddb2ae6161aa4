"""Work over many items in other processes: what a worker is, what an engine gives back.

Nothing here knows what the items are. An engine promises that every item ends in exactly one value, whatever
becomes of the process that had it in hand.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Generic, Literal, Protocol, TypeAlias, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
Item_contra = TypeVar("Item_contra", contravariant=True)
Result_co = TypeVar("Result_co", covariant=True)

Cause = Literal["killed", "time", "fault"]
"""Why an item has no result: its process died, its time was over, or its work raised an error."""


class Worker(Protocol[Item_contra, Result_co]):
    """What one process holds: opened once, then one item after the other."""

    def open(self) -> None:
        """Load what is held for all items; an error here ends the whole run, for no other worker would fare better."""

    def run(self, item: Item_contra) -> Result_co:
        """Return an item's result, a small value; what goes wrong with the item is best a value too."""

    def close(self) -> None:
        """Let go of it."""


Factory: TypeAlias = Callable[[], Worker[Item, Result]]
"""Makes a worker, in its own process; it must be picklable, and so must items and results."""


@dataclass(frozen=True, slots=True)
class Done(Generic[Result]):
    """An item with its result.

    Attributes:
        index: Its place among the items, from 0.
        result: As the worker returned it.
        seconds: From handing it out to having the result.
    """

    index: int
    result: Result
    seconds: float


@dataclass(frozen=True, slots=True)
class Died:
    """An item whose process died, whose time was over, or whose work raised an error; the others went on.

    Attributes:
        index: Its place among the items, from 0.
        cause: Which of these.
        reason: The same in words, for people; it holds nothing of the item.
        seconds: From handing it out to its end.
    """

    index: int
    cause: Cause
    reason: str
    seconds: float


@dataclass(frozen=True, slots=True)
class Limits:
    """What a worker may take.

    Attributes:
        items: Items after which a worker makes room for a new one, so that nothing that leaks adds up.
        memory: Bytes held after an item above which it does so too; ``None`` for no limit.
        seconds: Wall-clock seconds that one item may take; ``None`` for no limit.
    """

    items: int = 200
    memory: int | None = 2_000_000_000
    seconds: float | None = 4 * 3600.0


class Engine(Protocol):
    """Runs a worker's work over items, somewhere."""

    name: str
    """As the command line calls it."""

    def map(
        self,
        factory: Factory[Item, Result],
        items: Sequence[Item],
        *,
        cost: Callable[[Item], float] | None = None,
        on_start: Callable[[int], None] | None = None,
    ) -> Iterator[Done[Result] | Died]:
        """Yield one value an item, as each ends; closing the iterator stops all workers.

        Args:
            factory: Makes a worker.
            items: What to work on.
            cost: How long an item takes, in any unit: the longest go first, so that none is left over at the end.
            on_start: Told an item's index before it is handed out; never before the item that ended is consumed.

        Raises:
            Exception: What a worker's ``open`` raised.
            EngineError: Workers die before they are open.
        """
        ...
