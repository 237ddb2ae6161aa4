"""“You first”: the one moment that a report asks about before it says what was measured there."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from coach.conversation import CLEAR, Review, Turn
from coach.reporting.answers import COUNTED, ROOM, Answers, Finding
from coach.reporting.page import SURE, Place, place
from coach.reporting.phrases import Phrases

ANSWERS = ("yes", "partly", "not_yet", "skip")
"""What a person may say; skipping is an answer like the others."""

LONGEST = 60.0
"""Seconds that a person is asked to hear at the most."""

_BEFORE = 30.0  # seconds of a long story that are enough to know what it is about
_FEWEST = 8  # words from which a turn tells something
_HEARD = 0.7  # share of clear words from which it is worth asking about


@dataclass(frozen=True, slots=True)
class First:
    """The moment to ask about.

    Attributes:
        told: Index of the customer's turn.
        place: Where to play from.
        until: Seconds at which it stops.
        finding: Whether something was given back there, there was room for it, or neither can be said.
        measured: What was found there, each with where it is.
    """

    told: int
    place: Place
    until: float
    finding: Finding
    measured: tuple[tuple[str, Place], ...]

    @property
    def plain(self) -> dict[str, object]:
        """What a note about it says of the moment itself."""
        return {"turn": self.told, "start": self.place.at, "end": self.until, "finding": self.finding}

    def lesson(self, answer: str) -> str:
        """Return the name of the sentence that sets an answer beside what was measured."""
        return "first.lesson.skip" if answer == "skip" else f"first.lesson.{answer}.{self.finding}"


def wanted(review: Review) -> bool:
    """Whether the settings that the review was made under ask for it; they do unless somebody turned it off."""
    settings = (review.recipe or {}).get("settings")
    setting = settings.get("you_first") if isinstance(settings, Mapping) else None
    return (setting.get("value") if isinstance(setting, Mapping) else setting) is not False


def first(review: Review, say: Phrases) -> First | None:
    """Return the customer's longest story that was followed by a turn of the agent's and heard well enough.

    Nobody is asked after a hard call, nor where there are no two sides to hear or it is not sure which is whose.

    Args:
        review: The call.
        say: The report's sentences.
    """
    sides = [review.conversation.party(role) for role in ("agent", "customer")]
    if not wanted(review) or None in sides or review.roles.confidence < SURE:
        return None
    if review.findings.of("hard_call", sure=SURE):
        return None
    answers = Answers(review)
    turns = review.conversation.turns
    asked = [i for i in _told(review, answers) if _worth(turns[i]) and answers.turns_after(i)]
    if not asked:
        return None
    told = max(asked, key=lambda i: (len(turns[i].words), -i))
    start = max(turns[told].start, turns[told].end - _BEFORE)
    until = min(answers.turns_after(told)[0].end, start + LONGEST)
    finding = answers.finding(told)
    found = answers.given(told) if finding == "given" else answers.room(told)
    measured = dict.fromkeys((say.moment(moment), place(review, moment.start)) for moment in found)
    return First(told, place(review, start), round(until, 3), finding, tuple(measured))


def _told(review: Review, answers: Answers) -> set[int]:
    """Return the customer's turns that tell something, as far as any moment says so."""
    turns = review.conversation.turns
    found = set(answers.distress)
    for moment in review.findings.of("account", role="customer", sure=COUNTED):
        named = moment.evidence.get("turns")
        found.update(i for i in (named if isinstance(named, list | tuple) else ()) if isinstance(i, int))
    for moment in review.findings.of("paraphrase", "empathy", *ROOM, sure=COUNTED):
        named = moment.evidence.get("customer_turn")
        found.update([named] if isinstance(named, int) else [])
    return {i for i in found if 0 <= i < len(turns) and turns[i].role == "customer"}


def _worth(turn: Turn) -> bool:
    clear = sum(word.confidence is None or word.confidence >= CLEAR for word in turn.words)
    return len(turn.words) >= _FEWEST and clear >= _HEARD * len(turn.words)
