"""A recording written again with silence at given times, in the form that it had.

Where every sample has a fixed size (WAV with PCM, float, µ-law or A-law, and files without header) the copy is
the file's own bytes but for those of the silence. FLAC is encoded again without loss. MP3, AAC in m4a and Opus
in Ogg are encoded again at their bit rate: in these a moment's sound is spread over bytes before and after it,
so that no byte of the original may be kept.
"""

from __future__ import annotations

import struct
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from shutil import copyfile
from typing import Any

import av
import numpy as np
from av.audio.frame import AudioFrame
from av.audio.stream import AudioStream
from av.container import InputContainer, OutputContainer

from coach.conversation import Interval, RecordingError, Timeline
from coach.speech.decoding.container import opened, translated
from coach.speech.decoding.limits import Limits
from coach.speech.decoding.probe import Probe, probe
from coach.speech.decoding.raw import RawFormat
from coach.speech.decoding.source import Source

Hide = Callable[[str], str]
"""Returns a text without what is private in it."""

LOSSLESS = frozenset({"wav", "raw", "flac"})
"""Forms in which nothing but the silence changes."""

_BLOCK = 1 << 16
_SILENT: Mapping[int, bytes] = {1: b"\0", 3: b"\0", 6: b"\xd5", 7: b"\xff"}
"""What silence is in a WAV's data, by codec tag: PCM (of 8 bits: 0x80), float, A-law, µ-law."""

_RAW: Mapping[str, int] = {"mulaw": 7, "alaw": 6}
_PLAIN_CHUNKS = frozenset({b"fmt ", b"data", b"fact", b"ds64", b"JUNK", b"PAD "})
_MOST_CHUNKS = 1000
_LARGEST_TEXT = 1 << 24
_BIT_RATES = (8_000, 320_000)


@dataclass(frozen=True, slots=True)
class _Form:
    """How to encode a recording again.

    Attributes:
        container: FFmpeg's name of the muxer.
        encoder: FFmpeg's name of the encoder.
        formats: Sample formats that it takes, the best first.
    """

    container: str
    encoder: str
    formats: tuple[str, ...]


_FORMS: Mapping[tuple[str, str], _Form] = {
    ("flac", "flac"): _Form("flac", "flac", ("s16", "s32")),
    ("mp3", "mp3float"): _Form("mp3", "libmp3lame", ("fltp",)),
    ("mp3", "mp3"): _Form("mp3", "libmp3lame", ("fltp",)),
    ("mov", "aac"): _Form("ipod", "aac", ("fltp",)),
    ("mov", "alac"): _Form("ipod", "alac", ("s16p", "s32p")),
    ("ogg", "opus"): _Form("ogg", "libopus", ("flt",)),
}
"""By the first name of the demuxer, and the decoder."""


@dataclass(frozen=True, slots=True)
class _Fixed:
    """Where samples of a fixed size lie in a file: codec tag, channels, rate, bits, and the bytes from and to."""

    tag: int
    channels: int
    rate: int
    bits: int
    first: int
    last: int

    @property
    def block(self) -> int:
        """Bytes of one moment, all channels."""
        return self.channels * self.bits // 8

    def bytes_of(self, interval: Interval) -> tuple[int, int]:
        """Return the bytes from and to that an interval touches."""
        start = self.first + max(int(np.floor(round(interval.start * self.rate, 3))), 0) * self.block
        end = self.first + max(int(np.ceil(round(interval.end * self.rate, 3))), 0) * self.block
        return min(start, self.last), min(end, self.last)

    @property
    def silence(self) -> bytes:
        """One byte of silence."""
        return b"\x80" if (self.tag, self.bits) == (1, 8) else _SILENT[self.tag]


def form_of(path: Path, *, raw: RawFormat | None = None) -> str:
    """Return the form in which a recording can be written again: ``wav``, ``raw``, ``flac``, ``mp3``, ``m4a``, ``ogg``.

    Args:
        path: Of the recording.
        raw: What a file without header holds.

    Raises:
        RecordingError: It cannot, or is no recording.
    """
    if raw is not None:
        _raw(path, raw)
        return "raw"
    found = probe(path)
    if found.container == "wav":
        _fixed(path)
        return "wav"
    form = _form(path, found)
    return {"ipod": "m4a"}.get(form.container, form.container)


def rewrite(path: Path, silent: Timeline, sink: Path, *, hide: Hide, raw: RawFormat | None = None) -> None:
    """Write a copy of a recording in which nothing is heard at given times, on any channel.

    Rate, channels and length stay, and so do the tags in which nothing is private. Pictures are left out.

    Args:
        path: Of the recording.
        silent: When nothing may be heard, in seconds from the recording's first sound, sorted.
        sink: Where the copy goes; what stands there is replaced.
        hide: Takes what is private out of a tag.
        raw: What a file without header holds.

    Raises:
        RecordingError: It is of a form that cannot be written again.
        OSError: The copy cannot be written.
    """
    if raw is not None:
        fixed = _raw(path, raw)
    else:
        found = probe(path)
        if found.container != "wav":
            _encoded(path, found, silent, sink, hide)
            return
        fixed = _fixed(path)
    copyfile(path, sink)
    with sink.open("r+b") as file:
        for interval in silent:
            start, end = fixed.bytes_of(interval)
            file.seek(start)
            for at in range(start, end, _BLOCK):
                file.write(fixed.silence * (min(at + _BLOCK, end) - at))
        if raw is None:
            _hide_texts(file, hide)


