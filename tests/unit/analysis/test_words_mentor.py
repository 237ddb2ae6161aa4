"""What a person who listens for a living would never say of a clause, and what they would never miss."""

from collections.abc import Callable

import pytest

from coach.analysis.accounts import Accounts
from coach.analysis.analyse import analyse
from coach.conversation import Conversation, Moment

Speak = Callable[..., Conversation]

STORY = "My bill is two hundred dollars this month and I cannot pay it because my hours were cut in March."
HELLO = ("agent", "Hello, this is Kim.")


def of_agent(call: Conversation, said: str) -> dict[str, Moment]:
    """Return the agent's moments in the turn that was just added, by kind."""
    last = call.turns[-1]
    return {m.kind: m for m in analyse(call).moments if m.role == "agent" and last.start <= m.start < last.end}


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("You are right, I am sorry.", "paraphrase"),
        ("You're welcome.", "paraphrase"),
        ("You can go on our payment plan.", "paraphrase"),
        ("So all I need is your new address.", "paraphrase"),
        ("You have two accounts with us.", "paraphrase"),
        ("If it is a leak the bill will be higher.", "paraphrase"),
        ("You can't change it without the form.", "paraphrase"),
        ("Then you press the green button on the meter.", "paraphrase"),
        ("You know what?", "paraphrase"),
        ("You know what?", "closed_question"),
        ("I'd be happy to help you with that bill.", "empathy"),
        ("I'm afraid the office is closed this month.", "empathy"),
        ("You're very welcome, happy to help.", "empathy"),
        ("So that's easy to do on the bill.", "empathy"),
        ("It's not so hard to read the bill.", "empathy"),
        ("If you are worried you can write to the office.", "empathy"),
        ("It will be there this afternoon.", "reassurance"),
        ("You have a good day.", "reassurance"),
        ("Let me find out why with you.", "reassurance"),
        ("I'm sorry, what is your account number?", "apology"),
        ("One moment, sorry.", "apology"),
        ("Sorry, we can't.", "apology"),
        ("What can I do?", "option"),
        ("You have reached the number one company for gas.", "option"),
        ("Would you like to hold the line?", "option"),
        ("Let me pull that up, one moment.", "ownership"),
        ("I'll get that one done, just in case.", "commitment"),
        ("We don't know.", "firm_we"),
        ("You should have it by Friday.", "blame"),
        ("Take a breath, it helps people calm down.", "blame"),
        ("The two pipes come together in the street.", "inclusive_we"),
        ("You miss class when the bus is late.", "name_use"),
        ("How are you today?", "clarifying_question"),
        ("Maybe you could pay the bill online?", "clarifying_question"),
        ("Which would you prefer?", "clarifying_question"),
        ("So you need your account number to log in.", "verification_question"),
        ("Is the account in your name or in your husband's?", "verification_question"),
    ],
)
def test_what_it_is_not(speak: Speak, said: str, kind: str) -> None:
    assert kind not in of_agent(speak(HELLO, ("customer", STORY), ("agent", said)), said)


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("So your hours were cut and now you can't pay this one.", "paraphrase"),
        ("You can't pay two hundred dollars.", "paraphrase"),
        ("Oh dear.", "empathy"),
        ("We can fix this.", "reassurance"),
        ("Your power will not be shut off.", "reassurance"),
        ("That can be sorted out.", "reassurance"),
        ("I'm going to stay with you until we know why.", "reassurance"),
        ("I'm sorry we sent it so late.", "apology"),
        ("I'll waive the fee when the form comes in.", "commitment"),
        ("You'll see the credit on your next bill.", "commitment"),
        ("Would you rather pay half of it now?", "option"),
        ("Mr. Hale, the bill is correct.", "name_use"),
        ("When you say this month, was that in April?", "clarifying_question"),
        ("Could you spell that for me?", "verification_question"),
        ("And the service address?", "verification_question"),
        ("I just need your account number.", "verification_question"),
        ("Is that everything that you needed today?", "closing_question"),
        ("Did I miss anything?", "closing_question"),
        ("Can you tell me a little bit about that?", "open_question"),
        ("What time would you like it?", "closed_question"),
        ("Which would you prefer?", "closed_question"),
        ("Was anything left on?", "closed_question"),
    ],
)
def test_what_it_is(talk: Speak, said: str, kind: str) -> None:
    found = of_agent(talk(HELLO, ("customer", STORY), ("agent", said)), said)

    assert kind in found
    assert found[kind].confidence >= 0.5


@pytest.mark.parametrize(
    ("said", "one", "others"),
    [
        ("I'm so sorry to hear your hours were cut.", "empathy", {"apology", "paraphrase"}),
        ("I'll send the new bill by Monday.", "commitment", {"ownership", "option", "walkthrough"}),
        ("Don't worry, I'll sort this out.", "reassurance", {"empathy", "ownership", "paraphrase"}),
        ("So you lost hours in March and now it is hard to pay.", "paraphrase", {"clarifying_question", "empathy"}),
        ("That must be a real worry.", "empathy", {"paraphrase", "apology"}),
    ],
)
def test_one_breath_is_one_thing(speak: Speak, said: str, one: str, others: set[str]) -> None:
    found = of_agent(speak(HELLO, ("customer", STORY), ("agent", said)), said)

    assert one in found
    assert not others & found.keys()


