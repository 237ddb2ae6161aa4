"""From stretches to turns: what ends a turn, what is a turn of its own, whose words are whose."""

from __future__ import annotations

from dataclasses import replace

import pytest
from building import Line, call, party, words

from coach.conversation import Conversation, Interval, Party, Word, converse

Shape = list[tuple[str, str, float, float]]


def shape(conversation: Conversation) -> Shape:
    return [(turn.role, turn.kind, turn.start, turn.end) for turn in conversation.turns]


@pytest.mark.parametrize(("gap", "turns"), [(0.29, 1), (0.3, 1), (4.99, 1), (5.0, 2)])
def test_a_mutual_silence_of_five_seconds_ends_a_turn(gap: float, turns: int) -> None:
    agent = [(0.0, 2.0, "let me pull that up"), (2.0 + gap, 5.0 + gap, "here it is now")]

    assert len(call(agent, []).turns) == turns


def test_a_listener_in_a_long_pause_keeps_the_turn_together_as_it_is_no_mutual_silence() -> None:
    agent = [(0.0, 2.0, "let me pull that up"), (7.5, 9.0, "here it is now")]

    assert shape(call(agent, [(4.5, 4.9, "uh")])) == [
        ("agent", "turn", 0.0, 2.0),
        ("customer", "turn", 4.5, 4.9),
        ("agent", "turn", 7.5, 9.0),
    ]


@pytest.mark.parametrize(
    ("inside", "kind"),
    [((3.0, 3.6, "mhm"), "backchannel"), ((3.0, 3.9, "but the meter"), "attempt"), ((3.0, 3.5, "uh"), "turn")],
)
def test_what_begins_and_ends_inside_a_turn_is_one_of_its_own_and_splits_nothing(inside: Line, kind: str) -> None:
    customer = [(0.0, 3.4, "I called you on Monday"), (3.8, 8.0, "and nobody ever rang me back")]
    if kind == "attempt":
        customer = [(0.0, 8.0, "I called you on Monday and nobody ever rang me back")]

    assert shape(call([inside], customer)) == [("customer", "turn", 0.0, 8.0), ("agent", kind, inside[0], inside[1])]


def test_a_short_okay_at_the_seam_splits_nothing_and_a_short_answer_does() -> None:
    agent = [(0.0, 4.0, "so your bill went up in March."), (5.0, 8.0, "and in April it went down.")]

    assert [turn.role for turn in call(agent, [(3.8, 4.2, "okay")]).turns] == ["agent", "customer"]
    assert [turn.role for turn in call(agent, [(3.8, 4.5, "in March")]).turns] == ["agent", "customer", "agent"]


def test_handing_over_with_a_small_overlap_makes_two_turns() -> None:
    assert shape(call([(3.8, 8.0, "let me look")], [(0.0, 4.0, "it went up."), (8.5, 9.0, "thanks")])) == [
        ("customer", "turn", 0.0, 4.0),
        ("agent", "turn", 3.8, 8.0),
        ("customer", "turn", 8.5, 9.0),
    ]


def test_an_interruption_ends_the_turn_it_cut() -> None:
    customer = [(0.0, 4.0, "I was away and the"), (7.4, 9.0, "and the meter was never read")]

    assert [turn.role for turn in call([(3.0, 7.0, "I need your number first")], customer).turns] == [
        "customer",
        "agent",
        "customer",
    ]


def test_gaps_of_one_partys_own_are_bridged_across_the_others_speech() -> None:
    customer = [(0.0, 3.4, "I called you"), (3.6, 6.0, "on Monday")]

    (event,) = call([(3.0, 3.9, "but the meter")], customer).floor

    assert (event.kind, event.overlap) == ("interruption_attempt", pytest.approx(0.9))


def test_words_go_to_the_stretch_they_lie_in_or_nearest_to() -> None:
    speech = (Interval(1.0, 2.0), Interval(9.0, 10.0))
    said = (Word("early", 0.2, 0.4), Word("in", 1.2, 1.4), Word("near", 4.0, 4.2), Word("late", 10.4, 10.6))
    agent = Party("agent", "agent", speech, said)

    turns = converse([agent], 12.0, "channels").turns

    assert [turn.text for turn in turns] == ["early in near", "late"]


def test_timing_is_never_ruled_by_words() -> None:
    silent = replace(party("agent", [(2.0, 5.0, "but I need your number")]), speech=())

    conversation = converse([silent, party("customer", [(0.0, 3.0, "I was away and the")])], 6.0, "channels")

    assert conversation.floor == ()
    assert [turn.role for turn in conversation.turns] == ["customer", "agent"]


def test_without_two_parties_told_apart_nothing_is_ruled_on() -> None:
    both = [party("unknown", [(0.0, 3.0, "hello there"), (4.2, 6.0, "good morning")])]

    conversation = converse(both, 6.0, "none")

    assert conversation.floor == ()
    assert len(conversation.turns) == 2  # a second's pause makes a line of the transcript


def test_cue_times_make_turns_and_no_rulings() -> None:
    parties = [
        Party("agent", "agent", (), words(0.0, 4.0, "what can I do")),
        Party("customer", "customer", (), words(3.0, 6.0, "my bill is high")),
    ]

    conversation = converse(parties, 6.0, "transcript", timed=False, word_times=False)

    assert conversation.floor == ()
    assert [turn.text for turn in conversation.turns] == ["what can I do", "my bill is high"]


def test_a_recording_is_never_shorter_than_its_speech() -> None:
    assert call([(0.0, 3.0, "hello")], [], duration=2.0).duration == 3.0


@pytest.mark.parametrize("agent", [[], [(1.0, 2.0, "")]])
def test_silence_and_empty_words_are_a_conversation_too(agent: list[Line]) -> None:
    conversation = call(agent, [], duration=0.0)

    assert [turn.text for turn in conversation.turns] == [""] * len(agent)
    assert conversation.floor == ()
