"""“You misheard”: what leaves the sums, what stays, and what the saved notes of a report say."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from coach.app.shift.contests import Contest, contests, counted, from_notes
from coach.conversation import UsageError
from coach.store.values import Answer, StoredCall, StoredMoment, StoredSkill
from tests.unit.shift.made import NOW, answer, call, contest


def left(about: StoredCall, *answers: Answer) -> list[tuple[str, int, int]]:
    return [(each.label, each.met, each.of) for each in counted(about, contests(about, answers))]


def with_moment(about: StoredCall, kind: str, *, role: str = "agent") -> StoredCall:
    index = len(about.moments)
    moment = StoredMoment(index, index, kind, role, 100.0, 104.0, "", 0.9)
    return replace(about, moments=(*about.moments, moment))


def test_what_was_not_taken_up_leaves_alone() -> None:
    about = call("a", met=1, of=3)

    assert left(about) == [("Saying it back", 1, 3)]
    assert left(about, contest(about, 2)) == [("Saying it back", 1, 2)]
    assert left(about, contest(about, 1), contest(about, 2, id=2)) == [("Saying it back", 1, 1)]


def test_what_was_taken_up_leaves_with_its_credit() -> None:
    about = call("a", met=2, of=3)

    assert left(about, contest(about, 0)) == [("Saying it back", 1, 2)]


def test_the_only_opportunity_leaves_nothing() -> None:
    about = call("a", met=0, of=1)

    assert left(about, contest(about, 0)) == []


def test_where_it_cannot_be_told_which_opportunity_it_was_the_skill_waits() -> None:
    about = call("a", met=1, of=2)
    twice = replace(about, moments=(*about.moments, StoredMoment(9, 2, "echo", "agent", 30, 32, "", 0.9)),
                    skills=(StoredSkill("Saying it back", 1, 2, None, 1, "", (0, 1, 2)),))  # fmt: skip

    assert left(twice, contest(twice, 0)) == []
    assert left(twice, contest(twice, 1)) == [("Saying it back", 1, 1)]


def test_another_skill_stays() -> None:
    about = call("a", met=1, of=2)
    both = replace(about, skills=(*about.skills, StoredSkill("Asking", 1, 1, None, 1, "", ())))

    assert left(both, contest(both, 1)) == [("Saying it back", 1, 1), ("Asking", 1, 1)]


def test_a_moment_that_nothing_rests_on_changes_nothing() -> None:
    about = with_moment(call("a"), "firm_we")

    assert left(about, contest(about, 2)) == [("Saying it back", 1, 2)]


@pytest.mark.parametrize("kind", ["account", "distress"])
def test_what_the_customer_told_is_the_ground_of_it_all(kind: str) -> None:
    about = with_moment(call("a", solving=(1, 2)), kind, role="customer")

    assert left(about, contest(about, 2)) == []


@pytest.mark.parametrize("kind", ["paraphrase", "empathy", "missed_empathy"])
def test_heard_before_solving_waits_for_what_it_rests_on(kind: str) -> None:
    about = with_moment(call("a", solving=(1, 2)), kind)

    assert ("heard_before_solving", 1, 2) in left(about)
    assert "heard_before_solving" not in [label for label, *_ in left(about, contest(about, 2))]


def test_that_is_not_me_takes_the_whole_call_out() -> None:
    about = call("a")

    assert left(about, answer(about, "not_me")) == []
    assert left(about, answer(about, "not_me", settled="stands")) == [("Saying it back", 1, 2)]


def test_a_moment_that_is_there_no_more_takes_the_whole_call_out() -> None:
    about = call("a")

    assert left(about, answer(about, kind="monologue", start=300.0)) == []


def test_a_moment_is_found_again_after_another_review() -> None:
    about = call("a", met=1, of=3)
    said = contest(about, 2)
    moved = replace(about, moments=tuple(replace(m, index=m.index + 0, start=m.start + 1.2) for m in about.moments))

    found = contests(moved, [replace(said, moment_index=7)])
    assert found[0].moment == moved.moments[2]


def test_the_place_counts_more_than_the_number() -> None:
    about = call("a", met=0, of=3)

    found = contests(about, [replace(contest(about, 2), moment_index=0)])
    assert found[0].moment == about.moments[2]


def test_the_last_word_counts_and_can_take_it_back() -> None:
    about = call("a")
    said = contest(about, 1)
    taken_back = replace(said, id=2, answer="withdrawn", at=NOW + timedelta(minutes=1))

    assert contests(about, [taken_back, said]) == ()
    assert len(contests(about, [said, replace(taken_back, at=NOW - timedelta(minutes=1))])) == 1


def test_other_questions_and_other_calls_are_no_contests() -> None:
    about = call("a")

    assert contests(about, [answer(about, "heard"), answer(about, "picked"), answer(call("b"))]) == ()


@pytest.mark.parametrize(("settled", "out"), [(None, True), ("misheard", True), ("stands", False), ("whatever", True)])
def test_only_a_verdict_puts_it_back(settled: str | None, out: bool) -> None:
    about = call("a")
    found: Contest = contests(about, [contest(about, 1, settled=settled)])[0]

    assert found.out is out


def test_saved_notes_become_answers() -> None:
    notes = {
        "schema": "coach.notes/1",
        "recording": "ab" * 32,
        "misheard": [{"kind": "distress", "start": 13.9}, {"kind": 3, "start": 1}, {"kind": "x", "start": True}, "?"],
        "not_me": "2026-03-02T18:04:00.000Z",
        "first": {"answer": "partly"},
    }

    said = from_notes(notes)
    assert [(each.question, each.answer) for each in said] == [
        ("misheard", "yes"),
        ("not_me", "yes"),
        ("heard", "partly"),
    ]
    assert said[0].spot is not None
    assert (said[0].spot.kind, said[0].spot.start) == ("distress", 13.9)


@pytest.mark.parametrize("notes", [{}, {"schema": "coach.notes/2", "recording": "x"}, {"schema": "coach.notes/1"}])
def test_what_are_no_notes_is_refused(notes: dict[str, object]) -> None:
    with pytest.raises(UsageError, match="no file of notes"):
        from_notes(notes)
