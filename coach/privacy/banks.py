"""Bank numbers that prove themselves: the check digits of an American routing number and of an IBAN."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from coach.privacy.hits import Heard, Hit
from coach.privacy.numbers import TIMES, UNITS, Atom

_LENGTHS: Mapping[str, int] = {
    "ad": 24, "ae": 23, "at": 20, "be": 16, "bg": 22, "ch": 21, "cy": 28, "cz": 24, "de": 22, "dk": 18, "ee": 20,
    "es": 24, "fi": 18, "fr": 27, "gb": 22, "gr": 27, "hr": 21, "hu": 28, "ie": 22, "is": 26, "it": 27, "li": 21,
    "lt": 20, "lu": 20, "lv": 21, "mc": 27, "mt": 31, "nl": 18, "no": 15, "pl": 28, "pt": 25, "ro": 24, "sa": 24,
    "se": 24, "si": 19, "sk": 24, "sm": 27, "tr": 26,
}  # fmt: skip
"""Characters of an IBAN by country (ISO 13616 registry)."""

_SEEN = re.compile(r"\b[A-Za-z]{2}\d{2}(?:[ _.-]?[A-Za-z0-9]){11,30}")
_DISTRICTS = (range(13), range(21, 33), range(61, 73), range(80, 81))
"""First two digits of routing numbers that are given out."""

_LONGEST = 34

_PAUSE = 3.0
"""Longest silence inside an IBAN that is spelled, in seconds."""


def aba(digits: str) -> bool:
    """Whether nine digits are an American routing number, by district and check digit (ABA routing number policy).

    >>> aba("021000021"), aba("021000022"), aba("991000021")
    (True, False, False)
    """
    if len(digits) != 9 or not any(int(digits[:2]) in district for district in _DISTRICTS):
        return False
    return sum(int(digit) * (3, 7, 1)[place % 3] for place, digit in enumerate(digits)) % 10 == 0


def iban(text: str) -> bool:
    """Whether letters and digits are an IBAN, by its country's length and its check digits (ISO 13616, ISO 7064).

    >>> iban("GB29NWBK60161331926819"), iban("GB29NWBK60161331926818")
    (True, False)
    """
    bare = text.casefold()
    if _LENGTHS.get(bare[:2]) != len(bare) or not (bare.isascii() and bare.isalnum() and bare[2:4].isdigit()):
        return False
    return int("".join(str(int(c, 36)) for c in bare[4:] + bare[:4])) % 97 == 1


def ibans_in(text: str) -> Iterator[tuple[int, int]]:
    """Yield where IBANs stand in a line of text, from and to."""
    end = 0
    for found in _SEEN.finditer(text):
        if found.start() < end:
            continue
        size, k = 0, found.start()
        wanted = _LENGTHS.get(found.group()[:2].casefold(), 0)
        while size < wanted and k < found.end():
            size += text[k].isalnum()
            k += 1
        if iban("".join(c for c in text[found.start() : k] if c.isalnum())):
            yield found.start(), k
            end = k


def find_ibans(heard: Heard) -> Iterator[Hit]:
    """Yield IBANs, written or spelled; the check digits are all that is needed to know one.

    Args:
        heard: Both parties.
    """
    for lane in heard.lanes:
        spelled = [_spelled(lane.atoms, k) for k in range(len(lane.atoms))]
        k = 0
        while k < len(spelled):
            end = _ended(lane.atoms, spelled, k)
            if end > k:
                yield Hit("bank", lane.index, tuple(range(k, end)))
            k = max(end, k + 1)


def _ended(at: Sequence[Atom], spelled: Sequence[str | None], first: int) -> int:
    """Return the index after the IBAN that begins at an atom, the atom's own when none does."""
    said, k = "", first
    while k < len(at) and (k == first or at[k].start - at[k - 1].end <= _PAUSE):
        piece = spelled[k]
        if piece is None or len(piece) > _LONGEST:
            return first
        said += piece
        k += 1
        wanted = _LENGTHS.get(said[:2])
        if len(said) >= 2 and (wanted is None or len(said) >= wanted):
            return k if iban(said) else first
    return first


def _spelled(at: Sequence[Atom], k: int) -> str | None:
    """Return what an atom spells: a letter, digits, a group of both; ``None`` for a word that spells nothing."""
    text = at[k].text
    if text in TIMES:
        return ""  # what comes after it counts so often
    bare = UNITS.get(text, text.replace("-", ""))
    if len(bare) not in (1, 2, 4) and not any(c.isdigit() for c in bare):
        return None
    return bare * TIMES.get(at[k - 1].text if k else "", 1)
