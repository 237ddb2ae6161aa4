from collections.abc import Callable

import pytest

from coach.analysis.judge import judge
from coach.analysis.listening import Listening
from coach.conversation import Conversation, Findings

Speak = Callable[..., Conversation]

STORY = "My electric bill went from ninety dollars to one eighty five this month, and we were away for most of July."


def found(call: Conversation) -> Findings:
    return Listening().analyze(call)


@pytest.mark.parametrize(
    "said",
    [
        "So your bill doubled to a hundred and eighty five while you were away in July.",
        "You were away most of July and it still went up to one eighty five.",
        "It sounds like the electric bill jumped this month even though you were not home.",
        "So you're saying it went from ninety to one eighty five in one month.",
    ],
)
def test_a_restatement_is_a_paraphrase_and_names_the_turn(speak: Speak, said: str) -> None:
    paraphrases = found(speak(("agent", "How can I help?"), ("customer", STORY), ("agent", said))).of("paraphrase")

    assert len(paraphrases) == 1
    assert paraphrases[0].evidence["customer_turn"] == 1
    assert paraphrases[0].confidence >= 0.5
    assert paraphrases[0].evidence["shared"]


@pytest.mark.parametrize(
    "said",
    [
        "I can send a technician to read the meter on Thursday.",
        "Can I have your account number please?",
        "You can pay that online at our website.",
        "Let me pull up your account, one moment.",
        "You don't need to worry about the late fee.",
        "Is there anything else I can help you with today?",
        "Okay, thank you.",
        "Mm-hmm.",
    ],
)
def test_an_answer_an_offer_or_a_question_is_no_paraphrase(speak: Speak, said: str) -> None:
    assert found(speak(("customer", STORY), ("agent", said))).of("paraphrase", "echo") == ()


@pytest.mark.parametrize("said", ["Four four one two nine.", "Okay, 4 4 1 2 9.", "So that's 44129."])
def test_a_number_being_taken_down_is_neither_echo_nor_paraphrase_nor_question(speak: Speak, said: str) -> None:
    call = speak(("agent", "Your account number?"), ("customer", "It's four four one two nine."), ("agent", said))

    assert found(call).of("echo", "paraphrase", "clarifying_question") == ()


def test_account_data_read_back_is_no_paraphrase(speak: Speak) -> None:
    call = speak(
        ("customer", "I live at twelve Mill Road and my phone number changed."),
        ("agent", "I have your address as twelve Mill Road on file."),
    )

    assert found(call).of("paraphrase", "echo") == ()


def test_what_was_taken_out_and_is_read_back_is_no_paraphrase(speak: Speak) -> None:
    call = speak(("customer", "I moved out of [address] in March."), ("agent", "You moved out of [address] in March."))

    assert found(call).of("paraphrase", "echo") == ()


def test_the_customers_own_words_given_back_are_an_echo(speak: Speak) -> None:
    call = speak(("customer", "The meter has been leaking since Monday."), ("agent", "Leaking since Monday."))

    assert [m.kind for m in found(call).of("echo", "paraphrase")] == ["echo"]


def test_a_customer_who_paraphrases_is_not_credited_to_the_agent(speak: Speak) -> None:
    call = speak(
        ("agent", "The reading was estimated in July because the meter was blocked by a car."),
        ("customer", "So you estimated my reading because a car blocked the meter."),
        ("agent", "Yes."),
    )

    assert found(call).of("paraphrase") == ()


def test_a_recap_near_the_end_is_a_recap_and_one_only(speak: Speak) -> None:
    call = speak(
        ("customer", STORY),
        ("agent", "That is a big jump. I can have the meter read on Thursday."),
        ("customer", "Good, that works for me."),
        (
            "agent",
            "So to recap, the technician comes on Thursday, I'll hold the bill, and you'll get a new one next week.",
        ),
    )

    assert len(found(call).of("recap")) == 1
    assert all(m.start < found(call).of("recap")[0].start for m in found(call).of("paraphrase"))


@pytest.mark.parametrize(
    "said",
    ["Do you mean the bill in July?", "Was that the fourth or the fourteenth?", "So it was the July bill, right?"],
)
def test_asking_about_what_was_said_is_clarifying(speak: Speak, said: str) -> None:
    call = speak(("customer", "I paid that bill in July on the fourteenth, the big one."), ("agent", said))

    assert len(found(call).of("clarifying_question")) == 1


