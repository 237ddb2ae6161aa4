"""Which numbers in a call are private: card, security code, expiry, social security and bank numbers.

Everything errs towards hearing too little: an engine drops and adds digits, so after a cue far shorter
runs count than the number itself has, and a card's length counts whether or not its check digit fits.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from coach.privacy.again import alike, left_over, read_back, shared, whole_cards
from coach.privacy.banks import aba
from coach.privacy.chains import Chain, cadence, luhn
from coach.privacy.context import MONTHS
from coach.privacy.cues import NAMES_ANOTHER, Cue
from coach.privacy.hits import Heard, Hit
from coach.privacy.kinds import DEFAULT
from coach.privacy.phones import published, telephone

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
    "card?": (Rule(30, 6, 99),),
    "cvv": (Rule(20, 2, 8),),
    "cvv?": (Rule(12, 3, 4),),
    "expiry": (Rule(15, 2, 9),),
    "expiry?": (Rule(15, 2, 9),),
    "ssn": (Rule(25, 3, 12),),
    "routing": (Rule(25, 4, 12),),
    "bank": (Rule(25, 4, 17),),
    "pin": (Rule(20, 3, 8),),
    "password": (Rule(20, 3, 12),),
    "phone": (Rule(25, 6, 15),),
    "account": (Rule(25, 4, 17),),
}

NAMED_WITHIN = 20.0
"""Seconds after which "invoice" or "meter" no longer names a number."""

CORRECTED = 6.0
"""Seconds within which a party says a short number once more, better."""

AT_A_BANK = 90.0
"""Seconds after talk of a bank in which "account number" is taken to be the bank's."""

SAID_AFTER = 15.0
"""Seconds after a number with a routing number's check digit in which talk of a bank shows that it is one."""

SAID_BETWEEN = 2.0
"""Shortest time in which the other party asks for another number, in seconds."""

WORDS_BETWEEN = 4
"""Fewest words of it that are neither digits nor fillers."""

TAIL = 5
"""Most digits of "the card ending in …": the last four alone pay nothing, and stay."""

PAID = 25.0
"""Seconds before "expiration" or "security code" in which four digits that nothing names are the card's."""

NEAR_A_CARD = 60.0
"""Seconds within which "code" or "expires" is taken to be the card's."""

_LINKS = frozenset("still on is that's thats that was the my a for as it's its being and there your".split())


def _atoms(chain: Chain) -> Iterator[int]:
    for piece in chain.pieces:
        yield from range(piece.first, piece.last + 1)


def _nearly(one: str, other: str) -> bool:
    """Whether a short number may be another one read back, with a digit misheard."""
    common = sum((Counter(one) & Counter(other)).values())
    return not one or (abs(len(one) - len(other)) <= 1 and 2 * common >= len(other))


