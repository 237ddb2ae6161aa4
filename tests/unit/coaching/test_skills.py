"""Opportunities met of how many, on conversations built by hand."""

from __future__ import annotations

import importlib.util
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from coach.coaching.rubric import CallType, load_rubric
from coach.coaching.skills import overall, skills
from coach.conversation import Conversation, Findings, Skill


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
ANSWER = turn("agent", 14, "Okay, what is your account number?")
LOSS = turn("customer", 20, calls.LOSS)
NEXT = turn("agent", 30, "I will set up a payment plan for you today.")
CALL = call(ASKED, STORY, ANSWER, LOSS, NEXT)


def skill(name: str, conversation: Conversation = CALL, found: Findings | None = None, **more: object) -> Skill:
    given = skills(conversation, found if found is not None else findings(), RUBRIC, **more)  # type: ignore[arg-type]
    return next(s for s in given if s.name == name)


def counts(given: Skill) -> tuple[int, int]:
    return given.met, given.of


def test_the_six_skills_come_in_the_order_of_the_report() -> None:
    assert [s.name for s in skills(CALL, findings(), RUBRIC)] == [
        "Letting them finish",
        "Room to talk",
        "Saying it back",
        "Asking",
        "Acknowledging and reassuring",
        "Seeing it through",
    ]


def test_an_interruption_is_one_turn_not_finished() -> None:
    cut = about("interruption", ANSWER, other_turn=1)

    given = skill("Letting them finish", found=findings(cut))

    assert counts(given) == (1, 2)
    assert given.moments == (0,)


def test_an_unsure_interruption_and_the_customers_own_are_not_counted() -> None:
    unsure = about("interruption", ANSWER, sure=0.45, other_turn=1)
    theirs = about("interruption", LOSS, "customer", other_turn=2)

    assert counts(skill("Letting them finish", found=findings(unsure, theirs))) == (2, 2)


def test_two_interruptions_of_one_turn_leave_one_turn_unfinished() -> None:
    cut = about("interruption", ANSWER, other_turn=1)

    assert counts(skill("Letting them finish", found=findings(cut, cut))) == (1, 2)


def test_on_a_delayed_line_finishing_is_not_counted() -> None:
    given = skill("Letting them finish", delayed_line=True)

    assert counts(given) == (0, 0)
    assert "delayed" in given.why


def test_without_times_finishing_and_room_are_not_counted() -> None:
    untimed = replace(CALL, timed=False)

    assert [counts(skill(n, untimed)) for n in ("Letting them finish", "Room to talk")] == [(0, 0), (0, 0)]


def test_room_is_left_in_stories_and_explanations() -> None:
    long = turn("agent", 40, "word " * 100, end=105)
    tried = about("interruption_attempt", ANSWER, other_turn=1)
    told = about("monologue", long)

    given = skill("Room to talk", call(ASKED, STORY, ANSWER, LOSS, long), findings(tried, told))

    assert counts(given) == (1, 3)
    assert given.moments == (0, 1)


def test_two_of_three_stories_were_said_back() -> None:
    found = findings(
        about("paraphrase", ANSWER, customer_turn=1),
        about("echo", NEXT, customer_turn=3),
        about("paraphrase", NEXT, customer_turn=3),
        about("missed_paraphrase", STORY, customer_turn=0),
    )

    assert counts(skill("Saying it back", found=found)) == (2, 3)


def test_a_story_told_in_two_goes_is_one_and_a_short_turn_is_none() -> None:
    found = findings(
        about("account", STORY, "customer", turns=(1, 3)),
        about("missed_paraphrase", STORY, customer_turn=3),
        about("paraphrase", ANSWER, customer_turn=1),
        about("paraphrase", NEXT, customer_turn=5),
    )
    conversation = call(ASKED, STORY, ANSWER, LOSS, NEXT, turn("customer", 40, "Yes, on Monday."))

    given = skill("Saying it back", conversation, found)

    assert counts(given) == (1, 1)
    assert given.moments == (1, 2, 3)


