"""What holds for every call, whatever is said in it."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from coach.analysis.accounts import Accounts
from coach.analysis.judge import LABELS, judge
from coach.analysis.listening import Listening
from coach.analysis.pace import Pace
from coach.analysis.protocol import Analyzer
from coach.analysis.warmth import Empathy
from coach.analysis.wording import Wording
from coach.conversation import Conversation, Findings, Interval, Party, Role, Turn, Word, bridge

ANALYZERS: tuple[Analyzer, ...] = (Accounts(), Listening(), Empathy(), Wording(), Pace())

PHRASES = [
    "so your bill doubled in July",
    "I'm really worried, I can't afford that.",
    "I was on hold for forty minutes and got transferred twice",
    "my bill went from ninety to one eighty five while we were away for most of July and nobody knows why",
    "Can I have your account number, please?",
    "four four one two nine",
    "I'm so sorry about that.",
    "okay",
    "um, uh",
    "Does that make sense?",
    "I'll send a technician on Thursday by noon.",
    "So to recap, I'll hold the bill.",
    "[card] [laughs] it's…",
    "you people are useless",
    "— ? !",
    "sorry could you say that again",
]
EIGHTH = 0.125
"""Times are multiples of an eighth of a second, exact in binary, so that equality needs no tolerance."""

roles: st.SearchStrategy[Role] = st.sampled_from(["agent", "customer"])
lines = st.lists(st.tuples(roles, st.sampled_from(PHRASES), st.integers(1, 20)), max_size=12)
confidences = st.sampled_from([None, 0.1, 0.9])


@st.composite
def calls(draw: st.DrawFn) -> Conversation:
    at, turns, confidence = 1.0, [], draw(confidences)
    for role, text, pause in draw(lines):
        words = tuple(
            Word(word, at + i * 0.25, at + i * 0.25 + EIGHTH, confidence) for i, word in enumerate(text.split())
        )
        turns.append(Turn(role, role, "turn", Interval(at, words[-1].end), words))
        at = words[-1].end + pause * EIGHTH
    return assembled(at + 1.0, tuple(turns))


def assembled(duration: float, turns: tuple[Turn, ...]) -> Conversation:
    present = [role for role in ("agent", "customer") if any(turn.role == role for turn in turns)]
    parties = []
    for role in present:
        words = tuple(word for turn in turns if turn.role == role for word in turn.words)
        parties.append(Party(role, role, bridge([w.interval for w in words], 0.3), words))  # type: ignore[arg-type]
    return Conversation(duration, "channels", tuple(parties), turns)


def later(interval: Interval, by: float) -> Interval:
    return Interval(interval.start + by, interval.end + by)


def delayed(call: Conversation, by: float) -> Conversation:
    turns = tuple(
        replace(
            turn,
            interval=later(turn.interval, by),
            words=tuple(replace(word, start=word.start + by, end=word.end + by) for word in turn.words),
        )
        for turn in call.turns
    )
    return assembled(call.duration + by, turns)


def everything(call: Conversation) -> Findings:
    return sum((analyzer.analyze(call) for analyzer in ANALYZERS), Findings())


@given(calls(), st.integers(1, 80).map(lambda n: n * EIGHTH))
@settings(max_examples=40)
def test_delaying_the_call_delays_every_moment_and_changes_no_measure(call: Conversation, by: float) -> None:
    before, after = everything(call), everything(delayed(call, by))

    assert after.moments == tuple(replace(moment, interval=later(moment.interval, by)) for moment in before.moments)
    assert after.measures == before.measures


@given(calls())
@settings(max_examples=40)
def test_moments_lie_in_the_call_and_point_at_turns_of_it(call: Conversation) -> None:
    for moment in everything(call).moments:
        assert moment.end <= call.duration
        assert moment.start < moment.end
        for name in ("turn", "customer_turn", "agent_turn", "other_turn", "about_turn"):
            if (index := moment.evidence.get(name)) is not None:
                assert isinstance(index, int)
                assert index < len(call.turns)
        if (turn := moment.evidence.get("agent_turn")) is not None:
            assert isinstance(turn, int)
            assert call.turns[turn].role == "agent"


@given(calls())
@settings(max_examples=40)
def test_the_parties_may_be_the_other_way_round(call: Conversation) -> None:
    other: dict[Role, Role] = {"agent": "customer", "customer": "agent"}
    swapped = assembled(call.duration, tuple(replace(turn, role=other[turn.role]) for turn in call.turns))

    names = [measure.name for measure in everything(call).measures]

    assert [measure.name for measure in everything(swapped).measures] == names


@given(calls())
@settings(max_examples=40)
def test_nothing_is_missed_where_nothing_was_heard(call: Conversation) -> None:
    unclear = tuple(
        replace(turn, words=tuple(replace(word, confidence=0.1) for word in turn.words)) for turn in call.turns
    )

    found = everything(assembled(call.duration, unclear))

    assert found.of("missed_empathy", "missed_paraphrase", "owed_acknowledgement") == ()


@given(calls())
@settings(max_examples=40)
def test_every_count_is_the_number_of_its_moments(call: Conversation) -> None:
    found = everything(call)

    for name, kind in {"paraphrases": "paraphrase", "open_questions": "open_question", "apologies": "apology"}.items():
        measure = found.measure(name)
        assert measure.value in (None, len(found.of(kind, role="agent", sure=0.5)))


def test_an_empty_call_has_no_moments_and_every_measure_says_why() -> None:
    found = everything(Conversation(0.0, "channels", (), ()))

    assert found.moments == ()
    assert all(measure.value is None and measure.why for measure in found.measures)


def test_a_call_without_words_has_no_zeros() -> None:
    speech = (Interval(1.0, 9.0),)
    turns = (Turn("agent", "a", "turn", speech[0], ()),)
    call = Conversation(20.0, "channels", (Party("agent", "a", speech, ()), Party("customer", "c", (), ())), turns)

    assert all(measure.value is None and measure.why for measure in everything(call).measures)


@given(st.text(max_size=80), st.text(max_size=80))
def test_any_text_can_be_judged(said: str, previous: str) -> None:
    judged = judge(said, previous)

    assert set(judged) == set(LABELS)
    assert all(0.0 <= confidence <= 1.0 for confidence in judged.values())
