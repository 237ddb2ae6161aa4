"""Every kind of recording is decoded right, or refused with a sentence of its own."""

from __future__ import annotations

import importlib.util
import os
import socket
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

from coach.conversation import CoachError, NoSuchRecording, RecordingError
from coach.speech.decoding.decoder import decode
from coach.speech.decoding.limits import Limits
from coach.speech.decoding.raw import RawFormat
from coach.speech.decoding.sound import Sound


def _media() -> ModuleType:
    spec = importlib.util.spec_from_file_location("decode_media", Path(__file__).with_name("decode_media.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["decode_media"] = module
    spec.loader.exec_module(module)
    return module


media = _media()
AGENT, CUSTOMER, RATE = media.AGENT, media.CUSTOMER, media.RATE
BOTH = [AGENT, CUSTOMER]
ODD = Path(__file__).parents[1] / "calls" / "odd"
Make = Callable[[Path], Path]


def encoded(container: str, codec: str, lanes: list[object] | None = None, **options: object) -> Make:
    return lambda path: media.encode(path, container, codec, BOTH if lanes is None else lanes, **options)


def written(make: Callable[[Path], bytes]) -> Make:
    def write(path: Path) -> Path:
        data = make(path)
        path.write_bytes(data)
        return path

    return write


def oki_wav(tag: int) -> Make:
    return written(lambda path: media.wav(media.oki(path), tag, bits=4, block=1))


def heard(sound: Sound) -> list[object]:
    return [lane.read(0, len(lane)) for lane in sound.lanes]


MONO = [AGENT]

# name of the file: how it is made, lanes, least likeness of the envelopes
DECODED: dict[str, tuple[Make, int, float]] = {
    "pcm16.wav": (encoded("wav", "pcm_s16le"), 2, 0.999),
    "pcm24.wav": (encoded("wav", "pcm_s24le"), 2, 0.999),
    "float.wav": (encoded("wav", "pcm_f32le"), 2, 0.999),
    "double.wav": (encoded("wav", "pcm_f64le"), 2, 0.999),
    "unsigned8.wav": (encoded("wav", "pcm_u8"), 2, 0.99),
    "mulaw.wav": (encoded("wav", "pcm_mulaw"), 2, 0.999),
    "alaw.wav": (encoded("wav", "pcm_alaw"), 2, 0.999),
    "call.au": (encoded("au", "pcm_mulaw"), 2, 0.999),
    "call.aiff": (encoded("aiff", "pcm_s16be"), 2, 0.999),
    "call.caf": (encoded("caf", "pcm_s16le"), 2, 0.999),
    "call.w64": (encoded("w64", "pcm_s16le"), 2, 0.999),
    "rf64.wav": (lambda path: media.libsndfile(path, "RF64", "PCM_16", BOTH), 2, 0.999),
    "ima.wav": (encoded("wav", "adpcm_ima_wav"), 2, 0.999),
    "microsoft.wav": (encoded("wav", "adpcm_ms"), 2, 0.999),
    "call.flac": (encoded("flac", "flac"), 2, 0.999),
    "call.WAV": (lambda path: media.libsndfile(path, "WAV", "GSM610"), 1, 0.99),
    "call.gsm": (lambda path: media.libsndfile(path, "RAW", "GSM610"), 1, 0.99),
    "g722.wav": (encoded("wav", "g722", MONO, rate=16_000), 1, 0.99),
    "g723.wav": (encoded("wav", "g723_1", MONO, bit_rate=6_300), 1, 0.95),
    "g726.wav": (encoded("wav", "g726", MONO), 1, 0.99),
    "call.g722": (encoded("g722", "g722", MONO, rate=16_000), 1, 0.99),
    "oki10.wav": (oki_wav(0x10), 1, 0.99),
    "oki17.wav": (oki_wav(0x17), 1, 0.99),
    "call.amr": (encoded("amr", "libopencore_amrnb", MONO), 1, 0.97),
    "call.3gp": (encoded("3gp", "libopencore_amrnb", MONO), 1, 0.97),
    "call.mp3": (encoded("mp3", "libmp3lame", bit_rate=32_000), 2, 0.99),
    "mp3.wav": (encoded("wav", "libmp3lame", bit_rate=32_000), 2, 0.99),
    "call.avi": (encoded("avi", "libmp3lame", bit_rate=32_000), 2, 0.99),
    "call.opus": (encoded("ogg", "libopus", rate=48_000, bit_rate=24_000), 2, 0.98),
    "call.webm": (encoded("webm", "libopus", rate=48_000, bit_rate=24_000), 2, 0.98),
    "call.ogg": (encoded("ogg", "vorbis"), 2, 0.99),
    "call.m4a": (encoded("ipod", "aac", bit_rate=32_000), 2, 0.98),
    "call.aac": (encoded("adts", "aac", bit_rate=32_000), 2, 0.96),
    "alac.m4a": (encoded("ipod", "alac"), 2, 0.999),
    "call.wma": (encoded("asf", "wmav2", rate=16_000, bit_rate=32_000), 2, 0.95),
    "call.ac3": (encoded("ac3", "ac3", rate=48_000, bit_rate=96_000), 2, 0.97),
    "call.spx": (written(lambda _: (ODD / "agent.spx").read_bytes()), 1, 0.95),
    "call.wv": (encoded("wv", "wavpack"), 2, 0.999),
    "call.ts": (encoded("mpegts", "aac"), 2, 0.96),
    "call.mkv": (encoded("matroska", "pcm_s16le"), 2, 0.999),
    "video.mp4": (lambda path: media.video(path, "mp4", "mpeg4", "aac"), 2, 0.98),
    "video.mkv": (lambda path: media.video(path, "matroska", "mpeg4", "libmp3lame"), 2, 0.98),
    "video.webm": (lambda path: media.video(path, "webm", "vp8", "libopus", 48_000), 2, 0.98),
    "two-tracks.mkv": (lambda path: media.two_tracks(path, BOTH), 2, 0.999),
    "two-tracks.mov": (lambda path: media.two_tracks(path, BOTH, container="mov"), 2, 0.999),
    "mp3-named.wav": (encoded("mp3", "libmp3lame"), 2, 0.99),
    "m4a-named.mp3": (encoded("ipod", "aac"), 2, 0.98),
    "wav-named.m4a": (encoded("wav", "pcm_s16le"), 2, 0.999),
    "wav-named.vox": (encoded("wav", "pcm_s16le"), 2, 0.999),
    "no-extension": (encoded("wav", "pcm_s16le"), 2, 0.999),
}


@pytest.mark.parametrize("name", DECODED)
def test_decoded_as_it_was_spoken(name: str, tmp_path: Path) -> None:
    make, lanes, least = DECODED[name]
    with decode(make(tmp_path / name), folder=tmp_path / "work") as sound:
        found = heard(sound)
    assert len(found) == lanes
    assert sound.duration == pytest.approx(media.SECONDS, abs=0.2)
    assert not sound.partial, sound.warnings
    assert not sound.warnings
    for lane, source, other in zip(found, BOTH, reversed(BOTH), strict=False):
        assert media.likeness(lane, source) >= least
        assert media.likeness(lane, other) < 0.7


@pytest.mark.parametrize("name", ["call.g729", "g729.wav"])
def test_g729_is_decoded(name: str, tmp_path: Path) -> None:
    data = media.g729()
    path = tmp_path / name
    path.write_bytes(media.wav(data, 0x83, bits=0, block=10) if name.endswith("wav") else data)
    with decode(path, folder=tmp_path) as sound:
        assert sound.duration == 6.0
        assert media.likeness(heard(sound)[0], media.g729_source()) > 0.95


@pytest.mark.parametrize(
    ("name", "option", "lanes", "rate"),
    [
        ("call.vox", "vox", 1, 8_000),
        ("call.ul", "ul", 1, 8_000),
        ("call.al", "al:8000:2ch", 2, 8_000),
        ("call.sln", "sln", 1, 8_000),
        ("call.sln16", "sln16", 1, 16_000),
        ("call.raw", "sln:8000:2ch", 2, 8_000),
    ],
)
def test_headerless_by_option(name: str, option: str, lanes: int, rate: int, tmp_path: Path) -> None:
    path = tmp_path / name
    codec = {"ul": ("mulaw", "pcm_mulaw"), "al": ("alaw", "pcm_alaw")}.get(option[:2], ("s16le", "pcm_s16le"))
    if option == "vox":
        path.write_bytes(media.oki(path))
    else:
        media.encode(path, *codec, BOTH[:lanes], rate=rate)
    with decode(path, folder=tmp_path, raw=RawFormat.parse(option)) as sound:
        assert sound.duration == pytest.approx(media.SECONDS, abs=0.01)
        assert (sound.sample_rate, sound.channels) == (rate, lanes)
        assert not sound.partial
        for lane, source in zip(heard(sound), BOTH, strict=False):
            assert media.likeness(lane, source) > 0.99
    with pytest.raises(RecordingError, match=f"--raw {RawFormat.parse(option).kind}"):
        decode(path, folder=tmp_path)


def test_flac_equals_wav_sample_for_sample(tmp_path: Path) -> None:
    sounds = [
        decode(media.encode(tmp_path / name, *kinds, BOTH), folder=tmp_path)
        for name, kinds in {"a.wav": ("wav", "pcm_s16le"), "a.flac": ("flac", "flac")}.items()
    ]
    for left, right in zip(*(heard(sound) for sound in sounds), strict=True):
        assert np.array_equal(left, right)
    for sound in sounds:
        sound.close()


def test_amr_with_pauses_left_out_keeps_its_time(tmp_path: Path) -> None:
    spoken = AGENT.copy()
    spoken[RATE * 2 : RATE * 4] = 0
    path = media.encode(tmp_path / "dtx.amr", "amr", "libopencore_amrnb", [spoken], codec_options={"dtx": "1"})
    with decode(path, folder=tmp_path) as sound:
        assert sound.duration == pytest.approx(media.SECONDS, abs=0.05)
        assert not sound.partial
        assert media.likeness(heard(sound)[0], spoken) > 0.95


@pytest.mark.parametrize(
    ("name", "data", "seconds"),
    [
        ("call.awb", b"#!AMR-WB\n" + (bytes([8 << 3 | 4]) + bytes(60)) * 100, 2.0),
        ("call.lbc", b"#!iLBC30\n" + bytes(50) * 100, 3.0),
    ],
)
def test_rarer_telephone_codecs_open(name: str, data: bytes, seconds: float, tmp_path: Path) -> None:
    path = tmp_path / name
    path.write_bytes(data)
    with decode(path, folder=tmp_path) as sound:
        assert sound.duration == pytest.approx(seconds, abs=0.1)


def test_two_tracks_keep_their_distance(tmp_path: Path) -> None:
    with decode(media.two_tracks(tmp_path / "late.mkv", BOTH, late=1.5), folder=tmp_path) as sound:
        agent, customer = heard(sound)
    assert len(agent) == len(customer) == int((media.SECONDS + 1.5) * 16_000)
    assert not customer[: int(1.49 * 16_000)].any()
    assert media.likeness(customer[int(1.5 * 16_000) :], CUSTOMER) > 0.999
    assert media.likeness(agent[: media.SECONDS * 16_000], AGENT) > 0.999


@pytest.mark.parametrize("size", [b"\0\0\0\0", b"\xff\xff\xff\xff", b"\0\xf0\xff\x7f"])
def test_wav_of_a_recorder_that_crashed(size: bytes, tmp_path: Path) -> None:
    path = tmp_path / "crashed.wav"
    data = media.wav(AGENT.tobytes())
    path.write_bytes(data[:40] + size + data[44:])
    with decode(path, folder=tmp_path) as sound:
        assert sound.duration == media.SECONDS
        assert not sound.partial


@pytest.mark.parametrize("name", ["cut.wav", "cut.mp3", "cut.flac", "cut.mkv"])
def test_cut_files_are_partial(name: str, tmp_path: Path) -> None:
    kinds = {
        "wav": ("wav", "pcm_s16le"),
        "mp3": ("mp3", "libmp3lame"),
        "flac": ("flac", "flac"),
        "mkv": ("matroska", "pcm_s16le"),
    }
    path = media.encode(tmp_path / name, *kinds[name[4:]], BOTH)
    data = path.read_bytes()
    path.write_bytes(data[: len(data) * 6 // 10])
    with decode(path, folder=tmp_path) as sound:
        assert 2.5 < sound.duration < 4.5
        assert sound.partial
        assert "header promises 6.0 s" in sound.warnings[0]
        assert media.likeness(heard(sound)[0], AGENT) > 0.99


@pytest.mark.parametrize(
    ("name", "container", "codec", "keep"),
    [
        ("a.flac", "flac", "flac", 7_000),
        ("a.ogg", "ogg", "libopus", 22_000),
        ("a.m4a", "ipod", "aac", 7_000),
    ],
)
def test_damage_is_told_and_what_is_left_keeps_its_time(
    name: str, container: str, codec: str, keep: int, tmp_path: Path
) -> None:
    path = media.encode(tmp_path / name, container, codec, BOTH, rate=48_000 if codec == "libopus" else RATE)
    whole = path.read_bytes()
    half = len(whole) // 2
    # The end, and with it m4a's index, stays well.
    path.write_bytes(media.flipped(whole[:half], 0.002, keep=keep) + whole[half:])
    with decode(path, folder=tmp_path) as sound:
        assert sound.warnings
        assert sound.duration == pytest.approx(media.SECONDS, abs=0.2)
        for lane, source in zip(heard(sound), BOTH, strict=True):
            assert media.likeness(lane[16_000 * 4 :], source[RATE * 4 :]) > 0.97


def test_damaged_mp3_is_partial(tmp_path: Path) -> None:
    """Its frames have no times of their own, so what is lost cannot be placed; that it is lost is told."""
    path = media.encode(tmp_path / "a.mp3", "mp3", "libmp3lame", BOTH)
    path.write_bytes(media.flipped(path.read_bytes(), 0.02))
    with decode(path, folder=tmp_path) as sound:
        assert sound.partial
        assert sound.duration < media.SECONDS
        assert "header promises 6.0 s" in sound.warnings[0]


def test_not_numbers_become_silence(tmp_path: Path) -> None:
    samples = AGENT.astype(np.float32) / 32_768
    samples[1000:2000], samples[5000] = np.nan, np.inf
    path = tmp_path / "nan.wav"
    path.write_bytes(media.wav(samples.tobytes(), 3, bits=32))
    with decode(path, folder=tmp_path) as sound:
        assert sound.duration == media.SECONDS
        assert sound.warnings == ("1001 samples of the recording were not numbers; they are silent here.",)
        lane = heard(sound)[0]
    assert not lane[2_100:3_900].any()
    assert media.likeness(lane, AGENT) > 0.9


@pytest.mark.parametrize(
    ("channels", "carrying", "lanes", "said"),
    [
        (3, (0, 2), 2, "Of 3 channels only 1 and 3 carry sound"),
        (6, (2,), 1, "Of 6 channels only 3 carries sound"),
        (8, tuple(range(8)), 1, "8 of 8 channels carry sound; they are mixed into one"),
    ],
)
def test_more_channels_than_parties(
    channels: int, carrying: tuple[int, ...], lanes: int, said: str, tmp_path: Path
) -> None:
    sound_of = [BOTH[carrying.index(i) % 2] if i in carrying else AGENT * 0 for i in range(channels)]
    path = tmp_path / "many.wav"
    path.write_bytes(media.wav(np.stack(sound_of, axis=1).tobytes(), channels=channels))
    with decode(path, folder=tmp_path) as sound:
        assert len(sound.lanes) == lanes
        assert sound.channels == channels
        assert said in sound.warnings[0]
        wanted = BOTH if lanes == 2 else [sum(lane.astype(float) for lane in sound_of)]
        for lane, source in zip(heard(sound), wanted, strict=True):
            assert media.likeness(lane, source) > 0.999


def test_tags_are_read(tmp_path: Path) -> None:
    description = b"extension 204".ljust(256, b"\0") + b"PBX".ljust(32, b"\0") + bytes(32) + b"2026-03-0514:02:11"
    original = media.encode(tmp_path / "a.wav", "wav", "pcm_s16le", MONO, metadata={"title": "queue 7"}).read_bytes()
    path = tmp_path / "tagged.wav"
    path.write_bytes(media.with_chunks(original, (b"bext", description + bytes(602 - len(description)))))
    with decode(path, folder=tmp_path) as sound:
        assert sound.tags["title"] == "queue 7"
        assert sound.tags["encoded_by"] == "PBX"
        assert sound.tags["date"] == "2026-03-05"


def _drm(path: Path) -> Path:
    key = "00112233445566778899aabbccddeeff"
    options = {"encryption_scheme": "cenc-aes-ctr", "encryption_key": key, "encryption_kid": key}
    return media.encode(path, "mp4", "aac", MONO, options=options)


def _without_index(path: Path) -> Path:
    data = media.encode(path, "ipod", "aac", MONO).read_bytes()
    path.write_bytes(data[: data.index(b"moov") - 4])
    return path


PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\na.wav\n#EXT-X-ENDLIST\n"
REFUSED: dict[str, tuple[Make, str]] = {
    "g729a.wav": (
        written(lambda _: media.wav(bytes(10) * 600, 0x133, bits=0, block=10)),
        r"G\.729 \(WAV codec tag 0x133",
    ),
    "unknown.wav": (written(lambda _: media.wav(bytes(6000), 0x7A7A)), "no decoder for WAV codec tag 0x7A7A"),
    "call.c2": (written(lambda _: b"\xc0\xde\xc2\x00\x08\x00\x00" + bytes(4800)), "no decoder for Codec 2"),
    "empty.wav": (written(lambda _: b""), r"is empty \(0 bytes\)"),
    "noise.wav": (written(lambda _: bytes(range(1, 256)) * 40), "not a recording that can be read here"),
    "page.wav": (written(lambda _: b"<!DOCTYPE html><html><body>Log in</body></html>"), "is a web page"),
    "zeros.mp3": (written(lambda _: bytes(50_000)), "nothing but zeros"),
    "half-header.wav": (written(lambda _: media.wav(AGENT.tobytes())[:30]), "not a recording that can be read here"),
    "header-only.wav": (written(lambda _: media.wav(AGENT.tobytes())[:44]), "holds no sound"),
    "rate0.wav": (written(lambda _: media.wav(AGENT.tobytes(), rate=0)), "not a recording that can be read here"),
    "rate1.wav": (written(lambda _: media.wav(bytes(768_000), rate=1)), "says 1 samples a second; 4000 to 192000"),
    "rate-huge.wav": (written(lambda _: media.wav(bytes(768_000), rate=400_000)), "says 400000 samples a second"),
    "channels0.wav": (written(lambda _: media.wav(AGENT.tobytes(), channels=0, block=2)), "channels; 1 to 8 can be"),
    "channels9.wav": (written(lambda _: media.wav(AGENT.tobytes(), channels=9)), "says 9 channels; 1 to 8 can be"),
    "channels65535.wav": (
        written(lambda _: media.wav(bytes(99), channels=65_535, block=65_535)),
        "channels; 1 to 8 can",
    ),
    "no-index.m4a": (_without_index, "its index is missing"),
    "locked.mp4": (_drm, r"locked \(DRM\) or damaged"),
    "picture.mkv": (media.silent_video, "has no sound in it"),
    "three-tracks.mkv": (lambda path: media.two_tracks(path, BOTH, tracks=3), "has 3 sound tracks"),
    "day.flac": (
        lambda path: media.flac_claiming(path, 24 * 3600 * RATE),
        "lasts 24.0 hours by its header, beyond .* 4 h",
    ),
    "list.wav": (written(lambda _: b"ffconcat version 1.0\nfile a.wav\n"), "is a list that points to other files"),
    "hls.wav": (written(lambda _: PLAYLIST), "is a list that points to other files"),
    "call.sdp": (
        written(lambda _: b"v=0\nc=IN IP4 127.0.0.1\nm=audio 4000 RTP/AVP 0\n"),
        "is a list that points to other",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_its_own_sentence(name: str, tmp_path: Path) -> None:
    make, sentence = REFUSED[name]
    with pytest.raises(RecordingError, match=sentence) as caught:
        decode(make(tmp_path / name), folder=tmp_path / "work")
    message = str(caught.value)
    assert message.startswith(f"{name}: ")
    assert message.endswith(".")
    assert str(tmp_path) not in message
    assert caught.value.exit_code == 3


def test_no_other_file_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A text that sends FFmpeg to another file is refused; nothing of that file is heard."""
    monkeypatch.chdir(tmp_path)
    media.encode(tmp_path / "secret.wav", "wav", "pcm_s16le", BOTH)
    for name in ("list.wav", "list.mp3", "list.mkv"):
        (tmp_path / name).write_text("ffconcat version 1.0\nfile secret.wav\n")
        with pytest.raises(RecordingError):
            decode(tmp_path / name, folder=tmp_path)
        with pytest.raises(RecordingError):
            decode(Path(name), folder=tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "concat:secret.wav|secret.wav",
        "subfile,,start,0,end,90000,,:secret.wav",
        "file:secret.wav",
        "data:audio/wav;base64,UklGRg==",
        "tcp:127.0.0.1:9",
    ],
)
def test_names_that_mean_a_protocol_are_names_of_files(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    media.encode(tmp_path / "secret.wav", "wav", "pcm_s16le", BOTH)
    with pytest.raises(NoSuchRecording):
        decode(Path(name), folder=tmp_path)
    if "/" not in name:  # and a file may even be called so
        media.encode(tmp_path / "short.wav", "wav", "pcm_s16le", [AGENT[:8_000]]).rename(tmp_path / name)
        with decode(Path(name), folder=tmp_path) as sound:
            assert sound.duration == 1.0


def test_addresses_are_never_fetched(tmp_path: Path) -> None:
    with pytest.raises(NoSuchRecording, match="never fetched from an address"):
        decode(Path("http://127.0.0.1:9/call.wav"), folder=tmp_path)


@pytest.mark.parametrize("kind", ["folder", "pipe", "socket", "device", "missing", "below-a-file"])
def test_only_ordinary_files(kind: str, tmp_path: Path) -> None:
    path = tmp_path / kind
    wanted: type[CoachError] = RecordingError
    sentence = f"is a {kind}, not a"
    if kind == "folder":
        path.mkdir()
    elif kind == "pipe":
        os.mkfifo(path)
    elif kind == "socket":
        with socket.socket(socket.AF_UNIX) as listener:
            listener.bind(str(path))
    elif kind == "device":
        path = Path("/dev/zero")
    else:
        wanted, sentence = NoSuchRecording, "no such file"
        if kind == "below-a-file":
            (tmp_path / "file").write_bytes(b"x")
            path = tmp_path / "file" / "call.wav"
    with pytest.raises(wanted, match=sentence):
        decode(path, folder=tmp_path)


def test_a_header_that_lies_about_its_length_is_found_out(tmp_path: Path) -> None:
    path = media.flac_claiming(tmp_path / "endless.flac", 0)
    with pytest.raises(RecordingError, match=r"goes on, beyond the limit of 0\.001 hours"):
        decode(path, folder=tmp_path, limits=Limits(max_hours=0.001))
    with decode(path, folder=tmp_path) as sound:
        assert sound.duration == media.SECONDS


def test_nothing_is_printed_about_damaged_files(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = media.encode(tmp_path / "a.mp3", "mp3", "libmp3lame", BOTH)
    path.write_bytes(media.flipped(path.read_bytes(), 0.01))
    decode(path, folder=tmp_path).close()
    vox = tmp_path / "a.vox"
    vox.write_bytes(media.oki(vox))
    decode(vox, folder=tmp_path, raw=RawFormat.parse("vox")).close()
    with pytest.raises(RecordingError):
        decode(_drm(tmp_path / "locked.mp4"), folder=tmp_path)
    assert capfd.readouterr() == ("", "")
