"""A recording written again with silence at given times."""

from __future__ import annotations

import io
import struct
import wave
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.audio.frame import AudioFrame
from numpy.typing import NDArray

from coach.conversation import Interval, RecordingError
from coach.privacy.text import mask_text
from coach.speech.decoding.decoder import decode
from coach.speech.decoding.raw import RawFormat
from coach.speech.rewriting import form_of, rewrite
from coach.speech.samples import RATE

SECONDS = 6.0
SILENT = (Interval(1.0, 2.0), Interval(4.0, 4.5))
SPREAD = 0.15


def voice(rate: int) -> NDArray[np.int16]:
    """Return two lanes of noise that swells and falls as speech does, shape ``(n, 2)``."""
    rng = np.random.default_rng(1)
    at = np.arange(int(SECONDS * rate)) / rate
    swell = np.stack([np.sin(2 * np.pi * f * at) ** 2 for f in (1.3, 0.7)], axis=1)
    smooth = np.apply_along_axis(
        lambda lane: np.convolve(lane, np.ones(4) / 4, "same"), 0, rng.normal(0, 1, swell.shape)
    )
    return np.asarray(smooth * swell * 8000, dtype=np.int16)


def write(path: Path, container: str, codec: str, form: str, rate: int = 8000, **tags: str) -> None:
    with av.open(str(path), "w", format=container) as out:
        stream = out.add_stream(codec, rate=rate)
        stream.codec_context.layout = "stereo"
        stream.codec_context.format = form
        if codec in ("libmp3lame", "aac", "libopus"):
            stream.codec_context.bit_rate = 48_000
        out.metadata.update(tags)
        frame = AudioFrame.from_ndarray(voice(rate).reshape(1, -1), format="s16", layout="stereo")
        frame.sample_rate = rate
        frame.time_base, frame.pts = Fraction(1, rate), 0
        for ready in [*av.AudioResampler(format=form, layout="stereo", rate=rate).resample(frame), None]:
            for packet in stream.encode(ready):
                out.mux(packet)


def lanes(path: Path, folder: Path, raw: str | None = None) -> NDArray[np.int16]:
    with decode(path, folder=folder, raw=RawFormat.parse(raw) if raw else None) as sound:
        return np.stack([lane.read(0, len(lane)) for lane in sound.lanes])


