"""Telephone numbers by their form: whose they may be, and which are published for everybody."""

from __future__ import annotations

import re
from collections.abc import Sequence

_AMERICAN = re.compile(r"1?[2-9]\d\d[2-9]\d{6}")
_BRITISH_MOBILE = re.compile(r"(?:0|0?44)7\d{9}")
_BRITISH = re.compile(r"(?:0|44)[12]\d{8,9}")
_PUBLISHED = re.compile(r"1?8(?:00|33|44|55|66|77|88)\d{7}|0(?:800|808|300|330|333|345|370|8[4-7]\d)\d{6,7}")


def published(digits: str) -> bool:
    """Whether a number is of a kind that only companies have: toll-free, or charged to the caller.

    >>> published("18005550199"), published("3125550187")
    (True, False)
    """
    return _PUBLISHED.fullmatch(digits) is not None


def telephone(digits: str, groups: Sequence[int]) -> bool:
    """Whether a number that nothing names is somebody's telephone number, by its form.

    Args:
        digits: All of its digits.
        groups: How many were said before each breath.

    >>> telephone("3125550187", (3, 3, 4)), telephone("3125550187", (10,)), telephone("07700900123", (11,))
    (True, False, True)
    """
    if published(digits):
        return False
    if _BRITISH_MOBILE.fullmatch(digits):
        return True
    grouped = tuple(groups)
    if _AMERICAN.fullmatch(digits):
        return grouped in ((3, 3, 4), (1, 3, 3, 4), (3, 7), (6, 4), (3, 3, 2, 2), (3, 4, 3))
    return _BRITISH.fullmatch(digits) is not None and grouped in ((3, 4, 4), (5, 6), (4, 3, 4), (5, 3, 3), (4, 7))