def test_what_was_met_is_not_missed_as_well() -> None:
    found = findings(about("paraphrase", ANSWER, customer_turn=1), about("missed_paraphrase", STORY, customer_turn=1))

    assert counts(skill("Saying it back", found=found)) == (1, 1)


def test_a_story_followed_by_a_question_about_it() -> None:
    question = about("clarifying_question", ANSWER, about_turn=1)

    assert counts(skill("Asking", found=findings(question))) == (1, 2)


def test_what_weighed_on_them_was_acknowledged_or_went_by() -> None:
    found = findings(
        about("empathy", ANSWER, customer_turn=1),
        about("missed_empathy", LOSS, customer_turn=3),
        about("owed_acknowledgement", LOSS, customer_turn=3),
    )

    assert counts(skill("Acknowledging and reassuring", found=found)) == (1, 2)


def test_an_apology_counts_only_where_something_weighed_on_them() -> None:
    formula = findings(about("apology", ANSWER, customer_turn=1))
    meant = findings(about("distress", LOSS, "customer", turn=3), about("apology", NEXT, customer_turn=3))

    assert counts(skill("Acknowledging and reassuring", found=formula)) == (0, 0)
    assert counts(skill("Acknowledging and reassuring", found=meant)) == (1, 1)


def test_seeing_it_through_is_four_steps() -> None:
    found = findings(about("ownership", NEXT), about("commitment", NEXT), about("option", NEXT))

    assert counts(skill("Seeing it through", found=found)) == (2, 4)


def test_what_did_not_come_up_is_nothing_of_nothing() -> None:
    small = call(turn("agent", 0, "Hello there."), turn("customer", 2, "Hi, thanks."))

    for name in ("Saying it back", "Asking", "Acknowledging and reassuring", "Seeing it through"):
        given = skill(name, small)
        assert counts(given) == (0, 0)
        assert given.score is None
        assert given.why == "Did not come up in this call."


def test_words_that_were_not_heard_make_no_absence() -> None:
    mumbled = call(ASKED, turn("customer", 4, calls.STORY, sure=0.2), ANSWER, LOSS)
    found = findings(about("missed_paraphrase", STORY, customer_turn=1))

    for name in ("Saying it back", "Asking", "Acknowledging and reassuring", "Seeing it through"):
        assert counts(skill(name, mumbled, found)) == (0, 0)
        assert skill(name, mumbled, found).why == "Not heard well enough to say."


def test_what_was_met_in_words_that_tell_no_absence_counts_no_more_than_what_was_missed_there() -> None:
    unclear = turn("customer", 40, calls.LOSS, sure=0.55)
    conversation = call(ASKED, STORY, ANSWER, LOSS, NEXT, unclear, turn("agent", 60, "I see, let me look."))
    missed = about("missed_paraphrase", STORY, customer_turn=1)
    met = about("paraphrase", NEXT, customer_turn=3)

    kept = skill("Saying it back", conversation, findings(missed, met))
    there = skill("Saying it back", conversation, findings(missed, met, about("echo", unclear, customer_turn=5)))

    assert counts(kept) == counts(there) == (1, 2)
    assert "Left out, as not heard well enough: 1." in kept.why
    assert there.moments == (0, 1, 2)


def test_where_most_was_not_heard_nothing_is_counted() -> None:
    unclear = [turn("customer", 20 + 20 * i, calls.LOSS, sure=0.55) for i in range(2)]
    answers = [turn("agent", 30 + 20 * i, "Okay, I will set up a payment plan for you today.") for i in range(2)]
    conversation = call(ASKED, STORY, ANSWER, *(said for pair in zip(unclear, answers, strict=True) for said in pair))
    found = findings(about("paraphrase", ANSWER, customer_turn=1), about("clarifying_question", ANSWER, about_turn=1))

    for name in ("Saying it back", "Asking"):
        assert counts(skill(name, conversation, found)) == (0, 0)
        assert skill(name, conversation, found).why == "Not heard well enough to say."


