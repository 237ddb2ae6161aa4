"""One stream of sound on its way into lanes: decoded, cleaned, placed in time, resampled."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import av
import numpy as np
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from av.audio.plane import AudioPlane
from av.audio.stream import AudioStream
from av.packet import Packet

from coach.conversation import CoachError
from coach.speech.decoding.clock import Clock
from coach.speech.decoding.lanes import FileLane, LaneWriter
from coach.speech.decoding.limits import Limits, too_long
from coach.speech.samples import RATE, Int16

_FLOATS = {"flt": np.float32, "fltp": np.float32, "dbl": np.float64, "dblp": np.float64}

_PLANES = 8
"""Planes of sound that an FFmpeg frame itself has room for; beyond them PyAV reads astray."""


class Track:
    """Turns packets of one stream into lanes.

    Attributes:
        clock: Where its frames were placed.
        packets: Packets seen.
        bad: Packets that could not be decoded.
        not_numbers: Samples that were no numbers, or infinite, and became silence.
        refitted: Frames whose number of channels was not the stream's.
    """

    def __init__(self, folder: Path, channels: int, length: float | None, limits: Limits) -> None:
        """Make a working file a channel.

        Args:
            folder: Where the working files go.
            channels: Lanes to make.
            length: Seconds that the header promises, where it does.
            limits: Bounds on time and frames.
        """
        self.clock = Clock(length)
        self.packets = 0
        self.bad = 0
        self.not_numbers = 0
        self.refitted = 0
        self._limits = limits
        self._writers: list[LaneWriter] = []
        self._resampler: av.AudioResampler | None = None
        self._shape: tuple[str, int, int] | None = None
        self._at = 0
        try:
            for _ in range(channels):
                self._writers.append(LaneWriter(folder))
        except CoachError:
            self.close()
            raise

    @property
    def peaks(self) -> tuple[int, ...]:
        """Largest absolute sample of each lane so far."""
        return tuple(writer.peak for writer in self._writers)

    def decode(self, packet: Packet[Any], decoder: Callable[[Packet[Any]], Iterable[AudioFrame]], name: str) -> None:
        """Decode one packet and keep its sound; a damaged one is counted and leaves a gap.

        Raises:
            RecordingError: The recording is longer than the limit.
            StorageError: The disk is full.
        """
        if packet.size:
            self.packets += 1
        try:
            if packet.size > self._limits.max_packet_bytes:
                raise ValueError("no recorder writes packets of this size")
            frames = list(decoder(packet))
        except (av.FFmpegError, ValueError):
            self.bad += bool(packet.size)
            if packet.pts is not None and packet.time_base:
                self.clock.start(float(packet.pts * packet.time_base))
            return
        for frame in frames:
            self.take(frame, name)

    def take(self, frame: AudioFrame, name: str) -> None:
        """Place one frame and write it.

        Raises:
            RecordingError: The recording is longer than the limit.
            StorageError: The disk is full.
        """
        channels = frame.layout.nb_channels
        if not frame.samples or frame.sample_rate < self._limits.min_rate or not 1 <= channels <= _PLANES:
            return
        stamp = None if frame.pts is None or frame.time_base is None else float(frame.pts * frame.time_base)
        before = self.clock.position
        start = self.clock.place(stamp, frame.samples / frame.sample_rate)
        if self._limits.exceeded(self.clock.position):
            raise too_long(name, self._limits)
        shape = (frame.format.name, channels, frame.sample_rate)
        if start != before or shape != self._shape:
            self._seam(start, shape)
        self._clean(frame)
        assert self._resampler is not None  # noqa: S101  (made by the seam)
        for piece in self._resampler.resample(frame):
            self._write(piece)

    def finish(self) -> list[FileLane]:
        """Return the lanes, each as long as what was written to it."""
        self._flush()
        return [writer.finish() for writer in self._writers]

    def close(self) -> None:
        """Let the working files go that nobody took over."""
        for writer in self._writers:
            writer.close()

    def _seam(self, start: float, shape: tuple[str, int, int]) -> None:
        """Begin anew at a time: after a gap, or when the stream changes its form."""
        self._flush()
        self._shape = shape
        self._resampler = av.AudioResampler(format="s16p", rate=RATE)
        self._at = max(self._at, round(start * RATE))

    def _flush(self) -> None:
        """Fetch what the resampler still holds: without this the end of every recording is lost."""
        if self._resampler is not None:
            for piece in self._resampler.resample(None):
                if piece is not None:  # what it hands back at the end where there was nothing to resample
                    self._write(piece)
        self._resampler = None

    def _clean(self, frame: AudioFrame) -> None:
        """Set samples that are no numbers to zero, in place, and count them."""
        kind = _FLOATS.get(frame.format.name)
        if kind is None:
            return
        count = frame.samples if frame.format.is_planar else frame.samples * frame.layout.nb_channels
        wrong = [~np.isfinite(np.frombuffer(memoryview(plane), dtype=kind, count=count)) for plane in _planes(frame)]
        if not any(places.any() for places in wrong):
            return
        frame.make_writable()
        for plane, places in zip(_planes(frame), wrong, strict=True):
            samples = np.frombuffer(memoryview(plane), dtype=kind).copy()
            samples[:count][places] = 0
            plane.update(samples.tobytes())
            self.not_numbers += int(places.sum())

    def _write(self, piece: AudioFrame) -> None:
        planes: list[Int16] = [
            np.frombuffer(memoryview(plane), dtype=np.int16)[: piece.samples] for plane in _planes(piece)
        ]
        if len(planes) != len(self._writers):
            self.refitted += 1
            one = planes[0] if len(planes) == 1 else np.mean(planes, axis=0).astype(np.int16)
            planes = [one] * len(self._writers)
        for writer, plane in zip(self._writers, planes, strict=True):
            writer.write(self._at, plane)
        self._at += piece.samples


def _planes(frame: AudioFrame) -> tuple[AudioPlane, ...]:
    """Return the planes that are there: of eight, PyAV finds a ninth, which is no memory of ours."""
    return frame.planes[: frame.layout.nb_channels if frame.format.is_planar else 1]


def decoder_for(stream: AudioStream, limits: Limits) -> AudioCodecContext:
    """Return the decoder of a stream.

    AMR narrow band is given to opencore: the native decoder fails on the pauses that handsets leave out.
    """
    context = stream.codec_context
    if context.name == "amrnb":
        context = av.CodecContext.create("libopencore_amrnb", "r")
        context.sample_rate = stream.codec_context.sample_rate
        context.layout = "mono"
    context.options = {"max_samples": str(limits.max_frame_samples)}
    return context
