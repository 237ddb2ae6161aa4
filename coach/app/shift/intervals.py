"""How far a share may be from what it seems, given how few opportunities it rests on."""

from __future__ import annotations

from collections.abc import Iterable
from math import sqrt

CHANCE = 1.959964
"""Standard deviations that 95 % of a normal distribution lie within: the interval beside each share."""

SURE = 2.575829
"""Those that 99 % lie within. Of six skills compared each week, one in three weeks would differ by chance at 95 %."""

Interval = tuple[float, float]
"""Lower and upper bound of a share, 0 to 1."""


def wilson(met: float, of: float, *, z: float = CHANCE) -> Interval:
    """Return Wilson's score interval of a share.

    Unlike the textbook interval it stays within 0 to 1, and says something useful at 0 of 20 and 20 of 20.
    Source: Wilson, E. B. (1927), Probable inference, the law of succession, and statistical inference, JASA 22.

    Args:
        met: Opportunities met.
        of: Of how many; may be a fraction where it is an effective number.
        z: Standard deviations.

    Returns:
        Lower and upper bound, 0 to 1; (0, 1) where there was nothing.

    Raises:
        ValueError: More were met than there were, or a number is negative.

    >>> tuple(round(bound, 3) for bound in wilson(12, 20))
    (0.387, 0.781)
    >>> wilson(0, 0)
    (0.0, 1.0)
    """
    if not 0 <= met <= of:
        raise ValueError(f"expected 0 <= met <= of, got {met} of {of}")
    if of == 0:
        return 0.0, 1.0
    share = met / of
    spread = z * sqrt(share * (1 - share) / of + z * z / (4 * of * of))
    middle, scale = share + z * z / (2 * of), 1 + z * z / of
    # At the ends the bounds are 0 and 1 exactly; rounding must not move them.
    low = 0.0 if met == 0 else max(0.0, (middle - spread) / scale)
    high = 1.0 if met == of else min(1.0, (middle + spread) / scale)
    return low, high


def effective(counts: Iterable[tuple[int, int]]) -> float:
    """Return how many independent opportunities the counts of several calls are worth.

    Opportunities of one call resemble each other: the same customer, the same trouble. Where calls differ more
    than chance alone lets them, the number is smaller than their sum and the interval wider. It is never larger.
    Source: Kish, L. (1965), Survey Sampling, the design effect; variance of a ratio over clusters.

    Args:
        counts: Opportunities met and of how many, one pair a call.

    Returns:
        The sum of ``of`` over the design effect.

    >>> effective([(1, 2)] * 10)
    20.0
    >>> round(effective([(4, 4), (0, 4)] * 5), 1)
    9.0
    """
    judged = [(met, of) for met, of in counts if of]
    met_all, total = sum(met for met, _ in judged), sum(of for _, of in judged)
    share = met_all / total if total else 0.0
    chance = share * (1 - share) * total
    if len(judged) < 2 or not chance:
        return float(total)
    between = sum((met - share * of) ** 2 for met, of in judged) * len(judged) / (len(judged) - 1)
    return total / max(1.0, between / chance)


def of_calls(counts: Iterable[tuple[int, int]], *, z: float = CHANCE) -> Interval:
    """Return the interval of a share summed over calls, wide enough for calls that differ among themselves.

    Args:
        counts: Opportunities met and of how many, one pair a call.
        z: Standard deviations.
    """
    pairs = [(met, of) for met, of in counts if of]
    met, total = sum(met for met, _ in pairs), sum(of for _, of in pairs)
    if not total:
        return 0.0, 1.0
    worth = effective(pairs)
    # How much calls differ is itself guessed from few of them: Student's t in place of the normal.
    reach = student(z, len(pairs) - 1) if worth < total else z
    return wilson(met / total * worth, worth, z=reach)


def student(z: float, freedom: int) -> float:
    """Return the quantile of Student's t that belongs to one of the normal distribution.

    Source: Abramowitz and Stegun (1964), 26.7.5, its first two terms; right to 0.02 from 9 degrees of freedom.

    Args:
        z: Standard deviations.
        freedom: Degrees of freedom, at least 1.

    >>> round(student(1.959964, 14), 2), round(student(1.959964, 10**6), 4)
    (2.14, 1.96)
    """
    return z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)


def apart(before: Iterable[tuple[int, int]], now: Iterable[tuple[int, int]], *, z: float = SURE) -> int:
    """Return whether two sums of the same person differ by more than chance: 1 for more often now, -1 for less, 0.

    Source: Newcombe, R. G. (1998), Interval estimation for the difference between independent proportions,
    Statistics in Medicine 17, method 10, over effective numbers.

    Args:
        before: Opportunities met and of how many in the earlier calls, one pair a call.
        now: Those of the later calls.
        z: Standard deviations; those of 99 % unless said.

    >>> apart([(1, 4)] * 20, [(3, 4)] * 20), apart([(1, 2)] * 10, [(1, 2), (2, 2)] * 5)
    (1, 0)
    """
    earlier, later = list(before), list(now)
    if not sum(of for _, of in earlier) or not sum(of for _, of in later):
        return 0
    share_before, share_now = _share(earlier), _share(later)
    low_before, high_before = of_calls(earlier, z=z)
    low_now, high_now = of_calls(later, z=z)
    gap = share_now - share_before
    if gap - sqrt((share_now - low_now) ** 2 + (high_before - share_before) ** 2) > 0:
        return 1
    if gap + sqrt((high_now - share_now) ** 2 + (share_before - low_before) ** 2) < 0:
        return -1
    return 0


def _share(counts: Iterable[tuple[int, int]]) -> float:
    pairs = list(counts)
    return sum(met for met, _ in pairs) / sum(of for _, of in pairs)
