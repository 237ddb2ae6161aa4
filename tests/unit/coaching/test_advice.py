"""Keep, try and practise, on conversations built by hand."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from coach.coaching.advice import advise
from coach.coaching.rubric import load_rubric
from coach.coaching.skills import skills
from coach.conversation import Coaching, Conversation, Findings, Interval, Moment


def _calls() -> ModuleType:
    spec = importlib.util.spec_from_file_location("coaching_calls", Path(__file__).with_name("calls.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


calls = _calls()
turn, call, about, findings = calls.turn, calls.call, calls.about, calls.findings
RUBRIC = load_rubric()

ASKED = turn("agent", 0, "How can I help you today?")
STORY = turn("customer", 4, calls.STORY)
ANSWER = turn("agent", 14, "So it went from ninety to four hundred dollars.", end=18)
LOSS = turn("customer", 20, calls.LOSS)
NEXT = turn("agent", 30, "What is your account number, and anything else?")
CALL = call(ASKED, STORY, ANSWER, LOSS, NEXT)
BYE = turn("customer", 95, "No, thank you, goodbye."), turn("agent", 98, "Goodbye then.")
PARTED = call(ASKED, STORY, ANSWER, LOSS, NEXT, *BYE)
ENDED = (about("recap", NEXT, sure=0.3), about("closing_question", NEXT, sure=0.3))


def coached(*moments: Moment, conversation: Conversation = CALL, delayed_line: bool = False) -> Coaching:
    found: Findings = findings(*moments, *ENDED)
    given = skills(conversation, found, RUBRIC)
    return advise(conversation, found, given, RUBRIC, delayed_line=delayed_line)


def test_keep_says_what_it_was_and_what_it_cost() -> None:
    keep = coached(about("clarifying_question", NEXT), about("paraphrase", ANSWER, customer_turn=1)).keep

    assert keep is not None
    assert (keep.skill, keep.moment) == ("Saying it back", 1)
    assert keep.said == ANSWER.text
    assert "about 4 seconds" in keep.why
    assert keep.suggestion is None


def test_try_has_the_moment_what_was_said_and_their_own_facts() -> None:
    try_ = coached(about("missed_paraphrase", STORY, customer_turn=1, agent_turn=2)).try_

    assert try_ is not None
    assert (try_.skill, try_.moment, try_.said) == ("Saying it back", 0, STORY.text)
    assert try_.suggestion == "So your bill is four hundred dollars this month. Have I got that right?"


def test_what_only_the_agent_can_promise_is_left_blank() -> None:
    try_ = coached(about("missed_empathy", LOSS, customer_turn=3)).try_

    assert try_ is not None
    assert try_.suggestion is not None
    assert "your wife lost her job" in try_.suggestion
    assert "I'll ___ by ___" in try_.suggestion


def test_the_most_certain_and_most_useful_comes_first_and_others_wait() -> None:
    coaching = coached(
        about("monologue", NEXT, sure=0.95),
        about("missed_paraphrase", STORY, sure=0.8, customer_turn=1),
        about("missed_empathy", LOSS, sure=0.75, customer_turn=3),
        about("blame", ANSWER, sure=0.7),
    )

    assert coaching.try_ is not None
    assert coaching.try_.moment == 1
    assert [a.moment for a in coaching.another] == [2, 0]


def test_one_turn_of_theirs_is_advised_on_once() -> None:
    coaching = coached(
        about("missed_paraphrase", LOSS, customer_turn=3), about("missed_empathy", LOSS, customer_turn=3)
    )

    assert coaching.try_ is not None
    assert coaching.another == ()


def test_what_is_not_sure_enough_is_not_advised() -> None:
    coaching = coached(about("missed_paraphrase", STORY, sure=0.69, customer_turn=1))

    assert coaching.try_ is None
    assert coaching.why_no_try == (
        "Nothing here was sure enough to advise on. Listen to the moments in the report: your own ear tells more."
    )
    assert coaching.practice == ()


def test_what_is_too_faint_to_count_leaves_nothing_to_change() -> None:
    coaching = coached(about("missed_paraphrase", STORY, sure=0.49, customer_turn=1))

    assert coaching.why_no_try == "Nothing to change in this one. Listen to what you kept."


def test_nothing_to_change_is_an_answer_with_something_to_keep() -> None:
    coaching = coached()

    assert coaching.try_ is None
    assert coaching.why_no_try == "Nothing to change in this one. Listen to what you kept."
    assert coaching.keep is not None
    assert coaching.keep.moment is None
    assert "2 of 2" in coaching.keep.why


def test_a_hard_call_is_kept_and_not_coached() -> None:
    coaching = coached(
        about("paraphrase", ANSWER, customer_turn=1),
        about("missed_empathy", LOSS, customer_turn=3),
        about("hard_call", LOSS, "customer", sure=0.85),
    )

    assert coaching.keep is not None
    assert coaching.why_no_try is not None
    assert coaching.why_no_try.startswith("That was a hard one.")
    assert (coaching.try_, coaching.another, coaching.practice) == (None, (), ())


def test_only_the_agents_interruptions_are_coached() -> None:
    theirs = about("interruption", LOSS, "customer", other_turn=2)

    assert coached(theirs).try_ is None


def test_an_interruption_hands_their_words_back() -> None:
    cut = Moment("interruption", "agent", Interval(7, 8.2), "Okay what", 0.9, {"other_turn": 1})

    try_ = coached(cut).try_

    assert try_ is not None
    assert try_.skill == "Letting them finish"
    assert try_.suggestion == (
        "I cut across you there, please go on. You were saying your bill is four hundred dollars this month …"
    )


def test_words_that_dangle_where_they_were_cut_off_are_not_given_back() -> None:
    story = turn("customer", 4, "I do not want a plan. I want somebody to tell me if")
    cut = Moment("interruption", "agent", Interval(9, 9.4), "The plan", 0.9, {"other_turn": 1})

    try_ = coached(cut, conversation=call(ASKED, story, ANSWER)).try_

    assert try_ is not None
    assert try_.suggestion is not None
    assert try_.suggestion.endswith("You were saying you want somebody to tell you …")


def test_a_delayed_line_is_not_coached_on_interrupting() -> None:
    coaching = coached(about("interruption", ANSWER, other_turn=1), delayed_line=True)

    assert coaching.try_ is None
    assert coaching.practice == ()
    assert coaching.why_no_try is not None
    assert "delayed" in coaching.why_no_try


def test_unclear_words_are_never_quoted_nor_used() -> None:
    story = turn(
        "customer", 4, "My bill is ~four ~hundred dollars this month, and nobody at all can tell me why it is."
    )
    conversation = call(ASKED, story, ANSWER, LOSS, NEXT)

    try_ = coached(about("missed_paraphrase", story, customer_turn=1), conversation=conversation).try_

    assert try_ is not None
    assert try_.said.startswith("My bill is … dollars this month")
    assert try_.suggestion == "So this is about your bill. Let me make sure I have it: ___. Have I got that right?"


def test_what_was_mostly_unclear_is_never_called_missed() -> None:
    story = turn("customer", 4, "~My ~bill ~is ~four ~hundred dollars ~this month ~and ~it ~was ~ninety ~in ~May ~too")
    conversation = call(ASKED, story, ANSWER, turn("customer", 20, "yes please " * 20), NEXT)

    assert coached(about("missed_paraphrase", story, customer_turn=1), conversation=conversation).try_ is None


@pytest.mark.parametrize(
    "text",
    [
        "Your stupid company charged my bill twice this month and I want somebody to look at it now",
        "You charged my bill twice in June and you said it was fixed and you never called",
        "I paid my bill with [card] in June so please can somebody look at it again for us",
    ],
    ids=["insult", "says you", "masked"],
)
def test_an_example_never_gives_back_what_nobody_should_hear(text: str) -> None:
    story = turn("customer", 4, text)
    conversation = call(ASKED, story, ANSWER, LOSS, NEXT)

    try_ = coached(about("missed_paraphrase", story, customer_turn=1), conversation=conversation).try_

    assert try_ is not None
    assert try_.suggestion is not None
    assert not {"stupid", "[card]", "you"} & set(try_.suggestion.lower().replace(".", "").split())


def test_unknown_roles_are_not_coached() -> None:
    unknown = call(turn("unknown", 0, "Hello."), turn("unknown", 3, calls.STORY))

    coaching = coached(about("paraphrase", ANSWER), conversation=unknown)

    assert coaching.keep is None
    assert coaching.try_ is None
    assert coaching.why_no_try is not None
    assert "--swap" in coaching.why_no_try


def test_hearing_too_little_is_never_nothing_to_change() -> None:
    mumbled = call(ASKED, turn("customer", 4, calls.STORY, sure=0.2), ANSWER)

    coaching = coached(conversation=mumbled)

    assert coaching.why_no_try is not None
    assert "not you" in coaching.why_no_try


def test_a_call_that_ends_without_what_happens_next() -> None:
    found = findings(about("ownership", ANSWER), about("closing_question", NEXT, sure=0.3))

    coaching = advise(PARTED, found, skills(PARTED, found, RUBRIC), RUBRIC)

    assert coaching.try_ is not None
    assert coaching.try_.moment is None
    assert coaching.try_.skill == "Seeing it through"
    assert coaching.try_.suggestion is not None
    assert "___" in coaching.try_.suggestion


@pytest.mark.parametrize(
    "end",
    ["Let me have a look at the meter.", "I'll put you through to billing now, goodbye."],
    ids=["the recording stops", "handed on"],
)
def test_a_call_that_did_not_end_lacks_nothing_at_its_end(end: str) -> None:
    conversation = call(ASKED, STORY, ANSWER, LOSS, NEXT, turn("agent", 95, end))
    found = findings(about("ownership", ANSWER))

    assert advise(conversation, found, skills(conversation, found, RUBRIC), RUBRIC).try_ is None


def test_where_nothing_was_agreed_no_recap_is_missed() -> None:
    found = findings(about("closing_question", NEXT, sure=0.3))

    assert advise(PARTED, found, skills(PARTED, found, RUBRIC), RUBRIC).try_ is None


def test_keep_quotes_the_whole_sentence() -> None:
    part = Moment("paraphrase", "agent", Interval(14, 16), "So it went from", 0.9, {"customer_turn": 1})

    keep = coached(part).keep

    assert keep is not None
    assert keep.said == ANSWER.text
    assert "about 4 seconds" in keep.why


def test_keep_prefers_what_was_about_a_story() -> None:
    small = turn("agent", 40, "So the first of the month then.")
    conversation = call(ASKED, STORY, ANSWER, LOSS, turn("customer", 36, "The first, please."), small, NEXT)
    moments = about("paraphrase", small, customer_turn=4), about("empathy", ANSWER, customer_turn=1, sure=0.8)

    keep = coached(*moments, conversation=conversation).keep

    assert keep is not None
    assert keep.moment == 1


@pytest.mark.parametrize(
    "moment",
    [
        about("paraphrase", ANSWER, sure=0.6, customer_turn=1),
        about("closing_question", turn("agent", 30, "Anything else?")),
        about("backchannel", turn("agent", 1, "Okay."), other_turn=4),
    ],
    ids=["unsure", "two words", "during no story"],
)
def test_what_is_faint_is_not_held_up(moment: Moment) -> None:
    keep = coached(moment).keep

    assert keep is not None
    assert keep.moment is None


def test_a_turn_that_let_something_go_by_holds_nothing_to_keep() -> None:
    keep = coached(
        about("closing_question", NEXT), about("owed_acknowledgement", LOSS, customer_turn=3, agent_turn=4)
    ).keep

    assert keep is not None
    assert keep.moment is None


def test_with_nothing_to_keep_and_nothing_to_try_it_says_so() -> None:
    short = call(ASKED, turn("customer", 4, "Is this the gas company?"), turn("agent", 6, "Yes."))

    coaching = advise(short, findings(), skills(short, findings(), RUBRIC), RUBRIC)

    assert coaching.keep is None
    assert coaching.why_no_try == "Nothing stood out in this one, one way or the other."


def test_what_they_said_of_how_it_is_for_them_is_given_back_before_facts() -> None:
    worry = turn("customer", 20, "The plumber was here in May and I have no leak. I'm really worried, you see.")
    felt = Moment("distress", "customer", Interval(24.4, 26.4), "I'm really worried, you see.", 0.75, {"turn": 3})

    try_ = coached(
        about("missed_empathy", worry, customer_turn=3), felt, conversation=call(ASKED, STORY, ANSWER, worry, NEXT)
    ).try_

    assert try_ is not None
    assert try_.suggestion is not None
    assert try_.suggestion.startswith("You said you're really worried. Thank you for telling me.")


def test_what_the_end_lacked_is_said_only_where_the_end_was_heard() -> None:
    mumbled = turn("agent", 100, "so ~i ~have ~you ~down ~for ~friday", end=104)
    conversation = call(ASKED, STORY, ANSWER, LOSS, NEXT, mumbled)
    found = findings(about("closing_question", NEXT, sure=0.3))

    assert advise(conversation, found, skills(conversation, found, RUBRIC), RUBRIC).try_ is None


def test_what_can_be_read_back_clearly_is_kept_first() -> None:
    mumbled = turn("agent", 40, "so ~it ~went ~from ~ninety to four")
    conversation = call(ASKED, STORY, ANSWER, LOSS, NEXT, mumbled)

    keep = coached(
        about("paraphrase", mumbled, sure=0.95), about("clarifying_question", NEXT, sure=0.7), conversation=conversation
    ).keep

    assert keep is not None
    assert keep.moment == 1


def test_a_promise_near_the_end_says_what_happens_next() -> None:
    late = turn("agent", 110, "I will call you on Monday.")
    conversation = call(ASKED, STORY, ANSWER, LOSS, NEXT, late)
    found = findings(about("commitment", late), about("closing_question", NEXT, sure=0.3))

    assert advise(conversation, found, skills(conversation, found, RUBRIC), RUBRIC).try_ is None


def test_drills_grow_from_missed_moments_and_name_what_it_was_about() -> None:
    coaching = coached(
        about("missed_empathy", LOSS, customer_turn=3, sure=0.8),
        about("missed_paraphrase", STORY, customer_turn=1, sure=0.9),
        about("missed_paraphrase", STORY, customer_turn=1, sure=0.75),
    )

    assert [(d.drill, d.moment) for d in coaching.practice] == [
        ("high-bill-said-back", 1),
        ("assistance-acknowledged", 0),
    ]


def test_what_the_rubric_leaves_out_is_never_advised() -> None:
    found = findings(about("missed_paraphrase", STORY, customer_turn=1), *ENDED)
    quiet = replace(RUBRIC, try_={"missed_empathy": 1.0})

    assert advise(CALL, found, skills(CALL, found, quiet), quiet).try_ is None
