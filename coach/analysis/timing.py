"""Who talked how long, how long answers took, and what the silences were."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from statistics import median
from types import MappingProxyType
from typing import ClassVar

from coach.analysis.pauses import Pause, clearly, pauses
from coach.analysis.phrases import is_check, reads_required_text
from coach.analysis.reasons import (
    NO_LENGTH,
    NO_SPEECH,
    NO_WORDS,
    NOT_HEARD,
    UNHEARD_PAUSES,
    needs_agents_time,
    needs_everyone,
    needs_timing,
    never_speaks,
)
from coach.conversation import (
    ANSWER,
    Conversation,
    Findings,
    Interval,
    Measure,
    Moment,
    Role,
    Timeline,
    Turn,
    complement,
    total,
    union,
)
from coach.conversation.small_words import only_filled_pause, said

MONOLOGUE = 60.0
"""An agent's turn of this length, in seconds, without a check of understanding is a monologue."""


UNBROKEN = 0.7
"""Confidence of a monologue where the customer was not recorded: a minute without a pause to answer in."""


class Timing:
    """Measures time on speech, never on words; words only tell an announced hold from dead air."""

    name: ClassVar[str] = "timing"
    requires: ClassVar[frozenset[str]] = frozenset()
    versions: ClassVar[Mapping[str, int]] = MappingProxyType(
        {
            "talk_ratio": 1,
            "talk_share_agent": 1,
            "talk_share_customer": 1,
            "silence_ratio": 1,
            "overlap_ratio": 1,
            "patience": 1,
            "longest_monologue": 1,
            "longest_customer_story": 1,
            "dead_air": 1,
            "longest_silence": 1,
            "pauses_agent": 1,
            "monologue": 1,
            "hold": 1,
        }
    )

    def analyze(self, conversation: Conversation) -> Findings:
        """Return the measures of talk and silence, and moments for monologues, holds and dead air."""
        why = needs_timing(conversation)
        silences = _silences(conversation)
        long = pauses(conversation, silences) if why is None and not _wordless(conversation) else ()
        moments = (
            *_monologues(conversation, needs_agents_time(conversation)),
            *(m for p in long if (m := p.moment()) is not None),
        )
        return Findings(
            (
                *_talk(conversation, why),
                _overlap_ratio(conversation),
                _silence_ratio(conversation),
                _patience(conversation, long, why),
                _longest_monologue(conversation, needs_agents_time(conversation)),
                _longest(conversation, "longest_customer_story", "customer", why),
                _dead_air(conversation, long, why),
                _longest_silence(conversation, silences),
                _pauses_agent(conversation),
            ),
            tuple(sorted(moments, key=lambda m: (m.start, m.end))),
        )


def _wordless(conversation: Conversation) -> bool:
    """Whether the agent speaks and nothing of it was turned into words."""
    agent = conversation.party("agent")
    return agent is not None and bool(agent.speech) and not agent.words


def _talk(conversation: Conversation, why: str | None) -> tuple[Measure, ...]:
    agent, customer = conversation.party("agent"), conversation.party("customer")
    if why is not None or agent is None or customer is None:
        names = ("talk_ratio", "talk_share_agent", "talk_share_customer")
        return tuple(Measure.missing(name, "ratio", why or NO_SPEECH) for name in names)
    spoken = total(agent.stretches), total(customer.stretches)
    return (
        Measure.ratio("talk_ratio", spoken[0], sum(spoken), empty=NO_SPEECH),
        Measure.ratio("talk_share_agent", spoken[0], conversation.duration, empty=NO_LENGTH),
        Measure.ratio("talk_share_customer", spoken[1], conversation.duration, empty=NO_LENGTH),
    )


def _overlap_ratio(conversation: Conversation) -> Measure:
    """Return the share in which both speak; who of them is the agent does not matter."""
    told_apart = len(conversation.parties) == 2 and conversation.separation != "none"
    why = needs_everyone(conversation) if told_apart else needs_timing(conversation)
    if why is not None:
        return Measure.missing("overlap_ratio", "ratio", why)
    return Measure.ratio("overlap_ratio", conversation.overlap, conversation.duration, empty=NO_LENGTH)


def _everyone(conversation: Conversation) -> Timeline:
    return union(*(party.stretches for party in conversation.parties))


def _silence_ratio(conversation: Conversation) -> Measure:
    why = needs_everyone(conversation)
    if why is not None:
        return Measure.missing("silence_ratio", "ratio", why)
    # A machine's announcement is neither party's speech.
    silent = conversation.duration - total(union(*(party.stretches for party in conversation.callers)))
    return Measure.ratio("silence_ratio", silent, conversation.duration, empty=NO_LENGTH)