def test_an_account_that_may_have_been_answered_is_no_story_missed() -> None:
    doubted = about("account", LOSS, "customer", sure=0.3, turns=(3,), judged=False)
    found = findings(doubted, about("missed_paraphrase", STORY, customer_turn=1))

    given = skill("Saying it back", found=found)

    assert counts(given) == (0, 1)
    assert "Left out, as not heard well enough: 1." in given.why


def test_a_question_that_is_only_likely_needs_clear_words() -> None:
    mumbled = turn("agent", 14, "Okay, what is your account number?", sure=0.75)
    question = about("clarifying_question", ANSWER, sure=0.6, about_turn=1)

    assert counts(skill("Asking", call(ASKED, STORY, ANSWER), findings(question))) == (1, 1)
    assert counts(skill("Asking", call(ASKED, STORY, mumbled), findings(question))) == (0, 0)


def test_steps_are_not_counted_where_one_may_have_been_misheard() -> None:
    steps = [about(kind, NEXT) for kind in ("ownership", "commitment", "recap", "closing_question")]
    unclear = call(ASKED, STORY, turn("agent", 14, "Okay, what is your account number?", sure=0.7), LOSS, NEXT)

    assert counts(skill("Seeing it through", found=findings(*steps))) == (4, 4)
    assert counts(skill("Seeing it through", unclear, findings(*steps))) == (0, 0)


def test_what_share_was_heard_is_said() -> None:
    found = findings(about("paraphrase", ANSWER, customer_turn=1))

    assert "100% of your speech, 100% of theirs" in skill("Saying it back", found=found).why


def test_a_transcript_without_confidence_says_so() -> None:
    plain = call(ASKED, turn("customer", 4, calls.STORY, sure=None), ANSWER)
    found = findings(about("paraphrase", ANSWER, customer_turn=1))

    assert "does not say how clearly" in skill("Saying it back", plain, found).why


def test_unknown_roles_count_nothing() -> None:
    unknown = call(turn("unknown", 0, "Hello."), turn("unknown", 3, calls.STORY))

    assert {counts(s) for s in skills(unknown, findings(), RUBRIC)} == {(0, 0)}
    assert all("which party is the agent" in s.why for s in skills(unknown, findings(), RUBRIC))


def test_scores_stay_away_unless_the_rubric_turns_them_on() -> None:
    found = findings(about("paraphrase", ANSWER, customer_turn=1), about("missed_paraphrase", LOSS, customer_turn=3))

    quiet = skills(CALL, found, RUBRIC)
    scored = skills(CALL, found, replace(RUBRIC, scores=True))

    assert {s.score for s in quiet} == {None}
    assert overall(quiet) is None
    assert next(s.score for s in scored if s.name == "Saying it back") == 50.0


def test_what_does_not_apply_leaves_the_denominator() -> None:
    scored = [
        Skill("a", 1, 2, 50.0, 1.0, ""),
        Skill("b", 3, 3, 100.0, 2.0, ""),
        Skill("c", 0, 0, None, 5.0, ""),
    ]

    assert overall(scored) == pytest.approx(100 * 7 / 8)


def test_a_hard_call_leaves_all_averages() -> None:
    found = findings(about("paraphrase", ANSWER, customer_turn=1), about("hard_call", LOSS, "customer"))

    given = skills(CALL, found, replace(RUBRIC, scores=True))

    assert overall(given) is None
    assert any("hard call" in s.why for s in given)


def test_a_type_of_call_may_leave_a_skill_out_or_weigh_it_differently() -> None:
    special = replace(RUBRIC, call_types={"outage": CallType(frozenset({"asking"}), {"acknowledging": 3.0})})

    given = {s.name: s for s in skills(CALL, findings(), special, call_type="outage")}

    assert given["Asking"].why == "Left out for this type of call."
    assert given["Acknowledging and reassuring"].weight == 3.0
    assert {s.name: s for s in skills(CALL, findings(), special)}["Asking"].of == 2
