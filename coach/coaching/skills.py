"""The listening skills of one call: opportunities met of how many, counts before scores."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType

from coach.coaching.ground import Found, Ground
from coach.coaching.rubric import SKILLS, Rubric
from coach.coaching.sentences import Sentences, load_sentences
from coach.conversation import Conversation, Findings, Skill

NO_STORIES: Mapping[int, int] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Count:
    """Opportunities met of how many, and the moments they rest on.

    Attributes:
        met: How many were met.
        of: Of how many.
        moments: Indices of what they rest on.
        absent: Why there are none, by name.
        unheard: How many came up besides, and were not heard well enough to be judged.
    """

    met: int = 0
    of: int = 0
    moments: tuple[int, ...] = ()
    absent: str | None = None
    unheard: int = 0


def skills(
    conversation: Conversation,
    findings: Findings,
    rubric: Rubric,
    *,
    call_type: str | None = None,
    delayed_line: bool = False,
) -> tuple[Skill, ...]:
    """Return the six listening skills of one call.

    What did not come up, was not heard well enough, or is left out for this type of call is 0 of 0.

    Args:
        conversation: The call.
        findings: Everything that was found in it; skills point at its moments by index.
        rubric: What counts and how much.
        call_type: The type of call, where it is known.
        delayed_line: Whether both parties often started at once.
    """
    say, ground = load_sentences(), Ground(conversation, findings, rubric, delayed_line)
    made = []
    for skill in SKILLS:
        count = _count(skill, ground, call_type)
        score = 100 * count.met / count.of if rubric.scores and count.of and not ground.hard else None
        why = _why(skill, count, ground, say)
        weight = rubric.weight(skill, call_type)
        made.append(Skill(say(f"skill.{skill}"), count.met, count.of, score, weight, why, count.moments))
    return tuple(made)


def overall(found: Iterable[Skill]) -> float | None:
    """Return Σ(points x weight) / Σ(possible x weight), 0 to 100; ``None`` unless the rubric turned scores on."""
    scored = [skill for skill in found if skill.score is not None]
    possible = sum(skill.of * skill.weight for skill in scored)
    return 100 * sum(skill.met * skill.weight for skill in scored) / possible if possible else None


def _count(skill: str, ground: Ground, call_type: str | None) -> Count:
    if not ground.conversation.two_parties and not ground.conversation.agent_alone:
        return Count(absent="roles")
    if not ground.rubric.applies(skill, call_type):
        return Count(absent="call_type")
    if ground.conversation.agent_alone:
        # Every skill is about two people: what the agent's words show is shown, and nothing is counted as missing.
        return Count(moments=_indices(ground.moments(*OWN_WORDS.get(skill, ()))), absent="one_party")
    count = _COUNTS[skill](ground)
    return count if count.of or count.absent else Count(moments=count.moments, absent="nothing")


def _why(skill: str, count: Count, ground: Ground, say: Sentences) -> str:
    if count.absent:
        return say(f"absent.{count.absent}")
    agent, customer = ground.shares
    if agent is None or customer is None:
        heard = say("heard.unknown")
    else:
        heard = say("heard.both", agent=f"{agent:.0%}", customer=f"{customer:.0%}")
    parts = [say(f"counted.{skill}", met=count.met, of=count.of), heard]
    if count.unheard:
        parts.append(say("heard.besides", n=count.unheard))
    return " ".join([*parts, say("absent.hard")] if ground.hard else parts)


def _letting_them_finish(ground: Ground) -> Count:
    if not ground.conversation.timed:
        return Count(absent="timing")
    if ground.delayed_line:
        return Count(absent="delay")
    cut = ground.moments("interruption")
    turns = {i for i, turn in ground.turns("customer") if turn.interval.duration >= ground.rubric.turn_seconds}
    broken = {ground.turn(moment, "other_turn") for _, moment in cut} - {None}
    of = len(turns | broken)
    return Count(of - len(broken), of, _indices(cut))


def _room_to_talk(ground: Ground) -> Count:
    if not ground.conversation.timed:
        return Count(absent="timing")
    explained = {i for i, turn in ground.turns("agent") if turn.interval.duration >= ground.rubric.long_turn}
    long = ground.moments("monologue")
    into = [] if ground.delayed_line else ground.moments("interruption_attempt")
    started = {ground.turn(moment, "other_turn") for _, moment in into}
    stories = {i for i, _ in ground.stories}
    missed = len(stories & started) + min(len(long), len(explained))
    of = len(stories) + len(explained)
    moments = [found for found in into if ground.turn(found[1], "other_turn") in stories]
    return Count(of - missed, of, _indices([*moments, *long, *ground.moments("backchannel")]))


def _saying_it_back(ground: Ground) -> Count:
    stories = _story_of(ground)
    reflected = ground.moments("paraphrase", "echo")
    of_story = [found for found in reflected if ground.turn(found[1], "customer_turn") in (None, *stories)]
    missed = ground.moments("missed_paraphrase")
    given = _answered(
        ground, met=of_story, missed=missed, came_up=stories, same=stories, doubtful=_untold(ground, stories)
    )
    # What was given back of a word or two is shown and credited; it is no story of the four.
    return replace(given, moments=tuple(sorted({*given.moments, *_indices(reflected)})))


def _story_of(ground: Ground) -> dict[int, int]:
    """Return the first turn of the story that each of the customer's turns belongs to; short turns belong to none."""
    stories = {index: index for index, _ in ground.stories}
    for _, moment in ground.moments("account", role="customer", sure=0.0):
        turns = moment.evidence.get("turns")
        if isinstance(turns, tuple | list) and turns and all(isinstance(turn, int) for turn in turns):
            stories |= dict.fromkeys(turns, turns[0])
    return stories


