"""Workers as Ray actors: on this machine, or on a cluster.

One actor holds one worker and sees an item through from beginning to end. What travels is the item, which names files
and options, and its result; nothing that is in the files.
"""

from __future__ import annotations

import os
import pickle
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import suppress
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeAlias, cast

import platformdirs

from coach.engines.machine import pin
from coach.engines.protocol import Died, Done, Factory, Item, Limits, Result, Worker
from coach.engines.ray_cluster import AUTO, NOT_JOINED, QUIETLY, parts, reach
from coach.engines.schedule import Crew, EngineError, Hand, Heard, Lost, Ready, Refused, Schedule
from coach.engines.serving import answer, portable

Library: TypeAlias = Any  # an extra: not there for the type checker

GRACE = 5.0
"""Seconds in which an actor may close before it is ended."""
OBJECTS = 80 * 2**20
"""Bytes for objects that actors share: items and results are small and need none."""
MOST_PATH = 40
"""Letters of a folder under which Ray's sockets still have names that the system takes."""

PREFIX = "ray-"
"""Of the folders in which Ray keeps its files."""
LEFT_BEHIND = 14 * 24 * 3600.0
"""Seconds after which such a folder belongs to a run that was killed: longer than any run."""

MISSING = "Ray is not installed, so there is no --engine ray. Install coach with its extra: pip install 'coach[ray]'."
NO_GPU = "Each worker asks for {wanted:g} of a graphics card, and Ray finds {there:g} in all. Try without --gpus."
NOT_BEGUN = "Ray could not be started on this machine ({kind}). `--engine local` does without it."


class RayEngine:
    """Runs items in Ray actors: one dies, the others go on.

    Without an address Ray is started on this machine for this run: it listens on the loopback interface alone, asks
    for a token that is made for the run, reports nothing to anybody, and keeps its files in a folder that only this
    user can enter and that goes with it. Use as a context manager, or call :meth:`close`.
    """

    name = "ray"

    def __init__(
        self,
        address: str | None = None,
        *,
        jobs: int | None = None,
        limits: Limits | None = None,
        cpus: float = 1.0,
        gpus: float = 0.0,
    ) -> None:
        """Make it; nothing is started yet.

        Args:
            address: Of a cluster, such as ``auto`` or ``10.0.0.5:6379``; ``None`` starts Ray here.
            jobs: Actors at once; by default as many as the processors, and graphics cards, allow.
            limits: What each may take.
            cpus: Processors that an actor takes; it works with as many threads.
            gpus: Share of a graphics card that it takes.

        Raises:
            EngineError: Ray is not installed.
            UsageError: The address is none.
        """
        if find_spec("ray") is None:
            raise EngineError(MISSING)
        if address is not None and address != AUTO:
            parts(address)
        self.jobs = jobs
        self.limits = limits or Limits()
        self._address = address
        self._cpus, self._gpus = cpus, gpus
        self._ray: Library = None
        self._folder: Path | None = None

    def __enter__(self) -> Self:
        """Return it; Ray begins with the first items."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Let go of Ray."""
        self.close()

    def close(self) -> None:
        """Leave the cluster; one that was started here ends, and its folder goes."""
        if self._ray is not None:
            self._ray.shutdown()
            self._ray = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def map(
        self,
        factory: Factory[Item, Result],
        items: Sequence[Item],
        *,
        cost: Callable[[Item], float] | None = None,
        on_start: Callable[[int], None] | None = None,
    ) -> Iterator[Done[Result] | Died]:
        """Yield one value an item, as each ends; closing the iterator stops all actors.

        Args:
            factory: Makes a worker.
            items: What to work on.
            cost: How long an item takes, in any unit: the longest go first.
            on_start: Told an item's index before it is handed out.

        Raises:
            Exception: What a worker's ``open`` raised.
            EngineError: Actors die before they are open, or Ray cannot be had.
        """
        if not items:
            return
        ray = self._begin()
        actor = ray.remote(Serving).options(
            num_cpus=self._cpus, num_gpus=self._gpus, max_restarts=0, max_task_retries=0
        )
        crew = _Actors(ray, actor, pickle.dumps(factory), pin(max(1, int(self._cpus))))
        yield from Schedule[Item, Result](crew, items, self._jobs(ray), self.limits, on_start).run(cost)

    def _begin(self) -> Library:
        if self._ray is not None:
            return self._ray
        os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # read when the library is first imported, as are the others
        if self._address is not None:
            reach(self._address)
        options = {"address": self._address} if self._address is not None else self._own()
        ray = import_module("ray")
        try:
            ray.init(**QUIETLY, **options)
        except Exception as error:  # Ray's own errors share no base class
            self.close()
            sentence = NOT_BEGUN if self._address is None else NOT_JOINED
            raise EngineError(sentence.format(kind=type(error).__name__, address=self._address)) from error
        self._ray = ray
        _quiet()
        return ray

    def _own(self) -> dict[str, object]:
        """Return how Ray is started on this machine, for this run and this user alone."""
        self._folder = _private_folder()
        token = self._folder / "token"
        token.touch(mode=0o600)
        token.write_text(secrets.token_hex(32), encoding="ascii")
        os.environ.update(
            RAY_AUTH_MODE="token",
            RAY_AUTH_TOKEN_PATH=str(token),
            RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER="0",  # the name says less than it does: loopback only, on any system
        )
        cpus = {} if self.jobs is None else {"num_cpus": max(1, round(self.jobs * self._cpus))}
        return {"_temp_dir": str(self._folder / "r"), "object_store_memory": OBJECTS, **cpus}

    def _jobs(self, ray: Library) -> int:
        there: Mapping[str, float] = ray.cluster_resources()
        if self._gpus and there.get("GPU", 0.0) < self._gpus:
            raise EngineError(NO_GPU.format(wanted=self._gpus, there=there.get("GPU", 0.0)))
        shares = [there.get("CPU", 1.0) / self._cpus] if self._cpus else []
        shares += [there["GPU"] / self._gpus] if self._gpus else []
        fits = max(1, int(min(shares, default=1.0)))
        return fits if self.jobs is None else min(fits, self.jobs)


