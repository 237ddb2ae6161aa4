from collections.abc import Callable

import pytest

from coach.analysis.wording import Wording
from coach.conversation import Conversation

Speak = Callable[..., Conversation]


def kinds(call: Conversation) -> set[str]:
    return {moment.kind for moment in Wording().analyze(call).moments}


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("I'll take the late fee off for you.", "ownership"),
        ("Let me call the field crew myself.", "ownership"),
        ("Let's look at it together.", "inclusive_we"),
        ("We don't do that here.", "firm_we"),
        ("That's our policy.", "firm_we"),
        ("You should have called us before the due date.", "blame"),
        ("As I already explained, it is due.", "blame"),
        ("You can either pay it all now or split it in three.", "option"),
        ("I can put you on a payment plan instead.", "option"),
        ("I'll call you back by Thursday at noon.", "commitment"),
        ("You will get the new bill on the fifteenth.", "commitment"),
        ("I'm adding a note so that the next person can see it.", "walkthrough"),
        ("You can check that yourself online on the portal.", "walkthrough"),
    ],
)
def test_wording(speak: Speak, said: str, kind: str) -> None:
    assert kind in kinds(speak(("customer", "I want to talk about my bill."), ("agent", said)))


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("Someone will get back to you.", "commitment"),
        ("They'll contact you at some point next week.", "commitment"),
        ("You should have received a letter in June.", "blame"),
        ("We are here to help.", "firm_we"),
        ("If I take it off, will that help?", "ownership"),
        ("Is there anything else?", "option"),
    ],
)
def test_not_that_wording(speak: Speak, said: str, kind: str) -> None:
    assert kind not in kinds(speak(("customer", "I want to talk about my bill."), ("agent", said)))


def test_the_customers_name_used(speak: Speak) -> None:
    call = speak(("customer", "Hi, my name is Rosa Alvarez."), ("agent", "Good to meet you Rosa."), ("customer", "Hi."))

    assert "name_use" in kinds(call)


def test_a_name_that_was_masked_was_still_used(speak: Speak) -> None:
    story = ("customer", "My name is [name]. My bill is high.")

    assert "name_use" in kinds(speak(story, ("agent", "Thank you, [name], let me look at that for you.")))
    assert "name_use" not in kinds(speak(("agent", "My name is [name]. How can I help?"), story))


def test_the_agents_own_name_is_not_name_use(speak: Speak) -> None:
    call = speak(("agent", "My name is Dana."), ("customer", "Hi, my name is Rosa Alvarez."), ("agent", "Okay."))

    assert "name_use" not in kinds(call)


def test_the_customers_words_are_not_the_agents_wording(speak: Speak) -> None:
    assert (
        kinds(speak(("customer", "I'll call you back by Thursday, you should have told me."), ("agent", "Okay.")))
        == set()
    )
