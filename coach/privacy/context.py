"""What a number is by the words around it: an amount, a date, a time, a place, or digits that name something."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from coach.privacy.numbers import HESITATIONS, Atom, Awaited, Flag, Piece

MEASURED = frozenset(
    (
        "dollar dollars buck bucks cent cents percent kilowatt kilowatts kwh kw therm therms gallon gallons ccf "
        "units degrees day days week weeks month months year years hour hours minute minutes seconds am pm "
        "o'clock times people payments installments euros pounds cubic feet foot megawatt watts bills miles"
    ).split()
)
_PER = frozenset("month week year day hour bill kilowatt kwh therm gallon unit piece".split())
_CLOCKED = frozenset("am pm a.m p.m o'clock".split())
_STREET = frozenset(
    "street st avenue ave road rd drive lane boulevard court circle place way highway terrace parkway apartment".split()
)
_PLACED = frozenset("apartment apt unit suite room page line step option press extension route bus floor box".split())
_MONTHS = frozenset(
    (
        "january february march april may june july august september october november december "
        "jan feb mar apr jun jul aug sep sept oct nov dec"
    ).split()
)
_YEARED = frozenset("in since until till year during by summer winter spring fall autumn back around before".split())
_YEAR = re.compile(r"(?:19|20)\d\d")
MONTHS = _MONTHS


def flagged(at: Sequence[Atom], found: Sequence[Piece], awaited: Awaited) -> list[Piece]:
    """Return the pieces with those flagged that context shows to be amounts, dates, times or places.

    Args:
        at: The atoms.
        found: The pieces in order.
        awaited: Where it says so, "four thousand one hundred and eleven" is read as digits.
    """
    done: list[Piece] = []
    for group in _groups(at, found):
        done.extend(_flag_group(at, _harden(at, group, awaited)))
    return done


def _groups(at: Sequence[Atom], found: Sequence[Piece]) -> Iterator[list[Piece]]:
    """Yield pieces that follow each other with nothing but hesitation between."""
    group: list[Piece] = []
    for piece in found:
        if group and not all(at[k].text in HESITATIONS for k in range(group[-1].last + 1, piece.first)):
            yield group
            group = []
        group.append(piece)
    if group:
        yield group


def _harden(at: Sequence[Atom], group: list[Piece], awaited: Awaited) -> list[Piece]:
    """Turn "$4111" or "4,111" into digits where plain digits stand beside them, or are awaited; else into an amount."""
    hardened: list[Piece] = []
    for k, piece in enumerate(group):
        if piece.flag != "soft":
            hardened.append(piece)
            continue
        plain = sum(len(b.digits) for b in group if not b.flag)
        beside = [group[j] for j in (k - 1, k + 1) if 0 <= j < len(group)]
        joins = any(
            (not b.flag and len(b.digits) >= 3) or (b.flag == "soft" and len(b.digits) == len(piece.digits) == 4)
            for b in beside
        )
        joins = joins or (plain >= 4 and any(not b.flag for b in beside) and not _measured(at, piece))
        if not joins and 3 <= len(piece.digits) <= 8 and at[piece.first].text[0] not in "$£€":
            joins = awaited(at[piece.first].start) and not _measured(at, piece)
        hardened.append(replace(piece, flag="" if joins else "amount"))
    return hardened


def _measured(at: Sequence[Atom], piece: Piece) -> bool:
    return any(at[k].text in MEASURED for k in range(piece.last + 1, min(piece.last + 3, len(at))))


def _flag_group(at: Sequence[Atom], group: list[Piece]) -> list[Piece]:
    flag = _context(at, group)
    if not flag:
        return group
    size = sum(len(piece.digits) for piece in group)
    if size <= 7 and not any(at[piece.last].stop for piece in group[:-1]):
        return [replace(piece, flag=piece.flag or flag) for piece in group]
    # A card number and then "fifty dollars" in one breath: only the end is the amount.
    return [*group[:-1], replace(group[-1], flag=group[-1].flag or flag)] if flag != "date" else group


def _context(at: Sequence[Atom], group: list[Piece]) -> Flag:
    before = [at[k].text for k in range(max(group[0].first - 2, 0), group[0].first)]
    after = [at[k].text for k in range(group[-1].last + 1, min(group[-1].last + 4, len(at)))]
    digits = "".join(piece.digits for piece in group)
    follows = after[0] if after and not at[group[-1].last].stop else ""
    if follows in _CLOCKED or (follows in ("a", "p") and after[1:2] == ["m"]):
        return "time"
    if follows in MEASURED or (follows in ("a", "per", "each") and after[1:2] and after[1] in _PER):
        return "amount"
    if len(digits) <= 6:
        if before and before[-1] in _PLACED:
            return "place"
        if not at[group[-1].last].stop and any(word in _STREET for word in after):
            return "place"
        if _dated(before, follows, digits):
            return "date"
    return ""


def _dated(before: Sequence[str], follows: str, digits: str) -> bool:
    month = any(word in _MONTHS for word in before) or (follows in _MONTHS and follows not in ("may", "march"))
    if month and (len(digits) <= 2 or _YEAR.search(digits[-4:])):
        return True
    return _YEAR.fullmatch(digits) is not None and bool(before) and before[-1] in _YEARED
