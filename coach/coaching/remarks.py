"""What is said of an answer to a customer, in sentences."""

from __future__ import annotations

from coach.coaching import facts
from coach.coaching.answers import Feedback, Remark
from coach.coaching.customers import Customer
from coach.coaching.rubric import Rubric
from coach.coaching.sentences import Sentences
from coach.conversation import Word

PER_MINUTE = 150.0
"""Words a minute, to say how long a typed answer takes to hear."""


def remarks(found: Feedback, customer: Customer, rubric: Rubric, say: Sentences) -> list[str]:
    """Return the sentences for an answer: all that was heard, one thing that was not, and one more word at the most.

    Args:
        found: What came of it.
        customer: Who was answered.
        rubric: What an example may name, and what it never gives back.
        say: The coach's sentences.
    """
    told = [say(f"practice.heard.{remark.kind}", said=_inside(remark)) for remark in found.heard]
    told += [note(remark, found, say) for remark in found.noted[:1]]
    solved = any(remark.kind == "solved_first" for remark in found.noted)
    if found.missed:
        told += [] if solved else [f"{say(f'practice.missed.{found.missed[0]}')} {say('practice.missed.ear')}"]
        way = one_way(found.missed[0], customer, rubric, say)
        told += [say("practice.missed.one_way", suggestion=way)] if way else []
    if not found.clear and customer.calls_for:
        told.append(say("practice.missed.unclear"))
    return told or [say("practice.heard.other")]


def _inside(remark: Remark) -> str:
    """Return what was said, without its full stop where a sentence goes on after it."""
    return remark.said.rstrip(".,!") if remark.kind == "echo" else remark.said


def note(remark: Remark, found: Feedback, say: Sentences) -> str:
    """Return the sentence for something noted."""
    seconds = say.seconds(60 * len(found.said.split()) / PER_MINUTE)
    return say(f"practice.noted.{remark.kind}", said=remark.said.rstrip(".,!"), seconds=seconds)


def from_their_chair(found: Feedback, say: Sentences) -> str:
    """Return what an answer was like to hear."""
    if found.missed:
        return say(f"practice.seat.{found.missed[0]}")
    noted = any(remark.kind == "not_needed" for remark in found.noted)
    return say("practice.seat.not_needed" if noted else "practice.seat.heard")


def one_way(missed: str, customer: Customer, rubric: Rubric, say: Sentences) -> str:
    """Return a beginning in the customer's own facts, with blanks for what only the agent can promise; or nothing."""
    if missed == "room" or customer.begin:
        return customer.begin
    kind = "missed_paraphrase" if missed == "said_back" else "missed_empathy"
    words = [Word(text, 0.3 * at, 0.3 * at + 0.25) for at, text in enumerate(customer.says.split())]
    least = facts.FACT if missed == "said_back" else facts.OWN
    clause = facts.clause(words, rubric.avoid, rubric.things, least=least)
    if clause is not None:
        return say(f"try.{kind}.clause", clause=clause)
    thing = facts.thing(words, rubric.things)
    return say(f"try.{kind}.thing", thing=thing) if thing is not None else say(f"try.{kind}.plain")
