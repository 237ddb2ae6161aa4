"""Lanes made of other lanes, without a copy."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from coach.speech.samples import Int16, Samples


class Part:
    """A stretch of a lane as a lane of its own."""

    def __init__(self, samples: Samples, start: int, stop: int) -> None:
        self._samples = samples
        self._start = max(start, 0)
        self._stop = max(min(stop, len(samples)), self._start)

    def __len__(self) -> int:
        """Return the number of samples."""
        return self._stop - self._start

    def read(self, start: int, stop: int) -> Int16:
        """Return samples ``start`` to ``stop`` of the stretch, clipped to it."""
        first, last = self._start + max(start, 0), min(self._start + max(stop, 0), self._stop)
        return self._samples.read(first, max(first, last))


class Mixed:
    """The mean of several lanes; where one has ended, it counts as silence."""

    def __init__(self, lanes: Sequence[Samples]) -> None:
        if not lanes:
            raise ValueError("expected at least one lane to mix")
        self._lanes = tuple(lanes)

    def __len__(self) -> int:
        """Return the number of samples: the longest lane's."""
        return max(len(lane) for lane in self._lanes)

    def read(self, start: int, stop: int) -> Int16:
        """Return samples ``start`` to ``stop``, clipped to the lane."""
        first = max(start, 0)
        mixed = np.zeros(max(min(stop, len(self)) - first, 0), np.float32)
        for lane in self._lanes:
            block = lane.read(first, stop)
            mixed[: len(block)] += block
        return np.rint(mixed / len(self._lanes)).astype(np.int16)
