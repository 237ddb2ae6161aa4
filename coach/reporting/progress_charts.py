"""Small multiples of a person's weeks: numbers that a template draws as SVG, with the table beside each."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import pairwise

from coach.reporting.phrases import Phrases
from coach.reporting.progress import full, label, short, weekly
from coach.reporting.progress_values import HANDFUL, Line, Point, Progress

WIDTH, HEIGHT = 320, 132
"""Units of a chart's picture; on a telephone one is about a pixel."""

LEFT, RIGHT, TOP, BOTTOM = 42.0, 314.0, 10.0, 104.0
"""Where its lines lie."""

_ASIDE = 3.0
"""Units that points of one week stand apart, where its calls were reviewed in different ways."""

_TICKS = 4


@dataclass(frozen=True, slots=True)
class Dot:
    """One week: where it stands, how far chance reaches, and what it says when pointed at."""

    x: float
    y: float
    low: float
    high: float
    few: bool
    earlier: bool
    title: str


@dataclass(frozen=True, slots=True)
class Link:
    """From one week to the next of the same way of reviewing: calls reviewed in different ways are not joined."""

    x1: float
    y1: float
    x2: float
    y2: float
    earlier: bool


@dataclass(frozen=True, slots=True)
class Chart:
    """One line's picture and its table.

    Attributes:
        key: For the page's own addresses.
        label: As people read it.
        dots: By week.
        links: Between dots of one way of reviewing.
        ticks: Where a week's name stands below, the name, and how it is set.
        rows: Week, calls, count, range, and whether those calls were reviewed in an earlier way.
    """

    key: str
    label: str
    dots: tuple[Dot, ...]
    links: tuple[Link, ...]
    ticks: tuple[tuple[float, str, str], ...]
    rows: tuple[tuple[str, int, str, str, bool], ...]


def charts(progress: Progress, say: Phrases) -> tuple[Chart, ...]:
    """Return one chart a line, all over the same weeks and the same shares."""
    return tuple(_chart(number, line, progress, say) for number, line in enumerate(progress.lines))


def _chart(number: int, line: Line, progress: Progress, say: Phrases) -> Chart:
    weeks = _weeks(progress)
    ways = len(progress.ways)
    dots = tuple(_dot(point, weeks, ways, say) for point in line.points)
    links: list[Link] = []
    for way in range(ways):
        own = [dot for dot, point in zip(dots, line.points, strict=True) if point.way == way]
        links += [Link(a.x, a.y, b.x, b.y, way < ways - 1) for a, b in pairwise(own)]
    rows = tuple((short(p.week), p.calls, *weekly(p, say), p.way < ways - 1) for p in line.points)
    return Chart(f"line-{number}", label(line, say), dots, tuple(links), _ticks(weeks), rows)


def _weeks(progress: Progress) -> list[date]:
    """Return the weeks from the first that has something to today's."""
    last = progress.until - timedelta(days=progress.until.weekday())
    first = min((point.week for line in progress.lines for point in line.points), default=last)
    return [first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)]


def _dot(point: Point, weeks: Sequence[date], ways: int, say: Phrases) -> Dot:
    aside = (point.way - (ways - 1)) * _ASIDE
    title = say("progress.charts.point", week=full(point.week), met=point.met, of=point.of)
    few, earlier = point.of < HANDFUL, point.way < ways - 1
    x = max(LEFT, _x(weeks.index(point.week), len(weeks)) + aside)
    return Dot(round(x, 1), _y(point.share), _y(point.low), _y(point.high), few, earlier, title)


def _x(week: int, weeks: int) -> float:
    return round(LEFT + 8 + (RIGHT - LEFT - 16) * (week / (weeks - 1) if weeks > 1 else 0.5), 1)


def _y(share: float) -> float:
    return round(BOTTOM - (BOTTOM - TOP) * share, 1)


def _ticks(weeks: Sequence[date]) -> tuple[tuple[float, str, str], ...]:
    """Return a few weeks' names that do not run into each other; the first and last stay inside the picture."""
    last = len(weeks) - 1
    every = max(1, -(-last // (_TICKS - 1)))
    shown = [week for week in range(0, last + 1, every) if week == last or last - week >= every / 2]
    if shown[-1] != last:
        shown.append(last)
    at = {0: "start", last: "end"} if last else {0: "middle"}
    return tuple(
        (_edge(at.get(week), _x(week, len(weeks))), short(weeks[week]), at.get(week, "middle")) for week in shown
    )


def _edge(anchor: str | None, x: float) -> float:
    return {"start": LEFT, "end": RIGHT}.get(anchor or "", x)
