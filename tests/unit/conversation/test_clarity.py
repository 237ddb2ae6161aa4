from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from coach.conversation import Conversation, Interval, Party, Word, bridge, intersection
from coach.conversation.clarity import CLEAR, Clarity


def word(start: float, end: float, confidence: float | None = 0.9) -> Word:
    return Word("so", start, end, confidence)


SPEECH = (Interval(0, 2), Interval(3, 5), Interval(6, 6.25))
WORDS = (word(0, 1), word(1, 2, 0.2), word(3, 5, 0.5))


def test_each_stretch_counts_by_its_length_and_its_clear_words() -> None:
    assert Clarity(SPEECH, WORDS).share() == (2 * 0.5 + 2 * 1) / 4


def test_a_breath_without_words_counts_for_nothing_and_a_stretch_without_words_as_unheard() -> None:
    assert Clarity(SPEECH, ()).share() == 0.0
    assert Clarity(SPEECH[2:], ()).share() is None


def test_only_a_part_is_judged() -> None:
    clarity = Clarity(SPEECH, WORDS)
    assert clarity.share(Interval(0, 1)) == 1.0
    assert clarity.share(Interval(1, 2)) == 0.0
    assert clarity.share(Interval(2, 3)) is None
    assert clarity.share(Interval(1, 4.5)) == 1.5 / 2.5


def test_a_long_word_said_over_a_short_one_hides_neither() -> None:
    words = (word(0, 2, 0.9), word(0.1, 0.3, 0.1))
    assert Clarity((Interval(0, 0.5), Interval(0.5, 2)), words).share() == pytest.approx(1.5 / 2)


def test_no_party_and_no_confidence_give_none() -> None:
    parties = (Party("agent", "left", SPEECH, (word(0, 1, None),)), Party("unknown", "right", SPEECH, WORDS))
    conversation = Conversation(10, "channels", parties, ())
    assert conversation.heard("agent") is None
    assert conversation.heard("customer") is None
    assert conversation.heard("unknown") == 0.75


EIGHTHS = st.integers(0, 80).map(lambda eighths: eighths / 8)
INTERVALS = (
    st.tuples(EIGHTHS, EIGHTHS).filter(lambda pair: pair[0] != pair[1]).map(lambda pair: Interval(*sorted(pair)))
)


@given(
    st.lists(INTERVALS, max_size=8),
    st.lists(st.tuples(INTERVALS, st.sampled_from([None, 0.2, 0.5, 0.9])), max_size=12),
    st.none() | INTERVALS,
)
def test_asking_about_a_part_is_cutting_it_out(
    speech: list[Interval], said: list[tuple[Interval, float | None]], within: Interval | None
) -> None:
    stretches = bridge(speech, 0.3)
    words = [word(when.start, when.end, sure) for when, sure in said]
    clear = judged = 0.0
    for stretch in stretches if within is None else intersection(stretches, [within]):
        inside = [w for w in words if w.interval.middle in stretch]
        if inside or stretch.duration >= 0.5:
            judged += stretch.duration
            sure = [w for w in inside if w.confidence is None or w.confidence >= CLEAR]
            clear += stretch.duration * len(sure) / len(inside) if inside else 0
    assert Clarity(stretches, words).share(within) == (clear / judged if judged else None)


def test_words_are_understood_as_far_as_they_are_likely_to_be_right() -> None:
    said = [
        Word(text, i, i + 0.9, sure) for i, (text, sure) in enumerate([("the", 0.9), ("bill", 0.5), ("came", None)])
    ]

    assert Clarity((Interval(0, 3),), said).understood() == pytest.approx((0.9 + 0.5 + 1.0) / 3)


def test_speech_without_a_word_is_not_understood() -> None:
    assert Clarity((Interval(0, 1), Interval(2, 3)), [Word("yes", 0, 1, 1.0)]).understood() == 0.5
    assert Clarity((Interval(0, 1), Interval(2, 3)), [Word("yes", 0, 1, 1.0)]).understood(Interval(5, 6)) is None


def test_words_that_make_no_sense_side_by_side_are_not_understood() -> None:
    def understood(text: str) -> float | None:
        words = [Word(word, i, i + 0.9) for i, word in enumerate(text.split())]
        return Clarity((Interval(0, len(words)),), words).understood()

    assert understood("I told the man that the bill was for my mother and he said it was fine.") == 1.0
    assert understood("I I told the the man, that, the bill. Is it for my mother?") == 1.0
    garbled = understood("I the man of is the bill we him for my and he of they")
    assert garbled is not None
    assert garbled < 0.5


def spoken(text: str, sure: float) -> Clarity:
    words = [Word(word, i, i + 0.9, sure) for i, word in enumerate(text.split())]
    return Clarity((Interval(0, len(words)),), words)


GARBLED = "I the man of is the bill we him for my and he of they"


def test_sense_and_confidence_tell_of_the_same_errors() -> None:
    clarity = spoken("I said the of bill was high and so I went to the office to ask about it", 0.8)

    assert clarity.understood() == pytest.approx(0.73, abs=0.02)
    assert clarity.throughout == pytest.approx(0.8 * 0.73, abs=0.02)


def test_confidences_that_promise_more_sense_than_there_is_are_not_believed() -> None:
    assert not spoken(GARBLED, 0.95).believable
    assert spoken("I told the man that the bill was for my mother and he said it was fine.", 0.95).believable
    assert spoken("I told the of that the bill was for my mother and he said it was fine.", 0.95).believable
    partly = 4 * "I told the man that the bill was for my mother and he said it was fine. " + "we him the of"
    assert [spoken(partly, sure).believable for sure in (0.95, 0.55)] == [False, True]
