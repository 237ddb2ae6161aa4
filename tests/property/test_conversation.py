"""What holds for every conversation, whatever was said and when."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from itertools import pairwise
from types import FrameType

from building import Line, call
from hypothesis import example, given
from hypothesis import strategies as st

from coach.analysis.timing import Timing
from coach.analysis.turn_taking import TurnTaking
from coach.conversation import (
    Conversation,
    Interval,
    Moment,
    Party,
    Word,
    complement,
    converse,
    intersection,
    union,
)

# Eighths of a second are exact in binary, so equality needs no tolerance.
SAID = st.sampled_from(
    "mhm|uh|okay|I see|but I|so that is why|yes exactly|let me look at that bill|and the||one moment please|thank you."
    "|is that right?|I was away.|oh no|sorry go ahead".split("|")
)


@st.composite
def sides(draw: st.DrawFn) -> list[Line]:
    """One party's activity: stretches of an eighth of a second and more, with gaps of an eighth and more."""
    at, lines = 0.0, []
    for _ in range(draw(st.integers(1, 8))):
        at += draw(st.integers(1, 56)) / 8
        end = at + draw(st.integers(1, 40)) / 8
        lines.append((at, end, draw(SAID)))
        at = end
    return lines


@st.composite
def conversations(draw: st.DrawFn) -> Conversation:
    """A two-party call of up to a minute or so."""
    return call(draw(sides()), draw(sides()))


def moved(words: Sequence[Word], by: float) -> tuple[Word, ...]:
    return tuple(replace(word, start=word.start + by, end=word.end + by) for word in words)


def delayed(conversation: Conversation, by: float) -> Conversation:
    parties = [
        replace(
            party,
            speech=tuple(Interval(i.start + by, i.end + by) for i in party.speech),
            words=moved(party.words, by),
        )
        for party in conversation.parties
    ]
    return converse(parties, conversation.duration + by, "channels")


def at(moment: Moment) -> tuple[str, str, float, float]:
    return moment.kind, moment.role, moment.start, moment.end


@given(conversations())
def test_shares_of_the_recording_add_up(conversation: Conversation) -> None:
    found = Timing().analyze(conversation)
    agent, customer, overlap, silence = (
        found.measure(name).value
        for name in ("talk_share_agent", "talk_share_customer", "overlap_ratio", "silence_ratio")
    )

    assert agent is not None
    assert customer is not None
    assert overlap is not None
    assert silence is not None
    assert abs(agent + customer - overlap + silence - 1.0) < 1e-9


@given(conversations())
def test_every_measure_has_its_value_or_its_reason_and_every_moment_lies_in_the_call(
    conversation: Conversation,
) -> None:
    found = Timing().analyze(conversation) + TurnTaking().analyze(conversation)

    for measure in found.measures:
        assert measure.value is not None or measure.why
        assert measure.value is None or measure.value >= 0
        assert measure.unit != "ratio" or measure.value is None or measure.value <= 1
    for moment in found.moments:
        assert 0 <= moment.start <= moment.end <= conversation.duration
        if "other_turn" in moment.evidence:
            turn, other = (conversation.turns[int(str(moment.evidence[name]))] for name in ("turn", "other_turn"))
            assert (turn.role, other.role == moment.role) == (moment.role, False)
            assert moment.start in turn.interval


@given(conversations())
def test_dead_air_and_holds_are_mutual_silence(conversation: Conversation) -> None:
    found = Timing().analyze(conversation)
    speech = union(*(party.stretches for party in conversation.parties))

    for moment in found.of("dead_air"):
        assert moment.interval.duration >= 5.0
        assert intersection(speech, [moment.interval]) == ()
    longest = found.measure("longest_silence").value or 0.0
    assert all(moment.interval.duration <= longest for moment in found.of("dead_air"))


@given(conversations())
def test_a_mutual_silence_of_five_seconds_lies_in_no_turn(conversation: Conversation) -> None:
    speech = union(*(party.stretches for party in conversation.parties))
    silences = complement(speech, Interval(0.0, conversation.duration))
    for silence in silences:
        if silence.duration >= 5.0:
            assert not any(t.start < silence.end and silence.start < t.end for t in conversation.turns)