@pytest.mark.parametrize(
    "said",
    [
        "Can I get your date of birth please?",
        "What's the service address?",
        "What's the last four digits of your social?",
    ],
)
def test_verification_is_not_clarifying_open_or_closed(speak: Speak, said: str) -> None:
    findings = found(speak(("customer", STORY), ("agent", said)))

    assert len(findings.of("verification_question")) == 1
    assert findings.of("clarifying_question", "open_question", "closed_question") == ()


def test_a_closing_offer_is_not_clarifying(speak: Speak) -> None:
    findings = found(
        speak(("customer", "Okay that is fine."), ("agent", "Is there anything else I can help you with?"))
    )

    assert len(findings.of("closing_question")) == 1
    assert findings.of("clarifying_question", "open_question", "closed_question") == ()


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("What happened when the technician came?", "open_question"),
        ("How do you usually heat the house?", "open_question"),
        ("Did you turn the air conditioning off?", "closed_question"),
        ("Have you had any leaks?", "closed_question"),
        ("When did you get back home?", "closed_question"),
    ],
)
def test_open_and_closed_questions(speak: Speak, said: str, kind: str) -> None:
    findings = found(speak(("customer", "The technician came and then we went away."), ("agent", said)))

    assert [m.kind for m in findings.of("open_question", "closed_question")] == [kind]


@pytest.mark.parametrize("said", ["Okay?", "Alright?", "Right."])
def test_okay_as_filler_is_no_check_and_no_question(speak: Speak, said: str) -> None:
    findings = found(speak(("customer", STORY), ("agent", said)))

    assert findings.of("check_understanding", "open_question", "closed_question", "clarifying_question") == ()


def test_asking_whether_it_was_followed_is_a_check(speak: Speak) -> None:
    findings = found(speak(("customer", STORY), ("agent", "The reading was estimated. Does that make sense?")))

    assert len(findings.of("check_understanding")) == 1


@pytest.mark.parametrize(
    "said", ["Sorry, could you say that again?", "I didn't catch that.", "Could you repeat that please?", "Pardon?"]
)
def test_asking_to_repeat_is_described(speak: Speak, said: str) -> None:
    findings = found(speak(("customer", STORY), ("agent", said)))

    assert findings.measure("asked_to_repeat").value == 1
    assert findings.of("open_question", "closed_question") == ()


TAKEN_DOWN = "So my name is Peter Wallis and the number is oh seven seven double four."


@pytest.mark.parametrize(
    "said",
    [
        "Sorry?",
        "sorry what did you say your name was",
        "What was that?",
        "I'm sorry, I didn't catch your last name.",
        "what was the last part again",
        "You're breaking up.",
        "Would you mind repeating that?",
        "could you give me that number one more time",
        "Sorry, the what?",
        "Huh?",
        "how much did you say it was",
        "sorry",
    ],
)
def test_many_ways_to_ask_to_hear_it_again(said: str) -> None:
    assert judge(said, TAKEN_DOWN)["asked_to_repeat"] >= 0.5


@pytest.mark.parametrize(
    "said",
    [
        "Sorry about that.",
        "I'm so sorry.",
        "Sorry to keep you waiting.",
        "sorry I can't do that today",
        "Could you spell that for me?",
        "Can you read that back to me so I know we agree?",
        "I'll say that again.",
        "What was that charge for?",
        "What did you say to him when he came?",
        "I didn't hear back from them.",
        "so it's coming up as paid",
        "Sorry, how long have you been waiting?",
        "Did you say the fourth or the fourteenth?",
        "So what.",
        "Will it happen again?",
    ],
)
def test_sorry_spelling_and_again_are_not_always_asking_to_repeat(said: str) -> None:
    assert judge(said, STORY)["asked_to_repeat"] < 0.5


def test_sorry_alone_is_an_apology_where_trouble_was_told() -> None:
    heard, troubled = (
        judge("sorry", said)["asked_to_repeat"] for said in (TAKEN_DOWN, "it went dead and nobody rang me back")
    )
    assert troubled < 0.5 <= heard
    assert judge("sorry", "")["asked_to_repeat"] < 0.5


