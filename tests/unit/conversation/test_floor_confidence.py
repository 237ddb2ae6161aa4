"""How sure an interruption is, and what is held against nobody because it was not heard."""

from __future__ import annotations

from dataclasses import replace

import pytest
from building import Line, party

from coach.conversation import Conversation, FloorEvent, Party, converse

CUT: Line = (0.0, 4.0, "I was away in March and the")
TAKES: Line = (3.2, 7.0, "I need your number before we go on")


def meet(agent: Party, customer: Party) -> Conversation:
    return converse([agent, customer], 60.0, "channels")


def event(agent: list[Line], customer: list[Line], *, clear: tuple[float, float] = (0.9, 0.9)) -> FloorEvent:
    found = meet(party("agent", agent, clear[0]), party("customer", customer, clear[1])).floor
    return found[0]


def interpolated(of: Party) -> Party:
    return replace(of, words=tuple(replace(word, interpolated=True) for word in of.words))


def test_it_falls_as_yielding_takes_longer() -> None:
    sure = [
        event([(onset, 9.0, "I need your number before we go on")], [(0.0, 5.0, "I was away in March the meter")])
        for onset in (4.2, 3.2, 2.2)
    ]

    assert [e.kind for e in sure] == ["interruption"] * 3
    assert sure[0].confidence > sure[1].confidence > sure[2].confidence


def test_it_falls_when_a_sentence_was_finished_and_rises_with_a_cut_word() -> None:
    def sure(text: str) -> float:
        # The first word's comma shows that this transcript is punctuated.
        return event([TAKES], [(0.0, 4.0, text)]).confidence

    assert sure("Well, I was away in March.") < sure("Well, I was away in March") < sure("Well, I was away in Ma-")
    assert sure("Well, I was away and the") == sure("Well, I was away in Ma-")


def test_it_rises_when_the_other_starts_the_same_thing_again() -> None:
    story = (0.0, 4.0, "Well, then the meter was read in March")
    again = (8.0, 10.0, "the meter was read in March by a neighbour")
    other = (8.0, 10.0, "fine it is seven seven one")

    assert event([TAKES], [story, again]).confidence > event([TAKES], [story, other]).confidence


def test_the_end_of_a_finished_sentence_seen_coming_is_not_counted() -> None:
    story = (0.0, 4.0, "Well, the bill came on Monday.")

    assert event([(3.65, 7.0, "I need your number")], [story]).confidence < 0.5
    assert event([(3.2, 7.0, "I need your number")], [story]).confidence >= 0.5


def test_a_full_stop_behind_every_cut_says_nothing() -> None:
    agent, customer = party("agent", [TAKES]), party("customer", [(0.0, 4.0, "Well, the bill came on Monday.")])

    heard = meet(agent, customer).floor[0]
    by_cuts = meet(agent, interpolated(customer)).floor[0]

    assert heard.confidence < 0.7 <= by_cuts.confidence


def test_a_transcript_without_stops_does_not_say_that_nobody_finishes() -> None:
    short = [(3.6, 7.0, "I need your number")]

    assert event(short, [(0.0, 4.0, "the bill came on Monday")]).confidence < 0.7
    assert event(short, [(0.0, 4.0, "the bill, it came on Monday")]).confidence >= 0.7


def test_the_words_at_the_cut_are_told() -> None:
    assert event([TAKES], [CUT]).cut_text == "was away in March and the"


# Not heard: no words, or words that the recogniser does not believe itself.


@pytest.mark.parametrize("clear", [(0.2, 0.9), (0.9, 0.2), (0.2, 0.2)])
def test_nobody_is_advised_on_words_that_were_not_understood(clear: tuple[float, float]) -> None:
    assert event([TAKES], [CUT]).confidence >= 0.7
    unclear = event([TAKES], [CUT], clear=clear)

    assert unclear.kind == "interruption"
    assert 0.5 <= unclear.confidence < 0.7


@pytest.mark.parametrize("text", ["", "..."])
def test_a_short_sound_that_silences_nobody_is_nothing(text: str) -> None:
    assert event([(3.0, 3.8, text)], [(0.0, 6.0, CUT[2])]).kind == "filler"


