"""The fake says what it was told, where it was told."""

from __future__ import annotations

import numpy as np
import pytest

from coach.conversation import Interval, ModelError, Word
from coach.speech.samples import RATE, InMemory
from coach.speech.transcribers.fake import FakeTranscriber
from coach.speech.transcribers.protocol import LaneToHear

LANE = LaneToHear(
    "left",
    InMemory(np.zeros(10 * RATE, np.int16)),
    (Interval(1, 2), Interval(5, 8)),
    (Interval(0.5, 2.5), Interval(4.5, 8.5)),
)


def test_a_text_is_shared_out_over_the_cuts_by_their_speech() -> None:
    with FakeTranscriber({"left": "one two three four"}) as fake:
        transcript = fake.transcribe([LANE])

    assert [segment.text for segment in transcript.segments] == ["one", "two three four"]
    assert all(word.interpolated and word.confidence == 0.9 for word in transcript.of("left"))
    assert transcript.engine == "fake"


def test_words_with_times_keep_them_and_those_outside_the_cuts_are_lost() -> None:
    words = [Word("lost", 3.0, 3.5), Word("kept", 1.0, 1.5, 0.4)]

    with FakeTranscriber({"left": words}) as fake:
        transcript = fake.transcribe([LANE])

    assert [segment.words for segment in transcript.segments] == [(words[1],)]
    assert transcript.segments[0].confidence == 0.4


def test_a_speaker_without_script_says_nothing() -> None:
    with FakeTranscriber() as fake:
        assert fake.transcribe([LANE]).segments == ()


def test_its_fingerprint_moves_with_its_script() -> None:
    assert FakeTranscriber({"left": "a"}).fingerprint != FakeTranscriber({"left": "b"}).fingerprint


def test_it_must_be_open() -> None:
    with pytest.raises(ModelError, match="with"):
        FakeTranscriber().transcribe([LANE])
