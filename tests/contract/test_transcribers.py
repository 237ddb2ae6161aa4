"""Every recogniser, the fake and the real ones, keeps the same promises."""

from __future__ import annotations

import json
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import soundfile
import tiny_whisper

from coach.conversation import Interval, ModelError, Transcript
from coach.speech.samples import RATE, InMemory
from coach.speech.transcribers.bundled import BundledTranscriber
from coach.speech.transcribers.fake import FakeTranscriber
from coach.speech.transcribers.protocol import LaneToHear, Transcriber
from coach.speech.transcribers.whisper import WhisperTranscriber

VOICES = Path(__file__).parents[1] / "calls" / "voices"
GAP = 1.5
Make = Callable[[], Transcriber]


def lane(voice: str, *clips: str) -> LaneToHear:
    """Return clips of the pool one after the other, with 1.5 s before, between and after them."""
    seconds = {(clip["voice"], clip["id"]): clip["seconds"] for clip in json.loads((VOICES / "clips.json").read_text())}
    parts, speech, at = [np.zeros(int(GAP * RATE))], [], GAP
    for clip in clips:
        data, rate = soundfile.read(VOICES / voice / f"{clip}.flac")
        speech.append(Interval(at, at + seconds[voice, clip]))
        parts += [
            np.interp(np.arange(0, len(data), rate / RATE), np.arange(len(data)), data),
            np.zeros(int(GAP * RATE)),
        ]
        at += len(parts[-2]) / RATE + GAP
    sound = (np.concatenate(parts) * 32767).astype(np.int16)
    cuts = tuple(Interval(one.start - 0.4, one.end + 0.4) for one in speech)
    return LaneToHear(voice, InMemory(sound), tuple(speech), cuts)


@pytest.fixture(scope="module")
def lanes() -> list[LaneToHear]:
    return [lane("slt", "medium-1", "back-2"), lane("rms", "short-1", "medium-2")]


@pytest.fixture(scope="module", params=["fake", "bundled", "faster-whisper"])
def make(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Make:
    if request.param == "fake":
        return lambda: FakeTranscriber({"slt": "one two three four five six", "rms": "seven eight nine ten"})
    if request.param == "bundled":
        if not BundledTranscriber.available():
            pytest.skip("the bundled model is not installed: pip install coach[bundled]")
        return BundledTranscriber
    folder = tiny_whisper.build(tmp_path_factory.mktemp("models") / "tiny")
    return lambda: WhisperTranscriber(folder, device="cpu")


@pytest.fixture(scope="module")
def heard(make: Make, lanes: list[LaneToHear]) -> Transcript:
    with make() as transcriber:
        return transcriber.transcribe(lanes)


pytestmark = pytest.mark.engine


def test_something_is_heard_on_every_lane(heard: Transcript, lanes: list[LaneToHear]) -> None:
    assert {segment.speaker for segment in heard.segments} == {one.speaker for one in lanes}


def test_segments_are_sorted_and_are_cuts_of_their_lane(heard: Transcript, lanes: list[LaneToHear]) -> None:
    cuts = {one.speaker: one.cuts for one in lanes}

    assert [s.interval.start for s in heard.segments] == sorted(s.interval.start for s in heard.segments)
    assert all(segment.interval in cuts[segment.speaker] for segment in heard.segments)


def test_words_are_in_order_inside_their_segment(heard: Transcript) -> None:
    for segment in heard.segments:
        assert segment.words
        assert all(one.start <= two.start for one, two in pairwise(segment.words))
        for word in segment.words:
            assert segment.interval.start - 1e-6 <= word.start <= word.end <= segment.interval.end + 1e-6


def test_words_are_words_and_nothing_else(heard: Transcript) -> None:
    for segment in heard.segments:
        for word in segment.words:
            assert word.text == word.text.strip() != ""
            assert " " not in word.text


def test_confidences_lie_between_0_and_1(heard: Transcript) -> None:
    for segment in heard.segments:
        assert segment.confidence is not None
        assert 0 <= segment.confidence <= 1
        assert all(word.confidence is not None and 0 <= word.confidence <= 1 for word in segment.words)


def test_a_transcript_names_its_engine(heard: Transcript, make: Make) -> None:
    assert heard.engine == make().name
    assert make().fingerprint == make().fingerprint != ""


def test_the_same_call_gives_the_same_transcript(heard: Transcript, make: Make, lanes: list[LaneToHear]) -> None:
    with make() as transcriber:
        transcriber.transcribe(lanes[1:])

        assert transcriber.transcribe(lanes) == heard


def test_progress_grows_to_one(make: Make, lanes: list[LaneToHear]) -> None:
    told: list[float] = []

    with make() as transcriber:
        transcriber.transcribe(lanes, progress=told.append)

    assert told == sorted(told)
    assert told[-1] == pytest.approx(1.0)


def test_no_lanes_and_silent_lanes_give_no_words(make: Make, lanes: list[LaneToHear]) -> None:
    mute = LaneToHear("mute", lanes[0].samples, (), ())

    with make() as transcriber:
        assert transcriber.transcribe([]).segments == ()
        assert transcriber.transcribe([mute]).segments == ()


def test_a_closed_recogniser_refuses(make: Make, lanes: list[LaneToHear]) -> None:
    with make() as transcriber:
        pass

    with pytest.raises(ModelError):
        transcriber.transcribe(lanes)
