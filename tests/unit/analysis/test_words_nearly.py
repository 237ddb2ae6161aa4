"""What is nearly there, in words that are in doubt, is not missing."""

from collections.abc import Callable

import pytest

from coach.analysis.analyse import analyse
from coach.conversation import Conversation

Speak = Callable[..., Conversation]


@pytest.mark.parametrize(
    ("answer", "confidence", "missed"),
    [
        ("That mist be so hard for you.", 1.0, True),
        ("That mist be so hard for you.", 0.75, False),
        ("I can send you the form.", 0.75, True),
    ],
)
def test_what_may_have_been_warm_is_not_missed(talk: Speak, answer: str, confidence: float, *, missed: bool) -> None:
    call = talk(
        ("agent", "Hello, how can I help?"),
        ("customer", "I am really upset, I waited all week and nobody ever came out to my house to fix it."),
        ("agent", answer),
        ("customer", "Okay then."),
        ("agent", "I can send you the form on Friday."),
        confidence=confidence,
    )

    found = analyse(call).of("missed_empathy")

    assert bool(found) is missed
    assert all(moment.confidence < 0.7 for moment in found) or confidence == 1.0
