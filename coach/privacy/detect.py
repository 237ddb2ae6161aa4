"""Which numbers in a call are private: card, security code, expiry, social security and bank numbers.

Everything errs towards hearing too little: an engine drops and adds digits, so after a cue far shorter
runs count than the number itself has, and a card's length counts whether or not its check digit fits.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from coach.privacy.again import alike, left_over, read_back, shared
from coach.privacy.chains import Chain, Lane, cadence, luhn
from coach.privacy.cues import NAMES_ANOTHER, Cue
from coach.privacy.numbers import MONTHS

KINDS = ("card", "cvv", "expiry", "ssn", "routing", "bank", "pin", "account")
"""Every kind that can be found."""

DEFAULT = frozenset(KINDS) - {"account"}
"""Kinds found unless told otherwise. The utility's own account number is what coaching may need to hear."""

CARD = 13
"""Digits of the shortest payment card number (ISO/IEC 7812-1: 13 to 19)."""

UNCUED = 12
"""Digits from which a bare number is taken for a card that nothing announced; engines lose a digit."""


@dataclass(frozen=True, slots=True)
class Rule:
    """How far after its cue, and with how many digits, a number is of a kind."""

    within: float
    least: int
    most: int


RULES: Mapping[str, tuple[Rule, ...]] = {
    "card": (Rule(30, 4, 99), Rule(120, 8, 99)),
    "card?": (Rule(30, 8, 99),),
    "cvv": (Rule(20, 2, 8),),
    "cvv?": (Rule(12, 3, 4),),
    "expiry": (Rule(15, 2, 9),),
    "expiry?": (Rule(15, 2, 9),),
    "ssn": (Rule(25, 3, 12),),
    "routing": (Rule(25, 4, 12),),
    "bank": (Rule(25, 4, 17),),
    "pin": (Rule(20, 3, 8),),
    "account": (Rule(25, 4, 17),),
}

NAMED_WITHIN = 20.0
"""Seconds after which "invoice" or "meter" no longer names a number."""

CORRECTED = 6.0
"""Seconds within which a party says a short number once more, better."""

NEAR_A_CARD = 60.0
"""Seconds within which "code" or "expires" is taken to be the card's."""

_LINKS = frozenset("is that's thats that was the my a for as it's its being and there your".split())


@dataclass(frozen=True, slots=True)
class Found:
    """A private number: its kind and the words that hold it.

    Attributes:
        kind: One of ``KINDS``.
        chain: Where it was said.
        extra: Further atoms that belong to it, such as the month of an expiry date.
    """

    kind: str
    chain: Chain
    extra: tuple[int, ...] = ()

    @property
    def atoms(self) -> Iterator[int]:
        """Indices of its atoms in the speaker's lane."""
        for piece in self.chain.pieces:
            yield from range(piece.first, piece.last + 1)
        yield from self.extra


class _Cues:
    """Both parties' cues by kind, in order of time."""

    def __init__(self, lanes: Sequence[Lane]) -> None:
        self._by_kind: dict[str, list[tuple[float, int, Cue]]] = {}
        for lane in lanes:
            for cue in lane.cues:
                self._by_kind.setdefault(cue.kind, []).append((cue.end, lane.index, cue))
        for cues in self._by_kind.values():
            cues.sort(key=lambda entry: (entry[0], entry[1], entry[2].first))

    def before(self, chain: Chain) -> list[tuple[float, int, Cue]]:
        """Return the last cue of each kind before a chain began, the nearest first."""
        found = []
        for cues in self._by_kind.values():
            # The parties talk over each other and times are rough: half a second of grace, except that a
            # party's own words are in order whatever their times say.
            k = bisect_right(cues, chain.start + 0.5, key=lambda entry: entry[0])
            while k and cues[k - 1][1] == chain.speaker and cues[k - 1][2].first > chain.pieces[0].first:
                k -= 1
            if k:
                found.append(cues[k - 1])
        return sorted(found, key=lambda entry: -entry[0])

    def near(self, kinds: Collection[str], start: float, end: float) -> bool:
        """Whether a cue of these kinds ended between two times."""
        for kind in kinds:
            cues = self._by_kind.get(kind, [])
            k = bisect_right(cues, end, key=lambda entry: entry[0])
            if k and cues[k - 1][0] >= start:
                return True
        return False


