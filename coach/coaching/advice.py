"""One thing to keep, one to try, and practice: what a kind colleague would say who was listening too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

from coach.coaching import facts, trends
from coach.coaching.drills import practice
from coach.coaching.endings import lacking
from coach.coaching.ground import Found, Ground
from coach.coaching.keeping import keep
from coach.coaching.rubric import TRY, Rubric
from coach.coaching.sentences import Sentences, load_sentences
from coach.coaching.trends import Earlier
from coach.conversation import Advice, Coaching, Conversation, Findings, Moment, Remembered, Skill, Word

ABSENT = ("missed_paraphrase", "missed_empathy", "owed_acknowledgement")
"""Kinds that say something did not come: only where their words can be read back."""

LEGIBLE = 0.8
"""Share of their words that must be clear for that: hearing worse never turns into advice."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that could be advised.

    Attributes:
        kind: Key of ``TRY``.
        worth: Confidence x usefulness.
        found: The moment and its index; ``None`` for the call as a whole.
        turn: The customer's turn it is about.
    """

    kind: str
    worth: float
    found: Found | None
    turn: int | None


def advise(
    conversation: Conversation,
    findings: Findings,
    skills: Sequence[Skill],
    rubric: Rubric,
    *,
    delayed_line: bool = False,
    recent: Sequence[Earlier] = (),
) -> Coaching:
    """Return one thing to keep, one to try, further ones for those who ask, and practice.

    Advice rests on moments of confidence 0.7 and more. While the roles are unknown there is none; after a
    hard call there is only what to keep; on a delayed line nobody is advised about interrupting; what the two calls
    before both advised rests. Where the agent alone was recorded it rests on what the agent's own words show.

    Args:
        conversation: The call.
        findings: Everything that was found in it; advice points at its moments by index.
        skills: As counted by ``coach.coaching.skills.skills`` from the same findings.
        rubric: What counts, and how much.
        delayed_line: Whether both parties often started at once.
        recent: Earlier calls of the same person, the newest last: they change what is shown, never what was found.
    """
    say, ground = load_sentences(), Ground(conversation, findings, rubric, delayed_line)
    if not conversation.two_parties and not conversation.agent_alone:
        return Coaching(why_no_try=say(_apart(conversation)))
    kept = keep(ground, skills, say)
    if ground.hard:
        return Coaching(keep=kept, why_no_try=say("no_try.hard"), because_of=trends.after_a_hard_one(recent, say))
    good = trends.noticed(skills, recent, say)
    candidates = list(_candidates(ground))
    fresh, rested = _fresh(candidates, 1 + rubric.another, recent, say)
    because_of = (rested | good) if rested is not None else good
    chosen = _choose(fresh, 1 + rubric.another)
    if not chosen:
        why = "resting" if candidates else _nothing(ground)
        why, drills = "quiet" if kept is None and why == "nothing" else why, practice(ground) if candidates else ()
        return Coaching(keep=kept, practice=drills, why_no_try=say(f"no_try.{why}"), because_of=because_of)
    first, *more = [_try(candidate, ground, say) for candidate in chosen]
    return Coaching(keep=kept, try_=first, another=tuple(more), practice=practice(ground), because_of=because_of)


def _fresh(
    candidates: Sequence[Candidate], most: int, recent: Sequence[Earlier], say: Sentences
) -> tuple[list[Candidate], Remembered | None]:
    """Return what the two calls before did not both advise, and what was passed over for that, if anything was."""
    rests = trends.resting(recent)
    if rests is None:
        return list(candidates), None
    fresh = [candidate for candidate in candidates if say(f"skill.{TRY[candidate.kind]}") != rests.passed_over]
    unchanged = _choose(fresh, most) == _choose(candidates, most)
    return fresh, None if unchanged else rests


def _nothing(ground: Ground) -> str:
    """Return why there is nothing to try: hearing too little is never "nothing to change"."""
    if not ground.has_words:
        return "words"
    if not ground.heard:
        return "not_heard"
    if ground.conversation.agent_alone:
        return "one_party"
    if ground.delayed_line:
        return "delay"
    # What was noticed, and is too unsure or was heard too badly to speak of, stands in the report: it is not nothing.
    return "unsure" if ground.moments(*(kind for kind in TRY if ground.rubric.try_.get(kind))) else "nothing"


def _apart(conversation: Conversation) -> str:
    """Return the key of the sentence that says why the two parties are not known."""
    if conversation.separation == "none":
        return "no_try.one_lane"
    known = conversation.party("agent") is not None or conversation.party("customer") is not None
    return "no_try.one_party" if known else "no_try.roles"


def _candidates(ground: Ground) -> Iterator[Candidate]:
    """Yield everything that was missed, surely enough to speak of."""
    worth = ground.rubric.try_
    for index, moment in ground.moments(*(kind for kind in TRY if worth.get(kind)), sure=ground.rubric.coach):
        if moment.kind == "interruption" and ground.delayed_line:
            continue
        if moment.kind in ABSENT and ground.clearness("customer", moment.interval) < LEGIBLE:
            continue
        turn = ground.turn(moment, "customer_turn", "other_turn", "about_turn")
        yield Candidate(moment.kind, worth[moment.kind] * moment.confidence, (index, moment), turn)
    for kind, sure, story in lacking(ground):
        if worth.get(kind):
            yield Candidate(kind, worth[kind] * sure, None, story)


def _choose(candidates: Sequence[Candidate], most: int) -> list[Candidate]:
    """Return the most useful, no kind twice and no turn of the customer's twice."""
    chosen: list[Candidate] = []
    for candidate in sorted(candidates, key=_order):
        same_turn = candidate.found and candidate.turn is not None and candidate.turn in {c.turn for c in chosen}
        if not same_turn and candidate.kind not in {c.kind for c in chosen}:
            chosen.append(candidate)
    return chosen[:most]


