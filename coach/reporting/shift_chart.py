"""Small multiples: one skill, one person, their own weeks; as numbers that a template draws as SVG."""

from __future__ import annotations

from dataclasses import dataclass

from coach.reporting.shift_values import AgentSkill, Day, Figure
from coach.reporting.shift_words import Teller, day_in_words, short_day

TOP, FLOOR = 16, 104
"""Units from the top at which all were taken up, and none."""

MOST_TICKS = 5
"""Days written below a picture; on a telephone more would touch each other."""

LEFT = 14
"""Percent of a picture's width that its words take."""

BARS = 60
"""Units that the tallest bar of a day rises."""


@dataclass(frozen=True, slots=True)
class Dot:
    """One period: where it stands in percent of the width, its share and interval in units from the top."""

    x: float
    y: float
    low: float
    high: float
    name: str
    tick: str


@dataclass(frozen=True, slots=True)
class Multiple:
    """One skill's picture.

    Attributes:
        dots: Periods in order of time.
        breaks: Where the way of counting changed, in percent of the width.
        lines: Pairs of neighbouring dots that may be compared.
    """

    dots: tuple[Dot, ...]
    breaks: tuple[float, ...]
    lines: tuple[tuple[Dot, Dot], ...]


@dataclass(frozen=True, slots=True)
class DayBar:
    """One day's calls: where its bar stands, and how high."""

    x: float
    width: float
    height: float
    name: str
    tick: str
    calls: int


def multiple(skill: AgentSkill, tell: Teller) -> Multiple | None:
    """Return a skill's picture; ``None`` where there is no period to show.

    Args:
        skill: Of one person.
        tell: Names the weeks.
    """
    total = sum(len(era.periods) for era in skill.eras)
    if not total:
        return None
    width = (100 - LEFT) / total
    every = -(-total // MOST_TICKS)
    dots: list[Dot] = []
    breaks: list[float] = []
    lines: list[tuple[Dot, Dot]] = []
    for era in skill.eras:
        if era.periods and dots:
            breaks.append(round(LEFT + len(dots) * width, 3))
        first = len(dots)
        for period in era.periods:
            tick = tell.tick(period) if len(dots) % every == 0 else ""
            name = f"{tell.period(period)}: {tell.figure(period.figure)}"
            dots.append(_dot(LEFT + (len(dots) + 0.5) * width, period.figure, name, tick))
            if len(dots) - first > 1 and period.compared is not None:
                lines.append((dots[-2], dots[-1]))
    return Multiple(tuple(dots), tuple(breaks), tuple(lines))


def strip(figure: Figure) -> tuple[float, float, float]:
    """Return an interval's start and width and the share's place, in percent of a strip's width."""
    return round(100 * figure.low, 2), round(100 * (figure.high - figure.low), 2), round(100 * figure.share, 2)


def day_bars(days: tuple[Day, ...], undated: str) -> tuple[DayBar, ...]:
    """Return the calls of each day as bars.

    Args:
        days: In order of time.
        undated: What calls are called whose day is not known.
    """
    most = max((day.calls for day in days), default=0) or 1
    width = 100 / max(len(days), 7)  # a single day is no wall
    every = -(-len(days) // MOST_TICKS)
    bars = []
    for position, day in enumerate(days):
        name = undated if day.day is None else day_in_words(day.day)
        short = "–" if day.day is None else short_day(day.day)
        tick = short if position % every == 0 else ""
        height = round(BARS * day.calls / most, 1)
        bars.append(DayBar(round(position * width, 3), round(width, 3), height, name, tick, day.calls))
    return tuple(bars)


def _dot(x: float, figure: Figure, name: str, tick: str) -> Dot:
    def unit(share: float) -> float:
        return round(FLOOR - (FLOOR - TOP) * share, 1)

    return Dot(round(x, 3), unit(figure.share), unit(figure.low), unit(figure.high), name, tick)