class Detector:
    """Finds private numbers in one call.

    Args:
        lanes: Both parties' words.
        kinds: Kinds to find.
    """

    def __init__(self, lanes: Sequence[Lane], kinds: Collection[str] = DEFAULT) -> None:
        self._lanes = lanes
        self._kinds = frozenset(kinds)
        self._cues = _Cues(lanes)
        self._took: dict[int, Chain] = {}  # the first number that each cue announced
        self._named: list[str] = []  # digits of numbers that were left because something else names them

    def find(self) -> list[Found]:
        """Return every private number, in order of time."""
        chains = sorted((c for lane in self._lanes for c in lane.chains), key=lambda c: (c.start, c.speaker))
        kinds = {id(chain): self._kind(chain) for chain in chains}
        open_ = [chain for chain in chains if kinds[id(chain)] is None and not chain.flag]
        found = {id(chain): kind for chain in chains if (kind := kinds[id(chain)])}
        found |= {id(chain): "card" for chain in shared(open_, UNCUED)}
        found |= read_back(open_, [chain for chain in chains if id(chain) in found], found)
        for lane in self._lanes:
            found |= {id(chain): "card" for chain in left_over(lane, found)}
        return [
            Found(kind, chain, self._month(chain) if kind == "expiry" else ())
            for chain in chains
            if (kind := found.get(id(chain))) in self._kinds
        ]

    def _kind(self, chain: Chain) -> str | None:
        """Return the kind of a chain; ``""`` when something else names it; ``None`` when nothing does."""
        size = len(chain.digits)
        for end, speaker, cue in self._named_after(chain) + self._cues.before(chain):
            if cue.kind in NAMES_ANOTHER - {"account"} or (cue.kind == "account" and "account" not in self._kinds):
                if self._names_another(chain, end, speaker, cue):
                    if size >= CARD and self._checks(chain):
                        return "card"
                    self._named.append(chain.digits)
                    return ""
                continue
            if self._fits(chain, end, cue.kind) and not self._used(chain, cue):
                self._took.setdefault(id(cue), chain)
                return cue.kind.rstrip("?")
        return self._uncued(chain)

    def _used(self, chain: Chain, cue: Cue) -> bool:
        """Whether a short number's cue has had its number; corrections of it still count."""
        took = self._took.get(id(cue))
        if took is None or took is chain or cue.kind.rstrip("?") not in ("cvv", "expiry", "pin"):
            return False
        if len(took.digits) < 3 or (not chain.flag and alike(chain.digits, took.digits)):
            return False
        return bool(chain.flag) or took.speaker != chain.speaker or chain.start - took.end > CORRECTED

    def _uncued(self, chain: Chain) -> str | None:
        if chain.flag:
            return None
        if any(piece.dashed for piece in chain.pieces):
            return "ssn"
        if len(chain.digits) >= UNCUED:
            return "card"
        if cadence(self._lanes[chain.speaker], chain) == (3, 2, 4):
            return "ssn"
        return None

    def _fits(self, chain: Chain, cue_end: float, kind: str) -> bool:
        size, since = len(chain.digits), max(chain.start - cue_end, 0.0)
        if size >= CARD and kind not in ("card", "card?", "bank", "account"):
            return False
        if chain.flag and not (kind.startswith("expiry") and chain.flag == "date"):
            return False
        if kind in ("cvv?", "expiry?") and not self._cues.near(
            ("card", "card?", "cvv", "expiry"), cue_end - NEAR_A_CARD, cue_end + 10
        ):
            return False
        if kind not in ("card", "card?") and size < 2:
            return False
        return any(since <= rule.within and rule.least <= size <= rule.most for rule in RULES[kind])

    def _named_after(self, chain: Chain) -> list[tuple[float, int, Cue]]:
        """Return the cue that follows a number at once: "1 2 3 is the security code"."""
        if chain.flag:
            return []
        lane = self._lanes[chain.speaker]
        last = chain.pieces[-1].last
        k = bisect_right(lane.cues, last, key=lambda cue: cue.first)
        if k == len(lane.cues) or lane.cues[k].first - last > 4 or lane.cues[k].kind == "amount":
            return []
        between = lane.between(chain, lane.cues[k])
        stopped = lane.atoms[last].stop and lane.atoms[last].text != ""
        linked = {"is", "that's", "thats", "was", "as", "being", "it's"} & set(between)
        if not linked or any(word not in _LINKS for word in between):
            return []
        if stopped and between[0] not in ("that's", "thats", "is", "that"):
            return []
        return [(chain.start, chain.speaker, lane.cues[k])]

    def _names_another(self, chain: Chain, cue_end: float, speaker: int, cue: Cue) -> bool:
        """Whether a cue names this number as something other than a card."""
        if chain.start - cue_end > NAMED_WITHIN:
            return False
        if cue.kind == "amount":
            near = speaker == chain.speaker and 0 <= chain.pieces[0].first - cue.last <= 5
            return near and len(chain.digits) <= 7
        if speaker == chain.speaker and cue.first > chain.pieces[-1].last:
            return True
        # A cue names the next number after it, and that number said again; not the one after that.
        first = self._lanes[chain.speaker].after(cue.last) if speaker == chain.speaker else self._next(chain, cue_end)
        if first is None or first is chain or len(first.digits) < 4 or first.flag:
            return True
        return any(alike(chain.digits, said) for said in (*self._named[-4:], first.digits))

    def _next(self, chain: Chain, moment: float) -> Chain | None:
        """Return the first chain of a chain's own speaker from a moment on."""
        chains = self._lanes[chain.speaker].chains
        k = bisect_right(chains, moment - 0.5, key=lambda c: c.start)
        return chains[k] if k < len(chains) else None

    @staticmethod
    def _checks(chain: Chain) -> bool:
        digits = chain.digits
        sizes = range(CARD, min(len(digits), 19) + 1) if len(digits) <= 19 else (15, 16)
        if len(digits) <= 19:
            return luhn(digits)
        return any(luhn(digits[:size]) for size in sizes)

    def _month(self, chain: Chain) -> tuple[int, ...]:
        """Return the month's name before the digits of an expiry date."""
        at = self._lanes[chain.speaker].atoms
        first = chain.pieces[0].first
        return tuple(k for k in range(max(first - 3, 0), first) if at[k].text in MONTHS)
