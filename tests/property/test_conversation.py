"""What holds for every conversation, whatever was said and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from building import Line, call
from hypothesis import given
from hypothesis import strategies as st

from coach.analysis.timing import Timing
from coach.analysis.turn_taking import TurnTaking
from coach.conversation import Conversation, Interval, Moment, Party, Word, converse

# Eighths of a second are exact in binary, so equality needs no tolerance.
SAID = st.sampled_from(
    ["mhm", "uh", "okay", "I see", "but I", "so that is why", "yes exactly", "let me look at that bill", "and the", ""]
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
