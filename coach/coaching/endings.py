"""What the end of a call lacked: said only of a call that did end, was heard, and had something to settle."""

from __future__ import annotations

from collections.abc import Iterator

from coach.coaching.facts import plain
from coach.coaching.ground import PARTIES, Ground
from coach.conversation import Interval

SETTLED = 90.0
"""Seconds a call must last before it is expected to end in an orderly way."""

CLOSING = 0.75
"""Share of the call after which a promise is taken to sum up."""

CLOSELY = 0.9
"""Share of both parties' speech, in the call and at its end, that must be heard to say what the end lacked."""

LAST = 5
"""Turns at the end in which people say goodbye."""

_GOODBYES = frozenset("bye goodbye good-bye bye-bye byebye".split())
_PARTING = ("take care", "have a good", "have a great", "have a nice", "have a lovely", "good night", "good bye")
_HANDED_ON = (
    "put you through",
    "putting you through",
    "get you through",
    "transfer",
    "connect you",
    "pass you",
    "hold",
)


def lacking(ground: Ground) -> Iterator[tuple[str, float, int]]:
    """Yield what was missing: ``no_recap`` or ``no_close``, how surely, and the customer's turn it is about."""
    end = max((turn.end for turn in ground.conversation.turns), default=0.0)
    if not ground.heard or not ground.stories or end < SETTLED or not _parted(ground):
        return
    close = Interval(CLOSING * end, end)
    shares = [ground.conversation.heard(role, within) for role in PARTIES for within in (None, close)]
    sure = min(share if share is not None else 0.0 for share in shares)
    if sure < CLOSELY or not all(ground.understood(role) for role in PARTIES):
        return
    story = ground.stories[-1][0]
    # Even a doubtful find speaks against calling it absent; so does a promise near the end.
    late = [m for _, m in ground.moments("commitment", sure=0.0) if m.end >= close.start]
    agreed = ground.moments("ownership", "option", "commitment")
    if agreed and not late and not ground.moments("recap", sure=0.0):
        yield "no_recap", sure, story
    if not ground.moments("closing_question", sure=0.0):
        yield "no_close", sure, story


def _parted(ground: Ground) -> bool:
    """Whether the recording has the call's own end: a goodbye, and nobody handed on to somebody else."""
    turns = [turn for turn in ground.conversation.turns if turn.words][-LAST:]
    said = {plain(word) for turn in turns for word in turn.words}
    lines = [" ".join(plain(word) for word in turn.words) for turn in turns]
    parted = bool(said & _GOODBYES) or any(words in line for line in lines for words in _PARTING)
    handed_on = any(words in line for line in lines for words in _HANDED_ON)
    return parted and not handed_on
