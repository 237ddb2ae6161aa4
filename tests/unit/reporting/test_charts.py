"""The charts' numbers are the call's, and every one stands in a table too."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType, ModuleType

import pytest

from coach.conversation import Findings, Moment, Review, total
from coach.reporting import charts
from coach.reporting.answers import Answers
from coach.reporting.phrases import phrases
from coach.reporting.text import NO_BREAK


def _of(review: Review, kind: str) -> Moment:
    return next(moment for moment in review.findings.moments if moment.kind == kind)


def _with(review: Review, *moments: Moment) -> Review:
    return replace(review, findings=Findings(review.findings.measures, moments))


def test_talk_adds_up_to_what_each_spoke(samples: ModuleType) -> None:
    review = samples.review()

    chart = charts.talk(review, samples.DURATION, phrases())

    assert chart is not None
    assert [column.name for column in chart.columns][:2] == ["0:00 to 0:30", "0:30 to 1:00"]
    for index, party in enumerate(review.conversation.parties):
        shown = [float(column.bars[index].value.split(NO_BREAK)[0]) for column in chart.columns]
        assert sum(shown) == pytest.approx(total(party.stretches), abs=0.5 * len(shown))
    assert max(bar.height for column in chart.columns for bar in column.bars) == charts.HEIGHT


@pytest.mark.parametrize(
    ("length", "columns"), [(5, 1), (60, 4), (121.5, 5), (240, 4), (600, 10), (1200, 20), (7200, 12)]
)
def test_columns_are_few_and_span_the_call(length: float, columns: int, samples: ModuleType) -> None:
    chart = charts.talk(samples.review(), length, phrases())

    assert chart is not None
    assert len(chart.columns) == columns
    assert sum(column.width for column in chart.columns) == pytest.approx(100, abs=0.1)
    assert sum(bool(column.tick) for column in chart.columns) <= 6


def test_every_turn_is_counted_once_by_its_length(samples: ModuleType) -> None:
    review = samples.review()

    chart = charts.turn_lengths(review, phrases())

    assert chart is not None
    turns = [turn for turn in review.conversation.turns if turn.kind == "turn"]
    assert sum(int(bar.value) for column in chart.columns for bar in column.bars) == len(turns)
    assert chart.columns[0].name == "under 2 s"
    assert chart.columns[-1].name == "40 s and more"
    assert [bar.value for bar in chart.columns[3].bars] == ["1", "2"]  # 10 to 20 s: 10.6; 12.7 and 10.7


def test_without_times_there_is_nothing_to_draw(samples: ModuleType) -> None:
    bare = samples.transcript_only()

    assert charts.talk(bare, 100, phrases()) is None
    assert charts.turn_lengths(bare, phrases()) is None


def test_what_weighed_stands_beside_what_answered_it(samples: ModuleType) -> None:
    first, second = charts.weighing(samples.review(), samples.DURATION, phrases())

    assert (first.place.clock, first.finding) == ("0:13", "given")
    assert [reply.place.clock for reply in first.replies] == ["0:18", "0:22"]
    assert (second.place.clock, second.finding) == ("1:10", "room")
    assert {reply.place.clock for reply in second.replies} == {"1:17"}  # where the answer would have stood


def test_nothing_is_called_absent_that_the_analysers_did_not(samples: ModuleType) -> None:
    review = samples.review()
    alone = _with(review, *(m for m in review.findings.moments if m.kind == "distress" and m.start > 60))

    (row,) = charts.weighing(alone, samples.DURATION, phrases())

    assert (row.finding, row.replies) == ("open", ())


def test_an_answer_counts_for_the_turn_that_it_names(samples: ModuleType) -> None:
    review = samples.review()
    told = next(i for i, turn in enumerate(review.conversation.turns) if turn.start == 66.5)
    kind = _of(review, "reassurance")
    named = replace(kind, evidence=MappingProxyType({"customer_turn": told}))
    elsewhere = replace(kind, evidence=MappingProxyType({"customer_turn": 1}))

    assert Answers(_with(review, _of(review, "distress"), named)).finding(told) == "given"
    assert Answers(_with(review, _of(review, "distress"), elsewhere)).finding(told) == "open"
    later = replace(named, interval=replace(named.interval, start=105.0, end=106.0))
    assert Answers(_with(review, _of(review, "distress"), later)).finding(told) == "open"
    assert Answers(_with(review, replace(named, confidence=0.3))).finding(told) == "open"


def test_only_two_turns_of_the_agent_are_looked_at(samples: ModuleType) -> None:
    answers = Answers(samples.review())

    assert [turn.start for turn in answers.turns_after(1)] == [18.6, 28.9]
