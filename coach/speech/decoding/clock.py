"""Where each decoded frame belongs in time."""

from __future__ import annotations

_LEAST, _MOST = 0.002, 0.020
"""Seconds within which a frame's own time may disagree with the sound before it: rounding of time stamps."""

_RESET = 1.0
"""Seconds by which time must step back to mean a clock that was set anew, not one that trembles."""

_LEAP = 1800.0
"""Seconds of silence that a time stamp alone may claim where no header says how long the recording is."""

_BEYOND = 2.0
"""Seconds by which a time stamp may pass the length that the header gives, besides a fiftieth of it."""


class Clock:
    """Places frames by their time stamps, so that what was lost leaves silence and moves nothing after it.

    A frame that follows on the one before, but for rounding, is joined to it without a seam. A frame that is
    later leaves a gap. Time that steps back, or leaps beyond the recording, is a clock set anew: the frame is
    joined on and the clock goes on from there.

    Attributes:
        position: End of the sound so far, in seconds from the first frame.
        origin: Time stamp of the first frame, in seconds; ``None`` before it, or when it has none.
        gaps: Number of gaps.
        silence: Seconds of all gaps.
        resets: How often the clock was set anew.
    """

    def __init__(self, length: float | None) -> None:
        """Start before the first frame.

        Args:
            length: Length of the recording by its header, in seconds, where that is known.
        """
        self._length = length
        self._offset = 0.0
        self._started = False
        self.origin: float | None = None
        self.position = 0.0
        self.gaps = 0
        self.silence = 0.0
        self.resets = 0

    def start(self, stamp: float) -> None:
        """Let time begin here unless it has begun: where the first frame would be, had it not been damaged."""
        if not self._started:
            self._started = True
            self.origin = self._offset = stamp

    def place(self, stamp: float | None, duration: float) -> float:
        """Return where a frame starts, in seconds, and move on past it.

        Args:
            stamp: The frame's own time, in seconds; ``None`` when it has none.
            duration: Its length, in seconds.
        """
        if not self._started:
            self._started = True
            self.origin = stamp
            self._offset = stamp or 0.0
        start = self.position if stamp is None else self._follow(stamp - self._offset, duration)
        self.position = start + duration
        return start

    def _follow(self, time: float, duration: float) -> float:
        ahead = time - self.position
        if ahead <= min(max(duration / 2, _LEAST), _MOST):
            if ahead < -_RESET:
                self._reset(ahead)
            return self.position
        wild = ahead > _LEAP if self._length is None else time > self._length * 1.02 + _BEYOND
        if wild:
            self._reset(ahead)
            return self.position
        self.gaps += 1
        self.silence += ahead
        return time

    def _reset(self, ahead: float) -> None:
        self.resets += 1
        self._offset += ahead
