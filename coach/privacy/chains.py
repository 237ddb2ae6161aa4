"""Pieces of one number, brought together over hesitations, corrections and the other party's "okay"."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from coach.privacy.context import MEASURED, MONTHS, flagged
from coach.privacy.cues import OPEN, Cue, counting, find_cues
from coach.privacy.numbers import FILLERS, HESITATIONS, SOUND_ALIKES, Atom, Awaited, Flag, Piece, atoms, pieces

PAUSE = 15.0
"""Longest time between two pieces of one number, in seconds: someone turns a card over."""

BETWEEN = 14
"""Most words of the same party between two pieces of one number, where all are fillers."""

STRAY = 3
"""Most other words between two pieces of three digits or more."""


AWAITED = 40.0
"""Seconds after "card number" or "PIN" in which quantities are read as digits, unless something else is named."""

_PARTS = (
    MONTHS | MEASURED | frozenset("or versus compared against plus minus times equals until between than".split())
) - {"may", "march", "am", "times"}
"""Words between numbers that make them several."""

_PASSED = FILLERS | SOUND_ALIKES.keys()
"""What does not count as other words between two pieces."""

_CONTINUES = frozenset({"card", "card?", "cvv?"})


@dataclass(frozen=True, slots=True)
class Chain:
    """One number as one party said it, in one piece or several.

    Attributes:
        speaker: Index of the lane.
        pieces: Its pieces in order.
        start: Seconds.
        end: Seconds.
        flag: What context shows it to be; empty for a bare number.
    """

    speaker: int
    pieces: tuple[Piece, ...]
    start: float
    end: float
    flag: Flag = ""

    @property
    def digits(self) -> str:
        """All of its digits."""
        return "".join(piece.digits for piece in self.pieces)


Timed = tuple[str, float, float]
"""A word's text, its start and its end, in seconds."""


def hear(*parties: Sequence[Timed]) -> list[Lane]:
    """Return one lane a party, each party's words given in order of time."""
    lanes = [Lane(index, words) for index, words in enumerate(parties)]
    cues = sorted((cue.end, cue.kind) for lane in lanes for cue in lane.cues if cue.kind not in ("cvv?", "expiry?"))

    def awaited(at: float) -> bool:
        k = bisect_right(cues, (at + 0.1, ""))
        return k > 0 and at - cues[k - 1][0] <= AWAITED and cues[k - 1][1] in OPEN

    for lane in lanes:
        lane.link(sorted(cue.end for other in lanes if other is not lane for cue in other.ending), awaited)
    return lanes