def _order(candidate: Candidate) -> tuple[float, float]:
    return -candidate.worth, candidate.found[0] if candidate.found else inf


def _try(candidate: Candidate, ground: Ground, say: Sentences) -> Advice:
    index, moment = candidate.found if candidate.found else (None, None)
    blanks = {"seconds": say.seconds(moment.interval.duration)} if candidate.kind == "dead_air" and moment else {}
    return Advice(
        skill=say(f"skill.{TRY[candidate.kind]}"),
        moment=index,
        said=_said(moment, ground) if moment is not None else "",
        why=say(f"try.{candidate.kind}.why", **blanks),
        suggestion=_suggestion(candidate, ground, say),
    )


def _said(moment: Moment, ground: Ground) -> str:
    """Return what was said there: the customer's words that went by, or the agent's own."""
    if not moment.text:
        return ""
    theirs = moment.kind.startswith("missed_") or moment.kind == "owed_acknowledgement"
    return ground.quote("customer" if theirs else "agent", moment.interval)


def _suggestion(candidate: Candidate, ground: Ground, say: Sentences) -> str:
    """Return an example in the customer's own facts, or with a blank where there are none to use."""
    words, rubric = _their_words(candidate, ground), ground.rubric
    cut = candidate.kind == "interruption"
    least = facts.OWN if TRY[candidate.kind] == "acknowledging" or cut else facts.FACT
    clause = _felt(candidate, ground) if candidate.kind == "missed_empathy" else None
    if clause is None:
        clause = facts.clause(words, rubric.avoid, rubric.things, least=least, prefer="cut" if cut else "most")
    # About the call as a whole no one sentence of theirs is the matter.
    if clause is not None and candidate.found is not None:
        return say(f"try.{candidate.kind}.clause", clause=clause)
    thing = facts.thing(words, rubric.things)
    if candidate.kind == "missed_paraphrase" and (thing is None or not thing.startswith("your ")):
        clause = facts.clause(words, rubric.avoid, rubric.things, least=facts.OWN, prefer="last")
        if clause is not None:
            return say(f"try.{candidate.kind}.clause", clause=clause)
    if thing is not None:
        return say(f"try.{candidate.kind}.thing", thing=thing)
    return say(f"try.{candidate.kind}.plain")


def _felt(candidate: Candidate, ground: Ground) -> str | None:
    """Return what they said of how it is for them, given back as theirs: no feeling that they did not name."""
    avoid, things = ground.rubric.avoid, ground.rubric.things
    for _, moment in ground.moments("distress", role="customer"):
        if ground.turn(moment, "turn") == candidate.turn:
            words = ground.words("customer", moment.interval)
            found = facts.clause(words, avoid, things, least=facts.OWN, shortest=facts.FELT)
            if found is not None:
                return found
    return None


def _their_words(candidate: Candidate, ground: Ground) -> Sequence[Word]:
    """Return the customer's words that an example may use."""
    turns, moment = ground.conversation.turns, candidate.found[1] if candidate.found else None
    if candidate.turn is not None and turns[candidate.turn].role == "customer":
        words = turns[candidate.turn].words
        if moment is not None and candidate.kind == "interruption":
            return [word for word in words if word.end <= moment.end + 0.2]
        return words
    if moment is None:
        return ()
    before = [turn for _, turn in ground.turns("customer") if turn.start < moment.start]
    stories = [turn for turn in before if len(turn.words) >= ground.rubric.story_words]
    latest = (stories or before)[-1:]
    return latest[0].words if latest else ()