def blamed(conversation: Conversation) -> dict[tuple[str, float], float]:
    """Return who is held to have cut in or tried to, when, and how surely."""
    kinds = ("interruption", "interruption_attempt")
    return {(e.role, e.onset): e.confidence for e in conversation.floor if e.kind in kinds}


SPOKEN_OVER_A_LONG_UH = call(
    [*((at / 8, (at + 1) / 8, "mhm") for at in (9, 11, 13, 15, 17)), (2.375, 2.5, "but I")], [(0.125, 2.25, "uh")]
)


@given(conversations(), st.sampled_from(["agent", "customer"]))
@example(SPOKEN_OVER_A_LONG_UH, "customer")
def test_hearing_a_party_worse_never_earns_anybody_advice(conversation: Conversation, role: str) -> None:
    def unclear(party: Party) -> Party:
        return replace(party, words=tuple(replace(word, confidence=0.1) for word in party.words))

    for worse in (unclear, lambda party: replace(party, words=())):
        parties = [worse(party) if party.role == role else party for party in conversation.parties]
        heard, unheard = blamed(conversation), blamed(converse(parties, conversation.duration, "channels"))
        assert all(sure < 0.7 or heard.get(which, 0.0) >= 0.7 for which, sure in unheard.items())


@given(conversations())
@example(call([(0.0, 2.0, "but I"), (2.3, 3.0, "okay")], [(1.7, 4.0, "I was away.")]))
def test_times_are_the_same_wherever_in_the_call(conversation: Conversation) -> None:
    # Tenths are not exact in binary: sums of them are off by a hair, and a hair decides nothing.
    def events(of: Conversation, by: float) -> list[tuple[str, str, int]]:
        return [(e.kind, e.role, round((e.onset - by) * 1000)) for e in of.floor]

    def tenths(time: float) -> float:
        return round(time * 8) / 10

    scaled = [
        replace(
            party,
            speech=tuple(Interval(tenths(i.start), tenths(i.end)) for i in party.speech),
            words=tuple(replace(w, start=w.start * 0.8, end=w.end * 0.8) for w in party.words),
        )
        for party in conversation.parties
    ]
    here = converse(scaled, conversation.duration, "channels")
    assert events(delayed(here, 1234.7), 1234.7) == events(here, 0.0)


@given(conversations(), st.integers(1, 80))
def test_delaying_the_call_delays_every_moment_and_changes_no_count(conversation: Conversation, eighths: int) -> None:
    by = eighths / 8
    before = TurnTaking().analyze(conversation)
    after = TurnTaking().analyze(delayed(conversation, by))

    assert [at(m) for m in after.moments] == [(k, r, s + by, e + by) for k, r, s, e in map(at, before.moments)]
    assert after.measures == before.measures


@given(conversations())
def test_exchanging_the_parties_exchanges_who_did_what(conversation: Conversation) -> None:
    exchanged = [
        replace(party, role="customer" if party.role == "agent" else "agent") for party in conversation.parties
    ]
    swapped = converse(exchanged, conversation.duration, "channels")

    # Coming in early is the agent's alone, so it has no counterpart.
    def events(of: Conversation) -> list[tuple[str, str, float]]:
        return sorted((e.kind, e.role, e.onset) for e in of.floor if e.kind != "came_in_early")

    def other(role: str) -> str:
        return "customer" if role == "agent" else "agent"

    assert events(swapped) == sorted((k, other(r), o) for k, r, o in events(conversation))