def loudness(samples: NDArray[np.int16]) -> NDArray[np.float64]:
    steps = samples[:, : samples.shape[1] // 160 * 160].astype(float).reshape(2, -1, 160)
    return np.asarray(np.sqrt((steps**2).mean(axis=2)))


def shift(was: NDArray[np.int16], now: NDArray[np.int16]) -> int:
    """Return by how many samples a copy lies later than its original."""
    a, b = was[0, 36_000:60_000].astype(float), now[0, 36_000:60_000].astype(float)
    return int(np.argmax(np.correlate(b, a[400:-400], "valid"))) - 400


def check(was: NDArray[np.int16], now: NDArray[np.int16], *, exact: bool) -> None:
    assert abs(was.shape[1] - now.shape[1]) <= (0 if exact else 0.15 * RATE)
    for span in SILENT:
        inside = now[:, int((span.start + SPREAD) * RATE) : int((span.end - SPREAD) * RATE)]
        assert np.abs(inside.astype(int)).max() <= (8 if exact else 40)  # A-law has no zero
    length = min(was.shape[1], now.shape[1])
    one, other = loudness(was[:, :length]), loudness(now[:, :length])
    kept = np.ones(one.shape[1], bool)
    for span in SILENT:
        kept[int((span.start - SPREAD) * 100) : int((span.end + SPREAD) * 100) + 1] = False
    for lane in range(2):
        if exact:
            np.testing.assert_array_equal(one[lane][kept], other[lane][kept])
        else:
            assert np.corrcoef(one[lane][kept], other[lane][kept])[0, 1] > 0.98
    assert shift(was, now) == 0


MADE = [
    ("wav", "pcm_s16le", "s16", 8000, "wav"),
    ("wav", "pcm_u8", "u8", 8000, "wav"),
    ("wav", "pcm_s24le", "s32", 8000, "wav"),
    ("wav", "pcm_f32le", "flt", 8000, "wav"),
    ("wav", "pcm_mulaw", "s16", 8000, "wav"),
    ("wav", "pcm_alaw", "s16", 8000, "wav"),
    ("flac", "flac", "s16", 8000, "flac"),
    ("mp3", "libmp3lame", "fltp", 8000, "mp3"),
    ("mp3", "libmp3lame", "fltp", 44100, "mp3"),
    ("ipod", "aac", "fltp", 16000, "m4a"),
    ("ipod", "alac", "s16p", 8000, "m4a"),
    ("ogg", "libopus", "flt", 48000, "ogg"),
]


@pytest.mark.parametrize(
    ("container", "codec", "form", "rate", "named"), MADE, ids=[f"{c}-{r}" for _, c, _, r, _ in MADE]
)
def test_a_copy_is_silent_where_it_should_be_and_the_same_elsewhere(
    tmp_path: Path, container: str, codec: str, form: str, rate: int, named: str
) -> None:
    path, copy = tmp_path / "call", tmp_path / "copy"
    write(path, container, codec, form, rate)
    before = path.read_bytes()

    assert form_of(path) == named
    rewrite(path, SILENT, copy, hide=mask_text)

    assert path.read_bytes() == before
    assert form_of(copy) == named
    with av.open(str(path)) as one, av.open(str(copy)) as other:
        for what in ("sample_rate", "channels", "name"):
            assert getattr(one.streams.audio[0].codec_context, what) == getattr(
                other.streams.audio[0].codec_context, what
            )
    check(lanes(path, tmp_path), lanes(copy, tmp_path), exact=named in ("wav", "flac"))


@pytest.mark.parametrize("raw", ["mulaw:8000:2ch", "alaw:8000:2ch", "sln:8000:2ch"])
def test_a_file_without_header_is_silenced_too(tmp_path: Path, raw: str) -> None:
    path, copy = tmp_path / "call.raw", tmp_path / "copy.raw"
    codec = {"m": "pcm_mulaw", "a": "pcm_alaw", "s": "pcm_s16le"}[raw[0]]
    write(path, {"m": "mulaw", "a": "alaw", "s": "s16le"}[raw[0]], codec, "s16")

    rewrite(path, SILENT, copy, hide=mask_text, raw=RawFormat.parse(raw))

    check(lanes(path, tmp_path, raw), lanes(copy, tmp_path, raw), exact=True)


def chunk(name: bytes, payload: bytes) -> bytes:
    return name + struct.pack("<I", len(payload)) + payload + b"\0" * (len(payload) % 2)


def test_a_wav_keeps_every_byte_but_the_silence_and_private_tags(tmp_path: Path) -> None:
    path, copy = tmp_path / "call.wav", tmp_path / "copy.wav"
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as out:
        out.setparams((2, 2, 8000, 0, "NONE", ""))
        out.writeframes(voice(8000).tobytes())
    told = chunk(b"LIST", b"INFO" + chunk(b"IART", b"Dana\0") + chunk(b"ICMT", b"card 4111 1111 1111 1111\0"))
    own = chunk(b"bext", b"desk 4\0".ljust(602, b"\0")) + chunk(b"note", b"call back at 312-555-0187\0")
    path.write_bytes(buffer.getvalue() + told + own)
    before = path.read_bytes()

    rewrite(path, SILENT, copy, hide=mask_text)

    after = copy.read_bytes()
    assert len(after) == len(before)
    changed = np.flatnonzero(np.frombuffer(before, "u1") != np.frombuffer(after, "u1"))
    sound = changed[changed < len(buffer.getvalue())]
    spans = [(44 + int(s.start * 8000) * 4, 44 + int(s.end * 8000) * 4) for s in SILENT]
    assert all(any(a <= at < b for a, b in spans) for at in sound)
    for a, b in spans:
        assert not any(after[a:b])
    assert b"Dana" in after
    assert b"desk 4" in after
    assert b"card [card]" in after
    assert b"4111" not in after
    assert b"555" not in after


def test_private_tags_go_from_the_others_too(tmp_path: Path) -> None:
    path, copy = tmp_path / "call.flac", tmp_path / "copy.flac"
    write(path, "flac", "flac", "s16", artist="Dana", comment="card 4111 1111 1111 1111")

    rewrite(path, SILENT, copy, hide=mask_text)

    with av.open(str(copy)) as after:
        tags = {key.lower(): value for key, value in after.metadata.items()}
    assert tags["artist"] == "Dana"
    assert tags["comment"] == "card [card]"
    assert b"4111" not in copy.read_bytes()


@pytest.mark.parametrize(
    ("container", "codec", "form"),
    [
        ("wav", "adpcm_ima_wav", "s16p"),
        ("matroska", "pcm_s16le", "s16"),
        ("adts", "aac", "fltp"),
        ("au", "pcm_s16be", "s16"),
    ],
)
def test_other_forms_are_refused_in_a_sentence(tmp_path: Path, container: str, codec: str, form: str) -> None:
    path = tmp_path / "call.x"
    write(path, container, codec, form)

    with pytest.raises(RecordingError, match="was left as it is"):
        rewrite(path, SILENT, tmp_path / "copy", hide=mask_text)


def test_dialogic_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "call.vox"
    path.write_bytes(bytes(1000))

    with pytest.raises(RecordingError, match="ADPCM"):
        form_of(path, raw=RawFormat.parse("vox"))
