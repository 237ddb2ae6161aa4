"""The customer's trouble: distress named, a call that is hard on the agent, an ordeal that is owed a word."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from coach.analysis import lexicons
from coach.analysis.acts import LIKELY
from coach.analysis.reading import Reading, merged
from coach.analysis.view import View
from coach.conversation import Moment

_SELF: Final = frozenset("i i'm i've i'd me my we we're we've our us it it's this that's".split())
_OTHERS: Final = frozenset("aren't isn't not no don't wasn't never".split())


def distress(view: View) -> float:
    """Return how surely a customer's clause names a bad feeling or a consequence, or swears, 0 to 1."""
    norms = view.clause.norms
    if view.has("consequences", "feelings"):
        return 0.75
    bad = lexicons.words("feelings", "bad")
    at = [index for index, norm in enumerate(norms) if norm in bad]
    felt = [i for i in at if not _denied(norms, i) and not _excused(norms, i)]
    swears = view.count("swearing")
    if felt:
        own = bool(set(norms) & _SELF)
        return min(0.95, 0.55 + 0.2 * own + 0.1 * (len(felt) > 1) + 0.15 * bool(swears))
    if swears:
        return 0.7
    return 0.0


def _denied(norms: tuple[str, ...], index: int) -> bool:
    """Whether a feeling is said not to be there: "I'm not, like, you know, terrified"."""
    if "than" in norms[max(0, index - FAR) : index]:  # "lower than I was afraid it would be"
        return True
    for norm in reversed(norms[max(0, index - FAR) : index]):
        if norm in _OTHERS:
            return True
        if norm in _SELF or norm in ("but", "and", "because", "so"):
            return False
    return False


FAR: Final = 6
"""Words back in which a feeling may be denied."""


def _excused(norms: tuple[str, ...], index: int) -> bool:
    """Whether a word of feeling is used in another sense: "hurt to ask", "sick leave", "stuck to the door"."""
    after = norms[index + 1 : index + 2]
    return (norms[index], *after) in {
        ("sick", "leave"),
        ("stuck", "to"),
        ("stuck", "shut"),
        ("stuck", "open"),
        ("lost", "the"),
        ("tired", "meter"),
        ("hurt", "to"),
    }


def distresses(reading: Reading) -> tuple[Moment, ...]:
    """Return the moments at which the customer's words show distress; said again, they are surer."""
    found: list[Moment] = []
    for said in reading.customer:
        confidence = distress(said.view)
        if confidence >= LIKELY:
            again = any(moment.evidence.get("turn") != said.turn for moment in found)
            found.append(said.moment("distress", min(0.98, confidence + 0.05 * again), turn=said.turn))
    return merged(found, reading.conversation)


REFUSED: Final = 2
"""Offers turned down, one after another, from which a customer refuses every option."""


SHOUTED: Final = 0.65
"""Confidence that words written in capitals were shouted."""

LOUD: Final = 4
"""Words in capitals, of two letters and more, from which somebody shouts."""


def _shouts(said: str) -> bool:
    """Whether a clause is written in capitals, as whoever writes a transcript marks shouting."""
    words = [word for word in said.split() if sum(letter.isalpha() for letter in word) > 1]
    return len(words) >= LOUD and all(word.isupper() for word in words)


def hard_call(reading: Reading) -> Iterable[Moment]:
    """Yield one moment for a customer who insults, threatens, shouts or turns down everything: the surest of them."""
    found: list[Moment] = []
    refused = 0
    offered = [said.interval.start for said in reading.agent if said.view.has("options") or said.view.has("acting")]
    capitals = not any(said.text != said.text.upper() for said in (*reading.customer, *reading.agent))
    for said in reading.customer:
        view = said.view
        if view.has("insults", "feelings"):
            found.append(said.moment("hard_call", 0.85, turn=said.turn, why="insult"))
        elif view.has("threats", "feelings"):
            found.append(said.moment("hard_call", 0.75, turn=said.turn, why="threat"))
        elif _shouts(said.text) and not capitals:
            found.append(said.moment("hard_call", SHOUTED, turn=said.turn, why="shouts"))
        elif view.has("accepting", "feelings") and not view.has("refusals", "feelings"):
            refused = 0
        elif view.has("refusals", "feelings") and any(start < said.interval.start for start in offered):
            refused += 1
            if refused >= REFUSED:
                confidence = min(0.85, 0.45 + 0.1 * refused)
                found.append(said.moment("hard_call", confidence, turn=said.turn, why="refuses every option"))
    if found:
        surest = max(found, key=lambda moment: moment.confidence)
        yield surest.knowing(times=len(found))
