"""The question before anything is told: which moment, when nobody is asked, and what stands beside an answer."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from itertools import pairwise
from types import MappingProxyType, ModuleType

import pytest

from coach.conversation import Conversation, Findings, Moment, Review, Turn
from coach.reporting.first import ANSWERS, First, first
from coach.reporting.html import ReportSound, render_html
from coach.reporting.page import hearings, script_data
from coach.reporting.phrases import phrases

SOUND = ReportSound(mp3=b"ID3", duration=121.5)


def asked(review: Review) -> First | None:
    return first(review, phrases())


def _with(review: Review, *moments: Moment) -> Review:
    return replace(review, findings=Findings(review.findings.measures, moments))


def _turning(review: Review, change: dict[int, Turn]) -> Review:
    call: Conversation = review.conversation
    turns = tuple(change.get(i, turn) for i, turn in enumerate(call.turns))
    return replace(review, conversation=replace(call, turns=turns))


def test_it_asks_about_the_longest_story_and_its_answer(samples: ModuleType) -> None:
    found = asked(samples.review())

    assert found is not None
    assert (found.told, found.place.at, found.until, found.finding) == (1, 5.4, 27.2, "given")
    assert [label for label, _ in found.measured] == [
        "You said it back in your own words",
        "You acknowledged how it is for them",
    ]


def test_what_was_hard_to_hear_is_not_asked_about(samples: ModuleType) -> None:
    review = samples.review()
    story = review.conversation.turns[1]
    mumbled = replace(story, words=tuple(replace(word, confidence=0.2) for word in story.words))

    found = asked(_turning(review, {1: mumbled}))

    assert found is not None
    assert found.told != 1
    assert found.finding == "room"


def test_a_very_long_story_is_heard_from_near_its_end(samples: ModuleType) -> None:
    review = samples.review()
    turns = review.conversation.turns
    told = next(i for i, turn in enumerate(turns) if turn.start == 66.5)
    long = replace(turns[told], interval=replace(turns[told].interval, start=10.0), words=turns[told].words * 3)

    found = asked(_turning(review, {told: long}))

    assert found is not None
    assert (found.told, round(found.place.at, 3), found.until) == (told, 47.2, 84.6)


def test_nobody_is_asked_after_a_hard_call(samples: ModuleType) -> None:
    review = samples.review()
    story = review.conversation.turns[1]
    hard = Moment("hard_call", "customer", story.interval, "", 0.9, MappingProxyType({}))

    assert asked(_with(review, *review.findings.moments, hard)) is None


def test_nobody_is_asked_who_is_heard_alone_or_may_be_the_other(samples: ModuleType) -> None:
    review = samples.review()
    alone = replace(review.conversation, parties=review.conversation.parties[:1])

    assert asked(replace(review, conversation=alone)) is None
    assert asked(replace(review, roles=replace(review.roles, confidence=0.5))) is None


def test_nobody_is_asked_where_nothing_was_told(samples: ModuleType) -> None:
    assert asked(_with(samples.review())) is None


@pytest.mark.parametrize(
    ("settings", "asks"),
    [
        ({}, True),
        ({"you_first": {"value": True, "origin": "default"}}, True),
        ({"you_first": {"value": False, "origin": "coach.toml"}}, False),
    ],
)
def test_the_setting_turns_it_off(settings: object, asks: bool, samples: ModuleType) -> None:
    review = replace(samples.review(), recipe={"name": "solo", "settings": settings})

    assert (asked(review) is not None) is asks
    assert ('id="first"' in render_html(review, SOUND)) is asks


def test_without_sound_there_is_nothing_to_hear_first(samples: ModuleType) -> None:
    assert 'id="first"' not in render_html(samples.review())


def test_each_answer_has_a_sentence_for_whatever_was_measured() -> None:
    say = phrases()

    for answer in ANSWERS:
        assert say(f"first.answer.{answer}")
        assert say(f"first.said.{answer}")
        for finding in ("given", "room", "open"):
            assert say(First(0, None, 1.0, finding, ()).lesson(answer))  # type: ignore[arg-type]


def test_skipping_is_a_button_like_the_others(samples: ModuleType) -> None:
    page = render_html(samples.review(), SOUND)
    row = re.search(r'<div class="answers".*?</div>', page, re.DOTALL)

    assert row is not None
    assert re.findall(r'data-answer="(\w+)"', row[0]) == list(ANSWERS)
    assert row[0].count("<button") == row[0].count('<button type="button" data-answer=')


def test_every_moment_can_be_called_misheard(samples: ModuleType) -> None:
    review = samples.review()
    page = render_html(review, SOUND)

    noted = {int(i) for group in re.findall(r'data-misheard="([\d ]+)"', page) for i in group.split()}

    assert noted == set(range(len(review.findings.moments)))


def test_silence_and_either_side_can_be_left_out(samples: ModuleType) -> None:
    review = samples.review()

    left = hearings(review)

    assert list(left) == ["speech", "agent", "customer"]
    for pieces in left.values():
        assert all(start < end for start, end in pieces)
        assert all(after[0] - before[1] >= 0.4 for before, after in pairwise(pieces))
    for party in review.conversation.parties:
        for interval in party.speech:
            assert any(start <= interval.start and interval.end <= end for start, end in left[party.role])
    assert json.loads(script_data(review))["hearings"] == left
    assert not any(start < 43 < end for start, end in left["speech"])  # the wait


def test_one_side_is_not_offered_where_nobody_knows_the_sides(samples: ModuleType) -> None:
    assert hearings(samples.transcript_only()) == {}
    review = samples.review()
    alone = replace(review.conversation, parties=review.conversation.parties[:1])
    assert list(hearings(replace(review, conversation=alone))) == ["speech"]
