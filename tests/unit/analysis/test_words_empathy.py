from collections.abc import Callable, Sequence

import pytest

from coach.analysis.acts import agent_acts
from coach.analysis.scripted import scripted
from coach.analysis.warmth import Empathy
from coach.conversation import Conversation, Findings

Speak = Callable[..., Conversation]

WORRY = "I'm really worried, I can't afford two hundred dollars this month because I lost my job in May."
FLAT = "The due date is the fourteenth of the month."


def found(call: Conversation) -> Findings:
    return Empathy().analyze(call)


@pytest.mark.parametrize(
    "said",
    [
        "That must be really stressful with everything going on.",
        "I can understand how worried you are about that.",
        "I'm sorry to hear you lost your job.",
        "That sounds really hard.",
        "I'd be worried too.",
    ],
)
def test_naming_the_feeling_or_the_circumstances_is_empathy(speak: Speak, said: str) -> None:
    assert len(found(speak(("customer", WORRY), ("agent", said))).of("empathy")) == 1


@pytest.mark.parametrize(
    "said",
    [
        "I understand your balance is two hundred dollars.",
        "I hear you fine now.",
        "I understand but that is the rate.",
        "The bill is due on the fourteenth.",
        "Can I have your account number?",
    ],
)
def test_information_after_i_understand_is_not_empathy(speak: Speak, said: str) -> None:
    assert found(speak(("customer", WORRY), ("agent", said))).of("empathy") == ()


@pytest.mark.parametrize(
    "said",
    [
        "Don't worry, we'll sort this out together.",
        "I'll make sure it doesn't get shut off.",
        "You won't be charged a late fee, don't worry.",
    ],
)
def test_that_it_can_be_solved_is_reassurance(speak: Speak, said: str) -> None:
    assert found(speak(("customer", WORRY), ("agent", said))).measure("reassurances").value == 1


def test_a_promise_with_no_relation_to_a_worry_is_not_reassurance(speak: Speak) -> None:
    assert (
        found(speak(("customer", "Hello."), ("agent", "I'll send the form by mail on Monday."))).of("reassurance") == ()
    )


@pytest.mark.parametrize("said", ["I'm so sorry about the wait.", "We apologize for the mistake on your bill."])
def test_sorry_for_the_customers_trouble_is_an_apology(speak: Speak, said: str) -> None:
    call = speak(("customer", "I waited for an hour and the bill was wrong again this month."), ("agent", said))

    assert found(call).measure("apologies").value == 1
    assert found(call).of("forced_apology") == ()


@pytest.mark.parametrize("said", ["Sorry, I had to cough.", "Sorry, could you say that again?", "No need to be sorry."])
def test_sorry_for_a_cough_or_to_hear_again_is_no_apology(speak: Speak, said: str) -> None:
    assert found(speak(("customer", WORRY), ("agent", said))).of("apology") == ()


def test_an_apology_before_the_problem_was_heard_is_forced(speak: Speak) -> None:
    call = speak(("customer", "Hi."), ("agent", "I'm so sorry for the trouble."), ("customer", WORRY), ("agent", FLAT))

    assert [m.evidence["why"] for m in found(call).of("forced_apology")] == ["before the problem was heard"]


def test_an_apology_again_for_the_same_thing_is_forced(speak: Speak) -> None:
    call = speak(
        ("customer", WORRY),
        ("agent", "I'm sorry about that bill."),
        ("customer", "Okay."),
        ("agent", "I do apologize for that trouble."),
        ("customer", "Right."),
        ("agent", "Again, I'm really sorry about this."),
    )

    assert [m.evidence["why"] for m in found(call).of("forced_apology")] == ["again for the same thing"] * 2
    assert found(call).of("forced_apology", sure=0.7) == found(call).of("forced_apology")[1:]


def test_thanks(speak: Speak) -> None:
    call = speak(
        ("customer", WORRY), ("agent", "Thank you for telling me that."), ("customer", "Sure."), ("agent", FLAT)
    )

    assert len(found(call).of("thanks")) == 1


def test_distress_names_a_feeling_or_a_consequence_and_is_the_customers(speak: Speak) -> None:
    assert {m.role for m in found(speak(("customer", WORRY), ("agent", FLAT))).of("distress")} == {"customer"}


@pytest.mark.parametrize(
    "said", ["I'm not worried about it at all.", "I would like to pay my bill.", "It won't hurt to ask."]
)
def test_no_distress_where_there_is_none(speak: Speak, said: str) -> None:
    assert found(speak(("customer", said), ("agent", FLAT))).of("distress") == ()


def test_distress_at_the_opening_with_nothing_warm_after_it_is_missed(speak: Speak) -> None:
    call = speak(("customer", WORRY), ("agent", FLAT), ("customer", "Okay."), ("agent", "You can pay at the office."))

    missed = found(call).of("missed_empathy")

    assert [(m.role, m.start, m.evidence["agent_turn"]) for m in missed] == [("agent", call.turns[0].start, 1)]
    assert missed[0].confidence >= 0.7