def _untold(ground: Ground, stories: Mapping[int, int]) -> frozenset[tuple[str, int]]:
    """Return the stories of which nobody can tell what answered them."""
    untold: set[int] = set()
    for _, moment in ground.moments("account", role="customer", sure=0.0):
        turns = moment.evidence.get("turns")
        if moment.evidence.get("judged") is False and isinstance(turns, tuple | list):
            untold |= {stories[turn] for turn in turns if turn in stories}
    return frozenset(("turn", turn) for turn in untold)


def _acknowledging(ground: Ground) -> Count:
    missed = ground.moments("missed_empathy", "owed_acknowledgement")
    met = ground.moments("empathy", "reassurance")
    weighed = {ground.turn(m, "turn") for _, m in ground.moments("distress", role="customer")}
    sorry = [
        f for f in ground.moments("apology") if ground.turn(f[1], "customer_turn", "about_turn") in weighed - {None}
    ]
    return _answered(ground, met=[*met, *sorry], missed=missed, came_up=weighed - {None})


def _answered(
    ground: Ground,
    *,
    met: Sequence[Found],
    missed: Sequence[Found],
    came_up: Iterable[int | None],
    same: Mapping[int, int] = NO_STORIES,
    doubtful: frozenset[tuple[str, int]] = frozenset(),
) -> Count:
    """Count the customer's turns that were met, and those that were missed and by nothing else met.

    Args:
        ground: The call.
        met: Moments that answer a turn.
        missed: Moments that say a turn was not answered.
        came_up: The customer's turns that may have had to be.
        same: First turn of the story that a turn belongs to.
        doubtful: What may have been met by something that was not heard well.
    """
    answered = {_about(ground, found, same) for found in met}
    went_by = {_about(ground, found, same) for found in missed} - answered
    if not ground.heard:
        # Hearing worse never scores worse: without clear words nothing can be called missed, and to
        # show only what was met would flatter.
        return Count(moments=_indices(met), absent="not_heard" if ground.has_words else "words")
    came = {("turn", same.get(turn, turn)) for turn in came_up if turn is not None}
    # One rule for what was met and what was missed: credit kept where no absence is told would be a skewed share.
    unheard = {about for about in came | answered | went_by if not _followed(ground, about)} | (doubtful - answered)
    answered, went_by = answered - unheard, went_by - unheard
    count = Count(len(answered), len(answered | went_by), _indices([*met, *missed]))
    if came and not count.of and not ground.understood("agent"):
        return Count(moments=count.moments, absent="not_heard")  # something came up, and what answered it is in doubt
    return _unless_unheard(count, len(unheard))