def test_asking_for_spelling_is_not_asking_to_repeat(speak: Speak) -> None:
    assert (
        found(speak(("customer", STORY), ("agent", "Could you spell that again for me?"))).of("asked_to_repeat") == ()
    )


def test_hold_requests_and_greetings_are_no_paraphrase(speak: Speak) -> None:
    call = speak(("customer", STORY), ("agent", "Can you hold on for one moment while I look at the bill?"))

    assert found(call).of("paraphrase", "clarifying_question", "closed_question") == ()


def test_said_again_in_this_call_is_the_customers_repeat(speak: Speak) -> None:
    call = speak(
        ("customer", STORY),
        ("agent", "And what is your account number?"),
        ("customer", "It's one two three four."),
        ("agent", "What seems to be the problem?"),
        ("customer", "As I said, my electric bill went from ninety to one eighty five and we were away in July."),
    )

    repeats = found(call).of("customer_repeat")

    assert [(m.role, m.evidence["elsewhere"], m.evidence["other_turn"]) for m in repeats] == [("customer", False, 0)]
    assert found(call).measure("customer_repeats").value == 1


def test_told_to_somebody_else_before_is_about_the_organisation(speak: Speak) -> None:
    call = speak(("customer", "I already told the last person all this about my meter."), ("agent", "I see."))

    repeats = found(call).of("customer_repeat")

    assert [m.evidence["elsewhere"] for m in repeats] == [True]
    assert found(call).measure("customer_repeats").value == 0


TOLD_BEFORE = (
    (
        "customer",
        "My water bill jumped to two hundred and ten dollars and there is a leak under the sink since Easter.",
    ),
    ("agent", "Okay, what is the service address?"),
    ("customer", "It's eighty two Orchard Lane."),
    ("agent", "And have you called a plumber?"),
    ("customer", "Not yet because the landlord has to."),
    ("agent", "So what can I do for you?"),
)


@pytest.mark.parametrize(
    ("said", "elsewhere"),
    [
        ("As I said, the bill jumped to two hundred and ten.", [False]),
        ("I already told you there is a leak under the sink.", [False]),
        ("Like I mentioned, it's been leaking all along.", [False]),
        ("How many times do I have to say it, the leak is under the sink.", [False]),
        ("I already told the last person all of this.", [True]),
        ("I explained it to your colleague yesterday.", [True]),
        ("This is the third time I've told somebody about the leak.", [True]),
        ("Like I told the lady before you, there's a leak.", [True]),
        ("I've explained this to three different people.", [True]),
        ("When I called last week I told them about the leak.", [True]),
        ("Could you look at the leak for me?", []),
        ("Yes, the water bill.", []),
        ("I told my husband to turn it off.", []),
        ("I told the man at the shop it was the pipe.", []),
        ("My neighbour called you last month.", []),
        ("They came on Tuesday again.", []),
        ("The last person to live here left in May.", []),
    ],
)
def test_a_repeat_is_of_this_call_or_of_another_or_none(speak: Speak, said: str, elsewhere: list[bool]) -> None:
    repeats = found(speak(*TOLD_BEFORE, ("customer", said))).of("customer_repeat")

    assert [moment.evidence["elsewhere"] for moment in repeats] == elsewhere


def test_counts_carry_the_agents_minutes(speak: Speak) -> None:
    measure = found(speak(("customer", STORY), ("agent", "Did you get a letter about that in June?"))).measure(
        "closed_questions"
    )

    assert (measure.value, measure.numerator) == (1, 1)
    assert measure.denominator == pytest.approx(0.045, abs=0.01)


def test_an_agent_who_was_not_heard_is_null_not_zero(talk: Speak) -> None:
    call = talk(("customer", STORY), ("agent", "So your bill doubled in July."), confidence=0.9, unsure=[1])

    measure = found(call).measure("paraphrases")

    assert (measure.value, measure.why) == (None, "not heard well enough")


def test_one_party_alone_has_questions_but_no_paraphrases(talk: Speak) -> None:
    findings = found(talk(("agent", "Did you turn it off?")))

    assert findings.measure("closed_questions").value == 1
    assert findings.measure("paraphrases").value is None
    assert findings.measure("customer_repeats").value is None
