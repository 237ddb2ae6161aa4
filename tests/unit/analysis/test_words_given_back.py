"""What is given back and what only looks like it: examples of our own, with and without punctuation."""

from collections.abc import Callable

import pytest

from coach.analysis.accounts import Accounts
from coach.analysis.calibration import calibration
from coach.analysis.given_back import features, tells
from coach.analysis.judge import judge, views
from coach.analysis.listening import Listening
from coach.conversation import Conversation, Findings

Speak = Callable[..., Conversation]

HEATING = (
    "I can't sleep in my bedroom any more, the heating came back on in March but my radiator stays cold, "
    "and my neighbour says hers is fine."
)


def found(call: Conversation) -> Findings:
    return Listening().analyze(call)


@pytest.mark.parametrize(
    "said",
    [
        "You can't sleep in your bedroom.",
        "So your radiator is still cold while your neighbour's is fine.",
        "It sounds like the heating came back for everybody but you.",
        "Your neighbour's is fine but yours stays cold.",
    ],
)
def test_persons_turned_round_are_heard_as_given_back(speak: Speak, said: str) -> None:
    call = speak(("agent", "How can I help?"), ("customer", HEATING), ("agent", said))

    assert len(found(call).of("paraphrase", "echo")) == 1


@pytest.mark.parametrize(
    ("before", "said"),
    [
        (HEATING, "Right so what's your postcode?"),
        (HEATING, "You can bleed the radiator with a small key."),
        (HEATING, "We will send somebody to look at the radiator."),
        (HEATING, "Your confirmation number is seven one seven two."),
        (HEATING, "Turn the radiator valve to the left until it stops."),
        (HEATING, "I had the same with my own radiator last winter."),
        ("Is the office open on Saturday or is it closed?", "It's closed on Saturday."),
        ("Yes, it's five five five, oh one four four.", "Five five five, oh one four four."),
        ("My customer number is double three nine one.", "Double three nine one."),
        ("It's Marsh, M A R S H, at six Willow Court.", "I have the address as six Willow Court."),
    ],
)
def test_data_advice_answers_and_questions_give_nothing_back(speak: Speak, before: str, said: str) -> None:
    assert found(speak(("customer", before), ("agent", said))).of("paraphrase", "echo") == ()


def test_a_customer_who_sums_up_is_not_the_agent(speak: Speak) -> None:
    call = speak(
        ("agent", "The valve was shut by our crew in March because the pipe below you was leaking."),
        ("customer", "So your crew shut my valve because of a leak below me."),
        ("agent", "That is right."),
    )

    assert found(call).of("paraphrase", "echo") == ()


def test_a_name_and_a_number_asked_for_do_not_hear_a_story_out(speak: Speak) -> None:
    asked = speak(("customer", HEATING), ("agent", "Right so what's your postcode?"))
    heard = speak(("customer", HEATING), ("agent", "So your radiator stays cold. What's your postcode?"))

    values = [Accounts().analyze(call).measure("heard_before_solving").value for call in (asked, heard)]

    assert values == [0.0, 1.0]


def test_more_of_the_customers_words_is_surer() -> None:
    sure = [
        judge(said, HEATING)["paraphrase"]
        for said in (
            "You are looking for a plumber.",
            "You have a radiator.",
            "So your radiator stays cold and you can't sleep in your bedroom.",
        )
    ]

    assert sure == sorted(sure)
    assert sure[-1] >= 0.7


def test_nothing_said_before_can_be_given_back_by_overlap() -> None:
    (view,) = views("So your radiator stays cold", "")
    values = features(view)

    assert values["nothing_before"] == 1.0
    assert values["shared"] == values["turned_pairs"] == values["last_words"] == 0.0


def test_what_they_cannot_do_is_theirs_only_if_they_said_so() -> None:
    (theirs,) = views("you can't sleep in your bedroom", HEATING)
    (ours,) = views("you can't open the valve without a form", HEATING)

    assert (tells(theirs), tells(ours)) == (False, True)


def test_every_weight_is_of_a_feature() -> None:
    (view,) = views("So your radiator stays cold", HEATING)

    assert set(calibration("paraphrase").weights) <= set(features(view))


@pytest.mark.parametrize(
    "said",
    [
        "Great, to wrap up, the crew fixed the fuse and you'll see a credit on your next bill.",
        "Okay so recapping, the fee is gone and the due date moves to the fifth.",
        "So that's thirty today, thirty on the tenth and thirty by the end of the month.",
    ],
)
def test_what_was_agreed_is_gone_over_by_many_names(speak: Speak, said: str) -> None:
    call = speak(("customer", HEATING), ("agent", "I see."), ("customer", "That works, thank you."), ("agent", said))

    assert len(found(call).of("recap")) == 1


def test_one_day_alone_is_no_recap(speak: Speak) -> None:
    call = speak(
        ("customer", HEATING), ("agent", "I see."), ("customer", "When?"), ("agent", "So the man comes on Thursday.")
    )

    assert found(call).of("recap") == ()
