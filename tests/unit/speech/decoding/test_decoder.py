from __future__ import annotations

import shutil
import stat
import subprocess
import sys
import wave
from collections import namedtuple
from pathlib import Path

import av.error
import numpy as np
import pytest

from coach.conversation import CoachError, NoSuchRecording, RecordingError, StorageError, UsageError
from coach.speech.decoding import container, decoder
from coach.speech.decoding.container import FORMATS, translated
from coach.speech.decoding.decoder import decode, decode_parties
from coach.speech.decoding.limits import Limits
from coach.speech.decoding.probe import probe
from coach.speech.decoding.raw import RawFormat
from coach.speech.decoding.source import Source


def tone(path: Path, seconds: float, *, channels: int = 1, rate: int = 8_000, pitch: float = 440.0) -> Path:
    time = np.arange(int(seconds * rate)) / rate
    sound = (8_000 * np.sin(2 * np.pi * pitch * time)).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(np.repeat(sound, channels).tobytes())
    return path


@pytest.mark.parametrize("rate", [4_000, 8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 192_000])
def test_the_end_is_not_lost_and_a_click_stays_in_its_place(rate: int, tmp_path: Path) -> None:
    samples = np.zeros(rate * 3, dtype="<i2")
    for second in (0.5, 1.5, 2.9):
        samples[round(second * rate)] = 30_000
    path = tmp_path / "click.wav"
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(samples.tobytes())
    with decode(path, folder=tmp_path) as sound:
        assert sound.duration == pytest.approx(3.0, abs=0.002)
        lane = sound.lanes[0].read(0, len(sound.lanes[0])).astype(int)
    for second in (0.5, 1.5, 2.9):
        window = slice(round((second - 0.05) * 16_000), round((second + 0.05) * 16_000))
        assert abs(np.argmax(np.abs(lane[window])) - 800) <= 8  # half a millisecond


def test_what_is_told_of_a_recording(tmp_path: Path) -> None:
    path = tone(tmp_path / "call.wav", 1.0, channels=2)
    with decode(path, folder=tmp_path / "work") as sound:
        assert (sound.sample_rate, sound.channels, len(sound.lanes)) == (8_000, 2, 2)
        assert sound.parts == ((path, sound.sha256),)
        assert len(sound.sha256) == 64
        assert list((tmp_path / "work").iterdir()) == []
        assert stat.S_IMODE((tmp_path / "work").stat().st_mode) == 0o700
    with pytest.raises(ValueError, match="closed"):
        sound.lanes[0].read(0, 1)


def test_probe_looks_without_decoding(tmp_path: Path) -> None:
    found = probe(tone(tmp_path / "call.wav", 2.0, channels=2))
    assert (found.container, found.codec, found.sample_rate, found.channels) == ("wav", "pcm_s16le", 8_000, 2)
    assert found.declared == found.estimate == 2.0
    (tmp_path / "call.vox").write_bytes(bytes(8_000))
    assert probe(tmp_path / "call.vox", raw=RawFormat.parse("vox")).estimate == 2.0


def test_too_long_by_header_is_refused_before_decoding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoder, "Track", None)
    with pytest.raises(RecordingError, match=r"lasts 0.0 hours .* --max-hours"):
        decode(tone(tmp_path / "call.wav", 5.0), folder=tmp_path, limits=Limits(max_hours=0.001))


def _descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_no_descriptor_is_left_open(tmp_path: Path) -> None:
    path = tone(tmp_path / "call.wav", 1.0, channels=2)
    bad = tmp_path / "bad.wav"
    bad.write_bytes(path.read_bytes()[:44])
    before = _descriptors()
    for _ in range(3):
        decode(path, folder=tmp_path).close()
        decode_parties(path, tone(tmp_path / "other.wav", 1.0), folder=tmp_path).close()
        with pytest.raises(RecordingError):
            decode(bad, folder=tmp_path)
        with pytest.raises(RecordingError):
            decode_parties(path, bad, folder=tmp_path)
    assert _descriptors() == before


def test_one_file_a_party(tmp_path: Path) -> None:
    agent = tone(tmp_path / "agent.wav", 2.0, pitch=300)
    customer = tone(tmp_path / "customer.wav", 5.0, channels=2, pitch=600)
    told: list[float] = []
    with decode_parties(agent, customer, folder=tmp_path / "work", progress=told.append) as sound:
        assert sound.duration == 5.0
        assert [len(lane) for lane in sound.lanes] == [80_000, 80_000]
        assert not sound.lanes[0].read(33_000, 80_000).any()
        assert sound.lanes[1].read(33_000, 80_000).any()
        assert [part[0] for part in sound.parts] == [agent, customer]
        assert sound.sha256 == sound.parts[0][1]
        assert "agent.wav is 3.0 s shorter" in sound.warnings[0]
        assert "customer.wav: its 2 channels are mixed" in sound.warnings[1]
    assert told == sorted(told)
    assert 0.5 in told


