"""Speech from Debian's festival and flite, for those who rebuild the made calls.

Nothing that runs with the tests comes here: what it makes is committed. To rebuild:
``apt-get install festival festvox-us-slt-hts flite`` and a Python with scipy.
"""

from __future__ import annotations

import subprocess
import tempfile
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import numpy as np
import soundfile as sf
from scipy import signal  # type: ignore[import-untyped]

from tests.calls.stems import LEVEL, RATE, Float, activity, speech_level

PAD = 0.03
"""Seconds kept around the speech of a clip."""

PHONE_BAND = (300.0, 3400.0)
SILENCES = {"pau", "sil", "h#", "brth"}

FESTIVAL = """
(voice_{voice})
(set! hts_engine_params (append hts_engine_params (list (list "-r" {rate}))))
(set! u (utt.synth (Utterance Text "{text}")))
(mapcar
  (lambda (w) (format t "%f %f\\n" (item.feat w 'word_start) (item.feat w 'word_end)))
  (utt.relation.items u 'Word))
(utt.save.wave u "{wave}" 'riff)
"""


class Clip(NamedTuple):
    """One utterance: samples at 8 kHz with full scale 1, and its words as (text, start, end)."""

    samples: Float
    words: list[tuple[str, float, float]]


def utter(engine: str, voice: str, text: str, *, say: str | None = None, stretch: float = 1.0) -> Clip:
    """Return one utterance in phone quality, trimmed to its speech, at -20 dBFS.

    Args:
        engine: ``festival`` or ``flite``.
        voice: The engine's name of the voice.
        text: What is said, as it is written down.
        say: What the engine is given instead where it would misread the text.
        stretch: Longer than 1 speaks slower.
    """
    speak = {"festival": _festival, "flite": _flite}[engine]
    raw, rate, times = speak(voice, say or text, stretch)
    written = text.split()
    if say:
        times = [(times[0][0], times[-1][1])]
        times = [_share(times[0], i, len(written)) for i in range(len(written))]
    if len(times) != len(written):
        raise ValueError(f"{text!r}: {len(written)} words written, {len(times)} spoken")
    samples = _phone(raw, rate)
    samples = samples * 10 ** ((LEVEL - speech_level(samples)) / 20)
    spoken = activity(samples)
    start, end = max(spoken[0].start - PAD, 0.0), spoken[-1].end + PAD
    cut = samples[round(start * RATE) : round(end * RATE)].copy()
    ramp = np.linspace(0, 1, round(0.01 * RATE))
    cut[: len(ramp)] *= ramp
    cut[-len(ramp) :] *= ramp[::-1]
    words = [
        (word, round(max(a - start, 0.0), 3), round(min(b, end) - start, 3))
        for word, (a, b) in zip(written, times, strict=True)
    ]
    return Clip(cut, words)


def _share(whole: tuple[float, float], index: int, of: int) -> tuple[float, float]:
    step = (whole[1] - whole[0]) / of
    return whole[0] + index * step, whole[0] + (index + 1) * step


def _phone(raw: Float, rate: int) -> Float:
    """Return the sound as a phone line carries it: 8 kHz, 300 to 3,400 Hz, no delay added."""
    samples = signal.resample_poly(raw, RATE, rate) if rate != RATE else raw
    band = signal.butter(4, PHONE_BAND, "bandpass", fs=RATE, output="sos")
    return np.asarray(signal.sosfiltfilt(band, samples))


def _read(path: Path) -> tuple[Float, int]:
    samples, rate = sf.read(path, dtype="float64")
    return samples, int(rate)


def _festival(voice: str, text: str, stretch: float) -> tuple[Float, int, list[tuple[float, float]]]:
    with tempfile.TemporaryDirectory() as folder:
        wave = Path(folder, "utterance.wav")
        script = Path(folder, "utterance.scm")
        script.write_text(
            FESTIVAL.format(voice=voice, rate=1 / stretch, text=text, wave=wave)  # the engine's own rate: 1 is normal
        )
        out = subprocess.run(["festival", "-b", str(script)], check=True, capture_output=True, text=True).stdout
        times = [(float(a), float(b)) for a, b in (line.split() for line in out.splitlines() if line.strip())]
        return *_read(wave), times


def _flite(voice: str, text: str, stretch: float) -> tuple[Float, int, list[tuple[float, float]]]:
    with tempfile.TemporaryDirectory() as folder:
        wave = Path(folder, "utterance.wav")
        out = _run_flite(voice, "--setf", f"duration_stretch={stretch}", "-psdur", "-t", text, "-o", str(wave))
        phones: list[tuple[float, float]] = []
        at = 0.0
        for pair in out.split():
            name, end = pair.rsplit(":", 1)
            if float(end) < at:
                raise ValueError(f"{text!r}: flite takes it for several utterances; give it one sentence at a time")
            if name not in SILENCES:
                phones.append((at, float(end)))
            at = float(end)
        return *_read(wave), _words_of(voice, text, phones)


def _words_of(voice: str, text: str, phones: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """Return each word's time, from how many phones it has when said alone."""
    counts = np.array([_phones_in(voice, word.strip(",.?!")) for word in text.split()])
    bounds = np.concatenate(([0], np.cumsum(counts))) * len(phones) / counts.sum()
    edges = np.rint(bounds).astype(int)
    return [(phones[a][0], phones[max(b, a + 1) - 1][1]) for a, b in pairwise(edges.tolist())]


@cache
def _phones_in(voice: str, word: str) -> int:
    return sum(name not in SILENCES for name in _run_flite(voice, "-ps", "-t", word, "none").split())


def _run_flite(voice: str, *arguments: str) -> str:
    return subprocess.run(["flite", "-voice", voice, *arguments], check=True, capture_output=True, text=True).stdout
