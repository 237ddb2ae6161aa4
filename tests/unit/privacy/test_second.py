"""What a second hearing of the silenced sound finds, and what is done about it."""

from __future__ import annotations

from coach.conversation import Interval, Segment, Transcript, Word
from coach.privacy.kinds import DEFAULT
from coach.privacy.mask import mask
from coach.privacy.second import around, finds, muted, widened

DURATION = 100.0


def segment(speaker: str, start: float, end: float, text: str) -> Segment:
    spoken = text.split()
    step = (end - start) / len(spoken)
    words = (Word(w, start + k * step, start + (k + 1) * step, 0.9, interpolated=True) for k, w in enumerate(spoken))
    return Segment(speaker, Interval(start, end), tuple(words), 0.9)


FIRST = Transcript(
    (
        segment("left", 5, 9, "what is the long number on the card"),
        segment("right", 10, 13, "four one one one four one one one"),
        segment("right", 14, 17, "they hate not for sorry about that noise"),
        segment("left", 18, 20, "thank you so much"),
        segment("right", 21, 23, "you are welcome"),
    ),
    "made",
)
SILENT = (Interval(9.85, 13.15),)


def test_it_listens_five_seconds_around_and_not_past_the_ends() -> None:
    assert around((Interval(2, 10), Interval(95, 99)), duration=DURATION) == (Interval(0, 15), Interval(90, 100))
    assert around((Interval(20, 22), Interval(30, 31)), duration=DURATION) == (Interval(15, 36),)


def test_digits_beside_the_silence_are_found_by_what_was_masked() -> None:
    second = Transcript((segment("right", 14, 17, "eight eight nought four sorry about that noise"),), "made")

    found = finds(FIRST, second, SILENT, duration=DURATION, kinds=DEFAULT)

    assert [span.kind for span in found] == ["card"]
    assert found[0].interval.start == 14
    assert found[0].speaker == "right"


def test_ordinary_words_beside_the_silence_are_no_find() -> None:
    second = Transcript((segment("right", 14, 17, "they hate not sorry about that noise"),), "made")

    assert finds(FIRST, second, SILENT, duration=DURATION, kinds=DEFAULT) == ()


def test_a_find_takes_out_what_the_first_hearing_made_of_it() -> None:
    second = Transcript((segment("right", 14, 17, "eight eight nought four sorry about that noise"),), "made")
    masked = mask(FIRST)

    wider = widened(masked, finds(FIRST, second, SILENT, duration=DURATION, kinds=DEFAULT))

    assert [s.text for s in wider.transcript.segments][1:3] == ["[card]", "[card] about that noise"]
    assert wider.counts == {"card": 1}
    assert len(wider.spans) == len(masked.spans) + 1


def test_what_persists_takes_out_the_whole_turn_of_that_party_alone() -> None:
    second = Transcript((segment("right", 14, 17, "eight eight nought four sorry about that noise"),), "made")

    mute, turns = muted(mask(FIRST), finds(FIRST, second, SILENT, duration=DURATION, kinds=DEFAULT))

    assert turns == (Interval(10, 17),)
    assert [s.text for s in mute.transcript.segments] == [
        "what is the long number on the card",
        "[card]",
        "[card]",
        "thank you so much",
        "you are welcome",
    ]
