"""An answer judged by what judges calls: the customer's words, then the answer, as one small conversation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coach.analysis import empathy, paraphrase
from coach.analysis.analyse import analyse
from coach.analysis.reading import read
from coach.coaching.answers import SURE, Feedback, feedback
from coach.coaching.customers import Customer, Guide
from coach.conversation import Conversation, Findings, Interval, Moment, Party, Word, converse

WORD, STEP = 0.26, 0.3
"""Seconds of a word that was typed, and from its start to the next: about how people speak."""

ANALYZERS = ("listening", "empathy", "wording")
"""Those that go by words; of timing a typed answer has none."""

GOES_ON = 8.0
"""How many times as long as the two turns a call goes on after them: an answer is no close."""


def typed(text: str) -> tuple[Word, ...]:
    """Return the words of a text, as if spoken evenly."""
    return tuple(Word(word, at * STEP, at * STEP + WORD) for at, word in enumerate(text.split()))


def exchange(says: str, answer: Sequence[Word]) -> Conversation:
    """Return the conversation of a customer's words and an answer to them, somewhere near the head of a call.

    Args:
        says: The customer's words.
        answer: The answer's, with their times among themselves.
    """
    theirs = _from(0.5, typed(says))
    mine = _from((theirs[-1].end if theirs else 0.0) + 0.6, answer)
    end = mine[-1].end if mine else 1.0
    later = Interval(end * GOES_ON, end * GOES_ON + STEP)
    parties = (
        Party("agent", "agent", _spoken(mine), mine),
        Party("customer", "customer", (*_spoken(theirs), later), theirs),
    )
    return converse(parties, later.end + 1.0, "channels")


def judge(customer: Customer, guide: Guide, answer: str | Sequence[Word]) -> Feedback:
    """Return what an answer to a customer did.

    Args:
        customer: Who is answered.
        guide: What answers are held against.
        answer: A masked text, or masked words as a recogniser heard them.
    """
    conversation = exchange(customer.says, typed(answer) if isinstance(answer, str) else answer)
    found = analyse(conversation, ANALYZERS)
    return feedback(customer, guide, conversation, found + Findings(moments=tuple(_beside(conversation, found))))


def _beside(conversation: Conversation, found: Findings) -> Iterator[Moment]:
    """Yield what clauses do beside what they do most.

    A report calls a clause by one name, as several for one breath tell less; who practises is told all of it.
    """
    rules = (("paraphrase", ("paraphrase", "echo"), paraphrase.saying_back), ("empathy", ("empathy",), empathy.empathy))
    for said in read(conversation).agent:
        for kind, known, rule in rules:
            named = any(m.kind in known and m.role == "agent" and m.interval & said.interval for m in found.moments)
            if not named and (sure := rule(said.view)) >= SURE:
                yield said.moment(kind, sure)


def _from(start: float, words: Sequence[Word]) -> tuple[Word, ...]:
    shift = start - words[0].start if words else 0.0
    return tuple(Word(w.text, w.start + shift, w.end + shift, w.confidence, w.interpolated) for w in words)


def _spoken(words: Sequence[Word]) -> tuple[Interval, ...]:
    return (Interval(words[0].start, words[-1].end),) if words else ()
