"""What the mask stage does with sound that it hears again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

from coach.app.item import Call, Lane, Request
from coach.app.naming import Output
from coach.app.settings import gather
from coach.app.stages.masking import UNCHECKED, Mask
from coach.conversation import Interval, Segment, Transcript, Word
from coach.speech.activity import LaneActivity
from coach.speech.importing.imported import Imported
from coach.speech.samples import RATE, InMemory

LENGTH = 60
# Ordinary talk ends the passage that is silent around a card, so that there is something left to hear.
ORDINARY = "well that is what I was told by the man who came to look at the boiler on monday"


def segment(start: float, end: float, text: str, speaker: str = "right") -> Segment:
    spoken = text.split()
    step = (end - start) / len(spoken)
    words = (Word(w, start + k * step, start + (k + 1) * step, 0.9, interpolated=True) for k, w in enumerate(spoken))
    return Segment(speaker, Interval(start, end), tuple(words), 0.9)


FIRST = (
    segment(5, 8, "the long number on the card is", "left"),
    segment(10, 14, "four one one one four one one one four one one one"),
    segment(14.5, 20, ORDINARY),
)


@dataclass
class Hears:
    """Stands in for the stage that transcribes: says what it was told, and keeps what it was given."""

    says: list[Sequence[Segment]]
    given: list[Sequence[Lane]] = field(default_factory=list)

    def hear(self, lanes: Sequence[Lane], _duration: float) -> Transcript:
        self.given.append(lanes)
        return Transcript(tuple(self.says[len(self.given) - 1]), "made")


@dataclass
class Sound:
    duration: float = LENGTH


def call(segments: Sequence[Segment] = FIRST) -> Call:
    activity = LaneActivity((Interval(0, LENGTH),), (Interval(0, LENGTH),), -20.0, -60.0, clipped=False)
    loud = np.full(LENGTH * RATE, 5000, np.int16)
    lanes = tuple(Lane(speaker, InMemory(loud), activity) for speaker in ("left", "right"))
    settings = gather({}, environment={})
    made = Call(Request(recording=Path("call.wav")), settings, Output(Path("out"), "call"))
    return Call(
        made.request,
        made.settings,
        made.output,
        sound=Sound(),  # type: ignore[arg-type]
        lanes=lanes,
        separation="channels",
        transcript=Transcript(tuple(segments), "made"),
    )


def words(done: Call) -> str:
    assert done.transcript is not None
    return " / ".join(segment.text for segment in done.transcript.segments)


def test_where_nothing_is_masked_nothing_is_heard_again() -> None:
    hears = Hears([])

    done = Mask(hears).one(call([segment(10, 15, ORDINARY)]))  # type: ignore[arg-type]

    assert (hears.given, done.silenced, done.warnings, done.masked) == ([], (), (), {})


def test_it_hears_the_silenced_sound_around_the_silence_alone() -> None:
    hears = Hears([()])

    done = Mask(hears).one(call())  # type: ignore[arg-type]

    (lanes,) = hears.given
    (silence,) = done.silenced
    for lane in lanes:
        for spoken in lane.activity.likely:
            assert silence.start - 5 <= spoken.start
            assert spoken.end <= silence.end + 5
            assert not spoken & silence
        middle = int((silence.start + silence.end) / 2 * RATE)
        assert not lane.samples.read(middle, middle + 100).any()
    assert done.warnings == ()


def test_a_find_widens_the_mask_once() -> None:
    hears = Hears([[segment(15, 18, "seven eight seven eight that is what I was told")], ()])

    done = Mask(hears).one(call())  # type: ignore[arg-type]

    assert len(hears.given) == 2
    assert any(one.start <= 15 and one.end >= 16 for one in done.silenced)
    assert "[card]" in words(done).split(" / ")[2]
    assert "boiler on monday" in words(done)
    assert done.warnings == ()


def test_what_persists_takes_the_whole_turn_and_the_review_goes_on() -> None:
    found = [segment(15, 18, "seven eight seven eight that is what I was told")]
    again = [segment(18.5, 19.8, "four one one one four one")]

    done = Mask(Hears([found, again])).one(call())  # type: ignore[arg-type]

    assert "boiler" not in words(done)
    assert any(one.start <= 14.5 and one.end >= 20 for one in done.silenced)
    (warning,) = done.warnings
    assert "(card)" in warning
    assert "0:18" in warning
    assert not any(word in warning for word in ("seven", "four", "boiler"))


@pytest.mark.parametrize("private", [True, False])
def test_with_a_transcript_given_it_says_that_nobody_heard_again(private: bool) -> None:
    segments = FIRST if private else FIRST[2:]
    given = call(segments)
    assert given.transcript is not None
    imported = Imported(
        given.transcript, ("right",), {}, word_times=True, confidences=True, duration=LENGTH, speech={}, format="made"
    )
    hears = Hears([])

    done = Mask(hears).one(  # type: ignore[arg-type]
        Call(**{**given.__dict__, "imported": imported})
    )

    assert hears.given == []
    assert done.warnings == ((UNCHECKED,) if private else ())
    assert bool(done.silenced) == private
