"""A person's own weeks in words: what got better first, what came up, week by week, what to bear in mind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from coach.reporting.phrases import Phrases, phrases
from coach.reporting.progress_values import HANDFUL, Line, Point, Progress, Way
from coach.reporting.text import clean, percent

FILE = "progress.toml"
"""The sentences of ``coach progress``, beside those of a report."""

_MONTHS = "January February March April May June July August September October November December".split()


@dataclass(frozen=True, slots=True)
class Row:
    """One line in words: its name, what was met of how many, and how far chance reaches."""

    key: str
    label: str
    count: str
    likely: str


@dataclass(frozen=True, slots=True)
class Block:
    """The weeks of one way of reviewing: what is said before them, and one row a week.

    Attributes:
        change: What changed with them; empty for the first.
        rows: Week, calls, and a cell for each line.
    """

    change: str
    rows: tuple[tuple[str, ...], ...]


def sentences() -> Phrases:
    """Return the sentences of ``coach progress``.

    Raises:
        ConfigurationError: The file is missing or is no TOML.
    """
    return phrases(FILE)


def full(day: date) -> str:
    """Return a day as people write it.

    >>> full(date(2026, 11, 2))
    '2 November 2026'
    """
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def short(day: date) -> str:
    """Return a day as a column has room for.

    >>> short(date(2026, 11, 2))
    '2 Nov'
    """
    return f"{day.day} {_MONTHS[day.month - 1][:3]}"


def label(line: Line, say: Phrases) -> str:
    """Return what a line is called."""
    return clean(line.label) or say.or_name(f"progress.name.{line.key}", line.key)


def opening(progress: Progress, say: Phrases) -> tuple[str, ...]:
    """Return what there is to begin with: how many calls, or why there are none."""
    if not progress.calls and not progress.hard and not progress.unsided:
        return (say("progress.nothing_new", older=progress.older) if progress.older else say("progress.empty"),)
    if progress.calls and progress.early:
        return (say.count("progress.early", progress.calls),)
    return (say.count("progress.calls", progress.calls),) if progress.calls else ()


def left_out(progress: Progress, say: Phrases) -> tuple[str, ...]:
    """Return what is in none of the sums, and the person's own ear."""
    counts = {"hard": progress.hard, "unsided": progress.unsided, "waiting": progress.waiting}
    said = [say.count(f"progress.{name}", n) for name, n in counts.items() if n]
    ear = progress.ear
    if ear.answered:
        compared = say("progress.agreed", agreed=ear.agreed, of=ear.comparable) if ear.comparable else ""
        said.append(" ".join(part for part in (say.count("progress.ear", ear.answered), compared) if part))
    return tuple(said)


def changes(progress: Progress, say: Phrases) -> tuple[tuple[str, tuple[str, ...]], ...]:
    """Return headings with sentences: what got better first, where there is room again, or that nothing changed."""
    if progress.early or not progress.lines:
        return ()
    better, less = (tuple(_change(line, say) for line in progress.lines_of(verdict)) for verdict in ("better", "less"))
    told = [(say("progress.change.better"), better)] if better else []
    told += [(say("progress.change.less"), (*less, say("progress.change.less_about")))] if less else []
    compared = len(progress.lines_of("few")) < len(progress.lines)
    return tuple(told) or (("", (say("progress.change.nothing" if compared else "progress.change.few"),)),)


def _change(line: Line, say: Phrases) -> str:
    if line.before is None or line.now is None:
        raise ValueError("a change needs two halves")
    values = {
        f"{name}_{part}": getattr(half, part)
        for name, half in (("before", line.before), ("now", line.now))
        for part in ("met", "of", "calls")
    }
    return say("progress.change.one", label=label(line, say), **values)


def rows(progress: Progress, say: Phrases) -> tuple[Row, ...]:
    """Return each line in words, over all calls that are comparable with the latest."""
    return tuple(Row(line.key, label(line, say), *count(line.total, say)) for line in progress.lines)


def about(progress: Progress, say: Phrases) -> str:
    """Return over which calls the lines are added up."""
    if len(progress.ways) < 2:
        return say("progress.lines.about")
    return say("progress.lines.about_latest", n=progress.ways[-1].calls)


def count(point: Point | None, say: Phrases) -> tuple[str, str]:
    """Return a count, and how far chance reaches; of a small one that it is too small to tell."""
    if point is None:
        return say("progress.lines.none"), ""
    counted = say("progress.lines.count", met=point.met, of=point.of)
    if point.of < HANDFUL:
        return counted, say("progress.lines.few")
    return counted, say("progress.lines.likely", low=percent(point.low), high=percent(point.high))


def weekly(point: Point, say: Phrases) -> tuple[str, str]:
    """Return a week's count, and how far chance reaches, as a table has room for."""
    counted = say("progress.lines.count", met=point.met, of=point.of)
    if point.of < HANDFUL:
        return counted, say("progress.weeks.few")
    return counted, say("progress.weeks.range", low=percent(point.low), high=percent(point.high))


def head(progress: Progress, say: Phrases) -> tuple[str, ...]:
    """Return the columns of the table of weeks."""
    names = [say(key) if say.has(key) else _shortened(line, say) for line, key in _keys(progress.lines)]
    return say("progress.weeks.week"), *names


def _keys(lines: Sequence[Line]) -> list[tuple[Line, str]]:
    return [(line, f"progress.short.{line.key}") for line in lines]


def _shortened(line: Line, say: Phrases) -> str:
    name = label(line, say)
    return name if len(name) <= 8 else f"{name[:7]}…"


def blocks(progress: Progress, say: Phrases) -> tuple[Block, ...]:
    """Return the weeks, those of different ways of reviewing set apart with a sentence in between."""
    made = []
    for number, way in enumerate(progress.ways):
        at = {(point.week, line.key): point for line in progress.lines for point in line.points if point.way == number}
        weeks = sorted({week for week, _ in at})
        table = tuple((short(week), *(_cell(at.get((week, line.key))) for line in progress.lines)) for week in weeks)
        made.append(Block(change(way, say), table))
    return tuple(made)


def _cell(point: Point | None) -> str:
    return "" if point is None else f"{point.met}/{point.of}"


def change(way: Way, say: Phrases) -> str:
    """Return what changed with a way of reviewing, empty for the first."""
    if way.differs is None:
        return ""
    return say(f"progress.ways.{way.differs}", day=full(way.since), before=clean(way.before), after=clean(way.after))
