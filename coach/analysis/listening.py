"""Listening in words: saying it back, asking, repair."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import ClassVar, Final

from coach.analysis import repair
from coach.analysis.acts import LIKELY, agent_acts, moment
from coach.analysis.counting import counts, unmet
from coach.analysis.protocol import versioned
from coach.analysis.reading import Reading, merged, read
from coach.analysis.text import Token
from coach.conversation import Conversation, Findings, Measure, Moment

KINDS: Final = (
    "paraphrase",
    "recap",
    "echo",
    "clarifying_question",
    "check_understanding",
    "open_question",
    "closed_question",
    "verification_question",
    "closing_question",
    "asked_to_repeat",
)
_MERGED: Final = frozenset({"paraphrase", "recap", "echo"})
_COUNTED: Final = MappingProxyType(
    {
        "open_questions": "open_question",
        "closed_questions": "closed_question",
        "asked_to_repeat": "asked_to_repeat",
    }
)
_AGAINST_CUSTOMER: Final = MappingProxyType(
    {"paraphrases": "paraphrase", "clarifying_questions": "clarifying_question"}
)
_CUSTOMERS: Final = MappingProxyType({"customer_repeats": "customer_repeat"})


_OF_THEIRS: Final = frozenset({"paraphrase", "echo", "clarifying_question"})
"""Kinds that are about what the customer said: nothing shows them where the customer was not recorded."""


class Listening:
    """Finds what the agent gives back and asks, and what the customer has to say twice."""

    name: ClassVar[str] = "listening"
    requires: ClassVar[frozenset[str]] = frozenset({"agent", "words"})
    versions: ClassVar[Mapping[str, int]] = versioned(
        (*KINDS, "customer_repeat", *_COUNTED, *_AGAINST_CUSTOMER, *_CUSTOMERS),
        customer_repeat=2,
        customer_repeats=2,
        closing_question=2,
        recap=2,
    )

    def analyze(self, conversation: Conversation) -> Findings:
        """Return moments and counts of listening in words."""
        if why := unmet(conversation, self.requires):
            names = (*_AGAINST_CUSTOMER, *_COUNTED, *_CUSTOMERS)
            return Findings(tuple(Measure.missing(name, "count", why) for name in names))
        reading = read(conversation)
        moments = (*_agents(reading), *_repeats(reading))
        # What was said to somebody else before is a finding about the organisation, and no repeat in this call.
        here = [m for m in moments if not m.evidence.get("elsewhere")]
        measures = (
            *counts(conversation, here, _AGAINST_CUSTOMER, of="agent", context=True),
            *counts(conversation, here, _COUNTED, of="agent"),
            *counts(conversation, here, _CUSTOMERS, of="customer"),
        )
        return Findings(measures) + Findings(moments=tuple(moments))


def _agents(reading: Reading) -> Iterable[Moment]:
    found: dict[str, list[Moment]] = {kind: [] for kind in KINDS}
    for said, acts in agent_acts(reading.conversation):
        for kind, confidence in acts.items():
            if kind in found and not (reading.conversation.agent_alone and kind in _OF_THEIRS):
                more = {"checks_need": said.view.has("met_need")} if kind == "closing_question" else {}
                found[kind].append(moment(reading, said, kind, confidence, **more))
    for kind, moments in found.items():
        yield from merged(moments, reading.conversation) if kind in _MERGED else moments


NEAR: Final = 2
"""Turns back in which a story may still be going on."""


def _repeats(reading: Reading) -> Iterable[Moment]:
    """Yield the customer's repeats: in this call, and of what was told to somebody else before."""
    turns = reading.conversation.turns
    waiting: list[tuple[int, Sequence[Token]]] = []
    told = repair.Told()
    heard: list[int] = []
    asked: set[int] = {
        index for said, acts in agent_acts(reading.conversation) if "asked_to_repeat" in acts for index in (said.turn,)
    }
    for turn, parts in reading.customer_by_turn.items():
        prompted = any(turns[index].end <= turns[turn].end and turn - index in (1, 2) for index in asked)
        # The turn before this one may be the same story going on: a repeat goes further back.
        while waiting and turn - waiting[0][0] > NEAR:
            index, tokens = waiting.pop(0)
            told.add(tokens)
            heard.append(index)
        for said in parts:
            repeat = repair.customer_repeat(said.view, told, asked=prompted)
            if repeat is not None and repeat.confidence >= LIKELY:
                evidence: dict[str, object] = {"elsewhere": repeat.elsewhere, "turn": turn}
                if repeat.earlier is not None:
                    evidence["other_turn"] = heard[repeat.earlier]
                yield said.moment("customer_repeat", repeat.confidence, **evidence)
                break
        waiting.append((turn, tuple(token for said in parts for token in said.view.clause.tokens)))
