"""What to keep: the moment most worth doing again, with its whole sentence, heard clearly enough to be read back."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from coach.coaching.ground import QUOTABLE, Found, Ground
from coach.coaching.rubric import KEEP
from coach.coaching.sentences import Sentences
from coach.conversation import Advice, Interval, Moment, Skill

LEAST_WORDS = 4
"""Words that a moment has before it is held up as well said; a sign of listening needs none."""

IN_PASSING = 0.6
"""What giving back or asking is worth where it was about no story, against 1 where it was."""

OF_THEIRS = ("paraphrase", "echo", "clarifying_question")
"""Kinds that are worth most about a story."""

WENT_BY = ("missed_empathy", "owed_acknowledgement")
"""What goes by in a turn leaves nothing in that turn to hold up."""


def keep(ground: Ground, skills: Sequence[Skill], say: Sentences) -> Advice | None:
    """Return the one thing to keep, ``None`` when nothing stands out: faint praise helps nobody.

    Args:
        ground: The call and what was found in it.
        skills: As counted from the same findings.
        say: The coach's sentences.
    """
    found = list(_worthy(ground))
    if found:
        _, (index, moment) = max(found, key=lambda entry: (entry[0], -entry[1][0]))
        within = ground.sentence("agent", moment.interval) if moment.text else moment.interval
        why = say(f"keep.{moment.kind}", seconds=say.seconds(within.duration))
        said = ground.quote("agent", within) if moment.text else ""
        return Advice(say(f"skill.{KEEP[moment.kind]}"), index, said, why)
    name = say("skill.letting_them_finish")
    finishing = next((skill for skill in skills if skill.name == name), None)
    if finishing is not None and ground.stories and finishing.met == finishing.of > 1:
        return Advice(name, None, "", say("keep.letting_them_finish", met=finishing.met, of=finishing.of))
    return None


def _worthy(ground: Ground) -> Iterator[tuple[float, Found]]:
    """Yield good moments with what they are worth: sure ones alone, as praise for nothing is noticed."""
    worth = ground.rubric.keep
    by = {turn for _, m in ground.moments(*WENT_BY) if (turn := ground.turn(m, "agent_turn")) is not None}
    spans = [ground.conversation.turns[turn].interval for turn in by]
    for index, moment in ground.moments(*(kind for kind in KEEP if worth.get(kind)), sure=ground.rubric.coach):
        if moment.kind == "backchannel":
            if ground.turn(moment, "other_turn") in {turn for turn, _ in ground.stories}:
                yield worth[moment.kind] * moment.confidence, (index, moment)
            continue
        if moment.text and (len(moment.text.split()) < LEAST_WORDS or not _readable(ground, moment)):
            continue
        if any(_inside(moment.interval, span) for span in spans):
            continue
        yield worth[moment.kind] * moment.confidence * _about_a_story(ground, moment), (index, moment)


def _readable(ground: Ground, moment: Moment) -> bool:
    return ground.clearness("agent", ground.sentence("agent", moment.interval)) >= QUOTABLE


def _inside(moment: Interval, turn: Interval) -> bool:
    return turn.start - 0.05 <= moment.start < turn.end


def _about_a_story(ground: Ground, moment: Moment) -> float:
    turn = ground.turn(moment, "customer_turn", "about_turn")
    if moment.kind not in OF_THEIRS or turn is None or turn in {index for index, _ in ground.stories}:
        return 1.0
    return IN_PASSING
