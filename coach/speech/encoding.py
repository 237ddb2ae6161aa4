"""Sound for the report: an MP3 that any browser plays, and the outline that a player draws."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.container import OutputContainer
from av.packet import Packet

from coach.conversation import StorageError
from coach.speech.samples import RATE, Int16, Samples
from coach.speech.threads import threads

_BIT_RATE = {1: 24_000, 2: 32_000}
_LAYOUT = {1: "mono", 2: "stereo"}
_LAME = {"compression_level": "7", "joint_stereo": "0", "reservoir": "0"}
"""On two lanes of telephone speech twice as fast as LAME's own choice, and nearer to the original by 4 dB.

Without joint stereo nothing of one lane is coded with the other. Without the bit reservoir (0.3 dB) each frame
stands alone, so that several encoders can each write a piece."""

_FRAME = 576
_SLICE = _FRAME * 500
_AROUND = _FRAME * 12
"""Samples (0.43 s) that the encoder of a piece hears before it and after it, so that nothing is heard of the seam."""
_FULL_SCALE = 32_768.0


def encode_mp3(
    lanes: Sequence[Samples],
    sink: Path | BinaryIO,
    *,
    bit_rate: int | None = None,
    progress: Callable[[float], None] | None = None,
) -> None:
    """Write one lane as mono or two as stereo MP3, 16 kHz, constant bit rate, pieces side by side.

    The same lanes give the same bytes on any number of cores. The file's header says how much the encoder put
    before the sound, and players take that away again.

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
    stream = container.add_stream("libmp3lame", rate=RATE, bit_rate=bit_rate)
    stream.codec_context.layout = _LAYOUT[len(lanes)]
    stream.codec_context.format = "s16p"
    stream.codec_context.options = dict(_LAME)
    container.start_encoding()  # the stream's own encoder only says in the header what the pieces' do
    length = max(len(lane) for lane in lanes)
    for stop, packets in _pieces(lanes, length, bit_rate):
        for packet in packets:
            packet.stream = stream
            container.mux(packet)
        if progress:
            progress(stop / length)


def _pieces(lanes: Sequence[Samples], length: int, bit_rate: int) -> Iterator[tuple[int, list[Packet[Any]]]]:
    """Yield where each piece ends and its packets, in order; only a few are in memory."""
    waiting: deque[tuple[int, Future[list[Packet[Any]]]]] = deque()
    workers = threads()
    with ThreadPoolExecutor(workers, "encoder") as pool:
        for start in range(0, length, _SLICE):
            stop = min(start + _SLICE, length)
            waiting.append((stop, pool.submit(_piece, lanes, length, start, bit_rate)))
            if len(waiting) > workers:
                earliest, future = waiting.popleft()
                yield earliest, future.result()
        for earliest, future in waiting:
            yield earliest, future.result()


def _piece(lanes: Sequence[Samples], length: int, start: int, bit_rate: int) -> list[Packet[Any]]:
    """Return the packets of one piece; the last piece's go on to the end of what the encoder gives."""
    encoder = _encoder(len(lanes), bit_rate)
    last = start + _SLICE >= length
    begin, end = max(start - _AROUND, 0), min(start + _SLICE + _AROUND, length)
    block = np.stack([_padded(lane, begin, end - begin) for lane in lanes])
    packets: list[Packet[Any]] = []
    for at in range(0, end - begin, _FRAME):
        frame = AudioFrame.from_ndarray(
            np.ascontiguousarray(block[:, at : at + _FRAME]), format="s16p", layout=_LAYOUT[len(lanes)]
        )
        frame.sample_rate = RATE
        frame.pts = begin + at
        packets += encoder.encode(frame)
    packets += encoder.encode(None)
    # One packet a frame, in step in all pieces; at the very end a few more, with what the encoder held back.
    first = (start - begin) // _FRAME
    return packets[first:] if last else packets[first : first + _SLICE // _FRAME]


def _encoder(lanes: int, bit_rate: int) -> AudioCodecContext:
    encoder = AudioCodecContext.create("libmp3lame", "w")
    encoder.sample_rate = RATE
    encoder.bit_rate = bit_rate
    encoder.layout = _LAYOUT[lanes]
    encoder.format = "s16p"
    encoder.options = dict(_LAME)
    return encoder


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
