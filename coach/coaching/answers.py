"""What an answer to a customer did: what was heard in it, what was not there, and what else is worth a word."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from coach.coaching.customers import Customer, Guide
from coach.coaching.sentences import HEARD
from coach.conversation import UNDERSTOOD, Conversation, Findings, Moment

KINDS: Mapping[str, str] = MappingProxyType(
    {
        "paraphrase": "said_back",
        "recap": "said_back",
        "echo": "echo",
        "empathy": "acknowledged",
        "reassurance": "reassured",
        "clarifying_question": "asked",
        "ownership": "owned",
        "commitment": "owned",
        "option": "owned",
    }
)
"""What each kind of moment is heard as."""

MET_BY: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "said_back": frozenset({"said_back", "echo"}),
        "acknowledged": frozenset({"acknowledged", "reassured"}),
        "room": frozenset({"room"}),
    }
)
"""What meets each thing that a customer's words may call for."""

SURE = 0.5
"""Confidence from which something was heard."""

MOST_QUOTED = 24
"""Words of a quotation."""

BRIEF = 12
"""Words that leave somebody room to go on; what is longer takes the floor."""

OFTEN = 3
"""Times of saying sorry in one breath that are more than one meant; two, where nothing says what for."""

LIGHT = "joy"
"""The family of feelings that are manners in a plain answer: "happy to", "glad you asked"."""

_SORRY = re.compile(r"\b(sorry|apologi[sz]e|apologi[sz]ing|apologies|apology)\b")
_CANNOT = re.compile(
    r"\b(i|we) (can't|cannot|can not|won't|am not able|are not able)\b|\b(i'm|we're) (not able|unable)\b"
)
_OF_THEM = frozenset("you you're you've your that that's this it it's must how what".split())
_NOT_OF_THEM = frozenset("i i'm i'd i've we we're".split())
_TAKES_OVER = frozenset({"ownership", "commitment", "option", "verification_question", "closed_question", "blame"})


@dataclass(frozen=True, slots=True)
class Remark:
    """One thing about an answer: its kind, and the words of the answer that it rests on, empty for all of them."""

    kind: str
    said: str = ""


@dataclass(frozen=True, slots=True)
class Feedback:
    """What came of an answer.

    Attributes:
        said: The answer; masked.
        heard: What was in it, in the order of ``HEARD``.
        missed: What the customer's words call for and was not in it.
        noted: What else is worth a word, the first being the one to tell.
        clear: Whether it was heard clearly enough to say that something was not there.
    """

    said: str
    heard: tuple[Remark, ...]
    missed: tuple[str, ...]
    noted: tuple[Remark, ...]
    clear: bool = True

    @property
    def kinds(self) -> tuple[str, ...]:
        """What was heard, without the words."""
        return tuple(remark.kind for remark in self.heard)


def feedback(customer: Customer, guide: Guide, conversation: Conversation, findings: Findings) -> Feedback:
    """Return what an answer did.

    Args:
        customer: Who was answered.
        guide: What answers are held against.
        conversation: The customer's words and the answer to them.
        findings: What the analysers found in it.
    """
    agent = conversation.party("agent")
    words = agent.words if agent is not None else ()
    said = " ".join(word.text for word in words)
    right = conversation.understood("agent")
    answer = _Answer(customer, guide, said, tuple(m for m in findings.moments if m.role == "agent"))
    heard, clear = answer.heard(), right is None or right >= UNDERSTOOD
    missed = tuple(c for c in customer.calls_for if clear and MET_BY[c].isdisjoint(r.kind for r in heard))
    noted = tuple(answer.noted(heard))
    if customer.plain and not noted and said:
        heard = (Remark("to_the_point"),)
    elif customer.plain:
        heard = ()
    return Feedback(said, heard, missed, noted, clear)


def new_in(second: Iterable[str], first: Iterable[str]) -> tuple[str, ...]:
    """Return what is heard in one answer and not in another, in the order in which it is told."""
    came = set(second) - set(first)
    return tuple(kind for kind in HEARD if kind in came)


