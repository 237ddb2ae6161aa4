"""Warm words on a call in everyday language: what names the trouble, what answers the worry, what does neither."""

from collections.abc import Callable, Sequence

import pytest

from coach.analysis.acts import agent_acts
from coach.analysis.scripted import key, scripted
from coach.analysis.warmth import Empathy
from coach.conversation import Conversation

Speak = Callable[..., Conversation]

PENSION = "My bill doubled this month and I live alone on a pension, I don't know how I'm going to cover it."
COLD = "You shut us off last night and my kids had no heat, this is the third time I've called."


def said(speak: Speak, told: str, answer: str, kind: str) -> bool:
    return Empathy().analyze(speak(("customer", told), ("agent", answer))).of(kind) != ()


@pytest.mark.parametrize("told", [PENSION, COLD])
@pytest.mark.parametrize(
    "answer",
    [
        "That must have come as a shock.",
        "It isn't easy stretching a pension that far.",
        "You've every reason to be cross with us.",
        "Three calls and still in the dark, that's wearing.",
        "Doubling overnight would worry anyone.",
        "That's no way to start a morning.",
        "Nobody should have to call three times for the same thing.",
    ],
)
def test_everyday_words_for_what_is_hard_are_empathy(speak: Speak, told: str, answer: str) -> None:
    assert said(speak, told, answer, "empathy")


@pytest.mark.parametrize("told", [PENSION, COLD])
@pytest.mark.parametrize(
    "answer",
    [
        "I understand your balance is due Friday.",
        "I hear you loud and clear.",
        "You must sign the form and mail it.",
        "The rate is a lot higher in winter.",
        "That meter is hard to get to.",
        "You sound like you're on a speaker.",
        "I would call the landlord first.",
    ],
)
def test_what_only_looks_like_empathy_is_none(speak: Speak, told: str, answer: str) -> None:
    assert not said(speak, told, answer, "empathy")


@pytest.mark.parametrize("told", [PENSION, COLD])
@pytest.mark.parametrize(
    "answer",
    [
        "Your lights are staying on.",
        "No one will come out while this is open.",
        "This is very fixable.",
        "You won't have to explain it again.",
        "I'm not going to let that happen.",
        "We'll take it one bit at a time.",
        "There's help for exactly this.",
    ],
)
def test_a_worry_answered_in_everyday_words_is_reassurance(speak: Speak, told: str, answer: str) -> None:
    assert said(speak, told, answer, "reassurance")


@pytest.mark.parametrize("told", [PENSION, COLD])
@pytest.mark.parametrize(
    "answer",
    [
        "I'll send the form on Monday.",
        "It will be shut off on Monday.",
        "We won't be able to waive that.",
        "You can't pay again online.",
        "The technician is coming to read the meter.",
        "You don't have enough credit for the plan.",
        "That's okay.",
    ],
)
def test_a_promise_or_a_no_is_not_reassurance(speak: Speak, told: str, answer: str) -> None:
    assert not said(speak, told, answer, "reassurance")


@pytest.mark.parametrize("answer", ["We'll get this fixed.", "You won't be charged.", "Your lights are staying on."])
def test_nothing_is_reassured_where_no_worry_was_told(speak: Speak, answer: str) -> None:
    assert not said(speak, "Hello there.", answer, "reassurance")


class InMemory:
    """Remembers the sentences of other calls as a store would: by key, one call a time."""

    def __init__(self, calls: Sequence[Conversation]) -> None:
        self._calls = [{key(clause) for clause, _ in agent_acts(call)} for call in calls]

    def calls(self) -> int:
        return len(self._calls)

    def with_sentence(self, key: str) -> int:
        return sum(key in call for call in self._calls)

    def other_wordings(self, kind: str) -> Sequence[str]:  # noqa: ARG002 - as the protocol has it
        return ()


LINE = "I completely understand how worried you must be."


@pytest.mark.parametrize(("calls", "with_it", "scripts"), [(20, 6, 1), (20, 5, 0), (19, 19, 0)])
def test_a_sentence_is_a_script_from_three_in_ten_of_twenty_calls(
    talk: Speak, calls: int, with_it: int, scripts: int
) -> None:
    past = [
        talk(("customer", PENSION), ("agent", LINE if index < with_it else "That must be hard on you right now."))
        for index in range(calls)
    ]

    found = list(scripted(agent_acts(talk(("customer", PENSION), ("agent", LINE))), InMemory(past)))

    assert len(found) == scripts


def test_what_is_remembered_of_a_sentence_holds_no_name_and_no_number_that_was_masked(talk: Speak) -> None:
    call = talk(("customer", PENSION), ("agent", "I can see how hard that is for you [name] on account [account]."))

    assert ["[name]" in key(clause) and "[account]" in key(clause) for clause, _ in agent_acts(call)] == [True]