def _refused(path: Path, what: str) -> RecordingError:
    return RecordingError(
        f"{path.name}: {what}, so it cannot be written again in the form it has, and was left as it is. "
        "Convert it to WAV or FLAC first, or delete it by your own rules."
    )


def _raw(path: Path, raw: RawFormat) -> _Fixed:
    if raw.kind == "vox":
        raise _refused(path, "each of its samples leans on those before it (Dialogic ADPCM)")
    tag = _RAW.get(raw.kind, 1)
    bits = 16 if tag == 1 else 8
    size = path.stat().st_size
    return _Fixed(tag, raw.channels, raw.sample_rate, bits, 0, size - size % (raw.channels * bits // 8))


def _fixed(path: Path) -> _Fixed:
    """Return where a WAV's samples lie.

    Raises:
        RecordingError: Its samples have no fixed size, or its header is not what it should be.
    """
    with path.open("rb") as file:
        head: tuple[int, ...] | None = None
        for name, start, length in _chunks(file, path.stat().st_size):
            if name == b"fmt ":
                file.seek(start)
                fields = file.read(min(length, 40))
                if len(fields) >= 16:
                    tag, channels, rate, _, _, bits = struct.unpack("<HHIIHH", fields[:16])
                    extended = struct.unpack("<H", fields[24:26])[0] if tag == 0xFFFE and len(fields) >= 26 else tag
                    head = (extended, channels, rate, bits)
            if name == b"data" and head is not None:
                tag, channels, rate, bits = head
                if tag not in _SILENT or not channels or bits not in (8, 16, 24, 32, 64) or not rate:
                    raise _refused(path, f"its samples are packed (WAV codec tag 0x{tag:03X})")
                return _Fixed(tag, channels, rate, bits, start, start + length)
    raise _refused(path, "its header is damaged")


def _chunks(file: Any, size: int) -> Iterator[tuple[bytes, int, int]]:  # noqa: ANN401  (a raw file)
    """Yield the chunks of a WAV: name, first byte, and length; one without a length goes on to the end."""
    at, long_size = 12, 0
    for _ in range(_MOST_CHUNKS):
        file.seek(at)
        head = file.read(8)
        if len(head) < 8:
            return
        name, length = head[:4], int(struct.unpack("<I", head[4:])[0])
        if name == b"ds64":
            fields = file.read(16)
            long_size = int(struct.unpack("<Q", fields[8:])[0]) if len(fields) == 16 else 0
        if name == b"data":
            if length == 0xFFFFFFFF and long_size:
                length = long_size
            elif length == 0 or length >= 0x7FFFF000:  # its writer could not seek back
                length = size - at - 8
        length = min(length, size - at - 8)
        yield name, at + 8, length
        at += 8 + length + length % 2


def _hide_texts(file: Any, hide: Hide) -> None:  # noqa: ANN401
    """Take what is private out of the texts of a WAV, each as long as it was."""
    file.seek(0, 2)
    for name, start, length in list(_chunks(file, file.tell())):
        if name in _PLAIN_CHUNKS or length > _LARGEST_TEXT:
            continue
        file.seek(start)
        payload = file.read(length)
        hidden = _hidden_list(payload, hide) if name == b"LIST" else _blank(payload, hide)
        if hidden != payload:
            file.seek(start)
            file.write(hidden)


def _blank(payload: bytes, hide: Hide) -> bytes:
    """Return a chunk of a kind that is not known; of zeros where any text in it is private."""
    texts = [piece.decode("utf-8", "replace") for piece in payload.split(b"\0") if piece.strip()]
    return bytes(len(payload)) if any(hide(text) != text for text in texts) else payload


def _hidden_list(payload: bytes, hide: Hide) -> bytes:
    """Return a list of tags with the private ones' texts replaced."""
    made, at = bytearray(payload), 4
    while at + 8 <= len(payload):
        length = min(int(struct.unpack("<I", payload[at + 4 : at + 8])[0]), len(payload) - at - 8)
        raw = payload[at + 8 : at + 8 + length]
        text = raw.rstrip(b"\0").decode("utf-8", "replace")
        hidden = hide(text)
        if hidden != text:
            made[at + 8 : at + 8 + length] = hidden.encode()[:length].ljust(length, b"\0")
        at += 8 + length + length % 2
    return bytes(made)


def _form(path: Path, found: Probe) -> _Form:
    form = _FORMS.get((found.container.split(",")[0], found.codec))
    if form is None:
        raise _refused(path, f"it is {found.codec} in a {found.container.split(',')[0]} file")
    if len(found.streams) != 1:
        raise _refused(path, f"it has {len(found.streams)} sound tracks")
    return form


def _encoded(path: Path, found: Probe, silent: Timeline, sink: Path, hide: Hide) -> None:
    form, limits = _form(path, found), Limits()
    options = {"fflags": "+bitexact"} if form.container == "mp3" else {}
    with translated(path.name), opened(Source.at(path), None, limits) as source:
        if any(stream.type not in ("audio", "video") for stream in source.streams):
            raise _refused(path, "it has tracks beside its sound")
        stream = source.streams.audio[0]
        with av.open(str(sink), "w", format=form.container, options=options) as out:
            for key, value in {**stream.metadata, **source.metadata}.items():
                if key not in ("encoder", "major_brand", "minor_version", "compatible_brands", "handler_name"):
                    out.metadata[key] = hide(value)
            _encode(source, stream, out, form, silent)


def _encode(source: InputContainer, stream: AudioStream, out: OutputContainer, form: _Form, silent: Timeline) -> None:
    codec = stream.codec_context
    target: Any = out.add_stream(form.encoder, rate=codec.sample_rate)  # PyAV's annotation allows for pictures
    target.codec_context.layout = codec.layout
    taken = codec.format.name if codec.format.name in form.formats else form.formats[0]
    target.codec_context.format = taken
    if form.encoder not in ("flac", "alac"):
        rate = codec.bit_rate or source.bit_rate or 64_000
        target.codec_context.bit_rate = min(max(rate, _BIT_RATES[0]), _BIT_RATES[1])
    resampler = av.AudioResampler(format=taken, layout=codec.layout, rate=codec.sample_rate)
    cover = _Covering(silent, codec.sample_rate)
    for frame in _decoded(source, stream):
        covered = cover(frame)
        for ready in resampler.resample(covered) if covered is not None else ():
            _put(out, target, ready)
    for ready in resampler.resample(None):
        _put(out, target, ready)
    _put(out, target, None)


def _put(out: OutputContainer, target: Any, frame: AudioFrame | None) -> None:  # noqa: ANN401  (PyAV's stream)
    for packet in target.encode(frame):
        out.mux(packet)


def _decoded(source: InputContainer, stream: AudioStream) -> Iterator[AudioFrame]:
    """Yield the frames of a stream; one that is damaged is for the comparison to find."""
    for packet in source.demux(stream):
        try:
            yield from packet.decode()
        except av.error.InvalidDataError:
            continue


class _Covering:
    """Puts silence where it belongs, frame by frame, counted from the first one.

    Args:
        silent: In seconds.
        rate: Samples a second.
    """

    def __init__(self, silent: Timeline, rate: int) -> None:
        def place(seconds: float) -> float:
            return round(seconds * rate, 3)

        self._spans = [(int(np.floor(place(i.start))), int(np.ceil(place(i.end)))) for i in silent]
        self._ends = [end for _, end in self._spans]
        self._origin: float | None = None
        self._at = self._written = 0

    def __call__(self, frame: AudioFrame) -> AudioFrame | None:
        """Return a frame without what may not be heard; times are counted from the first frame's.

        What an encoder put before the sound goes, for the next one puts its own there.
        """
        samples = frame.to_ndarray()
        planar = frame.format.is_planar
        channels = len(frame.layout.channels)
        at = self._place(frame)
        held = samples if planar else samples.reshape(-1, channels).T
        self._cover(held, at)
        self._at = at + frame.samples
        early = min(max(-round((frame.pts or 0) * (frame.time_base or 0) * frame.sample_rate), 0), frame.samples)
        if early == frame.samples:
            return None
        held = held[:, early:]
        plain = held if planar else np.ascontiguousarray(held.T).reshape(1, -1)
        made = AudioFrame.from_ndarray(np.ascontiguousarray(plain), format=frame.format.name, layout=frame.layout.name)
        made.sample_rate = frame.sample_rate
        made.time_base = Fraction(1, frame.sample_rate)
        made.pts = self._written  # an encoder says by it how much it put before the sound
        self._written += made.samples
        return made

    def _place(self, frame: AudioFrame) -> int:
        if frame.pts is None or frame.time_base is None:
            return self._at
        time = float(frame.pts * frame.time_base)
        self._origin = time if self._origin is None else self._origin
        placed = round((time - self._origin) * frame.sample_rate)
        return placed if abs(placed - self._at) > 2 else self._at  # coarse clocks round

    def _cover(self, samples: Any, at: int) -> None:  # noqa: ANN401  (an array of any sample type)
        count = samples.shape[1]
        zero = 128 if samples.dtype == np.uint8 else 0
        for first, last in self._spans[bisect_right(self._ends, at) :]:
            if first >= at + count:
                break
            a, b = max(first - at, 0), min(last - at, count)
            samples[:, a:b] = zero


def forms() -> Sequence[str]:
    """Return the forms that can be written again, for people."""
    return ("WAV (PCM, float, µ-law, A-law)", "headerless µ-law, A-law and PCM", "FLAC", "MP3", "m4a", "Opus in Ogg")
