"""Recordings of every kind that phone systems write, made on the spot: no file of anybody's is needed."""

from __future__ import annotations

import random
import struct
from pathlib import Path

import av
import numpy as np
import soundfile
from av.audio.codeccontext import AudioCodecContext
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

SECONDS = 6
RATE = 8_000
Int16 = NDArray[np.int16]


def speech(seed: int, seconds: float = SECONDS) -> Int16:
    """Something with the envelope and the spectrum of speech; the same on every machine."""
    count = int(seconds * RATE)
    time = np.arange(count) / RATE
    dice = random.Random(seed)
    levels = [int(dice.random() * 5) for _ in range(int(seconds * 5) + 1)]
    envelope = np.repeat(np.array([0.0, 0.02, 0.3, 0.6, 1.0])[levels], RATE // 5)[:count]
    envelope = np.convolve(envelope, np.hanning(RATE // 50) / (RATE // 100), "same")
    partials = ((180, 1.0), (360, 0.6), (720, 0.5), (1440, 0.3), (2300, 0.2))
    voice = sum(level * np.sin(2 * np.pi * pitch * time + seed) for pitch, level in partials)
    return np.clip(voice * envelope * 4000, -32_000, 32_000).astype(np.int16)


AGENT, CUSTOMER = speech(1), speech(2)


def envelope(samples: Int16, rate: int) -> NDArray[np.float64]:
    """Level in steps of 20 ms."""
    step = rate // 50
    frames = samples[: len(samples) // step * step].astype(float).reshape(-1, step)
    return np.sqrt((frames**2).mean(axis=1))


def likeness(lane: Int16, source: Int16, source_rate: int = RATE) -> float:
    """Correlation of two envelopes, at the best shift of at most 0.2 s: codecs delay."""
    found, wanted = envelope(lane, 16_000), envelope(source, source_rate)
    best = 0.0
    for shift in range(-10, 11):
        left, right = found[max(shift, 0) :], wanted[max(-shift, 0) :]
        count = min(len(left), len(right))
        best = max(best, float(np.corrcoef(left[:count], right[:count])[0, 1]))
    return best


def encode(
    path: Path,
    container: str,
    codec: str,
    lanes: list[Int16],
    *,
    rate: int = RATE,
    bit_rate: int | None = None,
    options: dict[str, str] | None = None,
    codec_options: dict[str, str] | None = None,
    metadata: dict[str, str] | None = None,
) -> Path:
    """Write lanes of 8 kHz sound as one stream of a container."""
    layout = "mono" if len(lanes) == 1 else "stereo"
    with av.open(str(path), "w", format=container, options=options or {}) as out:
        out.metadata.update(metadata or {})
        stream = out.add_stream(codec, rate=rate)
        context = stream.codec_context
        context.layout = layout
        if bit_rate:
            context.bit_rate = bit_rate
        context.options = {"strict": "-2"} | (codec_options or {})
        context.open()
        for frame in _frames(lanes, layout, context):
            out.mux(stream.encode(frame))
        out.mux(stream.encode(None))
    return path


def _frames(lanes: list[Int16], layout: str, context: AudioCodecContext) -> list[AudioFrame]:
    whole = AudioFrame.from_ndarray(np.ascontiguousarray(np.stack(lanes)), format="s16p", layout=layout)
    whole.sample_rate = RATE
    whole.pts = 0
    resampler = av.AudioResampler(format=context.format, layout=context.layout, rate=context.sample_rate)
    fifo = av.AudioFifo()
    for piece in [*resampler.resample(whole), *resampler.resample(None)]:
        if piece is not None:
            piece.pts = None
            fifo.write(piece)
    frames = []
    size = context.frame_size or 1024
    while (frame := fifo.read(size) or fifo.read(0, partial=True)) is not None:
        frames.append(frame)
    return frames


def two_tracks(
    path: Path, lanes: list[Int16], *, late: float = 0.0, tracks: int = 2, container: str = "matroska"
) -> Path:
    """Write each lane as a track of its own, the second beginning later."""
    with av.open(str(path), "w", format=container) as out:
        streams = [out.add_stream("pcm_s16le", rate=RATE) for _ in range(tracks)]
        for stream in streams:
            stream.codec_context.layout = "mono"
        step = RATE // 50
        for start in range(0, len(lanes[0]), step):
            for number, stream in enumerate(streams):
                samples = np.ascontiguousarray(lanes[number % len(lanes)][np.newaxis, start : start + step])
                frame = AudioFrame.from_ndarray(samples, format="s16", layout="mono")
                frame.sample_rate = RATE
                frame.pts = start + (round(late * RATE) if number else 0)
                out.mux(stream.encode(frame))
        for stream in streams:
            out.mux(stream.encode(None))
    return path


def video(path: Path, container: str, video_codec: str, audio_codec: str, rate: int = RATE) -> Path:
    """Write a call with a picture beside it."""
    with av.open(str(path), "w", format=container) as out:
        picture = out.add_stream(video_codec, rate=5)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        sound = out.add_stream(audio_codec, rate=rate)
        sound.codec_context.layout = "stereo"
        sound.codec_context.options = {"strict": "-2"}
        sound.codec_context.open()
        for number in range(SECONDS * 5):
            frame = av.VideoFrame.from_ndarray(np.full((72, 64), number, np.uint8), format="yuv420p")
            frame.pts = number
            out.mux(picture.encode(frame))
        out.mux(picture.encode(None))
        for frame in _frames([AGENT, CUSTOMER], "stereo", sound.codec_context):
            out.mux(sound.encode(frame))
        out.mux(sound.encode(None))
    return path


def silent_video(path: Path) -> Path:
    """Write a picture without any sound."""
    with av.open(str(path), "w", format="matroska") as out:
        picture = out.add_stream("mpeg4", rate=5)
        picture.width, picture.height, picture.pix_fmt = 64, 48, "yuv420p"
        for number in range(10):
            frame = av.VideoFrame.from_ndarray(np.full((72, 64), number, np.uint8), format="yuv420p")
            frame.pts = number
            out.mux(picture.encode(frame))
        out.mux(picture.encode(None))
    return path


def wav(
    data: bytes, tag: int = 1, channels: int = 1, rate: int = RATE, bits: int = 16, block: int | None = None
) -> bytes:
    """Return a WAV file with any header one likes."""
    block = block if block is not None else max(1, channels * bits // 8)
    fields = struct.pack("<HHIIHH", tag, channels, rate, rate * block % 2**32, block, bits)
    fields += b"" if tag == 1 else b"\0\0"
    body = b"WAVEfmt " + struct.pack("<I", len(fields)) + fields + b"data" + struct.pack("<I", len(data)) + data
    return b"RIFF" + struct.pack("<I", len(body)) + body


def with_chunks(original: bytes, *chunks: tuple[bytes, bytes]) -> bytes:
    """Return a WAV file with chunks put before its sound."""
    at = original.index(b"data")
    extra = b"".join(name + struct.pack("<I", len(content)) + content for name, content in chunks)
    body = original[8:at] + extra + original[at:]
    return b"RIFF" + struct.pack("<I", len(body)) + body


def libsndfile(path: Path, kind: str, subtype: str, lanes: list[Int16] | None = None) -> Path:
    """Write what FFmpeg has no encoder for."""
    soundfile.write(str(path), np.stack(lanes or [AGENT], axis=1), RATE, format=kind, subtype=subtype)
    return path


def oki(path: Path) -> bytes:
    """Return Dialogic/OKI ADPCM, without header."""
    return libsndfile(path, "RAW", "VOX_ADPCM").read_bytes()


G729_PATTERN = (1, 0, 0, 1, 1, 0, 1, 0, 0, 0, 1, 0)
"""Loud and soft, half a second each."""


def g729() -> bytes:
    """Return G.729 frames, put together bit by bit: nobody here has an encoder."""
    return b"".join(_g729_frame((2, 12) if G729_PATTERN[i // 50] else (0, 6), i) for i in range(600))


def _g729_frame(gains: tuple[int, int], number: int) -> bytes:
    fields = [(0, 1), (10, 7), (5, 5), (5, 5), (60, 8), (0, 1), (number * 2917 % 8192, 13), (number % 16, 4)]
    fields += [(gains[0], 3), (gains[1], 4), (8, 5), (number * 1237 % 8192, 13), (number * 5 % 16, 4)]
    fields += [(gains[0], 3), (gains[1], 4)]
    return int("".join(format(value, f"0{width}b") for value, width in fields), 2).to_bytes(10, "big")


def g729_source() -> Int16:
    """The envelope that ``g729`` was given."""
    return np.repeat(np.array(G729_PATTERN, dtype=np.int16) * 1000, RATE // 2)


def flac_claiming(path: Path, samples: int) -> Path:
    """Write a FLAC whose header claims any number of samples; 0 says that it does not know."""
    data = bytearray(encode(path, "flac", "flac", [AGENT]).read_bytes())
    at = data.index(b"fLaC") + 8 + 13  # the low 36 bits of these five bytes are the count
    count = int.from_bytes(data[at : at + 5], "big") & ~(2**36 - 1) | samples
    data[at : at + 5] = count.to_bytes(5, "big")
    path.write_bytes(data)
    return path


def flipped(data: bytes, share: float, *, keep: int = 512) -> bytes:
    """Return a file with some bytes changed, its first ones kept."""
    changed = bytearray(data)
    for number in range(int(len(data) * share)):
        changed[keep + (number * 7919 + 13) % (len(data) - keep)] ^= 0x55
    return bytes(changed)