class Serving:
    """The actor: one worker, opened once."""

    def __init__(self, factory: bytes, environment: Mapping[str, str]) -> None:
        os.environ.update(environment)
        self._factory = factory
        self._worker: Worker[Any, Any] | None = None

    def open(self) -> bytes:
        """Return whether the worker is open, pickled."""
        try:
            worker: Worker[Any, Any] = pickle.loads(self._factory)()  # noqa: S301  (from the run that made the actor)
            worker.open()
        except Exception as error:  # noqa: BLE001  (told to the run, which raises it)
            return pickle.dumps(Refused(portable(error)))
        self._worker = worker
        return pickle.dumps(Ready())

    def run(self, message: bytes) -> bytes:
        """Return what came of an item, both pickled."""
        if self._worker is None:
            raise ValueError("the worker is not open")
        return answer(self._worker, message)

    def close(self) -> None:
        """Let go of what it holds."""
        if self._worker is not None:
            self._worker.close()


class _Actor(Hand):
    """One actor and what it was last asked."""

    def __init__(self, ray: Library, actor: Library) -> None:
        self._ray = ray
        self._actor = actor
        self.asked: Library = actor.open.remote()

    def give(self, item: object) -> None:
        self.asked = self._actor.run.remote(pickle.dumps(item))

    def dismiss(self) -> None:
        with suppress(Exception):  # whatever became of it, it ends now
            self._ray.get(self._actor.close.remote(), timeout=GRACE)
        self.stop()

    def interrupt(self) -> None:
        """Nothing: it is ended at once."""

    def stop(self) -> None:
        self._ray.kill(self._actor, no_restart=True)

    def heard(self) -> Heard:
        """Return the answer to what it was asked; that it is lost where there will be none."""
        asked, self.asked = self.asked, None
        try:
            return cast(Heard, pickle.loads(self._ray.get(asked)))  # noqa: S301  (from an actor of ours)
        except self._ray.exceptions.RayError as error:
            return Lost(f"its Ray actor was lost ({type(error).__name__}), as happens where memory runs out")


class _Actors(Crew):
    """Hires actors."""

    def __init__(self, ray: Library, actor: Library, factory: bytes, environment: Mapping[str, str]) -> None:
        self._ray = ray
        self._new: Callable[[], Library] = lambda: actor.remote(factory, dict(environment))

    def hire(self) -> _Actor:
        return _Actor(self._ray, self._new())

    def heard(self, hands: Collection[Hand], seconds: float) -> Sequence[tuple[Hand, Heard]]:
        of = {hand.asked: hand for hand in hands if isinstance(hand, _Actor) and hand.asked is not None}
        if not of:
            time.sleep(min(seconds, 0.01))
            return []
        ready, rest = self._ray.wait(list(of), num_returns=1, timeout=seconds)
        more, _ = self._ray.wait(rest, num_returns=len(rest), timeout=0) if ready and rest else ([], rest)
        return [(of[asked], of[asked].heard()) for asked in (*ready, *more)]


def _private_folder() -> Path:
    """Return a new folder that only this user can enter, with a name short enough for sockets below it."""
    cache = platformdirs.user_cache_path("coach")
    for parent in (cache, Path(tempfile.gettempdir()), Path("/tmp")):  # noqa: S108  (mkdtemp makes a private one)
        if len(str(parent)) > MOST_PATH - len("/ray-01234567/r"):
            continue
        with suppress(OSError):
            parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            _sweep(parent)
            return Path(tempfile.mkdtemp(prefix=PREFIX, dir=parent))
    raise EngineError("Ray needs a folder with a short name for its sockets: set TMPDIR to one.")


def _sweep(parent: Path) -> None:
    """Remove the folders of runs that were killed: their token is written once, as they begin."""
    for token in parent.glob(f"{PREFIX}*/token"):
        with suppress(OSError):
            if time.time() - token.stat().st_mtime > LEFT_BEHIND:
                shutil.rmtree(token.parent, ignore_errors=True)


def _quiet() -> None:
    """Keep Ray's own remarks off the standard output, where data goes: what matters in them is a value here."""
    with suppress(ImportError, AttributeError, KeyError):
        import_module("ray._private.ray_logging").global_worker_stdstream_dispatcher.remove_handler("ray_print_logs")