class Lane:
    """One party's atoms, cues and chains.

    Args:
        index: Which lane.
        words: The party's words in order of time.
    """

    def __init__(self, index: int, words: Sequence[Timed]) -> None:
        self.index = index
        self.atoms: list[Atom] = atoms(words)
        self._capital = [text[:1].isupper() for text, _, _ in words]
        self.cues: list[Cue] = list(find_cues(self.atoms))
        # Only a cue that names something else ends a number; "the card, uh, the card says" does not.
        self.ending = [cue for cue in self.cues if cue.kind not in _CONTINUES]
        self._ends = {cue.first for cue in self.ending}
        self._cued = [cue.first for cue in self.cues]
        self._asked: Sequence[float] = ()
        self.chains: list[Chain] = []
        self._starts = [atom.start for atom in self.atoms]
        self._numbers: set[int] = set()
        self._first: list[int] = []
        self._fillers: set[int] = set()
        self._breaths: dict[int, int] = {}

    def link(self, asked: Sequence[float], awaited: Awaited) -> None:
        """Bring pieces together into chains.

        Args:
            asked: When the other party's cues ended, in seconds, sorted: a question begins a new number.
            awaited: Whether either party had asked for digits at a time.
        """
        self._asked = asked
        counted = counting(self.atoms)
        self._fillers = {k for k in counted if self.atoms[k].text not in FILLERS}
        taken = counted | {k for cue in self.cues for k in range(cue.first, cue.last + 1)}
        found = flagged(self.atoms, list(pieces(self.atoms, frozenset(taken), awaited)), awaited)
        self._breaths = _breaths(self.atoms, found)
        self.chains = list(self._chains(found))
        self._numbers = {k for piece in found for k in range(piece.first, piece.last + 1)} | counted
        self._first = [chain.pieces[0].first for chain in self.chains]

    def _chains(self, found: Sequence[Piece]) -> Iterator[Chain]:
        chain: list[Piece] = []
        for piece in found:
            if chain and not self._joined(chain, piece):
                yield self._chain(chain)
                chain = []
            chain.append(piece)
        if chain:
            yield self._chain(chain)

    def _chain(self, found: Sequence[Piece]) -> Chain:
        start, end = self.atoms[found[0].first].start, self.atoms[found[-1].last].end
        return Chain(self.index, tuple(found), start, max(end, start), found[0].flag)

    def _joined(self, chain: Sequence[Piece], piece: Piece) -> bool:
        last = chain[-1]
        ended, begun = self.atoms[last.last].end, self.atoms[piece.first].start
        if self.asked(ended, begun):
            return False
        if last.flag != piece.flag or last.dashed or piece.dashed:
            return False
        between = range(last.last + 1, piece.first)
        if len(between) == 0:
            return not piece.flag or not self.atoms[last.last].stop
        if piece.flag or begun - ended > PAUSE or len(between) > BETWEEN:
            return False
        if any(k in self._ends or self.atoms[k].text in _PARTS for k in between):
            return False
        stray = sum(1 for k in between if self.atoms[k].text not in _PASSED and k not in self._fillers)
        breaths = self._breaths[last.first], self._breaths[piece.first]
        return stray == 0 or (stray <= STRAY and min(breaths) >= 3)

    def capital(self, atom: int) -> bool:
        """Whether an atom's word was written with a capital."""
        return self._capital[self.atoms[atom].word]

    def asked(self, start: float, end: float) -> bool:
        """Whether the other party named another number between two times."""
        return bisect_right(self._asked, end) > bisect_right(self._asked, start)

    def cued(self, between: range) -> bool:
        """Whether a cue of this party begins among these atoms."""
        k = bisect_right(self._cued, between.start - 1)
        return k < len(self._cued) and self._cued[k] < between.stop

    def strays(self, start: float, end: float) -> int:
        """Return how many words between two times are neither digits nor fillers; a month or a unit counts many."""
        lo = bisect_right(self._starts, start)
        hi = bisect_right(self._starts, end)
        count = 0
        for k in range(lo, hi):
            text = self.atoms[k].text
            count += 100 if text in _PARTS else text not in FILLERS and k not in self._numbers
        return count

    def after(self, atom: int) -> Chain | None:
        """Return the first chain that begins after an atom."""
        k = bisect_right(self._first, atom)
        return self.chains[k] if k < len(self.chains) else None

    def between(self, chain: Chain, cue: Cue) -> list[str]:
        """Return the words between a chain and a cue that follows it."""
        return [self.atoms[k].text for k in range(chain.pieces[-1].last + 1, cue.first)]


def _breaths(at: Sequence[Atom], found: Sequence[Piece]) -> dict[int, int]:
    """Return, by a piece's first atom, how many digits were said with it in one breath."""
    sizes: dict[int, int] = {}
    run: list[Piece] = []
    for piece in [*found, None]:
        joined = bool(run) and piece is not None and piece.flag == run[-1].flag
        between = range(run[-1].last + 1, piece.first) if joined and piece is not None else ()
        if not joined or any(at[k].text not in HESITATIONS for k in between):
            size = sum(len(one.digits) for one in run)
            sizes |= {one.first: size for one in run}
            run = []
        if piece is not None:
            run.append(piece)
    return sizes


def luhn(digits: str) -> bool:
    """Whether the check digit of a payment card number fits (ISO/IEC 7812-1, annex B).

    >>> luhn("4111111111111111"), luhn("4111111111111112")
    (True, False)
    """
    total = 0
    for place, digit in enumerate(reversed(digits)):
        value = int(digit) * (2 if place % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def cadence(lane: Lane, chain: Chain) -> tuple[int, ...]:
    """Return how many digits were said before each comma, filler or breath: 3, 2, 4 for a social security number."""
    sizes = [0]
    for k, piece in enumerate(chain.pieces):
        groups = [len(group) for group in re.findall(r"\d+", lane.atoms[piece.first].text)] if piece.written else []
        if len(groups) > 1:  # "555-2671" was written in its groups
            sizes[-1:] = [sizes[-1] + groups[0], *groups[1:]]
        else:
            sizes[-1] += len(piece.digits)
        if k + 1 == len(chain.pieces):
            break
        following = chain.pieces[k + 1]
        ended, begun = lane.atoms[piece.last], lane.atoms[following.first]
        whole = piece.written and len(piece.digits) > 1
        if ended.stop or following.first > piece.last + 1 or begun.start - ended.end >= 0.25 or whole:
            sizes.append(0)
    return tuple(size for size in sizes if size)
