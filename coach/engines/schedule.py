"""Who does what next: the same for every engine, wherever its workers are."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeAlias

from coach.conversation import ModelError
from coach.engines.protocol import Died, Done, Item, Limits, Result

BIRTHS = 3
"""Workers that may die one after the other before any of them is open."""
GLANCE = 1.0
"""Seconds between two looks at the clock while nothing is heard."""


class EngineError(ModelError):
    """Workers die before they have begun, or the engine itself cannot be had."""


@dataclass(frozen=True, slots=True)
class Ready:
    """A worker is open."""


@dataclass(frozen=True, slots=True)
class Refused:
    """A worker could not be opened."""

    error: Exception


@dataclass(frozen=True, slots=True)
class Finished:
    """The item in hand has its result; ``memory`` is what the worker then holds, in bytes, 0 where nobody knows."""

    result: Any
    memory: int = 0


@dataclass(frozen=True, slots=True)
class Failed:
    """The work on the item in hand raised an error."""

    reason: str


@dataclass(frozen=True, slots=True)
class Lost:
    """The worker is no more."""

    reason: str


Heard: TypeAlias = Ready | Refused | Finished | Failed | Lost


class Hand(Protocol):
    """One worker, as seen from here."""

    def give(self, item: object) -> None:
        """Hand it an item; a worker that has died meanwhile is heard of as lost."""

    def dismiss(self) -> None:
        """Let it close and go; it has nothing in hand. Return when it is gone."""

    def interrupt(self) -> None:
        """Tell it to end as soon as it can."""

    def stop(self) -> None:
        """End it whatever it does; return when it is gone."""


class Crew(Protocol):
    """Where workers come from and are heard."""

    def hire(self) -> Hand:
        """Return a new worker, which is not open yet."""

    def heard(self, hands: Collection[Hand], seconds: float) -> Sequence[tuple[Hand, Heard]]:
        """Return what workers have to say, after so many seconds at most."""


@dataclass(slots=True)
class _Post:
    """What is known of one worker."""

    open: bool = False
    item: int | None = None
    since: float = 0.0
    done: int = 0


@dataclass
class Schedule(Generic[Item, Result]):
    """Hands items to workers and yields how each ended.

    Attributes:
        crew: Where workers come from.
        items: What to work on.
        jobs: Workers at once.
        limits: What each may take.
        on_start: Told an item's index before it is handed out.
    """

    crew: Crew
    items: Sequence[Item]
    jobs: int
    limits: Limits
    on_start: Callable[[int], None] | None = None
    _posts: dict[Hand, _Post] = field(default_factory=dict, init=False)
    _waiting: deque[int] = field(default_factory=deque, init=False)
    _stillborn: int = field(default=0, init=False)

    def run(self, cost: Callable[[Item], float] | None = None) -> Iterator[Done[Result] | Died]:
        """Yield one value an item.

        Args:
            cost: How long an item takes, in any unit.

        Raises:
            Exception: What a worker's ``open`` raised.
            EngineError: Workers die before they are open.
        """
        order = range(len(self.items))
        self._waiting.extend(order if cost is None else sorted(order, key=lambda i: -cost(self.items[i])))
        try:
            while self._waiting or any(post.item is not None for post in self._posts.values()):
                self._fill()
                for hand, heard in self.crew.heard(tuple(self._posts), self._patience()):
                    ended = self._take(hand, heard)
                    if ended is not None:
                        yield ended
                yield from self._overdue()
            for hand in tuple(self._posts):
                self._let_go(hand)
        finally:
            left, self._posts = tuple(self._posts), {}
            for hand in left:
                hand.interrupt()
            for hand in left:
                hand.stop()

    def _fill(self) -> None:
        """Give every idle worker an item, and hire where there is more to do than hands."""
        for hand, post in tuple(self._posts.items()):
            if post.open and post.item is None and self._waiting:
                self._hand_out(hand, post)
        coming = sum(1 for post in self._posts.values() if not post.open)
        for _ in range(min(self.jobs - len(self._posts), len(self._waiting) - coming)):
            self._posts[self.crew.hire()] = _Post()

    def _hand_out(self, hand: Hand, post: _Post) -> None:
        index = self._waiting.popleft()
        if self.on_start is not None:
            self.on_start(index)
        post.item, post.since = index, time.monotonic()
        hand.give(self.items[index])

    def _take(self, hand: Hand, heard: Heard) -> Done[Result] | Died | None:
        post = self._posts.get(hand)
        if post is None:
            return None
        if isinstance(heard, Ready):
            post.open, self._stillborn = True, 0
            return None
        if isinstance(heard, Refused):
            raise heard.error
        if isinstance(heard, Lost):
            return self._bury(hand, post, heard)
        index, post.item = post.item, None
        post.done += 1
        too_much = isinstance(heard, Finished) and heard.memory > (self.limits.memory or heard.memory)
        if post.done >= self.limits.items or too_much:
            self._let_go(hand)
        if index is None:
            return None
        seconds = time.monotonic() - post.since
        if isinstance(heard, Finished):
            return Done(index, heard.result, seconds)
        return Died(index, "fault", heard.reason, seconds)

    def _bury(self, hand: Hand, post: _Post, lost: Lost) -> Died | None:
        del self._posts[hand]
        hand.stop()
        if not post.open:
            self._stillborn += 1
            if self._stillborn >= BIRTHS:
                raise EngineError(
                    f"{BIRTHS} processes in a row ended before they could begin to work ({lost.reason}). There may be "
                    "too little memory for that many: try again with --jobs 1."
                )
        if post.item is None:
            return None
        return Died(post.item, "killed", lost.reason, time.monotonic() - post.since)

    def _overdue(self) -> Iterator[Died]:
        if self.limits.seconds is None:
            return
        for hand, post in tuple(self._posts.items()):
            seconds = time.monotonic() - post.since
            if post.item is not None and seconds > self.limits.seconds:
                del self._posts[hand]
                hand.stop()
                yield Died(post.item, "time", f"it took longer than {self.limits.seconds:g} s", seconds)

    def _patience(self) -> float:
        if self.limits.seconds is None:
            return GLANCE
        now = time.monotonic()
        left = [post.since + self.limits.seconds - now for post in self._posts.values() if post.item is not None]
        return max(0.0, min([GLANCE, *left]))

    def _let_go(self, hand: Hand) -> None:
        del self._posts[hand]
        hand.dismiss()