UNJUDGED = 1 / 2
"""Most of what came up, as a share, that may have been heard too badly to judge before nothing is counted."""


def _unless_unheard(count: Count, unjudged: int) -> Count:
    """Return a count, or that too little was heard: of most of what came up nobody would know.

    Args:
        count: What could be judged.
        unjudged: How much came up besides that was not heard well enough to tell whether it was met.
    """
    if unjudged > UNJUDGED * (count.of + unjudged):
        return Count(moments=count.moments, absent="not_heard")
    return replace(count, unheard=unjudged) if count.of else count


def _followed(ground: Ground, about: tuple[str, int]) -> bool:
    """Whether what a customer's turn or an agent's moment is about was heard well enough to count it."""
    what, index = about
    if what == "turn":
        return ground.followed(index)
    return ground.conversation.followed((), ground.findings.moments[index].interval)


def _about(ground: Ground, found: Found, same: Mapping[int, int]) -> tuple[str, int]:
    """Return the customer's turn that a moment is about, or the moment itself when it names none."""
    index, moment = found
    turn = ground.turn(moment, "customer_turn", "about_turn")
    return ("turn", same.get(turn, turn)) if turn is not None else ("moment", index)


def _asking(ground: Ground) -> Count:
    asked = ground.moments("clarifying_question", "open_question", "check_understanding")
    if not ground.heard:
        return Count(moments=_indices(asked), absent="not_heard" if ground.has_words else "words")
    met, moments, of, unjudged = 0, [], 0, 0
    for index, _ in ground.stories:
        following = ground.answers(index)
        if not following:
            continue
        about = [
            found
            for found in asked
            if ground.turn(found[1], "about_turn", "customer_turn") == index
            or any(turn.start - 0.05 <= found[1].start < turn.end for turn in following)
        ]
        moments += about
        doubtful = about and max(moment.confidence for _, moment in about) < ground.sure_of(index)
        if doubtful or not ground.followed(index):
            unjudged += 1  # what was not understood may have been a question, or none
            continue
        of += 1
        met += bool(about)
    return _unless_unheard(Count(met, of, _indices(moments)), unjudged)


STEPS = (("ownership",), ("option", "commitment"), ("recap",), ("closing_question",))
"""Seeing it through: taking it on, a way forward, what happens next, asking whether the need is met."""


def _seeing_it_through(ground: Ground) -> Count:
    steps = [ground.moments(*kinds) for kinds in STEPS]
    promised = ground.moments("commitment", "reassurance")
    steps[0] += [found for found in promised if found[1].evidence.get("owning")]
    moments = _indices([found for step in steps for found in step])
    if not ground.heard:
        return Count(moments=moments, absent="not_heard" if ground.has_words else "words")
    if not ground.stories and not any(steps):
        return Count()  # nothing was asked for that could be seen through
    if not ground.understood("agent"):
        # A step that was garbled is not a step left out; and calls of which only the whole ones count would flatter.
        return Count(moments=moments, absent="not_heard")
    return Count(sum(bool(step) for step in steps), len(steps), moments)


OWN_WORDS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "room_to_talk": ("monologue",),
        "asking": ("open_question", "check_understanding"),
        "acknowledging": ("empathy", "reassurance"),
        "seeing_it_through": tuple(kind for kinds in STEPS for kind in kinds),
    }
)
"""Kinds that the agent's own words show of each skill, where the agent alone was recorded."""


def _indices(found: Iterable[Found]) -> tuple[int, ...]:
    return tuple(sorted({index for index, _ in found}))


_COUNTS: Mapping[str, Callable[[Ground], Count]] = MappingProxyType(
    {
        "letting_them_finish": _letting_them_finish,
        "room_to_talk": _room_to_talk,
        "saying_it_back": _saying_it_back,
        "asking": _asking,
        "acknowledging": _acknowledging,
        "seeing_it_through": _seeing_it_through,
    }
)