class Detector:
    """Finds private numbers in one call.

    Args:
        heard: Both parties' words.
        kinds: Types to find.
    """

    def __init__(self, heard: Heard, kinds: Collection[str] = DEFAULT) -> None:
        self._lanes = heard.lanes
        self._kinds = frozenset(kinds)
        self._heard = heard
        self._chains = sorted((c for lane in heard.lanes for c in lane.chains), key=lambda c: (c.start, c.speaker))
        self._took: dict[int, Chain] = {}  # the first number that each cue announced
        self._named: list[str] = []  # digits of numbers that were left because something else names them

    def find(self) -> list[Hit]:
        """Return every private number, in order of time."""
        chains = self._chains
        kinds = {id(chain): self._kind(chain) for chain in chains}
        open_ = [chain for chain in chains if kinds[id(chain)] in (None, "tail") and not chain.flag]
        unnamed = [chain for chain in open_ if kinds[id(chain)] is None]
        found = {id(chain): kind for chain in chains if (kind := kinds[id(chain)]) not in (None, "", "tail")}
        found |= {id(chain): "card" for chain in shared(unnamed, UNCUED, self._strays)}
        found |= {id(chain): "card" for chain in whole_cards(unnamed, found)}
        found |= self._before_its_expiry(unnamed, found)
        found |= self._beside_a_card(unnamed, found)
        found |= read_back(open_, [chain for chain in chains if id(chain) in found], found)
        for lane in self._lanes:
            found |= {id(chain): "card" for chain in left_over(lane, found)}
        return [
            Hit(kind, chain.speaker, (*_atoms(chain), *(self._month(chain) if kind == "expiry" else ())))
            for chain in chains
            if (kind := found.get(id(chain))) in self._kinds
        ]

    def _kind(self, chain: Chain) -> str | None:
        """Return the kind of a chain; ``""`` when something else names it; ``None`` when nothing does."""
        size = len(chain.digits)
        for end, speaker, cue in self._named_after(chain) + self._heard.before(chain.speaker, chain.pieces[0].first):
            kind = self._meant(cue, end)
            if kind == "tail" and (speaker != chain.speaker or not self._tail(chain, cue)):
                continue
            if kind in NAMES_ANOTHER - {"account"} or (kind == "account" and "account" not in self._kinds):
                if self._names_another(chain, end, speaker, cue):
                    if size >= CARD and (self._checks(chain) or self._goes_on(chain)):
                        return "card"
                    self._named.append(chain.digits)
                    return "tail" if kind == "tail" else ""
                continue
            if self._fits(chain, end, kind) and not self._used(chain, cue):
                if kind == "phone" and published(chain.digits):
                    return ""
                self._took.setdefault(id(cue), chain)
                return kind.rstrip("?")
        return self._uncued(chain)

    def _before_its_expiry(self, chains: Sequence[Chain], found: Mapping[int, str]) -> dict[int, str]:
        """Return what is a card's because its expiry or code is asked for next, whatever was heard of it."""
        asked = sorted(cue.start for kind in ("expiry", "cvv") for _, _, cue in self._heard.cues(kind))
        kinds: dict[int, str] = {}
        for chain in chains:
            k = bisect_right(asked, chain.end - 0.5)
            if id(chain) not in found and k < len(asked) and asked[k] - chain.end <= PAID and len(chain.digits) >= 4:
                kinds[id(chain)] = "card"
        return kinds

    def _beside_a_card(self, chains: Sequence[Chain], found: Mapping[int, str]) -> dict[int, str]:
        """Return the kinds of short numbers after a weak cue, where no cue but a card's own digits were said before."""
        cards = sorted(chain.end for chain in self._chains if found.get(id(chain)) == "card")
        kinds: dict[int, str] = {}
        for chain in chains:
            k = bisect_right(cards, chain.start)
            if id(chain) in found or not k or chain.start - cards[k - 1] > NEAR_A_CARD:
                continue
            cue = self._heard.nearest(chain.speaker, chain.pieces[0].first, RULES["cvv?"][0].within)
            if cue is not None and cue.kind == "cvv?" and 3 <= len(chain.digits) <= 4:
                kinds[id(chain)] = "cvv"
        return kinds

    def _strays(self, start: float, end: float) -> int:
        return sum(lane.strays(start, end) for lane in self._lanes)

    def _meant(self, cue: Cue, end: float) -> str:
        """Return a cue's kind; "account number" is the bank's where a bank was just spoken of."""
        if cue.kind == "account" and self._heard.near(("routing", "bank"), end - AT_A_BANK, end):
            return "bank"
        return cue.kind

    @staticmethod
    def _tail(chain: Chain, cue: Cue) -> bool:
        return len(chain.digits) <= TAIL and 0 <= chain.pieces[0].first - cue.last <= 4

    def _used(self, chain: Chain, cue: Cue) -> bool:
        """Whether a short number's cue has had its number; corrections of it still count."""
        took = self._took.get(id(cue))
        if took is None or took is chain or cue.kind.rstrip("?") not in ("cvv", "expiry", "pin"):
            return False
        if len(took.digits) < 3 or (not chain.flag and alike(chain.digits, took.digits)):
            return False
        if took.speaker != chain.speaker and chain.start - took.end < CORRECTED and _nearly(chain.digits, took.digits):
            return False
        return bool(chain.flag) or took.speaker != chain.speaker or chain.start - took.end > CORRECTED

    def _uncued(self, chain: Chain) -> str | None:
        if chain.flag:
            return None
        if any(piece.dashed for piece in chain.pieces):
            return "ssn"
        if len(chain.digits) >= CARD or (len(chain.digits) == UNCUED and chain.digits[0] in "3456"):
            return "card" if not telephone(chain.digits, ()) else "phone"
        if aba(chain.digits) and self._heard.near(("routing", "bank"), chain.start - AT_A_BANK, chain.end + SAID_AFTER):
            return "routing"
        said = cadence(self._lanes[chain.speaker], chain)
        if said == (3, 2, 4):
            return "ssn"
        return "phone" if telephone(chain.digits, said) else None

    def _fits(self, chain: Chain, cue_end: float, kind: str) -> bool:
        size, since = len(chain.digits), max(chain.start - cue_end, 0.0)
        if size >= CARD and kind not in ("card", "card?", "bank", "account", "phone"):
            return False
        if chain.flag and not (kind.startswith("expiry") and chain.flag == "date"):
            return False
        if kind in ("cvv?", "expiry?") and not self._heard.near(
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
        if lane.atoms[max(chain.pieces[0].first - 1, 0)].text in ("is", "at") and "still" in between:
            linked = {"is"}  # "is 617 555 0109 still a good number"
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
        if cue.kind in ("birth", "email", "address") and len(chain.digits) > 8:
            return False
        if speaker == chain.speaker and cue.first > chain.pieces[-1].last:
            return True
        # A cue names the next number after it, and that number said again; not the one after that.
        own = self._lanes[chain.speaker].after(cue.last) if speaker == chain.speaker else self._next(chain, cue_end)
        given = [self._answer(k, cue_end) for k in range(len(self._lanes)) if k != speaker]
        first = min((c for c in (own, *given) if c is not None), key=lambda c: c.start, default=None)
        if first is None or first is chain or len(first.digits) < 4 or first.flag:
            return True
        return any(alike(chain.digits, said) for said in (*self._named[-4:], first.digits))

    def _answer(self, speaker: int, moment: float) -> Chain | None:
        """Return the number that a party answers with, long enough to be what was asked for."""
        chains = self._lanes[speaker].chains
        k = bisect_right(chains, moment - 0.5, key=lambda c: c.start)
        found = chains[k] if k < len(chains) else None
        return found if found is not None and len(found.digits) >= 4 and not found.flag else None

    def _goes_on(self, chain: Chain) -> bool:
        """Whether a number that was asked for is followed by a card's digits after the other party said something."""
        at = self._lanes[chain.speaker].atoms
        for k in range(1, len(chain.pieces)):
            ended, begun = at[chain.pieces[k - 1].last].end, at[chain.pieces[k].first].start
            rest = sum(len(piece.digits) for piece in chain.pieces[k:])
            if begun - ended < SAID_BETWEEN or rest < UNCUED or rest == len(chain.digits):
                continue
            others = (lane for lane in self._lanes if lane.index != chain.speaker)
            if sum(lane.strays(ended - 0.5, begun) for lane in others) >= WORDS_BETWEEN:
                return True
        return False

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
