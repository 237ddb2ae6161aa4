"""An utterance as a whole: by what means its clauses are warm together, and what they answer.

One clause or many: a report judges clauses, labelled dialogue whole messages. The features are counts and shares of
word classes and ways of saying it (``models/lexicons/warmth.toml``), persons, questions, and what the other party told.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import log1p
from typing import Final

from coach.analysis import lexicons
from coach.analysis.calibration import Features
from coach.analysis.view import View

_CLASSES: Final = tuple(
    "fear sadness anger overload toughness joy praise betterment belief normality hedge advice wishing intensity "
    "sharing sensing knowing inability".split()
)
_ANSWERED: Final = tuple(
    "fear sadness anger overload toughness joy praise betterment plans agreeing thankful inability".split()
)
_SAME: Final = ("fear", "sadness", "anger", "overload")
_WAYS: Final[Mapping[str, tuple[str, ...]]] = {
    "phrases": tuple(
        "understanding plain_empathy hearsay_understanding reassuring encouraging allaying advising acting greeting "
        "thanking apologising not_to_worry restating proposing willing".split()
    ),
    "warmth": tuple(
        "sensing_you would_be seems_you seems_so hard_to sorry_for sorry_bare understand_bare understandable you_feel "
        "i_know me_too interjecting we_all not_right a_lot sure_that you_will good_idea good_for_you heartening "
        "parting you_are deserving not_alone agreed_with saving_grace glad_for_you says_a_lot proposing_too own_past "
        "circumstance anyone_would you_sound grieving i_know_it not_hard spared mendable feared".split()
    ),
}
_PERSONS: Final[Mapping[str, frozenset[str]]] = {
    "you": frozenset("you you're you've you'd you'll your yours yourself".split()),
    "i": frozenset("i i'm i've i'd i'll me my mine myself".split()),
    "it": frozenset("it it's that that's this its".split()),
    "third": frozenset("he she they him her them his their he's she's they're".split()),
}
LATELY: Final = 25
"""Words of the other party that are the very last ones."""

MOST: Final = 4
"""How often a class of words counts."""


def features(parts: Sequence[View]) -> Features:
    """Return what tells whether an utterance is warm, of the views of its clauses; empty when it says nothing."""
    parts = [part for part in parts if part.clause.norms]
    if not parts:
        return {}
    norms = [norm for part in parts for norm in part.clause.norms]
    found = {"clauses": log1p(len(parts)), "words": log1p(len(norms))}
    found |= _classes(norms) | _persons(parts, norms) | _together(parts) | _asking(parts) | _before(parts[0], norms)
    for file, ways in _WAYS.items():
        for way in ways:
            hits = [part.has(way, file) for part in parts]
            if any(hits):
                said = sum(part.form.words for part, hit in zip(parts, hits, strict=True) if hit)
                found[f"says_{way}"] = said / len(norms)
                found[f"first_{way}"] = float(hits[0])
    own = sum(part.shared.own for part in parts)
    common = sum(part.shared.weight for part in parts)
    return found | {"shared": log1p(common), "share": common / own if own else 0.0, "own": log1p(own)}


@cache
def _members(*names: str) -> frozenset[str]:
    return frozenset().union(*(lexicons.words("warmth", name) for name in names))


def _classes(norms: Sequence[str]) -> dict[str, float]:
    counted = {name: sum(norm in _members(name) for norm in norms) for name in _CLASSES}
    found = {f"share_{name}": count / len(norms) for name, count in counted.items()}
    return found | {f"some_{name}": min(MOST, count) / MOST for name, count in counted.items()}


def _persons(parts: Sequence[View], norms: Sequence[str]) -> dict[str, float]:
    found = {f"words_{who}": sum(norm in words for norm in norms) / len(norms) for who, words in _PERSONS.items()}
    for who in ("you", "i", "it"):
        found[f"heads_{who}"] = sum(part.form.person == who for part in parts) / len(parts)
        found[f"opens_{who}"] = float(parts[0].form.person == who)
    return found


def _asking(parts: Sequence[View]) -> dict[str, float]:
    asks = [float(part.form.marked or part.form.inverted or bool(part.form.question_word)) for part in parts]
    return {"asks": max(asks), "asks_share": sum(asks) / len(asks), "asks_last": asks[-1]}


def _together(parts: Sequence[View]) -> dict[str, float]:
    """Return what stands together in one clause: a feeling and "you", praise and "that"."""
    worn = _members("fear", "sadness", "anger", "overload")
    hard = worn | _members("toughness")
    you, me = _PERSONS["you"], _PERSONS["i"]
    found: dict[str, float] = {}
    for part in parts:
        norms, line, person = frozenset(part.clause.norms), part.clause.line, part.form.person
        facts = {
            "feeling_of_you": bool(norms & you and norms & worn),
            "feeling_of_me": bool(person == "i" and norms & worn),
            "hard_it": bool(person == "it" and norms & hard),
            "hard_for_all": bool(norms & hard and not norms & (you | me)),
            "hard_to_do": bool(person == "it" and "to" in norms and norms & hard),
            "praise_of_you": bool(norms & you and norms & _members("praise")),
            "praise_of_it": bool(person == "it" and norms & _members("praise")),
            "belief_in_you": bool(person == "i" and norms & you and norms & _members("belief")),
            "will": "will" in norms or any(norm.endswith("'ll") for norm in norms),
            "you_can": "you can" in line,
            "must": "must" in norms,
            "sorry": "sorry" in norms,
            "sounds_so": person == "it" and not norms.isdisjoint(("sounds", "sound", "seems")),
            "sounds_you": bool(norms & you) and not norms.isdisjoint(("sounds", "sound", "seems", "seem")),
            "feel_you": bool(norms & you) and not norms.isdisjoint(("feel", "feels", "feeling", "feelings", "felt")),
        }
        for name, true in facts.items():
            found[name] = min(2.0, found.get(name, 0.0) + true)
    return found


def _before(first: View, norms: Sequence[str]) -> dict[str, float]:
    """Return what is answered: how much was told, and with what words."""
    told = first.before.norms
    late = told[-LATELY:]
    found = {"told": len(told) / 60, "was_asked": float(first.before.asks), "distress": first.distress}
    for name in _ANSWERED:
        members = _members(name)
        found[f"told_{name}"] = float(min(MOST, sum(norm in members for norm in told)))
        found[f"late_{name}"] = float(min(MOST, sum(norm in members for norm in late)))
    for name in _SAME:
        members = _members(name)
        found[f"same_{name}"] = float(any(n in members for n in norms) and any(n in members for n in told))
    return found
