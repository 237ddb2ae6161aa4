"""Workers as processes of this machine."""

from __future__ import annotations

import multiprocessing
import pickle
import signal
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from multiprocessing import connection
from multiprocessing.connection import Connection
from typing import cast

from coach.engines.machine import cores, default_jobs, pin
from coach.engines.protocol import Died, Done, Factory, Item, Limits, Result
from coach.engines.schedule import Crew, Hand, Heard, Lost, Schedule
from coach.engines.serving import DISMISSED, serve

GRACE = 5.0
"""Seconds in which a worker may end in good order before it is killed."""

_CONTEXT = multiprocessing.get_context("spawn")


class LocalEngine:
    """Runs items in processes of their own: one dies, the others go on.

    Each process is started afresh, takes its share of the cores as threads, and serves one item at a time. It ends
    with its parent, however that ends.
    """

    name = "local"

    def __init__(
        self,
        jobs: int | None = None,
        *,
        limits: Limits | None = None,
        threads: int | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        """Make it; nothing is started yet.

        Args:
            jobs: Processes at once; by default one a core, within what memory there is.
            limits: What each may take.
            threads: In each process; by default the cores shared out among them.
            environment: What else is different in a worker's.
        """
        self.jobs = max(1, jobs or default_jobs())
        self.limits = limits or Limits()
        self.threads = threads
        self._environment = dict(environment or {})

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
            cost: How long an item takes, in any unit: the longest go first.
            on_start: Told an item's index before it is handed out.

        Raises:
            Exception: What a worker's ``open`` raised.
            EngineError: Workers die before they are open.
        """
        jobs = min(self.jobs, max(len(items), 1))
        threads = self.threads or max(1, cores() // jobs)
        crew = _Processes(pickle.dumps(factory), {**pin(threads), **self._environment})
        return Schedule[Item, Result](crew, items, jobs, self.limits, on_start).run(cost)


class _Process(Hand):
    """One worker and the pipe to it."""

    def __init__(self, factory: bytes, environment: Mapping[str, str]) -> None:
        self.pipe, theirs = _CONTEXT.Pipe()
        self._process = _CONTEXT.Process(target=serve, args=(theirs, factory, environment), daemon=True)
        with _uninterrupted():
            self._process.start()
        theirs.close()  # so that the pipe ends with the worker

    def give(self, item: object) -> None:
        with suppress(OSError):  # it has died: its pipe says so
            self.pipe.send_bytes(pickle.dumps(item))

    def dismiss(self) -> None:
        with suppress(OSError):
            self.pipe.send_bytes(DISMISSED)
        self._process.join(GRACE)
        self._gone()

    def interrupt(self) -> None:
        self._process.terminate()

    def stop(self) -> None:
        self._process.terminate()
        self._process.join(GRACE)
        self._gone()

    def _gone(self) -> None:
        if self._process.is_alive():
            self._process.kill()
        self._process.join()
        self.pipe.close()

    def heard(self) -> Heard:
        """Return what it says; that it is lost where it says no more."""
        try:
            return cast(Heard, pickle.loads(self.pipe.recv_bytes()))  # noqa: S301  (from a worker of ours)
        except (EOFError, OSError):
            self._process.join(GRACE)
            return Lost(_ending(self._process.exitcode))


class _Processes(Crew):
    """Hires processes."""

    def __init__(self, factory: bytes, environment: Mapping[str, str]) -> None:
        self._factory = factory
        self._environment = environment

    def hire(self) -> _Process:
        return _Process(self._factory, self._environment)

    def heard(self, hands: Collection[Hand], seconds: float) -> Sequence[tuple[Hand, Heard]]:
        of: dict[Connection, _Process] = {hand.pipe: hand for hand in hands if isinstance(hand, _Process)}
        spoken = connection.wait(list(of), seconds)
        return [(of[pipe], of[pipe].heard()) for pipe in of if pipe in spoken]


@contextmanager
def _uninterrupted() -> Iterator[None]:
    """Start a process that an interrupt from the keyboard does not reach: it is for the parent to act on."""
    if not hasattr(signal, "pthread_sigmask"):  # Windows: the worker ignores it once it has begun
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _ending(code: int | None) -> str:
    """Return how a process ended, in words."""
    if code is None:
        return "its process no longer answered"
    if code >= 0:
        return f"its process ended by itself with code {code}"
    if -code == getattr(signal, "SIGKILL", 9):
        return "its process was killed, as the system does where memory runs out"
    with suppress(ValueError):
        return f"its process crashed ({signal.Signals(-code).name})"
    return f"its process crashed (signal {-code})"
