"""An import in which a rule of "any overlap" finds interruptions, through the whole product: ours finds none."""

from __future__ import annotations

import json
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from coach.app.item import Request
from coach.app.review import open_pipeline, review_all
from coach.conversation import Interval, Review, Role, bridge, total
from tests.benchmarks.peer import compare

FILE = Path(__file__).parents[1] / "calls" / "transcripts" / "call-analytics.json"
NAMES = ("interruptions_by_agent", "interruptions_by_customer")
ATTEMPTS = ("interruption_attempts_by_agent", "interruption_attempts_by_customer")


@pytest.fixture(scope="module")
def file() -> dict[str, Any]:
    return dict(json.loads(FILE.read_text()))


@pytest.fixture(scope="module")
def review(tmp_path_factory: pytest.TempPathFactory) -> Review:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.mktemp("cache")))
        pipeline = open_pipeline({"out": str(tmp_path_factory.mktemp("out")), "formats": ("json",)})
        (outcome,) = review_all([Request(transcript=FILE)], pipeline)
    assert outcome.review is not None, outcome.failure
    return outcome.review


def segments(file: dict[str, Any], role: str) -> list[Interval]:
    turns = [turn for turn in file["Transcript"] if turn["ParticipantRole"] == role]
    return [Interval(turn["BeginOffsetMillis"] / 1000, turn["EndOffsetMillis"] / 1000) for turn in turns]


def spoken(file: dict[str, Any], role: str) -> float:
    turns = [turn for turn in file["Transcript"] if turn["ParticipantRole"] == role]
    words = [item for turn in turns for item in turn["Items"] if item["Type"] == "pronunciation"]
    times = [Interval(word["BeginOffsetMillis"] / 1000, word["EndOffsetMillis"] / 1000) for word in words]
    return total(bridge(times, 0.3))


def test_a_rule_of_any_overlap_finds_one_by_the_segments(file: dict[str, Any]) -> None:
    pairs = product(segments(file, "AGENT"), segments(file, "CUSTOMER"))
    onsets = [agent.start for agent, customer in pairs if customer.start <= agent.start < customer.end]

    assert onsets == [11.908]


def test_nobody_interrupts_or_tries_to(review: Review) -> None:
    assert [review.findings.measure(name).value for name in NAMES + ATTEMPTS] == [0, 0, 0, 0]
    assert review.findings.of("interruption", "interruption_attempt", "came_in_early") == ()


def test_a_filled_pause_as_the_customer_goes_on_splits_no_turn(review: Review) -> None:
    turns = review.conversation.turns
    (uh,) = [turn for turn in turns if turn.role == "agent" and turn.text == "Uh,"]

    assert (uh.start, uh.end) == pytest.approx((11.908, 12.528))
    assert any(t.role == "customer" and t.start < uh.start and uh.end < t.end for t in turns)


def test_an_answer_in_a_pause_is_a_turn_like_any_other(review: Review) -> None:
    turns = review.conversation.turns
    (answer,) = [i for i, turn in enumerate(turns) if turn.start == pytest.approx(29.910)]

    assert [turn.role for turn in turns[answer - 1 : answer + 2]] == ["customer", "agent", "customer"]
    assert {turn.kind for turn in turns[answer - 1 : answer + 2]} == {"turn"}


@pytest.mark.parametrize(("role", "name"), [("agent", "AGENT"), ("customer", "CUSTOMER")])
def test_talk_time_is_that_of_the_words_and_no_pauses(
    review: Review, file: dict[str, Any], role: Role, name: str
) -> None:
    party = review.conversation.party(role)
    assert party is not None

    assert total(party.stretches) == pytest.approx(spoken(file, name))


def test_the_pauses_of_a_segment_are_no_talk_time(file: dict[str, Any]) -> None:
    assert spoken(file, "CUSTOMER") < total(segments(file, "CUSTOMER")) - 1.0


def test_the_report_says_where_the_times_came_from(review: Review) -> None:
    assert review.separation == "transcript"
    assert any("word times" in warning for warning in review.warnings)
    assert not any("same moment" in warning for warning in review.warnings)


def test_the_comparison_with_a_peer_tells_why_they_differ(review: Review, file: dict[str, Any]) -> None:
    claimed = {
        "Interruptions": {"InterruptionsByInterrupter": {"AGENT": [
            {"BeginOffsetMillis": 11908, "EndOffsetMillis": 13758},
            {"BeginOffsetMillis": 29910, "EndOffsetMillis": 31768},
            {"BeginOffsetMillis": 25000, "EndOffsetMillis": 25500},
        ]}},
        "NonTalkTime": {"TotalTimeMillis": 0},
        "TalkTime": {"DetailsByParticipant": {"CUSTOMER": {"TotalTimeMillis": 14500}}},
        "TalkSpeed": {"DetailsByParticipant": {"CUSTOMER": {"AverageWordsPerMinute": 135}}},
    }  # fmt: skip

    lines = {line.figure: line for line in compare({**file, "ConversationCharacteristics": claimed}, review)}

    assert (lines["interruptions by the agent"].peer, lines["interruptions by the agent"].ours) == (
        "3",
        "0, and 0 attempts",
    )
    assert (lines["  at 11.91 s"].ours, lines["  at 29.91 s"].ours) == ("filler", "turn taking")
    assert '"Uh," for 0.62 s' in lines["  at 11.91 s"].why
    assert "then the agent is silent for 3.00 s" in lines["  at 11.91 s"].why
    assert "0.58 s after the customer stopped" in lines["  at 29.91 s"].why
    assert lines["  at 25.00 s"].why.startswith("nobody begins there")
    assert (lines["talk time, customer"].peer, lines["talk time, customer"].ours) == ("14.5 s", "12.7 s")