def test_empathy_in_the_second_turn_is_in_time(speak: Speak) -> None:
    call = speak(
        ("customer", WORRY), ("agent", "Okay."), ("customer", "Yes."), ("agent", "That must be really stressful.")
    )

    assert found(call).of("missed_empathy") == ()


def test_warm_words_are_not_asked_for_while_a_task_is_being_done(speak: Speak) -> None:
    task = [
        ("agent", "And the meter number there?"),
        ("customer", "It says four four one nine."),
        ("agent", "And the dial?"),
    ]
    call = speak(*task, *task, ("customer", "This is confusing."), *task, *task)

    assert found(call).of("distress") != ()
    assert found(call).of("missed_empathy") == ()


@pytest.mark.parametrize("unsure", [[0], [1, 3]])
def test_what_was_not_heard_is_never_missed(talk: Speak, unsure: Sequence[int]) -> None:
    lines = (("customer", WORRY), ("agent", FLAT), ("customer", "Okay."), ("agent", "You can pay at the office."))

    assert found(talk(*lines, confidence=0.9)).of("missed_empathy") != ()
    assert found(talk(*lines, confidence=0.9, unsure=unsure)).of("missed_empathy", "owed_acknowledgement") == ()


WAITED = "I was on hold for forty minutes and then I got transferred twice."


def test_waiting_that_nobody_acknowledges_is_owed(speak: Speak) -> None:
    call = speak(("customer", WAITED), ("agent", FLAT), ("customer", "Okay."), ("agent", "You can pay at the office."))

    owed = found(call).of("owed_acknowledgement")

    assert [(m.role, m.evidence["agent_turn"]) for m in owed] == [("agent", 1)]


@pytest.mark.parametrize(
    "said",
    [
        "I'm sorry you had to wait that long.",
        "Forty minutes on hold and then two transfers.",
        "Thank you for your patience.",
    ],
)
def test_waiting_that_is_acknowledged_is_not_owed(speak: Speak, said: str) -> None:
    call = speak(("customer", WAITED), ("agent", said), ("customer", "Okay."), ("agent", FLAT))

    assert found(call).of("owed_acknowledgement") == ()


@pytest.mark.parametrize("said", ["You people are all idiots.", "You're useless.", "I know where you live."])
def test_insults_and_threats_make_a_hard_call(speak: Speak, said: str) -> None:
    hard = found(speak(("customer", said), ("agent", FLAT))).of("hard_call")

    assert [(m.role, m.confidence >= 0.7) for m in hard] == [("customer", True)]


def test_anger_at_a_bill_is_not_a_hard_call(speak: Speak) -> None:
    assert (
        found(speak(("customer", "This is ridiculous, I'm really angry about this bill."), ("agent", FLAT))).of(
            "hard_call"
        )
        == ()
    )


def test_refusing_every_option_makes_a_hard_call(speak: Speak) -> None:
    offer, no = ("agent", "I can set up a payment plan for you."), ("customer", "No that's not good enough.")

    assert found(speak(offer, no, offer, no, offer, no)).of("hard_call") != ()
    assert found(speak(offer, no, offer, ("customer", "Okay then."))).of("hard_call") == ()


def test_the_same_sentence_twice_is_scripted_and_a_hold_is_not(speak: Speak) -> None:
    line = ("agent", "I completely understand how important this bill is to you.")
    hold = ("agent", "Let me just pull that up on my screen.")
    call = speak(
        ("customer", WORRY), line, ("customer", "Okay."), hold, ("customer", "Okay."), line, ("customer", "Fine."), hold
    )

    assert [m.evidence["other_turn"] for m in found(call).of("scripted")] == [1]


def test_saying_it_again_when_asked_to_is_not_scripted(speak: Speak) -> None:
    line = ("agent", "The reading was estimated because a car was parked there.")
    call = speak(("customer", WORRY), line, ("customer", "Sorry, could you say that again?"), line)

    assert found(call).of("scripted") == ()


class Remembered:
    def calls(self) -> int:
        return 40

    def with_sentence(self, key: str) -> int:
        return 20 if key.startswith("i completely understand") else 1

    def other_wordings(self, kind: str) -> Sequence[str]:
        return ["That is a lot at once."] if kind == "empathy" else []


def test_a_sentence_in_many_calls_is_scripted_and_other_wordings_are_shown(talk: Speak) -> None:
    call = talk(
        ("customer", WORRY),
        ("agent", "I completely understand how worried you must be."),
        ("customer", "Yes."),
        ("agent", FLAT),
    )

    moments = list(scripted(agent_acts(call), Remembered()))

    assert [(m.evidence["calls"], m.evidence["wordings"]) for m in moments] == [(20, ("That is a lot at once.",))]
