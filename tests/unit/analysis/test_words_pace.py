from collections.abc import Callable
from dataclasses import replace

import pytest

from coach.analysis.pace import Pace
from coach.conversation import Conversation, Interval, Party, Turn, Word

Speak = Callable[..., Conversation]


def call_of(words: list[Word]) -> Conversation:
    turn = Turn("agent", "a", "turn", Interval(words[0].start, words[-1].end), tuple(words))
    return Conversation(100.0, "channels", (Party("agent", "a", (turn.interval,), tuple(words)),), (turn,))


def test_words_by_the_time_from_first_to_last() -> None:
    words = [Word("bill", i * 0.5, i * 0.5 + 0.5) for i in range(80)]

    measure = Pace().analyze(call_of(words)).measure("pace_agent")

    assert measure.value == pytest.approx(120.0)
    assert (measure.numerator, measure.denominator) == (80, pytest.approx(40 / 60))


def test_short_pauses_count_and_long_ones_do_not() -> None:
    early = [Word("bill", i * 0.5, i * 0.5 + 0.5) for i in range(40)]
    late = [Word("bill", 21.5 + i * 0.5, 22.0 + i * 0.5) for i in range(40)]
    later = [replace(word, start=word.start + 5, end=word.end + 5) for word in late]

    assert Pace().analyze(call_of(early + late)).measure("pace_agent").value == pytest.approx(80 / 41.5 * 60)
    assert Pace().analyze(call_of(early + later)).measure("pace_agent").value == pytest.approx(120.0)


def test_masked_words_are_counted() -> None:
    words = [Word("[card]" if i % 2 else "bill", i * 0.5, i * 0.5 + 0.5) for i in range(80)]

    assert Pace().analyze(call_of(words)).measure("pace_agent").numerator == 80


def test_half_a_minute_is_needed(talk: Speak) -> None:
    measure = Pace().analyze(talk(("agent", "one two three four five six"), ("customer", "yes"))).measure("pace_agent")

    assert measure.value is None
    assert measure.why is not None
    assert "30 s are needed" in measure.why


def test_cues_tell_no_pace() -> None:
    words = [Word("bill", i * 0.5, i * 0.5 + 0.5) for i in range(80)]

    assert Pace().analyze(replace(call_of(words), word_times=False)).measure("pace_agent").value is None


def test_a_party_that_is_not_there_has_no_pace() -> None:
    words = [Word("bill", i * 0.5, i * 0.5 + 0.5) for i in range(80)]

    assert Pace().analyze(call_of(words)).measure("pace_customer").value is None
