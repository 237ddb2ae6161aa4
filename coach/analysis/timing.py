"""Who talked how long, how long answers took, and what the silences were."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import median
from types import MappingProxyType
from typing import ClassVar

from coach.analysis.phrases import is_check, is_hold_announcement, reads_required_text
from coach.analysis.reasons import NO_SPEECH, NO_WORDS, NOT_TIMED, needs_timing
from coach.conversation import (
    Conversation,
    Findings,
    Interval,
    Measure,
    Moment,
    Party,
    Role,
    Timeline,
    Turn,
    Word,
    complement,
    total,
    union,
)

MONOLOGUE = 60.0
DEAD_AIR = 5.0
FLAGGED = 10.0
ANNOUNCED_WITHIN = 10.0
CHECK_IN = 120.0
HEARD_ENOUGH = 0.6
"""Share of the agent's last words heard clearly from which "nobody announced it" can be said with confidence."""


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
            "monologue": 1,
            "hold": 1,
        }
    )

    def analyze(self, conversation: Conversation) -> Findings:
        """Return the measures of talk and silence, and moments for monologues, holds and dead air."""
        why = needs_timing(conversation)
        silences = _silences(conversation)
        moments = _monologues(conversation) + (_pauses(conversation, silences) if why is None else ())
        return Findings(
            (
                *_talk(conversation, why),
                _silence_ratio(conversation),
                _patience(conversation, why),
                _longest(conversation, "longest_monologue", "agent", why),
                _longest(conversation, "longest_customer_story", "customer", why),
                _dead_air(conversation, moments, why),
                _longest_silence(conversation, silences),
            ),
            tuple(sorted(moments, key=lambda m: (m.start, m.end))),
        )


def _talk(conversation: Conversation, why: str | None) -> tuple[Measure, ...]:
    names = ("talk_ratio", "talk_share_agent", "talk_share_customer", "overlap_ratio")
    agent, customer = conversation.party("agent"), conversation.party("customer")
    if why is not None or agent is None or customer is None:
        return tuple(Measure.missing(name, "ratio", why or NO_SPEECH) for name in names)
    spoken = total(agent.stretches), total(customer.stretches)
    whole = conversation.duration
    empty = "the recording has no length"
    return (
        Measure.ratio("talk_ratio", spoken[0], sum(spoken), empty=NO_SPEECH),
        Measure.ratio("talk_share_agent", spoken[0], whole, empty=empty),
        Measure.ratio("talk_share_customer", spoken[1], whole, empty=empty),
        Measure.ratio("overlap_ratio", conversation.overlap, whole, empty=empty),
    )


def _everyone(conversation: Conversation) -> Timeline:
    return union(*(party.stretches for party in conversation.parties))


def _silence_ratio(conversation: Conversation) -> Measure:
    if not conversation.timed:
        return Measure.missing("silence_ratio", "ratio", NOT_TIMED)
    silent = conversation.duration - total(_everyone(conversation))
    return Measure.ratio("silence_ratio", silent, conversation.duration, empty="the recording has no length")


def _patience(conversation: Conversation, why: str | None) -> Measure:
    """Return the median gap between the end of a customer's turn and the agent's that answers it."""
    if why is not None:
        return Measure.missing("patience", "s", why)
    gaps = []
    last: Turn | None = None
    for turn in conversation.turns:
        if turn.kind != "turn":
            continue
        if last is not None and turn.role == "agent" and last.role == "customer" and turn.start > last.end:
            gaps.append(turn.start - last.end)
        if last is None or turn.end > last.end:
            last = turn
    if not gaps:
        return Measure.missing("patience", "s", "the agent never answered after a gap")
    return Measure("patience", "s", median(gaps), denominator=len(gaps))


def _longest(conversation: Conversation, name: str, role: Role, why: str | None) -> Measure:
    spans = [turn.interval.duration for turn in conversation.turns if turn.role == role and turn.kind == "turn"]
    if why is not None or not spans:
        return Measure.missing(name, "s", why or NO_SPEECH)
    return Measure(name, "s", max(spans))


def _silences(conversation: Conversation) -> Timeline:
    """Return the mutual silences between first and last speech."""
    speech = _everyone(conversation)
    if not conversation.timed or not speech:
        return ()
    return complement(speech, Interval(speech[0].start, speech[-1].end))


def _longest_silence(conversation: Conversation, silences: Timeline) -> Measure:
    if not conversation.timed:
        return Measure.missing("longest_silence", "s", NOT_TIMED)
    if not _everyone(conversation):
        return Measure.missing("longest_silence", "s", NO_SPEECH)
    return Measure("longest_silence", "s", max((silence.duration for silence in silences), default=0.0))


def _dead_air(conversation: Conversation, moments: tuple[Moment, ...], why: str | None) -> Measure:
    agent = conversation.party("agent")
    if why is not None or agent is None:
        return Measure.missing("dead_air", "s", why or NO_SPEECH)
    if not agent.words:
        return Measure.missing("dead_air", "s", f"{NO_WORDS}, so an announced hold cannot be told from dead air")
    return Measure("dead_air", "s", sum(m.interval.duration for m in moments if m.kind == "dead_air"))


def _monologues(conversation: Conversation) -> tuple[Moment, ...]:
    """Return the agent's turns of a minute and more without a check of understanding."""
    return tuple(
        Moment(
            "monologue",
            "agent",
            turn.interval,
            " ".join(word.text for word in turn.words[:16]),
            0.8,
            MappingProxyType({"turn": index, "seconds": round(turn.interval.duration, 1)}),
        )
        for index, turn in enumerate(conversation.turns)
        if conversation.timed
        and turn.role == "agent"
        and turn.kind == "turn"
        and turn.interval.duration >= MONOLOGUE
        and not is_check(turn.text)
        and not reads_required_text(turn.text)
    )


def _pauses(conversation: Conversation, silences: Timeline) -> tuple[Moment, ...]:
    """Return a hold or dead air for each mutual silence of five seconds and more."""
    agent = conversation.party("agent")
    if agent is None or not agent.words:
        return ()
    return tuple(_pause(conversation, agent, silence) for silence in silences if silence.duration >= DEAD_AIR)


def _pause(conversation: Conversation, agent: Party, silence: Interval) -> Moment:
    since = max(0.0, silence.start - ANNOUNCED_WITHIN)
    before = [word for word in agent.words if since <= word.end and word.start < silence.start]
    announced = " ".join(word.text for word in before)
    seconds = silence.duration
    if is_hold_announcement(announced):
        evidence = MappingProxyType({"seconds": round(seconds, 3), "checked_in": seconds <= CHECK_IN})
        first = _announcement(before)
        announced = " ".join(word.text for word in before[first:])
        return Moment("hold", "agent", Interval(before[first].start, silence.end), announced, 0.85, evidence)
    heard = conversation.heard("agent", Interval(since, silence.start))
    sure = 0.85 if before and (heard is None or heard >= HEARD_ENOUGH) else 0.5
    evidence = MappingProxyType({"seconds": round(seconds, 3), "flagged": seconds >= FLAGGED})
    return Moment("dead_air", "agent", silence, "", sure, evidence)


def _announcement(words: Sequence[Word]) -> int:
    """Return the index where the sentence that announces a hold begins."""
    first = len(words) - 1
    while first > 0 and not is_hold_announcement(" ".join(word.text for word in words[first:])):
        first -= 1
    while first > 0 and not words[first - 1].text.endswith((".", "?", "!")):
        first -= 1
    return first
