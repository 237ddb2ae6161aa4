"""What is heard where something was masked: nothing, or a modest tone; in the page and in the file beside it."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import av
import numpy as np
import pytest
import soundfile
from command import coach
from numpy.typing import NDArray

CARD = (14.4, 18.8)
"""Well within the time in which the card is read out, in seconds."""

SPEAKS = (5.0, 8.5)


def written(folder: Path, *, beside: bool) -> bytes:
    """Return the MP3 of a report."""
    if beside:
        return (folder / "coaching" / "talk.mp3").read_bytes()
    page = (folder / "coaching" / "talk.html").read_text(encoding="utf-8")
    found = re.search(r"data:audio/mpeg;base64,([A-Za-z0-9+/=]+)", page)
    assert found is not None
    return base64.b64decode(found[1])


def decoded(mp3: bytes) -> tuple[NDArray[np.float64], int]:
    """Return all lanes, shape ``(lanes, n)``, full scale 1, and the rate."""
    with av.open(io.BytesIO(mp3)) as container:
        frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
        rate = container.streams.audio[0].rate
    return np.concatenate(frames, axis=1).astype(float), rate


def level(samples: NDArray[np.float64], rate: int, low: float, high: float) -> float:
    """Return the amplitude of what lies between two frequencies, in hertz."""
    power = np.abs(np.fft.rfft(samples * np.hanning(len(samples)))) ** 2
    at = np.fft.rfftfreq(len(samples), 1 / rate)
    return float(np.sqrt(power[(at >= low) & (at < high)].sum()) / len(samples) * 2)


@pytest.mark.parametrize("beside", [False, True], ids=["inside the page", "beside it"])
@pytest.mark.parametrize("cover", ["silence", "beep"])
@pytest.mark.parametrize("channels", [1, 2], ids=["one channel", "two"])
def test_no_speech_is_left_over_a_card(
    recording: Path, transcript: Path, cover: str, beside: bool, channels: int
) -> None:
    if channels == 1:
        both, rate = soundfile.read(recording)
        soundfile.write(recording, both.mean(axis=1), rate)
    environment = {"COACH_MASK_SOUND": cover, "COACH_EMBED_MINUTES": "0.1" if beside else "20"}

    ran = coach("review", recording, "--transcript", transcript, cwd=recording.parent, **environment)

    assert ran.returncode == 0, ran.stderr
    lanes, rate = decoded(written(recording.parent, beside=beside))
    assert len(lanes) == channels
    for lane in lanes:
        inside = lane[int(CARD[0] * rate) : int(CARD[1] * rate)]
        tone = level(inside, rate, 940, 1060)
        rest = max(level(inside, rate, 0, 900), level(inside, rate, 1100, rate / 2))
        assert rest < 0.0008
        assert (0.03 < tone < 0.12) if cover == "beep" else tone < 0.0005
    assert max(np.abs(lane[int(SPEAKS[0] * rate) : int(SPEAKS[1] * rate)]).max() for lane in lanes) > 0.1


def test_another_cover_is_refused(recording: Path, transcript: Path) -> None:
    ran = coach("review", recording, "--transcript", transcript, cwd=recording.parent, COACH_MASK_SOUND="bleep")

    assert ran.returncode == 5
    assert "silence, beep" in ran.stderr
