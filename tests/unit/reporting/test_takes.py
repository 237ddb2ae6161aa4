"""Which moments may be taken again, what is heard first, what was said then; and what the page says of it."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from types import MappingProxyType, ModuleType

import pytest

from coach.conversation import Drill, Findings, Interval, Moment, Review, Turn
from coach.reporting.html import ReportSound, render_html
from coach.reporting.page import said_once, tallies
from coach.reporting.phrases import phrases
from coach.reporting.take import LONGEST, OwnWords, command, takes

SOUND = ReportSound(mp3=b"ID3", duration=121.5)


def _index(review: Review, kind: str) -> int:
    return next(i for i, moment in enumerate(review.findings.moments) if moment.kind == kind)


def _with(review: Review, *moments: Moment) -> Review:
    return replace(review, findings=Findings(review.findings.measures, (*review.findings.moments, *moments)))


def test_missed_moments_and_those_of_the_ideas_may_be_taken_again(samples: ModuleType) -> None:
    made = samples.review()
    found = takes(made)

    kinds = [made.findings.moments[index].kind for index in found]
    assert sorted(kinds) == ["interruption", "missed_empathy", "missed_paraphrase", "owed_acknowledgement"]
    take = found[_index(made, "missed_empathy")]
    assert (take.start, take.end, take.answered) == (66.5, 77.2, 84.6)
    assert made.conversation.turns[take.turn].text.startswith("Okay, but I waited")


def test_it_plays_from_their_turn_to_the_end_of_the_answer(samples: ModuleType) -> None:
    made = samples.review()
    calls = {index: take.plain for index, take in takes(made).items()}
    page = render_html(made, SOUND)
    data = json.loads(re.search(r'id="call">(.*?)</script>', page).group(1))  # type: ignore[union-attr]

    assert data["takes"] == json.loads(json.dumps({str(index): plain for index, plain in calls.items()}))
    index = str(_index(made, "missed_empathy"))
    assert data["takes"][index] == {"turn": 11, "drill": "The visit that never happened", "from": 66.5,
                                    "ends": {"theirs": 77.2, "before": 84.6}}  # fmt: skip
    assert f'data-take="{index}"' in page


def test_of_a_very_long_turn_the_last_minute_is_heard(samples: ModuleType) -> None:
    made = samples.review()
    call = made.conversation
    told = next(i for i, turn in enumerate(call.turns) if turn.start == 66.5)
    shifted = tuple(_later(turn, 100.0) if turn.start > 70 else turn for turn in call.turns)
    long = replace(shifted[told], interval=Interval(66.5, 177.2))
    turns = (*shifted[:told], long, *shifted[told + 1 :])

    take = takes(replace(made, conversation=replace(call, turns=turns)))[_index(made, "missed_empathy")]

    assert (take.start, take.end) == (pytest.approx(177.2 - LONGEST), 177.2)
    assert take.answered == 184.6


def _later(turn: Turn, by: float) -> Turn:
    return replace(turn, interval=Interval(turn.start + by, turn.end + by))


def test_a_moment_that_names_no_turn_answers_the_last_one(samples: ModuleType) -> None:
    made = samples.review()
    moment = Moment("missed_empathy", "agent", Interval(90.0, 91.0), "", 0.9, MappingProxyType({}))
    review = _with(made, moment)

    take = takes(review)[len(made.findings.moments)]

    assert review.conversation.turns[take.turn].start == 85.2
    before = replace(moment, interval=Interval(1.0, 2.0))  # nobody had said anything by then
    assert len(made.findings.moments) not in takes(_with(made, before))
    agents = replace(moment, evidence=MappingProxyType({"customer_turn": 0}))
    assert len(made.findings.moments) not in takes(_with(made, agents))


def test_nothing_is_taken_again_after_a_hard_call_or_where_it_is_not_known_who_is_who(samples: ModuleType) -> None:
    made = samples.review()
    hard = Moment("hard_call", "customer", Interval(54.1, 62.4), "", 0.9, MappingProxyType({}))
    alone = replace(made.conversation, parties=made.conversation.parties[:1])

    for review in (
        _with(made, hard),
        replace(made, roles=replace(made.roles, confidence=0.5)),
        replace(made, conversation=alone),
    ):
        page = render_html(review, SOUND)
        assert takes(review) == {}
        assert "data-take" not in page.partition("<script>")[0]
        assert '<dialog class="take"' not in page
        assert "media-src data:;" in page  # as far as its own sound goes


def test_unlikely_moments_are_let_be(samples: ModuleType) -> None:
    made = samples.review()
    doubtful = tuple(replace(m, confidence=0.4) for m in made.findings.moments)
    review = replace(made, findings=Findings(made.findings.measures, doubtful))

    assert set(takes(review)) == {
        advice.moment for advice in (made.coaching.try_, *made.coaching.another) if advice is not None
    }


@pytest.mark.parametrize("name", ["high-bill-said-back", "any-call-let-finish"])
def test_a_drill_is_a_line_to_copy(name: str, samples: ModuleType) -> None:
    page = render_html(samples.practising(name), SOUND)

    assert command(name) == f"coach practice {name}"
    assert page.count(f"<code>coach practice {name}</code>") == 2  # under "To practise", and at its moment
    assert f'data-copy="coach practice {name}"' in page


@pytest.mark.parametrize("name", ["a; rm -rf ~", "$(x)", "--json", "", "a b", "x\n-y", "É"])
def test_a_name_that_is_none_is_no_command(name: str, samples: ModuleType) -> None:
    assert command(name) is None
    made = samples.review()
    moment = _index(made, "missed_empathy")
    page = render_html(replace(made, coaching=replace(made.coaching, practice=(Drill(name, moment),))), SOUND)
    assert "<code>coach practice" not in page


@pytest.mark.parametrize(("mine", "by"), [(True, "In your own words"), (False, "In your team's own words")])
def test_own_words_stand_beside_the_suggestion(mine: bool, by: str, samples: ModuleType) -> None:
    made = samples.review()
    moment = _index(made, "missed_empathy")
    own = OwnWords("One whole <b>day</b>.", "12 May 2026", mine)

    page = render_html(made, SOUND, {moment: own})

    assert f"{by}, from 12 May 2026" in page.replace("&#39;", "'")
    assert "“One whole &lt;b&gt;day&lt;/b&gt;.”" in page
    assert by not in render_html(made, SOUND).replace("&#39;", "'")


def test_what_every_skill_says_is_said_once(samples: ModuleType) -> None:
    made = samples.review()
    clearly = "Heard clearly: 97% of your speech, 86% of theirs."
    skills = tuple(
        replace(s, why=f"{s.why.capitalize()}. {clearly}{' Left out: 1.' if i % 2 else ''}" if s.of else s.why)
        for i, s in enumerate(made.skills)
    )
    review = replace(made, skills=skills)

    assert said_once(review) == (clearly,)
    assert render_html(review).count(clearly) == 1
    whys = [tally.why for tally in tallies(review, phrases())]
    assert whys[0] == "5 longer turns of the customer."
    assert whys[1] == "2 accounts told to the end. Left out: 1."
    assert whys[3] == made.skills[3].why  # a reason of one sentence stays
    assert said_once(replace(review, skills=skills[:1])) == ()
    assert said_once(replace(review, skills=())) == ()
