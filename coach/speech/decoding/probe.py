"""What a recording says of itself, and whether it is refused before a sample is decoded."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import cast

from av.audio.stream import AudioStream
from av.container import InputContainer

from coach.conversation import RecordingError, StorageError
from coach.speech.decoding import container as containers
from coach.speech.decoding.limits import Limits, too_long
from coach.speech.decoding.raw import RawFormat, headerless
from coach.speech.decoding.riff import Riff, read_riff
from coach.speech.decoding.source import Source
from coach.speech.samples import RATE

_DRM = frozenset({"enca", "drms"})
_UNTIMED = frozenset({"aac", "ac3", "act", "amr", "amrnb", "amrwb", "eac3", "g722", "g723_1", "g729", "gsm", "loas"})
_STEADY = frozenset({1, 3, 6, 7})
"""WAV codec tags whose bytes a second are exact: PCM, float, A-law, µ-law."""

_MICROSECONDS = 1_000_000


@dataclass(frozen=True, slots=True)
class Stream:
    """One stream of sound in a container.

    Attributes:
        index: Its number in the container.
        codec: FFmpeg's name of it.
        sample_rate: Hertz.
        channels: Count.
    """

    index: int
    codec: str
    sample_rate: int
    channels: int


@dataclass(frozen=True, slots=True)
class Probe:
    """What a recording's header says.

    Attributes:
        container: FFmpeg's name of the format.
        streams: The streams of sound that will be decoded: one, or two mono ones.
        declared: Length that the header promises, in seconds; ``None`` when it promises none.
        estimate: Length by header or by size, in seconds; ``None`` when nothing tells it.
        tags: What the container says of itself, by lower-case name.
        cut: Whether the file ends before the length that its header promises.
    """

    container: str
    streams: tuple[Stream, ...]
    declared: float | None
    estimate: float | None
    tags: Mapping[str, str]
    cut: bool = False

    @property
    def codec(self) -> str:
        """The codec of the first stream."""
        return self.streams[0].codec

    @property
    def sample_rate(self) -> int:
        """Hertz, of the first stream."""
        return self.streams[0].sample_rate

    @property
    def channels(self) -> int:
        """Channels of all streams together."""
        return sum(stream.channels for stream in self.streams)


def probe(path: Path, *, raw: RawFormat | None = None, limits: Limits | None = None) -> Probe:
    """Return what a recording's header says, once it is known that it may be decoded.

    Args:
        path: Of the recording.
        raw: What a file without header holds.
        limits: Bounds; the default ones when not given.

    Raises:
        NoSuchRecording: Nothing is there.
        RecordingError: It will not be decoded; the message says why and what to do.
    """
    source = Source.at(path)
    limits = limits or Limits()
    if raw and raw.kind == "vox":
        return probe_vox(source, raw, limits)
    check_headerless(source, raw)
    with containers.translated(source.name), containers.opened(source, raw, limits) as container:
        return look(container, source, limits)


def check_headerless(source: Source, raw: RawFormat | None) -> None:
    """Refuse a file whose name says that it has no header, unless an option or its content says what it holds."""
    kind = headerless(source.path)
    if raw is None and kind and not _has_header(source):
        raise RecordingError(
            f"{source.name}: has no header, so nothing in it says how it is coded. "
            f"Say it with --raw {kind} (with another rate or two channels: --raw {kind}:16000:2ch)."
        )


def _has_header(source: Source) -> bool:
    with source.path.open("rb") as file:
        head = file.read(12)
    return head[:4] in (b"RIFF", b"RF64", b"fLaC", b"OggS", b"caff", b"FORM", b".snd", b"riff") or head[4:8] == b"ftyp"


def probe_vox(source: Source, raw: RawFormat, limits: Limits) -> Probe:
    """Return the facts of a Dialogic file: all from the option and the size."""
    length = source.size / raw.bytes_per_second
    found = Probe("vox", (Stream(0, "adpcm_ima_oki", raw.sample_rate, 1),), None, length, MappingProxyType({}))
    _check_length(found, source, limits)
    return found


def look(container: InputContainer, source: Source, limits: Limits) -> Probe:
    """Return the facts of an open container, or refuse it.

    Raises:
        RecordingError: It will not be decoded.
    """
    riff = read_riff(source.path)
    streams = _choose(container, source, riff)
    facts = tuple(_facts(stream, source, limits) for stream in streams)
    declared = _declared(container, streams, source, riff)
    by_size = container.duration / _MICROSECONDS if container.duration and container.duration > 0 else None
    cut = riff is not None and riff.cut
    found = Probe(
        container.format.name,
        facts,
        declared,
        by_size if cut else (declared or by_size),
        _tags(container, streams),
        cut,
    )
    _check_length(found, source, limits)
    return found


def _choose(container: InputContainer, source: Source, riff: Riff | None) -> list[AudioStream]:
    """Return the streams to decode: the only one, or two mono ones as the two parties."""
    streams = list(container.streams.audio)
    if not streams:
        raise RecordingError(f"{source.name}: has no sound in it, only other tracks. Export the call's sound.")
    for stream in streams:
        if cast("object", stream.codec_context) is None:  # PyAV's annotation leaves this out
            codec = f"the codec of its sound ({container.format.name} file)"
            if riff:
                codec = containers.codec_by_tag(riff.tag)
            elif container.format.name == "codec2":
                codec = "Codec 2"
            raise RecordingError(f"{source.name}: there is no decoder for {codec}. {containers.CONVERT}")
    mono = all(stream.codec_context.channels == 1 for stream in streams)
    if len(streams) == 1 or (len(streams) == 2 and mono):
        return streams
    raise RecordingError(
        f"{source.name}: has {len(streams)} sound tracks, and nothing says which is whose. "
        "Export one track, or one file a party (--agent and --customer)."
    )


def _facts(stream: AudioStream, source: Source, limits: Limits) -> Stream:
    codec = stream.codec_context
    if _codec_tag(stream) in _DRM:
        raise RecordingError(f"{source.name}: is locked (DRM). Export an unlocked copy from the phone system.")
    if not 1 <= codec.channels <= limits.max_channels:
        raise RecordingError(
            f"{source.name}: its header says {codec.channels or 'no or too many'} channels; "
            f"1 to {limits.max_channels} can be. {containers.CONVERT}"
        )
    if not limits.min_rate <= codec.sample_rate <= limits.max_rate:
        raise RecordingError(
            f"{source.name}: its header says {codec.sample_rate} samples a second; "
            f"{limits.min_rate} to {limits.max_rate} can be. {containers.CONVERT}"
        )
    return Stream(stream.index, codec.name, codec.sample_rate, codec.channels)


def _codec_tag(stream: AudioStream) -> str:
    try:
        return str(stream.codec_context.codec_tag)
    except UnicodeDecodeError:  # PyAV reads the number as letters; WAV's are numbers
        return ""


def _declared(container: InputContainer, streams: list[AudioStream], source: Source, riff: Riff | None) -> float | None:
    """Return the length that the header promises; lengths that FFmpeg only estimated from the size are none."""
    name = container.format.name
    if riff:
        # Of a codec that varies its rate the header's rate is a guess; it serves to tell how much was cut.
        return riff.declared_seconds if riff.cut or riff.tag in _STEADY else None
    if (
        name in _UNTIMED
        or name in ("sln", "mulaw", "alaw", "s16le")
        or (name == "mp3" and not _has_frame_count(source))
    ):
        return None
    of_streams = [float(s.duration * s.time_base) for s in streams if s.duration and s.duration > 0 and s.time_base]
    if of_streams:
        return max(of_streams)
    if container.streams.video or not container.duration or container.duration < 0:
        return None
    return container.duration / _MICROSECONDS


def _has_frame_count(source: Source) -> bool:
    """Return whether an MP3 says how long it is (Xing, Info or VBRI in its first frame)."""
    with source.path.open("rb") as file:
        head = file.read(10)
        if head[:3] == b"ID3" and len(head) == 10:
            size = 0
            for byte in head[6:]:
                size = size << 7 | byte & 0x7F
            file.seek(10 + size)
        else:
            file.seek(0)
        first = file.read(4096)
    return any(mark in first for mark in (b"Xing", b"Info", b"VBRI"))


def _tags(container: InputContainer, streams: list[AudioStream]) -> Mapping[str, str]:
    tags = {key.lower(): value for stream in streams for key, value in stream.metadata.items()}
    tags |= {key.lower(): value for key, value in container.metadata.items()}
    return MappingProxyType(tags)


def _check_length(found: Probe, source: Source, limits: Limits) -> None:
    # An estimate from the size of a compressed file can be far off: decoding finds that out.
    length = found.declared if found.declared is not None and not found.cut else None
    if found.container in ("vox", "wav", "w64", "mulaw", "alaw", "s16le"):
        length = found.estimate
    if length is not None and limits.exceeded(length):
        raise too_long(source.name, limits, length)


def check_room(found: Probe, free: int, folder: Path, limits: Limits) -> None:
    """Make sure that the working files will fit.

    Raises:
        StorageError: They would not.
    """
    if found.estimate is None:
        return
    need = int(min(found.estimate, limits.max_seconds) * RATE * 2 * found.channels) + limits.spare_bytes
    if need > free:
        raise StorageError(
            f"{folder}: about {need >> 20} MB are needed to work on this recording and {free >> 20} MB are free. "
            "Free some space, or choose another working folder."
        )