def _patience(conversation: Conversation, long: Sequence[Pause], why: str | None) -> Measure:
    """Return the median gap between the end of a customer's turn and the agent's that answers it.

    A hold is no slow answer, nor is the time that the customer asked for.
    """
    if why is not None:
        return Measure.missing("patience", "s", why)
    excused = [pause.silence for pause in long if pause.kind != "dead_air"]
    gaps = []
    last: Turn | None = None
    for turn in conversation.turns:
        if turn.kind != "turn" or (len(turn.words) < 4 and only_filled_pause(said(turn.words))):
            continue
        if last is not None and turn.role == "agent" and last.role == "customer" and turn.start > last.end:
            gap = Interval(last.end, turn.start)
            if not _touches(excused, gap):
                gaps.append(gap.duration)
        if last is None or turn.end > last.end:
            last = turn
    if not gaps:
        return Measure.missing("patience", "s", "the agent never answered after a gap")
    return Measure("patience", "s", median(gaps), denominator=len(gaps))


def _touches(timeline: Sequence[Interval], gap: Interval) -> bool:
    """Whether one of some intervals, sorted and apart, shares time with a gap."""
    at = bisect_left(timeline, gap.start, key=lambda interval: interval.end)
    return any(interval & gap for interval in timeline[at : at + 2])


def _longest(conversation: Conversation, name: str, role: Role, why: str | None) -> Measure:
    spans = [turn.interval.duration for turn in conversation.turns if turn.role == role and turn.kind == "turn"]
    if why is not None or not spans:
        return Measure.missing(name, "s", why or never_speaks(role))
    return Measure(name, "s", max(spans))


def _longest_monologue(conversation: Conversation, why: str | None) -> Measure:
    found = _longest(conversation, "longest_monologue", "agent", why)
    return replace(found, why=UNHEARD_PAUSES) if conversation.agent_alone and found.value is not None else found


def _pauses_agent(conversation: Conversation) -> Measure:
    """Return how often the agent pauses within a turn, the customer silent, for each minute of speech.

    Pauses of a second and more are left out in every call, as the customer may be answering in them where only
    the agent was recorded.
    """
    agent, customer = conversation.party("agent"), conversation.party("customer")
    why = needs_agents_time(conversation)
    if agent is None or not agent.speech or why is not None:
        return Measure.missing("pauses_agent", "count", why or never_speaks("agent"))
    turns = [turn.interval for turn in conversation.turns if turn.role == "agent" and turn.kind == "turn"]
    theirs = customer.stretches if customer is not None else ()
    gaps = [Interval(one.end, two.start) for one, two in pairwise(agent.stretches) if two.start - one.end < ANSWER]
    own = [gap for gap in gaps if _within(turns, gap) and not _touches(theirs, gap)]
    return Measure.count("pauses_agent", len(own), per=total(agent.stretches) / 60)


def _within(turns: Sequence[Interval], gap: Interval) -> bool:
    """Whether a gap lies inside the last of some turns, sorted, that began before it."""
    at = bisect_left(turns, gap.start, key=lambda turn: turn.start) - 1
    return at >= 0 and gap.end <= turns[at].end


def _silences(conversation: Conversation) -> Timeline:
    """Return the mutual silences between first and last speech."""
    speech = _everyone(conversation)
    if not conversation.timed or not speech:
        return ()
    return complement(speech, Interval(speech[0].start, speech[-1].end))


def _longest_silence(conversation: Conversation, silences: Timeline) -> Measure:
    why = needs_everyone(conversation)
    if why is not None or not any(party.speech for party in conversation.parties):
        return Measure.missing("longest_silence", "s", why or NO_SPEECH)
    return Measure("longest_silence", "s", max((silence.duration for silence in silences), default=0.0))


def _dead_air(conversation: Conversation, long: Sequence[Pause], why: str | None) -> Measure:
    if why is None and not any(party.speech for party in conversation.parties):
        why = NO_SPEECH
    if why is None and _wordless(conversation):
        why = f"{NO_WORDS}, so an announced hold cannot be told from dead air"
    unheard = sum(pause.kind == "unheard" for pause in long)
    if why is None and unheard:
        why = f"{NOT_HEARD}: before {unheard} of {len(long)} long silences a hold may have been announced"
    if why is not None:
        return Measure.missing("dead_air", "s", why)
    return Measure("dead_air", "s", float(sum(p.silence.duration for p in long if p.kind == "dead_air")))


def _monologues(conversation: Conversation, why: str | None) -> tuple[Moment, ...]:
    """Return the agent's turns of a minute and more that were heard well and hold no check of understanding."""
    if why is not None:
        return ()
    return tuple(
        Moment(
            "monologue",
            "agent",
            turn.interval,
            " ".join(word.text for word in turn.words[:16]),
            UNBROKEN if conversation.agent_alone else 0.8,
            MappingProxyType({"turn": index, "seconds": round(turn.interval.duration, 1)}),
        )
        for index, turn in enumerate(conversation.turns)
        if turn.role == "agent"
        and turn.kind == "turn"
        and turn.interval.duration >= MONOLOGUE - 1e-6
        and clearly(turn.words)
        and not is_check(turn.text)
        and not reads_required_text(turn.text)
    )
