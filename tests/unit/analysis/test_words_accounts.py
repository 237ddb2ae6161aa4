from collections.abc import Callable, Sequence

import pytest

from coach.analysis.accounts import Accounts
from coach.conversation import Conversation, Findings

Speak = Callable[..., Conversation]

STORY = "My electric bill went from ninety dollars to one eighty five this month, and we were away for most of July."
SECOND = "And last year the crew dug up my whole garden for the gas line and nobody ever put the plants back."


def found(call: Conversation) -> Findings:
    return Accounts().analyze(call)


@pytest.mark.parametrize(
    ("answer", "value"),
    [
        ("So it doubled to one eighty five while you were away in July. I can send a technician.", 1.0),
        ("I'm so sorry about that. Can I have your account number?", 1.0),
        ("That must be frustrating. Let me take a look.", 1.0),
        ("I can send a technician to read the meter on Thursday.", 0.0),
        ("Can I have your account number please?", 0.0),
        ("Okay. Do you have electric heat?", 0.0),
        ("You can pay that online. So it doubled to one eighty five while you were away.", 0.0),
    ],
)
def test_reflected_or_acknowledged_before_the_first_answer(speak: Speak, answer: str, value: float) -> None:
    measure = found(speak(("agent", "Hello."), ("customer", STORY), ("agent", answer))).measure("heard_before_solving")

    assert (measure.value, measure.numerator, measure.denominator) == (value, value, 1)


def test_what_was_answered_with_nothing_reflected_is_a_missed_paraphrase(speak: Speak) -> None:
    call = speak(("customer", STORY), ("agent", "I can send a technician to read the meter on Thursday."))

    missed = found(call).of("missed_paraphrase")

    assert [(m.role, m.start, m.evidence["agent_turn"]) for m in missed] == [("agent", call.turns[0].start, 1)]


JUMP = "My bill went from ninety dollars to four hundred dollars this month and nothing has changed."
PLAN = "Could you please change my plan from the 24 month one to the 36 month one when you have a moment."
HOURS = "I am usually at home from nine to five on most days so any of those would be fine for me."


@pytest.mark.parametrize(("told", "sure"), [(JUMP, True), (PLAN, False), (HOURS, False)])
def test_an_amount_that_became_another_is_trouble_and_a_plan_or_opening_hours_are_none(
    told: str, sure: bool, speak: Speak
) -> None:
    call = speak(("agent", "Hello."), ("customer", told), ("agent", "Can I have your account number?"))
    missed = [moment.confidence for moment in found(call).of("missed_paraphrase")]
    assert any(confidence >= 0.7 for confidence in missed) == sure


def test_each_account_tells_what_answered_it(speak: Speak) -> None:
    call = speak(
        ("customer", STORY),
        ("agent", "So it doubled to one eighty five while you were away in July."),
        ("customer", SECOND),
        ("agent", "You can fill in a claim form online."),
    )

    assert [m.evidence["heard"] for m in found(call).of("account")] == [True, False]
    assert found(call).measure("heard_before_solving").value == 0.5


def test_okay_answers_nothing_and_the_story_goes_on(speak: Speak) -> None:
    call = speak(
        ("customer", STORY),
        ("agent", "Okay."),
        ("customer", "And nobody could tell me why that was."),
        ("agent", "So it doubled to one eighty five while you were away in July."),
    )

    accounts = found(call).of("account")

    assert [m.evidence["turns"] for m in accounts] == [(0, 2)]
    assert found(call).measure("heard_before_solving").value == 1.0


def test_short_turns_and_data_are_no_account(speak: Speak) -> None:
    call = speak(
        ("customer", "My bill is high."),
        ("agent", "Can I have your account number?"),
        ("customer", "It's four four one two nine six six one eight four two zero one one three five."),
        ("agent", "I can send a technician on Thursday."),
    )

    measure = found(call).measure("heard_before_solving")

    assert measure.value is None
    assert measure.why is not None
    assert "no account" in measure.why


