"""Sound for the report: an MP3 that any browser plays, and the outline that a player draws."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import BinaryIO

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.container import OutputContainer

from coach.conversation import StorageError
from coach.speech.samples import RATE, Int16, Samples

_BIT_RATE = {1: 24_000, 2: 32_000}
_LAME = {"compression_level": "7", "joint_stereo": "0"}
"""On two lanes of telephone speech twice as fast as LAME's own choice, and nearer to the original by 4 dB.

Without joint stereo nothing of one lane is coded with the other."""

_FRAME = 576
_SLICE = _FRAME * 500
_FULL_SCALE = 32_768.0


def encode_mp3(
    lanes: Sequence[Samples],
    sink: Path | BinaryIO,
    *,
    bit_rate: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> None:
    """Write one lane as mono or two as stereo MP3, 16 kHz, constant bit rate, slice by slice.

    The same lanes give the same bytes. The file's header says how much the encoder put before the sound, and
    players take that away again.

    Args:
        lanes: One or two, int16 at 16 kHz; the shorter of two is followed by silence.
        sink: A path, or a file open for writing that can seek.
        bit_rate: Bits a second of all lanes together; 24 000 for one lane and 32 000 for two when not given.
        progress: Called with the share that is done, 0 to 1.

    Raises:
        ValueError: Neither one lane nor two, or no sound in them.
        StorageError: The file cannot be written.
    """
    if len(lanes) not in _BIT_RATE or not any(len(lane) for lane in lanes):
        raise ValueError("one or two lanes with sound in them can be encoded")
    target = str(sink) if isinstance(sink, Path) else sink
    options = {"id3v2_version": "0", "write_id3v1": "0", "fflags": "+bitexact"}
    try:
        with av.open(target, mode="w", format="mp3", options=options) as container:
            _encode(container, lanes, bit_rate or _BIT_RATE[len(lanes)], progress)
    except OSError as error:
        where = sink if isinstance(sink, Path) else "the report's sound"
        raise StorageError(
            f"{where}: cannot be written. Check that the disk has room and the folder is yours."
        ) from error


def peaks(lanes: Sequence[Samples], buckets: int) -> tuple[tuple[float, ...], ...]:
    """Return the outline of each lane: the largest absolute sample of each bucket, 0 to 1.

    All lanes share one time line, that of the longest; where a lane is shorter its outline is 0.

    Args:
        lanes: Any number, int16.
        buckets: Values a lane; bucket ``i`` covers samples ``i * n // buckets`` to ``(i + 1) * n // buckets``
            of the ``n`` in the longest lane, and one sample at least.

    Raises:
        ValueError: No bucket.
    """
    if buckets < 1:
        raise ValueError("an outline has one bucket at least")
    longest = max((len(lane) for lane in lanes), default=0)
    return tuple(_outline(lane, longest, buckets) for lane in lanes)


def _encode(
    container: OutputContainer, lanes: Sequence[Samples], bit_rate: int, progress: Callable[[float], None] | None
) -> None:
    layout = "mono" if len(lanes) == 1 else "stereo"
    stream = container.add_stream("libmp3lame", rate=RATE, bit_rate=bit_rate)
    stream.codec_context.layout = layout
    stream.codec_context.format = "s16p"
    stream.codec_context.options = dict(_LAME)
    length = max(len(lane) for lane in lanes)
    for start in range(0, length, _SLICE):
        block = np.stack([_padded(lane, start, min(_SLICE, length - start)) for lane in lanes])
        for first in range(0, block.shape[1], _FRAME):
            piece = np.ascontiguousarray(block[:, first : first + _FRAME])
            frame = AudioFrame.from_ndarray(piece, format="s16p", layout=layout)
            frame.sample_rate = RATE
            frame.pts = start + first
            container.mux(stream.encode(frame))
        if progress:
            progress(min((start + _SLICE) / length, 1.0))
    container.mux(stream.encode(None))


def _padded(lane: Samples, start: int, count: int) -> Int16:
    """Return ``count`` samples of a lane from ``start`` on, silence after its end."""
    samples = lane.read(start, start + count)
    return samples if len(samples) == count else np.pad(samples, (0, count - len(samples)))


def _outline(lane: Samples, longest: int, buckets: int) -> tuple[float, ...]:
    edges = [bucket * longest // buckets for bucket in range(buckets + 1)]
    return tuple(_peak(lane, start, max(stop, start + 1)) for start, stop in pairwise(edges))


def _peak(lane: Samples, start: int, stop: int) -> float:
    largest = 0
    for at in range(start, stop, _SLICE):
        samples = lane.read(at, min(at + _SLICE, stop))
        if len(samples):
            largest = max(largest, int(samples.max()), -int(samples.min()))
    return min(largest / _FULL_SCALE, 1.0)
