from __future__ import annotations

from collections.abc import Callable

import pytest

from coach.analysis.judge import judge
from coach.analysis.listening import Listening
from coach.conversation import Conversation

Speak = Callable[..., Conversation]

PAID = "I paid the bill on the fourteenth by phone but the tech came out and then it said past due anyway."
TOLD = "Okay so the estimated read was too low and this month caught up to the real number."

QUESTIONS = {
    "clarifying_question": [
        "Do you mean the water tech or the electric one?",
        "Was that the fourth or the fourteenth?",
        "You paid it by phone?",
        "When you say past due, is that on the letter or online?",
        "Which bill are we talking about, the gas or the electric?",
        "Are you saying the tech never left a note?",
    ],
    "check_understanding": [
        "Does that make sense?",
        "Are you with me?",
        "Do you see how the two bills fit together?",
        "Did I lose you there?",
        "Is any of that unclear?",
        "Any questions about that part?",
        "Do you follow so far?",
    ],
    "open_question": [
        "What happened when you paid?",
        "How did that leave you?",
        "Tell me what you saw on the letter.",
        "Why do you think it came up past due?",
        "Can you walk me through what happened?",
        "What else did they say?",
    ],
    "closed_question": [
        "Did you pay it?",
        "What time did he come?",
        "How much did you pay?",
        "Have you moved the fridge?",
        "When did the tech come?",
        "Is the heat pump new?",
    ],
    "verification_question": [
        "Can I have the name on the account?",
        "And your zip code?",
        "What's the best number to reach you?",
        "Could you confirm your date of birth for me?",
        "And the last four of the social.",
        "May I have your account number please?",
    ],
}

NONE = {
    "clarifying_question": [
        "What's your date of birth?",
        "Is there anything else I can help with?",
        "Could you hold for a moment?",
        "Okay?",
        "You know what?",
        "Would you like to pay today?",
        "Shall I send you a new bill?",
        "Could you say that again?",
    ],
    "check_understanding": [
        "Okay?",
        "Right?",
        "You know?",
        "Do you follow the same plan every year?",
        "Did you get that letter?",
        "Do you understand French?",
        "Is there anything else?",
    ],
    "open_question": [
        "Did you pay it?",
        "How much did you pay?",
        "Who did you speak to?",
        "You paid by phone?",
        "How many people live there?",
        "What I can do is split it.",
        "What we did was read it twice.",
    ],
    "closed_question": [
        "What happened then?",
        "Okay?",
        "You did the right thing.",
        "If you did that, it will be fine.",
        "Is there anything else I can help you with?",
        "Can you hold on?",
        "The other option is you can install it.",
    ],
    "verification_question": [
        "Your account number is on the top right of the bill.",
        "I have your address here.",
        "You don't need a password for that.",
        "Did you get a confirmation number when you paid?",
        "If you have the account number handy it goes faster.",
        "The name on the bill is your late husband's.",
    ],
    "asked_to_repeat": [
        "Could you spell your last name?",
        "How do you spell that?",
        "Is that with one L or two?",
        "S as in Sam?",
        "Can you spell that once more please?",
        "Sorry about that.",
    ],
}


def _pairs(said: dict[str, list[str]]) -> list[tuple[str, str]]:
    return [(kind, text) for kind, texts in said.items() for text in texts]


def _kinds(speak: Speak, kind: str, said: str) -> set[str]:
    before = TOLD if kind == "check_understanding" else PAID
    who = "agent" if kind == "check_understanding" else "customer"
    call = speak((who, before), ("customer", "Hm."), ("agent", said))
    last = len(call.turns) - 1
    return {moment.kind for moment in Listening().analyze(call).moments if moment.evidence.get("turn") == last}


@pytest.mark.parametrize(("kind", "said"), _pairs(QUESTIONS))
def test_what_asks_is_of_its_kind(talk: Speak, kind: str, said: str) -> None:
    assert kind in _kinds(talk, kind, said)


@pytest.mark.parametrize(("kind", "said"), _pairs(NONE))
def test_what_looks_like_it_is_none(talk: Speak, kind: str, said: str) -> None:
    assert kind not in _kinds(talk, kind, said)


@pytest.mark.parametrize(
    "said",
    [
        "so when did the tech come",
        "and what else did they tell you",
        "i'm wondering what the letter said",
        "do you still have the receipt",
        "tell me a bit more about that",
    ],
)
def test_without_marks_a_question_is_heard_by_its_form(said: str) -> None:
    assert judge(said, PAID)["question"] >= 0.5


@pytest.mark.parametrize(
    "said",
    [
        "what i'll do is put you through",
        "the number on the letter is the old one",
        "if you have the name and address that helps",
        "it doesn't matter who calls them",
        "i'll explain how it works in a minute",
    ],
)
def test_question_words_inside_what_is_told_ask_nothing(said: str) -> None:
    assert judge(said, PAID)["question"] < 0.5


@pytest.mark.parametrize("said", ["Did you pay it in cash?", "What happened then?", "is it the red letter"])
def test_a_question_is_open_or_closed_as_surely_as_it_is_one(said: str) -> None:
    found = judge(said, PAID)
    assert max(found["open_question"], found["closed_question"]) >= 0.5
    assert max(found["open_question"], found["closed_question"]) <= found["question"]