@given(conversations(), st.integers(0, 7), st.integers(1, 7))
def test_a_pause_too_short_to_hear_changes_nothing(conversation: Conversation, which: int, at_eighth: int) -> None:
    agent = conversation.party("agent")
    assert agent is not None
    whole = agent.speech[which % len(agent.speech)]
    cut = whole.start + whole.duration * at_eighth / 8
    gap = min(0.125, whole.end - cut)
    pieces = [i for i in (Interval(whole.start, cut), Interval(cut + gap, whole.end)) if i.duration > 0]
    split = replace(agent, speech=tuple(sorted([*(i for i in agent.speech if i != whole), *pieces])))
    if pieces[-1].end != whole.end or pieces[0].start != whole.start:
        return  # the cut fell on an edge, so the stretch itself became shorter
    again = converse([split, *conversation.parties[1:]], conversation.duration, "channels")

    assert again.turns == conversation.turns
    assert again.floor == conversation.floor
    assert Timing().analyze(again) == Timing().analyze(conversation)


@given(conversations())
def test_every_word_is_in_exactly_one_turn_of_its_party(conversation: Conversation) -> None:
    for party in conversation.parties:
        in_turns = sorted(w for t in conversation.turns if t.role == party.role for w in map(id, t.words))
        assert in_turns == sorted(map(id, party.words))


@given(conversations())
def test_turns_are_sorted_and_one_partys_never_overlap(conversation: Conversation) -> None:
    turns = conversation.turns
    assert [t.start for t in turns] == sorted(t.start for t in turns)
    for role in ("agent", "customer"):
        mine = [t for t in turns if t.role == role and t.kind == "turn"]
        assert all(a.end <= b.start for a, b in pairwise(mine))


@given(conversations())
def test_turns_hold_all_speech(conversation: Conversation) -> None:
    for party in conversation.parties:
        spans = [t.interval for t in conversation.turns if t.role == party.role]
        assert all(any(s.start <= i.start and i.end <= s.end for s in spans) for i in party.stretches)


@given(sides())
def test_one_party_alone_is_never_judged_on_turn_taking(lines: list[Line]) -> None:
    party = Party("agent", "agent", tuple(Interval(s, e) for s, e, _ in lines), ())
    found = TurnTaking().analyze(converse([party], lines[-1][1], "channels"))

    assert found.moments == ()
    assert all(measure.value is None and measure.why for measure in found.measures)


def steps(work: Callable[[], object]) -> int:
    """Return how many lines of Python run: the same on every machine, however busy."""
    count = 0

    def trace(_frame: FrameType, event: str, _arg: object) -> object:
        nonlocal count
        count += event == "line"
        return trace

    work()  # what is read or compiled once is no part of it
    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def talk(turns: int) -> list[Party]:
    """Both parties of a call with so many turns: overlaps, listening, holds and long silences included."""
    agent: list[Line] = []
    customer: list[Line] = []
    for turn in range(turns):
        at = turn * 30.0
        agent += [(at, at + 5.0, "so your bill went up in June and the"), (at + 5.5, at + 6.0, "one moment please")]
        customer += [(at + 2.0, at + 2.6, "mhm"), (at + 4.0, at + 5.4, "but I was away"), (at + 14.0, at + 15.0, "yes")]
    return [
        Party(role, role, tuple(Interval(s, e) for s, e, _ in lines), call(lines, []).parties[0].words)
        for role, lines in (("agent", agent), ("customer", customer))
    ]


def test_work_grows_with_the_length_of_the_call_and_not_with_its_square() -> None:
    def work(turns: int) -> Callable[[], object]:
        parties = talk(turns)

        def run() -> None:
            conversation = converse(parties, turns * 30.0, "channels")
            Timing().analyze(conversation)
            TurnTaking().analyze(conversation)

        return run

    small, large = steps(work(20)), steps(work(80))

    assert large < 4 * small * 1.3


def test_one_stretch_without_end_is_no_square_either() -> None:
    def work(inside: int) -> Callable[[], object]:
        end = inside * 4.0 + 4.0
        endless = call([(0.0, end, "so your bill went up in June " * inside)], []).parties[0]
        short = call([], [(at * 4.0 + 2.0, at * 4.0 + 3.0, "but I was") for at in range(inside)]).parties[1]
        return lambda: converse([endless, short], end, "channels")

    small, large = steps(work(25)), steps(work(100))

    assert large < 4 * small * 1.3
