"""What was owed and did not come. Judged only where both parties were heard clearly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from coach.analysis import nearly
from coach.analysis.acts import ACKNOWLEDGES, REFLECTS, Acts, agent_acts
from coach.analysis.distress import distresses
from coach.analysis.memo import once
from coach.analysis.reading import Reading
from coach.conversation import Conversation, Moment

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
    if not reading.heard_there(turn, following):
        return
    if nearly.acknowledged(reading, turn, [part for index in following for part in reading.agent_by_turn[index]]):
        return
    said = reading.conversation.turns[turn]
    evidence = {"agent_turn": following[0], "customer_turn": turn}
    # One answer only, or the call breaking off, leaves room for what might have come.
    sure = nearly.sure(reading, (turn,), following, confidence if len(following) > 1 else confidence - 0.15)
    yield Moment(kind, "agent", said.interval, said.text, round(max(0.0, sure), 3)).knowing(**evidence)


def found(reading: Reading, turn: int, kinds: Sequence[str]) -> bool:
    """Whether an agent's turn does any of these things."""
    return any(not set(kinds).isdisjoint(acts) for acts in acts_of_turn(reading, turn))


def acts_of_turn(reading: Reading, turn: int) -> tuple[Acts, ...]:
    """Return what the clauses of an agent's turn do."""
    return _acts_by_turn(reading.conversation).get(turn, ())


@once
def _acts_by_turn(conversation: Conversation) -> Mapping[int, tuple[Acts, ...]]:
    found: dict[int, list[Acts]] = {}
    for said, acts in agent_acts(conversation):
        found.setdefault(said.turn, []).append(acts)
    return {turn: tuple(each) for turn, each in found.items()}
