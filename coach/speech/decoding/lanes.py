"""Lanes of sound in working files that have no name: nothing to find, nothing to clean up after a kill."""

from __future__ import annotations

import errno
import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from coach.conversation import StorageError
from coach.speech.samples import Int16, Samples, slices

_BYTES = 2
_SLICE = 1 << 20


def nameless_file(folder: Path) -> int:
    """Return a descriptor of a new file, readable by its owner alone and already unlinked.

    Args:
        folder: Where its bytes go; made (0700) when it is not there.

    Raises:
        StorageError: The folder cannot be written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        private = Path(tempfile.mkdtemp(prefix=".sound-", dir=folder))  # 0700, whatever the folder allows
        try:
            descriptor, name = tempfile.mkstemp(dir=private)  # 0600
            Path(name).unlink()
        finally:
            private.rmdir()
    except OSError as error:
        raise storage_error(folder, error) from error
    return descriptor


def storage_error(folder: Path, error: OSError) -> StorageError:
    """Return what to tell about a working folder that cannot be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return StorageError(f"{folder}: the disk is full. Free some space, or choose another working folder.")
    return StorageError(
        f"{folder}: cannot be written ({os.strerror(error.errno or 0)}). Choose another working folder."
    )


class FileLane:
    """One lane in a nameless file, read slice by slice.

    Reads go through ``pread`` and not through a mapping: mapped pages count as the process's own memory.
    Where nothing was written there is silence, within the lane and up to its length.
    """

    def __init__(self, descriptor: int, length: int, *, lead: int = 0) -> None:
        """Take over a descriptor.

        Args:
            descriptor: Of a file of native int16 samples; closed by ``close``.
            length: Samples in the lane.
            lead: Samples of silence before the file's first one.
        """
        self._descriptor = descriptor
        self._length = length
        self._lead = lead

    def __len__(self) -> int:
        """Return the number of samples."""
        return self._length

    def read(self, start: int, stop: int) -> Int16:
        """Return samples ``start`` to ``stop``, clipped to the lane: shape ``(n,)``, int16.

        Raises:
            ValueError: The sound was closed.
        """
        if self._descriptor < 0:
            raise ValueError("the sound was closed")
        start, stop = max(start, 0), min(stop, self._length)
        samples = np.zeros(max(stop - start, 0), dtype=np.int16)
        skipped = min(max(self._lead - start, 0), len(samples))
        view = samples[skipped:].data.cast("B")
        offset = (start + skipped - self._lead) * _BYTES
        while view:
            got = os.preadv(self._descriptor, [view], offset)
            if not got:
                break  # the rest is silence
            view, offset = view[got:], offset + got
        return samples

    def resized(self, length: int, *, lead: int = 0) -> FileLane:
        """Return the lane with another length and silence before it; this one gives up its file."""
        descriptor, self._descriptor = self._descriptor, -1
        return FileLane(descriptor, length, lead=self._lead + lead)

    def close(self) -> None:
        """Let the file go; its bytes are gone with it."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


class LaneWriter:
    """Writes one lane at any place; what is jumped over is silence and takes no room."""

    def __init__(self, folder: Path) -> None:
        """Make the lane's nameless file in a folder."""
        self._folder = folder
        self._descriptor = nameless_file(folder)
        self.end = 0
        self.peak = 0

    def write(self, start: int, samples: Int16) -> None:
        """Write samples, shape ``(n,)``, from sample ``start`` on.

        Raises:
            StorageError: The disk is full.
        """
        if not len(samples):
            return
        self.peak = max(self.peak, int(samples.max()), -int(samples.min()))
        view = np.ascontiguousarray(samples).data.cast("B")
        offset = start * _BYTES
        try:
            while view:
                done = os.pwrite(self._descriptor, view, offset)
                view, offset = view[done:], offset + done
        except OSError as error:
            raise storage_error(self._folder, error) from error
        self.end = max(self.end, start + len(samples))

    def finish(self) -> FileLane:
        """Return the lane as it was written; the writer is done."""
        descriptor, self._descriptor = self._descriptor, -1
        return FileLane(descriptor, self.end)

    def close(self) -> None:
        """Let the file go unless it was finished."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1


def mix(lanes: Sequence[Samples], folder: Path) -> FileLane:
    """Return the mean of some lanes as a lane of its own.

    Raises:
        StorageError: The folder cannot be written.
    """
    writer = LaneWriter(folder)
    try:
        longest = max(lanes, key=len)
        for start, block in slices(longest, _SLICE):
            total = np.zeros(len(block), dtype=np.float32)
            for lane in lanes:
                part = lane.read(start, start + len(block))
                total[: len(part)] += part
            writer.write(start, np.rint(total / len(lanes)).astype(np.int16))
        return writer.finish()
    finally:
        writer.close()
