"""A shift as tables: CSV that is safe to open in a spreadsheet, Parquet, and JSON. No more in them than on the page."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from types import MappingProxyType

import pyarrow as pa
import pyarrow.parquet as pq

from coach.reporting.shift_values import (
    ENOUGH,
    ENOUGH_CALLS,
    AgentFigures,
    AgentSkill,
    CallRow,
    Era,
    Figure,
    ShiftPage,
    SoFar,
)
from coach.reporting.table import cell
from coach.reporting.text import clean, writable

SCHEMA = "coach.shift/1"
"""Name and number of the contract of the tables and of the JSON; dropping or renaming a column takes a new number."""

Cell = str | int | float | date | datetime | None
Row = dict[str, Cell]

FIGURES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "agent": ("text", "whose; rows stand in the order of the alphabet"),
        "key": ("text", "“skill”, or the name of a key measure"),
        "what": ("text", "the skill's name as reports show it, or the measure's"),
        "fingerprint": ("text", "of what made the results; rows of different ones are not to be compared"),
        "weeks_from": ("day", "first day of the whole weeks added up, a Monday; empty where days are not known"),
        "weeks_to": ("day", "their last day"),
        "call_type": (
            "text",
            "type of call, over all weeks shown; empty for a row of weeks; “*” for all others",
        ),
        "enough": (
            "flag",
            "whether there are 20 opportunities over 10 calls",
        ),
        "opportunities": ("count", "judged opportunities, the denominator"),
        "calls": ("count", "calls that they come from"),
        "met": ("count", "opportunities met, the numerator; empty where not enough"),
        "share": ("number", "met of opportunities, 0 to 1; empty where not enough"),
        "low": ("number", "lower bound of the 95 % interval; empty where not enough"),
        "high": ("number", "upper bound; empty where not enough"),
        "compared": ("text", "more, less or same as in the same person's weeks before; empty for the first"),
    }
)
"""Columns of the figures: their kind, and what they are."""

CALLS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "call": ("text", "the recording's name, masked"),
        "sha256": ("text", "of the recording; empty where it could not be read"),
        "agent": ("text", "who took it, of a call on the list to listen to first; empty for all others"),
        "started_at": ("time", "when it began; empty where nothing says so, or the team's work may not be seen"),
        "direction": ("text", "inbound or outbound"),
        "call_type": ("text", "as a sidecar told it"),
        "seconds": ("number", "its length; empty where the team's work may not be seen"),
        "state": ("text", "reviewed, refused, or set aside"),
        "reason": ("text", "why it was not reviewed; of a reviewed one, what of it was missing"),
        "report": (
            "text",
            "the report's address relative to the table, of a call on that list; empty where reports may not be seen",
        ),
    }
)
"""Columns of the calls. What was counted in a single call is not among them: anybody could add it up again."""

_ARROW = {
    "text": pa.string(),
    "day": pa.date32(),
    "time": pa.timestamp("us", tz="UTC"),
    "flag": pa.bool_(),
    "count": pa.int64(),
    "number": pa.float64(),
}
_DECIMALS = 4


def figure_rows(page: ShiftPage) -> list[Row]:
    """Return a row for each figure on the page, and for each that there is not enough for yet."""
    return [
        row
        for agent in page.agents
        for skill in agent.skills
        for era in skill.eras
        for row in _era_rows(agent, skill, era, is_last=era is skill.eras[-1])
    ]


def call_rows(page: ShiftPage) -> list[Row]:
    """Return a row for each recording of the shift."""
    return [_call_row(call) for call in page.calls]


def figures_csv(page: ShiftPage) -> str:
    """Return the figures as CSV, columns as in ``FIGURES``."""
    return _csv(FIGURES, figure_rows(page))


def calls_csv(page: ShiftPage) -> str:
    """Return the calls as CSV, columns as in ``CALLS``."""
    return _csv(CALLS, call_rows(page))


def figures_parquet(page: ShiftPage) -> bytes:
    """Return the figures as Parquet; each column carries its description."""
    return _parquet(FIGURES, figure_rows(page))


def calls_parquet(page: ShiftPage) -> bytes:
    """Return the calls as Parquet; each column carries its description."""
    return _parquet(CALLS, call_rows(page))


def shift_json(page: ShiftPage) -> str:
    """Return what the page shows as JSON, for programs: the same rows, the agreement, the list and the reasons."""
    agreed = page.agreement
    document: dict[str, object] = {
        "schema": SCHEMA,
        "coach": page.version,
        "made_at": page.made_at.isoformat(),
        "agreement": {
            "purpose": agreed.purpose,
            "supervisors": list(agreed.supervisors),
            "sees": list(agreed.sees),
            "keep_days": agreed.keep_days,
            "told_on": agreed.told_on.isoformat(),
            "ask": agreed.ask,
        },
        "needed": {"opportunities": ENOUGH, "calls": ENOUGH_CALLS},
        "reviewed": page.reviewed,
        "before_told": page.before_told,
        "unknown": [{"call": writable(each.name), "why": each.why} for each in page.unknown],
        "listen_first": [
            {
                "call": writable(each.spot.name),
                "agent": each.agent,
                "at": each.spot.at,
                "reason": each.reason,
                "skill": each.skill or None,
                "report": each.spot.link,
            }
            for each in page.listen
        ],
        "workload": None
        if page.workload is None
        else {"calls": page.workload.calls, "seconds": page.workload.seconds, "hard": page.workload.hard},
        "contested": {
            "waiting": page.contests.waiting,
            "misheard": page.contests.misheard,
            "stands": page.contests.stands,
        },
        "calibration": [
            {"question": row.question, "same": row.same, "of": row.of, "kappa": row.kappa} for row in page.calibration
        ],
        "figures": [_plain(row) for row in figure_rows(page)],
        "calls": [_plain(row) for row in call_rows(page)],
    }
    return json.dumps(document, ensure_ascii=False, allow_nan=False, indent=1) + "\n"


def _era_rows(agent: AgentFigures, skill: AgentSkill, era: Era, *, is_last: bool) -> Iterable[Row]:
    start: Row = {"agent": agent.agent, "key": skill.key, "what": skill.label, "fingerprint": era.fingerprint}
    for period in era.periods:
        weeks: Row = {"weeks_from": period.start, "weeks_to": period.end, "call_type": None}
        yield {**start, **weeks, **_told(period.figure), "compared": period.compared}
    if not is_last:
        return  # as on the pages: of what is over, the weeks alone
    for found in era.types:
        weeks = {"weeks_from": None, "weeks_to": None, "call_type": found.call_type or "*"}
        yield {**start, **weeks, **_told(found.figure), "compared": None}
    if era.so_far is not None:
        weeks = {"weeks_from": None, "weeks_to": None, "call_type": None}
        yield {**start, **weeks, **_told(era.so_far), "compared": None}


def _told(counted: Figure | SoFar) -> Row:
    row: Row = {
        "enough": isinstance(counted, Figure),
        "opportunities": counted.of,
        "calls": counted.calls,
        "met": None,
        "share": None,
        "low": None,
        "high": None,
    }
    if isinstance(counted, Figure):
        row |= {"met": counted.met, "share": round(counted.share, _DECIMALS)}
        row |= {"low": round(counted.low, _DECIMALS), "high": round(counted.high, _DECIMALS)}
    return row


def _call_row(call: CallRow) -> Row:
    return {
        "call": call.call,
        "sha256": call.sha256,
        "agent": call.agent,
        "started_at": call.started_at,
        "direction": call.direction,
        "call_type": call.call_type,
        "seconds": None if call.duration is None else round(call.duration, 3),
        "state": call.state,
        "reason": call.reason,
        "report": call.report,
    }


def _plain(row: Row) -> dict[str, object]:
    return {
        name: value.isoformat() if isinstance(value, date) else writable(value) if isinstance(value, str) else value
        for name, value in row.items()
    }


def _csv(columns: Iterable[str], rows: Sequence[Row]) -> str:
    text = io.StringIO()
    written = csv.writer(text, lineterminator="\r\n")
    written.writerow(columns)
    for row in rows:
        written.writerow([_cell(row[name]) for name in columns])
    return text.getvalue()


def _cell(value: Cell) -> object:
    if isinstance(value, str):
        return cell(value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, date) else value


def _parquet(columns: Mapping[str, tuple[str, str]], rows: Sequence[Row]) -> bytes:
    schema = pa.schema(
        [pa.field(name, _ARROW[kind], metadata={"about": about}) for name, (kind, about) in columns.items()],
        metadata={"schema": SCHEMA},
    )
    cleaned = [{name: clean(value) if isinstance(value, str) else value for name, value in row.items()} for row in rows]
    sink = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(cleaned, schema=schema), sink)
    return sink.getvalue()
