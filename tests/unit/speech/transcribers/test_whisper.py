"""faster-whisper, run for real on a model that says one sentence."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
import tiny_whisper

from coach.conversation import Interval, ModelError
from coach.speech.samples import RATE, InMemory
from coach.speech.transcribers import whisper
from coach.speech.transcribers.protocol import LaneToHear
from coach.speech.transcribers.sound import Cut
from coach.speech.transcribers.whisper import WhisperTranscriber

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    where = tmp_path_factory.mktemp("models") / "tiny"
    tiny_whisper.build(where)
    return where


def lane(*speech: Interval, speaker: str = "left", pad: float = 0.4, seconds: float = 60) -> LaneToHear:
    noise = np.random.default_rng(1).normal(0, 3000, int(seconds * RATE)).astype(np.int16)
    cuts = tuple(Interval(max(one.start - pad, 0), one.end + pad) for one in speech)
    return LaneToHear(speaker, InMemory(noise), speech, cuts)


def test_words_are_placed_in_the_recording(folder: Path) -> None:
    with WhisperTranscriber(folder, device="cpu") as transcriber:
        transcript = transcriber.transcribe([lane(Interval(1, 5), Interval(11, 15))])

    assert [segment.text for segment in transcript.segments] == ["my bill is twice as high."] * 2
    first, second = transcript.segments
    assert [word.start for word in first.words] == pytest.approx([0.6, 1.1, 1.6, 2.1, 2.6, 3.1], abs=0.03)
    assert [word.start for word in second.words] == pytest.approx([10.6, 11.1, 11.6, 12.1, 12.6, 13.1], abs=0.03)
    assert not any(word.interpolated for word in first.words)
    assert all(word.confidence is not None and word.confidence > 0.9 for word in first.words)
    assert transcript.word_times
    assert transcript.engine == "faster-whisper tiny"


def test_more_cuts_than_a_batch_holds_keep_their_places(folder: Path) -> None:
    speech = [Interval(at, at + 3) for at in range(1, 58, 4)]
    told: list[float] = []

    with WhisperTranscriber(folder, device="cpu") as transcriber:
        transcript = transcriber.transcribe(
            [lane(*speech[::2]), lane(*speech[1::2], speaker="right")], progress=told.append
        )

    assert [segment.interval.start for segment in transcript.segments] == pytest.approx(
        [one.start - 0.4 for one in speech]
    )
    assert all(
        segment.words[0].start == pytest.approx(segment.interval.start, abs=0.03) for segment in transcript.segments
    )
    assert {segment.speaker for segment in transcript.segments} == {"left", "right"}
    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)


def test_a_cut_longer_than_its_window_is_heard_to_its_end(folder: Path) -> None:
    with WhisperTranscriber(folder, device="cpu") as transcriber:
        transcript = transcriber.transcribe([lane(Interval(1, 50))])

    assert len(transcript.segments) == 2
    assert max(segment.interval.duration for segment in transcript.segments) <= transcriber.longest_cut
    assert transcript.segments[-1].interval.end == pytest.approx(50.4)


def test_words_far_from_any_speech_are_left_out(folder: Path) -> None:
    heard = lane(Interval(1, 2), pad=0.4)
    wide = LaneToHear("left", heard.samples, heard.speech, (Interval(0.6, 8.0),))

    with WhisperTranscriber(folder, device="cpu") as transcriber:
        (segment,) = transcriber.transcribe([wide]).segments

    assert segment.text == "my bill is twice"  # the rest was placed from 2.6 s on


def test_an_answer_to_silence_is_left_out(tmp_path: Path) -> None:
    model = tiny_whisper.build(tmp_path / "silence", ["Thank", "you", "for", "watching."])

    with WhisperTranscriber(model, device="cpu") as transcriber:
        assert transcriber.transcribe([lane(Interval(1, 5))]).segments == ()


@dataclass
class Library:
    """A word and a segment as the library gives them."""

    no_speech_prob: float
    avg_logprob: float
    text: str = "hello"
    probability: float = 0.9

    @property
    def words(self) -> list[Any]:
        said = self.text.split()
        return [
            SimpleNamespace(word=f" {word}", start=at / 10, end=at / 10 + 0.1, probability=self.probability)
            for at, word in enumerate(said)
        ]


@pytest.mark.parametrize(
    ("silent", "log", "kept"), [(0.9, -1.5, False), (0.9, -0.2, True), (0.1, -1.5, True), (0.1, -0.2, True)]
)
def test_what_the_model_takes_for_silence_is_left_out(silent: float, log: float, kept: bool) -> None:
    cut = Cut(0, Interval(1, 2))

    segment = whisper._segment([(Library(silent, log), 0.0)], cut, "left", (Interval(1, 2),))

    assert (segment is not None) is kept


@pytest.mark.parametrize(("probability", "confidence"), [(0.3, 0.3), (1.0000001, 1.0)])
def test_confidence_is_the_words_probability(probability: float, confidence: float) -> None:
    said = Library(0.0, -0.1, probability=probability)

    segment = whisper._segment([(said, 0.0)], Cut(0, Interval(1, 2)), "left", (Interval(1, 2),))

    assert segment is not None
    assert [word.confidence for word in segment.words] == [confidence]


def test_a_loop_is_cut() -> None:
    said = Library(0.0, -0.1, "well, " + "I see. " * 8)

    segment = whisper._segment([(said, 0.0)], Cut(0, Interval(1, 4)), "left", (Interval(1, 4),))

    assert segment is not None
    assert segment.text == "well, I see."


def test_nothing_to_hear_is_no_error(folder: Path) -> None:
    told: list[float] = []

    with WhisperTranscriber(folder, device="cpu") as transcriber:
        assert transcriber.transcribe([lane()], progress=told.append).segments == ()

    assert told == [1.0]


def test_the_library_may_not_look_on_the_network(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)

    with WhisperTranscriber(folder, device="cpu"):
        assert os.environ["HF_HUB_OFFLINE"] == "1"


@pytest.mark.parametrize("missing", ["model.bin", "config.json", "tokenizer.json"])
def test_a_folder_without_a_whole_model_is_refused(folder: Path, tmp_path: Path, missing: str) -> None:
    copy = tmp_path / "model"
    shutil.copytree(folder, copy)
    (copy / missing).unlink()

    with pytest.raises(ModelError, match=missing), WhisperTranscriber(copy, device="cpu"):
        pass


def test_a_damaged_model_is_a_sentence(folder: Path, tmp_path: Path) -> None:
    copy = tmp_path / "model"
    shutil.copytree(folder, copy)
    (copy / "model.bin").write_bytes(b"not a model")

    with pytest.raises(ModelError, match="cannot be loaded on cpu"), WhisperTranscriber(copy, device="cpu"):
        pass


def test_the_fingerprint_moves_with_the_model(folder: Path, tmp_path: Path) -> None:
    other = tiny_whisper.build(tmp_path / "tiny", ["another", "sentence."])

    assert WhisperTranscriber(folder, device="cpu").fingerprint != WhisperTranscriber(other, device="cpu").fingerprint


def test_it_must_be_open(folder: Path) -> None:
    with pytest.raises(ModelError, match="with"):
        WhisperTranscriber(folder).transcribe([lane(Interval(1, 2))])


def test_sounds_laid_out_start_on_frames_and_do_not_touch() -> None:
    sounds = [np.ones(1000, np.float32), np.ones(160, np.float32)]

    whole, starts = whisper._laid_out(sounds)

    assert starts == [0, 1280]
    assert whole.sum() == 1160
    assert len(whole) >= 1280 + 160
