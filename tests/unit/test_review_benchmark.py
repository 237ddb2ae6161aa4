from __future__ import annotations

import os
import wave
from pathlib import Path

import pytest

from coach.speech.decoding.decoder import decode
from tests.benchmarks.review import _free
from tests.benchmarks.review_inside import Meter, peak_mb
from tests.benchmarks.review_made import HIGH_BILL, lengthened
from tests.benchmarks.review_runs import median


def test_a_call_becomes_as_long_as_wanted(tmp_path: Path) -> None:
    source, target = tmp_path / "short.wav", tmp_path / "long.wav"
    with wave.open(str(source), "wb") as file:
        file.setparams((2, 2, 8000, 0, "NONE", ""))
        file.writeframes(bytes(range(256)) * 375)  # 3 s
    lengthened(source, target, 7)
    with wave.open(str(source)) as short, wave.open(str(target)) as long:
        assert long.getnframes() == 7 * 8000
        said = short.readframes(3 * 8000)
        assert long.readframes(7 * 8000) == said + said + said[: len(said) // 3]


def test_the_made_call_can_be_made_longer(tmp_path: Path) -> None:
    lengthened(HIGH_BILL, tmp_path / "long.wav", 300)
    with decode(tmp_path / "long.wav", folder=tmp_path) as sound:
        assert (sound.duration, sound.channels, sound.warnings) == (300, 2, ())


def test_medians_keep_what_is_no_number() -> None:
    runs = [{"wall": wall, "stages": {"report": {"wall": wall, "peak_mb": None}}, "engine": "a"} for wall in (3, 1, 2)]
    assert median(runs) == {"wall": 2, "stages": {"report": {"wall": 2, "peak_mb": None}}, "engine": "a"}


@pytest.mark.parametrize(
    ("cpu", "waited", "free"),
    [(2.0, 0.0, 4.0), (1.0, 3.0, 1.0), (4.0, 4.0, 2.0), (0.0, 0.0, 4.0)],
)
def test_waiting_for_a_core_is_taken_off_the_clock(cpu: float, waited: float, free: float) -> None:
    assert _free({"wall": 4.0, "cpu": cpu, "waited": waited}) == free


def test_memory_is_what_the_work_took() -> None:
    if peak_mb() is None or not os.access("/proc/self/clear_refs", os.W_OK):
        return  # nothing on this system counts it, and the benchmark says so
    with Meter() as meter:
        _, little = meter.measure(lambda: None)
        _, much = meter.measure(lambda: bytearray(60_000_000).count(1))
        _, after = meter.measure(lambda: None)
    assert little.peak is not None
    assert much.peak is not None
    assert after.peak is not None
    assert much.peak - little.peak == pytest.approx(60, abs=10)
    assert after.peak < much.peak - 50
