"""Numbers said together, said again, and what is left of them."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence

from coach.privacy.chains import Chain, Lane, luhn

REPEATED = 30.0
"""Seconds within which the same digits are taken to be a read-back."""

MOST_REPEATED = 24
"""Numbers a read-back is compared with, so that time stays linear whatever is said."""

TOGETHER = 8.0
"""Longest pause between two parties' shares of one number, in seconds."""

BESIDE = 6.0
"""Longest pause between a number and what is left of it, in seconds."""


CARD_SIZES = range(15, 17)
"""Digits of the cards that are put together from far pieces; shorter and longer ones need a cue."""

MOST_PIECES = 8
"""Most pieces that are tried together."""


def _grams(digits: str) -> set[str]:
    return {digits[k : k + 3] for k in range(len(digits) - 2)}


def alike(one: str, other: str) -> bool:
    """Whether one number may be the other, or a part of it, said again and misheard a little.

    >>> alike("4111", "4111222233334444"), alike("5309", "4111222233334444")
    (True, False)
    """
    ours, theirs = _grams(one), _grams(other)
    return bool(ours) and 2 * len(ours & theirs) >= min(len(ours), len(theirs)) > 0


def shared(chains: Sequence[Chain], least: int, strays: Callable[[float, float], int]) -> Iterator[Chain]:
    """Yield the chains of both parties that make one long number together.

    Parties that were told apart badly, or one who says the number while the other repeats each part.

    Args:
        chains: Bare numbers that nothing names, both parties', in order of time.
        least: Digits from which it is one number, repeats not counted.
        strays: How many other words were said between two times; more than one a piece make them several numbers.
    """
    run: list[Chain] = []
    for chain in (chain for chain in chains if len(chain.digits) >= 3):
        if run and chain.start - run[-1].end > TOGETHER:
            yield from _one_number(run, least, strays)
            run = []
        run.append(chain)
    yield from _one_number(run, least, strays)


def _one_number(run: Sequence[Chain], least: int, strays: Callable[[float, float], int]) -> Sequence[Chain]:
    if len({chain.speaker for chain in run}) != 2 or _unrepeated(run) < least:
        return ()
    return run if strays(run[0].end, run[-1].start) < len(run) else ()


def _unrepeated(run: Sequence[Chain]) -> int:
    """Return how many digits a run holds without what one party only read back."""
    said = ""
    for chain in run:
        tail = said[-(len(chain.digits) + 2) :]
        if not (said and alike(chain.digits, tail)):
            said += chain.digits
    return len(said)


def whole_cards(chains: Sequence[Chain], kinds: Mapping[int, str]) -> Iterator[Chain]:
    """Yield the numbers of one party that make a valid card together, whatever was said between them.

    Args:
        chains: Bare numbers that nothing names, in order of time.
        kinds: What was found so far, by chain id.
    """
    by_speaker: dict[int, list[Chain]] = {}
    for chain in chains:
        if id(chain) not in kinds and len(chain.digits) > 1:
            by_speaker.setdefault(chain.speaker, []).append(chain)
    for own in by_speaker.values():
        for k in range(len(own)):
            said = ""
            for j in range(k, min(k + MOST_PIECES, len(own))):
                if j > k and own[j].start - own[j - 1].end > REPEATED:
                    break
                said += own[j].digits
                if len(said) > CARD_SIZES.stop:
                    break
                if len(said) in CARD_SIZES and said[0] in "3456" and luhn(said):
                    yield from own[k : j + 1]
                    break


def read_back(chains: Sequence[Chain], private: Sequence[Chain], kinds: Mapping[int, str]) -> dict[int, str]:
    """Return the kinds, by chain id, of numbers that repeat a private one nearby.

    Args:
        chains: Bare numbers that nothing names.
        private: Chains found to be private, in order of time.
        kinds: Their kinds by chain id.
    """
    again: dict[int, str] = {}
    starts = [chain.start for chain in private]
    for chain in chains:
        if len(chain.digits) < 3 or id(chain) in kinds:
            continue
        lo, hi = bisect_right(starts, chain.start - REPEATED), bisect_right(starts, chain.start + REPEATED)
        for near in private[lo:hi][-MOST_REPEATED:]:
            if len(chain.digits) <= len(near.digits) + 2 and alike(chain.digits, near.digits):
                again[id(chain)] = kinds[id(near)]
                break
    return again


def left_over(lane: Lane, kinds: Mapping[int, str]) -> list[Chain]:
    """Return short numbers beside a card's pieces in the same lane, before and after them.

    Args:
        lane: One party.
        kinds: What was found so far, by chain id.
    """
    cards = {key for key, kind in kinds.items() if kind == "card"}
    added: list[Chain] = []
    for order in (lane.chains, lane.chains[::-1]):
        for k in range(1, len(order)):
            beside, chain = order[k - 1], order[k]
            if id(chain) not in kinds and id(beside) in cards and not chain.flag and _touch(lane, beside, chain):
                cards.add(id(chain))
                added.append(chain)
    return added


def _touch(lane: Lane, one: Chain, other: Chain) -> bool:
    left, right = sorted((one, other), key=lambda chain: chain.pieces[0].first)
    between = range(left.pieces[-1].last + 1, right.pieces[0].first)
    if right.start - left.end > BESIDE or len(between) > 4 or len(other.digits) > 7:
        return False
    if lane.cued(between) or lane.asked(left.end, right.start):
        return False
    return len(other.digits) > 1 or len(between) <= 2
