"""The call in three plain sentences: the first thing that a report says, on the page and in the terminal."""

from __future__ import annotations

from coach.conversation import Measure, Review, total
from coach.reporting.phrases import Phrases
from coach.reporting.text import clean, duration, number

COUNTED = 0.5
"""Confidence from which a moment counts."""


def find(review: Review, name: str) -> Measure | None:
    """Return a measure that has a value, ``None`` when it has none or was not computed."""
    return next((m for m in review.findings.measures if m.name == name and m.value is not None), None)


def why(review: Review, name: str) -> str:
    """Return the reason that a measure has no value."""
    reason = next((m.why for m in review.findings.measures if m.name == name and m.why), None)
    return clean(reason or "it was not measured").rstrip(".")


def length(review: Review) -> float:
    """Return the call's length in seconds."""
    return review.recording.duration or review.conversation.duration


def spoke(review: Review) -> tuple[float, float] | None:
    """Return the seconds that the agent and the customer spoke, by bridged speech; ``None`` unless both are known."""
    agent, customer = (review.conversation.party(role) for role in ("agent", "customer"))
    if agent is None or customer is None or not (agent.speech or customer.speech):
        return None
    return total(agent.stretches), total(customer.stretches)


def title(review: Review, say: Phrases) -> str:
    """Return what the call is called: its file, or the two files of its parties."""
    names = [part.uri for part in review.recording.parts] or [review.recording.uri or ""]
    return " + ".join(clean(name) for name in names if name) or say("page.no_name")


def one_sided(review: Review) -> str | None:
    """Return ``one_lane`` or ``one_party`` where nothing can be said of two people, ``None`` otherwise."""
    if review.separation == "none":
        return "one_lane"
    return "one_party" if len(review.conversation.parties) < 2 else None


def opening(review: Review, say: Phrases) -> tuple[str, ...]:
    """Return the three sentences: how long, whether they were heard, and how the turns went."""
    if review.conversation.agent_alone:
        return _own_side(review, say), in_own_words(review, say), say("opening.one_party")
    alone = one_sided(review)
    if alone is not None:
        return say("opening.talk_only", duration=duration(length(review))), say(f"opening.{alone}")
    return _talk(review, say), _heard(review, say), _floor(review, say)


def in_own_words(review: Review, say: Phrases) -> str:
    """Return what the agent's words alone show, where nobody else was recorded."""
    names = {"open": "open_questions", "closed": "closed_questions", "sorry": "apologies"}
    found = {blank: find(review, name) for blank, name in names.items()}
    if any(measure is None for measure in found.values()):
        return say("opening.own_words_unknown", why=why(review, "open_questions"))
    counts = {blank: number(measure.value or 0) for blank, measure in found.items() if measure is not None}
    owning = sum(1 for moment in review.findings.of("ownership", "commitment", role="agent", sure=COUNTED))
    return say("opening.own_words", **counts, mine=number(owning))


def _own_side(review: Review, say: Phrases) -> str:
    agent = review.conversation.party("agent")
    spoken = duration(total(agent.stretches)) if agent is not None else ""
    return say("opening.own_side", agent=spoken, duration=duration(length(review)))


def _talk(review: Review, say: Phrases) -> str:
    both = spoke(review)
    if both is not None:
        agent, customer = map(duration, both)
        return say("opening.talk", duration=duration(length(review)), agent=agent, customer=customer)
    unknown = say("opening.talk_unknown", why=why(review, "talk_ratio"))
    return f"{say('opening.talk_only', duration=duration(length(review)))} {unknown}" if length(review) else unknown


def _heard(review: Review, say: Phrases) -> str:
    measure = next((m for m in review.findings.measures if m.name == "heard_before_solving"), None)
    if measure is not None and measure.value is None and measure.denominator == 0:
        return say("opening.heard.none")
    if measure is None or measure.value is None or measure.numerator is None or measure.denominator is None:
        return say("opening.heard_unknown", why=why(review, "heard_before_solving"))
    met, of = round(measure.numerator), round(measure.denominator)
    if met == 0:
        reached = say("opening.heard_yet")
    else:
        reached = say.count("opening.heard_all", met) if met >= of else say.count("opening.heard_some", met)
    return say.count("opening.heard", of, met=reached)


def _floor(review: Review, say: Phrases) -> str:
    came_in, signs = find(review, "interruptions_by_agent"), find(review, "backchannels_by_agent")
    if came_in is None or came_in.value is None:
        return say("opening.floor_unknown", why=why(review, "interruptions_by_agent"))
    sentence = say.count("opening.floor", round(came_in.value))
    if signs is not None and signs.value:
        sentence += " " + say.count("opening.listening", round(signs.value))
    return sentence
