"""Talk, silence, patience, monologues: every number and every reason that there is none."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from building import Line, call, party, words

from coach.analysis.reasons import NO_LENGTH, NO_SPEECH, NOT_TIMED, ONE_LANE, ONE_PARTY, ROLES_UNKNOWN, UNHEARD_PAUSES
from coach.analysis.timing import Timing
from coach.conversation import Conversation, Interval, Measure, Moment, Party, converse

NAMES = (
    *("talk_ratio", "talk_share_agent", "talk_share_customer", "overlap_ratio", "silence_ratio", "patience"),
    *("longest_monologue", "longest_customer_story", "dead_air", "longest_silence", "pauses_agent"),
)
AGENT: list[Line] = [(4.0, 7.0, "let me look at March"), (7.2, 8.0, "for you"), (12.0, 14.0, "here it is then")]
CUSTOMER: list[Line] = [(1.0, 3.5, "my bill is twice as high"), (7.5, 9.0, "thank you that would help")]


def measure(conversation: Conversation, name: str) -> Measure:
    return Timing().analyze(conversation).measure(name)


def value(conversation: Conversation, name: str) -> float | None:
    return measure(conversation, name).value


def monologues(agent: Sequence[Line], confidence: float = 0.9) -> list[Moment]:
    parties = [party("agent", agent, confidence), party("customer", [(0.0, 1.0, "hello")])]
    found = Timing().analyze(converse(parties, 200.0, "channels"))
    return [moment for moment in found.moments if moment.kind == "monologue"]


def test_talk_is_bridged_speech_and_overlap_counts_for_both() -> None:
    conversation = call(AGENT, CUSTOMER, duration=20.0)
    ratio = measure(conversation, "talk_ratio")

    assert (ratio.numerator, ratio.denominator) == pytest.approx((6.0, 10.0))
    assert ratio.value == pytest.approx(0.6)
    assert value(conversation, "talk_share_agent") == pytest.approx(6 / 20)
    assert value(conversation, "talk_share_customer") == pytest.approx(4 / 20)
    assert value(conversation, "overlap_ratio") == pytest.approx(0.5 / 20)
    assert value(conversation, "silence_ratio") == pytest.approx((20 - 9.5) / 20)


def test_a_gap_of_one_party_is_bridged_also_across_the_others_speech() -> None:
    split = call([(0.0, 2.0, "so your"), (2.2, 4.0, "bill")], [(1.9, 2.3, "mhm")], duration=5.0)

    assert measure(split, "talk_ratio").numerator == pytest.approx(4.0)
    assert value(split, "overlap_ratio") == pytest.approx(0.4 / 5)


def test_every_measure_is_there_once() -> None:
    assert sorted(m.name for m in Timing().analyze(call(AGENT, CUSTOMER)).measures) == sorted(NAMES)


# Patience: gaps only, before the agent answers.


def test_patience_is_the_median_of_the_gaps_before_the_agent_answers() -> None:
    customer = [(0.0, 2.0, "one"), (5.0, 6.0, "two"), (9.0, 11.0, "three"), (14.0, 15.0, "four")]
    agent = [(2.5, 4.0, "yes of course"), (6.2, 8.0, "I can see it"), (10.9, 13.0, "so that is"), (16.4, 17.0, "done")]

    found = measure(call(agent, customer), "patience")

    assert found.value == pytest.approx(0.5)  # of 0.5, 0.2 and 1.4; the overlap is no gap
    assert found.denominator == 3


def test_the_customers_own_gaps_and_pauses_are_nobodys_patience() -> None:
    customer = [(0.0, 2.0, "I was away in March"), (4.0, 6.0, "and in April too"), (9.0, 10.0, "thank you")]

    found = measure(call([(6.5, 8.0, "let me look")], customer), "patience")

    assert (found.value, found.denominator) == (0.5, 1)


def test_a_sign_of_listening_answers_nothing_and_need_not_be_answered() -> None:
    customer = [(0.0, 3.0, "I was away in March"), (4.5, 6.0, "and in April too"), (8.5, 9.0, "mhm")]
    agent = [(3.4, 3.8, "mhm"), (6.8, 8.7, "I can see that the meter"), (9.4, 12.0, "was read in May")]

    found = measure(call(agent, customer), "patience")

    assert (found.value, found.denominator) == (pytest.approx(0.8), 1)


def test_coming_back_from_a_hold_is_no_slow_answer() -> None:
    customer = [(0.0, 2.0, "my bill is high"), (4.4, 5.0, "sure take your time"), (26.0, 27.0, "thank you so much")]
    agent = [(2.4, 4.0, "one moment please"), (25.0, 25.8, "here it is"), (27.6, 29.0, "you are welcome")]

    found = measure(call(agent, customer), "patience")

    assert (found.value, found.denominator) == (pytest.approx(0.5), 2)


def test_who_never_answers_after_a_gap_has_no_patience_to_measure() -> None:
    found = measure(call([(1.9, 4.0, "let me look at that")], [(0.0, 2.0, "my bill is high")]), "patience")

    assert found.value is None
    assert found.why


# Longest turns.


def test_the_longest_turns_are_spans_with_their_pauses() -> None:
    customer = [(0.0, 4.0, "I was away in March"), (6.0, 10.0, "and in April and May")]
    agent = [(4.5, 5.0, "mhm"), (10.5, 12.0, "I see that")]
    conversation = call(agent, customer)

    assert value(conversation, "longest_customer_story") == 10.0
    assert value(conversation, "longest_monologue") == 1.5


@pytest.mark.parametrize(("seconds", "found"), [(59.9, 0), (60.0, 1)])
def test_a_turn_of_a_minute_without_a_check_is_a_monologue(seconds: float, found: int) -> None:
    moments = monologues([(2.0, 2.0 + seconds, "so your bill went up in June " * 10)])

    assert [(m.role, m.start, m.end) for m in moments] == [("agent", 2.0, 2.0 + seconds)] * found


def test_a_customers_mhm_does_not_end_a_monologue_and_a_question_does() -> None:
    long = [(2.0, 40.0, "so your bill went up in June " * 6), (41.0, 90.0, "and in July it went down " * 6)]
    agent, mhm = party("agent", long), party("customer", [(0.0, 1.0, "hello"), (40.2, 40.6, "mhm")])
    asks = party("customer", [(0.0, 1.0, "hello"), (40.2, 40.8, "why in June?")])

    def count(customer: Party) -> int:
        moments = Timing().analyze(converse([agent, customer], 100.0, "channels")).moments
        return sum(moment.kind == "monologue" for moment in moments)

    assert (count(mhm), count(asks)) == (1, 0)


@pytest.mark.parametrize("text", ["does that make sense so far", "I am required by law to read you the following"])
def test_a_check_of_understanding_and_what_the_law_wants_read_are_no_monologue(text: str) -> None:
    assert monologues([(2.0, 80.0, f"so your bill went up in June {text} and in July it went down again")]) == []


@pytest.mark.parametrize(("text", "confidence"), [("", 0.9), ("sew yore pill when tap in tune " * 9, 0.2)])
def test_what_was_not_heard_may_have_held_a_check(text: str, confidence: float) -> None:
    assert monologues([(2.0, 80.0, text)], confidence) == []


# Silence: true values, and none.


def test_the_longest_silence_counts_holds_and_only_between_first_and_last_speech() -> None:
    agent = [(9.0, 10.0, "one moment please"), (30.0, 31.0, "here it is")]

    assert value(call(agent, [(8.0, 8.8, "hello there")], duration=90.0), "longest_silence") == 20.0


def test_no_silence_at_all_is_zero_and_a_true_value() -> None:
    conversation = call([(0.0, 3.0, "hello there")], [(2.9, 6.0, "my bill is high")], duration=6.0)

    assert measure(conversation, "longest_silence") == Measure("longest_silence", "s", 0.0)
    assert value(conversation, "silence_ratio") == 0.0
    assert value(conversation, "dead_air") == 0.0


# What cannot be computed says why.


def test_one_lane_tells_silence_and_nothing_about_two_parties() -> None:
    mono = converse([party("unknown", [*CUSTOMER, *AGENT])], 20.0, "none")

    known = {"silence_ratio", "longest_silence"}
    for name in NAMES:
        found = measure(mono, name)
        assert (found.value is not None) == (name in known), name
        assert name in known or found.why == ONE_LANE


def test_one_side_alone_does_not_tell_when_the_call_was_silent() -> None:
    agent_alone = converse([party("agent", [(0.0, 50.0, "so your bill went up " * 9)])], 100.0, "channels")

    known = {"longest_monologue", "pauses_agent"}
    assert {measure(agent_alone, name).why for name in NAMES if name not in known} == {ONE_PARTY}
    assert measure(agent_alone, "longest_monologue") == Measure("longest_monologue", "s", 50.0, why=UNHEARD_PAUSES)
    assert Timing().analyze(agent_alone).moments == ()


def test_where_the_agent_alone_is_heard_long_silences_are_nobodys() -> None:
    said = [(0.0, 20.0, "one moment please " * 9), (21.2, 41.0, "so your bill " * 9), (60.0, 80.0, "here it is " * 9)]
    agent_alone = converse([party("agent", said)], 100.0, "channels")

    found = Timing().analyze(agent_alone)

    assert found.moments == ()  # neither a hold nor dead air, nor a monologue of all three
    assert measure(agent_alone, "longest_monologue").value == 20.0
    assert [turn.start for turn in agent_alone.turns] == [0.0, 21.2, 60.0]


def test_a_minute_without_a_pause_to_answer_in_is_a_monologue_even_alone() -> None:
    said = [(0.0, 30.0, "so your bill went up " * 9), (30.9, 61.0, "as it was cold " * 9)]

    (moment,) = Timing().analyze(converse([party("agent", said)], 100.0, "channels")).moments

    assert (moment.kind, moment.confidence) == ("monologue", 0.7)


def test_pauses_are_the_agents_own_short_ones() -> None:
    agent = [
        (0.0, 2.0, "so"),
        (2.2, 4.0, "your"),
        (4.5, 6.0, "bill"),
        (6.9, 8.0, "is"),
        (9.1, 10.0, "high"),
        (13.0, 14.0, "yes"),
    ]
    customer = [(10.2, 12.8, "but that is wrong")]

    both, alone = call(agent, customer), converse([party("agent", agent)], 20.0, "channels")

    found = measure(both, "pauses_agent")
    assert found.value == 2  # 0.5 and 0.9 s: not what is bridged, not a second and more, not the customer's time
    assert found.denominator == pytest.approx((4.0 + 1.5 + 1.1 + 0.9 + 1.0) / 60)
    assert measure(alone, "pauses_agent") == found


def test_an_announcement_is_neither_partys_speech_and_breaks_a_silence() -> None:
    machine = Party("unknown", "3", (Interval(8.0, 14.0),), ())
    parties = [party("agent", AGENT), party("customer", CUSTOMER)]
    two, three = converse(parties, 30.0, "diarization"), converse([*parties, machine], 30.0, "diarization")

    for name in ("talk_ratio", "talk_share_agent", "silence_ratio", "overlap_ratio"):
        assert value(three, name) == value(two, name), name
    assert three.floor == two.floor


def test_unknown_roles_leave_what_does_not_depend_on_them() -> None:
    parties = [party("unknown", AGENT), party("unknown", CUSTOMER)]
    conversation = converse(parties, 20.0, "channels")

    known = {"silence_ratio", "overlap_ratio", "longest_silence"}
    for name in NAMES:
        found = measure(conversation, name)
        assert (found.value is not None) == (name in known), name
        assert name in known or found.why == ROLES_UNKNOWN
    assert value(conversation, "overlap_ratio") == value(call(AGENT, CUSTOMER, duration=20.0), "overlap_ratio")


def test_cue_times_leave_timing_empty() -> None:
    parties = [
        Party("agent", "agent", (), words(0.0, 4.0, "what can I do")),
        Party("customer", "customer", (), words(5.0, 6.0, "my bill is high")),
    ]
    conversation = converse(parties, 6.0, "transcript", timed=False, word_times=False)

    assert {measure(conversation, name).why for name in NAMES} == {NOT_TIMED}
    assert Timing().analyze(conversation).moments == ()


def test_an_agent_who_never_speaks() -> None:
    conversation = call([], [(0.0, 2.0, "hello?"), (12.0, 13.0, "is anybody there?")], duration=15.0)

    assert value(conversation, "talk_ratio") == 0.0
    assert value(conversation, "dead_air") == 10.0
    assert measure(conversation, "longest_monologue").why == "the agent never speaks"
    assert value(conversation, "patience") is None


def test_a_customer_who_never_speaks() -> None:
    conversation = call([(0.0, 2.0, "hello?"), (4.0, 5.0, "are you there?")], [], duration=15.0)

    assert value(conversation, "talk_ratio") == 1.0
    assert value(conversation, "longest_monologue") == 5.0
    assert measure(conversation, "longest_customer_story").why == "the customer never speaks"


def test_nobody_speaks() -> None:
    conversation = call([], [], duration=30.0)

    assert value(conversation, "silence_ratio") == 1.0
    assert value(conversation, "talk_share_agent") == 0.0
    assert value(conversation, "overlap_ratio") == 0.0
    assert {measure(conversation, name).why for name in ("talk_ratio", "longest_silence", "dead_air")} == {NO_SPEECH}


def test_a_recording_without_length() -> None:
    conversation = call([], [], duration=0.0)

    ratios = ("talk_share_agent", "talk_share_customer", "overlap_ratio", "silence_ratio")
    assert {measure(conversation, name).why for name in ratios} == {NO_LENGTH}
    assert all(measure(conversation, name).value is None for name in NAMES)


def test_empty_words_are_no_words() -> None:
    conversation = call([(3.0, 4.0, "... —")], [(0.0, 2.0, "♪")], duration=5.0)

    assert value(conversation, "talk_ratio") == pytest.approx(1 / 3)
    assert value(conversation, "patience") == 1.0
