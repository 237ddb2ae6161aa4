"""What was owed and did not come. Judged only where both parties were heard clearly."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from math import inf
from types import MappingProxyType
from typing import Final

from coach.analysis import paraphrase, regret
from coach.analysis.acts import ACKNOWLEDGES, LIKELY, REFLECTS, Acts, agent_acts
from coach.analysis.distress import distresses
from coach.analysis.reading import Reading, Said
from coach.analysis.view import View
from coach.conversation import Moment

OPENING: Final = 0.25
CLOSE: Final = 0.85
"""Parts of a call, 0 to 1, before and after which warm words are expected at distress."""

ACCOUNT: Final = 15
"""Words of a customer's turn from which it is an account."""


def owed(reading: Reading) -> Iterable[Moment]:
    """Yield the customer's reports of waiting, a transfer, an earlier contact or our error that nobody acknowledged."""
    answers = ("empathy", "apology", *REFLECTS)
    for turn, parts in reading.customer_by_turn.items():
        if any(
            said.view.has("patience") for index in reading.next_turns(turn) for said in reading.agent_by_turn[index]
        ):
            continue
        sure = [said for said in parts if said.view.has("ordeals", "feelings")]
        if sure:
            confidence = 0.75 if len(sure) > 1 or len(parts) > 1 else 0.7
            yield from _absence(reading, turn, "owed_acknowledgement", confidence, answers)


def missed_empathy(reading: Reading) -> Iterable[Moment]:
    """Yield the customer's turns of distress, where warm words belong, that got none in the next two agent turns."""
    turns = reading.conversation.turns
    seen: set[int] = set()
    for moment in distresses(reading):
        turn = int(str(moment.evidence["turn"]))
        if turn in seen or moment.confidence < 0.6:
            continue
        seen.add(turn)
        first = reading.customer_by_turn[turn][0]
        account = len(turns[turn].words) >= ACCOUNT or _goes_on(reading, turn)
        if first.place <= OPENING or first.place >= CLOSE or account or _bad_news(reading, turn):
            # What they cannot do, given back in so many words, is acknowledged too.
            answers = (*ACKNOWLEDGES, *REFLECTS)
            yield from _absence(reading, turn, "missed_empathy", min(0.85, moment.confidence), answers)


def _goes_on(reading: Reading, turn: int) -> bool:
    """Whether a turn goes on with an account that the agent had hardly answered yet."""
    turns = reading.conversation.turns
    before = max((index for index in reading.customer_by_turn if index < turn), default=None)
    if before is None or len(turns[before].words) < ACCOUNT:
        return False
    return sum(len(turns[index].words) for index in reading.agent_by_turn if before < index < turn) <= HARDLY


DOUBT: Final = 1.0
"""What doubt about the words takes from how near to a reflection a clause may come and still be none."""

# Of warmth no doubt is kept: whoever answers a worry is always a little warm by what tells it.
_JUDGES: Final[Mapping[str, Callable[[View], float]]] = MappingProxyType(
    {
        "paraphrase": paraphrase.saying_back,  # an echo too
        "apology": regret.apology,
    }
)

HARDLY: Final = 8
"""Words of the agent after which an account may still be going on."""


def _bad_news(reading: Reading, turn: int) -> bool:
    """Whether the agent had just said no, or named a sum that is due."""
    before = [index for index in reading.agent_by_turn if index < turn]
    if not before:
        return False
    return any(said.view.has("bad_news") or said.view.has("firm") for said in reading.agent_by_turn[before[-1]])


def _absence(reading: Reading, turn: int, kind: str, confidence: float, answers: Sequence[str]) -> Iterable[Moment]:
    following = reading.next_turns(turn)
    if not following or any(found(reading, index, answers) for index in following):
        return
    if not reading.heard_there(turn, following) or any(nearly(reading, index, answers) for index in following):
        return
    said = reading.conversation.turns[turn]
    evidence = {"agent_turn": following[0], "customer_turn": turn}
    # One answer only, or the call breaking off, leaves room for what might have come.
    sure = confidence if len(following) > 1 else confidence - 0.15
    yield Moment(kind, "agent", said.interval, said.text, round(max(0.0, sure), 3)).knowing(**evidence)


def found(reading: Reading, turn: int, kinds: Sequence[str]) -> bool:
    """Whether an agent's turn does any of these things."""
    return any(not set(kinds).isdisjoint(acts) for acts in acts_of_turn(reading, turn))


def nearly(reading: Reading, turn: int, kinds: Sequence[str], *, until: float = inf) -> bool:
    """Whether an agent's turn has a clause that may be one of these things: the more, the less its words are sure."""
    right = reading.conversation.understood("agent", reading.conversation.turns[turn].interval)
    least = LIKELY - DOUBT * (1.0 - (1.0 if right is None else right))
    said = (part for part in reading.agent_by_turn.get(turn, ()) if part.interval.start < until)
    return any(almost(part, kinds) >= least for part in said)


def almost(said: Said, kinds: Sequence[str]) -> float:
    """Return how surely a clause is the surest of these kinds, also where that is less than likely."""
    return max((_JUDGES[kind](said.view) for kind in kinds if kind in _JUDGES), default=0.0)


def acts_of_turn(reading: Reading, turn: int) -> tuple[Acts, ...]:
    """Return what the clauses of an agent's turn do."""
    return tuple(acts for said, acts in agent_acts(reading.conversation) if said.turn == turn)
