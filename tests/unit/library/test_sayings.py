"""A sentence said in many calls is noted where it stands, says in how many, and changes nothing that is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from types import MappingProxyType

import pytest
from building import call

from coach.analysis.analyse import analyse
from coach.analysis.scripted import across
from coach.app.item import Call, Request
from coach.app.library import Memory, Said
from coach.app.naming import Output, conditions
from coach.app.pipeline import Pipeline
from coach.app.recipe import load_recipe
from coach.app.review import open_pipeline
from coach.app.settings import gather
from coach.app.stages.judging import Coach
from coach.app.stages.remembering import Remembering
from coach.coaching.trends import Earlier
from coach.conversation import Conversation

SENTENCE = "our team is working hard to make things better for everybody"
STORY = "My bill went up to two hundred dollars and I was away the whole month so it cannot be right."
CALL = call(
    [
        (0.5, 3.5, "Thank you for calling Northside Water. How can I help you?"),
        (9.4, 12.0, "Can I have your account number please so that I can pull up your account?"),
        (14.5, 18.0, f"Okay, {SENTENCE}."),
    ],
    [(4.0, 9.0, STORY), (12.4, 14.0, "It is seven seven one two.")],
)


def said(calls: int, often: int) -> Said:
    return Said(calls, {SENTENCE: often}, MappingProxyType({"ownership": ("I will look into it now.",)}))


@pytest.mark.parametrize(("calls", "often", "noted"), [(20, 6, True), (20, 5, False), (19, 19, False), (100, 30, True)])
def test_it_takes_a_third_of_twenty_calls(calls: int, often: int, noted: bool) -> None:
    found = list(across(CALL, said(calls, often)))

    assert [moment.kind for moment in found] == ["scripted"] * noted
    if noted:
        assert found[0].text == f"Okay, {SENTENCE}."
        assert found[0].evidence["calls"] == often


def test_what_is_said_twice_in_one_call_is_found_without_a_memory_and_not_doubled() -> None:
    twice = call(
        [(12, 15, f"{SENTENCE}."), (22, 25, f"{SENTENCE}.")],
        [(3, 11, STORY), (16, 21, "All right then.")],
    )
    alone = analyse(twice).of("scripted")

    assert [moment.start for moment in alone] == [22]
    assert [moment.start for moment in across(twice, said(20, 20))] == [12]


class _Library:
    def __init__(self, memory: Said | None, earlier: Sequence[Earlier] = ()) -> None:
        self.memory, self.earlier = memory, earlier
        self.asked: list[object] = []

    def recent(self, sha256: str, agent: str | None, at: object, fingerprint: str) -> Sequence[Earlier]:
        self.asked.append((len(sha256), agent, at, fingerprint))
        return self.earlier

    def said(self, agent: str | None) -> Said | None:
        self.asked.append(agent)
        return self.memory


def judged(conversation: Conversation, library: _Library | None, tmp_path: Path) -> Call:
    settings = gather({"agent": "Dana"}, environment={}, folder=tmp_path)
    recording = tmp_path / "call.wav"
    start = Call(Request(recording), settings, Output(tmp_path, "call"), separation="channels")
    start = replace(start, conversation=conversation, findings=analyse(conversation))
    remembering = Remembering(library, lambda _call: "f1") if library is not None else None
    return Coach("support", remembering).one(start)


def test_the_stage_adds_it_and_skills_stay_as_they_are(tmp_path: Path) -> None:
    library = _Library(said(20, 20))
    without, with_ = judged(CALL, None, tmp_path), judged(CALL, library, tmp_path)

    assert library.asked == ["Dana", (64, "Dana", None, "f1")]
    assert without.findings is not None
    assert with_.findings is not None
    assert len(with_.findings.moments) == len(without.findings.moments) + 1
    assert with_.findings.measures == without.findings.measures
    assert [(s.met, s.of) for s in with_.skills] == [(s.met, s.of) for s in without.skills]
    for skill in with_.skills:  # indices still point at what the counts rest on
        kinds = {with_.findings.moments[index].kind for index in skill.moments}
        assert "scripted" not in kinds


def test_without_a_library_nothing_is_asked_and_nothing_added(tmp_path: Path) -> None:
    assert judged(CALL, None, tmp_path).findings == analyse(CALL)
    assert judged(CALL, _Library(None), tmp_path).findings == analyse(CALL)
    assert judged(CALL, _Library(None), tmp_path).coaching == judged(CALL, None, tmp_path).coaching


def test_what_was_advised_twice_rests_through_the_stage(tmp_path: Path) -> None:
    first = judged(CALL, None, tmp_path).coaching.try_
    assert first is not None
    rested = judged(CALL, _Library(None, [Earlier("a", first.skill), Earlier("b", first.skill)]), tmp_path).coaching

    assert rested.try_ is None or rested.try_.skill != first.skill
    assert rested.because_of is not None
    assert rested.because_of.passed_over == first.skill


def test_what_is_remembered_is_no_part_of_the_fingerprint_or_the_conditions() -> None:
    solo, request = load_recipe("solo"), Request(transcript=Path("words.json"))
    made = [
        Pipeline(solo, gather({"library": wanted}, environment={}), memory)
        for wanted, memory in ((True, Memory()), (True, None), (False, None))
    ]

    assert len({pipeline.expected_fingerprint(request) for pipeline in made}) == 1
    assert len({str(conditions(pipeline.effective_recipe(Request(Path("a.wav"))))) for pipeline in made}) == 1


def test_only_the_persons_own_reviews_remember() -> None:
    assert open_pipeline({}, own=True).remembers
    assert not open_pipeline({}).remembers  # a shift's, a night's, the example's
    assert not open_pipeline({"library": False}, own=True).remembers