def test_an_account_that_nothing_answered_is_not_counted(speak: Speak) -> None:
    assert found(speak(("agent", "Hello."), ("customer", STORY))).measure("heard_before_solving").value is None


@pytest.mark.parametrize("unsure", [[0], [1]])
def test_what_was_not_heard_is_null_and_never_missed(talk: Speak, unsure: Sequence[int]) -> None:
    lines = (("customer", STORY), ("agent", "I can send a technician to read the meter on Thursday."))
    findings = found(talk(*lines, confidence=0.9, unsure=unsure))

    assert findings.measure("heard_before_solving").why == "not heard well enough"
    assert findings.of("missed_paraphrase") == ()


REFLECTED = "So it doubled to one eighty five while you were away in July."


@pytest.mark.parametrize("answer", [REFLECTED, "I can send a technician to read the meter on Thursday."])
@pytest.mark.parametrize("unsure", [[0], [1]])
def test_what_was_met_takes_the_same_words_as_what_was_missed(talk: Speak, answer: str, unsure: Sequence[int]) -> None:
    findings = found(talk(("customer", STORY), ("agent", answer), confidence=0.9, unsure=unsure))

    assert findings.measure("heard_before_solving").why == "not heard well enough"
    (account,) = findings.of("account")
    assert account.confidence < 0.5
    assert account.evidence["judged"] is False


def test_half_of_the_accounts_may_be_left_out_and_no_more(talk: Speak) -> None:
    lines = [("customer", STORY), ("agent", REFLECTED), ("customer", SECOND), ("agent", "You can claim that online.")]

    half = found(talk(*lines, confidence=0.9, unsure=[2])).measure("heard_before_solving")
    most = found(talk(*lines, *lines[2:], confidence=0.9, unsure=[2, 4])).measure("heard_before_solving")

    assert (half.numerator, half.denominator) == (1, 1)
    assert most.why == "not heard well enough"


@pytest.mark.parametrize(("confidence", "coached"), [(0.95, True), (0.8, False)])
def test_what_was_missing_in_doubtful_words_counts_and_becomes_no_advice(
    talk: Speak, confidence: float, *, coached: bool
) -> None:
    findings = found(talk(("customer", SECOND), ("agent", "You can claim that online."), confidence=confidence))

    (missed,) = findings.of("missed_paraphrase")
    assert findings.measure("heard_before_solving").value == 0.0
    assert missed.confidence >= 0.5
    assert (missed.confidence >= 0.7) is coached


def test_what_may_have_been_a_reflection_is_not_missed_where_words_are_in_doubt(talk: Speak) -> None:
    lines = (("customer", STORY), ("agent", "The meter and the months in the summer, one eighty five."))

    clear = found(talk(*lines, confidence=1.0))
    doubtful = found(talk(*lines, confidence=0.75))

    assert [len(findings.of("missed_paraphrase")) for findings in (clear, doubtful)] == [1, 0]


def test_one_party_alone_is_null(talk: Speak) -> None:
    assert found(talk(("agent", "How can I help?"))).measure("heard_before_solving").value is None


CALLED = "I waited in all of Tuesday, but nobody called me back at [phone], and the water is still off."


@pytest.mark.parametrize(
    "told",
    [
        CALLED,
        "I moved out of [address] in March, and you sent the last two bills there again.",
        "They stopped the pensioners discount because some clerk wrote [birth] on the form and nobody told me.",
    ],
)
def test_a_story_with_a_number_or_an_address_taken_out_of_it_is_still_told(speak: Speak, told: str) -> None:
    call = speak(("agent", "How can I help?"), ("customer", told), ("agent", "Can I have your account number please?"))

    assert len(found(call).of("account")) == 1


@pytest.mark.parametrize(
    "given",
    [
        "My phone number is [phone], my email is [email], and the address at my home and to reach me is [address].",
        "The card that my husband and I paid the water bill with in June and in July is [card] I think.",
    ],
)
def test_data_that_is_given_is_no_account(speak: Speak, given: str) -> None:
    call = speak(("agent", "What have you got there?"), ("customer", given), ("agent", "I can send you a new bill."))

    assert found(call).of("account") == ()