@dataclass(frozen=True)
class _Answer:
    """An answer with everything that tells what it did."""

    customer: Customer
    guide: Guide
    said: str
    moments: Sequence[Moment]

    def heard(self) -> tuple[Remark, ...]:
        found: dict[str, Remark] = {}
        against = [m.interval for m in self.moments if m.kind in ("blame", "firm_we") and m.confidence >= SURE]
        for moment in self.moments:
            if any(moment.interval & span for span in against):
                continue  # what lays it at their door gives nothing back and comforts nobody
            kind = self._kind(moment)
            if kind is not None:
                found.setdefault(kind, Remark(kind, _cut(moment.text)))
        if "said_back" in found:
            found.pop("echo", None)
        if "room" in self.customer.calls_for and self._leaves_room():
            found["room"] = Remark("room", _cut(self.said))
        return tuple(found[kind] for kind in HEARD if kind in found)

    def noted(self, heard: Sequence[Remark]) -> Iterator[Remark]:
        """Yield what else is worth a word, the most worth first."""
        kinds = {remark.kind for remark in heard}
        found = [*self._of_moments("blame"), *self._wrong_feeling(), *self._formulas(), *self._sorry(kinds)]
        if self.customer.plain and (self._formulas() or self._sorry(kinds) or self._warm() or self._heavy()):
            yield Remark("not_needed")
        yield from found
        yield from self._of_moments("firm_we", "policy")
        if len(self.said.split()) > (self.guide.plain if self.customer.plain else self.guide.longest):
            yield Remark("long")
        owed = {"said_back", "acknowledged"} & set(self.customer.calls_for)
        met = frozenset().union(*(MET_BY[name] for name in owed))
        if owed and not found and met.isdisjoint(kinds) and self.said:
            yield Remark("solved_first")

    def _kind(self, moment: Moment) -> str | None:
        if moment.confidence < SURE:
            return None
        kind = KINDS.get(moment.kind)
        if (moment.kind == "apology" and self._for_something(moment)) or self._thanks_for_staying(moment):
            kind = "acknowledged"
        formula = kind in ("acknowledged", "reassured") and self._is_formula(moment.text)
        if kind == "reassured" and _CANNOT.search(moment.text.lower().replace("’", "'")):
            return None  # what we cannot do takes no worry away
        strange = kind == "acknowledged" and any(self._strange(moment.text))
        return None if formula or strange else kind

    def _for_something(self, moment: Moment) -> bool:
        """Whether an apology says what for, and is not one of many."""
        return len(_plain(moment.text)) > BARE_SORRY and len(_SORRY.findall(self.said.lower())) < OFTEN

    def _thanks_for_staying(self, moment: Moment) -> bool:
        """Whether thanks are for what they went through or told: that acknowledges it."""
        line = " ".join(_plain(moment.text))
        return moment.kind == "thanks" and any(phrase in line for phrase in self.guide.thanks)

    def _leaves_room(self) -> bool:
        words = _plain(self.said)
        if not words or len(words) > BRIEF or any(m.kind in _TAKES_OVER for m in self.moments):
            return False
        line = f" {' '.join(words)} "
        asked = any(m.kind in ("open_question", "clarifying_question") for m in self.moments)
        return asked or any(f" {phrase} " in line for phrase in self.guide.room)

    def _warm(self) -> bool:
        kinds = ("empathy", "apology", "reassurance")
        return any(m.kind in kinds and m.confidence >= SURE for m in self.moments)

    def _heavy(self) -> bool:
        """Whether a bad feeling is named at all."""
        words = _plain(self.said)
        return any(self._family(words, at)[0] not in (None, LIGHT) for at in range(len(words)))

    def _of_moments(self, kind: str, name: str | None = None) -> list[Remark]:
        found = [m for m in self.moments if m.kind == kind and m.confidence >= SURE]
        return [Remark(name or kind, _cut(m.text)) for m in found[:1]]

    def _is_formula(self, text: str) -> bool:
        line = f" {' '.join(_plain(text))} "
        return any(f" {formula} " in line for formula in self.guide.formulas)

    def _formulas(self) -> list[Remark]:
        found = (_written(self.said, formula) for formula in self.guide.formulas)
        return [Remark("formula", written) for written in found if written][:1]

    def _sorry(self, kinds: set[str]) -> list[Remark]:
        times = len(_SORRY.findall(self.said.lower()))
        often = times >= (2 if "acknowledged" not in kinds else OFTEN)
        return [Remark("forced_apology")] if often else []

    def _wrong_feeling(self) -> list[Remark]:
        return [Remark("wrong_feeling", word) for word in self._strange(self.said)][:1]

    def _strange(self, text: str) -> Iterator[str]:
        """Yield words for feelings, said of the customer, that the customer's words do not tell of."""
        if self.customer.feelings is None or self.customer.plain:
            return
        words = _plain(text)
        for at in range(len(words)):
            family, word = self._family(words, at)
            before = words[max(0, at - 6) : at]
            of_them = not _OF_THEM.isdisjoint(before) and _NOT_OF_THEM.isdisjoint(before[-3:])
            if family is not None and family not in self.customer.feelings and of_them:
                yield word

    def _family(self, words: Sequence[str], at: int) -> tuple[str | None, str]:
        for family, members in self.guide.feelings.items():
            for member in members:
                size = member.count(" ") + 1
                if " ".join(words[at : at + size]) == member:
                    return family, member
        return None, ""


BARE_SORRY = 4
"""Words of an apology that says no more than that: "I'm so very sorry"."""


def _plain(text: str) -> list[str]:
    return re.findall(r"[a-z0-9$\[][a-z0-9'\-\]]*", text.lower().replace("’", "'"))


def _written(text: str, phrase: str) -> str:
    """Return a plain phrase as it stands in a text, empty where it does not."""
    shaped = re.escape(phrase).replace(r"\ ", r"[\W_]+").replace("'", "['’]")
    found = re.search(rf"(?<![\w']){shaped}(?![\w'])", text, re.IGNORECASE)
    return found.group() if found else ""


def _cut(text: str) -> str:
    words = text.split()
    return " ".join(words[:MOST_QUOTED]).rstrip(",;") + (" …" if len(words) > MOST_QUOTED else "")
