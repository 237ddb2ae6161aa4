"""Made calls for a shift: one to six minutes each, the same for the same number."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from tests.calls.compose import Scenario, compose

SHORTEST, LONGEST = 60.0, 360.0
"""Length of a call, in seconds."""
SEED = 20_000


def make(folder: Path, calls: int, *, longest: float = LONGEST) -> tuple[list[Path], float]:
    """Write so many calls where they are not there yet, and return them with their length in seconds.

    Args:
        folder: Where to write.
        calls: How many.
        longest: Length of the longest, in seconds.
    """
    folder.mkdir(parents=True, exist_ok=True)
    lengths = np.random.default_rng(SEED).uniform(SHORTEST, max(longest, SHORTEST + 1), calls)
    paths, total = [], 0.0
    for number, seconds in enumerate(lengths):
        path = folder / f"call-{number:04d}-{seconds:.0f}s.wav"
        if not path.exists():
            unfinished = path.with_suffix(".part.wav")
            compose(SEED + number, Scenario(seconds=float(seconds))).write(unfinished)
            unfinished.replace(path)
        paths.append(path)
        total += (path.stat().st_size - 44) / (8000 * 2 * 2)
    return paths, total