def test_files_of_nearly_one_length_are_not_worth_a_word(tmp_path: Path) -> None:
    agent, customer = tone(tmp_path / "a.wav", 2.0), tone(tmp_path / "b.wav", 3.5, pitch=300)
    with decode_parties(agent, customer, folder=tmp_path) as sound:
        assert sound.warnings == ()


def test_one_file_for_both_parties_is_a_slip(tmp_path: Path) -> None:
    path = tone(tmp_path / "a.wav", 1.0)
    with pytest.raises(UsageError, match="both"):
        decode_parties(path, tmp_path / "." / "a.wav", folder=tmp_path)


def test_progress_goes_to_the_end(tmp_path: Path) -> None:
    told: list[float] = []
    decode(tone(tmp_path / "a.wav", 60.0), folder=tmp_path, progress=told.append).close()
    assert told == sorted(set(told))
    assert told[-1] == 1.0


def test_a_disk_without_room_is_told_before_decoding(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(10, 10, 1_000))
    with pytest.raises(StorageError, match="MB are needed"):
        decode(tone(tmp_path / "a.wav", 1.0), folder=tmp_path / "work")


def test_a_recording_still_being_written_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tone(tmp_path / "a.wav", 1.0)
    source = Source.at(path)
    monkeypatch.setattr(Source, "at", classmethod(lambda *_: source))
    path.write_bytes(path.read_bytes() + bytes(16_000))
    with pytest.raises(RecordingError, match="changed while it was read"):
        decode(path, folder=tmp_path)


FOREIGN = sorted(
    (kind for kind in vars(av.error).values() if isinstance(kind, type) and issubclass(kind, av.error.FFmpegError)),
    key=lambda kind: kind.__name__,
)


@pytest.mark.parametrize("kind", FOREIGN, ids=lambda kind: kind.__name__)
def test_every_error_of_pyav_becomes_ours(kind: type[av.error.FFmpegError]) -> None:
    with pytest.raises(RecordingError) as caught, translated("call.wav"):
        raise kind(1, "words of a call", "/secret/path.wav")
    assert isinstance(caught.value, NoSuchRecording) == (kind is av.error.FileNotFoundError)
    assert str(caught.value).startswith("call.wav: ")
    assert "words" not in str(caught.value)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("error", [MemoryError(), OSError(5, "x"), UnicodeDecodeError("utf-8", b"x", 0, 1, "x")])
def test_other_errors_on_the_way_become_ours(error: Exception) -> None:
    with pytest.raises(RecordingError, match=r"^call\.wav: "), translated("call.wav"):
        raise error


@pytest.mark.parametrize("error", [KeyError("ours"), StorageError("full"), UsageError("slip")])
def test_our_own_errors_and_mistakes_pass(error: Exception) -> None:
    with pytest.raises(type(error)), translated("call.wav"):
        raise error


@pytest.mark.parametrize("kind", FOREIGN, ids=lambda kind: kind.__name__)
def test_an_error_on_opening_becomes_ours(
    kind: type[Exception], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise kind(1, "no", "/secret/path.wav")

    path = tone(tmp_path / "call.wav", 1.0)
    monkeypatch.setattr(container.av, "open", fails)
    with pytest.raises(CoachError, match=r"^call\.wav: "):
        decode(path, folder=tmp_path)


def test_no_format_that_names_other_files_is_listed() -> None:
    assert not {"concat", "hls", "dash", "sdp", "rtsp", "rtp", "image2", "lavfi", "tee", "webm_dash_manifest"} & {
        *FORMATS
    }


MEMORY = """
import sys
from pathlib import Path
from coach.speech.decoding.decoder import decode
with decode(Path(sys.argv[1]), folder=Path(sys.argv[2])) as sound:
    status = Path("/proc/self/status").read_text()
    print(len(sound.lanes[0]), status.split("VmHWM:")[1].split()[0])
"""


def test_a_long_call_takes_no_more_memory_than_a_short_one(tmp_path: Path) -> None:
    minute = np.random.default_rng(1).normal(0, 2_000, (8_000 * 60, 2)).astype("<i2").tobytes()
    highest = []
    for name, minutes in (("short.wav", 1), ("long.wav", 15)):
        with wave.open(str(tmp_path / name), "wb") as file:
            file.setnchannels(2)
            file.setsampwidth(2)
            file.setframerate(8_000)
            for _ in range(minutes):
                file.writeframes(minute)
        command = [sys.executable, "-c", MEMORY, str(tmp_path / name), str(tmp_path / "work")]
        run = subprocess.run(command, capture_output=True, text=True, check=True)
        length, peak = map(int, run.stdout.split())
        assert length == minutes * 60 * 16_000
        highest.append(peak)
    assert highest[1] - highest[0] < 15_000  # kilobytes; the working files of 15 minutes are 58 MB
