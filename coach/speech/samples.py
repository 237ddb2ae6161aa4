"""One channel of sound that need not fit in memory."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

RATE = 16_000
"""Samples a second of every lane inside the product."""

Int16 = NDArray[np.int16]


class Samples(Protocol):
    """One lane: 16 kHz, 16-bit, read in slices so that a four-hour call stays out of memory."""

    def __len__(self) -> int:
        """Return the number of samples."""
        ...

    def read(self, start: int, stop: int) -> Int16:
        """Return samples ``start`` to ``stop``, clipped to the lane: shape ``(n,)``, int16."""
        ...


class InMemory:
    """Samples that are all in memory: short calls, tests, cuts."""

    def __init__(self, samples: Int16) -> None:
        self._samples = np.ascontiguousarray(samples, dtype=np.int16)

    def __len__(self) -> int:
        """Return the number of samples."""
        return len(self._samples)

    def read(self, start: int, stop: int) -> Int16:
        """Return samples ``start`` to ``stop``, clipped to the lane."""
        return self._samples[max(start, 0) : max(stop, 0)]


def slices(samples: Samples, size: int) -> Iterator[tuple[int, Int16]]:
    """Yield the whole lane as ``(offset, block)`` with blocks of ``size`` samples, the last one shorter."""
    for start in range(0, len(samples), size):
        yield start, samples.read(start, start + size)
