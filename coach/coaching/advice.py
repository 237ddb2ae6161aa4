"""One thing to keep, one to try, and practice: what a kind colleague would say who was listening too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import inf

from coach.coaching import facts
from coach.coaching.drills import practice
from coach.coaching.ground import QUOTABLE, Found, Ground
from coach.coaching.rubric import KEEP, TRY, Rubric
from coach.coaching.sentences import Sentences, load_sentences
from coach.conversation import Advice, Coaching, Conversation, Findings, Interval, Moment, Role, Skill, Word

SETTLED = 30.0
"""Seconds a call must last before it is expected to end in an orderly way."""

CLOSING = 0.75
"""Share of the call after which a promise is taken to sum up."""

CLOSELY = 0.9
"""Share of both parties' speech, in the call and at its end, that must be heard to say what the end lacked."""

PARTIES: tuple[Role, ...] = ("agent", "customer")


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
) -> Coaching:
    """Return one thing to keep, one to try, further ones for those who ask, and practice.

    Advice rests on moments of confidence 0.7 and more. While the roles are unknown there is none; after a
    hard call there is only what to keep; on a delayed line nobody is advised about interrupting.

    Args:
        conversation: The call.
        findings: Everything that was found in it; advice points at its moments by index.
        skills: As counted by ``coach.coaching.skills.skills`` from the same findings.
        rubric: What counts, and how much.
        delayed_line: Whether both parties often started at once.
    """
    say, ground = load_sentences(), Ground(conversation, findings, rubric, delayed_line)
    if not conversation.two_parties:
        return Coaching(why_no_try=say(_apart(conversation)))
    keep = _keep(ground, skills, say)
    if ground.hard:
        return Coaching(keep=keep, why_no_try=say("no_try.hard"))
    chosen = _choose(list(_candidates(ground)), 1 + rubric.another)
    if not chosen:
        return Coaching(keep=keep, why_no_try=say(f"no_try.{_nothing(ground)}"))
    first, *more = [_try(candidate, ground, say) for candidate in chosen]
    return Coaching(keep=keep, try_=first, another=tuple(more), practice=practice(ground))


def _nothing(ground: Ground) -> str:
    """Return why there is nothing to try: hearing too little is never "nothing to change"."""
    if not ground.has_words:
        return "words"
    if not ground.heard:
        return "not_heard"
    return "delay" if ground.delayed_line else "nothing"


def _apart(conversation: Conversation) -> str:
    """Return the key of the sentence that says why the two parties are not known."""
    if conversation.separation == "none":
        return "no_try.one_lane"
    known = conversation.party("agent") is not None or conversation.party("customer") is not None
    return "no_try.one_party" if known else "no_try.roles"


def _keep(ground: Ground, skills: Sequence[Skill], say: Sentences) -> Advice | None:
    worth = ground.rubric.keep
    found = ground.moments(*(kind for kind in KEEP if worth.get(kind)))
    if found:
        index, moment = max(found, key=lambda entry: (_worth_keeping(entry[1], ground), -entry[0]))
        why = say(f"keep.{moment.kind}", seconds=say.seconds(moment.interval.duration))
        said = ground.quote("agent", moment.interval) if moment.text else ""
        return Advice(say(f"skill.{KEEP[moment.kind]}"), index, said, why)
    name = say("skill.letting_them_finish")
    finishing = next((skill for skill in skills if skill.name == name), None)
    if finishing is not None and finishing.of and finishing.met == finishing.of:
        return Advice(name, None, "", say("keep.letting_them_finish", met=finishing.met, of=finishing.of))
    return None


def _worth_keeping(moment: Moment, ground: Ground) -> float:
    """Return how much a good moment is worth keeping; what can be read back clearly comes first."""
    heard = ground.clearness("agent", moment.interval) if moment.text else 1.0
    return ground.rubric.keep[moment.kind] * moment.confidence * (heard if heard >= QUOTABLE else heard / 2)


def _candidates(ground: Ground) -> Iterator[Candidate]:
    """Yield everything that was missed, surely enough to speak of."""
    worth = ground.rubric.try_
    for index, moment in ground.moments(*(kind for kind in TRY if worth.get(kind)), sure=ground.rubric.coach):
        if moment.kind == "interruption" and ground.delayed_line:
            continue
        turn = ground.turn(moment, "customer_turn", "other_turn", "about_turn")
        yield Candidate(moment.kind, worth[moment.kind] * moment.confidence, (index, moment), turn)
    yield from _endings(ground)


def _endings(ground: Ground) -> Iterator[Candidate]:
    """Yield what the end of the call lacked, where both were heard clearly and there was something to settle."""
    worth, end = ground.rubric.try_, max((turn.end for turn in ground.conversation.turns), default=0.0)
    if not ground.heard or not ground.stories or end < SETTLED:
        return
    close = Interval(CLOSING * end, end)
    shares = [ground.conversation.heard(role, within) for role in PARTIES for within in (None, close)]
    sure = min(share if share is not None else 0.0 for share in shares)
    if sure < CLOSELY:
        return
    story = ground.stories[-1][0]
    for kind, kinds in (("no_recap", ("recap", "commitment")), ("no_close", ("closing_question",))):
        # Even a doubtful find speaks against calling it absent; so does a promise near the end.
        there = [m for _, m in ground.moments(*kinds, sure=0.0) if m.kind != "commitment" or m.end >= close.start]
        if worth.get(kind) and not there:
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
    last = candidate.kind == "interruption"
    least = facts.OWN if TRY[candidate.kind] == "acknowledging" or last else facts.FACT
    clause = facts.clause(words, rubric.avoid, rubric.things, least=least, last=last)
    # About the call as a whole no one sentence of theirs is the matter.
    if clause is not None and candidate.found is not None:
        return say(f"try.{candidate.kind}.clause", clause=clause)
    thing = facts.thing(words, rubric.things)
    if thing is not None:
        return say(f"try.{candidate.kind}.thing", thing=thing)
    return say(f"try.{candidate.kind}.plain")


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