def test_a_promise_still_counts_as_taking_it_on(talk: Speak) -> None:
    call = talk(("customer", STORY), ("agent", "I'll send the new bill by Monday. The technician comes on Friday."))
    mine = {m.text: m.evidence.get("owning") for m in analyse(call).of("commitment")}

    assert mine == {"I'll send the new bill by Monday. The technician comes on Friday.": True}


def test_going_over_who_does_what_near_the_end_is_a_recap(speak: Speak) -> None:
    call = speak(
        ("customer", STORY),
        ("agent", "That must be a real worry. Can you send me the letter about your hours?"),
        ("customer", "Yes I can do that today."),
        ("agent", "So you send me the letter today, and I'll call you on Monday."),
    )

    assert len(analyse(call).of("recap")) == 1
    assert analyse(call).of("commitment", "paraphrase") == ()


def test_the_words_between_two_joined_clauses_are_part_of_the_whole(talk: Speak) -> None:
    said = "I will come on Thursday. To read it, and I will call you on Monday."
    call = talk(("customer", STORY), ("agent", said))

    assert [m.text for m in analyse(call).of("commitment")] == [said]


@pytest.mark.parametrize(
    "said",
    [
        "Can I pay the two hundred dollars now, the bill for this month?",
        "And I called about it again the next day.",
    ],
)
def test_a_request_about_it_is_no_repeat(speak: Speak, said: str) -> None:
    call = speak(
        ("customer", STORY), ("agent", "Okay."), ("customer", "Yes."), ("agent", "I see it here."), ("customer", said)
    )

    assert analyse(call).of("customer_repeat") == ()


def test_a_feeling_denied_is_no_distress(speak: Speak) -> None:
    assert analyse(speak(("customer", "So I'm not, like, you know, terrified."), HELLO)).of("distress") == ()


@pytest.mark.parametrize("said", ["I said to my wife it is cold.", "Does that mean it has been disconnected?"])
def test_an_ordeal_is_what_they_went_through_with_us(speak: Speak, said: str) -> None:
    call = speak(("customer", said), ("agent", "The office opens at nine."))

    assert analyse(call).of("owed_acknowledgement") == ()


def test_waiting_is_a_new_thing_to_be_sorry_for(speak: Speak) -> None:
    call = speak(
        ("customer", STORY),
        ("agent", "I'm so sorry about that bill."),
        ("customer", "Okay."),
        ("agent", "Sorry to keep you waiting."),
    )

    assert analyse(call).of("forced_apology") == ()


def test_distress_that_goes_on_with_the_story_wants_an_answer(speak: Speak) -> None:
    call = speak(
        ("agent", "Hello, this is Kim with the gas company, thank you for calling, how can I help you today?"),
        (
            "customer",
            "The crew said that they would come on Tuesday between eight and noon, and they never came at all.",
        ),
        ("agent", "Right."),
        ("customer", "I lost my job over it."),
        ("agent", "They come on Thursday."),
        ("customer", "Okay."),
        ("agent", "The form is on the page for visits and it takes five minutes to fill in and send to the office."),
        ("customer", "Fine then, and where do I find that page?"),
        ("agent", "On the first page, at the top."),
    )

    assert [m.text for m in analyse(call).of("missed_empathy")] == [call.turns[3].text]


# -- where a story begins ----------------------------------------------------------------------------


def stories(call: Conversation) -> list[str]:
    return [moment.text for moment in Accounts().analyze(call).of("account")]


def test_an_account_number_begins_no_story(speak: Speak) -> None:
    call = speak(
        ("agent", "Your account number?"),
        ("customer", "It is seven three two five eight six."),
        ("agent", "Thank you."),
        ("customer", STORY),
        ("agent", "I can send a technician."),
    )

    assert stories(call) == [call.turns[3].text]


def test_how_can_i_help_begins_it_anew(speak: Speak) -> None:
    call = speak(
        ("customer", "Do you want the number from my letter now?"),
        ("agent", "Thank you, how can I help you today?"),
        ("customer", STORY),
        ("agent", "I can send a technician."),
    )

    assert stories(call) == [call.turns[2].text]


@pytest.mark.parametrize("said", ["You can't?", "You did?", "Yes, that's right."])
def test_going_along_answers_nothing(speak: Speak, said: str) -> None:
    call = speak(
        ("customer", STORY),
        ("agent", said),
        ("customer", "No."),
        ("agent", "So your hours were cut and you can't pay."),
    )

    assert Accounts().analyze(call).measure("heard_before_solving").value == 1.0


def test_thanks_for_telling_is_hearing(speak: Speak) -> None:
    call = speak(("customer", STORY), ("agent", "Thank you for telling me. I can send a technician."))

    assert Accounts().analyze(call).measure("heard_before_solving").value == 1.0


def test_a_plain_request_is_no_clear_miss(speak: Speak) -> None:
    asked = "I'd like to start service at my new place on the first of May because we get the keys that morning."
    call = speak(("customer", asked), ("agent", "What is the new address?"))

    assert [m.confidence <= 0.6 for m in Accounts().analyze(call).of("missed_paraphrase")] == [True]
