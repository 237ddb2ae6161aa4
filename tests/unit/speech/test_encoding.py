from __future__ import annotations

import io
from pathlib import Path

import av
import numpy as np
import pytest

from coach.conversation import StorageError
from coach.speech.decoding.decoder import decode
from coach.speech.encoding import encode_mp3, peaks
from coach.speech.samples import RATE, InMemory

CLICKS = (0.5, 3.25, 7.9)


def clicking(seconds: float = 8.0, times: tuple[float, ...] = CLICKS) -> InMemory:
    samples = np.zeros(int(seconds * RATE), dtype=np.int16)
    for time in times:
        samples[int(time * RATE) : int(time * RATE) + 80] = 20_000 * np.hanning(80)
    return InMemory(samples)


@pytest.mark.parametrize("count", [1, 2])
def test_a_click_stays_in_its_place(count: int, tmp_path: Path) -> None:
    path = tmp_path / "sound.mp3"
    encode_mp3([clicking() for _ in range(count)], path)
    with decode(path, folder=tmp_path) as sound:
        assert len(sound.lanes) == count
        assert sound.sample_rate == RATE
        assert sound.duration == pytest.approx(8.0, abs=0.001)
        for lane in sound.lanes:
            for time in CLICKS:
                window = lane.read(int((time - 0.1) * RATE), int((time + 0.1) * RATE)).astype(int)
                found = time - 0.1 + float(np.argmax(np.abs(window)) - 40) / RATE
                assert found == pytest.approx(time, abs=0.002)


def test_the_lanes_stay_apart(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp3"
    time = np.arange(RATE * 4) / RATE
    left = (12_000 * np.sin(2 * np.pi * 440 * time)).astype(np.int16)
    encode_mp3([InMemory(left), InMemory(left * 0)], path)
    with decode(path, folder=tmp_path) as sound:
        loud, silent = (lane.read(0, len(lane)).astype(float) for lane in sound.lanes)
    assert np.sqrt((loud**2).mean()) > 7_000
    assert np.abs(silent).max() < 10


def test_size_and_sameness() -> None:
    rng = np.random.default_rng(1)
    lanes = [InMemory(rng.normal(0, 2_000, RATE * 60).astype(np.int16)) for _ in range(2)]
    first, second = io.BytesIO(), io.BytesIO()
    told: list[float] = []
    encode_mp3(lanes, first, progress=told.append)
    encode_mp3(lanes, second)
    assert first.getvalue() == second.getvalue()
    assert len(first.getvalue()) == pytest.approx(240_000, rel=0.01)  # 2.4 MB for ten minutes
    assert told == sorted(told)
    assert told[-1] == 1.0
    small = io.BytesIO()
    encode_mp3(lanes, small, bit_rate=16_000)
    assert len(small.getvalue()) == pytest.approx(120_000, rel=0.02)


@pytest.mark.parametrize("cores", [1, 2, 8])
def test_pieces_written_side_by_side_are_what_one_encoder_writes(cores: int, monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(2)
    swell = np.abs(np.sin(np.arange(RATE * 7) / 3_000))  # seams fall into loud and quiet places
    lanes = [
        InMemory((rng.normal(0, 6_000, len(swell)) * swell).clip(-32_000, 32_000).astype(np.int16)) for _ in range(2)
    ]
    whole, pieces = io.BytesIO(), io.BytesIO()
    encode_mp3(lanes, whole)
    monkeypatch.setattr("coach.speech.encoding._SLICE", 576 * 40)
    monkeypatch.setattr("os.cpu_count", lambda: cores)
    encode_mp3(lanes, pieces)
    assert pieces.getvalue() == whole.getvalue()


def test_nothing_of_the_machine_is_written_into_it(tmp_path: Path) -> None:
    encode_mp3([clicking()], tmp_path / "sound.mp3")
    with av.open(str(tmp_path / "sound.mp3")) as container:
        assert not container.metadata
        assert not container.streams.audio[0].metadata


def test_a_shorter_lane_ends_in_silence(tmp_path: Path) -> None:
    encode_mp3([clicking(), clicking(2.0, (0.5,))], tmp_path / "sound.mp3")
    with decode(tmp_path / "sound.mp3", folder=tmp_path) as sound:
        assert sound.duration == pytest.approx(8.0, abs=0.001)
        assert np.abs(sound.lanes[1].read(RATE * 3, RATE * 8)).max() < 10


@pytest.mark.parametrize("lanes", [[], [InMemory(np.zeros(0, dtype=np.int16))], [clicking()] * 3])
def test_neither_one_lane_nor_two(lanes: list[InMemory]) -> None:
    with pytest.raises(ValueError, match="one or two lanes"):
        encode_mp3(lanes, io.BytesIO())


@pytest.mark.parametrize("place", ["missing/sound.mp3", "folder", "/dev/full"])
def test_a_place_that_cannot_be_written(place: str, tmp_path: Path) -> None:
    (tmp_path / "folder").mkdir()
    with pytest.raises(StorageError, match="cannot be written"):
        encode_mp3([clicking()], tmp_path / place)


def test_outline_is_the_largest_sample_of_each_bucket() -> None:
    samples = np.zeros(1_000, dtype=np.int16)
    samples[50], samples[150], samples[999] = 16_384, -32_768, 8_192
    assert peaks([InMemory(samples)], 10) == ((0.5, 1.0, 0, 0, 0, 0, 0, 0, 0, 0.25),)


def test_outlines_share_one_time_line() -> None:
    long, short = InMemory(np.full(1_000, 16_384, np.int16)), InMemory(np.full(500, 16_384, np.int16))
    assert peaks([long, short], 4) == ((0.5, 0.5, 0.5, 0.5), (0.5, 0.5, 0.0, 0.0))


def test_more_buckets_than_samples() -> None:
    assert peaks([InMemory(np.array([16_384, 0], dtype=np.int16))], 4) == ((0.5, 0.5, 0.0, 0.0),)
    assert peaks([InMemory(np.zeros(0, np.int16))], 2) == ((0.0, 0.0),)
    assert peaks([], 2) == ()
    with pytest.raises(ValueError, match="one bucket"):
        peaks([], 0)
