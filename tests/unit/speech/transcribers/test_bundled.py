"""The bundled engine, run for real on made speech: what it says depends on the call alone."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import jiwer
import numpy as np
import pytest
import soundfile

from coach.conversation import CLEAR, Interval, ModelError, Transcript
from coach.speech import registry
from coach.speech.samples import RATE, InMemory
from coach.speech.transcribers import bundled
from coach.speech.transcribers.bundled import BundledTranscriber
from coach.speech.transcribers.moonshine import Heard, Moonshine, read_vocabulary
from coach.speech.transcribers.protocol import LaneToHear
from coach.speech.transcribers.sound import Cut

pytestmark = [
    pytest.mark.engine,
    pytest.mark.skipif(
        not BundledTranscriber.available(), reason="the bundled model is not installed: pip install coach[bundled]"
    ),
]

CALL = Path(__file__).parents[3] / "calls" / "high-bill"


def sound(name: str) -> tuple[int, np.ndarray]:
    data, rate = soundfile.read(CALL / name, dtype="float64")
    return rate, data


def lanes(*, seconds: float = 30.0, noise: float = 0.0) -> list[LaneToHear]:
    """Return the first part of the made call, its activity and cuts taken from the truth."""
    truth = json.loads((CALL / "truth.json").read_text(encoding="utf-8"))
    rate, data = sound("high-bill.wav")
    found = []
    for channel, role in enumerate(("agent", "customer")):
        one = data[: int(seconds * rate), channel]
        wide = np.interp(np.arange(0, len(one), rate / RATE), np.arange(len(one)), one) * 32767
        wide += np.random.default_rng(channel).normal(0, noise, len(wide))
        speech = tuple(Interval(a, min(b, seconds)) for a, b in truth["speech"][role] if a < seconds)
        cuts = tuple(Interval(max(one.start - 0.15, 0), min(one.end + 0.15, seconds)) for one in speech)
        found.append(LaneToHear(role, InMemory(wide.clip(-32768, 32767).astype(np.int16)), speech, cuts))
    return found


def said(role: str, seconds: float) -> str:
    truth = json.loads((CALL / "truth.json").read_text(encoding="utf-8"))
    return " ".join(
        word
        for utterance in truth["utterances"]
        if utterance["role"] == role
        for word, _, end in utterance["words"]
        if end <= seconds
    )


def plain(text: str) -> str:
    return "".join(char for char in text.lower() if char.isalnum() or char == " ")


@pytest.fixture(scope="module")
def heard() -> Transcript:
    with BundledTranscriber() as transcriber:
        return transcriber.transcribe(lanes())


def test_made_speech_is_understood(heard: Transcript) -> None:
    wrong = [
        jiwer.wer(plain(said(role, 30.0)), plain(" ".join(word.text for word in heard.of(role))))
        for role in ("agent", "customer")
    ]

    assert max(wrong) < 0.25


def test_clear_speech_is_heard_clearly_and_noisy_speech_less_so(heard: Transcript) -> None:
    with BundledTranscriber() as transcriber:
        noisy = transcriber.transcribe(lanes(noise=1500))

    def clear(transcript: Transcript) -> float:
        words = [word for segment in transcript.segments for word in segment.words]
        return sum(1 for word in words if word.confidence is not None and word.confidence >= CLEAR) / len(words)

    assert clear(heard) > 0.9
    assert clear(noisy) < clear(heard) - 0.2


def test_times_are_spread_and_say_so(heard: Transcript) -> None:
    assert all(word.interpolated for segment in heard.segments for word in segment.words)


def test_the_text_depends_on_the_call_alone(heard: Transcript) -> None:
    with BundledTranscriber(workers=1) as transcriber:
        transcriber.transcribe(lanes(seconds=12))  # another call before
        again = transcriber.transcribe(lanes())

    assert again == heard


def test_another_process_says_the_same(heard: Transcript) -> None:
    here = Path(__file__)
    code = (
        f"import sys; sys.path.insert(0, {str(here.parent)!r}); import {here.stem} as t\n"
        "with t.BundledTranscriber(workers=3) as transcriber:\n"
        "    print(repr(transcriber.transcribe(t.lanes())))"
    )

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)

    assert done.stdout.strip() == repr(heard)


def test_batches_are_made_up_by_length_and_of_one_call() -> None:
    cuts = [Cut(0, Interval(at, at + 1 + at / 10)) for at in range(0, 40, 2)]

    batches = bundled._batches(cuts[::-1], 8)

    assert [len(batch) for batch in batches] == [8, 8, 4]
    assert [cut for batch in batches for cut in batch] == cuts[::-1]
    assert bundled._batches(cuts, 8) == batches


def test_nothing_to_hear_is_no_error() -> None:
    told: list[float] = []
    silent = LaneToHear("left", InMemory(np.zeros(RATE, np.int16)), (), (Interval(0, 1),))

    with BundledTranscriber() as transcriber:
        assert transcriber.transcribe([silent], progress=told.append).segments == ()

    assert told == [1.0]


@pytest.mark.parametrize("kind", ["noise", "tone", "nothing"])
def test_what_is_no_speech_becomes_no_confident_words(kind: str) -> None:
    moments = np.arange(20 * RATE)
    made = {
        "noise": np.random.default_rng(3).normal(0, 2000, len(moments)),
        "tone": 4000 * (np.sin(moments * 0.172) + np.sin(moments * 0.188)),
        "nothing": np.zeros(len(moments)),
    }[kind]
    parts = tuple(Interval(at, at + 2) for at in range(1, 19, 3))
    lane = LaneToHear("left", InMemory(made.astype(np.int16)), parts, parts)

    with BundledTranscriber() as transcriber:
        words = transcriber.transcribe([lane]).of("left")

    assert sum(1 for word in words if (word.confidence or 0) >= CLEAR) <= 2


def test_it_must_be_open() -> None:
    with pytest.raises(ModelError, match="with"):
        BundledTranscriber().transcribe([])


def test_a_missing_package_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "folder", lambda *_: None)

    assert not BundledTranscriber.available()
    with pytest.raises(ModelError, match=r"--transcript FILE.*coach models pull"), BundledTranscriber():
        pass


def test_a_damaged_model_is_a_sentence(tmp_path: Path) -> None:
    (tmp_path / "encoder_model.ort").write_bytes(b"nothing")

    with pytest.raises(ModelError, match="damaged"):
        Moonshine(tmp_path)


def test_the_vocabulary_is_lengths_and_pieces(tmp_path: Path) -> None:
    path = tmp_path / "tokenizer.bin"
    long = b"x" * 300
    path.write_bytes(b"\x02ab\x00" + bytes([300 % 128 + 128, 300 // 128]) + long)

    assert read_vocabulary(path) == [b"ab", b"", long]

    path.write_bytes(b"\x05ab")
    with pytest.raises(ModelError, match="damaged"):
        read_vocabulary(path)


def test_pieces_become_words_with_their_least_sure_token() -> None:
    class Small(Moonshine):
        def __init__(self) -> None:
            self.vocabulary = ["▁bill".encode(), b"s", "▁naïve".encode()[:-3], b"\xc3", b"\xafve", b"."]

    words = Small().words(Heard((0, 1, 2, 5), (-0.1, -0.5, -0.2, -0.3, -0.01)))

    assert words == [("bills", -0.5), ("na.", -0.3)]
