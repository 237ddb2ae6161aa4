"""A person's own weeks as Markdown that reads well at a terminal, as a table for spreadsheets, and as JSON values."""

from __future__ import annotations

import csv
import io
from dataclasses import asdict

from coach.reporting import progress as words
from coach.reporting.markdown import escape
from coach.reporting.phrases import Phrases
from coach.reporting.progress_values import Progress
from coach.reporting.table import cell
from coach.reporting.text import WIDTH, wrap

SCHEMA = "coach.progress/1"
"""Name and number of the contract for the JSON; dropping or renaming a field takes a new number."""

COLUMNS = ("week", "reviewed_by", "line", "label", "calls", "met", "of", "low", "high")
"""Of the tables: one row a week, line and way of reviewing; ``docs/progress.md`` tells what each is."""

Record = dict[str, str | int | float]


def progress_markdown(progress: Progress, *, width: int = WIDTH) -> str:
    """Return the weeks as Markdown in lines no wider than a terminal, tables with their columns under each other.

    Args:
        progress: The weeks.
        width: Columns to keep to; a table is as wide as what is in it.
    """
    say = words.sentences()
    lines = [f"# {say('progress.heading')}", ""]
    span = say("progress.span", weeks=progress.weeks, day=words.full(progress.until))
    lines += [" · ".join(part for part in (escape(progress.agent or ""), span) if part), ""]
    for sentence in words.opening(progress, say):
        lines += [*_wrapped(sentence, width), ""]
    for heading, sentences in words.changes(progress, say):
        lines += [f"## {heading}", ""] if heading else []
        for sentence in sentences:
            lines += _bullet(sentence, width) if heading else _wrapped(sentence, width)
        lines.append("")
    if progress.lines:
        lines += _sums(progress, say, width) + _weeks(progress, say, width)
    elif progress.calls:
        lines += [*_wrapped(say("progress.nothing_counted"), width), ""]
    if left := words.left_out(progress, say):
        lines += [f"## {say('progress.out')}", ""]
        for sentence in left:
            lines += _bullet(sentence, width)
    return "\n".join(lines).rstrip() + "\n"


def _sums(progress: Progress, say: Phrases, width: int) -> list[str]:
    head = [say("progress.lines.skill"), say("progress.weeks.count"), say("progress.lines.reach")]
    table = _table([head, *([escape(row.label), row.count, row.likely] for row in words.rows(progress, say))])
    about = _wrapped(words.about(progress, say), width)
    return [f"## {say('progress.lines.heading')}", "", *table, "", *about, ""]


def _weeks(progress: Progress, say: Phrases, width: int) -> list[str]:
    lines = [f"## {say('progress.weeks.heading')}", "", *_wrapped(say("progress.weeks.about"), width), ""]
    head = [escape(name) for name in words.head(progress, say)]
    for block in words.blocks(progress, say):
        lines += [*_wrapped(block.change, width), ""] if block.change else []
        lines += [*_table([head, *map(list, block.rows)]), ""]
    return lines


def _table(rows: list[list[str]]) -> list[str]:
    """Return a table whose columns stand under each other."""
    wide = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    padded = [[text.ljust(size) for text, size in zip(row, wide, strict=True)] for row in rows]
    rule = ["-" * size for size in wide]
    return [f"| {' | '.join(row)} |" for row in (padded[0], rule, *padded[1:])]


def _wrapped(sentence: str, width: int) -> list[str]:
    return wrap(_plain(sentence), width=width)


def _bullet(sentence: str, width: int) -> list[str]:
    return wrap(_plain(sentence), indent="- ", hanging="  ", width=width)


def _plain(sentence: str) -> str:
    """Return a sentence of ours with what came from elsewhere in it escaped; its own commands in backticks stay."""
    return "`".join(part if number % 2 else escape(part) for number, part in enumerate(sentence.split("`")))


def records(progress: Progress) -> list[Record]:
    """Return one record a week, line and way of reviewing, under ``COLUMNS``."""
    say = words.sentences()
    found: list[Record] = []
    for line in progress.lines:
        for point in line.points:
            mark = progress.ways[point.way].fingerprint
            found.append(
                {
                    "week": point.week.isoformat(),
                    "reviewed_by": mark,
                    "line": line.key,
                    "label": words.label(line, say),
                    "calls": point.calls,
                    "met": point.met,
                    "of": point.of,
                    "low": round(point.low, 4),
                    "high": round(point.high, 4),
                }
            )
    return found


def progress_csv(progress: Progress) -> str:
    """Return the records as CSV, safe to open in a spreadsheet."""
    text = io.StringIO()
    rows = csv.writer(text, lineterminator="\r\n")
    rows.writerow(COLUMNS)
    for record in records(progress):
        rows.writerow([cell(value) if isinstance(value := record[name], str) else value for name in COLUMNS])
    return text.getvalue()


def progress_json(progress: Progress) -> dict[str, object]:
    """Return everything as JSON values; days as ISO 8601."""
    whole: dict[str, object] = {"schema": SCHEMA, **_dated(asdict(progress))}
    return whole


def _dated(values: dict[str, object]) -> dict[str, object]:
    return {name: _value(value) for name, value in values.items()}


def _value(value: object) -> object:
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, dict):
        return _dated(value)
    if isinstance(value, list | tuple):
        return [_value(inner) for inner in value]
    return round(value, 4) if isinstance(value, float) else value