def test_a_short_sound_at_the_end_of_the_others_turn_is_how_people_hand_over() -> None:
    # Heard, it may have been "okay", which hands over: unheard, it must not become an interruption.
    heard = event([(3.5, 4.4, "okay"), (4.8, 7.0, "let me see")], [CUT])
    unheard = event([(3.5, 4.4, ""), (4.8, 7.0, "let me see")], [CUT])

    assert heard.kind == unheard.kind == "terminal"


def test_short_words_that_the_recogniser_does_not_believe_are_no_attempt() -> None:
    said = [(3.0, 3.7, "of her")]

    assert event(said, [(0.0, 6.0, CUT[2])]).kind == "interruption_attempt"
    assert event(said, [(0.0, 6.0, CUT[2])], clear=(0.3, 0.9)).kind == "filler"


def test_a_mhm_is_credited_however_doubtful() -> None:
    assert event([(3.0, 3.5, "mhm")], [(0.0, 6.0, CUT[2])], clear=(0.1, 0.9)).kind == "backchannel"


@pytest.mark.parametrize("clear", [(0.2, 0.9), (0.9, 0.2)])
def test_what_may_have_agreed_is_not_counted(clear: tuple[float, float]) -> None:
    agent = [(3.0, 4.6, "yes exactly it was three hundred dollars")]
    story = [(0.0, 6.0, "the bill is three hundred dollars and it was three hundred dollars in March")]
    misheard = [(3.0, 4.6, "guess a snack he was free under colours")]
    mumbled = [(0.0, 6.0, "a pill is a tree under a collar and it was a tree under a collar and arch")]

    assert event(agent, story).kind == "cooperative"
    found = event(misheard if clear[0] < 0.5 else agent, mumbled if clear[1] < 0.5 else story, clear=clear)
    assert found.kind == "cooperative" or found.confidence < 0.5


def test_an_objection_that_was_understood_is_an_attempt_although_the_other_was_not() -> None:
    found = event([(3.0, 4.6, "but that is not what the letter says")], [(0.0, 6.0, CUT[2])], clear=(0.9, 0.2))

    assert found.kind == "interruption_attempt"
    assert found.confidence >= 0.5


def test_without_any_words_the_floor_is_still_told_by_time() -> None:
    takes = event([(3.0, 7.0, "")], [(0.0, 4.0, "")])
    stops = event([(3.0, 5.0, "")], [(0.0, 6.0, "")])

    assert takes.kind == "interruption"
    assert 0.5 <= takes.confidence < 0.7
    assert stops.kind == "interruption_attempt"
    assert stops.confidence < 0.5


@pytest.mark.parametrize("cut", ["I was away in March.", CUT[2], "the meter was read in"])
@pytest.mark.parametrize("takes", ["but I need your number", "yes so the number", "okay", "the meter was read in May"])
@pytest.mark.parametrize("times", [(3.2, 7.0), (3.5, 4.4), (3.0, 3.8), (2.0, 3.9), (3.7, 4.2)])
def test_hearing_worse_never_makes_it_surer(cut: str, takes: str, times: tuple[float, float]) -> None:
    def blamed(of: FloorEvent) -> float:
        return of.confidence if of.kind in ("interruption", "interruption_attempt") else 0.0

    said = [(*times, takes)]
    heard = blamed(event(said, [(0.0, 4.0, cut)]))
    worse = [
        event([(*times, "")], [(0.0, 4.0, cut)]),
        event(said, [(0.0, 4.0, "")]),
        event([(*times, "")], [(0.0, 4.0, "")]),
        event(said, [(0.0, 4.0, cut)], clear=(0.2, 0.9)),
        event(said, [(0.0, 4.0, cut)], clear=(0.9, 0.2)),
    ]

    # Where the words spoke for it, not hearing them cannot be worse; where they spoke against it, it is never advice.
    assert all(blamed(e) <= max(heard, 0.65) for e in worse)


def test_by_voice_on_one_channel_nobody_is_more_than_likely_to_have_cut_in() -> None:
    sides = [party("agent", [TAKES], 0.9), party("customer", [CUT], 0.9)]

    apart, by_voice = (converse(sides, 60.0, separation).floor[0] for separation in ("channels", "diarization"))

    assert apart.kind == by_voice.kind == "interruption"
    assert apart.confidence > 0.7 > by_voice.confidence >= 0.5
