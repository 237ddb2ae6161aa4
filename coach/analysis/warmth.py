"""Empathy in words: what is named, what is promised against the worry, what was owed and did not come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import ClassVar, Final

from coach.analysis import absences
from coach.analysis.acts import Acts, agent_acts, moment
from coach.analysis.counting import counts, unmet
from coach.analysis.distress import distress, distresses, hard_call
from coach.analysis.protocol import versioned
from coach.analysis.reading import Reading, Said, merged, read
from coach.analysis.repair import is_ordeal
from coach.analysis.scripted import Memory, scripted
from coach.conversation import Conversation, Findings, Measure, Moment

_COUNTED: Final = MappingProxyType({"empathy_statements": "empathy", "apologies": "apology"})
_AGAINST_CUSTOMER: Final = MappingProxyType({"reassurances": "reassurance"})
"""What needs a worry to answer."""
KINDS: Final = (
    "empathy",
    "reassurance",
    "apology",
    "forced_apology",
    "thanks",
    "scripted",
    "distress",
    "hard_call",
    "owed_acknowledgement",
    "missed_empathy",
)
PROBLEM: Final = 8
"""Words of the customer before which no problem can have been heard, unless they tell something at once."""

TOLD: Final = 2.0
"""How much they tell then, by weight: "you sent me two bills"."""


class Empathy:
    """Finds empathy, reassurance and apologies, the customer's distress, and what was owed."""

    name: ClassVar[str] = "empathy"
    requires: ClassVar[frozenset[str]] = frozenset({"agent", "words"})
    versions: ClassVar[Mapping[str, int]] = versioned(
        (*KINDS, *_COUNTED, *_AGAINST_CUSTOMER),
        reassurance=2,
        reassurances=2,
        forced_apology=2,
        distress=2,
        hard_call=2,
        owed_acknowledgement=2,
        missed_empathy=2,
    )

    def __init__(self, memory: Memory | None = None) -> None:
        self._memory = memory

    def analyze(self, conversation: Conversation) -> Findings:
        """Return moments and counts of empathy in words."""
        if why := unmet(conversation, self.requires):
            return Findings(tuple(Measure.missing(name, "count", why) for name in (*_COUNTED, *_AGAINST_CUSTOMER)))
        reading = read(conversation)
        clauses = agent_acts(conversation)
        moments = [
            *_warm(reading, clauses),
            *_apologies(reading, clauses),
            *scripted(clauses, self._memory, alone=conversation.agent_alone),
        ]
        moments += [*distresses(reading), *hard_call(reading)]
        if conversation.two_parties:
            moments += [*absences.owed(reading), *absences.missed_empathy(reading)]
        measures = (
            *counts(conversation, moments, _COUNTED, of="agent"),
            *counts(conversation, moments, _AGAINST_CUSTOMER, of="agent", context=conversation.agent_alone),
        )
        return Findings(measures) + Findings(moments=tuple(moments))


def _warm(reading: Reading, clauses: tuple[tuple[Said, Acts], ...]) -> Iterable[Moment]:
    """Yield empathy, reassurance and thanks; reassurance knows of empathy within two turns before it."""
    for kind in ("empathy", "reassurance", "thanks"):
        found: list[Moment] = []
        for said, acts in clauses:
            if kind not in acts:
                continue
            more: dict[str, object] = {}
            if kind == "reassurance":
                more["with_empathy"] = any(
                    "empathy" in other and 0 <= said.turn - near.turn <= 4 for near, other in clauses
                )
                more["owning"] = said.view.has("owning")
            found.append(moment(reading, said, kind, acts[kind], **more))
        yield from merged(found, reading.conversation)


def _apologies(reading: Reading, clauses: tuple[tuple[Said, Acts], ...]) -> Iterable[Moment]:
    """Yield apologies for the customer's trouble, and forced ones: before it was heard, or again for the same fault."""
    made: list[Said] = []
    for said, acts in clauses:
        if "apology" not in acts:
            continue
        if made and made[-1].turn == said.turn and said.interval.start - made[-1].interval.end < 2.0:
            continue
        yield moment(reading, said, "apology", acts["apology"])
        if (forced := _forced(reading, said, made)) is not None:
            confidence, why = forced
            yield moment(reading, said, "forced_apology", confidence, why=why)
        made.append(said)


def _forced(reading: Reading, said: Said, made: list[Said]) -> tuple[float, str] | None:
    stream = reading.streams["customer"]
    heard = stream.before(said.interval.start)
    told = sum(token.weight for token in stream.tokens[:heard])
    if heard < PROBLEM and told < TOLD and reading.conversation.two_parties:
        first = list(dict.fromkeys(stream.turns[:heard]))
        clear = not said.view.troubled and all(reading.heard_there(turn, (said.turn,)) for turn in first)
        return (0.6, "before the problem was heard") if clear else None
    if not made or said.view.has("patience") or not reading.conversation.two_parties:
        return None  # what the customer may have told since is not known
    since = [part for part in reading.customer if made[-1].interval.start <= part.interval.start < said.interval.start]
    news = any(distress(part.view) > 0 or is_ordeal(part.view.clause.tokens) for part in since)
    if news or sum(part.view.form.words for part in since) >= 25:
        return None
    return (0.75 if len(made) > 1 else 0.6), "again for the same thing"
