"""Which engine a name means."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from coach.conversation import UsageError
from coach.engines.local import LocalEngine
from coach.engines.protocol import Engine, Limits
from coach.nearest import did_you_mean

NAMES = ("local", "ray")


@contextmanager
def open_engine(
    name: str = "local",
    *,
    jobs: int | None = None,
    address: str | None = None,
    gpus: float = 0.0,
    limits: Limits | None = None,
) -> Iterator[Engine]:
    """Yield the engine that a name means; what it started ends with the block.

    Args:
        name: ``local`` or ``ray``.
        jobs: Items at once; by default what the machine, or the cluster, has room for.
        address: Of a Ray cluster; ``None`` starts Ray on this machine.
        gpus: Share of a graphics card for each of Ray's workers.
        limits: What a worker may take.

    Raises:
        UsageError: There is no such engine, or an option is another engine's.
        EngineError: What it needs is not installed.
    """
    if jobs is not None and jobs < 1:
        raise UsageError("--jobs is a number of calls at once, 1 or more.")
    if name == "local":
        if address is not None or gpus:
            raise UsageError("--address and --gpus are for --engine ray.")
        yield LocalEngine(jobs, limits=limits)
    elif name == "ray":
        from coach.engines.ray import RayEngine  # noqa: PLC0415  (an extra)

        with RayEngine(address, jobs=jobs, limits=limits, gpus=gpus) as engine:
            yield engine
    else:
        raise UsageError(f'There is no engine "{name}"; {did_you_mean(name, NAMES)}')
